/* median.c - the median of some values, and between which two of them the true one is. */
#include <weft/fit.h>

#include <stdlib.h>

#include "lib/analyse/student.h"
#include "lib/base/assert.h"

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Of sorted values, a share p of the way from the first to the last. */
static double quantile(const double *sorted, size_t n, double p)
{
    const double at = p * (double)(n - 1);
    const size_t i = (size_t)at;

    return i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) : sorted[n - 1];
}

void weft_median_of(struct weft_median *out, double *values, size_t n, double confidence)
{
    size_t off = 0; /* values left out on each side */

    WF_ASSERT(n && confidence > 0 && confidence < 1);
    qsort(values, n, sizeof *values, by_value);
    /* The true median is outside of [off], [n - 1 - off] when no more than `off` of n fair coins
     * show heads, or no more show tails. */
    while (2 * (off + 2) <= n && 1 - 2 * wf_coins_tail((long)off + 1, (long)n) >= confidence)
        off++;
    *out = (struct weft_median){
        .n = n,
        .median = quantile(values, n, 0.5),
        .q1 = quantile(values, n, 0.25),
        .q3 = quantile(values, n, 0.75),
        .least = values[0],
        .most = values[n - 1],
        .low = values[off],
        .high = values[n - 1 - off],
        .confidence = n > 1 ? 1 - 2 * wf_coins_tail((long)off, (long)n) : 0,
    };
}
