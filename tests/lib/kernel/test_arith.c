/* test_arith.c - arithmetic of every type, one element at a time. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/support/kernels.h"

static union any of_i(int64_t x) { return (union any){.i = x}; }
static union any of_d(double x) { return (union any){.d = x}; }
static union any of_f(float x)
{
    union any a = {.i = 0};
    a.f = x;
    return a;
}
static union any of_t(int32_t x)
{
    union any a = {.i = 0};
    a.t = x;
    return a;
}
static int64_t wrap(uint64_t x) { return (int64_t)x; }

/* ---- int64: wraps, and what is divided by 0 is 0 ---- */

static union any add_i(union any x, union any y) { return of_i(wrap((uint64_t)x.i + (uint64_t)y.i)); }
static union any sub_i(union any x, union any y) { return of_i(wrap((uint64_t)x.i - (uint64_t)y.i)); }
static union any mul_i(union any x, union any y) { return of_i(wrap((uint64_t)x.i * (uint64_t)y.i)); }
static union any neg_i(union any x, union any y) { return (void)y, of_i(wrap(-(uint64_t)x.i)); }
static union any abs_i(union any x, union any y) { return (void)y, x.i < 0 ? neg_i(x, x) : x; }
static union any sign_i(union any x, union any y) { return (void)y, of_i(x.i > 0 ? 1 : x.i < 0 ? -1 : 0); }
static union any square_i(union any x, union any y) { return (void)y, mul_i(x, x); }
static union any min_i(union any x, union any y) { return x.i < y.i ? x : y; }
static union any max_i(union any x, union any y) { return x.i > y.i ? x : y; }

static union any floordiv_i(union any x, union any y)
{
    __extension__ __int128 q, a = x.i, b = y.i;

    if (y.i == 0)
        return of_i(0);
    q = a / b;
    if (q * b != a && (a < 0) != (b < 0))
        q--;
    return of_i(wrap((uint64_t)q));
}

static union any mod_i(union any x, union any y)
{
    if (y.i == 0)
        return of_i(0);
    return sub_i(x, mul_i(floordiv_i(x, y), y));
}

static union any fmod_i(union any x, union any y)
{
    __extension__ __int128 a = x.i, b = y.i;

    return of_i(y.i == 0 ? 0 : (int64_t)(a % b));
}

static union any power_i(union any x, union any y)
{
    uint64_t z = 1, square = (uint64_t)x.i;

    if (y.i < 0)
        return of_i(x.i == 1 ? 1 : x.i == -1 ? (y.i & 1 ? -1 : 1) : 0);
    for (int bit = 0; bit < 63; bit++, square *= square)
        if (y.i >> bit & 1)
            z *= square;
    return of_i(wrap(z));
}

Test(arith, int64_wraps_and_divides_downward)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_ADD, WEFT_INT64, WEFT_INT64, add_i},
        {WEFT_OP_SUBTRACT, WEFT_INT64, WEFT_INT64, sub_i},
        {WEFT_OP_MULTIPLY, WEFT_INT64, WEFT_INT64, mul_i},
        {WEFT_OP_FLOOR_DIVIDE, WEFT_INT64, WEFT_INT64, floordiv_i},
        {WEFT_OP_REMAINDER, WEFT_INT64, WEFT_INT64, mod_i},
        {WEFT_OP_FMOD, WEFT_INT64, WEFT_INT64, fmod_i},
        {WEFT_OP_POWER, WEFT_INT64, WEFT_INT64, power_i},
        {WEFT_OP_NEGATIVE, WEFT_INT64, WEFT_INT64, neg_i},
        {WEFT_OP_ABS, WEFT_INT64, WEFT_INT64, abs_i},
        {WEFT_OP_SIGN, WEFT_INT64, WEFT_INT64, sign_i},
        {WEFT_OP_SQUARE, WEFT_INT64, WEFT_INT64, square_i},
        {WEFT_OP_MINIMUM, WEFT_INT64, WEFT_INT64, min_i},
        {WEFT_OP_MAXIMUM, WEFT_INT64, WEFT_INT64, max_i},
        {WEFT_OP_FMIN, WEFT_INT64, WEFT_INT64, min_i},
        {WEFT_OP_FMAX, WEFT_INT64, WEFT_INT64, max_i},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
}

/* ---- float64 ---- */

static union any add_d(union any x, union any y) { return of_d(x.d + y.d); }
static union any sub_d(union any x, union any y) { return of_d(x.d - y.d); }
static union any mul_d(union any x, union any y) { return of_d(x.d * y.d); }
static union any div_d(union any x, union any y) { return of_d(x.d / y.d); }
static union any neg_d(union any x, union any y) { return (void)y, of_d(-x.d); }
static union any abs_d(union any x, union any y) { return (void)y, of_d(fabs(x.d)); }
static union any square_d(union any x, union any y) { return (void)y, of_d(x.d * x.d); }
static union any pow_d(union any x, union any y) { return of_d(pow(x.d, y.d)); }
static union any fmod_d(union any x, union any y) { return of_d(fmod(x.d, y.d)); }
static union any min_d(union any x, union any y) { return isnan(x.d) ? x : isnan(y.d) ? y : x.d < y.d ? x : y; }
static union any max_d(union any x, union any y) { return isnan(x.d) ? x : isnan(y.d) ? y : x.d > y.d ? x : y; }
static union any fmin_d(union any x, union any y) { return isnan(y.d) ? x : isnan(x.d) ? y : x.d < y.d ? x : y; }
static union any fmax_d(union any x, union any y) { return isnan(y.d) ? x : isnan(x.d) ? y : x.d > y.d ? x : y; }

