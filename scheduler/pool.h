/* pool.h - workers and the runs they share, from inside.
 *
 * A run sits in one of WF_MAX_RUNS places while workers may touch it, so a ready
 * task names its run by a small number. Further runs queue.
 *
 * A worker that looks for roots reads `cursor` of a place before it knows whether
 * a run sits there. That is sound: roots are claimed by exchanging the cursor
 * itself, and a run with unclaimed roots has not ended. So a claim that succeeds
 * is a claim on the run that sits there now, whatever was read before it.
 *
 * What always holds:
 *   1. A place is given to the next run only after the last sink of its run has
 *      been counted, and whoever counted it has read all it needs.
 *   2. `lock` guards the queue, the handing out of places, n_open, and what traces
 *      read. A serial pool holds it while it runs.
 */
#ifndef WF_POOL_H
#define WF_POOL_H

#include <sys/types.h>

#include "scheduler/budget.h"
#include "scheduler/gather.h"
#include "scheduler/inbox.h"
#include "scheduler/listen.h"
#include "scheduler/live.h"
#include "scheduler/park.h"
#include "scheduler/record.h"
#include "scheduler/retry.h"
#include "scheduler/run.h"
#include "scheduler/elastic.h"
#include "scheduler/gate.h"
#include "scheduler/gather.h"
#include "scheduler/spawn.h"
#include "scheduler/stand.h"
#include "scheduler/timer.h"
#include "scheduler/topo.h"
#include "scheduler/watchdog.h"
#include "scheduler/worker.h"

enum { WF_MAX_RUNS = 64 };

struct weft_future {
    struct wf_run     *run;      /* while it runs */
    weft_pool         *pool;
    weft_plan         *plan;
    bool               own_plan; /* made for this run, freed with it */
    struct wf_stock   *stock;    /* of a pool with a limit */
    bool               keeps_place; /* a body waits for it, and gives its place back */
    uint32_t           place;    /* once it runs */
    struct weft_child *up;       /* that body's task; NULL: none */
    struct weft_run_spec spec;
    struct weft_watch  watch;    /* the spec's; zeros: none */
    struct wf_rerun   *kept;     /* the first task that failed, if it was asked for */
    uint32_t           n_targets;/* the plan may be gone before the future */
    struct weft_value *values;   /* per target; of one that failed the pointer is its struct weft_error; NULL: no memory */
    weft_status       *statuses;
    struct wf_early   *early;    /* NULL: results are there at the end */
    _Atomic uint32_t   done;     /* that the above is there, and who stops it now: see listen.h */
    _Atomic uint32_t   refs;     /* who holds it */
    _Atomic bool       stop;     /* asked to stop before it had a run */
    char *_Atomic      reason;   /* why; NULL: not said */
    weft_future       *next;     /* in the queue of the pool, or of futures to be told */
    wf_mutex           lock;     /* guards the next three, and values of one that is done */
    struct wf_listener *listeners;
    bool               is_told;  /* takes no more of them */
    struct wf_async   *async;    /* how it came about; NULL: it was submitted */
    bool               is_held;  /* counted by the pool until it is told: it waits for others */
    weft_graph        *own_graph;
    weft_status        status;   /* at the end: of the first target that failed */
    struct weft_value  one;      /* of an async one: its values */
    weft_status        one_status;
    struct wf_moment   begin, end;
    struct wf_elastic *elastic;  /* NULL: workers stay */
    struct wf_stand   *stands;   /* of each node; NULL: no task has terms */
    struct wf_scene   *scene;    /* for who looks on; NULL: nobody */
    struct wf_alarm    deadline; /* set while it runs, if it has one; then `run` is its run */
    int64_t            deadline_ns;
};

struct weft_pool {
    enum weft_pool_kind kind;
    int                 n_workers;
    uint32_t            max_searching;
    int64_t             spin_ns;    /* how long a worker searches before it sleeps */
    bool                pins, traces;
    pid_t               process;    /* a forked child owns nothing of this */
    struct wf_topo     *topo;
    int                *places;     /* PU of worker i */
    int                *victims;    /* all workers' orders, n_workers - 1 each */
    struct wf_worker   *workers;
    struct weft_executor executor;
    bool                has_executor;
    struct wf_watchdog  watchdog;
    struct weft_error  *refusal;    /* why it runs nothing; NULL: it does */
    struct wf_spill    *spill;      /* where values go that leave memory */
    struct wf_budget   *budget;     /* NULL: no limit */
    struct wf_progress *progress;   /* NULL: nobody is told */
    struct weft_watch   watch;      /* of all runs; zeros: none */
    bool                reruns;     /* who waits for a run runs its first failed task once more */

    struct wf_gather    gather;
    struct wf_park      park;
    struct wf_inbox     inbox;
    struct wf_seats     seats;
    struct wf_probes    probes;
    struct weft_child  *above;      /* of a serial pool made for a run within a task: that; else NULL */
    struct weft_child   no_child;   /* stands for all that could not be spawned */
    struct weft_child  *free_children; /* in batches; guarded by lock */
    struct wf_timer     timer;
    struct wf_rests     rests;
    struct wf_gate      gate;
    _Alignas(WF_APART) _Atomic uint64_t live; /* bit i: a run sits in place i */
    _Atomic bool        ending;
    _Atomic uint32_t    n_loops;    /* worker loops that have not returned */
    struct wf_bench     bench;

