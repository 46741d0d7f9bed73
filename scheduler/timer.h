/* timer.h - what is to happen at a moment to come.
 *
 * One thread a pool, started when it is first needed, that sleeps until the earliest of its
 * alarms. Alarms lie in whatever they are about, so to set one needs no memory: a pairing
 * heap (Fredman, Sedgewick, Sleator, Tarjan 1986).
 *
 * An alarm fires on that thread, while no lock is held, once: it must be short. It may set
 * itself again, or be gone when it returns.
 *
 * What always holds, under the lock:
 *   1. first is the earliest of all that are set; NULL: none is.
 *   2. `bell` has changed since the thread looked at what is first, if that is another now.
 *
 * Threads: any. The lock is innermost: alarms may be set and unset under any other.
 */
#ifndef WF_TIMER_H
#define WF_TIMER_H

#include "scheduler/sync.h"

struct wf_alarm {
    int64_t          at_ns;
    void           (*fire)(struct wf_alarm *alarm);
    struct wf_alarm *child, *next, *before; /* before: the sibling, or of the first child its parent */
    bool             is_set;
};

struct wf_timer {
    wf_mutex         lock;
    wf_cond          fired;
    struct wf_alarm *first;
    struct wf_alarm *firing; /* only compared: it may be gone */
    _Atomic uint32_t bell;
    bool             runs, ends;
    wf_thread        thread;
};

void wf_timer_init(struct wf_timer *t);
void wf_timer_fini(struct wf_timer *t); /* after wf_timer_stop(), if its thread is of this process */

/* Before an alarm may be set; more than once is fine. False: the system gives no more threads. */
bool wf_timer_start(struct wf_timer *t);
void wf_timer_stop(struct wf_timer *t); /* no alarm fires after it */

/* Fires at `at_ns` by wf_now_ns(), soon if that has passed. One that is set is moved. */
void wf_timer_set(struct wf_timer *t, struct wf_alarm *a, int64_t at_ns);

/* True: it was set, and will not fire. False: it has fired, is about to, or was not set. */
bool wf_timer_unset(struct wf_timer *t, struct wf_alarm *a);

/* The same, and it does not fire now either. Not while a lock is held that `fire` takes, and
 * not for one that sets itself again. */
void wf_timer_forget(struct wf_timer *t, struct wf_alarm *a);

#endif
