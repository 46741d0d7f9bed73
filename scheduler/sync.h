/* sync.h - every atomic, fence, lock, thread and wait of the scheduler goes through here.
 *
 * So there is one place where a simulator can stand in for the machine (WF_SIM, in
 * tests only: see scheduler/sim/sim.h), and one where a checker that does not know
 * fences is told the same in other words.
 */
#ifndef WF_SYNC_H
#define WF_SYNC_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "config.h"

#ifdef WF_SIM
#include "scheduler/sim/ops.h"
#else

#include <pthread.h>
#include <sched.h>

#define wf_atomic_init(p, v)         atomic_init((p), (v))
#define wf_atomic_load(p, o)         atomic_load_explicit((p), (o))
#define wf_atomic_store(p, v, o)     atomic_store_explicit((p), (v), (o))
#define wf_atomic_add(p, v, o)       atomic_fetch_add_explicit((p), (v), (o))
#define wf_atomic_sub(p, v, o)       atomic_fetch_sub_explicit((p), (v), (o))
#define wf_atomic_or(p, v, o)        atomic_fetch_or_explicit((p), (v), (o))
#define wf_atomic_and(p, v, o)       atomic_fetch_and_explicit((p), (v), (o))
#define wf_atomic_swap(p, v, o)      atomic_exchange_explicit((p), (v), (o))
#define wf_atomic_cas(p, expected, v, o, failed)                                 \
    atomic_compare_exchange_strong_explicit((p), (expected), (v), (o), (failed))
#define wf_atomic_fence(o)           atomic_thread_fence(o)

typedef pthread_mutex_t wf_mutex;
typedef pthread_cond_t  wf_cond;
typedef pthread_t       wf_thread;

static inline void wf_mutex_init(wf_mutex *m)              { pthread_mutex_init(m, NULL); }
static inline void wf_mutex_fini(wf_mutex *m)              { pthread_mutex_destroy(m); }
static inline void wf_mutex_lock(wf_mutex *m)              { pthread_mutex_lock(m); }
static inline bool wf_mutex_try_lock(wf_mutex *m)          { return !pthread_mutex_trylock(m); }
static inline void wf_mutex_unlock(wf_mutex *m)            { pthread_mutex_unlock(m); }
static inline void wf_cond_init(wf_cond *c)                { pthread_cond_init(c, NULL); }
static inline void wf_cond_fini(wf_cond *c)                { pthread_cond_destroy(c); }
static inline void wf_cond_wait(wf_cond *c, wf_mutex *m)   { pthread_cond_wait(c, m); }
static inline void wf_cond_wake_all(wf_cond *c)            { pthread_cond_broadcast(c); }

/* False: the system gives no more threads. */
static inline bool wf_thread_start(wf_thread *t, void *(*fn)(void *arg), void *arg)
{
    return !pthread_create(t, NULL, fn, arg);
}
static inline void wf_thread_join(wf_thread t)             { pthread_join(t, NULL); }

/* Lets others have the core. */
static inline void wf_yield(void)                          { sched_yield(); }

/* Waiting for another core to write. */
static inline void wf_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif

#define wf_init(p, v)                wf_atomic_init((p), (v)) /* before others know of it */
#define wf_load_relaxed(p)           wf_atomic_load((p), memory_order_relaxed)
#define wf_load_acquire(p)           wf_atomic_load((p), memory_order_acquire)
#define wf_load_seq(p)               wf_atomic_load((p), memory_order_seq_cst)
#define wf_store_relaxed(p, v)       wf_atomic_store((p), (v), memory_order_relaxed)
#define wf_store_release(p, v)       wf_atomic_store((p), (v), memory_order_release)
#define wf_store_seq(p, v)           wf_atomic_store((p), (v), memory_order_seq_cst)
#define wf_add(p, v)                 wf_atomic_add((p), (v), memory_order_acq_rel)
#define wf_add_seq(p, v)             wf_atomic_add((p), (v), memory_order_seq_cst)
#define wf_sub(p, v)                 wf_atomic_sub((p), (v), memory_order_acq_rel)
#define wf_or(p, v)                  wf_atomic_or((p), (v), memory_order_acq_rel)
#define wf_and(p, v)                 wf_atomic_and((p), (v), memory_order_acq_rel)
#define wf_swap(p, v)                wf_atomic_swap((p), (v), memory_order_acq_rel)
#define wf_cas(p, expected, v)                                                   \
    wf_atomic_cas((p), (expected), (v), memory_order_acq_rel, memory_order_acquire)
#define wf_cas_seq(p, expected, v)                                               \
    wf_atomic_cas((p), (expected), (v), memory_order_seq_cst, memory_order_acquire)

/* A full fence. Thread sanitizer does not model fences: there, every access that
 * relies on one is sequentially consistent itself, by the two macros below. */
#if WF_TSAN
#define wf_fence_seq()               ((void)0)
#define wf_load_fenced(p)            wf_load_seq(p)
#define wf_store_fenced(p, v)        wf_store_seq(p, v)
#else
#define wf_fence_seq()               wf_atomic_fence(memory_order_seq_cst)
#define wf_load_fenced(p)            wf_load_acquire(p)
#define wf_store_fenced(p, v)        wf_store_release(p, v)
#endif

/* What is written by one worker and read by others sits alone on two lines: the
 * prefetcher fetches lines in pairs. */
enum { WF_APART = 128 };

/* Sleeps while *word is `value`, at most `timeout_ns` (negative: for ever). May
 * return early; callers look again. */
void wf_wait(_Atomic uint32_t *word, uint32_t value, int64_t timeout_ns);
void wf_wake(_Atomic uint32_t *word, int n); /* up to n sleepers of `word`; its memory may be gone */

#endif
