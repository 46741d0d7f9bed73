/* test_records.c - records of every kind are what was put in. */
#include "lib/bag/records.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

static const enum weft_record_kind kinds[] = {WEFT_STRUCTS, WEFT_TEXTS, WEFT_PAIRS, WEFT_GROUPS};

struct odd { /* a size that is no power of two */
    int32_t a, b, c;
};

enum { ROWS = 300 };

/* Row i: a text of (i * 7) % 40 bytes, which is empty now and then, and structs. */
static char text[ROWS][40];
static struct odd values[ROWS][5];

static struct weft_record row(enum weft_record_kind kind, int i)
{
    struct weft_record r = {.text.ptr = ""};

    memset(text[i], 'a' + i % 26, sizeof text[i]);
    if (kind != WEFT_STRUCTS)
        r.text = (struct weft_text){text[i], i * 7 % 40};
    if (kind != WEFT_TEXTS) {
        for (int k = 0; k < 5; k++)
            values[i][k] = (struct odd){i, -i, k};
        r.data = values[i];
        r.n = kind == WEFT_GROUPS ? i % 6 : 1;
    }
    return r;
}

static weft_records *made(enum weft_record_kind kind, int n)
{
    weft_records *r = wf_records_new((struct wf_shape){kind, kind == WEFT_TEXTS ? 0 : sizeof(struct odd)}, 0);

    for (int i = 0; i < n; i++) {
        const struct weft_record record = row(kind, i);

        cr_assert(wf_records_add(r, &record));
    }
    return r;
}

static void assert_row(const weft_records *r, int64_t at, enum weft_record_kind kind, int i)
{
    const struct weft_record is = weft_records_at(r, at), wanted = row(kind, i);

    cr_assert_eq(is.text.len, wanted.text.len);
    cr_assert_eq(memcmp(is.text.ptr, wanted.text.ptr, (size_t)wanted.text.len), 0);
    cr_assert_eq(is.n, wanted.n);
    if (is.n)
        cr_assert_eq(memcmp(is.data, wanted.data, (size_t)is.n * sizeof(struct odd)), 0);
}

Test(records, give_back_what_was_added)
{
    for (size_t k = 0; k < 4; k++) {
        weft_records *r = made(kinds[k], ROWS);

        cr_assert_eq(weft_records_n(r), ROWS);
        cr_assert_eq(weft_records_kind(r), kinds[k]);
        for (int i = 0; i < ROWS; i++)
            assert_row(r, i, kinds[k], i);
        weft_records_release(r);
    }
}

Test(records, rows_of_another_are_appended_in_order)
{
    for (size_t k = 0; k < 4; k++) {
        weft_records *from = made(kinds[k], ROWS), *r = made(kinds[k], 3);

        cr_assert(wf_records_add_rows(r, from, 10, 100));
        cr_assert(wf_records_add_rows(r, from, 0, 0));
        cr_assert(wf_records_add_rows(r, from, ROWS - 1, 1));
        cr_assert_eq(r->n, 104);
        assert_row(r, 2, kinds[k], 2);
        for (int i = 0; i < 100; i++)
            assert_row(r, 3 + i, kinds[k], 10 + i);
        assert_row(r, 103, kinds[k], ROWS - 1);
        weft_records_release(from);
        weft_records_release(r);
    }
}

Test(records, find_gives_the_first_with_and_without_an_index)
{
    weft_records *r = made(WEFT_PAIRS, ROWS);

    for (int indexed = 0; indexed < 2; indexed++) {
        if (indexed)
            cr_assert(wf_records_index(r));
        for (int i = 0; i < ROWS; i++) {
            const struct weft_text key = row(WEFT_PAIRS, i).text;
            int first = 0;

            while (row(WEFT_PAIRS, first).text.len != key.len ||
                   memcmp(row(WEFT_PAIRS, first).text.ptr, key.ptr, (size_t)key.len) != 0)
                first++;
            cr_assert_eq(weft_records_find(r, key), first);
        }
        cr_assert_eq(weft_records_find(r, weft_text_of("not there")), -1);
    }
    weft_records_release(r);
}

