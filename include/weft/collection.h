/* weft/collection.h - anything made of tasks, one a part, that can be used like an array, a frame or a bag.
 *
 * A collection is a pointer of yours and a table of what can be done with it. Arrays,
 * frames and bags fill one (weft_array_collection() and so on); a program with a
 * collection of its own fills another, once, as a constant. All that takes a
 * struct weft_collection then works on it: here, and in weft/compute.h computing,
 * keeping and streaming.
 *
 *     static const struct weft_collection_type tiles = {.name = "tiles", .graph = ..., .part = ...};
 *
 *     struct weft_collection c = {&tiles, mine};
 *     weft_pool_persist(pool, c, NULL, &kept, &err);
 *
 * Ownership: `self` is lent, and lives as long as its graph.
 * Errors:    as in weft/graph.h: a part that cannot be is a task that has failed.
 * Threads:   as in weft/graph.h: one thread builds at a time.
 */
#ifndef WEFT_COLLECTION_H
#define WEFT_COLLECTION_H

#include <stdio.h>
#include <weft/graph.h>

WEFT_BEGIN

/* Those that may be NULL say what that means. */
struct weft_collection_type {
    const char *name;
    weft_graph *(*graph)(const void *self);
    size_t      (*n_parts)(const void *self); /* 0 for one that has failed */
    /* The task that gives part i; the same one each time. */
    weft_task  *(*part)(void *self, size_t i);
    /* The task that gives all as one value. NULL: there is no such thing. */
    weft_task  *(*whole)(void *self);
    /* A collection like this one whose parts are given by other tasks, of any graph, in
     * the same order. NULL: it cannot be rebuilt, so not kept, cloned or bound. Answers
     * NULL when there is no memory. */
    void       *(*rebuild)(const void *self, weft_graph *g, weft_task *const *parts, size_t n);
    /* An equal one of as many parts that costs less. NULL: it is as good as it gets. */
    void       *(*optimize)(void *self);
    /* Why it could not be built, or WEFT_OK. NULL: its parts say it. */
    weft_status (*status)(const void *self, struct weft_error *err);
    void        (*explain)(const void *self, FILE *to); /* in words; NULL: the plan of its parts */
};

struct weft_collection {
    const struct weft_collection_type *type; /* NULL: no collection */
    void                              *self;
};

/* The same for every collection: 0, NULL and WEFT_INVALID for no collection. */
WEFT_API size_t     weft_collection_n_parts(struct weft_collection c);
WEFT_API weft_task *weft_collection_part(struct weft_collection c, size_t i); /* 0 <= i < n_parts */
WEFT_API weft_task *weft_collection_whole(struct weft_collection c);          /* WEFT_UNSUPPORTED: it has none */

/* The tasks of all parts, of what optimize makes of it; `out` has room for n_parts. The
 * status is that of the collection. To draw one: weft_draw_tasks() of these. */
WEFT_API weft_status weft_collection_parts(struct weft_collection c, weft_task **out, struct weft_error *err);

/* The same collection over other tasks; n must be n_parts. */
WEFT_API weft_status weft_collection_rebuild(struct weft_collection c, weft_graph *g, weft_task *const *parts,
                                             size_t n, struct weft_collection *out, struct weft_error *err);

/* 128 bits that are the same for collections whose parts have the same keys: in every
 * process, when all tasks behind them are pure. */
WEFT_API weft_status weft_collection_token(struct weft_collection c, uint64_t token[2], struct weft_error *err);

/* What it is and how it will run, in words. */
WEFT_API weft_status weft_collection_explain(struct weft_collection c, FILE *to, struct weft_error *err);

WEFT_END
#endif
