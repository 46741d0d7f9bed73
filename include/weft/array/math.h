/* weft/array/math.h - element by element.
 *
 * Sizes are matched from the last axis; a size of 1 repeats, and so does an axis
 * that is not there:
 *
 *     (8, 1, 6) with (7, 1) is (8, 7, 6)
 *
 * Types are those of weft/op.h, where each operation is said. A number made by
 * weft_array_f64() or _i64() takes a float32 operand's type. Operands that are cut
 * differently are cut further, at the cuts of either; nothing is moved for that.
 * Nothing is computed here either: see weft/array.h.
 */
#ifndef WEFT_ARRAY_H
#include <weft/array.h> /* which has this file in its place, before the macros of places.h */
#elif !defined WEFT_ARRAY_MATH_H
#define WEFT_ARRAY_MATH_H

#include <weft/op.h>

WEFT_BEGIN

/* `op` on its operands, weft_op_arity(op) of them. */
WEFT_API weft_array *weft_array_call1(weft_op op, weft_array *a);
WEFT_API weft_array *weft_array_call2(weft_op op, weft_array *a, weft_array *b);
WEFT_API weft_array *weft_array_call3(weft_op op, weft_array *a, weft_array *b, weft_array *c);

/* a[i] converted as weft/op.h says at WEFT_OP_TO_...; `a` itself if it has the type. */
WEFT_API weft_array *weft_array_astype(weft_array *a, weft_dtype dtype);

/* |a[i] - b[i]| <= atol + rtol * |b[i]|, or equal; NaN is close to NaN if asked. */
WEFT_API weft_array *weft_array_isclose(weft_array *a, weft_array *b, double rtol, double atol,
                                        bool equal_nan);

/* ---- Arithmetic ------------------------------------------------------------- */

static inline weft_array *weft_array_add(weft_array *a, weft_array *b)          { return weft_array_call2(WEFT_OP_ADD, a, b); }
static inline weft_array *weft_array_subtract(weft_array *a, weft_array *b)     { return weft_array_call2(WEFT_OP_SUBTRACT, a, b); }
static inline weft_array *weft_array_multiply(weft_array *a, weft_array *b)     { return weft_array_call2(WEFT_OP_MULTIPLY, a, b); }
static inline weft_array *weft_array_divide(weft_array *a, weft_array *b)       { return weft_array_call2(WEFT_OP_DIVIDE, a, b); }
static inline weft_array *weft_array_floor_divide(weft_array *a, weft_array *b) { return weft_array_call2(WEFT_OP_FLOOR_DIVIDE, a, b); }
static inline weft_array *weft_array_remainder(weft_array *a, weft_array *b)    { return weft_array_call2(WEFT_OP_REMAINDER, a, b); }
static inline weft_array *weft_array_fmod(weft_array *a, weft_array *b)         { return weft_array_call2(WEFT_OP_FMOD, a, b); }
static inline weft_array *weft_array_power(weft_array *a, weft_array *b)        { return weft_array_call2(WEFT_OP_POWER, a, b); }
static inline weft_array *weft_array_float_power(weft_array *a, weft_array *b)  { return weft_array_call2(WEFT_OP_FLOAT_POWER, a, b); }
static inline weft_array *weft_array_negative(weft_array *a)                    { return weft_array_call1(WEFT_OP_NEGATIVE, a); }
static inline weft_array *weft_array_positive(weft_array *a)                    { return weft_array_call1(WEFT_OP_POSITIVE, a); }
static inline weft_array *weft_array_abs(weft_array *a)                         { return weft_array_call1(WEFT_OP_ABS, a); }
static inline weft_array *weft_array_sign(weft_array *a)                        { return weft_array_call1(WEFT_OP_SIGN, a); }
static inline weft_array *weft_array_square(weft_array *a)                      { return weft_array_call1(WEFT_OP_SQUARE, a); }
static inline weft_array *weft_array_reciprocal(weft_array *a)                  { return weft_array_call1(WEFT_OP_RECIPROCAL, a); }
static inline weft_array *weft_array_sqrt(weft_array *a)                        { return weft_array_call1(WEFT_OP_SQRT, a); }
static inline weft_array *weft_array_cbrt(weft_array *a)                        { return weft_array_call1(WEFT_OP_CBRT, a); }
static inline weft_array *weft_array_hypot(weft_array *a, weft_array *b)        { return weft_array_call2(WEFT_OP_HYPOT, a, b); }
static inline weft_array *weft_array_exp(weft_array *a)                         { return weft_array_call1(WEFT_OP_EXP, a); }
static inline weft_array *weft_array_log(weft_array *a)                         { return weft_array_call1(WEFT_OP_LOG, a); }
static inline weft_array *weft_array_sin(weft_array *a)                         { return weft_array_call1(WEFT_OP_SIN, a); }
static inline weft_array *weft_array_cos(weft_array *a)                         { return weft_array_call1(WEFT_OP_COS, a); }
static inline weft_array *weft_array_tan(weft_array *a)                         { return weft_array_call1(WEFT_OP_TAN, a); }

