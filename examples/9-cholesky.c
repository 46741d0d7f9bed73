/* 9-cholesky.c - a matrix is factored in place, tile by tile: A = L L', L lower triangular.
 *
 *     9-cholesky [N [TILE [WORKERS]]]        N = 2048, TILE = 256, one worker a core
 *
 * The right-looking algorithm (Buttari et al., 2009): each step factors a tile of the
 * diagonal, solves for those below it, and takes their products from all that is left.
 *
 *     F              F = factor     a task may begin when the last that wrote each of its
 *     S  U           S = solve      tiles has ended: that is all that orders them, and no
 *     S  U  U        U = update     two that run at a time touch one tile
 *     S  U  U  U
 *
 * The loops over numbers are OpenBLAS's, one thread each; the tasks are ours. Then the same
 * matrix is factored by OpenBLAS itself with as many threads, and both are compared.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cblas.h>
#include <weft/weft.h>

void dpotrf_(const char *uplo, const int *n, double *a, const int *lda, int *info);

/* One task: which of the tiles of a whole matrix, by columns, it reads and writes. */
struct tile_task {
    double *to;
    const double *left, *up;
    int n_to, m_to, k; /* rows and columns of `to`; columns of the others */
    int stride;
    int at;            /* row of the matrix where the tile begins */
};

static weft_status factor(weft_call *call, void *arg, struct weft_error *err)
{
    const struct tile_task *t = arg;
    int info;

    (void)call;
    dpotrf_("L", &t->n_to, t->to, &t->stride, &info);
    if (info)
        return weft_error_set(err, WEFT_RANGE, "the matrix is not positive definite: its first %d rows are not", t->at + info);
    return WEFT_OK;
}

static weft_status solve(weft_call *call, void *arg, struct weft_error *err)
{
    const struct tile_task *t = arg;

    (void)call, (void)err;
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, t->n_to, t->m_to, 1, t->up, t->stride,
                t->to, t->stride);
    return WEFT_OK;
}

static weft_status update_diagonal(weft_call *call, void *arg, struct weft_error *err)
{
    const struct tile_task *t = arg;

    (void)call, (void)err;
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, t->n_to, t->k, -1, t->left, t->stride, 1, t->to, t->stride);
    return WEFT_OK;
}

static weft_status update(weft_call *call, void *arg, struct weft_error *err)
{
    const struct tile_task *t = arg;

    (void)call, (void)err;
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, t->n_to, t->m_to, t->k, -1, t->left, t->stride, t->up, t->stride,
                1, t->to, t->stride);
    return WEFT_OK;
}

/* The matrix as tiles, and who wrote each last. */
struct tiles {
    weft_graph *g;
    double     *a;
    int         n, side, n_tiles;
    weft_task **last; /* n_tiles * n_tiles */
};

static int length(const struct tiles *t, int i)
{
    return i + 1 < t->n_tiles ? t->side : t->n - i * t->side;
}

static double *tile(const struct tiles *t, int i, int j)
{
    return t->a + (size_t)j * (size_t)t->side * (size_t)t->n + (size_t)i * (size_t)t->side;
}

static weft_task **last(const struct tiles *t, int i, int j)
{
    return &t->last[i * t->n_tiles + j];
}

/* A task that writes tile (i, j) and reads up to two others that no later task writes. */
static void add_task(struct tiles *t, const char *name, weft_body *body, int i, int j, int k, weft_task *left, weft_task *up)
{
    const struct tile_task arg = {.to = tile(t, i, j), .left = tile(t, i, k), .up = tile(t, j, k), .n_to = length(t, i),
                                  .m_to = length(t, j), .k = length(t, k), .stride = t->n, .at = i * t->side};
    weft_task *deps[3];
    size_t n = 0;

    if (*last(t, i, j))
        deps[n++] = *last(t, i, j);
    if (left)
        deps[n++] = left;
    if (up)
        deps[n++] = up;
    *last(t, i, j) = weft_add(t->g, body, .name = name, .index = ((int64_t[]){i, j, k}), .n_index = 3,
                              .arg = (void *)&arg, .arg_bytes = sizeof arg, .deps = deps, .n_deps = n);
}

