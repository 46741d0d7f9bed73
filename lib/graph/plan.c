/* plan.c - the ordered tasks laid out for running. */
#include "lib/graph/plan.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"

/* The body of a task that could not be built: fails with its reason. */
static weft_status fail_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct weft_error *reason = arg;

    (void)call;
    if (err)
        *err = *reason;
    return reason->status;
}

/* What is needed only while a plan is made. */
struct making {
    weft_plan       *p;
    struct wf_order  o;
    struct wf_arena  scratch;
    uint32_t        *seen;     /* per node: the node that last named it, + 1 */
};

static weft_status no_room(struct weft_error *err)
{
    return wf_error_nomem(err, "a plan");
}

static void *room_for(weft_plan *p, size_t n, size_t bytes)
{
    size_t all;

    return __builtin_mul_overflow(n ? n : 1, bytes, &all) ? NULL : wf_arena_alloc(&p->arena, all, 64);
}

/* The slot a task stands for. */
static uint32_t slot_of_task(const struct making *m, uint32_t id)
{
    const weft_task *t = wf_task_resolve(wf_graph_at(m->p->graph, id));
    uint32_t k = 0;

    /* Result k of a task, by way of aliases; result 0 of a result is itself. */
    while (t->what == WF_TASK_RESULT) {
        k = k ? k : t->k;
        t = wf_task_resolve(wf_graph_at(m->p->graph, t->deps.few[0]));
    }
    if (t->what == WF_TASK_VALUE)
        return m->p->first_const + m->o.value_of[t->id];
    return t->what == WF_TASK_FAILED ? m->o.node_of[t->id] : wf_plan_slot(m->p, m->o.node_of[t->id], k);
}

/* Which nodes have several results, and so where slots begin. */
static weft_status lay_slots(struct making *m, struct weft_error *err)
{
    weft_plan *p = m->p;
    uint32_t n_several = 0, next = p->n_nodes;

    for (uint32_t i = 0; i < p->n_nodes; i++)
        n_several += wf_graph_at(p->graph, p->task_of[i])->what == WF_TASK_BODY &&
                     wf_task_kind(wf_graph_at(p->graph, p->task_of[i]))->n_results > 1;
    p->first_extra = p->n_nodes;
    if (n_several) {
        p->results = room_for(p, n_several, sizeof *p->results);
        if (!p->results)
            return no_room(err);
        for (uint32_t i = 0; i < p->n_nodes; i++) {
            const weft_task *t = wf_graph_at(p->graph, p->task_of[i]);
            const uint32_t n = t->what == WF_TASK_BODY ? wf_task_kind(t)->n_results : 1;

            if (n < 2)
                continue;
            p->results[p->n_results++] = (struct wf_results){.node = i, .first = next, .n = n};
            next += n - 1;
        }
    }
    p->first_const = next;
    p->n_slots = next + m->o.n_values;
    p->slots = room_for(p, p->n_slots, sizeof *p->slots);
    p->readers = room_for(p, p->first_const, sizeof *p->readers);
    p->poison = room_for(p, p->n_nodes, sizeof *p->poison);
    p->asked = room_for(p, 1, wf_bits_bytes(p->first_const + 1));
    if (!p->slots || !p->readers || !p->poison || !p->asked)
        return no_room(err);
    for (uint32_t i = 0; i < m->o.n_values; i++)
        p->slots[p->first_const + i] = *(struct weft_value *)wf_graph_at(p->graph, m->o.values[i])->arg;
    return WEFT_OK;
}

/* The dependencies of a node; a failed task has none, as it only fails. */
static uint32_t n_deps_of(const weft_task *t)
{
    return t->what == WF_TASK_FAILED ? 0 : t->n_deps;
}

/* Calls for each distinct node among the inputs of node i. */
#define FOR_PREDS(m, i, pred, ...)                                                          \
    for (uint32_t e_ = (m)->p->first_input[i]; e_ < (m)->p->first_input[(i) + 1]; e_++) {    \
        const uint32_t slot_ = (m)->p->inputs[e_];                                          \
        const uint32_t pred = slot_ >= (m)->p->first_const ? WF_NONE : wf_plan_owner((m)->p, slot_); \
        if (pred != WF_NONE && (m)->seen[pred] != (i) + 1) {                                \
            (m)->seen[pred] = (i) + 1;                                                      \
            __VA_ARGS__                                                                     \
        }                                                                                   \
    }

