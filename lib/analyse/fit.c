/* fit.c - the parameters of a law of scaling, from the times of runs, and how sure they are.
 *
 * Gauss and Newton find the parameters; the same Jacobian tells the intervals. See weft/fit.h for what is assumed and why.
 */
#include <weft/fit.h>

#include <math.h>
#include <string.h>

#include "lib/analyse/law.h"
#include "lib/analyse/points.h"
#include "lib/analyse/student.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"

/* ---- Least squares ---------------------------------------------------------- */

/* Parameters, and which of them are held where they are. */
struct guess {
    double th[3];
    bool   held[3];
    int    n;
};

/* The weighted squares of the distances; infinity where the law has no meaning. With
 * `normal` and `down`, also J'WJ and J'Wr. */
static double squares_of(const struct wf_points *pts, enum weft_law law, const double th[3], double normal[3][3],
                         double down[3])
{
    double squares = 0;

    if (normal) {
        memset(normal, 0, 9 * sizeof(double));
        memset(down, 0, 3 * sizeof(double));
    }
    for (size_t k = 0; k < pts->n; k++) {
        const struct wf_point *p = &pts->list[k];
        double grad[3];
        const double r = p->log_y - wf_law_log(law, th, p->n_workers, grad);

        if (isnan(r))
            return INFINITY;
        squares += p->n * r * r;
        for (int i = 0; normal && i < 3; i++) {
            down[i] += p->n * grad[i] * r;
            for (int j = 0; j < 3; j++)
                normal[i][j] += p->n * grad[i] * grad[j];
        }
    }
    return squares;
}

/* inverse = a^-1 over the rows and columns that are not `held`, zero in others; a is symmetric.
 * By Gauss and Jordan, after scaling its diagonal to ones: b is often 10000 times smaller than
 * log y. False: it has none. */
static bool invert(double inverse[3][3], double a[3][3], const bool held[3], int n)
{
    double m[3][6] = {{0}}, scale[3];

    for (int i = 0; i < n; i++)
        scale[i] = held[i] ? 1 : 1 / sqrt(a[i][i]);
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++)
            m[i][j] = held[i] || held[j] ? i == j : a[i][j] * scale[i] * scale[j];
        m[i][n + i] = 1;
    }
    for (int i = 0; i < n; i++) {
        const double pivot = m[i][i]; /* positive definite: no need to look for a larger one */

        if (!(pivot > 1e-13))
            return false;
        for (int j = 0; j < 2 * n; j++)
            m[i][j] /= pivot;
        for (int k = 0; k < n; k++) {
            const double by = m[k][i];

            for (int j = 0; k != i && j < 2 * n; j++)
                m[k][j] -= by * m[i][j];
        }
    }
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++)
            inverse[i][j] = held[i] || held[j] ? 0 : m[i][n + j] * scale[i] * scale[j];
    }
    return true;
}

/* From where `g` stands down to the least squares, by steps of Gauss and Newton that are
 * halved until they lead down. */
static bool descend(struct guess *g, const struct wf_points *pts, enum weft_law law)
{
    double normal[3][3], down[3], inverse[3][3], squares = squares_of(pts, law, g->th, normal, down);

    for (int step = 0; step < 200; step++) {
        double next[3] = {0}, part = 1, least = INFINITY;

        if (!invert(inverse, normal, g->held, g->n))
            return false;
        for (int halved = 0; halved < 50 && !(least < squares); halved++, part /= 2) {
            for (int i = 0; i < g->n; i++) {
                next[i] = g->th[i];
                for (int j = 0; j < g->n; j++)
                    next[i] += part * inverse[i][j] * down[j];
            }
            least = squares_of(pts, law, next, NULL, NULL);
        }
        if (!(least < squares))
            break; /* nothing below: here it is, as exactly as numbers can say */
        memcpy(g->th, next, sizeof next);
        squares = squares_of(pts, law, g->th, normal, down);
    }
    return true;
}

/* Begins where nothing is lost. */
static bool find(struct guess *g, const struct wf_points *pts, enum weft_law law)
{
    double weight = 0, sum = 0, grad[3];

    g->th[0] = 0;
    for (int i = 1; i < 3; i++)
        g->th[i] = g->held[i] ? g->th[i] : 0;
    for (size_t k = 0; k < pts->n; k++) {
        const struct wf_point *p = &pts->list[k];

        sum += p->n * (p->log_y - wf_law_log(law, g->th, p->n_workers, grad));
        weight += p->n;
    }
    g->th[0] = sum / weight;
    return descend(g, pts, law);
}

/* ---- How sure it is --------------------------------------------------------- */

