/* child.c - a spawned task runs, or is stopped before it could. */
#include "scheduler/child.h"

#include "lib/base/error.h"
#include "scheduler/pool.h"
#include "scheduler/stand.h"

bool wf_child_is_stopped(const struct weft_child *c)
{
    /* As deep as the recursion is; so only looked at when something was cancelled. */
    for (; c; c = wf_load_relaxed(&((struct weft_child *)c)->up))
        if (wf_load_relaxed(&((struct weft_child *)c)->stop))
            return true;
    return false;
}

bool wf_child_is_cancelled(const struct weft_child *c, struct wf_run *r)
{
    const uint32_t flags = wf_load_relaxed(&r->flags);

    return (flags & WF_RUN_STOP) || ((flags & WF_RUN_STOPS) && wf_child_is_stopped(c));
}

void weft_child_cancel(weft_child *child)
{
    if (!child->run)
        return; /* it stands for what could not be spawned */
    wf_store_relaxed(&child->stop, 1);
    /* Release: who sees the flag sees what to stop. */
    wf_or(&child->run->flags, WF_RUN_STOPS);
    wf_pool_stop_below(child->run->future->pool);
}

/* Why it may not run; WEFT_OK: it may. */
static weft_status doom_of(const struct weft_child *c, struct weft_error *err)
{
    for (uint32_t i = 0; i < c->work.n_deps; i++) {
        const struct weft_child *of = c->work.deps[i].of;

        if (of->status && !(c->work.lenient && c->run->on_error == WEFT_CONTINUE)) {
            if (of->err)
                *err = *of->err;
            return of->status;
        }
    }
    if (!wf_child_is_cancelled(c, c->run))
        return WEFT_OK;
    return weft_error_set(err, WEFT_CANCELLED, "it was stopped before this task began");
}

/* Passes its only input on. */
static weft_status pass_on(weft_call *call, struct weft_error *err)
{
    struct weft_value v = weft_value_none();
    weft_status st;

    if (call->work->n_deps != 1)
        return weft_error_set(err, WEFT_INVALID, "without a body a task becomes one other, not %u", call->work->n_deps);
    st = wf_work_take(call, 0, &v);
    if (st == WEFT_EMPTY)
        return WEFT_OK; /* the other gave nothing */
    if (st)
        return weft_error_set(err, st, "the result of the task it became cannot be had twice");
    weft_call_return(call, v);
    return WEFT_OK;
}

/* Whether its body may begin. False: it waits. *st tells why it may never. */
static bool may_begin(struct wf_worker *w, struct weft_child *c, weft_status *st, struct weft_error *err)
{
    const enum wf_begin may = wf_asks_begin(w->pool, c, c->work.asks, err);

    if (may == WF_BEGIN_FAILED)
        *st = err->status;
    else if (may == WF_BEGIN_NOW && c->work.asks->terms.n_needs)
        wf_store_relaxed(&c->has_units, true);
    return may != WF_BEGIN_LATER;
}

static weft_status call_body(weft_call *call, struct weft_child *c, struct weft_error *err)
{
    struct wf_tracer *t = wf_worker_tracer(call->worker);
    const bool profiled = wf_load_relaxed(&c->run->flags) & WF_RUN_PROFILED;
    struct wf_noting noting;
    struct wf_probed probed;
    weft_status st;

    if (!c->work.body)
        return pass_on(call, err);
    if (!t && !profiled)
        return c->work.body(call, c->work.arg, err);
    if (t)
        noting = wf_tracer_begin(t, c->node, c->run->place);
    if (profiled)
        wf_probe_begin(call->probe, &probed, wf_profile_group(c->run, c->node), __builtin_frame_address(0));
    st = c->work.body(call, c->work.arg, err);
    if (profiled)
        wf_probe_end(call->probe, &probed);
    if (t)
        wf_tracer_end(t, noting, c->node, c->run->place, WEFT_EVENT_CHILD, st);
    return st;
}

static weft_status run_body(weft_call *call, struct weft_child *c, struct weft_error *err)
{
    struct wf_asks *asks = c->work.asks;
    weft_status st;

    c->n_before = c->n_numbers;
    c->work.ran = true;
    if (asks)
        wf_asks_clock(asks);
    st = call_body(call, c, err);
    return asks ? wf_asks_returned(asks, st, err) : st;
}

void wf_child_run(struct wf_worker *w, struct weft_child *c)
{
    static const struct weft_run_head ask = {0}; /* no list of inputs: weft_call_find() */
    weft_call *call = w->call;
    struct weft_error err; /* a kilobyte: not cleared */
    struct wf_aside aside;
    weft_status st;
    bool ended;

    err.status = WEFT_OK;
    st = doom_of(c, &err);
    c->work.ran = false;
    if (!st && c->work.asks && !may_begin(w, c, &st, &err))
        return;
    wf_call_aside(call, &aside);
    wf_worker_at(w, c->run);
    call->node = c->node;
    call->child = c;
    call->mark = wf_load_relaxed(&w->deque.bottom);
    if (!c->work.is_node) {
        call->work = &c->work;
        call->head = &ask;
    }
    if (!st) {
        if (c->run->stock)
            wf_budget_resume(call);
        err.status = WEFT_OK;
        st = run_body(call, c, &err);
        if (call->marks & WF_MARK_SCRATCH)
            wf_scratch_reset(&call->scratch);
        if (c->run->stock)
            wf_budget_rest(call);
    }
    ended = wf_child_body_ended(w, c, st, &err);
    wf_call_back(call, &aside);
    if (ended)
        wf_child_end(w, c);
}
