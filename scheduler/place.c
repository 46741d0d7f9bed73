/* place.c - where a run sits: in a place of its pool, or in the queue for one, until its end. */
#include "scheduler/pool.h"

#include "config.h"
#include "lib/base/mem.h"
#include "scheduler/early.h"
#include "scheduler/progress.h"
#include "scheduler/watch.h"

/* What it holds is counted, if the pool has a limit. */
static void limit(weft_pool *pool, weft_future *f, struct wf_run *r)
{
    if (!f->stock)
        return;
    r->stock = f->stock;
    wf_or(&r->flags, WF_RUN_LIMITED | WF_RUN_OWNED);
    wf_budget_enter(pool->budget, f->stock, r);
}

/* What is rare, before anything of the run begins. */
static void mark(struct wf_run *r, const weft_future *f)
{
    const weft_pool *pool = f->pool;

    r->stands = f->stands;
    if (pool->traces) {
        r->weights = wf_alloc_zero(f->plan->n_nodes, sizeof *r->weights);
        wf_or(&r->flags, WF_RUN_TRACED);
    }
    wf_or(&r->flags, (wf_watch_wants_tasks(f) ? WF_RUN_WATCHED : 0) | (f->spec.keep_failed ? WF_RUN_KEEPS : 0) |
                     (f->early ? WF_RUN_STREAMS : 0) | (f->stands ? WF_RUN_TERMS : 0));
}

/* Runs that sit in places, but for those below others, share the workers: that is said while
 * there are several. Under the lock. */
static void share(weft_pool *pool)
{
    uint64_t live = wf_load_relaxed(&pool->live), outer = 0;

    for (; live; live &= live - 1) {
        const uint32_t at = (uint32_t)__builtin_ctzll(live);

        outer |= wf_load_relaxed(&pool->runs[at].up) ? 0 : (uint64_t)1 << at;
    }
    pool->is_shared = (outer & (outer - 1)) != 0;
    for (; outer; outer &= outer - 1) {
        struct wf_run *r = &pool->runs[__builtin_ctzll(outer)];

        if (pool->is_shared)
            wf_or(&r->flags, WF_RUN_SHARED);
        else
            wf_and(&r->flags, ~(uint32_t)WF_RUN_SHARED);
    }
    for (int i = 0; i < pool->n_workers; i++)
        if (pool->is_shared)
            wf_or(&pool->workers[i].rare, WF_RARE_SHARED);
        else
            wf_and(&pool->workers[i].rare, ~(uint32_t)WF_RARE_SHARED);
}

void wf_pool_stage(weft_pool *pool, weft_future *f, uint32_t at)
{
    if (!f->scene && pool->lives)
        f->scene = wf_scene_new(f->plan);
    if (!f->scene)
        return; /* nobody looks, or there is no memory */
    f->scene->place = at;
    f->scene->begin = f->begin.ticks;
    wf_live_show(pool, f->scene);
}

/* The run has ended. Under the lock. */
static void unstage(weft_future *f, weft_status st)
{
    const struct weft_error *why = NULL;

    for (uint32_t i = 0; st && !why && i < f->n_targets; i++)
        why = f->statuses[i] ? f->values[i].as.ptr : NULL;
    if (f->scene)
        wf_scene_end(f->scene, f->end.ticks, st, why);
    wf_scene_release(f->scene);
    f->scene = NULL;
}

