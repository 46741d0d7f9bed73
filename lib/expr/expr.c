/* expr.c - making nodes: types settled, conversions put between, constants computed. */
#include "lib/expr/expr.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/expr/fold.h"
#include "lib/expr/op.h"
#include "lib/expr/type.h"

enum { WEIGHT_MAX = 1 << 30 };

static struct wf_expr *new_node(struct wf_arena *a, enum wf_expr_kind kind, weft_dtype dtype)
{
    struct wf_expr *e = wf_arena_alloc(a, sizeof *e, _Alignof(struct wf_expr));

    if (e) {
        e->kind = kind;
        e->dtype = dtype;
        e->depth = 1;
    }
    return e;
}

/* ---- Leaves ------------------------------------------------------------------- */

const struct wf_expr *wf_expr_input(struct wf_arena *a, int64_t number, weft_dtype dtype)
{
    struct wf_expr *e = new_node(a, WF_EXPR_INPUT, dtype);

    if (e)
        e->as.input = number;
    return e;
}

const struct wf_expr *wf_expr_bool(struct wf_arena *a, bool x)
{
    struct wf_expr *e = new_node(a, WF_EXPR_CONST, WEFT_BOOL);

    if (e)
        e->as.constant.value.b = x;
    return e;
}

const struct wf_expr *wf_expr_i64(struct wf_arena *a, int64_t x)
{
    struct wf_expr *e = new_node(a, WF_EXPR_CONST, WEFT_INT64);

    if (e)
        e->as.constant.value.i64 = x;
    return e;
}

const struct wf_expr *wf_expr_f32(struct wf_arena *a, float x)
{
    struct wf_expr *e = new_node(a, WF_EXPR_CONST, WEFT_FLOAT32);

    if (e)
        e->as.constant.value.f32 = x;
    return e;
}

const struct wf_expr *wf_expr_f64(struct wf_arena *a, double x)
{
    struct wf_expr *e = new_node(a, WF_EXPR_CONST, WEFT_FLOAT64);

    if (e)
        e->as.constant.value.f64 = x;
    return e;
}

const struct wf_expr *wf_expr_date(struct wf_arena *a, int32_t days)
{
    struct wf_expr *e = new_node(a, WF_EXPR_CONST, WEFT_DATE);

    if (e)
        e->as.constant.value.date = days;
    return e;
}

const struct wf_expr *wf_expr_text(struct wf_arena *a, const char *text, int64_t len)
{
    struct wf_expr *e = new_node(a, WF_EXPR_CONST, WEFT_STRING);
    char *copy = NULL;

    WF_ASSERT(len >= 0 && len <= INT32_MAX);
    if (e && len > WF_VIEW_INLINE) {
        copy = wf_arena_alloc(a, (size_t)len, 1);
        if (!copy)
            return NULL;
        memcpy(copy, text, (size_t)len);
    }
    if (e) {
        e->as.constant.value.text = wf_view_of(text, (int32_t)len, 0, 0);
        e->as.constant.long_text = copy;
    }
    return e;
}

const struct wf_expr *wf_expr_null(struct wf_arena *a, weft_dtype dtype)
{
    struct wf_expr *e = new_node(a, WF_EXPR_CONST, dtype);

    if (e)
        e->as.constant.is_null = true;
    return e;
}

/* ---- Operations ----------------------------------------------------------------- */

/* An operand list in the arena, and what the new node inherits from it. */
static weft_status set_args(struct wf_expr *e, struct wf_arena *a, int n,
                            const struct wf_expr *const *args, struct weft_error *err)
{
    const struct wf_expr **copy = wf_arena_alloc(a, (size_t)n * sizeof *copy, _Alignof(void *));
    int64_t weight = 1;

    if (!copy)
        return wf_error_nomem(err, "an expression");
    for (int i = 0; i < n; i++) {
        copy[i] = args[i];
        e->depth = e->depth > args[i]->depth ? e->depth : args[i]->depth + 1;
        weight += args[i]->weight;
    }
    e->n_args = n;
    e->args = copy;
    e->weight = (int32_t)(weight < WEIGHT_MAX ? weight : WEIGHT_MAX);
    if (e->depth > WF_EXPR_MAX_DEPTH)
        return weft_error_set(err, WEFT_INVALID, "an expression %d operations deep; %d is the most",
                              (int)e->depth, WF_EXPR_MAX_DEPTH);
    return WEFT_OK;
}

/* The node of an operation whose operands have the types it wants. */
static weft_status make(const struct wf_expr **out, struct wf_arena *a, weft_op op, weft_dtype dtype,
                        const struct wf_expr *const *args, struct weft_error *err)
{
    struct wf_expr *e = new_node(a, WF_EXPR_OP, dtype);
    weft_status st;

    if (!e)
        return wf_error_nomem(err, "an expression");
    e->as.op = op;
    st = set_args(e, a, wf_ops[op].arity, args, err);
    if (!st)
        *out = wf_expr_fold(a, e);
    return st ? st : *out ? WEFT_OK : wf_error_nomem(err, "an expression");
}

