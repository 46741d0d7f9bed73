/* fold.h - what depends on constants alone is computed when it is written. */
#ifndef WF_FOLD_H
#define WF_FOLD_H

#include "lib/expr/expr.h"

/* `e`, or the constant it always is, or the operand. NULL: no memory. `e` is an operation whose operands have the types it wants. */
const struct wf_expr *wf_expr_fold(struct wf_arena *a, const struct wf_expr *e);

#endif
