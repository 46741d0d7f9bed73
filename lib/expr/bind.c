/* bind.c - names become inputs, nulls get the type of what they meet, and faults are shown
 * where they stand in the text. */
#include "lib/expr/bind.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/map.h"
#include "lib/base/near.h"
#include "lib/expr/fault.h"
#include "lib/expr/op.h"
#include "lib/expr/tree.h"
#include "lib/expr/type.h"

struct binder {
    struct wf_arena        *arena;
    const struct wf_schema *schema;
    struct wf_map           seen;   /* node -> its expression, for trees that share parts */
    struct weft_error      *err;
};

/* An expression, or NULL for a null that has met nothing yet. */
struct bound {
    const struct wf_expr *e;
};

/* The sentence in b->err gets the text it is about. */
static weft_status show(struct binder *b, const weft_expr *e, weft_status st)
{
    if (e->source)
        wf_fault_show(b->err, e->source->text, e->at);
    return st;
}

static weft_status no_column(struct binder *b, const weft_expr *e)
{
    const struct wf_schema *s = b->schema;
    const char *name = e->as.text.ptr;
    const char *near = wf_near(name, e->as.text.len, (const char *const *)s->names, s->n);
    char list[160] = "";
    size_t used = 0;

    if (near)
        return weft_error_set(b->err, WEFT_NOT_FOUND, "no column \"%.64s\"; did you mean \"%.64s\"?",
                              name, near);
    for (int i = 0; i < s->n && used < sizeof list - 1; i++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", s->names[i]);
    if (used > sizeof list - 4) /* cut */
        memcpy(list + sizeof list - 4, "...", 4);
    return weft_error_set(b->err, WEFT_NOT_FOUND, "no column \"%.64s\"; there are: %s", name, list);
}

static weft_status leaf(struct binder *b, const weft_expr *e, struct bound *out)
{
    int k;

    switch (e->kind) {
    case WF_TREE_COLUMN:
        k = wf_schema_find(b->schema, e->as.text.ptr);
        if (k < 0 || strlen(e->as.text.ptr) != e->as.text.len)
            return no_column(b, e);
        out->e = wf_expr_input(b->arena, k, b->schema->dtypes[k]);
        break;
    case WF_TREE_BOOL:
        out->e = wf_expr_bool(b->arena, e->as.b);
        break;
    case WF_TREE_I64:
        out->e = wf_expr_i64(b->arena, e->as.i64);
        break;
    case WF_TREE_F64:
        out->e = wf_expr_f64(b->arena, e->as.f64);
        break;
    case WF_TREE_DATE:
        out->e = wf_expr_date(b->arena, e->as.date);
        break;
    case WF_TREE_STRING:
        if (e->as.text.len > INT32_MAX)
            return weft_error_set(b->err, WEFT_UNSUPPORTED, "a text of more than 2 GB");
        out->e = wf_expr_text(b->arena, e->as.text.ptr, (int64_t)e->as.text.len);
        break;
    default: /* a null: typed by what it meets */
        out->e = NULL;
        return WEFT_OK;
    }
    return out->e ? WEFT_OK : wf_error_nomem(b->err, "an expression");
}

/* The type of a null among operands: that of another one that it must meet, else one
 * that the operation takes. */
static weft_dtype null_type(weft_op op, const struct bound *args, int n, int i)
{
    const int first = wf_op_decider(op);

    if (i >= first)
        for (int k = first; k < n; k++)
            if (args[k].e)
                return args[k].e->dtype;
    switch (wf_ops[op].rule) {
    case WF_RULE_LOGIC:
    case WF_RULE_IF:
    case WF_RULE_NULL:
        return WEFT_BOOL;
    case WF_RULE_DATE:
        return WEFT_DATE;
    case WF_RULE_STRING:
        return WEFT_STRING;
    case WF_RULE_CAST:
        return wf_ops[op].to;
    default:
        return WEFT_INT64;
    }
}

static weft_status bind(struct binder *b, const weft_expr *e, struct bound *out);

static weft_status operation(struct binder *b, const weft_expr *e, struct bound *out)
{
    struct bound args[WEFT_MAX_ARGS];
    const struct wf_expr *fit[WEFT_MAX_ARGS];
    weft_status st = WEFT_OK;

    if (e->n_args > WEFT_MAX_ARGS) {
        st = weft_error_set(b->err, WEFT_INVALID, "%s: %d arguments; %d is the most", e->fn.name,
                            e->n_args, WEFT_MAX_ARGS);
        return show(b, e, st);
    }
    for (int i = 0; i < e->n_args; i++) {
        st = bind(b, e->args[i], &args[i]);
        if (st)
            return st;
    }
    /* Both branches of a choice may be null, which leaves the choice a null. */
    if (e->kind == WF_TREE_OP && e->op == WEFT_OP_IF && !args[1].e && !args[2].e) {
        out->e = NULL;
        return WEFT_OK;
    }
    for (int i = 0; !st && i < e->n_args; i++) {
        fit[i] = args[i].e;
        if (!fit[i])
            fit[i] = wf_expr_null(b->arena, e->kind == WF_TREE_FN
                                                ? (i < e->fn.n_args ? e->fn.args[i] : WEFT_INT64)
                                                : null_type(e->op, args, e->n_args, i));
        if (!fit[i])
            st = wf_error_nomem(b->err, "an expression");
    }
    if (!st && e->kind == WF_TREE_FN)
        st = wf_expr_call_fn(&out->e, b->arena, &e->fn, e->n_args, fit, b->err);
    else if (!st)
        st = wf_expr_call(&out->e, b->arena, e->op, e->n_args, fit, b->err);
    return st ? show(b, e, st) : WEFT_OK;
}

/* At most WF_TREE_MAX_DEPTH deep. Parts that are shared are bound once. */
static weft_status bind(struct binder *b, const weft_expr *e, struct bound *out)
{
    const weft_expr **self;
    uint64_t *known;
    weft_status st;
    bool fresh;

    if (e->kind != WF_TREE_OP && e->kind != WF_TREE_FN) {
        st = leaf(b, e, out);
        return st ? show(b, e, st) : WEFT_OK;
    }
    known = wf_map_find(&b->seen, &e, sizeof(void *));
    if (known) {
        out->e = (const struct wf_expr *)(uintptr_t)*known;
        return WEFT_OK;
    }
    st = operation(b, e, out);
    if (st)
        return st;
    self = wf_arena_alloc(b->arena, sizeof(void *), sizeof(void *));
    if (!self)
        return wf_error_nomem(b->err, "an expression");
    *self = e;
    if (!wf_map_put(&b->seen, self, sizeof(void *), (uint64_t)(uintptr_t)out->e, &fresh))
        return wf_error_nomem(b->err, "an expression");
    return WEFT_OK;
}

weft_status wf_expr_bind(const struct wf_expr **out, struct wf_arena *a, const weft_expr *e,
                         const struct wf_schema *schema, struct weft_error *err)
{
    struct weft_error quiet;
    struct binder b = {.arena = a, .schema = schema, .err = err ? err : &quiet};
    struct bound bound = {0};
    weft_status st = weft_expr_status(e, b.err);

    if (st)
        return st;
    wf_map_init(&b.seen);
    st = bind(&b, e, &bound);
    if (!st && !bound.e)
        st = show(&b, e, weft_error_set(b.err, WEFT_TYPE,
                                        "null alone has no type; say float64(null), for one"));
    wf_map_fini(&b.seen);
    if (!st)
        *out = bound.e;
    return st;
}

weft_status wf_expr_bind_text(const struct wf_expr **out, struct wf_arena *a, const char *text,
                              const struct wf_schema *schema, struct weft_error *err)
{
    weft_expr *e = weft_expr_text(text);
    const weft_status st = wf_expr_bind(out, a, e, schema, err);

    weft_expr_release(e);
    return st;
}
