/* lay.c - the numbered tasks laid out for running.
 *
 * Two sweeps over the tasks. The first, upwards, counts the successors of each node;
 * then every node with several is given its stretch of the list. The second,
 * downwards, fills each stretch from its end, so successors come out ascending, and
 * `at` has come down to where the stretch begins when its own node is met:
 *
 *     node 1 before 4, 7, 9:   succ | . . . | ...    at 3
 *     node 9 met               succ | . . 9 | ...       2
 *     node 7 met               succ | . 7 9 | ...       1
 *     node 4 met               succ | 4 7 9 | ...       0
 *     node 1 is written: first_succ 0, n_succ 3
 *
 * What a million tasks cost here is memory read, written and cleared by the kernel.
 * So counts are 8 bytes a node, which a cache holds, and nodes are written once, in
 * order; nothing is written that can be read off the tasks.
 */
#include "lib/graph/plan.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

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
struct laying {
    weft_plan             *p;
    const struct wf_order *o;      /* NULL: as built */
    uint32_t              *list;   /* of preds_of() */
    size_t                 room;
    uint32_t              *seen;   /* per node: the stamp of the list that last had it */
    uint32_t               stamp;
    uint64_t               n_read; /* inputs that are results, one read twice counted twice */
    struct count          *counts; /* by node */
};

struct count {
    uint32_t n_succ;
    uint32_t at; /* one successor: itself; several: where those not met yet end in the list */
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

/* ---- Slots ----------------------------------------------------------------- */

/* Which nodes have several results, and so where slots begin. */
static weft_status lay_results(struct laying *l, struct weft_error *err)
{
    weft_plan *p = l->p;
    uint32_t n_several = 0, next = p->n_nodes;

    for (uint32_t i = 0; p->graph->has_several && i < p->n_nodes; i++)
        n_several += wf_task_kind(wf_plan_task(p, i))->n_results > 1;
    if (n_several && !(p->results = room_for(p, n_several, sizeof *p->results)))
        return no_room(err);
    for (uint32_t i = 0; n_several && i < p->n_nodes; i++) {
        const weft_task *t = wf_plan_task(p, i);
        const uint32_t n = t->what == WF_TASK_BODY ? wf_task_kind(t)->n_results : 1;

        if (n < 2)
            continue;
        p->results[p->n_results++] = (struct wf_results){.node = i, .first = next, .n = n};
        next += n - 1;
    }
    p->first_extra = p->n_nodes;
    p->first_const = next;
    p->n_slots = next + (l->o ? l->o->n_values : 0) + (l->o && l->o->recall ? l->o->recall->n_values : 0);
    return WEFT_OK;
}

static uint32_t find_slot(const struct laying *l, uint32_t id)
{
    const weft_graph *g = l->p->graph;
    const weft_task *t = wf_task_resolve(wf_graph_at(g, id));
    uint32_t k = 0;

    /* Result k of a task, by way of aliases; result 0 of a result is itself. */
    while (t->what == WF_TASK_RESULT) {
        k = k ? k : t->deps.few[1];
        t = wf_task_resolve(wf_graph_at(g, t->deps.few[0]));
    }
    if (wf_recall_is_known(l->o->recall, wf_task_id(t)))
        return l->p->first_const + l->o->n_values + l->o->recall->first[wf_task_id(t)] - 1 + k;
    if (t->what == WF_TASK_VALUE)
        return l->p->first_const + l->o->value_of[wf_task_id(t)];
    return wf_plan_slot(l->p, l->o->node_of[wf_task_id(t)], t->what == WF_TASK_FAILED ? 0 : k);
}

/* The slot a task stands for. */
static uint32_t slot_of(const struct laying *l, uint32_t task)
{
    uint32_t *slot_of = l->p->slot_of;

    if (!slot_of)
        return task;
    if (!slot_of[task])
        slot_of[task] = find_slot(l, task) + 1;
    return slot_of[task] - 1;
}

/* ---- Who waits for whom ---------------------------------------------------- */

struct preds {
    const uint32_t *node;   /* NULL: no memory */
    uint32_t        n;
    uint32_t        n_read; /* n, had none been named twice */
};

/* Whether no number comes twice, where that is quickly said. */
static inline bool are_distinct(const uint32_t *list, uint32_t n)
{
    bool twice = false;

    if (n <= WF_FEW_DEPS) {
        for (uint32_t i = 1; i < n; i++)
            for (uint32_t k = 0; k < i; k++)
                twice |= list[i] == list[k];
        return !twice;
    }
    for (uint32_t i = 1; i < n; i++)
        if (list[i - 1] >= list[i])
            return false;
    return true;
}

/* Each number once, the first time it comes. False: no memory. */
static bool drop_repeated(struct laying *l, uint32_t *n)
{
    uint32_t kept = 0;

    if (!l->seen && !(l->seen = wf_alloc_zero(l->p->n_nodes, sizeof *l->seen)))
        return false;
    l->stamp++;
    for (uint32_t i = 0; i < *n; i++) {
        const uint32_t node = l->list[i];

        if (l->seen[node] != l->stamp)
            l->list[kept++] = node;
        l->seen[node] = l->stamp;
    }
    *n = kept;
    return true;
}

/* The nodes behind the dependencies of a task; values have none. */
static struct preds collect(struct laying *l, const weft_task *t)
{
    const uint32_t *deps = wf_task_deps(t);
    struct preds preds = {0};

