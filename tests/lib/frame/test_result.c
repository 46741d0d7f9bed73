/* test_result.c - all rows to one number, against plain loops. */
#include <criterion/criterion.h>
#include <math.h>

#include "tests/support/frames.h"

static const char *const names[] = {"b", "i", "f", "d", "s"};

/* The number in a cell; NaN for null. */
static double cell(const weft_chunk *c, int column, int64_t row)
{
    return weft_chunk_f64_at(c, column, row);
}

static bool has_value(const weft_chunk *c, int column, int64_t row)
{
    return !weft_chunk_is_null(c, column, row)
        && (weft_chunk_dtype(c, column) != WEFT_FLOAT64 || !isnan(cell(c, column, row)));
}

static bool close_to(double x, double y)
{
    return (isnan(x) && isnan(y)) || fabs(x - y) <= 1e-11 * (1 + fabs(y));
}

/* What one aggregate of `column` over the rows in a group is. */
struct plain {
    int64_t size, count;
    double  sum, mean, std, min, max;
};

static struct plain plain_of(const weft_chunk *c, int column, const bool *in_group)
{
    struct plain p = {.min = NAN, .max = NAN, .mean = NAN, .std = NAN};
    double m2 = 0;

    for (int64_t i = 0; i < c->n_rows; i++) {
        p.size += in_group[i];
        if (!in_group[i] || !has_value(c, column, i))
            continue;
        p.count++;
        p.sum += cell(c, column, i);
        p.min = !(cell(c, column, i) >= p.min) ? cell(c, column, i) : p.min;
        p.max = !(cell(c, column, i) <= p.max) ? cell(c, column, i) : p.max;
    }
    if (p.count)
        p.mean = p.sum / (double)p.count;
    for (int64_t i = 0; i < c->n_rows; i++)
        if (in_group[i] && has_value(c, column, i))
            m2 += (cell(c, column, i) - p.mean) * (cell(c, column, i) - p.mean);
    if (p.count > 1)
        p.std = sqrt(m2 / (double)(p.count - 1));
    return p;
}

Test(result, numbers_of_any_partitions_are_the_plain_loop)
{
    uint64_t seed = 6;

    for (int p = 1; p <= 17; p += 4)
        for (int holes = 0; holes < N_HOLES; holes++)
            for (int nulls = 0; nulls <= 100; nulls += 50) {
                weft_chunk *all = random_chunk(&seed, 300, 200, nulls);
                weft_graph *g = weft_graph_new();
                weft_frame *f = cut_frame(g, &seed, all, p, p > 1 || holes == ALL_HOLES ? (enum holes)holes : NO_HOLES);
                bool in_group[300];

                for (int64_t i = 0; i < 300; i++)
                    in_group[i] = holes != ALL_HOLES;
                for (int what = 0; what < 3; what++) {
                    const struct plain q = plain_of(all, what, in_group);

                    cr_assert(close_to(frame_f64(weft_frame_sum(f, names[what])), q.sum));
                    cr_assert(close_to(frame_f64(weft_frame_mean(f, names[what])), q.mean));
                    cr_assert(close_to(frame_f64(weft_frame_min(f, names[what])), q.min));
                    cr_assert(close_to(frame_f64(weft_frame_max(f, names[what])), q.max));
                    cr_assert(close_to(frame_f64(weft_frame_std(f, names[what])), q.std));
                    cr_assert_eq(frame_i64(weft_frame_count(f, names[what])), q.count);
                }
                cr_assert_eq(frame_i64(weft_frame_size(f)), holes == ALL_HOLES ? 0 : 300);
                cr_assert_eq(frame_i64(weft_frame_size(weft_frame_filter(f, "true"))), holes == ALL_HOLES ? 0 : 300);
                weft_chunk_release(all);
                weft_graph_free(g);
            }
}

Test(result, the_least_string_is_a_chunk_of_one_row)
{
    const char *const s[] = {"pear", NULL, "a fig from the north", "a fig from the south", "quince"};
    weft_graph *g = weft_graph_new();
    const struct weft_column_spec column = {.name = "s", .dtype = WEFT_STRING, .texts = s};
    weft_frame *f = weft_frame_from_columns(g, &column, 1, 5, (struct weft_cut){.n_partitions = 3});
    weft_chunk *c = frame_chunk(weft_frame_min(f, "s"));

    cr_assert_eq(weft_chunk_n_rows(c), 1);
    cr_assert_eq(weft_chunk_text_at(c, 0, 0).len, 20);
    cr_assert_eq(memcmp(weft_chunk_text_at(c, 0, 0).ptr, s[2], 20), 0);
    weft_chunk_release(c);
    weft_graph_free(g);
}

Test(result, an_integer_sum_that_leaves_int64_fails_and_its_mean_does_not)
{
    const int64_t x[] = {INT64_MAX, 1, INT64_MAX, -1};
    weft_graph *g = weft_graph_new();
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_INT64, .values = x};
    weft_frame *f = weft_frame_from_columns(g, &column, 1, 4, (struct weft_cut){.n_partitions = 2});
    weft_frame *first = weft_frame_from_columns(g, &column, 1, 2, (struct weft_cut){0});

    fails_with(weft_frame_sum(f, "x"), WEFT_RANGE, "sum: \"x\" sums up to 1.8446744073709552e+19");
    fails_with(weft_frame_sum(first, "x"), WEFT_RANGE, "which int64 does not hold");
    cr_assert_eq(frame_f64(weft_frame_mean(f, "x")), 0x1p62);
    weft_graph_free(g);
}

Test(result, a_sum_may_pass_int64_on_its_way)
{
    const int64_t x[] = {INT64_MAX, INT64_MAX, INT64_MIN, INT64_MIN, 5};
    weft_graph *g = weft_graph_new();
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_INT64, .values = x};

    for (int n = 1; n <= 5; n++) {
        weft_frame *f = weft_frame_from_columns(g, &column, 1, 5, (struct weft_cut){.n_partitions = n});

        cr_assert_eq(frame_i64(weft_frame_sum(f, "x")), 3);
    }
    weft_graph_free(g);
}

Test(result, no_keys_make_a_frame_of_one_row_with_nulls)
{
    const int64_t x[] = {4, 2};
    weft_graph *g = weft_graph_new();
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_INT64, .values = x};
    weft_frame *f = weft_frame_from_columns(g, &column, 1, 2, (struct weft_cut){.n_partitions = 3});
    const struct weft_agg aggs[] = {{WEFT_AGG_SUM, "x", NULL}, {WEFT_AGG_MIN, "x * 10", "least"}, {WEFT_AGG_SIZE, NULL, NULL}};
    weft_chunk *c = frame_rows(weft_frame_group(f, NULL, 0, aggs, 3, NULL));

    cr_assert_eq(weft_chunk_n_rows(c), 1);
    cr_assert_eq(weft_chunk_i64_at(c, 0, 0), 6);
    cr_assert_eq(weft_chunk_i64_at(c, 1, 0), 20);
    cr_assert_eq(weft_chunk_i64_at(c, 2, 0), 2);
    weft_chunk_release(c);
    c = frame_rows(weft_frame_group(weft_frame_filter(f, "x > 9"), NULL, 0, aggs, 3, NULL));
    cr_assert_eq(weft_chunk_n_rows(c), 1);
    cr_assert_eq(weft_chunk_i64_at(c, 0, 0), 0);
    cr_assert_not(weft_chunk_is_null(c, 0, 0));
    cr_assert(weft_chunk_is_null(c, 1, 0));
    weft_chunk_release(c);
    weft_graph_free(g);
}
