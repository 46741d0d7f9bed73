/* early.c - results that are there before their run has ended. */
#include "scheduler/early.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/bits.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"

static bool streams(const struct weft_run_spec *spec)
{
    return spec->stream || spec->window || spec->store || spec->into_f64 || spec->into_i64;
}

/* Which targets each node gives. */
static void list_targets(struct wf_early *s, const weft_plan *p)
{
    memset(s->first, 0xff, p->n_nodes * sizeof *s->first);
    for (uint32_t i = p->n_targets; i-- > 0;) {
        uint32_t node;

        if (p->targets[i] >= p->first_const)
            continue;
        node = wf_plan_owner(p, p->targets[i]);
        s->next[i] = s->first[node];
        s->first[node] = i;
    }
}

static int compare_needs(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return (x > y) - (x < y);
}

/* How many roots each target needs. Nodes come after what they wait for, so one pass does. */
static bool list_needs(struct wf_early *s, const weft_plan *p)
{
    uint32_t *of = wf_alloc_zero(p->n_nodes, sizeof *of);

    s->need = wf_alloc_zero(p->n_targets, sizeof *s->need);
    s->needs = wf_alloc_array(p->n_targets, sizeof *s->needs);
    if (!of || !s->need || !s->needs) {
        wf_free(of);
        return false;
    }
    for (uint32_t i = 0; i < p->n_roots; i++)
        of[p->roots[i]] = i + 1;
    for (uint32_t i = 0; i < p->n_nodes; i++)
        for (uint32_t k = 0; k < p->nodes[i].n_succ; k++) {
            const uint32_t succ = wf_plan_succ(p, i)[k];

            of[succ] = of[i] > of[succ] ? of[i] : of[succ];
        }
    for (uint32_t i = 0; i < p->n_targets; i++)
        if (p->targets[i] < p->first_const)
            s->need[i] = of[wf_plan_owner(p, p->targets[i])];
    memcpy(s->needs, s->need, p->n_targets * sizeof *s->needs);
    qsort(s->needs, p->n_targets, sizeof *s->needs, compare_needs);
    wf_free(of);
    return true;
}

/* Roots with priorities wait in the heap; a serial pool runs all before anybody takes. */
static bool can_hold_back(const weft_future *f)
{
    return f->spec.window < f->plan->n_targets && !f->plan->priority && f->pool->kind != WEFT_POOL_SERIAL;
}

weft_status wf_early_new(weft_future *f, struct weft_error *err)
{
    const weft_plan *p = f->plan;
    const size_t words = (p->n_targets + 63) / 64;
    struct wf_early *s;

    if (!streams(&f->spec))
        return WEFT_OK;
    s = wf_alloc_zero(1, sizeof *s);
    if (!s)
        return wf_error_nomem(err, "a run that streams");
    wf_mutex_init(&s->lock);
    f->early = s;
    s->order = wf_alloc_array(p->n_targets, sizeof *s->order);
    s->next = wf_alloc_array(p->n_targets, sizeof *s->next);
    s->first = wf_alloc_array(p->n_nodes, sizeof *s->first);
    s->told = wf_alloc_zero(2 * words, sizeof *s->told);
    if (!s->order || !s->next || !s->first || !s->told)
        return wf_error_nomem(err, "a run that streams");
    s->given = s->told + words;
    s->future = f;
    s->n_targets = p->n_targets;
    s->n_roots = s->n_let_go = p->n_roots;
    list_targets(s, p);
    if (f->spec.window && can_hold_back(f)) {
        if (!list_needs(s, p))
            return wf_error_nomem(err, "a run that streams");
        s->window = (uint32_t)f->spec.window;
        s->n_let_go = s->needs[s->window - 1];
    }
    return WEFT_OK;
}

void wf_early_free(struct wf_early *s)
{
    if (!s)
        return;
    wf_mutex_fini(&s->lock);
    wf_free(s->order);
    wf_free(s->next);
    wf_free(s->first);
    wf_free(s->told);
    wf_free(s->need);
    wf_free(s->needs);
    wf_free(s);
}

/* ---- The window -------------------------------------------------------------- */

