/* collection.c - a frame as a collection: its partitions in order, and from tasks back. */
#include <weft/collection.h>

#include <string.h>

#include "lib/base/error.h"
#include "lib/frame/frame.h"

static weft_graph *graph_of(const void *self)
{
    return self ? ((const weft_frame *)self)->graph : NULL;
}

static size_t n_parts(const void *self)
{
    return (size_t)weft_frame_n_partitions(self);
}

static weft_task *part(void *self, size_t i)
{
    return weft_frame_partition(self, (int)i);
}

static weft_task *whole(void *self)
{
    return weft_frame_whole(self);
}

static weft_status status(const void *self, struct weft_error *err)
{
    return weft_frame_status(self, err);
}

static void explain(const void *self, FILE *to)
{
    weft_frame_explain(self, to);
}

/* A copy in the memory of the graph; NULL stays so. False: no memory. */
static bool copy_counts(weft_graph *g, const int64_t **to, const int64_t *from, size_t n)
{
    int64_t *copy = from ? wf_graph_alloc(g, n * sizeof *copy) : NULL;

    if (copy)
        memcpy(copy, from, n * sizeof *copy);
    *to = copy;
    return copy || !from;
}

static void *rebuild(const void *self, weft_graph *g, weft_task *const *parts, size_t n)
{
    const weft_frame *like = self;
    weft_frame *f = wf_frame_of_tasks(g, parts, (int)n, &like->schema, 1);

    if (!f || !copy_counts(g, &f->rows, like->rows, n) || !copy_counts(g, &f->divisions, like->divisions, n + 1))
        return NULL;
    f->n_rows = like->n_rows;
    return f;
}

struct weft_collection weft_frame_collection(weft_frame *f)
{
    static const struct weft_collection_type type = {
        .name = "a frame", .graph = graph_of, .n_parts = n_parts, .part = part, .whole = whole,
        .rebuild = rebuild, .status = status, .explain = explain};

    return (struct weft_collection){&type, f};
}

weft_frame *weft_collection_frame(struct weft_collection c)
{
    return c.type && c.type == weft_frame_collection(NULL).type ? c.self : NULL;
}

/* ---- From tasks ---------------------------------------------------------------- */

/* Its chunk, if it has the columns that are said: whoever reads it looks no more. */
static weft_status check_body(weft_call *call, void *arg, struct weft_error *err)
{
    const weft_frame *like = arg;
    weft_chunk *c = weft_value_chunk(weft_call_input(call, 0));
    char about[WF_FRAME_ABOUT];

    if (!c)
        return weft_error_set(err, WEFT_TYPE, "frame of tasks: the value is not a chunk");
    if (weft_chunk_n_columns(c) != like->schema.n)
        return weft_error_set(err, WEFT_TYPE, "frame of tasks: a chunk has %d columns, and the frame %s",
                              weft_chunk_n_columns(c), wf_frame_about(&like->schema, about));
    for (int i = 0; i < like->schema.n; i++)
        if (weft_chunk_dtype(c, i) != like->schema.dtypes[i] || strcmp(weft_chunk_name(c, i), like->schema.names[i]))
            return weft_error_set(err, WEFT_TYPE, "frame of tasks: column %d is \"%s\" of %s, and that of the frame \"%s\" of %s",
                                  i, weft_chunk_name(c, i), weft_dtype_name(weft_chunk_dtype(c, i)),
                                  like->schema.names[i], weft_dtype_name(like->schema.dtypes[i]));
    weft_call_return(call, weft_value_of_ptr(&weft_type_chunk, weft_chunk_retain(c)));
    return WEFT_OK;
}

/* Frames stay as long as their graph; names and types are all that is looked at. */
static weft_status schema_hash(const void *data, struct weft_sink *sink)
{
    const weft_frame *f = data;
    weft_status st = WEFT_OK;

    for (int i = 0; i < f->schema.n && !st; i++) {
        st = sink->write(sink->to, &f->schema.dtypes[i], sizeof f->schema.dtypes[i]);
        st = st ? st : sink->write(sink->to, f->schema.names[i], strlen(f->schema.names[i]) + 1);
    }
    return st;
}

weft_frame *weft_frame_from_tasks(weft_graph *g, weft_task *const *tasks, int n, const weft_frame *like)
{
    static const struct weft_type type = {.name = "names and types", .hash = schema_hash};
    struct weft_error err;
    weft_frame *f;
    uint32_t layer;

    if (!g || !like)
        return NULL;
    if (like->failed) {
        weft_frame_status(like, &err);
        return wf_frame_fail(g, &err);
    }
    if (n < 1) {
        weft_error_set(&err, WEFT_INVALID, "frame of tasks: %d partitions", n);
        return wf_frame_fail(g, &err);
    }
    f = wf_frame_of_tasks(g, tasks, n, &like->schema, 1);
    if (!f)
        return NULL;
    layer = weft_graph_layer(g, "from-tasks");
    for (int64_t i = 0; i < n; i++)
        f->source->tasks[i] = weft_graph_add(g, &(struct weft_task_spec){
            .name = "from-tasks", .index = &i, .n_index = 1, .layer = layer, .body = check_body, .arg = f, .arg_type = &type,
            .deps = &tasks[i], .n_deps = 1, .flags = WEFT_PURE | WEFT_ROWS, .file = g->here.file, .line = g->here.line});
    return f;
}
