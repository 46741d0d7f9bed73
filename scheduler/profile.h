/* profile.h - who looks into the bodies of a pool, and by which threads.
 *
 * A run of a profiled pool has a scene (scene.h), which names the groups of its tasks, and the
 * flag WF_RUN_PROFILED: whoever calls a body of it tells the probe of the thread. Other runs pay
 * nothing.
 */
#ifndef WF_SCHED_PROFILE_H
#define WF_SCHED_PROFILE_H

#include <weft/profile.h>

#include "scheduler/profile_probe.h"
#include "scheduler/sync.h"

struct wf_run;

struct wf_probes {
    wf_mutex         lock;
    struct wf_probe *first;           /* all that ever entered; they are as old as the pool */
    weft_profiling *_Atomic going;    /* NULL: nobody looks */
};

void wf_probes_init(struct wf_probes *ps);
void wf_probes_fini(struct wf_probes *ps);

/* The calling thread runs bodies from here to there. Who calls a serial pool enters with each run and never leaves. */
void wf_probes_enter(struct wf_probes *ps, struct wf_probe *p);
void wf_probes_leave(struct wf_probes *ps, struct wf_probe *p);

static inline bool wf_probes_going(struct wf_probes *ps)
{
    return wf_load_acquire(&ps->going) != NULL;
}

/* A run that sits in this place is looked into, if anybody looks. Under the lock of the pool. */
void wf_profile_stage(weft_pool *pool, weft_future *f, uint32_t at);

/* The group of a node of a run with WF_RUN_PROFILED. */
const char *wf_profile_group(struct wf_run *r, uint32_t node);

#endif
