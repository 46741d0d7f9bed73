/* spawn.c - tasks that running bodies make: built, run, ended. */
#include "scheduler/spawn.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "scheduler/stand.h"

/* ---- Memory -------------------------------------------------------------------- */

enum { CHILDREN_A_BLOCK = 32 };

struct wf_child_block {
    struct wf_child_block *older;
    _Alignas(64) struct weft_child of[CHILDREN_A_BLOCK];
};

void wf_child_free_blocks(struct wf_child_block *blocks)
{
    while (blocks) {
        struct wf_child_block *older = blocks->older;

        wf_free(blocks);
        blocks = older;
    }
}

/* Where one worker spawns and another ends, what is free goes round by the pool. A batch
 * hangs on its first. */
static void lend_batch(struct wf_worker *w)
{
    struct weft_child *first = w->free_children, *last = first;

    for (int i = 1; i < CHILDREN_A_BLOCK; i++)
        last = last->sibling;
    w->free_children = last->sibling;
    w->n_free_children -= CHILDREN_A_BLOCK;
    last->sibling = NULL;
    wf_mutex_lock(&w->pool->lock);
    first->children = w->pool->free_children;
    w->pool->free_children = first;
    wf_mutex_unlock(&w->pool->lock);
}

static bool borrow_batch(struct wf_worker *w)
{
    struct weft_child *first;

    if (w->alone)
        return false; /* none is ever lent; and a serial pool holds its lock */
    wf_mutex_lock(&w->pool->lock);
    first = w->pool->free_children;
    w->pool->free_children = first ? first->children : NULL;
    wf_mutex_unlock(&w->pool->lock);
    w->free_children = first;
    w->n_free_children = first ? CHILDREN_A_BLOCK : 0;
    return first != NULL;
}

static void put_free(struct wf_worker *w, struct weft_child *c)
{
    c->sibling = w->free_children;
    w->free_children = c;
    if (++w->n_free_children >= 2 * CHILDREN_A_BLOCK && !w->alone)
        lend_batch(w);
}

static bool add_block(struct wf_worker *w)
{
    struct wf_child_block *b = wf_alloc_aligned(sizeof *b);

    if (!b)
        return false;
    memset(b, 0, sizeof *b);
    b->older = w->child_blocks;
    w->child_blocks = b;
    for (int i = CHILDREN_A_BLOCK; i-- > 0;) {
        b->of[i].sibling = w->free_children;
        w->free_children = &b->of[i];
    }
    w->n_free_children = CHILDREN_A_BLOCK;
    return true;
}

/* A child below `up`, with one reference: its life. It is not counted there yet. */
static struct weft_child *new_child(struct wf_worker *w, enum wf_child_kind kind, struct weft_child *up)
{
    struct weft_child *c;

    if (!w->free_children && !borrow_batch(w) && !add_block(w))
        return NULL;
    c = w->free_children;
    w->free_children = c->sibling;
    w->n_free_children--;
    /* Relaxed, and one by one: a thief may be reading of an earlier life. */
    wf_store_relaxed(&c->up, up);
    wf_store_relaxed(&c->depth, up ? wf_load_relaxed(&up->depth) + 1 : 0);
    wf_store_relaxed(&c->n_open, WF_OPEN_BODY);
    wf_store_relaxed(&c->holds, WF_HOLD_LIFE);
    wf_store_relaxed(&c->stop, 0);
    wf_store_relaxed(&c->waiters, NULL);
    wf_store_relaxed(&c->failed, NULL);
    wf_store_relaxed(&c->has_units, false);
    c->n_spawned = 0;
    c->n_numbers = c->n_before = 0;
    c->held = NULL;
    c->kind = kind;
    c->status = WEFT_OK;
    c->handled = c->closed = false;
    c->err = NULL;
    c->value = weft_value_none();
    c->later = NULL;
    c->children = c->sibling = NULL;
    c->next = NULL;
    return c;
}

/* Takes n off, and answers what it was. Release: what we did for it comes before. Acquire,
 * for the last: so does what all others did. */
static inline uint32_t take_off(const struct wf_worker *w, _Atomic uint32_t *count, uint32_t n)
{
    uint32_t was;

    if (!w->alone)
        return wf_sub(count, n);
    was = wf_load_relaxed(count);
    wf_store_relaxed(count, was - n);
    return was;
}

static void drop(struct wf_worker *w, struct weft_child *c, uint32_t hold)
{
    if (take_off(w, &c->holds, hold) != hold)
        return;
    weft_value_release(c->value);
    wf_free(c->err);
    put_free(w, c);
}

