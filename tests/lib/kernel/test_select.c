/* test_select.c - filters and takes against plain loops. */
#include <criterion/criterion.h>
#include <string.h>

#include "lib/base/bits.h"
#include "lib/base/mem.h"
#include "lib/data/builder.h"
#include "lib/kernel/select.h"
#include "tests/support/values.h"

enum { ROOM = 2560 };

static _Alignas(64) char in[ROOM * 16], out[ROOM * 16 + 16];
static uint64_t mask[ROOM / 64];

static void filters(void)
{
    static const int percents[] = {0, 1, 10, 40, 60, 99, 100};

    for (int t = 0; t < WEFT_DTYPE_COUNT; t++)
        for (int p = 0; p < 7; p++)
            for (int l = 0; length_at(l) >= 0; l++) {
                const size_t bytes = weft_dtype_size((weft_dtype)t);
                const int64_t n = length_at(l);
                char guard[16];
                int64_t kept = 0, got;

                any_fill(WEFT_INT64, in, (int64_t)sizeof in / 8, (uint64_t)l);
                any_fill_bits(mask, n, percents[p], (uint64_t)(l + p));
                if (n % 64)
                    mask[n / 64] |= ~wf_bits_low(n % 64); /* bits past the end are anything */
                memset(guard, 77, sizeof guard);
                for (int64_t i = 0; i < n; i++)
                    kept += wf_bits_at(mask, i);
                memcpy(out + (size_t)kept * bytes, guard, sizeof guard);
                got = wf_filter((weft_dtype)t, out, in, mask, n);
                cr_assert_eq(got, kept);
                cr_assert(!memcmp(out + (size_t)kept * bytes, guard, sizeof guard), "writes behind the last");
                kept = 0;
                for (int64_t i = 0; i < n; i++)
                    if (wf_bits_at(mask, i))
                        cr_assert(!memcmp(out + (size_t)kept++ * bytes, in + (size_t)i * bytes, bytes));
                wf_filter((weft_dtype)t, in, in, mask, n);
                cr_assert(!memcmp(in, out, (size_t)kept * bytes), "in place");
            }
}

Test(select, a_filter_keeps_what_the_mask_says)
{
    on_each_isa(filters);
}

static void takes(void)
{
    static const char zeros[16];
    int64_t rows[ROOM];

    for (int t = 0; t < WEFT_DTYPE_COUNT; t++)
        for (int l = 0; length_at(l) >= 0; l++) {
            const size_t bytes = weft_dtype_size((weft_dtype)t);
            const int64_t n = length_at(l);

            any_fill(WEFT_INT64, in, (int64_t)sizeof in / 8, (uint64_t)l);
            any_fill(WEFT_INT64, rows, n, (uint64_t)l);
            for (int64_t i = 0; i < n; i++)
                rows[i] = (int64_t)((uint64_t)rows[i] % ROOM) - (rows[i] % 5 == 0 ? ROOM : 0);
            wf_take((weft_dtype)t, out, in, rows, n);
            for (int64_t i = 0; i < n; i++)
                cr_assert(!memcmp(out + (size_t)i * bytes, rows[i] < 0 ? zeros : in + (size_t)rows[i] * bytes, bytes));
        }
}

Test(select, a_take_gives_zero_for_no_row)
{
    on_each_isa(takes);
}

/* ---- Columns ---- */

static struct wf_column *column_of(weft_dtype dtype, int64_t n, bool nulls)
{
    struct wf_builder b;
    char text[64];

    wf_builder_init(&b, dtype);
    for (int64_t i = 0; i < n; i++) {
        if (nulls && i % 7 == 3)
            wf_builder_add_null(&b);
        else if (dtype == WEFT_STRING)
            wf_builder_add_text(&b, text, snprintf(text, sizeof text, i % 2 ? "%d" : "a longer text, number %d", (int)i));
        else if (dtype == WEFT_FLOAT32 || dtype == WEFT_FLOAT64)
            wf_builder_add_f64(&b, (double)i);
        else
            wf_builder_add_i64(&b, dtype == WEFT_BOOL ? i % 3 == 0 : i);
    }
    return wf_builder_finish(&b);
}

static void same_row(const struct wf_column *a, int64_t i, const struct wf_column *b, int64_t k)
{
    const size_t bytes = weft_dtype_size(a->dtype);

    cr_assert_eq(wf_column_is_null(a, i), wf_column_is_null(b, k));
    if (wf_column_is_null(a, i))
        return;
    if (a->dtype == WEFT_BOOL)
        cr_assert_eq(wf_bits_at(a->values, i), wf_bits_at(b->values, k));
    else if (a->dtype == WEFT_STRING)
        cr_assert(wf_column_text(a, i).len == wf_column_text(b, k).len
                  && !memcmp(wf_column_text(a, i).ptr, wf_column_text(b, k).ptr, (size_t)wf_column_text(a, i).len));
    else
        cr_assert(!memcmp((const char *)a->values + (size_t)i * bytes, (const char *)b->values + (size_t)k * bytes, bytes));
}

Test(select, columns_are_filtered_with_their_nulls)
{
    for (int t = 0; t < WEFT_DTYPE_COUNT; t++)
        for (int nulls = 0; nulls < 2; nulls++)
            for (int l = 0; length_at(l) >= 0; l++) {
                const int64_t n = length_at(l);
                struct wf_column *c = column_of((weft_dtype)t, n, nulls), *f;
                int64_t kept = 0, n_nulls = 0;

                any_fill_bits(mask, n, 45, (uint64_t)l);
                f = wf_column_filter(c, mask, wf_bits_count(mask, n));
                for (int64_t i = 0; i < n; i++)
                    if (wf_bits_at(mask, i)) {
                        same_row(f, kept++, c, i);
                        n_nulls += wf_column_is_null(c, i);
                    }
                cr_assert(f->n == kept && f->n_nulls == n_nulls && !f->valid == !n_nulls);
                wf_column_release(f);
                wf_column_release(c);
            }
}

Test(select, rows_are_taken_and_no_row_is_null)
{
    int64_t rows[ROOM];

    for (int t = 0; t < WEFT_DTYPE_COUNT; t++)
        for (int nulls = 0; nulls < 2; nulls++)
            for (int missing = 0; missing < 2; missing++) {
                struct wf_column *c = column_of((weft_dtype)t, 500, nulls), *f;

                for (int64_t i = 0; i < 1000; i++)
                    rows[i] = missing && i % 11 == 0 ? -1 : i * 7919 % 500;
                f = wf_column_take(c, rows, 1000);
                cr_assert(f->n == 1000);
                for (int64_t i = 0; i < 1000; i++)
                    if (rows[i] < 0)
                        cr_assert(wf_column_is_null(f, i));
                    else
                        same_row(f, i, c, rows[i]);
                wf_column_release(f);
                wf_column_release(c);
            }
}

Test(select, no_memory_gives_no_column)
{
    struct wf_column *c = column_of(WEFT_STRING, 100, true);
    int64_t rows[2] = {1, -1};

    any_fill_bits(mask, 100, 50, 1);
    for (int i = 1; i <= 4; i++) {
        wf_mem_fail_at(i);
        wf_mem_watch(true);
        cr_assert_null(wf_column_filter(c, mask, wf_bits_count(mask, 100)));
        cr_assert_eq(wf_mem_n_live(), 0);
        wf_mem_fail_at(i);
        cr_assert_null(wf_column_take(c, rows, 2));
        cr_assert_eq(wf_mem_n_live(), 0);
        wf_mem_watch(false);
    }
    wf_mem_fail_at(0);
    wf_column_release(c);
}
