/* budget_count.c - what a budget counts: values in memory, till they are no more. */
#include "scheduler/budget_count.h"

#include "lib/base/mem.h"

/* Smaller results stay: to write one takes longer than to make it. */
enum { SMALL = 256 };

void wf_budget_count_in(struct wf_budget *b, struct wf_stock *s, const struct wf_item *item)
{
    b->room += wf_mem_room(item->bytes);
    b->managed += item->bytes;
    s->bytes += item->bytes;
    wf_budget_note_peak(b);
}

void wf_budget_count_out(struct wf_budget *b, struct wf_stock *s, const struct wf_item *item)
{
    b->room -= wf_mem_room(item->bytes);
    b->managed -= item->bytes;
    s->bytes -= item->bytes;
    b->freed += item->bytes;
}

void wf_budget_cool(struct wf_stock *s, uint32_t slot)
{
    const struct wf_item *item = &s->items[slot];

    if (item->state == WF_ITEM_HERE && !item->n_reading && item->bytes >= SMALL &&
        wf_spill_can(s->plan->slots[slot].type) && !(s->keeps_asked && wf_plan_is_asked(s->plan, slot)))
        wf_stock_cool(s, slot);
}

void wf_loose_release(struct wf_loose *l)
{
    while (l->n)
        weft_value_release(l->value[--l->n]);
}

void wf_loose_add(struct wf_loose *l, struct weft_value v)
{
    if (l->n == sizeof l->value / sizeof *l->value)
        wf_loose_release(l);
    l->value[l->n++] = v;
}

struct weft_value wf_item_take_copy(struct wf_item *item)
{
    struct weft_value copy = weft_value_of_ptr(&wf_type_spilled, item->copy);

    item->copy = NULL;
    return copy;
}

void wf_budget_forget(struct wf_budget *b, struct wf_stock *s, uint32_t slot, struct wf_loose *l)
{
    struct wf_item *item = &s->items[slot];
    struct weft_value *at = &s->plan->slots[slot];

    if (item->state == WF_ITEM_LEAVING) {
        item->dropped = true;
        return;
    }
    wf_stock_warm(s, slot);
    if (item->state == WF_ITEM_HERE)
        wf_budget_count_out(b, s, item);
    if (item->state == WF_ITEM_AWAY || item->copy)
        b->is_full = false;
    if (item->copy)
        wf_loose_add(l, wf_item_take_copy(item));
    wf_loose_add(l, *at);
    *at = weft_value_none();
    item->state = WF_ITEM_NONE;
    item->dropped = false;
}
