/* stock.h - what one run holds in memory or on disk, and which of it is wanted last.
 *
 * An item is a result that must be freed; it has the number of its slot. It is cold while
 * no running task reads it. As the order of the plan is known, so is who reads it next:
 * the first in rank of its readers that have not run. Of cold items the one whose next
 * reader comes last goes to disk first (Belady 1966); what is only asked for has none, and
 * goes before all others.
 *
 *     node     0   1   2   3   4   5   6      1, 2 and 3 read 0; 3 and 6 read 1
 *     run      x   x   .                      next reader of 0: 2, of 1: 3, so 1 goes first
 *
 *     NONE -> HERE <-> LEAVING -> AWAY -> COMING -> HERE ...       and from each to NONE
 *
 * Tasks that may not begin yet wait here, the first in rank first.
 *
 * What always holds:
 *   1. An item is in the heap of cold ones when, and only when, it is HERE, nobody reads it,
 *      and its type can be written.
 *   2. n_moving counts the items LEAVING or COMING.
 *
 * Threads: one at a time; a budget has the lock (budget.h).
 */
#ifndef WF_STOCK_H
#define WF_STOCK_H

#include "lib/base/bits.h"
#include "lib/graph/plan.h"

enum wf_item_state { WF_ITEM_NONE, WF_ITEM_HERE, WF_ITEM_LEAVING, WF_ITEM_AWAY, WF_ITEM_COMING };

struct wf_item {
    size_t   bytes;     /* in memory; of a node that runs and has no item yet: kept free for it */
    void    *copy;      /* HERE, and this on disk too (struct wf_spilled); NULL: not */
    uint32_t next;      /* the node that reads it next; WF_NONE: none */
    uint32_t at;        /* successors of its node before this place have run */
    uint32_t place;     /* 1 + its place in the heap; 0: not there */
    uint32_t n_reading; /* tasks that run, an input read twice counted twice */
    uint8_t  state;     /* of enum wf_item_state */
    bool     dropped;   /* LEAVING, and its last reader has gone: who moves it frees it */
    bool     runs;      /* the node of this number was let in and has not ended */
};

struct wf_budget;
struct wf_run;

struct wf_stock {
    weft_plan        *plan;
    struct wf_budget *budget;   /* while the run runs */
    struct wf_run    *run;
    struct wf_stock *next, *before;
    uint32_t         n_done, n_cold, n_waiting, n_moving;
    bool             keeps_asked; /* what is asked for stays in memory */
    uint64_t         bytes;     /* exact, of items HERE and LEAVING */
    size_t           n_block;   /* bytes of all that follows */

    struct wf_item  *items;     /* by slot before first_const */
    size_t          *hint;      /* by node: bytes of its results; 0: not said */
    size_t          *scratch;   /* by node; NULL: none says any */
    uint32_t        *kind;      /* by node */
    size_t          *seen;      /* by kind: the most a task of it gave, and 1; 0: none did yet */
    uint64_t        *done;      /* bitmap of nodes */
    uint64_t        *handed;    /* bitmap: waited, and is queued again */
    uint32_t        *cold, *waiting;
};

/* For one run of `p`, which is not run or built on meanwhile. NULL: no memory. */
struct wf_stock *wf_stock_new(weft_plan *p);
void             wf_stock_free(struct wf_stock *s); /* NULL is fine */

/* The item is HERE and cold, from now on; or is not any more. Either twice is fine. */
void wf_stock_cool(struct wf_stock *s, uint32_t slot);
void wf_stock_warm(struct wf_stock *s, uint32_t slot);

/* The cold item that is wanted last; WF_NONE: none is cold. */
static inline uint32_t wf_stock_coldest(const struct wf_stock *s)
{
    return s->n_cold ? s->cold[0] : WF_NONE;
}

/* How far behind the front of its run something lies. */
static inline uint64_t wf_stock_distance(const struct wf_stock *s, uint32_t node)
{
    return node == WF_NONE ? UINT64_MAX : node > s->n_done ? node - s->n_done : 0;
}

void wf_stock_done(struct wf_stock *s, uint32_t node);

void     wf_stock_wait(struct wf_stock *s, uint32_t node);
uint32_t wf_stock_first(const struct wf_stock *s); /* that waits; WF_NONE: none */
uint32_t wf_stock_take(struct wf_stock *s);        /* and waits no more */

/* A guess at what a node gives: what it says, else what its like gave, else `unknown`. */
size_t wf_stock_guess(const struct wf_stock *s, uint32_t node, size_t unknown);
void   wf_stock_learn(struct wf_stock *s, uint32_t node, size_t bytes);

void wf_stock_check(const struct wf_stock *s);

#endif
