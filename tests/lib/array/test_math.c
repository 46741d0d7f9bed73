/* test_math.c - operations element by element equal plain loops, for any shapes, types and chunks. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/run_array.h"

static const weft_dtype dtypes[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT32, WEFT_FLOAT64};

static double plain(weft_op op, double x, double y)
{
    switch (op) {
    case WEFT_OP_ADD:       return x + y;
    case WEFT_OP_SUBTRACT:  return x - y;
    case WEFT_OP_MULTIPLY:  return x * y;
    case WEFT_OP_MINIMUM:   return x < y ? x : y;
    case WEFT_OP_LESS:      return x < y;
    case WEFT_OP_NOT_EQUAL: return x != y;
    default: cr_assert_fail("an operation without a plain loop"); return 0;
    }
}

/* A shape that repeats along some axes of `layout`, or has fewer of them. */
static struct weft_layout narrower(uint64_t *state, const struct weft_layout *layout)
{
    const int skip = (int)next_random(state, layout->n_dims + 1);
    struct weft_layout l = {.n_dims = layout->n_dims - skip};

    for (int d = 0; d < l.n_dims; d++) {
        l.shape[d] = next_random(state, 3) ? layout->shape[d + skip] : 1;
        l.chunks.axis[d] = 1 + next_random(state, l.shape[d]);
    }
    return l;
}

Test(math, two_operands_equal_the_plain_loop_for_random_shapes_types_and_chunks)
{
    static const weft_op ops[] = {WEFT_OP_ADD, WEFT_OP_SUBTRACT, WEFT_OP_MULTIPLY, WEFT_OP_MINIMUM,
                                  WEFT_OP_LESS, WEFT_OP_NOT_EQUAL};
    uint64_t state = 1;

    for (int round = 0; round < 60; round++) {
        weft_graph *g = weft_graph_new();
        const struct weft_layout l = random_layout(&state, 1 + (int)next_random(&state, 4), 12);
        const struct weft_layout m = narrower(&state, &l);
        const weft_op op = ops[next_random(&state, 6)];
        double *x, *y;
        weft_array *a = some_array(g, &state, dtypes[next_random(&state, 4)], l, &x);
        weft_array *b = some_array(g, &state, dtypes[next_random(&state, 4)], m, &y);
        int64_t index[WEFT_MAX_DIMS] = {0}, i = 0;
        weft_block *out;

        if (next_random(&state, 2))
            a = weft_array_keep(a);
        if (next_random(&state, 2))
            b = weft_array_keep(b);
        out = run_array(weft_array_call2(op, a, b));
        do {
            const double want = plain(op, x[place_of(index, l.n_dims, l.shape, l.n_dims)],
                                      y[place_of(index, l.n_dims, m.shape, m.n_dims)]);

            cr_assert_eq(weft_block_f64_at(out, i++), want);
        } while (next_index(index, l.n_dims, l.shape));
        cr_assert_eq(i, weft_block_n_elems(out));
        weft_block_release(out);
        weft_graph_free(g);
        free(x);
        free(y);
    }
}

Test(math, a_long_row_repeats_and_a_column_repeats)
{
    /* Rows longer than a batch, cut so that batches and rows do not fit each other. */
    weft_graph *g = weft_graph_new();
    struct weft_layout row = {WEFT_SHAPE(3001), .chunks = {.all = 1300}};
    struct weft_layout column = {WEFT_SHAPE(5, 1), .chunks = {.all = 2}};
    struct weft_layout full = {WEFT_SHAPE(5, 3001), .chunks = {.axis = {3, 2500}}};
    uint64_t state = 3;
    double *x, *y, *z;
    weft_array *a = some_array(g, &state, WEFT_FLOAT64, row, &x);
    weft_array *b = some_array(g, &state, WEFT_FLOAT32, column, &y);
    weft_array *c = weft_array_keep(some_array(g, &state, WEFT_INT64, full, &z));
    weft_block *out = run_array(weft_array_add(weft_array_multiply(a, b), c));

    for (int64_t i = 0; i < 5; i++)
        for (int64_t j = 0; j < 3001; j++)
            cr_assert_eq(weft_block_f64_at(out, i * 3001 + j), x[j] * y[i] + z[i * 3001 + j]);
    weft_block_release(out);
    weft_graph_free(g);
    free(x), free(y), free(z);
}

