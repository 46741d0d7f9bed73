/* kernel.c - which kernel does an operation on a type: a row of tables for each
 * instruction set, asked one family after another. */
#include "lib/kernel/kernel.h"

#include <stddef.h>

#include "lib/kernel/tables.h"

enum { MAX_FAMILIES = 6 };

/* float32 and float64 choose as numbers of their width: bits move, nothing is computed. */
#define ROW(isa)                                                                        \
    {                                                                                   \
        [WEFT_BOOL]    = {wf_bool_kernels},                                             \
        [WEFT_INT64]   = {wf_arith_i64_##isa, wf_compare_i64_##isa, wf_cast_i64_##isa,  \
                          wf_choose_i64_##isa},                                         \
        [WEFT_FLOAT32] = {wf_arith_f32_##isa, wf_compare_f32_##isa, wf_cast_f32_##isa,  \
                          wf_choose_i32_##isa, wf_math_f32_##isa},                      \
        [WEFT_FLOAT64] = {wf_arith_f64_##isa, wf_compare_f64_##isa, wf_cast_f64_##isa,  \
                          wf_choose_i64_##isa, wf_math_f64_##isa},                      \
        [WEFT_DATE]    = {wf_date_kernels, wf_arith_i32_##isa, wf_compare_i32_##isa,    \
                          wf_cast_i32_##isa, wf_choose_i32_##isa},                      \
        [WEFT_STRING]  = {wf_string_kernels},                                           \
    }

static wf_kernel *const *const families[WF_ISA_COUNT][WEFT_DTYPE_COUNT][MAX_FAMILIES] = {
#if WF_HAVE_X86
    [WF_ISA_V2] = ROW(v2),
    [WF_ISA_V3] = ROW(v3),
    [WF_ISA_V4] = ROW(v4),
#else
    [WF_ISA_BASE] = ROW(base),
#endif
};
_Static_assert(WEFT_DTYPE_COUNT == 6, "a new type needs its families");

wf_kernel *wf_kernel_find(weft_op op, weft_dtype dtype)
{
    wf_kernel *const *const *row = families[wf_isa()][dtype];

    for (int i = 0; i < MAX_FAMILIES && row[i]; i++)
        if (row[i][op])
            return row[i][op];
    return NULL;
}
