/* map.c - the steps of a chain: map, flat_map, filter, map_partitions, keys, values. */
#include "lib/bag/bag.h"

#include "lib/base/assert.h"
#include "lib/graph/graph.h"

/* A bag with one step more; a failed or missing one stays what it is. The caller
 * sets the function. *st is the new step, NULL when there is none. */
static weft_bag *with_step(weft_bag *b, enum wf_step_op op, struct wf_shape to, const struct weft_step *step,
                           const char *name, struct wf_step **st)
{
    const bool joins = wf_bag_to_join(b);
    struct wf_step *s = wf_step_new(b->graph, op, step, name);
    weft_bag *after = wf_graph_alloc(b->graph, sizeof *after);

    *st = NULL;
    if (!s || !after || !joins)
        return NULL;
    s->in = b->shape;
    s->to = to;
    *after = (weft_bag){.graph = b->graph, .shape = to, .before = b, .step = s,
                         .from = wf_graph_origin(b->graph)};
    *st = s;
    return after;
}

/* What the step says it emits, or a failed bag in *out. */
static bool shape_of(weft_bag *b, const struct weft_step *step, const char *name, struct wf_shape *to,
                     weft_bag **out)
{
    weft_task *failed;

    *out = b;
    if (wf_bag_is_failed(b, &failed))
        return false;
    *to = b->shape;
    if (!step || step->to == WEFT_SAME)
        return true;
    *to = (struct wf_shape){step->to, step->to == WEFT_TEXTS ? 0 : step->to_bytes};
    if (step->name)
        name = step->name;
    if ((unsigned)step->to > WEFT_GROUPS)
        *out = wf_bag_fail(b->graph, step, WEFT_INVALID, "%s: .to is %d, not a kind of record", name,
                           (int)step->to);
    else if (wf_shape_has_data(*to) && !to->bytes)
        *out = wf_bag_fail(b->graph, step, WEFT_INVALID, "%s: .to is %s, but .to_bytes is 0", name,
                           wf_kind_text(step->to));
    else
        return true;
    return false;
}

static weft_bag *with_record_fn(weft_bag *b, enum wf_step_op op, weft_record_fn *fn,
                                const struct weft_step *step, const char *name)
{
    struct wf_shape to;
    struct wf_step *s;
    weft_bag *after;

    WF_ASSERT(fn);
    if (!shape_of(b, step, name, &to, &after)) {
        wf_step_drop(step);
        return after;
    }
    after = with_step(b, op, to, step, name, &s);
    if (s)
        s->fn.record = fn;
    return after;
}

weft_bag *weft_bag_map(weft_bag *b, weft_record_fn *fn, const struct weft_step *step)
{
    return with_record_fn(b, WF_STEP_MAP, fn, step, "map");
}

weft_bag *weft_bag_flat_map(weft_bag *b, weft_record_fn *fn, const struct weft_step *step)
{
    return with_record_fn(b, WF_STEP_FLAT_MAP, fn, step, "flat-map");
}

weft_bag *weft_bag_filter(weft_bag *b, weft_keep_fn *fn, const struct weft_step *step)
{
    weft_task *failed;
    struct wf_step *s;
    weft_bag *after;

    WF_ASSERT(fn);
    if (wf_bag_is_failed(b, &failed)) {
        wf_step_drop(step);
        return b;
    }
    after = with_step(b, WF_STEP_FILTER, b->shape, step, "filter", &s);
    if (s)
        s->fn.keep = fn;
    return after;
}

weft_bag *weft_bag_map_partitions(weft_bag *b, weft_partition_fn *fn, const struct weft_step *step)
{
    struct wf_shape to;
    struct wf_step *s;
    weft_bag *after;

    WF_ASSERT(fn);
    if (!shape_of(b, step, "map-partitions", &to, &after)) {
        wf_step_drop(step);
        return after;
    }
    after = with_step(b, WF_STEP_PARTITIONS, to, step, "map-partitions", &s);
    if (s)
        s->fn.partition = fn;
    return after;
}

static weft_bag *half(weft_bag *b, enum wf_step_op op, struct wf_shape to, const char *name)
{
    struct wf_step *s;
    weft_bag *after;

    if (b->shape.kind != WEFT_PAIRS && b->shape.kind != WEFT_GROUPS)
        return wf_bag_fail(b->graph, NULL, WEFT_TYPE, "%s: the records are %s, which have no keys", name,
                           wf_kind_text(b->shape.kind));
    after = with_step(b, op, to, NULL, name, &s);
    if (s)
        s->is_pure = true;
    return after;
}

weft_bag *weft_bag_keys(weft_bag *b)
{
    weft_task *failed;

    if (wf_bag_is_failed(b, &failed))
        return b;
    return half(b, WF_STEP_KEYS, (struct wf_shape){WEFT_TEXTS, 0}, "keys");
}

weft_bag *weft_bag_values(weft_bag *b)
{
    weft_task *failed;

    if (wf_bag_is_failed(b, &failed))
        return b;
    return half(b, WF_STEP_VALUES, (struct wf_shape){WEFT_STRUCTS, b->shape.bytes}, "values");
}
