/* plan.c - a graph frozen: made of its passes, and asked. */
#include "lib/graph/plan.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

static weft_status check_targets(weft_task *const *targets, size_t n, struct weft_error *err)
{
    if (!n)
        return weft_error_set(err, WEFT_INVALID, "a plan needs a target, and got none");
    for (size_t i = 0; i < n; i++) {
        if (!targets[i])
            return wf_error_nomem(err, "a graph");
        if (wf_task_graph(targets[i]) != wf_task_graph(targets[0]))
            return weft_error_set(err, WEFT_INVALID, "target %zu (%s) belongs to another graph than target 0 (%s)",
                                  i, weft_task_name(targets[i]), weft_task_name(targets[0]));
        /* The failed task that is always there has no number, so it cannot be planned. */
        if (targets[i] == wf_graph_nomem(wf_task_graph(targets[i])))
            return weft_task_status(targets[i], err);
    }
    return WEFT_OK;
}

/* Needed tasks in the order of order.c. */
static weft_status plan_in_order(weft_plan *p, weft_task *const *targets, size_t n,
                                 const struct weft_plan_spec *spec, struct weft_error *err)
{
    const uint32_t without = spec ? spec->without : 0;
    struct wf_arena scratch = {0};
    struct wf_recall recall;
    struct wf_order o = {.recall = p->memo ? &recall : NULL};
    bool whole;
    weft_status st = wf_recall_init(&recall, p->memo, p->graph);

    if (st)
        st = wf_error_nomem(err, "what is known already");
    if (!st)
        st = wf_order_make(&o, &scratch, p->graph, targets, n, without, err);
    if (!st && spec && spec->rank)
        st = wf_order_by_user(&o, p->graph, spec, err);
    if (!st && wf_recall_count_culled(&recall, o.node_of, &p->reuse.n_culled))
        st = wf_error_nomem(err, "a plan");
    if (st)
        goto out;
    p->n_nodes = o.n_nodes;
    p->task_of = wf_arena_alloc(&p->arena, ((size_t)o.n_nodes + 1) * sizeof *p->task_of, 64);
    p->slot_of = wf_arena_alloc(&p->arena, (size_t)p->graph->n_tasks * sizeof *p->slot_of, 64);
    if (!p->task_of || !p->slot_of) {
        st = wf_error_nomem(err, "a plan");
        goto out;
    }
    memcpy(p->task_of, o.task_of, (size_t)o.n_nodes * sizeof *p->task_of);
    st = wf_lay_make(p, &o, targets, n, without, &whole, err);
out:
    wf_recall_fini(&recall);
    wf_arena_fini(&scratch);
    return st;
}

/* An empty plan. */
static void clear(weft_plan *p, weft_graph *g)
{
    wf_arena_fini(&p->arena);
    memset(p, 0, sizeof *p);
    p->graph = g;
    atomic_init(&p->running, false);
}

weft_status weft_plan_new(weft_plan **out, weft_task *const *targets, size_t n_targets,
                          const struct weft_plan_spec *spec, struct weft_error *err)
{
    const uint32_t without = spec ? spec->without : 0;
    weft_status st = check_targets(targets, n_targets, err);
    bool whole = false;
    weft_graph *g;
    weft_plan *p;

    if (st)
        return st;
    g = wf_task_graph(targets[0]);
    p = wf_alloc_zero(1, sizeof *p);
    if (!p)
        return wf_error_nomem(err, "a plan");
    clear(p, g);
    if (wf_order_is_as_built(g, without) && !(spec && spec->rank)) {
        p->n_nodes = g->n_tasks;
        st = wf_lay_make(p, NULL, targets, n_targets, without, &whole, err);
    }
    if (!st && !whole) {
        clear(p, g);
        p->memo = spec ? spec->memo : NULL;
        st = plan_in_order(p, targets, n_targets, spec, err);
    }
    if (!st)
        st = wf_rank_by_priority(p, err);
    if (!st && spec && spec->times)
        st = wf_rank_by_time(p, spec->times, err);
    if (st)
        weft_plan_free(p);
    else
        *out = p;
    return st;
}

