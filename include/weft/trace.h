/* weft/trace.h - a graph as data, and what happened when it ran.
 *
 * A trace holds the tasks of a graph or plan (name, key, layer, call site), who
 * waits for whom, and, when it has run on a pool that traces, which worker did
 * what from when to when. It needs neither the graph nor the pool it came from:
 * it can be saved, loaded elsewhere, analysed (weft/analyse.h), drawn (weft/draw.h).
 *
 * Ownership: made by ..._of_...() and _read(), given: weft_trace_free().
 * Threads:   immutable; any thread may read.
 */
#ifndef WEFT_TRACE_H
#define WEFT_TRACE_H

#include <weft/pool.h>

WEFT_BEGIN

typedef struct weft_trace weft_trace;

struct weft_trace_task {
    const char *name;
    const char *key;
    const char *layer;   /* "" : none */
    uint32_t    layer_id;/* 0: none */
    const char *file;    /* "" : unknown */
    int         line;
    bool        fused;   /* joined to the task before it in the chain */
};

enum weft_event_kind {
    WEFT_EVENT_TASK,  /* a body ran */
    WEFT_EVENT_STEAL, /* looked for work elsewhere and found it */
    WEFT_EVENT_IDLE,  /* looked, found none, slept */
    WEFT_EVENT_FORK,  /* part of a body ran on another worker than its task */
};

struct weft_event {
    int64_t  begin_ns, end_ns; /* since the run began */
    uint32_t task;             /* its number in the trace; of an IDLE event UINT32_MAX */
    uint16_t worker;
    uint16_t kind;
};

/* The graph behind some tasks, or of a plan; no events. */
WEFT_API weft_status weft_trace_of_tasks(weft_trace **out, weft_task *const *targets, size_t n,
                                         struct weft_error *err);
WEFT_API weft_status weft_trace_of_plan(weft_trace **out, const weft_plan *plan, struct weft_error *err);

/* The last finished run of a pool made with .trace, asked for while nothing runs on
 * it. What it ran may be gone, but for a plan given to weft_pool_run_plan() or
 * _submit_plan(): that must still be there. */
WEFT_API weft_status weft_trace_of_pool(weft_trace **out, weft_pool *pool, struct weft_error *err);

WEFT_API void        weft_trace_free(weft_trace *t); /* NULL is fine */
WEFT_API weft_status weft_trace_write(const weft_trace *t, const char *path, struct weft_error *err);
WEFT_API weft_status weft_trace_read(weft_trace **out, const char *path, struct weft_error *err);

WEFT_API size_t                        weft_trace_n_tasks(const weft_trace *t);
WEFT_API const struct weft_trace_task *weft_trace_task(const weft_trace *t, size_t i);
WEFT_API size_t                        weft_trace_n_deps(const weft_trace *t, size_t i);
WEFT_API const uint32_t               *weft_trace_deps(const weft_trace *t, size_t i); /* n_deps numbers, each < i */
WEFT_API int                           weft_trace_n_workers(const weft_trace *t);      /* 0: it has not run */
WEFT_API int64_t                       weft_trace_wall_ns(const weft_trace *t);
WEFT_API size_t                        weft_trace_n_events(const weft_trace *t);
WEFT_API const struct weft_event      *weft_trace_events(const weft_trace *t); /* by worker, then time */
WEFT_API size_t                        weft_trace_n_lost(const weft_trace *t); /* events overwritten */

WEFT_END
#endif
