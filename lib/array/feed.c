/* feed.c - the elements of one leaf, in the order of a chunk of the result. */
#include "lib/array/feed.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/kernel/random.h"

/* ---- What a rule says ------------------------------------------------------------- */

static void range(const weft_array *leaf, int64_t v, int64_t n, int64_t *restrict to)
{
    const uint64_t by = (uint64_t)leaf->as.range.step;
    const uint64_t at = (uint64_t)leaf->as.range.start + by * (uint64_t)v;

    for (int64_t i = 0; i < n; i++)
        to[i] = (int64_t)(at + by * (uint64_t)i);
}

static void line(const weft_array *leaf, int64_t v, int64_t n, double *restrict to)
{
    const double first = leaf->as.line.first, by = leaf->as.line.step;
    const int64_t last = leaf->as.line.n - 1;

    for (int64_t i = 0; i < n; i++)
        to[i] = first + (double)(v + i) * by;
    if (v <= last && last < v + n)
        to[last - v] = leaf->as.line.last;
}

static uint64_t high_of_product(uint64_t x, uint64_t y)
{
    __extension__ typedef unsigned __int128 wide;

    return (uint64_t)((wide)x * y >> 64);
}

static void integers(const weft_array *leaf, int64_t v, int64_t n, int64_t *to)
{
    const uint64_t span = leaf->as.random.span;

    wf_random_bits(leaf->as.random.seed, leaf->as.random.stream, v, n, (uint64_t *)to);
    for (int64_t i = 0; i < n; i++) {
        const uint64_t up = high_of_product((uint64_t)to[i], span);

        to[i] = (int64_t)((uint64_t)leaf->as.random.low + up);
    }
}

static void fill(const weft_array *leaf, int64_t n, void *to)
{
    for (int64_t i = 0; i < n; i++)
        switch (leaf->dtype) {
        case WEFT_FLOAT64: ((double *)to)[i] = leaf->as.fill.f64; break;
        case WEFT_FLOAT32: ((float *)to)[i] = (float)leaf->as.fill.f64; break;
        case WEFT_INT64:   ((int64_t *)to)[i] = leaf->as.fill.i64; break;
        default:           ((uint8_t *)to)[i] = (uint8_t)leaf->as.fill.i64;
        }
}

/* The rule's values at v, v + 1, ... */
static void rule_run(const weft_array *leaf, int64_t v, int64_t n, void *to)
{
    switch (leaf->kind) {
    case WF_ARRAY_RANGE:
        range(leaf, v, n, to);
        break;
    case WF_ARRAY_LINE:
        line(leaf, v, n, to);
        break;
    case WF_ARRAY_UNIFORM:
        wf_random_uniform(leaf->as.random.seed, leaf->as.random.stream, v, n, leaf->as.random.a,
                          leaf->as.random.b, to);
        break;
    case WF_ARRAY_NORMAL:
        wf_random_normal(leaf->as.random.seed, leaf->as.random.stream, v, n, leaf->as.random.a,
                         leaf->as.random.b, to);
        break;
    case WF_ARRAY_INTEGERS:
        integers(leaf, v, n, to);
        break;
    case WF_ARRAY_FILL:
        fill(leaf, n, to);
        break;
    default:
        WF_ASSERT(!"a rule");
    }
}

/* ---- Moving ------------------------------------------------------------------------- */

/* n_rows rows of n elements, from strides to one after another. With a known size the
 * copy of an element is one move: a call of memcpy costs ten times as much. */
static inline __attribute__((always_inline)) void copy_sized(char *to, const char *from, int64_t n_rows,
                                                             int64_t row_stride, int64_t n, int64_t stride,
                                                             size_t size)
{
    for (int64_t r = 0; r < n_rows; r++)
        for (int64_t i = 0; i < n; i++, to += size)
            memcpy(to, from + r * row_stride + i * stride, size);
}

static void copy_strided(void *to, const char *from, int64_t n_rows, int64_t row_stride, int64_t n,
                         int64_t stride, size_t size)
{
    switch (size) {
    case 8:
        copy_sized(to, from, n_rows, row_stride, n, stride, 8);
        break;
    case 4:
        copy_sized(to, from, n_rows, row_stride, n, stride, 4);
        break;
    default:
        WF_ASSERT(size == 1);
        copy_sized(to, from, n_rows, row_stride, n, stride, 1);
    }
}

/* n elements of a rule, `stride` apart. */
static void rule_strided(const weft_array *leaf, int64_t v, int64_t stride, int64_t n, char *to, size_t size)
{
    if (stride == 1) {
        rule_run(leaf, v, n, to);
    } else if (stride == 0) {
        rule_run(leaf, v, 1, to);
        copy_strided(to, to, 1, 0, n, 0, size);
    } else { /* a column of a larger array */
        for (int64_t i = 0; i < n; i++)
            rule_run(leaf, v + i * stride, 1, to + (size_t)i * size);
    }
}

/* n_rows rows of n elements from place `offset`: whole innermost axes, or part of one. */
static void copy_rows(const struct wf_feed *f, int64_t offset, int64_t n_rows, int64_t n, char *to)
{
    static const int64_t worth_a_call = 32;
    const size_t size = weft_dtype_size(f->leaf->dtype), row = (size_t)n * size;
    const int64_t stride = f->n_dims ? f->stride[f->n_dims - 1] : 0;
    const int64_t row_stride = n_rows > 1 ? f->stride[f->n_dims - 2] : 0;

    if (!f->is_rule && (stride != f->unit || n < worth_a_call)) {
        copy_strided(to, f->data + offset, n_rows, row_stride, n, stride, size);
        return;
    }
    for (int64_t r = 0; r < n_rows; r++, to += row) {
        if (!f->is_rule)
            memcpy(to, f->data + offset + r * row_stride, row);
        else if (r && !row_stride)
            memcpy(to, to - row, row); /* the row repeats */
        else
            rule_strided(f->leaf, f->first + offset + r * row_stride, stride, n, to, size);
    }
}

