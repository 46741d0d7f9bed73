/* early.h - results that are there before their run has ended.
 *
 * A run that streams (WF_RUN_STREAMS) tells each target when its node has finished. The
 * value leaves its slot for the future, or goes straight to the caller's memory. What
 * others of the run read, and what can neither be shared nor copied, stays until the end.
 *
 * With a window the cursor of the run ends early. Target i needs the first need[i] roots.
 * Sorted, these numbers say how many roots the next `window` results need that nobody has
 * taken: so many are let go, and more only for who waits for a later one.
 *
 *     cursor   [ claimed | let go )............ n_roots
 *
 * What always holds:
 *   1. A target is told once, after its value and status are final.
 *   2. n_let_go < n_roots only while the run has not ended: it has roots that did not run.
 *   3. Whatever somebody waits for has all the roots it needs; if that is any result, so does one
 *      that is not there yet.
 */
#ifndef WF_EARLY_H
#define WF_EARLY_H

#include <weft/pool.h>

#include "scheduler/run.h"

struct wf_early_waiter {
    struct wf_early_waiter *next;
    uint32_t                 target; /* WF_NONE: any */
    _Atomic uint32_t         there;
};

struct wf_early {
    wf_mutex          lock;      /* guards all here, and values and statuses of the future. Taken after that of the pool */
    weft_future      *future;
    struct wf_early_waiter *waiters; /* who wait for what is not there */
    uint32_t          n_targets, n_told, n_next, n_given;
    uint32_t         *order;     /* targets, as they were told; n_next of them were looked at by next */
    uint32_t         *first;     /* of a node: its first target; WF_NONE: none */
    uint32_t         *next;      /* of a target: the next of its node; ascending */
    uint64_t         *told;      /* bitmap of targets */
    uint64_t         *given;     /* those that were taken, or named by next; n_given */

    struct wf_run    *run;       /* with a window, while it is placed */
    uint32_t          window;    /* 0: none */
    uint32_t         *need, *needs; /* of a target; the same, ascending */
    uint32_t          n_roots, n_let_go;
};

/* As f->spec says; f->early stays NULL if it does not stream. */
weft_status wf_early_new(weft_future *f, struct weft_error *err);
void        wf_early_free(struct wf_early *s); /* NULL is fine */

/* Before the run is placed: targets known before are told. */
void        wf_early_begin(weft_future *f);

/* The run is placed: fills its cursor. Under the lock of the pool. */
void        wf_early_place(struct wf_early *s, struct wf_run *r);

/* The node has ended, well or not. By who ran it. */
void        wf_early_end_node(struct wf_run *r, uint32_t node);

/* At the end: what was not told is told. */
void        wf_early_tell_rest(weft_future *f, struct wf_run *r);

/* Nobody will take results one by one: all may run. NULL is fine. */
void        wf_early_open(struct wf_early *s);

/* Until target i is told. False: not in time. */
bool        wf_early_wait(struct wf_early *s, uint32_t i, int64_t timeout_ns);

weft_status wf_early_next(struct wf_early *s, size_t *i, int64_t timeout_ns);

/* Target i was taken. Under the lock. */
void        wf_early_give(struct wf_early *s, uint32_t i);

#endif
