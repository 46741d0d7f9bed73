/* pool.c - workers come and go. */
#include "scheduler/pool.h"

#include <string.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/policy.h"
#include "scheduler/early.h"
#include "scheduler/exit.h"
#include "scheduler/outlet.h"
#include "scheduler/process.h"
#include "scheduler/progress.h"
#include "scheduler/settle.h"
#include "scheduler/victim.h"

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
    if (wf_outlets_leave_files(outlets))
        wf_exit_enter(pool);
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
        if (pool->outlets) {
            wf_exit_leave(pool);
            wf_outlets_close(pool->outlets);
        }
        wf_watchdog_stop(&pool->watchdog);
        if (pool->kind != WEFT_POOL_SERIAL)
            stop_workers(pool);
        wf_timer_stop(&pool->timer); /* a worker may be setting an alarm for what has just run */
        if (pool->outlets)
            wf_outlets_write(pool->outlets, pool);
    }
    free_memory(pool);
}
