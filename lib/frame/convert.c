/* convert.c - a column as an array, its chunks the partitions. */
#include <math.h>
#include <string.h>

#include "lib/array/array.h"
#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/data/block.h"
#include "lib/frame/lower.h"

/* Values of a column without nulls, where they lie. NULL: no memory. */
static weft_block *block_over(const struct wf_column *c)
{
    weft_block *b;

    if (c->dtype != WEFT_BOOL)
        return wf_block_over(c->dtype, 1, &c->n, (void *)(uintptr_t)c->values, wf_buffer_retain(c->values_held));
    b = weft_block_new(WEFT_BOOL, 1, &c->n);
    if (b)
        wf_bits_unpack(weft_block_data_mut(b), c->values, 0, c->n);
    return b;
}

/* Values of a float64 column with NaN for nulls. NULL: no memory. */
static weft_block *block_with_nan(const struct wf_column *c)
{
    weft_block *b = weft_block_new(WEFT_FLOAT64, 1, &c->n);
    double *to = b ? weft_block_data_mut(b) : NULL;

    if (b)
        memcpy(to, c->values, (size_t)c->n * sizeof *to);
    for (int64_t i = 0; b && i < c->n; i++)
        if (wf_column_is_null(c, i))
            to[i] = NAN;
    return b;
}

static int64_t first_null(const struct wf_column *c)
{
    int64_t i = 0;

    while (!wf_column_is_null(c, i))
        i++;
    return i;
}

/* Inputs: a partition of the source. Gives a block. */
static weft_status block_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct wf_flow *w = arg;
    void *scratch = weft_call_scratch(call, w->scratch_bytes);
    struct wf_column *c = NULL;
    weft_block *b = NULL;
    int64_t n_rows;
    weft_status st = scratch ? WEFT_OK : wf_error_nomem(err, "a column");

    if (!st)
        st = wf_flow_run(w, weft_call_chunk(call, 0), scratch, &c, &n_rows, err);
    if (st)
        return st;
    if (c->n_nulls && c->dtype != WEFT_FLOAT64) {
        st = weft_error_set(err, WEFT_INVALID, "to array: \"%s\" is null in row %lld of a partition, and %s has no NaN",
                            w->schema->names[0], (long long)first_null(c), weft_dtype_name(c->dtype));
    } else {
        b = c->n_nulls ? block_with_nan(c) : block_over(c);
        st = b ? WEFT_OK : wf_error_nomem(err, "a column");
    }
    wf_column_release(c);
    if (!st)
        weft_call_return(call, weft_value_of_ptr(&weft_type_block, b));
    return st;
}

/* The blocks of all partitions that have rows. */
static weft_array *from_blocks(weft_frame *f, struct wf_flow *w)
{
    weft_task **tasks = wf_lower_reads(f, w);
    int64_t *lengths = wf_graph_alloc(f->graph, (size_t)(f->source->n + 1) * sizeof *lengths), n = 0;
    const char *name = wf_frame_op_name(f, "to-array");
    struct weft_layout layout = {.n_dims = 1, .shape = {f->n_rows}};
    uint32_t layer;

    if (!tasks || !lengths || !name)
        return NULL;
    layer = weft_graph_layer(f->graph, name);
    for (int64_t i = 0; i < f->source->n; i++) {
        if (!f->rows[i] && (f->n_rows || i))
            continue;
        lengths[n] = f->rows[i];
        tasks[n++] = wf_graph_add_here(f->graph, block_body, .name = name, .index = &i, .n_index = 1, .layer = layer,
                              .flags = WEFT_PURE | WEFT_ROWS, .arg = wf_flow_retain(w), .arg_type = &wf_flow_type,
                              .deps = WEFT_DEPS(tasks[i]));
    }
    if (f->n_rows) {
        layout.chunks.list[0] = lengths;
        layout.chunks.n_list[0] = n;
    }
    return weft_array_from_tasks(f->graph, w->schema->dtypes[0], layout, tasks, n);
}

weft_array *weft_frame_to_array(weft_frame *f, const char *what)
{
    const struct wf_expr *e = NULL;
    struct wf_flow *w = NULL;
    struct weft_error err;
    weft_array *a;
    weft_status st;

    f = wf_frame_to_join(f);
    if (!f)
        return NULL;
    st = weft_frame_status(f, &err);
    if (!st)
        st = wf_frame_expr_of(&e, f, what, &err);
    if (!st && e->dtype == WEFT_STRING)
        st = weft_error_set(&err, WEFT_TYPE, "to array: \"%s\" is string, and arrays hold numbers", what);
    if (!st && !f->rows)
        st = weft_error_set(&err, WEFT_UNSUPPORTED,
                            "to array: how many rows of \"%s\" each partition has is not known before a run", what);
    if (!st && e->dtype == WEFT_DATE)
        st = wf_expr_cast(&e, &f->graph->arena, e, WEFT_INT64, &err);
    if (!st)
        st = wf_flow_new(&w, f, 1, &e, &what, &err);
    if (st)
        return wf_array_fail_with(f->graph, "to_array", &err);
    a = from_blocks(f, w);
    wf_flow_release(w);
    return a;
}
