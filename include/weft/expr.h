/* weft/expr.h - expressions over the columns of a frame, as text or built in C.
 *
 *     weft_expr_text("if(neutral, 0, sign(home_score - away_score))")
 *
 *     weft_expr_if(weft_expr_column("neutral"), weft_expr_i64(0),
 *                  weft_expr_call1(WEFT_OP_SIGN, weft_expr_subtract(weft_expr_column("home_score"),
 *                                                                   weft_expr_column("away_score"))))
 *
 * An expression knows no frame. Names are looked up and types settled when a frame
 * takes it: then a name that is not there, or types that do not go together, are
 * told with the place in the text. weft/op.h lists the operations and their types.
 *
 * Text: numbers 1, 1.5, 1e3; 'text' ('' is a quote); true, false, null;
 *       date'2020-01-31'; columns by name, `in back quotes` if not a word.
 *       From loose to tight: or; and; not; == != < <= > >=; + -; * / // %; unary -; **.
 *       Functions by weft_op_name(), and: in(x, a, b, ...), between(x, low, high),
 *       min, max (minimum, maximum), pow, round(x), round(x, digits), clip(x, low, high),
 *       coalesce(a, b, ...), where (if).
 *
 * Ownership: counted. A function that builds on expressions takes them, whatever
 *            comes of it, so calls nest; weft_expr_retain() to use one twice.
 * Errors:    what cannot be built is an expression that has already failed; so is
 *            what is built on it. weft_expr_status() asks, whoever uses it tells.
 * Threads:   immutable; any thread.
 */
#ifndef WEFT_EXPR_H
#define WEFT_EXPR_H

#include <stdbool.h>
#include <stdint.h>

#include <weft/op.h>
#include <weft/rowfn.h>
#include <weft/status.h>

WEFT_BEGIN

typedef struct weft_expr weft_expr;

/* ---- Leaves: texts and names are copied ---------------------------------- */

WEFT_API weft_expr *weft_expr_text(const char *text);   /* parsed */
WEFT_API weft_expr *weft_expr_column(const char *name);
WEFT_API weft_expr *weft_expr_bool(bool x);
WEFT_API weft_expr *weft_expr_i64(int64_t x);
WEFT_API weft_expr *weft_expr_f64(double x);
WEFT_API weft_expr *weft_expr_date(int year, int month, int day); /* fails if there is no such day */
WEFT_API weft_expr *weft_expr_string(const char *text);
WEFT_API weft_expr *weft_expr_null(void);               /* of the type of what it meets */

/* ---- Operations: operands are taken --------------------------------------- */

WEFT_API weft_expr *weft_expr_call1(weft_op op, weft_expr *x);
WEFT_API weft_expr *weft_expr_call2(weft_op op, weft_expr *x, weft_expr *y);
WEFT_API weft_expr *weft_expr_call3(weft_op op, weft_expr *x, weft_expr *y, weft_expr *z);

/* A row function (weft/rowfn.h) of n columns; `fn` is copied, its ctx is lent. */
WEFT_API weft_expr *weft_expr_call_fn(const struct weft_batch_fn *fn, int n, weft_expr *const *args);

static inline weft_expr *weft_expr_add(weft_expr *x, weft_expr *y)      { return weft_expr_call2(WEFT_OP_ADD, x, y); }
static inline weft_expr *weft_expr_subtract(weft_expr *x, weft_expr *y) { return weft_expr_call2(WEFT_OP_SUBTRACT, x, y); }
static inline weft_expr *weft_expr_multiply(weft_expr *x, weft_expr *y) { return weft_expr_call2(WEFT_OP_MULTIPLY, x, y); }
static inline weft_expr *weft_expr_divide(weft_expr *x, weft_expr *y)   { return weft_expr_call2(WEFT_OP_DIVIDE, x, y); }
static inline weft_expr *weft_expr_equal(weft_expr *x, weft_expr *y)    { return weft_expr_call2(WEFT_OP_EQUAL, x, y); }
static inline weft_expr *weft_expr_less(weft_expr *x, weft_expr *y)     { return weft_expr_call2(WEFT_OP_LESS, x, y); }
static inline weft_expr *weft_expr_greater(weft_expr *x, weft_expr *y)  { return weft_expr_call2(WEFT_OP_GREATER, x, y); }
static inline weft_expr *weft_expr_and(weft_expr *x, weft_expr *y)      { return weft_expr_call2(WEFT_OP_AND, x, y); }
static inline weft_expr *weft_expr_or(weft_expr *x, weft_expr *y)       { return weft_expr_call2(WEFT_OP_OR, x, y); }
static inline weft_expr *weft_expr_not(weft_expr *x)                    { return weft_expr_call1(WEFT_OP_NOT, x); }
static inline weft_expr *weft_expr_if(weft_expr *c, weft_expr *x, weft_expr *y) { return weft_expr_call3(WEFT_OP_IF, c, x, y); }

/* ---- Life and asking -------------------------------------------------------- */

WEFT_API weft_expr  *weft_expr_retain(weft_expr *e);
WEFT_API void        weft_expr_release(weft_expr *e); /* NULL is fine */

/* WEFT_OK, or why it cannot be used. */
WEFT_API weft_status weft_expr_status(const weft_expr *e, struct weft_error *err);

WEFT_END
#endif
