/* law.c - what a fitted law says of any number of workers. */
#include "lib/analyse/law.h"

#include <math.h>

#include "lib/base/assert.h"

const char *weft_law_name(enum weft_law law)
{
    static const char *const names[] = {
        [WEFT_LAW_AMDAHL] = "Amdahl", [WEFT_LAW_GUSTAFSON] = "Gustafson", [WEFT_LAW_USL] = "USL"};

    WF_ASSERT((int)law < (int)WEFT_N_LAWS);
    return names[law];
}

int wf_law_n_params(enum weft_law law)
{
    return law == WEFT_LAW_USL ? 3 : 2;
}

double wf_law_log(enum weft_law law, const double th[3], double n_workers, double grad[3])
{
    const double p = n_workers, b = law == WEFT_LAW_USL ? th[2] : 0;
    const double lost = law == WEFT_LAW_GUSTAFSON ? p - th[1] * (p - 1) : 1 + th[1] * (p - 1) + b * p * (p - 1);

    if (!(lost > 0))
        return NAN;
    grad[0] = 1;
    grad[1] = (p - 1) / lost;
    grad[2] = law == WEFT_LAW_USL ? p * (p - 1) / lost : 0;
    return law == WEFT_LAW_GUSTAFSON ? th[0] - log(lost) : th[0] + log(lost) - log(p);
}

/* ---- Asking a fit ----------------------------------------------------------- */

static void read_params(const struct weft_fit *fit, double th[3])
{
    th[0] = log(fit->params[0].value);
    for (int i = 1; i < 3; i++)
        th[i] = i < fit->n_params ? fit->params[i].value : 0;
}

/* How far the interval of a logarithm with this gradient reaches to each side. */
static double reach(const struct weft_fit *fit, const double grad[3])
{
    double var = 0;

    for (int i = 0; i < fit->n_params; i++) {
        for (int j = 0; j < fit->n_params; j++)
            var += grad[i] * fit->covariance[i][j] * grad[j];
    }
    return var > 0 ? fit->t * sqrt(var) : 0;
}

struct weft_band weft_fit_seconds(const struct weft_fit *fit, double n_workers, double size)
{
    double th[3], grad[3], value, by;

    read_params(fit, th);
    value = size * exp(wf_law_log(fit->law, th, n_workers, grad));
    by = exp(reach(fit, grad));
    return (struct weft_band){value, value / by, value * by};
}

struct weft_band weft_fit_speedup(const struct weft_fit *fit, double n_workers)
{
    double th[3], grad[3], value, by;
    struct weft_band band;

    read_params(fit, th);
    value = exp(th[0] - wf_law_log(fit->law, th, n_workers, grad));
    grad[0] = 0; /* y is in both times */
    by = exp(reach(fit, grad));
    band = (struct weft_band){value, value / by, value * by};
    /* Parameters below zero make no sense, nor do speed-ups above n_workers. */
    if (n_workers >= 1 && band.high > n_workers)
        band.high = n_workers;
    if (n_workers >= 1 && fit->law != WEFT_LAW_USL && band.low < 1)
        band.low = 1;
    return band;
}

/* Where 1 / (speed-up of a and b) is least. */
static double peak_of(double a, double b)
{
    return b > 0 ? a < 1 ? fmax(1, sqrt((1 - a) / b)) : 1 : INFINITY;
}

static double limit_of(enum weft_law law, double a, double b)
{
    const double p = peak_of(a, b);

    if (law == WEFT_LAW_GUSTAFSON)
        return a < 1 ? INFINITY : 1;
    if (isinf(p))
        return a > 0 ? 1 / a : INFINITY;
    return p / (1 + a * (p - 1) + b * p * (p - 1));
}

struct weft_band weft_fit_limit(const struct weft_fit *fit)
{
    const struct weft_fit_param none = {0}, *a = &fit->params[1], *b = fit->n_params > 2 ? &fit->params[2] : &none;
    const double peak = weft_fit_peak(fit);

    /* At a peak a small change of where it is changes nothing: the interval is that of the law there. */
    if (!isinf(peak))
        return weft_fit_speedup(fit, peak);
    /* It falls as either grows. */
    return (struct weft_band){limit_of(fit->law, a->value, b->value), limit_of(fit->law, a->high, b->high),
                              limit_of(fit->law, a->low, b->low)};
}

double weft_fit_peak(const struct weft_fit *fit)
{
    return fit->law == WEFT_LAW_USL ? peak_of(fit->params[1].value, fit->params[2].value) : INFINITY;
}
