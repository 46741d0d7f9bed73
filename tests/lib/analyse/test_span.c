#include <criterion/criterion.h>

#include <weft/analyse.h>

#include "tests/support/hand_trace.h"

static weft_analysis *analysis_with(const weft_trace *t, int64_t burden_ns)
{
    weft_analysis *a = NULL;

    cr_assert(!weft_analyse_with(&a, t, &(struct weft_analyse_spec){.burden_ns = burden_ns}, NULL));
    return a;
}

/* ---- Forks, children, waiting --------------------------------------------------------- */

/*  0 | a a a A A - b b a a a|       a forks: a part of it runs on worker 1, another here; it
 *  1 | . . A A A A C . . . .|       sleeps while that goes on, and runs b; then a child of it
 *    0   2 3   5 6 7 8     11       takes as long as half of b                              */
static const struct hand_task ab[] = {{.name = "a"}, {.name = "b"}};
static const struct weft_event forked[] = {
    {.begin_ns = 0, .end_ns = 11, .task = 0, .kind = WEFT_EVENT_TASK},
    {.begin_ns = 3, .end_ns = 5, .task = 0, .kind = WEFT_EVENT_FORK},
    {.begin_ns = 5, .end_ns = 6, .task = UINT32_MAX, .kind = WEFT_EVENT_IDLE},
    {.begin_ns = 6, .end_ns = 8, .task = 1, .kind = WEFT_EVENT_TASK},
    {.begin_ns = 2, .end_ns = 6, .task = 0, .worker = 1, .kind = WEFT_EVENT_FORK},
    {.begin_ns = 6, .end_ns = 7, .task = 0, .worker = 1, .kind = WEFT_EVENT_CHILD},
};