/* ---- Work ---------------------------------------------------------------------- */

/* Nothing to run, nothing to free. */
static void no_work(struct wf_work *work)
{
    work->n_deps = 0;
    work->deps = NULL;
    work->free_arg = NULL;
    work->arg_is_ours = work->is_node = work->lenient = work->ran = false;
    work->asks = NULL;
}

/* Frees what the work holds; its inputs may be gone then. */
static void fini_work(struct wf_worker *w, struct wf_work *work)
{
    if (work->free_arg)
        work->free_arg(work->arg);
    else if (work->arg_is_ours)
        wf_free(work->arg);
    for (uint32_t i = 0; i < work->n_deps; i++)
        drop(w, work->deps[i].of, WF_HOLD_READER);
    if (work->deps != work->few)
        wf_free(work->deps);
    wf_free(work->asks);
    no_work(work);
}

/* What a task becomes lies apart until it is that; one such place is kept at hand. */
static struct wf_work *new_work(struct wf_worker *w)
{
    struct wf_work *work = w->free_work;

    w->free_work = NULL;
    return work ? work : wf_alloc(sizeof *work);
}

static void free_work(struct wf_worker *w, struct wf_work *work)
{
    if (w->free_work)
        wf_free(work);
    else
        w->free_work = work;
}

/* From a place that goes away: what lies in the work itself moves along. */
static void move_work(struct wf_work *to, const struct wf_work *from)
{
    *to = *from;
    if (from->deps == from->few)
        to->deps = to->few;
    if (from->arg == from->small)
        to->arg = to->small;
}

/* Fills `work` as `spec` says. Its inputs are held from now on. False: no memory; then
 * the argument is freed if it was to be. */
static bool init_work(struct wf_worker *w, struct wf_work *work, const struct weft_spawn_spec *spec)
{
    work->body = spec->body;
    work->arg = spec->arg;
    work->free_arg = spec->arg_bytes ? NULL : spec->free_arg;
    work->arg_is_ours = spec->arg_bytes > WF_SMALL_ARG;
    work->is_node = work->ran = false;
    work->lenient = spec->terms && spec->terms->lenient;
    work->asks = NULL;
    work->n_deps = 0;
    work->deps = spec->n_deps > WF_FEW_EDGES ? wf_alloc_array(spec->n_deps, sizeof *work->deps) : work->few;
    if (work->arg_is_ours)
        work->arg = wf_alloc(spec->arg_bytes);
    else if (spec->arg_bytes)
        work->arg = work->small;
    if (!work->deps || (spec->arg_bytes && !work->arg)) {
        if (work->deps != work->few)
            wf_free(work->deps);
        if (work->arg_is_ours)
            wf_free(work->arg);
        else if (work->free_arg)
            work->free_arg(work->arg);
        return false;
    }
    if (spec->arg_bytes)
        memcpy(work->arg, spec->arg, spec->arg_bytes);
    for (size_t i = 0; i < spec->n_deps; i++) {
        work->deps[i].of = spec->deps[i];
        take_off(w, &spec->deps[i]->holds, -(uint32_t)WF_HOLD_READER);
    }
    work->n_deps = (uint32_t)spec->n_deps;
    return true;
}

struct weft_value wf_work_input(const struct wf_work *work, size_t i)
{
    WF_ASSERT(i < work->n_deps);
    return work->deps[i].of->value;
}

weft_status wf_work_input_status(const struct wf_work *work, size_t i, struct weft_error *err)
{
    const struct weft_child *of = work->deps[i].of;

    WF_ASSERT(i < work->n_deps);
    if (of->status && err && of->err)
        *err = *of->err;
    else if (of->status)
        weft_error_set(err, of->status, "%s", weft_status_text(of->status));
    return of->status;
}

weft_status wf_work_take(weft_call *call, size_t i, struct weft_value *out)
{
    struct weft_child *of = call->work->deps[i].of;

    if (!of->value.type)
        return WEFT_EMPTY;
    if (call->work->asks && wf_stand_keeps(call)) {
        if (!of->value.type->free || of->value.type->copy)
            return wf_value_own(of->value, out);
        wf_stand_spend(call);
    }
    /* Acquire: who read it before has let go of it. */
    if ((wf_load_acquire(&of->holds) & ~(uint32_t)WF_HOLD_LIFE) != WF_HOLD_READER)
        return wf_value_own(of->value, out);
    *out = of->value;
    of->value = weft_value_none();
    return WEFT_OK;
}

/* ---- Waiting for inputs --------------------------------------------------------- */

