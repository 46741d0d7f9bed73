/* test_select.c - columns chosen, rows kept and columns computed, against loops over rows. */
#include <criterion/criterion.h>
#include <math.h>

#include "lib/data/builder.h"
#include "tests/support/frames.h"
#include "tests/support/nomem.h"

/* A frame whose columns x and y are 0, 1, 2, ... and 0, 10, 20, ... with y null in every seventh row. */
static weft_frame *numbers(weft_graph *g, int64_t n, int n_partitions)
{
    struct weft_column_spec columns[] = {{.name = "x", .dtype = WEFT_INT64, .free_data = free},
                                         {.name = "y", .dtype = WEFT_FLOAT64, .free_data = free}};
    int64_t *x = malloc((size_t)n * sizeof *x + 1);
    double *y = malloc((size_t)n * sizeof *y + 1);
    uint64_t *valid = calloc((size_t)n / 64 + 1, sizeof *valid);
    weft_frame *f;

    for (int64_t i = 0; i < n; i++) {
        x[i] = i;
        y[i] = 10.0 * (double)i;
        if (i % 7)
            valid[i / 64] |= (uint64_t)1 << (i % 64);
    }
    columns[0].values = x;
    columns[1].values = y;
    columns[1].valid = valid;
    f = weft_frame_from_columns(g, columns, 2, n, (struct weft_cut){.n_partitions = n_partitions});
    free(valid);
    return f;
}

Test(select, columns_come_in_the_order_asked_for)
{
    uint64_t seed = 1;
    weft_chunk *all = random_chunk(&seed, 100, 20, 10);
    weft_graph *g = weft_graph_new();
    weft_frame *f = cut_frame(g, &seed, all, 3, NO_HOLES);
    weft_frame *picked = weft_frame_select(f, WEFT_NAMES("s", "b", "i"));
    weft_chunk *c = frame_rows(picked);
    const int from[] = {4, 0, 1};

    cr_assert_eq(weft_frame_n_columns(picked), 3);
    for (int k = 0; k < 3; k++) {
        cr_assert_str_eq(weft_frame_name(picked, k), weft_frame_name(f, from[k]));
        for (int64_t i = 0; i < 100; i++)
            cr_assert(same_key(c->columns[k], i, all->columns[from[k]], i));
    }
    weft_chunk_release(c);
    c = frame_rows(weft_frame_drop(f, WEFT_NAMES("b", "s", "d")));
    cr_assert_eq(weft_chunk_n_columns(c), 2);
    cr_assert_str_eq(weft_chunk_name(c, 0), "i");
    cr_assert_str_eq(weft_chunk_name(c, 1), "f");
    weft_chunk_release(c);
    weft_chunk_release(all);
    weft_graph_free(g);
}

Test(select, a_partition_as_it_is_makes_no_task)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = numbers(g, 10, 2);
    const size_t n = weft_graph_n_tasks(g);

    cr_assert_not_null(weft_frame_partition(weft_frame_select(f, WEFT_NAMES("x", "y")), 1));
    cr_assert_eq(weft_graph_n_tasks(g), n);
    f = weft_frame_filter(weft_frame_assign(weft_frame_column(f, "x"), "z", "x + 1"), "z > 3");
    cr_assert_eq(weft_graph_n_tasks(g), n); /* descriptions */
    weft_frame_sum(f, "z");
    cr_assert_eq(weft_graph_n_tasks(g), n + 2 + 1); /* two partials and a sum */
    weft_graph_free(g);
}