/* Inputs, and how many predecessors and successors each node has. */
static weft_status lay_inputs(struct making *m, struct weft_error *err)
{
    weft_plan *p = m->p;
    uint64_t n_inputs = 0;

    for (uint32_t i = 0; i < p->n_nodes; i++) {
        p->first_input[i] = (uint32_t)n_inputs;
        n_inputs += n_deps_of(wf_graph_at(p->graph, p->task_of[i]));
        if (n_inputs >= UINT32_MAX)
            return weft_error_set(err, WEFT_INVALID, "a plan of %u tasks has more than 2^32 inputs", p->n_nodes);
    }
    p->first_input[p->n_nodes] = p->n_inputs = (uint32_t)n_inputs;
    p->inputs = room_for(p, n_inputs, sizeof *p->inputs);
    if (!p->inputs)
        return no_room(err);
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        const weft_task *t = wf_graph_at(p->graph, p->task_of[i]);
        struct wf_node *node = &p->nodes[i];
        uint32_t n_join = 0;

        node->body = t->what == WF_TASK_FAILED ? fail_body : wf_task_kind(t)->body;
        node->arg = t->arg;
        for (uint32_t k = 0; k < n_deps_of(t); k++)
            p->inputs[p->first_input[i] + k] = slot_of_task(m, wf_task_deps(t)[k]);
        FOR_PREDS(m, i, pred, { n_join++; p->nodes[pred].n_succ++; })
        node->n_join = n_join & INT32_MAX;
        atomic_init(&node->join, n_join);
        p->n_roots += !n_join;
    }
    return WEFT_OK;
}

/* How often each slot is read, where that is not the number of successors: a
 * node has several results, or reads one of them twice. */
static weft_status count_uses(struct making *m, struct weft_error *err)
{
    weft_plan *p = m->p;
    uint64_t n_read = 0;

    for (uint32_t e = 0; e < p->n_inputs; e++)
        n_read += p->inputs[e] < p->first_const;
    if (!p->n_results && n_read == p->n_edges)
        return WEFT_OK;
    p->uses = room_for(p, p->first_const, sizeof *p->uses);
    if (!p->uses)
        return no_room(err);
    for (uint32_t e = 0; e < p->n_inputs; e++)
        if (p->inputs[e] < p->first_const)
            p->uses[p->inputs[e]]++;
    return WEFT_OK;
}

static weft_status lay_successors(struct making *m, struct weft_error *err)
{
    weft_plan *p = m->p;
    uint64_t n_edges = 0, n_listed = 0;
    uint32_t *next;

    for (uint32_t i = 0; i < p->n_nodes; i++) {
        const uint32_t n = p->nodes[i].n_succ;

        p->nodes[i].first_succ = (uint32_t)n_listed;
        n_edges += n;
        n_listed += n > 1 ? n : 0;
        p->n_sinks += !n;
    }
    p->n_edges = (uint32_t)n_edges;
    p->succ = room_for(p, n_listed, sizeof *p->succ);
    p->roots = room_for(p, p->n_roots, sizeof *p->roots);
    next = wf_arena_alloc(&m->scratch, ((size_t)p->n_nodes + 1) * sizeof *next, 4);
    if (!p->succ || !p->roots || !next)
        return no_room(err);
    memset(m->seen, 0, (size_t)p->n_nodes * sizeof *m->seen);
    p->n_roots = 0;
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        if (!p->nodes[i].n_join)
            p->roots[p->n_roots++] = i;
        FOR_PREDS(m, i, pred, {
            if (p->nodes[pred].n_succ == 1)
                p->nodes[pred].first_succ = i;
            else
                p->succ[p->nodes[pred].first_succ + next[pred]++] = i;
        })
    }
    return WEFT_OK;
}

