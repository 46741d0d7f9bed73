/* post.h - what is for one worker: tasks that run only there, or rather there.
 *
 * Two inboxes a worker. What lies in `only` is taken by nobody else; from `rather` others
 * take what they would else sleep beside.
 *
 * park.h wakes somebody, not somebody certain, and the token left for a sleeper may be taken
 * by a worker that came later. So who puts something into `only` calls all that sleep, and
 * has the timer call again every half millisecond as long as it lies there and its worker
 * sleeps. (A worker looks at its post before it sleeps, so most often nobody is called.)
 */
#ifndef WF_POST_H
#define WF_POST_H

#include <weft/pool.h>

#include "scheduler/inbox.h"
#include "scheduler/timer.h"

struct wf_worker;

struct wf_post {
    struct wf_inbox only, rather;
    struct wf_alarm again;
};

void wf_post_init(struct wf_post *p);
void wf_post_fini(struct wf_post *p);

/* False: no memory. Calling is by a worker of the pool, whose timer runs. */
bool wf_post_put(struct wf_worker *to, wf_ready word, bool only);

/* By its worker. */
static inline bool wf_post_take(struct wf_post *p, wf_ready *out)
{
    return wf_inbox_take(&p->only, out) || wf_inbox_take(&p->rather, out);
}

#endif
