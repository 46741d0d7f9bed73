/* builder.c - a column still growing, value by value. */
#include "lib/data/builder.h"

#include "lib/base/assert.h"
#include "lib/base/bits.h"
#include "lib/base/mem.h"

/* A view says with 31 bits where its text begins. */
enum { MOST_TEXT = INT32_MAX };

void wf_builder_init(struct wf_builder *b, weft_dtype dtype)
{
    *b = (struct wf_builder){.dtype = dtype};
}

void wf_builder_fini(struct wf_builder *b)
{
    wf_free(b->values);
    wf_free(b->valid);
    wf_free(b->text);
    *b = (struct wf_builder){.dtype = b->dtype};
}

static bool grow_valid(struct wf_builder *b, int64_t room)
{
    uint64_t *valid = wf_realloc(b->valid, wf_bits_bytes(room));

    if (valid)
        b->valid = valid;
    return valid != NULL;
}

/* Room for one value more: its slot, zeroed. NULL: no memory, now and from now on. */
static void *slot(struct wf_builder *b)
{
    const size_t size = weft_dtype_size(b->dtype);
    char *values;

    if (b->failed)
        return NULL;
    if (b->n == b->room) {
        const int64_t room = b->room ? b->room * 2 : 64;

        values = wf_realloc(b->values, (size_t)room * size);
        if (values)
            b->values = values;
        if (!values || (b->valid && !grow_valid(b, room))) {
            b->failed = true;
            return NULL;
        }
        b->room = room;
    }
    if (b->valid)
        wf_bits_set(b->valid, b->n);
    return memset(b->values + (size_t)b->n++ * size, 0, size);
}

void wf_builder_add_i64(struct wf_builder *b, int64_t x)
{
    void *at = slot(b);

    if (!at)
        return;
    switch (b->dtype) {
    case WEFT_BOOL:  *(uint8_t *)at = x != 0; break;
    case WEFT_INT64: *(int64_t *)at = x; break;
    case WEFT_DATE:  *(int32_t *)at = (int32_t)x; break;
    default:         WF_ASSERT(!"an integer for a column of another type");
    }
}

void wf_builder_add_f64(struct wf_builder *b, double x)
{
    void *at = slot(b);

    if (!at)
        return;
    WF_ASSERT(b->dtype == WEFT_FLOAT64 || b->dtype == WEFT_FLOAT32);
    if (b->dtype == WEFT_FLOAT64)
        *(double *)at = x;
    else
        *(float *)at = (float)x;
}

void wf_builder_add_text(struct wf_builder *b, const char *text, int64_t len)
{
    struct wf_view *at = slot(b);

    WF_ASSERT(b->dtype == WEFT_STRING);
    if (!at)
        return;
    *at = wf_view_of(text, (int32_t)len, 0, (int32_t)b->n_text);
    if (len <= WF_VIEW_INLINE)
        return;
    if (b->n_text + (size_t)len > b->text_room) {
        const size_t need = b->n_text + (size_t)len;
        const size_t room = need < MOST_TEXT / 2 ? need * 2 : MOST_TEXT;
        char *grown = need > MOST_TEXT ? NULL : wf_realloc(b->text, room);

        if (!grown) {
            b->failed = true;
            return;
        }
        b->text = grown;
        b->text_room = room;
    }
    memcpy(b->text + b->n_text, text, (size_t)len);
    b->n_text += (size_t)len;
}

void wf_builder_add_null(struct wf_builder *b)
{
    if (!b->failed && !b->valid) {
        if (!grow_valid(b, b->room ? b->room : 64)) {
            b->failed = true;
            return;
        }
        wf_bits_fill(b->valid, b->room ? b->room : 64, true);
    }
    if (!slot(b))
        return;
    wf_bits_clear(b->valid, b->n - 1);
    b->n_nulls++;
}

/* A buffer with a copy of `bytes` bytes; NULL: no memory. */
static struct wf_buffer *copied(const void *data, size_t bytes)
{
    struct wf_buffer *held = wf_buffer_new(bytes);

    if (held && bytes)
        memcpy(held->data, data, bytes);
    return held;
}

struct wf_column *wf_builder_finish(struct wf_builder *b)
{
    struct wf_buffer *values = NULL, *valid = NULL, *text = NULL;
    struct wf_column *c = NULL;

    if (b->failed)
        goto out;
    if (b->dtype == WEFT_BOOL) {
        values = wf_buffer_new(wf_bits_bytes(b->n));
        if (values)
            wf_bits_pack(values->data, (const uint8_t *)b->values, b->n);
    } else {
        values = copied(b->values, (size_t)b->n * weft_dtype_size(b->dtype));
    }
    valid = b->n_nulls ? copied(b->valid, wf_bits_bytes(b->n)) : NULL;
    text = b->n_text ? copied(b->text, b->n_text) : NULL;
    if (!values || (b->n_nulls && !valid) || (b->n_text && !text)) {
        wf_buffer_release(values);
        wf_buffer_release(valid);
        wf_buffer_release(text);
        goto out;
    }
    if (b->dtype == WEFT_STRING)
        c = wf_column_new_text(b->n, values, valid, b->n_nulls, &text, text != NULL);
    else
        c = wf_column_new(b->dtype, b->n, values, values->data, valid, b->n_nulls);
out:
    wf_builder_fini(b);
    return c;
}
