/* express.c - expressions over a frame's columns, in terms of its source's. */
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/near.h"
#include "lib/expr/bind.h"
#include "lib/frame/frame.h"

/* One walk that puts the frame's columns in the place of inputs. */
struct inline_walk {
    const weft_frame *f;
    struct wf_map     done;  /* nodes seen before: what is shared is walked once */
};

static weft_status inline_columns(const struct wf_expr **out, struct inline_walk *w, const struct wf_expr *e,
                                  struct weft_error *err)
{
    struct wf_arena *arena = &w->f->graph->arena;
    const struct wf_expr **args;
    uint64_t *known;
    weft_status st = WEFT_OK;
    bool fresh;

    if (e->kind == WF_EXPR_INPUT) {
        *out = w->f->columns[e->as.input];
        return WEFT_OK;
    }
    if (e->kind == WF_EXPR_CONST) {
        *out = e;
        return WEFT_OK;
    }
    known = wf_map_find(&w->done, e, sizeof *e);
    if (known) {
        *out = (const struct wf_expr *)(uintptr_t)*known;
        return WEFT_OK;
    }
    args = wf_arena_alloc(arena, (size_t)e->n_args * sizeof *args, sizeof *args);
    if (!args)
        return wf_error_nomem(err, "an expression");
    for (int i = 0; i < e->n_args && !st; i++)
        st = inline_columns(&args[i], w, e->args[i], err);
    if (!st && e->kind == WF_EXPR_OP)
        st = wf_expr_call(out, arena, e->as.op, e->n_args, args, err);
    else if (!st)
        st = wf_expr_call_fn(out, arena, e->as.fn, e->n_args, args, err);
    if (!st && !wf_map_put(&w->done, e, sizeof *e, (uint64_t)(uintptr_t)*out, &fresh))
        st = wf_error_nomem(err, "an expression");
    return st;
}

/* `bound` over the columns of f becomes *out over its numbers. */
static weft_status settle(const struct wf_expr **out, const weft_frame *f, const struct wf_expr *bound,
                          struct weft_error *err)
{
    struct inline_walk w = {.f = f};
    weft_status st;

    wf_map_init(&w.done);
    st = inline_columns(out, &w, bound, err);
    wf_map_fini(&w.done);
    /* Frames know one kind of float. */
    if (!st && (*out)->dtype == WEFT_FLOAT32)
        st = wf_expr_cast(out, &f->graph->arena, *out, WEFT_FLOAT64, err);
    return st;
}

weft_status wf_frame_expr_bind(const struct wf_expr **out, const weft_frame *f, const weft_expr *e,
                               struct weft_error *err)
{
    const struct wf_expr *bound;
    weft_status st = wf_expr_bind(&bound, &f->graph->arena, e, &f->schema, err);

    return st ? st : settle(out, f, bound, err);
}

weft_status wf_frame_expr_of(const struct wf_expr **out, const weft_frame *f, const char *what,
                             struct weft_error *err)
{
    const int column = wf_schema_find(&f->schema, what);
    const struct wf_expr *bound;
    weft_status st;

    if (column >= 0) {
        *out = f->columns[column];
        return WEFT_OK;
    }
    st = wf_expr_bind_text(&bound, &f->graph->arena, what, &f->schema, err);
    return st ? st : settle(out, f, bound, err);
}

/* ---- Names that are not there ------------------------------------------------ */

weft_status wf_frame_column_at(int *column, const weft_frame *f, const char *op, const char *name,
                               struct weft_error *err)
{
    char list[200] = "none";
    const char *near;
    size_t at = 0;

    *column = wf_schema_find(&f->schema, name);
    if (*column >= 0)
        return WEFT_OK;
    near = wf_near(name, strlen(name), (const char *const *)f->schema.names, f->schema.n);
    if (near)
        return weft_error_set(err, WEFT_NOT_FOUND, "%s: no column \"%.64s\"; did you mean \"%.64s\"?", op, name, near);
    for (int i = 0; i < f->schema.n && at < sizeof list; i++)
        at += (size_t)snprintf(list + at, sizeof list - at, "%s\"%s\"", i ? ", " : "", f->schema.names[i]);
    return weft_error_set(err, WEFT_NOT_FOUND, "%s: no column \"%.64s\"; there are: %s", op, name, list);
}
