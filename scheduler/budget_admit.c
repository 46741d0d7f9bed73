/* budget_admit.c - which tasks may begin, so that what they take and give has room. */
#include "scheduler/budget_count.h"

#include "lib/base/mem.h"
#include "scheduler/worker.h"

/* Scratch a worker keeps for its next body. */
enum { SCRATCH_KEEP = 1 << 20 };

/* Between two looks at the size of the process: a share of the limit freed; and how much
 * more than the limit it may have grown. */
enum { LOOK_SHARE = 8, SLACK = 8 << 20 };

/* What hints do not count: heads of blocks and buffers, and the bytes behind their ends. */
enum { HEADS = 256 };

static size_t scratch_of(const struct wf_stock *s, uint32_t node)
{
    return s->scratch ? s->scratch[node] : 0;
}

static uint64_t room_for(const struct wf_budget *b, const struct wf_stock *s, uint32_t node)
{
    const size_t bytes = wf_stock_guess(s, node, b->unknown);

    return (bytes ? wf_mem_room(bytes + HEADS) : 0) + scratch_of(s, node);
}

/* ---- Before a body --------------------------------------------------------- */

/* From now on the inputs stay where they are; the room of those on disk. */
static uint64_t hold_inputs(struct wf_stock *s, uint32_t node)
{
    const struct wf_inputs in = wf_plan_inputs(s->plan, node);
    uint64_t room = 0;

    for (uint32_t k = 0; k < in.n; k++) {
        const uint32_t slot = wf_input_slot(&in, k);
        struct wf_item *item = &s->items[slot];

        if (!wf_budget_is_item(s->plan, s, slot))
            continue;
        wf_stock_warm(s, slot);
        item->n_reading++;
        if (item->state == WF_ITEM_AWAY)
            room += wf_mem_room(item->bytes);
    }
    return room;
}

static void release_inputs(struct wf_stock *s, uint32_t node)
{
    const struct wf_inputs in = wf_plan_inputs(s->plan, node);

    for (uint32_t k = 0; k < in.n; k++) {
        const uint32_t slot = wf_input_slot(&in, k);

        if (!wf_budget_is_item(s->plan, s, slot))
            continue;
        s->items[slot].n_reading--;
        wf_budget_cool(s, slot);
    }
}

static void reserve(struct wf_budget *b, struct wf_stock *s, uint32_t node, uint64_t room)
{
    b->reserved += room;
    b->granted += s->items[node].runs ? room : 0;
    s->items[node].bytes += room;
}

static void unreserve(struct wf_budget *b, struct wf_stock *s, uint32_t node, uint64_t room)
{
    b->reserved -= room;
    b->granted -= s->items[node].runs ? room : 0;
    s->items[node].bytes -= room;
}

/* Makes room for a task that has reserved it. `must`: nobody has anything else to do. */
static enum wf_begin make_room(struct wf_budget *b, const struct wf_stock *s, uint32_t node, bool must,
                               struct wf_tracer *t)
{
    const uint64_t distance = wf_stock_distance(s, node), room = s->items[node].bytes;

    /* What others send away is in memory until it is written: that is waited for. */
    while (wf_budget_send_away(b, distance + 1, t) && wf_budget_used(b) <= b->limit) {
        uint64_t began;

        if (b->room + b->granted + room <= b->limit)
            return WF_BEGIN_NOW;
        began = t ? wf_ticks() : 0;
        wf_cond_wait(&b->moved, &b->lock);
        if (t)
            wf_tracer_note(t, began, wf_ticks(), UINT32_MAX, 0, WEFT_EVENT_MEMORY, 0);
    }
    if (!must)
        return WF_BEGIN_LATER;
    if (!wf_budget_send_away(b, 0, t))
        return WF_BEGIN_FAILED;
    b->n_over += wf_budget_used(b) > b->limit;
    return WF_BEGIN_NOW;
}

/* All inputs that are on disk, for which `room` is reserved. One that another task brings is
 * waited for: that is only a read. */
static weft_status bring_inputs(struct wf_budget *b, struct wf_stock *s, uint32_t node, uint64_t room,
                                struct weft_call *call)
{
    struct wf_tracer *t = wf_worker_tracer(call->worker);
    const struct wf_inputs in = wf_plan_inputs(s->plan, node);
    weft_status st = WEFT_OK;

    for (uint32_t k = 0; !st && k < in.n; k++) {
        const uint32_t slot = wf_input_slot(&in, k);
        struct wf_item *item = &s->items[slot];
        uint64_t part, began;

        if (!wf_budget_is_item(s->plan, s, slot))
            continue;
        while (item->state == WF_ITEM_COMING)
            wf_cond_wait(&b->moved, &b->lock);
        if (item->state != WF_ITEM_AWAY)
            continue;
        began = t ? wf_ticks() : 0;
        st = wf_budget_bring(b, s, slot, &call->err);
        if (t)
            wf_tracer_note(t, began, wf_ticks(), node, call->run->place, WEFT_EVENT_UNSPILL, st ? WEFT_EVENT_FAILED : 0);
        part = wf_mem_room(item->bytes) < room ? wf_mem_room(item->bytes) : room;
        unreserve(b, s, node, part);
        room -= part;
    }
    unreserve(b, s, node, room);
    return st;
}

