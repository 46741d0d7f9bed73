/* test_create.c - arrays out of nothing and out of memory have the elements their rule says. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "tests/support/run_array.h"

static const weft_dtype dtypes[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT32, WEFT_FLOAT64};

Test(create, one_value_everywhere_in_every_type)
{
    for (int t = 0; t < 4; t++) {
        weft_graph *g = weft_graph_new();
        const struct weft_layout l = {WEFT_SHAPE(3, 1500), .chunks = {.axis = {2, 1100}}};
        weft_array *all[] = {weft_array_zeros(g, dtypes[t], l), weft_array_ones(g, dtypes[t], l),
                             weft_array_full(g, dtypes[t], 1.5, l)};
        const double want[] = {0, 1, t == 0 || t == 1 ? 1 : 1.5};

        for (int k = 0; k < 3; k++) {
            weft_block *b = run_array(all[k]);

            for (int64_t i = 0; i < 4500; i++)
                cr_assert_eq(weft_block_f64_at(b, i), want[k]);
            weft_block_release(b);
            /* The same as an operand, where it is a constant of the program. */
            cr_assert_eq(run_f64(weft_array_sum(weft_array_add(all[k], all[k]), WEFT_ALL_AXES)), 2 * want[k] * 4500);
        }
        weft_graph_free(g);
    }
}

Test(create, like_another_has_its_shape_and_chunks_and_a_type_of_its_own)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_zeros(g, WEFT_FLOAT64, (struct weft_layout){WEFT_SHAPE(4, 6), .chunks = {.all = 3}});
    weft_array *like[] = {weft_array_zeros_like(a, WEFT_INT64), weft_array_ones_like(a, WEFT_INT64),
                          weft_array_full_like(a, WEFT_INT64, 7), weft_array_empty_like(a, WEFT_INT64)};
    static const double sums[] = {0, 24, 168, 0};

    for (int i = 0; i < 4; i++) {
        cr_assert_eq(weft_array_dtype(like[i]), WEFT_INT64);
        cr_assert_eq(weft_array_n_chunks(like[i]), 4);
        cr_assert_eq(weft_array_shape(like[i])[1], 6);
        cr_assert_eq(run_f64(weft_array_sum(like[i], WEFT_ALL_AXES)), sums[i]);
    }
    weft_graph_free(g);
}

Test(create, int64_takes_no_number_it_cannot_hold)
{
    weft_graph *g = weft_graph_new();
    struct weft_error err;

    cr_assert_eq(weft_array_status(weft_array_full(g, WEFT_INT64, 1e19, weft_layout_1d(2, 1)), &err), WEFT_RANGE);
    cr_assert_str_eq(err.message, "full: 1e+19 leaves int64");
    cr_assert_eq(weft_array_status(weft_array_full(g, WEFT_INT64, NAN, weft_layout_1d(2, 1)), NULL), WEFT_RANGE);
    cr_assert_eq(weft_array_status(weft_array_full(g, WEFT_INT64, -0x1p63, weft_layout_1d(2, 1)), NULL), WEFT_OK);
    weft_graph_free(g);
}

Test(create, range_counts_in_steps_of_any_sign)
{
    weft_graph *g = weft_graph_new();
    weft_block *b = run_array(weft_array_range(g, 10, -3, 5000, 1999));
    struct weft_error err;

    for (int64_t i = 0; i < 5000; i++)
        cr_assert_eq(weft_block_i64_at(b, i), 10 - 3 * i);
    weft_block_release(b);
    cr_assert_eq(weft_array_status(weft_array_range(g, INT64_MAX - 5, 1, 7, 7), &err), WEFT_RANGE);
    cr_assert_eq(weft_array_status(weft_array_range(g, INT64_MAX - 5, 1, 6, 6), &err), WEFT_OK);
    cr_assert_eq(weft_array_status(weft_array_range(g, 0, 1, -1, 6), &err), WEFT_INVALID);
    weft_graph_free(g);
}

