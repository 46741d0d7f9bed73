/* weft/live.h - what a pool does now, for who looks from outside: a dashboard, a test.
 *
 *     st = weft_live_open(&live, pool, &err);
 *     while (...) {
 *         weft_live_look(live, &now);     // some times a second
 *         ...
 *     }
 *     weft_live_close(live);
 *
 * The pool must trace (weft_pool_spec.trace). Tasks are told by group: all that name the same
 * layer, or have the same name where they name none, of all runs since it was opened and of
 * those that went on then.
 *
 * Workers never wait for who looks, however slowly: they note what they do, a look reads it. They
 * keep their latest `trace_events` notes. Who looks more rarely than these last is told how many
 * were missed; counts of runs that have ended are right all the same, unless a task of them failed.
 *
 * Ownership: what a look fills is lent until the next look or the close.
 * Threads:   one at a time per weft_live, any number of them per pool. Close it before the
 *            pool is freed.
 */
#ifndef WEFT_LIVE_H
#define WEFT_LIVE_H

#include <weft/trace.h>

WEFT_BEGIN

typedef struct weft_live weft_live;

struct weft_live_group {
    const char *name;
    uint64_t n_tasks;   /* of all runs */
    uint64_t n_done;    /* bodies that have run, of spawned tasks not counted */
    uint64_t n_failed;  /* of these */
    uint64_t n_skipped; /* tasks of runs that have ended without them: what they need has failed, or the run was
                         * stopped */
    uint64_t n_open, n_open_done; /* tasks of the runs that go on, and bodies of these that have run */
    uint64_t n_running; /* at this moment */
    int64_t  busy_ns;   /* time of its bodies, spawned tasks and forks, those that have run */
};

/* So many tasks of group `to` wait for one of `from`, of all runs. */
struct weft_live_link {
    uint32_t from, to;
    uint64_t n;
};

struct weft_live_worker {
    uint64_t n_tasks;      /* bodies it has run */
    int64_t  busy_ns;      /* in bodies, the one it is in included */
    double   load;         /* 0 to 1: of the time since the look before */
    uint32_t group;        /* of the task it runs; UINT32_MAX: none */
    int64_t  since_ns;     /* when that began; of one that sleeps, when it had nothing more to do */
    int      idle;         /* of one that sleeps, why: IDLE, MEMORY or NEED of enum weft_event_kind; else -1 */
    int      pu;           /* its hardware thread; -1: none of its own */
};

/* What ended since the look before. Bodies of one group that follow each other on a worker, too short to be
 * told apart at this rate of looking, are one event. */
struct weft_live_event {
    int64_t  begin_ns, end_ns;
    int64_t  busy_ns; /* of this, in bodies */
    uint32_t n;       /* how many it stands for */
    uint32_t group;   /* UINT32_MAX: none */
    uint16_t worker;
    uint8_t  kind, flags; /* as of struct weft_event */
};

struct weft_live_now {
    int64_t now_ns;        /* this and all moments: since it was opened */
    uint64_t n_runs_begun, n_runs_ended;
    uint64_t n_failed;     /* bodies, of all groups */
    struct weft_error last_error; /* of the last run that failed; WEFT_OK: none did */
    struct weft_sample      sample;
    struct weft_pool_memory memory;
    const struct weft_live_group  *groups; /* in order of appearance; none goes */
    size_t n_groups;
    const struct weft_live_link   *links;  /* likewise; none of runs of more than 256 groups */
    size_t n_links;
    const struct weft_live_worker *workers;
    int    n_workers;
    const struct weft_live_event  *events; /* by worker, then end */
    size_t   n_events;
    uint64_t n_missed;     /* notes that were overwritten before they were seen, in all */
};

/* Errors: WEFT_INVALID for a pool that does not trace, WEFT_NOMEM. */
WEFT_API weft_status weft_live_open(weft_live **out, weft_pool *pool, struct weft_error *err);
WEFT_API void        weft_live_close(weft_live *live); /* NULL is fine */

/* WEFT_NOMEM: what there was no memory for comes with a later look. */
WEFT_API weft_status weft_live_look(weft_live *live, struct weft_live_now *out);

WEFT_END
#endif
