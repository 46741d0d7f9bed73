/* select.c - which columns and which rows, and new columns of old ones. */
#include <string.h>

#include "lib/base/error.h"
#include "lib/frame/frame.h"

/* Expressions get no deeper than this before their columns are settled: joining
 * two of them stays within what expressions may be. */
enum { DEEP = WF_EXPR_MAX_DEPTH / 2 };

static weft_frame *selected(weft_frame *f, const char *op, const int *columns, int n)
{
    weft_frame *d = wf_frame_derive(f, op, n);

    if (!d)
        return NULL;
    d->schema.n = n;
    for (int i = 0; i < n; i++) {
        d->schema.names[i] = f->schema.names[columns[i]];
        d->schema.dtypes[i] = f->schema.dtypes[columns[i]];
        d->columns[i] = f->columns[columns[i]];
    }
    return d;
}

weft_frame *weft_frame_select(weft_frame *f, const char *const *names, int n)
{
    struct weft_error err;
    int *columns;

    f = wf_frame_to_join(f);
    if (!f || f->failed)
        return f;
    columns = wf_graph_alloc(f->graph, (size_t)(n + 1) * sizeof *columns);
    if (!columns)
        return NULL;
    for (int i = 0; i < n; i++) {
        if (wf_frame_column_at(&columns[i], f, "select", names[i], &err))
            return wf_frame_fail(f->graph, &err);
        for (int k = 0; k < i; k++) {
            if (columns[k] != columns[i])
                continue;
            weft_error_set(&err, WEFT_DUPLICATE, "select: column \"%s\" is asked for twice", names[i]);
            return wf_frame_fail(f->graph, &err);
        }
    }
    return selected(f, "select", columns, n);
}

weft_frame *weft_frame_column(weft_frame *f, const char *name)
{
    return weft_frame_select(f, &name, 1);
}

weft_frame *weft_frame_drop(weft_frame *f, const char *const *names, int n)
{
    struct weft_error err;
    bool *gone;
    int *columns, n_left = 0, column;

    f = wf_frame_to_join(f);
    if (!f || f->failed)
        return f;
    gone = wf_graph_alloc(f->graph, (size_t)(f->schema.n + 1) * sizeof *gone);
    columns = wf_graph_alloc(f->graph, (size_t)(f->schema.n + 1) * sizeof *columns);
    if (!gone || !columns)
        return NULL;
    for (int i = 0; i < n; i++) {
        if (wf_frame_column_at(&column, f, "drop", names[i], &err))
            return wf_frame_fail(f->graph, &err);
        gone[column] = true;
    }
    for (int i = 0; i < f->schema.n; i++)
        if (!gone[i])
            columns[n_left++] = i;
    return selected(f, "drop", columns, n_left);
}

weft_frame *weft_frame_rename(weft_frame *f, const char *name, const char *to)
{
    struct weft_error err;
    weft_frame *d;
    int column;

    f = wf_frame_to_join(f);
    if (!f || f->failed)
        return f;
    if (wf_frame_column_at(&column, f, "rename", name, &err))
        return wf_frame_fail(f->graph, &err);
    if (wf_schema_find(&f->schema, to) >= 0 && strcmp(name, to) != 0) {
        weft_error_set(&err, WEFT_DUPLICATE, "rename: \"%s\" cannot become \"%s\", which is a column already", name,
                       to);
        return wf_frame_fail(f->graph, &err);
    }
    d = wf_frame_derive(f, "rename", f->schema.n);
    if (!d)
        return NULL;
    d->schema.names[column] = wf_graph_strdup(f->graph, to);
    return d->schema.names[column] ? d : NULL;
}

/* ---- Stages --------------------------------------------------------------------- */

/* Whether `e` has `part` in it, as the same node. */
static bool has_part(const struct wf_expr *e, const struct wf_expr *part)
{
    if (e == part)
        return true;
    for (int i = 0; i < e->n_args; i++)
        if (e->depth > part->depth && has_part(e->args[i], part))
            return true;
    return false;
}

/* Ends a stage of d: rows where `keep` is true (NULL: all), and the columns marked
 * in `settled` become numbers. False: no memory. */
static bool add_stage(weft_frame *d, const struct wf_expr *keep, const bool *settled)
{
    struct wf_stage *s = wf_graph_alloc(d->graph, sizeof *s);

    if (!s)
        return false;
    s->before = d->stage;
    s->keep = keep;
    s->first = d->n_numbers;
    s->settled = wf_graph_alloc(d->graph, (size_t)(d->schema.n + 1) * sizeof *s->settled);
    if (!s->settled)
        return false;
    for (int i = 0; i < d->schema.n; i++) {
        const struct wf_expr *input;

        if (!settled[i])
            continue;
        input = wf_expr_input(&d->graph->arena, d->n_numbers, d->schema.dtypes[i]);
        if (!input)
            return false;
        d->n_numbers++;
        s->settled[s->n_settled++] = d->columns[i];
        d->columns[i] = input;
    }
    d->stage = s;
    return true;
}

/* ---- Rows ------------------------------------------------------------------------ */

