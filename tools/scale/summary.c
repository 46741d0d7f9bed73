/* summary.c - from runs to medians, speed-ups and laws. */
#include "tools/scale/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_workers(const void *a, const void *b)
{
    const struct scale_sample *x = a, *y = b;

    return (x->n_workers > y->n_workers) - (x->n_workers < y->n_workers);
}

static double busy_cores(const struct scale_sample *s, size_t n, double *room)
{
    struct weft_median m;

    for (size_t i = 0; i < n; i++) {
        room[i] = (s[i].user + s[i].system) / s[i].whole;
        if (isnan(room[i]))
            return NAN;
    }
    weft_median_of(&m, room, n, 0.5);
    return m.median;
}

/* Rates are compared, work per second, so that it is the same for both kinds of scaling. The
 * value is what the table's medians give; its interval is of the ratio of two sets of times,
 * by counting and not by drawing lots: a bootstrap of the median of 7 runs is less sure than
 * it says. */
static weft_status compare(struct scale_row *row, const struct scale_row *first, const double *time, const double *first_time,
                           double confidence, struct weft_error *err)
{
    const double size = row->work / first->work, workers = (double)first->n_workers / row->n_workers;
    const double value = first->time.median / row->time.median;
    struct weft_ratio r;
    weft_status st = weft_ratio_of(&r, first_time, first->time.n, time, row->time.n, confidence, err);

    if (st)
        return st;
    row->speedup = (struct weft_band){size * value, size * fmin(value, r.low), size * fmax(value, r.high)};
    row->speedup_confidence = r.confidence;
    if (row == first) {
        row->speedup = (struct weft_band){1, 1, 1};
        row->speedup_confidence = 1;
    }
    row->efficiency = (struct weft_band){row->speedup.value * workers, row->speedup.low * workers, row->speedup.high * workers};
    return WEFT_OK;
}

/* The row of these n samples, all with the same number of workers. `times` is theirs, that of the
 * first row at its beginning. */
static weft_status add_row(struct scale_summary *s, const struct scale_sample *of, size_t n, double *times,
                           const double *first_times, struct weft_error *err)
{
    struct scale_row *row = &s->rows[s->n_rows++];

    *row = (struct scale_row){.n_workers = of->n_workers, .n = of->n, .work = of->work};
    for (size_t i = 0; i < n; i++) {
        if (of[i].n != of->n || of[i].work != of->work)
            return weft_error_set(err, WEFT_INVALID, "runs with %d workers have different sizes: %lld and %lld",
                                  of->n_workers, (long long)of->n, (long long)of[i].n);
        if (of[i].peak_bytes > row->peak_bytes)
            row->peak_bytes = of[i].peak_bytes;
    }
    row->busy = busy_cores(of, n, times);
    for (size_t i = 0; i < n; i++)
        times[i] = of[i].seconds;
    weft_median_of(&row->time, times, n, s->confidence);
    s->weak |= row->work != s->rows[0].work;
    if (s->n_rows == 1 || (int)n < s->repeat)
        s->repeat = (int)n;
    return compare(row, &s->rows[0], times, first_times, s->confidence, err);
}

static weft_status fit_laws(struct scale_summary *s, const struct scale_data *d, struct weft_error *err)
{
    struct weft_timing *runs = calloc(d->n_samples, sizeof *runs);

    if (!runs)
        return weft_error_set(err, WEFT_NOMEM, "no memory for %zu runs", d->n_samples);
    for (size_t i = 0; i < d->n_samples; i++)
        runs[i] = (struct weft_timing){d->samples[i].n_workers, d->samples[i].work, d->samples[i].seconds};
    s->law[0] = s->weak ? WEFT_LAW_GUSTAFSON : WEFT_LAW_AMDAHL;
    s->law[1] = WEFT_LAW_USL;
    for (int i = 0; i < SCALE_LAWS; i++)
        s->fitted[i] = !weft_fit_law(&s->fit[i], s->law[i], runs, d->n_samples, s->confidence, &s->refused[i]);
    free(runs);
    return WEFT_OK;
}

weft_status scale_summarise(struct scale_summary *out, const struct scale_data *d, double confidence, struct weft_error *err)
{
    struct scale_summary s = {.confidence = confidence};
    struct scale_sample *sorted = calloc(d->n_samples + 1, sizeof *sorted);
    double *times = calloc(d->n_samples + 1, sizeof *times);
    weft_status st = WEFT_OK;

    s.rows = calloc(d->n_samples + 1, sizeof *s.rows);
    if (!sorted || !times || !s.rows) {
        st = weft_error_set(err, WEFT_NOMEM, "no memory for %zu runs", d->n_samples);
        goto out;
    }
    memcpy(sorted, d->samples, d->n_samples * sizeof *sorted);
    qsort(sorted, d->n_samples, sizeof *sorted, by_workers);
    for (size_t i = 0, end; !st && i < d->n_samples; i = end) {
        for (end = i; end < d->n_samples && sorted[end].n_workers == sorted[i].n_workers; end++)
            ;
        st = add_row(&s, &sorted[i], end - i, times + i, times, err);
    }
    if (!st)
        st = fit_laws(&s, d, err);
    if (!st) {
        *out = s;
        s.rows = NULL;
    }
out:
    free(sorted);
    free(times);
    free(s.rows);
    return st;
}

void scale_summary_fini(struct scale_summary *s)
{
    free(s->rows);
}

double scale_work(const struct scale_summary *s, double n_workers)
{
    const struct scale_row *first = &s->rows[0];

    return s->weak ? first->work * n_workers / first->n_workers : first->work;
}

struct weft_band scale_law_speedup(const struct scale_summary *s, int law, double n_workers)
{
    const struct scale_row *first = &s->rows[0];
    const struct weft_band t = weft_fit_seconds(&s->fit[law], n_workers, scale_work(s, n_workers));
    const double one = scale_work(s, n_workers) / first->work * first->time.median;

    return (struct weft_band){one / t.value, one / t.high, one / t.low};
}
