/* type.h - which types an operation takes and gives. */
#ifndef WF_TYPE_H
#define WF_TYPE_H

#include <weft/op.h>
#include <weft/status.h>

enum { WF_MAX_ARITY = 3 };

struct wf_typing {
    weft_dtype args[WF_MAX_ARITY]; /* what operands are converted to first */
    weft_dtype computed;           /* what the kernel for args gives */
    weft_dtype result;             /* what that is converted to last */
};

weft_status wf_op_typing(struct wf_typing *out, weft_op op, const weft_dtype *args,
                         struct weft_error *err);

/* The operand that decides which of a row of kernels runs: the second of IF, else the first. */
static inline int wf_op_decider(weft_op op)
{
    return op == WEFT_OP_IF ? 1 : 0;
}

#endif
