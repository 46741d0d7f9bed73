/* math.c - operations element by element: what shape, type and cuts come of them. */
#include <math.h>
#include <string.h>

#include "lib/array/array.h"
#include "lib/base/assert.h"

/* Longer chains are computed in two steps. Deep enough that no program written by
 * hand meets it, and well inside what an expression may be (WF_EXPR_MAX_DEPTH). */
enum { MAX_DEPTH = 100 };

/* ---- Shape ------------------------------------------------------------------------ */

/* Axis `d` of `out`, as an axis of `a`; negative: it repeats there. */
static int axis_in(const weft_array *a, int d, int n_dims)
{
    const int axis = d - (n_dims - a->n_dims);

    return axis < 0 || a->shape[axis] == 1 ? -1 : axis;
}

static weft_status disagree(const struct weft_array *out, int n, weft_array *const *args, int axis,
                            struct weft_error *err)
{
    char text[3][WF_SHAPE_TEXT];

    for (int i = 0; i < n; i++)
        wf_shape_text(text[i], args[i]->n_dims, args[i]->shape);
    if (n == 2)
        return weft_error_set(err, WEFT_INVALID, "%s: shapes %s and %s differ on axis %d", out->name,
                              text[0], text[1], axis);
    return weft_error_set(err, WEFT_INVALID, "%s: shapes %s, %s and %s differ on axis %d", out->name,
                          text[0], text[1], text[2], axis);
}

/* The shape that all operands have, once axes of size 1 repeat. */
static weft_status broadcast_shape(struct weft_array *out, int n, weft_array *const *args,
                                   struct weft_error *err)
{
    for (int i = 0; i < n; i++)
        out->n_dims = args[i]->n_dims > out->n_dims ? args[i]->n_dims : out->n_dims;
    for (int d = 0; d < out->n_dims; d++)
        out->shape[d] = 1;
    for (int i = 0; i < n; i++)
        for (int d = 0; d < out->n_dims; d++) {
            const int axis = axis_in(args[i], d, out->n_dims);

            if (axis < 0)
                continue;
            if (out->shape[d] != 1 && out->shape[d] != args[i]->shape[axis])
                return disagree(out, n, args, d, err);
            out->shape[d] = args[i]->shape[axis];
        }
    if (wf_shape_elems(out->n_dims, out->shape) < 0 ||
        wf_shape_elems(out->n_dims, out->shape) > INT64_MAX / 16) {
        char text[WF_SHAPE_TEXT];

        return weft_error_set(err, WEFT_INVALID, "%s: shape %s has more elements than memory has room for",
                              out->name, wf_shape_text(text, out->n_dims, out->shape));
    }
    return WEFT_OK;
}

/* The cuts of all operands along each axis, together. False: no memory. */
static bool broadcast_cuts(struct weft_array *out, int n, weft_array *const *args)
{
    for (int d = 0; d < out->n_dims; d++) {
        for (int i = 0; i < n; i++) {
            const int axis = axis_in(args[i], d, out->n_dims);

            if (axis < 0)
                continue;
            if (!out->cuts[d].at)
                out->cuts[d] = args[i]->cuts[axis];
            else if (!wf_cuts_refine(out->graph, &out->cuts[d], &out->cuts[d], &args[i]->cuts[axis]))
                return false;
        }
        if (!out->cuts[d].at)
            out->cuts[d] = wf_cuts_one(out->graph, 1);
        if (!out->cuts[d].at)
            return false;
    }
    return true;
}

/* ---- Type -------------------------------------------------------------------------- */

/* A number meets float32 as a float32: 2 * x stays what x is. */
static weft_array *settle_number(weft_array *number, int n, weft_array *const *args)
{
    weft_dtype met = WEFT_BOOL;
    struct weft_array settled;

    if (!number->is_weak)
        return number;
    for (int i = 0; i < n; i++)
        if (!args[i]->is_weak && !wf_dtype_meet(met, args[i]->dtype, &met))
            return number;
    if (met != WEFT_FLOAT32)
        return number;
    settled = *number;
    settled.dtype = WEFT_FLOAT32;
    settled.as.fill.f64 = number->dtype == WEFT_INT64 ? (double)(float)number->as.fill.i64
                                                      : (double)(float)number->as.fill.f64;
    return wf_array_new(number->graph, &settled);
}

/* ---- A call --------------------------------------------------------------------------- */

