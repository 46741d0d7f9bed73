/* test_group.c - groups and counts of values against plain loops over all rows. */
#include <criterion/criterion.h>
#include <math.h>

#include "lib/data/builder.h"
#include "tests/support/frames.h"
#include "tests/support/nomem.h"

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

/* Rows of `all` whose keys are those of row `row` of `result`; whether there is one with a null key. */
static void rows_of_group(const weft_chunk *all, const int *keys, int n_keys, const weft_chunk *result, int64_t row,
                          bool *in_group)
{
    for (int64_t i = 0; i < all->n_rows; i++) {
        in_group[i] = true;
        for (int k = 0; k < n_keys; k++)
            in_group[i] = in_group[i] && same_key(all->columns[keys[k]], i, result->columns[k], row);
    }
}

/* Every row is in a group, or has a null key and is dropped; groups are told apart. */
static void check_groups(const weft_chunk *all, const int *keys, int n_keys, bool keep_nulls, const weft_chunk *result)
{
    bool *in_group = malloc((size_t)all->n_rows + 1);
    int64_t n_covered = 0, n_kept = 0;

    for (int64_t i = 0; i < all->n_rows; i++) {
        bool is_null = false;

        for (int k = 0; k < n_keys; k++)
            is_null = is_null || weft_chunk_is_null(all, keys[k], i);
        n_kept += keep_nulls || !is_null;
    }
    for (int64_t row = 0; row < result->n_rows; row++) {
        int64_t size = 0;

        rows_of_group(all, keys, n_keys, result, row, in_group);
        for (int64_t i = 0; i < all->n_rows; i++)
            size += in_group[i];
        cr_assert_gt(size, 0);
        n_covered += size;
        for (int what = 0, at = n_keys; what < 3; what++) { /* b, i, f */
            const struct plain p = plain_of(all, what, in_group);

            cr_assert(close_to(cell(result, at++, row), p.sum));
            cr_assert(close_to(cell(result, at++, row), p.mean));
            cr_assert(close_to(cell(result, at++, row), p.min));
            cr_assert(close_to(cell(result, at++, row), p.max));
            cr_assert(close_to(cell(result, at++, row), p.std));
            cr_assert_eq(weft_chunk_i64_at(result, at, row), p.count);
            at++;
            if (what == 2)
                cr_assert_eq(weft_chunk_i64_at(result, at, row), p.size);
        }
    }
    cr_assert_eq(n_covered, n_kept);
    free(in_group);
}

static weft_frame *group_all(weft_frame *f, const char *const *keys, int n_keys, const struct weft_group_spec *spec)
{
    struct weft_agg aggs[19];
    int n = 0;

    for (int what = 0; what < 3; what++)
        for (int kind = WEFT_AGG_SUM; kind <= WEFT_AGG_COUNT; kind++)
            aggs[n++] = (struct weft_agg){.kind = (enum weft_agg_kind)kind, .what = names[what]};
    aggs[n++] = (struct weft_agg){.kind = WEFT_AGG_SIZE};
    return weft_frame_group(f, keys, n_keys, aggs, n, spec);
}

Test(group, one_key_of_every_type_in_any_partitions_is_the_plain_loop)
{
    const int partitions[] = {1, 2, 3, 8, 9, 17};
    uint64_t seed = 1;
    weft_chunk *all = random_chunk(&seed, 400, 12, 15);

    for (int key = 0; key < 5; key++)
        for (size_t p = 0; p < sizeof partitions / sizeof *partitions; p++)
            for (int holes = 0; holes < ALL_HOLES; holes++) {
                weft_graph *g = weft_graph_new();
                weft_frame *f = cut_frame(g, &seed, all, partitions[p],
                                          partitions[p] > 1 ? (enum holes)holes : NO_HOLES);
                const bool keep = holes == HOLE_MIDDLE;
                weft_chunk *result = frame_rows(group_all(f, &names[key], 1, &(struct weft_group_spec){.keep_nulls = keep}));

                check_groups(all, &key, 1, keep, result);
                weft_chunk_release(result);
                weft_graph_free(g);
            }
    weft_chunk_release(all);
}

