/* predict_model.h - a trace as what can be replayed: pieces with costs, runs one after the other.
 *
 * A task is one piece, unless parts of its body ran elsewhere or were spawned: then
 *
 *                 +-> part --+          head, tail   what it did before the first part
 *     -> head ----+-> part --+-> tail ->             began and after the last had ended
 *                 +-> rest --+          rest         what it did in between; where it forked,
 *                                                    cut into pieces as long as its longest part
 *
 * Who spawned whom is not in a trace: all parts may begin when the head has ended.
 *
 * Runs that overlap in time are one group, replayed together, each submitted as long after
 * the first as it was. Groups follow one another.
 *
 * What always holds:
 *   1. A group's nodes, successors, roots and runs lie side by side; numbers in them count
 *      from its own first one. Behind its nodes lies one more, with the end of succ.
 *   2. Nodes are in topological order, successors ascend.
 */
#ifndef WF_PREDICT_MODEL_H
#define WF_PREDICT_MODEL_H

#include <weft/predict.h>

#include "lib/analyse/predict_replay.h"

struct wf_model_group {
    uint32_t first_node, n_nodes, first_succ, first_root, first_run, n_runs;
    int64_t  tail_ns;  /* from the end of the last task to that of the last run */
    int64_t  idle_ns;  /* from the end of the group before to this one; -1: there is none */
};

/* What each event of a trace took, and which are parts of which task. */
struct wf_model_events {
    int64_t  *own_ns;     /* of each event: exclusive, less the tracer's own */
    size_t   *first_part; /* n_tasks + 1; of part[] */
    uint32_t *part;       /* FORK and CHILD events, by task, then as in the trace */
};

/* A task while the model is made. */
struct wf_model_task {
    int64_t  cost_ns;            /* of its body; of moving its data */
    int64_t  begin_ns, end_ns;   /* of its body; begin < 0: none was seen */
    int64_t  head_ns, tail_ns, rest_ns;
    uint32_t n_rests;            /* 0 and no parts: one piece */
    uint32_t first, last;        /* its pieces, in the group */
    uint32_t run, group;         /* run: which, by their begins */
};

struct wf_model {
    const weft_trace       *trace;
    struct wf_replay_node  *nodes;
    uint32_t               *succ, *roots;
    uint32_t               *task_of; /* of a node; UINT32_MAX of the one behind a group */
    struct wf_replay_run   *runs;
    struct wf_model_group  *groups;
    uint32_t                n_groups, n_nodes, n_pieces; /* nodes, and those that are pieces */
    size_t                  n_unknown;  /* tasks whose events were overwritten: as long as their like */
    bool                    is_measured;
    int64_t                 outside_ns; /* of the wall time, no run was going on */
};

weft_status wf_model_init(struct wf_model *m, const weft_trace *t, const struct weft_predict_spec *spec,
                          struct weft_error *err);
void        wf_model_fini(struct wf_model *m); /* a zeroed one is fine */

/* Its nodes, with `nodes` for those of the whole model. */
static inline struct wf_replay_graph wf_model_graph(const struct wf_model *m, const struct wf_model_group *g,
                                                    const struct wf_replay_node *nodes)
{
    return (struct wf_replay_graph){.n_nodes = g->n_nodes, .nodes = nodes + g->first_node, .succ = m->succ + g->first_succ,
                                    .roots = m->roots + g->first_root, .runs = m->runs + g->first_run, .n_runs = g->n_runs, .idle_ns = g->idle_ns};
}

/* predict_events.c: reads the events. */
weft_status wf_model_events_init(struct wf_model_events *e, const weft_trace *t, struct weft_error *err);
void        wf_model_events_fini(struct wf_model_events *e);

/* predict_tasks.c: costs, moments and parts of zeroed tasks; sets what is measured and unknown. */
weft_status wf_model_tasks(struct wf_model_task *tasks, struct wf_model *m, const struct wf_model_events *e,
                           const struct weft_predict_spec *spec, struct weft_error *err);

/* predict_costs.c: what handing out work took in this trace; where it does not tell, what it takes elsewhere. */
weft_status wf_model_costs(const weft_trace *t, struct weft_overheads *out, struct weft_error *err);

/* predict_bounds.c: all groups added, without the time outside of them. */
struct wf_model_bounds {
    int64_t work_ns, span_ns;
    int64_t burdened_ns; /* the span with what handing out work may cost on its way, from submit to end */
};
weft_status wf_model_bounds(const struct wf_model *m, const struct wf_replay_node *nodes, const struct weft_overheads *o,
                            struct wf_model_bounds *out, struct weft_error *err);

#endif
