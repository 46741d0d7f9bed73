/* watchdog.h - in debug builds: no worker sleeps while there is work.
 *
 * A thread of its own looks at a pool every 10 ms. It barks when the same task was ready, in
 * a deque, a range, among roots or in the inbox, at every look while workers slept and none
 * searched - and when every thread of the process has had its turn meanwhile (turns.h), so
 * that nobody is left who was only about to call, or to wake. Then it writes to stderr what the pool looks like, and aborts:
 * a call was missed, which is a mistake of ours and never of who uses us.
 *
 * It changes nothing that it looks at, and may look at the wrong moment: only what stays
 * counts. Builds without WF_PARANOID have no such thread, nor has a simulated pool: there
 * the simulator knows itself when all stand still.
 */
#ifndef WF_WATCHDOG_H
#define WF_WATCHDOG_H

#include <weft/pool.h>

#include "scheduler/sync.h"

struct wf_watchdog {
    wf_thread        thread;
    bool             started;
    _Atomic uint32_t ending;
};

#ifdef WF_SIM
#define WF_WATCHDOG 0
#else
#define WF_WATCHDOG WF_PARANOID
#endif

/* After the workers were started, and before they are stopped. One that cannot start
 * watches nothing. */
#if WF_WATCHDOG
void wf_watchdog_start(struct wf_watchdog *dog, weft_pool *pool);
void wf_watchdog_stop(struct wf_watchdog *dog); /* a zeroed one is fine */
#else
static inline void wf_watchdog_start(struct wf_watchdog *dog, weft_pool *pool) { (void)dog, (void)pool; }
static inline void wf_watchdog_stop(struct wf_watchdog *dog)                   { (void)dog; }
#endif

#endif