/* The first n roots may run. Under the lock. */
static void let_go(struct wf_early *s, uint32_t n)
{
    if (n <= s->n_let_go)
        return;
    n -= s->n_let_go;
    s->n_let_go += n;
    if (!s->run)
        return;
    /* Release: pairs with the claim. The sum is at most n_roots, so it does not carry. */
    wf_add(&s->run->cursor, n);
    /* They cannot all have finished before their targets are told, which takes the lock: so
     * the run is there, and its pool. */
    wf_park_wake(&s->future->pool->park);
}

/* What may run as so many have been taken. Under the lock. */
static void move_window(struct wf_early *s)
{
    if (s->window)
        let_go(s, s->n_given < s->n_targets - s->window ? s->needs[s->n_given + s->window - 1] : s->n_roots);
}

void wf_early_place(struct wf_early *s, struct wf_run *r)
{
    wf_mutex_lock(&s->lock);
    s->run = r;
    /* Release: who claims roots sees the run. */
    wf_store_release(&r->cursor, r->plan->priority ? 0 : (uint64_t)s->n_let_go);
    wf_mutex_unlock(&s->lock);
}

void wf_early_open(struct wf_early *s)
{
    if (!s || !s->window)
        return;
    wf_mutex_lock(&s->lock);
    let_go(s, s->n_roots);
    wf_mutex_unlock(&s->lock);
}

/* ---- Telling ------------------------------------------------------------------ */

/* Where the value goes that the caller wants elsewhere than in the future. */
static weft_status deliver(weft_future *f, uint32_t i, struct weft_value *v, struct weft_error *err)
{
    const struct weft_run_spec *spec = &f->spec;
    weft_status st = WEFT_OK;

    if (spec->into_f64)
        spec->into_f64[i] = weft_value_f64(*v);
    if (spec->into_i64)
        spec->into_i64[i] = weft_value_i64(*v);
    if (spec->store) {
        err->status = WEFT_OK;
        st = spec->store(spec->store_arg, i, *v, err);
        if (st && err->status != st)
            weft_error_set(err, st, "result %u was not stored: %s", i, weft_status_text(st));
    }
    if (spec->store || spec->into_f64 || spec->into_i64) {
        weft_value_release(*v);
        *v = weft_value_none();
    }
    return st;
}

/* Target i has come: whoever waits for it waits no more, and one of those who wait for any;
 * all of them, if it was the last. Under the lock: so they are there. */
static void call_waiters(struct wf_early *s, uint32_t i)
{
    struct wf_early_waiter **at = &s->waiters, *one;
    bool called = false;

    while ((one = *at)) {
        const bool is_for_any = one->target == WF_NONE;

        if (one->target != i && !(is_for_any && (!called || s->n_told == s->n_targets))) {
            at = &one->next;
            continue;
        }
        called |= is_for_any;
        *at = one->next;
        wf_store_relaxed(&one->there, 1);
        wf_wake(&one->there, 1);
    }
}

/* Target i gives `v`, taken, or fails with `st`. */
static void tell(weft_future *f, struct wf_run *r, uint32_t i, weft_status st, struct weft_value v)
{
    struct wf_early *s = f->early;
    struct weft_error err;
    const bool is_told_why = !st && (st = deliver(f, i, &v, &err));
    struct weft_value kept = v;

    if (is_told_why)
        kept = wf_future_failed(&err);
    else if (st)
        kept = wf_future_why(r, i, st);
    else
        wf_future_settle(f, &kept);
    wf_mutex_lock(&s->lock);
    f->values[i] = kept;
    f->statuses[i] = st;
    s->order[s->n_told++] = i;
    wf_bits_set(s->told, i);
    call_waiters(s, i);
    wf_mutex_unlock(&s->lock);
}