Test(group, two_keys_make_a_group_of_each_pair)
{
    uint64_t seed = 2;
    weft_chunk *all = random_chunk(&seed, 300, 5, 10);

    for (int a = 0; a < 5; a++)
        for (int b = 0; b < 5; b++) {
            const int keys[] = {a, b};
            const char *const key_names[] = {names[a], names[b]};
            weft_graph *g = weft_graph_new();
            weft_chunk *result;

            if (a == b) {
                weft_graph_free(g);
                continue;
            }
            result = frame_rows(group_all(cut_frame(g, &seed, all, 5, HOLE_MIDDLE), key_names, 2,
                                         &(struct weft_group_spec){.keep_nulls = a < b}));
            check_groups(all, keys, 2, a < b, result);
            weft_chunk_release(result);
            weft_graph_free(g);
        }
    weft_chunk_release(all);
}

Test(group, groups_are_sorted_by_their_keys_or_stand_as_they_first_appear)
{
    const int64_t x[] = {3, 1, 3, 2, 1, 9};
    const char *const s[] = {"b", "a", "b", "a", "b", NULL};
    weft_graph *g = weft_graph_new();
    const struct weft_column_spec columns[] = {{.name = "x", .dtype = WEFT_INT64, .values = x},
                                               {.name = "s", .dtype = WEFT_STRING, .texts = s}};
    weft_frame *f = weft_frame_from_columns(g, columns, 2, 6, (struct weft_cut){.n_partitions = 3});
    const struct weft_group_spec unsorted = {.unsorted = true}, keep = {.keep_nulls = true};
    weft_chunk *c = frame_rows(weft_frame_group(f, WEFT_NAMES("s", "x"), NULL, 0, NULL));
    const int64_t sorted_x[] = {1, 2, 1, 3}, first_x[] = {3, 1, 2, 1};

    cr_assert_eq(weft_chunk_n_columns(c), 2);
    cr_assert_eq(weft_chunk_n_rows(c), 4);
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(weft_chunk_i64_at(c, 1, i), sorted_x[i]);
        cr_assert_eq(weft_chunk_text_at(c, 0, i).ptr[0], i < 2 ? 'a' : 'b');
    }
    weft_chunk_release(c);
    c = frame_rows(weft_frame_group(f, WEFT_NAMES("s", "x"), NULL, 0, &unsorted));
    cr_assert_eq(weft_chunk_n_rows(c), 4);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(weft_chunk_i64_at(c, 1, i), first_x[i]);
    weft_chunk_release(c);
    c = frame_rows(weft_frame_group(f, WEFT_NAMES("s"), NULL, 0, &keep));
    cr_assert_eq(weft_chunk_n_rows(c), 3);
    cr_assert(weft_chunk_is_null(c, 0, 2));
    weft_chunk_release(c);
    weft_graph_free(g);
}

Test(group, columns_are_named_and_typed_before_anything_runs)
{
    uint64_t seed = 3;
    weft_chunk *all = random_chunk(&seed, 10, 5, 0);
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_group(cut_frame(g, &seed, all, 2, NO_HOLES), WEFT_NAMES("d"),
                                     WEFT_AGGS({WEFT_AGG_SUM, "b"}, {WEFT_AGG_MEAN, "i", "average"}, {WEFT_AGG_SIZE},
                                               {WEFT_AGG_MIN, "s"}, {WEFT_AGG_MAX, "d"}, {WEFT_AGG_SUM, "f"}), NULL);
    const char *const called[] = {"d", "b_sum", "average", "size", "s_min", "d_max", "f_sum"};
    const weft_dtype dtypes[] = {WEFT_DATE, WEFT_INT64, WEFT_FLOAT64, WEFT_INT64, WEFT_STRING, WEFT_DATE, WEFT_FLOAT64};
    weft_chunk *c = frame_rows(f);

    cr_assert_eq(weft_frame_n_columns(f), 7);
    for (int i = 0; i < 7; i++) {
        cr_assert_str_eq(weft_frame_name(f, i), called[i]);
        cr_assert_eq(weft_frame_dtype(f, i), dtypes[i]);
        cr_assert_str_eq(weft_chunk_name(c, i), called[i]);
        cr_assert_eq(weft_chunk_dtype(c, i), dtypes[i]);
    }
    cr_assert_null(weft_frame_divisions(f));
    cr_assert_eq(weft_frame_n_partitions(f), 1);
    weft_chunk_release(c);
    weft_chunk_release(all);
    weft_graph_free(g);
}

