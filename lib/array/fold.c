/* fold.c - many values become a few words, and words of two parts become those of both. */
#include "lib/array/fold.h"

#include <math.h>
#include <string.h>

#include <weft/rowfn.h>

#include "lib/base/assert.h"
#include "lib/kernel/kernel.h"

int wf_fold_n_words(enum wf_fold fold)
{
    switch (fold) {
    case WF_FOLD_SUM_I64:
    case WF_FOLD_PROD_I64:
        return 2;
    case WF_FOLD_MOMENTS:
        return 3;
    default:
        return 1;
    }
}

void wf_fold_clear(enum wf_fold fold, union wf_word *words, int64_t stride, int64_t n)
{
    union wf_word first = {.u64 = 0};

    if (fold == WF_FOLD_PROD_F64)
        first.f64 = 1;
    else if (fold == WF_FOLD_PROD_I64)
        first.u64 = 1;
    else if (fold == WF_FOLD_MIN_F64 || fold == WF_FOLD_MAX_F64)
        first.f64 = fold == WF_FOLD_MIN_F64 ? (double)INFINITY : -(double)INFINITY;
    else if (fold == WF_FOLD_MIN_I64 || fold == WF_FOLD_MAX_I64)
        first.i64 = fold == WF_FOLD_MIN_I64 ? INT64_MAX : INT64_MIN;
    for (int64_t j = 0; j < n; j++)
        words[j] = first;
    for (int w = 1; w < wf_fold_n_words(fold); w++)
        memset(words + w * stride, 0, (size_t)n * sizeof *words);
}

/* ---- Steps -------------------------------------------------------------------------- */

/* The product of magnitudes, or all ones: from there only 0 leads back. */
static uint64_t times_magnitude(uint64_t x, uint64_t y)
{
    uint64_t product;

    return __builtin_mul_overflow(x, y, &product) ? UINT64_MAX : product;
}

static void times_i64(union wf_word *magnitude, union wf_word *negative, int64_t x)
{
    magnitude->u64 = times_magnitude(magnitude->u64, x < 0 ? -(uint64_t)x : (uint64_t)x);
    negative->u64 ^= x < 0;
}

/* ---- Merging, a loop for each fold ---------------------------------------------------- */

static void merge_sums(union wf_word *into, const union wf_word *from, int64_t n)
{
    for (int64_t j = 0; j < n; j++)
        into[j].f64 += from[j].f64;
}

static void merge_sums_128(union wf_word *low, union wf_word *high, const union wf_word *from_low,
                           const union wf_word *from_high, int64_t n)
{
    for (int64_t j = 0; j < n; j++) {
        const uint64_t sum = low[j].u64 + from_low[j].u64;

        high[j].u64 += from_high[j].u64 + (sum < from_low[j].u64);
        low[j].u64 = sum;
    }
}

static void merge_products(union wf_word *into, const union wf_word *from, int64_t n)
{
    for (int64_t j = 0; j < n; j++)
        into[j].f64 *= from[j].f64;
}

static void merge_products_i64(union wf_word *magnitude, union wf_word *negative,
                               const union wf_word *from_magnitude, const union wf_word *from_negative,
                               int64_t n)
{
    for (int64_t j = 0; j < n; j++) {
        magnitude[j].u64 = times_magnitude(magnitude[j].u64, from_magnitude[j].u64);
        negative[j].u64 ^= from_negative[j].u64;
    }
}

static void merge_least(union wf_word *into, const union wf_word *from, int64_t n)
{
    for (int64_t j = 0; j < n; j++)
        into[j].f64 = into[j].f64 < from[j].f64 || isnan(into[j].f64) ? into[j].f64 : from[j].f64;
}

static void merge_greatest(union wf_word *into, const union wf_word *from, int64_t n)
{
    for (int64_t j = 0; j < n; j++)
        into[j].f64 = into[j].f64 > from[j].f64 || isnan(into[j].f64) ? into[j].f64 : from[j].f64;
}

