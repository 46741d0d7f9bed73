/* bag.h - a bag from inside: a source, and the steps since.
 *
 *     base: tasks or pieces of files  ->  step  ->  step  ->  this bag
 *
 * Building a bag adds no tasks (but literals). An action, a shuffle or keep() walks
 * back to the base, and adds one task per partition that runs the whole chain into
 * a sink (lib/bag/pipe.h).
 *
 * What always holds:
 *   1. failed is NULL, or the failed task that tells why; then nothing else counts.
 *   2. base is set exactly in the first bag of a chain, where `before` is NULL; a bag
 *      that is kept becomes the first of the chains that go on from it.
 *   3. Everything lives in the graph's arena; what must be freed is an argument
 *      that the graph frees.
 */
#ifndef WF_BAG_H
#define WF_BAG_H

#include "lib/bag/records.h"
#include "lib/graph/graph.h"

struct wf_text_source; /* lib/bag/text.c */

/* Where records come from: one task per partition, or files. */
struct wf_base {
    struct wf_shape              shape;
    int                          n_partitions;
    weft_task                  **tasks; /* NULL: text */
    struct wf_text_source       *text;
};

enum wf_step_op {
    WF_STEP_MAP,
    WF_STEP_FLAT_MAP,
    WF_STEP_FILTER,
    WF_STEP_PARTITIONS,
    WF_STEP_KEYS,
    WF_STEP_VALUES,
};

/* What a weft_step became. */
struct wf_step {
    enum wf_step_op op;
    const char     *name;
    const char     *file;
    int             line;
    void           *arg;
    size_t          arg_bytes;
    const struct weft_type *arg_type;
    bool            is_pure;
    struct wf_shape in, to;
    union {
        weft_record_fn    *record;
        weft_keep_fn      *keep;
        weft_partition_fn *partition;
        weft_combine_fn   *combine; /* of by-key steps and reduce, which are no wf_step_op */
    } fn;
};

struct weft_bag {
    weft_graph           *graph;
    weft_task            *failed;
    struct wf_shape       shape;
    const struct wf_base *base;
    weft_bag             *before; /* NULL: the records of the base as they are */
    const struct wf_step *step;   /* from `before` to this bag */
    struct wf_origin      from;   /* where it was said, and how its tasks want to be run */
};

/* The first bag of the chain; the number of steps from there, when wanted. */
const weft_bag *wf_bag_first(const weft_bag *b, int *n_steps);

static inline int wf_bag_n(const weft_bag *b)
{
    return wf_bag_first(b, NULL)->base->n_partitions;
}

/* False: no memory. Else what is said now may go on from `b` in the same pass: where that
 * cannot be, its records are kept first. */
bool wf_bag_to_join(weft_bag *b);

/* A bag over a base; NULL base: no memory. */
weft_bag *wf_bag_over(weft_graph *g, const struct wf_base *base);
/* A base of n tasks, which are for the caller to fill in. NULL: no memory. */
struct wf_base *wf_base_new(weft_graph *g, struct wf_shape shape, int n);

/* A bag that has failed, or NULL when there is no memory for one. */
weft_bag *wf_bag_failed(weft_graph *g, weft_task *failed);
weft_bag *wf_bag_fail(weft_graph *g, const struct weft_step *step, weft_status status, const char *fmt, ...)
    WEFT_FORMAT(4, 5);
/* The failed task for an action. */
weft_task *wf_bag_fail_task(weft_graph *g, const struct weft_step *step, weft_status status,
                            const char *fmt, ...)
    WEFT_FORMAT(4, 5);
/* Whether nothing can be built on `b`: then *failed says why (NULL: no memory). */
bool wf_bag_is_failed(const weft_bag *b, weft_task **failed);

/* `step` with its argument taken and its name settled. NULL: no memory. What was
 * taken is freed with the graph, or now. */
struct wf_step *wf_step_new(weft_graph *g, enum wf_step_op op, const struct weft_step *step,
                            const char *name);
/* Frees what `step` hands over; for builders that fail before wf_step_new(). */
void wf_step_drop(const struct weft_step *step);

/* The partitions of the bag as tasks: its base when no step lies between, else one
 * new task per partition that keeps what the chain makes. NULL: no memory. */
const struct wf_base *wf_bag_parts(weft_bag *b);

#endif
