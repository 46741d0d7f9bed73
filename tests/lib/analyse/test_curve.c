#include <criterion/criterion.h>

#include <weft/analyse.h>

#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"

/*  a (100 bytes) -> b (10 bytes) -> d (1 byte, asked for)       run from 0 to 60
 *                -> c (nothing)
 *  0 | a 0..10 | b 10..30 | d 35..50 |
 *  1 |         |    c 12..40         |                                          */
static const struct hand_task tasks[] = {
    {.name = "a", .begin_ns = 0, .end_ns = 10, .result_bytes = 100},
    {.name = "b", .HAND_DEPS(0), .begin_ns = 10, .end_ns = 30, .result_bytes = 10},
    {.name = "c", .HAND_DEPS(0), .begin_ns = 12, .end_ns = 40, .worker = 1},
    {.name = "d", .HAND_DEPS(1), .begin_ns = 35, .end_ns = 50, .result_bytes = 1, .is_target = true}};

static weft_trace *small(void)
{
    static struct weft_event events[4];

    for (uint32_t i = 0; i < 4; i++)
        events[i] = (struct weft_event){.begin_ns = tasks[i].begin_ns, .end_ns = tasks[i].end_ns, .task = i,
                                        .worker = (uint16_t)tasks[i].worker};
    return hand_trace_of(tasks, 4, &(struct hand_run){.n_workers = 2, .wall_ns = 60, .events = events, .n_events = 4});
}

static void assert_curve(enum weft_curve_kind kind, const int64_t (*expected)[2], size_t n, int64_t peak)
{
    weft_trace *t = small();
    weft_analysis *a = NULL;
    struct weft_curve c;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    cr_assert(!weft_analysis_curve(a, kind, &c, NULL));
    for (size_t k = 0; k < n && k < c.n; k++) {
        cr_assert_eq(c.times_ns[k], expected[k][0], "curve %d, step %zu at %d", kind, k, (int)c.times_ns[k]);
        cr_assert_eq(c.values[k], expected[k][1], "curve %d, step %zu is %d", kind, k, (int)c.values[k]);
    }
    cr_assert_eq(c.n, n);
    cr_assert_eq(c.peak, peak);
    weft_curve_free(&c);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(curve, of_results_rises_when_they_are_stored_and_falls_after_their_last_reader)
{
    assert_curve(WEFT_CURVE_MEMORY, (const int64_t[][2]){{10, 100}, {30, 110}, {40, 10}, {50, 1}, {60, 0}}, 5, 110);
    assert_curve(WEFT_CURVE_RESULTS, (const int64_t[][2]){{10, 1}, {30, 2}, {40, 1}, {60, 0}}, 4, 2);
}

Test(curve, of_workers_and_of_ready_tasks_is_what_happened)
{
    assert_curve(WEFT_CURVE_REALISED, (const int64_t[][2]){{0, 1}, {12, 2}, {30, 1}, {35, 2}, {40, 1}, {50, 0}}, 6, 2);
    assert_curve(WEFT_CURVE_READY, (const int64_t[][2]){{10, 1}, {12, 0}, {30, 1}, {35, 0}}, 4, 1);
}

Test(curve, of_the_ideal_is_that_of_earliest_starts)
{
    assert_curve(WEFT_CURVE_IDEAL, (const int64_t[][2]){{0, 1}, {10, 2}, {38, 1}, {45, 0}}, 4, 2);
}

Test(curve, tells_peak_and_mean)
{
    weft_trace *t = small();
    weft_analysis *a = NULL;
    struct weft_curve c;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    cr_assert(!weft_analysis_curve(a, WEFT_CURVE_MEMORY, &c, NULL));
    cr_assert_eq(c.peak_ns, 30);
    cr_assert_float_eq(c.mean, (20 * 100 + 10 * 110 + 10 * 10 + 10 * 1) / 50.0, 1e-12);
    cr_assert_eq(weft_analysis_times(a, 0).freed_ns, 40);
    cr_assert_eq(weft_analysis_times(a, 3).freed_ns, 60);
    cr_assert_eq(weft_analysis_times(a, 2).freed_ns, 40); /* nobody reads it */
    weft_curve_free(&c);
    weft_curve_free(&c);
    weft_analysis_free(a);
    weft_trace_free(t);
}

/* The area under each curve is what it must be: work on both sides, and so on. */
Test(curve, of_any_trace_has_the_area_of_what_it_counts)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        weft_trace *t = hand_trace_random(seed);
        weft_analysis *a = NULL;

        cr_assert(!weft_analyse_trace(&a, t, NULL));
        for (int kind = 0; kind < WEFT_N_CURVE_KINDS; kind++) {
            struct weft_curve c;
            double area = 0, expected = 0;

            cr_assert(!weft_analysis_curve(a, (enum weft_curve_kind)kind, &c, NULL));
            for (size_t k = 0; k < c.n; k++) {
                cr_assert(!k || c.times_ns[k] > c.times_ns[k - 1]);
                cr_assert_neq(c.values[k], k ? c.values[k - 1] : 0);
                cr_assert(c.values[k] >= 0 && c.values[k] <= c.peak);
                area += k + 1 < c.n ? (double)c.values[k] * (double)(c.times_ns[k + 1] - c.times_ns[k]) : 0;
            }
            cr_assert(!c.n || c.values[c.n - 1] == 0);
            for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
                const struct weft_times when = weft_analysis_times(a, i);
                const int64_t held = when.freed_ns - (when.end_ns < 0 ? when.ready_ns : when.end_ns);

                expected += kind == WEFT_CURVE_IDEAL     ? (double)weft_analysis_length(a, i)
                            : kind == WEFT_CURVE_READY   ? (when.begin_ns > when.ready_ns ? (double)(when.begin_ns - when.ready_ns) : 0)
                            : kind == WEFT_CURVE_RESULTS ? (double)held
                            : kind == WEFT_CURVE_MEMORY  ? (double)held * (double)weft_trace_task(t, i)->result_bytes
                                                         : 0;
            }
            if (kind == WEFT_CURVE_REALISED)
                cr_assert_leq(c.peak, weft_trace_n_workers(t));
            else
                cr_assert_float_eq(area, expected, 1e-3, "seed %zu, curve %d", (size_t)seed, kind);
            weft_curve_free(&c);
        }
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}

static weft_status all_curves(void *arg)
{
    weft_status st = WEFT_OK;

    for (int kind = 0; !st && kind < WEFT_N_CURVE_KINDS; kind++) {
        struct weft_curve c = {0};

        st = weft_analysis_curve(arg, (enum weft_curve_kind)kind, &c, NULL);
        weft_curve_free(&c);
    }
    return st;
}

Test(curve, without_memory_gives_nothing_and_leaks_nothing)
{
    weft_trace *t = small();
    weft_analysis *a = NULL;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    cr_assert_geq(nomem_everywhere(all_curves, a), 10);
    weft_analysis_free(a);
    weft_trace_free(t);
}
