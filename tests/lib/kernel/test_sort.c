/* test_sort.c - orders of rows against insertion by a plain comparison. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "lib/data/builder.h"
#include "lib/kernel/sort.h"
#include "tests/support/columns.h"

static const weft_dtype all_types[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT64, WEFT_DATE, WEFT_STRING};

/* A chunk of one column, to read values through the public door. */
static weft_chunk *chunk_of(struct wf_column *c)
{
    struct wf_schema *s = wf_schema_new(1, (const char *const[]){"x"}, &c->dtype);
    weft_chunk *chunk = wf_chunk_new(s, c->n, (struct wf_column *[]){wf_column_retain(c)});

    wf_schema_release(s);
    return chunk;
}

/* The plain order of rows i and j: values, then NaN, then nulls. */
static int plain_order(const weft_chunk *c, int64_t i, int64_t j, bool descending)
{
    const double x = weft_chunk_f64_at(c, 0, i), y = weft_chunk_f64_at(c, 0, j);
    const bool is_float = weft_chunk_dtype(c, 0) == WEFT_FLOAT64;
    const int a = weft_chunk_is_null(c, 0, i) ? 2 : is_float && isnan(x);
    const int b = weft_chunk_is_null(c, 0, j) ? 2 : is_float && isnan(y);
    int order;

    if (a || b)
        return a - b;
    if (weft_chunk_dtype(c, 0) == WEFT_STRING) {
        const struct weft_text s = weft_chunk_text_at(c, 0, i), t = weft_chunk_text_at(c, 0, j);

        order = memcmp(s.ptr, t.ptr, (size_t)(s.len < t.len ? s.len : t.len));
        order = order ? order : (s.len > t.len) - (s.len < t.len);
    } else if (is_float) {
        order = (x > y) - (x < y);
    } else {
        const int64_t p = weft_chunk_i64_at(c, 0, i), q = weft_chunk_i64_at(c, 0, j);

        order = (p > q) - (p < q);
    }
    return descending ? -order : order;
}

static void check(struct wf_column *c, bool descending)
{
    uint32_t *rows = malloc((size_t)c->n * sizeof *rows), *plain = malloc((size_t)c->n * sizeof *plain);
    weft_chunk *chunk = chunk_of(c);

    for (int64_t i = 0; i < c->n; i++) {
        int64_t at = i;

        rows[i] = (uint32_t)i;
        for (; at > 0 && plain_order(chunk, plain[at - 1], i, descending) > 0; at--)
            plain[at] = plain[at - 1];
        plain[at] = (uint32_t)i;
    }
    cr_assert(wf_sort_rows(c, descending, rows, c->n));
    for (int64_t i = 0; i < c->n; i++)
        cr_assert_eq(rows[i], plain[i], "%s, place %lld: row %u, not %u", weft_dtype_name(c->dtype), (long long)i,
                     rows[i], plain[i]);
    for (int64_t i = 1; i < c->n; i++) {
        const int order = wf_sort_compare(c, rows[i - 1], c, rows[i], descending);
        const int judge = plain_order(chunk, rows[i - 1], rows[i], descending);

        cr_assert_leq(order, 0);
        cr_assert_eq(order == 0, judge == 0);
    }
    weft_chunk_release(chunk);
    free(rows);
    free(plain);
}

Test(sort, equal_rows_keep_their_order_in_both_directions)
{
    uint64_t seed = 1;

    for (size_t t = 0; t < sizeof all_types / sizeof *all_types; t++)
        for (int nulls = 0; nulls <= 20; nulls += 20)
            for (int64_t n = 0; n < 2000; n = n * 4 + 1)
                for (int64_t distinct = 3; distinct < 3000; distinct *= 30)
                    for (int descending = 0; descending < 2; descending++) {
                        struct wf_column *c = random_column(&seed, all_types[t], n, distinct, nulls);

                        check(c, descending);
                        wf_column_release(c);
                    }
}

Test(sort, integers_of_all_sizes_have_their_order)
{
    uint64_t seed = 2;
    struct wf_builder b;
    struct wf_column *c;

    wf_builder_init(&b, WEFT_INT64);
    wf_builder_add_i64(&b, INT64_MAX);
    wf_builder_add_i64(&b, INT64_MIN);
    for (int i = 0; i < 1000; i++)
        wf_builder_add_i64(&b, (int64_t)random_next(&seed) >> random_below(&seed, 64));
    c = wf_builder_finish(&b);
    check(c, false);
    check(c, true);
    wf_column_release(c);
}

Test(sort, infinities_and_tiny_numbers_have_their_order)
{
    const double x[] = {1, -INFINITY, 5e-324, -5e-324, 0.0, -0.0, NAN, INFINITY, -1, 1e308, -NAN, -1e308};
    struct wf_builder b;
    struct wf_column *c;

    wf_builder_init(&b, WEFT_FLOAT64);
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        wf_builder_add_f64(&b, x[i]);
    c = wf_builder_finish(&b);
    check(c, false);
    check(c, true);
    wf_column_release(c);
}

Test(sort, texts_that_differ_late_or_by_zero_bytes_have_their_order)
{
    uint64_t seed = 3;
    struct wf_builder b;
    struct wf_column *c;
    char text[200];

    wf_builder_init(&b, WEFT_STRING);
    for (int i = 0; i < 1500; i++) {
        const int64_t n = random_below(&seed, 100);

        /* Long runs of one byte, or of zero bytes: only length and a late byte tell them apart. */
        memset(text, i % 2 ? 'x' : 0, sizeof text);
        if (random_below(&seed, 2))
            text[random_below(&seed, 100)] = (char)(0x7f + random_below(&seed, 3));
        wf_builder_add_text(&b, text, n);
    }
    c = wf_builder_finish(&b);
    check(c, false);
    check(c, true);
    wf_column_release(c);
}

Test(sort, every_refused_allocation_is_told)
{
    uint64_t seed = 4;
    struct wf_column *c = random_column(&seed, WEFT_STRING, 100, 50, 5);
    uint32_t rows[100];
    bool ok = false;

    for (uint32_t i = 0; i < 100; i++)
        rows[i] = i;
    wf_mem_watch(true);
    for (int64_t nth = 1; !ok; nth++) {
        wf_mem_fail_at(nth);
        ok = wf_sort_rows(c, false, rows, 100);
        wf_mem_fail_at(0);
        cr_assert_eq(wf_mem_n_live(), 0);
        cr_assert(ok == (nth > 2));
    }
    wf_mem_watch(false);
    wf_column_release(c);
}