static void merge_least_i64(union wf_word *into, const union wf_word *from, int64_t n)
{
    for (int64_t j = 0; j < n; j++)
        into[j].i64 = into[j].i64 < from[j].i64 ? into[j].i64 : from[j].i64;
}

static void merge_greatest_i64(union wf_word *into, const union wf_word *from, int64_t n)
{
    for (int64_t j = 0; j < n; j++)
        into[j].i64 = into[j].i64 > from[j].i64 ? into[j].i64 : from[j].i64;
}

/* Chan, Golub and LeVeque (1979), as wf_moments_merge(), without branches. */
static void merge_moments(union wf_word *into, int64_t into_stride, const union wf_word *from,
                          int64_t from_stride, int64_t n)
{
    union wf_word *mean = into + into_stride, *m2 = mean + into_stride;
    const union wf_word *from_mean = from + from_stride, *from_m2 = from_mean + from_stride;

    for (int64_t j = 0; j < n; j++) {
        const double n_into = (double)into[j].i64, n_from = (double)from[j].i64;
        const double share = n_from > 0 ? n_from / (n_into + n_from) : 0;
        const double apart = from_mean[j].f64 - mean[j].f64;

        into[j].i64 += from[j].i64;
        mean[j].f64 += apart * share;
        /* In this order: the square alone may overflow where it counts for nothing. */
        m2[j].f64 += from_m2[j].f64 + apart * (n_into * share) * apart;
    }
}

void wf_fold_merge(enum wf_fold fold, union wf_word *into, int64_t into_stride,
                   const union wf_word *from, int64_t from_stride, int64_t n)
{
    switch (fold) {
    case WF_FOLD_SUM_F64:
        merge_sums(into, from, n);
        break;
    case WF_FOLD_SUM_I64:
        merge_sums_128(into, into + into_stride, from, from + from_stride, n);
        break;
    case WF_FOLD_PROD_F64:
        merge_products(into, from, n);
        break;
    case WF_FOLD_PROD_I64:
        merge_products_i64(into, into + into_stride, from, from + from_stride, n);
        break;
    case WF_FOLD_MIN_F64:
        merge_least(into, from, n);
        break;
    case WF_FOLD_MAX_F64:
        merge_greatest(into, from, n);
        break;
    case WF_FOLD_MIN_I64:
        merge_least_i64(into, from, n);
        break;
    case WF_FOLD_MAX_I64:
        merge_greatest_i64(into, from, n);
        break;
    case WF_FOLD_MOMENTS:
        merge_moments(into, into_stride, from, from_stride, n);
        break;
    }
}

/* ---- All for one ----------------------------------------------------------------------- */

void wf_along_begin(struct wf_along *a, enum wf_fold fold)
{
    a->fold = fold;
    if (fold == WF_FOLD_SUM_F64 || fold == WF_FOLD_SUM_I64)
        wf_sum_init(&a->as.sum);
    else if (fold == WF_FOLD_MOMENTS)
        a->as.moments = (struct wf_moments){0};
    else
        wf_fold_clear(fold, a->as.words, 1, 1);
}

/* In eight lanes, whatever the machine has. */
static double product(const double *x, int64_t n)
{
    double lane[8] = {1, 1, 1, 1, 1, 1, 1, 1};
    int64_t i = 0;

    for (; i + 8 <= n; i += 8)
        for (int l = 0; l < 8; l++)
            lane[l] *= x[i + l];
    for (int l = 0; i < n; i++, l++)
        lane[l] *= x[i];
    return ((lane[0] * lane[4]) * (lane[1] * lane[5])) * ((lane[2] * lane[6]) * (lane[3] * lane[7]));
}