/* If it has waited: it is queued no more. */
static bool is_back(struct wf_budget *b, struct wf_stock *s, uint32_t node)
{
    if (!wf_bits_at(s->handed, node))
        return false;
    wf_bits_clear(s->handed, node);
    b->n_handed--;
    b->handed -= s->items[node].bytes;
    s->items[node].bytes = 0;
    return true;
}

enum wf_begin wf_budget_begin(struct weft_call *call)
{
    struct wf_stock *s = call->run->stock;
    struct wf_budget *b = s->budget;
    const uint32_t node = call->node;
    enum wf_begin begin;
    uint64_t room, to_bring;
    bool must;

    wf_mutex_lock(&b->lock);
    must = (is_back(b, s, node) && b->is_last && !b->n_running) || b->in_order;
    b->is_last = false;
    to_bring = hold_inputs(s, node);
    room = to_bring + room_for(b, s, node);
    reserve(b, s, node, room);
    begin = make_room(b, s, node, must, wf_worker_tracer(call->worker));
    if (begin == WF_BEGIN_NOW) {
        s->items[node].runs = true;
        b->granted += room;
        b->n_running++;
        b->scratch += scratch_of(s, node);
        wf_budget_note_peak(b);
        if (bring_inputs(b, s, node, to_bring, call))
            begin = WF_BEGIN_FAILED;
    } else {
        unreserve(b, s, node, room);
        release_inputs(s, node);
        if (begin == WF_BEGIN_FAILED)
            call->err = b->full;
    }
    if (begin == WF_BEGIN_LATER) {
        wf_stock_wait(s, node);
        wf_store_relaxed(&b->n_waiting, wf_load_relaxed(&b->n_waiting) + 1);
        b->n_waits++;
    }
    wf_budget_check(b);
    wf_mutex_unlock(&b->lock);
    return begin;
}

/* ---- After it -------------------------------------------------------------- */

static void count_results(struct wf_budget *b, struct wf_stock *s, uint32_t node)
{
    weft_plan *p = s->plan;
    size_t bytes = 0;
    uint32_t slot;

    for (uint32_t k = 0; (slot = wf_plan_slot(p, node, k)) != WF_NONE; k++) {
        struct wf_item *item = &s->items[slot];
        const struct weft_value v = p->slots[slot];

        if (!v.type || !v.type->free)
            continue;
        item->state = WF_ITEM_HERE;
        item->bytes = weft_value_bytes(v);
        bytes += item->bytes;
        wf_budget_count_in(b, s, item);
        wf_budget_cool(s, slot);
    }
    /* One that is asked for may have gone to its future already (early.h). */
    if (bytes || !wf_plan_is_asked(p, node))
        wf_stock_learn(s, node, bytes);
}

/* Counts one reader of each input down; of the last the item goes. */
static void drop_inputs(struct wf_budget *b, struct wf_stock *s, uint32_t node, struct wf_loose *l)
{
    weft_plan *p = s->plan;
    const struct wf_inputs in = wf_plan_inputs(p, node);

    for (uint32_t k = 0; k < in.n; k++) {
        const uint32_t slot = wf_input_slot(&in, k);

        if (!wf_budget_is_item(p, s, slot))
            continue;
        wf_stock_warm(s, slot); /* what reads it next has changed */
        if (wf_sub(&p->readers[slot], 1) == 1)
            wf_budget_forget(b, s, slot, l);
        else
            wf_budget_cool(s, slot);
    }
}

/* Freed memory that the heap keeps is part of the process, too. */
static void trim(struct wf_budget *b)
{
    const size_t resident = wf_mem_resident();

    if (resident > b->resident + b->limit + SLACK)
        wf_mem_trim();
}

/* It runs no more: what was kept for it is free, and its inputs may go to disk. Under the
 * lock. */
static void rest(struct wf_budget *b, struct wf_stock *s, uint32_t node)
{
    unreserve(b, s, node, s->items[node].bytes);
    s->items[node].runs = false;
    b->n_running--;
    b->scratch -= scratch_of(s, node);
    release_inputs(s, node);
}

void wf_budget_again(struct weft_call *call)
{
    struct wf_stock *s = call->run->stock;
    struct wf_budget *b = s->budget;

    wf_mutex_lock(&b->lock);
    is_back(b, s, call->node);
    if (s->items[call->node].runs)
        rest(b, s, call->node);
    wf_budget_check(b);
    wf_mutex_unlock(&b->lock);
}

