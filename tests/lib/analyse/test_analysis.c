#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <weft/analyse.h>

#include "lib/graph/trace.h"
#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"
#include "tests/support/scale.h"

static weft_analysis *analysis_of(const weft_trace *t)
{
    weft_analysis *a = NULL;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    return a;
}

static void assert_critical(const weft_analysis *a, const uint32_t *tasks, size_t n)
{
    cr_assert_eq(weft_analysis_n_critical(a), n);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(weft_analysis_critical(a)[i], tasks[i]);
        cr_assert(weft_analysis_is_critical(a, tasks[i]));
    }
}

/*  T1 -> T4 -.
 *             >-> T6      Six tasks; six steps for one worker, three for three.
 *  T2 -> T5 -'
 *  T3                                                                          */
static const struct hand_task six[] = {
    {.name = "T1"}, {.name = "T2"}, {.name = "T3"},
    {.name = "T4", .HAND_DEPS(0)}, {.name = "T5", .HAND_DEPS(1)}, {.name = "T6", .HAND_DEPS(3, 4)},
};

Test(analysis, of_six_unmeasured_tasks_counts_tasks)
{
    weft_trace *t = hand_trace(six, 6, 0);
    weft_analysis *a = analysis_of(t);
    const struct weft_stats *s = weft_analysis_stats(a);

    cr_assert_eq(s->n_tasks, 6);
    cr_assert_eq(s->n_edges, 4);
    cr_assert_eq(s->depth, 3);
    cr_assert_eq(s->width, 3);
    cr_assert_eq(s->n_measured, 0);
    cr_assert_eq(s->work_ns, 0);
    cr_assert_eq(s->span_ns, 0);
    cr_assert_eq(s->makespan_ns, 0);
    cr_assert_eq(s->parallelism, 2.0);
    assert_critical(a, (uint32_t[]){0, 3, 5}, 3);
    cr_assert_eq(weft_analysis_slack(a, 1), 0); /* T2 -> T5 -> T6 is as long */
    cr_assert_not(weft_analysis_is_critical(a, 1));
    cr_assert_eq(weft_analysis_slack(a, 2), 2); /* T3 may run in any of the three steps */
    cr_assert_eq(weft_analysis_level(a, 0), 0);
    cr_assert_eq(weft_analysis_level(a, 5), 2);
    cr_assert_eq(weft_analysis_worker(a, 0), -1);
    weft_analysis_free(a);
    weft_trace_free(t);
}

/* The same, measured on two workers: T5 takes long, so T2 -> T5 -> T6 is critical.
 *
 *   0 | T1 T4 T3      T6 |     T1 = 10, T2 = 5, T3 = 30, T4 = 8, T5 = 40, T6 = 3
 *   1 | T2 T5.........   |     work 96, span 48                                  */
static const struct hand_task timed[] = {
    {.name = "T1", .begin_ns = 0, .end_ns = 10},
    {.name = "T2", .begin_ns = 0, .end_ns = 5, .worker = 1, .layer = "a", .layer_id = 1},
    {.name = "T3", .begin_ns = 18, .end_ns = 48, .layer = "b", .layer_id = 7},
    {.name = "T4", .HAND_DEPS(0), .begin_ns = 10, .end_ns = 18, .layer = "a", .layer_id = 1},
    {.name = "T5", .HAND_DEPS(1), .begin_ns = 5, .end_ns = 45, .worker = 1},
    {.name = "T6", .HAND_DEPS(3, 4), .begin_ns = 48, .end_ns = 51},
};