/* Which variance the distances and the scatter tell, and the covariance by it. */
static bool judge(struct weft_fit *fit, const struct guess *g, const struct wf_points *pts)
{
    const bool none_held[3] = {false, false, false};
    const double dof = (double)pts->n - fit->n_params;
    double normal[3][3], down[3], inverse[3][3], total = 0, variance, variance_dof;
    const double squares = squares_of(pts, fit->law, g->th, normal, down);
    const double between = squares / dof > 1e-20 ? squares / dof : 0; /* 1e-10 apart is rounding */

    if (!invert(inverse, normal, none_held, g->n))
        return false;
    for (size_t k = 0; k < pts->n; k++)
        total += pts->list[k].n;
    fit->misfit = sqrt(squares / total);
    fit->scatter = pts->spread;
    if (!(pts->within_dof > 0) || between == 0)
        fit->lack_p = 1;
    else
        fit->lack_p = pts->within > 0 ? wf_fisher_tail(between / pts->within, dof, pts->within_dof) : 0;
    fit->lacking = fit->lack_p < 0.05;

    variance = between;
    variance_dof = dof;
    if (!fit->lacking && pts->within_dof > 0) {
        variance_dof = dof + pts->within_dof;
        variance = (dof * between + pts->within_dof * pts->within) / variance_dof;
    }
    fit->t = wf_student_t(fit->confidence, variance_dof);
    for (int i = 0; i < g->n; i++) {
        for (int j = 0; j < g->n; j++)
            fit->covariance[i][j] = variance * inverse[i][j];
    }
    return true;
}

static const char *name_of(enum weft_law law, int i)
{
    return i == 0 ? "seconds" : i == 2 ? "coherency" : law == WEFT_LAW_USL ? "contention" : "serial";
}

/* Parameter i is below `low` or above `high`: holds it there if it may well be there. */
static weft_status hold(struct guess *g, const struct weft_fit *fit, int i, double low, double high,
                        struct weft_error *err)
{
    /* Without any noise the interval is a point, and rounding may put it beside the bound. */
    const double reach = fit->t * sqrt(fit->covariance[i][i]) + 1e-12, from = g->th[i] - reach, to = g->th[i] + reach;

    if (to < low || from > high)
        return weft_error_set(err, WEFT_EMPTY, "%s: the %s share is %.3g (%.3g to %.3g), surely %s: %s",
                              weft_law_name(fit->law), name_of(fit->law, i), g->th[i], from, to,
                              to < low ? "below 0" : "above 1",
                              to < low ? "more workers do more than the law knows" : "more workers are slower than one");
    g->th[i] = g->th[i] < low ? low : high;
    g->held[i] = true;
    return WEFT_OK;
}

static double most_of(int i)
{
    return i == 1 ? 1 : INFINITY; /* coherency is no share */
}

static weft_status find_within_bounds(struct weft_fit *fit, struct guess *g, const struct wf_points *pts,
                                      struct weft_error *err)
{
    for (;;) {
        int out = 0;
        weft_status st;

        if (!find(g, pts, fit->law) || !judge(fit, g, pts))
            return weft_error_set(err, WEFT_EMPTY, "%s: these %zu numbers of workers do not tell its parameters apart",
                                  weft_law_name(fit->law), pts->n);
        for (int i = 1; i < g->n; i++) {
            if (!g->held[i] && (g->th[i] < 0 || g->th[i] > most_of(i)))
                out = i;
        }
        if (!out)
            return WEFT_OK;
        st = hold(g, fit, out, 0, most_of(out), err);
        if (st)
            return st;
    }
}

static weft_status write_params(struct weft_fit *fit, const struct guess *g, struct weft_error *err)
{
    for (int i = 0; i < g->n; i++) {
        const double reach = fit->t * sqrt(fit->covariance[i][i]), x = g->th[i];
        struct weft_fit_param *p = &fit->params[i];

        *p = (struct weft_fit_param){.name = name_of(fit->law, i), .value = x, .at_bound = g->held[i]};
        if (i == 0) {
            p->value = exp(x);
            p->low = exp(x - reach);
            p->high = exp(x + reach);
            continue;
        }
        p->low = fmax(0, x - reach);
        p->high = fmin(most_of(i), x + reach);
        if (p->low <= 0 && p->high >= 1)
            return weft_error_set(err, WEFT_EMPTY, "%s: the interval of %s, 0 to %.3g, holds all there is",
                                  weft_law_name(fit->law), p->name, p->high);
    }
    return WEFT_OK;
}

weft_status weft_fit_law(struct weft_fit *out, enum weft_law law, const struct weft_timing *runs, size_t n,
                         double confidence, struct weft_error *err)
{
    struct weft_fit fit = {.law = law, .n_params = wf_law_n_params(law), .confidence = confidence};
    struct guess g = {.n = fit.n_params};
    struct wf_points pts;
    weft_status st;

    WF_ASSERT((int)law < (int)WEFT_N_LAWS && confidence > 0 && confidence < 1);
    st = wf_points_init(&pts, runs, n, err);
    if (st)
        return st;
    fit.n_counts = (int)pts.n;
    if (fit.n_counts < fit.n_params + 1)
        st = weft_error_set(err, WEFT_EMPTY, "%s: %d different number%s of workers, %d are needed for %d parameters",
                            weft_law_name(law), fit.n_counts, fit.n_counts == 1 ? "" : "s", fit.n_params + 1,
                            fit.n_params);
    if (!st)
        st = find_within_bounds(&fit, &g, &pts, err);
    if (!st)
        st = write_params(&fit, &g, err);
    if (!st)
        *out = fit;
    wf_points_fini(&pts);
    return st;
}
