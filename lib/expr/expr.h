/* expr.h - expressions with types: what is to be computed for each element.
 *
 * A node is an input (number k, of a known type), a constant, or an operation on
 * nodes. Nodes are immutable and live in the arena they were made in; a node may
 * be an operand of many. Making a node settles its type: operands that must meet
 * are converted by nodes put between. What depends on constants alone is computed
 * at once, by the kernels that would run. Equal sub-expressions are found later,
 * when a program is made (program.h).
 *
 * Inputs are numbered by the caller as he likes; a program tells which it needs.
 *
 * Errors: WEFT_TYPE when an operation has no meaning for its operands, WEFT_NOMEM.
 *         Nothing else can fail, and nothing fails while running but a user's
 *         batch function.
 */
#ifndef WF_EXPR_H
#define WF_EXPR_H

#include <stdbool.h>
#include <stdint.h>

#include <weft/chunk.h>
#include <weft/op.h>
#include <weft/rowfn.h>
#include <weft/status.h>

#include "lib/base/arena.h"
#include "lib/data/column.h"

enum wf_expr_kind { WF_EXPR_INPUT, WF_EXPR_CONST, WF_EXPR_OP, WF_EXPR_FN };

/* Deeper expressions are refused: whoever builds long chains looks at `depth` and
 * computes what he has before. */
enum { WF_EXPR_MAX_DEPTH = 3000 };

struct wf_expr {
    enum wf_expr_kind kind;
    weft_dtype        dtype;
    int32_t           depth;  /* 1 for inputs and constants */
    int32_t           weight; /* operations in it, counted again where shared; stops at 1 << 30 */
    int               n_args;
    const struct wf_expr *const *args;
    union {
        int64_t input;                  /* INPUT: its number */
        weft_op op;                     /* OP */
        const struct weft_batch_fn *fn; /* FN: a copy in the arena */
        struct {                        /* CONST */
            bool is_null;
            union {
                uint8_t        b;       /* bool */
                int64_t        i64;
                float          f32;
                double         f64;
                int32_t        date;
                struct wf_view text;    /* long texts: source 0, at `long_text` */
            } value;
            const char *long_text;      /* NULL: inline */
        } constant;
    } as;
};

/* ---- Making: each answers NULL for no memory only -------------------------- */

const struct wf_expr *wf_expr_input(struct wf_arena *a, int64_t number, weft_dtype dtype);
const struct wf_expr *wf_expr_bool(struct wf_arena *a, bool x);
const struct wf_expr *wf_expr_i64(struct wf_arena *a, int64_t x);
const struct wf_expr *wf_expr_f32(struct wf_arena *a, float x);
const struct wf_expr *wf_expr_f64(struct wf_arena *a, double x);
const struct wf_expr *wf_expr_date(struct wf_arena *a, int32_t days);
const struct wf_expr *wf_expr_text(struct wf_arena *a, const char *text, int64_t len); /* copied */
const struct wf_expr *wf_expr_null(struct wf_arena *a, weft_dtype dtype);

/* ---- Making: each fills `err` and writes *out only on success --------------- */

/* `op` on n operands; n is its arity. */
weft_status wf_expr_call(const struct wf_expr **out, struct wf_arena *a, weft_op op, int n,
                         const struct wf_expr *const *args, struct weft_error *err);
static inline weft_status wf_expr_call1(const struct wf_expr **out, struct wf_arena *a, weft_op op,
                                        const struct wf_expr *x, struct weft_error *err)
{
    return wf_expr_call(out, a, op, 1, &x, err);
}
static inline weft_status wf_expr_call2(const struct wf_expr **out, struct wf_arena *a, weft_op op,
                                        const struct wf_expr *x, const struct wf_expr *y,
                                        struct weft_error *err)
{
    return wf_expr_call(out, a, op, 2, (const struct wf_expr *const[]){x, y}, err);
}

/* `x` as another type; itself if it is that already. */
weft_status wf_expr_cast(const struct wf_expr **out, struct wf_arena *a, const struct wf_expr *x,
                         weft_dtype to, struct weft_error *err);

/* A user's batch function; operands are converted to the types it declares. `fn`
 * is copied, but not what its ctx points to. */
weft_status wf_expr_call_fn(const struct wf_expr **out, struct wf_arena *a,
                            const struct weft_batch_fn *fn, int n,
                            const struct wf_expr *const *args, struct weft_error *err);

/* ---- Asking ------------------------------------------------------------------ */

/* The type of `op` on operands of these types, without making anything: WEFT_TYPE
 * and the sentence if it has none. */
weft_status wf_op_type(weft_dtype *out, weft_op op, int n, const weft_dtype *args,
                       struct weft_error *err);

/* The type in which two operands meet; false: they do not. */
bool wf_dtype_meet(weft_dtype x, weft_dtype y, weft_dtype *out);

#endif
