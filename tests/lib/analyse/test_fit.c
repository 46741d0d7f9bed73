#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include <weft/fit.h>

#include "lib/base/mem.h"
#include "lib/base/random.h"

enum { MOST = 256 };

static void assert_near(double got, double want, double share)
{
    cr_assert(fabs(got - want) <= share * fabs(want), "%.17g, expected %.17g", got, want);
}

/* A number of the standard normal distribution, by Box and Muller. */
static double normal(uint64_t seed, uint64_t stream, uint64_t i)
{
    uint32_t bits[4];

    wf_random_block(seed, stream, i, bits);
    return sqrt(-2 * log(1 - wf_random_unit(bits[0], bits[1]))) * cos(2 * acos(-1) * wf_random_unit(bits[2], bits[3]));
}

/* Runs of a law: `repeat` times each of `counts`, which a 0 ends; each time off by a share `noise`. */
static size_t runs_of(struct weft_timing *runs, enum weft_law law, double y, double a, double b, const int *counts,
                      int repeat, double noise, uint64_t seed)
{
    size_t n = 0;

    for (int r = 0; r < repeat; r++) {
        for (int k = 0; counts[k]; k++) {
            const double p = counts[k], size = law == WEFT_LAW_GUSTAFSON ? p : 1;
            const double seconds = law == WEFT_LAW_GUSTAFSON ? size * y / (a + (1 - a) * p)
                                                             : y * (1 + a * (p - 1) + b * p * (p - 1)) / p;

            runs[n] = (struct weft_timing){counts[k], size, seconds * exp(noise * normal(seed, 0, n))};
            n++;
        }
    }
    return n;
}

static const int few[] = {1, 2, 4, 0}, some[] = {1, 2, 4, 8, 16, 0}, many[] = {1, 2, 4, 8, 16, 32, 64, 128, 0};

Test(fit, finds_exactly_what_made_times_without_noise)
{
    static const double shares[] = {0, 0.001, 0.05, 0.5, 0.99};
    static const double coherencies[] = {0, 1e-6, 1e-3, 0.2};
    struct weft_timing runs[MOST];
    struct weft_fit fit;
    struct weft_error err;

    for (int i = 0; i < 5; i++) {
        const double s = shares[i];
        size_t n = runs_of(runs, WEFT_LAW_AMDAHL, 8.5, s, 0, some, 3, 0, 1);

        cr_assert(!weft_fit_law(&fit, WEFT_LAW_AMDAHL, runs, n, 0.95, &err), "%s", err.message);
        assert_near(fit.params[0].value, 8.5, 1e-9);
        cr_assert_float_eq(fit.params[1].value, s, 1e-9);
        cr_assert_float_eq(fit.params[1].high, s, 1e-8);
        cr_assert_not(fit.lacking);
        n = runs_of(runs, WEFT_LAW_GUSTAFSON, 8.5, s, 0, some, 3, 0, 1);
        cr_assert(!weft_fit_law(&fit, WEFT_LAW_GUSTAFSON, runs, n, 0.95, &err), "%s", err.message);
        assert_near(fit.params[0].value, 8.5, 1e-9);
        cr_assert_float_eq(fit.params[1].value, s, 1e-9);
        for (int j = 0; j < 4; j++) {
            n = runs_of(runs, WEFT_LAW_USL, 1e-3, s, coherencies[j], many, 2, 0, 1);
            cr_assert(!weft_fit_law(&fit, WEFT_LAW_USL, runs, n, 0.95, &err), "%s", err.message);
            assert_near(fit.params[0].value, 1e-3, 1e-8);
            cr_assert_float_eq(fit.params[1].value, s, 1e-8);
            cr_assert_float_eq(fit.params[2].value, coherencies[j], 1e-8);
            cr_assert_not(fit.lacking);
        }
    }
}

Test(fit, of_amdahl_is_the_usl_without_coherency)
{
    struct weft_timing runs[MOST];
    struct weft_fit amdahl, usl;
    const size_t n = runs_of(runs, WEFT_LAW_AMDAHL, 2, 0.07, 0, many, 5, 0, 1);

    cr_assert(!weft_fit_law(&amdahl, WEFT_LAW_AMDAHL, runs, n, 0.95, NULL));
    cr_assert(!weft_fit_law(&usl, WEFT_LAW_USL, runs, n, 0.95, NULL));
    for (double p = 1; p < 1000; p *= 3)
        assert_near(weft_fit_speedup(&usl, p).value, weft_fit_speedup(&amdahl, p).value, 1e-4);
}