/* The extreme of n > 0 values of any type, as a word of the fold. */
static union wf_word extreme(enum wf_fold fold, weft_dtype dtype, const void *values, int64_t n)
{
    const bool is_min = fold == WF_FOLD_MIN_F64 || fold == WF_FOLD_MIN_I64;
    union { double f64; float f32; int64_t i64; uint8_t b; } found = {.i64 = 0};
    union wf_word word;

    (is_min ? wf_min : wf_max)(dtype, &found, values, NULL, n);
    if (dtype == WEFT_FLOAT64 || dtype == WEFT_FLOAT32)
        word.f64 = dtype == WEFT_FLOAT64 ? found.f64 : (double)found.f32;
    else
        word.i64 = dtype == WEFT_INT64 ? found.i64 : found.b;
    return word;
}

void wf_along_add(struct wf_along *a, weft_dtype dtype, const void *values, int64_t n)
{
    union wf_word *words = a->as.words, found[WF_FOLD_MAX_WORDS] = {{0}};

    switch (a->fold) {
    case WF_FOLD_SUM_F64:
    case WF_FOLD_SUM_I64:
        wf_sum_add(&a->as.sum, dtype, values, NULL, n);
        break;
    case WF_FOLD_MOMENTS:
        wf_moments_add(&a->as.moments, dtype, values, NULL, n);
        break;
    case WF_FOLD_PROD_F64:
        words[0].f64 *= product(values, n);
        break;
    case WF_FOLD_PROD_I64:
        for (int64_t i = 0; i < n; i++)
            times_i64(&words[0], &words[1], ((const int64_t *)values)[i]);
        break;
    default:
        if (n <= 0)
            break;
        found[0] = extreme(a->fold, dtype, values, n);
        wf_fold_merge(a->fold, words, 1, found, 1, 1);
    }
}

void wf_along_end(const struct wf_along *a, union wf_word *words, int64_t stride, int64_t j)
{
    words += j;
    switch (a->fold) {
    case WF_FOLD_SUM_F64:
        words[0].f64 = wf_sum_f64(&a->as.sum, WEFT_FLOAT64);
        break;
    case WF_FOLD_SUM_I64:
        words[0].u64 = a->as.sum.lo;
        words[stride].i64 = a->as.sum.hi;
        break;
    case WF_FOLD_MOMENTS:
        words[0].i64 = a->as.moments.n;
        words[stride].f64 = a->as.moments.mean;
        words[2 * stride].f64 = a->as.moments.m2;
        break;
    default:
        for (int w = 0; w < wf_fold_n_words(a->fold); w++)
            words[w * stride] = a->as.words[w];
    }
}

/* ---- One for each ------------------------------------------------------------------------ */

/* Halves of 32 bits added apart: 64 rows are far from carrying over. */
WEFT_CLONES static void add_halves(union wf_word *restrict low, union wf_word *restrict high,
                                   const int64_t *restrict x, int64_t n)
{
    for (int64_t j = 0; j < n; j++) {
        low[j].u64 += (uint32_t)x[j];
        high[j].i64 += x[j] >> 32;
    }
}

/* From halves of 32 bits to those of 128. */
static void carry_halves(union wf_word *low, union wf_word *high, int64_t n)
{
    for (int64_t j = 0; j < n; j++) {
        const wf_i128 sum = high[j].i64 * ((wf_i128)1 << 32) + low[j].u64;

        low[j].u64 = (uint64_t)sum;
        high[j].i64 = (int64_t)(sum >> 64);
    }
}

/* The kth value of each result: Welford (1962). */
WEFT_CLONES static void add_moments(union wf_word *restrict mean, union wf_word *restrict m2,
                                    const double *restrict x, int64_t n, int64_t k)
{
    const double share = 1 / (double)k;

    for (int64_t j = 0; j < n; j++) {
        const double before = x[j] - mean[j].f64;

        mean[j].f64 += before * share;
        m2[j].f64 += before * (x[j] - mean[j].f64);
    }
}

