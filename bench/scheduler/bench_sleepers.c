/* bench_sleepers.c - what computing tasks lose to a thousand that sleep in blocking sections.
 *
 * A sample is the time that tasks of some 25 us take, a task. "weft" runs them together with
 * a thousand tasks that each sleep for 0.2 s, spread among the first half of them, so that all
 * have slept when the last computes; "weft-alone" runs them alone.
 */
#include "bench/support/benches.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <weft/weft.h>

enum { SLEEPERS = 1000, SLEEP_US = 200000, TURNS = 30000 };

static weft_status compute(weft_call *call, void *arg, struct weft_error *err)
{
    double x = 1;

    (void)arg, (void)err;
    for (int i = 0; i < TURNS; i++) {
        x *= 1.0000001;
        __asm__ volatile("" : "+x"(x));
    }
    weft_call_return(call, weft_value_of_f64(x));
    return WEFT_OK;
}

static weft_status doze(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_blocking_begin(call);
    usleep(SLEEP_US);
    weft_call_blocking_end(call);
    return WEFT_OK;
}

static int answer(const struct bench_request *request)
{
    const bool   alone = !strcmp(request->who, "weft-alone");
    const size_t n = (size_t)request->n, every = n / 2 / SLEEPERS + 1;
    weft_pool   *pool = weft_pool_new(&(struct weft_pool_spec){ .n_workers = request->workers, .progress = WEFT_PROGRESS_OFF });
    weft_graph  *g = weft_graph_new();
    weft_task  **tasks = bench_alloc(2 * n, sizeof *tasks);
    weft_plan   *plan = NULL;
    size_t       n_tasks = 0;
    bool         right;

    for (size_t i = 0; i < n; i++) {
        if (!alone && i < n / 2 && i % every == 0)
            tasks[n_tasks++] = weft_add(g, doze);
        tasks[n_tasks++] = weft_add(g, compute);
    }
    right = pool && !weft_plan_new(&plan, tasks, n_tasks, NULL, NULL) && !weft_pool_run_plan(pool, plan, NULL, NULL, NULL);
    for (int r = 0; right && !request->check && r < request->runs; r++) {
        const int64_t begin = bench_now_ns();

        right = !weft_pool_run_plan(pool, plan, NULL, NULL, NULL);
        bench_print_sample((double)(bench_now_ns() - begin) / (double)n);
    }
    weft_plan_free(plan);
    weft_graph_free(g);
    weft_pool_free(pool);
    free(tasks);
    return right ? BENCH_OK : BENCH_WRONG;
}

static const char *const cases[] = { "blocking", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "weft", "weft-alone", NULL };

const struct bench bench_sleepers = {
    .name = "sleepers", .unit = "ns/task", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TASKS, .n = 60000, .n_quick = 100, .answer = answer,
};
