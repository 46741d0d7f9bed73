/* recall.h - what a plan need not run, because its result is in a memo.
 *
 * While order.c walks down from what is wanted it asks here about each pure task before it
 * looks at what the task reads. One that is known takes the place of a value, and the
 * walk does not go below. Of a task with several results all must be there.
 *
 * Ownership: holds one holder of each value; lay.c takes them over into the plan.
 */
#ifndef WF_RECALL_H
#define WF_RECALL_H

#include <weft/memo.h>

#include "lib/graph/graph.h"

struct wf_recall {
    weft_memo         *memo;   /* NULL: nothing is asked, all below is empty */
    const weft_graph  *g;
    uint32_t          *first;  /* by task: 1 + the place of its first result in `values`; 0: not known */
    struct weft_value *values;
    uint32_t          *tasks;  /* those known, in the order they were met */
    uint32_t           n_values, n_tasks, room_values, room_tasks;
};

weft_status wf_recall_init(struct wf_recall *r, weft_memo *memo, const weft_graph *g);
void        wf_recall_fini(struct wf_recall *r); /* a zeroed one is fine */

/* Whether task `id` is known, now or since before. */
weft_status wf_recall_find(struct wf_recall *r, uint32_t id, bool *known);

static inline bool wf_recall_is_known(const struct wf_recall *r, uint32_t id)
{
    return r && r->first[id];
}

/* How many bodies below those known have no number in node_of (WF_NONE), so would have run. */
weft_status wf_recall_count_culled(const struct wf_recall *r, const uint32_t *node_of, size_t *n);

#endif
