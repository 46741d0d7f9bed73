/* column.c - finished values of one type, with a bitmap of which are there. */
#include "lib/data/column.h"

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/mem.h"

static void check(const struct wf_column *c)
{
    WF_ASSERT((c->valid != NULL) == (c->n_nulls > 0));
    WF_ASSERT(c->n >= 0 && c->n_nulls >= 0 && c->n_nulls <= c->n);
    (void)c;
}

struct wf_column *wf_column_new(weft_dtype dtype, int64_t n, struct wf_buffer *values_held,
                                const void *values, struct wf_buffer *valid_held, int64_t n_nulls)
{
    struct wf_column *c = wf_alloc_zero(1, sizeof *c);

    if (!n_nulls) {
        wf_buffer_release(valid_held);
        valid_held = NULL;
    }
    if (!c) {
        wf_buffer_release(values_held);
        wf_buffer_release(valid_held);
        return NULL;
    }
    wf_count_init(&c->holders);
    c->dtype = dtype;
    c->n = n;
    c->n_nulls = n_nulls;
    c->values_held = values_held;
    c->values = values;
    c->valid_held = valid_held;
    c->valid = valid_held ? valid_held->data : NULL;
    check(c);
    return c;
}

struct wf_column *wf_column_new_text(int64_t n, struct wf_buffer *views, struct wf_buffer *valid_held,
                                     int64_t n_nulls, struct wf_buffer *const *texts, int32_t n_texts)
{
    struct wf_buffer **kept = n_texts ? wf_alloc_array((size_t)n_texts, sizeof *kept) : NULL;
    struct wf_column *c = wf_column_new(WEFT_STRING, n, views, views->data, valid_held, n_nulls);

    if (!c || (n_texts && !kept)) {
        for (int32_t i = 0; i < n_texts; i++)
            wf_buffer_release(texts[i]);
        wf_free(kept);
        wf_column_release(c);
        return NULL;
    }
    if (n_texts)
        memcpy(kept, texts, (size_t)n_texts * sizeof *kept);
    c->texts = kept;
    c->n_texts = n_texts;
    return c;
}

struct wf_column *wf_column_retain(struct wf_column *c)
{
    wf_count_add(&c->holders);
    return c;
}

void wf_column_release(struct wf_column *c)
{
    if (!c || !wf_count_drop(&c->holders))
        return;
    wf_buffer_release(c->values_held);
    wf_buffer_release(c->valid_held);
    for (int32_t i = 0; i < c->n_texts; i++)
        wf_buffer_release(c->texts[i]);
    wf_free(c->texts);
    wf_free(c);
}

/* A map of its own with bits first .. first+n-1 of `map`. NULL: no memory. */
static struct wf_buffer *bits_of(const uint64_t *map, int64_t first, int64_t n)
{
    struct wf_buffer *b = wf_buffer_new(wf_bits_bytes(n));

    if (b)
        wf_bits_copy(b->data, 0, map, first, n);
    return b;
}

struct wf_column *wf_column_slice(struct wf_column *c, int64_t first, int64_t n)
{
    struct wf_buffer *valid = NULL, *values;
    struct wf_column *slice;
    const void *at;
    int64_t n_nulls = 0;

    WF_ASSERT(first >= 0 && n >= 0 && first + n <= c->n);
    if (c->valid) {
        valid = bits_of(c->valid, first, n);
        if (!valid)
            return NULL;
        n_nulls = n - wf_bits_count(valid->data, n);
    }
    if (c->dtype == WEFT_BOOL) {
        values = bits_of(c->values, first, n);
        at = values ? values->data : NULL;
    } else {
        values = wf_buffer_retain(c->values_held);
        at = (const char *)c->values + (size_t)first * weft_dtype_size(c->dtype);
    }
    if (!values) {
        wf_buffer_release(valid);
        return NULL;
    }
    slice = wf_column_new(c->dtype, n, values, at, valid, n_nulls);
    if (!slice || !c->n_texts)
        return slice;
    slice->texts = wf_alloc_array((size_t)c->n_texts, sizeof *slice->texts);
    if (!slice->texts) {
        wf_column_release(slice);
        return NULL;
    }
    slice->n_texts = c->n_texts;
    for (int32_t i = 0; i < c->n_texts; i++)
        slice->texts[i] = wf_buffer_retain(c->texts[i]);
    return slice;
}

/* Copies the views of `from` to `to`, whose texts start at number `base`. */
static void copy_views(struct wf_view *to, const struct wf_column *from, int32_t base)
{
    const struct wf_view *v = from->values;

    memcpy(to, v, (size_t)from->n * sizeof *to);
    if (!base)
        return;
    for (int64_t i = 0; i < from->n; i++)
        if (to[i].len > WF_VIEW_INLINE)
            to[i].u.big.text += base;
}

struct wf_column *wf_column_concat(struct wf_column *const *columns, int n_columns)
{
    const weft_dtype dtype = columns[0]->dtype;
    struct wf_buffer *values = NULL, *valid = NULL;
    struct wf_buffer **texts = NULL;
    struct wf_column *c = NULL;
    int64_t n = 0, n_nulls = 0, at = 0;
    int32_t n_texts = 0;

    if (n_columns == 1)
        return wf_column_retain(columns[0]);
    for (int i = 0; i < n_columns; i++) {
        WF_ASSERT(columns[i]->dtype == dtype);
        n += columns[i]->n;
        n_nulls += columns[i]->n_nulls;
        n_texts += columns[i]->n_texts;
    }
    values = wf_buffer_new(dtype == WEFT_BOOL ? wf_bits_bytes(n) : (size_t)n * weft_dtype_size(dtype));
    valid = n_nulls ? wf_buffer_new(wf_bits_bytes(n)) : NULL;
    texts = n_texts ? wf_alloc_array((size_t)n_texts, sizeof *texts) : NULL;
    if (!values || (n_nulls && !valid) || (n_texts && !texts)) {
        wf_buffer_release(values);
        wf_buffer_release(valid);
        wf_free(texts);
        return NULL;
    }
    n_texts = 0;
    for (int i = 0; i < n_columns; i++) {
        const struct wf_column *from = columns[i];

        if (dtype == WEFT_BOOL)
            wf_bits_copy(values->data, at, from->values, 0, from->n);
        else if (dtype == WEFT_STRING)
            copy_views((struct wf_view *)values->data + at, from, n_texts);
        else
            memcpy((char *)values->data + (size_t)at * weft_dtype_size(dtype), from->values,
                   (size_t)from->n * weft_dtype_size(dtype));
        if (valid)
            wf_bits_copy(valid->data, at, from->valid, 0, from->n);
        for (int32_t k = 0; k < from->n_texts; k++)
            texts[n_texts++] = wf_buffer_retain(from->texts[k]);
        at += from->n;
    }
    if (dtype == WEFT_STRING)
        c = wf_column_new_text(n, values, valid, n_nulls, texts, n_texts);
    else
        c = wf_column_new(dtype, n, values, values->data, valid, n_nulls);
    wf_free(texts);
    return c;
}

size_t wf_column_bytes(const struct wf_column *c)
{
    size_t bytes = sizeof *c;

    bytes += c->dtype == WEFT_BOOL ? wf_bits_bytes(c->n) : (size_t)c->n * weft_dtype_size(c->dtype);
    if (c->valid)
        bytes += wf_bits_bytes(c->n);
    for (int32_t i = 0; i < c->n_texts; i++)
        bytes += c->texts[i]->bytes;
    return bytes;
}
