/* weft/fork.h - a body that divides its work, so that others may do part of it meanwhile.
 *
 *     struct fib { int n; int64_t value; };
 *
 *     static weft_status fib(weft_call *call, void *arg, struct weft_error *err)
 *     {
 *         struct fib *f = arg, a = {f->n - 1, 0}, b = {f->n - 2, 0};
 *         struct weft_fork fork;
 *         weft_status st, other;
 *
 *         f->value = f->n;
 *         if (f->n < 2)
 *             return WEFT_OK;
 *         weft_call_fork(call, &fork, fib, &a);
 *         st = fib(call, &b, err);
 *         other = weft_call_join(call, &fork, st ? NULL : err);
 *         f->value = a.value + b.value;
 *         return st ? st : other;
 *     }
 *
 * A fork costs some nanoseconds and no memory, so a body need not be large. It runs
 * once, on the worker that joins it or on one that had nothing else to do; then the
 * joining worker helps with what that one forks in turn, and with nothing else: so a
 * body never waits for something that waits for it. (Helping by leapfrogging: Wagner
 * and Calder, 1993.)
 *
 * Ownership: `fork` and `arg` are the caller's and must stay until the join.
 * Errors:    the join returns what the forked body returned, and fills `err` as it
 *            did. A failed part fails the task only if the body says so.
 * Threads:   forked bodies run on any worker. They may read the task's inputs, fork
 *            and join themselves, use scratch until they return, and ask for
 *            cancellation; only the task's own body may take inputs and give results.
 */
#ifndef WEFT_FORK_H
#define WEFT_FORK_H

#include <weft/graph.h>

WEFT_BEGIN

/* One part in the hands of others; it lies in the frame of the body that forks. */
struct weft_fork {
    weft_body *body;
    void      *arg;
    uint64_t   inside[4];
};

/* Lets body(call, arg, err) be run by whoever comes first. */
WEFT_API void weft_call_fork(weft_call *call, struct weft_fork *fork, weft_body *body, void *arg);

/* Waits until it has run, running it here if nobody has begun. What a body forked it
 * joins before it returns, each once; in reverse order is quickest. `err` is filled on failure only, and may be NULL. */
WEFT_API weft_status weft_call_join(weft_call *call, struct weft_fork *fork, struct weft_error *err);

WEFT_END
#endif
