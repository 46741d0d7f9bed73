/* stock.c - what one run holds in memory or on disk, and which of it is wanted last. */
#include "scheduler/stock.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/mem.h"
#include "lib/graph/terms.h"

/* ---- Made for a run -------------------------------------------------------- */

static size_t lay(size_t *at, size_t n, size_t bytes)
{
    const size_t begin = *at;

    *at = (begin + n * bytes + 63) / 64 * 64;
    return begin;
}

/* What the tasks say, read while nobody builds. */
static void read_tasks(struct wf_stock *s)
{
    for (uint32_t i = 0; i < s->plan->n_nodes; i++) {
        const weft_task *t = wf_plan_task(s->plan, i);
        const struct wf_extra *x = wf_task_extra(t);
        const bool has_kind = t->what == WF_TASK_BODY;
        const struct weft_terms *terms = has_kind ? wf_task_kind(t)->terms : NULL;

        s->kind[i] = has_kind ? t->kind + 1 : 0;
        s->hint[i] = has_kind && x ? x->result_bytes : 0;
        if (s->scratch)
            s->scratch[i] = terms ? terms->scratch_bytes : 0;
    }
}

struct wf_stock *wf_stock_new(weft_plan *p)
{
    const size_t n = p->n_nodes, n_slots = p->first_const, n_kinds = (size_t)p->graph->n_kinds + 1;
    size_t bytes = 0;
    const size_t head = lay(&bytes, 1, sizeof(struct wf_stock)),
                 items = lay(&bytes, n_slots, sizeof(struct wf_item)),
                 hint = lay(&bytes, n, sizeof(size_t)),
                 scratch = lay(&bytes, p->has_terms ? n : 0, sizeof(size_t)),
                 kind = lay(&bytes, n, sizeof(uint32_t)),
                 seen = lay(&bytes, n_kinds, sizeof(size_t)),
                 done = lay(&bytes, 1, wf_bits_bytes((int64_t)n)),
                 handed = lay(&bytes, 1, wf_bits_bytes((int64_t)n)),
                 cold = lay(&bytes, n_slots, sizeof(uint32_t)),
                 waiting = lay(&bytes, n, sizeof(uint32_t));
    char *block = wf_pages_alloc(bytes);
    struct wf_stock *s = (void *)(block + head);

    if (!block)
        return NULL;
    *s = (struct wf_stock){
        .plan = p, .n_block = bytes, .items = (void *)(block + items), .hint = (void *)(block + hint),
        .scratch = p->has_terms ? (void *)(block + scratch) : NULL, .kind = (void *)(block + kind),
        .seen = (void *)(block + seen), .done = (void *)(block + done), .handed = (void *)(block + handed),
        .cold = (void *)(block + cold), .waiting = (void *)(block + waiting),
    };
    read_tasks(s);
    return s;
}

void wf_stock_free(struct wf_stock *s)
{
    if (s)
        wf_pages_free(s, s->n_block);
}

/* ---- Cold items ------------------------------------------------------------ */

/* Whether a goes to disk before b. No reader at all is the largest number. */
static bool is_later(const struct wf_stock *s, uint32_t a, uint32_t b)
{
    const uint32_t x = s->items[a].next, y = s->items[b].next;

    return x != y ? x > y : a > b;
}

static void put_cold(struct wf_stock *s, uint32_t place, uint32_t slot)
{
    s->cold[place] = slot;
    s->items[slot].place = place + 1;
}

