/* ask.c - what a graph and its tasks tell of themselves. */
#include "lib/graph/graph.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"

size_t weft_graph_n_tasks(const weft_graph *g)
{
    return g ? g->n_tasks : 0;
}

weft_task *weft_graph_task(const weft_graph *g, size_t i)
{
    WF_ASSERT(i < g->n_tasks);
    return wf_graph_at(g, (uint32_t)i);
}

weft_task *weft_graph_find(const weft_graph *g, const char *key)
{
    uint64_t *place = g ? wf_map_find(&g->keys, key, strlen(key)) : NULL;

    return place ? wf_graph_at(g, (uint32_t)*place) : NULL;
}

const char *weft_graph_layer_name(const weft_graph *g, uint32_t layer)
{
    return g && layer ? g->layers[layer - 1].name : "";
}

const char *weft_graph_layer_about(const weft_graph *g, uint32_t layer)
{
    return g && layer ? g->layers[layer - 1].about : "";
}

weft_graph *weft_task_graph(const weft_task *t)
{
    return t ? wf_task_graph(t) : NULL;
}

size_t weft_task_id(const weft_task *t)
{
    return t ? wf_task_id(t) : UINT32_MAX; /* as of the task that is always there */
}

const char *weft_task_name(const weft_task *t)
{
    return !t || t->kind == UINT32_MAX ? "failed" : wf_task_kind(t)->name;
}

uint32_t weft_task_layer(const weft_task *t)
{
    return !t || t->kind == UINT32_MAX ? 0 : wf_task_kind(t)->layer;
}

size_t weft_task_n_deps(const weft_task *t)
{
    return t ? t->n_deps : 0;
}

weft_task *weft_task_dep(const weft_task *t, size_t i)
{
    WF_ASSERT(i < t->n_deps);
    return wf_graph_at(wf_task_graph(t), wf_task_deps(t)[i]);
}

void wf_task_site(const weft_task *t, char *text, size_t size)
{
    const struct wf_kind *kind = t->kind == UINT32_MAX ? NULL : wf_task_kind(t);

    if (kind && kind->line)
        snprintf(text, size, "%s:%d", kind->file, kind->line);
    else
        text[0] = '\0';
}

weft_status weft_task_status(const weft_task *t, struct weft_error *err)
{
    if (!t)
        return wf_error_nomem(err, "a graph");
    if (t->what != WF_TASK_FAILED)
        return WEFT_OK;
    if (err)
        *err = *(const struct weft_error *)wf_task_arg(t);
    return ((const struct weft_error *)wf_task_arg(t))->status;
}