/* The SPEC SDM91 benchmark on a SPARCcenter 2000: loads and scripts an hour, the data Gunther's
 * book and R's package `usl` are about. That one fits throughputs (0.0277 +- 0.0091, 0.000104 +-
 * 0.00002); with least squares of the logarithms numpy gives the figures here. */
Test(fit, of_published_data_is_that_of_numpy)
{
    static const struct { int load; double rate; } sdm91[] = {{1, 64.9}, {18, 995.9}, {36, 1652.4}, {72, 1853.2},
                                                              {108, 1828.9}, {144, 1775.0}, {216, 1702.2}};
    static const double want[] = {1 / 67.9423231, 0.0134524732, 1.15110078e-4};
    static const double error[] = {4.53826834 / 67.9423231, 0.00404218974, 2.16209513e-5};
    struct weft_timing runs[7];
    struct weft_fit fit;

    for (int i = 0; i < 7; i++)
        runs[i] = (struct weft_timing){sdm91[i].load, 1, 1 / sdm91[i].rate};
    cr_assert(!weft_fit_law(&fit, WEFT_LAW_USL, runs, 7, 0.95, NULL));
    for (int i = 0; i < 3; i++) {
        assert_near(fit.params[i].value, want[i], 1e-7);
        assert_near(sqrt(fit.covariance[i][i]), error[i], 1e-6);
    }
    assert_near(fit.t, 2.7764451052, 1e-9); /* 7 - 3 degrees of freedom */
    assert_near(fit.params[1].high, want[1] + fit.t * error[1], 1e-6);
    assert_near(weft_fit_peak(&fit), sqrt((1 - want[1]) / want[2]), 1e-6);
    cr_assert_eq(fit.lack_p, 1);
    cr_assert_eq(fit.scatter, 0);
}

/* How many of 1000 intervals hold the truth; times lie around the law as logarithms with a
 * standard deviation of `noise`, and every tenth run is disturbed: 1 to 4 times as long. */
static int n_covering(enum weft_law law, double a, double b, const int *counts, int repeat, double noise, bool disturbed,
                      int *n_fits)
{
    struct weft_timing runs[MOST];
    struct weft_fit fit;
    int n_covered = 0;

    *n_fits = 0;
    for (uint64_t trial = 0; trial < 1000; trial++) {
        const size_t n = runs_of(runs, law, 3, a, b, counts, repeat, noise, trial);

        for (size_t i = 0; disturbed && i < n; i++) {
            uint32_t bits[4];

            wf_random_block(trial, 1, i, bits);
            if (bits[0] % 10 == 0)
                runs[i].seconds *= 1 + 3 * wf_random_unit(bits[1], bits[2]);
        }
        if (weft_fit_law(&fit, law, runs, n, 0.95, NULL))
            continue;
        ++*n_fits;
        n_covered += fit.params[1].low <= a && a <= fit.params[1].high
                     && (law != WEFT_LAW_USL || (fit.params[2].low <= b && b <= fit.params[2].high));
    }
    return n_covered;
}

static void assert_covers(enum weft_law law, double a, double b, const int *counts, int repeat, double noise,
                          bool disturbed, double least)
{
    int n_fits;
    const int n_covered = n_covering(law, a, b, counts, repeat, noise, disturbed, &n_fits);

    cr_assert(n_fits >= 900, "%s: only %d fits", weft_law_name(law), n_fits);
    cr_assert(n_covered >= least * n_fits, "%s, %d runs each: %d of %d", weft_law_name(law), repeat, n_covered, n_fits);
}

Test(fit, intervals_hold_the_truth_as_often_as_they_say)
{
    assert_covers(WEFT_LAW_AMDAHL, 0.05, 0, few, 7, 0.02, false, 0.93);
    assert_covers(WEFT_LAW_AMDAHL, 0.05, 0, some, 7, 0.02, false, 0.93);
    assert_covers(WEFT_LAW_AMDAHL, 0.3, 0, many, 5, 0.1, false, 0.93);
    assert_covers(WEFT_LAW_AMDAHL, 0.05, 0, many, 1, 0.05, false, 0.93);
    assert_covers(WEFT_LAW_GUSTAFSON, 0.1, 0, some, 7, 0.05, false, 0.93);
    /* Both parameters at once: 0.95 of each. */
    assert_covers(WEFT_LAW_USL, 0.05, 0.001, many, 7, 0.02, false, 0.90);
}

