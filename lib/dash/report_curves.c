/* report_curves.c - what changes over time, and how long other numbers of workers would take. */
#include "lib/dash/report.h"

/* A curve of a million steps has no more to show than a screen has pixels: of more than so many
 * steps it is bins, each the mean of what lies in it. */
enum { MOST_STEPS = 4000, N_BINS = 800, MOST_WORKERS = 256 };

static void write_steps(struct wf_json *j, const struct weft_curve *c)
{
    wf_json_put_open(j, "times_ns", '[');
    for (size_t k = 0; k < c->n; k++)
        wf_json_int(j, c->times_ns[k]);
    wf_json_close(j, ']');
    wf_json_put_open(j, "at", '[');
    for (size_t k = 0; k < c->n; k++)
        wf_json_int(j, c->values[k]);
    wf_json_close(j, ']');
}

static void write_bins(struct wf_json *j, const struct weft_curve *c, int64_t end_ns)
{
    const int64_t width = end_ns / N_BINS + 1;
    size_t k = 0; /* the step that goes on where a bin begins */

    wf_json_put_int(j, "width_ns", width);
    wf_json_put_open(j, "at", '[');
    for (int64_t begin = 0; begin < end_ns; begin += width) {
        const int64_t end = begin + width;
        double area = 0;

        while (k + 1 < c->n && c->times_ns[k + 1] <= begin)
            k++;
        for (size_t i = k; i < c->n && c->times_ns[i] < end; i++) {
            const int64_t from = c->times_ns[i] > begin ? c->times_ns[i] : begin;
            const int64_t to = i + 1 < c->n && c->times_ns[i + 1] < end ? c->times_ns[i + 1] : end;

            area += (double)c->values[i] * (double)(to - from);
        }
        wf_json_number(j, area / (double)width);
    }
    wf_json_close(j, ']');
}

static void write_curve(struct wf_json *j, const char *key, const struct weft_curve *c, int64_t end_ns)
{
    wf_json_put_open(j, key, '{');
    wf_json_put_int(j, "peak", c->peak);
    wf_json_put_int(j, "peak_ns", c->peak_ns);
    wf_json_put_number(j, "mean", c->mean);
    if (c->n <= MOST_STEPS)
        write_steps(j, c);
    else
        write_bins(j, c, end_ns);
    wf_json_close(j, '}');
}

static weft_status curves(struct wf_report *r, struct weft_error *err)
{
    static const char *const names[WEFT_N_CURVE_KINDS] = {
        [WEFT_CURVE_IDEAL] = "ideal", [WEFT_CURVE_REALISED] = "realised", [WEFT_CURVE_READY] = "ready",
        [WEFT_CURVE_RESULTS] = "results", [WEFT_CURVE_MEMORY] = "memory",
    };
    const struct weft_stats *s = weft_analysis_stats(r->analysis);

    wf_json_put_open(&r->json, "curves", '{');
    for (int kind = 0; kind < WEFT_N_CURVE_KINDS && s->n_measured; kind++) {
        struct weft_curve c;
        const weft_status st = weft_analysis_curve(r->analysis, (enum weft_curve_kind)kind, &c, err);

        if (st)
            return st;
        write_curve(&r->json, names[kind], &c, kind == WEFT_CURVE_IDEAL ? s->span_ns : s->makespan_ns);
        weft_curve_free(&c);
    }
    wf_json_close(&r->json, '}');
    return WEFT_OK;
}

/* [workers, least, expected, most]. A list schedule of a million tasks takes half a second:
 * of such a graph only as many workers as there were, and four times as many. */
static weft_status scaling(struct wf_report *r, struct weft_error *err)
{
    const struct weft_stats *s = weft_analysis_stats(r->analysis);
    const bool is_big = s->n_tasks > 200000 && s->n_workers > 0;

    wf_json_put_open(&r->json, "scaling", '[');
    for (int p = is_big ? s->n_workers : 1; p <= MOST_WORKERS && s->n_tasks; p *= is_big ? 4 : 2) {
        struct weft_bounds b;
        const weft_status st = weft_analysis_on_workers(r->analysis, p, &b, err);

        if (st)
            return st;
        wf_json_open(&r->json, '[');
        wf_json_int(&r->json, p);
        wf_json_int(&r->json, b.least_ns);
        wf_json_int(&r->json, b.greedy_ns);
        wf_json_int(&r->json, b.most_ns);
        wf_json_close(&r->json, ']');
        if (p > s->parallelism || (is_big && p > s->n_workers)) /* more can hardly help */
            break;
    }
    wf_json_close(&r->json, ']');
    return WEFT_OK;
}

weft_status wf_report_curves(struct wf_report *r, struct weft_error *err)
{
    const weft_status st = curves(r, err);

    return st ? st : scaling(r, err);
}
