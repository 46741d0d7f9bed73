/* test_convert.c - columns as arrays. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/support/frames.h"

/* The whole array as one block, run serially. */
static weft_block *whole(weft_array *a)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    struct weft_value v = weft_value_none();
    struct weft_error err = {0};

    cr_assert_eq(weft_pool_run(pool, weft_array_whole(a), &v, &err), WEFT_OK, "%s", err.message);
    weft_pool_free(pool);
    return weft_value_block(v);
}

Test(convert, every_element_is_the_row_of_its_column)
{
    uint64_t seed = 1;

    for (int parts = 1; parts <= 17; parts += 8)
        for (int holes = 0; holes < N_HOLES; holes++) {
            weft_chunk *all = random_chunk(&seed, 120, 40, 0);
            weft_graph *g = weft_graph_new();
            weft_frame *f = cut_frame(g, &seed, all, parts, parts > 1 || holes == ALL_HOLES ? (enum holes)holes : NO_HOLES);
            const char *const what[] = {"b", "i", "f", "d", "i * 2 + 1"};

            for (int k = 0; k < 5; k++) {
                weft_array *a = weft_frame_to_array(f, what[k]);
                weft_block *b = whole(a);

                cr_assert_eq(weft_array_n_dims(a), 1);
                cr_assert_eq(weft_array_dtype(a), k == 0 ? WEFT_BOOL : k == 2 ? WEFT_FLOAT64 : WEFT_INT64);
                cr_assert_eq(weft_block_n_elems(b), holes == ALL_HOLES ? 0 : 120);
                for (int64_t i = 0; i < weft_block_n_elems(b); i++) {
                    const double x = k == 4 ? 2.0 * weft_chunk_f64_at(all, 1, i) + 1 : weft_chunk_f64_at(all, k, i);

                    cr_assert(weft_block_f64_at(b, i) == x || (isnan(x) && isnan(weft_block_f64_at(b, i))));
                }
                weft_block_release(b);
            }
            weft_chunk_release(all);
            weft_graph_free(g);
        }
}

Test(convert, null_is_nan_in_floats_and_an_error_elsewhere)
{
    const int64_t x[] = {1, 2, 3};
    const uint64_t valid = 5;
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_INT64, .values = x, .valid = &valid};
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_from_columns(g, &column, 1, 3, (struct weft_cut){0});
    weft_block *b = whole(weft_frame_to_array(f, "float64(x)"));

    cr_assert_eq(weft_block_f64_at(b, 0), 1);
    cr_assert(isnan(weft_block_f64_at(b, 1)));
    cr_assert_eq(weft_block_f64_at(b, 2), 3);
    weft_block_release(b);
    fails_with(weft_array_whole(weft_frame_to_array(f, "x")), WEFT_INVALID,
               "to array: \"x\" is null in row 1 of a partition, and int64 has no NaN");
    weft_graph_free(g);
}

Test(convert, rows_must_be_known_and_values_be_numbers)
{
    uint64_t seed = 2;
    weft_chunk *all = random_chunk(&seed, 20, 40, 0);
    weft_graph *g = weft_graph_new();
    weft_frame *f = cut_frame(g, &seed, all, 2, NO_HOLES);
    struct weft_error err;

    cr_assert_eq(weft_array_status(weft_frame_to_array(weft_frame_filter(f, "b"), "i"), &err), WEFT_UNSUPPORTED);
    cr_assert_eq(weft_array_status(weft_frame_to_array(f, "s"), &err), WEFT_TYPE);
    cr_assert_eq(weft_array_status(weft_frame_to_array(f, "z"), &err), WEFT_NOT_FOUND);
    cr_assert_eq(weft_array_status(weft_frame_to_array(weft_frame_column(f, "q"), "z"), &err), WEFT_NOT_FOUND);
    cr_assert_null(weft_frame_to_array(NULL, "z"));
    weft_chunk_release(all);
    weft_graph_free(g);
}
