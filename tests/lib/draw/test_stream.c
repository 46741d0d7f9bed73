#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/draw.h>

#include "lib/base/mem.h"
#include "lib/draw/stream.h"
#include "lib/graph/trace.h"
#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"
#include "tests/support/scale.h"
#include "tests/support/svg.h"
#include "tests/support/tempdir.h"

TestSuite(stream, .init = tempdir_begin, .fini = tempdir_end);

/* A trace of tasks with these names and events, by worker, then time. */
static weft_trace *traced(const char *const *names, size_t n, const struct weft_event *given, size_t n_events,
                          const struct weft_sample *samples, size_t n_samples, int n_workers)
{
    const struct weft_trace_run runs[] = {{0, (uint32_t)n, 0, 500, WEFT_OK}};
    const struct wf_trace_run run = {.n_workers = n_workers, .wall_ns = 1000, .n_events = n_events, .samples = samples,
                                     .n_samples = n_samples, .runs = runs, .n_runs = 1};
    weft_trace *t = wf_trace_begin(n, 0, &run), *out = NULL;

    cr_assert(t);
    for (size_t i = 0; i < n; i++) {
        struct wf_trace_record r = {0};

        cr_assert(wf_trace_text(t, names[i], &r.name));
        r.key = r.name;
        wf_trace_add(t, &r, NULL);
    }
    memcpy(wf_trace_events(t), given, n_events * sizeof *given);
    cr_assert(!wf_trace_end(&out, t, NULL));
    return out;
}

static char *drawn(const weft_trace *t, const struct weft_draw_stream_spec *spec)
{
    char *path = tempdir_path(tempdir, "s.svg"), *bytes;
    struct weft_error err = {0};

    cr_assert_eq(weft_draw_stream(t, path, spec, &err), WEFT_OK, "%s", err.message);
    bytes = tempdir_read(path, NULL);
    svg_check(bytes);
    free(path);
    return bytes;
}

static const char *const three[] = {"load", "fit <&>", "load"};
/* worker 0: |load-----------|   |fit---(unspill within)---|
 * worker 1: steal |load, failed|  idle                      */
static const struct weft_event few[] = {
    {.begin_ns = 0, .end_ns = 400, .task = 0, .worker = 0, .kind = WEFT_EVENT_TASK},
    {.begin_ns = 500, .end_ns = 1000, .task = 1, .worker = 0, .kind = WEFT_EVENT_TASK},
    {.begin_ns = 600, .end_ns = 700, .task = 0, .worker = 0, .kind = WEFT_EVENT_UNSPILL},
    {.begin_ns = 0, .end_ns = 100, .task = 2, .worker = 1, .kind = WEFT_EVENT_STEAL},
    {.begin_ns = 100, .end_ns = 300, .task = 2, .worker = 1, .kind = WEFT_EVENT_TASK, .flags = WEFT_EVENT_FAILED},
    {.begin_ns = 300, .end_ns = 1000, .task = UINT32_MAX, .worker = 1, .kind = WEFT_EVENT_IDLE},
};

Test(stream, a_bar_is_a_body_in_its_place)
{
    weft_trace *t = traced(three, 3, few, 6, NULL, 0, 2);
    char *svg = drawn(t, &(struct weft_draw_stream_spec){.width = 1000});

    cr_assert_eq(svg_count(svg, "class=\"bar\""), 4);
    cr_assert_eq(svg_count(svg, "<g class=\"worker\">"), 2);
    cr_assert(strstr(svg, "<rect x=\"92.00\" y=\"30.0\" width=\"400.00\""));
    cr_assert(strstr(svg, "<rect x=\"592.00\" y=\"30.0\" width=\"500.00\""));
    cr_assert(strstr(svg, "fit &lt;&amp;&gt;"));
    free(svg);
    weft_trace_free(t);
}

Test(stream, failed_is_black_disk_is_orange_and_steals_are_ticks)
{
    weft_trace *t = traced(three, 3, few, 6, NULL, 0, 2);
    char *svg = drawn(t, NULL);

    cr_assert_eq(svg_count(svg, "fill=\"#111111\" class=\"bar\""), 1);
    cr_assert_eq(svg_count(svg, "fill=\"#f08c00\" class=\"bar\""), 1);
    cr_assert_eq(svg_count(svg, "class=\"mark\""), 2); /* the steal and the failure */
    cr_assert(strstr(svg, ", failed</title>"));
    cr_assert(strstr(svg, "reads from disk of load"));
    free(svg);
    weft_trace_free(t);
}

