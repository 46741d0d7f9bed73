/* array.c - handles: making one, failing, answering what it is. */
#include "lib/array/array.h"

#include <stdarg.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/graph/plan.h"

weft_array *wf_array_new(weft_graph *g, const struct weft_array *like)
{
    weft_array *a = wf_graph_alloc(g, sizeof *a);

    if (!a)
        return NULL;
    *a = *like;
    a->graph = g;
    a->from = wf_graph_origin(g);
    return a;
}

weft_array *wf_array_to_join(weft_array *a)
{
    if (wf_array_has_failed(a) || a->chunks || a->kind == WF_ARRAY_FILL ||
        wf_origin_joins(a->graph, &a->from, WEFT_PASS_ARRAYS))
        return a;
    return weft_array_keep(a);
}

weft_array *wf_array_fail_with(weft_graph *g, const char *name, const struct weft_error *err)
{
    const struct weft_array failed = {.name = name, .dtype = WEFT_FLOAT64,
                                      .failed = wf_graph_fail_with(g, err, NULL, 0)};

    return g ? wf_array_new(g, &failed) : NULL;
}

weft_array *wf_array_fail(weft_graph *g, const char *name, weft_status status, const char *fmt, ...)
{
    struct weft_error err;
    va_list args;

    va_start(args, fmt);
    wf_error_setv(&err, status, fmt, args);
    va_end(args);
    return wf_array_fail_with(g, name, &err);
}

weft_array *wf_array_pass_on(weft_array *a)
{
    const struct weft_array failed = {.name = a ? a->name : "", .dtype = WEFT_FLOAT64,
                                      .failed = a ? a->failed : NULL};

    WF_ASSERT(wf_array_has_failed(a));
    return a ? wf_array_new(a->graph, &failed) : NULL;
}

weft_array *weft_array_here(const weft_array *a, const char *file, int line)
{
    if (a)
        weft_graph_at(a->graph, file, line);
    return (weft_array *)a;
}

/* ---- Asking ------------------------------------------------------------------- */

weft_status weft_array_status(const weft_array *a, struct weft_error *err)
{
    if (!a)
        return wf_error_nomem(err, "an array");
    return a->failed ? weft_task_status(a->failed, err) : WEFT_OK;
}

weft_graph *weft_array_graph(const weft_array *a)
{
    return a ? a->graph : NULL;
}

const char *weft_array_name(const weft_array *a)
{
    return a ? a->name : "";
}

weft_dtype weft_array_dtype(const weft_array *a)
{
    return a ? a->dtype : WEFT_FLOAT64;
}

int weft_array_n_dims(const weft_array *a)
{
    return a ? a->n_dims : 0;
}

const int64_t *weft_array_shape(const weft_array *a)
{
    static const int64_t none[WEFT_MAX_DIMS];

    return a ? a->shape : none;
}

int64_t weft_array_n_elems(const weft_array *a)
{
    return a ? wf_shape_elems(a->n_dims, a->shape) : 1;
}

size_t weft_array_bytes(const weft_array *a)
{
    return (size_t)weft_array_n_elems(a) * weft_dtype_size(weft_array_dtype(a));
}

int64_t weft_array_n_chunks(const weft_array *a)
{
    int64_t n = 1;

    for (int d = 0; d < weft_array_n_dims(a); d++)
        n *= a->cuts[d].n;
    return n;
}

int64_t weft_array_n_chunks_along(const weft_array *a, int axis)
{
    WF_ASSERT(axis >= 0 && axis < weft_array_n_dims(a));
    return a->cuts[axis].n;
}

const int64_t *weft_array_cuts(const weft_array *a, int axis)
{
    WF_ASSERT(axis >= 0 && axis < weft_array_n_dims(a));
    return a->cuts[axis].at;
}
