/* 2-pi.c - pi by throwing darts at a square, as a bag and as an array.
 *
 *     2-pi [SAMPLES] [WORKERS]
 *
 * A dart (x, y) lies in the quarter circle when x*x + y*y < 1, which happens in pi
 * of 4 cases. Number i of a stream is a function of i alone, so both forms throw
 * the same darts, and any number of workers gives the same digits. After each
 * form, where the time of its run went. How it scales:
 *
 *     weft scale --workers 1,2 --out out/scale -- 2-pi 100000000 {w}
 *     weft scale --workers 1,2 --weak --base 50000000 --out out/weak -- 2-pi {n}
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <weft/weft.h>

enum { SEED = 7, PART = 1 << 20, MOST_PARTS = 1 << 16, BATCH = 512 };

/* What one form found, and how its run went. */
struct outcome {
    int64_t     hits;
    weft_trace *trace;
};

/* One part of the darts. */
struct darts {
    int64_t first, n;
};

/* Darts of one part: enough to make a task worth its while, and not too many tasks. */
static int64_t part_of(int64_t n)
{
    return n / MOST_PARTS < PART ? PART : n / MOST_PARTS + 1;
}

/* ---- As a bag: a record is a part, and becomes its number of hits ------------------------- */

static weft_status throw_darts(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    const struct darts *d = in->data;
    double x[BATCH], y[BATCH];
    int64_t hits = 0;

    (void)arg, (void)err;
    for (int64_t at = 0; at < d->n; at += BATCH) {
        const int64_t n = d->n - at < BATCH ? d->n - at : BATCH;

        weft_random_units(SEED, 0, d->first + at, n, x);
        weft_random_units(SEED, 1, d->first + at, n, y);
        for (int64_t i = 0; i < n; i++)
            hits += x[i] * x[i] + y[i] * y[i] < 1;
    }
    return weft_emit_struct(out, &hits);
}

static weft_status add(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *(int64_t *)into += *(const int64_t *)value;
    return WEFT_OK;
}

static weft_status pi_by_bag(weft_pool *pool, int64_t n, struct outcome *out, struct weft_error *err)
{
    const int64_t part = part_of(n), n_parts = (n + part - 1) / part;
    struct darts *parts = malloc((size_t)n_parts * sizeof *parts);
    weft_graph *g = weft_graph_new();
    struct weft_value v = weft_value_none();
    weft_bag *b;
    weft_status st;

    for (int64_t i = 0; parts && i < n_parts; i++)
        parts[i] = (struct darts){i * part, n - i * part < part ? n - i * part : part};
    b = parts ? weft_bag_parallelize(g, parts, sizeof *parts, (size_t)n_parts, (int)n_parts) : NULL;
    b = weft_bag_map(b, throw_darts, WEFT_STEP(.name = "throw", .to = WEFT_STRUCTS,
                                             .to_bytes = sizeof out->hits));
    st = weft_pool_run(pool, weft_bag_reduce(b, add, WEFT_STEP(.name = "sum")), &v, err);
    if (!st)
        out->hits = *(const int64_t *)weft_records_data(weft_value_records(v));
    if (!st)
        st = weft_trace_of_pool(&out->trace, pool, err); /* while its graph is still there */
    weft_value_release(v);
    weft_graph_free(g);
    free(parts);
    return st;
}

/* ---- As an array: whole arrays of x and y, of which no more than a batch ever exists ------- */

static weft_status pi_by_array(weft_pool *pool, int64_t n, struct outcome *out, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    struct weft_random random = {.seed = SEED};
    const struct weft_layout layout = weft_layout_1d(n, part_of(n));
    weft_array *x = weft_array_uniform(g, &random, 0, 1, layout);
    weft_array *y = weft_array_uniform(g, &random, 0, 1, layout);
    weft_array *r2 = weft_array_add(weft_array_multiply(x, x), weft_array_multiply(y, y));
    weft_array *inside = weft_array_less(r2, weft_array_f64(g, 1));
    struct weft_value v = weft_value_none();
    weft_status st = weft_pool_run(pool, weft_array_whole(weft_array_sum(inside, WEFT_ALL_AXES)), &v, err);

    if (!st)
        out->hits = weft_value_i64(v);
    if (!st)
        st = weft_trace_of_pool(&out->trace, pool, err);
    weft_value_release(v);
    weft_graph_free(g);
    return st;
}

/* ---- The report ----------------------------------------------------------------------------- */

static void report(const char *form, int64_t n, const struct outcome *o)
{
    const double p = (double)o->hits / (double)n;
    weft_analysis *a = NULL;

    printf("pi as %-6s %.15f +- %.1g   %lld of %lld darts\n", form, 4 * p, 4 * sqrt(p * (1 - p) / (double)n),
           (long long)o->hits, (long long)n);
    if (!weft_analyse_trace(&a, o->trace, NULL))
        weft_analysis_print_view(a, WEFT_VIEW_WORKERS, WEFT_FORM_TEXT, stdout, NULL);
    weft_analysis_free(a);
}

/* A whole number from 1 to `most`; -1: none. */
static int64_t number(const char *text, int64_t most)
{
    char *end;
    long long n;

    errno = 0;
    n = strtoll(text, &end, 10);
    return errno || *end || end == text || n < 1 || n > most ? -1 : n;
}

int main(int argc, char **argv)
{
    const int64_t n = argc > 1 ? number(argv[1], INT64_C(1) << 50) : 10000000;
    const int64_t n_workers = argc > 2 ? number(argv[2], 1024) : 0;
    struct weft_error err = {0};
    weft_pool *pool = NULL;
    struct outcome bag = {0}, array = {0};
    weft_status st;

    if (argc > 3 || n < 0 || n_workers < 0) {
        fprintf(stderr, "usage: 2-pi [SAMPLES] [WORKERS]\n");
        return 2;
    }
    pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = (int)n_workers, .trace = true});
    if (!pool) {
        fprintf(stderr, "no memory for a pool\n");
        return 1;
    }
    st = pi_by_bag(pool, n, &bag, &err);
    if (!st)
        st = pi_by_array(pool, n, &array, &err);
    if (!st) {
        report("bag", n, &bag);
        printf("\n");
        report("array", n, &array);
    }
    if (st)
        weft_error_print(&err, stderr);
    weft_trace_free(bag.trace);
    weft_trace_free(array.trace);
    weft_pool_free(pool);
    return st != WEFT_OK;
}
