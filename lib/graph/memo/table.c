/* table.c - results in memory, within a budget: GreedyDual-Size. */
#include "lib/graph/memo/table.h"

#include "lib/base/assert.h"
#include "lib/base/mem.h"

static struct wf_kept **chain_of(const struct wf_memo_table *t, struct wf_token token)
{
    return &t->chains[token.lo & (t->n_chains - 1)];
}

static bool is_token(struct wf_token a, struct wf_token b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

/* Of equal ones that which was longest not found: where all cost the same, this is LRU. */
static bool goes_before(const struct wf_kept *a, const struct wf_kept *b)
{
    return a->priority < b->priority || (a->priority == b->priority && a->turn < b->turn);
}

static void value_anew(struct wf_memo_table *t, struct wf_kept *k)
{
    k->priority = t->floor + (double)k->cost_ns / (double)k->bytes;
    k->turn = t->turns++;
}

/* ---- The heap ---------------------------------------------------------------- */

static void put_at(struct wf_memo_table *t, uint32_t place, struct wf_kept *k)
{
    t->heap[place] = k;
    k->place = place;
}

static void sift_up(struct wf_memo_table *t, struct wf_kept *k)
{
    uint32_t at = k->place;

    for (; at && goes_before(k, t->heap[(at - 1) / 2]); at = (at - 1) / 2)
        put_at(t, at, t->heap[(at - 1) / 2]);
    put_at(t, at, k);
}

static void sift_down(struct wf_memo_table *t, struct wf_kept *k)
{
    uint32_t at = k->place, child;

    for (; (child = 2 * at + 1) < t->n; at = child) {
        if (child + 1 < t->n && goes_before(t->heap[child + 1], t->heap[child]))
            child++;
        if (!goes_before(t->heap[child], k))
            break;
        put_at(t, at, t->heap[child]);
    }
    put_at(t, at, k);
}

/* ---- Finding, entering, leaving ------------------------------------------------ */

static struct wf_kept *look_up(const struct wf_memo_table *t, struct wf_token token)
{
    struct wf_kept *k = t->n ? *chain_of(t, token) : NULL;

    while (k && !is_token(k->token, token))
        k = k->next;
    return k;
}

bool wf_memo_table_has(const struct wf_memo_table *t, struct wf_token token)
{
    return look_up(t, token) != NULL;
}

struct wf_kept *wf_memo_table_find(struct wf_memo_table *t, struct wf_token token)
{
    struct wf_kept *k = look_up(t, token);

    if (!k)
        return NULL;
    value_anew(t, k);
    sift_down(t, k); /* a priority never falls: the floor has risen or is as it was */
    return k;
}

static void leave(struct wf_memo_table *t, struct wf_kept *k)
{
    struct wf_kept **at = chain_of(t, k->token), *last = t->heap[--t->n];

    while (*at != k)
        at = &(*at)->next;
    *at = k->next;
    k->next = NULL;
    t->bytes -= k->bytes;
    if (last == k)
        return;
    put_at(t, k->place, last);
    sift_up(t, last);
    sift_down(t, last);
}

static bool grow(struct wf_memo_table *t)
{
    const uint32_t room = t->room ? t->room * 2 : 64;
    struct wf_kept **heap = wf_realloc(t->heap, room * sizeof *heap), **chains;

    if (!heap)
        return false;
    t->heap = heap;
    chains = wf_alloc_zero(room, sizeof *chains);
    if (!chains)
        return false;
    wf_free(t->chains);
    t->chains = chains;
    t->n_chains = t->room = room;
    for (uint32_t i = 0; i < t->n; i++) {
        struct wf_kept **chain = chain_of(t, heap[i]->token);

        heap[i]->next = *chain;
        *chain = heap[i];
    }
    return true;
}

bool wf_memo_table_add(struct wf_memo_table *t, struct wf_kept *kept, struct wf_kept **gone)
{
    struct wf_kept **chain;

    WF_ASSERT(kept->bytes <= t->budget && !look_up(t, kept->token));
    if (t->n == t->room && !grow(t)) {
        kept->next = *gone;
        *gone = kept;
        return false;
    }
    while (t->bytes > t->budget - kept->bytes) {
        struct wf_kept *lowest = t->heap[0];

        t->floor = lowest->priority;
        leave(t, lowest);
        lowest->next = *gone;
        *gone = lowest;
    }
    chain = chain_of(t, kept->token);
    kept->next = *chain;
    *chain = kept;
    value_anew(t, kept);
    t->bytes += kept->bytes;
    put_at(t, t->n++, kept);
    sift_up(t, kept);
    return true;
}

struct wf_kept *wf_memo_table_take(struct wf_memo_table *t, struct wf_token token)
{
    struct wf_kept *k = look_up(t, token);

    if (k)
        leave(t, k);
    return k;
}

void wf_kept_free(struct wf_kept *gone)
{
    while (gone) {
        struct wf_kept *next = gone->next;

        weft_value_release(gone->value);
        wf_free(gone);
        gone = next;
    }
}

void wf_memo_table_fini(struct wf_memo_table *t)
{
    for (uint32_t i = 0; i < t->n; i++) {
        t->heap[i]->next = NULL;
        wf_kept_free(t->heap[i]);
    }
    wf_free(t->heap);
    wf_free(t->chains);
    *t = (struct wf_memo_table){0};
}

bool wf_memo_table_is_sound(const struct wf_memo_table *t)
{
    size_t bytes = 0;

    for (uint32_t i = 0; i < t->n; i++) {
        const struct wf_kept *k = t->heap[i];

        bytes += k->bytes;
        if (k->priority < t->floor || (i && goes_before(k, t->heap[(i - 1) / 2])) || /* 2 */
            k->place != i || look_up(t, k->token) != k)                                      /* 3 */
            return false;
    }
    return bytes == t->bytes && bytes <= t->budget; /* 1 */
}
