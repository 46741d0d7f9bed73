/* weft/array/reduce.h - many elements become one, along one axis or all.
 *
 * NaN propagates, as in NumPy. Chunks combine along a fixed tree of eight, so the
 * number of workers changes no digit. An axis is 0 .. n_dims - 1, or counts from
 * the last (-1), or is WEFT_ALL_AXES, which leaves one element and no axes.
 */
#ifndef WEFT_ARRAY_H
#include <weft/array.h> /* which has this file in its place, before the macros of places.h */
#elif !defined WEFT_ARRAY_REDUCE_H
#define WEFT_ARRAY_REDUCE_H

WEFT_BEGIN

enum weft_reduce {
    WEFT_SUM,   /* of nothing 0. bool and int64 give int64, exact, and WEFT_RANGE when that does not hold
                 * it; floats keep their type, added pairwise in float64 */
    WEFT_PROD,  /* of nothing 1. The same types and errors */
    WEFT_MIN,   /* same type; of nothing WEFT_EMPTY */
    WEFT_MAX,
    WEFT_MEAN,  /* float32 of float32, else float64; of nothing WEFT_EMPTY. The mean of int64 is its exact
                 * sum as a double, divided */
    WEFT_VAR,   /* mean square distance from the mean, n - ddof in place of n; types as the mean. Chunks merge
                 * by Chan's formula. WEFT_EMPTY unless n > ddof */
    WEFT_STD,   /* square root of var */
    WEFT_ANY,   /* bool: some element is not 0; of nothing false. NaN is not 0 */
    WEFT_ALL,   /* bool: every element is not 0; of nothing true */
    WEFT_COUNT, /* int64: how many are not 0 */
};
enum { WEFT_REDUCE_COUNT = WEFT_COUNT + 1 };

struct weft_reduce_spec {
    int  axis;
    bool keep_dims; /* leave reduced axes, with size 1 */
    int  ddof;      /* of var and std; 0 or more */
};

WEFT_API weft_array *weft_array_reduce(weft_array *a, enum weft_reduce what,
                                       const struct weft_reduce_spec *spec);

/* The same by name, without keep_dims and with ddof 0. */
WEFT_API weft_array *weft_array_sum(weft_array *a, int axis);
WEFT_API weft_array *weft_array_prod(weft_array *a, int axis);
WEFT_API weft_array *weft_array_min(weft_array *a, int axis);
WEFT_API weft_array *weft_array_max(weft_array *a, int axis);
WEFT_API weft_array *weft_array_mean(weft_array *a, int axis);
WEFT_API weft_array *weft_array_var(weft_array *a, int axis);
WEFT_API weft_array *weft_array_std(weft_array *a, int axis);
WEFT_API weft_array *weft_array_any(weft_array *a, int axis);
WEFT_API weft_array *weft_array_all(weft_array *a, int axis);
WEFT_API weft_array *weft_array_count_nonzero(weft_array *a, int axis);
WEFT_API weft_array *weft_array_ptp(weft_array *a, int axis); /* max - min */

WEFT_END
#endif
