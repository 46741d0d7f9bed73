/* test_builder.c - a column grown value by value is what was put in. */
#include "lib/data/builder.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/nomem.h"
#include "tests/support/plain.h"

static const int64_t lengths[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 1000};
enum { N_LENGTHS = sizeof lengths / sizeof *lengths };

Test(builder, every_type_comes_out_as_it_went_in_with_and_without_nulls)
{
    for (int dtype = 0; dtype < WEFT_DTYPE_COUNT; dtype++)
        for (int k = 0; k < N_LENGTHS; k++)
            for (int null_every = 0; null_every <= 10; null_every += 1 + null_every * 2) {
                struct plain p = plain_new((weft_dtype)dtype, lengths[k], null_every, 5);
                struct wf_column *c = plain_column(&p);

                cr_assert_not_null(c);
                plain_expect(c, &p, 0, p.n);
                wf_column_release(c);
                plain_free(&p);
            }
}

Test(builder, the_first_null_may_come_at_any_row)
{
    for (int64_t at = 0; at < 200; at++) {
        struct plain p = plain_new(WEFT_INT64, 200, 0, 6);
        struct wf_column *c;

        p.cells[at].null = true;
        c = plain_column(&p);
        plain_expect(c, &p, 0, p.n);
        cr_assert_eq(((const int64_t *)c->values)[at], 0); /* its slot is zero */
        wf_column_release(c);
        plain_free(&p);
    }
}

Test(builder, texts_of_12_bytes_are_in_the_view_and_of_13_are_not)
{
    static const char text[] = "abcdefghijklmnopqrstuvwxyz";
    struct wf_builder b;
    struct wf_column *c;
    const struct wf_view *v;

    wf_builder_init(&b, WEFT_STRING);
    for (int len = 0; len <= 26; len++)
        wf_builder_add_text(&b, text, len);
    c = wf_builder_finish(&b);
    v = c->values;
    for (int len = 0; len <= 26; len++) {
        const struct weft_text t = wf_column_text(c, len);
        const bool inside = t.ptr >= (const char *)&v[len] && t.ptr < (const char *)&v[len + 1];

        cr_assert_eq(t.len, len);
        cr_assert(memcmp(t.ptr, text, (size_t)len) == 0);
        cr_assert_eq(inside, len <= 12);
        if (!inside)
            cr_assert(memcmp(v[len].u.big.prefix, text, 4) == 0);
        /* What a short text leaves is zero, so equal ones have equal views. */
        for (int i = len; inside && i < 12; i++)
            cr_assert_eq(v[len].u.small[i], 0);
    }
    cr_assert_eq(c->n_texts, 1);
    wf_column_release(c);
}

Test(builder, texts_may_hold_any_bytes)
{
    const char bytes[] = "a\0b\n\"\xff\xfe and \0 more of it";
    struct wf_builder b;
    struct wf_column *c;

    wf_builder_init(&b, WEFT_STRING);
    wf_builder_add_text(&b, bytes, sizeof bytes - 1);
    wf_builder_add_text(&b, bytes, 5);
    c = wf_builder_finish(&b);
    cr_assert_eq(wf_column_text(c, 0).len, (int64_t)sizeof bytes - 1);
    cr_assert_arr_eq(wf_column_text(c, 0).ptr, bytes, sizeof bytes - 1);
    cr_assert_arr_eq(wf_column_text(c, 1).ptr, bytes, 5);
    wf_column_release(c);
}

Test(builder, is_empty_again_after_finishing)
{
    struct wf_builder b;
    struct wf_column *first, *second;

    wf_builder_init(&b, WEFT_BOOL);
    wf_builder_add_null(&b);
    wf_builder_add_i64(&b, 7); /* not 0: true */
    first = wf_builder_finish(&b);
    wf_builder_add_i64(&b, 0);
    second = wf_builder_finish(&b);
    cr_assert_eq(first->n, 2);
    cr_assert_eq(first->n_nulls, 1);
    cr_assert_eq(*(const uint64_t *)first->values >> 1 & 1, 1);
    cr_assert_eq(second->n, 1);
    cr_assert_eq(second->n_nulls, 0);
    cr_assert_eq(*(const uint64_t *)second->values & 1, 0);
    wf_column_release(first);
    wf_column_release(second);
    wf_builder_fini(&b);
}

static weft_status build_one(void *arg)
{
    const struct plain *p = arg;
    struct wf_column *c = plain_column(p);

    if (!c)
        return WEFT_NOMEM;
    plain_expect(c, p, 0, p->n);
    wf_column_release(c);
    return WEFT_OK;
}

Test(builder, after_a_refused_allocation_there_is_no_column_and_no_leak)
{
    for (int dtype = 0; dtype < WEFT_DTYPE_COUNT; dtype++) {
        struct plain p = plain_new((weft_dtype)dtype, 300, 5, 7);

        /* Values grow thrice, so do the nulls; then what is kept. */
        cr_assert_geq(nomem_everywhere(build_one, &p), 8);
        plain_free(&p);
    }
}
