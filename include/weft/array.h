/* weft/array.h - arrays of any size, kept as chunks that fit.
 *
 * A weft_array is a description: an element type, a shape, and how it is cut
 * into chunks. Each function states the plain loop it stands for. Chunks decide
 * how that loop is cut up, never what it answers. Row-major throughout.
 *
 *     weft_array *x    = weft_array_range(g, 0, 1, 100000000, 1 << 20);
 *     weft_array *mean = weft_array_mean(weft_array_add(x, x), WEFT_ALL_AXES);
 *     weft_pool_run(pool, weft_array_whole(mean), &result, &err);
 *
 * Tasks: element-by-element operations (array/math.h) and the sources of
 *     array/create.h and array/random.h add no tasks of their own. They are
 *     computed inside the tasks of what needs their chunks - a reduction, or
 *     weft_array_whole() - batch by batch in cache: sum(sqrt(x*x + y*y)) is one
 *     task for each chunk and holds none of the arrays between. An expression
 *     that several read is computed for each of them, unless weft_array_keep()
 *     makes its chunks results of their own.
 * Types:     bool, int64, float32, float64. Results have NumPy's types, without
 *     casts that depend on a value.
 * Ownership: as in weft/graph.h: arrays belong to their graph and go with it.
 * Errors:    an impossible request gives an array that has already failed, and
 *     what is built on it fails for the same reason: see weft_array_status().
 *     When even that cannot be kept the answer is NULL, which every function
 *     here takes for an array that failed with WEFT_NOMEM.
 * Threads:   as in weft/graph.h: one thread builds at a time.
 */
#ifndef WEFT_ARRAY_H
#define WEFT_ARRAY_H

#include <limits.h>
#include <string.h>
#include <weft/collection.h>
#include <weft/graph.h>

WEFT_BEGIN

typedef struct weft_array weft_array;

/* An axis counts from 0; negative ones count from the last, which is -1. */
enum { WEFT_ALL_AXES = INT_MIN };

/* ---- Shape and chunks ----------------------------------------------------- */

enum { WEFT_CHUNK_AUTO = 0, WEFT_CHUNK_WHOLE = -1 };

/* How to cut. Every axis is said one way; zeroed, all are chosen ("auto"):
 *     {.all = 1000}                           1000 along every axis
 *     {.axis = {100, WEFT_CHUNK_WHOLE}}       100 along axis 0, axis 1 uncut
 *     {.list = {cuts}, .n_list = {3}}         chunk lengths of axis 0, one by one
 *     {.axis = {100}, .bytes = 1 << 20}       axis 0 by 100, the rest so that a
 *                                             chunk takes about 1 MiB
 * The last chunk of an axis is shorter when its size is no multiple. Where lengths
 * are chosen, chunks are near square and take at most the wanted bytes. */
struct weft_chunks {
    int64_t        all;                   /* for axes not said below: a length, or of the enum above */
    int64_t        axis[WEFT_MAX_DIMS];   /* a length, WEFT_CHUNK_WHOLE, or 0: as `all` */
    const int64_t *list[WEFT_MAX_DIMS];   /* lengths that add up to the size; lent */
    int64_t        n_list[WEFT_MAX_DIMS]; /* how many; 0: no list for this axis */
    size_t         bytes;                 /* wanted by chosen axes; 0: 128 MiB */
};

/* What a new array looks like: {WEFT_SHAPE(1000, 3), .chunks = {.all = 100}}.
 * No axes at all is one element. */
struct weft_layout {
    int                n_dims;
    int64_t            shape[WEFT_MAX_DIMS];
    struct weft_chunks chunks;
};
#define WEFT_SHAPE(...)                                                  \
    .n_dims = (int)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), \
    .shape = {__VA_ARGS__}

