/* child_end.c - how a spawned task ends, after all it has spawned, and brings those above to their end. */
#include "scheduler/child.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "scheduler/stand.h"

void wf_child_fail(struct weft_child *c, weft_status st, const struct weft_error *err)
{
    if (c->status)
        return;
    c->status = st;
    c->err = wf_alloc(sizeof *c->err);
    if (c->err && err && err->status == st)
        *c->err = *err;
    else if (c->err) { /* a body may give a status and no sentence */
        memset(c->err, 0, sizeof *c->err);
        weft_error_set(c->err, st, "%s", weft_status_text(st));
    }
}

static void give(struct weft_child *c, struct weft_value value)
{
    weft_value_release(c->value);
    c->value = value;
}

void wf_child_return(struct weft_child *c, struct weft_value value)
{
    give(c, value);
}

weft_status wf_child_take(struct weft_child *c, struct weft_value *out)
{
    /* Acquire: pairs with the release of who has read it. The body that asks is the only
     * one that could make more. */
    if ((wf_load_acquire(&c->holds) & ~(uint32_t)WF_HOLD_LIFE) != WF_HOLD_PARENT)
        return wf_value_own(c->value, out);
    *out = c->value;
    c->value = weft_value_none();
    return WEFT_OK;
}

/* Of the children that failed and were not answered for, the first that was spawned counts.
 * False: it has failed by one that an earlier body has spawned. */
static bool settle(struct wf_worker *w, struct weft_child *c)
{
    bool is_own = true;

    /* Acquire: pairs with the release in report(). All children have ended. */
    struct weft_child *failed = wf_load_acquire(&c->failed), *first = NULL;

    for (struct weft_child *f = failed; f; f = f->next_failed)
        if (!f->handled && (!first || f->number < first->number))
            first = f;
    if (first) {
        is_own = c->status || first->number >= c->n_before;
        wf_child_fail(c, first->status, first->err);
    }
    while (failed) {
        struct weft_child *next = failed->next_failed;

        wf_child_drop(w, failed, WF_HOLD_READER);
        failed = next;
    }
    wf_store_relaxed(&c->failed, NULL);
    if (c->later) {
        if (c->later->status)
            wf_child_fail(c, c->later->status, &c->later->err);
        else if (c->later->value.type)
            give(c, c->later->value);
        wf_free(c->later);
        c->later = NULL;
    }
    if (c->status) {
        weft_value_release(c->value);
        c->value = weft_value_none();
    }
    return is_own;
}

static void report(struct wf_worker *w, struct weft_child *up, struct weft_child *c)
{
    struct weft_child *head = wf_load_relaxed(&up->failed);

    wf_take_off(w, &c->holds, -(uint32_t)WF_HOLD_READER);
    do
        c->next_failed = head;
    while (!wf_cas(&up->failed, &head, c));
}

/* What the stem came to is its node's, of which the call is now. False: that is tried once
 * more. */
static bool pass_to_node(struct wf_worker *w, struct weft_child *c)
{
    weft_call *call = w->call;
    const weft_status st = c->status;

    call->err.status = WEFT_OK;
    if (c->err)
        call->err = *c->err;
    if (c->value.type)
        weft_call_return(call, c->value);
    c->value = weft_value_none();
    wf_child_drop(w, c, WF_HOLD_LIFE);
    return wf_run_settle(call, st);
}

static void end_stem(struct wf_worker *w, struct weft_child *c)
{
    weft_call *call = w->call;
    struct wf_run *run = c->run;
    const uint32_t node = c->node;
    struct wf_aside aside;

    wf_call_aside(call, &aside);
    wf_worker_at(w, run);
    call->node = node;
    call->began = c->began;
    if (run->stock)
        wf_budget_resume(call);
    if (pass_to_node(w, c))
        wf_worker_end_node(w, node);
    wf_call_back(call, &aside);
}

static void give_back(struct wf_worker *w, struct weft_child *c, struct wf_asks *asks)
{
    wf_store_relaxed(&c->has_units, false);
    wf_asks_end(w->pool, asks);
}

/* The present body of `c` wanted to be run in a certain way, and all it has spawned has
 * ended. True: it failed, and is run again. */
