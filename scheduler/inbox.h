/* inbox.h - where strangers leave work, and workers what they cannot keep.
 *
 * A queue of words behind a lock, for what is rare: a detached task whose end comes from
 * another thread, a task whose time has come, what lies in a deque that changes hands.
 * Any worker takes from it before it looks for roots. First in, first out.
 *
 * Who puts wakes a worker while it holds the lock: so whoever takes the word, and may end
 * the run by it, and then the pool, comes after.
 *
 * What always holds:
 *   1. n <= n_room, and n + n_promised <= n_room: a promise can be kept.
 */
#ifndef WF_INBOX_H
#define WF_INBOX_H

#include "scheduler/deque.h"
#include "scheduler/park.h"

struct wf_inbox {
    wf_mutex         lock;
    wf_ready        *ring;
    uint32_t         first, n_room, n_promised;
    _Atomic uint32_t n;
};

void wf_inbox_init(struct wf_inbox *b);
void wf_inbox_fini(struct wf_inbox *b);

/* Room for one word, to be put by wf_inbox_keep(). False: no memory. */
bool wf_inbox_promise(struct wf_inbox *b);
void wf_inbox_keep(struct wf_inbox *b, wf_ready word, struct wf_park *park);
void wf_inbox_forget(struct wf_inbox *b); /* it is not needed */

bool wf_inbox_put(struct wf_inbox *b, wf_ready word, struct wf_park *park); /* false: no memory */
bool wf_inbox_take(struct wf_inbox *b, wf_ready *out);                      /* false: empty */

/* Whether there seems to be something; as wf_deque_has_some(). */
static inline bool wf_inbox_has_some(struct wf_inbox *b)
{
    return wf_load_fenced(&b->n) != 0;
}

#endif
