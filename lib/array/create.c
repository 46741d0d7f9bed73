/* create.c - arrays out of nothing, and out of memory. */
#include <math.h>
#include <string.h>

#include "lib/array/array.h"
#include "lib/base/error.h"

/* A leaf with everything set but shape and cuts, which come from `layout`. */
static weft_array *new_leaf(weft_graph *g, struct weft_array leaf, const struct weft_layout *layout)
{
    struct weft_error err;

    if (!g)
        return NULL;
    leaf.graph = g;
    if (wf_layout_apply(&leaf, layout, leaf.name, &err))
        return wf_array_fail_with(g, leaf.name, &err);
    return wf_array_new(g, &leaf);
}

/* ---- One value everywhere ------------------------------------------------------- */

static weft_array *fill(weft_graph *g, const char *name, weft_dtype dtype, double value,
                        const struct weft_layout *layout)
{
    struct weft_array a = {.name = name, .kind = WF_ARRAY_FILL, .dtype = dtype};

    switch (dtype) {
    case WEFT_INT64:
        if (!(value >= -0x1p63 && value < 0x1p63))
            return g ? wf_array_fail(g, name, WEFT_RANGE, "%s: %g leaves int64", name, value) : NULL;
        a.as.fill.i64 = (int64_t)value;
        break;
    case WEFT_BOOL:
        a.as.fill.i64 = value != 0;
        break;
    case WEFT_FLOAT32:
        a.as.fill.f64 = (float)value;
        break;
    default:
        a.as.fill.f64 = value;
    }
    return new_leaf(g, a, layout);
}

weft_array *weft_array_zeros(weft_graph *g, weft_dtype dtype, struct weft_layout layout)
{
    return fill(g, "zeros", dtype, 0, &layout);
}

weft_array *weft_array_ones(weft_graph *g, weft_dtype dtype, struct weft_layout layout)
{
    return fill(g, "ones", dtype, 1, &layout);
}

weft_array *weft_array_full(weft_graph *g, weft_dtype dtype, double value, struct weft_layout layout)
{
    return fill(g, "full", dtype, value, &layout);
}

weft_array *weft_array_empty(weft_graph *g, weft_dtype dtype, struct weft_layout layout)
{
    return fill(g, "empty", dtype, 0, &layout);
}

/* Shape and cuts of `a` need no check: its cuts are shared. */
static weft_array *fill_like(const weft_array *a, const char *name, weft_dtype dtype, double value)
{
    const struct weft_layout none = {0};
    weft_array *like;

    if (wf_array_has_failed(a))
        return wf_array_pass_on((weft_array *)a);
    like = fill(a->graph, name, dtype, value, &none);
    if (wf_array_has_failed(like))
        return like;
    like->n_dims = a->n_dims;
    memcpy(like->shape, a->shape, sizeof a->shape);
    memcpy(like->cuts, a->cuts, sizeof a->cuts);
    return like;
}

weft_array *weft_array_zeros_like(const weft_array *a, weft_dtype dtype)
{
    return fill_like(a, "zeros", dtype, 0);
}

weft_array *weft_array_ones_like(const weft_array *a, weft_dtype dtype)
{
    return fill_like(a, "ones", dtype, 1);
}

weft_array *weft_array_full_like(const weft_array *a, weft_dtype dtype, double value)
{
    return fill_like(a, "full", dtype, value);
}

weft_array *weft_array_empty_like(const weft_array *a, weft_dtype dtype)
{
    return fill_like(a, "empty", dtype, 0);
}

weft_array *weft_array_f64(weft_graph *g, double value)
{
    const struct weft_array a = {.name = "number", .kind = WF_ARRAY_FILL, .dtype = WEFT_FLOAT64,
                                 .is_weak = true, .as.fill.f64 = value};

    return g ? wf_array_new(g, &a) : NULL;
}

weft_array *weft_array_i64(weft_graph *g, int64_t value)
{
    const struct weft_array a = {.name = "number", .kind = WF_ARRAY_FILL, .dtype = WEFT_INT64,
                                 .is_weak = true, .as.fill.i64 = value};

    return g ? wf_array_new(g, &a) : NULL;
}

/* ---- Ranges ------------------------------------------------------------------------ */

weft_array *weft_array_range(weft_graph *g, int64_t start, int64_t step, int64_t n, int64_t chunk)
{
    const struct weft_layout layout = weft_layout_1d(n, chunk);
    const struct weft_array a = {.name = "range", .kind = WF_ARRAY_RANGE, .dtype = WEFT_INT64,
                                 .as.range = {start, step}};
    int64_t last;

    if (g && n > 0 && (__builtin_mul_overflow(n - 1, step, &last) ||
                       __builtin_add_overflow(start, last, &last)))
        return wf_array_fail(g, a.name, WEFT_RANGE,
                             "range: %lld + i * %lld leaves int64 before i is %lld", (long long)start,
                             (long long)step, (long long)(n - 1));
    return new_leaf(g, a, &layout);
}

static weft_array *line(weft_graph *g, const char *name, double first, double step, double last,
                        int64_t n, int64_t chunk)
{
    const struct weft_layout layout = weft_layout_1d(n, chunk);
    const struct weft_array a = {.name = name, .kind = WF_ARRAY_LINE, .dtype = WEFT_FLOAT64,
                                 .as.line = {first, step, last, n}};

    return new_leaf(g, a, &layout);
}

