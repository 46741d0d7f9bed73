/* test_cast.c - from every type to every other. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/support/kernels.h"

static union any zero(void) { return (union any){.i = 0}; }
static union any of_i(int64_t x) { return (union any){.i = x}; }
static union any of_d(double x) { return (union any){.d = x}; }
static union any of_b(bool x) { union any a = zero(); a.b = x; return a; }
static union any of_f(float x) { union any a = zero(); a.f = x; return a; }
static union any of_t(int32_t x) { union any a = zero(); a.t = x; return a; }

/* What int64 or int32 cannot hold becomes their least number. */
static union any d_to_i(union any x, union any y)
{
    (void)y;
    return of_i(isnan(x.d) || x.d < -0x1p63 || x.d >= 0x1p63 ? INT64_MIN : (int64_t)x.d);
}
static union any f_to_i(union any x, union any y)
{
    (void)y;
    return of_i(isnan(x.f) || x.f < -0x1p63f || x.f >= 0x1p63f ? INT64_MIN : (int64_t)x.f);
}
static union any d_to_t(union any x, union any y)
{
    (void)y;
    return of_t(isnan(x.d) || x.d <= -0x1p31 || x.d >= 0x1p31 ? INT32_MIN : (int32_t)x.d);
}
static union any i_to_t(union any x, union any y)
{
    (void)y;
    return of_t(x.i < INT32_MIN || x.i > INT32_MAX ? INT32_MIN : (int32_t)x.i);
}
static union any i_to_d(union any x, union any y) { return (void)y, of_d((double)x.i); }
static union any i_to_f(union any x, union any y) { return (void)y, of_f((float)x.i); }
static union any i_to_b(union any x, union any y) { return (void)y, of_b(x.i != 0); }
static union any d_to_b(union any x, union any y) { return (void)y, of_b(x.d != 0); }
static union any d_to_f(union any x, union any y) { return (void)y, of_f((float)x.d); }
static union any f_to_d(union any x, union any y) { return (void)y, of_d((double)x.f); }
static union any t_to_i(union any x, union any y) { return (void)y, of_i(x.t); }
static union any t_to_d(union any x, union any y) { return (void)y, of_d(x.t); }
static union any b_to_i(union any x, union any y) { return (void)y, of_i(x.b); }
static union any b_to_d(union any x, union any y) { return (void)y, of_d(x.b); }
static union any b_to_f(union any x, union any y) { return (void)y, of_f(x.b); }

Test(cast, every_pair_of_types)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_TO_INT64, WEFT_FLOAT64, WEFT_INT64, d_to_i}, {WEFT_OP_TO_INT64, WEFT_FLOAT32, WEFT_INT64, f_to_i},
        {WEFT_OP_TO_INT64, WEFT_DATE, WEFT_INT64, t_to_i},    {WEFT_OP_TO_INT64, WEFT_BOOL, WEFT_INT64, b_to_i},
        {WEFT_OP_TO_DATE, WEFT_FLOAT64, WEFT_DATE, d_to_t},   {WEFT_OP_TO_DATE, WEFT_INT64, WEFT_DATE, i_to_t},
        {WEFT_OP_TO_FLOAT64, WEFT_INT64, WEFT_FLOAT64, i_to_d}, {WEFT_OP_TO_FLOAT64, WEFT_FLOAT32, WEFT_FLOAT64, f_to_d},
        {WEFT_OP_TO_FLOAT64, WEFT_DATE, WEFT_FLOAT64, t_to_d},  {WEFT_OP_TO_FLOAT64, WEFT_BOOL, WEFT_FLOAT64, b_to_d},
        {WEFT_OP_TO_FLOAT32, WEFT_INT64, WEFT_FLOAT32, i_to_f}, {WEFT_OP_TO_FLOAT32, WEFT_FLOAT64, WEFT_FLOAT32, d_to_f},
        {WEFT_OP_TO_FLOAT32, WEFT_BOOL, WEFT_FLOAT32, b_to_f},
        {WEFT_OP_TO_BOOL, WEFT_INT64, WEFT_BOOL, i_to_b},     {WEFT_OP_TO_BOOL, WEFT_FLOAT64, WEFT_BOOL, d_to_b},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
}
