/* text.c - from an expression's text to its tree, by precedence climbing (Richards 1979,
 * as Pratt's top down operator precedence, 1973).
 *
 *     or  <  and  <  not  <  == != < <= > >= in  <  + -  <  * / // %  <  unary -  <  **
 *
 * The first fault ends the reading, and is told with the text and a caret under it.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/expr/fault.h"
#include "lib/expr/op.h"
#include "lib/expr/parse.h"

enum { MAX_NESTED = 200 };

/* How tightly a sign holds its operands. */
enum { LOOSE, OR, AND, NOT, COMPARE, SUM, PRODUCT, MINUS, POWER };

weft_expr *wf_parse_fault(struct wf_parser *p, size_t at, const char *fmt, ...)
{
    va_list args;

    if (p->status)
        return NULL;
    va_start(args, fmt);
    p->status = wf_error_setv(&p->err, WEFT_PARSE, fmt, args);
    va_end(args);
    wf_fault_show(&p->err, p->source->text, at);
    return NULL;
}

weft_expr *wf_parse_op(struct wf_parser *p, size_t at, weft_op op, int n, weft_expr *const *args)
{
    return wf_tree_place(wf_tree_op(op, n, args), p->source, at);
}

static void advance(struct wf_parser *p)
{
    struct weft_error err;

    if (p->status)
        return;
    if (wf_lex_next(p->source->text, &p->next, &p->now, &err))
        wf_parse_fault(p, p->next, "%s", err.message);
    if (p->status)
        p->now = (struct wf_lex_token){.kind = WF_TOK_END, .at = p->next};
}

static bool accept(struct wf_parser *p, const char *what)
{
    if (p->status || !wf_lex_is(&p->now, what))
        return false;
    advance(p);
    return true;
}

static weft_expr *unexpected(struct wf_parser *p, const char *wanted)
{
    if (p->now.kind == WF_TOK_END)
        return wf_parse_fault(p, p->now.at, "%s is missing at the end", wanted);
    return wf_parse_fault(p, p->now.at, "%s is missing here", wanted);
}

static weft_expr *expression(struct wf_parser *p, int tight);

/* ---- Lists ----------------------------------------------------------------------- */

struct list {
    weft_expr **at;
    int         n, room;
};

static void list_fini(struct list *l)
{
    for (int i = 0; i < l->n; i++)
        weft_expr_release(l->at[i]);
    wf_free(l->at);
}

static void list_add(struct wf_parser *p, struct list *l, weft_expr *e)
{
    if (l->n == l->room) {
        const int room = l->room ? l->room * 2 : 8;
        weft_expr **more = wf_realloc(l->at, (size_t)room * sizeof *more);

        if (!more) {
            weft_expr_release(e);
            if (!p->status)
                p->status = wf_error_nomem(&p->err, "an expression");
            return;
        }
        l->at = more;
        l->room = room;
    }
    l->at[l->n++] = e;
}

/* Expressions and commas up to the closing bracket; the opening one is read. */
static void read_list(struct wf_parser *p, struct list *l, size_t opened)
{
    if (accept(p, ")"))
        return;
    do
        list_add(p, l, expression(p, LOOSE));
    while (accept(p, ","));
    if (accept(p, ")"))
        return;
    if (p->now.kind == WF_TOK_END)
        wf_parse_fault(p, opened, "this bracket is not closed");
    else
        unexpected(p, "a comma or a closing bracket");
}

/* ---- Operands -------------------------------------------------------------------- */

/* Text between quotes, where two of them stand for one. */
static weft_expr *quoted(struct wf_parser *p, const struct wf_lex_token *t, enum wf_tree_kind kind, char q)
{
    char *plain = wf_alloc(t->n + 1);
    size_t n = 0;
    weft_expr *e;

    if (!plain) {
        if (!p->status)
            p->status = wf_error_nomem(&p->err, "an expression");
        return NULL;
    }
    for (size_t i = 0; i < t->n; i++) {
        plain[n++] = t->text[i];
        if (t->text[i] == q)
            i++;
    }
    e = wf_tree_place(wf_tree_text(kind, plain, n), p->source, t->at);
    wf_free(plain);
    return e;
}

