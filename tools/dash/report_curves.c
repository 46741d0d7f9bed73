/* report_curves.c - what changes over time: how many bodies run, and how many could. */
#include "tools/dash/report.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { N_BINS = 400 };

struct curve {
    double  at[N_BINS];
    int64_t width_ns;
};

/* `height` from begin to end, to the bins it lies in, each in proportion. */
static void add(struct curve *c, int64_t begin, int64_t end, double height)
{
    for (int64_t i = begin / c->width_ns; begin < end && i < N_BINS; i++) {
        const int64_t edge = (i + 1) * c->width_ns;
        const int64_t stop = end < edge ? end : edge;

        c->at[i] += height * (double)(stop - begin) / (double)c->width_ns;
        begin = stop;
    }
}

static void write(struct wf_json *j, const char *key, const struct curve *c)
{
    wf_json_key(j, key);
    wf_json_open(j, '{');
    wf_json_put_int(j, "width_ns", c->width_ns);
    wf_json_key(j, "at");
    wf_json_open(j, '[');
    for (int i = 0; i < N_BINS; i++)
        wf_json_number(j, c->at[i] < 1e-9 ? 0 : c->at[i]);
    wf_json_close(j, ']');
    wf_json_close(j, '}');
}

weft_status wf_report_curves(struct wf_report *r, struct weft_error *err)
{
    const struct weft_event *e = weft_trace_events(r->trace);
    const struct weft_stats *s = weft_analysis_stats(r->analysis);
    struct curve *realised = wf_alloc_zero(2, sizeof *realised), *ideal = realised + 1;
    int64_t until = 0;

    if (!realised)
        return wf_error_nomem(err, "the curves of a report");
    realised->width_ns = weft_trace_wall_ns(r->trace) / N_BINS + 1;
    ideal->width_ns = s->span_ns / N_BINS + 1;
    for (size_t k = 0; k < weft_trace_n_events(r->trace); k++) {
        if (!k || e[k].worker != e[k - 1].worker)
            until = 0;
        if (!wf_report_is_body(e[k].kind) || e[k].end_ns <= until)
            continue;
        add(realised, e[k].begin_ns > until ? e[k].begin_ns : until, e[k].end_ns, 1);
        until = e[k].end_ns;
    }
    for (size_t i = 0; s->n_measured && i < s->n_tasks; i++) {
        const int64_t from = weft_analysis_earliest(r->analysis, i);

        add(ideal, from, from + weft_analysis_cost(r->analysis, i), 1);
    }
    wf_json_key(&r->json, "curves");
    wf_json_open(&r->json, '{');
    write(&r->json, "realised", realised);
    write(&r->json, "ideal", ideal);
    wf_json_close(&r->json, '}');
    wf_free(realised);
    return WEFT_OK;
}
