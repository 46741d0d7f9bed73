/* heap.h - the ready tasks of a run with priorities, for all workers.
 *
 *     the first:  the largest priority, of equals the smallest number
 *
 * One binary heap under one lock: who asks for an order wants that of all workers, and
 * pays a lock a task for it. It has room for every node of the plan, so pushing cannot
 * fail. Plans without priorities have none.
 */
#ifndef WF_HEAP_H
#define WF_HEAP_H

#include "lib/graph/plan.h"
#include "scheduler/sync.h"

struct wf_heap {
    wf_mutex         lock;     /* guards all but looks at n */
    const int       *priority; /* of the last plan that had any */
    uint32_t        *nodes;    /* and its queue */
    _Atomic uint32_t n;
};

void wf_heap_init(struct wf_heap *h);
void wf_heap_fini(struct wf_heap *h);

/* Before the run of `p`: all its roots are ready, if it has priorities. */
void wf_heap_fill(struct wf_heap *h, const weft_plan *p);

void wf_heap_push(struct wf_heap *h, uint32_t node);
bool wf_heap_take(struct wf_heap *h, uint32_t *node); /* the first; false: none */

/* Whether there seems to be something; as wf_deque_has_some(). */
static inline bool wf_heap_has_some(struct wf_heap *h)
{
    return wf_load_fenced(&h->n) != 0;
}

#endif
