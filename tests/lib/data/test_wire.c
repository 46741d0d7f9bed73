/* test_wire.c - a chunk comes back from its bytes; damaged bytes come back as an error. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "lib/data/builder.h"
#include "lib/data/chunk.h"
#include "lib/data/wire.h"

struct bytes {
    char  *data;
    size_t n, room, at;
};

static weft_status put(void *to, const void *data, size_t n)
{
    struct bytes *b = to;

    if (b->n + n > b->room)
        b->data = realloc(b->data, b->room = (b->n + n) * 2);
    memcpy(b->data + b->n, data, n);
    b->n += n;
    return WEFT_OK;
}

static weft_status get(void *from, void *data, size_t n)
{
    struct bytes *b = from;

    if (n > b->n - b->at)
        return WEFT_PARSE;
    memcpy(data, b->data + b->at, n);
    b->at += n;
    return WEFT_OK;
}

/* One column of each type, each with some nulls. */
static weft_chunk *some_chunk(int64_t n)
{
    const char *const names[] = {"b", "i", "f", "d", "day", "text"};
    const weft_dtype dtypes[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT32, WEFT_FLOAT64, WEFT_DATE, WEFT_STRING};
    struct wf_schema *schema = wf_schema_new(6, names, dtypes);
    struct wf_column *columns[6];
    weft_chunk *c;

    for (int k = 0; k < 6; k++) {
        struct wf_builder b;
        char text[64];

        wf_builder_init(&b, dtypes[k]);
        for (int64_t i = 0; i < n; i++) {
            if ((i + k) % 5 == 0)
                wf_builder_add_null(&b);
            else if (dtypes[k] == WEFT_STRING)
                wf_builder_add_text(&b, text, snprintf(text, sizeof text, "%0*lld", (int)(i % 30) + 1, (long long)i));
            else if (dtypes[k] == WEFT_FLOAT32 || dtypes[k] == WEFT_FLOAT64)
                wf_builder_add_f64(&b, (double)i / 4);
            else
                wf_builder_add_i64(&b, i);
        }
        columns[k] = wf_builder_finish(&b);
    }
    c = wf_chunk_new(schema, n, columns);
    wf_schema_release(schema);
    return c;
}

static void check_equal(const weft_chunk *a, const weft_chunk *b)
{
    cr_assert_eq(weft_chunk_n_rows(a), weft_chunk_n_rows(b));
    cr_assert_eq(weft_chunk_n_columns(a), weft_chunk_n_columns(b));
    for (int k = 0; k < weft_chunk_n_columns(a); k++) {
        cr_assert_str_eq(weft_chunk_name(a, k), weft_chunk_name(b, k));
        cr_assert_eq(weft_chunk_dtype(a, k), weft_chunk_dtype(b, k));
        for (int64_t i = 0; i < weft_chunk_n_rows(a); i++) {
            const struct weft_text s = weft_chunk_text_at(a, k, i), t = weft_chunk_text_at(b, k, i);

            cr_assert_eq(weft_chunk_is_null(a, k, i), weft_chunk_is_null(b, k, i));
            cr_assert_eq(weft_chunk_i64_at(a, k, i), weft_chunk_i64_at(b, k, i));
            cr_assert(s.len == t.len && memcmp(s.ptr, t.ptr, (size_t)s.len) == 0);
        }
    }
}

Test(wire, a_chunk_comes_back_equal)
{
    const int64_t sizes[] = {0, 1, 63, 64, 65, 1000};

    for (int k = 0; k < 6; k++) {
        weft_chunk *c = some_chunk(sizes[k]), *slice = wf_chunk_slice(c, sizes[k] / 3, sizes[k] / 2);
        struct bytes b = {0};
        struct weft_sink sink = {&b, put};
        struct weft_source source = {&b, get};
        void *back;

        cr_assert_eq(wf_wire_write(c, &sink), WEFT_OK);
        cr_assert_eq(wf_wire_write(slice, &sink), WEFT_OK);
        cr_assert_eq(wf_wire_read(&back, &source), WEFT_OK);
        check_equal(c, back);
        weft_chunk_release(back);
        cr_assert_eq(wf_wire_read(&back, &source), WEFT_OK);
        check_equal(slice, back);
        weft_chunk_release(back);
        cr_assert_eq(b.at, b.n);
        weft_chunk_release(slice);
        weft_chunk_release(c);
        free(b.data);
    }
}

Test(wire, bytes_cut_short_or_changed_never_crash)
{
    weft_chunk *c = some_chunk(20);
    struct bytes b = {0};
    struct weft_sink sink = {&b, put};
    void *back;
    size_t n;

    wf_wire_write(c, &sink);
    n = b.n;
    for (b.n = 0; b.n < n; b.n++) {
        b.at = 0;
        cr_assert_eq(wf_wire_read(&back, &(struct weft_source){&b, get}), WEFT_PARSE);
    }
    for (size_t i = 0; i < n; i++) {
        const char was = b.data[i];

        b.data[i] = (char)0xff;
        b.at = 0;
        if (!wf_wire_read(&back, &(struct weft_source){&b, get})) {
            for (int64_t row = 0; row < weft_chunk_n_rows(back); row++)
                weft_chunk_text_at(back, 5, row);
            weft_chunk_release(back);
        }
        b.data[i] = was;
    }
    free(b.data);
    weft_chunk_release(c);
}
