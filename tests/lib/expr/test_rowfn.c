/* test_rowfn.c - a user's functions over rows, by macro and by hand, inside programs. */
#include <criterion/criterion.h>
#include <string.h>

#include <weft/rowfn.h>

#include "lib/base/bits.h"
#include "lib/base/mem.h"
#include "lib/data/builder.h"
#include "lib/data/schema.h"
#include "lib/expr/bind.h"
#include "lib/expr/program.h"

WEFT_ROWFN1(twice, double, double, x, { return x + x; })

WEFT_ROWFN2(points, int64_t, bool, neutral, int64_t, goals, {
    if (neutral)
        return 0;
    return goals > 0 ? 3 : goals == 0;
})

WEFT_ROWFN3(longer, bool, struct weft_text, a, struct weft_text, b, int64_t, by, {
    return a.len > b.len + by;
})

WEFT_ROWFN4(pick, float, int32_t, day, float, f, int64_t, i, bool, b, {
    return b ? f : (float)day + (float)i;
})

static const char *const names[] = {"n", "goals", "team", "other", "day", "x", "f"};
static const weft_dtype dtypes[] = {WEFT_BOOL, WEFT_INT64, WEFT_STRING, WEFT_STRING, WEFT_DATE, WEFT_FLOAT64, WEFT_FLOAT32};
enum { N_COLUMNS = 7, ROWS = 2600 };

static struct wf_arena arena;
static struct wf_schema *schema;
static struct wf_column *columns[N_COLUMNS];

static bool null_at(int k, int64_t i)
{
    return i % (11 + k) == 5;
}

static void begin(void)
{
    wf_arena_init(&arena);
    schema = wf_schema_new(N_COLUMNS, names, dtypes);
    for (int k = 0; k < N_COLUMNS; k++) {
        struct wf_builder b;
        char text[40];

        wf_builder_init(&b, dtypes[k]);
        for (int64_t i = 0; i < ROWS; i++)
            if (null_at(k, i))
                wf_builder_add_null(&b);
            else if (dtypes[k] == WEFT_STRING)
                wf_builder_add_text(&b, text, snprintf(text, sizeof text, "%.*s", (int)(i * (k + 3) % 30),
                                                       "abcdefghijklmnopqrstuvwxyzabcdef"));
            else if (dtypes[k] == WEFT_FLOAT64 || dtypes[k] == WEFT_FLOAT32)
                wf_builder_add_f64(&b, (double)i / 4);
            else
                wf_builder_add_i64(&b, dtypes[k] == WEFT_BOOL ? i % 3 == 0 : i % 7 - 3);
        columns[k] = wf_builder_finish(&b);
    }
}

static void end(void)
{
    for (int k = 0; k < N_COLUMNS; k++)
        wf_column_release(columns[k]);
    wf_schema_release(schema);
    wf_arena_fini(&arena);
}

TestSuite(rowfn, .init = begin, .fini = end);

static weft_status run(const struct weft_batch_fn *fn, const char *const *args, int n, struct wf_column **out,
                       struct weft_error *err)
{
    weft_expr *leaves[WEFT_MAX_ARGS], *e;
    const struct wf_expr *bound = NULL;
    struct wf_column *in[N_COLUMNS];
    wf_program *p = NULL;
    void *scratch;
    weft_status st;

    for (int i = 0; i < n; i++)
        leaves[i] = weft_expr_text(args[i]);
    e = weft_expr_call_fn(fn, n, leaves);
    st = wf_expr_bind(&bound, &arena, e, schema, err);
    weft_expr_release(e);
    if (st)
        return st;
    cr_assert_eq(wf_program_new(&p, &bound, 1, err), WEFT_OK);
    scratch = wf_alloc_aligned(wf_program_scratch_bytes(p));
    for (int i = 0; i < wf_program_n_inputs(p); i++)
        in[i] = columns[wf_program_input(p, i)];
    st = wf_program_run_columns(p, scratch, in, ROWS, out, err);
    wf_free(scratch);
    wf_program_release(p);
    return st;
}

Test(rowfn, the_macro_names_its_types)
{
    cr_assert_eq(points.n_args, 2);
    cr_assert_eq(points.args[0], WEFT_BOOL);
    cr_assert_eq(points.args[1], WEFT_INT64);
    cr_assert_eq(points.result, WEFT_INT64);
    cr_assert_str_eq(points.name, "points");
    cr_assert_eq(longer.args[0], WEFT_STRING);
    cr_assert_eq(longer.result, WEFT_BOOL);
    cr_assert_eq(pick.args[0], WEFT_DATE);
    cr_assert_eq(pick.result, WEFT_FLOAT32);
    cr_assert_eq(points_row(false, 2), 3);
}

Test(rowfn, each_row_is_the_function_of_its_row)
{
    struct weft_error err;
    struct wf_column *out = NULL;

    cr_assert_eq(run(&points, (const char *const[]){"n", "goals"}, 2, &out, &err), WEFT_OK, "%s", err.message);
    for (int64_t i = 0; i < ROWS; i++) {
        const bool is_null = null_at(0, i) || null_at(1, i);

        cr_assert_eq(wf_column_is_null(out, i), is_null);
        if (!is_null)
            cr_assert_eq(((const int64_t *)out->values)[i], points_row(i % 3 == 0, i % 7 - 3));
    }
    wf_column_release(out);
}

