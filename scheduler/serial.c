/* serial.c - the same plan on the calling thread, in rank order: the oracle.
 *
 * No deque, no counters, no order but the plan's. What the workers do must come
 * out the same.
 */
#include "scheduler/pool.h"

void wf_serial_run(weft_pool *pool, struct wf_run *r, struct wf_worker *w)
{
    const uint32_t n = r->plan->n_nodes;

    (void)pool;
    w->call.run = r;
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t begin = w->tracer.ring ? wf_ticks() : 0;

        wf_run_body(&w->call, r, &r->plan->nodes[i], i);
        if (w->tracer.ring)
            wf_tracer_note(&w->tracer, begin, wf_ticks(), i, 0, WEFT_EVENT_TASK);
    }
}
