/* report_cells.c - events that are not shown one by one, summed up.
 *
 * Each cell, which is a worker's share of time, says how many of them begin there, how much of
 * it they take, and which function takes most.
 */
#include "lib/dash/report.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { MOST_CELLS = 40000, MOST_CELLS_OF_WORKER = 8192 };

/* A label of what took time: the name of a task, or, past all names, the kind of the event. */
enum { N_LABELS = 4 };

struct cell {
    int64_t  busy_ns, n;
    uint32_t labels[N_LABELS];
    int64_t  times[N_LABELS];
};

/* Which took most is exact for up to four labels in a cell. Of more, whoever has least makes
 * room and leaves its time behind: who has more than a quarter is never lost (Metwally 2005). */
static void cell_add(struct cell *c, uint32_t label, int64_t ns)
{
    int least = 0;

    c->busy_ns += ns;
    for (int i = 0; i < N_LABELS; i++) {
        if (c->times[i] && c->labels[i] == label) {
            c->times[i] += ns;
            return;
        }
        least = c->times[i] < c->times[least] ? i : least;
    }
    c->labels[least] = label;
    c->times[least] += ns;
}

struct cells {
    struct cell *of; /* of one worker */
    size_t       n;
    int64_t      width_ns;
    size_t       n_left; /* events of all workers that were summed up */
};

static void cells_add(struct cells *c, const struct weft_event *e, uint32_t label)
{
    size_t at = (size_t)(e->begin_ns / c->width_ns);
    int64_t begin = e->begin_ns;

    c->of[at < c->n ? at : c->n - 1].n++;
    c->n_left++;
    for (; begin < e->end_ns && at < c->n; at++) {
        const int64_t edge = (int64_t)(at + 1) * c->width_ns;
        const int64_t end = e->end_ns < edge ? e->end_ns : edge;

        cell_add(&c->of[at], label, end - begin);
        begin = end;
    }
}

static int64_t per_mille(int64_t part, int64_t whole)
{
    return part >= whole ? 1000 : (int64_t)(1000.0 * (double)part / (double)whole + 0.5);
}

/* [worker, cell, label, per mille of the cell that is busy, of that the label's, events] */
static void write_cells_of(struct wf_report *r, const struct cells *c, int worker)
{
    struct wf_json *j = &r->json;

    for (size_t i = 0; i < c->n; i++) {
        const struct cell *cell = &c->of[i];
        int most = 0;

        if (!cell->busy_ns)
            continue;
        for (int k = 1; k < N_LABELS; k++)
            most = cell->times[k] > cell->times[most] ? k : most;
        wf_json_int(j, worker);
        wf_json_int(j, (int64_t)i);
        wf_json_int(j, cell->labels[most]);
        wf_json_int(j, per_mille(cell->busy_ns, c->width_ns));
        wf_json_int(j, per_mille(cell->times[most], cell->busy_ns));
        wf_json_int(j, cell->n);
    }
}

/* Time in which a worker had nothing to do is what is left white. */
static bool is_summed(const struct weft_event *e)
{
    return wf_report_is_body(e->kind) || e->kind >= WEFT_EVENT_SPILL;
}

weft_status wf_report_cells(struct wf_report *r, const size_t *shown, size_t n_shown, struct weft_error *err)
{
    const struct weft_event *e = weft_trace_events(r->trace);
    const size_t n_events = weft_trace_n_events(r->trace), n_names = r->names.n;
    const int n_workers = weft_trace_n_workers(r->trace);
    const int64_t wall = weft_trace_wall_ns(r->trace);
    const size_t share = MOST_CELLS / (size_t)(n_workers > 0 ? n_workers : 1);
    struct cells c = {.n = share > MOST_CELLS_OF_WORKER ? MOST_CELLS_OF_WORKER : share < 64 ? 64 : share};
    struct wf_json *j = &r->json;
    size_t k = 0, i = 0;

    c.width_ns = wall / (int64_t)c.n + 1;
    c.of = wf_alloc_array(c.n, sizeof *c.of);
    if (!c.of)
        return wf_error_nomem(err, "the cells of a report");
    wf_json_put_open(j, "cells", '[');
    for (int w = 0; w < n_workers && n_shown < n_events; w++) {
        memset(c.of, 0, c.n * sizeof *c.of);
        for (; k < n_events && e[k].worker == w; k++) {
            if (i < n_shown && shown[i] == k)
                i++;
            else if (is_summed(&e[k]))
                cells_add(&c, &e[k], wf_report_is_body(e[k].kind) ? r->names.of[e[k].task]
                                                                  : (uint32_t)(n_names + e[k].kind));
        }
        write_cells_of(r, &c, w);
    }
    wf_json_close(j, ']');
    wf_json_put_int(j, "cell_ns", c.width_ns);
    wf_json_put_int(j, "n_summed", (int64_t)c.n_left);
    wf_free(c.of);
    return WEFT_OK;
}
