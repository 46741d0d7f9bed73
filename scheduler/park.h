/* park.h - putting workers to sleep so that no call is missed.
 *
 * A worker without work first searches, then sleeps. One word counts both:
 *
 *     state = searching << 32 | sleeping
 *
 * Who makes work wakes somebody only when some worker sleeps and none searches: a
 * searcher will find the work, and when the last searcher finds something and sees
 * that more is left it wakes the next. The waker itself moves one worker from sleeping to searching and leaves
 * a token for it, so a burst of work makes one call into the system, not many.
 *
 * Why no work is left while a worker sleeps. Let W be pushed by P, and let P see
 * no reason to wake. Then P read, after its fence, either
 *   - searching > 0: some worker S counted itself out of searching later, in the
 *     order of changes of `state`, and scanned all queues once more after that:
 *     if it found work and was the last to search, to wake another when more is
 *     left (wf_park_found); if it went to sleep, to take what it sees
 *     (wf_park_sleep). That change came after P's read, so by the two fences S's
 *     scan sees W (Dekker; both sides are store, fence, load);
 *   - sleeping = 0: every worker is busy, and each searches, as above, before it
 *     sleeps.
 *
 * What always holds:
 *   1. searching + sleeping <= n_workers.
 *   2. tokens <= searching: each token is owed to a worker counted as searching.
 *   3. Workers between wf_park_sleep() and the call that ends it are as many as
 *      sleeping + tokens + tokens about to be left. Whose is whose does not matter.
 */
#ifndef WF_PARK_H
#define WF_PARK_H

#include "scheduler/sync.h"

struct wf_park {
    _Alignas(WF_APART) _Atomic uint64_t state;
    _Alignas(WF_APART) _Atomic uint32_t tokens;
};

enum { WF_PARK_SLEEPING = 1 };
#define WF_PARK_SEARCHING ((uint64_t)1 << 32)

void wf_park_init(struct wf_park *p);
void wf_park_check(struct wf_park *p, uint32_t n_workers);

/* Called after work was made that others could do. Cheap when nobody sleeps. */
void wf_park_wake_slowly(struct wf_park *p);
static inline void wf_park_wake(struct wf_park *p)
{
    uint64_t state;

    /* Full fence: the work is published before we look who sleeps. Partner: the
     * exchange in wf_park_sleep() before the last scan. */
    wf_fence_seq();
    state = wf_load_fenced(&p->state);
    if ((uint32_t)state && state < WF_PARK_SEARCHING)
        wf_park_wake_slowly(p);
}

/* A worker begins to search. False: enough do already (`limit`); go to sleep by
 * wf_park_sleep(p, false). */
bool wf_park_search(struct wf_park *p, uint32_t limit);

/* It found work. True: it was the last to search; then it must look whether more is
 * left, and if so call wf_park_wake(). Looking costs less than a call for nothing. */
bool wf_park_found(struct wf_park *p);

/* It found none (`searching`: it was counted as such). After this it must scan all
 * queues once more and then call exactly one of the next two. Cancelled: the scan found
 * something; the worker is awake, not counted, and must look as after wf_park_found(). */
void wf_park_sleep(struct wf_park *p, bool searching);
void wf_park_cancel(struct wf_park *p);
void wf_park_commit(struct wf_park *p);  /* sleeps; comes back counted as searching */

/* Wakes all that sleep, each counted as searching: the pool ends. */
void wf_park_wake_all(struct wf_park *p);

#endif
