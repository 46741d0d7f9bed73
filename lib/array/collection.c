/* collection.c - an array as a collection: its chunks in row-major order. */
#include <weft/collection.h>

#include <string.h>

#include "lib/array/array.h"

static weft_graph *graph_of(const void *self)
{
    return weft_array_graph(self);
}

static size_t n_parts(const void *self)
{
    return wf_array_has_failed(self) ? 0 : (size_t)weft_array_n_chunks(self);
}

static weft_task *part(void *self, size_t i)
{
    weft_array *a = self;
    weft_task *failed;

    return wf_array_make_chunks(a, &failed) ? failed : a->chunks[i];
}

static weft_task *whole(void *self)
{
    return weft_array_whole(self);
}

static weft_status status(const void *self, struct weft_error *err)
{
    return weft_array_status(self, err);
}

static void explain(const void *self, FILE *to)
{
    weft_array_explain(self, to);
}

/* The same shape and cuts, in the memory of that graph. */
static void *rebuild(const void *self, weft_graph *g, weft_task *const *parts, size_t n)
{
    const weft_array *like = self;
    weft_array a = {.graph = g, .name = "parts", .kind = WF_ARRAY_CHUNKS, .dtype = like->dtype, .n_dims = like->n_dims};

    for (int d = 0; d < like->n_dims; d++) {
        int64_t *at = wf_graph_alloc(g, (size_t)(like->cuts[d].n + 1) * sizeof *at);

        if (!at)
            return NULL;
        memcpy(at, like->cuts[d].at, (size_t)(like->cuts[d].n + 1) * sizeof *at);
        a.shape[d] = like->shape[d];
        a.cuts[d] = (struct wf_cuts){like->cuts[d].n, at};
    }
    a.chunks = wf_graph_alloc(g, n * sizeof *a.chunks);
    if (!a.chunks)
        return NULL;
    memcpy(a.chunks, parts, n * sizeof *a.chunks);
    return wf_array_new(g, &a);
}

struct weft_collection weft_array_collection(weft_array *a)
{
    static const struct weft_collection_type type = {
        .name = "an array", .graph = graph_of, .n_parts = n_parts, .part = part, .whole = whole,
        .rebuild = rebuild, .status = status, .explain = explain};

    return (struct weft_collection){&type, a};
}

weft_array *weft_collection_array(struct weft_collection c)
{
    return c.type && c.type == weft_array_collection(NULL).type ? c.self : NULL;
}
