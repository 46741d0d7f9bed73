/* weft/async.h - one function call at a time: futures that depend on futures.
 *
 *     weft_pool_async(pool, &(struct weft_async_spec){.body = load, WEFT_ARG(name)}, &a, &err);
 *     weft_future_then(a, &(struct weft_async_spec){.body = count}, &b, &err);
 *     st = weft_future_take(b, 0, &value, &err);
 *     weft_future_free(a);
 *     weft_future_free(b);
 *
 * Each is a future of one target, made at once. It begins when those it depends on have
 * ended: no thread waits for that. Its body reads their results as a task of a graph reads
 * its inputs (weft/graph.h); runs that were submitted can be depended on, too: their first
 * target is meant.
 *
 * Ownership: a future is given. When its last holder frees it before it has ended, it is
 *            cancelled, and so is what only it depended on; weft_future_forget() lets it run.
 *            Who depends on a future holds it until it begins. A result that is depended on
 *            is shared or copied; one that can neither be goes to a dependent if nobody else
 *            holds the future any more, or else that fails (WEFT_UNSUPPORTED). What was taken
 *            is no input any more: the dependent reads no value.
 * Errors:    what depends on a failed future fails with its error, and does not run.
 * Threads:   any, bodies of the pool included. In a serial pool the call runs it, and no body
 *            may call.
 */
#ifndef WEFT_ASYNC_H
#define WEFT_ASYNC_H

#include <weft/pool.h>

WEFT_BEGIN

struct weft_async_spec {
    weft_body  *body;       /* NULL: gives the result of its one dependency */
    const char *name;       /* for messages and traces; NULL: none. Lent until it has ended */
    void       *arg;        /* given to the body */
    size_t      arg_bytes;  /* > 0: `arg` is plain bytes, copied now. 0: kept as a pointer */
    void      (*free_arg)(void *arg); /* called once it has ended and is not held, or could not be made; NULL: never */
    weft_future *const *deps; /* inputs, in order; read now */
    size_t      n_deps;
    bool        keep_failed; /* its argument and inputs are kept, for weft_future_retry() */
    uint32_t    flags;      /* WEFT_PURE, where it may be tried again */
    const struct weft_terms *terms; /* how it wants to be run. Copied, but what it points to is lent until the
                             * future has ended. NULL: as most */
};

/* `out` NULL: it runs, and nobody hears of it. */
WEFT_API weft_status weft_pool_async(weft_pool *pool, const struct weft_async_spec *spec, weft_future **out,
                                     struct weft_error *err);

/* The same, with `f` before the other inputs, on its pool. */
WEFT_API weft_status weft_future_then(weft_future *f, const struct weft_async_spec *spec, weft_future **out,
                                      struct weft_error *err);

/* n of them, each with its own `arg_bytes` of `args`, copied. All are there, or none. */
WEFT_API weft_status weft_pool_async_map(weft_pool *pool, const struct weft_async_spec *spec, const void *args,
                                         size_t arg_bytes, size_t n, weft_future **outs, struct weft_error *err);

/* A future that has ended with `value`, taken: for many to depend on. */
WEFT_API weft_status weft_pool_scatter(weft_pool *pool, struct weft_value value, weft_future **out, struct weft_error *err);

/* Waits for all and takes the first target of each. One that fails fails it: then there is no
 * value at all, and the first in order says why. `skip`: those that failed give no value. */
WEFT_API weft_status weft_future_gather(weft_future *const *fs, size_t n, struct weft_value *outs, bool skip,
                                        struct weft_error *err);

/* A future that has failed runs again, after those of its inputs that failed and can: the
 * handle is as new. Nobody may use it meanwhile. It must have been made with keep_failed. */
WEFT_API weft_status weft_future_retry(weft_future *f, struct weft_error *err);

WEFT_END
#endif
