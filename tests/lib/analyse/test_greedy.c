#include <criterion/criterion.h>

#include <weft/analyse.h>

#include "tests/support/hand_trace.h"

static struct weft_bounds on(const weft_trace *t, int n_workers)
{
    struct weft_bounds b;
    weft_analysis *a = NULL;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    cr_assert(!weft_analysis_on_workers(a, n_workers, &b, NULL));
    weft_analysis_free(a);
    return b;
}

/*  T1 -> T4 -.
 *             >-> T6      The lecture: how long on one worker, how long on three, and what is
 *  T2 -> T5 -'            the speed-up?
 *  T3                                                                                      */
static const struct hand_task six[] = {
    {.name = "T1"}, {.name = "T2"}, {.name = "T3"},
    {.name = "T4", .HAND_DEPS(0)}, {.name = "T5", .HAND_DEPS(1)}, {.name = "T6", .HAND_DEPS(3, 4)},
};

Test(greedy, of_the_six_tasks_of_the_lecture_takes_six_steps_on_one_worker_and_three_on_more)
{
    weft_trace *t = hand_trace(six, 6, 0);

    cr_assert_eq(on(t, 1).greedy_ns, 6);
    cr_assert_eq(on(t, 2).greedy_ns, 3);
    cr_assert_eq(on(t, 3).greedy_ns, 3); /* speed-up 2, and never more */
    cr_assert_eq(on(t, 100).greedy_ns, 3);
    cr_assert_eq(on(t, 100).least_ns, 3);
    weft_trace_free(t);
}

Test(greedy, lies_between_the_bounds_of_brent_and_graham)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct hand_graph g;
        weft_analysis *a = NULL;
        weft_trace *t;

        hand_graph_random(&g, seed);
        t = hand_trace(g.tasks, g.n, (int)g.n);
        cr_assert(!weft_analyse_trace(&a, t, NULL));
        for (int p = 1; p < 12; p++) {
            const double work = (double)weft_analysis_stats(a)->work_ns, span = (double)weft_analysis_stats(a)->span_ns;
            struct weft_bounds b;

            cr_assert(!weft_analysis_on_workers(a, p, &b, NULL));
            cr_assert_leq(work / p, (double)b.least_ns);
            cr_assert_leq(span, (double)b.least_ns);
            cr_assert_leq(b.least_ns, b.greedy_ns, "seed %zu", (size_t)seed);
            cr_assert_leq(b.greedy_ns, b.most_ns, "seed %zu", (size_t)seed);
            cr_assert_leq((double)b.most_ns, work / p + (1 - 1.0 / p) * span + 1e-6);
            if (p == 1)
                cr_assert_eq(b.greedy_ns, weft_analysis_stats(a)->work_ns);
        }
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}

/* A body of 80 that forked: eight parts of 10 on eight workers, in 10. */
Test(greedy, shares_out_what_a_task_costs_beyond_its_length)
{
    static const struct hand_task one[] = {{.name = "a"}};
    struct weft_event events[8];
    weft_trace *t;

    for (uint16_t w = 0; w < 8; w++)
        events[w] = (struct weft_event){.begin_ns = 0, .end_ns = 10, .worker = w, .kind = w ? WEFT_EVENT_FORK : WEFT_EVENT_TASK};
    t = hand_trace_of(one, 1, &(struct hand_run){.n_workers = 8, .events = events, .n_events = 8});
    cr_assert_eq(on(t, 1).greedy_ns, 80);
    cr_assert_eq(on(t, 2).greedy_ns, 40);
    cr_assert_eq(on(t, 4).greedy_ns, 20);
    cr_assert_eq(on(t, 8).greedy_ns, 10);
    cr_assert_eq(on(t, 100).greedy_ns, 10);
    weft_trace_free(t);
}

Test(greedy, runs_follow_each_other_as_they_did)
{
    for (uint64_t seed = 0; seed < 300; seed++) {
        weft_trace *t = hand_trace_random(seed);
        weft_analysis *a = NULL;
        struct weft_bounds b;

        cr_assert(!weft_analyse_trace(&a, t, NULL));
        cr_assert(!weft_analysis_on_workers(a, 1, &b, NULL));
        cr_assert(!weft_analysis_stats(a)->n_measured || b.greedy_ns == weft_analysis_stats(a)->work_ns, "seed %zu", (size_t)seed);
        cr_assert(!weft_analysis_on_workers(a, 3, &b, NULL));
        cr_assert_leq(b.least_ns, b.greedy_ns, "seed %zu", (size_t)seed);
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}
