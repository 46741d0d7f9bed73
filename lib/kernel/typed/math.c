/* math.c - functions of real numbers: what the machine rounds correctly as vector
 * loops, all else by calls of the C library. */
#include "lib/kernel/typed/each.h"

#define KERNEL static void

static elem reciprocal_of(elem x) { return 1 / x; }
static elem deg2rad_of(elem x) { return x * (elem)(M_PI / 180); }
static elem rad2deg_of(elem x) { return x * (elem)(180 / M_PI); }

/* log(e^x + e^y) without leaving the range; equal infinities stay. */
static elem logaddexp_of(elem x, elem y)
{
    const elem d = x - y;

    if (x == y)
        return x + (elem)M_LN2;
    return d > 0 ? x + REAL(log1p)(REAL(exp)(-d)) : d <= 0 ? y + REAL(log1p)(REAL(exp)(d)) : d;
}

static elem logaddexp2_of(elem x, elem y)
{
    const elem d = x - y;

    if (x == y)
        return x + 1;
    return d > 0    ? x + (elem)M_LOG2E * REAL(log1p)(REAL(exp2)(-d))
           : d <= 0 ? y + (elem)M_LOG2E * REAL(log1p)(REAL(exp2)(d))
                    : d;
}

KERNEL reciprocal(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, reciprocal_of); }
KERNEL square_root(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(sqrt)); }
KERNEL cube_root(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(cbrt)); }
KERNEL exp_e(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(exp)); }
KERNEL exp_2(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(exp2)); }
KERNEL exp_m1(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(expm1)); }
KERNEL log_e(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(log)); }
KERNEL log_2(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(log2)); }
KERNEL log_10(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(log10)); }
KERNEL log_1p(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(log1p)); }
KERNEL sine(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(sin)); }
KERNEL cosine(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(cos)); }
KERNEL tangent(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(tan)); }
KERNEL arcsine(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(asin)); }
KERNEL arccosine(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(acos)); }
KERNEL arctangent(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(atan)); }
KERNEL hyp_sine(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(sinh)); }
KERNEL hyp_cosine(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(cosh)); }
KERNEL hyp_tangent(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(tanh)); }
KERNEL hyp_arcsine(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(asinh)); }
KERNEL hyp_arccosine(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(acosh)); }
KERNEL hyp_arctangent(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(atanh)); }
KERNEL deg2rad(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, deg2rad_of); }
KERNEL rad2deg(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, rad2deg_of); }
KERNEL round_down(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(floor)); }
KERNEL round_up(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(ceil)); }
KERNEL round_even(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(rint)); }
KERNEL round_zero(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, REAL(trunc)); }
KERNEL float_power(void *out, const struct wf_arg *in, int64_t n) { each2_called(out, in, n, REAL(pow)); }
KERNEL hypotenuse(void *out, const struct wf_arg *in, int64_t n) { each2_called(out, in, n, REAL(hypot)); }
KERNEL arctangent2(void *out, const struct wf_arg *in, int64_t n) { each2_called(out, in, n, REAL(atan2)); }
KERNEL next_after(void *out, const struct wf_arg *in, int64_t n) { each2_called(out, in, n, REAL(nextafter)); }
KERNEL add_exp(void *out, const struct wf_arg *in, int64_t n) { each2_called(out, in, n, logaddexp_of); }
KERNEL add_exp2(void *out, const struct wf_arg *in, int64_t n) { each2_called(out, in, n, logaddexp2_of); }
KERNEL copy_sign(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, REAL(copysign)); }

wf_kernel *const FOR_TYPE(wf_math)[WEFT_OP_COUNT] = {
    [WEFT_OP_FLOAT_POWER] = float_power,
    [WEFT_OP_RECIPROCAL]  = reciprocal,
    [WEFT_OP_SQRT]        = square_root,
    [WEFT_OP_CBRT]        = cube_root,
    [WEFT_OP_HYPOT]       = hypotenuse,
    [WEFT_OP_EXP]         = exp_e,
    [WEFT_OP_EXP2]        = exp_2,
    [WEFT_OP_EXPM1]       = exp_m1,
    [WEFT_OP_LOG]         = log_e,
    [WEFT_OP_LOG2]        = log_2,
    [WEFT_OP_LOG10]       = log_10,
    [WEFT_OP_LOG1P]       = log_1p,
    [WEFT_OP_LOGADDEXP]   = add_exp,
    [WEFT_OP_LOGADDEXP2]  = add_exp2,
    [WEFT_OP_SIN]         = sine,
    [WEFT_OP_COS]         = cosine,
    [WEFT_OP_TAN]         = tangent,
    [WEFT_OP_ARCSIN]      = arcsine,
    [WEFT_OP_ARCCOS]      = arccosine,
    [WEFT_OP_ARCTAN]      = arctangent,
    [WEFT_OP_ARCTAN2]     = arctangent2,
    [WEFT_OP_SINH]        = hyp_sine,
    [WEFT_OP_COSH]        = hyp_cosine,
    [WEFT_OP_TANH]        = hyp_tangent,
    [WEFT_OP_ARCSINH]     = hyp_arcsine,
    [WEFT_OP_ARCCOSH]     = hyp_arccosine,
    [WEFT_OP_ARCTANH]     = hyp_arctangent,
    [WEFT_OP_DEG2RAD]     = deg2rad,
    [WEFT_OP_RAD2DEG]     = rad2deg,
    [WEFT_OP_COPYSIGN]    = copy_sign,
    [WEFT_OP_NEXTAFTER]   = next_after,
    [WEFT_OP_FLOOR]       = round_down,
    [WEFT_OP_CEIL]        = round_up,
    [WEFT_OP_RINT]        = round_even,
    [WEFT_OP_TRUNC]       = round_zero,
};
