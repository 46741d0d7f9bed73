#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>

#include <weft/fit.h>

#include "lib/base/mem.h"
#include "lib/base/random.h"

static struct weft_ratio ratio_of(const double *a, size_t n, const double *b, size_t m)
{
    struct weft_ratio r;

    cr_assert(!weft_ratio_of(&r, a, n, b, m, 0.95, NULL));
    return r;
}

/* a[i] / b[0] are all ratios; of more of b, which are equal, each is there as many times. */
Test(ratio, interval_is_that_of_the_tables_of_mann_and_whitney)
{
    static const struct { size_t n; size_t critical; } table[] = {{4, 0}, {5, 2}, {6, 5}, {7, 8}, {8, 13}, {10, 23}, {20, 127}};
    double a[20], b[20];

    for (size_t t = 0; t < sizeof table / sizeof *table; t++) {
        const size_t n = table[t].n;
        size_t below = 0;
        struct weft_ratio r;

        /* Every ratio another one: a[i] / b[j] = 2^i * 1.0001^j. */
        for (size_t i = 0; i < n; i++) {
            a[i] = pow(2, (double)i);
            b[i] = pow(1.0001, -(double)i);
        }
        r = ratio_of(a, n, b, n);
        for (size_t i = 0; i < n * n; i++)
            below += a[i / n] / b[i % n] < r.low;
        cr_assert_eq(below, table[t].critical, "n = %zu: %zu ratios left out", n, below);
        cr_assert_geq(r.confidence, 0.95);
    }
}

Test(ratio, of_too_few_is_as_sure_as_it_can_be)
{
    const struct weft_ratio r = ratio_of((const double[]){4, 5, 6}, 3, (const double[]){2, 2, 2.5}, 3);
    const struct weft_ratio one = ratio_of((const double[]){6}, 1, (const double[]){2}, 1);

    cr_assert_float_eq(r.confidence, 0.9, 1e-12); /* 2 of the C(6, 3) orders are outside */
    cr_assert_float_eq(r.low, 4 / 2.5, 1e-12);
    cr_assert_float_eq(r.high, 3, 1e-12);
    cr_assert(one.value == 3 && one.low == 3 && one.high == 3 && one.confidence == 0);
}

/* Normal logarithms; every tenth of b is 1 to 4 times as long. */
static double log_normal(uint64_t stream, uint64_t i, double sd)
{
    uint32_t bits[4];

    wf_random_block(5, stream, i, bits);
    return exp(sd * sqrt(-2 * log(1 - wf_random_unit(bits[0], bits[1]))) * cos(2 * acos(-1) * wf_random_unit(bits[2], bits[3])));
}

static int n_covering(size_t n, bool disturbed, double *width)
{
    double a[64], b[64];
    int n_covered = 0;

    *width = 0;
    for (uint64_t trial = 0; trial < 2000; trial++) {
        struct weft_ratio r;

        for (size_t i = 0; i < n; i++) {
            a[i] = 3 * log_normal(2 * trial, i, 0.05);
            b[i] = log_normal(2 * trial + 1, i, 0.05);
            if (disturbed && (trial + i) % 10 == 0)
                b[i] *= 1 + 3 * fabs(log(log_normal(trial, i + 100, 0.3)));
        }
        r = ratio_of(a, n, b, n);
        n_covered += r.low <= 3 && 3 <= r.high;
        *width += (r.high - r.low) / 2000;
    }
    return n_covered;
}

Test(ratio, interval_holds_the_factor_as_often_as_it_says)
{
    double width, wider;

    cr_assert_geq(n_covering(7, false, &width), 0.94 * 2000);
    cr_assert_geq(n_covering(7, true, &wider), 0.93 * 2000);
    cr_assert_lt(wider, 1.5 * width); /* and one of seven does not spoil it */
    cr_assert_geq(n_covering(30, false, &width), 0.94 * 2000); /* by the normal distribution */
}

Test(ratio, of_many_is_about_as_sure_by_either_way)
{
    double a[26], b[26];
    struct weft_ratio exact, normal;

    for (size_t i = 0; i < 26; i++) {
        a[i] = log_normal(1, i, 0.1);
        b[i] = log_normal(2, i, 0.1);
    }
    exact = ratio_of(a, 25, b, 25);
    normal = ratio_of(a, 26, b, 25);
    cr_assert_float_eq(exact.low, normal.low, 0.02);
    cr_assert_float_eq(exact.high, normal.high, 0.02);
}

Test(ratio, refuses_more_pairs_than_it_looks_at_and_needs_memory)
{
    static double many[3000];
    struct weft_ratio r;
    struct weft_error err;

    for (size_t i = 0; i < 3000; i++)
        many[i] = 1;
    cr_assert_eq(weft_ratio_of(&r, many, 3000, many, 3000, 0.95, &err), WEFT_RANGE);
    cr_assert_str_eq(err.message, "a ratio: 3000 times 3000 pairs, and at most 4194304 are looked at");
    wf_mem_fail_at(1);
    cr_assert_eq(weft_ratio_of(&r, many, 3, many, 3, 0.95, NULL), WEFT_NOMEM);
    wf_mem_fail_at(0);
}
