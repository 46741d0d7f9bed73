/* bench_predict.c - how far predictions are from what is measured.
 *
 *     bench-predict [--repeat N] [--workers A,B] [SHAPE]...
 *
 * Each of some twenty graphs of bodies that spin for known times, 5 to 200 us, is run on A
 * and on B workers (1 and 2, unless told), N times each (7), traced and not, taking turns. Of
 * each number of workers the traced run in the middle predicts both; so four predictions a
 * graph are held against the median of the runs that were not traced:
 *
 *     shape       tasks    1->1     1->2     2->1     2->2     on  1     on  2
 *
 * and at the end the median and the 95th percentile of all errors. Not a test: on a busy
 * machine runs are longer, and the more so the more workers there are. Then what is between
 * the quickest runs, in the second table, says more.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include "bench/support/bench.h"
#include "bench/support/random.h"
#include "bench/support/spin.h"

/* ---- Graphs ------------------------------------------------------------------------- */

enum { MOST_TASKS = 4096 };

/* A graph while it is described; each task's work is at its number. */
struct shape {
    weft_graph        *g;
    weft_task         *tasks[MOST_TASKS];
    struct bench_grain grains[MOST_TASKS];
    size_t             n;
    double             spin_ns; /* of a turn */
    uint64_t           seed;
};

static weft_status spin(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    bench_spin(arg);
    return WEFT_OK;
}

static weft_task *add(struct shape *s, double us, weft_task *const *deps, size_t n_deps)
{
    struct bench_grain *grain = &s->grains[s->n];

    grain->n_turns = (int64_t)(us * 1000 / s->spin_ns);
    return s->tasks[s->n++] = weft_add(s->g, spin, .name = "spin", .arg = grain, .deps = deps, .n_deps = n_deps);
}

static double even(struct shape *s)
{
    (void)s;
    return 50;
}

static double uneven(struct shape *s)
{
    return 5 + bench_random_below(&s->seed, 196);
}

/* One in eight is forty times as long as the others. */
static double two_kinds(struct shape *s)
{
    return bench_random_below(&s->seed, 8) ? 5 : 200;
}

typedef double length(struct shape *s);

static void wide(struct shape *s, size_t n, length *us)
{
    for (size_t i = 0; i < n; i++)
        add(s, us(s), NULL, 0);
}

static void gathered(struct shape *s, size_t n, length *us)
{
    wide(s, n, us);
    add(s, 50, s->tasks, n);
}

static void chain(struct shape *s, size_t n, length *us)
{
    for (size_t i = 0; i < n; i++)
        add(s, us(s), s->tasks + i - 1, i > 0);
}

static void reduction(struct shape *s, size_t leaves, size_t ways, length *us)
{
    size_t level = 0;

    wide(s, leaves, us);
    while (s->n - level > 1) {
        const size_t end = s->n;

        for (size_t i = level; i < end; i += ways)
            add(s, us(s), s->tasks + i, end - i < ways ? end - i : ways);
        level = end;
    }
}

static void wave(struct shape *s, size_t side, length *us)
{
    for (size_t i = 0; i < side * side; i++) {
        weft_task *deps[2];
        size_t n = 0;

        if (i >= side)
            deps[n++] = s->tasks[i - side];
        if (i % side)
            deps[n++] = s->tasks[i - 1];
        add(s, us(s), deps, n);
    }
}

static void stencil(struct shape *s, size_t width, size_t steps, length *us)
{
    for (size_t i = 0; i < width * steps; i++) {
        const size_t from = i % width ? i - 1 : i, to = i % width + 1 < width ? i + 1 : i;

        add(s, us(s), i < width ? NULL : s->tasks + from - width, i < width ? 0 : to - from + 1);
    }
}

static void layers(struct shape *s, size_t width, size_t n, length *us)
{
    for (size_t i = 0; i < width * n; i++) {
        weft_task *deps[3];

        for (size_t k = 0; i >= width && k < 3; k++)
            deps[k] = s->tasks[i / width * width - width + bench_random_below(&s->seed, (uint32_t)width)];
        add(s, us(s), deps, i < width ? 0 : 3);
    }
}

