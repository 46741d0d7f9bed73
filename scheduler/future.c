/* future.c - a run submitted: waiting for its end, and what it gave. */
#include "scheduler/async.h"
#include "scheduler/early.h"
#include "scheduler/pool.h"
#include "scheduler/rerun.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

static void free_future(weft_future *f)
{
    for (uint32_t i = 0; f->values && f->statuses && i < f->n_targets; i++)
        if (f->statuses[i])
            wf_free(f->values[i].as.ptr);
        else
            weft_value_release(f->values[i]);
    wf_early_free(f->early);
    if (f->values != &f->one) {
        wf_free(f->values);
        wf_free(f->statuses);
    }
    wf_stock_free(f->stock);
    wf_rerun_free(f->kept);
    wf_elastic_free(f->elastic);
    wf_scene_release(f->scene);
    wf_free(wf_load_relaxed(&f->reason));
    wf_mutex_fini(&f->lock);
    wf_free(f->stands);
    wf_free(f);
}

weft_future *wf_future_blank(weft_pool *pool)
{
    weft_future *f = wf_alloc_zero(1, sizeof *f);

    if (!f)
        return NULL;
    wf_mutex_init(&f->lock);
    wf_init(&f->refs, 1);
    f->pool = pool;
    f->n_targets = 1;
    f->values = &f->one;
    f->statuses = &f->one_status;
    return f;
}

weft_status wf_future_equip(weft_future *f, weft_plan *plan, const struct weft_run_spec *spec, struct weft_error *err)
{
    weft_pool *pool = f->pool;
    weft_status st;

    if (plan->n_roots >= WF_MAX_ROOTS)
        return weft_error_set(err, WEFT_UNSUPPORTED, "%u tasks of this plan wait for nothing; a pool runs fewer than %d",
                              (unsigned)plan->n_roots, WF_MAX_ROOTS);
    if (spec && spec->timeout_ns < 0)
        return weft_error_set(err, WEFT_INVALID, "a run with a timeout of %lld ns", (long long)spec->timeout_ns);
    if (spec && spec->timeout_ns && !wf_timer_start(&pool->timer))
        return weft_error_set(err, WEFT_NOMEM, "a run with a timeout: the timer of its pool could not be started");
    f->spec = spec ? *spec : (struct weft_run_spec){0};
    f->watch = f->spec.watch ? *f->spec.watch : f->watch;
    f->spec.keep_failed |= pool->reruns;
    f->deadline_ns = f->spec.timeout_ns ? wf_now_ns() + f->spec.timeout_ns : 0;
    f->plan = plan;
    if (pool->budget && plan->n_nodes && !(f->stock = wf_stock_new(plan)))
        return wf_error_nomem(err, "a run");
    if (f->stock)
        f->stock->keeps_asked = f->spec.level == WEFT_LEVEL_MEMORY;
    if (f->spec.elastic && (st = wf_elastic_new(&f->elastic, pool, plan, err)))
        return st;
    st = wf_stands_new(&f->stands, pool, plan, err);
    st = st ? st : wf_early_new(f, err);
    if (st)
        return st;
    /* Acquire: pairs with the release at the end of the run before. */
    if (wf_swap(&plan->running, true))
        return weft_error_set(err, WEFT_INVALID, "this plan is running already; it can run again when that run has ended");
    /* Here, where the plan is ours and no lock of the pool is held. */
    if (plan->has_values)
        wf_plan_list_inputs(plan);
    return WEFT_OK;
}

weft_status wf_future_new(weft_future **out, weft_pool *pool, weft_plan *plan,
                          const struct weft_run_spec *spec, struct weft_error *err)
{
    weft_future *f = wf_future_blank(pool);
    weft_status st;

    if (!f)
        return wf_error_nomem(err, "a run");
    f->n_targets = plan->n_targets;
    f->values = wf_alloc_zero(plan->n_targets, sizeof *f->values);
    f->statuses = wf_alloc_zero(plan->n_targets, sizeof *f->statuses);
    st = f->values && f->statuses ? wf_future_equip(f, plan, spec, err) : wf_error_nomem(err, "a run");
    if (st)
        free_future(f);
    else
        *out = f;
    return st;
}

