/* block.h - the second alternative to scheduler/deque.h: owner and thieves in different blocks.
 *
 * The owner pushes and takes in one block, which is his alone: no fence, no atomic.
 * When it is full he seals it and goes on in the next; thieves take from sealed
 * blocks, the oldest first; when his is empty he takes the newest sealed one back.
 * So up to a block of tasks is hidden while its owner is in a long body.
 *
 *      first                  current
 *        v                       v
 *    [ sealed ][ sealed ][ sealed ][ owner's ]      block i lives at ring[i % N_BLOCKS]
 *      thieves take
 *
 * After BWoS (Wang et al., OSDI 2023), made small. A block's word says which block
 * it is, how often it changed hands and which of its slots is the next to be stolen,
 * so that one compare-and-swap decides between thieves, and between them and an owner
 * who takes the block back.
 */
#ifndef BENCH_SCHEDULER_DEQUE_BLOCK_H
#define BENCH_SCHEDULER_DEQUE_BLOCK_H

#include "scheduler/deque.h"

#include <stdlib.h>

enum { BLOCK_SLOTS = 32, N_BLOCKS = 2048, BLOCK_OWNED = 255 };

struct block {
    _Alignas(WF_APART) _Atomic uint64_t word; /* number + 1 << 24 | hands << 8 | next to be stolen */
    _Atomic uint64_t slot[BLOCK_SLOTS];
};

struct blocks {
    /* The owner's: slots low .. high-1 of the current block. */
    _Alignas(WF_APART) struct block *ring;
    uint64_t current;
    uint32_t low;
    uint32_t high;

    _Alignas(WF_APART) _Atomic uint64_t first; /* no older block holds anything */
};

static inline uint64_t block_number(uint64_t word)
{
    return (word >> 24) - 1;
}

static inline uint32_t block_next(uint64_t word)
{
    return word & 255;
}

/* As `word`, in other hands. */
static inline uint64_t block_word(uint64_t word, uint64_t number, uint32_t next)
{
    const uint64_t hands = ((word >> 8) + 1) & 0xffff;

    return (number + 1) << 24 | hands << 8 | next;
}

static inline struct block *block_at(struct blocks *d, uint64_t number)
{
    return &d->ring[number % N_BLOCKS];
}

static inline bool block_init(struct blocks *d)
{
    *d = (struct blocks){ .ring = aligned_alloc(WF_APART, N_BLOCKS * sizeof *d->ring) };
    if (!d->ring)
        return false;
    for (int i = 0; i < N_BLOCKS; i++)
        atomic_init(&d->ring[i].word, 0);
    atomic_init(&d->ring[0].word, block_word(0, 0, BLOCK_OWNED));
    return true;
}

static inline void block_fini(struct blocks *d)
{
    free(d->ring);
}

/* Seals the owner's block and goes on in the next. False: that still holds tasks. */
static inline bool block_advance(struct blocks *d)
{
    struct block  *mine = block_at(d, d->current), *next = block_at(d, d->current + 1);
    /* Acquire: what thieves read there may be written again. */
    const uint64_t word = wf_load_acquire(&next->word);

    /* Empty: never used, or stolen to its end, or left behind when this one was taken back. */
    if (word && block_next(word) != BLOCK_SLOTS && block_number(word) != d->current + 1)
        return false;
    wf_store_relaxed(&next->word, block_word(word, d->current + 1, BLOCK_OWNED));
    /* Release: a thief that sees the block sealed sees its slots filled. */
    wf_store_release(&mine->word, block_word(wf_load_relaxed(&mine->word), d->current, d->low));
    d->current++;
    d->low = d->high = 0;
    return true;
}

/* Takes the newest sealed block back. False: nothing is left in it, nor in older ones. */
static inline bool block_retreat(struct blocks *d)
{
    struct block *b = d->current ? block_at(d, d->current - 1) : NULL;
    uint64_t      word = b ? wf_load_acquire(&b->word) : 0;

    do {
        if (!b || block_next(word) == BLOCK_SLOTS)
            return false;
        /* Acquire and release: thieves that lose see it owned. */
    } while (!wf_cas(&b->word, &word, block_word(word, d->current - 1, BLOCK_OWNED)));
    d->current--;
    d->low = block_next(word);
    d->high = BLOCK_SLOTS;
    return true;
}

/* False: full. */
static inline bool block_push(struct blocks *d, uint64_t task)
{
    if (d->high == BLOCK_SLOTS && !block_advance(d))
        return false;
    wf_store_relaxed(&block_at(d, d->current)->slot[d->high++], task);
    return true;
}

static inline bool block_take(struct blocks *d, uint64_t *out)
{
    if (d->high == d->low && !block_retreat(d))
        return false;
    *out = wf_load_relaxed(&block_at(d, d->current)->slot[--d->high]);
    return true;
}

static inline enum wf_steal block_steal(struct blocks *d, uint64_t *out)
{
    uint64_t      first = wf_load_acquire(&d->first);
    struct block *b = block_at(d, first);
    /* Acquire: pairs with the release in block_advance(). */
    uint64_t      word = wf_load_acquire(&b->word);

    if (block_number(word) != first || block_next(word) == BLOCK_OWNED)
        return WF_STEAL_EMPTY;
    if (block_next(word) == BLOCK_SLOTS) {
        wf_cas(&d->first, &first, first + 1);
        return WF_STEAL_LOST;
    }
    /* Read before the exchange: after it the owner may write the slot again. */
    *out = wf_load_relaxed(&b->slot[block_next(word)]);
    return wf_cas(&b->word, &word, word + 1) ? WF_STEAL_GOT : WF_STEAL_LOST;
}

#endif
