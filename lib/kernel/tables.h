/* tables.h - what the compilations of lib/kernel/typed leave, by instruction set and type. */
#ifndef WF_TABLES_H
#define WF_TABLES_H

#include "lib/kernel/isa.h"
#include "lib/kernel/kernel.h"
#include "lib/kernel/typed/reduce.h"
#include "lib/kernel/typed/select.h"

/* One declaration for each element type of an instruction set, and the row of a table. */
#define WF_DECLARE_ISA(isa)                                                              \
    extern wf_kernel *const wf_arith_i32_##isa[], *const wf_arith_i64_##isa[],           \
        *const wf_arith_f32_##isa[], *const wf_arith_f64_##isa[];                        \
    extern wf_kernel *const wf_compare_i32_##isa[], *const wf_compare_i64_##isa[],       \
        *const wf_compare_f32_##isa[], *const wf_compare_f64_##isa[];                    \
    extern wf_kernel *const wf_cast_i32_##isa[], *const wf_cast_i64_##isa[],             \
        *const wf_cast_f32_##isa[], *const wf_cast_f64_##isa[];                          \
    extern wf_kernel *const wf_math_f32_##isa[], *const wf_math_f64_##isa[];             \
    extern wf_kernel *const wf_choose_i32_##isa[], *const wf_choose_i64_##isa[];         \
    extern const struct wf_reduce wf_reduce_i32_##isa, wf_reduce_i64_##isa,              \
        wf_reduce_f32_##isa, wf_reduce_f64_##isa;                                        \
    extern const struct wf_select wf_select_i32_##isa, wf_select_i64_##isa

#if WF_HAVE_X86
WF_DECLARE_ISA(v2);
WF_DECLARE_ISA(v3);
WF_DECLARE_ISA(v4);
#else
WF_DECLARE_ISA(base);
#endif

/* Types that are no fixed-width number fill the same tables by hand. */
extern wf_kernel *const wf_bool_kernels[];   /* bool.c */
extern wf_kernel *const wf_date_kernels[];   /* time/date.c */
extern wf_kernel *const wf_string_kernels[]; /* string/compare.c */
extern const struct wf_reduce wf_reduce_bool;
extern const struct wf_select wf_select_bool, wf_select_view;

#endif
