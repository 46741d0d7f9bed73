/* partial.h - what the tasks of a reduction do: a chunk to a state, states to one, a state to numbers.
 *
 *     chunk   chunk   ...  chunk       partial: a pass whose values go into a fold
 *        \      |           |
 *         \     |     ...   |          combine: up to eight states, in order
 *          state ... state
 *               |                      the last task also makes numbers of its state
 *             result
 *
 * The tree follows from the number of chunks, so the order of all additions does.
 */
#ifndef WF_PARTIAL_H
#define WF_PARTIAL_H

#include "lib/array/fold.h"
#include "lib/array/pass.h"

enum { WF_COMBINE_ARITY = 8 };

/* Rows of up to this many elements are reduced many at a time: each alone costs as
 * much as some sixty elements. Their values are converted as for columns. */
enum { WF_SHORT_ROW = 32 };

/* Plain bytes, no padding: they are part of the keys of tasks. */
struct wf_reduction {
    int32_t what;      /* of enum weft_reduce */
    int32_t fold;      /* of enum wf_fold */
    int32_t dtype;     /* of the result */
    int32_t axis;      /* -1: all */
    int32_t ddof;
    int32_t keep_dims;
    int32_t finish;    /* the partial is the only one: it makes numbers too */
    int32_t unused;
    int64_t count;     /* elements behind each result, all chunks together */
};

/* States of n results from several inputs to one, or to numbers. */
struct wf_combine {
    struct wf_reduction reduction;
    int64_t             n;
    int64_t             n_dims;
    int64_t             shape[WEFT_MAX_DIMS]; /* of the block of results */
};

/* "sum", ... of an enum weft_reduce. */
const char *wf_reduce_name(int what);

/* The shape of the results of a chunk of this shape; its number of axes. */
int wf_reduced_shape(const struct wf_reduction *r, int n_dims, const int64_t *shape, int64_t *out);

/* Bodies; the argument is a struct wf_part whose job is a struct wf_reduction, and a
 * struct wf_combine. */
weft_status wf_partial_body(weft_call *call, void *arg, struct weft_error *err);
weft_status wf_combine_body(weft_call *call, void *arg, struct weft_error *err);

#endif
