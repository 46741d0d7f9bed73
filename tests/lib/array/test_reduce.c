/* test_reduce.c - reductions equal plain loops, for any axis, type and chunks, to the same bits
 * on any number of workers. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "tests/support/run_array.h"
#include "tests/support/scale.h"

static const weft_dtype dtypes[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT32, WEFT_FLOAT64};

/* Of n numbers `step` apart. */
static double plain(enum weft_reduce what, const double *x, int64_t n, int64_t step, int ddof)
{
    double sum = 0, prod = 1, least = x[0], greatest = x[0], squares = 0, not_zero = 0;

    for (int64_t i = 0; i < n; i++) {
        const double y = x[i * step];

        sum += y;
        prod *= y;
        least = y < least ? y : least;
        greatest = y > greatest ? y : greatest;
        not_zero += y != 0;
    }
    for (int64_t i = 0; i < n; i++)
        squares += (x[i * step] - sum / (double)n) * (x[i * step] - sum / (double)n);
    switch (what) {
    case WEFT_SUM:   return sum;
    case WEFT_PROD:  return prod;
    case WEFT_MIN:   return least;
    case WEFT_MAX:   return greatest;
    case WEFT_MEAN:  return sum / (double)n;
    case WEFT_VAR:   return squares / (double)(n - ddof);
    case WEFT_STD:   return sqrt(squares / (double)(n - ddof));
    case WEFT_ANY:   return not_zero > 0;
    case WEFT_ALL:   return not_zero == (double)n;
    default:         return not_zero;
    }
}

static weft_dtype plain_dtype(enum weft_reduce what, weft_dtype dtype)
{
    const bool is_float = dtype == WEFT_FLOAT32 || dtype == WEFT_FLOAT64;

    switch (what) {
    case WEFT_SUM:
    case WEFT_PROD: return is_float ? dtype : WEFT_INT64;
    case WEFT_MIN:
    case WEFT_MAX:  return dtype;
    case WEFT_ANY:
    case WEFT_ALL:  return WEFT_BOOL;
    case WEFT_COUNT: return WEFT_INT64;
    default:        return dtype == WEFT_FLOAT32 ? dtype : WEFT_FLOAT64;
    }
}

static void check_reduction(weft_array *a, const double *x, enum weft_reduce what, int axis, bool keep_dims)
{
    const int64_t *shape = weft_array_shape(a);
    const bool all = axis == WEFT_ALL_AXES;
    int64_t outer = 1, n = weft_array_n_elems(a), inner = 1;
    const int ddof = n > 1 && (what == WEFT_VAR || what == WEFT_STD);
    struct weft_reduce_spec spec = {.axis = axis, .keep_dims = keep_dims};
    weft_array *r;
    weft_block *out;

    if (!all) {
        n = shape[axis];
        for (int d = 0; d < axis; d++)
            outer *= shape[d];
        for (int d = axis + 1; d < weft_array_n_dims(a); d++)
            inner *= shape[d];
    }
    spec.ddof = n > 1 ? ddof : 0;
    r = weft_array_reduce(a, what, &spec);
    cr_assert_eq(weft_array_dtype(r), plain_dtype(what, weft_array_dtype(a)));
    cr_assert_eq(weft_array_n_dims(r), keep_dims ? weft_array_n_dims(a) : all ? 0 : weft_array_n_dims(a) - 1);
    out = run_array(r);
    cr_assert_eq(weft_block_n_elems(out), outer * inner);
    for (int64_t o = 0; o < outer; o++)
        for (int64_t i = 0; i < inner; i++) {
            const double want = plain(what, x + o * n * inner + i, n, inner, spec.ddof);
            const double got = weft_block_f64_at(out, o * inner + i);

            /* Numbers are small and whole: all but quotients are exact. */
            cr_assert(fabs(got - want) <= 1e-6 * fabs(want) + 1e-14, "%d of %s: %g is not %g", (int)what,
                      weft_dtype_name(weft_array_dtype(a)), got, want);
        }
    weft_block_release(out);
}

