/* frame.c - how a frame comes to be: its handle, its failures, its copies. */
#include "lib/frame/frame.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/graph/plan.h"

weft_frame *wf_frame_fail_task(weft_graph *g, weft_task *failed)
{
    weft_frame *f = wf_graph_alloc(g, sizeof *f);

    if (!f)
        return NULL;
    f->graph = g;
    f->failed = failed;
    f->n_rows = -1;
    f->label = "";
    return f;
}

weft_frame *wf_frame_fail(weft_graph *g, const struct weft_error *err)
{
    return wf_frame_fail_task(g, wf_graph_fail_with(g, err, NULL, 0));
}

/* Room for n columns. */
static bool make_room(weft_frame *f, int n)
{
    f->schema.names = wf_graph_alloc(f->graph, (size_t)(n + 1) * sizeof *f->schema.names);
    f->schema.dtypes = wf_graph_alloc(f->graph, (size_t)(n + 1) * sizeof *f->schema.dtypes);
    f->columns = wf_graph_alloc(f->graph, (size_t)(n + 1) * sizeof *f->columns);
    return f->schema.names && f->schema.dtypes && f->columns;
}

weft_frame *wf_frame_new(weft_graph *g, const struct wf_source *source, const struct wf_schema *schema,
                         int n_layers)
{
    weft_frame *f = wf_graph_alloc(g, sizeof *f);

    if (!f)
        return NULL;
    f->graph = g;
    f->source = source;
    f->n_numbers = schema->n;
    f->n_rows = -1;
    f->label = "";
    f->n_layers = n_layers;
    f->from = wf_graph_origin(g);
    if (!make_room(f, schema->n))
        return NULL;
    f->schema.n = schema->n;
    for (int i = 0; i < schema->n; i++) {
        f->schema.dtypes[i] = schema->dtypes[i];
        f->schema.names[i] = wf_graph_strdup(g, schema->names[i]);
        f->columns[i] = wf_expr_input(&g->arena, i, schema->dtypes[i]);
        if (!f->schema.names[i] || !f->columns[i])
            return NULL;
    }
    return f;
}

weft_frame *wf_frame_to_join(weft_frame *f)
{
    if (!f || f->failed || !f->label[0] || wf_origin_joins(f->graph, &f->from, WEFT_PASS_FRAMES))
        return f;
    return weft_frame_keep(f);
}

/* Bounds of n partitions with rows[i] rows each; NULL when one of them is empty (no
 * row has its bound), or for no memory. */
static const int64_t *divisions_of(weft_graph *g, const int64_t *rows, int n)
{
    int64_t *bounds = wf_graph_alloc(g, (size_t)(n + 1) * sizeof *bounds);
    int64_t first = 0;

    for (int i = 0; bounds && i < n; i++) {
        if (!rows[i])
            return NULL;
        bounds[i] = first;
        first += rows[i];
    }
    if (bounds)
        bounds[n] = first - 1;
    return bounds;
}

void wf_frame_set_rows(weft_frame *f, const int64_t *rows)
{
    f->rows = rows;
    f->n_rows = 0;
    for (int i = 0; i < f->source->n; i++)
        f->n_rows += rows[i];
    f->divisions = divisions_of(f->graph, rows, f->source->n);
}

weft_frame *wf_frame_of_tasks(weft_graph *g, weft_task *const *tasks, int n, const struct wf_schema *schema,
                              int n_layers)
{
    struct wf_source *source = wf_graph_alloc(g, sizeof *source);

    if (!source)
        return NULL;
    source->n = n;
    source->n_columns = schema->n;
    source->tasks = wf_graph_alloc(g, (size_t)(n + 1) * sizeof *source->tasks);
    if (!source->tasks)
        return NULL;
    memcpy(source->tasks, tasks, (size_t)n * sizeof *tasks);
    return wf_frame_new(g, source, schema, n_layers);
}

const char *wf_frame_op_name(const weft_frame *f, const char *op)
{
    const size_t n_label = strlen(f->label), n_op = strlen(op);
    char *name;

    if (!n_label)
        return wf_graph_strdup(f->graph, op);
    /* "assign+assign" says no more than "assign", and long chains are cut. */
    if (n_label >= n_op && strcmp(f->label + n_label - n_op, op) == 0)
        return f->label;
    name = wf_graph_alloc(f->graph, n_label + n_op + 2);
    if (name)
        snprintf(name, n_label + n_op + 2, "%s+%s", n_label < 48 ? f->label : "...", op);
    return name;
}

weft_frame *wf_frame_derive(const weft_frame *f, const char *op, int n_columns)
{
    weft_frame *d = wf_graph_alloc(f->graph, sizeof *d);

    if (!d)
        return NULL;
    *d = *f;
    d->made = NULL;
    d->from = wf_graph_origin(f->graph);
    d->n_layers++;
    d->label = wf_frame_op_name(f, op);
    if (!d->label || !make_room(d, n_columns))
        return NULL;
    for (int i = 0; i < f->schema.n && i < n_columns; i++) {
        d->schema.names[i] = f->schema.names[i];
        d->schema.dtypes[i] = f->schema.dtypes[i];
        d->columns[i] = f->columns[i];
    }
    return d;
}

weft_frame *weft_frame_here(weft_frame *f, const char *file, int line)
{
    if (f)
        weft_graph_at(f->graph, file, line);
    return f;
}

/* ---- Asking ---------------------------------------------------------------------- */

weft_status weft_frame_status(const weft_frame *f, struct weft_error *err)
{
    if (!f)
        return weft_error_set(err, WEFT_NOMEM, "out of memory for a frame");
    return f->failed ? weft_task_status(f->failed, err) : WEFT_OK;
}

weft_graph *weft_frame_graph(const weft_frame *f)
{
    return f ? f->graph : NULL;
}

int weft_frame_n_columns(const weft_frame *f)
{
    return f ? f->schema.n : 0;
}

const char *weft_frame_name(const weft_frame *f, int column)
{
    WF_ASSERT(f && column >= 0 && column < f->schema.n);
    return f->schema.names[column];
}

weft_dtype weft_frame_dtype(const weft_frame *f, int column)
{
    WF_ASSERT(f && column >= 0 && column < f->schema.n);
    return f->schema.dtypes[column];
}

int weft_frame_find(const weft_frame *f, const char *name)
{
    return f ? wf_schema_find(&f->schema, name) : -1;
}

int weft_frame_n_partitions(const weft_frame *f)
{
    return f && f->source ? f->source->n : 0;
}

int64_t weft_frame_n_rows(const weft_frame *f)
{
    return f ? f->n_rows : -1;
}

const int64_t *weft_frame_divisions(const weft_frame *f)
{
    return f ? f->divisions : NULL;
}

weft_frame *weft_frame_clear_divisions(weft_frame *f)
{
    weft_frame *d;

    if (!f || f->failed)
        return f;
    d = wf_graph_alloc(f->graph, sizeof *d);
    if (d) {
        *d = *f;
        d->divisions = NULL;
    }
    return d;
}