void wf_future_abandon(weft_future *f)
{
    wf_store_release(&f->plan->running, false);
    weft_plan_free(f->plan);
    free_future(f);
}

/* Its time is over. */
static void stop_late(struct wf_alarm *alarm)
{
    weft_future *f = (weft_future *)(void *)((char *)alarm - offsetof(weft_future, deadline));
    uint32_t flags = wf_load_relaxed(&f->run->flags);

    /* It counts only if nothing else has stopped the run before. */
    do
        if (flags & WF_RUN_STOP)
            return;
    while (!wf_cas(&f->run->flags, &flags, flags | WF_RUN_STOP | WF_RUN_LATE));
    wf_pool_stop_below(f->pool);
    wf_early_open(f->early);
}

void wf_future_set_deadline(weft_future *f, struct wf_run *r)
{
    f->deadline.fire = stop_late;
    if (f->deadline_ns && !(wf_load_relaxed(&r->flags) & WF_RUN_STOP))
        wf_timer_set(&f->pool->timer, &f->deadline, f->deadline_ns);
}

void wf_future_forget_deadline(weft_future *f)
{
    if (f->deadline_ns)
        wf_timer_forget(&f->pool->timer, &f->deadline);
}

/* A result waits on disk to be taken. One that cannot go there stays. */
static void put_on_disk(weft_future *f, struct weft_value *v)
{
    struct weft_value away;

    if (!wf_spill_can(v->type) || wf_spill_write(f->pool->spill, *v, weft_value_bytes(*v), &away, NULL))
        return;
    weft_value_release(*v);
    *v = away;
}

void wf_future_say_stopped(const weft_future *f, struct weft_error *err)
{
    /* Acquire: pairs with the exchange in wf_future_stop(). */
    const char *reason = f ? wf_load_acquire(&((weft_future *)f)->reason) : NULL;

    weft_error_set(err, WEFT_CANCELLED, "the run was stopped before this task began%s%s", reason ? ": " : "", reason ? reason : "");
}

void wf_future_settle(weft_future *f, struct weft_value *v)
{
    if (f->spec.level == WEFT_LEVEL_DISK)
        put_on_disk(f, v);
}

struct weft_value wf_future_failed(const struct weft_error *err)
{
    struct weft_value v = weft_value_none();

    v.as.ptr = wf_alloc(sizeof *err);
    if (v.as.ptr)
        memcpy(v.as.ptr, err, sizeof *err);
    return v;
}

struct weft_value wf_future_why(const struct wf_run *r, uint32_t i, weft_status st)
{
    struct weft_error err;

    wf_run_why(r, i, st, &err);
    return wf_future_failed(&err);
}

void wf_future_collect(weft_future *f, struct wf_run *r)
{
    if (f->stock)
        wf_budget_leave(f->stock);
    wf_run_end(r);
    f->kept = wf_load_acquire(&r->kept);
    if (f->early)
        wf_early_tell_rest(f, r);
    for (uint32_t i = 0; !f->early && i < f->n_targets; i++) {
        f->statuses[i] = wf_run_target(r, i, &f->values[i]);
        if (f->statuses[i])
            f->values[i] = wf_future_why(r, i, f->statuses[i]);
        else
            wf_future_settle(f, &f->values[i]);
    }
    wf_run_fini(r);
    /* Release: whoever runs the plan next finds it as before. */
    wf_store_release(&f->plan->running, false);
}

bool weft_future_is_done(const weft_future *f)
{
    return wf_load_acquire(&f->done) & WF_DONE_THERE;
}