Test(reduce, every_kind_equals_the_plain_loop_for_random_shapes_types_axes_and_chunks)
{
    uint64_t state = 5;

    for (int round = 0; round < 80; round++) {
        weft_graph *g = weft_graph_new();
        const int n_dims = 1 + (int)next_random(&state, 3);
        const struct weft_layout l = random_layout(&state, n_dims, n_dims == 1 ? 60 : 9);
        const enum weft_reduce what = (enum weft_reduce)(round % WEFT_REDUCE_COUNT);
        const int axis = next_random(&state, 3) ? (int)next_random(&state, n_dims) : WEFT_ALL_AXES;
        double *x;
        weft_array *a = some_array(g, &state, dtypes[next_random(&state, 4)], l, &x);

        /* Products of many numbers leave int64. */
        if (what == WEFT_PROD && (weft_array_n_elems(a) > 20 && axis == WEFT_ALL_AXES))
            a = weft_array_astype(a, WEFT_FLOAT64);
        if (next_random(&state, 2))
            a = weft_array_keep(a);
        if (what != WEFT_PROD || weft_array_dtype(a) >= WEFT_FLOAT32 || axis != WEFT_ALL_AXES)
            check_reduction(a, x, what, axis, next_random(&state, 2));
        weft_graph_free(g);
        free(x);
    }
}

Test(reduce, rows_longer_than_a_batch_and_columns_of_every_width)
{
    static const int64_t shapes[][3] = {{3, 2500, 1}, {2, 70, 33}, {1, 200, 513}, {2, 130, 1025}, {1, 5, 4099}, {2, 3, 20011},
                                        {7, 1, 3}, {1, 1000, 2}, {300, 3, 1}};
    uint64_t state = 6;

    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        for (int what = 0; what < WEFT_REDUCE_COUNT; what++) {
            weft_graph *g = weft_graph_new();
            struct weft_layout l = {.n_dims = 3, .chunks = {.axis = {1, WEFT_CHUNK_WHOLE, WEFT_CHUNK_WHOLE}}};
            double *x;
            weft_array *a;

            for (int d = 0; d < 3; d++)
                l.shape[d] = shapes[k][d];
            a = some_array(g, &state, dtypes[what % 3 + 1], l, &x);
            if (what == WEFT_PROD)
                a = weft_array_astype(a, WEFT_FLOAT64);
            check_reduction(a, x, (enum weft_reduce)what, 1, false);
            weft_graph_free(g);
            free(x);
        }
}

Test(reduce, sums_of_many_chunks_climb_a_tree)
{
    /* 1000 chunks: 1000 partials, 125 + 16 + 2 + 1 combines. */
    weft_graph *g = weft_graph_new();
    weft_array *sum = weft_array_sum(weft_array_range(g, 0, 1, 100000, 100), WEFT_ALL_AXES);

    cr_assert_eq(weft_graph_n_tasks(g), 1000 + 125 + 16 + 2 + 1);
    cr_assert_eq(run_f64(sum), 100000.0 * 99999 / 2);
    weft_graph_free(g);
}

Test(reduce, float_sums_are_pairwise_and_do_not_depend_on_workers)
{
    /* 0.1 is not exact: added one by one, ten million of them are off by 1e-4. */
    const int64_t n = test_scaled(10000000);
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_full(g, WEFT_FLOAT64, 0.1, weft_layout_1d(n, 1 << 17));
    const double want = (double)((long double)n * (long double)0.1);

    cr_assert_float_eq(run_f64(weft_array_sum(x, 0)), want, want * 1e-14);
    weft_graph_free(g);
}

Test(reduce, sums_down_long_columns_keep_their_digits)
{
    const int64_t n = test_scaled(1000000);
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_full(g, WEFT_FLOAT64, 0.1, (struct weft_layout){WEFT_SHAPE(n, 3),
                                                                          .chunks = {.all = 1 << 16}});
    weft_block *out = run_array(weft_array_sum(x, 0));
    const double want = (double)((long double)n * (long double)0.1);

    for (int j = 0; j < 3; j++)
        cr_assert_float_eq(weft_block_f64_at(out, j), want, want * 1e-13);
    weft_block_release(out);
    weft_graph_free(g);
}

