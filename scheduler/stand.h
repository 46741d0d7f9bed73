/* stand.h - how a task stands that wants to be run in a certain way: what it holds, how often
 * it has failed, how long its body may go on.
 *
 * Terms (lib/graph/terms.h) say how; a stand says where it is with them. A run has one for
 * each node if any of its tasks has terms that matter here, a spawned task has its own. The
 * functions are called on the rare path of a task, in this order:
 *
 *     wf_stand_begin     may its body begin, here and now? Else the task is put aside, no
 *                        worker with it, and queued again when it may: see gate.h, post.h
 *     wf_stand_clock     its body begins
 *     wf_stand_returned  it is over; was it in time?
 *     wf_stand_again     the task has failed: shall it be tried once more? see retry.h
 *     wf_stand_end       the task has ended, however: it gives back what it holds
 *
 * Only whoever has the task writes its stand, but for `holds`, see gate.h.
 */
#ifndef WF_STAND_H
#define WF_STAND_H

#include "lib/graph/plan.h"
#include "scheduler/budget.h"

struct weft_spawn_spec;
struct wf_worker;

struct wf_stand {
    _Atomic int64_t until;    /* its body runs, and may until then; 0: it does not, or there is no limit */
    uint32_t        n_failed; /* tries */
    bool            holds;    /* what it needs */
    bool            spent;    /* it has taken an input that cannot be had again */
    bool            is_sent;  /* to a worker that it prefers */
};

/* Terms and stand of a spawned task. */
struct wf_asks {
    struct weft_terms terms;
    struct wf_stand stand;
    struct weft_need needs[]; /* the names behind them */
};

/* *out is NULL where no task of the plan has terms that matter here. */
weft_status wf_stands_new(struct wf_stand **out, weft_pool *pool, const weft_plan *plan, struct weft_error *err);

/* For the node of the call. */
enum wf_begin wf_stand_begin(weft_call *call);
void          wf_stand_clock(weft_call *call);
weft_status   wf_stand_returned(weft_call *call, weft_status st);
bool          wf_stand_again(weft_call *call, weft_status st); /* call->err says why it failed */
void          wf_stand_end(weft_call *call);
bool          wf_stand_is_again(const weft_call *call);  /* it was tried before */

/* For the body of the call. */
bool wf_stand_is_late(const weft_call *call); /* it has had its time */
bool wf_stand_keeps(weft_call *call);         /* what it takes may be wanted by a further try */
void wf_stand_spend(weft_call *call);         /* it takes what cannot be had again */

/* For a spawned task with such terms. */
weft_status   wf_asks_new(struct wf_asks **out, weft_pool *pool, const struct weft_spawn_spec *spec, struct weft_error *err);
enum wf_begin wf_asks_begin(weft_pool *pool, struct weft_child *c, struct wf_asks *asks, struct weft_error *err);
void          wf_asks_clock(struct wf_asks *asks);
weft_status   wf_asks_returned(struct wf_asks *asks, weft_status st, struct weft_error *err);
bool          wf_asks_has_tries(const struct wf_asks *asks);
void          wf_asks_again(struct wf_worker *w, struct weft_child *c, struct wf_asks *asks); /* and it has tries */
void          wf_asks_tell_tries(const struct wf_asks *asks, struct weft_error *err);
void          wf_asks_end(weft_pool *pool, struct wf_asks *asks);

#endif
