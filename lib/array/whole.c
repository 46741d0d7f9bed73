/* whole.c - the chunks of an array as tasks, and all of them as one block. */
#include <string.h>

#include "lib/array/eval.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/hash.h"
#include "lib/data/block.h"

/* ---- One chunk -------------------------------------------------------------------- */

/* A chunk that lies in the caller's memory as a block would is that memory. */
static weft_block *memory_block(const struct wf_eval *e)
{
    const struct wf_feed *f = &e->feeds[0];
    const weft_array *a = f->leaf;

    if (e->pass->program || f->is_rule || e->pass->n_inputs || f->n_dims != 1 || f->stride[0] != f->unit)
        return NULL;
    return wf_block_over(a->dtype, a->n_dims, e->shape, (void *)f->data,
                         wf_buffer_retain(a->as.memory.held));
}

static weft_status chunk_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct wf_part *part = arg;
    struct wf_eval e;
    weft_block *block = NULL;
    char *to;
    weft_status st = wf_eval_begin(&e, part, call, err);

    if (st)
        goto out;
    block = memory_block(&e);
    if (block)
        goto done;
    block = weft_block_new(part->pass->dtype, part->pass->root->n_dims, e.shape);
    if (!block) {
        st = wf_error_nomem(err, "a chunk of an array");
        goto out;
    }
    to = weft_block_data_mut(block);
    for (int64_t p = 0, n; p < e.n_elems; p += n) {
        n = wf_eval_run(&e, p);
        st = wf_eval_put(&e, p, n, to + (size_t)p * weft_dtype_size(part->pass->dtype), err);
        if (st)
            goto out;
    }
done:
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, block));
    block = NULL;
out:
    weft_block_release(block);
    return st;
}

static size_t chunk_bytes(const weft_array *a, const int64_t *index)
{
    size_t bytes = weft_dtype_size(a->dtype);

    for (int d = 0; d < a->n_dims; d++)
        bytes *= (size_t)(a->cuts[d].at[index[d] + 1] - a->cuts[d].at[index[d]]);
    return bytes;
}

weft_status wf_array_make_chunks(weft_array *a, weft_task **failed)
{
    int64_t index[WEFT_MAX_DIMS] = {0};
    const int64_t n = weft_array_n_chunks(a);
    struct wf_pass *pass = NULL;
    struct weft_error err;
    weft_task **chunks;
    char about[WF_ABOUT_TEXT];
    struct wf_saved saved;
    uint32_t layer;
    weft_status st;

    WF_ASSERT(!wf_array_has_failed(a));
    if (a->chunks)
        return WEFT_OK;
    saved = wf_origin_enter(a->graph, &a->from);
    chunks = wf_graph_alloc(a->graph, (size_t)n * sizeof *chunks);
    st = chunks ? wf_pass_new(&pass, a, a->dtype, NULL, 0, NULL, &err) : wf_error_nomem(&err, "an array");
    if (st) {
        *failed = wf_graph_fail_with(a->graph, &err, NULL, 0);
        goto out;
    }
    layer = weft_graph_layer(a->graph, pass->name);
    weft_graph_layer_tell(a->graph, layer, "%s", wf_array_about(a, about));
    for (int64_t i = 0; i < n; i++) {
        chunks[i] = wf_pass_task(pass, chunk_body, layer, index, chunk_bytes(a, index));
        wf_index_next(index, a->n_dims, a->cuts);
    }
    wf_pass_release(pass);
    a->chunks = chunks;
out:
    wf_origin_leave(a->graph, &saved);
    return st;
}

weft_array *weft_array_keep(weft_array *a)
{
    struct weft_error err;
    weft_task *failed;

    if (wf_array_has_failed(a) || !wf_array_make_chunks(a, &failed))
        return a;
    weft_task_status(failed, &err);
    return wf_array_fail_with(a->graph, a->name, &err);
}

weft_task *weft_array_chunk_task(weft_array *a, const int64_t *index)
{
    char text[WF_SHAPE_TEXT];
    weft_task *failed;

    if (wf_array_has_failed(a))
        return a ? a->failed : NULL;
    for (int d = 0; d < a->n_dims; d++)
        if (index[d] < 0 || index[d] >= a->cuts[d].n)
            return wf_graph_fail(a->graph, WEFT_INVALID, "%s: chunk %s, and axis %d has %lld of them",
                                   a->name, wf_shape_text(text, a->n_dims, index), d,
                                   (long long)a->cuts[d].n);
    if (wf_array_make_chunks(a, &failed))
        return failed;
    return a->chunks[wf_index_number(index, a->n_dims, a->cuts)];
}

