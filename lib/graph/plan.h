/* plan.h - a graph frozen: how a description becomes something that runs.
 *
 * The passes, in the order they are made (each in its own file):
 *
 *   order.c   from the targets down, depth first: what is not met is not needed
 *             (cull), what is met while it waits for itself is a circle, and a
 *             task is numbered when all it needs is, so what is begun is
 *             finished before more is begun
 *   share.c   while numbering: an equal pure task met before takes its place
 *   recall.c  while walking: a pure task whose result a memo has becomes a value
 *   lay.c     the numbered tasks laid out for running; a chain of one-in
 *             one-out tasks has come out side by side and is marked as one
 *   rank.c    of several ready tasks, which goes first: by priority, or by the
 *             times of an earlier run
 *
 * Chains are all that becomes one. Reductions are not: a task of a tree of sums costs
 * 20 ns (262,143 of them, run again on one worker), which is all that there would be to
 * save, and collections give a task a chunk. For the same reason cheap tasks are not
 * made anew for each reader; what is cheap in collections, numbers and rules, is no
 * task but part of the pass that reads it.
 *
 * A big graph of nothing but plain tasks, all needed, is taken as it was built:
 * node i is task i, and the first two passes are not made.
 *
 * A node is 32 bytes, its successors 4 bytes each; a single one is kept in the
 * node itself, where whoever finishes it has it at hand. What a node reads is
 * not written down again: its task has the list. A result has a slot: node i that
 * gives one result has slot i; further results of nodes with several, and values
 * known already, have slots behind those. Slots, their readers and the poison of
 * failure are memory that is zero and not touched before a task gives a result or
 * fails, so a plan of empty tasks has none of it.
 *
 *     slots   | 0 .. n_nodes-1 | further results | values known already |
 *             one a node         first_extra       first_const
 *
 * What always holds:
 *   1. Nodes are numbered in topological order.
 *   2. Between runs, join == n_join for every node, and slots before first_const
 *      hold no value that must be freed.
 *   3. Successors of a node are distinct, and ascending unless rank.c has sorted them.
 *   4. A node that is fused has one predecessor, the node before it, whose only
 *      successor it is and whose result nobody asked for; terms and priority are the same.
 */
#ifndef WF_PLAN_H
#define WF_PLAN_H

#include <stdatomic.h>

#include <weft/plan.h>

#include "lib/base/arena.h"
#include "lib/graph/graph.h"
#include "lib/graph/recall.h"

struct wf_node {
    weft_body       *body;
    void            *arg;
    uint32_t         first_succ; /* one successor: itself; several: its place in succ */
    uint32_t         n_succ;
    _Atomic uint32_t join;    /* predecessors not finished in this run */
    uint32_t         n_join : 31;
    uint32_t         fused : 1;
};
_Static_assert(sizeof(struct wf_node) == 32, "two nodes a cache line");

/* The further results of a node with several: result k > 0 has slot first + k - 1. */
struct wf_results {
    uint32_t node, first, n;
};

enum { WF_NONE = UINT32_MAX };

struct weft_plan {
    weft_graph         *graph;
    struct wf_arena     arena;
    struct wf_node     *nodes;
    uint32_t           *succ;         /* of the nodes with several */
    uint32_t           *task_of;      /* number of a node's task in the graph; NULL: the node's own */
    uint32_t           *slot_of;      /* by task: 1 + the slot it stands for; 0: nobody reads it.
                                       * NULL: the task's own number */
    int                *priority;     /* of a node; NULL: all 0 */
    uint32_t           *queue;        /* with priority: room for all nodes, for the scheduler */
    uint32_t           *first_input;  /* n_nodes + 1; of inputs */
    uint32_t           *inputs;       /* slots, in the order of dependencies; NULL: not listed */
    uint32_t           *roots;        /* nodes that wait for nothing, ascending */
    struct wf_results  *results;      /* by node */
    struct weft_value  *slots;
    _Atomic uint32_t   *readers;      /* of a slot with a value: how many have yet to read it */
    uint32_t           *uses;         /* of a slot: how often it is read; NULL: once by each successor */
    _Atomic uint32_t   *poison;       /* of a node: number + 1 of the failed node it depends on; 0: none */
    uint64_t           *asked;        /* bitmap of slots before first_const that are targets */
    uint32_t           *targets;      /* slots */
    uint32_t n_nodes, n_edges, n_roots, n_sinks, n_fused, n_results, n_targets;
    uint32_t first_extra, first_const, n_slots;
    weft_memo          *memo;         /* NULL: nothing is kept */
    uint32_t            n_recalled;   /* the last slots: values from the memo, which the plan holds */
    uint32_t           *reused;       /* the tasks they are of; reuse.n_reused */
    struct weft_reuse   reuse;
    uint64_t           *again;        /* bitmap of targets whose slot a later one has, too; NULL: none */
    bool                has_numbers;  /* left in slots by a run: see scheduler/run.h */
    bool                has_values;   /* a run passed some from task to task */
    bool                has_terms;    /* some task has: see wf_plan_terms() */
    _Atomic bool        running;

    /* What a recorder (scheduler/record.h) made of it for traces; NULL: nothing yet. */
    struct wf_shape    *shape;
    void              (*release_shape)(void *shape);
};

