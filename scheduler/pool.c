/* pool.c - workers come and go; runs are placed among them and end. */
#include "scheduler/pool.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/policy.h"
#include "scheduler/early.h"
#include "scheduler/outlet.h"
#include "scheduler/process.h"
#include "scheduler/progress.h"
#include "scheduler/settle.h"
#include "scheduler/victim.h"
#include "scheduler/watch.h"

static int workers_wanted(const struct weft_pool_spec *spec, const struct wf_topo *topo)
{
    if (spec->kind == WEFT_POOL_SERIAL)
        return 1;
    if (spec->n_workers <= 0)
        return wf_topo_n_workers(topo);
    return spec->n_workers < WF_MAX_WORKERS ? spec->n_workers : WF_MAX_WORKERS;
}

static void executor_main(void *arg)
{
    struct wf_worker *w = arg;
    _Atomic uint32_t *n_loops = &w->pool->n_loops;

    wf_hand_live(&w->hand);
    /* Release: whoever frees the pool sees that we are gone. Then the pool may be gone,
     * too; the wake needs only the address of the word. */
    if (wf_sub(n_loops, 1) == 1)
        wf_wake(n_loops, 1);
}

static void *thread_main(void *arg)
{
    executor_main(arg);
    return NULL;
}

/* Tells all workers to end and waits for them. */
static void stop_workers(weft_pool *pool)
{
    uint32_t n;

    wf_store_seq(&pool->ending, true);
    wf_fence_seq();
    wf_park_wake_all(&pool->park);
    wf_bench_end(pool);
    wf_seats_end(pool);
    if (pool->has_executor) {
        while ((n = wf_load_acquire(&pool->n_loops)))
            wf_wait(&pool->n_loops, n, -1);
        return;
    }
    for (int i = 0; i < pool->n_workers; i++)
        if (pool->workers[i].started)
            wf_thread_join(pool->workers[i].thread);
}

/* Everything but the threads, which are gone. */
static void free_memory(weft_pool *pool)
{
    wf_progress_free(pool->progress);
    for (int i = 0; pool->workers && i < pool->n_workers; i++) {
        wf_deque_fini(&pool->workers[i].deque);
        wf_process_free(pool->workers[i].hand.call.process);
        wf_call_fini(&pool->workers[i].hand.call);
        wf_child_free_blocks(pool->workers[i].child_blocks);
        wf_free(pool->workers[i].free_work);
        wf_tracer_fini(&pool->workers[i].tracer);
        wf_post_fini(&pool->workers[i].post);
    }
    wf_recorder_fini(&pool->recorder);
    wf_outlets_free(pool->outlets);
    wf_budget_free(pool->budget);
    wf_spill_release(pool->spill);
    wf_seats_fini(pool);
    wf_probes_fini(&pool->probes);
    wf_inbox_fini(&pool->inbox);
    wf_gate_fini(&pool->gate);
    wf_rests_fini(&pool->rests);
    wf_timer_fini(&pool->timer);
    wf_free(pool->workers);
    wf_gather_fini(&pool->gather);
    wf_bench_fini(&pool->bench);
    wf_free(pool->victims);
    wf_free(pool->places);
    wf_topo_free(pool->topo);
    wf_free(pool->refusal);
    for (int i = 0; i < WF_MAX_RUNS; i++)
        wf_heap_fini(&pool->runs[i].heap);
    wf_cond_fini(&pool->all_told);
    wf_mutex_fini(&pool->lock);
    wf_free(pool);
}