static weft_expr *call(struct wf_parser *p, const struct wf_lex_token *name)
{
    const size_t opened = p->now.at;
    struct list args = {0};
    weft_expr *e = NULL;

    advance(p); /* the bracket */
    read_list(p, &args, opened);
    if (!p->status) {
        e = wf_parse_call(p, name, args.n, args.at);
        args.n = 0; /* taken */
    }
    list_fini(&args);
    return e;
}

static weft_expr *whole(struct wf_parser *p, const struct wf_lex_token *t, uint64_t most)
{
    if (t->too_big || t->whole > most)
        return wf_parse_fault(p, t->at, "this number is beyond int64; %.*s. is a float64",
                              (int)(t->n < 40 ? t->n : 40), t->text);
    return weft_expr_i64((int64_t)t->whole);
}

static weft_expr *operand(struct wf_parser *p)
{
    const struct wf_lex_token t = p->now;
    weft_expr *e = NULL;

    if (p->status)
        return NULL;
    if (wf_lex_is(&t, "(")) {
        advance(p);
        e = expression(p, LOOSE);
        if (!p->status && !accept(p, ")")) {
            if (p->now.kind == WF_TOK_END)
                wf_parse_fault(p, t.at, "this bracket is not closed");
            else
                unexpected(p, "a closing bracket");
        }
        return e;
    }
    if (t.kind == WF_TOK_END || t.kind == WF_TOK_SIGN
        || (t.kind == WF_TOK_KEYWORD && (wf_lex_is(&t, "and") || wf_lex_is(&t, "or"))))
        return unexpected(p, "a value");
    advance(p);
    switch (t.kind) {
    case WF_TOK_NAME:
        if (wf_lex_is(&p->now, "("))
            return call(p, &t);
        e = wf_tree_text(WF_TREE_COLUMN, t.text, t.n);
        break;
    case WF_TOK_QUOTED:
        return quoted(p, &t, WF_TREE_COLUMN, '`');
    case WF_TOK_STRING:
        return quoted(p, &t, WF_TREE_STRING, '\'');
    case WF_TOK_INT:
        e = whole(p, &t, INT64_MAX);
        break;
    case WF_TOK_REAL:
        e = weft_expr_f64(t.real);
        break;
    case WF_TOK_DATE:
        e = wf_tree_date(t.days);
        break;
    default: /* a keyword */
        if (wf_lex_is(&t, "in") && wf_lex_is(&p->now, "("))
            return call(p, &t);
        if (wf_lex_is(&t, "in"))
            return wf_parse_fault(p, t.at, "a value is missing before \"in\"");
        e = wf_lex_is(&t, "null") ? weft_expr_null() : weft_expr_bool(wf_lex_is(&t, "true"));
        break;
    }
    return wf_tree_place(e, p->source, t.at);
}

/* ---- Signs ------------------------------------------------------------------------ */

/* The operation of a sign between operands, and how tightly it holds; 0: none. */
static int infix(const struct wf_lex_token *t, weft_op *op)
{
    static const struct {
        weft_op op;
        int     tight;
    } signs[] = {
        {WEFT_OP_OR, OR},           {WEFT_OP_AND, AND},           {WEFT_OP_EQUAL, COMPARE},
        {WEFT_OP_NOT_EQUAL, COMPARE}, {WEFT_OP_LESS, COMPARE},    {WEFT_OP_LESS_EQUAL, COMPARE},
        {WEFT_OP_GREATER, COMPARE}, {WEFT_OP_GREATER_EQUAL, COMPARE}, {WEFT_OP_ADD, SUM},
        {WEFT_OP_SUBTRACT, SUM},    {WEFT_OP_MULTIPLY, PRODUCT},  {WEFT_OP_DIVIDE, PRODUCT},
        {WEFT_OP_FLOOR_DIVIDE, PRODUCT}, {WEFT_OP_REMAINDER, PRODUCT}, {WEFT_OP_POWER, POWER},
    };

    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (wf_lex_is(t, wf_ops[signs[i].op].sign)) {
            *op = signs[i].op;
            return signs[i].tight;
        }
    return 0;
}

