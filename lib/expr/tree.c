/* tree.c - expressions over names: making them, holding them, letting them go. */
#include "lib/expr/tree.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/expr/op.h"
#include "lib/kernel/time/civil.h"

/* What cannot even be made: everybody's, so nobody counts its holders. */
static const weft_expr out_of_memory = {.kind = WF_TREE_FAILED};

static weft_expr *nomem(void)
{
    return (weft_expr *)(uintptr_t)&out_of_memory;
}

struct wf_source_text *wf_source_new(const char *text)
{
    const size_t n = strlen(text) + 1;
    struct wf_source_text *s = wf_alloc(sizeof *s + n);

    if (s) {
        wf_count_init(&s->holders);
        memcpy(s->text, text, n);
    }
    return s;
}

struct wf_source_text *wf_source_retain(struct wf_source_text *s)
{
    if (s)
        wf_count_add(&s->holders);
    return s;
}

void wf_source_release(struct wf_source_text *s)
{
    if (s && wf_count_drop(&s->holders))
        wf_free(s);
}

static weft_expr *new_node(enum wf_tree_kind kind, int n_args)
{
    weft_expr *e = wf_alloc_zero(1, sizeof *e + (size_t)n_args * sizeof *e->args);

    if (!e)
        return nomem();
    wf_count_init(&e->holders);
    e->kind = kind;
    e->depth = 1;
    return e;
}

weft_expr *weft_expr_retain(weft_expr *e)
{
    if (e && e != &out_of_memory)
        wf_count_add(&e->holders);
    return e;
}

/* Trees are at most WF_TREE_MAX_DEPTH deep, so this may call itself. */
void weft_expr_release(weft_expr *e)
{
    if (!e || e == &out_of_memory || !wf_count_drop(&e->holders))
        return;
    for (int i = 0; i < e->n_args; i++)
        weft_expr_release(e->args[i]);
    if (e->kind == WF_TREE_COLUMN || e->kind == WF_TREE_STRING)
        wf_free(e->as.text.ptr);
    if (e->kind == WF_TREE_FN)
        wf_free((void *)(uintptr_t)e->fn.name);
    wf_source_release(e->source);
    wf_free(e->error);
    wf_free(e);
}

weft_status weft_expr_status(const weft_expr *e, struct weft_error *err)
{
    if (!wf_tree_has_failed(e))
        return WEFT_OK;
    if (!e || !e->error)
        return wf_error_nomem(err, "an expression");
    if (err)
        *err = *e->error;
    return e->error->status;
}

weft_expr *wf_tree_failed(const struct weft_error *err)
{
    weft_expr *e = new_node(WF_TREE_FAILED, 0);

    if (e == &out_of_memory)
        return e;
    e->error = wf_alloc(sizeof *e->error);
    if (!e->error) {
        wf_free(e);
        return nomem();
    }
    *e->error = *err;
    return e;
}

weft_expr *wf_tree_place(weft_expr *e, struct wf_source_text *source, size_t at)
{
    if (!wf_tree_has_failed(e) && !e->source) {
        e->source = wf_source_retain(source);
        e->at = at;
    }
    return e;
}

/* ---- Leaves --------------------------------------------------------------------- */

weft_expr *wf_tree_text(enum wf_tree_kind kind, const char *text, size_t len)
{
    weft_expr *e = new_node(kind, 0);
    char *copy = wf_alloc(len + 1);

    if (e == &out_of_memory || !copy) {
        wf_free(copy);
        if (e != &out_of_memory)
            wf_free(e);
        return nomem();
    }
    memcpy(copy, text, len);
    copy[len] = 0;
    e->as.text.ptr = copy;
    e->as.text.len = len;
    return e;
}

weft_expr *weft_expr_column(const char *name)
{
    return wf_tree_text(WF_TREE_COLUMN, name, strlen(name));
}

weft_expr *weft_expr_string(const char *text)
{
    return wf_tree_text(WF_TREE_STRING, text, strlen(text));
}

weft_expr *weft_expr_bool(bool x)
{
    weft_expr *e = new_node(WF_TREE_BOOL, 0);

    if (e != &out_of_memory)
        e->as.b = x;
    return e;
}

