/* ratio.c - how many times as long one set of runs took as another, and how sure that is.
 *
 * If the two differ by a factor and nothing else, then the pairs (one run of each) whose
 * ratio is below that factor are as many as Mann and Whitney's U, whose distribution depends
 * on nothing but how many runs there are. Inverted, it says between which two of the ordered
 * ratios the factor is.
 */
#include <weft/fit.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/analyse/student.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

enum {
    EXACT = 25,            /* C(50, 25) is below 2^53: counts up to there are exact in a double */
    MOST_PAIRS = 1 << 22,
};

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* How many ratios are left out at each end so that both tails together have at most
 * 1 - confidence, by counting orders. The number of orders of n and m with U = k is the coefficient of
 * q^k in the product of (1 - q^(n+i)) / (1 - q^i) for i = 1 .. m. */
static size_t off_exact(size_t n, size_t m, double confidence, double *tail, double *count)
{
    const size_t n_pairs = n * m;
    double all = 1, sum = 0;
    size_t off = 0;

    memset(count, 0, (n_pairs + 1) * sizeof *count);
    count[0] = 1;
    for (size_t i = 1; i <= m; i++) {
        all *= (double)(n + i) / (double)i;
        for (size_t k = n_pairs; k >= n + i; k--)
            count[k] -= count[k - n - i];
        for (size_t k = i; k <= n_pairs; k++)
            count[k] += count[k - i];
    }
    while (2 * (sum + count[off]) <= (1 - confidence) * all && 2 * (off + 1) < n_pairs) {
        sum += count[off];
        off++;
    }
    /* With none left out, U = 0 is still outside. */
    *tail = off ? 2 * sum / all : 2 * count[0] / all;
    return off;
}

/* The same for many, where U is all but normal. */
static size_t off_normal(size_t n, size_t m, double confidence, double *tail)
{
    const double mean = (double)n * (double)m / 2, sd = sqrt(mean * (double)(n + m + 1) / 6);
    const double off = floor(mean + 0.5 - wf_student_t(confidence, 1e7) * sd);

    *tail = 1 - confidence;
    return off > 0 ? (size_t)off : 0;
}

weft_status weft_ratio_of(struct weft_ratio *out, const double *a, size_t n, const double *b, size_t m, double confidence,
                          struct weft_error *err)
{
    double *ratios, tail;
    size_t off, n_pairs;

    WF_ASSERT(n && m && confidence > 0 && confidence < 1);
    if (n > MOST_PAIRS / m)
        return weft_error_set(err, WEFT_RANGE, "a ratio: %zu times %zu pairs, and at most %d are looked at", n, m, MOST_PAIRS);
    n_pairs = n * m;
    ratios = wf_alloc_array(n_pairs + 1, sizeof *ratios);
    if (!ratios)
        return wf_error_nomem(err, "ratios");
    off = n <= EXACT && m <= EXACT ? off_exact(n, m, confidence, &tail, ratios) : off_normal(n, m, confidence, &tail);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < m; j++)
            ratios[i * m + j] = a[i] / b[j];
    }
    qsort(ratios, n_pairs, sizeof *ratios, by_value);
    /* U <= off - 1 is outside, so the ratio number `off`, from 1, is the end of what is inside; with
     * none left out, the first. */
    off = off ? off - 1 : 0;
    *out = (struct weft_ratio){
        .value = (ratios[(n_pairs - 1) / 2] + ratios[n_pairs / 2]) / 2,
        .low = ratios[off],
        .high = ratios[n_pairs - 1 - off],
        .confidence = 1 - tail,
    };
    wf_free(ratios);
    return WEFT_OK;
}
