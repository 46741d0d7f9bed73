/* user_order.c - an order of the user's own, in place of that of order.c. */
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/plan.h"

/* A node whose inputs are there. */
struct ready {
    int64_t  rank;
    uint32_t node;
};

struct ranking {
    const struct wf_order *o;
    const weft_graph      *g;
    uint32_t              *waits;  /* by node: inputs not there yet */
    uint32_t              *first;  /* by node, n + 1: its readers begin here */
    uint32_t              *readers;
    struct ready          *heap;   /* the smallest rank first, of equal ones the earlier node */
    uint32_t               n_heap;
};

/* The node that gives what task `id` stands for; WF_NONE: a value. */
static uint32_t node_behind(const struct ranking *r, uint32_t id)
{
    const weft_task *t = wf_graph_at(r->g, id);

    do
        t = wf_task_resolve(t->what == WF_TASK_RESULT ? wf_graph_at(r->g, t->deps.few[0]) : t);
    while (t->what == WF_TASK_RESULT);
    id = wf_task_id(t);
    return t->what == WF_TASK_VALUE || wf_recall_is_known(r->o->recall, id) ? WF_NONE : r->o->node_of[id];
}

/* The inputs of a node that are nodes, each time they are named: how many; NULL: only that. */
static uint32_t inputs_of(const struct ranking *r, uint32_t node, uint32_t *first)
{
    const weft_task *t = wf_graph_at(r->g, r->o->task_of[node]);
    const uint32_t *deps = wf_task_deps(t);
    uint32_t n = 0;

    for (uint32_t k = 0; t->what == WF_TASK_BODY && k < t->n_deps; k++) {
        const uint32_t from = node_behind(r, deps[k]);

        if (from == WF_NONE)
            continue;
        n++;
        if (first)
            r->readers[--first[from]] = node;
        else
            r->first[from]++;
    }
    return n;
}

/* first[i]: where the readers of node i will end. */
static void count_readers(struct ranking *r)
{
    for (uint32_t i = 0; i < r->o->n_nodes; i++)
        r->waits[i] = inputs_of(r, i, NULL);
    for (uint32_t i = 0; i < r->o->n_nodes; i++)
        r->first[i + 1] += r->first[i];
}

/* Counts that down to where they begin, which is where those of the node before end. */
static void fill_readers(struct ranking *r)
{
    for (uint32_t i = 0; i < r->o->n_nodes; i++)
        inputs_of(r, i, r->first);
}

static bool is_before(const struct ready *a, const struct ready *b)
{
    return a->rank != b->rank ? a->rank < b->rank : a->node < b->node;
}

static void push(struct ranking *r, struct ready new)
{
    uint32_t at = r->n_heap++;

    for (; at && is_before(&new, &r->heap[(at - 1) / 2]); at = (at - 1) / 2)
        r->heap[at] = r->heap[(at - 1) / 2];
    r->heap[at] = new;
}

static struct ready pop(struct ranking *r)
{
    const struct ready top = r->heap[0], last = r->heap[--r->n_heap];
    uint32_t at = 0;

    for (uint32_t below; (below = 2 * at + 1) < r->n_heap; at = below) {
        below += below + 1 < r->n_heap && is_before(&r->heap[below + 1], &r->heap[below]);
        if (is_before(&last, &r->heap[below]))
            break;
        r->heap[at] = r->heap[below];
    }
    r->heap[at] = last;
    return top;
}

/* Nodes by rank, as their inputs come: place[i] is the node that is i-th. */
static void order_nodes(struct ranking *r, const struct weft_plan_spec *spec, uint32_t *place)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < r->o->n_nodes; i++)
        if (!r->waits[i])
            push(r, (struct ready){spec->rank(wf_graph_at(r->g, r->o->task_of[i]), spec->rank_arg), i});
    while (r->n_heap) {
        const uint32_t node = pop(r).node;

        place[n++] = node;
        for (uint32_t k = r->first[node]; k < r->first[node + 1]; k++)
            if (!--r->waits[r->readers[k]])
                push(r, (struct ready){spec->rank(wf_graph_at(r->g, r->o->task_of[r->readers[k]]), spec->rank_arg),
                                       r->readers[k]});
    }
}

/* Writes the new numbers; `place` becomes scratch. */
static void renumber(struct wf_order *o, const weft_graph *g, uint32_t *place, uint32_t *scratch)
{
    for (uint32_t i = 0; i < o->n_nodes; i++)
        scratch[i] = o->task_of[place[i]];
    memcpy(o->task_of, scratch, (size_t)o->n_nodes * sizeof *scratch);
    for (uint32_t i = 0; i < o->n_nodes; i++)
        scratch[place[i]] = i;
    for (uint32_t i = 0; i < g->n_tasks; i++)
        if (o->node_of[i] < o->n_nodes)
            o->node_of[i] = scratch[o->node_of[i]];
}

weft_status wf_order_by_user(struct wf_order *o, const weft_graph *g, const struct weft_plan_spec *spec,
                             struct weft_error *err)
{
    const size_t n = (size_t)o->n_nodes + 2;
    struct ranking r = {.o = o, .g = g, .waits = wf_alloc_zero(n, sizeof *r.waits),
                        .first = wf_alloc_zero(n, sizeof *r.first), .heap = wf_alloc_zero(n, sizeof *r.heap)};
    uint32_t *place = wf_alloc_zero(n, sizeof *place), *scratch = wf_alloc_zero(n, sizeof *scratch);
    weft_status st = WEFT_OK;

    if (!r.waits || !r.first || !r.heap || !place || !scratch) {
        st = wf_error_nomem(err, "the order of tasks");
        goto out;
    }
    count_readers(&r);
    r.readers = wf_alloc_zero((size_t)r.first[o->n_nodes] + 1, sizeof *r.readers);
    if (!r.readers) {
        st = wf_error_nomem(err, "the order of tasks");
        goto out;
    }
    fill_readers(&r);
    order_nodes(&r, spec, place);
    renumber(o, g, place, scratch);
out:
    wf_free(r.waits);
    wf_free(r.first);
    wf_free(r.readers);
    wf_free(r.heap);
    wf_free(place);
    wf_free(scratch);
    return st;
}