static void fork_join(struct shape *s, size_t phases, size_t width, length *us)
{
    for (size_t p = 0; p < phases; p++) {
        weft_task *first = add(s, 20, p ? s->tasks + s->n - 1 : NULL, p > 0);
        const size_t begin = s->n;

        for (size_t i = 0; i < width; i++)
            add(s, us(s), &first, 1);
        add(s, 20, s->tasks + begin, width);
    }
}

static void pipelines(struct shape *s, size_t width, size_t stages, length *us)
{
    for (size_t i = 0; i < width * stages; i++) {
        weft_task *deps[2] = {i >= width ? s->tasks[i - width] : NULL, i ? s->tasks[i - 1] : NULL};

        add(s, us(s), deps, i < width ? 0 : i % 5 ? 1 : 2);
    }
}

static void any(struct shape *s, size_t n, length *us)
{
    for (size_t i = 0; i < n; i++) {
        weft_task *deps[4];
        size_t n_deps = 0;

        for (size_t k = 0; i && k < 4; k++)
            if (!bench_random_below(&s->seed, 2))
                deps[n_deps++] = s->tasks[bench_random_below(&s->seed, (uint32_t)i)];
        add(s, us(s), deps, n_deps);
    }
}

/* Tile by tile, the last who wrote each: as in examples/9-cholesky.c. */
static void cholesky(struct shape *s, size_t n, bool lu)
{
    weft_task *(*tile)[32] = calloc(n, sizeof *tile);

    for (size_t k = 0; tile && k < n; k++) {
        tile[k][k] = add(s, 40, &tile[k][k], tile[k][k] != NULL);
        for (size_t i = k + 1; i < n; i++) {
            weft_task *down[2] = {tile[k][k], tile[i][k]}, *right[2] = {tile[k][k], tile[k][i]};

            tile[i][k] = add(s, 60, down, down[1] ? 2 : 1);
            if (lu)
                tile[k][i] = add(s, 60, right, right[1] ? 2 : 1);
        }
        for (size_t i = k + 1; i < n; i++)
            for (size_t j = k + 1; j < (lu ? n : i + 1); j++) {
                weft_task *deps[3] = {tile[i][k], lu ? tile[k][j] : tile[j][k], tile[i][j]};

                tile[i][j] = add(s, 100, deps, deps[2] ? 3 : 2);
            }
    }
    free(tile);
}

static void fft(struct shape *s, size_t width, length *us)
{
    wide(s, width, us);
    for (size_t step = 1; step < width; step *= 2) {
        weft_task *const *before = s->tasks + s->n - width;

        for (size_t i = 0; i < width; i++)
            add(s, us(s), (weft_task *[]){before[i], before[i ^ step]}, 2);
    }
}

/* A tree that divides, and the same again that joins. */
static void divide(struct shape *s, size_t leaves, length *us)
{
    size_t first = 0, n = 1;

    add(s, us(s), NULL, 0);
    for (; n < leaves; n *= 2) {
        for (size_t i = 0; i < 2 * n; i++)
            add(s, us(s), s->tasks + first + i / 2, 1);
        first += n;
    }
    for (; n > 1; n /= 2) {
        const size_t begin = s->n - n;

        for (size_t i = 0; i < n; i += 2)
            add(s, us(s), s->tasks + begin + i, 2);
    }
}

/* Many short ones beside a chain that is half of the work. */
static void beside_a_chain(struct shape *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        add(s, 100, s->tasks + i - 1, i > 0);
    for (size_t i = 0; i < 5 * n; i++)
        add(s, 20, NULL, 0);
}

/* All to all. */
static void shuffle(struct shape *s, size_t maps, size_t reduces, length *us)
{
    wide(s, maps, us);
    for (size_t i = 0; i < reduces; i++)
        add(s, us(s), s->tasks, maps);
}

static void describe(struct shape *s, int which)
{
    switch (which) {
    case 0:  wide(s, 800, even); break;
    case 1:  wide(s, 600, uneven); break;
    case 2:  gathered(s, 1500, two_kinds); break;
    case 3:  chain(s, 400, uneven); break;
    case 4:  reduction(s, 512, 2, even); break;
    case 5:  reduction(s, 512, 8, uneven); break;
    case 6:  wave(s, 26, even); break;
    case 7:  wave(s, 24, uneven); break;
    case 8:  stencil(s, 2, 300, even); break;
    case 9:  stencil(s, 32, 20, uneven); break;
    case 10: layers(s, 20, 30, uneven); break;
    case 11: layers(s, 6, 150, two_kinds); break;
    case 12: fork_join(s, 12, 32, even); break;
    case 13: fork_join(s, 40, 7, uneven); break;
    case 14: pipelines(s, 5, 100, uneven); break;
    case 15: any(s, 500, uneven); break;
    case 16: cholesky(s, 12, false); break;
    case 17: cholesky(s, 9, true); break;
    case 18: fft(s, 64, even); break;
    case 19: divide(s, 256, uneven); break;
    case 20: beside_a_chain(s, 200); break;
    case 21: shuffle(s, 300, 40, uneven); break;
    }
}