/* Puts a run where workers look. Under the lock. */
static void place(weft_pool *pool, weft_future *f, uint32_t at)
{
    struct wf_run *r = &pool->runs[at];

    wf_run_init(r, f->plan, f->spec.on_error, f);
    wf_store_relaxed(&r->up, f->up);
    f->place = at;
    r->serial = ++pool->n_runs;
    r->elastic = f->elastic;
    r->rare = f->elastic || f->plan->priority;
    if (wf_load_relaxed(&f->stop) || (f->up && wf_child_is_cancelled(f->up, f->up->run)))
        wf_or(&r->flags, WF_RUN_STOP);
    mark(r, f);
    /* The thread sanitizer does not follow a fork of a program with threads: its child
     * may wait for ever. There the bodies run in the workers themselves. */
    if (pool->kind == WEFT_POOL_PROCESSES && !WF_TSAN)
        wf_or(&r->flags, WF_RUN_REMOTE);
    limit(pool, f, r);
    f->run = r;
    wf_future_set_deadline(f, r);
    f->begin = wf_moment_now();
    wf_pool_stage(pool, f, at); /* before anything of it is noted */
    wf_profile_stage(pool, f, at);
    /* Release: who claims roots sees the run. */
    wf_heap_fill(&r->heap, f->plan);
    if (f->early)
        wf_early_place(f->early, r);
    else
        wf_store_release(&r->cursor, f->plan->priority ? 0 : (uint64_t)f->plan->n_roots);
    wf_or(&pool->live, (uint64_t)1 << at);
    share(pool);
    wf_bench_settle(pool);
}

bool wf_pool_enter(weft_pool *pool, weft_future *f)
{
    uint64_t live;

    /* Relaxed: a hint. It takes a while, so not under the lock. */
    if (wf_load_relaxed(&pool->is_watched) || wf_probes_going(&pool->probes))
        f->scene = wf_scene_new(f->plan);
    wf_mutex_lock(&pool->lock);
    live = wf_load_relaxed(&pool->live);
    if (!~live && f->up) {
        wf_mutex_unlock(&pool->lock);
        return false;
    }
    pool->n_open++;
    if (~live) {
        place(pool, f, (uint32_t)__builtin_ctzll(~live));
    } else {
        if (pool->last)
            pool->last->next = f;
        else
            pool->queued = f;
        pool->last = f;
    }
    wf_mutex_unlock(&pool->lock);
    wf_park_wake(&pool->park);
    return true;
}

void wf_pool_stop_below(weft_pool *pool)
{
    bool more = pool->kind != WEFT_POOL_SERIAL; /* has none, and holds its lock while it runs */

    if (!more) {
        wf_pool_hurry(pool);
        return;
    }
    wf_mutex_lock(&pool->lock);
    while (more) {
        more = false;
        for (uint64_t live = wf_load_relaxed(&pool->live); live; live &= live - 1) {
            struct wf_run *r = &pool->runs[__builtin_ctzll(live)];
            struct weft_child *up = wf_load_relaxed(&r->up);

            /* A run with one above has not been left by it, so that is there. */
            if (up && !(wf_load_relaxed(&r->flags) & WF_RUN_STOP) && wf_child_is_cancelled(up, up->run)) {
                wf_or(&r->flags, WF_RUN_STOP);
                more = true;
            }
        }
    }
    wf_mutex_unlock(&pool->lock);
    wf_pool_hurry(pool);
}

void wf_pool_hurry(weft_pool *pool)
{
    wf_gate_hurry(pool);
    wf_rests_hurry(pool);
}

/* What a trace needs of a run that has ended: taken while its plan is ours. */
struct ended {
    struct wf_ran ran;
    int64_t      *weights;
};

/* The first target that failed, in order. */
static weft_status first_status(const weft_future *f)
{
    for (uint32_t i = 0; i < f->n_targets; i++)
        if (f->statuses[i])
            return f->statuses[i];
    return WEFT_OK;
}

static struct ended ended_of(weft_pool *pool, const weft_future *f, struct wf_run *r, uint32_t at)
{
    struct ended e = {.ran = {.span = {.begin = f->begin, .end = f->end, .place = at}, .plan = f->plan},
                      .weights = r->weights};

    r->weights = NULL;
    if (pool->traces)
        e.ran.shape = wf_record_shape(&pool->recorder, f->plan, f->own_plan, &e.weights);
    return e;
}

/* Its results are there. Under the lock. */
static void record(weft_pool *pool, weft_future *f, struct ended *e)
{
    e->ran.status = first_status(f);
    unstage(f, e->ran.status);
    if (pool->traces)
        wf_record_run(&pool->recorder, &e->ran, f->own_plan, e->weights);
}

/* Nobody needs the place any more: the next run in the queue has it, if there is one. Under
 * the lock. */