static weft_array *call(weft_op op, int n, weft_array *const *given)
{
    struct weft_array out = {.name = weft_op_name(op), .kind = WF_ARRAY_CALL};
    weft_dtype dtypes[3];
    struct weft_error err;
    weft_status st;

    WF_ASSERT(n == weft_op_arity(op));
    for (int i = 0; i < n; i++)
        if (wf_array_has_failed(given[i]))
            return wf_array_pass_on(given[i]);
    out.graph = given[0]->graph;
    out.as.call.op = op;
    out.as.call.n_args = n;
    for (int i = 0; i < n; i++) {
        /* The condition of a choice has no say in the type of its branches. */
        const int first = op == WEFT_OP_IF;
        weft_array *arg = wf_array_to_join(i < first ? given[i] : settle_number(given[i], n - first, given + first));

        WF_ASSERT(given[i]->graph == out.graph);
        if (arg && arg->depth >= MAX_DEPTH)
            arg = weft_array_keep(arg);
        if (wf_array_has_failed(arg))
            return wf_array_pass_on(arg);
        out.as.call.args[i] = arg;
        out.depth = arg->depth >= out.depth ? arg->depth + 1 : out.depth;
        dtypes[i] = arg->dtype;
    }
    st = wf_op_type(&out.dtype, op, n, dtypes, &err);
    if (!st)
        st = broadcast_shape(&out, n, out.as.call.args, &err);
    if (st)
        return wf_array_fail_with(out.graph, out.name, &err);
    return broadcast_cuts(&out, n, out.as.call.args) ? wf_array_new(out.graph, &out) : NULL;
}

weft_array *weft_array_call1(weft_op op, weft_array *a)
{
    return call(op, 1, &a);
}

weft_array *weft_array_call2(weft_op op, weft_array *a, weft_array *b)
{
    return call(op, 2, (weft_array *const[]){a, b});
}

weft_array *weft_array_call3(weft_op op, weft_array *a, weft_array *b, weft_array *c)
{
    return call(op, 3, (weft_array *const[]){a, b, c});
}

weft_array *weft_array_astype(weft_array *a, weft_dtype dtype)
{
    static const weft_op to[WEFT_DTYPE_COUNT] = {
        [WEFT_BOOL] = WEFT_OP_TO_BOOL, [WEFT_INT64] = WEFT_OP_TO_INT64,
        [WEFT_FLOAT32] = WEFT_OP_TO_FLOAT32, [WEFT_FLOAT64] = WEFT_OP_TO_FLOAT64,
    };

    if (wf_array_has_failed(a) || (a->dtype == dtype && !a->is_weak))
        return a;
    if ((unsigned)dtype > WEFT_FLOAT64)
        return wf_array_fail(a->graph, "astype", WEFT_TYPE, "astype: arrays of %s are not to be had",
                             (unsigned)dtype < WEFT_DTYPE_COUNT ? weft_dtype_name(dtype) : "that type");
    return weft_array_call1(to[dtype], a);
}

/* ---- Made of others ---------------------------------------------------------------------- */

weft_array *weft_array_logical_and(weft_array *a, weft_array *b)
{
    return weft_array_call2(WEFT_OP_AND, weft_array_astype(a, WEFT_BOOL), weft_array_astype(b, WEFT_BOOL));
}

weft_array *weft_array_logical_or(weft_array *a, weft_array *b)
{
    return weft_array_call2(WEFT_OP_OR, weft_array_astype(a, WEFT_BOOL), weft_array_astype(b, WEFT_BOOL));
}

weft_array *weft_array_logical_xor(weft_array *a, weft_array *b)
{
    return weft_array_call2(WEFT_OP_XOR, weft_array_astype(a, WEFT_BOOL), weft_array_astype(b, WEFT_BOOL));
}

weft_array *weft_array_logical_not(weft_array *a)
{
    return weft_array_call1(WEFT_OP_NOT, weft_array_astype(a, WEFT_BOOL));
}

weft_array *weft_array_isclose(weft_array *a, weft_array *b, double rtol, double atol, bool equal_nan)
{
    weft_graph *g = weft_array_graph(a);
    weft_array *far = weft_array_abs(weft_array_subtract(a, b));
    weft_array *bound = weft_array_add(weft_array_f64(g, atol),
                                       weft_array_multiply(weft_array_f64(g, rtol), weft_array_abs(b)));
    /* Infinities are near nothing but themselves, though any bound of theirs is infinite. */
    weft_array *near = weft_array_logical_and(weft_array_less_equal(far, bound), weft_array_isfinite(b));
    weft_array *close = weft_array_logical_or(near, weft_array_equal(a, b));

    if (!equal_nan)
        return close;
    return weft_array_logical_or(close, weft_array_logical_and(weft_array_isnan(a), weft_array_isnan(b)));
}
