/* run.c - one plan in flight: how it begins, and what its targets came to. */
#include "scheduler/run.h"

#include <string.h>

#include "lib/base/mem.h"
#include "scheduler/spawn.h"

void wf_run_init(struct wf_run *r, weft_plan *plan, enum weft_on_error on_error, weft_future *future)
{
    r->plan = plan;
    r->on_error = on_error;
    r->future = future;
    r->by_node = NULL;
    r->stock = NULL;
    r->stands = NULL;
    r->head = (struct weft_run_head){.slots = plan->slots, .first = plan->first_input, .which = plan->inputs};
    wf_store_relaxed(&r->flags, (plan->has_numbers ? WF_RUN_STALE : 0) | (plan->memo ? WF_RUN_MEMO : 0));
    wf_store_relaxed(&r->failures, NULL);
    wf_store_relaxed(&r->kept, NULL);
    wf_store_relaxed(&r->n_sinks_left, plan->n_sinks);
}

bool wf_run_is_cancelled_above(const struct wf_run *r)
{
    struct weft_child *up;

    for (; (up = wf_load_relaxed(&((struct wf_run *)r)->up)); r = up->run)
        if (wf_child_is_cancelled(up, up->run))
            return true;
    return false;
}

weft_status wf_run_target(struct wf_run *r, uint32_t i, struct weft_value *out)
{
    weft_plan *p = r->plan;
    const uint32_t slot = p->targets[i], poison = wf_run_poison_of(r, i);
    const struct wf_failure *f;

    if (poison) {
        if (poison == WF_POISON_STOPPED)
            return wf_load_relaxed(&r->flags) & WF_RUN_LATE ? WEFT_TIMEOUT : WEFT_CANCELLED;
        f = wf_run_failure_of(r, poison - 1);
        return f ? f->err.status : WEFT_NOMEM;
    }
    if (slot >= p->first_const || wf_plan_comes_again(p, i))
        return weft_value_retain(p->slots[slot], out);
    *out = p->slots[slot];
    if (out->type) /* else not written: a slot never used has no memory */
        p->slots[slot] = weft_value_none();
    return WEFT_OK;
}

void wf_run_fini(struct wf_run *r)
{
    weft_plan *p = r->plan;
    const uint32_t flags = wf_load_relaxed(&r->flags);
    struct wf_failure *f = wf_load_acquire(&r->failures);

    while (f) {
        struct wf_failure *next = f->next;

        wf_free(f);
        f = next;
    }
    wf_free(r->by_node);
    r->by_node = NULL;
    for (uint32_t i = 0; i < p->n_targets; i++)
        if (p->targets[i] < p->first_const && p->slots[p->targets[i]].type) {
            weft_value_release(p->slots[p->targets[i]]);
            p->slots[p->targets[i]] = weft_value_none();
        }
    if (flags & WF_RUN_NUMBERS)
        p->has_numbers = true;
    if (flags & (WF_RUN_NUMBERS | WF_RUN_OWNED))
        p->has_values = true;
    if (flags & WF_RUN_TROUBLE)
        memset((void *)p->poison, 0, (size_t)p->n_nodes * sizeof *p->poison);
}
