/* worker.h - one worker: my own task, else a fresh root, else a neighbour's, else sleep. */
#ifndef WF_WORKER_H
#define WF_WORKER_H

#include "scheduler/deque.h"
#include "scheduler/run.h"
#include "scheduler/trace.h"

struct wf_worker {
    struct wf_deque   deque;
    weft_pool        *pool;
    int              *victims;     /* the others, nearest first */
    int               id, pu;
    int               last_victim; /* -1: none yet */
    uint32_t          run_of_sinks;/* the run that n_sinks belongs to */
    uint32_t          n_sinks;     /* finished, not told to the run yet */
    struct weft_call  call;
    struct wf_tracer  tracer;
    wf_thread         thread;
    bool              started;
    _Atomic bool      asleep;      /* for the watchdog to tell */
};

/* The life of a worker: until the pool ends. */
void wf_worker_loop(struct wf_worker *w);

#endif
