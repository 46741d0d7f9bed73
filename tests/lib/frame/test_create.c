/* test_create.c - frames over memory: what they say before a run and give after it. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "tests/support/frames.h"

Test(create, ten_partitions_of_44060_rows_have_the_known_divisions)
{
    enum { N = 44060 };
    int64_t *x = malloc(N * sizeof *x);
    weft_graph *g = weft_graph_new();
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_INT64, .values = x};
    weft_frame *f;

    for (int64_t i = 0; i < N; i++)
        x[i] = i;
    f = weft_frame_from_columns(g, &column, 1, N, (struct weft_cut){.n_partitions = 10});
    for (int i = 0; i < 10; i++)
        cr_assert_eq(weft_frame_divisions(f)[i], 4406 * i);
    cr_assert_eq(weft_frame_divisions(f)[10], 44059);
    for (int i = 0; i < 10; i++) {
        weft_chunk *c = frame_chunk(weft_frame_partition(f, i));

        cr_assert_eq(weft_chunk_i64_at(c, 0, 0), weft_frame_divisions(f)[i]);
        weft_chunk_release(c);
    }
    cr_assert_null(weft_frame_divisions(weft_frame_clear_divisions(f)));
    cr_assert_eq(weft_frame_n_rows(f), N);
    weft_graph_free(g);
    free(x);
}

Test(create, numbers_are_used_where_they_lie_and_given_back_at_the_end)
{
    enum { N = 1000 };
    double *x = malloc(N * sizeof *x);
    weft_graph *g = weft_graph_new();
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_FLOAT64, .values = x, .free_data = free};
    weft_frame *f;
    weft_chunk *c;

    for (int i = 0; i < N; i++)
        x[i] = i;
    f = weft_frame_from_columns(g, &column, 1, N, (struct weft_cut){.chunk_rows = 300});
    cr_assert_eq(weft_frame_n_partitions(f), 4);
    c = frame_chunk(weft_frame_partition(f, 1));
    cr_assert_eq(weft_chunk_values(c, 0), x + 300);
    weft_graph_free(g);
    cr_assert_eq(weft_chunk_f64_at(c, 0, 299), 599); /* the chunk holds what it looks at */
    weft_chunk_release(c);
}

static int n_given_back;
static void give_back(void *values)
{
    (void)values;
    n_given_back++;
}

Test(create, values_are_given_back_whatever_comes_of_it)
{
    const int64_t x[] = {1, 2};
    const struct weft_column_spec twice[] = {
        {.name = "x", .dtype = WEFT_INT64, .values = x, .free_data = give_back},
        {.name = "x", .dtype = WEFT_INT64, .values = x, .free_data = give_back}};
    const struct weft_column_spec bad[] = {
        {.name = "x", .dtype = WEFT_INT64, .values = x, .free_data = give_back},
        {.name = "y", .dtype = WEFT_FLOAT32, .values = x, .free_data = give_back},
        {.name = "z", .dtype = WEFT_INT64, .values = x, .free_data = give_back}};
    weft_graph *g = weft_graph_new();

    frame_fails_with(weft_frame_from_columns(g, twice, 2, 2, (struct weft_cut){0}), WEFT_DUPLICATE,
                     "two columns are called \"x\"");
    cr_assert_eq(n_given_back, 2);
    frame_fails_with(weft_frame_from_columns(g, bad, 3, 2, (struct weft_cut){0}), WEFT_TYPE,
                     "column \"y\" is float32; frames hold");
    cr_assert_eq(n_given_back, 5);
    cr_assert_null(weft_frame_from_columns(NULL, bad, 3, 2, (struct weft_cut){0}));
    cr_assert_eq(n_given_back, 8);
    weft_graph_free(g);
}

Test(create, every_type_comes_in_with_its_nulls)
{
    const uint8_t b[] = {1, 0, 1, 1};
    const int32_t d[] = {0, 1, -1, 20000};
    const double f[] = {1.5, NAN, 2, 3};
    const int32_t offsets[] = {0, 3, 3, 30, 31};
    const uint64_t valid = 0xb; /* row 2 is null */
    const struct weft_column_spec columns[] = {
        {.name = "b", .dtype = WEFT_BOOL, .values = b, .valid = &valid},
        {.name = "d", .dtype = WEFT_DATE, .values = d, .valid = &valid},
        {.name = "f", .dtype = WEFT_FLOAT64, .values = f},
        {.name = "s", .dtype = WEFT_STRING, .values = "abca text of twenty-seven let.x", .offsets = offsets},
        {.name = "t", .dtype = WEFT_STRING, .texts = (const char *const[]){"", NULL, "a text that is long", "b"}}};

    for (int n = 1; n <= 6; n++) {
        weft_graph *g = weft_graph_new();
        weft_frame *frame = weft_frame_from_columns(g, columns, 5, 4, (struct weft_cut){.n_partitions = n});
        weft_chunk *c = frame_rows(frame);

        cr_assert_eq(weft_chunk_n_rows(c), 4);
        for (int i = 0; i < 4; i++) {
            cr_assert_eq(weft_chunk_is_null(c, 0, i), i == 2);
            cr_assert_eq(weft_chunk_is_null(c, 1, i), i == 2);
            cr_assert_eq(weft_chunk_i64_at(c, 0, i), i == 2 ? 0 : b[i]);
            cr_assert_eq(weft_chunk_i64_at(c, 1, i), i == 2 ? 0 : d[i]);
            cr_assert_not(weft_chunk_is_null(c, 2, i)); /* NaN is a value */
            cr_assert_eq(weft_chunk_text_at(c, 3, i).len, offsets[i + 1] - offsets[i]);
            cr_assert_eq(weft_chunk_is_null(c, 4, i), i == 1);
        }
        cr_assert_eq(memcmp(weft_chunk_text_at(c, 3, 2).ptr, "a text of twenty-seven let.", 27), 0);
        cr_assert_eq(memcmp(weft_chunk_text_at(c, 4, 2).ptr, "a text that is long", 19), 0);
        cr_assert_eq(weft_frame_divisions(frame) == NULL, n > 4);
        weft_chunk_release(c);
        weft_graph_free(g);
    }
}