void weft_plan_free(weft_plan *p)
{
    if (!p)
        return;
    for (uint32_t i = p->n_slots - p->n_recalled; i < p->n_slots; i++)
        weft_value_release(p->slots[i]);
    if (p->shape)
        p->release_shape(p->shape);
    wf_arena_fini(&p->arena);
    wf_free(p);
}

/* ---- Asking ---------------------------------------------------------------- */

static const struct wf_results *results_of(const weft_plan *p, uint32_t node)
{
    uint32_t low = 0, high = p->n_results;

    while (low < high) {
        const uint32_t mid = (low + high) / 2;

        if (p->results[mid].node < node)
            low = mid + 1;
        else
            high = mid;
    }
    return low < p->n_results && p->results[low].node == node ? &p->results[low] : NULL;
}

uint32_t wf_plan_slot(const weft_plan *p, uint32_t node, uint32_t k)
{
    const struct wf_results *r = k ? results_of(p, node) : NULL;

    if (!k)
        return node;
    return r && k < r->n ? r->first + k - 1 : WF_NONE;
}

bool wf_plan_is_target(const weft_plan *p, uint32_t node)
{
    bool asked = wf_plan_is_asked(p, node);

    for (uint32_t k = 1; !asked && wf_plan_slot(p, node, k) != WF_NONE; k++)
        asked = wf_plan_is_asked(p, wf_plan_slot(p, node, k));
    return asked;
}

uint32_t wf_plan_owner(const weft_plan *p, uint32_t slot)
{
    uint32_t low = 0, high = p->n_results;

    if (slot < p->first_extra)
        return slot;
    while (low + 1 < high) {
        const uint32_t mid = (low + high) / 2;

        if (p->results[mid].first <= slot)
            low = mid;
        else
            high = mid;
    }
    return p->results[low].node;
}

size_t weft_plan_n_targets(const weft_plan *p)
{
    return p->n_targets;
}

size_t weft_plan_n_tasks(const weft_plan *p)
{
    return p->n_nodes;
}

size_t weft_plan_n_fused(const weft_plan *p)
{
    return p->n_fused;
}

size_t weft_plan_n_edges(const weft_plan *p)
{
    return p->n_edges;
}

weft_task *weft_plan_task(const weft_plan *p, size_t i)
{
    WF_ASSERT(i < p->n_nodes);
    return wf_graph_at(p->graph, p->task_of ? p->task_of[i] : (uint32_t)i);
}

void weft_plan_reuse(const weft_plan *p, struct weft_reuse *out)
{
    *out = p->reuse;
    out->n_needed = p->n_nodes + p->reuse.n_reused + p->reuse.n_culled;
}

weft_task *weft_plan_reused(const weft_plan *p, size_t i)
{
    WF_ASSERT(i < p->reuse.n_reused);
    return wf_graph_at(p->graph, p->reused[i]);
}

void weft_reuse_print(const struct weft_reuse *r, FILE *to)
{
    fprintf(to, "%zu tasks needed, %zu reused, %zu culled because of it, %zu run\n", r->n_needed, r->n_reused, r->n_culled,
            r->n_needed - r->n_reused - r->n_culled);
}

void wf_plan_preds(const weft_plan *p, uint32_t *first, uint32_t *preds)
{
    first[0] = 0;
    for (uint32_t i = 0; i < p->n_nodes; i++)
        first[i + 1] = first[i] + p->nodes[i].n_join;
    /* first[i + 1] serves as the place of the next one, counted down, and ends as first[i]. */
    for (uint32_t i = p->n_nodes; i-- > 0;)
        for (uint32_t k = 0; k < p->nodes[i].n_succ; k++) {
            const uint32_t succ = wf_plan_succ(p, i)[k];

            preds[--first[succ + 1]] = i;
        }
    for (uint32_t i = 0; i < p->n_nodes; i++)
        first[i] = first[i + 1];
    first[p->n_nodes] = p->n_edges;
}
