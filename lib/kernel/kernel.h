/* kernel.h - the loop of one operation over one type: what it is called with.
 *
 * A kernel computes out[i] = op(in[0][i], in[1][i], ...) for 0 <= i < n and looks
 * at no nulls: it computes every slot, and valid.h says which of them count.
 * Elements lie as in blocks: bool is a byte (0 or 1), date int32, string a view.
 *
 * An operand with step 0 is one value that stands for all n (and is there even if n
 * is 0). `out` may be exactly one of the operands if its elements are as wide; else
 * nothing overlaps. Which NaN comes out where two went in is not promised.
 */
#ifndef WF_KERNEL_H
#define WF_KERNEL_H

#include <stdint.h>

#include <weft/op.h>

struct wf_buffer;

struct wf_arg {
    const void *values;
    int64_t     step;  /* 1: n values; 0: one for all */
    /* The long texts of strings: view v lies in texts[WF_TEXT_SOURCE(v)][WF_TEXT_NUMBER(v)]. */
    struct wf_buffer *const *const *texts;
};

/* Views in a register name their text by a source (which input) and its number there. */
enum { WF_TEXT_BITS = 20, WF_MAX_TEXTS = 1 << WF_TEXT_BITS, WF_MAX_TEXT_SOURCES = 1 << (31 - WF_TEXT_BITS) };

typedef void wf_kernel(void *out, const struct wf_arg *in, int64_t n);

/* The kernel of `op` on operands of `dtype` (for IF the branches, for TO_... what is
 * converted), for the instruction set of isa.h. NULL: the operation has no meaning
 * for the type, or is no loop over values (COALESCE, ISNULL, NOTNULL: see valid.h). */
wf_kernel *wf_kernel_find(weft_op op, weft_dtype dtype);

#endif