static bool init_worker(weft_pool *pool, int i, const struct weft_pool_spec *spec)
{
    struct wf_worker *w = &pool->workers[i];
    int *ends = wf_alloc_array((size_t)pool->n_workers, sizeof *ends);
    bool ok = ends != NULL;

    w->pool = pool;
    w->id = i;
    w->alone = pool->n_workers == 1;
    w->pu = pool->places[i];
    w->last_victim = -1;
    w->victims = pool->victims + (size_t)i * (size_t)(pool->n_workers - 1);
    wf_post_init(&w->post);
    wf_hand_init(&w->hand, pool);
    w->hand.seat = w;
    w->hand.call.worker = w;
    w->call = &w->hand.call;
    wf_call_enter(w->call, &pool->runs[0]);
    wf_init(&w->rare, (pool->progress ? WF_RARE_COUNTED : 0) | (pool->budget ? WF_RARE_LIMITED : 0));
    if (ok)
        wf_victim_order(pool->topo, pool->n_workers, i, pool->places, w->victims, ends);
    wf_free(ends);
    if (ok && spec->kind == WEFT_POOL_PROCESSES)
        ok = (w->call->process = wf_process_new(&pool->lock));
    return ok && wf_deque_init(&w->deque) && (!spec->trace || wf_tracer_init(&w->tracer, spec->trace_events));
}

static bool start_worker(weft_pool *pool, int i)
{
    struct wf_worker *w = &pool->workers[i];

    wf_add(&pool->n_loops, 1);
    w->started = pool->has_executor
                     ? !pool->executor.submit(pool->executor.self, executor_main, w)
                     : wf_thread_start(&w->thread, thread_main, w);
    if (!w->started)
        wf_sub(&pool->n_loops, 1);
    return w->started;
}

/* A pool as a settled spec says; takes the outlets, if that goes well. */
static weft_status make(weft_pool **out, const struct weft_pool_spec *spec, struct wf_outlets *outlets,
                        struct weft_error *err)
{
    weft_pool *pool = wf_alloc_aligned(sizeof *pool);
    weft_status st;
    size_t n, bytes;

    if (!pool)
        return wf_error_nomem(err, "a pool");
    memset(pool, 0, sizeof *pool);
    wf_mutex_init(&pool->lock);
    wf_cond_init(&pool->all_told);
    for (uint32_t i = 0; i < WF_MAX_RUNS; i++) {
        wf_heap_init(&pool->runs[i].heap);
        pool->runs[i].place = i;
    }
    wf_park_init(&pool->park);
    wf_inbox_init(&pool->inbox);
    wf_seats_init(&pool->seats);
    wf_probes_init(&pool->probes);
    wf_no_child_init(&pool->no_child);
    wf_timer_init(&pool->timer);
    wf_rests_init(&pool->rests);
    pool->kind = spec->kind;
    pool->process = getpid();
    pool->traces = spec->trace;
    wf_recorder_init(&pool->recorder, wf_outlets_keep_all(outlets));
    pool->watch = spec->watch ? *spec->watch : pool->watch;
    pool->reruns = spec->rerun_failed;
    st = wf_error_nomem(err, "the resources of a pool");
    if (!wf_gate_init(&pool->gate, spec->resources, spec->n_resources))
        goto fail;
    st = wf_topo_new(&pool->topo, NULL, err);
    if (st)
        goto fail;
    st = wf_progress_new(&pool->progress, pool, spec, err);
    if (st)
        goto fail;
    st = wf_error_nomem(err, "the workers of a pool");
    pool->n_workers = workers_wanted(spec, pool->topo);
    pool->pins = !spec->no_pin && !spec->executor && wf_topo_pins(pool->topo, pool->n_workers);
    pool->max_searching = wf_policy_max_searching(pool->n_workers);
    pool->spin_ns = pool->n_workers > wf_topo_n_pus(pool->topo) ? WF_SPIN_CROWDED_NS : WF_SPIN_NS;
    n = (size_t)pool->n_workers;
    bytes = n * sizeof *pool->workers;
    pool->workers = wf_alloc_aligned(bytes);
    if (!pool->workers)
        goto fail;
    memset(pool->workers, 0, bytes);
    pool->places = wf_alloc_array(n, sizeof *pool->places);
    pool->victims = wf_alloc_array(n * n, sizeof *pool->victims);
    if (!pool->places || !pool->victims)
        goto fail;
    wf_topo_place(pool->topo, pool->n_workers, pool->places);
    if (!wf_gather_init(&pool->gather, pool->topo, pool->n_workers, pool->places, WF_MAX_RUNS))
        goto fail;
    pool->spill = wf_spill_new(spec->spill_dir, spec->spill_bytes);
    if (!pool->spill)
        goto fail;
    if (spec->limit_bytes && !(pool->budget = wf_budget_new(spec->limit_bytes, pool->n_workers,
                                                            pool->kind == WEFT_POOL_SERIAL, pool->spill)))
        goto fail;
    if (spec->executor) {
        pool->executor = *spec->executor;
        pool->has_executor = true;
    }
    for (int i = 0; i < pool->n_workers; i++)
        if (!init_worker(pool, i, spec))
            goto fail;
    if (pool->kind != WEFT_POOL_SERIAL)
        for (int i = 0; i < pool->n_workers; i++)
            if (!start_worker(pool, i)) {
                st = weft_error_set(err, WEFT_NOMEM, "a pool of %d workers: only %d could be started", pool->n_workers, i);
                stop_workers(pool);
                goto fail;
            }
    if (pool->kind != WEFT_POOL_SERIAL)
        wf_watchdog_start(&pool->watchdog, pool);
    if (pool->progress && !wf_progress_start(pool->progress)) {
        st = weft_error_set(err, WEFT_NOMEM, "the progress of a pool: its thread could not be started");
        weft_pool_free(pool);
        return st;
    }
    st = outlets ? wf_outlets_begin(outlets, pool, err) : WEFT_OK;
    if (st) {
        wf_outlets_close(outlets);
        weft_pool_free(pool);
        return st;
    }
    pool->outlets = outlets;
    *out = pool;
    return WEFT_OK;
fail:
    free_memory(pool);
    return st;
}