Test(span, of_a_body_that_forks_is_the_time_in_which_some_worker_was_at_it)
{
    weft_trace *t = hand_trace_of(ab, 2, &(struct hand_run){.n_workers = 2, .events = forked, .n_events = 6});
    weft_analysis *a = analysis_with(t, 0);

    cr_assert_eq(weft_analysis_cost(a, 0), (11 - 1 - 2) + 4 + 1); /* but not while it slept, or ran b */
    cr_assert_eq(weft_analysis_length(a, 0), 7 + 3);
    cr_assert_eq(weft_analysis_cost(a, 1), 2);
    cr_assert_eq(weft_analysis_stats(a)->work_ns, 15);
    cr_assert_eq(weft_analysis_stats(a)->span_ns, 10);
    cr_assert_eq(weft_analysis_stats(a)->makespan_ns, 11);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(span, of_a_body_that_only_waits_is_no_more_than_what_was_done)
{
    static const struct weft_event waits[] = {
        {.begin_ns = 0, .end_ns = 10, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 1, .end_ns = 9, .task = UINT32_MAX, .kind = WEFT_EVENT_IDLE}};
    weft_trace *t = hand_trace_of(ab, 1, &(struct hand_run){.n_workers = 1, .events = waits, .n_events = 2});
    weft_analysis *a = analysis_with(t, 0);

    cr_assert_eq(weft_analysis_cost(a, 0), 2);
    cr_assert_eq(weft_analysis_length(a, 0), 2);
    weft_analysis_free(a);
    weft_trace_free(t);
}

/* What was spawned goes on when the body is over; b, which reads a, waits for all of it. */
Test(span, a_task_ends_with_the_last_of_its_children)
{
    static const struct weft_event events[] = {
        {.begin_ns = 0, .end_ns = 10, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 10, .end_ns = 30, .task = 0, .kind = WEFT_EVENT_CHILD},
        {.begin_ns = 40, .end_ns = 45, .task = 1, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 5, .end_ns = 40, .task = 0, .worker = 1, .kind = WEFT_EVENT_CHILD}};
    const struct hand_task tasks[] = {{.name = "a"}, {.name = "b", .HAND_DEPS(0)}};
    weft_trace *t = hand_trace_of(tasks, 2, &(struct hand_run){.n_workers = 2, .events = events, .n_events = 4});
    weft_analysis *a = analysis_with(t, 0);

    cr_assert_eq(weft_analysis_cost(a, 0), 65);
    cr_assert_eq(weft_analysis_length(a, 0), 40);
    cr_assert_eq(weft_analysis_times(a, 1).ready_ns, 40);
    cr_assert_eq(weft_analysis_stats(a)->span_ns, 45);
    cr_assert_eq(weft_analysis_worker(a, 0), 1);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(span, counts_moving_data_to_another_process_and_every_attempt)
{
    static const struct weft_event events[] = {
        {.begin_ns = 0, .end_ns = 10, .task = 0, .kind = WEFT_EVENT_TASK, .flags = WEFT_EVENT_FAILED},
        {.begin_ns = 20, .end_ns = 23, .task = 0, .kind = WEFT_EVENT_SEND},
        {.begin_ns = 23, .end_ns = 30, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 30, .end_ns = 34, .task = 0, .kind = WEFT_EVENT_RECEIVE}};
    weft_trace *t = hand_trace_of(ab, 1, &(struct hand_run){.n_workers = 1, .events = events, .n_events = 4});
    weft_analysis *a = analysis_with(t, 0);

    cr_assert_eq(weft_analysis_cost(a, 0), 24);
    cr_assert_eq(weft_analysis_length(a, 0), 24);
    cr_assert_eq(weft_analysis_stats(a)->n_failed, 1);
    cr_assert_eq(weft_analysis_times(a, 0).begin_ns, 0);
    cr_assert_eq(weft_analysis_times(a, 0).end_ns, 34);
    weft_analysis_free(a);
    weft_trace_free(t);
}

/* ---- The burden ----------------------------------------------------------------------------- */

/*  a -> b -> c -.      the edge a -> b is the only one out of a and into b: free;
 *       b -> d --> e   so are none of the others, nor ways to the two first tasks, a and f
 *  f                                                                                */
static const struct hand_task fork_join[] = {
    {.name = "a", .end_ns = 10}, {.name = "b", .HAND_DEPS(0), .end_ns = 10, .worker = 1},
    {.name = "c", .HAND_DEPS(1), .end_ns = 10, .worker = 2}, {.name = "d", .HAND_DEPS(1), .end_ns = 4, .worker = 3},
    {.name = "e", .HAND_DEPS(2, 3), .end_ns = 10, .worker = 4}, {.name = "f", .end_ns = 1, .worker = 5}};

Test(span, burdened_pays_for_each_edge_that_may_cross_workers)
{
    weft_trace *t = hand_trace(fork_join, 6, 6), *chain = hand_trace(fork_join, 2, 6);
    weft_analysis *a = analysis_with(t, 3), *b = analysis_with(chain, 3), *c = analysis_with(t, -1);

    cr_assert_eq(weft_analysis_stats(a)->span_ns, 40);
    cr_assert_eq(weft_analysis_stats(a)->burdened_span_ns, 3 + 10 + 10 + 3 + 10 + 3 + 10);
    cr_assert_eq(weft_analysis_stats(a)->burden_ns, 3);
    cr_assert_float_eq(weft_analysis_stats(a)->burdened_parallelism, 45.0 / 49, 1e-12);
    cr_assert_eq(weft_analysis_stats(b)->burdened_span_ns, 20); /* a chain never leaves its worker */
    cr_assert_eq(weft_analysis_stats(c)->burdened_span_ns, 40);
    weft_analysis_free(a);
    weft_analysis_free(b);
    weft_analysis_free(c);
    weft_trace_free(t);
    weft_trace_free(chain);
}

/* ---- Any trace ------------------------------------------------------------------------------------ */

static bool is_work(int kind)
{
    return kind == WEFT_EVENT_TASK || kind == WEFT_EVENT_FORK || kind == WEFT_EVENT_CHILD || kind == WEFT_EVENT_SEND ||
           kind == WEFT_EVENT_RECEIVE;
}

/* In how many nanoseconds some worker was at task i. */
static int64_t plain_length(const weft_trace *t, uint32_t i)
{
    const struct weft_event *e = weft_trace_events(t);
    int64_t length = 0, from = INT64_MAX, to = 0;

    for (size_t k = 0; k < weft_trace_n_events(t); k++) {
        from = e[k].task == i && e[k].begin_ns < from ? e[k].begin_ns : from;
        to = e[k].task == i && e[k].end_ns > to ? e[k].end_ns : to;
    }
    for (int64_t at = from; at < to; at++) {
        int64_t owner = -1;
        bool at_it = false;

        for (size_t k = 0; k < weft_trace_n_events(t) && !at_it; k++) {
            if (k && e[k].worker != e[k - 1].worker) {
                at_it = owner >= 0 && e[owner].task == i && is_work(e[owner].kind);
                owner = -1;
            }
            owner = e[k].begin_ns <= at && at < e[k].end_ns ? (int64_t)k : owner;
        }
        length += at_it || (owner >= 0 && e[owner].task == i && is_work(e[owner].kind));
    }
    return length;
}

Test(span, of_any_trace_keeps_what_always_holds, .timeout = 120)
{
    for (uint64_t seed = 0; seed < 100; seed++) {
        weft_trace *t = seed % 3 ? hand_trace_random(seed) : hand_trace_tangled(seed);
        weft_analysis *a = analysis_with(t, 0);
        const struct weft_stats *s = weft_analysis_stats(a);
        int64_t work = 0, critical = 0, runs = 0, at_work;

        for (size_t i = 0; i < s->n_tasks; i++) {
            work += weft_analysis_cost(a, i);
            at_work = plain_length(t, (uint32_t)i);
            cr_assert(!s->n_measured || weft_analysis_length(a, i) == at_work, "seed %zu", (size_t)seed);
            cr_assert_leq(weft_analysis_length(a, i), weft_analysis_cost(a, i));
            cr_assert_leq(weft_analysis_drag(a, i), weft_analysis_length(a, i));
            cr_assert_leq(0, weft_analysis_drag(a, i));
            cr_assert_leq(0, weft_analysis_earliest(a, i));
            cr_assert_leq(0, weft_analysis_slack(a, i));
            cr_assert_leq(weft_analysis_latest(a, i) + weft_analysis_length(a, i), s->n_measured ? s->span_ns : (int64_t)s->n_tasks);
            for (size_t d = 0; d < weft_trace_n_deps(t, i); d++) {
                const uint32_t p = weft_trace_deps(t, i)[d];

                cr_assert_geq(weft_analysis_earliest(a, i), weft_analysis_earliest(a, p) + weft_analysis_length(a, p));
                cr_assert_geq(weft_analysis_latest(a, i), weft_analysis_latest(a, p) + weft_analysis_length(a, p));
            }
        }
        for (size_t c = 0; c < weft_analysis_n_critical(a); c++) {
            cr_assert_eq(weft_analysis_slack(a, weft_analysis_critical(a)[c]), 0);
            critical += weft_analysis_length(a, weft_analysis_critical(a)[c]);
        }
        for (size_t r = 0; r < s->n_runs; r++)
            runs += weft_analysis_run(a, r).work_ns;
        cr_assert_eq(work, s->n_measured ? s->work_ns : (int64_t)s->n_tasks);
        cr_assert(!s->n_measured || critical == s->span_ns, "seed %zu", (size_t)seed);
        cr_assert_eq(runs, s->work_ns);
        cr_assert_geq(s->burdened_span_ns, s->span_ns);
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}
