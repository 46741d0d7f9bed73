/* test_type.c - what has a type has a kernel, and types are NumPy's. */
#include <criterion/criterion.h>
#include <string.h>

#include "lib/expr/op.h"
#include "lib/expr/program.h"

static struct wf_arena arena;

static void begin(void)
{
    wf_arena_init(&arena);
}

static void end(void)
{
    wf_arena_fini(&arena);
}

TestSuite(type, .init = begin, .fini = end);

Test(type, operations_are_found_by_their_names)
{
    for (int op = 0; op < WEFT_OP_COUNT; op++) {
        const char *name = weft_op_name((weft_op)op);

        cr_assert_eq(wf_op_find(name, strlen(name)), op, "%s", name);
        cr_assert(weft_op_arity((weft_op)op) >= 1 && weft_op_arity((weft_op)op) <= 3);
    }
    cr_assert_eq(wf_op_find("ad", 2), -1);
    cr_assert_eq(wf_op_find("addd", 4), -1);
}

/* Inputs of the given types; makes the expression and its program if it has a type. */
static bool compiles(weft_op op, const weft_dtype *types, weft_dtype *out)
{
    const struct wf_expr *args[3], *e = NULL;
    const int n = weft_op_arity(op);
    weft_dtype said = WEFT_BOOL;
    struct weft_error err, other;
    wf_program *p = NULL;
    weft_status st;

    for (int i = 0; i < n; i++)
        args[i] = wf_expr_input(&arena, i, types[i]);
    st = wf_expr_call(&e, &arena, op, n, args, &err);
    cr_assert_eq(wf_op_type(&said, op, n, types, &other), st);
    if (st) {
        cr_assert_eq(st, WEFT_TYPE);
        cr_assert_str_eq(err.message, other.message);
        return false;
    }
    cr_assert_eq(said, e->dtype);
    cr_assert_eq(wf_program_new(&p, &e, 1, &err), WEFT_OK, "%s of %s: %s", weft_op_name(op), weft_dtype_name(types[0]),
                 err.message);
    cr_assert_eq(wf_program_dtype(p, 0), said);
    wf_program_release(p);
    *out = said;
    return true;
}

Test(type, what_has_a_type_has_a_kernel)
{
    int n_meaningful = 0;

    for (int op = 0; op < WEFT_OP_COUNT; op++)
        for (int t = 0; t < WEFT_DTYPE_COUNT * WEFT_DTYPE_COUNT * WEFT_DTYPE_COUNT; t++) {
            const weft_dtype types[3] = {(weft_dtype)(t % WEFT_DTYPE_COUNT), (weft_dtype)(t / WEFT_DTYPE_COUNT % WEFT_DTYPE_COUNT),
                                         (weft_dtype)(t / WEFT_DTYPE_COUNT / WEFT_DTYPE_COUNT)};
            weft_dtype out;

            n_meaningful += compiles((weft_op)op, types, &out);
        }
    cr_assert_gt(n_meaningful, 1000);
}

Test(type, types_meet_in_numpys_table)
{
    enum { B = WEFT_BOOL, I = WEFT_INT64, F = WEFT_FLOAT32, D = WEFT_FLOAT64, NO = -1 };
    static const int meets[6][6] = {
        /*           bool int64 f32 f64 date string */
        /* bool  */ {B, I, F, D, NO, NO},
        /* int64 */ {I, I, D, D, NO, NO},
        /* f32   */ {F, D, F, D, NO, NO},
        /* f64   */ {D, D, D, D, NO, NO},
        /* date  */ {NO, NO, NO, NO, WEFT_DATE, NO},
        /* str   */ {NO, NO, NO, NO, NO, WEFT_STRING},
    };

    for (int x = 0; x < 6; x++)
        for (int y = 0; y < 6; y++) {
            weft_dtype out = WEFT_BOOL;

            cr_assert_eq(wf_dtype_meet((weft_dtype)x, (weft_dtype)y, &out), meets[x][y] != NO);
            if (meets[x][y] != NO)
                cr_assert_eq((int)out, meets[x][y]);
        }
}

Test(type, dates_and_days)
{
    const weft_dtype D = WEFT_DATE, I = WEFT_INT64;
    weft_dtype out = WEFT_BOOL;

    cr_assert(compiles(WEFT_OP_ADD, (const weft_dtype[3]){D, I}, &out) && out == WEFT_DATE);
    cr_assert(compiles(WEFT_OP_ADD, (const weft_dtype[3]){I, D}, &out) && out == WEFT_DATE);
    cr_assert(compiles(WEFT_OP_SUBTRACT, (const weft_dtype[3]){D, I}, &out) && out == WEFT_DATE);
    cr_assert(compiles(WEFT_OP_SUBTRACT, (const weft_dtype[3]){D, D}, &out) && out == WEFT_INT64);
    cr_assert(!compiles(WEFT_OP_SUBTRACT, (const weft_dtype[3]){I, D}, &out));
    cr_assert(!compiles(WEFT_OP_ADD, (const weft_dtype[3]){D, WEFT_FLOAT64}, &out));
    cr_assert(!compiles(WEFT_OP_MULTIPLY, (const weft_dtype[3]){D, I}, &out));
}

Test(type, operands_are_counted)
{
    const weft_dtype types[3] = {WEFT_INT64, WEFT_INT64, WEFT_INT64};
    struct weft_error err;
    weft_dtype out;

    cr_assert_eq(wf_op_type(&out, WEFT_OP_ADD, 3, types, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "add: takes 2, 3 given");
}
