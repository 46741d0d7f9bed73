/* chain.h - how runs follow each other, as the tasks of one long run do.
 *
 * A run that began when another had ended waits for it. With the span of each as its
 * length, runs have earliest and latest starts, and the longest chain has the span of all.
 *
 *     A |-----|   B |--|     E |---|          A or C, then B or D, then E; C and B overlap:
 *     C   |----------------|                  whether C or A B is longer, their spans say
 *     D             |---|
 */
#ifndef WF_CHAIN_H
#define WF_CHAIN_H

#include <weft/trace.h>

/* What always holds: earliest + span <= latest + span <= `span`, of each run; equal for those
 * with is_critical. */
struct wf_chain {
    size_t    n;
    int64_t   span;      /* of the longest chain */
    int64_t  *earliest, *latest;
    int64_t  *without;   /* the longest chain without this run */
    uint32_t *critical;  /* one longest chain, in its order */
    size_t    n_critical;
};

weft_status wf_chain_init(struct wf_chain *c, const struct weft_trace_run *runs, const int64_t *spans, size_t n,
                          struct weft_error *err);
void        wf_chain_fini(struct wf_chain *c); /* a zeroed one is fine */

#endif
