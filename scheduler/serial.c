/* serial.c - the same plan on the calling thread, in rank order: the oracle.
 *
 * No deque, no counters, no order but the plan's. What the workers do must come
 * out the same. Only priorities need counters: they order what is ready.
 */
#include "scheduler/pool.h"

/* What the body has spawned, newest first, and what strangers bring, until the node is
 * finished. */
static void finish_node(struct wf_worker *w)
{
    struct wf_inbox *inbox = &w->pool->inbox;
    wf_ready word;

    while (w->is_open)
        if (wf_deque_take_alone(&w->deque, &word) || wf_inbox_take(inbox, &word))
            wf_worker_run(w, word);
        else
            wf_wait(&inbox->n, 0, -1);
}

static void run_node(struct wf_worker *w, struct wf_run *r, uint32_t i)
{
    if (w->pool->above && wf_run_is_cancelled_above(r))
        wf_or(&r->flags, WF_RUN_STOP);
    w->is_open = true; /* its end may come while it begins */
    if (!wf_run_body(w->call, r, &r->plan->nodes[i], i))
        finish_node(w);
    wf_worker_count(w);
}

static void run_by_priority(struct wf_worker *w, struct wf_run *r)
{
    const weft_plan *p = r->plan;
    uint32_t i;

    wf_heap_fill(&r->heap, p);
    while (wf_heap_take(&r->heap, &i)) {
        run_node(w, r, i);
        for (uint32_t k = 0; k < p->nodes[i].n_succ; k++) {
            const uint32_t succ = wf_plan_succ(p, i)[k];
            const uint32_t left = wf_load_relaxed(&p->nodes[succ].join) - 1;

            wf_store_relaxed(&p->nodes[succ].join, left ? left : p->nodes[succ].n_join);
            if (!left)
                wf_heap_push(&r->heap, succ);
        }
    }
}

void wf_serial_run(struct wf_run *r, struct wf_worker *w)
{
    const uint32_t n = r->plan->n_nodes;

    wf_worker_at(w, r);
    if (r->plan->priority)
        run_by_priority(w, r);
    else
        for (uint32_t i = 0; i < n; i++)
            run_node(w, r, i);
}
