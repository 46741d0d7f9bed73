/* test_fold.c - states are those of all their values, however these came. */
#include "lib/array/fold.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "tests/support/run_array.h"

enum { N_FOLDS = WF_FOLD_MOMENTS + 1, N = 3000 };

static bool takes_i64(enum wf_fold fold)
{
    return fold == WF_FOLD_SUM_I64 || fold == WF_FOLD_PROD_I64 || fold == WF_FOLD_MIN_I64 || fold == WF_FOLD_MAX_I64;
}

/* Numbers of both signs; of products only a few differ from 1 and -1. */
static void fill(enum wf_fold fold, union wf_word *x, int64_t n)
{
    uint64_t state = 4;

    for (int64_t i = 0; i < n; i++) {
        const bool is_product = fold == WF_FOLD_PROD_I64 || fold == WF_FOLD_PROD_F64;
        const int64_t y = is_product ? (i % 1000 == 7 ? 3 : next_random(&state, 2) ? 1 : -1)
                                     : next_random(&state, 2000) - 1000;

        if (takes_i64(fold))
            x[i].i64 = y;
        else
            x[i].f64 = (double)y;
    }
}

static void fold_along(enum wf_fold fold, const union wf_word *x, int64_t n, union wf_word out[3])
{
    struct wf_along a;

    wf_along_begin(&a, fold);
    for (int64_t i = 0; i < n; i += 1024)
        wf_along_add(&a, takes_i64(fold) ? WEFT_INT64 : WEFT_FLOAT64, x + i, n - i < 1024 ? n - i : 1024);
    wf_along_end(&a, out, 1, 0);
}

/* Whole numbers: every order of additions gives the same, but for moments. */
static void expect_equal(enum wf_fold fold, const union wf_word *a, const union wf_word *b)
{
    for (int w = 0; w < wf_fold_n_words(fold); w++)
        if (fold == WF_FOLD_MOMENTS && w)
            cr_assert_float_eq(a[w].f64, b[w].f64, fabs(b[w].f64) * 1e-12 + 1e-12);
        else
            cr_assert_eq(a[w].u64, b[w].u64, "fold %d, word %d", (int)fold, w);
}

Test(fold, parts_merge_to_the_state_of_the_whole)
{
    union wf_word x[N];

    for (int f = 0; f < N_FOLDS; f++) {
        const enum wf_fold fold = (enum wf_fold)f;
        union wf_word all[3] = {{0}}, parts[3] = {{0}}, part[3] = {{0}};

        fill(fold, x, N);
        fold_along(fold, x, N, all);
        wf_fold_clear(fold, parts, 1, 1);
        for (int64_t i = 0; i < N; i += 700) {
            fold_along(fold, x + i, N - i < 700 ? N - i : 700, part);
            wf_fold_merge(fold, parts, 1, part, 1, 1);
        }
        expect_equal(fold, parts, all);
        /* The state of nothing changes nothing, on either side. */
        wf_fold_clear(fold, part, 1, 1);
        wf_fold_merge(fold, part, 1, all, 1, 1);
        expect_equal(fold, part, all);
    }
}

Test(fold, rows_give_each_result_what_it_would_have_alone)
{
    static const int64_t widths[][2] = {{3, 1}, {16, 1}, {5, 60}, {1000, 1}}; /* results, rows at once */
    union wf_word x[N], column[N], words[3 * 1000] = {{0}}, want[3] = {{0}};
    struct wf_across a;

    for (int f = 0; f < N_FOLDS; f++)
        for (size_t k = 0; k < sizeof widths / sizeof *widths; k++) {
            const enum wf_fold fold = (enum wf_fold)f;
            const int64_t n = widths[k][0], width = n * widths[k][1], all = N / n * n;

            fill(fold, x, N);
            wf_across_begin(&a, fold, width);
            for (int64_t i = 0; i < all; i += width)
                wf_across_add(&a, x + i, all - i < width ? all - i : width);
            wf_across_end(&a, words, 1000, n);
            for (int64_t j = 0; j < n; j++) {
                union wf_word got[3];

                for (int64_t i = j; i < all; i += n)
                    column[i / n] = x[i];
                fold_along(fold, column, all / n, want);
                for (int w = 0; w < 3; w++)
                    got[w] = words[w * 1000 + j];
                expect_equal(fold, got, want);
            }
        }
}

Test(fold, int64_sums_are_exact_beyond_64_bits_in_rows_too)
{
    static const int64_t row[] = {INT64_MAX, INT64_MIN};
    union wf_word words[4];
    struct wf_across a;

    wf_across_begin(&a, WF_FOLD_SUM_I64, 2);
    for (int i = 0; i < 1000; i++)
        wf_across_add(&a, row, 2);
    wf_across_end(&a, words, 2, 2);
    /* 1000 * (2^63 - 1) = 499 * 2^64 + 2^64 - 1000, and 1000 * -2^63 = -500 * 2^64. */
    cr_assert_eq(words[0].u64, -(uint64_t)1000);
    cr_assert_eq(words[2].i64, 499);
    cr_assert_eq(words[1].u64, 0);
    cr_assert_eq(words[3].i64, -500);
}

Test(fold, a_product_that_left_64_bits_stays_there_until_a_zero)
{
    static const int64_t big[] = {INT64_MAX, INT64_MAX, -5}, zero[] = {0};
    struct wf_along a;
    union wf_word words[2];

    wf_along_begin(&a, WF_FOLD_PROD_I64);
    wf_along_add(&a, WEFT_INT64, big, 3);
    wf_along_end(&a, words, 1, 0);
    cr_assert_eq(words[0].u64, UINT64_MAX);
    cr_assert_eq(words[1].u64, 1);
    wf_along_add(&a, WEFT_INT64, zero, 1);
    wf_along_end(&a, words, 1, 0);
    cr_assert_eq(words[0].u64, 0);
}

Test(fold, moments_of_equal_numbers_near_the_range_have_no_spread)
{
    /* 1e200 squared is infinite, and counts for nothing. */
    double x[10];
    union wf_word words[3 * 5];
    struct wf_across a;

    for (int i = 0; i < 10; i++)
        x[i] = 1e200;
    wf_across_begin(&a, WF_FOLD_MOMENTS, 10);
    for (int i = 0; i < 100; i++)
        wf_across_add(&a, x, 10);
    wf_across_end(&a, words, 5, 5);
    for (int j = 0; j < 5; j++) {
        cr_assert_eq(words[j].i64, 200);
        cr_assert_eq(words[5 + j].f64, 1e200);
        cr_assert_eq(words[10 + j].f64, 0);
    }
}
