/* test_async.c - futures that wait for futures, and who waits for those, under every schedule. */
#include <criterion/criterion.h>

#include <weft/async.h>

#include "tests/sim/sims.h"

static weft_status body_sum(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t sum = (intptr_t)arg;

    (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += weft_value_i64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_i64(sum));
    return WEFT_OK;
}

static weft_future *sum_of(weft_pool *pool, int64_t number, weft_future *const *deps, size_t n_deps)
{
    weft_future *f = NULL;
    const struct weft_async_spec spec = {.body = body_sum, .name = "sum", .arg = (void *)(intptr_t)number, .deps = deps, .n_deps = n_deps};

    wf_sim_check(!weft_pool_async(pool, &spec, &f, NULL), "a call cannot be made");
    return f;
}

static void check(weft_future *f, int64_t number)
{
    struct weft_value v;

    wf_sim_check(!weft_future_get(f, 0, &v, NULL) && weft_value_i64(v) == number, "a sum is not %d", (int)number);
}

/*   1 - 2   and both - 3; half of the handles go at once   */
static void chain(void *arg)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1 + wf_sim_pick(3)});
    weft_future *a = sum_of(pool, 1, NULL, 0), *b = sum_of(pool, 10, &a, 1), *const both[] = {a, b};
    weft_future *c = sum_of(pool, 100, both, 2);
    const bool early = wf_sim_pick(2);

    (void)arg;
    if (early) {
        weft_future_free(a);
        weft_future_free(b);
    }
    check(c, 112);
    if (!early) {
        check(b, 11);
        weft_future_free(a);
        weft_future_free(b);
    }
    weft_future_free(c);
    weft_pool_free(pool);
}

Test(async, a_chain_gives_its_sum_in_many_schedules)
{
    sim_some("async chain", chain, NULL, 4000);
}

/* Some are stopped, or not wanted any more: each ends well or cancelled, and nothing hangs. */
static void stopped(void *arg)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1 + wf_sim_pick(2)});
    weft_future *f[4] = {0};

    (void)arg;
    for (int i = 0; i < 4; i++)
        f[i] = sum_of(pool, 1, i ? &f[wf_sim_pick(i)] : NULL, i > 0);
    for (int n = wf_sim_pick(3); n > 0; n--)
        weft_future_cancel(f[wf_sim_pick(4)]);
    for (int i = 0; i < 4; i++) {
        if (wf_sim_pick(2)) {
            const weft_status st = weft_future_take(f[i], 0, NULL, NULL);

            wf_sim_check(!st || st == WEFT_CANCELLED, "a call ended with %d", (int)st);
        }
        weft_future_free(f[i]);
    }
    weft_pool_free(pool);
}

Test(async, what_is_stopped_or_unwanted_ends_in_many_schedules)
{
    sim_some("async stopped", stopped, NULL, 4000);
}

/* Each comes once, though it may end while it is added, taken or cleared. */
static void as_completed(void *arg)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1 + wf_sim_pick(2)});
    weft_completed *c = weft_completed_new();
    weft_future *fs[3], *f;
    const int n_taken = wf_sim_pick(4);
    size_t i = 9;
    int seen = 0;

    (void)arg;
    for (int k = 0; k < 3; k++) {
        fs[k] = sum_of(pool, k, NULL, 0);
        wf_sim_check(!weft_completed_add(c, fs[k]), "a future cannot be added");
    }
    wf_sim_check(!weft_future_wait_any(fs, 3, -1, &i) && weft_future_is_done(fs[i]), "the first is not done");
    for (int n = 0; n < n_taken; n++) {
        wf_sim_check(!weft_completed_next(c, &f, -1) && weft_future_is_done(f), "the next is not done");
        for (int k = 0; k < 3; k++)
            seen += f == fs[k] ? 1 << (2 * k) : 0;
    }
    wf_sim_check(!(seen & 0x2a), "one came twice");
    wf_sim_check(weft_completed_count(c) == (size_t)(3 - n_taken), "the count is wrong");
    weft_completed_free(c);
    for (int k = 0; k < 3; k++)
        weft_future_free(fs[k]);
    weft_pool_free(pool);
}

Test(async, futures_come_once_in_many_schedules)
{
    sim_some("as completed", as_completed, NULL, 4000);
}

/* Results taken from a run with a window of one, in order or as they come. */
static void streamed(void *arg)
{
    enum { N = 4 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1 + wf_sim_pick(2)});
    weft_graph *g = weft_graph_new();
    weft_task *tasks[N];
    weft_future *f;
    const bool in_order = wf_sim_pick(2);

    (void)arg;
    for (int k = 0; k < N; k++)
        tasks[k] = weft_add(g, body_sum, .arg = (void *)(intptr_t)k);
    wf_sim_check(!weft_pool_submit(pool, tasks, N, &(struct weft_run_spec){.window = 1}, &f, NULL), "a run cannot be made");
    for (int k = 0; k < N; k++) {
        struct weft_value v;
        size_t i = (size_t)k;

        wf_sim_check(in_order || !weft_future_next(f, &i, -1), "there is no next");
        wf_sim_check(!weft_future_take(f, i, &v, NULL) && weft_value_i64(v) == (int64_t)i, "a result is another");
    }
    weft_future_free(f);
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(async, results_are_taken_one_by_one_in_many_schedules)
{
    sim_some("streamed", streamed, NULL, 4000);
}
