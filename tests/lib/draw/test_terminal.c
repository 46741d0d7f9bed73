#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/draw.h>

#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"
#include "tests/support/svg.h"

static char *text_of(const weft_trace *t, const struct weft_draw_text_spec *spec)
{
    char *text = NULL;
    size_t n = 0;
    FILE *to = open_memstream(&text, &n);

    cr_assert_eq(weft_draw_text(t, to, spec, NULL), WEFT_OK);
    fclose(to);
    return text;
}

/*  load -> fit ------.
 *  load -> fit(slow) -> best     and best reads the first load, too */
static const struct hand_task five[] = {
    {.name = "load", .begin_ns = 0, .end_ns = 10},
    {.name = "load", .begin_ns = 0, .end_ns = 10, .worker = 1},
    {.name = "fit", .HAND_DEPS(0), .begin_ns = 10, .end_ns = 30},
    {.name = "slow", .HAND_DEPS(1), .begin_ns = 10, .end_ns = 90, .worker = 1},
    {.name = "best", .HAND_DEPS(0, 2, 3), .begin_ns = 90, .end_ns = 95},
};

Test(terminal, is_a_tree_with_the_path_at_its_left)
{
    weft_trace *t = hand_trace(five, 5, 2);
    char *text = text_of(t, &(struct weft_draw_text_spec){.ascii = true, .width = 70}), *line, *rest = text;
    static const char *const begins[] = {"5 tasks, 5 dependencies, depth 3, width 2", "work 125 ns, span 95 ns, parallelism 1.32",
                                         "* best", "+  "};
    int n = 0;

    while ((line = strsep(&rest, "\n")) && *line) {
        if (n < 4)
            cr_assert_eq(strncmp(line, begins[n], strlen(begins[n])), 0, "%s", line);
        cr_assert_leq(strlen(line), 85);
        n++;
    }
    cr_assert_eq(n, 8);
    free(text);
    text = text_of(t, &(struct weft_draw_text_spec){.ascii = true});
    cr_assert_eq(svg_count(text, "\n* "), 3);
    cr_assert_eq(svg_count(text, ", as above"), 1);
    cr_assert_eq(svg_count(text, "1 task "), 5);
    free(text);
    weft_trace_free(t);
}

Test(terminal, names_cannot_steer_it)
{
    const struct hand_task odd[] = {{.name = "\x1b[31mred\x07"}, {.name = "two\nlines", .HAND_DEPS(0)}};
    weft_trace *t = hand_trace(odd, 2, 0);
    char *text = text_of(t, NULL);

    cr_assert_null(strchr(text, 0x1b));
    cr_assert_null(strchr(text, 7));
    cr_assert_eq(svg_count(text, "\n"), 3);
    free(text);
    weft_trace_free(t);
}

Test(terminal, tells_what_it_leaves_out)
{
    static struct hand_task tasks[200];
    weft_trace *t;
    char *text;

    for (int i = 0; i < 100; i++)
        tasks[i] = (struct hand_task){.name = "alone"};
    t = hand_trace(tasks, 100, 0);
    text = text_of(t, &(struct weft_draw_text_spec){.n_lines = 10});
    cr_assert(strstr(text, "... and 90 boxes more\n"));
    cr_assert_eq(svg_count(text, "\n"), 1 + 10 + 1);
    free(text);
    weft_trace_free(t);
}

Test(terminal, of_nothing_is_one_line)
{
    weft_trace *t = hand_trace(NULL, 0, 0);
    char *text = text_of(t, NULL);

    cr_assert_str_eq(text, "0 tasks, 0 dependencies, depth 0, width 0\n");
    free(text);
    weft_trace_free(t);
}

static weft_status draw_it(void *arg)
{
    FILE *to = fopen("/dev/null", "w");
    weft_status st;

    cr_assert(to);
    st = weft_draw_text(arg, to, NULL, NULL);
    fclose(to);
    return st;
}

Test(terminal, without_memory_leaks_nothing)
{
    weft_trace *t = hand_trace(five, 5, 2);

    nomem_everywhere(draw_it, t);
    weft_trace_free(t);
}
