/* weft/compute.h - a collection on a pool: as values, kept for later, or part by part.
 *
 * What is said here of collections holds for arrays, frames and bags and for those of
 * your own: see weft/collection.h.
 *
 *     struct weft_collection c = weft_frame_collection(matches);
 *     weft_stream *s;
 *     size_t i;
 *
 *     st = weft_stream_new(&s, pool, c, NULL, &err);
 *     while (!st && !(st = weft_stream_next(s, &i, &part, &err)))
 *         st = write_chunk(i, weft_value_chunk(part));     // and weft_value_release(part)
 *     weft_stream_free(s);                                 // st is WEFT_EMPTY after the last
 *
 * Ownership: values are given. Threads: one thread uses a stream.
 */
#ifndef WEFT_COMPUTE_H
#define WEFT_COMPUTE_H

#include <weft/collection.h>
#include <weft/pool.h>

WEFT_BEGIN

/* Runs several together, each to one value; what they share runs once. As
 * weft_pool_run_many() of their wholes. */
WEFT_API weft_status weft_pool_compute(weft_pool *pool, const struct weft_collection *c, size_t n,
                                       struct weft_value *outs, struct weft_error *err);

/* Runs all parts now and makes an equal collection over their results, in `into`. That
 * graph holds them: to drop them free it, and so give it nothing else that must stay.
 * NULL: the graph of the collection, and they stay as long as that. */
WEFT_API weft_status weft_pool_persist(weft_pool *pool, struct weft_collection c, weft_graph *into,
                                       struct weft_collection *out, struct weft_error *err);

/* ---- Part by part ---------------------------------------------------------------
 * The parts run together, and each is handed over once it is there; a part taken is
 * held by the taker alone. So that not all lie waiting for a slow taker, workers wait,
 * in their bodies, while n_ahead parts do and there is one to take: other runs of the pool
 * have fewer workers meanwhile. */

typedef struct weft_stream weft_stream;

struct weft_stream_spec {
    bool   unordered; /* parts as they come; else in their order */
    size_t n_ahead;   /* parts that may lie waiting; 0: two a worker. In order more may be, until the
                       * one whose turn it is has come; in a serial pool all are */
    enum weft_on_error on_error;
};

/* Begins. Adds a task a part to the graph. A pool of processes cannot: WEFT_UNSUPPORTED. */
WEFT_API weft_status weft_stream_new(weft_stream **out, weft_pool *pool, struct weft_collection c,
                                     const struct weft_stream_spec *spec, struct weft_error *err);

/* The next part and its number; waits for it. A part that failed gives its reason, known
 * when all others have run, and the next call goes on behind it. WEFT_EMPTY: there are no
 * more. `i` and `err` may be NULL. */
WEFT_API weft_status weft_stream_next(weft_stream *s, size_t *i, struct weft_value *out, struct weft_error *err);

WEFT_API void weft_stream_free(weft_stream *s); /* stops what has not run; NULL is fine */

WEFT_END
#endif
