#include <criterion/criterion.h>

#include <weft/analyse.h>

#include "tests/support/hand_trace.h"

static weft_analysis *analysis_of(const weft_trace *t)
{
    weft_analysis *a = NULL;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    return a;
}

static void assert_path(const weft_analysis *a, const struct weft_path_step *expected, size_t n)
{
    const struct weft_path_step *s = weft_analysis_path(a);

    for (size_t k = 0; k < n && k < weft_analysis_n_path(a); k++) {
        cr_assert_eq(s[k].begin_ns, expected[k].begin_ns, "step %zu begins at %d", k, (int)s[k].begin_ns);
        cr_assert_eq(s[k].end_ns, expected[k].end_ns, "step %zu ends at %d", k, (int)s[k].end_ns);
        cr_assert_eq(s[k].kind, expected[k].kind, "step %zu: %s", k, weft_path_name(s[k].kind));
        cr_assert_eq(s[k].task, expected[k].task, "step %zu: task %u", k, s[k].task);
        cr_assert_eq(s[k].worker, expected[k].worker, "step %zu: worker %d", k, s[k].worker);
    }
    cr_assert_eq(weft_analysis_n_path(a), n);
}

/*  run of a -> b, a -> c, c -> d; then one of e
 *
 *  0 |. a a a a|b b b|x|                    e e|   b and c are ready at 10; worker 1 sleeps till
 *  1 |- - - - - - -|s|. c c c|- - -|d d|- - -  |   12 and has c at 13; d is ready at 17, and its
 *   0 2       10  12 13 14  17    20  22  30 34    worker sleeps till 20                          */
static const struct hand_task tasks[] = {
    {.name = "a"}, {.name = "b", .HAND_DEPS(0)}, {.name = "c", .HAND_DEPS(0)}, {.name = "d", .HAND_DEPS(2)}, {.name = "e"}};
static const struct weft_event events[] = {
    {.begin_ns = 2, .end_ns = 10, .task = 0}, {.begin_ns = 10, .end_ns = 16, .task = 1}, {.begin_ns = 31, .end_ns = 33, .task = 4},
    {.begin_ns = 0, .end_ns = 12, .task = UINT32_MAX, .worker = 1, .kind = WEFT_EVENT_IDLE},
    {.begin_ns = 12, .end_ns = 13, .task = 2, .worker = 1, .kind = WEFT_EVENT_STEAL},
    {.begin_ns = 14, .end_ns = 17, .task = 2, .worker = 1},
    {.begin_ns = 17, .end_ns = 20, .task = UINT32_MAX, .worker = 1, .kind = WEFT_EVENT_IDLE},
    {.begin_ns = 20, .end_ns = 22, .task = 3, .worker = 1},
    {.begin_ns = 22, .end_ns = 40, .task = UINT32_MAX, .worker = 1, .kind = WEFT_EVENT_IDLE}};
static const struct weft_trace_run runs[] = {
    {.first_task = 0, .n_tasks = 4, .begin_ns = 1, .end_ns = 25}, {.first_task = 4, .n_tasks = 1, .begin_ns = 30, .end_ns = 34}};

Test(path, tells_what_each_task_waited_for)
{
    weft_trace *t = hand_trace_of(tasks, 5, &(struct hand_run){.n_workers = 2, .wall_ns = 40, .events = events, .n_events = 9,
                                                               .runs = runs, .n_runs = 2});
    weft_analysis *a = analysis_of(t);

    assert_path(a, (struct weft_path_step[]){
        {0, 1, UINT32_MAX, -1, WEFT_PATH_OUTSIDE}, {1, 2, 0, 0, WEFT_PATH_SCHEDULE}, {2, 10, 0, 0, WEFT_PATH_COMPUTE},
        {10, 12, 2, 1, WEFT_PATH_WAKE}, {12, 13, 2, 1, WEFT_PATH_STEAL}, {13, 14, 2, 1, WEFT_PATH_SCHEDULE},
        {14, 17, 2, 1, WEFT_PATH_COMPUTE}, {17, 20, 3, 1, WEFT_PATH_WAKE}, {20, 22, 3, 1, WEFT_PATH_COMPUTE},
        {22, 25, UINT32_MAX, -1, WEFT_PATH_SCHEDULE}, {25, 30, UINT32_MAX, -1, WEFT_PATH_OUTSIDE},
        {30, 31, 4, 0, WEFT_PATH_SCHEDULE}, {31, 33, 4, 0, WEFT_PATH_COMPUTE}, {33, 34, UINT32_MAX, -1, WEFT_PATH_SCHEDULE},
        {34, 40, UINT32_MAX, -1, WEFT_PATH_OUTSIDE}}, 15);
    cr_assert_eq(weft_analysis_path_ns(a, WEFT_PATH_COMPUTE), 8 + 3 + 2 + 2);
    cr_assert_eq(weft_analysis_path_ns(a, WEFT_PATH_WAKE), 5);
    weft_analysis_free(a);
    weft_trace_free(t);
}

