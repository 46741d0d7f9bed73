/* bench_async.c - what a call costs that is a future of its own: made, run, heard of, freed.
 *
 * "apart": all are made, then all are waited for. "chain": each depends on the one before.
 */
#include "bench/support/benches.h"

#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

static weft_status plus_one(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t before = weft_call_n_inputs(call) ? weft_value_i64(weft_call_input(call, 0)) : 0;

    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(before + 1));
    return WEFT_OK;
}

/* n calls; true if their results are right. */
static bool run(weft_pool *pool, weft_future **fs, size_t n, bool chain)
{
    struct weft_async_spec spec = { .body = plus_one, .name = "plus-one" };
    bool right = true;

    for (size_t i = 0; i < n; i++) {
        spec.deps = i ? &fs[i - 1] : NULL;
        spec.n_deps = chain && i;
        right = !weft_pool_async(pool, &spec, &fs[i], NULL) && right;
    }
    for (size_t i = 0; right && i < n; i++) {
        struct weft_value v;

        right = !weft_future_get(fs[i], 0, &v, NULL) && weft_value_i64(v) == (chain ? (int64_t)i + 1 : 1);
    }
    for (size_t i = 0; i < n; i++) {
        weft_future_free(fs[i]);
        fs[i] = NULL;
    }
    return right;
}

static int answer(const struct bench_request *request)
{
    const bool    chain = !strcmp(request->case_name, "chain");
    const size_t  n = (size_t)request->n;
    weft_pool    *pool = weft_pool_new(&(struct weft_pool_spec){ .n_workers = request->workers, .progress = WEFT_PROGRESS_OFF });
    weft_future **fs = bench_alloc(n, sizeof *fs);
    bool          right = pool && run(pool, fs, n, chain);

    for (int r = 0; right && !request->check && r < request->runs; r++) {
        const int64_t begin = bench_now_ns();

        right = run(pool, fs, n, chain);
        bench_print_sample((double)(bench_now_ns() - begin) / (double)n);
    }
    weft_pool_free(pool);
    free(fs);
    return right ? BENCH_OK : BENCH_WRONG;
}

static const char *const cases[] = { "apart", "chain", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "weft", NULL };

const struct bench bench_async = {
    .name = "async", .unit = "ns/call", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TASKS, .n = 100000, .n_quick = 100, .answer = answer,
};