Test(select, chains_of_assign_and_filter_are_the_plain_loop)
{
    /* More than a block (16384 rows), in partitions of which some lose all rows. */
    enum { N = 50000 };

    for (int parts = 1; parts <= 17; parts += 8) {
        weft_graph *g = weft_graph_new();
        weft_frame *f = numbers(g, N, parts);
        double sum = 0;
        int64_t n = 0;
        weft_chunk *c;

        f = weft_frame_assign(f, "z", "x * 2 + 1");
        f = weft_frame_filter(f, "x % 3 == 0");
        f = weft_frame_assign(f, "x", "x + 0.5"); /* another type in its place */
        f = weft_frame_filter(f, "z < 20000 or z > 90000");
        f = weft_frame_assign(f, "w", "coalesce(y, -1) + z");
        f = weft_frame_rename(f, "z", "odd");
        c = frame_rows(f);
        cr_assert_eq(weft_chunk_n_columns(c), 4);
        cr_assert_eq(weft_frame_dtype(f, 0), WEFT_FLOAT64);
        for (int64_t i = 0; i < N; i++) {
            const int64_t z = 2 * i + 1;

            if (i % 3 || (z >= 20000 && z <= 90000))
                continue;
            cr_assert_eq(weft_chunk_f64_at(c, 0, n), (double)i + 0.5);
            cr_assert_eq(weft_chunk_is_null(c, 1, n), i % 7 == 0);
            cr_assert_eq(weft_chunk_i64_at(c, 2, n), z);
            cr_assert_eq(weft_chunk_f64_at(c, 3, n), (i % 7 ? 10.0 * (double)i : -1) + (double)z);
            sum += (i % 7 ? 10.0 * (double)i : -1) + (double)z;
            n++;
        }
        cr_assert_eq(weft_chunk_n_rows(c), n);
        cr_assert_eq(frame_f64(weft_frame_sum(f, "w")), sum); /* whole numbers: exact in any order */
        cr_assert_eq(frame_i64(weft_frame_size(f)), n);
        cr_assert_eq(weft_frame_n_rows(f), -1);
        cr_assert_eq(weft_frame_n_partitions(f), parts);
        weft_chunk_release(c);
        weft_graph_free(g);
    }
}

Test(select, a_null_predicate_keeps_nothing)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = numbers(g, 100, 3);

    cr_assert_eq(frame_i64(weft_frame_size(weft_frame_filter(f, "y >= 0"))), 100 - 15);
    cr_assert_eq(frame_i64(weft_frame_size(weft_frame_filter(f, "not (y >= 0)"))), 0);
    cr_assert_eq(frame_i64(weft_frame_size(weft_frame_filter(f, "y >= 0 or x < 7"))), 100 - 14);
    cr_assert_eq(frame_i64(weft_frame_size(weft_frame_filter(f, "isnull(y)"))), 15);
    weft_graph_free(g);
}

Test(select, texts_pass_filters_and_can_be_computed)
{
    uint64_t seed = 2;
    weft_chunk *all = random_chunk(&seed, 40000, 50, 10);

    for (int parts = 1; parts <= 9; parts += 4) {
        weft_graph *g = weft_graph_new();
        weft_frame *f = cut_frame(g, &seed, all, parts, NO_HOLES);
        weft_chunk *c;
        int64_t n = 0;

        f = weft_frame_assign(f, "t", "if(i > 20, 'a text that is long: more', coalesce(s, 'none'))");
        c = frame_rows(weft_frame_select(weft_frame_filter(f, "s >= 'a' and i != 5"), WEFT_NAMES("t", "s", "i")));
        for (int64_t i = 0; i < all->n_rows; i++) {
            const struct weft_text s = weft_chunk_text_at(all, 4, i);
            const int64_t x = weft_chunk_i64_at(all, 1, i);
            struct weft_text t, want;

            if (weft_chunk_is_null(all, 4, i) || weft_chunk_is_null(all, 1, i) || s.len == 0 || s.ptr[0] < 'a' || x == 5)
                continue;
            want = x > 20 ? (struct weft_text){"a text that is long: more", 25} : s;
            t = weft_chunk_text_at(c, 0, n);
            cr_assert(t.len == want.len && memcmp(t.ptr, want.ptr, (size_t)t.len) == 0);
            cr_assert(same_key(c->columns[1], n, all->columns[4], i));
            cr_assert_eq(weft_chunk_i64_at(c, 2, n), x);
            n++;
        }
        cr_assert_eq(weft_chunk_n_rows(c), n);
        cr_assert_gt(n, 1000);
        weft_chunk_release(c);
        weft_graph_free(g);
    }
    weft_chunk_release(all);
}

