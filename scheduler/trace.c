/* trace.c - what each worker did, without slowing it. */
#include "scheduler/trace.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/trace.h"
#include "scheduler/pool.h"

bool wf_tracer_init(struct wf_tracer *t, size_t n_events)
{
    size_t room = 16;

    while (room < n_events && room <= SIZE_MAX / 2 / sizeof *t->ring)
        room *= 2;
    t->ring = wf_alloc_array(room, sizeof *t->ring);
    t->mask = room - 1;
    t->n = 0;
    return t->ring != NULL;
}

void wf_tracer_fini(struct wf_tracer *t)
{
    wf_free(t->ring);
    t->ring = NULL;
}

struct wf_moment wf_moment_now(void)
{
    return (struct wf_moment){.ticks = wf_ticks(), .ns = wf_now_ns()};
}

/* Nanoseconds since `begin`, by the straight line through both moments. */
static int64_t ns_since(uint64_t ticks, struct wf_moment begin, struct wf_moment end)
{
    const double per_tick = end.ticks > begin.ticks
                                ? (double)(end.ns - begin.ns) / (double)(end.ticks - begin.ticks) : 0;

    return ticks <= begin.ticks ? 0 : (int64_t)((double)(ticks - begin.ticks) * per_tick);
}

size_t wf_tracer_read(const struct wf_tracer *t, int worker, uint32_t place, struct wf_moment begin,
                      struct wf_moment end, struct weft_event *out, size_t room, size_t *n_lost)
{
    const uint64_t kept = t->n > t->mask + 1 ? t->mask + 1 : t->n;
    const int64_t wall_ns = end.ns - begin.ns;
    struct weft_event idle = {.worker = (uint16_t)worker, .kind = WEFT_EVENT_IDLE, .task = UINT32_MAX};
    size_t n = 0;

    if (kept && t->n > kept && t->ring[t->n & t->mask].begin > begin.ticks)
        *n_lost += t->n - kept;
    for (uint64_t i = t->n - kept; i < t->n && n + 2 < room; i++) {
        const struct wf_record *r = &t->ring[i & t->mask];
        struct weft_event e = {.begin_ns = ns_since(r->begin, begin, end), .end_ns = ns_since(r->end, begin, end),
                               .task = r->node, .worker = (uint16_t)worker, .kind = r->kind};
        const bool ran = r->kind == WEFT_EVENT_TASK || r->kind == WEFT_EVENT_FORK;

        /* What it found for another run, it only looked for in this one. */
        if (r->kind == WEFT_EVENT_STEAL && (r->place != place || r->end > end.ticks)) {
            e.kind = WEFT_EVENT_IDLE;
            e.task = UINT32_MAX;
            e.end_ns = e.end_ns < wall_ns ? e.end_ns : wall_ns;
        }
        if (r->end < begin.ticks || r->begin > end.ticks || (ran && r->place != place))
            continue;
        if (!n && e.begin_ns > 0 && !ran)
            e.begin_ns = 0; /* it was looking before, too */
        out[n++] = e;
        idle.begin_ns = e.end_ns;
    }
    if (idle.begin_ns < wall_ns && n < room) {
        idle.end_ns = wall_ns;
        out[n++] = idle;
    }
    return n;
}

/* ---- The last run of a pool ------------------------------------------------- */

/* All events of the last run, by worker. Under the lock of the pool. */
static size_t read_all(const weft_pool *pool, struct weft_event *events, size_t room, size_t *n_lost)
{
    size_t n = 0;

    for (int i = 0; i < pool->n_workers; i++)
        n += wf_tracer_read(&pool->workers[i].tracer, i, pool->last_place, pool->last_begin, pool->last_end,
                            events + n, room - n, n_lost);
    return n;
}

weft_status weft_trace_of_pool(weft_trace **out, weft_pool *pool, struct weft_error *err)
{
    struct weft_event *events = NULL, *places;
    struct wf_trace_run run = {.n_workers = weft_pool_n_workers(pool)};
    size_t room = 0;
    weft_status st;

    if (!pool)
        return wf_error_nomem(err, "a pool");
    if (!pool->traces)
        return weft_error_set(err, WEFT_INVALID, "this pool was made without .trace");
    wf_mutex_lock(&pool->lock);
    if (!pool->has_last) {
        st = weft_error_set(err, WEFT_EMPTY, "this pool has not run anything");
        goto out;
    }
    if (!pool->last_plan && !pool->last_shape) {
        st = wf_error_nomem(err, "a trace");
        goto out;
    }
    for (int i = 0; i < pool->n_workers; i++)
        room += pool->workers[i].tracer.mask + 3;
    events = wf_alloc_array(room, sizeof *events);
    if (!events) {
        st = wf_error_nomem(err, "a trace");
        goto out;
    }
    run.n_events = read_all(pool, events, room, &run.n_lost);
    run.wall_ns = pool->last_end.ns - pool->last_begin.ns;
    st = pool->last_plan ? wf_trace_of_plan(out, pool->last_plan, &run, &places, err)
                         : wf_trace_join(out, (const weft_trace *const *)&pool->last_shape, 1, &run, &places, err);
    if (!st && run.n_events)
        memcpy(places, events, run.n_events * sizeof *events);
out:
    wf_mutex_unlock(&pool->lock);
    wf_free(events);
    return st;
}