    if (l->room < t->n_deps) {
        uint32_t *list = wf_realloc(l->list, t->n_deps * sizeof *list);

        if (!list)
            return preds;
        l->list = list;
        l->room = t->n_deps;
    }
    for (uint32_t k = 0; k < t->n_deps; k++) {
        const uint32_t slot = slot_of(l, deps[k]);

        if (slot < l->p->first_const)
            l->list[preds.n++] = wf_plan_owner(l->p, slot);
    }
    preds.n_read = preds.n;
    if (are_distinct(l->list, preds.n) || drop_repeated(l, &preds.n))
        preds.node = l->list;
    return preds;
}

/* The nodes that the node of `t` waits for, each once. As a rule the plan is as
 * built and no dependency is named twice: then they are the dependencies. */
static inline struct preds preds_of(struct laying *l, const weft_task *t)
{
    const uint32_t *deps = wf_task_deps(t);

    if (!t->n_deps || (!l->o && are_distinct(deps, t->n_deps)))
        return (struct preds){.node = deps, .n = t->n_deps, .n_read = t->n_deps};
    return collect(l, t);
}

/* The task of node i, when `before` is that of node i - 1. */
static inline const weft_task *task_up(const weft_plan *p, const weft_task *before, uint32_t i)
{
    if (!p->task_of && i && (uintptr_t)(before + 1) % WF_PAGE_BYTES)
        return before + 1;
    return wf_plan_task(p, i);
}

/* The task of node i, when `after` is that of node i + 1. */
static inline const weft_task *task_down(const weft_plan *p, const weft_task *after, uint32_t i)
{
    if (!p->task_of && i + 1 < p->n_nodes && (uintptr_t)(after - 1) % WF_PAGE_BYTES)
        return after - 1;
    return wf_plan_task(p, i);
}

static weft_status count_succ(struct laying *l, struct weft_error *err)
{
    weft_plan *p = l->p;
    const weft_task *t = NULL;
    uint64_t n_inputs = 0, n_edges = 0;

    for (uint32_t i = 0; i < p->n_nodes; i++) {
        struct preds preds;

        t = task_up(p, t, i);
        preds = preds_of(l, t);
        if (!preds.node)
            return no_room(err);
        n_inputs += t->n_deps;
        l->n_read += preds.n_read;
        n_edges += preds.n;
        p->n_roots += !preds.n;
        for (uint32_t k = 0; k < preds.n; k++)
            l->counts[preds.node[k]].n_succ++;
    }
    if (n_inputs >= UINT32_MAX)
        return weft_error_set(err, WEFT_INVALID, "a plan of %u tasks has more than 2^32 inputs", p->n_nodes);
    p->n_edges = (uint32_t)n_edges;
    return WEFT_OK;
}

/* Counts successors up, so that `at` of a node with several is the end of its
 * stretch. Whether every node that none waits for is asked for: then all are needed. */
static bool deal_stretches(struct laying *l, uint32_t *n_listed)
{
    weft_plan *p = l->p;
    uint32_t n = 0, n_sinks = 0, n_unasked = 0;

    for (uint32_t i = 0; i < p->n_nodes; i++) {
        struct count *c = &l->counts[i];
        const bool is_sink = !c->n_succ;

        /* No branches: in an irregular graph each would be a coin toss. */
        n += c->n_succ > 1 ? c->n_succ : 0;
        c->at = n;
        n_sinks += is_sink;
        n_unasked += is_sink & !wf_plan_is_asked(p, i);
    }
    *n_listed = n;
    p->n_sinks = n_sinks;
    return !n_unasked;
}

/* Whether the next node, which waits for node i alone, runs as one with it. */
static bool is_link(const weft_plan *p, const struct wf_node *node, uint32_t i)
{
    return node->n_succ == 1 && node->body != fail_body && !wf_plan_is_asked(p, i) &&
           wf_plan_slot(p, i, 1) == WF_NONE;
}

/* Tasks that want to be run differently do not run as one. */
static bool wants_same(const struct wf_kind *a, const struct wf_kind *b)
{
    return a->terms == b->terms && a->priority == b->priority;
}

static void write_nodes(struct laying *l, bool fuse)
{
    weft_plan *p = l->p;
    const struct wf_kind *kinds = p->graph->kinds;
    uint32_t n_roots = p->n_roots;
    const weft_task *t = NULL;
    bool waits_alone = false; /* the node after this one, for this one */
    const bool by_terms = p->graph->has_terms || p->graph->has_priority;
    const struct wf_kind *kind = NULL, *after = NULL;

    for (uint32_t i = p->n_nodes; i-- > 0;) {
        struct wf_node *node = &p->nodes[i];
        struct preds preds;

        t = task_down(p, t, i);
        preds = preds_of(l, t); /* has the memory it had on the way up */
        for (uint32_t k = 0; k < preds.n; k++) {
            struct count *c = &l->counts[preds.node[k]];

            if (c->n_succ > 1)
                p->succ[--c->at] = i;
            else
                c->at = i;
        }
        if (!preds.n)
            p->roots[--n_roots] = i;
        node->body = t->what == WF_TASK_FAILED ? fail_body : kinds[t->kind].body;
        node->arg = wf_task_arg(t);
        node->first_succ = l->counts[i].at;
        node->n_succ = l->counts[i].n_succ;
        node->n_join = preds.n & INT32_MAX;
        atomic_init(&node->join, preds.n);
        if (by_terms) {
            after = kind;
            kind = &kinds[t->kind];
            p->has_terms |= kind->terms != NULL;
        }
        if (waits_alone && (!by_terms || wants_same(kind, after)) && is_link(p, node, i)) {
            p->nodes[i + 1].fused = 1;
            p->n_fused++;
        }
        waits_alone = fuse && preds.n == 1 && preds.node[0] + 1 == i;
    }
}

/* How often each slot is read, where that is not the number of successors: a
 * node has several results, or reads one of them twice. */
static weft_status count_uses(const struct laying *l, struct weft_error *err)
{
    weft_plan *p = l->p;

    if (!p->n_results && l->n_read == p->n_edges)
        return WEFT_OK;
    p->uses = room_for(p, p->first_const, sizeof *p->uses);
    if (!p->uses)
        return no_room(err);
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        const struct wf_inputs in = wf_plan_inputs(p, i);

        for (uint32_t k = 0; k < in.n; k++)
            if (wf_input_slot(&in, k) < p->first_const)
                p->uses[wf_input_slot(&in, k)]++;
    }
    return WEFT_OK;
}

