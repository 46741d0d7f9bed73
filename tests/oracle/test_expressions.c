/* test_expressions.c - random expressions over random rows: programs against one row at a time. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "lib/base/bits.h"
#include "lib/base/hash.h"
#include "lib/base/mem.h"
#include "lib/data/builder.h"
#include "lib/expr/program.h"
#include "tests/support/values.h"

enum { N_INPUTS = 10, ROWS = 1024, N_OUTPUTS = 3 };

static const weft_dtype input_types[N_INPUTS] = {WEFT_INT64, WEFT_INT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_BOOL,
                                                 WEFT_BOOL,  WEFT_DATE,  WEFT_STRING,  WEFT_STRING,  WEFT_FLOAT32};

static uint64_t state;

static uint64_t dice(uint64_t sides)
{
    return wf_mix(++state) % sides;
}

/* ---- One row at a time ---------------------------------------------------------- */

struct value {
    bool             is_null;
    union any        x;
    struct weft_text text;
};

/* Values and validity of each input, as bytes. */
static _Alignas(64) char input_values[N_INPUTS][ROWS * 8];
static bool input_null[N_INPUTS][ROWS];
static struct wf_column *texts[N_INPUTS];
static bool is_scalar[N_INPUTS];

static struct value row_of(const struct wf_expr *e, int64_t i);

static int compare(weft_dtype t, struct value a, struct value b)
{
    int c;

    switch (t) {
    case WEFT_BOOL:
        return (a.x.b > b.x.b) - (a.x.b < b.x.b);
    case WEFT_INT64:
        return (a.x.i > b.x.i) - (a.x.i < b.x.i);
    case WEFT_DATE:
        return (a.x.t > b.x.t) - (a.x.t < b.x.t);
    case WEFT_FLOAT64:
        return isnan(a.x.d) || isnan(b.x.d) ? 2 : (a.x.d > b.x.d) - (a.x.d < b.x.d);
    case WEFT_FLOAT32:
        return isnan(a.x.f) || isnan(b.x.f) ? 2 : (a.x.f > b.x.f) - (a.x.f < b.x.f);
    default:
        c = memcmp(a.text.ptr, b.text.ptr, (size_t)(a.text.len < b.text.len ? a.text.len : b.text.len));
        return c ? (c > 0) - (c < 0) : (a.text.len > b.text.len) - (a.text.len < b.text.len);
    }
}

static double as_f64(weft_dtype t, struct value v)
{
    return t == WEFT_BOOL ? v.x.b : t == WEFT_INT64 ? (double)v.x.i : t == WEFT_DATE ? v.x.t
           : t == WEFT_FLOAT32 ? (double)v.x.f : v.x.d;
}

static struct value arithmetic(weft_op op, weft_dtype t, struct value a, struct value b)
{
    struct value out = {0};

    if (t == WEFT_INT64) {
        const uint64_t x = (uint64_t)a.x.i, y = (uint64_t)b.x.i;

        out.x.i = (int64_t)(op == WEFT_OP_ADD ? x + y : op == WEFT_OP_SUBTRACT ? x - y
                            : op == WEFT_OP_MULTIPLY ? x * y : op == WEFT_OP_NEGATIVE ? -x
                            : op == WEFT_OP_ABS ? (a.x.i < 0 ? -x : x) : 0);
    } else if (t == WEFT_FLOAT64) {
        out.x.d = op == WEFT_OP_ADD ? a.x.d + b.x.d : op == WEFT_OP_SUBTRACT ? a.x.d - b.x.d
                  : op == WEFT_OP_MULTIPLY ? a.x.d * b.x.d : op == WEFT_OP_DIVIDE ? a.x.d / b.x.d
                  : op == WEFT_OP_NEGATIVE ? -a.x.d : fabs(a.x.d);
    } else {
        out.x.f = op == WEFT_OP_ADD ? a.x.f + b.x.f : op == WEFT_OP_SUBTRACT ? a.x.f - b.x.f
                  : op == WEFT_OP_MULTIPLY ? a.x.f * b.x.f : op == WEFT_OP_DIVIDE ? a.x.f / b.x.f
                  : op == WEFT_OP_NEGATIVE ? -a.x.f : fabsf(a.x.f);
    }
    return out;
}

