/* bench_reduce.c - reductions of large arrays, alone and with what is computed on the way.
 *
 * Arrays of n float64 in memory, 10000 columns wide: x[i] = i % 1000 / 1000 and
 * y[i] = i % 77 / 100, and normal numbers made as they are needed. "loop" is a plain
 * C loop over as many threads as the others have workers, each with its own rows.
 */
#include "bench/support/benches.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

enum { MAX_THREADS = 64 };

struct data {
    int64_t n, n_rows, n_columns;
    double *x, *y;
};

static void make(struct data *d, int64_t n)
{
    d->n_columns = n < 1000000 ? 10 : 10000;
    d->n_rows = n / d->n_columns;
    d->n = d->n_rows * d->n_columns;
    d->x = bench_alloc((size_t)d->n, sizeof *d->x);
    d->y = bench_alloc((size_t)d->n, sizeof *d->y);
    for (int64_t i = 0; i < d->n; i++) {
        d->x[i] = (double)(i % 1000) / 1000;
        d->y[i] = (double)(i % 77) / 100;
    }
}

/* ---- Weft ------------------------------------------------------------------- */

static weft_array *array_of(weft_graph *g, const struct data *d, const double *data, const char *name)
{
    return weft_array_from_memory(g, &(struct weft_memory){
        .dtype = WEFT_FLOAT64, .data = data, .name = name,
        .layout = { WEFT_SHAPE(d->n_rows, d->n_columns),
                    .chunks = { .axis = { WEFT_CHUNK_AUTO, WEFT_CHUNK_WHOLE }, .bytes = 8 << 20 } } });
}

static weft_array *expression(weft_graph *g, const struct data *d, const char *case_name)
{
    struct weft_random random = { .seed = 1 };
    weft_array *x = array_of(g, d, d->x, "x"), *y = array_of(g, d, d->y, "y");

    if (!strcmp(case_name, "sum"))
        return weft_array_sum(x, WEFT_ALL_AXES);
    if (!strcmp(case_name, "mean-axis-0"))
        return weft_array_mean(x, 0);
    if (!strcmp(case_name, "std-axis-1"))
        return weft_array_std(x, 1);
    if (!strcmp(case_name, "normal-mean"))
        return weft_array_mean(weft_array_normal(g, &random, 0, 1, weft_layout_1d(d->n, 1 << 20)), WEFT_ALL_AXES);
    return weft_array_sum(weft_array_sqrt(weft_array_add(weft_array_multiply(x, x), weft_array_multiply(y, y))),
                          WEFT_ALL_AXES);
}

/* The first element of the result; NaN if there is none. */
static double run(weft_pool *pool, weft_plan *plan)
{
    struct weft_value v = weft_value_none();
    double first = NAN;

    if (!weft_pool_run_plan(pool, plan, NULL, &v, NULL))
        first = weft_block_f64_at(weft_value_block(v), 0);
    weft_value_release(v);
    return first;
}

static int answer_weft(const struct bench_request *request, const struct data *d)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){ .n_workers = request->workers });
    weft_task *task = weft_array_whole(expression(g, d, request->case_name));
    weft_plan *plan;
    int status = BENCH_WRONG;

    if (weft_plan_new(&plan, &task, 1, NULL, NULL))
        goto out;
    if (request->check) {
        const double first = run(pool, plan);

        if (!strcmp(request->case_name, "normal-mean"))
            printf("check %s\n", fabs(first) < 6 / sqrt((double)d->n) ? "near 0" : "far from 0");
        else
            printf("check %.9g\n", first);
    }
    if (!request->check)
        run(pool, plan);
    for (int r = 0; r < request->runs && !request->check; r++) {
        const int64_t begin = bench_now_ns();

        run(pool, plan);
        bench_print_sample((double)(bench_now_ns() - begin) / (double)d->n);
    }
    weft_plan_free(plan);
    status = BENCH_OK;
out:
    weft_pool_free(pool);
    weft_graph_free(g);
    return status;
}

/* ---- The plain loop ------------------------------------------------------------ */

struct share {
    const struct data *d;
    const char        *case_name;
    int64_t            from, to; /* rows */
    double             sum;
};

/* Sixteen sums, as many as fill the registers of any machine. */
WEFT_CLONES static double sum_of(const double *x, int64_t n)
{
    double sums[16] = { 0 }, sum = 0;

    for (int64_t i = 0; i + 16 <= n; i += 16)
        for (int l = 0; l < 16; l++)
            sums[l] += x[i + l];
    for (int l = 0; l < 16; l++)
        sum += sums[l];
    return sum;
}

WEFT_CLONES static double sqrt_sum_of(const double *x, const double *y, int64_t n)
{
    double sums[16] = { 0 }, sum = 0;

    for (int64_t i = 0; i + 16 <= n; i += 16)
        for (int l = 0; l < 16; l++)
            sums[l] += sqrt(x[i + l] * x[i + l] + y[i + l] * y[i + l]);
    for (int l = 0; l < 16; l++)
        sum += sums[l];
    return sum;
}

static void *loop(void *arg)
{
    struct share *s = arg;
    const int64_t from = s->from * s->d->n_columns, n = s->to * s->d->n_columns - from;

    s->sum = strcmp(s->case_name, "sum") ? sqrt_sum_of(s->d->x + from, s->d->y + from, n)
                                         : sum_of(s->d->x + from, n);
    return NULL;
}

static double run_loop(const struct data *d, const char *case_name, int n_threads)
{
    struct share shares[MAX_THREADS];
    pthread_t threads[MAX_THREADS];
    double sum = 0;

    for (int t = 0; t < n_threads; t++) {
        shares[t] = (struct share){ .d = d, .case_name = case_name, .from = d->n_rows * t / n_threads,
                                    .to = d->n_rows * (t + 1) / n_threads };
        if (pthread_create(&threads[t], NULL, loop, &shares[t]))
            exit(BENCH_WRONG);
    }
    for (int t = 0; t < n_threads; t++) {
        pthread_join(threads[t], NULL);
        sum += shares[t].sum;
    }
    return sum;
}

static int answer_loop(const struct bench_request *request, const struct data *d)
{
    if (strcmp(request->case_name, "sum") && strcmp(request->case_name, "sqrt-sum")) {
        printf("skipped: no plain loop for this case\n");
        return BENCH_SKIPPED;
    }
    if (request->check)
        return BENCH_OK; /* its few digits more or less are not the others' */
    for (int r = 0; r < request->runs; r++) {
        const int64_t begin = bench_now_ns();

        run_loop(d, request->case_name, request->workers < MAX_THREADS ? request->workers : MAX_THREADS);
        bench_print_sample((double)(bench_now_ns() - begin) / (double)d->n);
    }
    return BENCH_OK;
}

static int answer(const struct bench_request *request)
{
    struct data d;
    int status;

    make(&d, request->n);
    status = strcmp(request->who, "loop") ? answer_weft(request, &d) : answer_loop(request, &d);
    free(d.x);
    free(d.y);
    return status;
}

static const char *const cases[] = { "sum", "mean-axis-0", "std-axis-1", "sqrt-sum", "normal-mean", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "weft", "loop", NULL };

const struct bench bench_array_reduce = {
    .name = "array-reduce", .unit = "ns/element", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_ROWS, .n = 100000000, .n_quick = 1000, .answer = answer,
};
