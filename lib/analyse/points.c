/* points.c - runs as what a law is fitted to: a point for each number of workers. */
#include "lib/analyse/points.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/analyse/student.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

static int by_workers_then_time(const void *a, const void *b)
{
    const struct weft_timing *x = a, *y = b;
    const double u = x->seconds / x->size, v = y->seconds / y->size;

    return x->n_workers != y->n_workers ? (x->n_workers > y->n_workers) - (x->n_workers < y->n_workers)
                                        : (u > v) - (u < v);
}

static weft_status check_runs(const struct weft_timing *runs, size_t n, struct weft_error *err)
{
    for (size_t i = 0; i < n; i++) {
        const struct weft_timing *r = &runs[i];

        if (r->n_workers < 1)
            return weft_error_set(err, WEFT_INVALID, "run %zu has %d workers", i, r->n_workers);
        if (!(r->size > 0) || !isfinite(r->size) || !(r->seconds > 0) || !isfinite(r->seconds))
            return weft_error_set(err, WEFT_INVALID, "run %zu took %g s for %g units of work, both must be above 0", i,
                                  r->seconds, r->size);
    }
    return WEFT_OK;
}

static double log_of(const struct weft_timing *r)
{
    return log(r->seconds / r->size);
}

/* The variance of the median of these n sorted runs: that of the bootstrap with all its
 * samples, which has a closed form; of an even number, one between those of its neighbours. */
static double variance_of_median(const struct weft_timing *runs, size_t n)
{
    const double half = ((double)n + 1) / 2, middle = log_of(&runs[n / 2]);
    double mean = 0, square = 0, below = 0;

    for (size_t i = 0; i < n; i++) {
        const double upto = wf_beta_inc(half, half, (double)(i + 1) / (double)n);
        const double x = log_of(&runs[i]) - middle; /* near zero, or nothing is left of the difference */

        mean += (upto - below) * x;
        square += (upto - below) * x * x;
        below = upto;
    }
    return square > mean * mean ? square - mean * mean : 0;
}

static double squares_around_mean(const struct weft_timing *runs, size_t n)
{
    double mean = 0, squares = 0;

    for (size_t i = 0; i < n; i++)
        mean += log_of(&runs[i]) / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (log_of(&runs[i]) - mean) * (log_of(&runs[i]) - mean);
    return squares;
}

/* `runs` in order. */
static void gather(struct wf_points *out, const struct weft_timing *runs, size_t n)
{
    for (size_t i = 0, end; i < n; i = end) {
        const struct weft_timing *first = &runs[i];
        double dof;
        size_t m;

        for (end = i; end < n && runs[end].n_workers == first->n_workers; end++)
            ;
        m = end - i;
        dof = (double)m - 1;
        out->list[out->n++] = (struct wf_point){
            .n_workers = first->n_workers,
            .n = (double)m,
            .log_y = (log_of(&first[(m - 1) / 2]) + log_of(&first[m / 2])) / 2,
        };
        out->within += dof * (double)m * variance_of_median(first, m);
        out->spread += squares_around_mean(first, m);
        out->within_dof += dof;
    }
    if (out->within_dof > 0) {
        out->within /= out->within_dof;
        out->spread = sqrt(out->spread / out->within_dof);
    }
}

weft_status wf_points_init(struct wf_points *pts, const struct weft_timing *runs, size_t n, struct weft_error *err)
{
    struct weft_timing *sorted = NULL;
    weft_status st = check_runs(runs, n, err);

    *pts = (struct wf_points){0};
    if (st)
        return st;
    sorted = wf_alloc_array(n, sizeof *sorted);
    pts->list = wf_alloc_array(n, sizeof *pts->list);
    if (sorted && pts->list) {
        if (n)
            memcpy(sorted, runs, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, by_workers_then_time);
        gather(pts, sorted, n);
    } else {
        wf_points_fini(pts);
        st = wf_error_nomem(err, "a fit");
    }
    wf_free(sorted);
    return st;
}

void wf_points_fini(struct wf_points *pts)
{
    wf_free(pts->list);
    pts->list = NULL;
}
