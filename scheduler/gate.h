/* gate.h - who may have so many units of what there is little of.
 *
 * A pool has resources: names, each with a number of units. A task that needs some holds all
 * of them from before its body begins until it has ended, or none. Those for which there are
 * not enough wait here, no worker with them, and are queued again, holding what they need,
 * through the inbox.
 *
 * Those that need the same are one line, first come, first served. Whenever units come back,
 * lines are looked at in the order in which the first of each came. One that must go on
 * waiting keeps what it needs, as far as that is there, from all that came later: so nobody
 * is passed by one that could delay it, and a big need is met as soon as units enough have
 * come back.
 *
 * What always holds, under the lock:
 *   1. 0 <= free <= units of every resource, and units - free is what holders hold.
 *   2. No line is empty, and of none that came first could the first begin.
 *   3. For each that waits the inbox has promised room.
 *
 * Threads: any; the lock may be held while that of the inbox is taken.
 */
#ifndef WF_GATE_H
#define WF_GATE_H

#include <weft/pool.h>

#include "lib/graph/terms.h"
#include "scheduler/inbox.h"

struct wf_run;

struct wf_resource {
    char   *name;
    int64_t units, free;
    int64_t left;  /* while lines are looked at: what those before have not kept */
};

/* Who wants to begin. */
struct wf_entrant {
    struct wf_run     *run;
    struct weft_child *child;  /* NULL: a node */
    wf_ready           word;   /* to be queued again */
    bool              *holds;  /* whether it has what it needs; written before the word is queued */
};

struct wf_gate {
    wf_mutex            lock;
    struct wf_resource *resources;
    size_t              n_resources;
    struct wf_line     *lines;
    uint64_t            n_came;
    _Atomic uint32_t    n_waiting; /* for a look without the lock */
};

/* False: no memory. The resources have been checked by wf_gate_check(). */
bool wf_gate_init(struct wf_gate *g, const struct weft_resource *resources, size_t n);
void wf_gate_fini(struct wf_gate *g); /* a zeroed one is fine */
weft_status wf_gate_check(const struct weft_resource *resources, size_t n, struct weft_error *err);

/* Why such a need can never be met; WEFT_OK: it can. */
weft_status wf_gate_refusal(const struct wf_gate *g, const struct weft_terms *terms, struct weft_error *err);

enum wf_entry {
    WF_ENTRY_NOW,   /* it holds what it needs */
    WF_ENTRY_LATER, /* its word will be queued; if it was stopped meanwhile, it holds nothing */
    WF_ENTRY_NOMEM,
};
enum wf_entry wf_gate_enter(weft_pool *pool, const struct weft_terms *terms, const struct wf_entrant *who);

/* It gives back what it holds. */
void wf_gate_leave(weft_pool *pool, const struct weft_terms *terms, bool *holds);

/* Something was stopped: of those that wait, who is part of it waits no more. */
void wf_gate_hurry(weft_pool *pool);

void wf_gate_check_held(const struct wf_gate *g);

#endif
