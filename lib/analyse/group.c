/* group.c - tasks of one function, or of one layer, together. */
#include <stdlib.h>
#include <string.h>

#include "lib/analyse/analysis.h"
#include "lib/analyse/samples.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/trace_names.h"

struct grouping {
    const weft_analysis      *a;
    struct wf_names     names;
    struct weft_group_stats  *groups;   /* of each name */
    int64_t                  *costs;    /* of measured tasks, group by group */
    size_t                   *first;    /* of costs, by group */
};

static void add_tasks(struct grouping *g)
{
    const weft_analysis *a = g->a;

    for (size_t i = 0; i < a->stats.n_tasks; i++) {
        struct weft_group_stats *s = &g->groups[g->names.of[i]];

        s->n_tasks++;
        s->result_bytes += weft_trace_task(a->trace, i)->result_bytes;
        if (a->begin[i] < 0)
            continue;
        s->n_measured++;
        s->total_ns += a->cost[i];
        s->wait_ns += a->begin[i] > a->ready[i] ? a->begin[i] - a->ready[i] : 0;
        s->max_ns = a->cost[i] > s->max_ns ? a->cost[i] : s->max_ns;
    }
}

static void add_events(struct grouping *g)
{
    const struct weft_event *e = weft_trace_events(g->a->trace);

    for (size_t k = 0; k < weft_trace_n_events(g->a->trace); k++) {
        const int64_t length = e[k].end_ns - e[k].begin_ns;

        if (e[k].kind == WEFT_EVENT_TASK && (e[k].flags & WEFT_EVENT_FAILED))
            g->groups[g->names.of[e[k].task]].n_failed++;
        else if (e[k].kind == WEFT_EVENT_CHILD)
            g->groups[g->names.of[e[k].task]].n_spawned++;
        else if (e[k].kind == WEFT_EVENT_SEND)
            g->groups[g->names.of[e[k].task]].send_ns += length;
        else if (e[k].kind == WEFT_EVENT_RECEIVE)
            g->groups[g->names.of[e[k].task]].receive_ns += length;
        else if (e[k].kind == WEFT_EVENT_UNSPILL)
            g->groups[g->names.of[e[k].task]].unspill_ns += length;
    }
}

/* Medians and the like: costs are laid side by side, group by group, and sorted there. */
static void find_quantiles(struct grouping *g)
{
    const weft_analysis *a = g->a;
    size_t at = 0;

    for (size_t k = 0; k < g->names.n; k++) {
        g->first[k] = at;
        at += g->groups[k].n_measured;
    }
    for (size_t i = 0; i < a->stats.n_tasks; i++)
        if (a->begin[i] >= 0)
            g->costs[g->first[g->names.of[i]]++] = a->cost[i];
    for (size_t k = 0; k < g->names.n; k++) {
        struct weft_group_stats *s = &g->groups[k];
        int64_t *costs = g->costs + g->first[k] - s->n_measured;

        if (!s->n_measured)
            continue;
        wf_sort_numbers(costs, s->n_measured);
        s->median_ns = costs[(s->n_measured - 1) / 2];
        s->p95_ns = costs[(s->n_measured * 95 + 99) / 100 - 1];
        s->mean_ns = s->total_ns / (int64_t)s->n_measured;
        s->share = a->stats.work_ns ? (double)s->total_ns / (double)a->stats.work_ns : 0;
    }
}

static int compare_groups(const void *a, const void *b)
{
    const struct weft_group_stats *x = a, *y = b;

    if (x->total_ns != y->total_ns)
        return x->total_ns > y->total_ns ? -1 : 1;
    return strcmp(x->name, y->name);
}

weft_status weft_analysis_groups(const weft_analysis *a, enum weft_group_by by, struct weft_group_stats **out,
                                 size_t *n, struct weft_error *err)
{
    struct grouping g = {.a = a};
    weft_status st = WEFT_OK;

    if (wf_names_init(&g.names, a->trace, by == WEFT_BY_LAYER)) {
        g.groups = wf_alloc_zero(g.names.n, sizeof *g.groups);
        g.costs = wf_alloc_array(a->stats.n_measured, sizeof *g.costs);
        g.first = wf_alloc_array(g.names.n, sizeof *g.first);
    }
    if (!g.groups || !g.costs || !g.first) {
        st = wf_error_nomem(err, "groups of tasks");
        goto out;
    }
    for (size_t k = 0; k < g.names.n; k++)
        g.groups[k].name = g.names.texts[k];
    add_tasks(&g);
    add_events(&g);
    find_quantiles(&g);
    qsort(g.groups, g.names.n, sizeof *g.groups, compare_groups);
    *out = g.groups;
    *n = g.names.n;
    g.groups = NULL;
out:
    wf_names_fini(&g.names);
    wf_free(g.groups);
    wf_free(g.costs);
    wf_free(g.first);
    return st;
}

void weft_groups_free(struct weft_group_stats *g)
{
    wf_free(g);
}