/* What `waiters` holds once nobody need wait any more. */
static const struct wf_edge closed_mark;
#define CLOSED ((struct wf_edge *)&closed_mark)

/* Enters it with what is waited for. False: that has finished. */
static bool wait_for(const struct wf_worker *w, struct wf_edge *e)
{
    struct wf_edge *head = wf_load_acquire(&e->of->waiters);

    if (w->alone && head != CLOSED) {
        e->next = head;
        wf_store_relaxed(&e->of->waiters, e);
        return true;
    }
    do {
        if (head == CLOSED)
            return false;
        e->next = head;
        /* Release: who closes the list sees the edge. Acquire on failure: closed means
         * that the result is there. */
    } while (!wf_cas(&e->of->waiters, &head, e));
    return true;
}

bool wf_child_is_over(struct weft_child *c)
{
    /* Acquire: pairs with the release in tell_waiters(). */
    return wf_load_acquire(&c->waiters) == CLOSED;
}

void wf_child_await(struct wf_worker *w, struct weft_child *c, struct wf_sleeper *s)
{
    s->edge = (struct wf_edge){.of = c};
    wf_init(&s->over, 0);
    s->is_in = wait_for(w, &s->edge);
}

/* Lets `c` begin its work as soon as its inputs are there. */
static void start(struct wf_worker *w, struct weft_child *c)
{
    struct wf_work *work = &c->work;
    uint32_t n = 1;

    wf_store_relaxed(&c->n_wait, work->n_deps + 1);
    for (uint32_t i = 0; i < work->n_deps; i++) {
        work->deps[i].waiter = c;
        n += !wait_for(w, &work->deps[i]);
    }
    /* Without inputs that wait nobody else knows of it. */
    if (n == work->n_deps + 1 || take_off(w, &c->n_wait, n) == n)
        wf_worker_leave(w, wf_word_of(c, WF_WORD_RUN));
}

/* ---- The end of a child ---------------------------------------------------------- */

static void fail(struct weft_child *c, weft_status st, const struct weft_error *err)
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
        fail(c, first->status, first->err);
    }
    while (failed) {
        struct weft_child *next = failed->next_failed;

        drop(w, failed, WF_HOLD_READER);
        failed = next;
    }
    wf_store_relaxed(&c->failed, NULL);
    if (c->later) {
        if (c->later->status)
            fail(c, c->later->status, &c->later->err);
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

    take_off(w, &c->holds, -(uint32_t)WF_HOLD_READER);
    do
        c->next_failed = head;
    while (!wf_cas(&up->failed, &head, c));
}

/* Those that waited for `c` may have all they wait for now. */
static void tell_waiters(struct wf_worker *w, struct weft_child *c)
{
    struct wf_edge *e;

    if (w->alone) {
        e = wf_load_relaxed(&c->waiters);
        wf_store_release(&c->waiters, CLOSED); /* for a hand that has this seat later */
    } else {
        /* Release: who finds it closed sees the result. Acquire: the edges. */
        e = wf_swap(&c->waiters, CLOSED);
    }
    while (e) {
        struct wf_edge *next = e->next;

        if (!e->waiter) {
            struct wf_sleeper *s = (struct wf_sleeper *)e;

            /* Release, as above. Its body may go on now, and then it is gone: a wake needs
             * only the address. */
            wf_store_release(&s->over, 1);
            wf_wake(&s->over, 1);
        } else if (take_off(w, &e->waiter->n_wait, 1) == 1) {
            wf_worker_leave(w, wf_word_of(e->waiter, WF_WORD_RUN));
        }
        e = next;
    }
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
    drop(w, c, WF_HOLD_LIFE);
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
    fini_work(w, &c->work);
    return false;
}

/* `c` has ended, and may bring those above to their end. */
static void end(struct wf_worker *w, struct weft_child *c)
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
        tell_waiters(w, c);
        drop(w, c, WF_HOLD_LIFE);
        if (take_off(w, &up->n_open, 1) != 1)
            return;
        c = up;
    }
}

void wf_child_let_go(struct wf_worker *w, struct weft_child *c)
{
    if (take_off(w, &c->n_open, 1) == 1)
        end(w, c);
}

/* Its own body is over: from now on n_open counts children only. True: there are none left. */
static bool is_body_last(struct wf_worker *w, struct weft_child *c)
{
    const uint32_t n = WF_OPEN_BODY - c->n_spawned;

    c->n_spawned = 0;
    return take_off(w, &c->n_open, n) == n;
}

/* A group holds itself open while it may be spawned into. */
void wf_group_shut(struct wf_worker *w, struct weft_child *group)
{
    if (group->closed)
        return;
    group->closed = true;
    if (is_body_last(w, group))
        end(w, group);
}