Test(rowfn, strings_arrive_as_texts_and_constants_as_columns)
{
    struct weft_error err;
    struct wf_column *out = NULL;

    cr_assert_eq(run(&longer, (const char *const[]){"team", "other", "2"}, 3, &out, &err), WEFT_OK, "%s", err.message);
    for (int64_t i = 0; i < ROWS; i++) {
        const bool is_null = null_at(2, i) || null_at(3, i);

        cr_assert_eq(wf_column_is_null(out, i), is_null);
        if (!is_null)
            cr_assert_eq(wf_bits_at(out->values, i), i * 5 % 30 > i * 6 % 30 + 2);
    }
    wf_column_release(out);
}

Test(rowfn, operands_are_converted_to_the_declared_types)
{
    struct weft_error err;
    struct wf_column *out = NULL;

    cr_assert_eq(run(&twice, (const char *const[]){"goals + 1"}, 1, &out, &err), WEFT_OK, "%s", err.message);
    for (int64_t i = 0; i < ROWS; i++)
        if (!null_at(1, i))
            cr_assert_eq(((const double *)out->values)[i], 2.0 * (double)(i % 7 - 2));
    wf_column_release(out);
    cr_assert_eq(run(&pick, (const char *const[]){"day", "f", "goals", "n"}, 4, &out, &err), WEFT_OK, "%s", err.message);
    for (int64_t i = 0; i < ROWS; i++)
        if (!wf_column_is_null(out, i))
            cr_assert_eq(((const float *)out->values)[i], pick_row((int32_t)(i % 7 - 3), (float)i / 4, i % 7 - 3, i % 3 == 0));
    wf_column_release(out);
}

Test(rowfn, types_that_do_not_convert_are_refused_when_bound)
{
    struct weft_error err;
    struct wf_column *out = NULL;

    cr_assert_eq(run(&twice, (const char *const[]){"team"}, 1, &out, &err), WEFT_TYPE);
    cr_assert_str_eq(err.message, "twice: argument 1 must be float64, this is string");
    cr_assert_eq(run(&points, (const char *const[]){"n"}, 1, &out, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "points: takes 2, 1 given");
}

/* ---- By hand: sees nulls, has a context, may fail ---------------------------------- */

struct limits {
    int64_t calls_left;
};

static weft_status count_nulls(const struct weft_batch *in, struct weft_batch_out *out, void *ctx, struct weft_error *err)
{
    struct limits *l = ctx;
    int64_t *o = out->values;

    if (l->calls_left-- == 0)
        return weft_error_set(err, WEFT_FAILED, "enough");
    for (int64_t i = 0; i < in->n; i++) {
        o[i] = in->valid[0] && !wf_bits_at(in->valid[0], i);
        if (o[i] && i % 2)
            wf_bits_clear(out->valid, i);
    }
    return WEFT_OK;
}

Test(rowfn, a_batch_function_may_see_and_make_nulls)
{
    struct limits l = {100};
    const struct weft_batch_fn fn = {.name = "count_nulls", .n_args = 1, .args = {WEFT_FLOAT64}, .result = WEFT_INT64,
                                     .fn = count_nulls, .ctx = &l, .sees_nulls = true};
    struct weft_error err;
    struct wf_column *out = NULL;

    cr_assert_eq(run(&fn, (const char *const[]){"x"}, 1, &out, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(l.calls_left, 97, "one call a batch");
    for (int64_t i = 0; i < ROWS; i++) {
        cr_assert_eq(wf_column_is_null(out, i), null_at(5, i) && i % WEFT_BATCH % 2);
        if (!wf_column_is_null(out, i))
            cr_assert_eq(((const int64_t *)out->values)[i], null_at(5, i));
    }
    wf_column_release(out);
}

Test(rowfn, a_batch_function_may_fail)
{
    struct limits l = {1};
    const struct weft_batch_fn fn = {.name = "count_nulls", .n_args = 1, .args = {WEFT_FLOAT64}, .result = WEFT_INT64,
                                     .fn = count_nulls, .ctx = &l, .sees_nulls = true};
    struct weft_error err;
    struct wf_column *out = NULL;

    cr_assert_eq(run(&fn, (const char *const[]){"x"}, 1, &out, &err), WEFT_FAILED);
    cr_assert_str_eq(err.message, "enough");
    cr_assert_null(out);
}

Test(rowfn, tokens_tell_functions_and_contexts_apart)
{
    const int64_t one = 1, also_one = 1, two = 2;
    struct weft_batch_fn fn = {.name = "f", .n_args = 1, .args = {WEFT_FLOAT64}, .result = WEFT_INT64, .fn = count_nulls,
                               .ctx_bytes = sizeof one};
    const int64_t *const contexts[3] = {&one, &also_one, &two};
    struct wf_token tokens[3];

    for (int k = 0; k < 3; k++) {
        const struct wf_expr *x = wf_expr_input(&arena, 0, WEFT_FLOAT64), *e = NULL;
        wf_program *p = NULL;

        fn.ctx = (void *)(uintptr_t)contexts[k];
        cr_assert_eq(wf_expr_call_fn(&e, &arena, &fn, 1, &x, NULL), WEFT_OK);
        cr_assert_eq(wf_program_new(&p, &e, 1, NULL), WEFT_OK);
        tokens[k] = wf_program_token(p);
        wf_program_release(p);
    }
    cr_assert(!memcmp(&tokens[0], &tokens[1], sizeof tokens[0]));
    cr_assert(memcmp(&tokens[0], &tokens[2], sizeof tokens[0]));
}
