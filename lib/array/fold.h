/* fold.h - many values become a few words, and words of two parts become those of both.
 *
 * The state of a reduction is one to three words for each result, kept word by
 * word: word w of result j is words[w * stride + j].
 *
 *     SUM_F64   the sum                        SUM_I64   low and high half of 128 bits
 *     PROD_F64  the product                    PROD_I64  magnitude, or all ones when it
 *                                                        leaves 64 bits; 1 if negative
 *     MIN, MAX  the least, the greatest        MOMENTS   how many, mean, sum of squares about it
 *
 * Values come in one of two ways: all for one result (along), or in rows with one
 * for each of many results (across). The order of additions follows from the calls
 * alone, so equal calls give equal bits.
 */
#ifndef WF_ARRAY_FOLD_H
#define WF_ARRAY_FOLD_H

#include <stdbool.h>
#include <stdint.h>

#include <weft/dtype.h>

#include "lib/kernel/reduce.h"

__extension__ typedef __int128 wf_i128;

enum wf_fold {
    WF_FOLD_SUM_F64,
    WF_FOLD_SUM_I64,
    WF_FOLD_PROD_F64,
    WF_FOLD_PROD_I64,
    WF_FOLD_MIN_F64,
    WF_FOLD_MAX_F64,
    WF_FOLD_MIN_I64,
    WF_FOLD_MAX_I64,
    WF_FOLD_MOMENTS,
};
enum { WF_FOLD_MAX_WORDS = 3 };

union wf_word {
    double   f64;
    int64_t  i64;
    uint64_t u64;
};
_Static_assert(sizeof(union wf_word) == 8, "states travel as blocks of int64");

int wf_fold_n_words(enum wf_fold fold);

/* The state of no values at all, for n results. */
void wf_fold_clear(enum wf_fold fold, union wf_word *words, int64_t stride, int64_t n);

/* `into` becomes the state of its values and those of `from` after them. */
void wf_fold_merge(enum wf_fold fold, union wf_word *into, int64_t into_stride,
                   const union wf_word *from, int64_t from_stride, int64_t n);

/* ---- All for one ------------------------------------------------------------- */

struct wf_along {
    enum wf_fold fold;
    union {
        struct wf_sum     sum;
        struct wf_moments moments;
        union wf_word     words[WF_FOLD_MAX_WORDS];
    } as;
};

void wf_along_begin(struct wf_along *a, enum wf_fold fold);
/* Sums, extremes and moments take every number type; products float64 or int64. */
void wf_along_add(struct wf_along *a, weft_dtype dtype, const void *values, int64_t n);
/* Result j of `stride`. */
void wf_along_end(const struct wf_along *a, union wf_word *words, int64_t stride, int64_t j);

/* ---- One for each -------------------------------------------------------------- */

enum { WF_ACROSS_WIDTH = 1024, WF_ACROSS_ROWS = 64 };

/* Rows gather in `fresh` and go to `all` every WF_ACROSS_ROWS: the error of a sum of
 * n grows with 64 + n / 64, not with n. */
struct wf_across {
    enum wf_fold  fold;
    int64_t       width;
    int64_t       n_fresh; /* rows in it */
    union wf_word fresh[WF_FOLD_MAX_WORDS][WF_ACROSS_WIDTH];
    union wf_word all[WF_FOLD_MAX_WORDS][WF_ACROSS_WIDTH];
};

void wf_across_begin(struct wf_across *a, enum wf_fold fold, int64_t width);
/* values[i] to result i, 0 <= i < n; n may be less than the width in the last row only.
 * float64, or int64 for the folds of that name. */
void wf_across_add(struct wf_across *a, const void *values, int64_t n);
/* Results i, i + n, i + 2n, ... become one, for 0 <= i < n: n divides the width. They
 * are written from words[0] on. */
void wf_across_end(struct wf_across *a, union wf_word *words, int64_t stride, int64_t n);

#endif
