/* store.c - an array written into memory of the caller, chunk by chunk as each is done. */
#include <string.h>

#include "lib/array/eval.h"
#include "lib/base/error.h"

/* Where the elements go. In the memory of the graph. */
struct place {
    const weft_array *array;
    char             *to;                    /* element (0, 0, ...) */
    int64_t           stride[WEFT_MAX_DIMS]; /* bytes */
};

struct store_arg {
    const struct place *place;
    int64_t             index[WEFT_MAX_DIMS]; /* of the chunk */
};

/* Copies row by row of what lies together in both. */
static void copy_out(const struct place *p, const int64_t *index, const weft_block *chunk)
{
    const weft_array *a = p->array;
    const size_t size = weft_dtype_size(a->dtype);
    const int64_t *shape = weft_block_shape(chunk);
    const char *from = weft_block_data(chunk);
    int64_t at[WEFT_MAX_DIMS] = {0}, row = 1;
    char *to = p->to;
    int d = a->n_dims;

    if (!weft_block_n_elems(chunk))
        return;
    for (int i = 0; i < a->n_dims; i++)
        to += a->cuts[i].at[index[i]] * p->stride[i];
    while (d > 0 && p->stride[d - 1] == row * (int64_t)size)
        row *= shape[--d];
    for (;;) {
        int i = d - 1;

        memcpy(to, from, (size_t)row * size);
        from += (size_t)row * size;
        for (; i >= 0; i--) {
            to += p->stride[i];
            if (++at[i] < shape[i])
                break;
            to -= p->stride[i] * shape[i];
            at[i] = 0;
        }
        if (i < 0)
            return;
    }
}

static weft_status store_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct store_arg *s = arg;
    const weft_block *chunk = weft_call_block(call, 0);
    const weft_status st = wf_chunk_check(chunk, s->place->array, s->index, err);

    if (!st)
        copy_out(s->place, s->index, chunk);
    return st;
}

static weft_status all_stored(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

weft_task *weft_array_store(weft_array *a, void *to, const int64_t *strides)
{
    const int64_t n = wf_array_has_failed(a) ? 0 : weft_array_n_chunks(a);
    struct store_arg arg = {0};
    struct place *place;
    weft_task *failed, **tasks;
    uint32_t layer;
    int64_t stride;

    if (wf_array_has_failed(a))
        return a ? a->failed : NULL;
    if (wf_array_make_chunks(a, &failed))
        return failed;
    place = wf_graph_alloc(a->graph, sizeof *place);
    tasks = wf_graph_alloc(a->graph, (size_t)n * sizeof *tasks);
    if (!place || !tasks)
        return wf_graph_nomem(a->graph);
    *place = (struct place){.array = a, .to = to};
    stride = (int64_t)weft_dtype_size(a->dtype);
    for (int d = a->n_dims - 1; d >= 0; d--) {
        place->stride[d] = strides ? strides[d] : stride;
        stride *= a->shape[d];
    }
    arg.place = place;
    layer = weft_graph_layer(a->graph, "store");
    for (int64_t i = 0; i < n; i++) {
        tasks[i] = weft_graph_add(a->graph, &(struct weft_task_spec){
            .name = "store", .index = &i, .n_index = 1, .layer = layer, .body = store_body, .arg = &arg, .arg_bytes = sizeof arg,
            .deps = &a->chunks[i], .n_deps = 1, .file = a->graph->here.file, .line = a->graph->here.line});
        wf_index_next(arg.index, a->n_dims, a->cuts);
    }
    return weft_graph_add(a->graph, &(struct weft_task_spec){
        .name = "stored", .layer = layer, .body = all_stored, .deps = tasks, .n_deps = (size_t)n,
        .file = a->graph->here.file, .line = a->graph->here.line});
}
