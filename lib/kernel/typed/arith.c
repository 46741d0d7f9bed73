/* arith.c - arithmetic and extremes of two arrays of one type.
 *
 * Integers wrap. Division and remainder of floats follow Python: the quotient is
 * rounded down and the remainder has the divisor's sign.
 */
#include "lib/kernel/typed/each.h"

#include <stddef.h>

#define KERNEL static void

/* One choice by `|`, not `||`: a branch would keep the loop from becoming vectors. */
static elem minimum_of(elem x, elem y) { return (x < y) | elem_is_nan(x) ? x : y; }
static elem maximum_of(elem x, elem y) { return (x > y) | elem_is_nan(x) ? x : y; }
static elem fmin_of(elem x, elem y) { return (x < y) | elem_is_nan(y) ? x : y; }
static elem fmax_of(elem x, elem y) { return (x > y) | elem_is_nan(y) ? x : y; }

KERNEL minimum(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, minimum_of); }
KERNEL maximum(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, maximum_of); }
KERNEL least(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, fmin_of); }
KERNEL greatest(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, fmax_of); }

#ifndef ELEM_I32 /* dates are counted as int64 */

static elem add_of(elem x, elem y) { return (elem)((elem_wrap)x + (elem_wrap)y); }
static elem subtract_of(elem x, elem y) { return (elem)((elem_wrap)x - (elem_wrap)y); }
static elem multiply_of(elem x, elem y) { return (elem)((elem_wrap)x * (elem_wrap)y); }
static elem square_of(elem x) { return multiply_of(x, x); }

#if ELEM_IS_FLOAT

static elem negative_of(elem x) { return -x; }
static elem abs_of(elem x) { return REAL(fabs)(x); }

static elem sign_of(elem x)
{
    const elem up = x > 0 ? 1 : 0, down = x < 0 ? 1 : 0;

    return x != x ? x : up - down;
}

static elem divide_of(elem x, elem y) { return x / y; }
static elem power_of(elem x, elem y) { return REAL(pow)(x, y); }
static elem fmod_of(elem x, elem y) { return REAL(fmod)(x, y); }

static elem remainder_of(elem x, elem y)
{
    const elem r = REAL(fmod)(x, y);

    if (r == 0)
        return REAL(copysign)(0, y);
    return (r < 0) != (y < 0) ? r + y : r;
}

static elem floor_divide_of(elem x, elem y)
{
    elem r, q, whole;

    if (y == 0)
        return x / y;
    r = REAL(fmod)(x, y);
    q = (x - r) / y;
    if (r != 0 && (r < 0) != (y < 0))
        q -= 1;
    if (q == 0)
        return REAL(copysign)(0, x / y);
    whole = REAL(floor)(q);
    return q - whole > (elem)0.5 ? whole + 1 : whole;
}

#else

static elem negative_of(elem x) { return (elem)(0 - (elem_wrap)x); }
static elem abs_of(elem x) { return x < 0 ? negative_of(x) : x; }
static elem sign_of(elem x) { return (x > 0) - (x < 0); }

/* The machine traps at y = 0 and at the least number by -1. */
static elem fmod_of(elem x, elem y) { return y == 0 || y == -1 ? 0 : x % y; }

static elem remainder_of(elem x, elem y)
{
    const elem r = fmod_of(x, y);

    return r != 0 && (r < 0) != (y < 0) ? r + y : r;
}

static elem floor_divide_of(elem x, elem y)
{
    if (y == 0)
        return 0;
    if (y == -1)
        return negative_of(x);
    return x / y - (x % y != 0 && (x < 0) != (y < 0));
}

static elem power_of(elem x, elem y)
{
    elem_wrap z = 1, square = (elem_wrap)x;

    if (y < 0)
        return x == 1 ? 1 : x == -1 ? (y % 2 ? -1 : 1) : 0;
    for (; y; y >>= 1, square *= square)
        if (y & 1)
            z *= square;
    return (elem)z;
}

#endif

KERNEL add(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, add_of); }
KERNEL subtract(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, subtract_of); }
KERNEL multiply(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, multiply_of); }
#if ELEM_IS_FLOAT
KERNEL divide(void *out, const struct wf_arg *in, int64_t n) { each2(out, in, n, divide_of); }
#endif
KERNEL floor_divide(void *out, const struct wf_arg *in, int64_t n) { each2_called(out, in, n, floor_divide_of); }
KERNEL modulo(void *out, const struct wf_arg *in, int64_t n) { each2_called(out, in, n, remainder_of); }
KERNEL modulo_c(void *out, const struct wf_arg *in, int64_t n) { each2_called(out, in, n, fmod_of); }
KERNEL power(void *out, const struct wf_arg *in, int64_t n) { each2_called(out, in, n, power_of); }
KERNEL negative(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, negative_of); }
KERNEL absolute(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, abs_of); }
KERNEL sign(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, sign_of); }
KERNEL square(void *out, const struct wf_arg *in, int64_t n) { each1(out, in, n, square_of); }

#endif

wf_kernel *const FOR_TYPE(wf_arith)[WEFT_OP_COUNT] = {
#ifndef ELEM_I32
    [WEFT_OP_ADD]          = add,
    [WEFT_OP_SUBTRACT]     = subtract,
    [WEFT_OP_MULTIPLY]     = multiply,
#if ELEM_IS_FLOAT
    [WEFT_OP_DIVIDE]       = divide,
#endif
    [WEFT_OP_FLOOR_DIVIDE] = floor_divide,
    [WEFT_OP_REMAINDER]    = modulo,
    [WEFT_OP_FMOD]         = modulo_c,
    [WEFT_OP_POWER]        = power,
    [WEFT_OP_NEGATIVE]     = negative,
    [WEFT_OP_ABS]          = absolute,
    [WEFT_OP_SIGN]         = sign,
    [WEFT_OP_SQUARE]       = square,
#endif
    [WEFT_OP_MINIMUM]      = minimum,
    [WEFT_OP_MAXIMUM]      = maximum,
    [WEFT_OP_FMIN]         = least,
    [WEFT_OP_FMAX]         = greatest,
};
