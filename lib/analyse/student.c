/* student.c - tails of the binomial, Student's and Fisher's distributions, by one function.
 *
 * Each is an incomplete beta function (Abramowitz and Stegun 26.5), which is a continued
 * fraction (DLMF 8.17.22), evaluated from the front by Lentz's method (Thompson and
 * Barnett, J. Comput. Phys. 64, 1986).
 */
#include "lib/analyse/student.h"

#include <math.h>

#include "lib/base/assert.h"

static double log_gamma(double x)
{
    int sign; /* lgamma() has it in a global */

    return lgamma_r(x, &sign);
}

/* Coefficient m of the fraction, counted from 1. */
static double coefficient(double a, double b, double x, int m)
{
    const double k = m / 2;

    return m % 2 ? -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1))
                 : k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
}

static double away_from_zero(double x)
{
    return fabs(x) < 1e-300 ? 1e-300 : x;
}

/* 1 / (1 + d1 / (1 + d2 / (1 + ...))). Converges fast for x < (a + 1) / (a + b + 2): in about
 * sqrt(max(a, b)) steps, so 10000 are enough for any number of runs. */
static double fraction(double a, double b, double x)
{
    double d = 0, c = 1, f = 1;

    for (int m = 1; m < 10000; m++) {
        const double by = coefficient(a, b, x, m);

        d = 1 / away_from_zero(1 + by * d);
        c = away_from_zero(1 + by / c);
        f *= c * d;
        if (fabs(c * d - 1) < 1e-16)
            break;
    }
    return 1 / f;
}

double wf_beta_inc(double a, double b, double x)
{
    double front;

    WF_ASSERT(a > 0 && b > 0);
    if (x <= 0)
        return 0;
    if (x >= 1)
        return 1;
    front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
    if (x < (a + 1) / (a + b + 2))
        return front * fraction(a, b, x) / a;
    return 1 - front * fraction(b, a, 1 - x) / b;
}

double wf_student_t(double confidence, double dof)
{
    double low = 0, high = 1;

    /* P(|T| > t) = I_x(dof / 2, 1 / 2) for x = dof / (dof + t^2), and rises with x. */
    WF_ASSERT(confidence > 0 && confidence < 1 && dof > 0);
    for (int i = 0; i < 200; i++) {
        const double x = (low + high) / 2;

        if (wf_beta_inc(dof / 2, 0.5, x) < 1 - confidence)
            low = x;
        else
            high = x;
    }
    return sqrt(dof * (1 - low) / low);
}

double wf_fisher_tail(double f, double d1, double d2)
{
    return f <= 0 ? 1 : wf_beta_inc(d2 / 2, d1 / 2, d2 / (d2 + d1 * f));
}

double wf_coins_tail(long k, long n)
{
    if (k < 0)
        return 0;
    return k >= n ? 1 : wf_beta_inc((double)(n - k), (double)k + 1, 0.5);
}
