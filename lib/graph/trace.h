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
 *      is below n_workers, the task of an event that has one below n_tasks.
 *   4. All events together, and wall_ns times n_workers, are below 2^63 ns, so
 *      sums of them do not overflow.
 *   5. Runs are ordered by task, each has its own tasks and together they have all;
 *      samples are ordered by time.
 */
#ifndef WF_TRACE_H
#define WF_TRACE_H

#include <weft/trace.h>

/* A task while the trace is being made, and in a file. */
struct wf_trace_record {
    uint64_t name, key, layer, file; /* places of texts */
    int64_t  result_bytes;
    uint32_t layer_id;
    int32_t  line;
    uint32_t n_deps;
    uint16_t fused, is_target; /* 0 or 1 */
};

/* Where it ran, in a file. */
struct wf_trace_about {
    uint64_t program, machine, version; /* places of texts */
    int64_t  began_unix_ns;
    uint64_t memory_bytes;
    int64_t  n_cores;
};

struct weft_trace {
    size_t                  n_tasks, n_deps, n_text, n_events, n_lost;
    struct weft_trace_task *tasks;
    size_t                 *first; /* n_tasks + 1 */
    uint32_t               *deps;
    char                   *text;
    struct weft_event      *events;
    struct weft_trace_run  *runs;
    size_t                  n_runs;
    struct weft_sample     *samples;
    size_t                  n_samples;
    struct wf_trace_about   about;
    int64_t                 wall_ns;
    int                     n_workers;
    void                   *image;   /* the file in which deps, text, events, runs and samples lie; NULL:
                                      * each is its own */

    /* While it is being made. */
    struct wf_trace_record *records;
    size_t                  room_tasks, room_deps, room_text;
};

/* What running adds; its events are filled through wf_trace_events(), all else is copied. */
struct wf_trace_run {
    int     n_workers;
    int64_t wall_ns;
    size_t  n_events;
    size_t  n_lost;
    const struct weft_trace_run *runs; /* NULL: one, of all tasks, as long as wall_ns */
    size_t  n_runs;
    const struct weft_sample *samples;
    size_t  n_samples;
    const struct weft_trace_about *about; /* NULL: not known */
};

/* ---- Making ---------------------------------------------------------------- */

/* `run` may be NULL: it has not run. NULL: no memory. */
weft_trace *wf_trace_begin(size_t n_tasks, size_t n_deps, const struct wf_trace_run *run);

/* Room for so many more bytes of texts. False: no memory. */
bool wf_trace_reserve(weft_trace *t, size_t bytes);
/* The place of a copy of `text`. False: no memory. */
bool wf_trace_text(weft_trace *t, const char *text, uint64_t *place);

/* Adds the next task; record->n_deps numbers of earlier tasks in `deps`. No more
 * tasks and dependencies than announced. */
void wf_trace_add(weft_trace *t, const struct wf_trace_record *record, const uint32_t *deps);

/* Room for run->n_events events: fill it before wf_trace_end(). */
struct weft_event *wf_trace_events(weft_trace *t);

/* Takes `t`, which is whole now. */
weft_status wf_trace_end(weft_trace **out, weft_trace *t, struct weft_error *err);

/* As weft_trace_of_plan(), with what each node was seen to give in bytes (NULL: not measured). */
weft_status wf_trace_of_plan(weft_trace **out, const weft_plan *plan, const int64_t *result_bytes,
                             struct weft_error *err);

/* The tasks of several traces that have not run, one after the other, with what running adds.
 * *events has room for run->n_events events, to fill at once: by worker, then time. */
weft_status wf_trace_join(weft_trace **out, const weft_trace *const *shapes, size_t n, const struct wf_trace_run *run,
                          struct weft_event **events, struct weft_error *err);

/* Whether an event of this kind is of a task. */
static inline bool wf_event_has_task(unsigned kind)
{
    return kind != WEFT_EVENT_IDLE && kind != WEFT_EVENT_MEMORY && kind != WEFT_EVENT_NEED && kind != WEFT_EVENT_SPILL;
}

/* Whether an event of this kind is of a body: of the task itself, or a part of it that forked or was spawned. */
static inline bool wf_event_is_part(unsigned kind)
{
    return kind == WEFT_EVENT_FORK || kind == WEFT_EVENT_CHILD;
}

static inline bool wf_event_is_body(unsigned kind)
{
    return kind == WEFT_EVENT_TASK || wf_event_is_part(kind);
}

/* ---- For trace_file.c, trace_join.c ------------------------------------------ */

/* What is known of task i, as it was added. */
struct wf_trace_record wf_trace_record(const weft_trace *t, size_t i);

/* Makes tasks and first from the records, which have been checked. */
weft_status wf_trace_resolve(weft_trace *t, const struct wf_trace_record *records, struct weft_error *err);

/* What always holds; true when it does. `why` (may be NULL) gets a constant text. */
bool wf_trace_check(const weft_trace *t, const char **why);

#endif