Test(fit, intervals_bear_runs_that_somebody_disturbed)
{
    assert_covers(WEFT_LAW_AMDAHL, 0.05, 0, some, 7, 0.02, true, 0.90);
    assert_covers(WEFT_LAW_USL, 0.05, 0.001, many, 9, 0.02, true, 0.85);
}

Test(fit, does_not_depend_on_the_order_of_runs_nor_on_units)
{
    struct weft_timing runs[MOST], back[MOST];
    struct weft_fit fit, same;
    const size_t n = runs_of(runs, WEFT_LAW_USL, 2, 0.07, 0.002, many, 5, 0.05, 3);

    for (size_t i = 0; i < n; i++)
        back[i] = (struct weft_timing){runs[n - 1 - i].n_workers, 4, runs[n - 1 - i].seconds * 1024};
    cr_assert(!weft_fit_law(&fit, WEFT_LAW_USL, runs, n, 0.95, NULL));
    cr_assert(!weft_fit_law(&same, WEFT_LAW_USL, back, n, 0.95, NULL));
    assert_near(same.params[0].value, 256 * fit.params[0].value, 1e-9);
    for (int i = 1; i < 3; i++) {
        assert_near(same.params[i].value, fit.params[i].value, 1e-7);
        assert_near(same.params[i].high, fit.params[i].high, 1e-7);
    }
}

Test(fit, says_when_the_law_is_not_what_the_times_follow)
{
    struct weft_timing runs[MOST];
    struct weft_fit amdahl, usl;
    const size_t n = runs_of(runs, WEFT_LAW_USL, 2, 0.05, 0.001, many, 7, 0.01, 3);

    cr_assert(!weft_fit_law(&amdahl, WEFT_LAW_AMDAHL, runs, n, 0.95, NULL));
    cr_assert(!weft_fit_law(&usl, WEFT_LAW_USL, runs, n, 0.95, NULL));
    cr_assert(amdahl.lacking && amdahl.lack_p < 1e-6);
    cr_assert_not(usl.lacking);
    cr_assert_gt(amdahl.misfit, 10 * usl.misfit);
    assert_near(usl.scatter, 0.01, 0.3);
    /* And does not pretend to know the serial share. */
    cr_assert_gt(amdahl.params[1].high - amdahl.params[1].low, 5 * (usl.params[1].high - usl.params[1].low));
}

static void assert_refused(enum weft_law law, const struct weft_timing *runs, size_t n, weft_status status,
                           const char *words)
{
    struct weft_fit fit;
    struct weft_error err;

    cr_assert_eq(weft_fit_law(&fit, law, runs, n, 0.95, &err), status);
    cr_assert(strstr(err.message, words), "'%s' says nothing of '%s'", err.message, words);
}

Test(fit, is_refused_with_fewer_numbers_of_workers_than_it_needs)
{
    struct weft_timing runs[MOST];
    const size_t n = runs_of(runs, WEFT_LAW_AMDAHL, 2, 0.05, 0, few, 7, 0.01, 3);
    const size_t n_two = runs_of(runs + n, WEFT_LAW_AMDAHL, 2, 0.05, 0, (const int[]){1, 2, 0}, 7, 0.01, 3);

    assert_refused(WEFT_LAW_USL, runs, n, WEFT_EMPTY,
                   "USL: 3 different numbers of workers, 4 are needed for 3 parameters");
    assert_refused(WEFT_LAW_AMDAHL, runs + n, n_two, WEFT_EMPTY, "Amdahl: 2 different numbers of workers, 3 are needed");
    assert_refused(WEFT_LAW_GUSTAFSON, runs + n, 1, WEFT_EMPTY, "Gustafson: 1 different number of workers, 3");
    assert_refused(WEFT_LAW_AMDAHL, NULL, 0, WEFT_EMPTY, "Amdahl: 0 different numbers");
}