static bool vacate(weft_pool *pool, uint32_t at)
{
    weft_future *next = pool->queued;

    if (!next) {
        wf_and(&pool->live, ~((uint64_t)1 << at));
        if (pool->is_shared)
            share(pool);
        wf_bench_settle(pool);
        return false;
    }
    pool->queued = next->next;
    pool->last = pool->queued ? pool->last : NULL;
    place(pool, next, at);
    return true;
}

void wf_pool_leave_place(weft_pool *pool, struct wf_run *r)
{
    bool placed;

    wf_mutex_lock(&pool->lock);
    placed = vacate(pool, r->place);
    wf_mutex_unlock(&pool->lock);
    if (placed)
        wf_park_wake(&pool->park);
}

void wf_pool_finish(weft_pool *pool, uint32_t at)
{
    struct wf_run *r = &pool->runs[at];
    weft_future *f = r->future;
    struct ended ended;
    bool placed;

    f->end = wf_moment_now();
    wf_future_forget_deadline(f);
    ended = ended_of(pool, f, r, at);
    wf_future_collect(f, r);
    wf_mutex_lock(&pool->lock);
    f->run = NULL;
    r->future = NULL; /* it may be gone while the place is kept */
    wf_bench_leave(pool, f);
    record(pool, f, &ended);
    placed = !f->keeps_place && vacate(pool, at);
    wf_mutex_unlock(&pool->lock);
    if (placed)
        wf_park_wake(&pool->park);
    wf_future_tell(f); /* from here f may be gone */
    /* After the callback, which may have entered another run. We are a worker, so the
     * pool is not gone before we have left. */
    wf_mutex_lock(&pool->lock);
    if (!--pool->n_open)
        wf_cond_wake_all(&pool->all_told);
    wf_mutex_unlock(&pool->lock);
}

/* Runs it here and now. */
static void run_serially(weft_pool *pool, weft_future *f)
{
    struct wf_run *r = &pool->runs[0];
    struct ended ended;

    wf_mutex_lock(&pool->lock);
    wf_run_init(r, f->plan, f->spec.on_error, f);
    wf_store_relaxed(&r->up, pool->above);
    limit(pool, f, r);
    mark(r, f);
    f->run = r;
    wf_or(&pool->live, 1);
    wf_future_set_deadline(f, r);
    f->begin = wf_moment_now();
    wf_pool_stage(pool, f, 0);
    wf_profile_stage(pool, f, 0);
    pool->n_runs++;
    if (wf_load_relaxed(&r->flags) & WF_RUN_PROFILED)
        wf_probes_enter(&pool->probes, &pool->workers[0].hand.probe);
    wf_serial_run(r, &pool->workers[0]);
    f->end = wf_moment_now();
    wf_future_forget_deadline(f);
    f->run = NULL;
    ended = ended_of(pool, f, r, 0);
    wf_future_collect(f, r);
    wf_and(&pool->live, ~(uint64_t)1);
    record(pool, f, &ended);
    wf_mutex_unlock(&pool->lock);
    wf_future_tell(f);
}

void wf_pool_run_nothing(weft_pool *pool, weft_future *f)
{
    struct wf_run nothing = {0};
    struct ended ended;

    wf_run_init(&nothing, f->plan, f->spec.on_error, f);
    f->begin = f->end = wf_moment_now();
    ended = ended_of(pool, f, &nothing, WF_MAX_RUNS); /* what is noted in a place is of others */
    wf_future_collect(f, &nothing);
    wf_mutex_lock(&pool->lock);
    record(pool, f, &ended);
    wf_mutex_unlock(&pool->lock);
    wf_future_tell(f);
}

void wf_pool_go(weft_pool *pool, weft_future *f)
{
    wf_watch_start(f);
    wf_progress_enter(pool->progress, f->plan->n_nodes);
    if (f->early)
        wf_early_begin(f);
    if (!f->plan->n_nodes)
        wf_pool_run_nothing(pool, f);
    else if (pool->kind == WEFT_POOL_SERIAL)
        run_serially(pool, f);
    else
        wf_pool_enter(pool, f);
}
