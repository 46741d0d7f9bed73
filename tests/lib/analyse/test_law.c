#include <criterion/criterion.h>
#include <math.h>

#include "lib/analyse/law.h"

static void assert_near(double got, double want)
{
    cr_assert(got == want || fabs(got - want) <= 1e-12 * fabs(want), "%.17g, expected %.17g", got, want);
}

/* A fit without doubt. */
static struct weft_fit fit_of(enum weft_law law, double y, double a, double b)
{
    struct weft_fit fit = {.law = law, .n_params = wf_law_n_params(law), .t = 2};

    fit.params[0] = (struct weft_fit_param){.value = y, .low = y, .high = y};
    fit.params[1] = (struct weft_fit_param){.value = a, .low = a, .high = a};
    fit.params[2] = (struct weft_fit_param){.value = b, .low = b, .high = b};
    return fit;
}

Test(law, tells_the_times_of_its_formula)
{
    const struct weft_fit amdahl = fit_of(WEFT_LAW_AMDAHL, 8, 0.25, 0), usl = fit_of(WEFT_LAW_USL, 8, 0.25, 0.01),
                          gustafson = fit_of(WEFT_LAW_GUSTAFSON, 8, 0.25, 0);

    for (double p = 1; p < 100; p *= 1.7) {
        assert_near(weft_fit_seconds(&amdahl, p, 3).value, 3 * 8 * (0.25 + 0.75 / p));
        assert_near(weft_fit_seconds(&usl, p, 3).value, 3 * 8 * (1 + 0.25 * (p - 1) + 0.01 * p * (p - 1)) / p);
        assert_near(weft_fit_seconds(&gustafson, p, 3).value, 3 * 8 / (0.25 + 0.75 * p));
        assert_near(weft_fit_speedup(&amdahl, p).value, 1 / (0.25 + 0.75 / p));
        assert_near(weft_fit_speedup(&gustafson, p).value, p - 0.25 * (p - 1));
    }
    cr_assert_str_eq(weft_law_name(WEFT_LAW_USL), "USL");
}

Test(law, gradient_is_that_of_small_steps)
{
    const double th[3] = {0.3, 0.2, 0.003};

    for (int law = 0; law < WEFT_N_LAWS; law++) {
        for (double p = 1; p < 40; p += 3) {
            double grad[3], ignored[3];

            wf_law_log((enum weft_law)law, th, p, grad);
            for (int i = 0; i < wf_law_n_params((enum weft_law)law); i++) {
                double more[3] = {th[0], th[1], th[2]}, less[3] = {th[0], th[1], th[2]};

                more[i] += 1e-6;
                less[i] -= 1e-6;
                cr_assert_float_eq(grad[i],
                                   (wf_law_log((enum weft_law)law, more, p, ignored)
                                    - wf_law_log((enum weft_law)law, less, p, ignored)) / 2e-6, 1e-4 * (1 + fabs(grad[i])));
            }
        }
    }
    cr_assert(isnan(wf_law_log(WEFT_LAW_AMDAHL, (const double[3]){0, -1, 0}, 3, (double[3]){0})));
}

Test(law, limit_is_where_more_workers_bring_no_more)
{
    struct weft_fit fit = fit_of(WEFT_LAW_AMDAHL, 1, 0.25, 0);

    assert_near(weft_fit_limit(&fit).value, 4);
    cr_assert(isinf(weft_fit_peak(&fit)));
    fit.params[1].low = 0;
    fit.params[1].high = 0.5;
    assert_near(weft_fit_limit(&fit).low, 2);
    cr_assert(isinf(weft_fit_limit(&fit).high));

    fit = fit_of(WEFT_LAW_USL, 1, 0.19, 0.01); /* peak at sqrt(0.81 / 0.01) = 9 */
    assert_near(weft_fit_peak(&fit), 9);
    assert_near(weft_fit_limit(&fit).value, weft_fit_speedup(&fit, 9).value);
    cr_assert_gt(weft_fit_speedup(&fit, 9).value, weft_fit_speedup(&fit, 8.9).value);
    cr_assert_gt(weft_fit_speedup(&fit, 9).value, weft_fit_speedup(&fit, 9.1).value);

    fit = fit_of(WEFT_LAW_USL, 1, 0, 0);
    cr_assert(isinf(weft_fit_limit(&fit).value) && isinf(weft_fit_peak(&fit)));
    fit = fit_of(WEFT_LAW_USL, 1, 0.9, 0.5); /* slower with two than alone */
    assert_near(weft_fit_peak(&fit), 1);
    assert_near(weft_fit_limit(&fit).value, 1);
    fit = fit_of(WEFT_LAW_GUSTAFSON, 1, 0.9, 0);
    cr_assert(isinf(weft_fit_limit(&fit).value));
}

Test(law, band_follows_the_covariance)
{
    struct weft_fit fit = fit_of(WEFT_LAW_AMDAHL, 8, 0.25, 0);

    fit.covariance[0][0] = 0.01; /* log y is sure to 0.1, and nothing else is in doubt */
    assert_near(weft_fit_seconds(&fit, 4, 1).high, weft_fit_seconds(&fit, 4, 1).value * exp(0.2));
    assert_near(weft_fit_seconds(&fit, 4, 1).low, weft_fit_seconds(&fit, 4, 1).value / exp(0.2));
    assert_near(weft_fit_speedup(&fit, 4).high, weft_fit_speedup(&fit, 4).value);
    fit.covariance[1][1] = 0.01; /* grad of s at 4 is 3 / 1.75 */
    assert_near(weft_fit_speedup(&fit, 4).low, weft_fit_speedup(&fit, 4).value * exp(-2 * 0.1 * 3 / 1.75));
    fit.covariance[1][1] = 100;
    assert_near(weft_fit_speedup(&fit, 4).low, 1);
    assert_near(weft_fit_speedup(&fit, 4).high, 4);
}