/* One worker has three tasks, none of which waits for another: the last one queued. */
Test(path, a_task_that_was_ready_queued_while_its_worker_went_from_one_to_the_next)
{
    const struct hand_task three[] = {{.name = "a", .begin_ns = 1, .end_ns = 10}, {.name = "b", .begin_ns = 11, .end_ns = 20},
                                      {.name = "c", .begin_ns = 21, .end_ns = 30}};
    weft_trace *t = hand_trace(three, 3, 1);
    weft_analysis *a = analysis_of(t);

    assert_path(a, (struct weft_path_step[]){{0, 1, 2, 0, WEFT_PATH_SCHEDULE}, {1, 20, 2, 0, WEFT_PATH_QUEUE},
                                             {20, 21, 2, 0, WEFT_PATH_SCHEDULE}, {21, 30, 2, 0, WEFT_PATH_COMPUTE}}, 4);
    weft_analysis_free(a);
    weft_trace_free(t);
}

/* a waits in its body for a part elsewhere, asleep first, then running b; and some results go
 * to disk before it. */
Test(path, of_a_body_that_waits_tells_what_its_worker_did)
{
    static const struct weft_event waits[] = {
        {.begin_ns = 0, .end_ns = 5, .task = UINT32_MAX, .kind = WEFT_EVENT_SPILL},
        {.begin_ns = 5, .end_ns = 6, .task = UINT32_MAX, .kind = WEFT_EVENT_MEMORY},
        {.begin_ns = 6, .end_ns = 7, .task = UINT32_MAX, .kind = WEFT_EVENT_NEED},
        {.begin_ns = 7, .end_ns = 8, .task = 0, .kind = WEFT_EVENT_SEND},
        {.begin_ns = 8, .end_ns = 30, .task = 0},
        {.begin_ns = 10, .end_ns = 15, .task = UINT32_MAX, .kind = WEFT_EVENT_IDLE},
        {.begin_ns = 15, .end_ns = 20, .task = 1},
        {.begin_ns = 20, .end_ns = 25, .task = 0, .kind = WEFT_EVENT_FORK}};
    weft_trace *t = hand_trace_of(tasks, 1 + 1, &(struct hand_run){.n_workers = 1, .events = waits, .n_events = 8});
    weft_analysis *a = analysis_of(t);

    /* b, which reads a, ended before it: what ended last is a. */
    assert_path(a, (struct weft_path_step[]){
        {0, 5, 0, 0, WEFT_PATH_DISK}, {5, 6, 0, 0, WEFT_PATH_MEMORY}, {6, 7, 0, 0, WEFT_PATH_NEED}, {7, 8, 0, 0, WEFT_PATH_PROCESS},
        {8, 10, 0, 0, WEFT_PATH_COMPUTE}, {10, 15, 0, 0, WEFT_PATH_JOIN}, {15, 20, 0, 0, WEFT_PATH_QUEUE},
        {20, 30, 0, 0, WEFT_PATH_COMPUTE}}, 8);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(path, of_a_trace_that_has_not_run_is_empty)
{
    weft_trace *t = hand_trace(tasks, 5, 0);
    weft_analysis *a = analysis_of(t);

    cr_assert_eq(weft_analysis_n_path(a), 0);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(path, of_any_trace_lies_end_to_end_and_adds_up_to_the_makespan)
{
    for (uint64_t seed = 0; seed < 500; seed++) {
        weft_trace *t = seed % 3 ? hand_trace_random(seed) : hand_trace_tangled(seed);
        weft_analysis *a = analysis_of(t);
        const struct weft_path_step *s = weft_analysis_path(a);
        int64_t at = 0, all = 0;

        for (size_t k = 0; k < weft_analysis_n_path(a); k++) {
            cr_assert_eq(s[k].begin_ns, at, "seed %zu", (size_t)seed);
            cr_assert_lt(s[k].begin_ns, s[k].end_ns);
            cr_assert(s[k].task < weft_trace_n_tasks(t) || s[k].task == UINT32_MAX);
            at = s[k].end_ns;
        }
        for (int kind = 0; kind < WEFT_N_PATH_KINDS; kind++)
            all += weft_analysis_path_ns(a, (enum weft_path_kind)kind);
        cr_assert_eq(at, weft_trace_wall_ns(t));
        cr_assert_eq(all, weft_trace_wall_ns(t));
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}

/* A greedy schedule without gaps: nothing but bodies, and waiting for a worker. */
Test(path, of_a_greedy_schedule_computes_at_most_the_span_and_else_queues)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct hand_graph g;
        weft_analysis *a;
        weft_trace *t;

        hand_graph_random(&g, seed);
        hand_graph_schedule(&g, 1 + (int)(seed % 8));
        t = hand_trace(g.tasks, g.n, 1 + (int)(seed % 8));
        a = analysis_of(t);
        cr_assert_leq(weft_analysis_path_ns(a, WEFT_PATH_COMPUTE), weft_analysis_stats(a)->span_ns);
        cr_assert_eq(weft_analysis_path_ns(a, WEFT_PATH_COMPUTE) + weft_analysis_path_ns(a, WEFT_PATH_QUEUE),
                     weft_analysis_stats(a)->makespan_ns, "seed %zu", (size_t)seed);
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}