static struct value cast(weft_dtype to, weft_dtype from, struct value a)
{
    struct value out = {0};
    const double d = from == WEFT_INT64 ? 0 : as_f64(from, a);

    switch (to) {
    case WEFT_BOOL:
        out.x.b = from == WEFT_INT64 ? a.x.i != 0 : d != 0;
        break;
    case WEFT_INT64:
        out.x.i = isnan(d) || d < -0x1p63 || d >= 0x1p63 ? INT64_MIN : (int64_t)d;
        break;
    case WEFT_FLOAT32:
        out.x.f = from == WEFT_INT64 ? (float)a.x.i : (float)d;
        break;
    case WEFT_FLOAT64:
        out.x.d = from == WEFT_INT64 ? (double)a.x.i : d;
        break;
    default: /* date, of int64 only here */
        out.x.t = a.x.i < INT32_MIN || a.x.i > INT32_MAX ? INT32_MIN : (int32_t)a.x.i;
        break;
    }
    return out;
}

static struct value logic(weft_op op, struct value a, struct value b)
{
    struct value out = {0};
    const bool decides = op == WEFT_OP_OR;

    if ((!a.is_null && a.x.b == decides) || (!b.is_null && b.x.b == decides))
        out.x.b = decides;
    else if (a.is_null || b.is_null)
        out.is_null = true;
    else
        out.x.b = !decides;
    return out;
}

static struct value operation(const struct wf_expr *e, int64_t i)
{
    const weft_op op = e->as.op;
    const weft_dtype t = e->args[0]->dtype;
    const struct value a = row_of(e->args[0], i);
    const struct value b = e->n_args > 1 ? row_of(e->args[1], i) : (struct value){0};
    struct value out = {0};
    int c;

    switch (op) {
    case WEFT_OP_IF:
        return !a.is_null && a.x.b ? b : row_of(e->args[2], i);
    case WEFT_OP_COALESCE:
        return a.is_null ? b : a;
    case WEFT_OP_ISNULL:
    case WEFT_OP_NOTNULL:
        out.x.b = a.is_null == (op == WEFT_OP_ISNULL);
        return out;
    case WEFT_OP_AND:
    case WEFT_OP_OR:
        return logic(op, a, b);
    default:
        break;
    }
    if (a.is_null || b.is_null)
        return (struct value){.is_null = true};
    switch (op) {
    case WEFT_OP_XOR:
        out.x.b = a.x.b != b.x.b;
        return out;
    case WEFT_OP_NOT:
        out.x.b = !a.x.b;
        return out;
    case WEFT_OP_TO_BOOL:
    case WEFT_OP_TO_INT64:
    case WEFT_OP_TO_FLOAT32:
    case WEFT_OP_TO_FLOAT64:
    case WEFT_OP_TO_DATE:
        return cast(e->dtype, t, a);
    case WEFT_OP_LEN: /* plain ASCII here */
        out.x.i = a.text.len;
        return out;
    case WEFT_OP_EQUAL:
    case WEFT_OP_NOT_EQUAL:
    case WEFT_OP_LESS:
    case WEFT_OP_GREATER_EQUAL:
        c = compare(t, a, b);
        out.x.b = op == WEFT_OP_EQUAL ? c == 0 : op == WEFT_OP_NOT_EQUAL ? c != 0 : op == WEFT_OP_LESS ? c == -1 : c == 0 || c == 1;
        return out;
    default:
        return arithmetic(op, t, a, b);
    }
}

static struct value row_of(const struct wf_expr *e, int64_t i)
{
    struct value v = {0};

    if (e->kind == WF_EXPR_OP)
        return operation(e, i);
    if (e->kind == WF_EXPR_INPUT) {
        const int64_t k = e->as.input, row = is_scalar[k] ? 0 : i;

        v.is_null = input_null[k][row];
        if (e->dtype == WEFT_STRING)
            v.text = wf_column_text(texts[k], row);
        else
            v.x = any_at(e->dtype, input_values[k], row);
        return v;
    }
    v.is_null = e->as.constant.is_null;
    if (v.is_null)
        return v;
    if (e->dtype == WEFT_STRING)
        v.text = (struct weft_text){e->as.constant.long_text ? e->as.constant.long_text
                                                             : e->as.constant.value.text.u.small,
                                    e->as.constant.value.text.len};
    else
        memcpy(&v.x, &e->as.constant.value, weft_dtype_size(e->dtype));
    return v;
}

