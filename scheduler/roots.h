/* roots.h - the tasks that wait for nothing, handed out in ranges.
 *
 * A run's roots leave its cursor a block at a time, in rank order: so all workers
 * stay near one front, and little is held. A block becomes the range of a worker,
 * who takes one root after another; a thief takes the later half of what is left.
 * No root waits behind a task that runs, and none passes through a deque.
 *
 *     cursor   next --------------------------------> end      of the run
 *     range            begin ---taken one by one--> | <--thieves-- end
 *
 * Either is one word, so one exchange decides, and a word that matches is right
 * whatever happened since it was read:
 *
 *     range = place << 58 | begin << 29 | end     place: of the run in the pool
 *                                                 empty: begin >= end
 *
 * What always holds:
 *   1. Each root of a live run is in its cursor, in one range, or taken by one worker.
 *   2. A run does not end before its roots ran: a range that is not empty names the
 *      run that sits in its place now.
 *   3. Only its owner fills a range, and only when it is empty.
 */
#ifndef WF_ROOTS_H
#define WF_ROOTS_H

#include "lib/graph/policy.h"
#include "scheduler/sync.h"

typedef uint64_t wf_range;

/* Begin may come to lie one behind the end, and must not run over. */
enum { WF_RANGE_BITS = 29, WF_MAX_ROOTS = (1 << WF_RANGE_BITS) - 1 };

static inline wf_range wf_range_of(uint32_t place, uint32_t begin, uint32_t end)
{
    return (wf_range)place << 2 * WF_RANGE_BITS | (wf_range)begin << WF_RANGE_BITS | end;
}

static inline uint32_t wf_range_place(wf_range r)
{
    return (uint32_t)(r >> 2 * WF_RANGE_BITS);
}

static inline uint32_t wf_range_begin(wf_range r)
{
    return (uint32_t)(r >> WF_RANGE_BITS) & WF_MAX_ROOTS;
}

static inline uint32_t wf_range_end(wf_range r)
{
    return (uint32_t)r & WF_MAX_ROOTS;
}

static inline bool wf_range_is_empty(wf_range r)
{
    return wf_range_begin(r) >= wf_range_end(r);
}

/* Without its first root. */
static inline wf_range wf_range_rest(wf_range r)
{
    return r + ((wf_range)1 << WF_RANGE_BITS);
}

/* By the owner: takes the first root. False: there is none. */
static inline bool wf_roots_take(_Atomic wf_range *roots, wf_range *out)
{
    if (wf_range_is_empty(wf_load_relaxed(roots)))
        return false;
    /* Thieves may have lowered the end since: then begin comes to lie behind it, by one. */
    *out = wf_add(roots, (wf_range)1 << WF_RANGE_BITS);
    return !wf_range_is_empty(*out);
}

/* The same while no thief exists. */
static inline bool wf_roots_take_alone(_Atomic wf_range *roots, wf_range *out)
{
    const wf_range now = wf_load_relaxed(roots);

    if (wf_range_is_empty(now))
        return false;
    wf_store_relaxed(roots, wf_range_rest(now));
    *out = now;
    return true;
}

/* By the owner of an empty one. Release: a thief that sees the range sees the run. */
static inline void wf_roots_fill(_Atomic wf_range *roots, wf_range r)
{
    wf_store_release(roots, r);
}

/* By a thief: the later half, rounded up, of which it runs the first root itself: so each
 * split is progress. False: there is none. */
static inline bool wf_roots_split(_Atomic wf_range *roots, wf_range *out)
{
    wf_range now = wf_load_relaxed(roots);
    uint32_t begin, end, middle;

    do {
        begin = wf_range_begin(now);
        end = wf_range_end(now);
        if (begin >= end)
            return false;
        middle = wf_policy_middle(begin, end);
        /* Acquire: pairs with the release in wf_roots_fill(), through the exchanges since. */
    } while (!wf_cas(roots, &now, wf_range_of(wf_range_place(now), begin, middle)));
    *out = wf_range_of(wf_range_place(now), middle, end);
    return true;
}

/* By any worker: the next `1/parts` of a cursor, at least one root, at most `most`. */
static inline bool wf_roots_claim(_Atomic uint64_t *cursor, uint32_t place, uint32_t parts, uint32_t most,
                                  wf_range *out)
{
    /* Acquire: pairs with the release when the run was placed. */
    uint64_t now = wf_load_acquire(cursor);
    uint32_t next, end, n;

    do {
        next = (uint32_t)(now >> 32);
        end = (uint32_t)now;
        if (next >= end)
            return false;
        n = wf_policy_block(end - next, parts, most);
    } while (!wf_cas(cursor, &now, (uint64_t)(next + n) << 32 | end));
    *out = wf_range_of(place, next, next + n);
    return true;
}

#endif