    bool                is_shared;  /* among several runs; guarded by lock */

    wf_mutex            lock;
    weft_future        *queued, *last;
    uint64_t            n_runs;
    uint32_t            n_open;     /* runs entered whose end is not told yet */
    uint32_t            n_held;     /* futures that wait for others */
    wf_cond             all_told;   /* n_open is 0 */
    struct wf_run       runs[WF_MAX_RUNS];

    struct wf_recorder  recorder;   /* of a pool that traces */
    struct wf_outlets  *outlets;    /* what it shows and leaves behind; NULL: nothing */
    weft_pool          *next_leaving; /* at the end of the program, see exit.c */
    weft_live          *lives;      /* who looks on; guarded by lock */
    _Atomic bool        is_watched; /* there are some: runs that are entered bring scenes */
};

/* A serial pool for a run within the task `above`, which may be NULL: it stops as that does, and shows
 * and leaves behind nothing of its own. */
weft_status wf_pool_open_within(weft_pool **out, struct weft_child *above, struct weft_error *err);

/* Prepares a future for `plan`; the plan is refused when it runs already. */
weft_status wf_future_new(weft_future **out, weft_pool *pool, weft_plan *plan,
                          const struct weft_run_spec *spec, struct weft_error *err);

/* The last node of the run in `place` has finished; called once, by who counted it. */
void wf_pool_finish(weft_pool *pool, uint32_t place);

/* Collects what the targets gave; then the plan may run again. Part of the end of a run. */
void wf_future_collect(weft_future *f, struct wf_run *r);
void wf_future_tell(weft_future *f);

/* A future of one target, whose plan comes later, by wf_future_equip(). NULL: no memory. */
weft_future *wf_future_blank(weft_pool *pool);
weft_status  wf_future_equip(weft_future *f, weft_plan *plan, const struct weft_run_spec *spec, struct weft_error *err);
void         wf_future_destroy(weft_future *f, struct wf_endings *e); /* nobody holds it, and it has been told */

/* Why a task of its run, or all, did not begin. */
void wf_future_say_stopped(const weft_future *f, struct weft_error *err);

/* Why it runs nothing, if so. */
weft_status wf_pool_may_run(weft_pool *pool, struct weft_error *err);

/* As weft_future_cancel_for(), where others may end by it. */
void wf_future_stop(weft_future *f, const char *reason, struct wf_endings *e);

/* It is to run again: as new, but for how it came about. */
void wf_future_unkeep(weft_future *f);
void wf_future_renew(weft_future *f);

/* The run sits in this place, and is shown to who looks on. Under the lock. */
void wf_pool_stage(weft_pool *pool, weft_future *f, uint32_t at);

/* It begins, and may end at once. */
void wf_pool_go(weft_pool *pool, weft_future *f);

/* Its two ways: to a place, or to the queue while every place is taken; false: one with a body
 * above would have to wait for a place that such a body may keep, so it is not entered. And that
 * of a plan of known values only, where there is nothing to run. */
bool wf_pool_enter(weft_pool *pool, weft_future *f);
void wf_pool_run_nothing(weft_pool *pool, weft_future *f);

/* One future more, or less, that waits for others; the pool is not freed meanwhile. */
void wf_pool_hold(weft_pool *pool);
void wf_pool_unhold(weft_pool *pool);

/* What `values` holds of a target that gave `v`, or failed. */
void              wf_future_settle(weft_future *f, struct weft_value *v);
struct weft_value wf_future_failed(const struct weft_error *err);
struct weft_value wf_future_why(const struct wf_run *r, uint32_t i, weft_status st);

/* It never ran. */
void wf_future_abandon(weft_future *f);

/* Waits for the end and takes all results, and frees it; the first failure in order is told. */
weft_status wf_future_take_all(weft_future *f, struct weft_value *outs, struct weft_error *err);

/* For wait.c: a run below the body of `up`, in a place that it keeps until it is given back.
 * *out is NULL when there is no place. A run of nothing has no `run`. */
weft_status wf_pool_submit_within(weft_pool *pool, weft_task *const *tasks, size_t n,
                                  const struct weft_run_spec *spec, struct weft_child *up,
                                  weft_future **out, struct wf_run **run, struct weft_error *err);
void wf_pool_leave_place(weft_pool *pool, struct wf_run *r);

/* Something was stopped: so are the runs below it, and whatever waits and is part of it
 * waits no more. The second is the latter alone. */
void wf_pool_stop_below(weft_pool *pool);
void wf_pool_hurry(weft_pool *pool);

/* The time of a run begins and ends. */
void wf_future_set_deadline(weft_future *f, struct wf_run *r);
void wf_future_forget_deadline(weft_future *f);

/* serial.c: the whole run on the calling thread. */
void wf_serial_run(struct wf_run *r, struct wf_worker *w);

#endif
