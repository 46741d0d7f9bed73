/* count.h - how many hold a piece of finished data.
 *
 * The only atomics of lib/. A holder may become another holder's (share), and
 * the last to let go frees. What is counted is immutable, so nothing else is
 * ordered here.
 */
#ifndef WF_COUNT_H
#define WF_COUNT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef _Atomic int32_t wf_count;

static inline void wf_count_init(wf_count *c)
{
    atomic_init(c, 1);
}

/* Relaxed: whoever adds a holder is one, so the data cannot go meanwhile. */
static inline void wf_count_add(wf_count *c)
{
    atomic_fetch_add_explicit(c, 1, memory_order_relaxed);
}

/* True for the last holder, who then frees. */
static inline bool wf_count_drop(wf_count *c)
{
    /* Acquire and release: every holder's reads come before the last one frees. */
    return atomic_fetch_sub_explicit(c, 1, memory_order_acq_rel) == 1;
}

/* Whether the caller is the only holder and may write. */
static inline bool wf_count_is_one(const wf_count *c)
{
    /* Acquire: pairs with the release of holders that let go. */
    return atomic_load_explicit(c, memory_order_acquire) == 1;
}

#endif
