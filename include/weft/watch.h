/* weft/watch.h - functions of yours, called as runs go on.
 *
 * A watch is given to a pool, for all its runs (weft_pool_spec), or to one run
 * (weft_run_spec). Of both, the pool's is called first. Any function may be NULL. Runs that
 * nobody watches pay nothing; a watched one pays its calls.
 *
 *     submit   start            |            finish, done
 *     worker          pretask body posttask
 *
 * Threads: start is called by who submits, the others by workers: those of several tasks at
 *          the same time, of one task in order. In a pool of processes these are threads
 *          of this process. They must be short and not wait for a run.
 */
#ifndef WEFT_WATCH_H
#define WEFT_WATCH_H

#include <weft/plan.h>

WEFT_BEGIN

struct weft_watch {
    void *arg; /* given to each */

    /* The run was submitted; none of its tasks has begun. */
    void (*start)(void *arg, const weft_plan *plan);

    /* A task begins. One that may not run - what it needs has failed, or the run was
     * stopped - is not told, before or after. */
    void (*pretask)(void *arg, weft_task *task, int worker);

    /* It has finished, and so have the children it has spawned, of which nothing is told
     * (weft/spawn.h); by then another worker may tell. `result`, lent for the call, is its first one, or no value; `err`
     * says why it failed and what it was to be made from, and is NULL when it did not. */
    void (*posttask)(void *arg, weft_task *task, int worker, struct weft_value result,
                     const struct weft_error *err);

    /* The run has ended; `status` is that of the first target, in order, that failed. What
     * waits for its future waits for this, too. */
    void (*finish)(void *arg, weft_status status);
};

WEFT_END
#endif
