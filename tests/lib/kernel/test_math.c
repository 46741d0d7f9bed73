/* test_math.c - functions of real numbers against the C library. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/support/kernels.h"

static union any of_d(double x) { return (union any){.d = x}; }
static union any of_f(float x)
{
    union any a = {.i = 0};
    a.f = x;
    return a;
}

static union any sqrt_d(union any x, union any y) { return (void)y, of_d(sqrt(x.d)); }
static union any floor_d(union any x, union any y) { return (void)y, of_d(floor(x.d)); }
static union any ceil_d(union any x, union any y) { return (void)y, of_d(ceil(x.d)); }
static union any rint_d(union any x, union any y) { return (void)y, of_d(rint(x.d)); }
static union any trunc_d(union any x, union any y) { return (void)y, of_d(trunc(x.d)); }
static union any recip_d(union any x, union any y) { return (void)y, of_d(1 / x.d); }
static union any copysign_d(union any x, union any y) { return of_d(copysign(x.d, y.d)); }
static union any exp_d(union any x, union any y) { return (void)y, of_d(exp(x.d)); }
static union any exp2_d(union any x, union any y) { return (void)y, of_d(exp2(x.d)); }
static union any expm1_d(union any x, union any y) { return (void)y, of_d(expm1(x.d)); }
static union any log_d(union any x, union any y) { return (void)y, of_d(log(x.d)); }
static union any log2_d(union any x, union any y) { return (void)y, of_d(log2(x.d)); }
static union any log10_d(union any x, union any y) { return (void)y, of_d(log10(x.d)); }
static union any log1p_d(union any x, union any y) { return (void)y, of_d(log1p(x.d)); }
static union any sin_d(union any x, union any y) { return (void)y, of_d(sin(x.d)); }
static union any cos_d(union any x, union any y) { return (void)y, of_d(cos(x.d)); }
static union any tan_d(union any x, union any y) { return (void)y, of_d(tan(x.d)); }
static union any asin_d(union any x, union any y) { return (void)y, of_d(asin(x.d)); }
static union any acos_d(union any x, union any y) { return (void)y, of_d(acos(x.d)); }
static union any atan_d(union any x, union any y) { return (void)y, of_d(atan(x.d)); }
static union any atan2_d(union any x, union any y) { return of_d(atan2(x.d, y.d)); }
static union any sinh_d(union any x, union any y) { return (void)y, of_d(sinh(x.d)); }
static union any cosh_d(union any x, union any y) { return (void)y, of_d(cosh(x.d)); }
static union any tanh_d(union any x, union any y) { return (void)y, of_d(tanh(x.d)); }
static union any asinh_d(union any x, union any y) { return (void)y, of_d(asinh(x.d)); }
static union any acosh_d(union any x, union any y) { return (void)y, of_d(acosh(x.d)); }
static union any atanh_d(union any x, union any y) { return (void)y, of_d(atanh(x.d)); }
static union any cbrt_d(union any x, union any y) { return (void)y, of_d(cbrt(x.d)); }
static union any hypot_d(union any x, union any y) { return of_d(hypot(x.d, y.d)); }
static union any pow_d(union any x, union any y) { return of_d(pow(x.d, y.d)); }
static union any next_d(union any x, union any y) { return of_d(nextafter(x.d, y.d)); }
static union any sqrt_f(union any x, union any y) { return (void)y, of_f(sqrtf(x.f)); }
static union any rint_f(union any x, union any y) { return (void)y, of_f(rintf(x.f)); }
static union any exp_f(union any x, union any y) { return (void)y, of_f(expf(x.f)); }

Test(math, float64_is_the_c_librarys)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_SQRT, WEFT_FLOAT64, WEFT_FLOAT64, sqrt_d},
        {WEFT_OP_FLOOR, WEFT_FLOAT64, WEFT_FLOAT64, floor_d},
        {WEFT_OP_CEIL, WEFT_FLOAT64, WEFT_FLOAT64, ceil_d},
        {WEFT_OP_RINT, WEFT_FLOAT64, WEFT_FLOAT64, rint_d},
        {WEFT_OP_TRUNC, WEFT_FLOAT64, WEFT_FLOAT64, trunc_d},
        {WEFT_OP_RECIPROCAL, WEFT_FLOAT64, WEFT_FLOAT64, recip_d},
        {WEFT_OP_COPYSIGN, WEFT_FLOAT64, WEFT_FLOAT64, copysign_d},
        {WEFT_OP_EXP, WEFT_FLOAT64, WEFT_FLOAT64, exp_d},
        {WEFT_OP_EXP2, WEFT_FLOAT64, WEFT_FLOAT64, exp2_d},
        {WEFT_OP_EXPM1, WEFT_FLOAT64, WEFT_FLOAT64, expm1_d},
        {WEFT_OP_LOG, WEFT_FLOAT64, WEFT_FLOAT64, log_d},
        {WEFT_OP_LOG2, WEFT_FLOAT64, WEFT_FLOAT64, log2_d},
        {WEFT_OP_LOG10, WEFT_FLOAT64, WEFT_FLOAT64, log10_d},
        {WEFT_OP_LOG1P, WEFT_FLOAT64, WEFT_FLOAT64, log1p_d},
        {WEFT_OP_SIN, WEFT_FLOAT64, WEFT_FLOAT64, sin_d},
        {WEFT_OP_COS, WEFT_FLOAT64, WEFT_FLOAT64, cos_d},
        {WEFT_OP_TAN, WEFT_FLOAT64, WEFT_FLOAT64, tan_d},
        {WEFT_OP_ARCSIN, WEFT_FLOAT64, WEFT_FLOAT64, asin_d},
        {WEFT_OP_ARCCOS, WEFT_FLOAT64, WEFT_FLOAT64, acos_d},
        {WEFT_OP_ARCTAN, WEFT_FLOAT64, WEFT_FLOAT64, atan_d},
        {WEFT_OP_ARCTAN2, WEFT_FLOAT64, WEFT_FLOAT64, atan2_d},
        {WEFT_OP_SINH, WEFT_FLOAT64, WEFT_FLOAT64, sinh_d},
        {WEFT_OP_COSH, WEFT_FLOAT64, WEFT_FLOAT64, cosh_d},
        {WEFT_OP_TANH, WEFT_FLOAT64, WEFT_FLOAT64, tanh_d},
        {WEFT_OP_ARCSINH, WEFT_FLOAT64, WEFT_FLOAT64, asinh_d},
        {WEFT_OP_ARCCOSH, WEFT_FLOAT64, WEFT_FLOAT64, acosh_d},
        {WEFT_OP_ARCTANH, WEFT_FLOAT64, WEFT_FLOAT64, atanh_d},
        {WEFT_OP_CBRT, WEFT_FLOAT64, WEFT_FLOAT64, cbrt_d},
        {WEFT_OP_HYPOT, WEFT_FLOAT64, WEFT_FLOAT64, hypot_d},
        {WEFT_OP_FLOAT_POWER, WEFT_FLOAT64, WEFT_FLOAT64, pow_d},
        {WEFT_OP_NEXTAFTER, WEFT_FLOAT64, WEFT_FLOAT64, next_d},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
}

Test(math, float32_uses_functions_of_its_own)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_SQRT, WEFT_FLOAT32, WEFT_FLOAT32, sqrt_f},
        {WEFT_OP_RINT, WEFT_FLOAT32, WEFT_FLOAT32, rint_f},
        {WEFT_OP_EXP, WEFT_FLOAT32, WEFT_FLOAT32, exp_f},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
}

Test(math, logaddexp_does_not_overflow)
{
    static const double cases[][3] = {
        {1000, 1000, 1000 + M_LN2}, {0, 0, M_LN2}, {-INFINITY, 3, 3}, {INFINITY, INFINITY, INFINITY},
        {-INFINITY, -INFINITY, -INFINITY}, {1e308, -1e308, 1e308},
    };
    wf_kernel *f = wf_kernel_find(WEFT_OP_LOGADDEXP, WEFT_FLOAT64);

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct wf_arg in[2] = {{&cases[k][0], 1, NULL}, {&cases[k][1], 1, NULL}};
        double out;

        f(&out, in, 1);
        cr_assert_eq(out, cases[k][2], "logaddexp(%g, %g) is %g", cases[k][0], cases[k][1], out);
    }
}
