/* retry.h - tasks that rest before they are tried once more.
 *
 * One that has failed and may be run again is put aside, no worker with it, and queued by
 * the timer when its time has come. So nothing can be lost room is promised in the inbox
 * from the beginning. Its run, or a task it is part of, may be stopped meanwhile: then it is
 * queued at once, to be told.
 *
 * What always holds, under the lock:
 *   1. For each that rests the inbox has promised room, and its alarm is set or about to fire.
 *
 * Threads: any; the lock may be held while that of the timer is taken.
 */
#ifndef WF_RETRY_H
#define WF_RETRY_H

#include <weft/pool.h>

#include "scheduler/deque.h"
#include "scheduler/timer.h"

struct wf_run;
struct weft_child;

struct wf_rests {
    wf_mutex        lock;
    struct wf_rest *first;
    _Atomic uint32_t n; /* for a look without the lock */
};

void wf_rests_init(struct wf_rests *r);
void wf_rests_fini(struct wf_rests *r);

/* Queues `word`, of a node or of `child`, after `ns`. False: no memory, it does not rest. */
bool wf_rest(weft_pool *pool, struct wf_run *run, struct weft_child *child, wf_ready word, int64_t ns);

/* Something was stopped: what is part of it rests no more. */
void wf_rests_hurry(weft_pool *pool);

/* How long to rest after the n-th failure, n > 0: `backoff_ns`, doubled each time, and up to
 * a quarter more that `who` decides: those that failed together do not come back together. */
int64_t wf_rest_ns(int64_t backoff_ns, uint32_t n, uint64_t who);

#endif
