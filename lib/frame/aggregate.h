/* aggregate.h - rows of equal keys become one row, whatever partition they lie in.
 *
 *     partition 0    partition 1   ...          narrow operations, then groups and tallies
 *         |              |
 *      partial        partial      ...          a chunk: keys, states of tallies
 *           \        /     (at most WF_FAN_IN at a time, in the order of partitions)
 *            combine       ...
 *               |
 *             final                             keys and results, sorted; or one number
 *
 * The tree depends on the number of partitions alone, and each task goes through its
 * inputs in order: so the digits of a result and the order in which groups first
 * appear are the same for any number of workers. With no keys all rows are one group.
 *
 * Aggregates share what they can: mean and sum of a column need its sum once.
 */
#ifndef WF_AGGREGATE_H
#define WF_AGGREGATE_H

#include "lib/frame/flow.h"
#include "lib/kernel/tally.h"

enum { WF_FAN_IN = 8 };

enum wf_agg_order {
    WF_AGG_BY_KEY,
    WF_AGG_BY_APPEARANCE,
    WF_AGG_BY_SIZE, /* of the first result, largest first; ties by appearance */
};

/* What is asked for; all is copied. Expressions are over the numbers of the frame. */
struct wf_agg_spec {
    int                          n_keys;
    const struct wf_expr *const *keys;
    const char *const           *key_names;
    int                          n_aggs;
    const enum weft_agg_kind    *kinds;
    const struct wf_expr *const *whats;      /* NULL for WEFT_AGG_SIZE */
    const char *const           *whats_text; /* for messages */
    const char *const           *names;      /* of the results */
    bool                         keep_nulls;
    enum wf_agg_order            order;
};

/* "sum", "mean", ... */
const char *wf_agg_name(enum weft_agg_kind kind);

/* The type of an aggregate; WEFT_TYPE when it has none. `text` is for the message. */
weft_status wf_agg_type(weft_dtype *out, enum weft_agg_kind kind, weft_dtype of, const char *text,
                        struct weft_error *err);

/* The task that gives the result: a chunk, or when `as_value` its one element. `op`
 * names the layers. *schema (may be NULL) is that of the chunk, lent by the graph. */
weft_task *wf_aggregate(const weft_frame *f, const char *op, const struct wf_agg_spec *spec, bool as_value,
                        const struct wf_schema **schema);

#endif
