/* lock.h - a lock for what threads share outside of the scheduler, which has its own.
 *
 * For stores that whole tasks meet at, never for what a task's path goes through. Who holds
 * it over input and output or a call back says so.
 */
#ifndef WF_LOCK_H
#define WF_LOCK_H

#include <pthread.h>

typedef pthread_mutex_t wf_lock;

static inline void wf_lock_init(wf_lock *l) { pthread_mutex_init(l, NULL); }
static inline void wf_lock_fini(wf_lock *l) { pthread_mutex_destroy(l); }
static inline void wf_lock_take(wf_lock *l) { pthread_mutex_lock(l); }
static inline void wf_lock_give(wf_lock *l) { pthread_mutex_unlock(l); }

#endif