static weft_status settle_and_make(weft_pool **out, const struct weft_pool_spec *spec, bool is_inner,
                                   struct weft_error *err)
{
    struct wf_settled settled;
    weft_status st = wf_settle(&settled, spec, is_inner, err);

    if (st)
        return st;
    st = make(out, &settled.spec, settled.outlets, err);
    if (!st)
        settled.outlets = NULL;
    wf_settled_fini(&settled);
    return st;
}

weft_status weft_pool_open(weft_pool **out, const struct weft_pool_spec *spec, struct weft_error *err)
{
    return settle_and_make(out, spec, false, err);
}

weft_status wf_pool_open_within(weft_pool **out, struct weft_child *above, struct weft_error *err)
{
    const weft_status st = settle_and_make(out, &(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL}, true, err);

    if (!st)
        (*out)->above = above;
    return st;
}

/* A pool that fails every run with `err`: all else can be asked of it as of any other. */
static weft_pool *refusing(const struct weft_error *err)
{
    const struct weft_pool_spec least = {.kind = WEFT_POOL_SERIAL};
    struct weft_error *refusal = wf_alloc(sizeof *refusal);
    weft_pool *pool = NULL;

    if (!refusal || make(&pool, &least, NULL, NULL)) {
        wf_free(refusal);
        return NULL;
    }
    *refusal = *err;
    pool->refusal = refusal;
    return pool;
}

weft_pool *weft_pool_new(const struct weft_pool_spec *spec)
{
    struct weft_error err;
    weft_pool *pool = NULL;
    const weft_status st = weft_pool_open(&pool, spec, &err);

    return st && st != WEFT_NOMEM ? refusing(&err) : pool;
}

int weft_pool_n_workers(const weft_pool *pool)
{
    return pool ? pool->n_workers : 0;
}