static void add_tasks(struct tiles *t)
{
    for (int k = 0; k < t->n_tiles; k++) {
        add_task(t, "factor", factor, k, k, k, NULL, NULL);
        for (int i = k + 1; i < t->n_tiles; i++)
            add_task(t, "solve", solve, i, k, k, NULL, *last(t, k, k));
        for (int j = k + 1; j < t->n_tiles; j++) {
            add_task(t, "update", update_diagonal, j, j, k, *last(t, j, k), NULL);
            for (int i = j + 1; i < t->n_tiles; i++)
                add_task(t, "update", update, i, j, k, *last(t, i, k), *last(t, j, k));
        }
    }
}

/* Symmetric, and its diagonal so heavy that it is positive definite. */
static void fill(double *a, int n)
{
    for (int j = 0; j < n; j++) {
        weft_random_units(3, (uint64_t)j, 0, n, a + (size_t)j * (size_t)n);
        for (int i = 0; i < j; i++)
            a[(size_t)j * (size_t)n + (size_t)i] = a[(size_t)i * (size_t)n + (size_t)j];
        a[(size_t)j * (size_t)n + (size_t)j] += n;
    }
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* The largest difference of the two factors, as a share of the largest number in them. */
static double difference(const double *a, const double *b, int n)
{
    double most = 0, biggest = 0;

    for (int j = 0; j < n; j++)
        for (int i = j; i < n; i++) {
            const size_t at = (size_t)j * (size_t)n + (size_t)i;

            most = fmax(most, fabs(a[at] - b[at]));
            biggest = fmax(biggest, fabs(b[at]));
        }
    return most / biggest;
}

/* A number of the command line from 1 to `most`; false: it is none. */
static bool number(const char *text, int most, int *out)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    *out = (int)value;
    return !errno && end != text && !*end && value >= 1 && value <= most;
}

int main(int argc, char **argv)
{
    struct tiles t = {.n = 2048, .side = 256};
    weft_pool *pool = NULL;
    weft_plan *plan = NULL;
    struct weft_error err;
    double *judge = NULL, begin, ours = 0, theirs;
    const int rounds = 3;
    int n_workers = 0, info = 0;
    size_t bytes;
    weft_status st = WEFT_NOMEM;

    if ((argc > 1 && !number(argv[1], 46340, &t.n)) || (argc > 2 && !number(argv[2], 46340, &t.side)) ||
        (argc > 3 && !number(argv[3], 1024, &n_workers))) {
        fprintf(stderr, "use: 9-cholesky [N [TILE [WORKERS]]], with numbers from 1\n");
        return 2;
    }
    bytes = (size_t)t.n * (size_t)t.n * sizeof *t.a;
    t.n_tiles = (t.n + t.side - 1) / t.side;
    t.g = weft_graph_new();
    t.a = malloc(bytes);
    judge = malloc(bytes);
    t.last = calloc((size_t)t.n_tiles * (size_t)t.n_tiles, sizeof *t.last);
    weft_error_set(&err, st, "no memory for two matrices of %d x %d", t.n, t.n);
    if (!t.a || !judge || !t.last)
        goto out;

    add_tasks(&t);
    pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = n_workers});
    st = weft_plan_new(&plan, t.last + (size_t)t.n_tiles * (size_t)t.n_tiles - 1, 1, NULL, &err);
    openblas_set_num_threads(1);
    for (int round = 0; round < rounds && !st; round++) {
        fill(t.a, t.n);
        begin = now();
        st = weft_pool_run_plan(pool, plan, NULL, NULL, &err);
        ours = !round || now() - begin < ours ? now() - begin : ours;
    }
    if (st)
        goto out;

    theirs = 0;
    openblas_set_num_threads(weft_pool_n_workers(pool));
    for (int round = 0; round < rounds; round++) {
        fill(judge, t.n);
        begin = now();
        dpotrf_("L", &t.n, judge, &t.n, &info);
        theirs = !round || now() - begin < theirs ? now() - begin : theirs;
    }
    printf("%d x %d in tiles of %d: %zu tasks, largest difference %.0e\n", t.n, t.n, t.side, weft_plan_n_tasks(plan),
           difference(t.a, judge, t.n));
    printf("%d workers: %.3f s, %.1f GFlop/s; OpenBLAS alone: %.3f s; ratio %.2f\n", weft_pool_n_workers(pool), ours,
           pow(t.n, 3) / 3 / ours * 1e-9, theirs, theirs / ours);
out:
    if (st)
        weft_error_print(&err, stderr);
    weft_plan_free(plan);
    weft_pool_free(pool);
    weft_graph_free(t.g);
    free(t.last);
    free(judge);
    free(t.a);
    return st != WEFT_OK;
}