Test(select, empty_partitions_pass_through_everything)
{
    uint64_t seed = 3;
    weft_chunk *all = random_chunk(&seed, 200, 50, 10);

    for (int holes = 0; holes < N_HOLES; holes++) {
        weft_graph *g = weft_graph_new();
        weft_frame *f = cut_frame(g, &seed, all, 5, (enum holes)holes);
        weft_frame *kept = weft_frame_filter(weft_frame_assign(f, "z", "i + 1"), "z > 20 and notnull(s)");
        weft_chunk *c = frame_rows(kept);
        int64_t n = 0;

        for (int64_t i = 0; i < 200 && holes != ALL_HOLES; i++)
            n += !weft_chunk_is_null(all, 1, i) && weft_chunk_i64_at(all, 1, i) + 1 > 20 && !weft_chunk_is_null(all, 4, i);
        cr_assert_eq(weft_chunk_n_rows(c), n);
        cr_assert_eq(weft_chunk_n_columns(c), 6);
        cr_assert_eq(frame_i64(weft_frame_count(kept, "z")), n);
        weft_chunk_release(c);
        weft_graph_free(g);
    }
    weft_chunk_release(all);
}

/* ---- Functions over rows ------------------------------------------------------------ */

WEFT_ROWFN2(quarter, double, int64_t, x, double, y,
{
    return (double)x / 4 + y;
})

static int64_t n_calls;
static weft_status counted(const struct weft_batch *in, struct weft_batch_out *out, void *ctx, struct weft_error *err)
{
    const int64_t *x = in->columns[0];
    int64_t *to = out->values;

    (void)ctx;
    for (int64_t i = 0; i < in->n; i++) {
        if (x[i] == 77)
            return weft_error_set(err, WEFT_FAILED, "row function: 77 is not liked");
        to[i] = -x[i];
    }
    __atomic_add_fetch(&n_calls, in->n, __ATOMIC_RELAXED);
    return WEFT_OK;
}

Test(rowfn, a_function_of_a_row_by_macro_is_its_loop)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_assign_fn(numbers(g, 5000, 4), "q", &quarter, WEFT_NAMES("x", "y"));
    weft_chunk *c = frame_rows(f);

    for (int64_t i = 0; i < 5000; i++) {
        cr_assert_eq(weft_chunk_is_null(c, 2, i), i % 7 == 0); /* as y is */
        if (i % 7)
            cr_assert_eq(weft_chunk_f64_at(c, 2, i), (double)i / 4 + 10.0 * (double)i);
    }
    weft_chunk_release(c);
    weft_graph_free(g);
}

Test(rowfn, a_batch_function_sees_the_rows_that_are_left_and_each_once)
{
    const struct weft_batch_fn fn = {.name = "counted", .n_args = 1, .args = {WEFT_INT64}, .result = WEFT_INT64,
                                     .fn = counted};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2, .no_pin = true});
    weft_frame *f = weft_frame_filter(numbers(g, 5000, 4), "x >= 1000");
    weft_frame *after = weft_frame_assign_fn(f, "n", &fn, WEFT_NAMES("x"));
    struct weft_value v;

    cr_assert_eq(weft_pool_run(pool, weft_frame_sum(after, "n"), &v, NULL), WEFT_OK);
    cr_assert_eq(weft_value_i64(v), -(1000 + 4999) * 4000ll / 2);
    cr_assert_eq(n_calls, 4000);
    /* What the predicate looks at is kept, not computed again. */
    n_calls = 0;
    after = weft_frame_filter(after, "n < -2000");
    cr_assert_eq(weft_pool_run(pool, weft_frame_sum(after, "n"), &v, NULL), WEFT_OK);
    cr_assert_eq(weft_value_i64(v), -(2001 + 4999) * 2999ll / 2);
    cr_assert_eq(n_calls, 4000);
    fails_with(weft_frame_whole(weft_frame_assign_fn(numbers(g, 100, 3), "n", &fn, WEFT_NAMES("x"))), WEFT_FAILED,
               "77 is not liked");
    frame_fails_with(weft_frame_assign_fn(f, "n", &fn, WEFT_NAMES("x", "y")), WEFT_INVALID,
                     "counted takes 1 columns and got 2");
    weft_pool_free(pool);
    weft_graph_free(g);
}

