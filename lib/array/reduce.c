/* reduce.c - reductions as trees of tasks: which type comes out, which tasks are made. */
#include <string.h>

#include "lib/array/array.h"
#include "lib/array/partial.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"

/* ---- Types ------------------------------------------------------------------------- */

static bool is_float(weft_dtype dtype)
{
    return dtype == WEFT_FLOAT64 || dtype == WEFT_FLOAT32;
}

static weft_dtype result_dtype(enum weft_reduce what, weft_dtype dtype)
{
    switch (what) {
    case WEFT_SUM:
    case WEFT_PROD:
    case WEFT_COUNT:
        return is_float(dtype) ? dtype : WEFT_INT64;
    case WEFT_MEAN:
    case WEFT_VAR:
    case WEFT_STD:
        return dtype == WEFT_FLOAT32 ? dtype : WEFT_FLOAT64;
    default:
        return dtype;
    }
}

static enum wf_fold fold_of(enum weft_reduce what, weft_dtype dtype)
{
    const bool f = is_float(dtype);

    switch (what) {
    case WEFT_PROD:
        return f ? WF_FOLD_PROD_F64 : WF_FOLD_PROD_I64;
    case WEFT_MIN:
    case WEFT_ALL:
        return f ? WF_FOLD_MIN_F64 : WF_FOLD_MIN_I64;
    case WEFT_MAX:
    case WEFT_ANY:
        return f ? WF_FOLD_MAX_F64 : WF_FOLD_MAX_I64;
    case WEFT_VAR:
    case WEFT_STD:
        return WF_FOLD_MOMENTS;
    default:
        return f ? WF_FOLD_SUM_F64 : WF_FOLD_SUM_I64;
    }
}

/* The longest chunk along an axis. */
static int64_t longest_chunk(const struct wf_cuts *cuts)
{
    int64_t most = 0;

    for (int64_t i = 0; i < cuts->n; i++)
        most = cuts->at[i + 1] - cuts->at[i] > most ? cuts->at[i + 1] - cuts->at[i] : most;
    return most;
}

/* What the values are converted to before they are folded: all for one result they
 * are taken as they are, but for products; in rows they are float64 or int64. */
static weft_dtype value_dtype(const struct wf_reduction *r, const weft_array *a)
{
    bool in_rows = r->axis >= 0 && longest_chunk(&a->cuts[r->axis]) <= WF_SHORT_ROW;

    for (int d = r->axis + 1; r->axis >= 0 && d < a->n_dims; d++)
        in_rows |= a->shape[d] != 1;
    if (!in_rows && r->fold != WF_FOLD_PROD_F64 && r->fold != WF_FOLD_PROD_I64)
        return a->dtype;
    return r->fold == WF_FOLD_MOMENTS || is_float(a->dtype) ? WEFT_FLOAT64 : WEFT_INT64;
}

/* ---- What cannot be ------------------------------------------------------------------ */

static weft_status check(const weft_array *a, enum weft_reduce what, const struct wf_reduction *r,
                         struct weft_error *err)
{
    const bool needs_one = what == WEFT_MIN || what == WEFT_MAX || what == WEFT_MEAN;
    const bool is_spread = what == WEFT_VAR || what == WEFT_STD;
    char text[WF_SHAPE_TEXT];

    if (needs_one && r->count == 0 && r->axis >= 0)
        return weft_error_set(err, WEFT_EMPTY, "%s: shape %s has no elements along axis %d", wf_reduce_name(what),
                              wf_shape_text(text, a->n_dims, a->shape), r->axis);
    if (needs_one && r->count == 0)
        return weft_error_set(err, WEFT_EMPTY, "%s: shape %s has no elements", wf_reduce_name(what),
                              wf_shape_text(text, a->n_dims, a->shape));
    if (is_spread && r->ddof < 0)
        return weft_error_set(err, WEFT_INVALID, "%s: ddof is %d", wf_reduce_name(what), r->ddof);
    if (is_spread && r->count <= r->ddof)
        return weft_error_set(err, WEFT_EMPTY, "%s: %lld elements and ddof %d", wf_reduce_name(what),
                              (long long)r->count, r->ddof);
    return WEFT_OK;
}

static weft_status axis_of(const weft_array *a, enum weft_reduce what, int axis, int32_t *out,
                           struct weft_error *err)
{
    char text[WF_SHAPE_TEXT];