Test(create, arange_stops_before_stop)
{
    static const struct { double start, stop, step; int64_t n; } cases[] = {
        {0, 1, 0.1, 10}, {0, 1, 0.3, 4}, {5, 0, -1, 5}, {5, 0, 1, 0}, {2, 2, 1, 0}, {0, 5000, 1, 5000},
    };
    weft_graph *g = weft_graph_new();

    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        weft_array *a = weft_array_arange(g, cases[k].start, cases[k].stop, cases[k].step, 3000);
        weft_block *b = run_array(a);

        cr_assert_eq(weft_block_n_elems(b), cases[k].n);
        for (int64_t i = 0; i < cases[k].n; i++)
            cr_assert_eq(weft_block_f64_at(b, i), cases[k].start + (double)i * cases[k].step);
        weft_block_release(b);
    }
    cr_assert_eq(weft_array_status(weft_array_arange(g, 0, 1, 0, 1), NULL), WEFT_INVALID);
    cr_assert_eq(weft_array_status(weft_array_arange(g, 0, (double)INFINITY, 1, 1), NULL), WEFT_INVALID);
    weft_graph_free(g);
}

Test(create, linspace_ends_where_it_should)
{
    weft_graph *g = weft_graph_new();
    double step;
    weft_block *b = run_array(weft_array_linspace(g, 0, 1, 2501, true, 1000, &step));

    cr_assert_eq(step, 1.0 / 2500);
    for (int64_t i = 0; i < 2500; i++)
        cr_assert_eq(weft_block_f64_at(b, i), (double)i * step);
    cr_assert_eq(weft_block_f64_at(b, 2500), 1, "the end itself, not nearly");
    weft_block_release(b);
    b = run_array(weft_array_linspace(g, 3, 5, 4, false, 4, &step));
    cr_assert_eq(step, 0.5);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(weft_block_f64_at(b, i), 3 + i * 0.5);
    weft_block_release(b);
    cr_assert_eq(run_f64(weft_array_linspace(g, 3, 5, 1, true, 1, &step)), 3);
    cr_assert(isnan(step));
    cr_assert_eq(weft_array_n_elems(weft_array_linspace(g, 3, 5, 0, true, 1, NULL)), 0);
    weft_graph_free(g);
}

Test(create, logspace_is_the_power_of_linspace)
{
    weft_graph *g = weft_graph_new();
    weft_block *b = run_array(weft_array_logspace(g, 10, 0, 3, 4, true, 2));

    for (int i = 0; i < 4; i++)
        cr_assert_float_eq(weft_block_f64_at(b, i), pow(10, i), 1e-10);
    weft_block_release(b);
    weft_graph_free(g);
}

/* ---- From memory --------------------------------------------------------------------- */

Test(create, memory_is_read_through_its_strides)
{
    /* The transpose of 40 x 30, its rows backwards: element (i, j) is x[39 - j][i]. */
    double x[40][30];
    weft_graph *g = weft_graph_new();
    struct weft_memory m = {.dtype = WEFT_FLOAT64, .data = &x[39][0],
                            .layout = {WEFT_SHAPE(30, 40), .chunks = {.axis = {7, 11}}},
                            .stride_bytes = {sizeof(double), -(int64_t)sizeof x[0]}};
    weft_array *a;
    weft_block *b;

    for (int i = 0; i < 40; i++)
        for (int j = 0; j < 30; j++)
            x[i][j] = i * 100 + j;
    a = weft_array_from_memory(g, &m);
    for (int pass = 0; pass < 2; pass++) {
        b = run_array(pass ? weft_array_add(a, weft_array_i64(g, 0)) : a);
        for (int i = 0; i < 30; i++)
            for (int j = 0; j < 40; j++)
                cr_assert_eq(weft_block_f64_at(b, i * 40 + j), x[39 - j][i]);
        weft_block_release(b);
    }
    weft_graph_free(g);
}

Test(create, every_width_of_element_is_read_through_strides)
{
    for (int t = 0; t < 4; t++) {
        union { uint8_t b[200]; int64_t i64[200]; float f32[200]; double f64[200]; } x;
        const int64_t size = (int64_t)weft_dtype_size(dtypes[t]);
        weft_graph *g = weft_graph_new();
        struct weft_memory m = {.dtype = dtypes[t], .data = &x, .layout = {WEFT_SHAPE(50)},
                                .stride_bytes = {3 * size}};
        weft_block *b;

        for (int i = 0; i < 200; i++)
            switch (dtypes[t]) {
            case WEFT_BOOL:    x.b[i] = i % 2; break;
            case WEFT_INT64:   x.i64[i] = i; break;
            case WEFT_FLOAT32: x.f32[i] = (float)i; break;
            default:           x.f64[i] = i;
            }
        b = run_array(weft_array_from_memory(g, &m));
        for (int i = 0; i < 50; i++)
            cr_assert_eq(weft_block_i64_at(b, i), t == 0 ? 3 * i % 2 : 3 * i);
        weft_block_release(b);
        weft_graph_free(g);
    }
}

