/* profile_probe.h - what a thread runs just now, seen by a signal to itself.
 *
 * Each thread that may run bodies has a probe. Who profiles its pool gives the probe a tally
 * (profile_tally.h) and a timer, which counts the processor time of that thread alone and sends
 * SIGPROF to it. The handler walks from what was interrupted up to the body that runs
 * (profile_stack.h) and counts the stack; it takes no lock and no memory.
 *
 *     stack:  worker loop | call of a body |  body | f | g | <- handler
 *                           struct wf_probed ^
 *                                       base: here the walk ends
 *
 * What always holds:
 *   1. `now` is NULL, or tells of the innermost body on the thread's stack. Only the thread
 *      writes it.
 *   2. The handler looks at `into` after it has set `is_in`, and at the tally only before it
 *      clears that: who sets `into` to NULL and then sees `is_in` cleared has the tally alone.
 *   3. A thread that has left has no timer, and no signal of one is on its way to it.
 */
#ifndef WF_PROFILE_PROBE_H
#define WF_PROFILE_PROBE_H

#include <signal.h>
#include <sys/types.h>
#include <time.h>

#include <weft/status.h>

#include "scheduler/profile_tally.h"
#include "scheduler/sync.h"

/* A body that is called, in the frame that calls it. */
struct wf_probed {
    const char             *group; /* of its task */
    uintptr_t               base;  /* frame address of the caller */
    const struct wf_probed *below; /* what waits beneath it on this stack */
};

struct wf_probe {
    const struct wf_probed *_Atomic now;
    struct wf_stacks *_Atomic into;  /* NULL: nobody asks */
    _Atomic uint32_t is_in;         /* the handler is at work */

    /* Guarded by the lock of the probes of its pool. */
    struct wf_probe *next;
    struct wf_stacks *tally;   /* what was counted by it, though its thread may be gone */
    bool             is_here; /* between enter and leave */
    bool             is_listed, has_timer;
    pid_t            thread;
    clockid_t        clock;
    timer_t          timer;

    bool             is_shut; /* the thread's own: it came with the signal blocked, as one that others sigwait() for */
};

/* Under the lock. The calling thread may run bodies from now on, then no more. Who does not leave and enters
 * once more finds its timer as it was: so of runs shorter than a tick none is missed. Any thread forgets it. */
void wf_probe_enter(struct wf_probe *p);
void wf_probe_leave(struct wf_probe *p);
void wf_probe_forget(struct wf_probe *p);

/* A thread that is shut lets the signal in while it runs bodies. */
void wf_probe_let_in(bool in);

/* Under the lock. Any thread: the signal begins, and ends. WEFT_NOMEM when the system gives no
 * timer. After disarm, nobody writes the tally. */
weft_status wf_probe_arm(struct wf_probe *p, int rate_hz, struct weft_error *err);
void        wf_probe_disarm(struct wf_probe *p);

/* SIGPROF is ours while anybody profiles. WEFT_UNSUPPORTED: it is the program's. */
weft_status wf_probe_take_signal(struct weft_error *err);
void        wf_probe_give_signal(void);

/* Around a body, with `b` and base in the frame that calls it. Release: the handler, on this
 * thread, sees it whole. */
static inline void wf_probe_begin(struct wf_probe *p, struct wf_probed *b, const char *group, void *base)
{
    *b = (struct wf_probed){.group = group, .base = (uintptr_t)base, .below = wf_load_relaxed(&p->now)};
    if (__builtin_expect(p->is_shut, 0) && !b->below)
        wf_probe_let_in(true);
    wf_store_release(&p->now, b);
}
static inline void wf_probe_end(struct wf_probe *p, const struct wf_probed *b)
{
    wf_store_release(&p->now, b->below);
    if (__builtin_expect(p->is_shut, 0) && !b->below)
        wf_probe_let_in(false);
}

#endif