/* ---- All of it ------------------------------------------------------------- */

static weft_status lay_targets(struct laying *l, weft_task *const *targets, size_t n, struct weft_error *err)
{
    weft_plan *p = l->p;

    p->targets = room_for(p, n, sizeof *p->targets);
    p->asked = room_for(p, 1, wf_bits_bytes(p->first_const + 1));
    if (!p->targets || !p->asked)
        return no_room(err);
    p->n_targets = (uint32_t)n;
    /* From the last on: one that is asked for already comes again. */
    for (size_t i = n; i-- > 0;) {
        const uint32_t slot = slot_of(l, wf_task_id(targets[i]));

        p->targets[i] = slot;
        if (slot >= p->first_const)
            continue;
        if (wf_plan_is_asked(p, slot)) {
            if (!p->again && !(p->again = room_for(p, 1, wf_bits_bytes((int64_t)n))))
                return no_room(err);
            wf_bits_set(p->again, (int64_t)i);
        }
        wf_bits_set(p->asked, slot);
    }
    return WEFT_OK;
}

/* Takes over what a memo knew. */
static weft_status lay_recalled(weft_plan *p, struct wf_recall *r, struct weft_error *err)
{
    p->reused = room_for(p, r->n_tasks, sizeof *p->reused);
    if (!p->reused)
        return no_room(err);
    memcpy(p->reused, r->tasks, r->n_tasks * sizeof *p->reused);
    memcpy(p->slots + p->n_slots - r->n_values, r->values, r->n_values * sizeof *p->slots);
    p->n_recalled = r->n_values;
    p->reuse.n_reused = r->n_tasks;
    r->n_values = 0;
    return WEFT_OK;
}

