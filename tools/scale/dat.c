/* dat.c - what a picture is drawn from: blocks of numbers with a name each, for gnuplot's `index`. */
#include "tools/scale/scale.h"

#include <math.h>

enum { N_STEPS = 200 }; /* of a curve */

static void write_rows(const struct scale_summary *s, FILE *to)
{
    fputs("# measured\n# workers n time low high q1 q3 speedup low high efficiency low high\n", to);
    for (size_t i = 0; i < s->n_rows; i++) {
        const struct scale_row *r = &s->rows[i];

        fprintf(to, "%d %lld %.9g %.9g %.9g %.9g %.9g %.6g %.6g %.6g %.6g %.6g %.6g\n", r->n_workers, (long long)r->n,
                r->time.median, r->time.low, r->time.high, r->time.q1, r->time.q3, r->speedup.value, r->speedup.low,
                r->speedup.high, r->efficiency.value, r->efficiency.low, r->efficiency.high);
    }
}

static void write_runs(const struct scale_data *d, FILE *to)
{
    fputs("\n\n# runs\n# workers time\n", to);
    for (size_t i = 0; i < d->n_samples; i++)
        fprintf(to, "%d %.9g\n", d->samples[i].n_workers, d->samples[i].seconds);
}

/* Evenly from the first to the last, or by equal factors where that is far. */
static double step(double first, double last, int i)
{
    const double share = (double)i / N_STEPS;

    return last / first > 32 ? first * pow(last / first, share) : first + share * (last - first);
}

/* `law` -1: nothing is lost. */
static void write_curve(const struct scale_summary *s, int law, double last, FILE *to)
{
    const struct scale_row *first = &s->rows[0];

    fprintf(to, "\n\n# %s\n# workers time low high speedup low high efficiency low high\n",
            law < 0 ? "ideal" : weft_law_name(s->law[law]));
    for (int i = 0; i <= N_STEPS; i++) {
        const double p = step(first->n_workers, last, i), share = first->n_workers / p, work = scale_work(s, p);
        struct weft_band t = {first->time.median * share * work / first->work, NAN, NAN}, up = {1 / share, NAN, NAN};

        if (law >= 0) {
            t = weft_fit_seconds(&s->fit[law], p, work);
            up = scale_law_speedup(s, law, p);
        }
        fprintf(to, "%.6g %.9g %.9g %.9g %.6g %.6g %.6g %.6g %.6g %.6g\n", p, t.value, t.low, t.high, up.value, up.low, up.high,
                up.value * share, up.low * share, up.high * share);
    }
}

void scale_write_dat(const struct scale_options *o, const struct scale_data *d, const struct scale_summary *s, FILE *to)
{
    const int measured = s->rows[s->n_rows - 1].n_workers;
    const double last = o->upto > measured ? o->upto : measured;

    write_rows(s, to);
    write_runs(d, to);
    write_curve(s, -1, last, to);
    for (int i = 0; i < SCALE_LAWS; i++) {
        if (s->fitted[i])
            write_curve(s, i, last, to);
    }
}
