/* budget_count.h - a budget from inside: what it counts, and sends away. All under its lock. */
#ifndef WF_BUDGET_COUNT_H
#define WF_BUDGET_COUNT_H

#include "scheduler/budget.h"
#include "scheduler/trace.h"

static inline uint64_t wf_budget_used(const struct wf_budget *b)
{
    return b->room - b->leaving + b->reserved;
}

static inline void wf_budget_note_peak(struct wf_budget *b)
{
    if (b->peak < b->managed + b->scratch)
        b->peak = b->managed + b->scratch;
}

static inline bool wf_budget_is_item(const weft_plan *p, const struct wf_stock *s, uint32_t slot)
{
    return slot < p->first_const && s->items[slot].state != WF_ITEM_NONE;
}

/* An item is in memory from now on; or no more. */
void wf_budget_count_in(struct wf_budget *b, struct wf_stock *s, const struct wf_item *item);
void wf_budget_count_out(struct wf_budget *b, struct wf_stock *s, const struct wf_item *item);

/* An item that nobody reads now may go to disk. */
void wf_budget_cool(struct wf_stock *s, uint32_t slot);

/* Values to be released when the lock is not held. */
struct wf_loose {
    struct weft_value value[16];
    int               n;
};
void wf_loose_add(struct wf_loose *l, struct weft_value v);
void wf_loose_release(struct wf_loose *l);

/* What is on disk of an item that is in memory, too. */
struct weft_value wf_item_take_copy(struct wf_item *item);

/* The item is no more. LEAVING, it is whoever moves it who sees to that. */
void wf_budget_forget(struct wf_budget *b, struct wf_stock *s, uint32_t slot, struct wf_loose *l);

/* ---- To disk, and back; while bytes move the lock is not held ------------------ */

/* The cold item of all runs that is wanted last, if that is later than `than`. */
struct wf_stock *wf_budget_find_victim(const struct wf_budget *b, uint64_t than, uint32_t *slot);

/* Sends away what is wanted at `than` or later until all fits; `t`, which may be NULL, is told.
 * False: something is left that must go and cannot. */
bool wf_budget_send_away(struct wf_budget *b, uint64_t than, struct wf_tracer *t);

/* Brings one item back. */
weft_status wf_budget_bring(struct wf_budget *b, struct wf_stock *s, uint32_t slot, struct weft_error *err);

#endif