/* ---- Random expressions ------------------------------------------------------------ */

static struct wf_arena arena;

static const struct wf_expr *random_expr(weft_dtype want, int depth);

static const struct wf_expr *leaf(weft_dtype want)
{
    const int from = (int)dice(N_INPUTS);

    for (int k = 0; k < N_INPUTS && dice(5); k++)
        if (input_types[(from + k) % N_INPUTS] == want)
            return wf_expr_input(&arena, (from + k) % N_INPUTS, want);
    if (!dice(6))
        return wf_expr_null(&arena, want);
    switch (want) {
    case WEFT_BOOL:
        return wf_expr_bool(&arena, dice(2));
    case WEFT_INT64:
        return wf_expr_i64(&arena, (int64_t)dice(9) - 4);
    case WEFT_FLOAT32:
        return wf_expr_f32(&arena, (float)dice(9) / 2 - 2);
    case WEFT_FLOAT64:
        return wf_expr_f64(&arena, (double)dice(9) / 2 - 2);
    case WEFT_DATE:
        return wf_expr_date(&arena, (int32_t)dice(20000));
    default:
        return dice(2) ? wf_expr_text(&arena, "b7", 2) : wf_expr_text(&arena, "a text of some length, 12", 25);
    }
}

static const struct wf_expr *call(weft_op op, const struct wf_expr *x, const struct wf_expr *y, const struct wf_expr *z)
{
    const struct wf_expr *const args[3] = {x, y, z}, *e = NULL;
    struct weft_error err;

    cr_assert_eq(wf_expr_call(&e, &arena, op, weft_op_arity(op), args, &err), WEFT_OK, "%s", err.message);
    return e;
}

static const struct wf_expr *truth(int depth)
{
    static const weft_op logic_ops[] = {WEFT_OP_AND, WEFT_OP_OR, WEFT_OP_XOR};
    static const weft_op compare_ops[] = {WEFT_OP_EQUAL, WEFT_OP_NOT_EQUAL, WEFT_OP_LESS, WEFT_OP_GREATER_EQUAL};
    const weft_dtype t = (weft_dtype)dice(WEFT_DTYPE_COUNT);

    switch (dice(5)) {
    case 0:
        return call(WEFT_OP_NOT, random_expr(WEFT_BOOL, depth), NULL, NULL);
    case 1:
        return call(dice(2) ? WEFT_OP_ISNULL : WEFT_OP_NOTNULL, random_expr(t, depth), NULL, NULL);
    case 2:
    case 3:
        return call(logic_ops[dice(3)], random_expr(WEFT_BOOL, depth), random_expr(WEFT_BOOL, depth), NULL);
    default:
        return call(compare_ops[dice(4)], random_expr(t, depth), random_expr(t, depth), NULL);
    }
}

static const struct wf_expr *random_expr(weft_dtype want, int depth)
{
    static const weft_op two[] = {WEFT_OP_ADD, WEFT_OP_SUBTRACT, WEFT_OP_MULTIPLY, WEFT_OP_DIVIDE};
    static const weft_op one[] = {WEFT_OP_NEGATIVE, WEFT_OP_ABS};
    const uint64_t kind = dice(6);

    if (depth == 0)
        return leaf(want);
    depth--;
    if (kind == 0)
        return call(WEFT_OP_IF, random_expr(WEFT_BOOL, depth), random_expr(want, depth), random_expr(want, depth));
    if (kind == 1)
        return call(WEFT_OP_COALESCE, random_expr(want, depth), random_expr(want, depth), NULL);
    if (want == WEFT_BOOL)
        return truth(depth);
    if (want == WEFT_STRING)
        return leaf(want);
    if (want == WEFT_DATE)
        return call(WEFT_OP_ADD, random_expr(WEFT_DATE, depth), random_expr(WEFT_INT64, depth), NULL);
    if (want == WEFT_INT64 && kind == 2)
        return call(WEFT_OP_LEN, random_expr(WEFT_STRING, depth), NULL, NULL);
    if (want == WEFT_INT64 && kind == 3)
        return call(WEFT_OP_SUBTRACT, random_expr(WEFT_DATE, depth), random_expr(WEFT_DATE, depth), NULL);
    if (want == WEFT_FLOAT64 && kind == 2)
        return call(WEFT_OP_ADD, random_expr(WEFT_INT64, depth), random_expr(WEFT_FLOAT32, depth), NULL);
    if (kind == 3)
        return call(one[dice(2)], random_expr(want, depth), NULL, NULL);
    return call(two[dice(want == WEFT_INT64 ? 3 : 4)], random_expr(want, depth), random_expr(want, depth), NULL);
}