static weft_status lay_targets(struct making *m, weft_task *const *targets, size_t n, struct weft_error *err)
{
    weft_plan *p = m->p;

    p->targets = room_for(p, n, sizeof *p->targets);
    if (!p->targets)
        return no_room(err);
    p->n_targets = (uint32_t)n;
    /* From the last on: one that is asked for already comes again. */
    for (size_t i = n; i-- > 0;) {
        p->targets[i] = slot_of_task(m, targets[i]->id);
        if (p->targets[i] >= p->first_const)
            continue;
        if (wf_plan_is_asked(p, p->targets[i])) {
            if (!p->again && !(p->again = room_for(p, 1, wf_bits_bytes((int64_t)n))))
                return no_room(err);
            wf_bits_set(p->again, (int64_t)i);
        }
        wf_bits_set(p->asked, p->targets[i]);
    }
    return WEFT_OK;
}

/* A chain has come out side by side; here its links are found. */
static void fuse(weft_plan *p)
{
    for (uint32_t i = 1; i < p->n_nodes; i++) {
        const struct wf_node *before = &p->nodes[i - 1];

        if (p->nodes[i].n_join == 1 && before->n_succ == 1 && before->first_succ == i &&
            before->body != fail_body && !wf_plan_is_asked(p, i - 1) &&
            wf_plan_slot(p, i - 1, 1) == WF_NONE) {
            p->nodes[i].fused = 1;
            p->n_fused++;
        }
    }
}

static weft_status check_targets(weft_task *const *targets, size_t n, struct weft_error *err)
{
    if (!n)
        return weft_error_set(err, WEFT_INVALID, "a plan needs a target, and got none");
    for (size_t i = 0; i < n; i++) {
        if (!targets[i])
            return wf_error_nomem(err, "a graph");
        if (targets[i]->graph != targets[0]->graph)
            return weft_error_set(err, WEFT_INVALID, "target %zu (%s) belongs to another graph than target 0 (%s)",
                                  i, weft_task_name(targets[i]), weft_task_name(targets[0]));
        /* The failed task that is always there has no number, so it cannot be planned. */
        if (targets[i] == wf_graph_nomem(targets[i]->graph))
            return weft_task_status(targets[i], err);
    }
    return WEFT_OK;
}

weft_status weft_plan_new(weft_plan **out, weft_task *const *targets, size_t n_targets,
                          const struct weft_plan_spec *spec, struct weft_error *err)
{
    const uint32_t without = spec ? spec->without : 0;
    struct making m = {0};
    weft_plan *p;
    weft_status st = check_targets(targets, n_targets, err);

    if (st)
        return st;
    p = m.p = wf_alloc_zero(1, sizeof *p);
    if (!p)
        return no_room(err);
    p->graph = targets[0]->graph;
    atomic_flag_clear(&p->running);
    st = wf_order_make(&m.o, &m.scratch, p->graph, targets, n_targets, without, err);
    if (st)
        goto out;
    p->n_nodes = m.o.n_nodes;
    p->nodes = room_for(p, p->n_nodes, sizeof *p->nodes);
    p->task_of = room_for(p, p->n_nodes, sizeof *p->task_of);
    p->first_input = room_for(p, (size_t)p->n_nodes + 1, sizeof *p->first_input);
    m.seen = wf_arena_alloc(&m.scratch, ((size_t)p->n_nodes + 1) * sizeof *m.seen, 4);
    if (!p->nodes || !p->task_of || !p->first_input || !m.seen) {
        st = no_room(err);
        goto out;
    }
    memcpy(p->task_of, m.o.task_of, (size_t)p->n_nodes * sizeof *p->task_of);
    st = lay_slots(&m, err);
    if (!st)
        st = lay_inputs(&m, err);
    if (!st)
        st = lay_successors(&m, err);
    if (!st)
        st = lay_targets(&m, targets, n_targets, err);
    if (!st)
        st = count_uses(&m, err);
    if (!st && !(without & WEFT_PASS_FUSE))
        fuse(p);
out:
    wf_arena_fini(&m.scratch);
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
    return wf_graph_at(p->graph, p->task_of[i]);
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