/* What target i gives, before the end. False: that is too early. */
static bool fetch(struct wf_run *r, uint32_t i, weft_status *st, struct weft_value *v)
{
    weft_plan *p = r->plan;
    const uint32_t slot = p->targets[i];

    if (wf_load_relaxed(&p->poison[wf_plan_owner(p, slot)]) || wf_plan_uses(p, slot) == 1) {
        *st = wf_run_target(r, i, v);
        return true;
    }
    /* Others read it, and none of them has begun: they wait for us. */
    *st = weft_value_retain(p->slots[slot], v);
    if (*st == WEFT_UNSUPPORTED)
        return false;
    if (!wf_plan_comes_again(p, i) && p->slots[slot].type && p->slots[slot].type->free)
        wf_sub(&p->readers[slot], 1);
    return true;
}

void wf_early_end_node(struct wf_run *r, uint32_t node)
{
    weft_future *f = r->future;
    struct wf_early *s = f->early;
    struct weft_value v;
    weft_status st;

    for (uint32_t i = s->first[node]; i != WF_NONE; i = s->next[i]) {
        v = weft_value_none();
        if (fetch(r, i, &st, &v))
            tell(f, r, i, st, v);
    }
}

void wf_early_begin(weft_future *f)
{
    const weft_plan *p = f->plan;
    struct wf_run before;

    wf_run_init(&before, f->plan, f->spec.on_error, f);
    for (uint32_t i = 0; i < f->n_targets; i++) {
        struct weft_value v = weft_value_none();
        weft_status st;

        if (p->targets[i] < p->first_const)
            continue;
        st = wf_run_target(&before, i, &v);
        tell(f, &before, i, st, v);
    }
}

void wf_early_tell_rest(weft_future *f, struct wf_run *r)
{
    for (uint32_t i = 0; i < f->n_targets; i++) {
        struct weft_value v = weft_value_none();
        weft_status st;

        if (wf_bits_at(f->early->told, i))
            continue;
        st = wf_run_target(r, i, &v);
        tell(f, r, i, st, v);
    }
}

/* ---- Waiting ------------------------------------------------------------------ */

/* Sleeps until target i has come, or any (WF_NONE), or for a while. With the lock, which is
 * not held meanwhile. False: `until` has come; negative: it never does. */
static bool wait_for(struct wf_early *s, uint32_t i, int64_t until)
{
    const int64_t left = until < 0 ? -1 : until - wf_now_ns();
    struct wf_early_waiter me = {.next = s->waiters, .target = i}, **at = &s->waiters;

    if (until >= 0 && left <= 0)
        return false;
    wf_init(&me.there, 0);
    s->waiters = &me;
    if (s->window && i != WF_NONE)
        let_go(s, s->need[i]);
    wf_mutex_unlock(&s->lock);
    wf_wait(&me.there, 0, left);
    wf_mutex_lock(&s->lock);
    if (wf_load_relaxed(&me.there))
        return true;
    while (*at != &me)
        at = &(*at)->next;
    *at = me.next;
    return true;
}

bool wf_early_wait(struct wf_early *s, uint32_t i, int64_t timeout_ns)
{
    const int64_t until = wf_until(timeout_ns);
    bool there;

    wf_mutex_lock(&s->lock);
    while (!(there = wf_bits_at(s->told, i)) && wait_for(s, i, until))
        ;
    wf_mutex_unlock(&s->lock);
    return there;
}

void wf_early_give(struct wf_early *s, uint32_t i)
{
    if (wf_bits_at(s->given, i))
        return;
    wf_bits_set(s->given, i);
    s->n_given++;
    move_window(s);
}

weft_status wf_early_next(struct wf_early *s, size_t *i, int64_t timeout_ns)
{
    const int64_t until = wf_until(timeout_ns);
    weft_status st = WEFT_OK;

    wf_mutex_lock(&s->lock);
    for (;;) {
        while (s->n_next < s->n_told && wf_bits_at(s->given, s->order[s->n_next]))
            s->n_next++;
        if (s->n_next < s->n_told || s->n_told == s->n_targets)
            break;
        if (!wait_for(s, WF_NONE, until)) {
            st = WEFT_TIMEOUT;
            goto out;
        }
    }
    if (s->n_next == s->n_targets) {
        st = WEFT_NOT_FOUND;
        goto out;
    }
    *i = s->order[s->n_next++];
    wf_early_give(s, (uint32_t)*i);
out:
    wf_mutex_unlock(&s->lock);
    return st;
}
