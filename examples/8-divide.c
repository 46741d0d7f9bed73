/* 8-divide.c - work that is divided while it is done: nobody knows the graph before it has run.
 *
 *     8-divide [WORKERS [N]]
 *
 * Three programs of tasks that make tasks (weft/spawn.h): N numbers are sorted by Quicksort,
 * whose parts are as long as the numbers have it; the integral of sqrt(|x - 1/3|) from 0 to 1
 * is taken by halving what is not flat enough; and queens are put on a board of 10 x 10.
 * Any number of workers prints the same digits.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <weft/weft.h>

/* ---- Quicksort: in place, so children give no results ------------------------------------ */

enum { SHORT = 2048 };

struct part {
    double *at;
    int64_t n;
};

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Hoare's partition around the middle one of three: at[0 .. left] <= at[left + 1 .. n - 1]. */
static int64_t partition(double *at, int64_t n)
{
    const double a = at[0], b = at[n / 2], c = at[n - 1];
    const double pivot = a < b ? (b < c ? b : a < c ? c : a) : (a < c ? a : b < c ? c : b);
    int64_t i = -1, j = n;

    for (;;) {
        double swap;

        while (at[++i] < pivot)
            ;
        while (at[--j] > pivot)
            ;
        if (i >= j)
            return j == n - 1 ? j - 1 : j;
        swap = at[i];
        at[i] = at[j];
        at[j] = swap;
    }
}

static weft_status sort(weft_call *call, void *arg, struct weft_error *err)
{
    struct part p = *(struct part *)arg;

    (void)err;
    while (p.n > SHORT) {
        const int64_t n = partition(p.at, p.n) + 1;
        const struct part left = {p.at, n};

        weft_spawn(call, sort, WEFT_ARG(left));
        p = (struct part){p.at + n, p.n - n};
    }
    qsort(p.at, (size_t)p.n, sizeof *p.at, compare);
    return WEFT_OK; /* this task has ended when all its children have */
}

static weft_status sort_all(weft_pool *pool, int64_t n, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    struct part all = {malloc((size_t)n * sizeof *all.at), n};
    int64_t n_wrong = 0;
    weft_status st = all.at ? WEFT_OK : weft_error_set(err, WEFT_NOMEM, "no memory for %lld numbers", (long long)n);

    if (!st) {
        weft_random_units(1, 0, 0, n, all.at);
        st = weft_pool_run(pool, weft_add(g, sort, WEFT_ARG(all)), NULL, err);
    }
    if (!st) {
        for (int64_t i = 1; i < n; i++)
            n_wrong += all.at[i - 1] > all.at[i];
        printf("sorted:   %lld numbers, %lld out of order, the middle one is %.9f\n", (long long)n, (long long)n_wrong, all.at[n / 2]);
    }
    free(all.at);
    weft_graph_free(g);
    return st;
}

/* ---- Adaptive quadrature: a part becomes the sum of its halves ----------------------------- */

struct interval {
    double from, to, most_error;
};

static double f(double x)
{
    return sqrt(fabs(x - 1.0 / 3));
}

/* Simpson's rule. */
static double rule(double from, double to)
{
    return (to - from) / 6 * (f(from) + 4 * f((from + to) / 2) + f(to));
}

static weft_status add_up(weft_call *call, void *arg, struct weft_error *err)
{
    double sum = 0;

    (void)arg, (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += weft_value_f64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_f64(sum));
    return WEFT_OK;
}

static weft_status integrate(weft_call *call, void *arg, struct weft_error *err)
{
    const struct interval *a = arg;
    const double middle = (a->from + a->to) / 2, whole = rule(a->from, a->to);
    const double halves = rule(a->from, middle) + rule(middle, a->to);

    (void)err;
    if (fabs(whole - halves) < 15 * a->most_error || a->to - a->from < 1e-12) {
        weft_call_return(call, weft_value_of_f64(halves));
    } else {
        const struct interval left = {a->from, middle, a->most_error / 2}, right = {middle, a->to, a->most_error / 2};
        weft_child *both[] = {weft_spawn(call, integrate, WEFT_ARG(left)), weft_spawn(call, integrate, WEFT_ARG(right))};

        weft_become(call, add_up, .deps = both, .n_deps = 2);
    }
    return WEFT_OK;
}

static weft_status integrate_all(weft_pool *pool, struct weft_error *err)
{
    const double exact = 2.0 / 3 * (pow(1.0 / 3, 1.5) + pow(2.0 / 3, 1.5));
    const struct interval all = {0, 1, 1e-12};
    weft_graph *g = weft_graph_new();
    struct weft_value v;
    const weft_status st = weft_pool_run(pool, weft_add(g, integrate, WEFT_ARG(all)), &v, err);

    if (!st)
        printf("integral: %.12f, off by %.0e\n", weft_value_f64(v), fabs(weft_value_f64(v) - exact));
    weft_graph_free(g);
    return st;
}

/* ---- Queens: a board becomes the sum of the boards with one queen more --------------------- */

enum { SIDE = 10, ROWS_OF_TASKS = 3 };

struct board {
    uint32_t columns, rising, falling; /* taken, as seen from the next row */
    int      row;
};

static struct board with_queen(const struct board *b, int column)
{
    const uint32_t bit = 1u << column;

    return (struct board){b->columns | bit, (b->rising | bit) << 1, (b->falling | bit) >> 1, b->row + 1};
}

static bool is_free(const struct board *b, int column)
{
    return !((b->columns | b->rising | b->falling) >> column & 1);
}

static int64_t count(const struct board *b)
{
    int64_t n = 0;

    if (b->row == SIDE)
        return 1;
    for (int column = 0; column < SIDE; column++)
        if (is_free(b, column)) {
            const struct board next = with_queen(b, column);

            n += count(&next);
        }
    return n;
}

static weft_status place_queens(weft_call *call, void *arg, struct weft_error *err)
{
    const struct board *b = arg;
    weft_child *boards[SIDE];
    size_t n = 0;

    (void)err;
    if (b->row >= ROWS_OF_TASKS) {
        weft_call_return(call, weft_value_of_f64((double)count(b)));
        return WEFT_OK;
    }
    for (int column = 0; column < SIDE; column++)
        if (is_free(b, column)) {
            const struct board next = with_queen(b, column);

            boards[n++] = weft_spawn(call, place_queens, WEFT_ARG(next));
        }
    weft_become(call, add_up, .deps = boards, .n_deps = n);
    return WEFT_OK;
}

static weft_status place_all(weft_pool *pool, struct weft_error *err)
{
    const struct board empty = {0};
    weft_graph *g = weft_graph_new();
    struct weft_value v;
    const weft_status st = weft_pool_run(pool, weft_add(g, place_queens, WEFT_ARG(empty)), &v, err);

    if (!st)
        printf("queens:   %.0f ways to put %d on a board\n", weft_value_f64(v), SIDE);
    weft_graph_free(g);
    return st;
}

int main(int argc, char **argv)
{
    const int64_t n = argc > 2 ? atoll(argv[2]) : 2000000;
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = argc > 1 ? atoi(argv[1]) : 0});
    struct weft_error err;
    weft_status st = sort_all(pool, n > 1 ? n : 2, &err);

    if (!st)
        st = integrate_all(pool, &err);
    if (!st)
        st = place_all(pool, &err);
    if (st)
        weft_error_print(&err, stderr);
    weft_pool_free(pool);
    return st != WEFT_OK;
}
