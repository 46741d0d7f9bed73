/* rank.c - which of several ready tasks goes first: what the user says, and what took long before.
 *
 * Priorities (weft_task_spec.priority) are kept by node, for the queue of a run that has
 * any. Times of an earlier run give each node the length of the longest way from its
 * begin to the end of the plan; of what becomes ready together, the longest way goes
 * first (the critical path method; as a rule for lists, Hu 1961 and Coffman 1976).
 * Without times successors stay in the order of order.c.
 */
#include "lib/graph/plan.h"

#include <stdlib.h>
#include <string.h>

#include <weft/trace.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/mem.h"

static weft_status no_room(struct weft_error *err)
{
    return wf_error_nomem(err, "the ranks of a plan");
}

/* ---- By the user ----------------------------------------------------------- */

static int priority_of(const weft_task *t)
{
    return wf_task_kind(t)->priority;
}

/* Roots by priority; of equals the order stays. */
struct root {
    int      priority;
    uint32_t node;
};

static int compare_roots(const void *a, const void *b)
{
    const struct root *x = a, *y = b;

    if (x->priority != y->priority)
        return x->priority > y->priority ? -1 : 1;
    return (x->node > y->node) - (x->node < y->node);
}

static weft_status sort_roots(weft_plan *p, struct weft_error *err)
{
    struct root *roots = wf_alloc_array((size_t)p->n_roots + 1, sizeof *roots);

    if (!roots)
        return no_room(err);
    for (uint32_t i = 0; i < p->n_roots; i++)
        roots[i] = (struct root){p->priority[p->roots[i]], p->roots[i]};
    qsort(roots, p->n_roots, sizeof *roots, compare_roots);
    for (uint32_t i = 0; i < p->n_roots; i++)
        p->roots[i] = roots[i].node;
    wf_free(roots);
    return WEFT_OK;
}

weft_status wf_rank_by_priority(weft_plan *p, struct weft_error *err)
{
    const weft_graph *g = p->graph;
    bool any = false;

    if (!g->has_priority)
        return WEFT_OK;
    for (uint32_t i = 0; i < p->n_nodes; i++)
        any |= priority_of(wf_plan_task(p, i)) != 0;
    /* A task that shares another's node may have more to say than that one. */
    for (uint32_t t = 0; p->slot_of && t < g->n_tasks; t++)
        any |= p->slot_of[t] && priority_of(wf_graph_at(g, t)) > 0;
    if (!any)
        return WEFT_OK;
    p->priority = wf_arena_alloc(&p->arena, (size_t)p->n_nodes * sizeof *p->priority, 64);
    p->queue = wf_arena_alloc(&p->arena, (size_t)p->n_nodes * sizeof *p->queue, 64);
    if (!p->priority || !p->queue)
        return no_room(err);
    for (uint32_t i = 0; i < p->n_nodes; i++)
        p->priority[i] = priority_of(wf_plan_task(p, i));
    for (uint32_t t = 0; p->slot_of && t < g->n_tasks; t++)
        if (p->slot_of[t] && p->slot_of[t] - 1 < p->first_const) {
            int *mine = &p->priority[wf_plan_owner(p, p->slot_of[t] - 1)];
            const int its = priority_of(wf_graph_at(g, t));

            *mine = its > *mine ? its : *mine;
        }
    return sort_roots(p, err);
}

/* ---- By time --------------------------------------------------------------- */

/* ns[i]: how long task i of the trace ran. */
static void sum_times(const weft_trace *times, int64_t *ns)
{
    const struct weft_event *e = weft_trace_events(times);

    for (size_t k = 0; k < weft_trace_n_events(times); k++)
        if (e[k].kind == WEFT_EVENT_TASK)
            ns[e[k].task] += e[k].end_ns - e[k].begin_ns;
}

/* Longest way from the begin of each node, which goes where its time was. Tasks are
 * known by their keys; one the trace does not have counts as `usual`. */
static weft_status find_ways(const weft_plan *p, const weft_trace *times, int64_t *way, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(times);
    int64_t *ns = wf_alloc_zero(n + 1, sizeof *ns), sum = 0;
    struct wf_map by_key;
    weft_status st = ns ? WEFT_OK : no_room(err);
    char key[256];
    bool fresh;

    wf_map_init(&by_key);
    if (!st)
        sum_times(times, ns);
    for (size_t i = 0; !st && i < n; i++) {
        const char *name = weft_trace_task(times, i)->key;

        sum += ns[i];
        if (!wf_map_put(&by_key, name, strlen(name), i, &fresh))
            st = no_room(err);
    }
    for (uint32_t i = p->n_nodes; !st && i-- > 0;) {
        const size_t length = weft_task_key(wf_plan_task(p, i), key, sizeof key);
        const uint64_t *at = wf_map_find(&by_key, key, length < sizeof key ? length : sizeof key - 1);
        int64_t after = 0;

        for (uint32_t k = 0; k < p->nodes[i].n_succ; k++)
            if (way[wf_plan_succ(p, i)[k]] > after)
                after = way[wf_plan_succ(p, i)[k]];
        way[i] = after + (at ? ns[*at] : n ? sum / (int64_t)n : 1);
    }
    wf_map_fini(&by_key);
    wf_free(ns);
    return st;
}

/* Heapsort: lists may be long, and every comparison needs `way`. */
static void sink(uint32_t *list, uint32_t n, uint32_t at, const int64_t *way)
{
    const uint32_t moved = list[at];

    for (uint32_t below; (below = 2 * at + 1) < n; at = below) {
        /* The root of the heap is the last in rank: the shortest way, of equals the later. */
        const uint32_t *l = list;

        if (below + 1 < n && (way[l[below + 1]] < way[l[below]] || (way[l[below + 1]] == way[l[below]] && l[below + 1] > l[below])))
            below++;
        if (way[l[below]] > way[moved] || (way[l[below]] == way[moved] && l[below] < moved))
            break;
        list[at] = list[below];
    }
    list[at] = moved;
}

static void sort_by_way(uint32_t *list, uint32_t n, const int64_t *way)
{
    for (uint32_t i = n / 2; i-- > 0;)
        sink(list, n, i, way);
    for (uint32_t end = n; end-- > 1;) {
        const uint32_t last = list[0];

        list[0] = list[end];
        list[end] = last;
        sink(list, end, 0, way);
    }
}

weft_status wf_rank_by_time(weft_plan *p, const weft_trace *times, struct weft_error *err)
{
    int64_t *way = wf_alloc_zero((size_t)p->n_nodes + 1, sizeof *way);
    const weft_status st = way ? find_ways(p, times, way, err) : no_room(err);

    for (uint32_t i = 0; !st && i < p->n_nodes; i++)
        if (p->nodes[i].n_succ > 1)
            sort_by_way(p->succ + p->nodes[i].first_succ, p->nodes[i].n_succ, way);
    if (!st)
        sort_by_way(p->roots, p->n_roots, way);
    wf_free(way);
    return st;
}