static weft_frame *filtered(weft_frame *f, const struct wf_expr *keep)
{
    weft_frame *d = wf_frame_derive(f, "filter", f->schema.n);
    bool *settled = wf_graph_alloc(f->graph, (size_t)(f->schema.n + 1) * sizeof *settled);

    if (!d || !settled)
        return NULL;
    /* What the predicate computes anyway is kept; weight bounds the search in shared expressions. */
    for (int i = 0; i < f->schema.n; i++)
        settled[i] = f->columns[i]->n_args > 0
                  && (f->columns[i]->depth > DEEP || (keep->weight < 10000 && has_part(keep, f->columns[i])));
    d->n_rows = -1;
    d->rows = NULL;
    return add_stage(d, keep, settled) ? d : NULL;
}

static weft_frame *filter_by(weft_frame *f, weft_status st, const struct wf_expr *keep, struct weft_error *err)
{
    if (!st && keep->dtype != WEFT_BOOL)
        st = weft_error_set(err, WEFT_TYPE, "filter: the predicate is %s, not bool", weft_dtype_name(keep->dtype));
    return st ? wf_frame_fail(f->graph, err) : filtered(f, keep);
}

weft_frame *weft_frame_filter(weft_frame *f, const char *text)
{
    const struct wf_expr *keep = NULL;
    struct weft_error err;
    weft_status st;

    f = wf_frame_to_join(f);
    if (!f || f->failed)
        return f;
    st = wf_frame_expr_of(&keep, f, text, &err);
    return filter_by(f, st, keep, &err);
}

weft_frame *weft_frame_filter_expr(weft_frame *f, weft_expr *e)
{
    const struct wf_expr *keep = NULL;
    struct weft_error err;
    weft_frame *d = f;

    d = f = wf_frame_to_join(f);
    if (f && !f->failed) {
        const weft_status st = wf_frame_expr_bind(&keep, f, e, &err);

        d = filter_by(f, st, keep, &err);
    }
    weft_expr_release(e);
    return d;
}

/* ---- Columns ----------------------------------------------------------------------- */

static weft_frame *assigned(weft_frame *f, const char *name, const struct wf_expr *e)
{
    const int at = wf_schema_find(&f->schema, name);
    const int column = at < 0 ? f->schema.n : at;
    weft_frame *d = wf_frame_derive(f, "assign", f->schema.n + (at < 0));
    bool *settled;

    if (!d)
        return NULL;
    d->schema.names[column] = wf_graph_strdup(f->graph, name);
    if (!d->schema.names[column])
        return NULL;
    d->schema.dtypes[column] = e->dtype;
    d->schema.n = f->schema.n + (at < 0);
    d->columns[column] = e;
    if (e->depth <= DEEP)
        return d;
    settled = wf_graph_alloc(f->graph, (size_t)d->schema.n * sizeof *settled);
    if (!settled)
        return NULL;
    settled[column] = true;
    return add_stage(d, NULL, settled) ? d : NULL;
}

static weft_frame *assign_by(weft_frame *f, const char *name, weft_status st, const struct wf_expr *e,
                             struct weft_error *err)
{
    return st ? wf_frame_fail(f->graph, err) : assigned(f, name, e);
}

weft_frame *weft_frame_assign(weft_frame *f, const char *name, const char *text)
{
    const struct wf_expr *e = NULL;
    struct weft_error err;
    weft_status st;

    f = wf_frame_to_join(f);
    if (!f || f->failed)
        return f;
    st = wf_frame_expr_of(&e, f, text, &err);
    return assign_by(f, name, st, e, &err);
}

weft_frame *weft_frame_assign_expr(weft_frame *f, const char *name, weft_expr *e)
{
    const struct wf_expr *bound = NULL;
    struct weft_error err;
    weft_frame *d = f;

    d = f = wf_frame_to_join(f);
    if (f && !f->failed) {
        const weft_status st = wf_frame_expr_bind(&bound, f, e, &err);

        d = assign_by(f, name, st, bound, &err);
    }
    weft_expr_release(e);
    return d;
}

weft_frame *weft_frame_assign_fn(weft_frame *f, const char *name, const struct weft_batch_fn *fn,
                                 const char *const *args, int n_args)
{
    weft_expr *leaves[WEFT_MAX_ARGS];
    struct weft_error err;
    int column;

    if (!f || f->failed)
        return f;
    if (n_args != fn->n_args || n_args > WEFT_MAX_ARGS) {
        weft_error_set(&err, WEFT_INVALID, "assign \"%s\": %s takes %d columns and got %d", name, fn->name, fn->n_args,
                       n_args);
        return wf_frame_fail(f->graph, &err);
    }
    for (int i = 0; i < n_args; i++)
        if (wf_frame_column_at(&column, f, "assign", args[i], &err))
            return wf_frame_fail(f->graph, &err);
    for (int i = 0; i < n_args; i++)
        leaves[i] = weft_expr_column(args[i]);
    return weft_frame_assign_expr(f, name, weft_expr_call_fn(fn, n_args, leaves));
}

weft_frame *weft_frame_keep(weft_frame *f)
{
    weft_task *const *tasks;
    weft_frame *d;

    if (!f || f->failed)
        return f;
    tasks = wf_frame_tasks(f);
    if (!tasks)
        return NULL;
    d = wf_frame_of_tasks(f->graph, tasks, f->source->n, &f->schema, f->n_layers);
    if (d) {
        d->n_rows = f->n_rows;
        d->rows = f->rows;
        d->divisions = f->divisions;
    }
    return d;
}
