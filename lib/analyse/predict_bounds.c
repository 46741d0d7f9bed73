/* predict_bounds.c - work and longest paths of what is replayed. */
#include "lib/analyse/predict_model.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"

/* What an edge may cost: nothing where who ends the one surely begins the other. */
static int64_t burden_of_edge(const struct wf_replay_node *from, const struct wf_replay_node *to, const struct weft_overheads *o)
{
    return from[1].first_succ - from->first_succ == 1 && to->n_join == 1 ? 0 : o->wake_ns + o->steal_ns;
}

/* Of one group. A run begins when it is submitted, and its roots then. */
static void add_group(const struct wf_model *m, const struct wf_model_group *g, const struct wf_replay_node *all,
                      const struct weft_overheads *o, int64_t *begins, int64_t *burdened, struct wf_model_bounds *out)
{
    const struct wf_replay_graph graph = wf_model_graph(m, g, all);
    int64_t span = 0, burdened_span = 0;

    for (uint32_t i = 0; i < g->n_nodes; i++)
        begins[i] = burdened[i] = 0;
    for (uint32_t r = 0; r < g->n_runs; r++)
        for (uint32_t k = 0; k < graph.runs[r].n_roots; k++) {
            const uint32_t root = graph.roots[graph.runs[r].first_root + k];

            begins[root] = graph.runs[r].at_ns;
            burdened[root] = graph.runs[r].at_ns + graph.runs[r].start_ns + o->steal_ns;
        }
    for (uint32_t i = 0; i < g->n_nodes; i++) {
        const struct wf_replay_node *node = &graph.nodes[i];
        const uint32_t n_succ = node[1].first_succ - node->first_succ;
        const int64_t end = begins[i] + node->cost_ns;
        const int64_t burdened_end = burdened[i] + o->task_ns + node->cost_ns + n_succ * o->edge_ns;

        out->work_ns += node->cost_ns;
        span = end > span ? end : span;
        burdened_span = burdened_end > burdened_span ? burdened_end : burdened_span;
        for (uint32_t s = node->first_succ; s < node[1].first_succ; s++) {
            const uint32_t to = graph.succ[s];
            const int64_t then = burdened_end + burden_of_edge(node, &graph.nodes[to], o);

            begins[to] = end > begins[to] ? end : begins[to];
            burdened[to] = then > burdened[to] ? then : burdened[to];
        }
    }
    out->span_ns += span;
    out->burdened_ns += burdened_span + g->tail_ns;
}

weft_status wf_model_bounds(const struct wf_model *m, const struct wf_replay_node *nodes, const struct weft_overheads *o,
                            struct wf_model_bounds *out, struct weft_error *err)
{
    int64_t *begins = wf_alloc_array(m->n_nodes, sizeof *begins), *burdened = wf_alloc_array(m->n_nodes, sizeof *burdened);
    const bool ok = begins && burdened;

    *out = (struct wf_model_bounds){0};
    for (uint32_t g = 0; ok && g < m->n_groups; g++)
        add_group(m, &m->groups[g], nodes, o, begins, burdened, out);
    wf_free(begins);
    wf_free(burdened);
    return ok ? WEFT_OK : wf_error_nomem(err, "a prediction");
}
