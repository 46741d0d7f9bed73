/* worker.h - one worker: my own task, else a fresh root, else a neighbour's, else sleep. */
#ifndef WF_WORKER_H
#define WF_WORKER_H

#include "scheduler/deque.h"
#include "scheduler/post.h"
#include "scheduler/roots.h"
#include "scheduler/run.h"
#include "scheduler/seat.h"
#include "scheduler/trace.h"

/* Predecessors of one node with many, finished by this worker and not counted there
 * yet: a million tasks before one sink would otherwise meet on its line.
 *
 * What always holds: while n > 0 this worker runs a predecessor of that node, or is between
 * two tasks. So the node could not be ready anyway, and holding back delays nothing. */
struct wf_held {
    uint32_t place, node, n;
};

/* Why a worker does not go the shortest way. */
enum wf_rare {
    WF_RARE_WANTED = 2, /* a hand wants the seat back */
    WF_RARE_COUNTED = 4, /* it counts what it runs */
    WF_RARE_LIMITED = 8, /* its pool has a limit of memory */
    WF_RARE_SHARED = 16, /* several runs share the pool: it goes from one to the other */
};

struct wf_worker {
    /* What thieves touch. */
    struct wf_deque   deque;
    _Alignas(WF_APART) _Atomic wf_range roots;
    struct wf_post    post;

    /* The worker's own. */
    _Alignas(WF_APART) weft_pool *pool;
    struct weft_call *call;        /* of the hand that sits here */
    _Atomic uint32_t  rare;        /* of enum wf_rare */
    bool              alone;       /* there is no other worker */
    uint32_t          place;       /* of the run it works for: call->run, to which n_sinks belong */
    uint32_t          n_sinks;     /* finished, not told to the run yet */
    struct wf_held    held;
    int              *victims;     /* the others, nearest first */
    int               id, pu;
    int               last_victim; /* -1: none yet */
    bool              is_open;     /* of a serial pool: its node has not finished */
    bool              turn_is_over;/* the next task is to be of another run, if there is one */
    uint32_t          n_turn;      /* tasks of this run in a row, where several share the pool */
    struct wf_tracer  tracer;
    _Atomic uint64_t  n_done;      /* nodes it has run, when it counts */
    struct weft_child *free_children;
    uint32_t          n_free_children;
    struct wf_child_block *child_blocks;
    struct wf_work    *free_work;
    struct wf_hand    *wanting;    /* the seat, the first first; guarded by the lock of seats */
    struct wf_hand    *idle;       /* hands that sat here last; likewise */
    wf_thread         thread;
    bool              started;
    _Atomic bool      asleep;      /* for the watchdog to tell */
    struct wf_hand    hand;        /* the first to sit here */
};

/* NULL: its pool does not trace. */
static inline struct wf_tracer *wf_worker_tracer(struct wf_worker *w)
{
    return w->tracer.block ? &w->tracer : NULL;
}

/* Counts a node that has run. Relaxed: nobody else writes it, and who reads it can wait. */
static inline void wf_worker_count(struct wf_worker *w)
{
    wf_store_relaxed(&w->n_done, wf_load_relaxed(&w->n_done) + 1);
}

/* Whether its hand is to rise, and can: it is between two tasks. */
static inline bool wf_worker_is_wanted(const struct wf_worker *w)
{
    return (wf_load_relaxed(&((struct wf_worker *)w)->rare) & WF_RARE_WANTED) && !w->call->is_nested;
}

/* The life of a seat: until the pool ends. True: its hand has risen before, and is idle. */
bool wf_worker_loop(struct wf_worker *w);

/* ---- For bodies that run, or wait ------------------------------------------------ */

/* Leaves a ready word where others find it, and calls one if this worker will not take it
 * next: by one that is between two tasks, or will call itself. Run at once without memory
 * to queue it. */
void wf_worker_leave(struct wf_worker *w, wf_ready word);
void wf_worker_run(struct wf_worker *w, wf_ready word);

/* From now on it works for this run, and the call with it. */
void wf_worker_at(struct wf_worker *w, struct wf_run *r);

/* The node, of the run it works for, has finished after it was open. */
void wf_worker_end_node(struct wf_worker *w, uint32_t node);

/* Several runs share the pool, and another task of the present one is to begin, or has ended:
 * true when others are to have their turn first. Not on top of a body that waits. */
bool wf_worker_turn(struct wf_worker *w);

/* What it has counted and not told others is told. */
void wf_worker_let_go(struct wf_worker *w);

#endif
