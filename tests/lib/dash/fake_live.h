/* fake_live.h - a pool that does what a test says: it stands in for weft/live.h.
 *
 * Linked before libweft, its weft_live_open(), _look() and _close() are those that the
 * dashboard calls. A look copies what the test has set, under a lock.
 */
#ifndef FAKE_LIVE_H
#define FAKE_LIVE_H

#include <weft/live.h>

struct fake {
    struct weft_live_now now;
    struct weft_live_group  groups[64];
    struct weft_live_link   links[64];
    struct weft_live_worker workers[16];
    struct weft_live_event  events[4096]; /* forgotten when looked at */
    char   names[64][256];
    int    n_looks, n_open; /* looks so far; opened and not closed */
    bool   refuses;         /* the next look is WEFT_NOMEM */
};

/* Calls `change` while nobody looks. */
void fake_change(void (*change)(struct fake *f, void *arg), void *arg);
int  fake_looks(void);
int  fake_opened(void);

/* So many groups in a chain, workers, tasks each of which `n_done` are done; one run goes on. */
void fake_fill(int n_groups, int n_workers, uint64_t n_tasks, uint64_t n_done);

#endif
