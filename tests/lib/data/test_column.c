/* test_column.c - slices and concatenations against plain arrays. */
#include "lib/data/column.h"

#include <criterion/criterion.h>

#include "lib/base/mem.h"
#include "tests/support/nomem.h"
#include "tests/support/plain.h"

static const int64_t cuts[] = {0, 1, 31, 63, 64, 65, 100, 127, 128, 129, 199, 200};
enum { N_CUTS = sizeof cuts / sizeof *cuts };

Test(column, a_slice_is_the_rows_it_says)
{
    for (int dtype = 0; dtype < WEFT_DTYPE_COUNT; dtype++)
        for (int null_every = 0; null_every <= 7; null_every += 7) {
            struct plain p = plain_new((weft_dtype)dtype, 200, null_every, 1);
            struct wf_column *c = plain_column(&p);

            for (int a = 0; a < N_CUTS; a++)
                for (int b = a; b < N_CUTS; b++) {
                    struct wf_column *s = wf_column_slice(c, cuts[a], cuts[b] - cuts[a]);

                    plain_expect(s, &p, cuts[a], cuts[b] - cuts[a]);
                    wf_column_release(s);
                }
            wf_column_release(c);
            plain_free(&p);
        }
}

Test(column, a_slice_of_a_slice_outlives_both)
{
    for (int dtype = 0; dtype < WEFT_DTYPE_COUNT; dtype++) {
        struct plain p = plain_new((weft_dtype)dtype, 500, 4, 2);
        struct wf_column *c = plain_column(&p);
        struct wf_column *outer = wf_column_slice(c, 33, 400);
        struct wf_column *inner = wf_column_slice(outer, 70, 130);

        wf_column_release(c);
        wf_column_release(outer);
        plain_expect(inner, &p, 103, 130);
        wf_column_release(inner);
        plain_free(&p);
    }
}

Test(column, a_slice_shares_its_values)
{
    struct plain p = plain_new(WEFT_FLOAT64, 1000, 3, 3);
    struct wf_column *c = plain_column(&p);
    struct wf_column *s = wf_column_slice(c, 500, 100);

    cr_assert_eq((const double *)s->values, (const double *)c->values + 500);
    wf_column_release(s);
    wf_column_release(c);
    plain_free(&p);
}

Test(column, where_a_slice_has_no_null_it_has_no_bitmap)
{
    struct plain p = plain_new(WEFT_INT64, 200, 0, 4);
    struct wf_column *c, *s;

    p.cells[150].null = true;
    c = plain_column(&p);
    s = wf_column_slice(c, 0, 150);
    cr_assert_eq(s->n_nulls, 0);
    cr_assert_null(s->valid);
    wf_column_release(s);
    s = wf_column_slice(c, 150, 1);
    cr_assert_eq(s->n_nulls, 1);
    wf_column_release(s);
    wf_column_release(c);
    plain_free(&p);
}

/* Columns of these lengths one after another. */
static void expect_concat(weft_dtype dtype, const int64_t *n, const int *null_every, int n_columns)
{
    struct plain p[8];
    struct wf_column *c[8], *all;
    int64_t at = 0, n_nulls = 0;

    for (int i = 0; i < n_columns; i++) {
        p[i] = plain_new(dtype, n[i], null_every[i], 10 + (uint64_t)i);
        c[i] = plain_column(&p[i]);
        n_nulls += c[i]->n_nulls;
    }
    all = wf_column_concat(c, n_columns);
    for (int i = 0; i < n_columns; i++) {
        wf_column_release(c[i]);
        plain_expect_rows(all, at, &p[i], 0, n[i]);
        at += n[i];
        plain_free(&p[i]);
    }
    cr_assert_eq(all->n, at);
    cr_assert_eq(all->n_nulls, n_nulls);
    cr_assert_eq(all->valid != NULL, n_nulls > 0);
    wf_column_release(all);
}

Test(column, a_concatenation_is_one_after_another)
{
    for (int dtype = 0; dtype < WEFT_DTYPE_COUNT; dtype++) {
        expect_concat((weft_dtype)dtype, (const int64_t[]){64, 64}, (const int[]){0, 0}, 2);
        expect_concat((weft_dtype)dtype, (const int64_t[]){1, 63, 65}, (const int[]){0, 2, 0}, 3);
        expect_concat((weft_dtype)dtype, (const int64_t[]){0, 100, 0, 3}, (const int[]){1, 0, 3, 1}, 4);
        expect_concat((weft_dtype)dtype, (const int64_t[]){0, 0}, (const int[]){0, 0}, 2);
        expect_concat((weft_dtype)dtype, (const int64_t[]){7, 70, 129, 1, 64, 200}, (const int[]){3, 0, 5, 1, 0, 2}, 6);
        expect_concat((weft_dtype)dtype, (const int64_t[]){50}, (const int[]){4}, 1);
    }
}

Test(column, slices_put_together_again_are_the_column)
{
    for (int dtype = 0; dtype < WEFT_DTYPE_COUNT; dtype++) {
        struct plain p = plain_new((weft_dtype)dtype, 200, 6, 20);
        struct wf_column *c = plain_column(&p), *parts[N_CUTS - 1], *all;

        for (int i = 0; i + 1 < N_CUTS; i++)
            parts[i] = wf_column_slice(c, cuts[i], cuts[i + 1] - cuts[i]);
        wf_column_release(c);
        all = wf_column_concat(parts, N_CUTS - 1);
        for (int i = 0; i + 1 < N_CUTS; i++)
            wf_column_release(parts[i]);
        plain_expect(all, &p, 0, 200);
        wf_column_release(all);
        plain_free(&p);
    }
}

Test(column, counts_the_bytes_it_holds)
{
    struct plain p = plain_new(WEFT_INT64, 1000, 0, 30), q = plain_new(WEFT_INT64, 1000, 2, 30);
    struct wf_column *c = plain_column(&p), *d = plain_column(&q);

    cr_assert_geq(wf_column_bytes(c), 8000);
    cr_assert_leq(wf_column_bytes(c), 8000 + 256);
    cr_assert_eq(wf_column_bytes(d) - wf_column_bytes(c), 128); /* 1000 bits in words */
    wf_column_release(c);
    wf_column_release(d);
    plain_free(&p);
    plain_free(&q);
}

static weft_status cut_and_join(void *arg)
{
    const struct plain *p = arg;
    struct wf_column *c = plain_column(p), *parts[2] = {NULL, NULL}, *all = NULL;

    if (c) {
        parts[0] = wf_column_slice(c, 0, 90);
        parts[1] = wf_column_slice(c, 90, p->n - 90);
    }
    if (parts[0] && parts[1])
        all = wf_column_concat(parts, 2);
    if (all)
        plain_expect(all, p, 0, p->n);
    wf_column_release(parts[0]);
    wf_column_release(parts[1]);
    wf_column_release(c);
    wf_column_release(all);
    return all ? WEFT_OK : WEFT_NOMEM;
}

Test(column, a_refused_allocation_leaks_no_part_of_it)
{
    for (int dtype = 0; dtype < WEFT_DTYPE_COUNT; dtype++) {
        struct plain p = plain_new((weft_dtype)dtype, 200, 5, 40);

        cr_assert_geq(nomem_everywhere(cut_and_join, &p), 10);
        plain_free(&p);
    }
}
