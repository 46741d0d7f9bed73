/* feed.h - the elements of one leaf, in the order of a chunk of the result.
 *
 * A feed reads a leaf as if it had the shape of that chunk: axes that repeat have
 * stride 0. Axes that follow each other without a gap are made one, so most feeds
 * have one axis, and then reading is no work: wf_feed_get() answers a place in the
 * leaf's own memory. Else it gathers, into a register of WF_BATCH elements.
 *
 * What a rule makes (ranges, random numbers) is read the same way, as memory whose
 * element at place v is the rule's value for v.
 */
#ifndef WF_FEED_H
#define WF_FEED_H

#include "lib/array/array.h"

struct wf_feed {
    const weft_array *leaf;
    bool              is_rule;
    const char       *data;   /* of memory: element 0 of the chunk */
    int64_t           first;  /* of a rule: its number */
    int64_t           unit;   /* stride of neighbours: the element's size, or 1 for a rule */
    int               n_dims; /* after joining; 0: one element stands for all */
    int64_t           shape[WEFT_MAX_DIMS];
    int64_t           stride[WEFT_MAX_DIMS];
    void             *room;   /* WF_BATCH elements; NULL: never needed */
};

/* The leaf over the part of `shape` from `from` of an array of n_dims axes. For
 * CHUNKS `block` is the chunk that holds the part and `at` where in the leaf it
 * begins. `room` is left NULL: see wf_feed_gathers(). */
void wf_feed_init(struct wf_feed *f, const weft_array *leaf, int n_dims, const int64_t *from,
                  const int64_t *shape, const weft_block *block, const int64_t *at);

/* Whether reading may need room. */
bool wf_feed_gathers(const struct wf_feed *f);

/* Elements p .. p+n-1 of the part, row-major; 0 < n, for room at most WF_BATCH.
 * Stands until the next call. With n_dims 0 it is one element. */
const void *wf_feed_get(struct wf_feed *f, int64_t p, int64_t n);

/* The same, to a place. */
void wf_feed_copy(struct wf_feed *f, int64_t p, int64_t n, void *to);

#endif