Test(math, a_chain_of_operations_is_one_task_a_chunk)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_arange(g, 0, 4000, 1, 1000);
    weft_array *y = weft_array_sqrt(weft_array_add(weft_array_multiply(x, x), x));
    weft_block *out;

    cr_assert_eq(weft_graph_n_tasks(g), 0, "building elementwise expressions adds no task");
    weft_array_whole(y);
    cr_assert_eq(weft_graph_n_tasks(g), 5);
    cr_assert_str_eq(weft_task_name(weft_graph_task(g, 0)), "arange-multiply-add-sqrt");
    out = run_array(y);
    for (int64_t i = 0; i < 4000; i++)
        cr_assert_eq(weft_block_f64_at(out, i), sqrt((double)i * (double)i + (double)i));
    weft_block_release(out);
    weft_graph_free(g);
}

Test(math, operands_cut_differently_are_cut_at_the_cuts_of_either)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_range(g, 0, 1, 10, 4), *b = weft_array_range(g, 0, 1, 10, 3);
    weft_array *c = weft_array_add(a, b);
    static const int64_t cuts[] = {0, 3, 4, 6, 8, 9, 10};

    cr_assert_eq(weft_array_n_chunks(c), 6);
    cr_assert_eq(memcmp(weft_array_cuts(c, 0), cuts, sizeof cuts), 0);
    weft_graph_free(g);
}

Test(math, types_meet_as_in_numpy_by_type_alone)
{
    weft_graph *g = weft_graph_new();
    weft_array *a[4];

    for (int i = 0; i < 4; i++)
        a[i] = weft_array_ones(g, dtypes[i], weft_layout_1d(3, 3));
    static const weft_dtype sums[4][4] = {
        {WEFT_INT64, WEFT_INT64, WEFT_FLOAT32, WEFT_FLOAT64},
        {WEFT_INT64, WEFT_INT64, WEFT_FLOAT64, WEFT_FLOAT64},
        {WEFT_FLOAT32, WEFT_FLOAT64, WEFT_FLOAT32, WEFT_FLOAT64},
        {WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64, WEFT_FLOAT64},
    };
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            cr_assert_eq(weft_array_dtype(weft_array_add(a[i], a[j])), sums[i][j]);
            cr_assert_eq(weft_array_dtype(weft_array_less(a[i], a[j])), WEFT_BOOL);
        }
    cr_assert_eq(weft_array_dtype(weft_array_divide(a[1], a[1])), WEFT_FLOAT64);
    cr_assert_eq(weft_array_dtype(weft_array_sqrt(a[2])), WEFT_FLOAT32);
    weft_graph_free(g);
}

Test(math, a_number_takes_the_type_of_float32_and_keeps_its_own_with_the_others)
{
    weft_graph *g = weft_graph_new();
    weft_array *f32 = weft_array_ones(g, WEFT_FLOAT32, weft_layout_1d(3, 3));
    weft_array *f64 = weft_array_ones(g, WEFT_FLOAT64, weft_layout_1d(3, 3));
    weft_array *i64 = weft_array_ones(g, WEFT_INT64, weft_layout_1d(3, 3));
    weft_array *truth = weft_array_less(f64, weft_array_f64(g, 2));

    cr_assert_eq(weft_array_dtype(weft_array_multiply(weft_array_f64(g, 0.1), f32)), WEFT_FLOAT32);
    cr_assert_eq(weft_array_dtype(weft_array_multiply(f32, weft_array_i64(g, 2))), WEFT_FLOAT32);
    cr_assert_eq(weft_array_dtype(weft_array_multiply(f64, weft_array_f64(g, 0.1))), WEFT_FLOAT64);
    cr_assert_eq(weft_array_dtype(weft_array_multiply(i64, weft_array_i64(g, 2))), WEFT_INT64);
    cr_assert_eq(weft_array_dtype(weft_array_multiply(i64, weft_array_f64(g, 2))), WEFT_FLOAT64);
    cr_assert_eq(weft_array_dtype(weft_array_where(truth, f32, weft_array_f64(g, 2))), WEFT_FLOAT32);
    cr_assert_eq(run_f64(weft_array_max(weft_array_multiply(weft_array_f64(g, 0.1), f32), 0)), (double)0.1f);
    weft_graph_free(g);
}

Test(math, where_takes_the_branch_that_the_truth_says)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_range(g, -4, 1, 9, 4);
    weft_array *zero = weft_array_i64(g, 0);
    weft_block *out = run_array(weft_array_where(weft_array_less(x, zero), weft_array_negative(x), zero));

    for (int64_t i = 0; i < 9; i++)
        cr_assert_eq(weft_block_i64_at(out, i), i < 4 ? 4 - i : 0);
    weft_block_release(out);
    weft_graph_free(g);
}

Test(math, logic_asks_numbers_whether_they_are_not_zero)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_range(g, 0, 1, 4, 2);
    weft_array *odd = weft_array_remainder(x, weft_array_i64(g, 2));
    weft_block *both = run_array(weft_array_logical_and(x, odd));
    weft_block *one = run_array(weft_array_logical_xor(x, odd));

    for (int64_t i = 0; i < 4; i++) {
        cr_assert_eq(weft_block_i64_at(both, i), i && i % 2);
        cr_assert_eq(weft_block_i64_at(one, i), !i != !(i % 2));
    }
    weft_block_release(both);
    weft_block_release(one);
    weft_graph_free(g);
}