Test(reduce, variance_far_from_zero_keeps_its_digits)
{
    /* 1e9 and 0, 1, 2 in turn: the sum of squares has lost every digit of 2/3. */
    weft_graph *g = weft_graph_new();
    const int64_t n = 300000;
    weft_array *x = weft_array_remainder(weft_array_range(g, 0, 1, n, 1000), weft_array_i64(g, 3));
    weft_array *y = weft_array_add(weft_array_f64(g, 1e9), x);
    const struct weft_reduce_spec ddof_1 = {.axis = 0, .ddof = 1};

    cr_assert_float_eq(run_f64(weft_array_var(y, 0)), 2.0 / 3, 1e-9);
    cr_assert_float_eq(run_f64(weft_array_reduce(y, WEFT_VAR, &ddof_1)), 2.0 / 3 * (double)n / (double)(n - 1), 1e-9);
    weft_graph_free(g);
}

Test(reduce, negative_axes_count_from_the_last)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_ones(g, WEFT_INT64, (struct weft_layout){WEFT_SHAPE(2, 3, 4)});

    cr_assert_eq(weft_array_shape(weft_array_sum(x, -1))[1], 3);
    cr_assert_eq(weft_array_shape(weft_array_sum(x, -3))[0], 3);
    weft_graph_free(g);
}

Test(reduce, nan_propagates)
{
    double x[] = {1, NAN, 3, 4, 5, 6};
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_from_memory(g, &(struct weft_memory){
        .dtype = WEFT_FLOAT64, .data = x, .layout = {WEFT_SHAPE(2, 3), .chunks = {.all = 1}}});

    for (int what = WEFT_SUM; what <= WEFT_STD; what++) {
        const struct weft_reduce_spec all = {.axis = WEFT_ALL_AXES}, down = {.axis = 0}, right = {.axis = 1};
        weft_block *b;

        cr_assert(isnan(run_f64(weft_array_reduce(a, (enum weft_reduce)what, &all))));
        b = run_array(weft_array_reduce(a, (enum weft_reduce)what, &down));
        for (int i = 0; i < 3; i++)
            cr_assert_eq(!!isnan(weft_block_f64_at(b, i)), i == 1);
        weft_block_release(b);
        b = run_array(weft_array_reduce(a, (enum weft_reduce)what, &right));
        for (int i = 0; i < 2; i++)
            cr_assert_eq(!!isnan(weft_block_f64_at(b, i)), i == 0);
        weft_block_release(b);
    }
    weft_graph_free(g);
}

Test(reduce, int64_sums_may_leave_the_range_on_the_way_but_not_at_the_end)
{
    int64_t x[] = {INT64_MAX, INT64_MAX, -INT64_MAX, -INT64_MAX, 5, 0};
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_from_memory(g, &(struct weft_memory){
        .dtype = WEFT_INT64, .data = x, .layout = {WEFT_SHAPE(3, 2), .chunks = {.all = 1}}});
    struct weft_error err;

    cr_assert_eq(run_f64(weft_array_sum(a, WEFT_ALL_AXES)), 5);
    cr_assert_eq(fail_array(weft_array_sum(a, 1), &err), WEFT_RANGE);
    cr_assert_str_eq(err.message, "sum: result 0 of 1 leaves int64");
    cr_assert_eq(run_f64(weft_array_mean(a, WEFT_ALL_AXES)), 5.0 / 6);
    weft_graph_free(g);
}

Test(reduce, int64_products_fail_when_they_leave_the_range_unless_a_zero_follows)
{
    int64_t x[] = {INT64_MAX, 2, 3, 0, -1, INT64_MIN, 1, 1};
    weft_graph *g = weft_graph_new();
    struct weft_memory m = {.dtype = WEFT_INT64, .data = x, .layout = weft_layout_1d(3, 1)};
    weft_array *a;

    cr_assert_eq(fail_array(weft_array_prod(weft_array_from_memory(g, &m), 0), NULL), WEFT_RANGE);
    m.layout = weft_layout_1d(4, 1);
    cr_assert_eq(run_f64(weft_array_prod(weft_array_from_memory(g, &m), 0)), 0);
    m.data = x + 4, m.layout = weft_layout_1d(2, 2);
    cr_assert_eq(fail_array(weft_array_prod(weft_array_from_memory(g, &m), 0), NULL), WEFT_RANGE);
    m.data = x + 5, m.layout = (struct weft_layout){WEFT_SHAPE(1, 3)};
    a = weft_array_from_memory(g, &m);
    cr_assert_eq(run_f64(weft_array_prod(a, 1)), -0x1p63);
    cr_assert_eq(run_f64(weft_array_min(weft_array_prod(a, 0), 0)), -0x1p63);
    weft_graph_free(g);
}

