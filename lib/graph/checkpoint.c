/* checkpoint.c - tasks done when others are. */
#include "lib/graph/checkpoint.h"

#include <weft/rewire.h>

#include "lib/graph/graph.h"

static weft_status nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

/* A task behind each, so that none of their results waits for the others. */
weft_task *weft_graph_checkpoint(weft_graph *g, weft_task *const *tasks, size_t n)
{
    weft_task *all = NULL, *few[64];
    const uint32_t layer = weft_graph_layer(g, "checkpoint");

    for (size_t i = 0; i < n;) {
        size_t k = 0;

        if (all)
            few[k++] = all;
        for (; i < n && k < sizeof few / sizeof *few; i++)
            few[k++] = weft_graph_add(g, &(struct weft_task_spec){.name = "done", .layer = layer, .body = nothing,
                                                                  .deps = &tasks[i], .n_deps = 1});
        all = weft_graph_add(g, &(struct weft_task_spec){.name = "checkpoint", .layer = layer, .body = nothing, .deps = few, .n_deps = k});
    }
    return n ? all : weft_graph_add(g, &(struct weft_task_spec){.name = "checkpoint", .layer = layer, .body = nothing});
}

/* Its first input: one holder more where that is no copy, else the value itself. */
static weft_status pass(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v = weft_call_input(call, 0);
    weft_status st = WEFT_OK;

    (void)arg;
    if (v.type)
        st = v.type->share ? weft_value_retain(v, &v) : weft_call_take(call, 0, &v);
    if (st)
        return weft_error_set(err, st, "a %s that others read, too, can neither be shared nor copied", v.type->name);
    weft_call_return(call, v);
    return WEFT_OK;
}

weft_task *wf_graph_after(weft_graph *g, weft_task *task, weft_task *after)
{
    return weft_graph_add(g, &(struct weft_task_spec){.name = "after", .body = pass, .flags = WEFT_ROWS | WF_TASK_PASSES,
                                                      .deps = (weft_task *const[]){task, after}, .n_deps = 2});
}

void weft_graph_wait_on(weft_graph *g, weft_task *const *tasks, size_t n, weft_task **out)
{
    weft_task *all = weft_graph_checkpoint(g, tasks, n);

    for (size_t i = 0; i < n; i++)
        out[i] = wf_graph_after(g, tasks[i], all);
}