Test(fit, is_refused_when_the_speedup_is_more_than_linear)
{
    struct weft_timing runs[MOST];
    const size_t n = runs_of(runs, WEFT_LAW_AMDAHL, 2, -0.04, 0, some, 7, 0.01, 3);

    assert_refused(WEFT_LAW_AMDAHL, runs, n, WEFT_EMPTY, "the serial share is -0.0");
    assert_refused(WEFT_LAW_AMDAHL, runs, n, WEFT_EMPTY, "surely below 0");
}

Test(fit, is_refused_when_more_workers_are_slower_than_one)
{
    struct weft_timing runs[MOST];
    const size_t n = runs_of(runs, WEFT_LAW_AMDAHL, 2, 1.3, 0, some, 7, 0.01, 3);

    assert_refused(WEFT_LAW_AMDAHL, runs, n, WEFT_EMPTY, "surely above 1: more workers are slower than one");
}

Test(fit, is_refused_when_its_interval_holds_all_there_is)
{
    static const struct weft_timing runs[] = {{1, 1, 2}, {2, 1, 1}, {4, 1, 1.8}};

    assert_refused(WEFT_LAW_AMDAHL, runs, 3, WEFT_EMPTY, "Amdahl: the interval of serial, 0 to 1, holds all there is");
}

Test(fit, keeps_a_parameter_at_zero_that_comes_out_a_little_below)
{
    struct weft_timing runs[MOST];
    struct weft_fit fit;
    int n_held = 0;

    for (uint64_t seed = 0; seed < 40; seed++) {
        const size_t n = runs_of(runs, WEFT_LAW_USL, 2, 0.05, 0, many, 7, 0.02, seed);

        if (weft_fit_law(&fit, WEFT_LAW_USL, runs, n, 0.95, NULL))
            continue; /* one of 40 is surely below, which it is not */
        cr_assert(fit.params[2].value >= 0 && fit.params[2].low >= 0);
        cr_assert(fit.params[2].at_bound == (fit.params[2].value == 0));
        if (fit.params[2].at_bound) {
            struct weft_fit amdahl;

            n_held++;
            cr_assert_gt(fit.params[2].high, 0);
            cr_assert(!weft_fit_law(&amdahl, WEFT_LAW_AMDAHL, runs, n, 0.95, NULL));
            assert_near(fit.params[1].value, amdahl.params[1].value, 1e-7); /* fitted again without it */
        }
    }
    cr_assert(n_held > 8 && n_held < 32, "%d of 40", n_held); /* half of them, give or take */
}

Test(fit, of_what_is_no_timing_is_invalid)
{
    struct weft_timing runs[MOST];
    const size_t n = runs_of(runs, WEFT_LAW_AMDAHL, 2, 0.05, 0, some, 1, 0, 3);

    runs[2].seconds = 0;
    assert_refused(WEFT_LAW_AMDAHL, runs, n, WEFT_INVALID, "run 2 took 0 s for 1 units of work");
    runs[2].seconds = NAN;
    assert_refused(WEFT_LAW_AMDAHL, runs, n, WEFT_INVALID, "run 2 took");
    runs[2].seconds = 1;
    runs[1].size = -1;
    assert_refused(WEFT_LAW_AMDAHL, runs, n, WEFT_INVALID, "run 1 took");
    runs[1].size = 1;
    runs[3].n_workers = 0;
    assert_refused(WEFT_LAW_AMDAHL, runs, n, WEFT_INVALID, "run 3 has 0 workers");
}

Test(fit, needs_memory_for_its_runs)
{
    struct weft_timing runs[MOST];
    struct weft_fit fit;
    const size_t n = runs_of(runs, WEFT_LAW_AMDAHL, 2, 0.05, 0, some, 3, 0, 3);

    wf_mem_watch(true);
    for (int64_t at = 1; at <= 2; at++) {
        wf_mem_fail_at(at);
        cr_assert_eq(weft_fit_law(&fit, WEFT_LAW_AMDAHL, runs, n, 0.95, NULL), WEFT_NOMEM);
        cr_assert_eq(wf_mem_n_live(), 0);
    }
    wf_mem_fail_at(0);
    cr_assert(!weft_fit_law(&fit, WEFT_LAW_AMDAHL, runs, n, 0.95, NULL));
    cr_assert_eq(wf_mem_n_live(), 0);
    wf_mem_watch(false);
}