void wf_budget_end(struct weft_call *call)
{
    struct wf_stock *s = call->run->stock;
    struct wf_budget *b = s->budget;
    const uint32_t node = call->node;
    struct wf_loose l = {.n = 0};
    bool looks;

    if (call->scratch.bytes > SCRATCH_KEEP && !call->scratch.used) {
        wf_free(call->scratch.block);
        call->scratch.block = NULL;
        call->scratch.bytes = 0;
    }
    wf_mutex_lock(&b->lock);
    is_back(b, s, node);
    if (s->items[node].runs) {
        unreserve(b, s, node, s->items[node].bytes);
        s->items[node].runs = false;
        b->n_running--;
        release_inputs(s, node);
        count_results(b, s, node); /* which came to be while it had its scratch */
        b->scratch -= scratch_of(s, node);
    }
    wf_stock_done(s, node);
    drop_inputs(b, s, node, &l);
    wf_budget_send_away(b, 0, wf_worker_tracer(call->worker));
    looks = b->freed > b->limit / LOOK_SHARE;
    if (looks)
        b->freed = 0;
    wf_budget_check(b);
    wf_mutex_unlock(&b->lock);
    wf_loose_release(&l);
    if (looks)
        trim(b);
}

/* Whether a task that waits would be let in, or its run is to stop. */
static bool may_begin(const struct wf_budget *b, const struct wf_stock *s, uint32_t node)
{
    uint32_t slot;

    if (wf_load_relaxed(&s->run->flags) & WF_RUN_STOP)
        return true;
    if (wf_budget_used(b) + b->handed + room_for(b, s, node) <= b->limit)
        return true;
    return !b->n_handed && !b->is_full && wf_budget_find_victim(b, wf_stock_distance(s, node) + 1, &slot);
}

/* The first that waits in `s` waits no more. */
static void hand_back(struct wf_budget *b, struct wf_stock *s, struct wf_run **run, uint32_t *node)
{
    *run = s->run;
    *node = wf_stock_take(s);
    wf_store_relaxed(&b->n_waiting, wf_load_relaxed(&b->n_waiting) - 1);
    wf_bits_set(s->handed, *node);
    s->items[*node].bytes = room_for(b, s, *node);
    b->handed += s->items[*node].bytes;
    b->n_handed++;
}

bool wf_budget_next(struct wf_budget *b, struct wf_run **run, uint32_t *node)
{
    struct wf_stock *s;

    if (!wf_budget_has_waiting(b))
        return false;
    wf_mutex_lock(&b->lock);
    for (s = b->first; s; s = s->next)
        if (s->n_waiting && may_begin(b, s, wf_stock_first(s)))
            break;
    if (s)
        hand_back(b, s, run, node);
    wf_mutex_unlock(&b->lock);
    return s != NULL;
}

bool wf_budget_idle(struct wf_budget *b, struct wf_run **run, uint32_t *node)
{
    struct wf_stock *s = NULL;

    wf_mutex_lock(&b->lock);
    b->n_idle++;
    if (b->n_idle == b->n_workers && !b->n_running && !b->n_handed)
        for (s = b->first; s && !s->n_waiting; s = s->next)
            ;
    if (s) {
        hand_back(b, s, run, node);
        b->is_last = true;
        b->n_idle--;
    }
    wf_mutex_unlock(&b->lock);
    return s != NULL;
}

void wf_budget_awake(struct wf_budget *b)
{
    wf_mutex_lock(&b->lock);
    b->n_idle--;
    wf_mutex_unlock(&b->lock);
}

/* ---- In between ------------------------------------------------------------ */

struct weft_value wf_budget_take(struct weft_call *call, uint32_t slot)
{
    struct wf_stock *s = call->run->stock;
    struct wf_budget *b = s->budget;
    struct wf_item *item = &s->items[slot];
    struct weft_value taken, copy = weft_value_none();

    wf_mutex_lock(&b->lock);
    while (item->state == WF_ITEM_LEAVING) /* somebody reads it, to write it */
        wf_cond_wait(&b->moved, &b->lock);
    taken = s->plan->slots[slot];
    s->plan->slots[slot] = weft_value_none();
    if (item->state == WF_ITEM_HERE) {
        wf_budget_count_out(b, s, item);
        reserve(b, s, call->node, wf_mem_room(item->bytes));
        if (item->copy)
            copy = wf_item_take_copy(item);
        item->state = WF_ITEM_NONE;
        item->n_reading = 0;
    }
    wf_mutex_unlock(&b->lock);
    weft_value_release(copy);
    return taken;
}

void wf_budget_rest(struct weft_call *call)
{
    struct wf_budget *b = call->run->stock->budget;

    wf_mutex_lock(&b->lock);
    b->n_running--;
    wf_mutex_unlock(&b->lock);
}

void wf_budget_resume(struct weft_call *call)
{
    struct wf_budget *b = call->run->stock->budget;

    wf_mutex_lock(&b->lock);
    b->n_running++;
    wf_mutex_unlock(&b->lock);
}