/* ---- All of them ---------------------------------------------------------------------- */

/* Copies a chunk to its place in the whole, row by row of what lies together in both. */
static void place(weft_block *whole, const weft_array *a, const int64_t *index, const weft_block *chunk)
{
    const size_t size = weft_dtype_size(a->dtype);
    const int64_t *shape = weft_block_shape(chunk);
    const char *from = weft_block_data(chunk);
    char *to = weft_block_data_mut(whole);
    int64_t at[WEFT_MAX_DIMS] = {0}, row = 1, n_rows = 1;
    int d = a->n_dims - 1;

    /* Axes that are in one chunk join the row. */
    for (; d >= 0; d--) {
        row *= shape[d];
        if (shape[d] != a->shape[d])
            break;
    }
    for (int i = 0; i < d; i++)
        n_rows *= shape[i];
    if (!row)
        return;
    for (; n_rows > 0; n_rows--) {
        int64_t offset = 0;

        for (int i = 0; i < a->n_dims; i++)
            offset = offset * a->shape[i] + a->cuts[i].at[index[i]] + at[i];
        memcpy(to + (size_t)offset * size, from, (size_t)row * size);
        from += (size_t)row * size;
        for (int i = d - 1; i >= 0 && ++at[i] == shape[i]; i--)
            at[i] = 0;
    }
}

static weft_status whole_body(weft_call *call, void *arg, struct weft_error *err)
{
    const weft_array *a = arg;
    weft_block *whole = weft_block_new(a->dtype, a->n_dims, a->shape);
    int64_t index[WEFT_MAX_DIMS] = {0};
    weft_status st = WEFT_OK;

    if (!whole)
        return wf_error_nomem(err, "a whole array");
    for (size_t i = 0; i < weft_call_n_inputs(call) && !st; i++) {
        const weft_block *chunk = weft_call_block(call, i);

        st = wf_chunk_check(chunk, a, index, err);
        if (!st)
            place(whole, a, index, chunk);
        wf_index_next(index, a->n_dims, a->cuts);
    }
    if (st) {
        weft_block_release(whole);
        return st;
    }
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, whole));
    return WEFT_OK;
}

/* Arrays stay as long as their graph. Two of one shape and equal cuts put equal
 * chunks together equally. */
static weft_status array_hash(const void *data, struct weft_sink *sink)
{
    const weft_array *a = data;
    const int64_t head[] = {a->dtype, a->n_dims};
    weft_status st = sink->write(sink->to, head, sizeof head);

    for (int d = 0; d < a->n_dims && !st; d++)
        st = sink->write(sink->to, a->cuts[d].at, (size_t)(a->cuts[d].n + 1) * sizeof *a->cuts[d].at);
    return st;
}

static const struct weft_type array_type = {.name = "array", .hash = array_hash};

weft_task *weft_array_whole(weft_array *a)
{
    weft_task *failed;

    if (wf_array_has_failed(a))
        return a ? a->failed : NULL;
    if (wf_array_make_chunks(a, &failed))
        return failed;
    if (weft_array_n_chunks(a) == 1)
        return a->chunks[0];
    return weft_graph_add(a->graph, &(struct weft_task_spec){
        .name = "whole", .layer = weft_graph_layer(a->graph, "whole"), .body = whole_body, .arg = a,
        .arg_type = &array_type, .deps = a->chunks, .n_deps = (size_t)weft_array_n_chunks(a),
        .flags = WEFT_PURE, .result_bytes = weft_array_bytes(a), .file = a->graph->here.file, .line = a->graph->here.line});
}

/* ---- From tasks -------------------------------------------------------------------------- */

weft_array *weft_array_from_tasks(weft_graph *g, weft_dtype dtype, struct weft_layout layout,
                                  weft_task *const *tasks, int64_t n)
{
    struct weft_array a = {.graph = g, .name = "from_tasks", .kind = WF_ARRAY_CHUNKS, .dtype = dtype};
    struct weft_error err;

    if (!g)
        return NULL;
    if (wf_layout_apply(&a, &layout, a.name, &err))
        return wf_array_fail_with(g, a.name, &err);
    if (n != weft_array_n_chunks(&a))
        return wf_array_fail(g, a.name, WEFT_INVALID, "from_tasks: %lld tasks for %lld chunks", (long long)n,
                             (long long)weft_array_n_chunks(&a));
    a.chunks = wf_graph_alloc(g, (size_t)n * sizeof *a.chunks);
    if (!a.chunks)
        return NULL;
    for (int64_t i = 0; i < n; i++)
        a.chunks[i] = tasks[i];
    return wf_array_new(g, &a);
}