/* ---- The trial ---------------------------------------------------------------------- */

static struct wf_lane lanes[N_INPUTS];
static uint64_t lane_valid[N_INPUTS][ROWS / 64], lane_bits[N_INPUTS][ROWS / 64];

static struct wf_column *text_column(int k)
{
    struct wf_builder b;
    char text[64];

    wf_builder_init(&b, WEFT_STRING);
    for (int64_t i = 0; i < ROWS; i++) {
        const int number = (int)dice(20);

        wf_builder_add_text(&b, text, snprintf(text, sizeof text, dice(2) ? "b%d" : "a text of some length, %d", number));
    }
    (void)k;
    return wf_builder_finish(&b);
}

static void make_inputs(void)
{
    for (int k = 0; k < N_INPUTS; k++) {
        const int how = (int)dice(4); /* no nulls, some, many, all */
        const weft_dtype t = input_types[k];

        is_scalar[k] = !dice(4);
        lanes[k] = (struct wf_lane){.values = input_values[k], .is_scalar = is_scalar[k]};
        for (int64_t i = 0; i < ROWS; i++)
            input_null[k][i] = how == 3 || (how && dice(how == 1 ? 10 : 2) == 0);
        wf_bits_fill(lane_valid[k], ROWS, false);
        for (int64_t i = 0; i < ROWS; i++)
            if (!input_null[k][i])
                wf_bits_set(lane_valid[k], i);
        if (how || dice(2))
            lanes[k].valid = lane_valid[k];
        if (t == WEFT_STRING) {
            wf_column_release(texts[k]);
            texts[k] = text_column(k);
            lanes[k].values = texts[k]->values;
            lanes[k].texts = texts[k]->texts;
            lanes[k].n_texts = texts[k]->n_texts;
            continue;
        }
        any_fill(t, input_values[k], ROWS, state);
        if (t == WEFT_BOOL && dice(2)) {
            wf_bits_pack(lane_bits[k], (const uint8_t *)input_values[k], ROWS);
            lanes[k].values = lane_bits[k];
            lanes[k].is_bits = true;
        }
    }
}

/* Strings are looked at through columns, in the test below. */
static void check_output(const struct wf_expr *e, const struct wf_dest *d, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const struct value want = row_of(e, i);
        const bool is_null = d->has_nulls && !wf_bits_at(d->valid, i);
        union any got = {.i = 0};

        cr_assert_eq(is_null, want.is_null, "seed %llu, row %d of %d", (unsigned long long)state, (int)i, (int)n);
        if (is_null || e->dtype == WEFT_STRING)
            continue;
        if (d->is_bits)
            got.b = wf_bits_at(d->values, i);
        else
            got = any_at(e->dtype, d->values, i);
        cr_assert(any_same(e->dtype, got, want.x), "seed %llu, row %d of %d", (unsigned long long)state, (int)i, (int)n);
    }
}

