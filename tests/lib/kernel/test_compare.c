/* test_compare.c - comparisons, float tests and logic of every type. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/support/kernels.h"

static union any of_b(bool x)
{
    union any a = {.i = 0};
    a.b = x;
    return a;
}

static union any eq_i(union any x, union any y) { return of_b(x.i == y.i); }
static union any ne_i(union any x, union any y) { return of_b(x.i != y.i); }
static union any lt_i(union any x, union any y) { return of_b(x.i < y.i); }
static union any le_i(union any x, union any y) { return of_b(x.i <= y.i); }
static union any gt_i(union any x, union any y) { return of_b(x.i > y.i); }
static union any ge_i(union any x, union any y) { return of_b(x.i >= y.i); }
static union any eq_d(union any x, union any y) { return of_b(x.d == y.d); }
static union any ne_d(union any x, union any y) { return of_b(x.d != y.d); }
static union any lt_d(union any x, union any y) { return of_b(x.d < y.d); }
static union any le_d(union any x, union any y) { return of_b(x.d <= y.d); }
static union any gt_d(union any x, union any y) { return of_b(x.d > y.d); }
static union any ge_d(union any x, union any y) { return of_b(x.d >= y.d); }
static union any lt_f(union any x, union any y) { return of_b(x.f < y.f); }
static union any eq_t(union any x, union any y) { return of_b(x.t == y.t); }
static union any ge_t(union any x, union any y) { return of_b(x.t >= y.t); }
static union any eq_b(union any x, union any y) { return of_b(x.b == y.b); }
static union any ne_b(union any x, union any y) { return of_b(x.b != y.b); }
static union any lt_b(union any x, union any y) { return of_b(x.b < y.b); }
static union any le_b(union any x, union any y) { return of_b(x.b <= y.b); }
static union any gt_b(union any x, union any y) { return of_b(x.b > y.b); }
static union any ge_b(union any x, union any y) { return of_b(x.b >= y.b); }
static union any and_b(union any x, union any y) { return of_b(x.b && y.b); }
static union any or_b(union any x, union any y) { return of_b(x.b || y.b); }
static union any not_b(union any x, union any y) { return (void)y, of_b(!x.b); }
static union any nan_d(union any x, union any y) { return (void)y, of_b(isnan(x.d)); }
static union any inf_d(union any x, union any y) { return (void)y, of_b(isinf(x.d)); }
static union any finite_d(union any x, union any y) { return (void)y, of_b(isfinite(x.d)); }
static union any sign_d(union any x, union any y) { return (void)y, of_b(signbit(x.d)); }
static union any nan_f(union any x, union any y) { return (void)y, of_b(isnan(x.f)); }
static union any never(union any x, union any y) { return (void)x, (void)y, of_b(false); }

Test(compare, numbers_compare_and_nan_is_unequal_to_all)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_EQUAL, WEFT_INT64, WEFT_BOOL, eq_i},        {WEFT_OP_NOT_EQUAL, WEFT_INT64, WEFT_BOOL, ne_i},
        {WEFT_OP_LESS, WEFT_INT64, WEFT_BOOL, lt_i},         {WEFT_OP_LESS_EQUAL, WEFT_INT64, WEFT_BOOL, le_i},
        {WEFT_OP_GREATER, WEFT_INT64, WEFT_BOOL, gt_i},      {WEFT_OP_GREATER_EQUAL, WEFT_INT64, WEFT_BOOL, ge_i},
        {WEFT_OP_EQUAL, WEFT_FLOAT64, WEFT_BOOL, eq_d},      {WEFT_OP_NOT_EQUAL, WEFT_FLOAT64, WEFT_BOOL, ne_d},
        {WEFT_OP_LESS, WEFT_FLOAT64, WEFT_BOOL, lt_d},       {WEFT_OP_LESS_EQUAL, WEFT_FLOAT64, WEFT_BOOL, le_d},
        {WEFT_OP_GREATER, WEFT_FLOAT64, WEFT_BOOL, gt_d},    {WEFT_OP_GREATER_EQUAL, WEFT_FLOAT64, WEFT_BOOL, ge_d},
        {WEFT_OP_LESS, WEFT_FLOAT32, WEFT_BOOL, lt_f},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
}

Test(compare, dates_and_bools_compare)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_EQUAL, WEFT_DATE, WEFT_BOOL, eq_t},      {WEFT_OP_GREATER_EQUAL, WEFT_DATE, WEFT_BOOL, ge_t},
        {WEFT_OP_EQUAL, WEFT_BOOL, WEFT_BOOL, eq_b},      {WEFT_OP_NOT_EQUAL, WEFT_BOOL, WEFT_BOOL, ne_b},
        {WEFT_OP_LESS, WEFT_BOOL, WEFT_BOOL, lt_b},       {WEFT_OP_LESS_EQUAL, WEFT_BOOL, WEFT_BOOL, le_b},
        {WEFT_OP_GREATER, WEFT_BOOL, WEFT_BOOL, gt_b},    {WEFT_OP_GREATER_EQUAL, WEFT_BOOL, WEFT_BOOL, ge_b},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
}

Test(compare, logic_is_of_bytes)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_AND, WEFT_BOOL, WEFT_BOOL, and_b}, {WEFT_OP_OR, WEFT_BOOL, WEFT_BOOL, or_b},
        {WEFT_OP_XOR, WEFT_BOOL, WEFT_BOOL, ne_b},  {WEFT_OP_NOT, WEFT_BOOL, WEFT_BOOL, not_b},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
}

Test(compare, floats_are_tested)
{
    static const struct plain_op ops[] = {
        {WEFT_OP_ISNAN, WEFT_FLOAT64, WEFT_BOOL, nan_d},       {WEFT_OP_ISINF, WEFT_FLOAT64, WEFT_BOOL, inf_d},
        {WEFT_OP_ISFINITE, WEFT_FLOAT64, WEFT_BOOL, finite_d}, {WEFT_OP_SIGNBIT, WEFT_FLOAT64, WEFT_BOOL, sign_d},
        {WEFT_OP_ISNAN, WEFT_FLOAT32, WEFT_BOOL, nan_f},       {WEFT_OP_ISNAN, WEFT_INT64, WEFT_BOOL, never},
    };

    check_kernels(ops, sizeof ops / sizeof *ops);
}
