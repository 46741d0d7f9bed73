/* weft/fit.h - what measured times say: medians, ratios, laws of scaling, and how sure they are.
 *
 *     struct weft_timing runs[] = {{1, 1, 8.1}, {1, 1, 8.0}, {2, 1, 4.3}, ...};
 *     struct weft_fit fit;
 *     st = weft_fit_law(&fit, WEFT_LAW_AMDAHL, runs, n, 0.95, &err);
 *     printf("serial %.1f %%\n", 100 * fit.params[1].value);
 *
 * `weft scale` measures and draws with these; any times will do, of other machines and
 * other programs too.
 *
 * Ownership: all is plain memory of the caller.
 * Threads:   nothing is kept; any thread.
 */
#ifndef WEFT_FIT_H
#define WEFT_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <weft/status.h>

WEFT_BEGIN

/* ---- One set of times ------------------------------------------------------
 * The median has an interval that is free of assumptions about the distribution: it
 * reaches from one order statistic to another, and covers the true median with at least
 * the probability that is told (David and Nagaraja, Order Statistics, 2003, section 7.1;
 * recommended for run times by Hoefler and Belli, SC'15). */

struct weft_median {
    size_t n;
    double median, q1, q3; /* quartiles between neighbours, as numpy and R do by default */
    double least, most;
    double low, high;      /* the interval: the narrowest that is sure enough, else from least to most */
    double confidence;     /* of it, >= what was asked for unless n is too small: 1 - 2^(1-n) is all there can
                            * be, 6 values for 0.95, 7 for 0.975 */
};

/* Of n > 0 values, which it sorts. 0 < confidence < 1. */
WEFT_API void weft_median_of(struct weft_median *out, double *values, size_t n, double confidence);

/* ---- Two sets of times ------------------------------------------------------
 * How many times as large the values of one are as those of the other, for a speed-up. That
 * the two are alike but for a factor is all that is assumed; the interval is then that of
 * Mann and Whitney's test (Hollander, Wolfe and Chicken, Nonparametric Statistical Methods,
 * 2014, section 4.3): some runs that somebody disturbed do not widen it. Exact up to 25 of
 * each, then by the normal distribution. */

struct weft_ratio {
    double value;      /* the median of all ratios of one of each (Hodges and Lehmann) */
    double low, high;  /* the interval, or from the least ratio to the most */
    double confidence; /* of it, >= what was asked for unless there are too few: 4 of each for 0.95 */
};

/* Of n > 0 and m > 0 values above 0. WEFT_RANGE for more than 4,194,304 pairs, WEFT_NOMEM. */
WEFT_API weft_status weft_ratio_of(struct weft_ratio *out, const double *a, size_t n, const double *b, size_t m,
                                   double confidence, struct weft_error *err);

/* ---- Laws of scaling -------------------------------------------------------
 * With the time y that one worker takes for one unit of work, P workers take for `size`
 * units
 *
 *     Amdahl      size * y * (s + (1 - s) / P)                   s: the share that stays serial
 *     Gustafson   size * y / (s + (1 - s) * P)                   s: the share of the time of P workers
 *                                                                in which one of them works alone
 *     USL         size * y * (1 + a (P - 1) + b P (P - 1)) / P   a: contention, b: coherency
 *
 * (Amdahl, AFIPS 1967. Gustafson, CACM 31(5), 1988: the speed-up over one worker is
 * P - s (P - 1), of work that grows with P. Gunther, CMG 1993, and Guerrilla Capacity
 * Planning, 2007: the universal scalability law, which is Amdahl's for b = 0 and has a
 * peak for b > 0.) Amdahl's is for strong scaling, where the size stays; Gustafson's for
 * weak, where it grows as P; the USL for both.
 *
 * How it is fitted: a median for each number of workers, because runs that somebody
 * disturbed are no part of the law; least squares of their logarithms, because a
 * disturbance costs a share of a time, whether that is long or short. The intervals are
 * Student's, from the Jacobian, with a variance of two sources: the scatter within a number
 * of workers (of its median: Maritz and Jarrett, JASA 73, 1978), and the distances of the
 * medians from the law. When the distances are larger than the scatter explains (an F test
 * at 5 %), `lacking` is set, and they alone give the intervals, which are then wide.
 *
 * A parameter that comes out negative though zero is in its interval is set to zero, and the
 * others are fitted again (`at_bound`); likewise to one for a share above it. */

enum weft_law { WEFT_LAW_AMDAHL, WEFT_LAW_GUSTAFSON, WEFT_LAW_USL };
enum { WEFT_N_LAWS = 3 };

/* One run. */
struct weft_timing {
    int    n_workers; /* >= 1 */
    double size;      /* units of work, > 0; 1 each where the work does not change */
    double seconds;   /* > 0 */
};

struct weft_fit_param {
    const char *name;       /* "seconds" (y), "serial" (s), "contention" (a), "coherency" (b) */
    double      value;
    double      low, high;  /* of the confidence asked for, cut to what makes sense */
    bool        at_bound;
};

struct weft_fit {
    enum weft_law         law;
    int                   n_params;
    struct weft_fit_param params[3]; /* [0] is y */
    int                   n_counts;  /* different numbers of workers */
    double                confidence;
    double                scatter;   /* of one run around its median, relative: 0.02 is 2 %; 0: one run each */
    double                misfit;    /* of the medians around the law, relative, root mean square */
    double                lack_p;    /* how probable such distances are if the law holds; 1: unknown */
    bool                  lacking;
    double                covariance[3][3]; /* of log y, then the parameters */
    double                t;         /* quantile of Student's distribution behind the intervals */
};

/* Errors: WEFT_INVALID, what is no timing; WEFT_EMPTY, the data cannot carry the law, which
 * is told: different numbers of workers are not one more than parameters (3 for Amdahl and
 * Gustafson, 4 for the USL), the speed-up is surely more than linear, surely less than none,
 * or an interval holds all there is; WEFT_NOMEM. 0 < confidence < 1. */
WEFT_API weft_status weft_fit_law(struct weft_fit *out, enum weft_law law, const struct weft_timing *runs,
                                  size_t n, double confidence, struct weft_error *err);

/* What the law says of `n_workers`, which need be no whole number. */
struct weft_band { double value, low, high; };
WEFT_API struct weft_band weft_fit_seconds(const struct weft_fit *fit, double n_workers, double size);

/* Over one worker, of the same work: the value is 1 at 1. */
WEFT_API struct weft_band weft_fit_speedup(const struct weft_fit *fit, double n_workers);

/* The largest speed-up of any number of workers; infinity where there is no end. At a peak the
 * interval is that of the law there. */
WEFT_API struct weft_band weft_fit_limit(const struct weft_fit *fit);

/* At how many workers it is reached; infinity for all but a USL with b > 0. */
WEFT_API double weft_fit_peak(const struct weft_fit *fit);

WEFT_API const char *weft_law_name(enum weft_law law); /* "Amdahl", "Gustafson", "USL" */

WEFT_END
#endif
