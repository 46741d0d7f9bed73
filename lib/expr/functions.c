/* functions.c - the functions of texts: each operation by its name, and what is written
 * as one function but is several operations. */
#include <math.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/near.h"
#include "lib/expr/op.h"
#include "lib/expr/parse.h"

enum { MANY = 1 << 20 };

static weft_expr *two(struct wf_parser *p, size_t at, weft_op op, weft_expr *x, weft_expr *y)
{
    return wf_parse_op(p, at, op, 2, (weft_expr *const[]){x, y});
}

/* A list as a balanced tree of one operation: depth grows with the logarithm. */
static weft_expr *joined(struct wf_parser *p, size_t at, weft_op op, int n, weft_expr *const *args)
{
    if (n == 1)
        return args[0];
    return two(p, at, op, joined(p, at, op, n / 2, args), joined(p, at, op, n - n / 2, args + n / 2));
}

/* As SQL has it, null among the values is met by null. */
weft_expr *wf_parse_in(struct wf_parser *p, size_t at, weft_expr *x, int n, weft_expr *const *values)
{
    weft_expr *mid, *one;

    if (n > 1) {
        mid = wf_parse_in(p, at, weft_expr_retain(x), n / 2, values);
        return two(p, at, WEFT_OP_OR, mid, wf_parse_in(p, at, x, n - n / 2, values + n / 2));
    }
    one = values[0];
    if (wf_tree_has_failed(one) || one->kind != WF_TREE_NULL)
        return two(p, at, WEFT_OP_EQUAL, x, one);
    weft_expr_release(one);
    return wf_parse_op(p, at, WEFT_OP_ISNULL, 1, &x);
}

static weft_expr *call_in(struct wf_parser *p, size_t at, int n, weft_expr *const *args)
{
    return wf_parse_in(p, at, args[0], n - 1, args + 1);
}

static weft_expr *call_between(struct wf_parser *p, size_t at, int n, weft_expr *const *args)
{
    weft_expr *low;

    (void)n;
    low = two(p, at, WEFT_OP_GREATER_EQUAL, weft_expr_retain(args[0]), args[1]);
    return two(p, at, WEFT_OP_AND, low, two(p, at, WEFT_OP_LESS_EQUAL, args[0], args[2]));
}

static weft_expr *call_clip(struct wf_parser *p, size_t at, int n, weft_expr *const *args)
{
    (void)n;
    return two(p, at, WEFT_OP_MINIMUM, two(p, at, WEFT_OP_MAXIMUM, args[0], args[1]), args[2]);
}

static weft_expr *call_coalesce(struct wf_parser *p, size_t at, int n, weft_expr *const *args)
{
    return joined(p, at, WEFT_OP_COALESCE, n, args);
}

static weft_expr *call_minimum(struct wf_parser *p, size_t at, int n, weft_expr *const *args)
{
    return joined(p, at, WEFT_OP_MINIMUM, n, args);
}

static weft_expr *call_maximum(struct wf_parser *p, size_t at, int n, weft_expr *const *args)
{
    return joined(p, at, WEFT_OP_MAXIMUM, n, args);
}

/* As NumPy rounds to digits: scaled, rounded half to even, and scaled back. */
static weft_expr *call_round(struct wf_parser *p, size_t at, int n, weft_expr *const *args)
{
    int64_t digits;
    weft_expr *x = args[0];

    if (n == 1)
        return wf_parse_op(p, at, WEFT_OP_RINT, 1, &x);
    if (wf_tree_has_failed(args[1]) || args[1]->kind != WF_TREE_I64 || args[1]->as.i64 < -300
        || args[1]->as.i64 > 300) {
        weft_expr_release(args[0]);
        weft_expr_release(args[1]);
        return wf_parse_fault(p, at, "round: digits must be a whole number from -300 to 300");
    }
    digits = args[1]->as.i64;
    weft_expr_release(args[1]);
    if (digits < 0) {
        const double tens = pow(10, (double)-digits);

        x = two(p, at, WEFT_OP_DIVIDE, x, weft_expr_f64(tens));
        x = wf_parse_op(p, at, WEFT_OP_RINT, 1, &x);
        return two(p, at, WEFT_OP_MULTIPLY, x, weft_expr_f64(tens));
    }
    x = two(p, at, WEFT_OP_MULTIPLY, x, weft_expr_f64(pow(10, (double)digits)));
    x = wf_parse_op(p, at, WEFT_OP_RINT, 1, &x);
    return two(p, at, WEFT_OP_DIVIDE, x, weft_expr_f64(pow(10, (double)digits)));
}