Test(create, no_rows_and_no_columns_are_fine)
{
    weft_graph *g = weft_graph_new();
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_INT64};
    weft_frame *no_rows = weft_frame_from_columns(g, &column, 1, 0, (struct weft_cut){.n_partitions = 3});
    weft_frame *no_columns = weft_frame_from_columns(g, NULL, 0, 7, (struct weft_cut){.n_partitions = 3});
    weft_chunk *c = frame_rows(no_rows);

    cr_assert_eq(weft_chunk_n_rows(c), 0);
    cr_assert_eq(weft_chunk_n_columns(c), 1);
    cr_assert_null(weft_frame_divisions(no_rows));
    cr_assert_eq(frame_i64(weft_frame_size(no_columns)), 7);
    weft_chunk_release(c);
    weft_graph_free(g);
}

Test(create, what_cannot_be_a_column_is_told_by_name_and_row)
{
    const uint8_t b[] = {1, 2};
    const int32_t offsets[] = {0, 3, 2};
    const struct weft_column_spec bad_bool = {.name = "b", .dtype = WEFT_BOOL, .values = b};
    const struct weft_column_spec bad_text = {.name = "s", .dtype = WEFT_STRING, .values = "abc", .offsets = offsets};
    const struct weft_column_spec nothing = {.name = "x", .dtype = WEFT_INT64};
    weft_graph *g = weft_graph_new();

    frame_fails_with(weft_frame_from_columns(g, &bad_bool, 1, 2, (struct weft_cut){0}), WEFT_INVALID,
                     "column \"b\" is bool and row 1 holds 2");
    frame_fails_with(weft_frame_from_columns(g, &bad_text, 1, 2, (struct weft_cut){0}), WEFT_INVALID,
                     "column \"s\", row 1: offsets 3 and 2 go back");
    frame_fails_with(weft_frame_from_columns(g, &nothing, 1, 2, (struct weft_cut){0}), WEFT_INVALID,
                     "column \"x\" has 2 rows and no values");
    frame_fails_with(weft_frame_from_columns(g, &nothing, 1, 2, (struct weft_cut){.n_partitions = -1}), WEFT_INVALID,
                     "-1 partitions");
    weft_graph_free(g);
}

Test(create, chunks_of_different_columns_are_refused)
{
    uint64_t seed = 1;
    weft_chunk *a = random_chunk(&seed, 5, 5, 0), *b = random_chunk(&seed, 5, 5, 0);
    weft_graph *g = weft_graph_new();

    b->schema->names[2][0] = 'g';
    frame_fails_with(weft_frame_from_chunks(g, (weft_chunk *[]){a, b}, 2), WEFT_INVALID,
                     "column 2 is \"g\" of float64 in chunk 1 and \"f\" of float64 in the first");
    weft_chunk_release(a);
    weft_chunk_release(b);
    weft_graph_free(g);
}

Test(create, partition_numbers_out_of_range_are_told)
{
    const int64_t x[] = {1, 2};
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_INT64, .values = x};
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_from_columns(g, &column, 1, 2, (struct weft_cut){.n_partitions = 2});

    fails_with(weft_frame_partition(f, 2), WEFT_INVALID, "partition: number 2 of a frame with 2 partitions");
    fails_with(weft_frame_partition(f, -1), WEFT_INVALID, "number -1");
    weft_graph_free(g);
}

Test(create, a_null_graph_gives_null_frames_and_they_are_passed_on)
{
    weft_frame *f = weft_frame_from_chunks(NULL, NULL, 0);
    struct weft_error err;

    cr_assert_null(f);
    cr_assert_null(weft_frame_sort(weft_frame_column(f, "x"), "x", WEFT_ASCENDING));
    cr_assert_eq(weft_frame_status(f, &err), WEFT_NOMEM);
    fails_with(weft_frame_sum(f, "x"), WEFT_NOMEM, "");
}