/* A body of `c` has returned: what it spawned is not its any more, and what it wants to
 * become is begun. True: that was all, and all children have ended: then the end is to be
 * made by the caller. */
static bool body_ended(struct wf_worker *w, struct weft_child *c, weft_status st, const struct weft_error *err)
{
    struct weft_child *child = c->children, *older;
    struct wf_work *next = c->next;

    for (; child; child = older) {
        older = child->sibling;
        if (child->kind == WF_CHILD_GROUP)
            wf_group_shut(w, child);
        drop(w, child, WF_HOLD_PARENT);
    }
    c->children = NULL;
    if (!c->work.asks)
        fini_work(w, &c->work);
    c->next = NULL;
    if (st)
        fail(c, st, err);
    if (next && c->status) {
        fini_work(w, next);
        free_work(w, next);
        next = NULL;
    }
    if (!next)
        return is_body_last(w, c);
    /* Now and then, for a loop may spawn more than can be counted at a time. */
    if (c->n_spawned) {
        take_off(w, &c->n_open, -c->n_spawned);
        c->n_spawned = 0;
    }
    if (c->work.asks) {
        if (wf_load_relaxed(&c->has_units) && !c->held) {
            c->held = c->work.asks;
            c->work.asks = NULL;
        }
        fini_work(w, &c->work);
    }
    move_work(&c->work, next);
    free_work(w, next);
    start(w, c);
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
    if (!body_ended(w, c, st, &call->err))
        return false;
    if (call->run->stock)
        wf_budget_resume(call);
    /* All in one: the node ends here, as if it had no stem. */
    settle(w, c);
    return pass_to_node(w, c);
}

/* ---- Running --------------------------------------------------------------------- */

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
    ended = body_ended(w, c, st, &err);
    wf_call_back(call, &aside);
    if (ended)
        end(w, c);
}

/* ---- Building -------------------------------------------------------------------- */

struct weft_child *wf_child_of_call(weft_call *call)
{
    struct wf_worker *w = call->worker;
    struct weft_child *c = call->child;

    if (c || call->stolen || call->process)
        return c;
    c = new_child(w, WF_CHILD_STEM, call->run->up);
    if (!c)
        return NULL;
    if (call->run->elastic)
        wf_elastic_open(call->run);
    c->run = call->run;
    c->node = call->node;
    c->began = call->began;
    no_work(&c->work);
    c->work.is_node = true;
    call->child = c;
    call->marks |= WF_MARK_CHILD;
    call->mark = wf_load_relaxed(&w->deque.bottom);
    return c;
}

void wf_no_child_init(struct weft_child *c)
{
    memset(c, 0, sizeof *c);
    wf_init(&c->holds, WF_OPEN_BODY); /* never ours to free */
    wf_init(&c->waiters, CLOSED);
    c->status = WEFT_NOMEM;
    c->closed = true;
}

/* What cannot be spawned fails the task that would have it. What is given back stands for
 * all such of this pool: it has failed, and stays. */
void wf_call_refuse(weft_call *call, weft_status st, const char *why)
{
    struct weft_error err = {.status = WEFT_OK};

    weft_error_set(&err, st, "%s", why);
    if (call->child) {
        fail(call->child, st, &err);
    } else {
        call->err = err;
        call->marks |= WF_MARK_REFUSED;
    }
}

static weft_child *refuse(weft_call *call, const struct weft_spawn_spec *spec, weft_status st, const char *why)
{
    if (spec && !spec->arg_bytes && spec->free_arg)
        spec->free_arg(spec->arg);
    wf_call_refuse(call, st, why);
    return &call->worker->pool->no_child;
}

/* Why this body can spawn nothing at all; the task fails with it. */
static weft_child *refuse_all(weft_call *call, const struct weft_spawn_spec *spec)
{
    if (call->process)
        return refuse(call, spec, WEFT_UNSUPPORTED, "a body in another process can spawn nothing");
    if (call->stolen)
        return refuse(call, spec, WEFT_UNSUPPORTED, "a forked body can spawn nothing");
    return refuse(call, spec, WEFT_NOMEM, "no memory for a spawned task");
}

static struct weft_child *owner_of(const struct weft_child *c)
{
    struct weft_child *up = wf_load_relaxed(&((struct weft_child *)c)->up);

    while (up && up->kind == WF_CHILD_GROUP)
        up = wf_load_relaxed(&up->up);
    return up;
}