weft_status wf_expr_cast(const struct wf_expr **out, struct wf_arena *a, const struct wf_expr *x,
                         weft_dtype to, struct weft_error *err)
{
    static const weft_op op_to[] = {
        [WEFT_BOOL] = WEFT_OP_TO_BOOL,       [WEFT_INT64] = WEFT_OP_TO_INT64,
        [WEFT_FLOAT32] = WEFT_OP_TO_FLOAT32, [WEFT_FLOAT64] = WEFT_OP_TO_FLOAT64,
        [WEFT_DATE] = WEFT_OP_TO_DATE,
    };
    struct wf_typing typing;
    weft_status st;

    if (x->dtype == to) {
        *out = x;
        return WEFT_OK;
    }
    if (to == WEFT_STRING)
        return weft_error_set(err, WEFT_TYPE, "string: cannot be made of %s",
                              weft_dtype_name(x->dtype));
    st = wf_op_typing(&typing, op_to[to], &x->dtype, err);
    return st ? st : make(out, a, op_to[to], to, &x, err);
}

/* x ** 2 is x * x, exactly rounded and far faster than pow(). */
static bool is_two(const struct wf_expr *e)
{
    if (e->kind != WF_EXPR_CONST || e->as.constant.is_null)
        return false;
    return e->dtype == WEFT_INT64     ? e->as.constant.value.i64 == 2
           : e->dtype == WEFT_FLOAT64 ? e->as.constant.value.f64 == 2
           : e->dtype == WEFT_FLOAT32 ? e->as.constant.value.f32 == 2
                                      : false;
}

/* Whether `op` leaves its operand of the right type as it is. */
static bool is_identity(weft_op op, weft_dtype dtype)
{
    return op == WEFT_OP_POSITIVE || wf_ops[op].rule == WF_RULE_CAST
           || (wf_ops[op].rule == WF_RULE_ROUND && dtype == WEFT_INT64);
}

weft_status wf_expr_call(const struct wf_expr **out, struct wf_arena *a, weft_op op, int n,
                         const struct wf_expr *const *args, struct weft_error *err)
{
    const struct wf_expr *fit[WF_MAX_ARITY], *e;
    weft_dtype types[WF_MAX_ARITY];
    struct wf_typing typing;
    weft_status st;

    if (n != wf_ops[op].arity)
        return weft_error_set(err, WEFT_INVALID, "%s: takes %d, %d given", wf_ops[op].name,
                              wf_ops[op].arity, n);
    for (int i = 0; i < n; i++)
        types[i] = args[i]->dtype;
    st = wf_op_typing(&typing, op, types, err);
    if (st)
        return st;
    if (wf_ops[op].rule == WF_RULE_CAST)
        return wf_expr_cast(out, a, args[0], typing.result, err);
    for (int i = 0; i < n; i++) {
        st = wf_expr_cast(&fit[i], a, args[i], typing.args[i], err);
        if (st)
            return st;
    }
    if (is_identity(op, typing.computed))
        e = fit[0];
    else if (op == WEFT_OP_POWER && is_two(fit[1]))
        st = make(&e, a, WEFT_OP_SQUARE, typing.computed, fit, err);
    else
        st = make(&e, a, op, typing.computed, fit, err);
    return st ? st : wf_expr_cast(out, a, e, typing.result, err);
}

weft_status wf_expr_call_fn(const struct wf_expr **out, struct wf_arena *a,
                            const struct weft_batch_fn *fn, int n,
                            const struct wf_expr *const *args, struct weft_error *err)
{
    const struct wf_expr *fit[WEFT_MAX_ARGS];
    struct weft_batch_fn *copy;
    struct wf_expr *e;
    weft_status st;

    if (!fn->fn || !fn->name || fn->n_args < 1 || fn->n_args > WEFT_MAX_ARGS
        || fn->result == WEFT_STRING)
        return weft_error_set(err, WEFT_INVALID, "%s: a batch function has a name, a body, 1 to %d"
                              " arguments, and a result that is no string",
                              fn->name ? fn->name : "(no name)", WEFT_MAX_ARGS);
    if (n != fn->n_args)
        return weft_error_set(err, WEFT_INVALID, "%s: takes %d, %d given", fn->name, fn->n_args, n);
    for (int i = 0; i < n; i++) {
        st = wf_expr_cast(&fit[i], a, args[i], fn->args[i], err);
        if (st)
            return weft_error_set(err, WEFT_TYPE, "%s: argument %d must be %s, this is %s", fn->name,
                                  i + 1, weft_dtype_name(fn->args[i]),
                                  weft_dtype_name(args[i]->dtype));
    }
    e = new_node(a, WF_EXPR_FN, fn->result);
    copy = wf_arena_alloc(a, sizeof *copy, _Alignof(struct weft_batch_fn));
    if (!e || !copy)
        return wf_error_nomem(err, "an expression");
    *copy = *fn;
    copy->name = wf_arena_strdup(a, fn->name);
    e->as.fn = copy;
    st = copy->name ? set_args(e, a, n, fit, err) : wf_error_nomem(err, "an expression");
    if (!st)
        *out = e;
    return st;
}
