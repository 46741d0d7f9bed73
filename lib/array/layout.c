/* layout.c - from what the caller says about shape and chunks to where each chunk begins. */
#include <math.h>
#include <string.h>

#include "lib/array/array.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"

static const size_t auto_bytes = (size_t)128 << 20;

/* As many tasks as a graph can number. */
static const int64_t max_chunks = INT32_MAX;

int64_t wf_shape_elems(int n_dims, const int64_t *shape)
{
    int64_t n = 1;
    bool too_many = false;

    /* A zero anywhere makes it empty, however large the rest. */
    for (int d = 0; d < n_dims; d++)
        if (shape[d] == 0)
            return 0;
    for (int d = 0; d < n_dims; d++)
        too_many |= __builtin_mul_overflow(n, shape[d], &n);
    return too_many ? -1 : n;
}

const char *wf_shape_text(char text[WF_SHAPE_TEXT], int n_dims, const int64_t *shape)
{
    size_t at = 0;

    at += (size_t)snprintf(text, WF_SHAPE_TEXT, "(");
    for (int d = 0; d < n_dims; d++)
        at += (size_t)snprintf(text + at, WF_SHAPE_TEXT - at, "%s%lld", d ? ", " : "", (long long)shape[d]);
    snprintf(text + at, WF_SHAPE_TEXT - at, ")");
    return text;
}

/* ---- Cutting one axis ----------------------------------------------------------- */

/* Every `length`, the last shorter. A size of 0 is one empty chunk. */
static weft_status cut_evenly(weft_graph *g, struct wf_cuts *out, int64_t size, int64_t length,
                              struct weft_error *err)
{
    const int64_t n = size ? (size - 1) / length + 1 : 1;
    int64_t *at = n > max_chunks ? NULL : wf_graph_alloc(g, (size_t)(n + 1) * sizeof *at);

    if (!at)
        return wf_error_nomem(err, "the chunks of an array");
    for (int64_t i = 0; i < n; i++)
        at[i] = i * length;
    at[n] = size;
    *out = (struct wf_cuts){n, at};
    return WEFT_OK;
}

static weft_status cut_by_list(weft_graph *g, struct wf_cuts *out, int64_t size, const int64_t *list,
                               int64_t n, int axis, const char *what, struct weft_error *err)
{
    int64_t *at = n > max_chunks ? NULL : wf_graph_alloc(g, (size_t)(n + 1) * sizeof *at);
    int64_t sum = 0;

    if (!at)
        return wf_error_nomem(err, "the chunks of an array");
    for (int64_t i = 0; i < n; i++) {
        at[i] = sum;
        if (list[i] < 0 || __builtin_add_overflow(sum, list[i], &sum))
            return weft_error_set(err, WEFT_INVALID, "%s: chunk %lld of axis %d has length %lld", what,
                                  (long long)i, axis, (long long)list[i]);
    }
    if (sum != size)
        return weft_error_set(err, WEFT_INVALID,
                              "%s: chunks of axis %d add up to %lld and its size is %lld", what, axis,
                              (long long)sum, (long long)size);
    at[n] = size;
    *out = (struct wf_cuts){n, at};
    return WEFT_OK;
}

struct wf_cuts wf_cuts_one(weft_graph *g, int64_t size)
{
    struct wf_cuts cuts = {0};

    cut_evenly(g, &cuts, size, size ? size : 1, NULL);
    return cuts;
}

/* ---- Choosing lengths ------------------------------------------------------------- */

/* The largest side with side^k <= budget. */
static int64_t root_of(double budget, int k)
{
    int64_t side = (int64_t)pow(budget, 1.0 / k);

    while (side > 1 && pow((double)side, k) > budget)
        side--;
    while (pow((double)side + 1, k) <= budget)
        side++;
    return side < 1 ? 1 : side;
}

/* Lengths for the axes where length[d] is 0, so that a chunk has at most `budget`
 * elements: first whole those axes that are short anyway, then equal sides. */
static void choose_lengths(int n_dims, const int64_t *shape, int64_t *length, double budget)
{
    bool again = true;
    int k = 0;
    int64_t side = 0;

    for (int d = 0; d < n_dims; d++) {
        if (length[d])
            budget /= (double)length[d];
        else
            k++;
    }
    while (again && k) {
        again = false;
        side = root_of(budget < 1 ? 1 : budget, k);
        for (int d = 0; d < n_dims && !again; d++) {
            if (length[d] || shape[d] > side)
                continue;
            length[d] = shape[d] ? shape[d] : 1;
            budget /= (double)length[d];
            k--;
            again = true;
        }
    }
    for (int d = 0; d < n_dims; d++)
        if (!length[d]) {
            const int64_t n = (shape[d] - 1) / side + 1;

            length[d] = (shape[d] - 1) / n + 1;  /* as many chunks, but of one length */
        }
}

/* What is said about axis d: a length, or 0 to choose. */
static weft_status length_said(const struct weft_chunks *c, int d, int64_t size, const char *what,
                               int64_t *length, struct weft_error *err)
{
    const int64_t said = c->axis[d] ? c->axis[d] : c->all;

    if (said < WEFT_CHUNK_WHOLE)
        return weft_error_set(err, WEFT_INVALID, "%s: chunk length %lld for axis %d", what,
                              (long long)said, d);
    *length = said;
    if (said == WEFT_CHUNK_WHOLE || said > size)
        *length = size ? size : 1;
    return WEFT_OK;
}