    if (axis != WEFT_ALL_AXES && (axis < -a->n_dims || axis >= a->n_dims))
        return weft_error_set(err, WEFT_INVALID, "%s: axis %d and shape %s", wf_reduce_name(what), axis,
                              wf_shape_text(text, a->n_dims, a->shape));
    *out = axis == WEFT_ALL_AXES ? -1 : axis < 0 ? axis + a->n_dims : axis;
    return WEFT_OK;
}

/* ---- The tree ---------------------------------------------------------------------------- */

/* What builds the tasks of one result chunk. */
struct tree {
    struct wf_reduction r;
    struct wf_pass     *pass;
    uint32_t            first_layer, layer; /* of partial tasks, of the others */
    weft_task         **level;  /* room for all partials of a result */
    const weft_array   *result;
};

static weft_task *combine(const struct tree *t, weft_task *const *tasks, int64_t n, bool is_last,
                          const int64_t *index)
{
    struct wf_combine c;

    memset(&c, 0, sizeof c);
    c.reduction = t->r;
    c.reduction.finish = is_last;
    c.n = 1;
    c.n_dims = t->result->n_dims;
    for (int d = 0; d < t->result->n_dims; d++) {
        c.shape[d] = t->result->cuts[d].at[index[d] + 1] - t->result->cuts[d].at[index[d]];
        c.n *= c.shape[d];
    }
    return weft_graph_add(t->result->graph, &(struct weft_task_spec){
        .name = wf_reduce_name(t->r.what), .index = index, .n_index = t->result->n_dims, .layer = t->layer,
        .body = wf_combine_body, .arg = &c, .arg_bytes = sizeof c, .deps = tasks, .n_deps = (size_t)n,
        .flags = WEFT_PURE, .result_bytes = is_last ? (size_t)c.n * weft_dtype_size(t->result->dtype) : 0,
        .file = t->result->graph->here.file, .line = t->result->graph->here.line});
}

/* Level after level, eight neighbours to one. */
static weft_task *climb(const struct tree *t, int64_t n, const int64_t *index)
{
    while (n > 1) {
        const int64_t n_above = (n - 1) / WF_COMBINE_ARITY + 1;

        for (int64_t i = 0; i < n_above; i++) {
            const int64_t first = i * WF_COMBINE_ARITY, left = n - first;
            const int64_t k = left < WF_COMBINE_ARITY ? left : WF_COMBINE_ARITY;

            /* A neighbour without neighbours waits for the next level. */
            t->level[i] = k == 1 ? t->level[first] : combine(t, t->level + first, k, n_above == 1, index);
        }
        n = n_above;
    }
    return t->level[0];
}

/* The partial tasks behind result chunk `index`, along the reduced axes in order. */
static int64_t add_partials(const struct tree *t, const weft_array *a, const int64_t *index)
{
    int64_t from[WEFT_MAX_DIMS] = {0}, n = 0;
    const int64_t n_along = t->r.axis < 0 ? weft_array_n_chunks(a) : a->cuts[t->r.axis].n;

    for (int d = 0, j = 0; d < a->n_dims && t->r.axis >= 0; d++) {
        if (d != t->r.axis)
            from[d] = index[j++];
        else if (t->r.keep_dims)
            j++;
    }
    for (; n < n_along; n++) {
        t->level[n] = wf_pass_task(t->pass, wf_partial_body, t->first_layer, from, 0);
        if (t->r.axis < 0)
            wf_index_next(from, a->n_dims, a->cuts);
        else
            from[t->r.axis]++;
    }
    return n;
}

static weft_status build(weft_array *result, weft_array *a, struct tree *t, struct weft_error *err)
{
    weft_graph *g = a->graph;
    const int64_t n_along = t->r.axis < 0 ? weft_array_n_chunks(a) : a->cuts[t->r.axis].n;
    const int64_t n_results = weft_array_n_chunks(result);
    int64_t index[WEFT_MAX_DIMS] = {0};
    char about[WF_ABOUT_TEXT];
    weft_status st;

    result->chunks = wf_graph_alloc(g, (size_t)n_results * sizeof *result->chunks);
    t->level = wf_graph_alloc(g, (size_t)n_along * sizeof *t->level);
    t->result = result;
    t->r.finish = n_along == 1;
    if (!result->chunks || !t->level)
        return wf_error_nomem(err, wf_reduce_name(t->r.what));
    st = wf_pass_new(&t->pass, a, value_dtype(&t->r, a), &t->r, sizeof t->r, wf_reduce_name(t->r.what), err);
    if (st)
        return st;
    t->first_layer = weft_graph_layer(g, t->pass->name);
    t->layer = n_along == 1 ? t->first_layer : weft_graph_layer(g, wf_reduce_name(t->r.what));
    weft_graph_layer_tell(g, t->first_layer, "of %s", wf_array_about(a, about));
    weft_graph_layer_tell(g, t->layer, "%s", wf_array_about(result, about));
    for (int64_t i = 0; i < n_results; i++) {
        result->chunks[i] = climb(t, add_partials(t, a, index), index);
        wf_index_next(index, result->n_dims, result->cuts);
    }
    wf_pass_release(t->pass);
    return WEFT_OK;
}