/* n elements, cut every `chunk`. */
static inline struct weft_layout weft_layout_1d(int64_t n, int64_t chunk)
{
    struct weft_layout l;

    memset(&l, 0, sizeof l);
    l.n_dims = 1;
    l.shape[0] = n;
    l.chunks.all = chunk;
    return l;
}

/* ---- Asking; computes nothing. Of a failed array: float64, no axes --------- */

/* WEFT_OK, or why the array could not be built. */
WEFT_API weft_status weft_array_status(const weft_array *a, struct weft_error *err);

WEFT_API weft_graph    *weft_array_graph(const weft_array *a);
WEFT_API const char    *weft_array_name(const weft_array *a);   /* of the operation: "add" */
WEFT_API weft_dtype     weft_array_dtype(const weft_array *a);
WEFT_API int            weft_array_n_dims(const weft_array *a);
WEFT_API const int64_t *weft_array_shape(const weft_array *a);  /* lent, n_dims long */
WEFT_API int64_t        weft_array_n_elems(const weft_array *a);
WEFT_API size_t         weft_array_bytes(const weft_array *a);  /* of all elements */
WEFT_API int64_t        weft_array_n_chunks(const weft_array *a);                 /* all together */
WEFT_API int64_t        weft_array_n_chunks_along(const weft_array *a, int axis); /* 0 <= axis < n_dims */
/* Where the chunks of an axis begin: n_chunks_along + 1 numbers, the last the size. Lent. */
WEFT_API const int64_t *weft_array_cuts(const weft_array *a, int axis);

/* Five lines of text; chunk is the longest along each axis, layers are the
 * operations behind it in the order they run, fused ones joined:
 *
 *     array  mean of float64
 *              whole                    chunk
 *     shape    (1000)                   (100)
 *     bytes    7.81 KiB                 800 B
 *     chunks   10                       (10)
 *     layers   2: normal-mean, mean                                            */
WEFT_API void weft_array_print(const weft_array *a, FILE *to);

/* The array as written, an operation a line with what it gives, under each what it is made
 * of; and as it will run: see weft/explain.h. Computes nothing, adds no task. */
WEFT_API void weft_array_explain(const weft_array *a, FILE *to);

/* ---- From arrays to tasks and back ----------------------------------------- */

/* The task whose result is the whole array as one weft_block. An array of one
 * chunk is not copied. */
WEFT_API weft_task *weft_array_whole(weft_array *a);

/* The task that has written every element to `to`, which outlives the runs of it: element
 * (i, j, ...) lies i * strides[0] + j * strides[1] + ... bytes behind, the last axis fastest
 * without gaps when `strides` is NULL. Each chunk is dropped as soon as it is written, and
 * no whole is made. It has no value: its status says that all is there. Not in a pool of
 * processes, whose bodies write to memory of their own. */
WEFT_API weft_task *weft_array_store(weft_array *a, void *to, const int64_t *strides);

/* The task whose result is one chunk, a weft_block; `index` has one number an axis. */
WEFT_API weft_task *weft_array_chunk_task(weft_array *a, const int64_t *index);

/* An equal array whose chunks are tasks of their own, shared by all that read it. */
WEFT_API weft_array *weft_array_keep(weft_array *a);

/* An array whose chunks are the results of `tasks`, blocks of this type and of
 * the shapes that `layout` says, in row-major order. `n` must be their number. */
WEFT_API weft_array *weft_array_from_tasks(weft_graph *g, weft_dtype dtype, struct weft_layout layout,
                                           weft_task *const *tasks, int64_t n);

/* An array as a collection (weft/collection.h), and back; NULL: it is another. */
WEFT_API struct weft_collection weft_array_collection(weft_array *a);
WEFT_API weft_array            *weft_collection_array(struct weft_collection c);

WEFT_END

#include <weft/array/create.h>
#include <weft/array/math.h>
#include <weft/array/random.h>
#include <weft/array/reduce.h>
/* The last, for its macros have the names of all these. */
#include <weft/array/places.h>

#endif