/* The longest of a list, for the bytes of a chunk. */
static int64_t longest(const int64_t *list, int64_t n)
{
    int64_t most = 1;

    for (int64_t i = 0; i < n; i++)
        most = list[i] > most ? list[i] : most;
    return most;
}

static weft_status check_shape(const struct weft_layout *l, weft_dtype dtype, const char *what,
                               struct weft_error *err)
{
    char text[WF_SHAPE_TEXT];
    int64_t n;

    if (l->n_dims < 0 || l->n_dims > WEFT_MAX_DIMS)
        return weft_error_set(err, WEFT_INVALID, "%s: %d axes; at most %d are possible", what, l->n_dims,
                              WEFT_MAX_DIMS);
    if (dtype == WEFT_DATE || dtype == WEFT_STRING || (unsigned)dtype >= WEFT_DTYPE_COUNT)
        return weft_error_set(err, WEFT_TYPE, "%s: arrays of %s are not to be had", what,
                              (unsigned)dtype < WEFT_DTYPE_COUNT ? weft_dtype_name(dtype) : "that type");
    for (int d = 0; d < l->n_dims; d++)
        if (l->shape[d] < 0)
            return weft_error_set(err, WEFT_INVALID, "%s: axis %d has size %lld", what, d,
                                  (long long)l->shape[d]);
    n = wf_shape_elems(l->n_dims, l->shape);
    if (n < 0 || n > INT64_MAX / 16)
        return weft_error_set(err, WEFT_INVALID, "%s: shape %s has more elements than memory has room for",
                              what, wf_shape_text(text, l->n_dims, l->shape));
    return WEFT_OK;
}

weft_status wf_layout_apply(weft_array *a, const struct weft_layout *l, const char *what,
                            struct weft_error *err)
{
    const struct weft_chunks *c = &l->chunks;
    const size_t bytes = c->bytes ? c->bytes : auto_bytes;
    int64_t length[WEFT_MAX_DIMS], n_chunks = 1;
    weft_status st = check_shape(l, a->dtype, what, err);

    for (int d = 0; d < l->n_dims && !st; d++) {
        if (c->n_list[d] > 0)
            length[d] = longest(c->list[d], c->n_list[d]);
        else
            st = length_said(c, d, l->shape[d], what, &length[d], err);
    }
    if (st)
        return st;
    choose_lengths(l->n_dims, l->shape, length, (double)(bytes / weft_dtype_size(a->dtype)));
    a->n_dims = l->n_dims;
    for (int d = 0; d < l->n_dims; d++) {
        a->shape[d] = l->shape[d];
        if (c->n_list[d] > 0)
            st = cut_by_list(a->graph, &a->cuts[d], l->shape[d], c->list[d], c->n_list[d], d, what, err);
        else
            st = cut_evenly(a->graph, &a->cuts[d], l->shape[d], length[d], err);
        if (st)
            return st;
        if (__builtin_mul_overflow(n_chunks, a->cuts[d].n, &n_chunks) || n_chunks > max_chunks)
            return weft_error_set(err, WEFT_INVALID, "%s: more than %lld chunks", what,
                                  (long long)max_chunks);
    }
    return WEFT_OK;
}

/* ---- Between axes of arrays --------------------------------------------------------- */

bool wf_cuts_refine(weft_graph *g, struct wf_cuts *out, const struct wf_cuts *a, const struct wf_cuts *b)
{
    int64_t n = 0, i = 0, j = 0, *at;

    WF_ASSERT(a->at[a->n] == b->at[b->n]);
    if (a->n == b->n && (a->at == b->at || !memcmp(a->at, b->at, (size_t)(a->n + 1) * sizeof *a->at))) {
        *out = *a;
        return true;
    }
    if (a->at[a->n] == 0) {
        *out = wf_cuts_one(g, 0);
        return out->at;
    }
    at = wf_graph_alloc(g, (size_t)(a->n + b->n + 1) * sizeof *at);
    if (!at)
        return false;
    /* Both rise from 0 to the size: merge, each place once. Empty chunks vanish. */
    while (i <= a->n || j <= b->n) {
        const int64_t x = i <= a->n ? a->at[i] : INT64_MAX, y = j <= b->n ? b->at[j] : INT64_MAX;
        const int64_t next = x < y ? x : y;

        i += x == next;
        j += y == next;
        if (!n || at[n - 1] != next)
            at[n++] = next;
    }
    *out = (struct wf_cuts){n - 1, at};
    return true;
}

int64_t wf_cuts_find(const struct wf_cuts *cuts, int64_t from, int64_t to)
{
    int64_t low = 0, high = cuts->n - 1;

    /* The last chunk that begins at or before `from`: empty ones before it begin there too. */
    while (low < high) {
        const int64_t middle = low + (high - low + 1) / 2;

        if (cuts->at[middle] <= from)
            low = middle;
        else
            high = middle - 1;
    }
    WF_ASSERT(from == to || (cuts->at[low] <= from && to <= cuts->at[low + 1]));
    (void)to;
    return low;
}

void wf_index_next(int64_t *index, int n_dims, const struct wf_cuts *cuts)
{
    for (int d = n_dims - 1; d >= 0; d--) {
        if (++index[d] < cuts[d].n)
            return;
        index[d] = 0;
    }
}

int64_t wf_index_number(const int64_t *index, int n_dims, const struct wf_cuts *cuts)
{
    int64_t number = 0;

    for (int d = 0; d < n_dims; d++)
        number = number * cuts[d].n + index[d];
    return number;
}