static bool try_again(struct wf_worker *w, struct weft_child *c, bool is_own)
{
    struct wf_asks *asks = c->work.asks;

    if (c->status && is_own && c->work.ran && wf_asks_has_tries(asks) && !wf_child_is_cancelled(c, c->run)) {
        wf_free(c->err);
        c->err = NULL;
        c->status = WEFT_OK;
        wf_store_relaxed(&c->n_open, WF_OPEN_BODY);
        wf_store_relaxed(&c->has_units, c->held != NULL);
        wf_asks_again(w, c, asks);
        return true;
    }
    if (c->err && c->work.ran)
        wf_asks_tell_tries(asks, c->err);
    give_back(w, c, asks);
    wf_work_fini(w, &c->work);
    return false;
}

void wf_child_end(struct wf_worker *w, struct weft_child *c)
{
    for (;;) {
        struct weft_child *up = wf_load_relaxed(&c->up);
        const bool is_own = settle(w, c);

        if (c->work.asks && try_again(w, c, is_own))
            return;
        if (c->held) {
            give_back(w, c, c->held);
            wf_free(c->held);
        }
        if (c->kind == WF_CHILD_STEM) {
            end_stem(w, c);
            return;
        }
        if (c->status)
            report(w, up, c);
        wf_child_tell_waiters(w, c);
        wf_child_drop(w, c, WF_HOLD_LIFE);
        if (wf_take_off(w, &up->n_open, 1) != 1)
            return;
        c = up;
    }
}

void wf_child_let_go(struct wf_worker *w, struct weft_child *c)
{
    if (wf_take_off(w, &c->n_open, 1) == 1)
        wf_child_end(w, c);
}

/* Its own body is over: from now on n_open counts children only. True: there are none left. */
static bool is_body_last(struct wf_worker *w, struct weft_child *c)
{
    const uint32_t n = WF_OPEN_BODY - c->n_spawned;

    c->n_spawned = 0;
    return wf_take_off(w, &c->n_open, n) == n;
}

/* A group holds itself open while it may be spawned into. */
void wf_group_shut(struct wf_worker *w, struct weft_child *group)
{
    if (group->closed)
        return;
    group->closed = true;
    if (is_body_last(w, group))
        wf_child_end(w, group);
}

bool wf_child_body_ended(struct wf_worker *w, struct weft_child *c, weft_status st, const struct weft_error *err)
{
    struct weft_child *child = c->children, *older;
    struct wf_work *next = c->next;

    for (; child; child = older) {
        older = child->sibling;
        if (child->kind == WF_CHILD_GROUP)
            wf_group_shut(w, child);
        wf_child_drop(w, child, WF_HOLD_PARENT);
    }
    c->children = NULL;
    if (!c->work.asks)
        wf_work_fini(w, &c->work);
    c->next = NULL;
    if (st)
        wf_child_fail(c, st, err);
    if (next && c->status) {
        wf_work_fini(w, next);
        wf_work_free(w, next);
        next = NULL;
    }
    if (!next)
        return is_body_last(w, c);
    /* Now and then, for a loop may spawn more than can be counted at a time. */
    if (c->n_spawned) {
        wf_take_off(w, &c->n_open, -c->n_spawned);
        c->n_spawned = 0;
    }
    if (c->work.asks) {
        if (wf_load_relaxed(&c->has_units) && !c->held) {
            c->held = c->work.asks;
            c->work.asks = NULL;
        }
        wf_work_fini(w, &c->work);
    }
    wf_work_move(&c->work, next);
    wf_work_free(w, next);
    wf_child_start(w, c);
    return false;
}

bool wf_stem_after(weft_call *call, weft_status st)
{
    struct wf_worker *w = call->worker;
    struct weft_child *c = call->child;

    call->child = NULL;
    call->mark = -1;
    if (c->run->stock)
        wf_budget_rest(call); /* bodies of its children count for themselves */
    if (!wf_child_body_ended(w, c, st, &call->err))
        return false;
    if (call->run->stock)
        wf_budget_resume(call);
    /* All in one: the node ends here, as if it had no stem. */
    settle(w, c);
    return pass_to_node(w, c);
}
