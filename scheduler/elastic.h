/* elastic.h - workers that a run will never need again leave, and come back for other work.
 *
 * lib/graph/chains.h says how many workers the unfinished tasks of a run can still keep
 * busy: `want`. Of those that are more, idle ones leave and sleep on the bench, where no
 * wake of park.h finds them.
 *
 * Why no ready task waits for a worker on the bench, while one run is in the pool and no
 * body forks or spawns: the end of a task is counted before its successors are told, so
 * all tasks that run or are ready are among those counted as unfinished, and no two of
 * them depend on each other: they are at most `want`, and as many workers are active.
 * Which of the active ones finds a task is settled as ever (park.h): who leaves is in
 * the place of one about to sleep, has scanned everything, and wakes another if work is
 * left.
 *
 * Why nobody surplus sleeps on unseen: who sets `surplus` wakes all that sleep, after a
 * fence; who is about to sleep looks at it after the fence of wf_park_sleep(). To wake as
 * many as are surplus would not do: one of them may find a task instead.
 *
 * What always holds, under the lock of the pool:
 *   1. n_out workers are is_out; they sit, or are about to.
 *   2. surplus = max(0, n_workers - n_out - want of the decider); 0 without one.
 *   3. While surplus > 0 there is a decider, whose run is the only one in the pool.
 */
#ifndef WF_ELASTIC_H
#define WF_ELASTIC_H

#include <weft/elastic.h>

#include "lib/graph/chains.h"
#include "scheduler/sync.h"

struct wf_worker;
struct wf_run;

/* When a worker left the last time, and came back; -1: it did not. */
struct wf_away {
    int64_t from_ns, until_ns;
};

/* Of one run. */
struct wf_elastic {
    struct wf_chains *chains;   /* of who holds `ended`; NULL: nothing is known of this run */
    uint32_t         *below;    /* of a node in the stack `ended`: the next one */
    _Atomic uint32_t  ended;    /* nodes whose end is not in `chains` yet, the last first */
    _Atomic bool      is_open;  /* more tasks came than the graph has */
    int               n_workers;

    /* Under the lock of the pool. */
    uint32_t          want;     /* workers */
    struct wf_away   *away;     /* of each worker */
    int64_t           saved_ns; /* by those away before */
    int               n_recalled; /* from there */
};

/* Of a pool. */
struct wf_bench {
    _Atomic uint32_t surplus;   /* workers that may leave; written under the lock */
    _Atomic uint32_t turn;      /* a change calls all back */

    /* Under the lock of the pool. */
    weft_future     *decider;   /* whose run says how many are wanted; NULL: none does */
    bool            *is_out;    /* of each worker; NULL: there was no elastic run */
    int              n_out;
};

weft_status wf_elastic_new(struct wf_elastic **out, weft_pool *pool, const weft_plan *plan, struct weft_error *err);
void        wf_elastic_free(struct wf_elastic *e); /* NULL is fine */

/* A node has ended and its successors are not told yet. */
void wf_elastic_end(struct wf_elastic *e, struct wf_worker *w, uint32_t node);

/* The run has more tasks from now on than its graph. */
void wf_elastic_open(struct wf_run *r);

/* Runs came or went, or want has changed: under the lock of the pool. */
void wf_bench_settle(weft_pool *pool);

/* A run has ended and is about to leave its place; under the lock, too. Who sits goes on
 * doing so until there is another run. */
void wf_bench_leave(weft_pool *pool, weft_future *f);

/* Leaves if it still may, and comes back when called. By a worker that is not counted
 * by park.h and has nothing. */
void wf_bench_sit(struct wf_worker *w);

void wf_bench_end(weft_pool *pool); /* the pool ends: all come back */
void wf_bench_fini(struct wf_bench *b);

#endif
