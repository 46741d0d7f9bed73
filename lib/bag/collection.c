/* collection.c - a bag as a collection: its partitions in order. */
#include <weft/collection.h>

#include <string.h>

#include "lib/bag/bag.h"
#include "lib/base/error.h"

static weft_graph *graph_of(const void *self)
{
    return self ? ((const weft_bag *)self)->graph : NULL;
}

static size_t n_parts(const void *self)
{
    return (size_t)weft_bag_n_partitions(self);
}

static weft_task *part(void *self, size_t i)
{
    return weft_bag_task(self, (int)i);
}

static weft_task *whole(void *self)
{
    return weft_bag_collect(self);
}

static weft_status status(const void *self, struct weft_error *err)
{
    const weft_bag *b = self;

    if (!b)
        return wf_error_nomem(err, "a bag");
    return b->failed ? weft_task_status(b->failed, err) : WEFT_OK;
}

static void explain(const void *self, FILE *to)
{
    weft_bag_explain(self, to);
}

static void *rebuild(const void *self, weft_graph *g, weft_task *const *parts, size_t n)
{
    struct wf_base *base = wf_base_new(g, ((const weft_bag *)self)->shape, (int)n);

    if (!base)
        return NULL;
    memcpy(base->tasks, parts, n * sizeof *parts);
    return wf_bag_over(g, base);
}

struct weft_collection weft_bag_collection(weft_bag *b)
{
    static const struct weft_collection_type type = {
        .name = "a bag", .graph = graph_of, .n_parts = n_parts, .part = part, .whole = whole,
        .rebuild = rebuild, .status = status, .explain = explain};

    return (struct weft_collection){&type, b};
}

weft_bag *weft_collection_bag(struct weft_collection c)
{
    return c.type && c.type == weft_bag_collection(NULL).type ? c.self : NULL;
}
