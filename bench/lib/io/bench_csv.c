/* bench_csv.c - reading a CSV file of 500 MB, all columns, types guessed. */
#include "bench/support/benches.h"
#include "bench/support/g1_sums.h"

#include <stdio.h>
#include <stdlib.h>
#include <weft/frame.h>
#include <weft/pool.h>

/* The table stays in its partitions, as a frame of Dask's does. */
struct table {
    weft_graph        *graph;
    struct weft_value *parts;
    size_t             n;
};

static weft_status table_read(struct table *t, weft_pool *pool, const char *path,
                              struct weft_error *err)
{
    weft_frame *f = NULL;
    weft_task **tasks = NULL;
    weft_status st;

    *t = (struct table){ .graph = weft_graph_new() };
    f = weft_frame_read_csv(t->graph, path, NULL);
    st = weft_frame_status(f, err);
    if (st)
        return st;
    t->n = (size_t)weft_frame_n_partitions(f);
    t->parts = bench_alloc(t->n, sizeof *t->parts);
    tasks = bench_alloc(t->n, sizeof *tasks);
    for (size_t i = 0; i < t->n; i++)
        tasks[i] = weft_frame_partition(f, (int)i);
    st = weft_pool_run_many(pool, tasks, t->n, NULL, t->parts, err);
    free(tasks);
    return st;
}

static void table_fini(struct table *t)
{
    for (size_t i = 0; i < t->n; i++)
        weft_value_release(t->parts[i]);
    free(t->parts);
    weft_graph_free(t->graph);
}

static bool tell_sums(const struct table *t)
{
    struct bench_g1_sums sums = { 0 };

    for (size_t i = 0; i < t->n; i++)
        if (!bench_g1_sums_add(&sums, weft_value_chunk(t->parts[i])))
            return false;
    bench_g1_sums_print(&sums);
    return true;
}

static int answer(const struct bench_request *request)
{
    weft_pool        *pool = weft_pool_new(&(struct weft_pool_spec){ .n_workers = request->workers });
    struct weft_error err;
    bool              right = true;

    for (int r = 0; r < request->runs && right; r++) {
        struct table  t;
        const int64_t begin = bench_now_ns();

        right = !table_read(&t, pool, request->file, &err);
        if (!right)
            weft_error_print(&err, stderr);
        else if (request->check)
            right = tell_sums(&t);
        else
            bench_print_sample((double)(bench_now_ns() - begin) / (double)request->n);
        table_fini(&t);
    }
    weft_pool_free(pool);
    return right ? BENCH_OK : BENCH_WRONG;
}

static const char *const cases[] = { "g1-1e7", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "weft", NULL };

const struct bench bench_csv_read = {
    .name = "csv-read", .unit = "ns/row", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_ROWS, .n = 10000000, .n_quick = 1000, .reads_file = true, .answer = answer,
};
