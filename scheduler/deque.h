/* deque.h - a worker's own queue of ready tasks, which others may rob.
 *
 * One thread, the owner, pushes and takes at the bottom. Any thread may steal
 * from the top. The owner meets a thief only over the last task, and there one
 * compare-and-swap on `top` decides.
 *
 *        top                     bottom
 *         v                        v
 *    ...  [ t3 ][ t4 ][ t5 ][ t6 ]   ...      slot i lives at ring[i & mask]
 *         thieves take            owner pushes and takes
 *
 * What always holds:
 *   1. top never goes down.
 *   2. Slots top .. bottom-1 hold tasks, each owed to exactly one taker.
 *   3. Only the owner writes bottom, the ring pointer, or a slot.
 *   4. A ring that was outgrown stays readable until the deque is gone: a slow
 *      thief may still be looking at it.
 *   5. seen_top <= top; the owner reads top itself only when it may be full.
 *
 * Chase and Lev (2005); C11 orderings of Le et al. (2013), with the release in
 * grow() that the model checkers found missing. Indices are signed: an empty
 * deque has bottom - top of -1 for a moment.
 */
#ifndef WF_DEQUE_H
#define WF_DEQUE_H

#include <stddef.h>

#include "scheduler/sync.h"

/* A ready task: which run of the pool, and which node of its plan. */
typedef uint64_t wf_ready;

struct wf_ring {
    int64_t          mask;
    struct wf_ring  *outgrown; /* the one before */
    _Atomic wf_ready slot[];
};

struct wf_deque {
    _Alignas(WF_APART) _Atomic int64_t top;
    _Alignas(WF_APART) _Atomic int64_t bottom;
    struct wf_ring *_Atomic ring;
    int64_t         seen_top;
};

enum wf_steal { WF_STEAL_GOT, WF_STEAL_EMPTY, WF_STEAL_LOST };

bool wf_deque_init(struct wf_deque *d); /* false: no memory */
void wf_deque_fini(struct wf_deque *d); /* a zeroed one is fine */
void wf_deque_check(const struct wf_deque *d); /* by the owner, while no thief is about */

/* Makes room for `n` tasks more, so that pushing them cannot fail. By the owner. */
bool wf_deque_reserve(struct wf_deque *d, int64_t n);

/* From any thread. LOST: somebody else was faster; there may be more. */
enum wf_steal wf_deque_steal(struct wf_deque *d, wf_ready *out);

/* The same in two steps, for who wants to look first: what is at the top, and where that is;
 * then, unless somebody else was faster, it is taken. What is read in between is right if
 * the second succeeds. */
bool wf_deque_peek(struct wf_deque *d, wf_ready *out, int64_t *top);
bool wf_deque_steal_at(struct wf_deque *d, int64_t top);

/* By the owner. False: no room and no memory for more; nothing is pushed. */
static inline bool wf_deque_push(struct wf_deque *d, wf_ready task)
{
    const int64_t bottom = wf_load_relaxed(&d->bottom);
    struct wf_ring *ring = wf_load_relaxed(&d->ring);

    if (bottom - d->seen_top > ring->mask) {
        if (!wf_deque_reserve(d, 1))
            return false;
        ring = wf_load_relaxed(&d->ring);
    }
    wf_store_relaxed(&ring->slot[bottom & ring->mask], task);

    /* Release: a thief that sees the new bottom must see the slot filled, and
     * everything that made the task ready. */
    wf_store_release(&d->bottom, bottom + 1);
    return true;
}

/* By the owner; the newest. False: empty. */
static inline bool wf_deque_take(struct wf_deque *d, wf_ready *out)
{
    const int64_t bottom = wf_load_relaxed(&d->bottom) - 1;
    struct wf_ring *ring = wf_load_relaxed(&d->ring);
    int64_t top;
    bool got = true;

    /* The cheap look: seen_top and bottom are the owner's own. */
    if (bottom < d->seen_top)
        return false;
    /* Release, as in push: a thief may learn from this store, too, that older
     * slots are filled. */
    wf_store_fenced(&d->bottom, bottom);
    /* Full fence: thieves must see bottom lowered before we read top, or both
     * we and a thief take the last task. Partner: the fence in steal. */
    wf_fence_seq();
    /* Acquire, here and in the exchange: seen_top comes from this, and by it push may
     * write a slot again, which the thief must have read before. */
    top = wf_load_fenced(&d->top);
    if (top > bottom) {
        got = false;
        wf_store_release(&d->bottom, bottom + 1);
    } else {
        *out = wf_load_relaxed(&ring->slot[bottom & ring->mask]);
        if (top == bottom) {
            /* The last one: whoever moves top has it. */
            int64_t expected = top;

            got = wf_cas_seq(&d->top, &expected, top + 1);
            top = bottom + 1;
            wf_store_release(&d->bottom, bottom + 1);
        }
    }
    d->seen_top = top;
    return got;
}

/* The same while no thief exists: a pool of one worker. It may have taken from the top itself, to turn to
 * another run or for a body that waits, so top is read, not what was last seen of it. */
static inline bool wf_deque_take_alone(struct wf_deque *d, wf_ready *out)
{
    const int64_t bottom = wf_load_relaxed(&d->bottom) - 1;
    struct wf_ring *ring = wf_load_relaxed(&d->ring);

    if (bottom < wf_load_relaxed(&d->top))
        return false;
    *out = wf_load_relaxed(&ring->slot[bottom & ring->mask]);
    wf_store_relaxed(&d->bottom, bottom);
    return true;
}

/* Whether there seems to be something; from any thread. A guess, but for what was there
 * before a fence that both sides have passed. */
static inline bool wf_deque_has_some(struct wf_deque *d)
{
    return wf_load_fenced(&d->top) < wf_load_fenced(&d->bottom);
}

#endif
