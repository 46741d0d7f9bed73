/* trace.h - a graph as data and what happened when it ran, from inside.
 *
 * A trace is made in one go: wf_trace_begin() with the sizes, texts and tasks in
 * topological order, events filled in place, wf_trace_end(). After that nothing
 * changes any more.
 *
 * All texts lie in one block and are meant by their place in it; place 0 is "".
 *
 * What always holds, once ended:
 *   1. Dependencies of task i are deps[first[i] .. first[i + 1]), each below i.
 *   2. Each text of a task ends with a zero inside `text`.
 *   3. Events are ordered by worker, then by begin; 0 <= begin <= end. A worker
 *      is below n_workers, the task of a TASK or STEAL event below n_tasks.
 *   4. All events together, and wall_ns times n_workers, are below 2^63 ns, so
 *      sums of them do not overflow.
 */
#ifndef WF_TRACE_H
#define WF_TRACE_H

#include <weft/trace.h>

/* A task while the trace is being made, and in a file. */
struct wf_trace_record {
    uint64_t name, key, layer, file; /* places of texts */
    uint32_t layer_id;
    int32_t  line;
    uint32_t fused;
    uint32_t n_deps;
};

struct weft_trace {
    size_t                  n_tasks, n_deps, n_text, n_events, n_lost;
    struct weft_trace_task *tasks;
    size_t                 *first; /* n_tasks + 1 */
    uint32_t               *deps;
    char                   *text;
    struct weft_event      *events;
    int64_t                 wall_ns;
    int                     n_workers;
    void                   *image;   /* the file in which deps, text and events lie; NULL: each is its own */

    /* While it is being made. */
    struct wf_trace_record *records;
    size_t                  room_tasks, room_deps, room_text;
};

/* What a run adds; its events are filled through wf_trace_events(). */
struct wf_trace_run {
    int     n_workers;
    int64_t wall_ns;
    size_t  n_events;
    size_t  n_lost;
};

/* ---- Making ---------------------------------------------------------------- */

/* `run` may be NULL: it has not run. NULL: no memory. */
weft_trace *wf_trace_begin(size_t n_tasks, size_t n_deps, const struct wf_trace_run *run);

/* The place of a copy of `text`. False: no memory. */
bool wf_trace_text(weft_trace *t, const char *text, uint64_t *place);

/* Adds the next task; record->n_deps numbers of earlier tasks in `deps`. No more
 * tasks and dependencies than announced. */
void wf_trace_add(weft_trace *t, const struct wf_trace_record *record, const uint32_t *deps);

/* Room for run->n_events events: fill it before wf_trace_end(). */
struct weft_event *wf_trace_events(weft_trace *t);

/* Takes `t`, which is whole now. */
weft_status wf_trace_end(weft_trace **out, weft_trace *t, struct weft_error *err);

/* As weft_trace_of_plan(), with what a run adds. *events has room for
 * run->n_events events, to fill at once: by worker, then time. */
weft_status wf_trace_of_plan(weft_trace **out, const weft_plan *plan, const struct wf_trace_run *run,
                             struct weft_event **events, struct weft_error *err);

/* The same for what `shape`, a trace without a run, is of. */
weft_status wf_trace_of_shape(weft_trace **out, const weft_trace *shape, const struct wf_trace_run *run,
                              struct weft_event **events, struct weft_error *err);

/* ---- For trace_file.c ------------------------------------------------------ */

/* Makes tasks and first from the records, which have been checked. */
weft_status wf_trace_resolve(weft_trace *t, const struct wf_trace_record *records, struct weft_error *err);

/* What always holds; true when it does. `why` (may be NULL) gets a constant text. */
bool wf_trace_check(const weft_trace *t, const char **why);

#endif
