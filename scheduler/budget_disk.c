/* budget_disk.c - what gives way to what is wanted sooner: to disk, and back. */
#include "scheduler/budget_count.h"

#include "lib/base/mem.h"

/* What became of an item on its way to disk. */
static void has_left(struct wf_budget *b, struct wf_stock *s, uint32_t slot, weft_status st,
                     struct weft_value away, struct wf_loose *l)
{
    struct wf_item *item = &s->items[slot];
    struct weft_value *at = &s->plan->slots[slot];

    b->leaving -= wf_mem_room(item->bytes);
    s->n_moving--;
    item->state = WF_ITEM_HERE;
    if (!st)
        item->copy = away.as.ptr;
    if (item->dropped) {
        wf_budget_forget(b, s, slot, l);
    } else if (!st && !item->n_reading) {
        wf_budget_count_out(b, s, item);
        wf_loose_add(l, *at);
        *at = wf_item_take_copy(item);
        item->state = WF_ITEM_AWAY;
    } else {
        wf_budget_cool(s, slot);
    }
    wf_cond_wake_all(&b->moved);
}

/* Moves a cold item out, the lock not being held meanwhile; `t`, which may be NULL, is told. */
static void move_out(struct wf_budget *b, struct wf_stock *s, uint32_t slot, struct wf_tracer *t)
{
    const uint64_t began = t ? wf_ticks() : 0;
    struct wf_item *item = &s->items[slot];
    const struct weft_value v = s->plan->slots[slot];
    struct weft_value away = weft_value_none();
    struct weft_error err;
    struct wf_loose l = {.n = 0};
    weft_status st = WEFT_OK;

    wf_stock_warm(s, slot);
    item->state = WF_ITEM_LEAVING;
    s->n_moving++;
    b->leaving += wf_mem_room(item->bytes);
    if (item->copy) {
        away = wf_item_take_copy(item);
    } else {
        wf_mutex_unlock(&b->lock);
        st = wf_spill_write(b->spill, v, item->bytes, &away, &err);
        if (t)
            wf_tracer_note(t, began, wf_ticks(), UINT32_MAX, 0, WEFT_EVENT_SPILL, st ? WEFT_EVENT_FAILED : 0);
        wf_mutex_lock(&b->lock);
    }
    if (st) {
        b->is_full = true;
        b->full = err;
    }
    has_left(b, s, slot, st, away, &l);
    wf_mutex_unlock(&b->lock);
    wf_loose_release(&l);
    wf_mutex_lock(&b->lock);
}

struct wf_stock *wf_budget_find_victim(const struct wf_budget *b, uint64_t than, uint32_t *slot)
{
    struct wf_stock *found = NULL;

    for (struct wf_stock *s = b->first; s; s = s->next) {
        const uint32_t coldest = wf_stock_coldest(s);
        const uint64_t distance = coldest == WF_NONE ? 0 : wf_stock_distance(s, s->items[coldest].next);

        if (coldest == WF_NONE || distance < than || (distance == than && found))
            continue;
        found = s;
        *slot = coldest;
        than = distance;
    }
    return found;
}

bool wf_budget_send_away(struct wf_budget *b, uint64_t than, struct wf_tracer *t)
{
    struct wf_stock *s;
    uint32_t slot;

    while (wf_budget_used(b) > b->limit && (s = wf_budget_find_victim(b, than, &slot))) {
        if (b->is_full && !s->items[slot].copy)
            return false;
        move_out(b, s, slot, t);
    }
    return true;
}

weft_status wf_budget_bring(struct wf_budget *b, struct wf_stock *s, uint32_t slot, struct weft_error *err)
{
    struct wf_item *item = &s->items[slot];
    const struct weft_value away = s->plan->slots[slot];
    struct weft_value v;
    weft_status st;

    item->state = WF_ITEM_COMING;
    s->n_moving++;
    wf_mutex_unlock(&b->lock);
    st = wf_spill_read(away, &v, err);
    wf_mutex_lock(&b->lock);
    s->n_moving--;
    item->state = st ? WF_ITEM_AWAY : WF_ITEM_HERE;
    if (!st) {
        s->plan->slots[slot] = v;
        item->copy = away.as.ptr;
        wf_budget_count_in(b, s, item);
    }
    wf_cond_wake_all(&b->moved);
    return st;
}
