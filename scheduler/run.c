/* run.c - one plan in flight: results, readers, failures. */
#include "scheduler/run.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"
#include "lib/graph/source.h"
#include "scheduler/budget.h"
#include "scheduler/early.h"
#include "scheduler/keep.h"
#include "scheduler/pool.h"
#include "scheduler/rerun.h"
#include "scheduler/spawn.h"
#include "scheduler/stand.h"
#include "scheduler/watch.h"
#include "scheduler/worker.h"

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

/* ---- Scratch --------------------------------------------------------------- */

struct wf_scratch_extra {
    struct wf_scratch_extra *next;
    size_t                   before; /* used until it came */
    _Alignas(64) char        bytes[];
};

enum { SCRATCH_ALIGN = 64, SCRATCH_KEEP = 64 << 20 };

void *weft_call_scratch(weft_call *call, size_t bytes)
{
    struct wf_scratch *s = &call->scratch;
    const size_t want = (bytes + SCRATCH_ALIGN - 1) / SCRATCH_ALIGN * SCRATCH_ALIGN;
    struct wf_scratch_extra *x;

    if (want < bytes)
        return NULL;
    call->marks |= WF_MARK_SCRATCH;
    if (want <= s->bytes && s->used <= s->bytes - want) {
        void *p = s->block + s->used;

        s->used += want;
        return p;
    }
    x = wf_alloc_aligned(sizeof *x + want);
    if (!x)
        return NULL;
    x->next = s->extra;
    x->before = s->used;
    s->extra = x;
    s->used += want;
    return x->bytes;
}

void wf_scratch_back(struct wf_scratch *s, size_t used)
{
    while (s->extra && s->extra->before >= used) {
        struct wf_scratch_extra *next = s->extra->next;

        wf_free(s->extra);
        s->extra = next;
    }
    s->used = used;
}

void wf_scratch_reset(struct wf_scratch *s)
{
    const size_t used = s->used;
    const bool was_too_small = s->extra != NULL;

    wf_scratch_back(s, s->base);
    if (s->base)
        return;
    /* The next body will want as much: one block, unless it is a great deal. */
    if (was_too_small && used <= SCRATCH_KEEP) {
        wf_free(s->block);
        s->block = wf_alloc_aligned(used);
        s->bytes = s->block ? used : 0;
    }
}

void wf_call_init(struct weft_call *call)
{
    memset(call, 0, sizeof *call);
    call->mark = -1;
}

void wf_call_aside(struct weft_call *call, struct wf_aside *aside)
{
    aside->below = call->below;
    call->below = aside;
    aside->head = call->head;
    aside->run = call->run;
    aside->child = call->child;
    aside->work = call->work;
    aside->mark = call->mark;
    aside->base = call->scratch.base;
    aside->node = call->node;
    aside->marks = call->marks;
    aside->status = call->err.status;
    if (aside->status)
        aside->err = call->err;
    call->child = NULL;
    call->work = NULL;
    call->mark = -1;
    call->marks = 0;
    call->scratch.base = call->scratch.used;
}

void wf_call_back(struct weft_call *call, const struct wf_aside *aside)
{
    wf_worker_at(call->worker, aside->run);
    call->below = aside->below;
    call->head = aside->head;
    call->child = aside->child;
    call->work = aside->work;
    call->mark = aside->mark;
    call->scratch.base = aside->base;
    call->node = aside->node;
    call->marks = aside->marks;
    call->err.status = aside->status;
    if (aside->status)
        call->err = aside->err;
}

void wf_call_fini(struct weft_call *call)
{
    wf_scratch_reset(&call->scratch);
    wf_free(call->scratch.block);
    call->scratch = (struct wf_scratch){0};
}

/* ---- Inputs and results ---------------------------------------------------- */

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

static uint32_t input_slot(const weft_call *call, size_t i)
{
    const struct wf_inputs in = wf_plan_inputs(call->run->plan, call->node);

    WF_ASSERT(i < in.n);
    return wf_input_slot(&in, i);
}

