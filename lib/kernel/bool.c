/* bool.c - the kernels of bool, a byte (0 or 1) each: logic, order, choice. */
#include "lib/kernel/tables.h"

#include <string.h>

#include "lib/base/bits.h"

#define KERNEL static void
#define INLINE static inline __attribute__((always_inline))

typedef uint8_t (*of_one)(uint8_t);
typedef uint8_t (*of_two)(uint8_t, uint8_t);

INLINE void each1(void *out, const struct wf_arg *in, int64_t n, of_one f)
{
    uint8_t *o = out;
    const uint8_t *x = in[0].values;

    if (in[0].step) {
#pragma GCC ivdep
        for (int64_t i = 0; i < n; i++)
            o[i] = f(x[i]);
    } else {
        memset(o, f(*x), (size_t)n);
    }
}

INLINE void each2(void *out, const struct wf_arg *in, int64_t n, of_two f)
{
    uint8_t *o = out;
    const uint8_t *x = in[0].values, *y = in[1].values;

    if (in[0].step && in[1].step) {
#pragma GCC ivdep
        for (int64_t i = 0; i < n; i++)
            o[i] = f(x[i], y[i]);
    } else if (in[0].step) {
        const uint8_t y0 = *y;
#pragma GCC ivdep
        for (int64_t i = 0; i < n; i++)
            o[i] = f(x[i], y0);
    } else if (in[1].step) {
        const uint8_t x0 = *x;
#pragma GCC ivdep
        for (int64_t i = 0; i < n; i++)
            o[i] = f(x0, y[i]);
    } else {
        memset(o, f(*x, *y), (size_t)n);
    }
}

static uint8_t and_of(uint8_t x, uint8_t y) { return x & y; }
static uint8_t or_of(uint8_t x, uint8_t y) { return x | y; }
static uint8_t xor_of(uint8_t x, uint8_t y) { return x ^ y; }
static uint8_t equal_of(uint8_t x, uint8_t y) { return (uint8_t)(x ^ y ^ 1); }
static uint8_t less_of(uint8_t x, uint8_t y) { return x < y; }
static uint8_t less_equal_of(uint8_t x, uint8_t y) { return x <= y; }
static uint8_t greater_of(uint8_t x, uint8_t y) { return x > y; }
static uint8_t greater_equal_of(uint8_t x, uint8_t y) { return x >= y; }
static uint8_t not_of(uint8_t x) { return x ^ 1; }
static uint8_t false_of(uint8_t x) { return (void)x, 0; }
static uint8_t true_of(uint8_t x) { return (void)x, 1; }

KERNEL both(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, and_of); }
KERNEL either(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, or_of); }
KERNEL differ(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, xor_of); }
KERNEL equal(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, equal_of); }
KERNEL less(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, less_of); }
KERNEL less_equal(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, less_equal_of); }
KERNEL greater(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, greater_of); }
KERNEL greater_equal(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, greater_equal_of); }
KERNEL negate(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, not_of); }
KERNEL never(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, false_of); }
KERNEL always(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, true_of); }

KERNEL choose(void *out, const struct wf_arg *in, int64_t n)
{
    uint8_t *o = out;
    const uint8_t *t = in[0].values, *x = in[1].values, *y = in[2].values;
    const int64_t st = in[0].step, sx = in[1].step, sy = in[2].step;

    if (st && sx && sy) {
#pragma GCC ivdep
        for (int64_t i = 0; i < n; i++)
            o[i] = (uint8_t)((t[i] & x[i]) | ((t[i] ^ 1) & y[i]));
    } else if (n) {
        const uint8_t t0 = *t, x0 = *x, y0 = *y;
        for (int64_t i = 0; i < n; i++)
            o[i] = (st ? t[i] : t0) ? (sx ? x[i] : x0) : (sy ? y[i] : y0);
    }
}

KERNEL to_int64(void *out, const struct wf_arg *in, int64_t n)
{
    int64_t *restrict o = out;
    const uint8_t *x = in[0].values;

    for (int64_t i = 0; i < n; i++)
        o[i] = x[i * in[0].step];
}

