/* bench_pool.c - what it costs to start a pool, run one task and stop it.
 *
 * "threads" are as many bare threads, created and joined: what no pool can save.
 */
#include "bench/support/benches.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

static weft_status note(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    (void)err;
    ++*(int *)arg;
    return WEFT_OK;
}

/* True if the task ran once. */
static bool start_and_stop(int workers)
{
    int         n_ran = 0;
    weft_graph *g = weft_graph_new();
    weft_task  *t = weft_add(g, note, .arg = &n_ran);
    weft_pool  *pool = weft_pool_new(&(struct weft_pool_spec){ .n_workers = workers, .progress = WEFT_PROGRESS_OFF });
    const bool  right = pool && !weft_pool_run(pool, t, NULL, NULL);

    weft_pool_free(pool);
    weft_graph_free(g);
    return right && n_ran == 1;
}

static void *nothing(void *arg)
{
    return arg;
}

static bool create_and_join(int workers)
{
    pthread_t *threads = bench_alloc((size_t)workers, sizeof *threads);
    int        n = 0;

    while (n < workers && !pthread_create(&threads[n], NULL, nothing, NULL))
        n++;
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return n == workers;
}

static int answer(const struct bench_request *request)
{
    bool (*const once)(int) = strcmp(request->who, "weft") ? create_and_join : start_and_stop;

    /* The first pool of a process also loads what is loaded lazily. */
    if (!once(request->workers))
        return BENCH_WRONG;
    for (int r = 0; r < request->runs && !request->check; r++) {
        const int64_t begin = bench_now_ns();

        for (int64_t i = 0; i < request->n; i++)
            once(request->workers);
        bench_print_sample((double)(bench_now_ns() - begin) / 1e3 / (double)request->n);
    }
    return BENCH_OK;
}

static const char *const cases[] = { "one-task", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "weft", "threads", NULL };

const struct bench bench_pool_start = {
    .name = "pool-start", .unit = "us", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TIMES, .n = 100, .n_quick = 1, .answer = answer,
};