/* Until `done` has one of `bits`. False: not in time. */
static bool wait_for(weft_future *f, uint32_t bits, int64_t timeout_ns)
{
    const int64_t until = wf_until(timeout_ns);
    uint32_t done;

    while (!((done = wf_load_acquire(&f->done)) & bits)) {
        const int64_t left = until < 0 ? -1 : until - wf_now_ns();

        if (until >= 0 && left <= 0)
            return false;
        wf_early_open(f->early);
        wf_wait(&f->done, done, left);
    }
    return true;
}

weft_status weft_future_wait(weft_future *f, int64_t timeout_ns)
{
    return wait_for(f, WF_DONE_THERE, timeout_ns) ? WEFT_OK : WEFT_TIMEOUT;
}

weft_status weft_future_status(const weft_future *f)
{
    return weft_future_is_done(f) ? f->status : WEFT_TIMEOUT;
}

bool weft_future_is_cancelled(const weft_future *f)
{
    return weft_future_status(f) == WEFT_CANCELLED;
}

/* Why there is no result of target i. */
static weft_status why(const weft_future *f, size_t i, struct weft_error *err)
{
    const struct weft_error *kept = f->values[i].as.ptr;

    if (err && kept)
        *err = *kept;
    else
        weft_error_set(err, f->statuses[i], "%s", weft_status_text(f->statuses[i]));
    return f->statuses[i];
}

/* What is there of target i. */
static weft_status take(weft_future *f, size_t i, struct weft_value *out, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    if (f->statuses[i])
        return why(f, i, err);
    if (out) {
        st = wf_spill_bring(&f->values[i], err);
        *out = f->values[i];
        f->values[i] = weft_value_none();
    }
    return st;
}

/* Until target i is there; then its value is guarded by the lock given back. */
static wf_mutex *lock_target(weft_future *f, size_t i)
{
    wf_mutex *lock = f->early ? &f->early->lock : &f->lock;

    if (f->early)
        wf_early_wait(f->early, (uint32_t)i, -1);
    else
        weft_future_wait(f, -1);
    wf_mutex_lock(lock);
    return lock;
}

weft_status weft_future_take(weft_future *f, size_t i, struct weft_value *out, struct weft_error *err)
{
    wf_mutex *lock;
    weft_status st;

    if (i >= f->n_targets)
        return weft_error_set(err, WEFT_INVALID, "target %zu of a run that has %u", i, f->n_targets);
    lock = lock_target(f, i);
    st = take(f, i, out, err);
    if (f->early)
        wf_early_give(f->early, (uint32_t)i);
    wf_mutex_unlock(lock);
    return st;
}

weft_status weft_future_get(weft_future *f, size_t i, struct weft_value *out, struct weft_error *err)
{
    wf_mutex *lock;
    weft_status st;

    if (i >= f->n_targets)
        return weft_error_set(err, WEFT_INVALID, "target %zu of a run that has %u", i, f->n_targets);
    lock = lock_target(f, i);
    if (f->statuses[i])
        st = why(f, i, err);
    else if (!(st = wf_spill_bring(&f->values[i], err)) && (st = weft_value_retain(f->values[i], out)))
        weft_error_set(err, st, st == WEFT_NOMEM ? "no memory for a result that is kept, too" :
                       "the type of this result can neither be shared nor copied");
    wf_mutex_unlock(lock);
    return st;
}

weft_status weft_future_wait_target(weft_future *f, size_t i, int64_t timeout_ns)
{
    if (i >= f->n_targets)
        return WEFT_INVALID;
    if (!f->early)
        return weft_future_wait(f, timeout_ns);
    return wf_early_wait(f->early, (uint32_t)i, timeout_ns) ? WEFT_OK : WEFT_TIMEOUT;
}

weft_status weft_future_next(weft_future *f, size_t *i, int64_t timeout_ns)
{
    if (!f->early)
        return WEFT_UNSUPPORTED;
    return wf_early_next(f->early, i, timeout_ns);
}

size_t weft_future_n_targets(const weft_future *f)
{
    return f->n_targets;
}

