/* exit.c - the program ends and has not freed its pools: they leave behind what they were to leave. */
#include "scheduler/exit.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "scheduler/outlet.h"
#include "scheduler/pool.h"

enum { PATIENCE_MS = 1000 };

/* Pools that are to leave something; a forked child has none of its parent's. Who writes holds the
 * lock throughout, so that no pool goes meanwhile, and takes pools out of the list under it: hence
 * it is recursive. No constant, but the end of a program is one for all its pools. */
static struct {
    pthread_mutex_t lock;
    weft_pool      *first;
    bool            asked; /* to be told of the end of the program, and of forks */
} leaving = {.lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP};

static void forget_in_child(void)
{
    leaving.lock = (pthread_mutex_t)PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
    leaving.first = NULL;
}

/* No run is open: what waits for one goes on before the worker that ended it has told all. One that
 * goes on, as when a body has called exit(), is not waited for any longer than that. */
static bool is_quiet(weft_pool *pool)
{
    for (int ms = 0;; ms++) {
        bool quiet = false;

        if (wf_mutex_try_lock(&pool->lock)) { /* who calls exit() may hold it: a body of a serial pool */
            quiet = !pool->n_open;
            wf_mutex_unlock(&pool->lock);
        }
        if (quiet || ms == PATIENCE_MS)
            return quiet;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
}

static void write_all(void)
{
    weft_pool *pool;

    pthread_mutex_lock(&leaving.lock);
    while ((pool = leaving.first)) {
        wf_exit_leave(pool);
        if (is_quiet(pool)) {
            wf_outlets_close(pool->outlets);
            wf_outlets_write(pool->outlets, pool);
        } else {
            fputs("weft: the program ends while a run goes on: what its pool was to leave is not written\n", stderr);
        }
    }
    pthread_mutex_unlock(&leaving.lock);
}

void wf_exit_enter(weft_pool *pool)
{
    pthread_mutex_lock(&leaving.lock);
    if (!leaving.asked)
        leaving.asked = !pthread_atfork(NULL, NULL, forget_in_child) && !atexit(write_all);
    pool->next_leaving = leaving.first;
    leaving.first = pool;
    pthread_mutex_unlock(&leaving.lock);
}

void wf_exit_leave(weft_pool *pool)
{
    weft_pool **at = &leaving.first;

    pthread_mutex_lock(&leaving.lock);
    while (*at && *at != pool)
        at = &(*at)->next_leaving;
    if (*at)
        *at = pool->next_leaving;
    pthread_mutex_unlock(&leaving.lock);
}