static void rise(struct wf_stock *s, uint32_t place, uint32_t slot)
{
    while (place && is_later(s, slot, s->cold[(place - 1) / 2])) {
        put_cold(s, place, s->cold[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put_cold(s, place, slot);
}

static void fall(struct wf_stock *s, uint32_t place, uint32_t slot)
{
    for (;;) {
        uint32_t below = 2 * place + 1;

        if (below + 1 < s->n_cold && is_later(s, s->cold[below + 1], s->cold[below]))
            below++;
        if (below >= s->n_cold || !is_later(s, s->cold[below], slot))
            break;
        put_cold(s, place, s->cold[below]);
        place = below;
    }
    rise(s, place, slot);
}

/* The first in rank of those that have yet to read what the node gave. */
static uint32_t next_reader(const struct wf_stock *s, uint32_t slot)
{
    struct wf_item *item = &s->items[slot];
    const uint32_t node = wf_plan_owner(s->plan, slot), *succ = wf_plan_succ(s->plan, node);
    const uint32_t n = s->plan->nodes[node].n_succ;

    while (item->at < n && wf_bits_at(s->done, succ[item->at]))
        item->at++;
    return item->at < n ? succ[item->at] : WF_NONE;
}

void wf_stock_cool(struct wf_stock *s, uint32_t slot)
{
    struct wf_item *item = &s->items[slot];

    if (item->place)
        return;
    item->next = next_reader(s, slot);
    rise(s, s->n_cold++, slot);
}

void wf_stock_warm(struct wf_stock *s, uint32_t slot)
{
    const uint32_t place = s->items[slot].place;
    uint32_t last;

    if (!place)
        return;
    s->items[slot].place = 0;
    last = s->cold[--s->n_cold];
    if (last != slot)
        fall(s, place - 1, last);
}

void wf_stock_done(struct wf_stock *s, uint32_t node)
{
    if (wf_bits_at(s->done, node))
        return;
    wf_bits_set(s->done, node);
    s->n_done++;
}

/* ---- Waiting tasks --------------------------------------------------------- */

void wf_stock_wait(struct wf_stock *s, uint32_t node)
{
    uint32_t place = s->n_waiting++;

    for (; place && s->waiting[(place - 1) / 2] > node; place = (place - 1) / 2)
        s->waiting[place] = s->waiting[(place - 1) / 2];
    s->waiting[place] = node;
}

uint32_t wf_stock_first(const struct wf_stock *s)
{
    return s->n_waiting ? s->waiting[0] : WF_NONE;
}

uint32_t wf_stock_take(struct wf_stock *s)
{
    const uint32_t first = s->waiting[0], last = s->waiting[--s->n_waiting];
    uint32_t place = 0, below;

    while ((below = 2 * place + 1) < s->n_waiting) {
        if (below + 1 < s->n_waiting && s->waiting[below + 1] < s->waiting[below])
            below++;
        if (s->waiting[below] >= last)
            break;
        s->waiting[place] = s->waiting[below];
        place = below;
    }
    s->waiting[place] = last;
    return first;
}

/* ---- Guesses --------------------------------------------------------------- */

size_t wf_stock_guess(const struct wf_stock *s, uint32_t node, size_t unknown)
{
    const uint32_t kind = s->kind[node];

    if (s->hint[node] || !kind) /* what has failed gives nothing */
        return s->hint[node];
    return s->seen[kind] ? s->seen[kind] - 1 : unknown;
}

void wf_stock_learn(struct wf_stock *s, uint32_t node, size_t bytes)
{
    size_t *seen = &s->seen[s->kind[node]];

    if (*seen < bytes + 1)
        *seen = bytes + 1;
}

void wf_stock_check(const struct wf_stock *s)
{
    uint32_t n_cold = 0, n_moving = 0;

    for (uint32_t i = 0; i < s->plan->first_const; i++) {
        const struct wf_item *item = &s->items[i];

        n_cold += item->place != 0;
        n_moving += item->state == WF_ITEM_LEAVING || item->state == WF_ITEM_COMING;
        WF_ASSERT(!item->place || (item->state == WF_ITEM_HERE && !item->n_reading && s->cold[item->place - 1] == i)); /* 1 */
    }
    for (uint32_t i = 1; i < s->n_cold; i++)
        WF_ASSERT(!is_later(s, s->cold[i], s->cold[(i - 1) / 2]));
    for (uint32_t i = 1; i < s->n_waiting; i++)
        WF_ASSERT(s->waiting[i] > s->waiting[(i - 1) / 2]);
    WF_ASSERT(n_cold == s->n_cold && n_moving == s->n_moving); /* 1, 2 */
    (void)n_cold, (void)n_moving;
}
