/* child.h - the life of a spawned task, for the files that share it: made, begun, run, ended. */
#ifndef WF_CHILD_H
#define WF_CHILD_H

#include "scheduler/spawn.h"
#include "scheduler/worker.h"

/* Takes n off, and answers what it was. Release: what we did for it comes before. Acquire,
 * for the last: so does what all others did. */
static inline uint32_t wf_take_off(const struct wf_worker *w, _Atomic uint32_t *count, uint32_t n)
{
    uint32_t was;

    if (!w->alone)
        return wf_sub(count, n);
    was = wf_load_relaxed(count);
    wf_store_relaxed(count, was - n);
    return was;
}

/* A child below `up`, with one reference: its life. It is not counted there yet. NULL: no memory. */
struct weft_child *wf_child_new(struct wf_worker *w, enum wf_child_kind kind, struct weft_child *up);
void               wf_child_free(struct wf_worker *w, struct weft_child *c);

static inline void wf_child_drop(struct wf_worker *w, struct weft_child *c, uint32_t hold)
{
    if (wf_take_off(w, &c->holds, hold) == hold)
        wf_child_free(w, c);
}

/* ---- What it is to do ------------------------------------------------------------ */

/* Nothing to run, nothing to free. */
static inline void wf_work_none(struct wf_work *work)
{
    work->n_deps = 0;
    work->deps = NULL;
    work->free_arg = NULL;
    work->arg_is_ours = work->is_node = work->lenient = work->ran = false;
    work->asks = NULL;
}

/* Fills `work` as `spec` says. Its inputs are held from now on. False: no memory; then
 * the argument is freed if it was to be. */
bool wf_work_init(struct wf_worker *w, struct wf_work *work, const struct weft_spawn_spec *spec);

/* Frees what the work holds; its inputs may be gone then. */
void wf_work_fini(struct wf_worker *w, struct wf_work *work);

/* What a task becomes lies apart until it is that; one such place is kept at hand. */
struct wf_work *wf_work_new(struct wf_worker *w);
void            wf_work_free(struct wf_worker *w, struct wf_work *work);

/* From a place that goes away: what lies in the work itself moves along. */
void wf_work_move(struct wf_work *to, const struct wf_work *from);

/* ---- When ------------------------------------------------------------------------ */

/* Lets `c` begin its work as soon as its inputs are there. */
void wf_child_start(struct wf_worker *w, struct weft_child *c);

/* Those that waited for `c` may have all they wait for now. */
void wf_child_tell_waiters(struct wf_worker *w, struct weft_child *c);

/* ---- Its end --------------------------------------------------------------------- */

void wf_child_fail(struct weft_child *c, weft_status st, const struct weft_error *err);

/* A body of `c` has returned: what it spawned is not its any more, and what it wants to
 * become is begun. True: that was all, and all children have ended: then the end is to be
 * made by the caller. */
bool wf_child_body_ended(struct wf_worker *w, struct weft_child *c, weft_status st, const struct weft_error *err);

/* `c` has ended, and may bring those above to their end. */
void wf_child_end(struct wf_worker *w, struct weft_child *c);

#endif
