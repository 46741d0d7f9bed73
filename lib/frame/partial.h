/* partial.h - what the tasks of one aggregation share, and what each of them does.
 *
 * A partial is a chunk: the keys of its groups, then the states of the tallies
 * (kernel/tally.h), one row a group in the order of first appearance.
 */
#ifndef WF_PARTIAL_H
#define WF_PARTIAL_H

#include "lib/frame/aggregate.h"
#include "lib/kernel/group.h"

/* One tally, and where it is in flows and partials. */
struct wf_agg_tally {
    enum wf_tally_kind kind;
    weft_dtype         dtype;
    int                column;   /* of the flow; -1: none */
    int                first;    /* of its states among the columns of a partial */
    int                n_states;
};

/* One result, and the tallies it is made of. */
struct wf_agg_result {
    enum weft_agg_kind kind;
    int                tally;
    int                counts;   /* MEAN: the tally of how many */
    const char        *text;     /* lent by the flow's schema */
};

/* The argument of all tasks of one aggregation; counted. */
struct wf_aggregation {
    wf_count              holders;
    struct wf_flow       *flow;    /* keys, then the columns of the tallies */
    int                   n_keys;
    bool                  keep_nulls;
    enum wf_agg_order     order;
    int                   n_tallies;
    struct wf_agg_tally  *tallies;
    int                   n_results;
    struct wf_agg_result *results;
    struct wf_schema     *partial; /* of partials */
    struct wf_schema     *schema;  /* of the result */
    struct wf_token       token;   /* equal ones compute the same */
};

void wf_aggregation_release(struct wf_aggregation *a); /* NULL is fine */

/* Holds an aggregation as the argument of a task. */
extern const struct weft_type wf_aggregation_type;

/* Input: a partition of the source. Gives a partial. */
weft_body wf_agg_partial_body;
/* Inputs: partials, in the order of their partitions. Gives a partial. */
weft_body wf_agg_combine_body;
/* The same inputs. Give the result: a chunk, or its one element (a null is no value). */
weft_body wf_agg_chunk_body, wf_agg_value_body;

/* ---- Between partial.c and result.c ------------------------------------------------- */

/* Groups and tallies, while a task runs. */
struct wf_agg_groups {
    const struct wf_aggregation *a;
    struct wf_groups             keys;
    struct wf_tally             *tallies;
    uint32_t                    *number;  /* of the rows of a batch */
};

/* Groups of all inputs, which are partials. Fini is due in either case. */
weft_status wf_agg_groups_of(struct wf_agg_groups *g, const struct wf_aggregation *a, weft_call *call,
                             struct weft_error *err);
void        wf_agg_groups_fini(struct wf_agg_groups *g);

#endif
