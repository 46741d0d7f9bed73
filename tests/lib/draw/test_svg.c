#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/analyse.h>
#include <weft/draw.h>

#include "lib/base/random.h"
#include "lib/draw/text.h"
#include "lib/graph/trace.h"
#include "tests/support/hand_trace.h"
#include "tests/support/scale.h"
#include "tests/support/svg.h"

static char *svg_of(const weft_trace *t, const struct weft_draw_spec *spec)
{
    struct weft_error err = {0};
    char *bytes = NULL;
    size_t n;

    cr_assert_eq(weft_draw_bytes(t, "svg", spec, &bytes, &n, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(strlen(bytes), n);
    return bytes;
}

/* What task i reads, up to three of the `back` before it; answers how many. */
static uint32_t deps_of(uint64_t seed, uint32_t i, uint32_t back, uint32_t deps[3])
{
    uint32_t dice[4], n = 0;

    wf_random_block(seed, 3, i, dice);
    for (uint32_t d = 0; d < 3 && i > 0; d++)
        if (dice[3] >> d & 1)
            deps[n++] = i - 1 - dice[d] % (i < back ? i : back);
    return n;
}

/* `n` tasks of some names, each reading up to three of the `back` before it, each measured. */
static weft_trace *random_trace(uint64_t seed, uint32_t n, uint32_t n_names, uint32_t back)
{
    const struct wf_trace_run run = {.n_workers = 2, .n_events = n, .wall_ns = 1000 * (int64_t)n};
    struct weft_event *events;
    weft_trace *t, *out = NULL;
    uint32_t deps[3];
    size_t n_deps = 0;

    for (uint32_t i = 0; i < n; i++)
        n_deps += deps_of(seed, i, back, deps);
    t = wf_trace_begin(n, n_deps, &run);
    cr_assert(t);
    for (uint32_t i = 0; i < n; i++) {
        struct wf_trace_record r = {.n_deps = deps_of(seed, i, back, deps)};
        char name[32];

        snprintf(name, sizeof name, "name-%u", i % n_names);
        cr_assert(wf_trace_text(t, name, &r.name));
        r.key = r.name;
        wf_trace_add(t, &r, deps);
    }
    events = wf_trace_events(t);
    for (uint32_t i = 0; i < n; i++)
        events[i] = (struct weft_event){.begin_ns = 1000 * (int64_t)i, .end_ns = 1000 * (int64_t)i + 100 + i % 77, .task = i,
                                        .worker = i >= n / 2};
    cr_assert(!wf_trace_end(&out, t, NULL));
    return out;
}

/* How many tasks a box says it has: "1,234 tasks", "12 on the path + 3 beside", or one. */
static size_t tasks_of(const struct svg_box *box)
{
    const char *end = strstr(box->at, "</g>");
    char digits[32];
    size_t n = 0;

    for (const char *c = strstr(box->at, "</title>"); c && c < end; c++) {
        const char *word = c + strspn(c, "0123456789,");

        if (word == c || c[-1] == '.' || (c[-1] >= '0' && c[-1] <= '9') || c[-1] == ',')
            continue;
        if (strncmp(word, " task", 5) && strncmp(word, " on the path", 12) && strncmp(word, " beside", 7))
            continue;
        digits[0] = '\0';
        for (; c < word; c++)
            if (*c != ',')
                strncat(digits, c, 1);
        n += strtoull(digits, NULL, 10);
    }
    return n ? n : 1;
}

Test(svg, boxes_of_every_detail_add_up_to_all_tasks)
{
    for (uint64_t seed = 0; seed < 12; seed++) {
        const uint32_t n = 50 + 400 * (uint32_t)seed;
        weft_trace *t = random_trace(seed, n, 1 + seed % 5, seed % 2 ? 30 : 1000);

        for (enum weft_draw_mode mode = WEFT_DRAW_AUTO; mode <= WEFT_DRAW_GROUPS; mode++) {
            char *svg = svg_of(t, &(struct weft_draw_spec){.mode = mode});
            static struct svg_box boxes[6000];
            const size_t n_boxes = svg_boxes(svg, boxes, 6000);
            size_t sum = 0;

            svg_check(svg);
            cr_assert_leq(n_boxes, 6000);
            for (size_t b = 0; b < n_boxes; b++)
                sum += tasks_of(&boxes[b]);
            cr_assert_eq(sum, n, "seed %d mode %d: %zu of %u", (int)seed, mode, sum, n);
            free(svg);
        }
        weft_trace_free(t);
    }
}

Test(svg, boxes_do_not_overlap)
{
    for (uint64_t seed = 0; seed < 10; seed++) {
        weft_trace *t = random_trace(seed, 250, 4, 20);
        char *svg = svg_of(t, &(struct weft_draw_spec){.rankdir = seed % 2 ? "LR" : "TB", .verbose = seed % 3 == 0});
        static struct svg_box boxes[300];
        const size_t n = svg_boxes(svg, boxes, 300);

        for (size_t a = 0; a < n; a++) {
            for (size_t b = 0; b < a; b++) {
                const struct svg_box *p = &boxes[a], *q = &boxes[b];

                cr_assert(p->x >= q->x + q->w || q->x >= p->x + p->w || p->y >= q->y + q->h || q->y >= p->y + p->h,
                          "%s over %s", p->id, q->id);
            }
        }
        free(svg);
        weft_trace_free(t);
    }
}

/* Each line of text in a box, by the estimate that sizes it and by what Helvetica takes. */
Test(svg, no_text_is_wider_than_its_box)
{
    static const char *const names[] = {"WWWWWWWWWWWWWWWWWWWWWWW", "iiiiiiiiii", "a_function_with_a_long_name_indeed_too_long_for_40",
                                        "\xe4\xb8\xad\xe6\x96\x87\xe5\x90\x8d\xe5\xad\x97", "x"};
    struct hand_task tasks[5];
    weft_trace *t;
    char *svg;
    int n_lines = 0;

    for (int i = 0; i < 5; i++)
        tasks[i] = (struct hand_task){.name = names[i], .begin_ns = i, .end_ns = 1000000 * i};
    t = hand_trace(tasks, 5, 1);
    svg = svg_of(t, NULL);
    for (const char *g = svg; (g = strstr(g, "<g id=\"")); g++) {
        const char *end = strstr(g, "</g>");
        double w, font;

        cr_assert_eq(sscanf(strstr(g, " width=\""), " width=\"%lf", &w), 1);
        for (const char *line = g; (line = strstr(line, "<text ")) && line < end; line++) {
            double sum = 0;

            for (const char *span = line; (span = strstr(span, "<tspan")) && span < strstr(line, "</text>"); span++) {
                char words[256];
                const char *from = strchr(span, '>') + 1;

                font = !strncmp(span, "<tspan class=\"s\"", 16) ? 9 : 11;
                snprintf(words, sizeof words, "%.*s", (int)(strstr(from, "</tspan>") - from), from);
                sum += wf_text_width(words, font);
            }
            cr_assert_gt(sum, 0);
            cr_assert_lt(sum, w);
            n_lines++;
        }
    }
    cr_assert_geq(n_lines, 10);
    free(svg);
    weft_trace_free(t);
}

Test(svg, the_path_is_red_all_along)
{
    for (uint64_t seed = 0; seed < 6; seed++) {
        weft_trace *t = random_trace(seed, 3000, 3, 40);
        weft_analysis *a = NULL;
        char *svg = svg_of(t, NULL);
        size_t n_critical = 0;

        cr_assert(!weft_analyse_trace(&a, t, NULL));
        /* Every task of the path is told of, in its own box or in a count. */
        for (const char *c = svg; (c = strstr(c, "&#10;")); c++) {
            size_t n = 0;
            int end = 0;

            if (!strncmp(c, "&#10;on the critical path", 25))
                n_critical++;
            else if (sscanf(c, "&#10;%zu on the critical path%n", &n, &end) == 1 && end > 0)
                n_critical += n;
        }
        cr_assert_eq(n_critical, weft_analysis_n_critical(a));
        cr_assert_gt(svg_count(svg, "class=\"e c edge\""), 2);
        weft_analysis_free(a);
        free(svg);
        weft_trace_free(t);
    }
}

/* Of the shapes that are hardest: a chain, layers, and what may read anything. */
Test(svg, of_a_million_tasks_is_not_quadratic)
{
    static const uint32_t backs[] = {1, 1000, 1000000};

    for (int i = 0; i < 3; i++) {
        weft_trace *t = random_trace((uint64_t)i, (uint32_t)test_scaled(1000000), 4, backs[i]);
        const int64_t begin = test_cpu_ns();
        char *svg = svg_of(t, NULL);

        cr_assert_lt(test_cpu_ns() - begin, test_patient_ns(2 * (int64_t)1000000000));
        cr_assert_lt(strlen(svg), 1000000);
        svg_check(svg);
        free(svg);
        weft_trace_free(t);
    }
}
