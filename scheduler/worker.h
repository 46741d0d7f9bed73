/* worker.h - one worker: my own task, else a fresh root, else a neighbour's, else sleep. */
#ifndef WF_WORKER_H
#define WF_WORKER_H

#include <stddef.h>

#include "scheduler/deque.h"
#include "scheduler/roots.h"
#include "scheduler/run.h"
#include "scheduler/trace.h"

/* Predecessors of one node with many, finished by this worker and not counted there
 * yet: a million tasks before one sink would otherwise meet on its line.
 *
 * What always holds: while n > 0 this worker runs a predecessor of that node, or is between
 * two tasks. So the node could not be ready anyway, and holding back delays nothing. */
struct wf_held {
    uint32_t place, node, n;
};

struct wf_worker {
    /* What thieves touch. */
    struct wf_deque   deque;
    _Alignas(WF_APART) _Atomic wf_range roots;

    /* The worker's own. */
    _Alignas(WF_APART) weft_pool *pool;
    bool              alone;       /* there is no other worker */
    uint32_t          place;       /* of the run it works for: call.run, to which n_sinks belong */
    uint32_t          n_sinks;     /* finished, not told to the run yet */
    struct wf_held    held;
    int              *victims;     /* the others, nearest first */
    int               id, pu;
    int               last_victim; /* -1: none yet */
    struct weft_call  call;
    struct wf_tracer  tracer;
    bool              rare;        /* it is traced, counts what it runs, or its pool has a limit */
    _Atomic uint64_t  n_done;      /* nodes it has run, when it counts */
    wf_thread         thread;
    bool              started;
    _Atomic bool      asleep;      /* for the watchdog to tell */
};

/* Counts a node that has run. Relaxed: nobody else writes it, and who reads it can wait. */
static inline void wf_worker_count(struct wf_worker *w)
{
    wf_store_relaxed(&w->n_done, wf_load_relaxed(&w->n_done) + 1);
}

/* The worker whose call this is: a body has no other. */
static inline struct wf_worker *wf_worker_of(weft_call *call)
{
    return (struct wf_worker *)((char *)call - offsetof(struct wf_worker, call));
}

/* The life of a worker: until the pool ends. */
void wf_worker_loop(struct wf_worker *w);

#endif
