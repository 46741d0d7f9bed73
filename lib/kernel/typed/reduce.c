/* reduce.c - many values of one type to one, in an order that no machine changes. */
#include "lib/kernel/typed/each.h"

#include "lib/base/bits.h"
#include "lib/kernel/typed/reduce.h"

#include <stddef.h>

/* Lane l takes x[l], x[l + 16], ...; then lanes are added as a tree. */
INLINE double lanes_sum(const elem *x, int64_t n, double mean, double (*f)(elem, double))
{
    double acc[WF_LANES] = {0};
    int64_t i = 0;

    for (; i + WF_LANES <= n; i += WF_LANES)
        for (int l = 0; l < WF_LANES; l++)
            acc[l] += f(x[i + l], mean);
    for (int l = 0; i + l < n; l++)
        acc[l] += f(x[i + l], mean);
    for (int w = WF_LANES / 2; w; w /= 2)
        for (int l = 0; l < w; l++)
            acc[l] += acc[l + w];
    return acc[0];
}

static double plain_of(elem x, double mean)
{
    (void)mean;
    return (double)x;
}

static double square_of(elem x, double mean)
{
    const double d = (double)x - mean;

    return d * d;
}

static double squares(const void *values, int64_t n, double mean)
{
    return lanes_sum(values, n, mean, square_of);
}

static double mean(const void *values, int64_t n)
{
    return lanes_sum(values, n, 0, plain_of) / (double)n;
}

#if ELEM_IS_FLOAT

static double sum(const void *values, int64_t n)
{
    return lanes_sum(values, n, 0, plain_of);
}

static double prod(const void *values, int64_t n)
{
    const elem *x = values;
    double acc[WF_LANES];
    int64_t i = 0;

    for (int l = 0; l < WF_LANES; l++)
        acc[l] = 1;
    for (; i + WF_LANES <= n; i += WF_LANES)
        for (int l = 0; l < WF_LANES; l++)
            acc[l] *= (double)x[i + l];
    for (int l = 0; i + l < n; l++)
        acc[l] *= (double)x[i + l];
    for (int w = WF_LANES / 2; w; w /= 2)
        for (int l = 0; l < w; l++)
            acc[l] *= acc[l + w];
    return acc[0];
}

#else

/* Halves are summed apart, so that 2^31 numbers fit: moved up to be unsigned, whose
 * halves every machine can split. */
static void sum_exact(const void *values, int64_t n, int64_t *hi, uint64_t *lo)
{
    const elem *x = values;
    wf_wide total = wf_wide_of(*hi, *lo);

    for (int64_t i = 0; i < n;) {
        const int64_t end = n - i > (1 << 30) ? i + (1 << 30) : n;
        const int64_t len = end - i;
        uint64_t low = 0, high = 0;

        for (; i < end; i++) {
            const uint64_t u = (uint64_t)(int64_t)x[i] ^ (uint64_t)1 << 63;
            low += u & 0xffffffffu;
            high += u >> 32;
        }
        total += ((wf_wide)high << 32) + low - ((wf_wide)len << 63);
    }
    *hi = (int64_t)(total >> 64);
    *lo = (uint64_t)total;
}

static bool prod_exact(const void *values, int64_t n, int64_t *io)
{
    const elem *x = values;
    int64_t product = *io;
    bool over = false, zero = false;

    for (int64_t i = 0; i < n; i++) {
        over |= __builtin_mul_overflow(product, (int64_t)x[i], &product);
        zero |= x[i] == 0;
    }
    *io = product;
    return over && !zero;
}

#endif

/* A loop of its own: asked beside the comparison, it keeps both from becoming vectors. */
INLINE bool any_nan(const elem *x, int64_t n)
{
    elem_mask any = 0;

    for (int64_t i = 0; i < n; i++)
        any |= elem_is_nan(x[i]) ? 1 : 0;
    return any != 0;
}

/* A NaN is passed over by f, and looked for while the block is near. */
INLINE void extreme(elem *out, const elem *x, int64_t n, elem worst, elem (*f)(elem, elem))
{
    elem acc[WF_LANES];
    bool bad = false;

    for (int l = 0; l < WF_LANES; l++)
        acc[l] = worst;
    for (int64_t begin = 0; begin < n; begin += WF_BLOCK_ELEMS) {
        const int64_t len = n - begin < WF_BLOCK_ELEMS ? n - begin : WF_BLOCK_ELEMS;
        const elem *b = x + begin;
        int64_t i = 0;

        for (; i + WF_LANES <= len; i += WF_LANES)
            for (int l = 0; l < WF_LANES; l++)
                acc[l] = f(b[i + l], acc[l]);
        for (int l = 0; i + l < len; l++)
            acc[l] = f(b[i + l], acc[l]);
        bad |= any_nan(b, len);
    }
    for (int l = 1; l < WF_LANES; l++)
        acc[0] = f(acc[l], acc[0]);
#if ELEM_IS_FLOAT
    *out = bad ? (elem)NAN : acc[0];
#else
    *out = acc[0];
    (void)bad;
#endif
}

static elem less_of(elem x, elem y) { return x < y ? x : y; }
static elem more_of(elem x, elem y) { return x > y ? x : y; }

static void min(void *out, const void *values, int64_t n)
{
    extreme(out, values, n, ELEM_MAX, less_of);
}

static void max(void *out, const void *values, int64_t n)
{
    extreme(out, values, n, ELEM_MIN, more_of);
}

static int64_t find(const void *values, const uint64_t *valid, int64_t n, const void *value)
{
    const elem *x = values;
    const elem y = *(const elem *)value;

    for (int64_t i = 0; i < n; i++)
        if ((x[i] == y || (elem_is_nan(x[i]) && elem_is_nan(y))) && (!valid || wf_bits_at(valid, i)))
            return i;
    return -1;
}

const struct wf_reduce FOR_TYPE(wf_reduce) = {
#if ELEM_IS_FLOAT
    .sum = sum,
    .prod = prod,
#else
    .sum_exact = sum_exact,
    .prod_exact = prod_exact,
#endif
    .squares = squares,
    .mean = mean,
    .min = min,
    .max = max,
    .find = find,
};
