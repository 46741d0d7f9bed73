/* lower.c - what a frame describes becomes tasks. */
#include "lib/frame/lower.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

weft_task **wf_lower_reads(const weft_frame *f, const struct wf_flow *w)
{
    weft_task **tasks = wf_graph_alloc(f->graph, (size_t)(f->source->n + 1) * sizeof *tasks);
    struct wf_saved saved;
    uint32_t layer;

    if (!tasks)
        return NULL;
    if (f->source->tasks) {
        memcpy(tasks, f->source->tasks, (size_t)f->source->n * sizeof *tasks);
        return tasks;
    }
    saved = wf_origin_enter(f->graph, &f->source->from);
    layer = weft_graph_layer(f->graph, "read-csv");
    weft_graph_layer_tell(f->graph, layer, "%d of %d columns", w->n_reads, f->source->n_columns);
    for (int i = 0; i < f->source->n; i++)
        tasks[i] = wf_source_task(f, i, w->reads, w->n_reads, layer);
    wf_origin_leave(f->graph, &saved);
    return tasks;
}

/* Inputs: a partition of the source. Gives a partition of the frame. */
static weft_status flow_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct wf_flow *w = arg;
    struct wf_column **columns = wf_alloc_zero((size_t)w->n + 1, sizeof *columns);
    void *scratch = weft_call_scratch(call, w->scratch_bytes);
    weft_chunk *chunk = NULL;
    int64_t n_rows;
    weft_status st = WEFT_OK;

    if (!columns || !scratch)
        st = wf_error_nomem(err, "a partition");
    if (!st)
        st = wf_flow_run(w, weft_call_chunk(call, 0), scratch, columns, &n_rows, err);
    if (!st) {
        chunk = wf_chunk_new(w->schema, n_rows, columns);
        st = chunk ? WEFT_OK : wf_error_nomem(err, "a partition");
    }
    if (!st)
        weft_call_return(call, weft_value_of_ptr(&weft_type_chunk, chunk));
    wf_free(columns);
    return st;
}

/* The tasks of all columns, made. */
static weft_task **make_tasks(weft_frame *f, struct wf_flow *w)
{
    const uint32_t flags = WEFT_PURE | (wf_flow_keeps_rows(w) ? WEFT_ROWS : WEFT_SOME_ROWS);
    weft_task **tasks = wf_lower_reads(f, w);
    char about[WF_FRAME_ABOUT];
    struct wf_saved saved;
    uint32_t layer;

    /* A partition that is there already, with all its columns in order, is the answer. */
    if (!tasks || (wf_flow_is_nothing(w) && (w->is_dense || w->n == f->source->n_columns)))
        return tasks;
    saved = wf_origin_enter(f->graph, &f->from);
    layer = weft_graph_layer(f->graph, f->label);
    weft_graph_layer_tell(f->graph, layer, "%s", wf_frame_about(&f->schema, about));
    for (int64_t i = 0; i < f->source->n; i++)
        tasks[i] = wf_graph_add_here(f->graph, flow_body, .name = f->label, .index = &i, .n_index = 1, .layer = layer,
                            .flags = flags, .arg = wf_flow_retain(w), .arg_type = &wf_flow_type,
                            .deps = WEFT_DEPS(tasks[i]));
    wf_origin_leave(f->graph, &saved);
    return tasks;
}

weft_task *const *wf_frame_tasks(weft_frame *f)
{
    struct wf_flow *w = NULL;
    struct weft_error err;

    if (f->made)
        return f->made;
    if (wf_flow_new(&w, f, f->schema.n, f->columns, (const char *const *)f->schema.names, &err)) {
        weft_task *failed = wf_graph_fail_with(f->graph, &err, NULL, 0);
        weft_task **tasks = wf_graph_alloc(f->graph, (size_t)(f->source->n + 1) * sizeof *tasks);

        for (int i = 0; tasks && i < f->source->n; i++)
            tasks[i] = failed;
        return tasks;
    }
    f->made = make_tasks(f, w);
    wf_flow_release(w);
    return f->made;
}

weft_task *weft_frame_partition(weft_frame *f, int i)
{
    weft_task *const *tasks;

    if (!f || f->failed)
        return f ? f->failed : NULL;
    if (i < 0 || i >= f->source->n)
        return wf_graph_fail(f->graph, WEFT_INVALID, "partition: number %d of a frame with %d partitions", i,
                               f->source->n);
    tasks = wf_frame_tasks(f);
    return tasks ? tasks[i] : wf_graph_nomem(f->graph);
}

/* ---- The whole ------------------------------------------------------------------- */

/* Inputs: all partitions, in order. */
static weft_status whole_body(weft_call *call, void *arg, struct weft_error *err)
{
    const size_t n = weft_call_n_inputs(call);
    weft_chunk **chunks = wf_alloc_array(n, sizeof *chunks);
    weft_chunk *whole = NULL;

    (void)arg;
    for (size_t i = 0; chunks && i < n; i++)
        chunks[i] = weft_call_chunk(call, i);
    if (chunks)
        whole = wf_chunk_concat(chunks, (int)n);
    wf_free(chunks);
    if (!whole)
        return wf_error_nomem(err, "a whole frame");
    weft_call_return(call, weft_value_of_ptr(&weft_type_chunk, whole));
    return WEFT_OK;
}

weft_task *weft_frame_whole(weft_frame *f)
{
    weft_task *const *tasks;

    if (!f || f->failed)
        return f ? f->failed : NULL;
    tasks = wf_frame_tasks(f);
    if (!tasks)
        return wf_graph_nomem(f->graph);
    if (f->source->n == 1)
        return tasks[0];
    return wf_graph_add_here(f->graph, whole_body, .name = "whole", .layer = weft_graph_layer(f->graph, "whole"),
                    .flags = WEFT_PURE | WEFT_ROWS, .deps = tasks, .n_deps = (size_t)f->source->n);
}