static const struct function {
    const char *name;
    int         least, most;
    weft_expr *(*call)(struct wf_parser *p, size_t at, int n, weft_expr *const *args);
    weft_op     op; /* without call: another name of this */
} functions[] = {
    {"absolute", 1, 1, NULL, WEFT_OP_ABS},
    {"between", 3, 3, call_between, WEFT_OP_ADD},
    {"clip", 3, 3, call_clip, WEFT_OP_ADD},
    {"coalesce", 1, MANY, call_coalesce, WEFT_OP_ADD},
    {"fabs", 1, 1, NULL, WEFT_OP_ABS},
    {"in", 2, MANY, call_in, WEFT_OP_ADD},
    {"max", 1, MANY, call_maximum, WEFT_OP_ADD},
    {"maximum", 1, MANY, call_maximum, WEFT_OP_ADD},
    {"min", 1, MANY, call_minimum, WEFT_OP_ADD},
    {"minimum", 1, MANY, call_minimum, WEFT_OP_ADD},
    {"mod", 2, 2, NULL, WEFT_OP_REMAINDER},
    {"pow", 2, 2, NULL, WEFT_OP_POWER},
    {"round", 1, 2, call_round, WEFT_OP_ADD},
    {"true_divide", 2, 2, NULL, WEFT_OP_DIVIDE},
    {"where", 3, 3, NULL, WEFT_OP_IF},
};
enum { N_FUNCTIONS = sizeof functions / sizeof *functions };

static weft_expr *no_function(struct wf_parser *p, const struct wf_lex_token *name)
{
    const char *names[WEFT_OP_COUNT + N_FUNCTIONS];
    const char *near;
    int n = 0;

    for (; n < WEFT_OP_COUNT; n++)
        names[n] = wf_ops[n].name;
    for (int i = 0; i < N_FUNCTIONS; i++)
        names[n++] = functions[i].name;
    near = wf_near(name->text, name->n, names, n);
    if (near)
        return wf_parse_fault(p, name->at, "no function \"%.*s\"; did you mean \"%s\"?",
                              (int)(name->n < 64 ? name->n : 64), name->text, near);
    return wf_parse_fault(p, name->at, "no function \"%.*s\"", (int)(name->n < 64 ? name->n : 64),
                          name->text);
}

static weft_expr *wrong_count(struct wf_parser *p, const struct wf_lex_token *name, int least, int most, int n)
{
    const char *more = most == MANY ? " or more" : "";

    if (least != most && most != MANY)
        return wf_parse_fault(p, name->at, "%.*s: takes %d or %d, %d given", (int)name->n, name->text,
                              least, most, n);
    return wf_parse_fault(p, name->at, "%.*s: takes %d%s, %d given", (int)name->n, name->text, least,
                          more, n);
}

weft_expr *wf_parse_call(struct wf_parser *p, const struct wf_lex_token *name, int n,
                         weft_expr *const *args)
{
    const struct function *f = NULL;
    int op = -1, least, most;
    weft_expr *e;

    for (int i = 0; i < N_FUNCTIONS && !f; i++)
        if (strlen(functions[i].name) == name->n && !memcmp(functions[i].name, name->text, name->n))
            f = &functions[i];
    if (!f)
        op = wf_op_find(name->text, name->n);
    else if (!f->call)
        op = (int)f->op;
    least = op >= 0 ? wf_ops[op].arity : f ? f->least : 0;
    most = op >= 0 ? wf_ops[op].arity : f ? f->most : 0;
    if (least && n >= least && n <= most)
        return op >= 0 ? wf_parse_op(p, name->at, (weft_op)op, n, args) : f->call(p, name->at, n, args);
    for (int i = 0; i < n; i++)
        weft_expr_release(args[i]);
    e = least ? wrong_count(p, name, least, most, n) : no_function(p, name);
    return e;
}
