/* compute.c - a collection on a pool: as values, or kept for later. */
#include <weft/compute.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/source.h"

weft_status weft_pool_compute(weft_pool *pool, const struct weft_collection *c, size_t n, struct weft_value *outs,
                              struct weft_error *err)
{
    weft_task **wholes = wf_alloc_array(n, sizeof *wholes);
    weft_status st;

    for (size_t i = 0; outs && i < n; i++)
        outs[i] = weft_value_none();
    for (size_t i = 0; i < n; i++)
        if (!c[i].type) {
            wf_free(wholes);
            return weft_error_set(err, WEFT_INVALID, "collection %zu is none: its type is NULL", i);
        }
    if (!wholes)
        return wf_error_nomem(err, "collections");
    for (size_t i = 0; i < n; i++)
        wholes[i] = weft_collection_whole(c[i]);
    st = n ? weft_pool_run_many(pool, wholes, n, NULL, outs, err) : WEFT_OK;
    wf_free(wholes);
    return st;
}

/* The values become tasks of `g`, which takes them, in the place of those that gave them, made
 * from what those were. */
static weft_status put_all(weft_graph *g, const struct weft_value *values, weft_task **tasks, size_t n,
                           struct weft_error *err)
{
    weft_status first = WEFT_OK;

    for (size_t i = 0; i < n; i++) {
        const weft_task *before = tasks[i];
        weft_status st;

        tasks[i] = weft_graph_put(g, values[i]);
        st = weft_task_status(tasks[i], first ? NULL : err);
        if (!st && !wf_sources_inherit(tasks[i], before))
            st = wf_error_nomem(first ? NULL : err, "a collection");
        first = first ? first : st;
    }
    return first;
}

weft_status weft_pool_persist(weft_pool *pool, struct weft_collection c, weft_graph *into, struct weft_collection *out,
                              struct weft_error *err)
{
    const size_t n = weft_collection_n_parts(c);
    weft_task **parts = wf_alloc_array(n, sizeof *parts);
    struct weft_value *values = wf_alloc_array(n, sizeof *values);
    weft_status st = parts && values ? weft_collection_parts(c, parts, err) : wf_error_nomem(err, "a collection");

    if (st)
        goto out;
    into = into ? into : c.type->graph(c.self);
    st = n ? weft_pool_run_many(pool, parts, n, NULL, values, err) : WEFT_OK;
    if (st) {
        for (size_t i = 0; i < n; i++)
            weft_value_release(values[i]);
        goto out;
    }
    st = put_all(into, values, parts, n, err);
    st = st ? st : weft_collection_rebuild(c, into, parts, n, out, err);
out:
    wf_free(parts);
    wf_free(values);
    return st;
}