/* floor_divide(a, b) in *quotient, remainder(a, b) in *rest. */
static inline void weft_array_divmod(weft_array *a, weft_array *b, weft_array **quotient, weft_array **rest)
{
    *quotient = weft_array_floor_divide(a, b);
    *rest = weft_array_remainder(a, b);
}

/* ---- Extremes; NaN if either is ------------------------------------------------ */

static inline weft_array *weft_array_minimum(weft_array *a, weft_array *b) { return weft_array_call2(WEFT_OP_MINIMUM, a, b); }
static inline weft_array *weft_array_maximum(weft_array *a, weft_array *b) { return weft_array_call2(WEFT_OP_MAXIMUM, a, b); }
static inline weft_array *weft_array_clip(weft_array *a, weft_array *low, weft_array *high)
{
    return weft_array_minimum(weft_array_maximum(a, low), high);
}

/* ---- Comparison and logic: bool. NaN compares false, but is unequal to all ------ */

static inline weft_array *weft_array_equal(weft_array *a, weft_array *b)         { return weft_array_call2(WEFT_OP_EQUAL, a, b); }
static inline weft_array *weft_array_not_equal(weft_array *a, weft_array *b)     { return weft_array_call2(WEFT_OP_NOT_EQUAL, a, b); }
static inline weft_array *weft_array_less(weft_array *a, weft_array *b)          { return weft_array_call2(WEFT_OP_LESS, a, b); }
static inline weft_array *weft_array_less_equal(weft_array *a, weft_array *b)    { return weft_array_call2(WEFT_OP_LESS_EQUAL, a, b); }
static inline weft_array *weft_array_greater(weft_array *a, weft_array *b)       { return weft_array_call2(WEFT_OP_GREATER, a, b); }
static inline weft_array *weft_array_greater_equal(weft_array *a, weft_array *b) { return weft_array_call2(WEFT_OP_GREATER_EQUAL, a, b); }
static inline weft_array *weft_array_isnan(weft_array *a)                        { return weft_array_call1(WEFT_OP_ISNAN, a); }
static inline weft_array *weft_array_isinf(weft_array *a)                        { return weft_array_call1(WEFT_OP_ISINF, a); }
static inline weft_array *weft_array_isfinite(weft_array *a)                     { return weft_array_call1(WEFT_OP_ISFINITE, a); }

/* Operands that are not bool are asked whether they are not 0. */
WEFT_API weft_array *weft_array_logical_and(weft_array *a, weft_array *b);
WEFT_API weft_array *weft_array_logical_or(weft_array *a, weft_array *b);
WEFT_API weft_array *weft_array_logical_xor(weft_array *a, weft_array *b);
WEFT_API weft_array *weft_array_logical_not(weft_array *a);

/* truth[i] ? a[i] : b[i] */
static inline weft_array *weft_array_where(weft_array *truth, weft_array *a, weft_array *b)
{
    return weft_array_call3(WEFT_OP_IF, truth, a, b);
}

WEFT_END
#endif
