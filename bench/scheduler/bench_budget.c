/* bench_budget.c - what a limit of memory adds to a task, and how fast values go to disk and back.
 *
 * limit-cost: tasks that pass numbers, in a pool with a limit that is never reached beside
 * one without. What a pool without a limit pays for there being limits is in dag-replay.
 * spill: blocks of 1 MiB are made, leave memory, come back and are read. "write" are plain
 * calls of pwrite() and pread() on one file with the same bytes.
 */
#include "bench/support/benches.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <weft/weft.h>

#include "bench/support/random.h"

/* ---- What a task pays ------------------------------------------------------- */

static weft_status add(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg;
    (void)err;
    weft_call_return(call, weft_value_of_i64(weft_call_n_inputs(call) ? weft_value_i64(weft_call_input(call, 0)) + 1 : 1));
    return WEFT_OK;
}

static int answer_cost(const struct bench_request *request)
{
    enum { CHAIN = 10 };
    const bool   limited = !strcmp(request->who, "weft-limit");
    weft_graph  *g = weft_graph_new();
    weft_pool   *pool = weft_pool_new(&(struct weft_pool_spec){
          .n_workers = request->workers, .limit_bytes = limited ? (size_t)1 << 40 : 0, .progress = WEFT_PROGRESS_OFF });
    const size_t n = (size_t)request->n / CHAIN + 1;
    weft_task  **ends = bench_alloc(n, sizeof *ends);
    struct weft_value *values = bench_alloc(n, sizeof *values);
    weft_plan   *plan = NULL;
    bool         right;

    for (size_t i = 0; i < n; i++) {
        ends[i] = weft_add(g, add);
        for (int k = 1; k < CHAIN; k++)
            ends[i] = weft_add(g, add, .deps = WEFT_DEPS(ends[i]));
    }
    right = pool && !weft_plan_new(&plan, ends, n, NULL, NULL) && !weft_pool_run_plan(pool, plan, NULL, values, NULL);
    for (size_t i = 0; right && i < n; i++)
        right = weft_value_i64(values[i]) == CHAIN;
    for (int r = 0; right && !request->check && r < request->runs; r++) {
        const int64_t begin = bench_now_ns();

        right = !weft_pool_run_plan(pool, plan, NULL, values, NULL);
        bench_print_sample((double)(bench_now_ns() - begin) / (double)(n * CHAIN));
    }
    weft_plan_free(plan);
    weft_graph_free(g);
    weft_pool_free(pool);
    free(ends);
    free(values);
    return right ? BENCH_OK : BENCH_WRONG;
}

/* ---- To disk and back --------------------------------------------------------- */

enum { BLOCK = 1 << 20, KEPT = 16 };

/* What a block holds: bits without order, or such as pack. */
static void *make_bytes(const char *case_name)
{
    const bool packs = !strcmp(case_name, "packs");
    uint64_t  *x = bench_alloc(BLOCK, 1), state = 7;

    for (size_t i = 0; i < BLOCK / sizeof *x; i++)
        x[i] = packs && i % 16 ? x[i - 1] : bench_random_next(&state);
    return x;
}

static weft_status make_block(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = BLOCK / sizeof(double);
    weft_block   *b = weft_block_new(WEFT_FLOAT64, 1, &n);

    if (!b)
        return weft_error_set(err, WEFT_NOMEM, "no memory for a block");
    memcpy(weft_block_data_mut(b), arg, BLOCK);
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, b));
    return WEFT_OK;
}

static weft_status look_at_block(weft_call *call, void *arg, struct weft_error *err)
{
    const uint8_t *bytes = weft_block_data(weft_call_block(call, 0));

    (void)arg;
    (void)err;
    weft_call_return(call, weft_value_of_i64(bytes[BLOCK / 3] + bytes[BLOCK - 1]));
    return WEFT_OK;
}

static weft_status nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

