/* deque.c - a worker's own queue of ready tasks, which others may rob. */
#include "scheduler/deque.h"

#include "lib/base/assert.h"
#include "lib/base/mem.h"

enum { FIRST_ROOM = 256 };

static struct wf_ring *new_ring(int64_t room, struct wf_ring *outgrown)
{
    struct wf_ring *r = wf_alloc_aligned(sizeof *r + (size_t)room * sizeof r->slot[0]);

    if (!r)
        return NULL;
    r->mask = room - 1;
    r->outgrown = outgrown;
    return r;
}

bool wf_deque_init(struct wf_deque *d)
{
    struct wf_ring *ring = new_ring(FIRST_ROOM, NULL);

    wf_init(&d->top, 0);
    wf_init(&d->bottom, 0);
    wf_init(&d->ring, ring);
    d->seen_top = 0;
    return ring != NULL;
}

void wf_deque_fini(struct wf_deque *d)
{
    struct wf_ring *ring = wf_load_relaxed(&d->ring);

    while (ring) {
        struct wf_ring *outgrown = ring->outgrown;

        wf_free(ring);
        ring = outgrown;
    }
    wf_store_relaxed(&d->ring, NULL);
}

void wf_deque_check(const struct wf_deque *d)
{
    const int64_t top = wf_load_relaxed(&d->top), bottom = wf_load_relaxed(&d->bottom);
    const struct wf_ring *ring = wf_load_relaxed(&d->ring);

    WF_ASSERT(top <= bottom);                     /* 2 */
    WF_ASSERT(bottom - top <= ring->mask + 1);    /* 2 */
    WF_ASSERT((ring->mask & (ring->mask + 1)) == 0);
    WF_ASSERT(d->seen_top <= top);                /* 5 */
    (void)top, (void)bottom, (void)ring;
}

bool wf_deque_reserve(struct wf_deque *d, int64_t n)
{
    const int64_t bottom = wf_load_relaxed(&d->bottom);
    /* Acquire: the slots that thieves have read may be written again. */
    const int64_t top = wf_load_acquire(&d->top);
    struct wf_ring *ring = wf_load_relaxed(&d->ring), *bigger;
    int64_t room = ring->mask + 1;

    d->seen_top = top;
    if (bottom - top + n <= room)
        return true;
    while (bottom - top + n > room)
        room *= 2;
    bigger = new_ring(room, ring);
    if (!bigger)
        return false;
    for (int64_t i = top; i < bottom; i++)
        wf_store_relaxed(&bigger->slot[i & bigger->mask], wf_load_relaxed(&ring->slot[i & ring->mask]));

    /* Release: a thief that sees the bigger ring must see it filled. */
    wf_store_release(&d->ring, bigger);
    return true;
}

bool wf_deque_peek(struct wf_deque *d, wf_ready *out, int64_t *at)
{
    /* Acquire: the slot at top is not read before top is. */
    const int64_t top = wf_load_acquire(&d->top);
    int64_t bottom;
    struct wf_ring *ring;

    /* Full fence: top is read before bottom. Partner: the fence in take. */
    wf_fence_seq();
#if WF_TSAN
    bottom = wf_load_seq(&d->bottom);
#else
    /* Acquire: pairs with the release in wf_deque_push(). */
    bottom = wf_load_acquire(&d->bottom);
#endif
    if (top >= bottom)
        return false;
    /* Acquire: pairs with the release in wf_deque_reserve(). */
    ring = wf_load_acquire(&d->ring);
    /* Read before the exchange: after it the owner may write the slot again. */
    *out = wf_load_relaxed(&ring->slot[top & ring->mask]);
    *at = top;
    return true;
}

bool wf_deque_steal_at(struct wf_deque *d, int64_t top)
{
    return wf_cas_seq(&d->top, &top, top + 1);
}

enum wf_steal wf_deque_steal(struct wf_deque *d, wf_ready *out)
{
    int64_t top;

    if (!wf_deque_peek(d, out, &top))
        return WF_STEAL_EMPTY;
    return wf_deque_steal_at(d, top) ? WF_STEAL_GOT : WF_STEAL_LOST;
}