weft_array *weft_array_arange(weft_graph *g, double start, double stop, double step, int64_t chunk)
{
    const double n = ceil((stop - start) / step);

    if (!g)
        return NULL;
    if (step == 0 || !(fabs(n) < 0x1p62))
        return wf_array_fail(g, "arange", WEFT_INVALID,
                             "arange: from %g to %g by %g is no number of elements", start, stop, step);
    return line(g, "arange", start, step, start + (n - 1) * step, n > 0 ? (int64_t)n : 0, chunk);
}

weft_array *weft_array_linspace(weft_graph *g, double start, double stop, int64_t n, bool endpoint,
                                int64_t chunk, double *step)
{
    const int64_t n_steps = endpoint ? n - 1 : n;
    const double by = n_steps > 0 ? (stop - start) / (double)n_steps : NAN;

    if (step)
        *step = by;
    /* A single point is the start, whatever the end. */
    return line(g, "linspace", start, by, !endpoint ? start + (double)(n - 1) * by : n == 1 ? start : stop,
                n, chunk);
}

weft_array *weft_array_logspace(weft_graph *g, double base, double start, double stop, int64_t n,
                                bool endpoint, int64_t chunk)
{
    return weft_array_power(weft_array_f64(g, base),
                            weft_array_linspace(g, start, stop, n, endpoint, chunk, NULL));
}

/* ---- From memory ------------------------------------------------------------------------ */

static void release_held(void *data)
{
    wf_buffer_release(data);
}

/* A buffer held by the graph, until it goes. */
static const struct weft_type held_type = {.name = "memory", .free = release_held};

static void keep(void *data)
{
    (void)data;
}

/* The elements in row-major order go into the token, gathered row by row. */
static struct wf_token hash_elements(struct wf_token token, const weft_array *a)
{
    enum { PIECE = 4096 };
    const size_t size = weft_dtype_size(a->dtype);
    const int last = a->n_dims - 1;
    const int64_t row = a->n_dims ? a->shape[last] : 1;
    const int64_t step = a->n_dims ? a->as.memory.stride[last] : (int64_t)size;
    int64_t n_rows = row ? weft_array_n_elems(a) / row : 0, index[WEFT_MAX_DIMS] = {0};
    char piece[PIECE];

    for (; n_rows > 0; n_rows--) {
        const char *at = a->as.memory.data;

        for (int d = 0; d < last; d++)
            at += index[d] * a->as.memory.stride[d];
        if (step == (int64_t)size) {
            token = wf_token_add(token, at, (size_t)row * size);
        } else {
            for (int64_t i = 0; i < row;) {
                size_t n = 0;

                for (; i < row && n + size <= PIECE; i++, n += size)
                    memcpy(piece + n, at + i * step, size);
                token = wf_token_add(token, piece, n);
            }
        }
        for (int d = last - 1; d >= 0 && ++index[d] == a->shape[d]; d--)
            index[d] = 0;
    }
    return token;
}

/* Row-major strides when none are given; else they must be fit for loads. */
static weft_status set_strides(weft_array *a, const struct weft_memory *m, struct weft_error *err)
{
    const int64_t size = (int64_t)weft_dtype_size(a->dtype);
    int64_t row_major = size;
    bool given = false;

    if ((uintptr_t)m->data % (uintptr_t)size)
        return weft_error_set(err, WEFT_INVALID, "from_memory: data at %p is no multiple of %lld, the size of %s",
                              m->data, (long long)size, weft_dtype_name(a->dtype));
    for (int d = 0; d < a->n_dims; d++) {
        given |= m->stride_bytes[d] != 0;
        if (m->stride_bytes[d] % size)
            return weft_error_set(err, WEFT_INVALID,
                                  "from_memory: stride of axis %d is %lld bytes, no multiple of %lld", d,
                                  (long long)m->stride_bytes[d], (long long)size);
    }
    for (int d = a->n_dims - 1; d >= 0; d--) {
        a->as.memory.stride[d] = given ? m->stride_bytes[d] : row_major;
        row_major *= a->shape[d];
    }
    return WEFT_OK;
}

weft_array *weft_array_from_memory(weft_graph *g, const struct weft_memory *m)
{
    struct weft_array a = {.graph = g, .name = "from_memory", .kind = WF_ARRAY_MEMORY, .dtype = m->dtype};
    void *data = (void *)m->data;
    struct weft_error err;
    weft_array *made = NULL;
    weft_status st;

    if (!g)
        goto out;
    st = wf_layout_apply(&a, &m->layout, a.name, &err);
    if (!st)
        st = set_strides(&a, m, &err);
    if (st) {
        made = wf_array_fail_with(g, a.name, &err);
        goto out;
    }
    a.as.memory.data = m->data;
    a.as.memory.held = wf_buffer_wrap(data, weft_array_bytes(&a), m->free_data ? m->free_data : keep);
    if (!a.as.memory.held)
        goto out;
    data = NULL;
    if (weft_task_status(weft_graph_put(g, weft_value_of_ptr(&held_type, a.as.memory.held)), NULL))
        goto out;
    a.as.memory.token = (struct wf_token){.hi = (uint64_t)a.dtype, .lo = (uint64_t)a.n_dims};
    a.as.memory.token = wf_token_add(a.as.memory.token, a.shape, sizeof a.shape);
    if (m->name) {
        a.as.memory.token = wf_token_add(a.as.memory.token, m->name, strlen(m->name));
        a.name = wf_graph_strdup(g, m->name);
    } else {
        a.as.memory.token = hash_elements(a.as.memory.token, &a);
    }
    made = a.name ? wf_array_new(g, &a) : NULL;
out:
    if (data && m->free_data)
        m->free_data(data);
    return made;
}
