#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/analyse.h>

#include "tests/support/hand_trace.h"

static const struct hand_task four[] = {
    {.name = "load", .begin_ns = 0, .end_ns = 100, .layer = "read", .layer_id = 1},
    {.name = "parse", .HAND_DEPS(0), .begin_ns = 100, .end_ns = 400, .layer = "read", .layer_id = 1},
    {.name = "check", .HAND_DEPS(0), .begin_ns = 100, .end_ns = 200, .worker = 1},
    {.name = "sum", .HAND_DEPS(1, 2), .begin_ns = 410, .end_ns = 510},
};

/* What is printed; the caller's to free(). Frees the trace. */
static char *printed(weft_trace *t)
{
    weft_analysis *a = NULL;
    char *text = NULL;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    cr_assert(to);
    cr_assert(!weft_analyse_trace(&a, t, NULL));
    weft_analysis_print(a, to);
    fclose(to);
    weft_analysis_free(a);
    weft_trace_free(t);
    return text;
}

Test(print, of_a_run_tells_the_figures_and_lists_the_critical_path)
{
    char *text = printed(hand_trace(four, 4, 2));

    cr_assert_str_eq(text, "4 tasks, 4 dependencies, 1 layer; depth 3, width 2\n"
                           "work 600 ns, span 500 ns, parallelism 1.20; makespan 510 ns on 2 workers\n"
                           "workers: execution 58.8 %, scheduling 1.0 %, idle 40.2 % (a ready task not found yet 1.0 %, "
                           "before the first 9.8 %, after the last 29.4 %)\n"
                           "makespan: compute 98.0 %, schedule 2.0 %\n"
                           "4 functions:\n"
                           "  tasks   total   share    mean  median     p95     max  waited  name\n"
                           "      1  300 ns  50.0 %  300 ns  300 ns  300 ns  300 ns    0 ns  parse\n"
                           "      1  100 ns  16.7 %  100 ns  100 ns  100 ns  100 ns    0 ns  check\n"
                           "      1  100 ns  16.7 %  100 ns  100 ns  100 ns  100 ns    0 ns  load\n"
                           "      1  100 ns  16.7 %  100 ns  100 ns  100 ns  100 ns   10 ns  sum\n"
                           "critical path of 3 tasks:\n"
                           "  20.0 %    100 ns  load-0\n"
                           "  60.0 %    300 ns  parse-1\n"
                           "  20.0 %    100 ns  sum-3\n");
    free(text);
}

Test(print, names_do_not_command_the_terminal)
{
    static const struct hand_task one[] = {{.name = "a\tb\nc\033[2J", .begin_ns = 0, .end_ns = 100}};
    char *text = printed(hand_trace(one, 1, 1));

    cr_assert_not_null(strstr(text, " 100 ns  a?b?c?[2J-0\n"), "%s", text);
    cr_assert_null(strpbrk(text, "\t\033"), "%s", text);
    free(text);
}

/* The graph knows one task; what its body spawned ran, too, and is counted beside it. */
Test(print, of_tasks_that_were_spawned_tells_how_many_ran)
{
    static const struct hand_task one[] = {{.name = "sort"}};
    static const struct weft_event events[] = {
        {.begin_ns = 0, .end_ns = 50, .task = 0},
        {.begin_ns = 10, .end_ns = 20, .task = 0, .kind = WEFT_EVENT_CHILD},
        {.begin_ns = 60, .end_ns = 70, .task = 0, .kind = WEFT_EVENT_CHILD},
        {.begin_ns = 20, .end_ns = 100, .task = 0, .worker = 1, .kind = WEFT_EVENT_CHILD}};
    weft_trace *t = hand_trace_of(one, 1, &(struct hand_run){.n_workers = 2, .events = events, .n_events = 4});
    weft_analysis *a = NULL;
    char *text;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    cr_assert_eq(weft_analysis_stats(a)->n_spawned, 3);
    cr_assert_eq(weft_analysis_run(a, 0).n_spawned, 3);
    cr_assert_eq(weft_analysis_share(a, 0).n_spawned, 2);
    cr_assert_eq(weft_analysis_share(a, -1).n_spawned, 3);
    cr_assert_eq(weft_analysis_share(a, -1).n_tasks, 1);
    weft_analysis_free(a);
    text = printed(t);
    cr_assert(strstr(text, "1 task, 0 dependencies, 0 layers; depth 1, width 1\n3 tasks spawned besides\n"), "%s", text);
    cr_assert(strstr(text, "  tasks  spawned   total    share "), "%s", text);
    cr_assert(strstr(text, "      1        3  140 ns  100.0 % "), "%s", text);
    free(text);
}

Test(print, of_a_graph_that_has_not_run_counts_tasks)
{
    char *text = printed(hand_trace(four, 4, 0));

    cr_assert_str_eq(text, "4 tasks, 4 dependencies, 1 layer; depth 3, width 2\n"
                           "not measured; parallelism 1.33 when all tasks cost the same\n"
                           "critical path of 3 tasks:\n"
                           "  load-0\n"
                           "  parse-1\n"
                           "  sum-3\n");
    free(text);
}

Test(print, of_nothing_is_two_lines_and_no_path)
{
    char *text = printed(hand_trace(NULL, 0, 0));

    cr_assert_str_eq(text, "0 tasks, 0 dependencies, 0 layers; depth 0, width 0\n"
                           "not measured; parallelism 0.00 when all tasks cost the same\n"
                           "critical path of 0 tasks\n");
    free(text);
}

/* A chain of 100 in which every fifth task takes long: those 20 are listed, in order. */
Test(print, of_a_long_path_names_the_most_costly_in_their_order)
{
    enum { N = 100 };
    struct hand_task chain[N];
    uint32_t deps[N];
    int64_t now = 0;
    char *text, *at;

    for (uint32_t i = 0; i < N; i++) {
        const int64_t cost = i % 5 == 2 ? 50 + i : 10;

        deps[i] = i - 1;
        chain[i] = (struct hand_task){.name = "t", .deps = &deps[i], .n_deps = i > 0, .begin_ns = now,
                                      .end_ns = now + cost};
        now += cost;
    }
    text = printed(hand_trace(chain, N, 1));
    at = strstr(text, "critical path of 100 tasks, the 20 longest:\n");
    cr_assert(at);
    for (int i = 2; i < N; i += 5) {
        char key[16];

        snprintf(key, sizeof key, "  t-%d\n", i);
        at = strstr(at, key);
        cr_assert(at, "no%s in %s", key, text);
    }
    cr_assert_str_eq(strchr(at, '\n'), "\n");
    free(text);
}