Test(create, memory_in_order_is_not_copied)
{
    double x[1000];
    weft_graph *g = weft_graph_new();
    struct weft_memory m = {.dtype = WEFT_FLOAT64, .data = x, .layout = weft_layout_1d(1000, 250)};
    weft_pool *pool = weft_pool_new(NULL);
    struct weft_value v;

    for (int i = 0; i < 1000; i++)
        x[i] = i;
    cr_assert_eq(weft_pool_run(pool, weft_array_chunk_task(weft_array_from_memory(g, &m), &(int64_t){2}), &v, NULL),
                 WEFT_OK);
    cr_assert_eq(weft_block_data(weft_value_block(v)), x + 500);
    weft_value_release(v);
    weft_pool_free(pool);
    weft_graph_free(g);
}

static int n_freed;

static void count_free(void *data)
{
    free(data);
    n_freed++;
}

Test(create, memory_is_given_back_once_after_its_last_user)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(NULL);
    struct weft_memory m = {.dtype = WEFT_FLOAT64, .data = calloc(100, 8), .layout = weft_layout_1d(100, 100),
                            .free_data = count_free};
    struct weft_value v;

    n_freed = 0;
    cr_assert_eq(weft_pool_run(pool, weft_array_whole(weft_array_from_memory(g, &m)), &v, NULL), WEFT_OK);
    weft_graph_free(g);
    cr_assert_eq(n_freed, 0, "the block is still there");
    cr_assert_eq(weft_block_f64_at(weft_value_block(v), 99), 0);
    weft_value_release(v);
    cr_assert_eq(n_freed, 1);
    /* Also when there is no array. */
    g = weft_graph_new();
    m.data = calloc(100, 8);
    m.layout.shape[0] = -1;
    cr_assert_eq(weft_array_status(weft_array_from_memory(g, &m), NULL), WEFT_INVALID);
    cr_assert_eq(n_freed, 2);
    m.data = calloc(100, 8);
    cr_assert_null(weft_array_from_memory(NULL, &m));
    cr_assert_eq(n_freed, 3);
    weft_pool_free(pool);
    weft_graph_free(g);
}

static void key_of(weft_array *a, char key[128])
{
    weft_task_key(weft_array_whole(a), key, 128);
}

Test(create, keys_of_memory_come_from_its_elements_or_its_name)
{
    double x[] = {1, 9, 2, 9, 3, 9}, y[] = {1, 2, 3}, z[] = {1, 2, 4};
    weft_graph *g = weft_graph_new();
    struct weft_memory m = {.dtype = WEFT_FLOAT64, .data = x, .layout = weft_layout_1d(3, 3), .stride_bytes = {16}};
    char strided[128], plain[128], other[128], named[128], same_name[128];

    key_of(weft_array_from_memory(g, &m), strided);
    m.stride_bytes[0] = 0, m.data = y;
    key_of(weft_array_from_memory(g, &m), plain);
    m.data = z;
    key_of(weft_array_from_memory(g, &m), other);
    m.name = "prices";
    key_of(weft_array_from_memory(g, &m), named);
    m.data = y;
    key_of(weft_array_from_memory(g, &m), same_name);
    cr_assert_str_eq(strided, plain);
    cr_assert_str_neq(plain, other);
    cr_assert_str_eq(named, same_name);
    cr_assert_eq(strncmp(named, "prices-", 7), 0, "%s", named);
    weft_graph_free(g);
}

Test(create, memory_that_loads_cannot_reach_is_refused)
{
    double x[4] = {0};
    weft_graph *g = weft_graph_new();
    struct weft_memory m = {.dtype = WEFT_FLOAT64, .data = x, .layout = weft_layout_1d(2, 2), .stride_bytes = {12}};
    struct weft_error err;

    cr_assert_eq(weft_array_status(weft_array_from_memory(g, &m), &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "from_memory: stride of axis 0 is 12 bytes, no multiple of 8");
    m.stride_bytes[0] = 8, m.data = (char *)x + 4;
    cr_assert_eq(weft_array_status(weft_array_from_memory(g, &m), &err), WEFT_INVALID);
    weft_graph_free(g);
}