Test(stream, shares_are_of_bodies_without_what_ran_within_them)
{
    weft_trace *t = traced(three, 3, few, 6, NULL, 0, 2);
    struct wf_stream s;

    cr_assert(!wf_stream_init(&s, t, 100, NULL));
    cr_assert_eq(s.names.n, 2);
    cr_assert_str_eq(s.names.texts[0], "load");
    cr_assert_eq(s.functions[0].self_ns, 600);
    cr_assert_eq(s.functions[0].n, 2);
    cr_assert_eq(s.functions[1].self_ns, 400); /* 500 less 100 of reading back */
    cr_assert_eq(s.functions[0].rank, 0);
    cr_assert_eq(s.idle_ns, 700);
    cr_assert_eq(s.steal_ns, 100);
    cr_assert_eq(s.disk_ns, 100);
    cr_assert_eq(s.busy_ns, 1100);
    wf_stream_fini(&s);
    weft_trace_free(t);
}

/* A body that waits for those it spawned runs them within itself. */
Test(stream, bodies_within_bodies_are_inset_and_one_at_once)
{
    const struct weft_event nested[] = {
        {.begin_ns = 0, .end_ns = 1000, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 100, .end_ns = 900, .task = 1, .kind = WEFT_EVENT_CHILD},
        {.begin_ns = 200, .end_ns = 300, .task = 2, .kind = WEFT_EVENT_CHILD},
    };
    weft_trace *t = traced(three, 3, nested, 3, NULL, 0, 1);
    struct wf_stream s;
    char *svg = drawn(t, NULL);

    cr_assert_eq(svg_count(svg, "class=\"bar\" stroke=\"#fff\""), 2);
    free(svg);
    cr_assert(!wf_stream_init(&s, t, 10, NULL));
    cr_assert_eq(s.n_bars, 3);
    cr_assert_eq(s.bars[2].depth, 2);
    for (int c = 0; c < 10; c++)
        cr_assert_float_eq(s.parallel[c], 1, 1e-9);
    cr_assert_eq(s.functions[0].self_ns, 200 + 100);
    wf_stream_fini(&s);
    weft_trace_free(t);
}

/* Each has its line; words only where none are yet, and within the picture. */
Test(stream, words_of_runs_that_begin_together_do_not_lie_on_each_other)
{
    static const struct hand_task tasks[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}};
    static const struct weft_event events[] = {{.begin_ns = 0, .end_ns = 500, .task = 0},
                                               {.begin_ns = 500, .end_ns = 501, .task = 1},
                                               {.begin_ns = 502, .end_ns = 990, .task = 2},
                                               {.begin_ns = 999, .end_ns = 1000, .task = 3}};
    static const struct weft_trace_run runs[] = {
        {0, 1, 0, 500, WEFT_OK}, {1, 1, 500, 501, WEFT_OK}, {2, 1, 502, 990, WEFT_OK}, {3, 1, 999, 1000, WEFT_FAILED}};
    weft_trace *t = hand_trace_of(tasks, 4, &(struct hand_run){.n_workers = 1, .events = events, .n_events = 4,
                                                               .runs = runs, .n_runs = 4});
    char *svg = drawn(t, NULL);

    cr_assert_eq(svg_count(svg, "class=\"run\""), 4);
    cr_assert_eq(svg_count(svg, ">run 1<"), 1);
    cr_assert_eq(svg_count(svg, ">run 2<"), 1);
    cr_assert_eq(svg_count(svg, ">run 3<"), 0);
    cr_assert_eq(svg_count(svg, ">run 4 failed<"), 0);
    free(svg);
    weft_trace_free(t);
}

/* Ten bodies of 50 ns each in 1000 ns, two columns: too short to see, they are half of each. */
Test(stream, short_bodies_shade_their_column_by_their_share)
{
    struct weft_event events[10];
    weft_trace *t;
    struct wf_stream s;

    for (int i = 0; i < 10; i++)
        events[i] = (struct weft_event){.begin_ns = 100 * i, .end_ns = 100 * i + 50, .task = i % 5 == 0 ? 1 : 0,
                                        .kind = WEFT_EVENT_TASK};
    events[9].end_ns = 1000; /* where the picture ends */
    t = traced(three, 3, events, 10, NULL, 0, 1);
    cr_assert(!wf_stream_init(&s, t, 2, NULL));
    cr_assert_eq(s.n_bars, 0);
    cr_assert_float_eq(s.bins[0].busy, 0.5, 1e-6);
    cr_assert_float_eq(s.bins[1].busy, 0.6, 1e-6);
    cr_assert_eq(s.bins[0].function, 0);
    cr_assert_float_eq(s.parallel[0], 0.5, 1e-6);
    wf_stream_fini(&s);
    weft_trace_free(t);
}