static void trial(void)
{
    static _Alignas(64) char out_values[N_OUTPUTS][ROWS * 16];
    static uint64_t out_valid[N_OUTPUTS][ROWS / 64];
    const struct wf_expr *e[N_OUTPUTS];
    const int n_outputs = 1 + (int)dice(N_OUTPUTS);
    const int64_t n = dice(3) ? 1 + (int64_t)dice(ROWS) : ROWS;
    struct wf_lane in[N_INPUTS];
    struct wf_dest out[N_OUTPUTS];
    struct weft_error err;
    wf_program *p = NULL;
    void *scratch;

    wf_arena_init(&arena);
    make_inputs();
    for (int j = 0; j < n_outputs; j++) {
        e[j] = j && !dice(4) ? e[j - 1] : random_expr((weft_dtype)dice(WEFT_DTYPE_COUNT), (int)dice(6));
        out[j] = (struct wf_dest){.values = dice(3) ? out_values[j] : NULL, .valid = dice(3) ? out_valid[j] : NULL};
        out[j].is_bits = e[j]->dtype == WEFT_BOOL && out[j].values && dice(2);
    }
    cr_assert_eq(wf_program_new(&p, e, n_outputs, &err), WEFT_OK, "%s", err.message);
    scratch = wf_alloc_aligned(wf_program_scratch_bytes(p));
    memset(scratch, 0xaa, wf_program_scratch_bytes(p));
    for (int i = 0; i < wf_program_n_inputs(p); i++)
        in[i] = lanes[wf_program_input(p, i)];
    cr_assert_eq(wf_program_run(p, scratch, in, n, out, &err), WEFT_OK, "%s", err.message);
    for (int j = 0; j < n_outputs; j++)
        check_output(e[j], &out[j], n);
    wf_free(scratch);
    wf_program_release(p);
    wf_arena_fini(&arena);
}

Test(expressions, batches_equal_one_row_at_a_time)
{
    for (int k = 0; k < 1500; k++) {
        state = (uint64_t)k << 32;
        if (wf_isa_has((enum wf_isa)(k % WF_ISA_COUNT)))
            wf_isa_use((enum wf_isa)(k % WF_ISA_COUNT));
        trial();
    }
}

/* ---- Columns: all rows, strings too ---------------------------------------------------- */

static struct wf_column *column_of(int k)
{
    struct wf_builder b;

    wf_builder_init(&b, input_types[k]);
    for (int64_t i = 0; i < ROWS; i++) {
        const weft_dtype t = input_types[k];
        const union any x = t == WEFT_STRING ? (union any){.i = 0} : any_at(t, input_values[k], i);

        if (input_null[k][i])
            wf_builder_add_null(&b);
        else if (t == WEFT_STRING)
            wf_builder_add_text(&b, wf_column_text(texts[k], i).ptr, wf_column_text(texts[k], i).len);
        else if (t == WEFT_FLOAT64)
            wf_builder_add_f64(&b, x.d);
        else if (t == WEFT_FLOAT32)
            wf_builder_add_f64(&b, (double)x.f);
        else
            wf_builder_add_i64(&b, t == WEFT_BOOL ? x.b : t == WEFT_DATE ? x.t : x.i);
    }
    return wf_builder_finish(&b);
}

Test(expressions, columns_of_strings_come_out_whole)
{
    for (int k = 0; k < 200; k++) {
        const struct wf_expr *e;
        struct wf_column *in[N_INPUTS], *used[N_INPUTS], *out = NULL;
        wf_program *p = NULL;
        void *scratch;

        state = (uint64_t)k << 32 | 1 << 20;
        wf_arena_init(&arena);
        make_inputs();
        for (int i = 0; i < N_INPUTS; i++) {
            is_scalar[i] = false;
            in[i] = column_of(i);
        }
        e = random_expr(WEFT_STRING, 4);
        cr_assert_eq(wf_program_new(&p, &e, 1, NULL), WEFT_OK);
        scratch = wf_alloc_aligned(wf_program_scratch_bytes(p));
        for (int i = 0; i < wf_program_n_inputs(p); i++)
            used[i] = in[wf_program_input(p, i)];
        cr_assert_eq(wf_program_run_columns(p, scratch, used, ROWS, &out, NULL), WEFT_OK);
        wf_program_release(p); /* long constants outlive it */
        for (int i = 0; i < N_INPUTS; i++)
            wf_column_release(in[i]);
        for (int64_t i = 0; i < ROWS; i++) {
            const struct value want = row_of(e, i);

            cr_assert_eq(wf_column_is_null(out, i), want.is_null);
            if (!want.is_null) {
                const struct weft_text got = wf_column_text(out, i);
                cr_assert(got.len == want.text.len && !memcmp(got.ptr, want.text.ptr, (size_t)got.len));
            }
        }
        wf_column_release(out);
        wf_free(scratch);
        wf_arena_fini(&arena);
    }
}
