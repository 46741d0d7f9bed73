#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>

#include <weft/fit.h>

#include "lib/base/random.h"

static struct weft_median median_of(double confidence, size_t n, const double *from)
{
    double values[64];
    struct weft_median m;

    for (size_t i = 0; i < n; i++)
        values[i] = from[i];
    weft_median_of(&m, values, n, confidence);
    return m;
}

Test(median, has_quartiles_between_neighbours)
{
    const struct weft_median m = median_of(0.95, 4, (const double[]){4, 1, 3, 2});

    cr_assert_eq(m.median, 2.5);
    cr_assert_eq(m.q1, 1.75); /* numpy.percentile([1, 2, 3, 4], 25) */
    cr_assert_eq(m.q3, 3.25);
    cr_assert_eq(m.least, 1);
    cr_assert_eq(m.most, 4);
}

Test(median, of_one_value_is_it_and_sure_of_nothing)
{
    const struct weft_median m = median_of(0.95, 1, (const double[]){7});

    cr_assert(m.median == 7 && m.q1 == 7 && m.q3 == 7 && m.low == 7 && m.high == 7);
    cr_assert_eq(m.confidence, 0);
}

/* The table of every textbook: which order statistics hold the median with 95 %. */
Test(median, interval_is_that_of_the_sign_test)
{
    static const struct { size_t n; double low; double confidence; } table[] = {
        {5, 1, 0.9375}, {6, 1, 0.96875}, {7, 1, 0.984375}, {8, 1, 0.9921875}, {9, 2, 0.9609375},
        {10, 2, 0.978515625}, {11, 2, 0.98828125}, {12, 3, 0.96142578125}, {15, 4, 0.96484375}, {20, 6, 0.958610534},
    };
    double values[64];

    for (size_t i = 0; i < 64; i++)
        values[i] = (double)i + 1;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct weft_median m = median_of(0.95, table[i].n, values);

        cr_assert_eq(m.low, table[i].low, "n = %zu: from %g", table[i].n, m.low);
        cr_assert_eq(m.high, (double)table[i].n + 1 - table[i].low);
        cr_assert_float_eq(m.confidence, table[i].confidence, 1e-9);
    }
}

Test(median, interval_covers_the_true_median_as_often_as_it_says)
{
    enum { TRIALS = 4000, N = 12 };
    double values[N];
    struct weft_median m;
    int covered = 0;

    /* Squares of uniform numbers: their median is 1/4, and they lean to one side. */
    for (uint64_t trial = 0; trial < TRIALS; trial++) {
        for (uint64_t i = 0; i < N; i++) {
            uint32_t bits[4];

            wf_random_block(11, trial, i, bits);
            values[i] = pow(wf_random_unit(bits[0], bits[1]), 2);
        }
        weft_median_of(&m, values, N, 0.95);
        covered += m.low <= 0.25 && 0.25 <= m.high;
    }
    /* 0.9614 of 4000; three standard deviations are 37. */
    cr_assert(abs(covered - 3846) < 37, "%d of %d", covered, TRIALS);
}