/* ---- Of nothing ------------------------------------------------------------------------- */

Test(reduce, of_nothing_the_neutral_element_or_a_reason)
{
    weft_graph *g = weft_graph_new();
    weft_array *none = weft_array_zeros(g, WEFT_INT64, weft_layout_1d(0, 5));
    weft_array *flat = weft_array_zeros(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(0, 3)});
    struct weft_error err;
    weft_block *b;

    cr_assert_eq(run_f64(weft_array_sum(none, 0)), 0);
    cr_assert_eq(run_f64(weft_array_prod(none, 0)), 1);
    cr_assert_eq(run_f64(weft_array_any(none, 0)), 0);
    cr_assert_eq(run_f64(weft_array_all(none, 0)), 1);
    cr_assert_eq(run_f64(weft_array_count_nonzero(none, 0)), 0);
    cr_assert_eq(fail_array(weft_array_max(flat, 0), &err), WEFT_EMPTY);
    cr_assert_str_eq(err.message, "max: shape (0, 3) has no elements along axis 0");
    cr_assert_eq(fail_array(weft_array_mean(none, WEFT_ALL_AXES), &err), WEFT_EMPTY);
    cr_assert_str_eq(err.message, "mean: shape (0) has no elements");
    cr_assert_eq(fail_array(weft_array_var(none, 0), &err), WEFT_EMPTY);
    /* Along the axis that has elements there are simply no results. */
    b = run_array(weft_array_max(flat, 1));
    cr_assert_eq(weft_block_n_elems(b), 0);
    weft_block_release(b);
    b = run_array(weft_array_sum(flat, 0));
    for (int i = 0; i < 3; i++)
        cr_assert_eq(weft_block_f64_at(b, i), 0);
    weft_block_release(b);
    weft_graph_free(g);
}

Test(reduce, empty_chunks_between_others_change_nothing)
{
    static const int64_t cuts[] = {0, 3, 0, 0, 2, 0};
    weft_graph *g = weft_graph_new();
    struct weft_layout l = {WEFT_SHAPE(5), .chunks = {.list = {cuts}, .n_list = {6}}};
    weft_array *x = weft_array_subtract(weft_array_ones(g, WEFT_FLOAT64, l), weft_array_range(g, 0, 1, 5, 5));

    cr_assert_eq(weft_array_n_chunks(weft_array_ones(g, WEFT_FLOAT64, l)), 6);
    for (int kept = 0; kept < 2; kept++) {
        cr_assert_eq(run_f64(weft_array_max(x, 0)), 1);
        cr_assert_eq(run_f64(weft_array_min(x, 0)), -3);
        cr_assert_eq(run_f64(weft_array_sum(x, 0)), -5);
        cr_assert_float_eq(run_f64(weft_array_var(x, 0)), 2, 1e-15);
        x = weft_array_keep(x);
    }
    weft_graph_free(g);
}

Test(reduce, what_makes_no_sense_says_so)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_ones(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(2, 3)});
    const struct weft_reduce_spec ddof = {.axis = 0, .ddof = 2}, below = {.axis = 0, .ddof = -1};
    struct weft_error err;

    cr_assert_eq(weft_array_status(weft_array_sum(x, 2), &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "sum: axis 2 and shape (2, 3)");
    cr_assert_eq(weft_array_status(weft_array_reduce(x, WEFT_VAR, &ddof), &err), WEFT_EMPTY);
    cr_assert_str_eq(err.message, "var: 2 elements and ddof 2");
    cr_assert_eq(weft_array_status(weft_array_reduce(x, WEFT_STD, &below), &err), WEFT_INVALID);
    cr_assert_eq(weft_array_status(weft_array_reduce(x, WEFT_SUM, &ddof), &err), WEFT_OK);
    weft_graph_free(g);
}

Test(reduce, ptp_is_greatest_minus_least)
{
    weft_graph *g = weft_graph_new();

    cr_assert_eq(run_f64(weft_array_ptp(weft_array_range(g, 3, 2, 50, 7), 0)), 98);
    weft_graph_free(g);
}
