/* sync.h - every atomic, fence and wait of the scheduler goes through here.
 *
 * So there is one place where a simulator can stand in for the machine, and one
 * where a checker that does not know fences is told the same in other words.
 */
#ifndef WF_SYNC_H
#define WF_SYNC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config.h"

#define wf_load_relaxed(p)           atomic_load_explicit((p), memory_order_relaxed)
#define wf_load_acquire(p)           atomic_load_explicit((p), memory_order_acquire)
#define wf_load_seq(p)               atomic_load_explicit((p), memory_order_seq_cst)
#define wf_store_relaxed(p, v)       atomic_store_explicit((p), (v), memory_order_relaxed)
#define wf_store_release(p, v)       atomic_store_explicit((p), (v), memory_order_release)
#define wf_store_seq(p, v)           atomic_store_explicit((p), (v), memory_order_seq_cst)
#define wf_add(p, v)                 atomic_fetch_add_explicit((p), (v), memory_order_acq_rel)
#define wf_add_seq(p, v)             atomic_fetch_add_explicit((p), (v), memory_order_seq_cst)
#define wf_sub(p, v)                 atomic_fetch_sub_explicit((p), (v), memory_order_acq_rel)
#define wf_or(p, v)                  atomic_fetch_or_explicit((p), (v), memory_order_acq_rel)
#define wf_swap(p, v)                atomic_exchange_explicit((p), (v), memory_order_acq_rel)
#define wf_cas(p, expected, v)                                                   \
    atomic_compare_exchange_strong_explicit((p), (expected), (v), memory_order_acq_rel, \
                                            memory_order_acquire)
#define wf_cas_seq(p, expected, v)                                               \
    atomic_compare_exchange_strong_explicit((p), (expected), (v), memory_order_seq_cst, \
                                            memory_order_acquire)

/* A full fence. Thread sanitizer does not model fences: there, every access that
 * relies on one is sequentially consistent itself, by the two macros below. */
#if WF_TSAN
#define wf_fence_seq()               ((void)0)
#define wf_load_fenced(p)            wf_load_seq(p)
#define wf_store_fenced(p, v)        wf_store_seq(p, v)
#else
#define wf_fence_seq()               atomic_thread_fence(memory_order_seq_cst)
#define wf_load_fenced(p)            wf_load_acquire(p)
#define wf_store_fenced(p, v)        wf_store_release(p, v)
#endif

/* What is written by one worker and read by others sits alone on two lines: the
 * prefetcher fetches lines in pairs. */
enum { WF_APART = 128 };

static inline void wf_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Sleeps while *word is `value`, at most `timeout_ns` (negative: for ever). May
 * return early; callers look again. */
void wf_wait(_Atomic uint32_t *word, uint32_t value, int64_t timeout_ns);
void wf_wake(_Atomic uint32_t *word, int n); /* up to n sleepers of `word` */

#endif