void weft_pool_memory(weft_pool *pool, struct weft_pool_memory *out)
{
    *out = (struct weft_pool_memory){0};
    if (!pool)
        return;
    if (pool->budget)
        wf_budget_memory(pool->budget, out);
    if (pool->spill)
        wf_spill_memory(pool->spill, out);
    out->resident = wf_mem_resident();
    out->allocated = wf_mem_allocated();
    out->unmanaged = out->resident > out->managed ? out->resident - out->managed : 0;
}

/* Who would take results is gone: nothing waits for it any more. Under the lock. */
static void open_windows(weft_pool *pool)
{
    for (uint64_t live = wf_load_relaxed(&pool->live); live; live &= live - 1) {
        const weft_future *f = pool->runs[__builtin_ctzll(live)].future;

        wf_early_open(f ? f->early : NULL);
    }
    for (weft_future *f = pool->queued; f; f = f->next)
        wf_early_open(f->early);
}

void weft_pool_free(weft_pool *pool)
{
    if (!pool)
        return;
    /* In a forked child the workers never were: what they held is only memory. */
    if (pool->process == getpid()) {
        wf_mutex_lock(&pool->lock);
        open_windows(pool);
        while (pool->n_open || pool->n_held)
            wf_cond_wait(&pool->all_told, &pool->lock);
        wf_mutex_unlock(&pool->lock);
        if (pool->outlets)
            wf_outlets_close(pool->outlets);
        wf_watchdog_stop(&pool->watchdog);
        if (pool->kind != WEFT_POOL_SERIAL)
            stop_workers(pool);
        wf_timer_stop(&pool->timer); /* a worker may be setting an alarm for what has just run */
        if (pool->outlets)
            wf_outlets_write(pool->outlets, pool);
    }
    free_memory(pool);
}

/* ---- Places for runs ------------------------------------------------------- */

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

/* Places a run, or queues it while every place is taken; false: one with a body above
 * would have to wait for a place that such a body may keep, so it is not entered. */
static bool enter(weft_pool *pool, weft_future *f)
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

/* A plan of known values only: there is nothing to run. */
static void run_nothing(weft_pool *pool, weft_future *f)
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
        run_nothing(pool, f);
    else if (pool->kind == WEFT_POOL_SERIAL)
        run_serially(pool, f);
    else
        enter(pool, f);
}

void wf_pool_hold(weft_pool *pool)
{
    wf_mutex_lock(&pool->lock);
    pool->n_held++;
    wf_mutex_unlock(&pool->lock);
}

void wf_pool_unhold(weft_pool *pool)
{
    wf_mutex_lock(&pool->lock);
    if (!--pool->n_held)
        wf_cond_wake_all(&pool->all_told);
    wf_mutex_unlock(&pool->lock);
}

weft_status wf_pool_may_run(weft_pool *pool, struct weft_error *err)
{
    if (!pool)
        return wf_error_nomem(err, "a pool");
    if (pool->refusal) {
        if (err)
            *err = *pool->refusal;
        return pool->refusal->status;
    }
    if (pool->process != getpid())
        return weft_error_set(err, WEFT_UNSUPPORTED, "this pool belongs to process %d; process %d was forked from it",
                              (int)pool->process, (int)getpid());
    return WEFT_OK;
}

static weft_status submit(weft_pool *pool, weft_plan *plan, bool own_plan,
                          const struct weft_run_spec *spec, weft_future **out, struct weft_error *err)
{
    weft_future *f;
    weft_status st = wf_pool_may_run(pool, err);

    if (st)
        return st;
    st = wf_future_new(&f, pool, plan, spec, err);
    if (st)
        return st;
    f->own_plan = own_plan;
    *out = f;
    wf_pool_go(pool, f);
    return WEFT_OK;
}

/* The plan of a run that is given tasks. */
static weft_status plan_of(weft_plan **out, weft_task *const *tasks, size_t n, const struct weft_run_spec *spec,
                           struct weft_error *err)
{
    const weft_status st = weft_plan_new(out, tasks, n, &(struct weft_plan_spec){.memo = spec ? spec->memo : NULL}, err);

