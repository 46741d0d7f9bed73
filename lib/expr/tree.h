/* tree.h - an expression over names, before it meets columns.
 *
 * What always holds:
 *   1. Immutable once more than one holds it.
 *   2. Operands of a node that has not failed have not failed.
 *   3. depth is one more than that of the deepest operand, at most WF_TREE_MAX_DEPTH.
 */
#ifndef WF_TREE_H
#define WF_TREE_H

#include <stddef.h>

#include <weft/expr.h>

#include "lib/data/count.h"

enum { WF_TREE_MAX_DEPTH = 1000 };

enum wf_tree_kind {
    WF_TREE_COLUMN,
    WF_TREE_BOOL,
    WF_TREE_I64,
    WF_TREE_F64,
    WF_TREE_DATE,
    WF_TREE_STRING,
    WF_TREE_NULL,
    WF_TREE_OP,
    WF_TREE_FN,
    WF_TREE_FAILED,
};

/* A text that expressions were read from, kept to point into it. */
struct wf_source_text {
    wf_count holders;
    char     text[];
};

struct weft_expr {
    wf_count               holders;
    enum wf_tree_kind      kind;
    int32_t                depth;
    struct wf_source_text *source; /* NULL: built in C */
    size_t                 at;     /* its place there */
    weft_op                op;
    struct weft_batch_fn   fn;
    union {
        bool        b;
        int64_t     i64;
        double      f64;
        int32_t     date;
        struct {
            char  *ptr;            /* of COLUMN and STRING, also ended by a zero */
            size_t len;
        } text;
    } as;
    struct weft_error     *error;  /* of FAILED; NULL: no memory */
    int                    n_args;
    weft_expr             *args[];
};

/* For the parser: the same as the public makers, with a place in a text. */
weft_expr *wf_tree_text(enum wf_tree_kind kind, const char *text, size_t len); /* COLUMN or STRING */
weft_expr *wf_tree_op(weft_op op, int n, weft_expr *const *args);              /* args taken */
weft_expr *wf_tree_failed(const struct weft_error *err);
weft_expr *wf_tree_date(int32_t days);

/* Says where in which text `e`, just made, stands; answers it. NULL and failed are fine. */
weft_expr *wf_tree_place(weft_expr *e, struct wf_source_text *source, size_t at);

static inline bool wf_tree_has_failed(const weft_expr *e)
{
    return !e || e->kind == WF_TREE_FAILED;
}

struct wf_source_text *wf_source_new(const char *text); /* NULL: no memory */
struct wf_source_text *wf_source_retain(struct wf_source_text *s);
void                   wf_source_release(struct wf_source_text *s); /* NULL is fine */

#endif
