/* listen.h - who hears of the end of a future, and how its end is told.
 *
 * One end may bring others: what waits for a failed future fails at once, and a future whose
 * last holder is gone is cancelled. They are put in a queue and told one after another, so a
 * chain a million long takes no stack.
 *
 * What always holds:
 *   1. A listener is called once, after its future is THERE, or is taken back and never called.
 *   2. After LEFT is set nobody but its holders touches the future.
 */
#ifndef WF_LISTEN_H
#define WF_LISTEN_H

#include <weft/pool.h>

#include "scheduler/sync.h"

/* What `done` of a future holds; and how many are about to stop it, times STOPPING: while
 * somebody is, the run does not end, so its pool is there. */
enum { WF_DONE_THERE = 1, WF_DONE_LEFT = 2, WF_DONE_FORGOTTEN = 4, WF_DONE_STOPPING = 8 };

/* Futures that have ended and are not told yet. */
struct wf_endings {
    weft_future *first, *last;
};

struct wf_listener {
    struct wf_listener *next;
    weft_future        *of;
    void              (*hear)(struct wf_listener *l, struct wf_endings *e); /* its memory is its own from then on */
};

/* False: the future is done, and nothing will be called. */
bool wf_listen(struct wf_listener *l, weft_future *f);
/* True: it will not be called. False: it was, or is being called now. */
bool wf_listen_no_more(struct wf_listener *l);

/* Values and statuses of the future are final. */
void wf_endings_add(struct wf_endings *e, weft_future *f);
void wf_endings_tell(struct wf_endings *e);

/* One holder less; of the last, and not done, what is async is cancelled. */
void wf_future_drop(weft_future *f, struct wf_endings *e);

#endif
