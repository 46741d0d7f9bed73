/* keep.c - what a body has just made, offered to the memo of its plan. */
#include "scheduler/keep.h"

#include "lib/graph/memo.h"

/* What can be copied is taken to be kept always: a body that is not pure may have handed on
 * what a pure one made. */
bool wf_run_may_be_kept(const weft_plan *p, uint32_t slot)
{
    return p->slots[slot].type->copy || slot >= p->first_const ||
           wf_task_is_certain(wf_plan_task(p, wf_plan_owner(p, slot)));
}

void wf_run_keep(struct weft_call *call, int64_t took_ns)
{
    const weft_plan *p = call->run->plan;
    const weft_task *t = wf_plan_task(p, call->node);
    uint32_t slot;

    if (t->what != WF_TASK_BODY || !wf_task_is_certain(t))
        return;
    for (uint32_t k = 0; (slot = wf_plan_slot(p, call->node, k)) != WF_NONE; k++)
        if (p->slots[slot].type)
            wf_memo_offer(p->memo, wf_result_token(t, k), p->slots[slot], took_ns, t->n_deps,
                          wf_task_kind(t)->flags & WEFT_KEEP);
}