Test(records, a_copy_is_equal_and_apart)
{
    for (size_t k = 0; k < 4; k++) {
        weft_records *r = made(kinds[k], ROWS), *copy = weft_type_records.copy(r);

        cr_assert(copy && copy != r);
        weft_records_release(r);
        for (int i = 0; i < ROWS; i++)
            assert_row(copy, i, kinds[k], i);
        weft_records_release(copy);
    }
}

/* ---- Bytes --------------------------------------------------------------------- */

struct pipe {
    char  *bytes;
    size_t n, at;
};

static weft_status write_bytes(void *to, const void *bytes, size_t n)
{
    struct pipe *p = to;

    p->bytes = realloc(p->bytes, p->n + n + 1);
    memcpy(p->bytes + p->n, bytes, n);
    p->n += n;
    return WEFT_OK;
}

static weft_status read_bytes(void *from, void *bytes, size_t n)
{
    struct pipe *p = from;

    if (p->n - p->at < n)
        return WEFT_IO;
    memcpy(bytes, p->bytes + p->at, n);
    p->at += n;
    return WEFT_OK;
}

static weft_status read_back(struct pipe *p, weft_records **out)
{
    void *data = NULL;
    weft_status st;

    p->at = 0;
    st = weft_type_records.read(&data, &(struct weft_source){p, read_bytes});
    *out = data;
    return st;
}

Test(records, written_and_read_are_the_same)
{
    for (size_t k = 0; k < 4; k++)
        for (int n = 0; n < 40; n += 13) {
            weft_records *r = made(kinds[k], n), *back;
            struct pipe p = {0};

            cr_assert_eq(weft_type_records.write(r, &(struct weft_sink){&p, write_bytes}), WEFT_OK);
            cr_assert_eq(read_back(&p, &back), WEFT_OK);
            cr_assert_eq(back->n, n);
            for (int i = 0; i < n; i++)
                assert_row(back, i, kinds[k], i);
            weft_records_release(r);
            weft_records_release(back);
            free(p.bytes);
        }
}

Test(records, bytes_that_are_cut_or_wrong_are_refused)
{
    weft_records *r = made(WEFT_GROUPS, 20), *back = NULL;
    struct pipe p = {0};
    size_t all;

    cr_assert_eq(weft_type_records.write(r, &(struct weft_sink){&p, write_bytes}), WEFT_OK);
    all = p.n;
    for (p.n = 0; p.n < all; p.n++)
        cr_assert_neq(read_back(&p, &back), WEFT_OK);
    /* Each byte of the places, and the low ones of the head, which say how much follows,
     * turned over: refused or read, never worse. */
    for (size_t i = 0; i < 48 + 21 * 8; i++) {
        if (i < 48 && i % 8 > 2 && i % 8 < 7)
            continue;
        p.bytes[i] = (char)~p.bytes[i];
        if (read_back(&p, &back) == WEFT_OK)
            weft_records_release(back);
        p.bytes[i] = (char)~p.bytes[i];
    }
    cr_assert_eq(read_back(&p, &back), WEFT_OK);
    weft_records_release(back);
    weft_records_release(r);
    free(p.bytes);
}

Test(records, a_refused_allocation_changes_nothing)
{
    for (size_t k = 0; k < 4; k++)
        for (int64_t nth = 1; nth < 40; nth++) {
            weft_records *r;
            int n = 0;

            wf_mem_watch(true);
            wf_mem_fail_at(nth);
            r = wf_records_new((struct wf_shape){kinds[k], kinds[k] == WEFT_TEXTS ? 0 : sizeof(struct odd)}, 0);
            for (int i = 0; r && i < ROWS; i++) {
                const struct weft_record record = row(kinds[k], i);

                if (!wf_records_add(r, &record))
                    cr_assert(wf_records_add(r, &record), "only the nth fails");
                n++;
            }
            wf_mem_fail_at(0);
            for (int i = 0; i < n; i++)
                assert_row(r, i, kinds[k], i);
            weft_records_release(r);
            cr_assert_eq(wf_mem_n_live(), 0);
            wf_mem_watch(false);
        }
}