struct weft_value weft_call_find(const weft_call *call, size_t i)
{
    if (call->work)
        return wf_work_input(call->work, i);
    return call->run->plan->slots[input_slot(call, i)];
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
    slot = input_slot(call, i);
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

int weft_call_worker(const weft_call *call)
{
    return call->worker->id;
}

bool weft_call_is_cancelled(const weft_call *call)
{
    if (call->process && wf_load_relaxed(&call->run->flags) & WF_RUN_REMOTE)
        return wf_process_is_stopped(call);
    return wf_child_is_cancelled(call->child, call->run) || wf_run_is_cancelled_above(call->run) || wf_stand_is_late(call);
}

bool wf_run_is_cancelled_above(const struct wf_run *r)
{
    struct weft_child *up;

    for (; (up = wf_load_relaxed(&((struct wf_run *)r)->up)); r = up->run)
        if (wf_child_is_cancelled(up, up->run))
            return true;
    return false;
}

/* ---- Failure --------------------------------------------------------------- */

/* The smallest wins, so the reason does not depend on who was first. */
static void poison_one(weft_plan *p, uint32_t node, uint32_t poison)
{
    uint32_t now = wf_load_relaxed(&p->poison[node]);

    while ((!now || now > poison) && !wf_cas(&p->poison[node], &now, poison))
        ;
}

static void poison_from(struct wf_run *r, uint32_t node, uint32_t poison)
{
    weft_plan *p = r->plan;

    wf_or(&r->flags, WF_RUN_TROUBLE);
    poison_one(p, node, poison);
    for (uint32_t k = 0; k < p->nodes[node].n_succ; k++)
        poison_one(p, wf_plan_succ(p, node)[k], poison);
}

static bool is_lenient(const struct weft_call *call)
{
    const weft_plan *p = call->run->plan;
    const struct weft_terms *terms = p->has_terms ? wf_plan_terms(p, call->node) : NULL;

    return call->run->on_error == WEFT_CONTINUE && terms && terms->lenient;
}

/* Whether it may not run; then the poison is passed on. */
static bool is_doomed(struct weft_call *call)
{
    struct wf_run *r = call->run;
    uint32_t poison = wf_load_relaxed(&r->plan->poison[call->node]);

    if (wf_load_relaxed(&r->flags) & WF_RUN_STOP)
        poison = poison ? poison : WF_POISON_STOPPED;
    else if (poison && is_lenient(call)) {
        /* All before it have ended: nobody else looks at its poison now. */
        wf_store_relaxed(&r->plan->poison[call->node], 0);
        poison = 0;
    }
    if (poison)
        poison_from(r, call->node, poison);
    return poison != 0;
}

void wf_run_drop_results(weft_plan *p, uint32_t node)
{
    uint32_t slot;

    for (uint32_t k = 0; (slot = wf_plan_slot(p, node, k)) != WF_NONE; k++) {
        weft_value_release(p->slots[slot]);
        p->slots[slot] = weft_value_none();
    }
}

void wf_run_fail(struct weft_call *call, weft_status st)
{
    struct wf_run *r = call->run;
    struct wf_failure *f = wf_alloc(sizeof *f);

    wf_run_drop_results(r->plan, call->node);
    if (f) {
        f->node = call->node;
        f->err = call->err;
        if (f->err.status != st) /* the body gave a status and no sentence */
            weft_error_set(&f->err, st, "%s", weft_status_text(st));
        f->next = wf_load_relaxed(&r->failures);
        while (!wf_cas(&r->failures, &f->next, f))
            ;
    }
    memset(&call->err, 0, sizeof call->err);
    poison_from(r, call->node, call->node + 1);
    if (r->on_error == WEFT_FAIL_FAST) {
        wf_or(&r->flags, WF_RUN_STOP);
        wf_pool_stop_below(call->worker->pool);
    }
}

static weft_status fail_late(const struct wf_run *r, struct weft_error *err, const char *how)
{
    char text[WEFT_UNITS_TEXT];

    return weft_error_set(err, WEFT_TIMEOUT, "the run was not done %s after it was submitted, its timeout: this task %s",
                          weft_duration_format(r->future->spec.timeout_ns, text), how);
}

bool wf_run_settle(struct weft_call *call, weft_status st)
{
    struct wf_run *r = call->run;
    const uint32_t flags = wf_load_relaxed(&r->flags);

    if (st == WEFT_CANCELLED && flags & WF_RUN_LATE)
        st = fail_late(r, &call->err, "was running");
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
    if ((flags & (WF_RUN_TROUBLE | WF_RUN_STOP)) && is_doomed(call)) {
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

/* ---- The end --------------------------------------------------------------- */

/* Fewer than this are looked through one by one. */
enum { FEW_FAILURES = 16 };

static int compare_failures(const void *a, const void *b)
{
    const uint32_t x = (*(struct wf_failure *const *)a)->node, y = (*(struct wf_failure *const *)b)->node;

    return (x > y) - (x < y);
}

void wf_run_end(struct wf_run *r)
{
    struct wf_failure *f;
    uint32_t n = 0;

    for (f = wf_load_acquire(&r->failures); f; f = f->next)
        n++;
    r->n_by_node = 0;
    r->by_node = n > FEW_FAILURES ? wf_alloc_array(n, sizeof *r->by_node) : NULL;
    if (!r->by_node)
        return;
    for (f = wf_load_acquire(&r->failures); f; f = f->next)
        r->by_node[r->n_by_node++] = f;
    qsort(r->by_node, n, sizeof *r->by_node, compare_failures);
}

static const struct wf_failure *failure_of(const struct wf_run *r, uint32_t node)
{
    struct wf_failure wanted = {.node = node}, *key = &wanted, **found;
    const struct wf_failure *f = wf_load_acquire(&r->failures);

    if (r->by_node) {
        found = bsearch(&key, r->by_node, r->n_by_node, sizeof key, compare_failures);
        return found ? *found : NULL;
    }
    while (f && f->node != node)
        f = f->next;
    return f;
}

static size_t append(char *text, size_t size, size_t at, const char *more)
{
    const int n = snprintf(text + at, size - at, "%s", more);

    return at + (size_t)n < size ? at + (size_t)n : size - 1;
}

/* "asked <- between <- failed": down from `node` along inputs of the same poison. */
static void write_chain(const struct wf_run *r, uint32_t node, uint32_t poison, struct weft_error *err)
{
    const weft_plan *p = r->plan;
    char key[96];
    size_t at = 0;

    err->chain[0] = '\0';
    for (;;) {
        const struct wf_inputs in = wf_plan_inputs(p, node);
        uint32_t below = WF_NONE;

        weft_task_key(weft_plan_task(p, node), key, sizeof key);
        at = append(err->chain, sizeof err->chain, at, key);
        if (node + 1 == poison)
            return;
        for (uint32_t k = 0; below == WF_NONE && k < in.n; k++) {
            const uint32_t slot = wf_input_slot(&in, k);
            const uint32_t pred = slot < p->first_const ? wf_plan_owner(p, slot) : WF_NONE;

            if (pred != WF_NONE && wf_load_relaxed(&p->poison[pred]) == poison)
                below = pred;
        }
        if (below == WF_NONE)
            return;
        at = append(err->chain, sizeof err->chain, at, " <- ");
        if (at == sizeof err->chain - 1)
            return; /* full; the way may be as long as the plan is deep */
        node = below;
    }
}

weft_status weft_call_input_status(const weft_call *call, size_t i, struct weft_error *err)
{
    const struct wf_run *r = call->run;
    const struct wf_failure *f;
    uint32_t slot, poison;

    if (call->work)
        return wf_work_input_status(call->work, i, err);
    slot = input_slot(call, i);
    poison = slot < r->plan->first_const ? wf_load_relaxed(&r->plan->poison[wf_plan_owner(r->plan, slot)]) : 0;
    if (!poison)
        return WEFT_OK;
    f = poison == WF_POISON_STOPPED ? NULL : failure_of(r, poison - 1);
    if (!f)
        return wf_error_nomem(err, "the error of a task"); /* what was stopped stops its readers, too */
    if (err) {
        *err = f->err;
        weft_task_key(weft_plan_task(r->plan, poison - 1), err->task, sizeof err->task);
        wf_source_tell(weft_plan_task(r->plan, poison - 1), err);
    }
    return f->err.status;
}

/* The number + 1 of the failed node that target i depends on; 0: none. */
static uint32_t poison_of(const struct wf_run *r, uint32_t i)
{
    const weft_plan *p = r->plan;

    return p->targets[i] < p->first_const ? wf_load_relaxed(&p->poison[wf_plan_owner(p, p->targets[i])]) : 0;
}

weft_status wf_run_target(struct wf_run *r, uint32_t i, struct weft_value *out)
{
    weft_plan *p = r->plan;
    const uint32_t slot = p->targets[i], poison = poison_of(r, i);
    const struct wf_failure *f;

    if (poison) {
        if (poison == WF_POISON_STOPPED)
            return wf_load_relaxed(&r->flags) & WF_RUN_LATE ? WEFT_TIMEOUT : WEFT_CANCELLED;
        f = failure_of(r, poison - 1);
        return f ? f->err.status : WEFT_NOMEM;
    }
    if (slot >= p->first_const || wf_plan_comes_again(p, i))
        return weft_value_retain(p->slots[slot], out);
    *out = p->slots[slot];
    if (out->type) /* else not written: a slot never used has no memory */
        p->slots[slot] = weft_value_none();
    return WEFT_OK;
}

void wf_run_why(const struct wf_run *r, uint32_t i, weft_status st, struct weft_error *err)
{
    const weft_plan *p = r->plan;
    const uint32_t slot = p->targets[i], poison = poison_of(r, i);
    const struct weft_type *type = p->slots[slot].type; /* NULL: given, as the last of its kind */
    const struct wf_failure *f = !poison || poison == WF_POISON_STOPPED ? NULL : failure_of(r, poison - 1);

    if (!poison && st == WEFT_UNSUPPORTED)
        weft_error_set(err, st, "target %u is asked for twice, or known before, and its type%s%s%s "
                       "can neither be shared nor copied", i, type ? " (" : "", type ? type->name : "", type ? ")" : "");
    else if (!poison)
        wf_error_nomem(err, "a result that is asked for twice, or known before");
    if (!poison)
        return;
    if (f)
        *err = f->err;
    else if (poison == WF_POISON_STOPPED && wf_load_relaxed(&r->flags) & WF_RUN_LATE)
        fail_late(r, err, "had not begun");
    else if (poison == WF_POISON_STOPPED)
        wf_future_say_stopped(r->future, err);
    else
        wf_error_nomem(err, "the error of a task");
    if (poison != WF_POISON_STOPPED) {
        const weft_task *t = weft_plan_task(p, poison - 1);

        weft_task_key(t, err->task, sizeof err->task);
        if (!err->site[0])
            wf_task_site(t, err->site, sizeof err->site);
        wf_source_tell(t, err);
    }
    write_chain(r, wf_plan_owner(p, slot), poison, err);
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