/* A sign before its operand: -x binds looser than x ** y, not x looser than x == y. */
static weft_expr *prefixed(struct wf_parser *p)
{
    const struct wf_lex_token sign = p->now;
    weft_expr *e;

    if (accept(p, "not")) {
        e = expression(p, NOT);
        return wf_parse_op(p, sign.at, WEFT_OP_NOT, 1, &e);
    }
    if (accept(p, "+")) {
        e = expression(p, MINUS);
        return wf_parse_op(p, sign.at, WEFT_OP_POSITIVE, 1, &e);
    }
    if (!accept(p, "-"))
        return operand(p);
    /* The least int64 has no positive to be the negative of. */
    if (p->now.kind == WF_TOK_INT && !p->now.too_big && p->now.whole == (uint64_t)1 << 63) {
        e = wf_tree_place(weft_expr_i64(INT64_MIN), p->source, sign.at);
        advance(p);
        return e;
    }
    e = expression(p, MINUS);
    if (!wf_tree_has_failed(e) && e->kind == WF_TREE_I64 && e->as.i64 > 0) {
        const int64_t x = e->as.i64;

        weft_expr_release(e);
        return wf_tree_place(weft_expr_i64(-x), p->source, sign.at);
    }
    return wf_parse_op(p, sign.at, WEFT_OP_NEGATIVE, 1, &e);
}

/* x in (a, b), or with `not` before: the word itself is the next token. */
static weft_expr *membership(struct wf_parser *p, weft_expr *x)
{
    const size_t at = p->now.at;
    const bool negated = accept(p, "not");
    struct list values = {0};
    size_t opened;
    weft_expr *e = NULL;

    if (!accept(p, "in"))
        unexpected(p, "\"in\"");
    opened = p->now.at;
    if (!p->status && !accept(p, "("))
        unexpected(p, "an opening bracket");
    if (!p->status)
        read_list(p, &values, opened);
    if (!p->status && !values.n)
        wf_parse_fault(p, opened, "in: no values to be among");
    if (!p->status) {
        e = wf_parse_in(p, at, x, values.n, values.at);
        values.n = 0;
        x = NULL;
        if (negated)
            e = wf_parse_op(p, at, WEFT_OP_NOT, 1, &e);
    }
    weft_expr_release(x);
    list_fini(&values);
    return e;
}

static weft_expr *no_chain(struct wf_parser *p, weft_expr *e)
{
    weft_expr_release(e);
    return wf_parse_fault(p, p->now.at, "comparisons do not chain; write a < b and b < c");
}

/* All that holds tighter than `tight`, from here. */
static weft_expr *climb(struct wf_parser *p, int tight)
{
    weft_expr *e = prefixed(p);
    bool compared = false;

    while (!p->status) {
        const size_t at = p->now.at;
        weft_op op = WEFT_OP_ADD;
        const bool is_in = wf_lex_is(&p->now, "in") || wf_lex_is(&p->now, "not");
        const int holds = is_in ? COMPARE : infix(&p->now, &op);
        weft_expr *right;

        if (holds <= tight)
            break;
        if (holds == COMPARE && compared)
            return no_chain(p, e);
        compared = holds == COMPARE;
        if (is_in) {
            e = membership(p, e);
            continue;
        }
        advance(p);
        /* A power's right side may be a power, or a minus: 2 ** -1, 2 ** 3 ** 2. */
        right = expression(p, holds == POWER ? MINUS : holds);
        e = wf_parse_op(p, at, op, 2, (weft_expr *const[]){e, right});
    }
    return e;
}

static weft_expr *expression(struct wf_parser *p, int tight)
{
    weft_expr *e;

    if (p->status)
        return NULL;
    if (p->depth == MAX_NESTED)
        return wf_parse_fault(p, p->now.at, "nested more than %d deep", MAX_NESTED);
    p->depth++;
    e = climb(p, tight);
    p->depth--;
    return e;
}

weft_expr *weft_expr_text(const char *text)
{
    struct wf_parser p = {.source = wf_source_new(text)};
    weft_expr *e = NULL;

    if (!p.source)
        return NULL;
    advance(&p);
    e = expression(&p, LOOSE);
    if (!p.status && p.now.kind != WF_TOK_END)
        wf_parse_fault(&p, p.now.at, "a sign such as + or == is missing before this");
    if (p.status) {
        weft_expr_release(e);
        e = wf_tree_failed(&p.err);
    }
    wf_source_release(p.source);
    return e;
}
