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

Test(program, an_output_that_is_an_input_is_that_column)
{
    const struct wf_expr *x = wf_expr_input(&arena, 0, WEFT_FLOAT64);
    struct wf_column *in = f64_column(100, 3), *out = run1(x, &in, 100);

    cr_assert_eq(in, out);
    wf_column_release(in);
    wf_column_release(out);
}

Test(program, the_result_may_lie_over_an_input)
{
    const struct wf_expr *x = wf_expr_input(&arena, 0, WEFT_FLOAT64), *y = wf_expr_input(&arena, 1, WEFT_FLOAT64);
    const struct wf_expr *e = call2(WEFT_OP_MULTIPLY, call2(WEFT_OP_ADD, x, y), call2(WEFT_OP_SUBTRACT, y, x));
    wf_program *p = program_of(e);
    void *scratch = wf_alloc_aligned(wf_program_scratch_bytes(p));
    double a[1000], b[1000];
    struct wf_lane in[2] = {{.values = a}, {.values = b}};
    struct wf_dest out = {.values = b};

    for (int i = 0; i < 1000; i++) {
        a[i] = i;
        b[i] = 1000 - 3 * i;
    }
    cr_assert_eq(wf_program_run(p, scratch, in, 1000, &out, NULL), WEFT_OK);
    cr_assert(out.values == b && !out.has_nulls);
    for (int i = 0; i < 1000; i++) {
        const double y0 = 1000 - 3 * i;
        cr_assert_eq(b[i], (i + y0) * (y0 - i));
    }
    wf_free(scratch);
    wf_program_release(p);
}

Test(program, a_long_chain_needs_few_registers)
{
    const struct wf_expr *e = wf_expr_input(&arena, 0, WEFT_FLOAT64);
    wf_program *p;

    for (int i = 0; i < 200; i++)
        e = call2(i % 2 ? WEFT_OP_ADD : WEFT_OP_MULTIPLY, e, wf_expr_f64(&arena, i));
    p = program_of(e);
    cr_assert_eq(wf_program_n_ops(p), 200);
    cr_assert_lt(wf_program_scratch_bytes(p), 32768);
    wf_program_release(p);
}

Test(program, shared_parts_do_not_multiply)
{
    const struct wf_expr *e = wf_expr_input(&arena, 0, WEFT_FLOAT64);
    wf_program *p;

    for (int i = 0; i < 60; i++) /* 2^60 paths */
        e = call2(WEFT_OP_ADD, e, e);
    p = program_of(e);
    cr_assert_eq(wf_program_n_ops(p), 60);
    wf_program_release(p);
}

Test(program, what_is_too_deep_is_refused)
{
    const struct wf_expr *e = wf_expr_input(&arena, 0, WEFT_FLOAT64);
    struct weft_error err;
    weft_status st = WEFT_OK;
    int n = 0;

    for (; !st; n++)
        st = wf_expr_call2(&e, &arena, WEFT_OP_ADD, e, wf_expr_f64(&arena, n), &err);
    cr_assert_eq(st, WEFT_INVALID);
    cr_assert_eq(e->depth, WF_EXPR_MAX_DEPTH);
    wf_program_release(program_of(e));
}

Test(program, one_number_has_one_type)
{
    const struct wf_expr *e[2] = {wf_expr_input(&arena, 7, WEFT_FLOAT64), wf_expr_input(&arena, 7, WEFT_INT64)};
    struct weft_error err;
    wf_program *p = NULL;

    cr_assert_eq(wf_program_new(&p, e, 2, &err), WEFT_TYPE);
    cr_assert_str_eq(err.message, "input 7 is used with two types");
    cr_assert_null(p);
}

Test(program, tokens_are_of_what_is_computed)
{
    const struct wf_expr *x = wf_expr_input(&arena, 3, WEFT_INT64), *y = wf_expr_input(&arena, 9, WEFT_INT64);
    const struct wf_expr *e[4] = {call2(WEFT_OP_ADD, x, wf_expr_i64(&arena, 1)), call2(WEFT_OP_ADD, y, wf_expr_i64(&arena, 1)),
                                  call2(WEFT_OP_ADD, x, wf_expr_i64(&arena, 2)), call2(WEFT_OP_SUBTRACT, x, wf_expr_i64(&arena, 1))};
    struct wf_token t[4];

    for (int k = 0; k < 4; k++) {
        wf_program *p = program_of(e[k]);
        t[k] = wf_program_token(p);
        wf_program_release(p);
    }
    cr_assert(!memcmp(&t[0], &t[1], sizeof t[0]), "inputs count by their place");
    cr_assert(memcmp(&t[0], &t[2], sizeof t[0]));
    cr_assert(memcmp(&t[0], &t[3], sizeof t[0]));
}

static struct wf_column *text_column(int64_t n)
{
    struct wf_builder b;

    wf_builder_init(&b, WEFT_STRING);
    for (int64_t i = 0; i < n; i++)
        wf_builder_add_text(&b, "a text that is long", i % 3 ? 19 : 2);
    return wf_builder_finish(&b);
}

/* Compiles and runs over columns; answers the status. */
static weft_status whole_way(const struct wf_expr *const *e, struct wf_column *const *in, int64_t n)
{
    struct wf_column *out[2] = {NULL, NULL};
    wf_program *p = NULL;
    void *scratch = NULL;
    weft_status st = wf_program_new(&p, e, 2, NULL);

    if (!st) {
        scratch = wf_alloc_aligned(wf_program_scratch_bytes(p));
        st = scratch ? wf_program_run_columns(p, scratch, in, n, out, NULL) : WEFT_NOMEM;
    }
    if (st)
        cr_assert(!out[0] && !out[1]);
    wf_column_release(out[0]);
    wf_column_release(out[1]);
    wf_free(scratch);
    wf_program_release(p);
    return st;
}

Test(program, every_allocation_may_fail)
{
    const struct wf_expr *x = wf_expr_input(&arena, 0, WEFT_FLOAT64), *s = wf_expr_input(&arena, 1, WEFT_STRING);
    const struct wf_expr *e[2] = {call2(WEFT_OP_ADD, x, x),
                                  call3(WEFT_OP_IF, call2(WEFT_OP_LESS, x, wf_expr_f64(&arena, 0)), s,
                                        wf_expr_text(&arena, "another long text", 17))};
    struct wf_column *in[2] = {f64_column(2000, 7), text_column(2000)};
    int64_t n;

    wf_mem_fail_at(0);
    cr_assert_eq(whole_way(e, in, 2000), WEFT_OK);
    n = wf_mem_n_asked();
    cr_assert_gt(n, 10);
    wf_mem_watch(true);
    for (int64_t i = 1; i <= n; i++) {
        wf_mem_fail_at(i);
        cr_assert_eq(whole_way(e, in, 2000), WEFT_NOMEM, "allocation %lld", (long long)i);
        wf_mem_fail_at(0);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %lld leaks", (long long)i);
    }
    wf_mem_watch(false);
    wf_column_release(in[0]);
    wf_column_release(in[1]);
}
