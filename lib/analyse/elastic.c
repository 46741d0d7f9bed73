/* elastic.c - what a recorded run would have saved, had its idle workers left. */
#include <weft/elastic.h>

#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/chains.h"
#include "lib/graph/trace.h"

struct ending {
    int64_t  at_ns;
    uint32_t task;
};

/* When each worker is seen to work for the last time. */
struct last {
    int64_t at_ns;
    int     worker;
};

static int compare_endings(const void *a, const void *b)
{
    const struct ending *x = a, *y = b;

    return x->at_ns != y->at_ns ? (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns) : (x->task > y->task) - (x->task < y->task);
}

static int compare_lasts(const void *a, const void *b)
{
    const struct last *x = a, *y = b;

    return x->at_ns != y->at_ns ? (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns) : x->worker - y->worker;
}

static struct wf_chains *chains_of(const weft_trace *t)
{
    const uint32_t n = (uint32_t)weft_trace_n_tasks(t);
    uint32_t *first = wf_alloc_array((size_t)n + 1, sizeof *first), *preds;
    struct wf_chains *c = NULL;
    uint32_t n_deps = 0;

    for (uint32_t i = 0; first && i < n; i++) {
        first[i] = n_deps;
        n_deps += (uint32_t)weft_trace_n_deps(t, i);
    }
    preds = wf_alloc_array(n_deps, sizeof *preds);
    if (!first || !preds) {
        wf_free(first);
        wf_free(preds);
        return NULL;
    }
    first[n] = n_deps;
    for (uint32_t i = 0; i < n; i++)
        for (size_t k = 0; k < weft_trace_n_deps(t, i); k++)
            preds[first[i] + k] = weft_trace_deps(t, i)[k];
    return wf_chains_new(&c, n, first, preds, NULL) ? NULL : c;
}

/* The ends of all tasks, in their order. One whose event was lost ends with the run, and
 * none before what it depends on. */
static void find_endings(const weft_trace *t, struct ending *e)
{
    const struct weft_event *events = weft_trace_events(t);
    const size_t n = weft_trace_n_tasks(t);

    for (size_t i = 0; i < n; i++)
        e[i] = (struct ending){.at_ns = -1, .task = (uint32_t)i};
    for (size_t k = 0; k < weft_trace_n_events(t); k++)
        if (events[k].kind == WEFT_EVENT_TASK && events[k].end_ns > e[events[k].task].at_ns)
            e[events[k].task].at_ns = events[k].end_ns;
    for (size_t i = 0; i < n; i++) {
        if (e[i].at_ns < 0)
            e[i].at_ns = weft_trace_wall_ns(t);
        for (size_t k = 0; k < weft_trace_n_deps(t, i); k++)
            if (e[weft_trace_deps(t, i)[k]].at_ns > e[i].at_ns)
                e[i].at_ns = e[weft_trace_deps(t, i)[k]].at_ns;
    }
    qsort(e, n, sizeof *e, compare_endings);
}

/* Workers by the end of their last task. True: some body forked or spawned, and the graph
 * does not tell what of it could run at once. */
static bool find_lasts(const weft_trace *t, struct last *lasts)
{
    const struct weft_event *events = weft_trace_events(t);
    bool has_parts = false;

    for (int w = 0; w < weft_trace_n_workers(t); w++)
        lasts[w] = (struct last){.at_ns = -1, .worker = w};
    for (size_t k = 0; k < weft_trace_n_events(t); k++) {
        has_parts |= wf_event_is_part(events[k].kind);
        if (events[k].kind == WEFT_EVENT_TASK && events[k].end_ns > lasts[events[k].worker].at_ns)
            lasts[events[k].worker].at_ns = events[k].end_ns;
    }
    qsort(lasts, (size_t)weft_trace_n_workers(t), sizeof *lasts, compare_lasts);
    return has_parts;
}

static void release(struct weft_elastic_report *r, const struct last *lasts, int64_t at_ns)
{
    if (r->released_ns)
        r->released_ns[lasts[r->n_released].worker] = at_ns;
    r->saved_ns += r->wall_ns - at_ns;
    r->n_released++;
}

weft_status weft_analyse_elastic(const weft_trace *t, struct weft_elastic_report *report, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(t);
    const int n_workers = weft_trace_n_workers(t);
    struct weft_elastic_report r = {.n_workers = n_workers, .wall_ns = weft_trace_wall_ns(t), .released_ns = report->released_ns};
    struct wf_chains *c = chains_of(t);
    struct ending *e = wf_alloc_array(n, sizeof *e);
    struct last *lasts = wf_alloc_array((size_t)n_workers, sizeof *lasts);
    weft_status st = WEFT_OK;

    if (!c || !e || !lasts) {
        st = wf_error_nomem(err, "what a run would have saved");
        goto out;
    }
    for (int w = 0; r.released_ns && w < n_workers; w++)
        r.released_ns[w] = -1;
    find_endings(t, e);
    if (!find_lasts(t, lasts)) {
        size_t k = 0;

        for (int64_t now = 0; c->n_chains && now < r.wall_ns; now = e[k].at_ns) {
            while (k < n && e[k].at_ns <= now)
                wf_chains_end(c, e[k++].task);
            while (c->n_chains && n_workers - r.n_released > (int)c->n_chains)
                release(&r, lasts, now);
            if (k == n)
                break;
        }
    }
    *report = r;
out:
    wf_chains_free(c);
    wf_free(e);
    wf_free(lasts);
    return st;
}
