/* collection.c - what can be done with anything made of tasks, one a part. */
#include <weft/collection.h>
#include <weft/explain.h>

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/hash.h"
#include "lib/base/mem.h"

size_t weft_collection_n_parts(struct weft_collection c)
{
    return c.type ? c.type->n_parts(c.self) : 0;
}

weft_task *weft_collection_part(struct weft_collection c, size_t i)
{
    if (!c.type)
        return NULL;
    WF_ASSERT(i < weft_collection_n_parts(c));
    return c.type->part(c.self, i);
}

weft_task *weft_collection_whole(struct weft_collection c)
{
    if (!c.type)
        return NULL;
    if (!c.type->whole)
        return weft_graph_fail(c.type->graph(c.self), WEFT_UNSUPPORTED, "%s cannot be had as one value, only part by part",
                               c.type->name);
    return c.type->whole(c.self);
}

static weft_status status_of(struct weft_collection c, struct weft_error *err)
{
    if (!c.type)
        return weft_error_set(err, WEFT_INVALID, "no collection: its type is NULL");
    return c.type->status ? c.type->status(c.self, err) : WEFT_OK;
}

weft_status weft_collection_parts(struct weft_collection c, weft_task **out, struct weft_error *err)
{
    const size_t n = weft_collection_n_parts(c);
    weft_status st = status_of(c, err);
    void *best;

    if (st)
        return st;
    best = c.type->optimize ? c.type->optimize(c.self) : c.self;
    if (!best)
        return wf_error_nomem(err, "a collection");
    WF_ASSERT(c.type->n_parts(best) == n);
    for (size_t i = 0; i < n; i++)
        out[i] = c.type->part(best, i);
    return WEFT_OK;
}

weft_status weft_collection_rebuild(struct weft_collection c, weft_graph *g, weft_task *const *parts, size_t n,
                                    struct weft_collection *out, struct weft_error *err)
{
    weft_status st = status_of(c, err);
    void *self;

    if (st)
        return st;
    if (!c.type->rebuild)
        return weft_error_set(err, WEFT_UNSUPPORTED, "%s cannot be rebuilt over other tasks: its type has no rebuild", c.type->name);
    if (n != weft_collection_n_parts(c))
        return weft_error_set(err, WEFT_INVALID, "%s has %zu parts, and %zu tasks are to give them", c.type->name,
                              weft_collection_n_parts(c), n);
    self = c.type->rebuild(c.self, g, parts, n);
    if (!self)
        return wf_error_nomem(err, "a collection");
    *out = (struct weft_collection){c.type, self};
    return status_of(*out, err);
}

weft_status weft_collection_token(struct weft_collection c, uint64_t token[2], struct weft_error *err)
{
    const size_t n = weft_collection_n_parts(c);
    weft_task **parts = wf_alloc_array(n, sizeof *parts);
    struct wf_token t = {0};
    char key[256];
    weft_status st = parts ? weft_collection_parts(c, parts, err) : wf_error_nomem(err, "a token");

    for (size_t i = 0; !st && i < n; i++) {
        weft_task_key(parts[i], key, sizeof key);
        t = wf_token_add(t, key, strlen(key) + 1);
    }
    wf_free(parts);
    if (!st) {
        token[0] = t.hi;
        token[1] = t.lo;
    }
    return st;
}

weft_status weft_collection_explain(struct weft_collection c, FILE *to, struct weft_error *err)
{
    const size_t n = weft_collection_n_parts(c);
    weft_task **parts;
    weft_status st = status_of(c, err);

    if (st)
        return st;
    if (c.type->explain) {
        c.type->explain(c.self, to);
        return WEFT_OK;
    }
    parts = wf_alloc_array(n, sizeof *parts);
    st = parts ? weft_collection_parts(c, parts, err) : wf_error_nomem(err, "an explanation");
    st = st ? st : weft_explain(to, parts, n, NULL, err);
    wf_free(parts);
    return st;
}