Test(math, isclose_is_numpys)
{
    const double inf = (double)INFINITY;
    double a[] = {1, 1, 1, inf, inf, 1, NAN, 0, -inf};
    double b[] = {1, 1 + 1e-9, 1.1, inf, 1, inf, NAN, 1e-9, inf};
    static const bool want[] = {true, true, false, true, false, false, false, true, false};
    weft_graph *g = weft_graph_new();
    struct weft_memory m = {.dtype = WEFT_FLOAT64, .data = a, .layout = weft_layout_1d(9, 2)};
    weft_array *x = weft_array_from_memory(g, &m), *y;
    weft_block *out, *nan_too;

    m.data = b;
    y = weft_array_from_memory(g, &m);
    out = run_array(weft_array_isclose(x, y, 1e-5, 1e-8, false));
    nan_too = run_array(weft_array_isclose(x, y, 1e-5, 1e-8, true));
    for (int64_t i = 0; i < 9; i++) {
        cr_assert_eq(weft_block_i64_at(out, i), want[i], "%lld", (long long)i);
        cr_assert_eq(weft_block_i64_at(nan_too, i), want[i] || i == 6);
    }
    weft_block_release(out);
    weft_block_release(nan_too);
    weft_graph_free(g);
}

Test(math, a_chain_of_ten_thousand_operations_is_cut_and_runs)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_range(g, 0, 1, 100, 50), *one = weft_array_i64(g, 1);
    weft_block *out;

    for (int i = 0; i < 10000; i++)
        x = weft_array_add(x, one);
    out = run_array(x);
    for (int64_t i = 0; i < 100; i++)
        cr_assert_eq(weft_block_i64_at(out, i), i + 10000);
    weft_block_release(out);
    weft_graph_free(g);
}

Test(math, what_is_shared_is_computed_once_so_doubling_is_no_explosion)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_f64(g, 1);

    x = weft_array_add(x, weft_array_zeros(g, WEFT_FLOAT64, weft_layout_1d(5, 5)));
    for (int i = 0; i < 90; i++)
        x = weft_array_add(x, x);
    cr_assert_eq(run_f64(weft_array_max(x, 0)), ldexp(1, 90));
    weft_graph_free(g);
}

Test(math, empty_arrays_go_through)
{
    weft_graph *g = weft_graph_new();
    weft_array *none = weft_array_zeros(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(3, 0, 2)});
    weft_array *row = weft_array_range(g, 0, 1, 2, 1);
    weft_block *out = run_array(weft_array_add(weft_array_keep(none), row));

    cr_assert_eq(weft_block_n_elems(out), 0);
    weft_block_release(out);
    weft_graph_free(g);
}

/* ---- What cannot be ------------------------------------------------------------------ */

Test(math, shapes_that_do_not_match_are_named_with_the_axis)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_zeros(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(3, 4)});
    weft_array *b = weft_array_zeros(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(3, 5)});
    weft_array *bad = weft_array_add(a, b);
    struct weft_error err;

    cr_assert_eq(weft_array_status(bad, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "add: shapes (3, 4) and (3, 5) differ on axis 1");
    /* What is built on it fails for the same reason, and so does the run. */
    bad = weft_array_mean(weft_array_sqrt(weft_array_add(a, bad)), WEFT_ALL_AXES);
    cr_assert_eq(fail_array(bad, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "add: shapes (3, 4) and (3, 5) differ on axis 1");
    weft_graph_free(g);
}

Test(math, operations_without_meaning_for_a_type_fail_when_built)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_ones(g, WEFT_FLOAT64, weft_layout_1d(3, 3));
    struct weft_error err;

    cr_assert_eq(weft_array_status(weft_array_call2(WEFT_OP_AND, x, x), &err), WEFT_TYPE);
    cr_assert_eq(weft_array_status(weft_array_call1(WEFT_OP_YEAR, x), &err), WEFT_TYPE);
    cr_assert_eq(weft_array_status(weft_array_astype(x, WEFT_STRING), &err), WEFT_TYPE);
    weft_graph_free(g);
}

Test(math, no_graph_is_no_array_and_the_run_says_no_memory)
{
    weft_array *x = weft_array_add(weft_array_range(NULL, 0, 1, 10, 5), weft_array_f64(NULL, 1));

    cr_assert_null(x);
    cr_assert_eq(fail_array(weft_array_sum(x, 0), NULL), WEFT_NOMEM);
}
