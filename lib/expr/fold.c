/* fold.c - computing constants with the kernels that would run, on one element. */
#include "lib/expr/fold.h"

#include "lib/expr/op.h"
#include "lib/expr/type.h"
#include "lib/kernel/kernel.h"

static bool is_const(const struct wf_expr *e)
{
    return e->kind == WF_EXPR_CONST;
}

static bool is_null(const struct wf_expr *e)
{
    return e->as.constant.is_null;
}

static bool is_long_text(const struct wf_expr *e)
{
    return e->dtype == WEFT_STRING && e->as.constant.long_text;
}

/* A condition that is constant takes one branch, whatever the branches are; a first
 * choice that is constant is taken, or never. Else NULL. */
static const struct wf_expr *taken(const struct wf_expr *e)
{
    const struct wf_expr *first = e->args[0];

    if (!is_const(first))
        return NULL;
    if (e->as.op == WEFT_OP_IF)
        return !is_null(first) && first->as.constant.value.b ? e->args[1] : e->args[2];
    if (e->as.op == WEFT_OP_COALESCE)
        return is_null(first) ? e->args[1] : first;
    return NULL;
}

/* Kleene: whether one constant truth decides alone. */
static bool decides(weft_op op, const struct wf_expr *e)
{
    return is_const(e) && !is_null(e) && e->as.constant.value.b == (op == WEFT_OP_OR);
}

const struct wf_expr *wf_expr_fold(struct wf_arena *a, const struct wf_expr *e)
{
    const weft_op op = e->as.op;
    const struct wf_expr *choice = taken(e);
    const bool kleene = op == WEFT_OP_AND || op == WEFT_OP_OR;
    struct wf_arg in[WF_MAX_ARITY];
    struct wf_expr *c;
    wf_kernel *f;
    bool any_null = false;

    if (choice)
        return choice;
    if (kleene && (decides(op, e->args[0]) || decides(op, e->args[1])))
        return wf_expr_bool(a, op == WEFT_OP_OR);
    for (int i = 0; i < e->n_args; i++) {
        /* A text outside its view would need a place to lie; such a rare constant can wait. */
        if (!is_const(e->args[i]) || is_long_text(e->args[i]))
            return e;
        any_null |= is_null(e->args[i]);
    }
    if (wf_ops[op].rule == WF_RULE_NULL)
        return wf_expr_bool(a, any_null == (op == WEFT_OP_ISNULL));
    if (any_null)
        return wf_expr_null(a, e->dtype);
    f = wf_kernel_find(op, e->args[wf_op_decider(op)]->dtype);
    if (!f)
        return e;
    c = (struct wf_expr *)wf_expr_null(a, e->dtype);
    if (!c)
        return NULL;
    for (int i = 0; i < e->n_args; i++)
        in[i] = (struct wf_arg){.values = &e->args[i]->as.constant.value};
    f(&c->as.constant.value, in, 1);
    c->as.constant.is_null = false;
    return c;
}
