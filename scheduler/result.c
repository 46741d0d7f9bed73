/* result.c - what bodies leave in the slots of a plan and find there, and who frees it. */
#include "scheduler/run.h"

#include <stddef.h>

#include "lib/base/assert.h"
#include "scheduler/budget.h"
#include "scheduler/keep.h"
#include "scheduler/spawn.h"
#include "scheduler/stand.h"

/* Counts one reader of a slot down; the last one frees the value. */
static void drop_reader(weft_plan *p, uint32_t slot)
{
    struct weft_value v;

    /* Acquire on 1: the others have read. No exchange is needed for the last. */
    if (wf_load_acquire(&p->readers[slot]) != 1 && wf_sub(&p->readers[slot], 1) != 1)
        return;
    v = p->slots[slot];
    p->slots[slot] = weft_value_none();
    weft_value_release(v);
}

static inline bool is_owned(struct weft_value v)
{
    return v.type && v.type->free;
}

_Static_assert(offsetof(struct weft_call, head) == offsetof(struct weft_call_head, run) &&
               offsetof(struct weft_call, node) == offsetof(struct weft_call_head, node) &&
               offsetof(struct wf_run, head) == 0, "inline functions of weft/graph.h look there");

size_t weft_call_n_found(const weft_call *call)
{
    if (call->work)
        return call->work->n_deps;
    return wf_plan_inputs(call->run->plan, call->node).n;
}

struct weft_value weft_call_find(const weft_call *call, size_t i)
{
    if (call->work)
        return wf_work_input(call->work, i);
    return call->run->plan->slots[wf_call_input_slot(call, i)];
}

void wf_run_drop_inputs(struct weft_call *call)
{
    weft_plan *p = call->run->plan;
    const struct wf_inputs in = wf_plan_inputs(p, call->node);

    if (call->run->stock) {
        wf_budget_end(call);
        return;
    }
    for (uint32_t k = 0; k < in.n; k++) {
        const uint32_t slot = wf_input_slot(&in, k);

        if (slot < p->first_const && is_owned(p->slots[slot]))
            drop_reader(p, slot);
    }
}

void wf_run_clear_several(struct weft_call *call)
{
    weft_plan *p = call->run->plan;
    uint32_t slot;

    for (uint32_t k = 1; (slot = wf_plan_slot(p, call->node, k)) != WF_NONE; k++)
        p->slots[slot].type = NULL;
}

weft_status wf_value_own(struct weft_value v, struct weft_value *out)
{
    struct weft_value copy = v;

    if (is_owned(v)) {
        if (!v.type->copy)
            return WEFT_UNSUPPORTED;
        copy.as.ptr = v.type->copy(v.as.ptr);
        if (!copy.as.ptr)
            return WEFT_NOMEM;
    }
    *out = copy;
    return WEFT_OK;
}

weft_status weft_call_take(weft_call *call, size_t i, struct weft_value *out)
{
    weft_plan *p = call->run->plan;
    const uint32_t flags = wf_load_relaxed(&call->run->flags);
    uint32_t slot;

    if (call->work)
        return wf_work_take(call, i, out);
    slot = wf_call_input_slot(call, i);
    if (!p->slots[slot].type)
        return WEFT_EMPTY;
    if (call->run->stands && wf_stand_keeps(call)) {
        if (p->slots[slot].type->copy)
            return wf_value_own(p->slots[slot], out);
        if (is_owned(p->slots[slot]))
            wf_stand_spend(call);
    }
    /* The body may be run once more, or a memo hold the value, too. */
    if (flags & WF_RUN_KEEPS && p->slots[slot].type->copy)
        return wf_value_own(p->slots[slot], out);
    if (flags & WF_RUN_MEMO && wf_run_may_be_kept(p, slot))
        return wf_value_own(p->slots[slot], out);
    /* Acquire: pairs with drop_reader() of the others, whose reading is over. */
    if (slot >= p->first_const || !is_owned(p->slots[slot]) || wf_load_acquire(&p->readers[slot]) != 1)
        return wf_value_own(p->slots[slot], out);
    if (call->run->stock) {
        *out = wf_budget_take(call, slot);
        return WEFT_OK;
    }
    *out = p->slots[slot];
    p->slots[slot] = weft_value_none();
    return WEFT_OK;
}

/* Relaxed: who reads the flag for this value's sake does so after it became ready by us. */
static inline void set_flag(struct wf_run *r, uint32_t flag)
{
    if (!(wf_load_relaxed(&r->flags) & flag))
        wf_or(&r->flags, flag);
}

/* What must be freed is given, or was before by the same body. */
static __attribute__((noinline)) void give_owned(weft_call *call, uint32_t slot, struct weft_value value)
{
    struct wf_run *r = call->run;
    weft_plan *p = r->plan;
    const uint32_t uses = wf_plan_uses(p, slot);

    if (is_owned(p->slots[slot]))
        weft_value_release(p->slots[slot]);
    p->slots[slot] = weft_value_none();
    if (!uses && is_owned(value)) {
        weft_value_release(value);
        return;
    }
    set_flag(r, is_owned(value) ? WF_RUN_OWNED : WF_RUN_NUMBERS);
    p->slots[slot] = value;
    wf_store_relaxed(&p->readers[slot], uses);
}

static inline void give(weft_call *call, uint32_t slot, struct weft_value value)
{
    struct weft_value *to = &call->run->plan->slots[slot];

    if (__builtin_expect(is_owned(value) || is_owned(*to), 0)) {
        give_owned(call, slot, value);
        return;
    }
    *to = value;
    set_flag(call->run, WF_RUN_NUMBERS);
}

void weft_call_return_at(weft_call *call, int k, struct weft_value value)
{
    uint32_t slot;

    if (wf_child_has_value(call->child)) {
        WF_ASSERT(k == 0); /* weft/spawn.h: a spawned task has one result */
        wf_child_return(call->child, value);
        return;
    }
    slot = wf_plan_slot(call->run->plan, call->node, (uint32_t)k);

    WF_ASSERT(k >= 0 && slot != WF_NONE);
    give(call, slot, value);
}

void weft_call_return(weft_call *call, struct weft_value value)
{
    if (__builtin_expect(call->child != NULL, 0) && wf_child_has_value(call->child))
        wf_child_return(call->child, value);
    else
        give(call, call->node, value);
}

void wf_run_drop_results(weft_plan *p, uint32_t node)
{
    uint32_t slot;

    for (uint32_t k = 0; (slot = wf_plan_slot(p, node, k)) != WF_NONE; k++) {
        weft_value_release(p->slots[slot]);
        p->slots[slot] = weft_value_none();
    }
}
