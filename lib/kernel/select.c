/* select.c - some of the values, or of the rows of a column. */
#include "lib/kernel/select.h"

#include <string.h>

#include "lib/base/bits.h"
#include "lib/kernel/tables.h"

#define ROW(isa)                                                                      \
    {                                                                                 \
        [WEFT_BOOL] = &wf_select_bool, [WEFT_INT64] = &wf_select_i64_##isa,           \
        [WEFT_FLOAT32] = &wf_select_i32_##isa, [WEFT_FLOAT64] = &wf_select_i64_##isa, \
        [WEFT_DATE] = &wf_select_i32_##isa, [WEFT_STRING] = &wf_select_view,          \
    }

static const struct wf_select *const select_of[WF_ISA_COUNT][WEFT_DTYPE_COUNT] = {
#if WF_HAVE_X86
    [WF_ISA_V2] = ROW(v2),
    [WF_ISA_V3] = ROW(v3),
    [WF_ISA_V4] = ROW(v4),
#else
    [WF_ISA_BASE] = ROW(base),
#endif
};

int64_t wf_filter(weft_dtype dtype, void *out, const void *in, const uint64_t *mask, int64_t n)
{
    return select_of[wf_isa()][dtype]->filter(out, in, mask, n);
}

void wf_take(weft_dtype dtype, void *out, const void *in, const int64_t *rows, int64_t n)
{
    select_of[wf_isa()][dtype]->take(out, in, rows, n);
}

/* ---- Views: 16 bytes each, moved as they are -------------------------------------- */

static int64_t filter_views(void *out, const void *in, const uint64_t *mask, int64_t n)
{
    struct wf_view *o = out;
    const struct wf_view *x = in;

    for (int64_t i = 0; i < n; i += 64)
        for (uint64_t w = mask[i / 64] & wf_bits_low(n - i); w; w &= w - 1)
            *o++ = x[i + __builtin_ctzll(w)];
    return o - (struct wf_view *)out;
}

static void take_views(void *out, const void *in, const int64_t *rows, int64_t n)
{
    static const struct wf_view none;
    struct wf_view *restrict o = out;
    const struct wf_view *x = in;

    for (int64_t i = 0; i < n; i++)
        o[i] = rows[i] < 0 ? none : x[rows[i]];
}

const struct wf_select wf_select_view = {.filter = filter_views, .take = take_views};

/* ---- Bitmaps: of bool columns, and of what is valid -------------------------------- */

/* The bits of `from` whose bit in mask is set, one after another; answers how many of
 * them are 0. */
static int64_t filter_bits(uint64_t *out, const uint64_t *from, const uint64_t *mask, int64_t n)
{
    uint64_t word = 0;
    int64_t zeros = 0;
    int at = 0;

    for (int64_t i = 0; i < n; i += 64) {
        const uint64_t bits = from[i / 64];

        for (uint64_t w = mask[i / 64] & wf_bits_low(n - i); w; w &= w - 1) {
            const uint64_t bit = bits >> __builtin_ctzll(w) & 1;

            zeros += !bit;
            word |= bit << at;
            if (++at == 64) {
                *out++ = word;
                word = 0;
                at = 0;
            }
        }
    }
    if (at)
        *out = word;
    return zeros;
}

static void take_bits(uint64_t *out, const uint64_t *from, const int64_t *rows, int64_t n)
{
    for (int64_t i = 0; i < n; i += 64) {
        const int64_t len = n - i < 64 ? n - i : 64;
        uint64_t word = 0;

        for (int64_t k = 0; k < len; k++)
            word |= (uint64_t)(rows[i + k] >= 0 && wf_bits_at(from, rows[i + k])) << k;
        out[i / 64] = word;
    }
}

/* What is valid after a take; answers how many are not. */
static int64_t take_valid(uint64_t *out, const uint64_t *valid, const int64_t *rows, int64_t n)
{
    for (int64_t i = 0; i < n; i += 64) {
        const int64_t len = n - i < 64 ? n - i : 64;
        uint64_t word = 0;

        for (int64_t k = 0; k < len; k++)
            word |= (uint64_t)(rows[i + k] >= 0 && (!valid || wf_bits_at(valid, rows[i + k]))) << k;
        out[i / 64] = word;
    }
    return n - wf_bits_count(out, n);
}

static bool any_negative(const int64_t *rows, int64_t n)
{
    int64_t all = 0;

    for (int64_t i = 0; i < n; i++)
        all |= rows[i];
    return all < 0;
}

/* ---- Columns ------------------------------------------------------------------------ */

static size_t bytes_of(weft_dtype dtype, int64_t n)
{
    return dtype == WEFT_BOOL ? wf_bits_bytes(n) : (size_t)n * weft_dtype_size(dtype);
}

/* A column of what was selected; takes both buffers, either of which may be NULL for
 * no memory when `whole` is false. */
static struct wf_column *finish(struct wf_column *c, int64_t n, struct wf_buffer *values,
                                struct wf_buffer *valid, int64_t n_nulls)
{
    if (!n_nulls) {
        wf_buffer_release(valid);
        valid = NULL;
    }
    if (c->dtype != WEFT_STRING)
        return wf_column_new(c->dtype, n, values, values->data, valid, n_nulls);
    for (int32_t i = 0; i < c->n_texts; i++)
        wf_buffer_retain(c->texts[i]);
    return wf_column_new_text(n, values, valid, n_nulls, c->texts, c->n_texts);
}

struct wf_column *wf_column_filter(struct wf_column *c, const uint64_t *mask, int64_t n_kept)
{
    struct wf_buffer *values = NULL, *valid = NULL;
    int64_t n_nulls = 0;

    if (n_kept == c->n)
        return wf_column_retain(c);
    values = wf_buffer_new(bytes_of(c->dtype, n_kept));
    if (c->valid)
        valid = wf_buffer_new(wf_bits_bytes(n_kept));
    if (!values || (c->valid && !valid)) {
        wf_buffer_release(values);
        wf_buffer_release(valid);
        return NULL;
    }
    if (c->dtype == WEFT_BOOL)
        filter_bits(values->data, c->values, mask, c->n);
    else
        wf_filter(c->dtype, values->data, c->values, mask, c->n);
    if (c->valid)
        n_nulls = filter_bits(valid->data, c->valid, mask, c->n);
    return finish(c, n_kept, values, valid, n_nulls);
}

struct wf_column *wf_column_take(struct wf_column *c, const int64_t *rows, int64_t n)
{
    const bool nullable = c->valid || any_negative(rows, n);
    struct wf_buffer *values = wf_buffer_new(bytes_of(c->dtype, n)), *valid = NULL;
    int64_t n_nulls = 0;

    if (nullable)
        valid = wf_buffer_new(wf_bits_bytes(n));
    if (!values || (nullable && !valid)) {
        wf_buffer_release(values);
        wf_buffer_release(valid);
        return NULL;
    }
    if (c->dtype == WEFT_BOOL)
        take_bits(values->data, c->values, rows, n);
    else
        wf_take(c->dtype, values->data, c->values, rows, n);
    if (nullable)
        n_nulls = take_valid(valid->data, c->valid, rows, n);
    return finish(c, n, values, valid, n_nulls);
}