static bool deps_are_ours(const weft_call *call, const struct weft_spawn_spec *spec, const struct weft_child *me)
{
    for (size_t i = 0; i < spec->n_deps; i++)
        if (spec->deps[i] != &call->worker->pool->no_child && owner_of(spec->deps[i]) != me)
            return false;
    return true;
}

/* A child of kind `kind` below `me`, or `group`; in the list of who spawned it. */
static struct weft_child *add_child(weft_call *call, enum wf_child_kind kind, struct weft_child *me, struct weft_child *group)
{
    struct weft_child *up = group ? group : me, *c = new_child(call->worker, kind, up);

    if (!c)
        return NULL;
    c->run = call->run;
    c->node = call->node;
    c->number = up->n_numbers++;
    up->n_spawned++;
    no_work(&c->work);
    c->sibling = me->children;
    me->children = c;
    wf_store_relaxed(&c->holds, WF_HOLD_LIFE + WF_HOLD_PARENT);
    return c;
}

weft_child *weft_call_spawn(weft_call *call, const struct weft_spawn_spec *spec)
{
    struct wf_worker *w = call->worker;
    struct weft_child *me = wf_child_of_call(call), *group = spec->group, *c;
    struct wf_asks *asks;
    struct weft_error err;

    if (!me)
        return refuse_all(call, spec);
    if (!deps_are_ours(call, spec, me))
        return refuse(call, spec, WEFT_INVALID, "a spawned task depends on one that another body has spawned");
    if (group == &w->pool->no_child)
        return refuse(call, spec, WEFT_NOMEM, "no memory for the group of a spawned task");
    if (group && (group->kind != WF_CHILD_GROUP || owner_of(group) != me))
        return refuse(call, spec, WEFT_INVALID, "a task was spawned into what is no group of this body");
    if (group && group->closed)
        return refuse(call, spec, WEFT_INVALID, "a task was spawned into a group that was waited for");
    for (size_t i = 0; group && i < spec->n_deps; i++)
        if (spec->deps[i] == group)
            return refuse(call, spec, WEFT_INVALID, "a task was spawned into a group that it depends on");
    if (wf_asks_new(&asks, w->pool, spec, &err))
        return refuse(call, spec, err.status, err.message);
    c = add_child(call, WF_CHILD_TASK, me, group);
    if (!c) {
        wf_free(asks);
        return refuse(call, spec, WEFT_NOMEM, "no memory for a spawned task");
    }
    if (init_work(w, &c->work, spec)) {
        c->work.asks = asks;
    } else {
        wf_free(asks);
        fail(c, WEFT_NOMEM, NULL);
        wf_store_relaxed(&c->n_open, 0);
        end(w, c);
        return c;
    }
    /* As by a wait: a group that stays open does not end, and this body may wait for `c`. */
    for (size_t i = 0; i < spec->n_deps; i++)
        if (spec->deps[i]->kind == WF_CHILD_GROUP)
            wf_group_shut(w, spec->deps[i]);
    start(w, c);
    if (!w->alone)
        wf_park_wake(&w->pool->park);
    return c;
}

weft_child *weft_call_group(weft_call *call)
{
    struct weft_child *me = wf_child_of_call(call), *c;

    if (!me)
        return refuse_all(call, NULL);
    c = add_child(call, WF_CHILD_GROUP, me, NULL);
    return c ? c : refuse(call, NULL, WEFT_NOMEM, "no memory for a group of tasks");
}

void weft_call_become(weft_call *call, const struct weft_spawn_spec *spec)
{
    struct wf_worker *w = call->worker;
    struct weft_child *me = wf_child_of_call(call);
    struct wf_asks *asks;
    struct weft_error err;
    struct wf_work *work;

    if (!me) {
        refuse_all(call, spec);
        return;
    }
    if (spec->terms && spec->terms->n_needs) {
        refuse(call, spec, WEFT_INVALID, "the rest of a task needs a resource: say so of the whole task, for it is held "
               "until that has ended");
        return;
    }
    if (!deps_are_ours(call, spec, me)) {
        refuse(call, spec, WEFT_INVALID, "a task would depend on one that another body has spawned");
        return;
    }
    if (wf_asks_new(&asks, w->pool, spec, &err)) {
        refuse(call, spec, err.status, err.message);
        return;
    }
    work = new_work(w);
    if (!work || !init_work(w, work, spec)) {
        refuse(call, work ? NULL : spec, WEFT_NOMEM, "no memory for the rest of a task");
        free_work(w, work);
        wf_free(asks);
        return;
    }
    work->asks = asks;
    if (me->next) {
        fini_work(w, me->next);
        free_work(w, me->next);
    }
    me->next = work;
}