/* What a run writes; untouched until then, but for values known already. */
static weft_status lay_slots(const struct laying *l, struct weft_error *err)
{
    weft_plan *p = l->p;

    p->slots = room_for(p, p->n_slots, sizeof *p->slots);
    p->readers = room_for(p, p->first_const, sizeof *p->readers);
    p->poison = room_for(p, p->n_nodes, sizeof *p->poison);
    if (!p->slots || !p->readers || !p->poison)
        return no_room(err);
    for (uint32_t i = 0; l->o && i < l->o->n_values; i++)
        p->slots[p->first_const + i] = *(struct weft_value *)wf_task_arg(wf_graph_at(p->graph, l->o->values[i]));
    return l->o && l->o->recall && l->o->recall->n_tasks ? lay_recalled(p, l->o->recall, err) : WEFT_OK;
}

static weft_status lay_nodes(struct laying *l, uint32_t n_listed, bool fuse, struct weft_error *err)
{
    weft_plan *p = l->p;

    p->nodes = room_for(p, p->n_nodes, sizeof *p->nodes);
    p->succ = room_for(p, n_listed, sizeof *p->succ);
    p->roots = room_for(p, p->n_roots, sizeof *p->roots);
    if (!p->nodes || !p->succ || !p->roots)
        return no_room(err);
    write_nodes(l, fuse);
    return WEFT_OK;
}

weft_status wf_lay_make(weft_plan *p, const struct wf_order *o, weft_task *const *targets,
                        size_t n_targets, uint32_t without, bool *whole, struct weft_error *err)
{
    struct laying l = {.p = p, .o = o};
    const size_t count_bytes = ((size_t)p->n_nodes + 1) * sizeof *l.counts;
    const bool culled = o || without & WEFT_PASS_CULL;
    uint32_t n_listed;
    weft_status st = lay_results(&l, err);

    if (!st)
        st = lay_targets(&l, targets, n_targets, err);
    /* Nothing can wait for the last task built, so it is looked at first. */
    *whole = !st && (culled || wf_plan_is_asked(p, p->n_nodes - 1));
    if (!*whole)
        goto out;
    l.counts = wf_pages_alloc(count_bytes);
    st = l.counts ? count_succ(&l, err) : no_room(err);
    if (st)
        goto out;
    *whole = deal_stretches(&l, &n_listed) || culled;
    if (!*whole)
        goto out;
    st = lay_nodes(&l, n_listed, !(without & WEFT_PASS_FUSE), err);
    if (!st)
        st = count_uses(&l, err);
    if (!st)
        st = lay_slots(&l, err);
out:
    wf_pages_free(l.counts, count_bytes);
    wf_free(l.list);
    wf_free(l.seen);
    return st;
}
