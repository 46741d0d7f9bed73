/* bench_memo.c - what a result costs that is made, kept, or found again. */
#include "bench/support/benches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <weft/weft.h>

/* A number, or a block of 64 KiB. */
enum { BLOCK = 8192 };

static weft_status give_number(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    weft_call_return(call, weft_value_of_i64(*(const int64_t *)arg * 3));
    return WEFT_OK;
}

static weft_status give_block(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t shape[] = { BLOCK };
    weft_block   *b = weft_block_new(WEFT_INT64, 1, shape);
    uint64_t     *to = b ? weft_block_data_mut(b) : NULL, x = *(const uint64_t *)arg * 3 + 1;

    (void)err;
    if (!b)
        return WEFT_NOMEM;
    for (int i = 0; i < BLOCK; i++) {
        to[i] = x;
        x ^= x << 13, x ^= x >> 7, x ^= x << 17; /* nothing to pack */
    }
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, b));
    return WEFT_OK;
}

struct setting {
    weft_pool         *pool;
    weft_graph        *graph;
    weft_task        **tasks;
    weft_memo         *memo;   /* NULL: none */
    struct weft_value *values;
    size_t             n;
    bool               finds;  /* what is asked for is there */
    char               folder[64];
};

static bool setting_init(struct setting *s, const struct bench_request *request)
{
    const bool is_disk = strstr(request->who, "disk"), is_block = !strcmp(request->case_name, "64KiB");

    *s = (struct setting){ .n = (size_t)request->n, .finds = strstr(request->who, "find") };
    s->tasks = bench_alloc(s->n, sizeof *s->tasks);
    s->values = bench_alloc(s->n, sizeof *s->values);
    s->pool = weft_pool_new(&(struct weft_pool_spec){ .n_workers = request->workers, .progress = WEFT_PROGRESS_OFF });
    s->graph = weft_graph_new();
    for (int64_t i = 0; i < request->n; i++)
        s->tasks[i] = weft_add(s->graph, is_block ? give_block : give_number, .arg = &i, .arg_bytes = sizeof i,
                               .flags = WEFT_PURE);
    if (!strcmp(request->who, "weft"))
        return s->pool;
    if (is_disk) {
        snprintf(s->folder, sizeof s->folder, "/tmp/weft-bench-memo-XXXXXX");
        if (!mkdtemp(s->folder))
            return false;
    }
    return s->pool && !weft_memo_new(&s->memo, &(struct weft_memo_spec){
        .least_ns = -1, .memory_bytes = is_disk ? 1 : (size_t)1 << 30, .folder = is_disk ? s->folder : NULL,
        .disk_bytes = (uint64_t)8 << 30 }, NULL);
}

static void setting_fini(struct setting *s)
{
    if (s->memo)
        weft_memo_clear(s->memo);
    weft_memo_free(s->memo);
    if (s->folder[0])
        rmdir(s->folder);
    weft_graph_free(s->graph);
    weft_pool_free(s->pool);
    free(s->tasks);
    free(s->values);
}

/* Plans and runs all; how many were known. */
static bool run(struct setting *s, size_t *n_reused)
{
    struct weft_reuse reuse = { 0 };
    const bool ok = !weft_pool_run_many(s->pool, s->tasks, s->n,
                                        &(struct weft_run_spec){ .memo = s->memo, .reuse = &reuse }, s->values, NULL);

    *n_reused = reuse.n_reused;
    return ok;
}

/* Sums that the others have, too. */
static void tell(const struct setting *s)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < s->n; i++) {
        const weft_block *b = weft_value_block(s->values[i]);

        for (int k = 0; b && k < BLOCK; k++)
            sum += (uint64_t)weft_block_i64_at(b, k) * (uint64_t)(k + 1);
        if (!b)
            sum += (uint64_t)weft_value_i64(s->values[i]) * (i + 1);
    }
    printf("check %llu\n", (unsigned long long)sum);
}

static void release(struct setting *s)
{
    for (size_t i = 0; i < s->n; i++)
        weft_value_release(s->values[i]);
}

static int answer(const struct bench_request *request)
{
    struct setting s;
    size_t         n_reused = 0;
    bool           right = setting_init(&s, request);

    if (right && s.finds) {
        right = run(&s, &n_reused);
        release(&s);
    }
    for (int r = 0; r < request->runs && right; r++) {
        int64_t begin;

        if (s.memo && !s.finds)
            weft_memo_clear(s.memo);
        begin = bench_now_ns();
        right = run(&s, &n_reused) && n_reused == (s.finds ? s.n : 0);
        if (right && !request->check)
            bench_print_sample((double)(bench_now_ns() - begin) / (double)s.n);
        else if (right && r == 0)
            tell(&s);
        release(&s);
    }
    setting_fini(&s);
    return right ? BENCH_OK : BENCH_WRONG;
}

static const char *const cases[] = { "number", "64KiB", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "weft", "weft-keep", "weft-find", "weft-keep-disk", "weft-find-disk", NULL };

const struct bench bench_memo = {
    .name = "memo", .unit = "ns/task", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TASKS, .n = 5000, .n_quick = 100, .answer = answer,
};