static union any sign_d(union any x, union any y)
{
    (void)y;
    return isnan(x.d) ? x : of_d(x.d > 0 ? 1 : x.d < 0 ? -1 : 0);
}

static union any mod_d(union any x, union any y)
{
    const double r = fmod(x.d, y.d);

    if (isnan(r))
        return of_d(r);
    if (r == 0)
        return of_d(signbit(y.d) ? -0.0 : 0.0);
    return of_d(signbit(r) != signbit(y.d) ? r + y.d : r);
}

Test(arith, float64_propagates_nan_and_keeps_the_divisors_sign)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_ADD, WEFT_FLOAT64, WEFT_FLOAT64, add_d},
        {WEFT_OP_SUBTRACT, WEFT_FLOAT64, WEFT_FLOAT64, sub_d},
        {WEFT_OP_MULTIPLY, WEFT_FLOAT64, WEFT_FLOAT64, mul_d},
        {WEFT_OP_DIVIDE, WEFT_FLOAT64, WEFT_FLOAT64, div_d},
        {WEFT_OP_REMAINDER, WEFT_FLOAT64, WEFT_FLOAT64, mod_d},
        {WEFT_OP_FMOD, WEFT_FLOAT64, WEFT_FLOAT64, fmod_d},
        {WEFT_OP_POWER, WEFT_FLOAT64, WEFT_FLOAT64, pow_d},
        {WEFT_OP_NEGATIVE, WEFT_FLOAT64, WEFT_FLOAT64, neg_d},
        {WEFT_OP_ABS, WEFT_FLOAT64, WEFT_FLOAT64, abs_d},
        {WEFT_OP_SIGN, WEFT_FLOAT64, WEFT_FLOAT64, sign_d},
        {WEFT_OP_SQUARE, WEFT_FLOAT64, WEFT_FLOAT64, square_d},
        {WEFT_OP_MINIMUM, WEFT_FLOAT64, WEFT_FLOAT64, min_d},
        {WEFT_OP_MAXIMUM, WEFT_FLOAT64, WEFT_FLOAT64, max_d},
        {WEFT_OP_FMIN, WEFT_FLOAT64, WEFT_FLOAT64, fmin_d},
        {WEFT_OP_FMAX, WEFT_FLOAT64, WEFT_FLOAT64, fmax_d},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
}

/* ---- float32: the operations that could round twice ---- */

static union any add_f(union any x, union any y) { return of_f(x.f + y.f); }
static union any mul_f(union any x, union any y) { return of_f(x.f * y.f); }
static union any div_f(union any x, union any y) { return of_f(x.f / y.f); }
static union any min_f(union any x, union any y) { return isnan(x.f) ? x : isnan(y.f) ? y : x.f < y.f ? x : y; }

Test(arith, float32_stays_float32)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_ADD, WEFT_FLOAT32, WEFT_FLOAT32, add_f},
        {WEFT_OP_MULTIPLY, WEFT_FLOAT32, WEFT_FLOAT32, mul_f},
        {WEFT_OP_DIVIDE, WEFT_FLOAT32, WEFT_FLOAT32, div_f},
        {WEFT_OP_MINIMUM, WEFT_FLOAT32, WEFT_FLOAT32, min_f},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
}

/* ---- dates have an order, bools too ---- */

static union any min_t(union any x, union any y) { return of_t(x.t < y.t ? x.t : y.t); }
static union any max_t(union any x, union any y) { return of_t(x.t > y.t ? x.t : y.t); }
static union any min_b(union any x, union any y) { return x.b && y.b ? x : x.b ? y : x; }
static union any max_b(union any x, union any y) { return x.b ? x : y; }

Test(arith, dates_and_bools_have_extremes)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_MINIMUM, WEFT_DATE, WEFT_DATE, min_t}, {WEFT_OP_MAXIMUM, WEFT_DATE, WEFT_DATE, max_t},
        {WEFT_OP_MINIMUM, WEFT_BOOL, WEFT_BOOL, min_b}, {WEFT_OP_MAXIMUM, WEFT_BOOL, WEFT_BOOL, max_b},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
    cr_assert_null(wf_kernel_find(WEFT_OP_ADD, WEFT_DATE));
    cr_assert_null(wf_kernel_find(WEFT_OP_ADD, WEFT_STRING));
    cr_assert_null(wf_kernel_find(WEFT_OP_DIVIDE, WEFT_INT64));
}

/* ---- floor division of floats, by cases that NumPy answers ---- */

Test(arith, float_floor_division_rounds_down)
{
    static const double cases[][3] = {
        {7, 2, 3},     {-7, 2, -4},  {7, -2, -4}, {-7, -2, 3},      {6, 3, 2},
        {0, 5, 0},     {-0.0, 5, -0.0}, {1, 0.1, 9}, {5.5, 0.5, 11}, {1e300, 1e-10, INFINITY},
        {1, INFINITY, 0}, {-1, INFINITY, -1},
    };
    wf_kernel *f = wf_kernel_find(WEFT_OP_FLOOR_DIVIDE, WEFT_FLOAT64);

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const struct wf_arg in[2] = {{&cases[k][0], 1, NULL}, {&cases[k][1], 1, NULL}};
        double out;

        f(&out, in, 1);
        cr_assert(out == cases[k][2] && !signbit(out) == !signbit(cases[k][2]), "%g // %g is %g, not %g",
                  cases[k][0], cases[k][1], cases[k][2], out);
    }
}
