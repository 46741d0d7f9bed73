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
    bool        is_target; /* its result was asked for: it is held to the end */
    int64_t     result_bytes; /* what its results take, by their types, where that was measured; else what
                             * its spec says; 0: not known, or next to nothing */
};

enum weft_event_kind {
    WEFT_EVENT_TASK,    /* a body ran */
    WEFT_EVENT_STEAL,   /* looked for work elsewhere and found it */
    WEFT_EVENT_IDLE,    /* looked, found none, slept */
    WEFT_EVENT_FORK,    /* part of a body ran on another worker than its task (weft/fork.h) */
    WEFT_EVENT_CHILD,   /* the body of a task that was spawned (weft/spawn.h), by or below this one of the graph */
    WEFT_EVENT_MEMORY,  /* idle, while tasks waited for memory */
    WEFT_EVENT_NEED,    /* idle, while tasks waited for a resource, a moment or another try, and none for memory */
    WEFT_EVENT_SPILL,   /* wrote results to disk, for want of memory */
    WEFT_EVENT_UNSPILL, /* read one back */
    WEFT_EVENT_SEND,    /* wrote what a body reads for the process that runs it */
    WEFT_EVENT_RECEIVE, /* read what it gave from there */
    WEFT_N_EVENT_KINDS
};

enum weft_event_flag {
    WEFT_EVENT_FAILED = 1, /* of a body: it failed */
};

/* Events of one worker lie beside or within each other, but for bodies that blocked on one seat: a body that
 * waits runs others meanwhile, and what it waits for counts as time of its event, too. */
struct weft_event {
    int64_t  begin_ns, end_ns; /* since the trace began */
    uint32_t task;             /* its number in the trace; of IDLE, MEMORY, NEED and SPILL UINT32_MAX */
    uint16_t worker;
    uint8_t  kind;
    uint8_t  flags;            /* of enum weft_event_flag */
};

/* A trace may hold several runs, each with tasks of its own: what a pool ran one after
 * the other, or at the same time. */
struct weft_trace_run {
    uint32_t    first_task, n_tasks;
    int64_t     begin_ns, end_ns;
    weft_status status;
};

/* The process at one moment, as seen now and then. */
struct weft_sample {
    int64_t  at_ns;
    uint64_t resident_bytes; /* its memory, and that of its children */
    uint64_t managed_bytes;  /* of that, results that runs hold; 0 in a pool without a limit */
    uint64_t spilled_bytes;  /* results on disk */
    double   cores;          /* time of processors it and its children used since the sample before, per time */
};

/* Where it ran. Texts may be "". */
struct weft_trace_about {
    const char *program; /* with its arguments */
    const char *machine; /* its processor */
    const char *version; /* of Weft */
    int64_t     began_unix_ns;
    uint64_t    memory_bytes;
    int         n_cores;
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
WEFT_API size_t                        weft_trace_n_runs(const weft_trace *t);
WEFT_API const struct weft_trace_run  *weft_trace_runs(const weft_trace *t);   /* by task */
WEFT_API size_t                        weft_trace_n_samples(const weft_trace *t);
WEFT_API const struct weft_sample     *weft_trace_samples(const weft_trace *t); /* by time */
WEFT_API struct weft_trace_about       weft_trace_about(const weft_trace *t);  /* texts lent */

WEFT_END
#endif
