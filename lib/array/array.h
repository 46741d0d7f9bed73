/* array.h - an array as a description: a leaf that has elements, or an operation on others.
 *
 *     FILL RANGE LINE UNIFORM NORMAL INTEGERS   a rule gives element i
 *     MEMORY                                    the caller's bytes
 *     CHUNKS                                    results of tasks, one a chunk
 *     CALL                                      an operation on up to three arrays
 *
 * Only CHUNKS have tasks. Whatever needs the chunks of another kind makes a pass
 * (pass.h), which computes the whole expression under it in one task for each
 * chunk.
 *
 * What always holds:
 *   1. Handles are immutable but for `chunks`, which keep() sets, and the three
 *      fields of a compilation, which mean something only inside wf_pass_new().
 *   2. cuts[d].at rises from 0 to shape[d] in cuts[d].n steps, n >= 1.
 *   3. The cuts of a CALL refine those of each operand along every axis where
 *      the operand does not repeat. So a chunk of the result reads one chunk of
 *      each CHUNKS leaf.
 */
#ifndef WF_ARRAY_H
#define WF_ARRAY_H

#include <weft/array.h>

#include "lib/data/buffer.h"
#include "lib/expr/expr.h"
#include "lib/graph/graph.h"

enum wf_array_kind {
    WF_ARRAY_FILL,
    WF_ARRAY_RANGE,    /* int64: start + i * step */
    WF_ARRAY_LINE,     /* float64: first + i * step, and the last is given */
    WF_ARRAY_UNIFORM,
    WF_ARRAY_NORMAL,
    WF_ARRAY_INTEGERS,
    WF_ARRAY_MEMORY,
    WF_ARRAY_CHUNKS,
    WF_ARRAY_CALL,
};

/* Where the chunks of an axis begin, and after the last its size. */
struct wf_cuts {
    int64_t        n;
    const int64_t *at;  /* n + 1 */
};

struct weft_array {
    weft_graph        *graph;
    weft_task         *failed;  /* the reason; NULL: none */
    const char        *name;
    enum wf_array_kind kind;
    weft_dtype         dtype;
    bool               is_weak; /* a number whose type gives way */
    int                n_dims;
    int                depth;   /* operations from here to the farthest leaf */
    int64_t            shape[WEFT_MAX_DIMS];
    struct wf_cuts     cuts[WEFT_MAX_DIMS];
    weft_task        **chunks;  /* row-major; NULL: none made */
    struct wf_origin   from;    /* where it was said, and how its tasks want to be run */
    union {
        union { double f64; int64_t i64; } fill; /* of float32 too f64, of bool i64 */
        struct { int64_t start, step; } range;
        struct { double first, step, last; int64_t n; } line; /* element n - 1 is `last` */
        struct { uint64_t seed, stream; double a, b; int64_t low; uint64_t span; } random;
        struct {
            const char       *data;   /* element (0, 0, ...) */
            int64_t           stride[WEFT_MAX_DIMS]; /* bytes */
            struct wf_buffer *held;
            struct wf_token   token;
        } memory;
        struct { weft_op op; int n_args; weft_array *args[3]; weft_dtype cast; } call;
    } as;
    /* While a pass is compiled: which one, this node in it, its number among the leaves. */
    const void           *stamp;
    const struct wf_expr *expr;
    int                   leaf;
};

/* ---- Making ----------------------------------------------------------------- */

/* A copy of `like` in the graph's memory. NULL: no memory. */
weft_array *wf_array_new(weft_graph *g, const struct weft_array *like);

/* An array that has failed; `err` is copied. */
weft_array *wf_array_fail_with(weft_graph *g, const char *name, const struct weft_error *err);
weft_array *wf_array_fail(weft_graph *g, const char *name, weft_status status, const char *fmt, ...)
    WEFT_FORMAT(4, 5);

/* An array like a failed one, for what is built on it. `a` may be NULL. */
weft_array *wf_array_pass_on(weft_array *a);
static inline bool wf_array_has_failed(const weft_array *a)
{
    return !a || a->failed;
}

/* The array, or an equal one of chunks when it is a description that does not join what is
 * said now: a number always does, having no tasks. */
weft_array *wf_array_to_join(weft_array *a);

/* "float64 (10000, 10000) by (1000, 1000)" */
enum { WF_ABOUT_TEXT = 512 };
const char *wf_array_about(const weft_array *a, char text[WF_ABOUT_TEXT]);

/* ---- Shapes ------------------------------------------------------------------- */

/* Checks the layout and fills n_dims, shape and cuts of `a`, whose graph and dtype
 * are set. `what` begins the message. */
weft_status wf_layout_apply(weft_array *a, const struct weft_layout *layout, const char *what,
                            struct weft_error *err);

/* "(3, 4)" */
enum { WF_SHAPE_TEXT = 22 * WEFT_MAX_DIMS + 4 };
const char *wf_shape_text(char text[WF_SHAPE_TEXT], int n_dims, const int64_t *shape);

/* -1: more than memory can hold. */
int64_t wf_shape_elems(int n_dims, const int64_t *shape);

/* The cuts that are in either; both end at the same size. False: no memory. */
bool wf_cuts_refine(weft_graph *g, struct wf_cuts *out, const struct wf_cuts *a, const struct wf_cuts *b);

/* The chunk of an axis that holds [from, to); they are in one chunk. */
int64_t wf_cuts_find(const struct wf_cuts *cuts, int64_t from, int64_t to);

/* One chunk from 0 to size. NULL in .at: no memory. */
struct wf_cuts wf_cuts_one(weft_graph *g, int64_t size);

/* The index after `index` in row-major order, of chunks. */
void wf_index_next(int64_t *index, int n_dims, const struct wf_cuts *cuts);

/* The number of chunk `index` in row-major order. */
int64_t wf_index_number(const int64_t *index, int n_dims, const struct wf_cuts *cuts);

/* ---- Tasks -------------------------------------------------------------------- */

/* Makes a->chunks if they are not there; a failed task in `*failed` if that cannot be. */
weft_status wf_array_make_chunks(weft_array *a, weft_task **failed);

#endif
