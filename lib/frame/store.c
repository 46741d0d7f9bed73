/* store.c - columns of a frame written into memory of the caller, partition by partition.
 *
 * How many rows a partition has is often not known before it is there, so the tasks that
 * write stand in a row, each telling the next where to go on:
 *
 *     partition 0    partition 1    partition 2
 *         |              |              |
 *       store ----->   store ----->   store        the number of rows so far
 *
 * Each partition is dropped when it is written; only the writing is one after another.
 */
#include <string.h>

#include "lib/base/bits.h"
#include "lib/base/error.h"
#include "lib/data/chunk.h"
#include "lib/frame/frame.h"

struct target {
    int        column;
    const char *name;
    weft_dtype dtype;
    void      *values;
    uint64_t  *valid;
};

/* In the memory of the graph. */
struct place {
    int           n;
    int64_t       n_rows; /* room */
    struct target targets[];
};

static weft_status put_valid(const struct target *t, const weft_chunk *c, int64_t at, struct weft_error *err)
{
    for (int64_t i = 0; i < weft_chunk_n_rows(c); i++) {
        const bool is_null = weft_chunk_is_null(c, t->column, i);

        if (is_null && !t->valid)
            return weft_error_set(err, WEFT_INVALID, "store: \"%s\" is null in row %lld, and there is no room for validity",
                                  t->name, (long long)(at + i));
        if (is_null)
            wf_bits_clear(t->valid, at + i);
        else if (t->valid)
            wf_bits_set(t->valid, at + i);
    }
    return WEFT_OK;
}

static void put_values(const struct target *t, const weft_chunk *c, int64_t at)
{
    const int64_t n = weft_chunk_n_rows(c);
    const size_t size = weft_dtype_size(t->dtype);

    if (t->dtype == WEFT_BOOL)
        for (int64_t i = 0; i < n; i++)
            ((uint8_t *)t->values)[at + i] = weft_chunk_i64_at(c, t->column, i) != 0;
    else if (n)
        memcpy((char *)t->values + (size_t)at * size, weft_chunk_values(c, t->column), (size_t)n * size);
}

/* Inputs: a partition, and but for the first how many rows are there. Gives how many are
 * then. */
static weft_status store_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct place *p = arg;
    const weft_chunk *c = weft_value_chunk(weft_call_input(call, 0));
    const int64_t at = weft_call_n_inputs(call) > 1 ? weft_value_i64(weft_call_input(call, 1)) : 0;
    const int64_t n = weft_chunk_n_rows(c);
    weft_status st = WEFT_OK;

    if (n > p->n_rows - at)
        return weft_error_set(err, WEFT_INVALID, "store: there is room for %lld rows, and the frame has %lld and more",
                              (long long)p->n_rows, (long long)(at + n));
    for (int i = 0; i < p->n && !st; i++) {
        if (p->targets[i].valid || weft_chunk_n_nulls(c, p->targets[i].column))
            st = put_valid(&p->targets[i], c, at, err);
        if (!st)
            put_values(&p->targets[i], c, at);
    }
    weft_call_return(call, weft_value_of_i64(at + n));
    return st;
}

static weft_status resolve(const weft_frame *f, const struct weft_store_spec *columns, int n, struct place *p,
                           struct weft_error *err)
{
    for (int i = 0; i < n; i++) {
        struct target *t = &p->targets[i];
        const weft_status st = wf_frame_column_at(&t->column, f, "store", columns[i].name, err);

        if (st)
            return st;
        t->name = f->schema.names[t->column];
        t->dtype = f->schema.dtypes[t->column];
        t->values = columns[i].values;
        t->valid = columns[i].valid;
        if (t->dtype == WEFT_STRING)
            return weft_error_set(err, WEFT_UNSUPPORTED, "store: \"%s\" is of string, whose bytes have no place of their own",
                                  t->name);
    }
    return WEFT_OK;
}

weft_task *weft_frame_store(weft_frame *f, const struct weft_store_spec *columns, int n, int64_t n_rows)
{
    struct weft_error err;
    weft_task *const *parts, *last = NULL;
    struct place *p;
    uint32_t layer;

    if (!f || f->failed)
        return f ? f->failed : NULL;
    p = wf_graph_alloc(f->graph, sizeof *p + (size_t)n * sizeof *p->targets);
    if (!p)
        return wf_graph_nomem(f->graph);
    p->n = n;
    p->n_rows = n_rows;
    if (resolve(f, columns, n, p, &err))
        return wf_graph_fail_with(f->graph, &err, f->graph->here.file, f->graph->here.line);
    parts = wf_frame_tasks(f);
    if (!parts)
        return wf_graph_nomem(f->graph);
    layer = weft_graph_layer(f->graph, "store");
    for (int64_t i = 0; i < f->source->n; i++)
        last = weft_graph_add(f->graph, &(struct weft_task_spec){
            .name = "store", .index = &i, .n_index = 1, .layer = layer, .body = store_body, .arg = p,
            .deps = (weft_task *const[]){parts[i], last}, .n_deps = last ? 2 : 1,
            .file = f->graph->here.file, .line = f->graph->here.line});
    return last;
}
