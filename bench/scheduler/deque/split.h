/* split.h - the first alternative to scheduler/deque.h: a private part, a shared part.
 *
 * The owner pushes and takes in his part, which is plain memory: no fence, no atomic
 * but one look at a flag. A thief that finds the shared part empty raises the flag,
 * and the owner, when he next pushes or takes, moves half of his part over. So a
 * task is hidden while its owner is in a long body: nobody moves it.
 *
 *        top          split           end
 *         v             v              v
 *    ...  [ t3 ][ t4 ]  [ t5 ][ t6 ]      slot i lives at ring[i % ROOM]
 *         thieves take  owner pushes and takes
 *
 * top and split share one word with a tag, so that one compare-and-swap moves either;
 * the tag changes whenever the owner takes tasks back, so that a slow thief cannot
 * mistake a word for an older one. Dinan et al. (2009), van Dijk and van de Pol (2014).
 */
#ifndef BENCH_SCHEDULER_DEQUE_SPLIT_H
#define BENCH_SCHEDULER_DEQUE_SPLIT_H

#include "scheduler/deque.h"

#include <stdlib.h>

enum { SPLIT_ROOM = 1 << 16, SPLIT_INDEX = (1 << 24) - 1 };

struct split {
    /* The owner's. */
    _Alignas(WF_APART) _Atomic uint64_t *ring;
    uint32_t end;
    uint32_t split;                          /* as in word; only the owner changes it */
    uint32_t seen_top;

    _Alignas(WF_APART) _Atomic uint64_t word; /* tag << 48 | split << 24 | top */
    _Alignas(WF_APART) _Atomic bool is_wanted;
};

static inline uint32_t split_top(uint64_t word)
{
    return (uint32_t)word & SPLIT_INDEX;
}

static inline uint32_t split_split(uint64_t word)
{
    return (uint32_t)(word >> 24) & SPLIT_INDEX;
}

static inline uint64_t split_word(uint64_t tag, uint32_t split, uint32_t top)
{
    return tag << 48 | (uint64_t)(split & SPLIT_INDEX) << 24 | top;
}

static inline bool split_init(struct split *d)
{
    *d = (struct split){ .ring = calloc(SPLIT_ROOM, sizeof *d->ring) };
    return d->ring != NULL;
}

static inline void split_fini(struct split *d)
{
    free(d->ring);
}

static inline uint32_t split_count(uint32_t from, uint32_t to)
{
    return (to - from) & SPLIT_INDEX;
}

/* Gives the older half of the owner's part to the thieves. */
static inline void split_share(struct split *d)
{
    const uint32_t n = split_count(d->split, d->end);
    const uint32_t to = (d->split + (n + 1) / 2) & SPLIT_INDEX;
    uint64_t       word = wf_load_relaxed(&d->word);

    /* Release, of the exchange: a thief that sees the new split sees the slots filled. */
    while (!wf_cas(&d->word, &word, split_word(word >> 48, to, split_top(word))))
        ;
    d->split = to;
    wf_store_relaxed(&d->is_wanted, false);
}

/* Takes half of what is shared back. False: nothing is left. */
static inline bool split_reclaim(struct split *d)
{
    uint64_t word = wf_load_relaxed(&d->word);
    uint32_t to = 0;

    do {
        const uint32_t n = split_count(split_top(word), split_split(word));

        if (!n)
            return false;
        to = (d->split - (n + 1) / 2) & SPLIT_INDEX;
        /* Acquire and release: thieves that lose see the split lowered. */
    } while (!wf_cas(&d->word, &word, split_word((word >> 48) + 1, to, split_top(word))));
    d->split = to;
    return true;
}

/* False: full. */
static inline bool split_push(struct split *d, uint64_t task)
{
    if (split_count(d->seen_top, d->end) == SPLIT_ROOM) {
        /* Acquire: slots that thieves have read may be written again. */
        d->seen_top = split_top(wf_load_acquire(&d->word));
        if (split_count(d->seen_top, d->end) == SPLIT_ROOM)
            return false;
    }
    wf_store_relaxed(&d->ring[d->end % SPLIT_ROOM], task);
    d->end = (d->end + 1) & SPLIT_INDEX;
    if (wf_load_relaxed(&d->is_wanted))
        split_share(d);
    return true;
}

static inline bool split_take(struct split *d, uint64_t *out)
{
    if (d->end == d->split && !split_reclaim(d))
        return false;
    d->end = (d->end - 1) & SPLIT_INDEX;
    *out = wf_load_relaxed(&d->ring[d->end % SPLIT_ROOM]);
    if (wf_load_relaxed(&d->is_wanted) && d->end != d->split)
        split_share(d);
    return true;
}

static inline enum wf_steal split_steal(struct split *d, uint64_t *out)
{
    /* Acquire: pairs with the release in split_share(). */
    uint64_t word = wf_load_acquire(&d->word);

    if (split_top(word) == split_split(word)) {
        if (!wf_load_relaxed(&d->is_wanted))
            wf_store_relaxed(&d->is_wanted, true);
        return WF_STEAL_EMPTY;
    }
    /* Read before the exchange: after it the owner may write the slot again. */
    *out = wf_load_relaxed(&d->ring[split_top(word) % SPLIT_ROOM]);
    return wf_cas(&d->word, &word,
                  split_word(word >> 48, split_split(word), (split_top(word) + 1) & SPLIT_INDEX))
               ? WF_STEAL_GOT : WF_STEAL_LOST;
}

#endif
