/* create.c - bags from memory, from tasks and from other bags. */
#include <string.h>

#include "lib/bag/bag.h"
#include "lib/bag/concat.h"
#include "lib/graph/graph.h"

/* ---- From memory ----------------------------------------------------------------- */

/* Rows of partition p of n: the first n_rows % n get one more. */
static int64_t part_begin(int64_t n_rows, int n, int p)
{
    const int64_t extra = n_rows % n;

    return n_rows / n * p + (p < extra ? p : extra);
}

/* Copies rows first .. first + n - 1 of `from`. */
typedef weft_records *fill_fn(const void *from, struct wf_shape shape, int64_t first, int64_t n);

static weft_bag *bag_of_literals(weft_graph *g, struct wf_shape shape, int64_t n_rows, int n, fill_fn *fill,
                                 const void *from)
{
    struct wf_base *base;

    if (!g)
        return NULL;
    if (n < 1)
        return wf_bag_fail(g, NULL, WEFT_INVALID, "parallelize: %d partitions", n);
    base = wf_base_new(g, shape, n);
    if (!base)
        return NULL;
    for (int p = 0; p < n; p++) {
        const int64_t first = part_begin(n_rows, n, p), last = part_begin(n_rows, n, p + 1);
        weft_records *r = fill(from, shape, first, last - first);

        if (!r)
            return wf_bag_failed(g, wf_graph_nomem(g));
        base->tasks[p] = weft_graph_put(g, weft_value_of_ptr(&weft_type_records, r));
    }
    return wf_bag_over(g, base);
}

static weft_records *fill_structs(const void *from, struct wf_shape shape, int64_t first, int64_t n)
{
    weft_records *r = wf_records_sized(shape, n, n, 0);

    if (r && n)
        memcpy(r->data, (const char *)from + (size_t)first * shape.bytes, (size_t)n * shape.bytes);
    if (r)
        r->n = n;
    return r;
}

static weft_records *fill_texts(const void *from, struct wf_shape shape, int64_t first, int64_t n)
{
    const struct weft_text *texts = (const struct weft_text *)from + first;
    int64_t bytes = 0;
    weft_records *r;

    for (int64_t i = 0; i < n; i++)
        bytes += texts[i].len;
    r = wf_records_sized(shape, n, 0, bytes);
    for (int64_t i = 0; r && i < n; i++)
        if (!wf_records_add(r, &(struct weft_record){.text = texts[i]})) {
            weft_records_release(r);
            return NULL;
        }
    return r;
}

weft_bag *weft_bag_parallelize(weft_graph *g, const void *records, size_t record_bytes, size_t n,
                               int n_partitions)
{
    size_t all;

    if (!record_bytes || __builtin_mul_overflow(n, record_bytes, &all) || all > INT64_MAX)
        return wf_bag_fail(g, NULL, WEFT_INVALID, "parallelize: %zu records of %zu bytes", n, record_bytes);
    return bag_of_literals(g, (struct wf_shape){WEFT_STRUCTS, record_bytes}, (int64_t)n, n_partitions,
                           fill_structs, records);
}

weft_bag *weft_bag_parallelize_texts(weft_graph *g, const struct weft_text *texts, size_t n, int n_partitions)
{
    return bag_of_literals(g, (struct wf_shape){WEFT_TEXTS, 0}, (int64_t)n, n_partitions, fill_texts, texts);
}

/* ---- From tasks ------------------------------------------------------------------- */

weft_bag *weft_bag_of_tasks(weft_graph *g, weft_task *const *tasks, int n, enum weft_record_kind kind,
                            size_t bytes)
{
    const struct wf_shape shape = {kind, kind == WEFT_TEXTS ? 0 : bytes};
    struct wf_base *base;

    if (!g)
        return NULL;
    if (n < 1)
        return wf_bag_fail(g, NULL, WEFT_INVALID, "bag of tasks: %d partitions", n);
    if (kind < WEFT_STRUCTS || kind > WEFT_GROUPS || (wf_shape_has_data(shape) && !bytes))
        return wf_bag_fail(g, NULL, WEFT_INVALID, "bag of tasks: records of kind %d and %zu bytes", (int)kind,
                           bytes);
    base = wf_base_new(g, shape, n);
    if (!base)
        return NULL;
    memcpy(base->tasks, tasks, (size_t)n * sizeof *tasks);
    return wf_bag_over(g, base);
}

/* ---- From other bags ---------------------------------------------------------------- */

weft_bag *weft_bag_union(weft_bag *a, weft_bag *b)
{
    weft_task *failed;
    const struct wf_base *left, *right;
    struct wf_base *base;

    if (wf_bag_is_failed(a, &failed))
        return a;
    if (wf_bag_is_failed(b, &failed))
        return b;
    if (a->graph != b->graph)
        return wf_bag_fail(a->graph, NULL, WEFT_INVALID, "union: the bags are of two graphs");
    if (!wf_shape_equal(a->shape, b->shape))
        return wf_bag_fail(a->graph, NULL, WEFT_TYPE, "union: the records are %s of %zu bytes and %s of %zu",
                           wf_kind_text(a->shape.kind), a->shape.bytes, wf_kind_text(b->shape.kind),
                           b->shape.bytes);
    left = wf_bag_parts(a);
    right = wf_bag_parts(b);
    if (!left || !right)
        return NULL;
    base = wf_base_new(a->graph, a->shape, left->n_partitions + right->n_partitions);
    if (!base)
        return NULL;
    memcpy(base->tasks, left->tasks, (size_t)left->n_partitions * sizeof *base->tasks);
    memcpy(base->tasks + left->n_partitions, right->tasks, (size_t)right->n_partitions * sizeof *base->tasks);
    return wf_bag_over(a->graph, base);
}

weft_bag *weft_bag_coalesce(weft_bag *b, int n_partitions)
{
    weft_task *failed;
    const struct wf_base *from;
    struct wf_base *base;
    uint32_t layer;

    if (wf_bag_is_failed(b, &failed))
        return b;
    if (n_partitions < 1)
        return wf_bag_fail(b->graph, NULL, WEFT_INVALID, "coalesce: %d partitions", n_partitions);
    if (n_partitions >= wf_bag_n(b))
        return b;
    from = wf_bag_parts(b);
    base = from ? wf_base_new(b->graph, b->shape, n_partitions) : NULL;
    if (!base)
        return NULL;
    layer = weft_graph_layer(b->graph, "coalesce");
    for (int p = 0; p < n_partitions; p++) {
        const int64_t first = part_begin(from->n_partitions, n_partitions, p);
        const int64_t last = part_begin(from->n_partitions, n_partitions, p + 1);

        base->tasks[p] = wf_concat_task(b->graph, "coalesce", p, layer, b->shape, from->tasks + first,
                                        (size_t)(last - first));
    }
    return wf_bag_over(b->graph, base);
}
