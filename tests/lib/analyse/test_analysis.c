#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <weft/analyse.h>

#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "lib/base/random.h"
#include "lib/graph/trace.h"
#include "tests/support/hand_trace.h"
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
    const struct weft_stats zero = {0};

    cr_assert_eq(memcmp(weft_analysis_stats(a), &zero, sizeof zero), 0);
    cr_assert_eq(weft_analysis_n_critical(a), 0);
    weft_analysis_free(a);
    weft_analysis_free(NULL);
    weft_trace_free(t);
}

/* ---- Random graphs, scheduled greedily -------------------------------------- */

enum { MAX_TASKS = 40, MAX_DEPS = 3 };

struct random_graph {
    struct hand_task tasks[MAX_TASKS];
    uint32_t         deps[MAX_TASKS][MAX_DEPS];
    size_t           n;
};

static uint32_t number(uint64_t seed, uint64_t i, uint32_t below)
{
    uint32_t out[4];

    wf_random_block(seed, 1, i, out);
    return out[0] % below;
}

static void make_random(struct random_graph *g, uint64_t seed)
{
    uint64_t k = 0;

    *g = (struct random_graph){.n = 1 + number(seed, k++, MAX_TASKS)};
    for (uint32_t i = 0; i < g->n; i++) {
        g->tasks[i] = (struct hand_task){.name = "t", .deps = g->deps[i]};
        g->tasks[i].n_deps = i < MAX_DEPS ? 0 : number(seed, k++, MAX_DEPS + 1);
        for (size_t d = 0; d < g->tasks[i].n_deps; d++)
            g->deps[i][d] = number(seed, k++, i);
        g->tasks[i].end_ns = 1 + number(seed, k++, 100); /* its cost, until it is scheduled */
    }
}

/* Runs it as any greedy scheduler would: a free worker takes the first ready task. */
static void schedule(struct random_graph *g, int n_workers)
{
    int64_t free_at[8] = {0};
    bool done[MAX_TASKS] = {false};

    for (size_t n_done = 0; n_done < g->n; n_done++) {
        int64_t best_begin = INT64_MAX, cost;
        size_t best = 0;
        int w = 0;

        for (int i = 1; i < n_workers; i++)
            w = free_at[i] < free_at[w] ? i : w;
        for (size_t i = 0; i < g->n; i++) {
            int64_t begin = free_at[w];
            bool ready = !done[i];

            for (size_t d = 0; ready && d < g->tasks[i].n_deps; d++) {
                const struct hand_task *p = &g->tasks[g->deps[i][d]];

                ready = done[g->deps[i][d]];
                begin = ready && p->end_ns > begin ? p->end_ns : begin;
            }
            if (ready && begin < best_begin) {
                best_begin = begin;
                best = i;
            }
        }
        cost = g->tasks[best].end_ns;
        g->tasks[best].begin_ns = best_begin;
        g->tasks[best].end_ns = free_at[w] = best_begin + cost;
        g->tasks[best].worker = w;
        done[best] = true;
    }
}

/* The longest path that ends with task i, by trying all. */
static int64_t longest_to(const struct random_graph *g, size_t i)
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
        struct random_graph g;
        const struct weft_stats *s;
        weft_analysis *a;
        weft_trace *t;
        int64_t span = 0, work = 0;

        make_random(&g, seed);
        schedule(&g, n_workers);
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
        struct random_graph g;
        weft_analysis *a;
        weft_trace *t;
        int64_t critical = 0;

        make_random(&g, seed);
        t = hand_trace(g.tasks, g.n, 1);
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
                u = hand_trace(g.tasks, g.n, 1);
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

Test(analysis, of_a_million_tasks_takes_a_moment)
{
    enum { N = 1000000 };
    weft_trace *t = wf_trace_begin(N, 3 * (N - 3), NULL), *whole = NULL;
    const int64_t begin = wf_now_ns();
    weft_analysis *a;

    cr_assert(t);
    for (uint32_t i = 0; i < N; i++)
        wf_trace_add(t, &(struct wf_trace_record){.layer_id = 1 + i % 7, .n_deps = i < 3 ? 0 : 3},
                     (uint32_t[]){i - 1, i - 2, i - 3});
    cr_assert(!wf_trace_end(&whole, t, NULL));
    a = analysis_of(whole);
    cr_assert_eq(weft_analysis_stats(a)->depth, N - 2);
    cr_assert_eq(weft_analysis_stats(a)->n_layers, 7);
    cr_assert_lt(wf_now_ns() - begin, test_patient_ns(2000000000));
    weft_analysis_free(a);
    weft_trace_free(whole);
}

Test(analysis, without_memory_gives_nothing_and_leaks_nothing)
{
    weft_trace *t = hand_trace(timed, 6, 2);
    weft_status st = WEFT_NOMEM;

    for (int nth = 1; st; nth++) {
        weft_analysis *a = NULL;

        cr_assert_lt(nth, 30);
        wf_mem_watch(true);
        wf_mem_fail_at(nth);
        st = weft_analyse_trace(&a, t, NULL);
        wf_mem_fail_at(0);
        cr_assert(st == WEFT_NOMEM || nth > 9);
        weft_analysis_free(a);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %d leaks", nth);
        wf_mem_watch(false);
    }
    weft_trace_free(t);
}
