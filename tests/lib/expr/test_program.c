/* test_program.c - programs over batches and columns against plain loops. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lib/base/bits.h"
#include "lib/base/mem.h"
#include "lib/data/builder.h"
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

TestSuite(program, .init = begin, .fini = end);

static const struct wf_expr *call2(weft_op op, const struct wf_expr *x, const struct wf_expr *y)
{
    const struct wf_expr *e = NULL;
    struct weft_error err;

    cr_assert_eq(wf_expr_call2(&e, &arena, op, x, y, &err), WEFT_OK, "%s", err.message);
    return e;
}

static const struct wf_expr *call3(weft_op op, const struct wf_expr *x, const struct wf_expr *y,
                                   const struct wf_expr *z)
{
    const struct wf_expr *e = NULL;
    struct weft_error err;

    cr_assert_eq(wf_expr_call(&e, &arena, op, 3, (const struct wf_expr *const[]){x, y, z}, &err),
                 WEFT_OK, "%s", err.message);
    return e;
}

static wf_program *program_of(const struct wf_expr *e)
{
    wf_program *p = NULL;

    cr_assert_eq(wf_program_new(&p, &e, 1, NULL), WEFT_OK);
    return p;
}

static struct wf_column *run1(const struct wf_expr *e, struct wf_column *const *in, int64_t n)
{
    wf_program *p = program_of(e);
    void *scratch = wf_alloc_aligned(wf_program_scratch_bytes(p));
    struct wf_column *out = NULL;

    cr_assert_eq(wf_program_run_columns(p, scratch, in, n, &out, NULL), WEFT_OK);
    wf_free(scratch);
    wf_program_release(p);
    return out;
}

static struct wf_column *f64_column(int64_t n, int null_every)
{
    struct wf_builder b;

    wf_builder_init(&b, WEFT_FLOAT64);
    for (int64_t i = 0; i < n; i++)
        if (null_every && i % null_every == 0)
            wf_builder_add_null(&b);
        else
            wf_builder_add_f64(&b, (double)i * 0.25 - 7);
    return wf_builder_finish(&b);
}

Test(program, a_chain_equals_the_plain_loop_at_any_length)
{
    const struct wf_expr *x = wf_expr_input(&arena, 0, WEFT_FLOAT64);
    const struct wf_expr *y = wf_expr_input(&arena, 1, WEFT_FLOAT64);
    const struct wf_expr *e = call2(WEFT_OP_MULTIPLY, call2(WEFT_OP_ADD, x, y), wf_expr_f64(&arena, 3));
    const int64_t lengths[] = {1, 2, 63, 64, 65, 1023, 1024, 1025, 5000};

    e = call2(WEFT_OP_SUBTRACT, e, call2(WEFT_OP_DIVIDE, x, y));
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        const int64_t n = lengths[k];
        struct wf_column *in[2] = {f64_column(n, 0), f64_column(n, 5)};
        struct wf_column *out = run1(e, in, n);
        const double *a = in[0]->values, *b = in[1]->values, *o = out->values;

        cr_assert_eq(out->n, n);
        for (int64_t i = 0; i < n; i++) {
            const double want = (a[i] + b[i]) * 3 - a[i] / b[i];
            cr_assert_eq(wf_column_is_null(out, i), i % 5 == 0);
            if (i % 5)
                cr_assert(o[i] == want || (isnan(o[i]) && isnan(want)), "%g %g", o[i], want);
        }
        wf_column_release(out);
        wf_column_release(in[0]);
        wf_column_release(in[1]);
    }
}

Test(program, equal_parts_are_computed_once)
{
    const struct wf_expr *x = wf_expr_input(&arena, 4, WEFT_INT64);
    const struct wf_expr *again = wf_expr_input(&arena, 4, WEFT_INT64);
    const struct wf_expr *e = call2(WEFT_OP_MULTIPLY, call2(WEFT_OP_ADD, x, wf_expr_i64(&arena, 1)),
                                    call2(WEFT_OP_ADD, again, wf_expr_i64(&arena, 1)));
    wf_program *p = program_of(e);

    cr_assert_eq(wf_program_n_ops(p), 2);
    cr_assert_eq(wf_program_n_inputs(p), 1);
    cr_assert_eq(wf_program_input(p, 0), 4);
    wf_program_release(p);
}

Test(program, constants_are_computed_when_written)
{
    const struct wf_expr *e = call2(WEFT_OP_ADD, wf_expr_i64(&arena, 2),
                                    call2(WEFT_OP_MULTIPLY, wf_expr_i64(&arena, 3), wf_expr_f64(&arena, 0.5)));

    cr_assert_eq(e->kind, WF_EXPR_CONST);
    cr_assert_eq(e->dtype, WEFT_FLOAT64);
    cr_assert_eq(e->as.constant.value.f64, 3.5);
}

Test(program, a_null_condition_takes_the_other_branch)
{
    struct wf_builder b;
    struct wf_column *in[1], *out;
    const struct wf_expr *c = wf_expr_input(&arena, 0, WEFT_BOOL);

    wf_builder_init(&b, WEFT_BOOL);
    for (int i = 0; i < 3000; i++)
        if (i % 3 == 2)
            wf_builder_add_null(&b);
        else
            wf_builder_add_i64(&b, i % 3);
    in[0] = wf_builder_finish(&b);
    out = run1(call3(WEFT_OP_IF, c, wf_expr_i64(&arena, 7), wf_expr_i64(&arena, 9)), in, 3000);
    cr_assert_eq(out->n_nulls, 0);
    for (int i = 0; i < 3000; i++)
        cr_assert_eq(((const int64_t *)out->values)[i], i % 3 == 1 ? 7 : 9);
    wf_column_release(in[0]);
    wf_column_release(out);
}
