/* kernels.c - a kernel against one element at a time. */
#include "tests/support/kernels.h"

#include <criterion/criterion.h>
#include <string.h>

enum { ROOM = 2500 };

static const struct plain_op *ops_now;
static size_t n_ops_now;

static _Alignas(64) char x_values[ROOM * 8], y_values[ROOM * 8], out_values[ROOM * 8 + 64];

static void check_one(const struct plain_op *op, int64_t n, int64_t sx, int64_t sy, int over)
{
    const size_t bytes = weft_dtype_size(op->in);
    const bool two = weft_op_arity(op->op) == 2;
    wf_kernel *f = wf_kernel_find(op->op, op->in);
    struct wf_arg in[2] = {{x_values, sx, NULL}, {y_values, sy, NULL}};
    const char guard[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const size_t end = (size_t)n * weft_dtype_size(op->out);

    cr_assert(f, "%s has no kernel for %s", weft_op_name(op->op), weft_dtype_name(op->in));
    if (over) { /* the result lies over operand over - 1 */
        memcpy(out_values, over == 1 ? x_values : y_values, (size_t)(n ? n : 1) * bytes);
        in[over - 1].values = out_values;
    } else {
        memcpy(out_values + end, guard, sizeof guard);
    }
    f(out_values, in, n);
    for (int64_t i = 0; i < n; i++) {
        const union any x = any_at(op->in, x_values, i * sx);
        const union any y = any_at(op->in, y_values, i * sy);
        const union any want = op->plain(x, two ? y : (union any){.i = 0});
        const union any got = any_at(op->out, out_values, i);

        cr_assert(any_same(op->out, got, want), "%s of %s on %s: n %d, steps %d %d, over %d, element %d: %g %g",
                  weft_op_name(op->op), weft_dtype_name(op->in), wf_isa_name(wf_isa()), (int)n, (int)sx,
                  (int)sy, over, (int)i, op->out == WEFT_FLOAT64 ? got.d : (double)got.i,
                  op->out == WEFT_FLOAT64 ? want.d : (double)want.i);
    }
    if (!over)
        cr_assert(!memcmp(out_values + end, guard, sizeof guard), "%s writes behind its end",
                  weft_op_name(op->op));
}

static void check_all(void)
{
    for (size_t k = 0; k < n_ops_now; k++) {
        const struct plain_op *op = &ops_now[k];
        const bool two = weft_op_arity(op->op) == 2;
        const bool same = weft_dtype_size(op->in) == weft_dtype_size(op->out);

        for (int l = 0; length_at(l) >= 0; l++) {
            const int64_t n = length_at(l);

            any_fill(op->in, x_values, ROOM, (uint64_t)l * 2);
            any_fill(op->in, y_values, ROOM, (uint64_t)l * 2 + 1);
            check_one(op, n, 1, 1, 0);
            check_one(op, n, 0, 0, 0);
            if (two) {
                check_one(op, n, 1, 0, 0);
                check_one(op, n, 0, 1, 0);
            }
            if (same) {
                check_one(op, n, 1, 1, 1);
                check_one(op, n, 0, 0, 1);
            }
            if (same && two) {
                check_one(op, n, 1, 1, 2);
                check_one(op, n, 1, 0, 2);
                check_one(op, n, 0, 1, 1);
            }
        }
    }
}

void check_kernels(const struct plain_op *ops, size_t n_ops)
{
    ops_now = ops;
    n_ops_now = n_ops;
    on_each_isa(check_all);
}
