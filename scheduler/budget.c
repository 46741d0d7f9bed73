/* budget.c - the limit of memory that the runs of a pool share. */
#include "scheduler/budget_count.h"

#include <unistd.h>

#include "config.h"
#include "lib/base/assert.h"
#include "lib/base/mem.h"
#include "scheduler/quota.h"

/* Of the machine, or of what is granted of it. The rest is for what is not managed, and for
 * the files that are read. */
static size_t fair_share(void)
{
    const double all = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE), granted = wf_quota_bytes("");

    return (size_t)((granted > 0 && granted < all ? granted : all) * 3 / 5);
}

struct wf_budget *wf_budget_new(size_t limit, int n_workers, bool in_order, struct wf_spill *spill)
{
    struct wf_budget *b = wf_alloc_zero(1, sizeof *b);

    if (!b)
        return NULL;
    b->spill = spill;
    wf_mutex_init(&b->lock);
    wf_cond_init(&b->moved);
    b->limit = limit = limit == WEFT_LIMIT_AUTO ? fair_share() : limit;
    b->in_order = in_order;
    b->n_workers = (uint32_t)n_workers;
    b->unknown = limit / (2 * (uint64_t)n_workers);
    b->resident = wf_mem_resident();
    return b;
}

void wf_budget_free(struct wf_budget *b)
{
    if (!b)
        return;
    wf_cond_fini(&b->moved);
    wf_mutex_fini(&b->lock);
    wf_free(b);
}

void wf_budget_enter(struct wf_budget *b, struct wf_stock *s, struct wf_run *r)
{
    wf_mutex_lock(&b->lock);
    s->budget = b;
    s->run = r;
    s->before = b->last;
    if (b->last)
        b->last->next = s;
    else
        b->first = s;
    b->last = s;
    wf_mutex_unlock(&b->lock);
}

void wf_budget_leave(struct wf_stock *s)
{
    struct wf_budget *b = s->budget;
    struct wf_loose l = {.n = 0};

    wf_mutex_lock(&b->lock);
    while (s->n_moving)
        wf_cond_wait(&b->moved, &b->lock);
    for (uint32_t i = 0; i < s->plan->n_targets; i++) {
        const uint32_t slot = s->plan->targets[i];
        struct wf_item *item = &s->items[slot];

        if (!wf_budget_is_item(s->plan, s, slot))
            continue;
        if (item->state == WF_ITEM_HERE)
            wf_budget_count_out(b, s, item);
        if (item->copy)
            wf_loose_add(&l, wf_item_take_copy(item));
        wf_stock_warm(s, slot);
        item->state = WF_ITEM_NONE;
    }
    if (s->before)
        s->before->next = s->next;
    else
        b->first = s->next;
    if (s->next)
        s->next->before = s->before;
    else
        b->last = s->before;
    WF_ASSERT(!s->n_waiting && !s->bytes);
    s->budget = NULL;
    b->is_full = false;
    wf_mutex_unlock(&b->lock);
    wf_loose_release(&l);
}

void wf_budget_memory(struct wf_budget *b, struct weft_pool_memory *out)
{
    wf_mutex_lock(&b->lock);
    out->limit = b->limit;
    out->managed = b->managed;
    out->scratch = b->scratch;
    out->peak = b->peak;
    out->n_waits = b->n_waits;
    out->n_over = b->n_over;
    wf_mutex_unlock(&b->lock);
}

void wf_budget_check(const struct wf_budget *b)
{
#if WF_PARANOID
    uint64_t room = 0, leaving = 0, n_waiting = 0, managed = 0;

    for (const struct wf_stock *s = b->first; s; s = s->next) {
        wf_stock_check(s);
        n_waiting += s->n_waiting;
        managed += s->bytes;
        for (uint32_t i = 0; i < s->plan->first_const; i++) {
            const struct wf_item *item = &s->items[i];

            if (item->state == WF_ITEM_HERE || item->state == WF_ITEM_LEAVING)
                room += wf_mem_room(item->bytes);
            if (item->state == WF_ITEM_LEAVING)
                leaving += wf_mem_room(item->bytes);
        }
    }
    WF_ASSERT(room == b->room && leaving == b->leaving && managed == b->managed); /* 3 */
    WF_ASSERT(n_waiting == wf_load_relaxed(&b->n_waiting));
#else
    (void)b;
#endif
}