/* The axes of the result, and their cuts. False: no memory. */
static bool shape_result(weft_array *result, const weft_array *a, const struct wf_reduction *r)
{
    const struct wf_cuts one = wf_cuts_one(a->graph, 1);

    result->n_dims = wf_reduced_shape(r, a->n_dims, a->shape, result->shape);
    for (int d = 0, j = 0; d < a->n_dims; d++) {
        const bool goes = r->axis < 0 || r->axis == d;

        if (!goes || r->keep_dims)
            result->cuts[j++] = goes ? one : a->cuts[d];
    }
    return one.at;
}

weft_array *weft_array_reduce(weft_array *a, enum weft_reduce what, const struct weft_reduce_spec *spec)
{
    const bool of_truth = what == WEFT_ANY || what == WEFT_ALL || what == WEFT_COUNT;
    struct weft_array result = {.name = wf_reduce_name(what), .kind = WF_ARRAY_CHUNKS};
    struct tree t;
    struct weft_error err;
    weft_status st;

    WF_ASSERT((int)what >= 0 && (int)what < WEFT_REDUCE_COUNT);
    if (of_truth)
        a = weft_array_astype(a, WEFT_BOOL);
    a = wf_array_to_join(a);
    if (wf_array_has_failed(a))
        return wf_array_pass_on(a);
    memset(&t, 0, sizeof t);
    t.r.what = what;
    t.r.ddof = what == WEFT_VAR || what == WEFT_STD ? spec->ddof : 0;
    t.r.keep_dims = spec->keep_dims;
    t.r.fold = fold_of(what, a->dtype);
    t.r.dtype = result.dtype = result_dtype(what, a->dtype);
    st = axis_of(a, what, spec->axis, &t.r.axis, &err);
    if (!st) {
        t.r.count = t.r.axis < 0 ? weft_array_n_elems(a) : a->shape[t.r.axis];
        st = check(a, what, &t.r, &err);
    }
    result.graph = a->graph;
    if (!st && !shape_result(&result, a, &t.r))
        st = wf_error_nomem(&err, wf_reduce_name(what));
    if (!st)
        st = build(&result, a, &t, &err);
    return st ? wf_array_fail_with(a->graph, wf_reduce_name(what), &err) : wf_array_new(a->graph, &result);
}

/* ---- By name -------------------------------------------------------------------------------- */

static weft_array *reduce(weft_array *a, enum weft_reduce what, int axis)
{
    const struct weft_reduce_spec spec = {.axis = axis};

    return weft_array_reduce(a, what, &spec);
}

weft_array *weft_array_sum(weft_array *a, int axis)           { return reduce(a, WEFT_SUM, axis); }
weft_array *weft_array_prod(weft_array *a, int axis)          { return reduce(a, WEFT_PROD, axis); }
weft_array *weft_array_min(weft_array *a, int axis)           { return reduce(a, WEFT_MIN, axis); }
weft_array *weft_array_max(weft_array *a, int axis)           { return reduce(a, WEFT_MAX, axis); }
weft_array *weft_array_mean(weft_array *a, int axis)          { return reduce(a, WEFT_MEAN, axis); }
weft_array *weft_array_var(weft_array *a, int axis)           { return reduce(a, WEFT_VAR, axis); }
weft_array *weft_array_std(weft_array *a, int axis)           { return reduce(a, WEFT_STD, axis); }
weft_array *weft_array_any(weft_array *a, int axis)           { return reduce(a, WEFT_ANY, axis); }
weft_array *weft_array_all(weft_array *a, int axis)           { return reduce(a, WEFT_ALL, axis); }
weft_array *weft_array_count_nonzero(weft_array *a, int axis) { return reduce(a, WEFT_COUNT, axis); }

weft_array *weft_array_ptp(weft_array *a, int axis)
{
    return weft_array_subtract(weft_array_max(a, axis), weft_array_min(a, axis));
}
