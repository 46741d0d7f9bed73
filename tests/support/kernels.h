/* kernels.h - a kernel against one element at a time, however its operands are given. */
#ifndef WF_TESTS_KERNELS_H
#define WF_TESTS_KERNELS_H

#include "lib/kernel/kernel.h"
#include "tests/support/values.h"

/* What one element should be; operands that are not there are 0. */
typedef union any plain_fn(union any x, union any y);

struct plain_op {
    weft_op    op;
    weft_dtype in, out;
    plain_fn  *plain;
};

/* Each op, on each instruction set, at each length, with many and single operands, into
 * a place of its own and over an operand of the same width. */
void check_kernels(const struct plain_op *ops, size_t n_ops);

#endif