Test(stream, samples_are_curves_on_the_same_axis)
{
    const struct weft_sample samples[] = {
        {.at_ns = 0, .resident_bytes = 1 << 20, .cores = 0.5},
        {.at_ns = 500, .resident_bytes = 2 << 20, .managed_bytes = 1 << 20, .cores = NAN},
        {.at_ns = 1000, .resident_bytes = 1 << 20, .spilled_bytes = 1 << 19, .cores = 1.5},
    };
    weft_trace *t = traced(three, 3, few, 6, samples, 3, 2);
    char *svg = drawn(t, NULL), *bare = drawn(t, &(struct weft_draw_stream_spec){.no_curves = true, .no_legend = true});

    cr_assert_eq(svg_count(svg, "class=\"curve\""), 1 + 3 + 1);
    cr_assert(strstr(svg, "2.00 MiB"));
    cr_assert_null(strstr(svg, "nan"));
    cr_assert_eq(svg_count(bare, "class=\"curve\""), 0);
    free(bare);
    free(svg);
    weft_trace_free(t);
}

Test(stream, samples_of_another_time_have_no_panel)
{
    const struct weft_sample samples[] = {{.at_ns = 10, .resident_bytes = 5}, {.at_ns = 5000000, .resident_bytes = 7}};
    weft_trace *t = traced(three, 3, few, 6, samples, 2, 2);
    char *svg = drawn(t, NULL);

    cr_assert_null(strstr(svg, ">memory<"));
    cr_assert(strstr(svg, ">bodies at once<"));
    free(svg);
    weft_trace_free(t);
}

Test(stream, of_nothing_and_of_what_has_not_run_says_so)
{
    weft_trace *t = hand_trace(NULL, 0, 0);
    char *svg = drawn(t, NULL);

    cr_assert(strstr(svg, "has not run"));
    free(svg);
    weft_trace_free(t);
}

Test(stream, is_made_as_svg_only)
{
    weft_trace *t = traced(three, 3, few, 6, NULL, 0, 2);
    struct weft_error err;

    cr_assert_eq(weft_draw_stream(t, "s.png", NULL, &err), WEFT_UNSUPPORTED);
    cr_assert_eq(weft_draw_stream(t, "s.jpg", NULL, &err), WEFT_INVALID);
    cr_assert_eq(weft_draw_stream(t, "s.svg", &(struct weft_draw_stream_spec){.width = -5}, &err), WEFT_INVALID);
    weft_trace_free(t);
}

Test(stream, ten_million_events_are_a_file_to_look_at)
{
    const size_t n = (size_t)test_scaled(10000000) / 8 * 8;
    const struct wf_trace_run run = {.n_workers = 8, .wall_ns = (int64_t)n * 12, .n_events = n};
    weft_trace *t = wf_trace_begin(4, 0, &run), *out = NULL;
    struct weft_event *events;
    char *svg;

    cr_assert(t);
    for (int i = 0; i < 4; i++) {
        struct wf_trace_record r = {0};
        char name[8];

        snprintf(name, sizeof name, "f%d", i);
        cr_assert(wf_trace_text(t, name, &r.name));
        wf_trace_add(t, &r, NULL);
    }
    events = wf_trace_events(t);
    for (size_t i = 0; i < n; i++) {
        const int64_t at = (int64_t)(i % (n / 8)) * 96;

        events[i] = (struct weft_event){.begin_ns = at, .end_ns = at + 20 + (int64_t)(i % 70), .task = (uint32_t)(i / 1000 % 4),
                                        .worker = (uint16_t)(i / (n / 8)), .kind = i % 5 ? WEFT_EVENT_TASK : WEFT_EVENT_STEAL};
    }
    cr_assert(!wf_trace_end(&out, t, NULL));
    svg = drawn(out, NULL);
    cr_assert_lt(strlen(svg), 3000000);
    cr_assert_gt(svg_count(svg, "opacity="), 100);
    free(svg);
    weft_trace_free(out);
}

static weft_status draw_it(void *arg)
{
    char *path = tempdir_path(tempdir, "s.svg");
    const weft_status st = weft_draw_stream(arg, path, NULL, NULL);

    free(path);
    return st;
}

Test(stream, without_memory_leaks_nothing)
{
    weft_trace *t = traced(three, 3, few, 6, NULL, 0, 2);

    nomem_everywhere(draw_it, t);
    weft_trace_free(t);
}
