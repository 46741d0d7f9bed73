/* scene.c - of what groups the tasks of one run are, for who looks on while it goes. */
#include "scheduler/scene.h"

#include <string.h>

#include "lib/base/map.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"
#include "lib/graph/plan.h"

static void destroy(struct wf_scene *s)
{
    wf_free(s->group_of);
    wf_free(s->names);
    wf_free(s->n_tasks);
    wf_free(s->links);
    wf_free(s->text);
    wf_free(s->error);
    wf_free(s);
}

struct wf_scene *wf_scene_retain(struct wf_scene *s)
{
    wf_add(&s->refs, 1);
    return s;
}

void wf_scene_release(struct wf_scene *s)
{
    /* Acquire and release: who destroys it comes after all others. */
    if (s && wf_sub(&s->refs, 1) == 1)
        destroy(s);
}

static const char *group_name(const weft_graph *g, const struct wf_kind *kind)
{
    return kind->layer ? weft_graph_layer_name(g, kind->layer) : kind->name;
}

/* Kinds of tasks become groups by name as they are met. */
struct grouping {
    struct wf_map names;  /* name -> group */
    uint32_t     *of;     /* a kind: 1 + its group; 0: not met yet */
    const char  **list;   /* of each group, in the graph */
    size_t        n, n_text;
};

static bool meet(struct grouping *g, const weft_graph *graph, uint32_t kind)
{
    const char *name = group_name(graph, &graph->kinds[kind]);
    const size_t bytes = strlen(name);
    uint64_t *group;
    bool fresh;

    group = wf_map_put(&g->names, name, bytes, g->n, &fresh);
    if (!group)
        return false;
    if (fresh) {
        g->list[g->n++] = name;
        g->n_text += bytes + 1;
    }
    g->of[kind] = (uint32_t)*group + 1;
    return true;
}

static bool find_groups(struct wf_scene *s, struct grouping *g, const weft_plan *p)
{
    for (uint32_t i = 0; i < s->n_nodes; i++) {
        const uint32_t kind = weft_plan_task(p, i)->kind;

        if (!g->of[kind] && !meet(g, p->graph, kind))
            return false;
        s->group_of[i] = g->of[kind] - 1;
    }
    return true;
}

/* The texts, for the graph may go. */
static bool keep_names(struct wf_scene *s, const struct grouping *g)
{
    char *at;

    s->n_groups = (uint32_t)g->n;
    s->names = wf_alloc_array(g->n, sizeof *s->names);
    s->n_tasks = wf_alloc_zero(g->n, sizeof *s->n_tasks);
    s->text = at = wf_alloc(g->n_text);
    if (!s->names || !s->n_tasks || !s->text)
        return false;
    for (size_t i = 0; i < g->n; i++) {
        const size_t bytes = strlen(g->list[i]) + 1;

        s->names[i] = memcpy(at, g->list[i], bytes);
        at += bytes;
    }
    for (uint32_t i = 0; i < s->n_nodes; i++)
        s->n_tasks[s->group_of[i]]++;
    return true;
}

static bool count_links(struct wf_scene *s, const weft_plan *p)
{
    if (s->n_groups > WF_SCENE_GROUPS)
        return true;
    s->links = wf_alloc_zero((size_t)s->n_groups * s->n_groups, sizeof *s->links);
    if (!s->links)
        return false;
    for (uint32_t i = 0; i < s->n_nodes; i++) {
        uint32_t *from = s->links + (size_t)s->group_of[i] * s->n_groups;
        const uint32_t *succ = wf_plan_succ(p, i);

        for (uint32_t k = 0; k < p->nodes[i].n_succ; k++)
            from[s->group_of[succ[k]]]++;
    }
    return true;
}

struct wf_scene *wf_scene_new(const weft_plan *plan)
{
    struct wf_scene *s = wf_alloc_zero(1, sizeof *s);
    struct grouping g = {.of = wf_alloc_zero(plan->graph->n_kinds, sizeof *g.of),
                         .list = wf_alloc_array(plan->graph->n_kinds, sizeof *g.list)};
    bool ok = s && g.of && g.list;

    wf_map_init(&g.names);
    if (ok) {
        wf_init(&s->refs, 1);
        s->n_nodes = plan->n_nodes;
        s->group_of = wf_alloc_array(s->n_nodes, sizeof *s->group_of);
        ok = s->group_of && find_groups(s, &g, plan) && keep_names(s, &g) && count_links(s, plan);
    }
    wf_map_fini(&g.names);
    wf_free(g.of);
    wf_free(g.list);
    if (!ok && s)
        destroy(s);
    return ok ? s : NULL;
}

void wf_scene_end(struct wf_scene *s, uint64_t end_ticks, weft_status st, const struct weft_error *why)
{
    s->end = end_ticks;
    s->status = st;
    s->error = why ? wf_alloc(sizeof *why) : NULL;
    if (s->error)
        *s->error = *why;
    /* Release: who sees it sees how. */
    wf_store_release(&s->ended, true);
}
