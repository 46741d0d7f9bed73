#include <criterion/criterion.h>
#include <math.h>

#include "lib/analyse/student.h"

static void assert_near(double got, double want, double share)
{
    cr_assert(fabs(got - want) <= share * fabs(want), "%.17g, expected %.17g", got, want);
}

Test(student, quantiles_are_those_of_the_tables)
{
    /* dof 1 and 2 have closed forms: tan(pi (p - 1/2)) and (2p - 1) / sqrt(2 p (1 - p)). */
    assert_near(wf_student_t(0.95, 1), tan(acos(-1) * 0.475), 1e-9);
    assert_near(wf_student_t(0.95, 2), 0.95 / sqrt(2 * 0.975 * 0.025), 1e-10);
    assert_near(wf_student_t(0.95, 5), 2.570581835636314, 1e-12);
    assert_near(wf_student_t(0.99, 18), 2.878440472713585, 1e-9); /* from here scipy.stats.t.ppf */
    assert_near(wf_student_t(0.95, 1000), 1.9623390808264074, 1e-9);
    assert_near(wf_student_t(0.5, 30), 0.6827556919926214, 1e-8);
}

Test(student, the_beta_function_is_the_plain_sum_of_a_binomial)
{
    /* I_x(a, b) = sum of C(n, k) x^k (1-x)^(n-k) for k = a .. n, n = a + b - 1. */
    for (int a = 1; a < 12; a++) {
        for (int b = 1; b < 12; b++) {
            for (double x = 0.05; x < 1; x += 0.1) {
                const int n = a + b - 1;
                double sum = 0;

                for (int k = a; k <= n; k++)
                    sum += exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)) * pow(x, k) * pow(1 - x, n - k);
                assert_near(wf_beta_inc(a, b, x), sum, 1e-11);
            }
        }
    }
    cr_assert_eq(wf_beta_inc(2, 3, 0), 0);
    cr_assert_eq(wf_beta_inc(2, 3, 1), 1);
    assert_near(wf_beta_inc(50000.5, 50000.5, 0.5), 0.5, 1e-10);
}

Test(student, coins_show_no_more_than_k_heads)
{
    assert_near(wf_coins_tail(0, 7), 1.0 / 128, 1e-13);
    assert_near(wf_coins_tail(1, 7), 8.0 / 128, 1e-13);
    assert_near(wf_coins_tail(2, 5), 0.5, 1e-13);
    cr_assert_eq(wf_coins_tail(-1, 5), 0);
    cr_assert_eq(wf_coins_tail(5, 5), 1);
}

Test(student, fisher_of_one_and_n_is_student_squared)
{
    for (double dof = 1; dof < 40; dof += 3) {
        const double t = wf_student_t(0.95, dof);

        assert_near(wf_fisher_tail(t * t, 1, dof), 0.05, 1e-9);
    }
    assert_near(wf_fisher_tail(3, 2, 10), pow(1 + 3 * 2.0 / 10, -5), 1e-12); /* closed for d1 = 2 */
    cr_assert_eq(wf_fisher_tail(0, 2, 10), 1);
}
