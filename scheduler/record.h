/* record.h - the runs of a pool that have ended, as a trace needs them.
 *
 * What its workers noted lies with them (trace.h). Here is what says whose it was: of each
 * run when it sat where, and its shape, which is the trace of its plan. A pool that writes
 * files when it ends keeps all runs, any other that traces the last.
 *
 * What always holds:
 *   1. Runs are kept in the order in which they were told here; each has a shape or, being
 *      the last one and of a plan of the user's, that plan.
 *   2. A shape is freed with the last run or plan that has it.
 *   3. So many runs are kept that their tasks are at most MOST_TASKS; older ones are
 *      forgotten, as the events of workers are.
 */
#ifndef WF_RECORD_H
#define WF_RECORD_H

#include <weft/plan.h>
#include <weft/trace.h>

#include "scheduler/trace.h"

/* Shared by the runs of one plan, in whatever pools, and by that plan. */
struct wf_shape {
    _Atomic uint32_t refs;
    weft_trace      *trace;
};

struct wf_ran {
    struct wf_span   span;
    struct wf_shape *shape;
    weft_plan       *plan; /* of the last run: the user's, if it has no shape */
    weft_status      status;
};

struct wf_recorder {
    bool             keeps_all;
    wf_mutex         lock;    /* guards all that follows; that of the pool may be held by a serial run */
    struct wf_ran   *runs;
    size_t           n, room;
    size_t           n_tasks; /* of them all, and some for each */
    int64_t         *weights; /* of the last one, if it has a plan: what its tasks gave */
    struct weft_sample *samples; /* at_ns is that of the clock */
    size_t           n_samples, room_samples;
    bool             last_is_idle;  /* the last sample: nothing ran, and n_told_then runs had ended */
    uint64_t         n_told, n_told_then;
};

void wf_recorder_init(struct wf_recorder *r, bool keeps_all);
void wf_recorder_fini(struct wf_recorder *r);

/* The shape of a run of `plan` that has ended; weights, which may be NULL, are taken. While the plan is its
 * own: it remembers the shape. It takes some 100 ns a task. NULL: it is not needed, or there is no memory. */
struct wf_shape *wf_record_shape(const struct wf_recorder *r, weft_plan *plan, bool is_own, int64_t **weights);

/* A run has ended; shape and weights (either may be NULL) are taken. */
void wf_record_run(struct wf_recorder *r, const struct wf_ran *ran, bool is_own, int64_t *weights);

/* The process at some moment. Of those between two runs only the last is kept. */
void wf_record_sample(struct wf_recorder *r, const struct weft_sample *sample, bool runs);

/* A trace of all runs that are kept, or of the last one. WEFT_EMPTY: there is none. Under the lock of the pool. */
weft_status wf_record_trace(weft_trace **out, weft_pool *pool, bool all, struct weft_error *err);

#endif
