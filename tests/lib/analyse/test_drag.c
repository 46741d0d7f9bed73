#include <criterion/criterion.h>

#include <weft/analyse.h>

#include "tests/support/hand_trace.h"

static weft_analysis *analysis_of(const weft_trace *t)
{
    weft_analysis *a = NULL;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    return a;
}

Test(drag, is_by_how_much_the_span_shrinks_without_a_task)
{
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct hand_graph g;
        weft_analysis *a;
        weft_trace *t;

        hand_graph_random(&g, seed);
        t = hand_trace(g.tasks, g.n, (int)g.n);
        a = analysis_of(t);
        for (size_t i = 0; i < g.n; i++) {
            const int64_t kept = g.tasks[i].end_ns;
            weft_analysis *b;
            weft_trace *u;

            g.tasks[i].end_ns = 0;
            u = hand_trace(g.tasks, g.n, (int)g.n);
            b = analysis_of(u);
            if (weft_analysis_is_critical(a, i))
                cr_assert_eq(weft_analysis_drag(a, i), weft_analysis_stats(a)->span_ns - weft_analysis_stats(b)->span_ns,
                             "seed %zu, task %zu", (size_t)seed, i);
            else
                cr_assert_eq(weft_analysis_drag(a, i), 0);
            weft_analysis_free(b);
            weft_trace_free(u);
            g.tasks[i].end_ns = kept;
        }
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}

/* The same where runs of one task each follow each other or overlap. */
Test(drag, of_runs_is_by_how_much_the_span_shrinks_without_one)
{
    enum { N = 12 };

    for (uint64_t seed = 0; seed < 300; seed++) {
        struct hand_task tasks[N];
        struct weft_trace_run runs[N];
        struct weft_event events[N];
        const size_t n = 1 + hand_number(seed, 999, N);
        weft_analysis *a;
        weft_trace *t;

        for (uint32_t i = 0; i < n; i++) {
            const int64_t begin = hand_number(seed, 2 * i, 300), length = hand_number(seed, 2 * i + 1, 100);

            tasks[i] = (struct hand_task){.name = "t"};
            runs[i] = (struct weft_trace_run){.first_task = i, .n_tasks = 1, .begin_ns = begin, .end_ns = begin + length};
            events[i] = (struct weft_event){.begin_ns = begin, .end_ns = begin + length, .task = i, .worker = (uint16_t)i};
        }
        t = hand_trace_of(tasks, n, &(struct hand_run){.n_workers = N, .events = events, .n_events = n, .runs = runs, .n_runs = n});
        a = analysis_of(t);
        cr_assert_leq(weft_analysis_stats(a)->span_ns, weft_analysis_stats(a)->makespan_ns);
        for (size_t i = 0; i < n; i++) {
            const int64_t kept = events[i].end_ns;
            weft_analysis *b;
            weft_trace *u;

            events[i].end_ns = events[i].begin_ns;
            u = hand_trace_of(tasks, n, &(struct hand_run){.n_workers = N, .events = events, .n_events = n, .runs = runs, .n_runs = n});
            b = analysis_of(u);
            if (weft_analysis_is_critical(a, i))
                cr_assert_eq(weft_analysis_drag(a, i), weft_analysis_stats(a)->span_ns - weft_analysis_stats(b)->span_ns,
                             "seed %zu, run %zu", (size_t)seed, i);
            else
                cr_assert_geq(weft_analysis_slack(a, i), 0);
            weft_analysis_free(b);
            weft_trace_free(u);
            events[i].end_ns = kept;
        }
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}
