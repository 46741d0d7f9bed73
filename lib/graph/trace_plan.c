/* trace_plan.c - a plan, or the graph behind tasks, as data. */
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"
#include "lib/graph/plan.h"
#include "lib/graph/trace.h"

/* The record of node i; texts that many tasks share are stored once, by `kinds`. */
static bool record_of(weft_trace *t, const weft_plan *p, uint32_t i, const int64_t *bytes,
                      struct wf_trace_record *kinds, struct wf_trace_record *out)
{
    const weft_task *task = weft_plan_task(p, i);
    const struct wf_kind *kind = wf_task_kind(task);
    struct wf_trace_record *shared = &kinds[task->kind];
    char key[256];

    if (!shared->n_deps) {
        if (!wf_trace_text(t, kind->name, &shared->name) ||
            !wf_trace_text(t, weft_graph_layer_name(p->graph, kind->layer), &shared->layer) ||
            !wf_trace_text(t, kind->file, &shared->file))
            return false;
        shared->n_deps = 1;
    }
    *out = *shared;
    out->layer_id = kind->layer;
    out->line = kind->line;
    out->fused = wf_plan_is_fused(p, i);
    out->is_target = wf_plan_is_target(p, i);
    out->result_bytes = bytes && bytes[i] ? bytes[i] : (int64_t)wf_task_bytes(task);
    weft_task_key(task, key, sizeof key);
    return wf_trace_text(t, key, &out->key);
}

weft_status wf_trace_of_plan(weft_trace **out, const weft_plan *plan, const int64_t *result_bytes,
                             struct weft_error *err)
{
    const size_t n = weft_plan_n_tasks(plan), n_edges = weft_plan_n_edges(plan);
    uint32_t *first = wf_alloc_array(n + 1, sizeof *first);
    uint32_t *preds = wf_alloc_array(n_edges, sizeof *preds);
    struct wf_trace_record *kinds = wf_alloc_zero(plan->graph->n_kinds, sizeof *kinds);
    weft_trace *t = wf_trace_begin(n, n_edges, NULL);
    bool ok = first && preds && kinds && t;

    if (ok)
        wf_plan_preds(plan, first, preds);
    for (uint32_t i = 0; ok && i < n; i++) {
        struct wf_trace_record record;

        ok = record_of(t, plan, i, result_bytes, kinds, &record);
        record.n_deps = first[i + 1] - first[i];
        if (ok)
            wf_trace_add(t, &record, preds + first[i]);
    }
    wf_free(first);
    wf_free(preds);
    wf_free(kinds);
    if (!ok) {
        weft_trace_free(t);
        return wf_error_nomem(err, "a trace");
    }
    return wf_trace_end(out, t, err);
}

weft_status weft_trace_of_plan(weft_trace **out, const weft_plan *plan, struct weft_error *err)
{
    return wf_trace_of_plan(out, plan, NULL, err);
}

/* Every task that is needed, none joined, shared or moved: the plan that only culls. */
weft_status weft_trace_of_tasks(weft_trace **out, weft_task *const *targets, size_t n,
                                struct weft_error *err)
{
    const struct weft_plan_spec as_built = {.without = WEFT_PASS_SHARE | WEFT_PASS_FUSE | WEFT_PASS_ORDER};
    weft_plan *plan = NULL;
    weft_status st = weft_plan_new(&plan, targets, n, &as_built, err);

    if (!st)
        st = weft_trace_of_plan(out, plan, err);
    weft_plan_free(plan);
    return st;
}