void wf_future_stop(weft_future *f, const char *reason, struct wf_endings *e)
{
    uint32_t done = wf_load_acquire(&f->done);
    char *said = NULL, *none = NULL;

    /* A pool may be freed before its futures, and then all of them are done; and it may
     * be freed now. */
    do
        if (done & WF_DONE_THERE)
            return;
    while (!wf_cas(&f->done, &done, done + WF_DONE_STOPPING));
    /* The first reason stays. Release: who sees the stop sees it. */
    if (reason && (said = wf_alloc(strlen(reason) + 1)) && !wf_cas(&f->reason, &none, strcpy(said, reason)))
        wf_free(said);
    wf_mutex_lock(&f->pool->lock);
    wf_store_relaxed(&f->stop, true);
    if (f->run)
        wf_or(&f->run->flags, WF_RUN_STOP);
    wf_mutex_unlock(&f->pool->lock);
    wf_pool_stop_below(f->pool);
    wf_early_open(f->early);
    if (f->async)
        wf_async_cancel(f, e);
    wf_sub(&f->done, WF_DONE_STOPPING);
    wf_wake(&f->done, INT32_MAX); /* who ends the run may wait for that */
}

void weft_future_cancel_for(weft_future *f, const char *reason)
{
    struct wf_endings e = {0};

    wf_future_stop(f, reason, &e);
    wf_endings_tell(&e);
}

void weft_future_cancel(weft_future *f)
{
    weft_future_cancel_for(f, NULL);
}

void wf_future_unkeep(weft_future *f)
{
    wf_rerun_free(f->kept);
    f->kept = NULL;
}

void wf_future_renew(weft_future *f)
{
    wf_free(f->values[0].as.ptr);
    f->values[0] = weft_value_none();
    f->status = f->statuses[0] = WEFT_OK;
    f->plan = NULL;
    wf_stock_free(f->stock);
    f->stock = NULL;
    wf_free(f->stands);
    f->stands = NULL;
    wf_free(wf_swap(&f->reason, NULL));
    wf_store_relaxed(&f->stop, false);
    wf_mutex_lock(&f->lock);
    f->is_told = false;
    wf_mutex_unlock(&f->lock);
    wf_store_release(&f->done, 0);
}

/* ---- Holding ---------------------------------------------------------------- */

weft_future *weft_future_retain(weft_future *f)
{
    wf_add(&f->refs, 1);
    return f;
}

void wf_future_destroy(weft_future *f, struct wf_endings *e)
{
    if (f->async)
        wf_async_free(f->async, e);
    if (f->own_plan)
        weft_plan_free(f->plan);
    weft_graph_free(f->own_graph);
    free_future(f);
}

/* Nobody holds it: who tells its end frees it, or it is freed now. */
static void forget(weft_future *f, struct wf_endings *e)
{
    uint32_t done = wf_load_acquire(&f->done);

    do
        if (done & WF_DONE_LEFT) {
            wf_endings_add(e, f); /* in its turn: it may be the last holder of others */
            return;
        }
    while (!wf_cas(&f->done, &done, done | WF_DONE_FORGOTTEN));
}

void wf_future_drop(weft_future *f, struct wf_endings *e)
{
    if (wf_sub(&f->refs, 1) != 1)
        return;
    if (f->async)
        wf_async_unwanted(f, e);
    forget(f, e);
}

void weft_future_free(weft_future *f)
{
    struct wf_endings e = {0};

    if (!f)
        return;
    if (!f->async)
        wait_for(f, WF_DONE_LEFT, -1);
    wf_future_drop(f, &e);
    wf_endings_tell(&e);
}

void weft_future_forget(weft_future *f)
{
    struct wf_endings e = {0};

    if (!f || wf_sub(&f->refs, 1) != 1)
        return;
    wf_early_open(f->early);
    forget(f, &e);
    wf_endings_tell(&e);
}