/* ---- A feed --------------------------------------------------------------------------- */

/* Strides of the leaf's axes, in places; where the part begins is added to the start. */
static void leaf_strides(struct wf_feed *f, const weft_block *block, int64_t *stride)
{
    const weft_array *leaf = f->leaf;
    int64_t row_major = f->unit;

    for (int d = leaf->n_dims - 1; d >= 0; d--) {
        stride[d] = block || f->is_rule ? row_major : leaf->as.memory.stride[d];
        row_major *= block ? weft_block_shape(block)[d] : leaf->shape[d];
    }
}

/* Adds an axis outside of those there, which are kept from the last to the first. */
static void add_axis(struct wf_feed *f, int64_t size, int64_t stride)
{
    const int inner = f->n_dims - 1;

    if (size == 1)
        return;
    if (inner >= 0 && stride == f->stride[inner] * f->shape[inner]) {
        f->shape[inner] *= size;
        return;
    }
    f->shape[f->n_dims] = size;
    f->stride[f->n_dims] = stride;
    f->n_dims++;
}

void wf_feed_init(struct wf_feed *f, const weft_array *leaf, int n_dims, const int64_t *from,
                  const int64_t *shape, const weft_block *block, const int64_t *at)
{
    int64_t stride[WEFT_MAX_DIMS], offset = 0;

    *f = (struct wf_feed){.leaf = leaf};
    f->is_rule = !block && leaf->kind != WF_ARRAY_MEMORY;
    f->unit = f->is_rule ? 1 : (int64_t)weft_dtype_size(leaf->dtype);
    leaf_strides(f, block, stride);
    for (int d = n_dims - 1; d >= 0; d--) {
        const int axis = d - (n_dims - leaf->n_dims);
        const bool repeats = axis < 0 || leaf->shape[axis] == 1 || (f->is_rule && leaf->kind == WF_ARRAY_FILL);

        add_axis(f, shape[d], repeats ? 0 : stride[axis]);
        if (!repeats)
            offset += (from[d] - (block ? at[axis] : 0)) * stride[axis];
    }
    if (f->n_dims == 1 && f->stride[0] == 0)
        f->n_dims = 0;
    for (int i = 0, j = f->n_dims - 1; i < j; i++, j--) {
        const int64_t size = f->shape[i], step = f->stride[i];

        f->shape[i] = f->shape[j], f->stride[i] = f->stride[j];
        f->shape[j] = size, f->stride[j] = step;
    }
    if (block)
        f->data = (const char *)weft_block_data(block) + offset;
    else if (!f->is_rule)
        f->data = leaf->as.memory.data + offset;
    else
        f->first = offset;
}

bool wf_feed_gathers(const struct wf_feed *f)
{
    if (f->is_rule)
        return true;
    return f->n_dims > 1 || (f->n_dims == 1 && f->stride[0] != f->unit);
}

/* Where element p lies, and how many follow it along the innermost axis. */
static int64_t place_of(const struct wf_feed *f, int64_t p, int64_t *index, int64_t *left)
{
    const int last = f->n_dims - 1;
    int64_t offset = 0;

    for (int d = last; d > 0; d--) {
        index[d] = p % f->shape[d];
        p /= f->shape[d];
        offset += index[d] * f->stride[d];
    }
    index[0] = p;
    *left = f->shape[last] - index[last];
    return offset + p * f->stride[0];
}

void wf_feed_copy(struct wf_feed *f, int64_t p, int64_t n, void *to)
{
    const size_t size = weft_dtype_size(f->leaf->dtype);
    const int last = f->n_dims - 1;
    int64_t index[WEFT_MAX_DIMS], left, offset;

    if (f->n_dims == 0) {
        copy_rows(f, 0, 1, n, to);
        return;
    }
    offset = place_of(f, p, index, &left);
    for (;;) {
        const int64_t run = n < left ? n : left;
        int64_t rows = 1;

        if (last > 0 && run == f->shape[last]) {
            const int64_t rows_left = f->shape[last - 1] - index[last - 1];

            rows = n / run < rows_left ? n / run : rows_left;
        }
        copy_rows(f, offset, rows, run, to);
        n -= rows * run;
        if (!n)
            return;
        to = (char *)to + (size_t)(rows * run) * size;
        /* To the beginning of the next innermost row. */
        offset -= index[last] * f->stride[last];
        index[last] = 0;
        left = f->shape[last];
        for (int d = last - 1; d >= 0; d--, rows = 1) {
            offset += rows * f->stride[d];
            index[d] += rows;
            if (index[d] < f->shape[d])
                break;
            offset -= index[d] * f->stride[d];
            index[d] = 0;
        }
    }
}

const void *wf_feed_get(struct wf_feed *f, int64_t p, int64_t n)
{
    int64_t index[WEFT_MAX_DIMS], left, offset;

    if (!f->is_rule) {
        if (f->n_dims == 0)
            return f->data;
        offset = place_of(f, p, index, &left);
        if (n <= left && f->stride[f->n_dims - 1] == f->unit)
            return f->data + offset;
    } else if (f->n_dims == 0) {
        rule_run(f->leaf, f->first, 1, f->room);
        return f->room;
    }
    wf_feed_copy(f, p, n, f->room);
    return f->room;
}