Test(analysis, of_measured_tasks_takes_their_time)
{
    weft_trace *t = hand_trace(timed, 6, 2);
    weft_analysis *a = analysis_of(t);
    const struct weft_stats *s = weft_analysis_stats(a);
    static const int64_t slack[] = {27, 0, 18, 27, 0, 0};

    cr_assert_eq(s->n_measured, 6);
    cr_assert_eq(s->n_layers, 2);
    cr_assert_eq(s->n_workers, 2);
    cr_assert_eq(s->work_ns, 96);
    cr_assert_eq(s->span_ns, 48);
    cr_assert_eq(s->parallelism, 2.0);
    cr_assert_eq(s->makespan_ns, 51);
    assert_critical(a, (uint32_t[]){1, 4, 5}, 3);
    for (size_t i = 0; i < 6; i++)
        cr_assert_eq(weft_analysis_slack(a, i), slack[i], "task %zu", i);
    cr_assert_eq(weft_analysis_earliest(a, 3), 10);
    cr_assert_eq(weft_analysis_latest(a, 3), 37);
    cr_assert_eq(weft_analysis_cost(a, 4), 40);
    cr_assert_eq(weft_analysis_worker(a, 4), 1);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(analysis, of_a_chain_has_no_slack_and_no_parallelism)
{
    const struct hand_task chain[] = {
        {.name = "a"}, {.name = "b", .HAND_DEPS(0)}, {.name = "c", .HAND_DEPS(1)}, {.name = "d", .HAND_DEPS(2)}};
    weft_trace *t = hand_trace(chain, 4, 0);
    weft_analysis *a = analysis_of(t);

    cr_assert_eq(weft_analysis_stats(a)->depth, 4);
    cr_assert_eq(weft_analysis_stats(a)->width, 1);
    cr_assert_eq(weft_analysis_stats(a)->parallelism, 1.0);
    assert_critical(a, (uint32_t[]){0, 1, 2, 3}, 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert_eq(weft_analysis_slack(a, i), 0);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(analysis, a_task_without_cost_does_not_cut_the_critical_path_short)
{
    const struct hand_task ends[] = {
        {.name = "given"},
        {.name = "work", .HAND_DEPS(0), .begin_ns = 0, .end_ns = 9},
        {.name = "alias", .HAND_DEPS(1), .begin_ns = 9, .end_ns = 9},
    };
    weft_trace *t = hand_trace(ends, 3, 1);
    weft_analysis *a = analysis_of(t);

    cr_assert_eq(weft_analysis_stats(a)->span_ns, 9);
    assert_critical(a, (uint32_t[]){0, 1, 2}, 3);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(analysis, of_nothing_is_all_zero)
{
    weft_trace *t = hand_trace(NULL, 0, 0);
    weft_analysis *a = analysis_of(t);
    const struct weft_stats zero = {.width_is_exact = true};

    cr_assert_eq(memcmp(weft_analysis_stats(a), &zero, sizeof zero), 0);
    cr_assert_eq(weft_analysis_n_critical(a), 0);
    weft_analysis_free(a);
    weft_analysis_free(NULL);
    weft_trace_free(t);
}

/* ---- Random graphs, scheduled greedily -------------------------------------- */

/* The longest path that ends with task i, by trying all. */
static int64_t longest_to(const struct hand_graph *g, size_t i)
{
    int64_t best = 0;

    for (size_t d = 0; d < g->tasks[i].n_deps; d++) {
        const int64_t to = longest_to(g, g->deps[i][d]);

        best = to > best ? to : best;
    }
    return best + g->tasks[i].end_ns - g->tasks[i].begin_ns;
}

Test(analysis, simulated_schedules_obey_the_bounds_of_brent_and_graham)
{
    for (uint64_t seed = 0; seed < 300; seed++) {
        const int n_workers = 1 + (int)(seed % 8);
        struct hand_graph g;
        const struct weft_stats *s;
        weft_analysis *a;
        weft_trace *t;
        int64_t span = 0, work = 0;

        hand_graph_random(&g, seed);
        hand_graph_schedule(&g, n_workers);
        t = hand_trace(g.tasks, g.n, n_workers);
        a = analysis_of(t);
        s = weft_analysis_stats(a);
        for (size_t i = 0; i < g.n; i++) {
            const int64_t to = longest_to(&g, i);

            span = to > span ? to : span;
            work += g.tasks[i].end_ns - g.tasks[i].begin_ns;
        }
        cr_assert_eq(s->span_ns, span, "seed %zu", (size_t)seed);
        cr_assert_eq(s->work_ns, work);
        cr_assert_leq((double)s->work_ns / n_workers, (double)s->makespan_ns);
        cr_assert_leq(s->span_ns, s->makespan_ns);
        cr_assert_leq((double)s->makespan_ns,
                      (double)work / n_workers + (1 - 1.0 / n_workers) * (double)span + 1e-6);
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}

Test(analysis, slack_is_what_a_task_can_grow_without_lengthening_the_span)
{
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct hand_graph g;
        weft_analysis *a;
        weft_trace *t;
        int64_t critical = 0;

        hand_graph_random(&g, seed);
        t = hand_trace(g.tasks, g.n, (int)g.n);
        a = analysis_of(t);
        for (size_t i = 0; i < weft_analysis_n_critical(a); i++) {
            cr_assert_eq(weft_analysis_slack(a, weft_analysis_critical(a)[i]), 0);
            critical += weft_analysis_cost(a, weft_analysis_critical(a)[i]);
        }
        cr_assert_eq(critical, weft_analysis_stats(a)->span_ns);
        for (size_t i = 0; i < g.n; i++) {
            for (int64_t more = 0; more < 2; more++) {
                const int64_t kept = g.tasks[i].end_ns;
                weft_analysis *b;
                weft_trace *u;

                g.tasks[i].end_ns += weft_analysis_slack(a, i) + more;
                u = hand_trace(g.tasks, g.n, (int)g.n);
                b = analysis_of(u);
                cr_assert_eq(weft_analysis_stats(b)->span_ns, weft_analysis_stats(a)->span_ns + more);
                weft_analysis_free(b);
                weft_trace_free(u);
                g.tasks[i].end_ns = kept;
            }
        }
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}

Test(analysis, of_a_million_tasks_is_not_quadratic)
{
    enum { N = 1000000 };
    weft_trace *t = wf_trace_begin(N, 3 * (N - 3), NULL), *whole = NULL;
    const int64_t begin = test_cpu_ns();
    weft_analysis *a;

    cr_assert(t);
    for (uint32_t i = 0; i < N; i++)
        wf_trace_add(t, &(struct wf_trace_record){.layer_id = 1 + i % 7, .n_deps = i < 3 ? 0 : 3},
                     (uint32_t[]){i - 1, i - 2, i - 3});
    cr_assert(!wf_trace_end(&whole, t, NULL));
    a = analysis_of(whole);
    cr_assert_eq(weft_analysis_stats(a)->depth, N - 2);
    cr_assert_eq(weft_analysis_stats(a)->n_layers, 7);
    cr_assert_lt(test_cpu_ns() - begin, test_patient_ns(2000000000));
    weft_analysis_free(a);
    weft_trace_free(whole);
}

static weft_status analysed(void *arg)
{
    weft_analysis *a = NULL;
    const weft_status st = weft_analyse_trace(&a, arg, NULL);

    weft_analysis_free(a);
    return st;
}

Test(analysis, without_memory_gives_nothing_and_leaks_nothing)
{
    weft_trace *t = hand_trace_random(7);

    cr_assert_geq(nomem_everywhere(analysed, t), 30);
    weft_trace_free(t);
}