    if (!st && spec && spec->reuse)
        weft_plan_reuse(*out, spec->reuse);
    return st;
}

weft_status wf_pool_submit_within(weft_pool *pool, weft_task *const *tasks, size_t n,
                                  const struct weft_run_spec *spec, struct weft_child *up,
                                  weft_future **out, struct wf_run **run, struct weft_error *err)
{
    weft_future *f;
    weft_plan *plan;
    weft_status st = plan_of(&plan, tasks, n, spec, err);

    if (st)
        return st;
    st = wf_future_new(&f, pool, plan, spec, err);
    if (st) {
        weft_plan_free(plan);
        return st;
    }
    f->own_plan = true;
    *run = NULL;
    *out = f;
    if (!plan->n_nodes) {
        run_nothing(pool, f);
        return WEFT_OK;
    }
    f->up = up;
    f->keeps_place = true;
    if (enter(pool, f)) {
        *run = &pool->runs[f->place];
    } else {
        wf_future_abandon(f);
        *out = NULL;
    }
    return WEFT_OK;
}

/* ---- Running --------------------------------------------------------------- */

weft_status weft_pool_submit_plan(weft_pool *pool, weft_plan *plan, const struct weft_run_spec *spec,
                                  weft_future **out, struct weft_error *err)
{
    return submit(pool, plan, false, spec, out, err);
}

weft_status weft_pool_submit(weft_pool *pool, weft_task *const *tasks, size_t n,
                             const struct weft_run_spec *spec, weft_future **out, struct weft_error *err)
{
    weft_plan *plan;
    weft_status st = plan_of(&plan, tasks, n, spec, err);

    if (st)
        return st;
    st = submit(pool, plan, true, spec, out, err);
    if (st)
        weft_plan_free(plan);
    return st;
}

weft_status wf_future_take_all(weft_future *f, struct weft_value *outs, struct weft_error *err)
{
    weft_status first = WEFT_OK;

    weft_future_wait(f, -1);
    for (uint32_t i = 0; i < f->n_targets; i++) {
        struct weft_value value = weft_value_none();
        const weft_status st = weft_future_take(f, i, outs ? &value : NULL, first ? NULL : err);

        first = first ? first : st;
        if (outs)
            outs[i] = value;
    }
    if (first && f->pool->reruns)
        weft_future_rerun(f, NULL, NULL);
    weft_future_free(f);
    return first;
}

/* So the caller may release them whatever comes. */
static void no_values(struct weft_value *outs, size_t n)
{
    for (size_t i = 0; outs && i < n; i++)
        outs[i] = weft_value_none();
}

weft_status weft_pool_run_plan(weft_pool *pool, weft_plan *plan, const struct weft_run_spec *spec,
                               struct weft_value *outs, struct weft_error *err)
{
    weft_future *f;
    weft_status st;

    no_values(outs, plan->n_targets);
    st = weft_pool_submit_plan(pool, plan, spec, &f, err);
    return st ? st : wf_future_take_all(f, outs, err);
}

weft_status weft_pool_run_many(weft_pool *pool, weft_task *const *tasks, size_t n,
                               const struct weft_run_spec *spec, struct weft_value *outs, struct weft_error *err)
{
    weft_future *f;
    weft_status st;

    no_values(outs, n);
    st = weft_pool_submit(pool, tasks, n, spec, &f, err);
    return st ? st : wf_future_take_all(f, outs, err);
}

weft_status weft_pool_run(weft_pool *pool, weft_task *task, struct weft_value *out, struct weft_error *err)
{
    struct weft_value value;
    const weft_status st = weft_pool_run_many(pool, &task, 1, NULL, &value, err);

    if (!st && out)
        *out = value;
    else if (!st)
        weft_value_release(value);
    return st;
}