/* fresh[j] = fresh[j] op x[j] */
static void add_by_kernel(struct wf_across *a, weft_op op, weft_dtype dtype, const void *x, int64_t n)
{
    const struct wf_arg args[] = {{.values = a->fresh[0], .step = 1}, {.values = x, .step = 1}};

    wf_kernel_find(op, dtype)(a->fresh[0], args, n);
}

/* All rows there have n results. */
static void flush(struct wf_across *a, int64_t n)
{
    if (a->fold == WF_FOLD_SUM_I64)
        carry_halves(a->fresh[0], a->fresh[1], n);
    for (int64_t j = 0; a->fold == WF_FOLD_MOMENTS && j < n; j++)
        a->fresh[0][j].i64 = a->n_fresh;
    wf_fold_merge(a->fold, a->all[0], WF_ACROSS_WIDTH, a->fresh[0], WF_ACROSS_WIDTH, n);
    wf_fold_clear(a->fold, a->fresh[0], WF_ACROSS_WIDTH, n);
    a->n_fresh = 0;
}

void wf_across_begin(struct wf_across *a, enum wf_fold fold, int64_t width)
{
    WF_ASSERT(width > 0 && width <= WF_ACROSS_WIDTH);
    a->fold = fold;
    a->width = width;
    a->n_fresh = 0;
    wf_fold_clear(fold, a->fresh[0], WF_ACROSS_WIDTH, width);
    wf_fold_clear(fold, a->all[0], WF_ACROSS_WIDTH, width);
}

void wf_across_add(struct wf_across *a, const void *values, int64_t n)
{
    WF_ASSERT(n <= a->width);
    if (n < a->width && a->n_fresh)
        flush(a, a->width);
    a->n_fresh++;
    switch (a->fold) {
    case WF_FOLD_SUM_F64:
        add_by_kernel(a, WEFT_OP_ADD, WEFT_FLOAT64, values, n);
        break;
    case WF_FOLD_PROD_F64:
        add_by_kernel(a, WEFT_OP_MULTIPLY, WEFT_FLOAT64, values, n);
        break;
    case WF_FOLD_MIN_F64:
        add_by_kernel(a, WEFT_OP_MINIMUM, WEFT_FLOAT64, values, n);
        break;
    case WF_FOLD_MAX_F64:
        add_by_kernel(a, WEFT_OP_MAXIMUM, WEFT_FLOAT64, values, n);
        break;
    case WF_FOLD_MIN_I64:
        add_by_kernel(a, WEFT_OP_MINIMUM, WEFT_INT64, values, n);
        break;
    case WF_FOLD_MAX_I64:
        add_by_kernel(a, WEFT_OP_MAXIMUM, WEFT_INT64, values, n);
        break;
    case WF_FOLD_SUM_I64:
        add_halves(a->fresh[0], a->fresh[1], values, n);
        break;
    case WF_FOLD_PROD_I64:
        for (int64_t j = 0; j < n; j++)
            times_i64(&a->fresh[0][j], &a->fresh[1][j], ((const int64_t *)values)[j]);
        break;
    case WF_FOLD_MOMENTS:
        add_moments(a->fresh[1], a->fresh[2], values, n, a->n_fresh);
        break;
    }
    if (n < a->width || a->n_fresh == WF_ACROSS_ROWS)
        flush(a, n);
}

void wf_across_end(struct wf_across *a, union wf_word *words, int64_t stride, int64_t n)
{
    WF_ASSERT(a->width % n == 0);
    if (a->n_fresh)
        flush(a, a->width);
    for (int64_t i = n; i < a->width; i += n)
        wf_fold_merge(a->fold, a->all[0], WF_ACROSS_WIDTH, &a->all[0][i], WF_ACROSS_WIDTH, n);
    for (int w = 0; w < wf_fold_n_words(a->fold); w++)
        memcpy(words + w * stride, a->all[w], (size_t)n * sizeof *words);
}