weft_expr *weft_expr_i64(int64_t x)
{
    weft_expr *e = new_node(WF_TREE_I64, 0);

    if (e != &out_of_memory)
        e->as.i64 = x;
    return e;
}

weft_expr *weft_expr_f64(double x)
{
    weft_expr *e = new_node(WF_TREE_F64, 0);

    if (e != &out_of_memory)
        e->as.f64 = x;
    return e;
}

weft_expr *wf_tree_date(int32_t days)
{
    weft_expr *e = new_node(WF_TREE_DATE, 0);

    if (e != &out_of_memory)
        e->as.date = days;
    return e;
}

weft_expr *weft_expr_date(int year, int month, int day)
{
    struct weft_error err;
    int32_t days;

    if (wf_civil_days(year, month, day, &days))
        return wf_tree_date(days);
    weft_error_set(&err, WEFT_INVALID, "date: there is no %d-%02d-%02d", year, month, day);
    return wf_tree_failed(&err);
}

weft_expr *weft_expr_null(void)
{
    return new_node(WF_TREE_NULL, 0);
}

/* ---- Operations: operands are taken ------------------------------------------------ */

/* A node over n operands, or the first of them that has failed. */
static weft_expr *over(enum wf_tree_kind kind, int n, weft_expr *const *args)
{
    weft_expr *e = NULL;
    struct weft_error err;
    int32_t depth = 0;

    for (int i = 0; i < n && !e; i++) {
        if (wf_tree_has_failed(args[i]))
            e = args[i] ? weft_expr_retain(args[i]) : nomem();
        else if (args[i]->depth > depth)
            depth = args[i]->depth;
    }
    if (!e && depth >= WF_TREE_MAX_DEPTH) {
        weft_error_set(&err, WEFT_INVALID, "an expression more than %d operations deep",
                       WF_TREE_MAX_DEPTH);
        e = wf_tree_failed(&err);
    }
    if (!e)
        e = new_node(kind, n);
    if (!wf_tree_has_failed(e)) {
        e->depth = depth + 1;
        e->n_args = n;
        if (n)
            memcpy(e->args, args, (size_t)n * sizeof *args);
        return e;
    }
    for (int i = 0; i < n; i++)
        weft_expr_release(args[i]);
    return e;
}

weft_expr *wf_tree_op(weft_op op, int n, weft_expr *const *args)
{
    struct weft_error err;
    weft_expr *e;

    if ((int)op < 0 || (int)op >= WEFT_OP_COUNT || wf_ops[op].arity != n) {
        if ((int)op < 0 || (int)op >= WEFT_OP_COUNT)
            weft_error_set(&err, WEFT_INVALID, "there is no operation %d", (int)op);
        else
            weft_error_set(&err, WEFT_INVALID, "%s: takes %d, %d given", wf_ops[op].name,
                           wf_ops[op].arity, n);
        for (int i = 0; i < n; i++)
            weft_expr_release(args[i]);
        return wf_tree_failed(&err);
    }
    e = over(WF_TREE_OP, n, args);
    if (!wf_tree_has_failed(e))
        e->op = op;
    return e;
}

weft_expr *weft_expr_call1(weft_op op, weft_expr *x)
{
    return wf_tree_op(op, 1, &x);
}

weft_expr *weft_expr_call2(weft_op op, weft_expr *x, weft_expr *y)
{
    return wf_tree_op(op, 2, (weft_expr *const[]){x, y});
}

weft_expr *weft_expr_call3(weft_op op, weft_expr *x, weft_expr *y, weft_expr *z)
{
    return wf_tree_op(op, 3, (weft_expr *const[]){x, y, z});
}

weft_expr *weft_expr_call_fn(const struct weft_batch_fn *fn, int n, weft_expr *const *args)
{
    weft_expr *e = over(WF_TREE_FN, n, args);

    if (wf_tree_has_failed(e))
        return e;
    e->fn = *fn;
    e->fn.name = wf_strdup(fn->name ? fn->name : "(no name)");
    if (e->fn.name)
        return e;
    weft_expr_release(e);
    return nomem();
}
