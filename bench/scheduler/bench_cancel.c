/* bench_cancel.c - from the call that cancels a run to the begin of its last body.
 *
 * Bodies of a microsecond note when they begin, each worker for itself. Another thread
 * cancels their run in the middle, noting the time before its call. What is told is the
 * median, over cancels, of how long after that the last body of all workers began; 0 if
 * none did. With more workers than cores it is the system that lets a worker go on late,
 * between its look at the run and its body: "crowded".
 */
#include "bench/support/benches.h"
#include "bench/support/stats.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <weft/weft.h>

enum { N_TASKS = 200000, BODY_NS = 1000, MOST_WORKERS = 256 };

struct worker {
    _Alignas(128) int64_t began_ns; /* the last body here */
    int64_t               n;
};

struct crowd {
    weft_pool      *pool;
    weft_graph     *graph;
    weft_plan      *plan;
    _Atomic int64_t n_began;        /* of the first few */
    struct worker   workers[MOST_WORKERS];
};

static weft_status note(weft_call *call, void *arg, struct weft_error *err)
{
    struct crowd  *c = arg;
    struct worker *w = &c->workers[weft_call_worker(call)];
    const int64_t  now = bench_now_ns();

    (void)err;
    w->began_ns = now;
    if (!w->n++)
        c->n_began++;
    while (bench_now_ns() < now + BODY_NS)
        ;
    return WEFT_OK;
}

static bool crowd_init(struct crowd *c, int workers)
{
    weft_task **t = bench_alloc(N_TASKS, sizeof(weft_task *));
    bool        ok = false;

    memset(c, 0, sizeof *c);
    c->pool = weft_pool_new(&(struct weft_pool_spec){ .n_workers = workers, .progress = WEFT_PROGRESS_OFF });
    c->graph = weft_graph_new();
    for (int i = 0; i < N_TASKS; i++)
        t[i] = weft_add(c->graph, note, .arg = c);
    ok = c->pool && workers <= MOST_WORKERS && !weft_plan_new(&c->plan, t, N_TASKS, NULL, NULL);
    free(t);
    return ok;
}

static void crowd_fini(struct crowd *c)
{
    weft_plan_free(c->plan);
    weft_graph_free(c->graph);
    weft_pool_free(c->pool);
}

/* In us. Below 0: it came after the end of the run, or that did not begin. */
static double cancel_once(struct crowd *c)
{
    weft_future *f = NULL;
    int64_t      last = 0, n = 0, begin = 0;

    memset(c->workers, 0, sizeof c->workers);
    c->n_began = 0;
    if (weft_pool_submit_plan(c->pool, c->plan, NULL, &f, NULL))
        return -1;
    while (!c->n_began)
        clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){ 0, 50000 }, NULL);
    clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){ 0, 500000 }, NULL);
    begin = bench_now_ns();
    weft_future_cancel(f);
    weft_future_free(f);
    for (int i = 0; i < MOST_WORKERS; i++) {
        n += c->workers[i].n;
        if (c->workers[i].began_ns > last)
            last = c->workers[i].began_ns;
    }
    if (n == N_TASKS)
        return -1;
    return last > begin ? (double)(last - begin) / 1e3 : 0;
}

/* On a crowded machine the canceller itself may come too late, now and then. */
static double cancel_in_time(struct crowd *c)
{
    double us = -1;

    for (int i = 0; i < 10 && us < 0; i++)
        us = cancel_once(c);
    return us;
}

static int answer(const struct bench_request *request)
{
    struct crowd *c = aligned_alloc(128, sizeof *c);
    const int     n = (int)request->n;
    double       *us = bench_alloc((size_t)n, sizeof *us);
    bool          right = c && crowd_init(c, request->workers);

    for (int r = 0; r < request->runs && right; r++) {
        for (int i = 0; i < n && right; i++)
            right = (us[i] = cancel_in_time(c)) >= 0;
        if (!request->check && right)
            bench_print_sample(bench_stats_of(us, n).median);
    }
    if (c)
        crowd_fini(c);
    free(us);
    free(c);
    return right ? BENCH_OK : BENCH_WRONG;
}

static const char *const cases[] = { "1us-bodies", NULL };
static const int         workers[] = { 2, 64, 0 };
static const char *const own[] = { "weft", NULL };

const struct bench bench_cancel = {
    .name = "cancel", .unit = "us", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TIMES, .n = 20, .n_quick = 3, .answer = answer,
};
