/* bench_groupby.c - sums by a text key of a hundred values.
 *
 * The two columns are in memory before the clock, in the partitions they were read
 * in; timed are describing, planning and running the grouping.
 */
#include "bench/support/benches.h"
#include "bench/support/g1_sums.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft/frame.h>
#include <weft/pool.h>

struct table {
    weft_chunk **parts;
    size_t       n;
};

static weft_status table_read(struct table *t, weft_pool *pool, const char *path,
                              struct weft_error *err)
{
    weft_graph        *g = weft_graph_new();
    weft_frame        *f = weft_frame_select(weft_frame_read_csv(g, path, NULL),
                                             WEFT_NAMES("id1", "v1"));
    const size_t       n = (size_t)weft_frame_n_partitions(f);
    weft_task        **tasks = bench_alloc(n, sizeof *tasks);
    struct weft_value *values = bench_alloc(n, sizeof *values);
    weft_status        st = weft_frame_status(f, err);

    *t = (struct table){ .parts = bench_alloc(n, sizeof *t->parts) };
    for (size_t i = 0; i < n; i++)
        tasks[i] = weft_frame_partition(f, (int)i);
    if (!st)
        st = weft_pool_run_many(pool, tasks, n, NULL, values, err);
    for (; !st && t->n < n; t->n++)
        t->parts[t->n] = weft_value_chunk(values[t->n]);  /* ours: the value was given */
    free(tasks);
    free(values);
    weft_graph_free(g);
    return st;
}

static void table_fini(struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        weft_chunk_release(t->parts[i]);
    free(t->parts);
}

/* *out is given: a chunk of id1 and the sum of v1. */
static weft_status group(struct weft_value *out, const struct table *t, weft_pool *pool,
                         struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_from_chunks(g, t->parts, (int)t->n);
    weft_frame *sums = weft_frame_group(f, WEFT_NAMES("id1"), WEFT_AGGS({ WEFT_AGG_SUM, "v1", NULL }),
                                        NULL);
    const weft_status st = weft_pool_run(pool, weft_frame_whole(sums), out, err);

    weft_graph_free(g);
    return st;
}

static void tell_sums(const weft_chunk *c)
{
    int64_t mix = 0;

    for (int64_t i = 0; i < weft_chunk_n_rows(c); i++)
        mix += bench_g1_number(weft_chunk_text_at(c, 0, i)) * weft_chunk_i64_at(c, 1, i);
    printf("check groups=%" PRId64 " mix=%" PRId64 "\n", weft_chunk_n_rows(c), mix);
}

static weft_status answer_in(weft_pool *pool, const struct bench_request *request,
                             struct weft_error *err)
{
    struct table t = { 0 };
    weft_status  st = table_read(&t, pool, request->file, err);

    /* One run before the clock, as for pandas. */
    for (int r = -1; r < request->runs && !st; r++) {
        struct weft_value sums = weft_value_none();
        const int64_t     begin = bench_now_ns();

        st = group(&sums, &t, pool, err);
        if (!st && r >= 0 && !request->check)
            bench_print_sample((double)(bench_now_ns() - begin) / (double)request->n);
        if (!st && r == 0 && request->check)
            tell_sums(weft_value_chunk(sums));
        weft_value_release(sums);
    }
    table_fini(&t);
    return st;
}

static int answer(const struct bench_request *request)
{
    weft_pool        *pool = weft_pool_new(&(struct weft_pool_spec){ .n_workers = request->workers });
    struct weft_error err;
    const weft_status st = answer_in(pool, request, &err);

    if (st)
        weft_error_print(&err, stderr);
    weft_pool_free(pool);
    return st ? BENCH_WRONG : BENCH_OK;
}

static const char *const cases[] = { "id1", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "weft", NULL };

const struct bench bench_groupby_sum = {
    .name = "groupby-sum", .unit = "ns/row", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_ROWS, .n = 10000000, .n_quick = 1000, .reads_file = true, .answer = answer,
};
