/* block.c - an n-dimensional block of numbers: one chunk of an array. */
#include "lib/data/block.h"

#include <math.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/mem.h"

/* The number of elements, or -1 when it leaves what memory can hold. An axis of size 0 makes
 * it 0, however large the others. */
static int64_t elems_of(weft_dtype dtype, int n_dims, const int64_t *shape)
{
    int64_t n = 1, bytes = 0;
    bool empty = false, too_many = false;

    for (int i = 0; i < n_dims; i++) {
        if (shape[i] < 0)
            return -1;
        empty = empty || !shape[i];
        too_many = too_many || __builtin_mul_overflow(n, shape[i], &n);
    }
    if (empty)
        return 0;
    return too_many || __builtin_mul_overflow(n, (int64_t)weft_dtype_size(dtype), &bytes) ? -1 : n;
}

weft_block *wf_block_over(weft_dtype dtype, int n_dims, const int64_t *shape, void *data,
                          struct wf_buffer *held)
{
    weft_block *b = wf_alloc(sizeof *b);

    WF_ASSERT(n_dims >= 0 && n_dims <= WEFT_MAX_DIMS && dtype != WEFT_STRING);
    if (!b) {
        wf_buffer_release(held);
        return NULL;
    }
    wf_count_init(&b->holders);
    b->dtype = dtype;
    b->n_dims = n_dims;
    memset(b->shape, 0, sizeof b->shape);
    for (int i = 0; i < n_dims; i++)
        b->shape[i] = shape[i];
    b->n_elems = elems_of(dtype, n_dims, shape);
    b->data = data;
    b->held = held;
    return b;
}

weft_block *weft_block_new(weft_dtype dtype, int n_dims, const int64_t *shape)
{
    const int64_t n = elems_of(dtype, n_dims, shape);
    struct wf_buffer *held = n < 0 ? NULL : wf_buffer_new((size_t)n * weft_dtype_size(dtype));

    return held ? wf_block_over(dtype, n_dims, shape, held->data, held) : NULL;
}

static void keep_data(void *data)
{
    (void)data;
}

weft_block *weft_block_wrap(weft_dtype dtype, int n_dims, const int64_t *shape, void *data,
                            void (*free_data)(void *data))
{
    const int64_t n = elems_of(dtype, n_dims, shape);
    struct wf_buffer *held = n < 0 ? NULL : wf_buffer_wrap(data, (size_t)n * weft_dtype_size(dtype),
                                                           free_data ? free_data : keep_data);

    if (held)
        return wf_block_over(dtype, n_dims, shape, data, held);
    if (free_data)
        free_data(data);
    return NULL;
}

weft_block *weft_block_retain(weft_block *b)
{
    wf_count_add(&b->holders);
    return b;
}

void weft_block_release(weft_block *b)
{
    if (!b || !wf_count_drop(&b->holders))
        return;
    wf_buffer_release(b->held);
    wf_free(b);
}

weft_dtype     weft_block_dtype(const weft_block *b)   { return b->dtype; }
int            weft_block_n_dims(const weft_block *b)  { return b->n_dims; }
const int64_t *weft_block_shape(const weft_block *b)   { return b->shape; }
int64_t        weft_block_n_elems(const weft_block *b) { return b->n_elems; }
const void    *weft_block_data(const weft_block *b)    { return b->data; }

void *weft_block_data_mut(weft_block *b)
{
    WF_ASSERT(wf_count_is_one(&b->holders));
    return b->data;
}

double weft_block_f64_at(const weft_block *b, int64_t i)
{
    WF_ASSERT(i >= 0 && i < b->n_elems);
    switch (b->dtype) {
    case WEFT_FLOAT64: return ((const double *)b->data)[i];
    case WEFT_FLOAT32: return ((const float *)b->data)[i];
    default:           return (double)weft_block_i64_at(b, i);
    }
}

int64_t weft_block_i64_at(const weft_block *b, int64_t i)
{
    WF_ASSERT(i >= 0 && i < b->n_elems);
    switch (b->dtype) {
    case WEFT_BOOL:    return ((const uint8_t *)b->data)[i];
    case WEFT_INT64:   return ((const int64_t *)b->data)[i];
    case WEFT_DATE:    return ((const int32_t *)b->data)[i];
    case WEFT_FLOAT32: return (int64_t)((const float *)b->data)[i];
    case WEFT_FLOAT64: return (int64_t)((const double *)b->data)[i];
    default:           return 0;
    }
}

/* ---- As a value ---------------------------------------------------------- */

static size_t value_bytes(const void *data)
{
    const weft_block *b = data;

    return sizeof *b + (size_t)b->n_elems * weft_dtype_size(b->dtype);
}

static void value_free(void *data)
{
    weft_block_release(data);
}

static void *value_share(void *data)
{
    return weft_block_retain(data);
}

static void *value_copy(const void *data)
{
    const weft_block *b = data;
    weft_block *copy = weft_block_new(b->dtype, b->n_dims, b->shape);

    if (copy)
        memcpy(copy->data, b->data, (size_t)b->n_elems * weft_dtype_size(b->dtype));
    return copy;
}

/* On the wire: dtype, n_dims, shape as int64, then the elements, little-endian. */
static weft_status value_write(const void *data, struct weft_sink *sink)
{
    const weft_block *b = data;
    int64_t head[2 + WEFT_MAX_DIMS] = {b->dtype, b->n_dims};
    weft_status st;

    memcpy(head + 2, b->shape, sizeof b->shape);
    st = sink->write(sink->to, head, sizeof head);
    if (st)
        return st;
    return sink->write(sink->to, b->data, (size_t)b->n_elems * weft_dtype_size(b->dtype));
}

static weft_status value_read(void **data, struct weft_source *source)
{
    int64_t head[2 + WEFT_MAX_DIMS];
    weft_block *b;
    weft_status st = source->read(source->from, head, sizeof head);

    if (st)
        return st;
    if (head[0] < 0 || head[0] >= WEFT_STRING || head[1] < 0 || head[1] > WEFT_MAX_DIMS)
        return WEFT_PARSE;
    b = weft_block_new((weft_dtype)head[0], (int)head[1], head + 2);
    if (!b)
        return WEFT_NOMEM;
    st = source->read(source->from, b->data, (size_t)b->n_elems * weft_dtype_size(b->dtype));
    if (st) {
        weft_block_release(b);
        return st;
    }
    *data = b;
    return WEFT_OK;
}

const struct weft_type weft_type_block = {
    .name = "block", .bytes = value_bytes, .free = value_free, .share = value_share,
    .copy = value_copy, .write = value_write, .read = value_read,
};
