/* weft/array/create.h - arrays out of nothing, and out of memory. */
#ifndef WEFT_ARRAY_H
#include <weft/array.h> /* which has this file in its place, before the macros of places.h */
#elif !defined WEFT_ARRAY_CREATE_H
#define WEFT_ARRAY_CREATE_H

WEFT_BEGIN

/* ---- One value everywhere --------------------------------------------------- */

WEFT_API weft_array *weft_array_zeros(weft_graph *g, weft_dtype dtype, struct weft_layout layout);
WEFT_API weft_array *weft_array_ones(weft_graph *g, weft_dtype dtype, struct weft_layout layout);
/* `value` is converted to the type; WEFT_RANGE when int64 cannot hold it. */
WEFT_API weft_array *weft_array_full(weft_graph *g, weft_dtype dtype, double value, struct weft_layout layout);
/* To be overwritten by nobody yet: equal to zeros, and as cheap. */
WEFT_API weft_array *weft_array_empty(weft_graph *g, weft_dtype dtype, struct weft_layout layout);

/* The same with the shape, chunks and graph of another array. */
WEFT_API weft_array *weft_array_zeros_like(const weft_array *a, weft_dtype dtype);
WEFT_API weft_array *weft_array_ones_like(const weft_array *a, weft_dtype dtype);
WEFT_API weft_array *weft_array_full_like(const weft_array *a, weft_dtype dtype, double value);
WEFT_API weft_array *weft_array_empty_like(const weft_array *a, weft_dtype dtype);

/* One number, no axes: the 2 in 2 * x. Its type gives way to that of the other
 * operand: with float32 it is float32; a float64 number and int64 or bool give
 * float64, an int64 number and bool give int64. */
WEFT_API weft_array *weft_array_f64(weft_graph *g, double value);
WEFT_API weft_array *weft_array_i64(weft_graph *g, int64_t value);

/* ---- Ranges ------------------------------------------------------------------- */

/* a[i] = start + i * step for 0 <= i < n, int64, cut every `chunk` elements.
 * WEFT_RANGE when the last leaves int64. */
WEFT_API weft_array *weft_array_range(weft_graph *g, int64_t start, int64_t step,
                                      int64_t n, int64_t chunk);

/* a[i] = start + i * step for all i where that is before stop: n is
 * ceil((stop - start) / step), none when that is negative. float64. */
WEFT_API weft_array *weft_array_arange(weft_graph *g, double start, double stop, double step,
                                       int64_t chunk);

/* n numbers from start to stop, at equal distances: a[i] = start + i * step where
 * step = (stop - start) / (n - 1), and the last is stop itself. Without
 * `endpoint` step = (stop - start) / n and stop is left out. float64. The step is
 * written to *step unless that is NULL; NaN where there is none. */
WEFT_API weft_array *weft_array_linspace(weft_graph *g, double start, double stop, int64_t n,
                                         bool endpoint, int64_t chunk, double *step);

/* base to the power of each of linspace(start, stop). */
WEFT_API weft_array *weft_array_logspace(weft_graph *g, double base, double start, double stop,
                                         int64_t n, bool endpoint, int64_t chunk);

/* ---- From memory ---------------------------------------------------------------- */

/* Elements in memory of the caller, read where they lie: element (i, j, ...) is
 * at data + i * stride_bytes[0] + j * stride_bytes[1] + ... They do not change
 * as long as the array or a block of it is used. */
struct weft_memory {
    weft_dtype         dtype;
    const void        *data;
    struct weft_layout layout;
    int64_t            stride_bytes[WEFT_MAX_DIMS]; /* multiples of the element's size, any sign; all 0: row-major */
    void             (*free_data)(void *data); /* called once, after the last user. NULL: the caller keeps it */
    const char        *name; /* equal names mean equal contents, and spare reading them. NULL: a hash of the elements */
};

/* The data is taken, even if the array fails. */
WEFT_API weft_array *weft_array_from_memory(weft_graph *g, const struct weft_memory *memory);

WEFT_END
#endif
