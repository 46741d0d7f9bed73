/* ops.h - the operations of sync.h, done by the simulator. Included by sync.h under WF_SIM. */
#ifndef WF_SIM_OPS_H
#define WF_SIM_OPS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The plain type behind an atomic, and a place on the stack that holds `v` as one. */
#define WF_SIM_PLAIN(p)    __typeof__((void)0, *(p))
#define WF_SIM_BOX(p, v)   (&(WF_SIM_PLAIN(p)){v})
#define WF_SIM_UNBOX(p, b) (*(WF_SIM_PLAIN(p) *)(b))

enum wf_sim_change { WF_SIM_ADD, WF_SIM_SUB, WF_SIM_OR, WF_SIM_AND, WF_SIM_SWAP };

/* `box` holds an operand, or takes what was read, and is answered. */
void  wf_sim_init(volatile void *p, size_t bytes, const void *box);
void *wf_sim_load(const volatile void *p, size_t bytes, memory_order order, void *box);
void  wf_sim_store(volatile void *p, size_t bytes, memory_order order, const void *box);
void *wf_sim_change(volatile void *p, size_t bytes, enum wf_sim_change how, memory_order order, void *box);
bool  wf_sim_cas(volatile void *p, size_t bytes, void *expected, const void *box, memory_order order,
                 memory_order failed);
void  wf_sim_fence(memory_order order);

#define wf_atomic_init(p, v)       wf_sim_init((p), sizeof *(p), WF_SIM_BOX(p, v))
#define wf_atomic_load(p, o)       WF_SIM_UNBOX(p, wf_sim_load((p), sizeof *(p), (o), WF_SIM_BOX(p, 0)))
#define wf_atomic_store(p, v, o)   wf_sim_store((p), sizeof *(p), (o), WF_SIM_BOX(p, v))
#define wf_atomic_change(p, v, how, o) \
    __extension__({ WF_SIM_UNBOX(p, wf_sim_change((p), sizeof *(p), (how), (o), WF_SIM_BOX(p, v))); })
#define wf_atomic_add(p, v, o)     wf_atomic_change(p, v, WF_SIM_ADD, o)
#define wf_atomic_sub(p, v, o)     wf_atomic_change(p, v, WF_SIM_SUB, o)
#define wf_atomic_or(p, v, o)      wf_atomic_change(p, v, WF_SIM_OR, o)
#define wf_atomic_and(p, v, o)     wf_atomic_change(p, v, WF_SIM_AND, o)
#define wf_atomic_swap(p, v, o)    wf_atomic_change(p, v, WF_SIM_SWAP, o)
#define wf_atomic_cas(p, expected, v, o, failed) \
    wf_sim_cas((p), sizeof *(p), (expected), WF_SIM_BOX(p, v), (o), (failed))
#define wf_atomic_fence(o)         wf_sim_fence(o)

typedef struct {
    int   holder; /* number of the thread + 1; 0: free */
    void *left;   /* the view of whoever held it last */
} wf_mutex;
typedef struct {
    char nothing; /* who waits is known by the address */
} wf_cond;
typedef int wf_thread;

void wf_mutex_init(wf_mutex *m);
void wf_mutex_fini(wf_mutex *m);
void wf_mutex_lock(wf_mutex *m);
bool wf_mutex_try_lock(wf_mutex *m);
void wf_mutex_unlock(wf_mutex *m);
void wf_cond_init(wf_cond *c);
void wf_cond_fini(wf_cond *c);
void wf_cond_wait(wf_cond *c, wf_mutex *m);
void wf_cond_wake_all(wf_cond *c);
bool wf_thread_start(wf_thread *t, void *(*fn)(void *arg), void *arg);
void wf_thread_join(wf_thread t);
void wf_yield(void);
void wf_pause(void);

#endif