KERNEL to_float32(void *out, const struct wf_arg *in, int64_t n)
{
    float *restrict o = out;
    const uint8_t *x = in[0].values;

    for (int64_t i = 0; i < n; i++)
        o[i] = x[i * in[0].step];
}

KERNEL to_float64(void *out, const struct wf_arg *in, int64_t n)
{
    double *restrict o = out;
    const uint8_t *x = in[0].values;

    for (int64_t i = 0; i < n; i++)
        o[i] = x[i * in[0].step];
}

wf_kernel *const wf_bool_kernels[WEFT_OP_COUNT] = {
    [WEFT_OP_MINIMUM]       = both,
    [WEFT_OP_MAXIMUM]       = either,
    [WEFT_OP_FMIN]          = both,
    [WEFT_OP_FMAX]          = either,
    [WEFT_OP_EQUAL]         = equal,
    [WEFT_OP_NOT_EQUAL]     = differ,
    [WEFT_OP_LESS]          = less,
    [WEFT_OP_LESS_EQUAL]    = less_equal,
    [WEFT_OP_GREATER]       = greater,
    [WEFT_OP_GREATER_EQUAL] = greater_equal,
    [WEFT_OP_ISNAN]         = never,
    [WEFT_OP_ISINF]         = never,
    [WEFT_OP_ISFINITE]      = always,
    [WEFT_OP_SIGNBIT]       = never,
    [WEFT_OP_AND]           = both,
    [WEFT_OP_OR]            = either,
    [WEFT_OP_XOR]           = differ,
    [WEFT_OP_NOT]           = negate,
    [WEFT_OP_IF]            = choose,
    [WEFT_OP_TO_INT64]      = to_int64,
    [WEFT_OP_TO_FLOAT32]    = to_float32,
    [WEFT_OP_TO_FLOAT64]    = to_float64,
};

/* ---- Reductions and selections of bytes --------------------------------------- */

static int64_t count(const uint8_t *x, int64_t n)
{
    int64_t c = 0;

    for (int64_t i = 0; i < n; i++)
        c += x[i];
    return c;
}

static void sum_exact(const void *values, int64_t n, int64_t *hi, uint64_t *lo)
{
    const uint64_t c = (uint64_t)count(values, n);

    *lo += c;
    *hi += *lo < c;
}

static bool prod_exact(const void *values, int64_t n, int64_t *io)
{
    if (count(values, n) < n)
        *io = 0;
    return false;
}

static double mean(const void *values, int64_t n)
{
    return (double)count(values, n) / (double)n;
}

static double squares(const void *values, int64_t n, double m)
{
    const double c = (double)count(values, n);

    return c * (1 - m) * (1 - m) + ((double)n - c) * m * m;
}

static void min(void *out, const void *values, int64_t n)
{
    *(uint8_t *)out = count(values, n) == n;
}

static void max(void *out, const void *values, int64_t n)
{
    *(uint8_t *)out = count(values, n) > 0;
}

static int64_t find(const void *values, const uint64_t *valid, int64_t n, const void *value)
{
    const uint8_t *x = values;

    for (int64_t i = 0; i < n; i++)
        if (x[i] == *(const uint8_t *)value && (!valid || wf_bits_at(valid, i)))
            return i;
    return -1;
}

const struct wf_reduce wf_reduce_bool = {
    .sum_exact = sum_exact, .prod_exact = prod_exact, .squares = squares, .mean = mean,
    .min = min, .max = max, .find = find,
};

static int64_t filter(void *out, const void *in, const uint64_t *mask, int64_t n)
{
    uint8_t *o = out;
    const uint8_t *x = in;

    for (int64_t i = 0; i < n; i += 64)
        for (uint64_t w = mask[i / 64] & wf_bits_low(n - i); w; w &= w - 1)
            *o++ = x[i + __builtin_ctzll(w)];
    return o - (uint8_t *)out;
}

static void take(void *out, const void *in, const int64_t *rows, int64_t n)
{
    uint8_t *restrict o = out;
    const uint8_t *x = in;

    for (int64_t i = 0; i < n; i++)
        o[i] = rows[i] < 0 ? 0 : x[rows[i]];
}

const struct wf_select wf_select_bool = {.filter = filter, .take = take};
