/* body.c - the body of a node, where more is to be done than to call it. */
#include "scheduler/run.h"

#include "lib/base/clock.h"
#include "scheduler/early.h"
#include "scheduler/keep.h"
#include "scheduler/pool.h"
#include "scheduler/rerun.h"
#include "scheduler/stand.h"
#include "scheduler/watch.h"

bool wf_run_settle(struct weft_call *call, weft_status st)
{
    struct wf_run *r = call->run;
    const uint32_t flags = wf_load_relaxed(&r->flags);

    if (st == WEFT_CANCELLED && flags & WF_RUN_LATE)
        st = wf_run_fail_late(r, &call->err, "was running");
    if (r->stands) {
        if (st && wf_stand_again(call, st))
            return false;
        wf_stand_end(call);
    }
    if (flags & WF_RUN_WATCHED)
        wf_watch_after(call, st);
    if (st && flags & WF_RUN_KEEPS)
        wf_rerun_keep(call);
    if (st)
        wf_run_fail(call, st);
    else if (flags & WF_RUN_MEMO && !(flags & WF_RUN_TROUBLE && r->on_error == WEFT_CONTINUE))
        wf_run_keep(call, wf_now_ns() - call->began);
    if (flags & WF_RUN_STREAMS)
        wf_early_end_node(call->run, call->node);
    return true;
}

bool wf_run_after(struct weft_call *call, weft_status st)
{
    const uint32_t marks = call->marks;

    call->marks = 0;
    if (marks & WF_MARK_SCRATCH)
        wf_scratch_reset(&call->scratch);
    if ((marks & WF_MARK_REFUSED) && !st)
        st = call->err.status;
    if (marks & WF_MARK_CHILD)
        return wf_stem_after(call, st);
    return wf_run_settle(call, st);
}

/* What it needs to begin cannot be had, or not yet. False: it has not ended. */
static bool after_no_begin(struct weft_call *call, enum wf_begin may)
{
    if (may != WF_BEGIN_FAILED)
        return false;
    if (call->run->stands)
        wf_stand_end(call);
    wf_run_fail(call, call->err.status);
    if (wf_load_relaxed(&call->run->flags) & WF_RUN_STREAMS)
        wf_early_end_node(call->run, call->node);
    return true;
}

/* What the node has given, as its types say. */
static void weigh(const struct wf_run *r, uint32_t node)
{
    int64_t bytes = 0;
    uint32_t slot;

    for (uint32_t k = 0; (slot = wf_plan_slot(r->plan, node, k)) != WF_NONE; k++)
        if (r->plan->slots[slot].type && r->plan->slots[slot].type->free)
            bytes += (int64_t)weft_value_bytes(r->plan->slots[slot]);
    r->weights[node] = bytes;
}

static weft_status call_body(struct weft_call *call, uint32_t flags)
{
    const struct wf_node *node = &call->run->plan->nodes[call->node];
    struct wf_probed probed;
    weft_status st;

    if (flags & WF_RUN_REMOTE)
        return wf_process_call(call);
    if (!(flags & WF_RUN_PROFILED))
        return node->body(call, node->arg, &call->err);
    wf_probe_begin(call->probe, &probed, wf_profile_group(call->run, call->node), __builtin_frame_address(0));
    st = node->body(call, node->arg, &call->err);
    wf_probe_end(call->probe, &probed);
    return st;
}

static weft_status note_body(struct weft_call *call, uint32_t flags)
{
    struct wf_run *r = call->run;
    struct wf_tracer *t = &call->worker->tracer;
    const uint32_t node = call->node;
    const struct wf_noting n = wf_tracer_begin(t, node, r->place);
    const weft_status st = call_body(call, flags);

    wf_tracer_end(t, n, node, r->place, WEFT_EVENT_TASK, st);
    if (wf_load_relaxed(&r->flags) & WF_RUN_OWNED && r->weights && !st)
        weigh(r, node);
    return st;
}

bool wf_run_body_rarely(struct weft_call *call, uint32_t flags)
{
    enum wf_begin may;
    weft_status st;
    bool finished;

    /* A trace is to cost no more than its two readings of the clock. */
    if ((flags & WF_RUN_RARE) == WF_RUN_TRACED) {
        call->err.status = WEFT_OK;
        st = note_body(call, flags);
        return !((uint32_t)st | call->marks) || wf_run_after(call, st);
    }
    if ((flags & WF_RUN_SHARED) && wf_worker_turn(call->worker)) {
        call->worker->turn_is_over = true;
        wf_worker_leave(call->worker, (wf_ready)call->run->place << 32 | call->node);
        return false;
    }
    if ((flags & (WF_RUN_TROUBLE | WF_RUN_STOP)) && wf_run_is_doomed(call)) {
        if (flags & WF_RUN_TERMS)
            wf_stand_end(call);
        if (flags & WF_RUN_STREAMS)
            wf_early_end_node(call->run, call->node);
        return true;
    }
    if (flags & WF_RUN_TERMS && (may = wf_stand_begin(call)) != WF_BEGIN_NOW)
        return after_no_begin(call, may);
    if (flags & WF_RUN_LIMITED && (may = wf_budget_begin(call)) != WF_BEGIN_NOW)
        return after_no_begin(call, may);
    call->began = flags & WF_RUN_MEMO ? wf_now_ns() : 0;
    if (flags & WF_RUN_WATCHED && !(flags & WF_RUN_TERMS && wf_stand_is_again(call)))
        wf_watch_before(call);
    call->err.status = WEFT_OK;
    if (flags & WF_RUN_TERMS)
        wf_stand_clock(call);
    st = flags & WF_RUN_TRACED ? note_body(call, flags) : call_body(call, flags);
    if (flags & WF_RUN_TERMS)
        st = wf_stand_returned(call, st);
    finished = wf_run_after(call, st);
    if (!finished || !(flags & WF_RUN_WANTED) || !wf_worker_is_wanted(call->worker))
        return finished;
    /* Its successors are left to others: this hand is to rise. */
    wf_worker_end_node(call->worker, call->node);
    return false;
}
