/* future.c - a run submitted: waiting for its end, and what it gave. */
#include "scheduler/early.h"
#include "scheduler/pool.h"
#include "scheduler/progress.h"
#include "scheduler/rerun.h"
#include "scheduler/watch.h"

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
    wf_free(f->values);
    wf_free(f->statuses);
    wf_stock_free(f->stock);
    wf_rerun_free(f->kept);
    wf_elastic_free(f->elastic);
    wf_free(f);
}

weft_status wf_future_new(weft_future **out, weft_pool *pool, weft_plan *plan,
                          const struct weft_run_spec *spec, struct weft_error *err)
{
    weft_future *f;
    weft_status st;

    if (plan->n_roots >= WF_MAX_ROOTS)
        return weft_error_set(err, WEFT_UNSUPPORTED, "%u tasks of this plan wait for nothing; a pool runs fewer than %d",
                              (unsigned)plan->n_roots, WF_MAX_ROOTS);
    f = wf_alloc_zero(1, sizeof *f);
    if (!f)
        return wf_error_nomem(err, "a run");
    f->values = wf_alloc_zero(plan->n_targets, sizeof *f->values);
    f->statuses = wf_alloc_zero(plan->n_targets, sizeof *f->statuses);
    if (!f->values || !f->statuses) {
        free_future(f);
        return wf_error_nomem(err, "a run");
    }
    if (pool->budget && plan->n_nodes && !(f->stock = wf_stock_new(plan))) {
        free_future(f);
        return wf_error_nomem(err, "a run");
    }
    if (spec && spec->elastic) {
        st = wf_elastic_new(&f->elastic, pool, plan, err);
        if (st) {
            free_future(f);
            return st;
        }
    }
    f->pool = pool;
    f->plan = plan;
    f->n_targets = plan->n_targets;
    f->spec = spec ? *spec : (struct weft_run_spec){0};
    f->watch = f->spec.watch ? *f->spec.watch : f->watch;
    f->spec.keep_failed |= pool->reruns;
    st = wf_early_new(f, err);
    if (st) {
        free_future(f);
        return st;
    }
    /* Acquire: pairs with the release at the end of the run before. */
    if (wf_swap(&plan->running, true)) {
        free_future(f);
        return weft_error_set(err, WEFT_INVALID, "this plan is running already; it can run again when that run has ended");
    }
    /* Here, where the plan is ours and no lock of the pool is held. */
    if (plan->has_values)
        wf_plan_list_inputs(plan);
    f->pool = pool;
    f->plan = plan;
    f->n_targets = plan->n_targets;
    f->spec = spec ? *spec : (struct weft_run_spec){0};
    if (f->stock)
        f->stock->keeps_asked = f->spec.level == WEFT_LEVEL_MEMORY;
    f->watch = f->spec.watch ? *f->spec.watch : f->watch;
    f->spec.keep_failed |= pool->reruns;
    *out = f;
    return WEFT_OK;
}

void wf_future_abandon(weft_future *f)
{
    wf_store_release(&f->plan->running, false);
    weft_plan_free(f->plan);
    free_future(f);
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

/* What `done` holds: that the run has ended, or how many are about to stop it, times
 * two. While somebody is, the run does not end, so its pool is there. */
enum { ENDED = 1, STOPPING = 2 };

void wf_future_tell(weft_future *f)
{
    void (*done)(void *done_arg, weft_status status) = f->spec.done;
    weft_status first = WEFT_OK;
    uint32_t stopping = 0;

    wf_progress_leave(f->pool->progress);
    for (uint32_t i = 0; i < f->n_targets && !first; i++)
        first = f->statuses[i];
    wf_watch_finish(f, first);
    if (done)
        done(f->spec.done_arg, first);
    /* Release: who sees the end sees the results. After this f may be freed; the
     * wake needs only the address of the word. */
    while (!wf_cas(&f->done, &stopping, ENDED)) {
        wf_wait(&f->done, stopping, -1);
        stopping = 0;
    }
    wf_wake(&f->done, INT32_MAX);
}

bool weft_future_is_done(const weft_future *f)
{
    return wf_load_acquire(&f->done) & ENDED;
}

weft_status weft_future_wait(weft_future *f, int64_t timeout_ns)
{
    const int64_t now = timeout_ns < 0 ? 0 : wf_now_ns();
    const int64_t until = timeout_ns < INT64_MAX - now ? now + timeout_ns : INT64_MAX;
    uint32_t done;

    while (!((done = wf_load_acquire(&f->done)) & ENDED)) {
        const int64_t left = timeout_ns < 0 ? -1 : until - wf_now_ns();

        if (timeout_ns >= 0 && left <= 0)
            return WEFT_TIMEOUT;
        wf_early_open(f->early);
        wf_wait(&f->done, done, left);
    }
    return WEFT_OK;
}

/* What is there of target i. */
static weft_status take(weft_future *f, size_t i, struct weft_value *out, struct weft_error *err)
{
    const struct weft_error *why = f->values[i].as.ptr;
    weft_status st = f->statuses[i];

    if (st) {
        if (err && why)
            *err = *why;
        else
            weft_error_set(err, st, "%s", weft_status_text(st));
        return st;
    }
    if (out) {
        st = wf_spill_bring(&f->values[i], err);
        *out = f->values[i];
        f->values[i] = weft_value_none();
    }
    return st;
}

weft_status weft_future_take(weft_future *f, size_t i, struct weft_value *out, struct weft_error *err)
{
    weft_status st;

    if (i >= f->n_targets)
        return weft_error_set(err, WEFT_INVALID, "target %zu of a run that has %u", i, f->n_targets);
    if (!f->early) {
        weft_future_wait(f, -1);
        return take(f, i, out, err);
    }
    wf_early_wait(f->early, (uint32_t)i, -1);
    wf_mutex_lock(&f->early->lock);
    st = take(f, i, out, err);
    wf_early_give(f->early, (uint32_t)i);
    wf_mutex_unlock(&f->early->lock);
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

void weft_future_cancel(weft_future *f)
{
    uint32_t done = wf_load_acquire(&f->done);

    /* A pool may be freed before its futures, and then all of them are done; and it may
     * be freed now. */
    do
        if (done & ENDED)
            return;
    while (!wf_cas(&f->done, &done, done + STOPPING));
    wf_mutex_lock(&f->pool->lock);
    wf_store_relaxed(&f->stop, true);
    if (f->run)
        wf_or(&f->run->flags, WF_RUN_STOP);
    wf_mutex_unlock(&f->pool->lock);
    wf_pool_stop_below(f->pool);
    wf_early_open(f->early);
    wf_sub(&f->done, STOPPING);
    wf_wake(&f->done, INT32_MAX); /* who ends the run may wait for that */
}

void weft_future_free(weft_future *f)
{
    if (!f)
        return;
    weft_future_wait(f, -1);
    if (f->own_plan)
        weft_plan_free(f->plan);
    free_future(f);
}