Test(group, a_group_of_a_group_is_a_frame_like_any_other)
{
    uint64_t seed = 4;
    weft_chunk *all = random_chunk(&seed, 500, 30, 0);
    weft_graph *g = weft_graph_new();
    weft_frame *f = cut_frame(g, &seed, all, 4, NO_HOLES);
    weft_frame *sizes = weft_frame_group(f, WEFT_NAMES("i"), WEFT_AGGS({WEFT_AGG_SIZE}), NULL);

    cr_assert_eq(frame_i64(weft_frame_sum(sizes, "size")), 500);
    cr_assert_eq(frame_i64(weft_frame_size(sizes)),
                 frame_i64(weft_frame_size(weft_frame_group(f, WEFT_NAMES("i"), NULL, 0, NULL))));
    weft_chunk_release(all);
    weft_graph_free(g);
}

Test(group, names_that_collide_and_types_that_do_not_fit_are_told)
{
    uint64_t seed = 5;
    weft_chunk *all = random_chunk(&seed, 10, 5, 0);
    weft_graph *g = weft_graph_new();
    weft_frame *f = cut_frame(g, &seed, all, 2, NO_HOLES);

    frame_fails_with(weft_frame_group(f, WEFT_NAMES("b"), WEFT_AGGS({WEFT_AGG_SUM, "i"}, {WEFT_AGG_SUM, "i"}), NULL),
                     WEFT_DUPLICATE, "two columns of the result are called \"i_sum\"");
    frame_fails_with(weft_frame_group(f, WEFT_NAMES("b"), WEFT_AGGS({WEFT_AGG_MEAN, "s"}), NULL), WEFT_TYPE,
                     "mean: \"s\" is string, not a number");
    frame_fails_with(weft_frame_group(f, WEFT_NAMES("b"), WEFT_AGGS({WEFT_AGG_MEAN}), NULL), WEFT_INVALID,
                     "a mean of nothing");
    fails_with(weft_frame_sum(f, "d"), WEFT_TYPE, "sum: \"d\" is date, not a number");
    weft_chunk_release(all);
    weft_graph_free(g);
}

/* ---- Counts of values ------------------------------------------------------------------- */

Test(value_counts, the_most_frequent_comes_first_and_ties_as_they_appear)
{
    const char *const s[] = {"c", "a", "b", NULL, "b", "c", "d", "a", "e", "b"};
    const char *const expected[] = {"b", "c", "a", "d", "e"};
    const int64_t counts[] = {3, 2, 2, 1, 1};
    const struct weft_column_spec column = {.name = "s", .dtype = WEFT_STRING, .texts = s};

    for (int n = 1; n <= 12; n++) {
        weft_graph *g = weft_graph_new();
        weft_frame *f = weft_frame_value_counts(
            weft_frame_from_columns(g, &column, 1, 10, (struct weft_cut){.n_partitions = n}), "s");
        weft_chunk *c = frame_rows(f);

        cr_assert_str_eq(weft_chunk_name(c, 0), "s");
        cr_assert_str_eq(weft_chunk_name(c, 1), "count");
        cr_assert_eq(weft_chunk_n_rows(c), 5);
        for (int i = 0; i < 5; i++) {
            cr_assert_eq(weft_chunk_text_at(c, 0, i).ptr[0], expected[i][0]);
            cr_assert_eq(weft_chunk_i64_at(c, 1, i), counts[i]);
        }
        weft_chunk_release(c);
        weft_graph_free(g);
    }
}

/* ---- Memory ------------------------------------------------------------------------------- */

static weft_status groups_of_strings(void *arg)
{
    static const char *const s[] = {"red", "a long name of a colour", "red", NULL, "a long name of a colour", "blue"};
    static const int64_t x[] = {1, 2, 3, 4, 5, 6};
    const struct weft_column_spec columns[] = {{.name = "s", .dtype = WEFT_STRING, .texts = s},
                                               {.name = "x", .dtype = WEFT_INT64, .values = x}};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_frame *f = weft_frame_from_columns(g, columns, 2, 6, (struct weft_cut){.n_partitions = 10});
    weft_frame *grouped = weft_frame_group(f, WEFT_NAMES("s", "x"), WEFT_AGGS({WEFT_AGG_MEAN, "x"}, {WEFT_AGG_MAX, "s"}),
                                           NULL);
    struct weft_value v = weft_value_none();
    weft_status st = pool ? weft_pool_run(pool, weft_frame_whole(grouped), &v, NULL) : WEFT_NOMEM;

    (void)arg;
    weft_value_release(v);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st;
}

Test(group, every_refused_allocation_is_told_and_nothing_leaks)
{
    nomem_everywhere(groups_of_strings, NULL);
}