/* The n_succ successors of node i, in order of rank. */
static inline const uint32_t *wf_plan_succ(const weft_plan *p, uint32_t i)
{
    const struct wf_node *node = &p->nodes[i];

    return node->n_succ == 1 ? &node->first_succ : p->succ + node->first_succ;
}

static inline const weft_task *wf_plan_task(const weft_plan *p, uint32_t i)
{
    return wf_graph_at(p->graph, p->task_of ? p->task_of[i] : i);
}

/* How the task of a node wants to be run; NULL: as most do. Asked only when has_terms. */
static inline const struct weft_terms *wf_plan_terms(const weft_plan *p, uint32_t i)
{
    return wf_task_kind(wf_plan_task(p, i))->terms;
}

/* What a node reads: n slots, in the order of the dependencies of its task. */
struct wf_inputs {
    const uint32_t *which, *slot_of;
    uint32_t        n;
};

static inline struct wf_inputs wf_plan_inputs(const weft_plan *p, uint32_t i)
{
    const weft_task *t;

    if (p->inputs)
        return (struct wf_inputs){.which = p->inputs + p->first_input[i], .n = p->first_input[i + 1] - p->first_input[i]};
    t = wf_plan_task(p, i);
    return (struct wf_inputs){.which = wf_task_deps(t), .slot_of = p->slot_of, .n = t->n_deps};
}

static inline uint32_t wf_input_slot(const struct wf_inputs *in, size_t k)
{
    return in->slot_of ? in->slot_of[in->which[k]] - 1 : in->which[k];
}

/* Lists what all nodes read: 4 bytes a node and 4 an input, for plans that run again
 * and pass values. Without memory all goes on as before, looking at tasks each time. */
void wf_plan_list_inputs(weft_plan *p);

static inline bool wf_plan_is_asked(const weft_plan *p, uint32_t slot)
{
    return p->asked[slot >> 6] >> (slot & 63) & 1;
}

/* Whether a later target is the same slot. */
static inline bool wf_plan_comes_again(const weft_plan *p, uint32_t target)
{
    return p->again && (p->again[target >> 6] >> (target & 63) & 1);
}

/* How often the value of a slot before first_const is read, asking included. */
static inline uint32_t wf_plan_uses(const weft_plan *p, uint32_t slot)
{
    return (p->uses ? p->uses[slot] : p->nodes[slot].n_succ) + wf_plan_is_asked(p, slot);
}

/* The slot of result k of a node; WF_NONE: it has no such result. */
uint32_t wf_plan_slot(const weft_plan *p, uint32_t node, uint32_t k);

/* The node whose result a slot before first_const is. */
uint32_t wf_plan_owner(const weft_plan *p, uint32_t slot);

/* Whether a result of the node is asked for. */
bool wf_plan_is_target(const weft_plan *p, uint32_t node);

/* Who waits for whom, backwards: node i for preds[first[i]] .. preds[first[i+1]-1],
 * ascending. `first` has room for n_nodes + 1, `preds` for n_edges. For traces. */
void wf_plan_preds(const weft_plan *p, uint32_t *first, uint32_t *preds);

static inline bool wf_plan_is_fused(const weft_plan *p, size_t i)
{
    return p->nodes[i].fused;
}

/* ---- The passes ------------------------------------------------------------ */

/* What order.c finds. */
struct wf_order {
    uint32_t *task_of; /* task of node i */
    uint32_t *node_of; /* per task of the graph: node, WF_NONE: not needed; values have none */
    uint32_t  n_nodes;
    uint32_t *values;  /* tasks that are values, each once */
    uint32_t *value_of;/* per task: its place in `values` */
    uint32_t  n_values;
    struct wf_recall *recall; /* what a memo knows: values behind those above; NULL: there is none */
};

/* Whether a plan may take the graph as it was built, should all of it be needed. */
bool wf_order_is_as_built(const weft_graph *g, uint32_t without);

/* user_order.c: the same nodes by spec->rank. */
weft_status wf_order_by_user(struct wf_order *o, const weft_graph *g, const struct weft_plan_spec *spec,
                             struct weft_error *err);

/* Memory comes from `arena`; o->recall is set. */
weft_status wf_order_make(struct wf_order *o, struct wf_arena *arena, const weft_graph *g,
                          weft_task *const *targets, size_t n_targets, uint32_t without,
                          struct weft_error *err);

/* lay.c: nodes and their successors, from the order `o`; NULL: as built, and then
 * *whole tells whether every task is needed, without which the plan is not one. */
weft_status wf_lay_make(weft_plan *p, const struct wf_order *o, weft_task *const *targets,
                        size_t n_targets, uint32_t without, bool *whole, struct weft_error *err);

/* rank.c: which of several ready nodes goes first; after the plan is laid out. */
weft_status wf_rank_by_priority(weft_plan *p, struct weft_error *err);
weft_status wf_rank_by_time(weft_plan *p, const struct weft_trace *times, struct weft_error *err);

/* share.c: tokens of pure tasks met so far, and their nodes. */
struct wf_share {
    struct wf_share_slot *slots;
    uint32_t              n, n_slots;
};
void wf_share_fini(struct wf_share *s); /* a zeroed one is fine */
/* *node is the node of a task of this token met before, or stays what it was and is
 * remembered. False: no memory. */
bool wf_share_find(struct wf_share *s, struct wf_token token, uint32_t *node);

#endif