/* ---- Keeping ------------------------------------------------------------------------------ */

Test(select, a_kept_frame_is_made_once_for_all_its_readers)
{
    const struct weft_batch_fn fn = {.name = "counted", .n_args = 1, .args = {WEFT_INT64}, .result = WEFT_INT64,
                                     .fn = counted};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2, .no_pin = true});
    weft_frame *f = weft_frame_keep(
        weft_frame_assign_fn(weft_frame_filter(numbers(g, 5000, 4), "x > 100"), "n", &fn, WEFT_NAMES("x")));
    weft_task *const tasks[] = {weft_frame_sum(f, "n"), weft_frame_min(f, "n"), weft_frame_mean(f, "n")};
    struct weft_value v[3];

    n_calls = 0;
    cr_assert_eq(weft_pool_run_many(pool, tasks, 3, NULL, v, NULL), WEFT_OK);
    cr_assert_eq(n_calls, 4899);
    cr_assert_eq(weft_value_i64(v[1]), -4999);
    weft_pool_free(pool);
    weft_graph_free(g);
}

/* ---- What cannot be ------------------------------------------------------------------------ */

Test(select, names_that_would_be_twice_are_refused)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = numbers(g, 3, 1);

    frame_fails_with(weft_frame_select(f, WEFT_NAMES("x", "x")), WEFT_DUPLICATE, "column \"x\" is asked for twice");
    frame_fails_with(weft_frame_rename(f, "x", "y"), WEFT_DUPLICATE, "\"x\" cannot become \"y\"");
    cr_assert_eq(weft_frame_status(weft_frame_rename(f, "x", "x"), NULL), WEFT_OK);
    weft_graph_free(g);
}

Test(select, what_is_built_on_a_failed_frame_fails_for_the_same_reason)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_column(numbers(g, 3, 1), "nothing");

    f = weft_frame_sort(weft_frame_filter(weft_frame_assign(f, "z", "x + 1"), "z > 0"), "z", WEFT_ASCENDING);
    f = weft_frame_rename(weft_frame_keep(weft_frame_value_counts(f, "z")), "a", "b");
    frame_fails_with(f, WEFT_NOT_FOUND, "select: no column \"nothing\"");
    fails_with(weft_frame_head(f, 3), WEFT_NOT_FOUND, "\"nothing\"");
    fails_with(weft_frame_mean(f, "x"), WEFT_NOT_FOUND, "\"nothing\"");
    weft_graph_free(g);
}

static weft_status filtered_and_computed(void *arg)
{
    static const char *const s[] = {"red", "a long name of a colour", "red", NULL, "a long name of a colour", "blue"};
    static const int64_t x[] = {1, 2, 3, 4, 5, 6};
    const struct weft_column_spec columns[] = {{.name = "s", .dtype = WEFT_STRING, .texts = s},
                                               {.name = "x", .dtype = WEFT_INT64, .values = x}};
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_frame *f = weft_frame_from_columns(g, columns, 2, 6, (struct weft_cut){.n_partitions = 3});
    struct weft_value v[3] = {weft_value_none(), weft_value_none(), weft_value_none()};
    weft_task *tasks[3];
    weft_status st;

    (void)arg;
    f = weft_frame_assign(f, "y", "x * 2 + 1");
    f = weft_frame_filter(f, "y > 5 or s == 'red'");
    f = weft_frame_assign_expr(f, "t", weft_expr_if(weft_expr_greater(weft_expr_column("y"), weft_expr_i64(7)),
                                                    weft_expr_string("a long text for all rows"), weft_expr_column("s")));
    tasks[0] = weft_frame_whole(f);
    tasks[1] = weft_frame_head(f, 2);
    tasks[2] = weft_frame_sum(weft_frame_keep(f), "y");
    st = pool ? weft_pool_run_many(pool, tasks, 3, NULL, v, NULL) : WEFT_NOMEM;
    for (int i = 0; i < 3; i++)
        weft_value_release(v[i]);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st;
}

Test(select, every_refused_allocation_is_told_and_nothing_leaks)
{
    nomem_everywhere(filtered_and_computed, NULL);
}