/* x0 .. xn-1, all read once; then all read again. */
static bool by_weft(int64_t n, int workers, void *bytes, int64_t *sum)
{
    weft_graph  *g = weft_graph_new();
    weft_pool   *pool = weft_pool_new(&(struct weft_pool_spec){
          .n_workers = workers, .limit_bytes = (size_t)KEPT * BLOCK, .progress = WEFT_PROGRESS_OFF });
    weft_task  **x = bench_alloc((size_t)n, sizeof *x), **first = bench_alloc((size_t)n, sizeof *first), *all;
    struct weft_value *values = bench_alloc((size_t)n, sizeof *values);
    struct weft_pool_memory m;
    bool         right;

    for (int64_t i = 0; i < n; i++) {
        x[i] = weft_add(g, make_block, .arg = bytes, .result_bytes = BLOCK);
        first[i] = weft_add(g, look_at_block, .deps = WEFT_DEPS(x[i]), .result_bytes = 8);
    }
    all = weft_add(g, nothing, .deps = first, .n_deps = (size_t)n, .result_bytes = 8);
    for (int64_t i = 0; i < n; i++)
        first[i] = weft_add(g, look_at_block, .deps = WEFT_DEPS(x[i], all), .result_bytes = 8);
    right = pool && !weft_pool_run_many(pool, first, (size_t)n, NULL, values, NULL);
    for (int64_t i = 0; right && i < n; i++)
        *sum += weft_value_i64(values[i]);
    weft_pool_memory(pool, &m);
    right = right && (n <= KEPT || (m.written && m.peak <= m.limit));
    weft_graph_free(g);
    weft_pool_free(pool);
    free(x);
    free(first);
    free(values);
    return right;
}

/* As many bytes out as do not stay, and in again. */
static bool by_calls(int64_t n, const char *bytes, int64_t *sum)
{
    const char *dir = getenv("TMPDIR");
    const int   fd = open(dir ? dir : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    uint8_t    *block = bench_alloc(BLOCK, 1);
    bool        right = fd >= 0;

    for (int64_t i = 0; right && i < n; i++) {
        memcpy(block, bytes, BLOCK);
        right = i < KEPT || pwrite(fd, block, BLOCK, (i - KEPT) * BLOCK) == BLOCK;
    }
    for (int64_t i = 0; right && i < n; i++) {
        right = i < KEPT || pread(fd, block, BLOCK, (i - KEPT) * BLOCK) == BLOCK;
        *sum += block[BLOCK / 3] + block[BLOCK - 1];
    }
    if (fd >= 0)
        close(fd);
    free(block);
    return right;
}

static int answer_spill(const struct bench_request *request)
{
    char   *bytes = make_bytes(request->case_name);
    int64_t sum = 0;
    bool    right = true;

    for (int r = 0; right && r < (request->check ? 1 : request->runs); r++) {
        const int64_t begin = bench_now_ns();

        right = strcmp(request->who, "weft") ? by_calls(request->n, bytes, &sum)
                                             : by_weft(request->n, request->workers, bytes, &sum);
        if (!request->check)
            bench_print_sample((double)(bench_now_ns() - begin) / 1e3 / (double)request->n);
    }
    if (request->check)
        printf("check %lld\n", (long long)sum);
    free(bytes);
    return right ? BENCH_OK : BENCH_WRONG;
}

static const char *const cost_cases[] = { "numbers", NULL };
static const char *const cost_own[] = { "weft", "weft-limit", NULL };
static const char *const spill_cases[] = { "random", "packs", NULL };
static const char *const spill_own[] = { "weft", "write", NULL };
static const int         workers[] = { 1, 2, 0 };

const struct bench bench_limit_cost = {
    .name = "limit-cost", .unit = "ns/task", .cases = cost_cases, .workers = workers, .own = cost_own,
    .size = BENCH_TASKS, .n = 100000, .n_quick = 1000, .answer = answer_cost,
};
const struct bench bench_spill = {
    .name = "spill", .unit = "us/MiB", .cases = spill_cases, .workers = workers, .own = spill_own,
    .size = BENCH_TIMES, .n = 256, .n_quick = 24, .answer = answer_spill,
};
