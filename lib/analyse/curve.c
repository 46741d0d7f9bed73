/* curve.c - how many at once, over time. */
#include <string.h>

#include "lib/analyse/analysis.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

/* Changes of the value, to be sorted. */
struct changes {
    struct wf_moment_of *m;
    size_t               n;
};

/* From begin to end the value is larger by so much. */
static void add(struct changes *c, int64_t begin_ns, int64_t end_ns, int64_t by)
{
    if (begin_ns >= end_ns || !by)
        return;
    c->m[c->n++] = (struct wf_moment_of){begin_ns, by};
    c->m[c->n++] = (struct wf_moment_of){end_ns, -by};
}

static void add_tasks(struct changes *c, const weft_analysis *a, enum weft_curve_kind kind)
{
    for (size_t i = 0; i < a->stats.n_tasks; i++) {
        switch (kind) {
        case WEFT_CURVE_IDEAL:
            add(c, a->earliest[i], a->earliest[i] + a->length[i], 1);
            break;
        case WEFT_CURVE_READY:
            add(c, a->ready[i], a->begin[i], 1);
            break;
        case WEFT_CURVE_RESULTS:
            add(c, a->end[i], a->freed[i], 1);
            break;
        case WEFT_CURVE_MEMORY:
            add(c, a->end[i], a->freed[i], weft_trace_task(a->trace, i)->result_bytes);
            break;
        case WEFT_CURVE_REALISED: case WEFT_N_CURVE_KINDS:
            break;
        }
    }
}

/* A body within a body, for which it waits, is one worker at work: only outer ones count. An
 * event that outlasts the one around it is cut where that ends. */
static void add_workers(struct changes *c, const weft_analysis *a)
{
    const struct weft_event *e = a->nest.events;

    for (int w = 0; w < a->nest.n_workers; w++) {
        int64_t done = 0;

        for (size_t k = a->nest.first[w]; k < a->nest.first[w + 1]; k++) {
            if (!wf_is_work(e[k].kind) || e[k].end_ns <= done)
                continue;
            add(c, e[k].begin_ns > done ? e[k].begin_ns : done, e[k].end_ns, 1);
            done = e[k].end_ns;
        }
    }
}

/* Takes sorted changes. False: no memory. */
static bool sum_up(struct weft_curve *out, const struct changes *c)
{
    int64_t value = 0;
    double area = 0;

    out->times_ns = wf_alloc_array(c->n, sizeof *out->times_ns);
    out->values = wf_alloc_array(c->n, sizeof *out->values);
    if (!out->times_ns || !out->values)
        return false;
    for (size_t k = 0; k < c->n;) {
        const int64_t at = c->m[k].at_ns, before = value;

        while (k < c->n && c->m[k].at_ns == at)
            value += c->m[k++].change;
        if (value == before)
            continue;
        if (out->n)
            area += (double)before * (double)(at - out->times_ns[out->n - 1]);
        out->times_ns[out->n] = at;
        out->values[out->n++] = value;
        if (value > out->peak) {
            out->peak = value;
            out->peak_ns = at;
        }
    }
    if (out->n && out->times_ns[out->n - 1] > out->times_ns[0])
        out->mean = area / (double)(out->times_ns[out->n - 1] - out->times_ns[0]);
    return true;
}

weft_status weft_analysis_curve(const weft_analysis *a, enum weft_curve_kind kind, struct weft_curve *out,
                                struct weft_error *err)
{
    const bool by_worker = kind == WEFT_CURVE_REALISED;
    const size_t room = 2 * (by_worker ? weft_trace_n_events(a->trace) : a->stats.n_tasks);
    struct changes c = {.m = wf_alloc_array(room, sizeof *c.m)};
    struct wf_moment_of *spare = NULL;
    struct weft_curve curve = {0};
    weft_status st = WEFT_OK;

    if (c.m && by_worker)
        add_workers(&c, a);
    else if (c.m && (a->nest.n_workers || kind == WEFT_CURVE_IDEAL))
        add_tasks(&c, a, kind);
    spare = wf_alloc_array(c.n, sizeof *spare);
    if (c.m && spare)
        wf_times_sort(c.m, spare, c.n);
    if (!c.m || !spare || !sum_up(&curve, &c)) {
        weft_curve_free(&curve);
        st = wf_error_nomem(err, "a curve");
    } else {
        *out = curve;
    }
    wf_free(c.m);
    wf_free(spare);
    return st;
}

void weft_curve_free(struct weft_curve *c)
{
    wf_free(c->times_ns);
    wf_free(c->values);
    *c = (struct weft_curve){0};
}