static const char *const shapes[] = {
    "wide", "wide-uneven", "gathered", "chain", "tree", "tree-8", "wave", "wave-uneven", "stencil-2", "stencil-32", "layers",
    "layers-2-kinds", "fork-join", "fork-join-7", "pipelines", "any", "cholesky", "lu", "fft", "divide", "beside-chain", "shuffle"};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

/* ---- Runs --------------------------------------------------------------------------- */

enum { MOST_REPEATS = 101, N_WORKERS = 2 };

struct request {
    int n_repeats, workers[N_WORKERS];
};

/* What was seen on so many workers. */
struct seen {
    weft_pool  *plain, *tracing;
    double      ns[MOST_REPEATS], traced_ns[MOST_REPEATS];
    weft_trace *traces[MOST_REPEATS];
};

static void must(weft_status st, const struct weft_error *err)
{
    if (!st)
        return;
    weft_error_print(err, stderr);
    exit(1);
}

static int by_ns(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median(const double *ns, int n)
{
    double sorted[MOST_REPEATS];

    memcpy(sorted, ns, (size_t)n * sizeof *ns);
    qsort(sorted, (size_t)n, sizeof *sorted, by_ns);
    return sorted[n / 2];
}

static double least(const double *ns, int n)
{
    double min = ns[0];

    for (int i = 1; i < n; i++)
        min = ns[i] < min ? ns[i] : min;
    return min;
}

static const weft_trace *trace_of(const struct seen *s, double ns, int n)
{
    for (int i = 0; i < n; i++)
        if (s->traced_ns[i] == ns)
            return s->traces[i];
    return NULL;
}

static double run(weft_pool *pool, weft_plan *plan)
{
    struct weft_error err;
    const int64_t begin = bench_now_ns();

    must(weft_pool_run_plan(pool, plan, NULL, NULL, &err), &err);
    return (double)(bench_now_ns() - begin);
}

static void see(struct seen *seen, const struct request *q, weft_plan *plan)
{
    struct weft_error err;

    for (int r = -1; r < q->n_repeats; r++)
        for (int w = 0; w < N_WORKERS; w++) {
            const double ns = run(seen[w].plain, plan), traced_ns = run(seen[w].tracing, plan);

            if (r < 0)
                continue; /* the first finds caches cold */
            seen[w].ns[r] = ns;
            seen[w].traced_ns[r] = traced_ns;
            must(weft_trace_of_pool(&seen[w].traces[r], seen[w].tracing, &err), &err);
        }
}

static double predict(const weft_trace *t, int n_workers)
{
    struct weft_forecast f;
    struct weft_error err;
    weft_predictor *p;

    must(weft_predictor_new(&p, t, NULL, &err), &err);
    must(weft_predictor_at(p, n_workers, &f, &err), &err);
    weft_predictor_free(p);
    return (double)f.makespan_ns;
}

struct errors {
    double of[N_SHAPES * N_WORKERS * N_WORKERS];
    int    n;
};

/* Held against `of` the runs: their median, or the quickest. */
static void compare(const char *name, size_t n_tasks, const struct seen *seen, const struct request *q,
                    double (*of)(const double *ns, int n), struct errors *errors, FILE *file)
{
    fprintf(file, "%-15s %5zu", name, n_tasks);
    for (int from = 0; from < N_WORKERS; from++)
        for (int to = 0; to < N_WORKERS; to++) {
            const weft_trace *t = trace_of(&seen[from], of(seen[from].traced_ns, q->n_repeats), q->n_repeats);
            const double error = predict(t, q->workers[to]) / of(seen[to].ns, q->n_repeats) - 1;

            fprintf(file, " %+7.1f", 100 * error);
            errors->of[errors->n++] = fabs(error);
        }
    for (int w = 0; w < N_WORKERS; w++)
        fprintf(file, " %7.2f ms", of(seen[w].ns, q->n_repeats) / 1e6);
    fprintf(file, "\n");
}

static void print_head(const char *what, const struct request *q)
{
    printf("\n%s, %% off\n%-15s %5s", what, "shape", "tasks");
    for (int from = 0; from < N_WORKERS; from++)
        for (int to = 0; to < N_WORKERS; to++)
            printf("  %2d->%-2d", q->workers[from], q->workers[to]);
    for (int w = 0; w < N_WORKERS; w++)
        printf("     on %2d ", q->workers[w]);
    printf("\n");
}

static void print_errors(struct errors *e)
{
    qsort(e->of, (size_t)e->n, sizeof *e->of, by_ns);
    printf("of %d errors the median is %.1f %%, the 95th percentile %.1f %%, the most %.1f %%\n", e->n, 100 * e->of[e->n / 2],
           100 * e->of[e->n * 95 / 100], 100 * e->of[e->n - 1]);
}

static bool is_asked(const char *name, int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (!strcmp(argv[i], name))
            return true;
    return !argc;
}

static weft_pool *pool_of(int n_workers, bool trace)
{
    const struct weft_pool_spec spec = {.n_workers = n_workers, .trace = trace, .trace_events = 4 * MOST_TASKS};
    struct weft_error err;
    weft_pool *pool = NULL;

    must(weft_pool_open(&pool, &spec, &err), &err);
    return pool;
}

/* Sees one shape, tells its medians at once and keeps what the quickest tell for later. */
static void bench_one(int which, double spin_ns, const struct request *q, struct errors *medians, struct errors *quickest, FILE *later)
{
    static struct shape s;
    struct seen *seen = calloc(N_WORKERS, sizeof *seen);
    weft_plan *plan = NULL;
    struct weft_error err;

    s = (struct shape){.g = weft_graph_new(), .spin_ns = spin_ns, .seed = 20240229 + (uint64_t)which};
    describe(&s, which);
    must(weft_plan_new(&plan, s.tasks, s.n, NULL, &err), &err);
    for (int w = 0; w < N_WORKERS; w++) {
        seen[w].plain = pool_of(q->workers[w], false);
        seen[w].tracing = pool_of(q->workers[w], true);
    }
    see(seen, q, plan);
    compare(shapes[which], s.n, seen, q, median, medians, stdout);
    fflush(stdout);
    compare(shapes[which], s.n, seen, q, least, quickest, later);
    for (int w = 0; w < N_WORKERS; w++) {
        for (int r = 0; r < q->n_repeats; r++)
            weft_trace_free(seen[w].traces[r]);
        weft_pool_free(seen[w].plain);
        weft_pool_free(seen[w].tracing);
    }
    weft_plan_free(plan);
    weft_graph_free(s.g);
    free(seen);
}

int main(int argc, char **argv)
{
    struct request q = {7, {1, 2}};
    struct errors medians = {0}, quickest = {0};
    const double spin_ns = bench_spin_calibrate();
    char *text = NULL;
    size_t n_text = 0;
    FILE *later = open_memstream(&text, &n_text);
    int at = 1;

    for (; at + 1 < argc && !strncmp(argv[at], "--", 2); at += 2)
        if (!strcmp(argv[at], "--repeat"))
            q.n_repeats = atoi(argv[at + 1]);
        else if (sscanf(argv[at + 1], "%d,%d", &q.workers[0], &q.workers[1]) != 2)
            q.n_repeats = 0;
    if (!later || q.n_repeats < 1 || q.n_repeats > MOST_REPEATS || (at < argc && !strncmp(argv[at], "--", 2))) {
        fprintf(stderr, "usage: bench-predict [--repeat N] [--workers A,B] [SHAPE]...\n");
        return 2;
    }
    print_head("medians", &q);
    for (int i = 0; i < N_SHAPES; i++)
        if (is_asked(shapes[i], argc - at, argv + at))
            bench_one(i, spin_ns, &q, &medians, &quickest, later);
    if (medians.n)
        print_errors(&medians);
    print_head("quickest", &q);
    fclose(later);
    fputs(text, stdout);
    if (quickest.n)
        print_errors(&quickest);
    free(text);
    return 0;
}
