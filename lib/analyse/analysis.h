/* analysis.h - what an analysis holds; which file finds what.
 *
 *     analysis.c   times and costs of tasks from events, then the rest in order
 *     span.c       levels, earliest and latest starts, critical path, burdened span
 *     chain.c      how runs follow each other
 *     drag.c       how much shorter without a task
 *     width.c      the most tasks at once
 *     costs.c      what the scheduler costs
 *     path.c       the realised critical path
 *     share.c      where the time of workers went
 *     curve.c group.c greedy.c   what is found when asked for
 */
#ifndef WF_ANALYSIS_H
#define WF_ANALYSIS_H

#include <weft/analyse.h>

#include "lib/analyse/chain.h"
#include "lib/analyse/nest.h"
#include "lib/analyse/times.h"

/* What always holds:
 *   1. earliest[i] >= earliest[d] + length[d] for each dependency d of i.
 *   2. 0 <= earliest[i] <= latest[i] <= span - length[i]; 0 <= length[i] <= cost[i].
 *   3. critical[] is a path whose lengths add up to the span.
 *   4. The steps of path[] lie end to end from 0 to the makespan. */
struct weft_analysis {
    const weft_trace            *trace;
    struct weft_stats            stats;
    struct wf_nest               nest;
    const struct weft_trace_run *runs;  /* those of the trace, or `whole` */
    struct weft_trace_run        whole;
    struct wf_chain              chain; /* of them */
    struct weft_run_stats       *run_stats;

    int64_t  *cost, *length, *earliest, *latest, *drag;
    int64_t  *ready, *begin, *end, *freed; /* begin -1: not measured; end then is `ready` */
    uint32_t *level;
    int32_t  *worker, *first_worker; /* of its last event, of its first */
    uint8_t  *is_critical;
    uint32_t *critical;
    size_t    n_critical;
    int64_t   span; /* in the unit of length */

    struct weft_costs      costs;
    struct weft_path_step *path;
    size_t                 n_path;
    int64_t                path_ns[WEFT_N_PATH_KINDS];
    struct wf_times        in_flight, waiting; /* when a run went on; when a task was ready and did not run */
};

/* When tasks were ready, began and ended, what they cost, and nothing else: what curves over real
 * time need. */
weft_status wf_analyse_times(weft_analysis **out, const weft_trace *t, struct weft_error *err);

/* In which run a task is. */
size_t wf_analysis_run_of(const weft_analysis *a, size_t i);

/* Tasks of run r. */
static inline size_t wf_run_first(const weft_analysis *a, size_t r)
{
    return a->runs[r].first_task;
}

static inline size_t wf_run_end(const weft_analysis *a, size_t r)
{
    return (size_t)a->runs[r].first_task + a->runs[r].n_tasks;
}

/* Each of these fills its part, from what those before it filled. */
void        wf_span_levels(weft_analysis *a);
weft_status wf_span_find(weft_analysis *a, struct weft_error *err);
weft_status wf_span_burden(weft_analysis *a, struct weft_error *err);
weft_status wf_drag_find(weft_analysis *a, struct weft_error *err);
weft_status wf_width_find(weft_analysis *a, struct weft_error *err);
weft_status wf_costs_find(weft_analysis *a, struct weft_error *err);
weft_status wf_path_find(weft_analysis *a, struct weft_error *err);

#endif
