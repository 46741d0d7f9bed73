/* bind.h - an expression over names meets the columns of a frame. */
#ifndef WF_BIND_H
#define WF_BIND_H

#include <weft/expr.h>

#include "lib/data/schema.h"
#include "lib/expr/expr.h"

/* The typed expression of `e`, in the arena; input k is column k of `schema`. A
 * failed `e` gives its own error. WEFT_NOT_FOUND names a column that is near. */
weft_status wf_expr_bind(const struct wf_expr **out, struct wf_arena *a, const weft_expr *e,
                         const struct wf_schema *schema, struct weft_error *err);

/* The same from a text. */
weft_status wf_expr_bind_text(const struct wf_expr **out, struct wf_arena *a, const char *text,
                              const struct wf_schema *schema, struct weft_error *err);

#endif
