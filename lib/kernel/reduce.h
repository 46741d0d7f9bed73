/* reduce.h - many values to one: sum, product, least, greatest, moments.
 *
 * Values lie as in blocks (bool a byte each, date int32); `valid` has a bit for each
 * from bit 0, NULL when nothing is null. Nulls are skipped, NaN is not.
 *
 * A state takes values in any number of calls. Floats are added in an order fixed by
 * the calls alone: 16 lanes in a block of 1024, then pairwise over blocks. So the
 * same calls give the same bits on every machine, and the error of a sum grows with
 * the logarithm of its length (Higham 1993).
 */
#ifndef WF_REDUCE_H
#define WF_REDUCE_H

#include <stdbool.h>
#include <stdint.h>

#include <weft/dtype.h>

/* ---- Sums: int64 and bool exactly, floats in double -------------------------- */

enum { WF_SUM_LEVELS = 44 };

struct wf_sum {
    int64_t  n;             /* values added, nulls not */
    uint64_t lo;            /* of integers: a 128-bit number */
    int64_t  hi;
    uint64_t n_blocks;      /* of floats: level[k] holds 2^k blocks where bit k is set */
    double   level[WF_SUM_LEVELS];
};

void   wf_sum_init(struct wf_sum *s);
void   wf_sum_add(struct wf_sum *s, weft_dtype dtype, const void *values, const uint64_t *valid, int64_t n);
bool   wf_sum_i64(const struct wf_sum *s, int64_t *out); /* false: it leaves int64 */
double wf_sum_f64(const struct wf_sum *s, weft_dtype dtype); /* of any dtype; integers rounded once */

/* ---- Products ------------------------------------------------------------------ */

struct wf_prod {
    int64_t n;
    int64_t i64;
    bool    overflow;       /* the int64 product left its range */
    double  f64;
};

void wf_prod_init(struct wf_prod *p);
void wf_prod_add(struct wf_prod *p, weft_dtype dtype, const void *values, const uint64_t *valid, int64_t n);

/* ---- Extremes: bool, int64, floats, date. NaN if any is ------------------------- */

/* Answers how many are not null; *out, one element of the type, is set if any. */
int64_t wf_min(weft_dtype dtype, void *out, const void *values, const uint64_t *valid, int64_t n);
int64_t wf_max(weft_dtype dtype, void *out, const void *values, const uint64_t *valid, int64_t n);

/* The first place of the extreme, NaN winning; -1: all are null. */
int64_t wf_argmin(weft_dtype dtype, const void *values, const uint64_t *valid, int64_t n);
int64_t wf_argmax(weft_dtype dtype, const void *values, const uint64_t *valid, int64_t n);

/* ---- Moments: how many, their mean, and the sum of squares about it -------------- */

/* Variance is m2 / (n - ddof). Merged as Chan, Golub and LeVeque (1979). */
struct wf_moments {
    int64_t n;
    double  mean;
    double  m2;
};

void wf_moments_add(struct wf_moments *m, weft_dtype dtype, const void *values,
                    const uint64_t *valid, int64_t n);       /* a zeroed one is empty */
void wf_moments_merge(struct wf_moments *m, const struct wf_moments *other);

/* ---- Along the first of two axes ------------------------------------------------ */

/* acc[j] op= row[j] is wf_kernel_find(WEFT_OP_ADD, ...) in place; see kernel.h. */

#endif
