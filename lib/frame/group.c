/* group.c - aggregates over groups of rows, over all rows, and counts of values. */
#include <string.h>

#include "lib/base/error.h"
#include "lib/frame/aggregate.h"

/* The expressions and names of one request, in the graph's memory. */
struct request {
    const struct wf_expr **keys, **whats;
    const char           **key_names, **texts, **names;
    enum weft_agg_kind    *kinds;
};

static bool request_room(struct request *r, weft_graph *g, int n_keys, int n_aggs)
{
    const size_t k = (size_t)n_keys + 1, a = (size_t)n_aggs + 1;

    r->keys = wf_graph_alloc(g, k * sizeof *r->keys);
    r->key_names = wf_graph_alloc(g, k * sizeof *r->key_names);
    r->whats = wf_graph_alloc(g, a * sizeof *r->whats);
    r->texts = wf_graph_alloc(g, a * sizeof *r->texts);
    r->names = wf_graph_alloc(g, a * sizeof *r->names);
    r->kinds = wf_graph_alloc(g, a * sizeof *r->kinds);
    return r->keys && r->key_names && r->whats && r->texts && r->names && r->kinds;
}

/* "goals_mean"; NULL: no memory. */
static const char *name_of(weft_graph *g, const struct weft_agg *agg)
{
    const char *kind = wf_agg_name(agg->kind);
    size_t size;
    char *name;

    if (agg->name)
        return wf_graph_strdup(g, agg->name);
    if (agg->kind == WEFT_AGG_SIZE)
        return kind;
    size = strlen(agg->what) + strlen(kind) + 2;
    name = wf_graph_alloc(g, size);
    if (name)
        snprintf(name, size, "%s_%s", agg->what, kind);
    return name;
}

static weft_status fill_agg(struct request *r, int i, weft_frame *f, const struct weft_agg *agg,
                            struct weft_error *err)
{
    if ((int)agg->kind < WEFT_AGG_SUM || agg->kind > WEFT_AGG_SIZE)
        return weft_error_set(err, WEFT_INVALID, "group: aggregate %d is of kind %d, which there is not", i, agg->kind);
    if (agg->kind != WEFT_AGG_SIZE && !agg->what)
        return weft_error_set(err, WEFT_INVALID, "group: aggregate %d is a %s of nothing", i, wf_agg_name(agg->kind));
    r->kinds[i] = agg->kind;
    r->texts[i] = agg->what ? agg->what : "";
    r->names[i] = name_of(f->graph, agg);
    if (!r->names[i])
        return wf_error_nomem(err, "groups");
    return agg->kind == WEFT_AGG_SIZE ? WEFT_OK : wf_frame_expr_of(&r->whats[i], f, agg->what, err);
}

/* Names of keys and results are told apart. */
static weft_status check_names(const struct request *r, int n_keys, int n_aggs, struct weft_error *err)
{
    for (int i = 0; i < n_keys + n_aggs; i++) {
        const char *name = i < n_keys ? r->key_names[i] : r->names[i - n_keys];

        for (int k = 0; k < i; k++)
            if (strcmp(name, k < n_keys ? r->key_names[k] : r->names[k - n_keys]) == 0)
                return weft_error_set(err, WEFT_DUPLICATE, "group: two columns of the result are called \"%s\"", name);
    }
    return WEFT_OK;
}

static weft_status fill_request(struct request *r, weft_frame *f, const char *const *keys, int n_keys,
                                const struct weft_agg *aggs, int n_aggs, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    if (!request_room(r, f->graph, n_keys, n_aggs))
        return wf_error_nomem(err, "groups");
    for (int k = 0; k < n_keys && !st; k++) {
        r->key_names[k] = keys[k];
        st = wf_frame_expr_of(&r->keys[k], f, keys[k], err);
    }
    for (int i = 0; i < n_aggs && !st; i++)
        st = fill_agg(r, i, f, &aggs[i], err);
    return st ? st : check_names(r, n_keys, n_aggs, err);
}

static weft_frame *grouped(weft_frame *f, const char *op, const char *const *keys, int n_keys,
                           const struct weft_agg *aggs, int n_aggs, bool keep_nulls, enum wf_agg_order order)
{
    const struct wf_schema *schema = NULL;
    struct request r = {0};
    struct weft_error err;
    weft_task *result;

    if (fill_request(&r, f, keys, n_keys, aggs, n_aggs, &err))
        return wf_frame_fail(f->graph, &err);
    result = wf_aggregate(f, op,
                          &(struct wf_agg_spec){.n_keys = n_keys, .keys = r.keys, .key_names = r.key_names,
                                                .n_aggs = n_aggs, .kinds = r.kinds, .whats = r.whats,
                                                .whats_text = r.texts, .names = r.names,
                                                .keep_nulls = keep_nulls, .order = order},
                          false, &schema);
    if (weft_task_status(result, NULL))
        return wf_frame_fail_task(f->graph, result);
    return wf_frame_of_tasks(f->graph, &result, 1, schema, f->n_layers + 1);
}

weft_frame *weft_frame_group(weft_frame *f, const char *const *keys, int n_keys, const struct weft_agg *aggs,
                             int n_aggs, const struct weft_group_spec *spec)
{
    f = wf_frame_to_join(f);
    if (!f || f->failed)
        return f;
    return grouped(f, "group", keys, n_keys, aggs, n_aggs, spec && spec->keep_nulls,
                   spec && spec->unsorted ? WF_AGG_BY_APPEARANCE : WF_AGG_BY_KEY);
}

weft_frame *weft_frame_value_counts(weft_frame *f, const char *what)
{
    const struct weft_agg count = {.kind = WEFT_AGG_SIZE, .name = "count"};

    f = wf_frame_to_join(f);
    if (!f || f->failed)
        return f;
    return grouped(f, "value-counts", &what, 1, &count, 1, false, WF_AGG_BY_SIZE);
}

/* ---- All rows -------------------------------------------------------------------------- */

static weft_task *reduced(weft_frame *f, enum weft_agg_kind kind, const char *what)
{
    const struct weft_agg agg = {.kind = kind, .what = what, .name = "value"};
    struct request r = {0};
    struct weft_error err;

    f = wf_frame_to_join(f);
    if (!f || f->failed)
        return f ? f->failed : NULL;
    if (fill_request(&r, f, NULL, 0, &agg, 1, &err))
        return wf_graph_fail_with(f->graph, &err, NULL, 0);
    return wf_aggregate(f, wf_agg_name(kind),
                        &(struct wf_agg_spec){.n_aggs = 1, .kinds = r.kinds, .whats = r.whats,
                                              .whats_text = r.texts, .names = r.names,
                                              .order = WF_AGG_BY_APPEARANCE},
                        true, NULL);
}

weft_task *weft_frame_sum(weft_frame *f, const char *what)
{
    return reduced(f, WEFT_AGG_SUM, what);
}

weft_task *weft_frame_mean(weft_frame *f, const char *what)
{
    return reduced(f, WEFT_AGG_MEAN, what);
}

weft_task *weft_frame_min(weft_frame *f, const char *what)
{
    return reduced(f, WEFT_AGG_MIN, what);
}

weft_task *weft_frame_max(weft_frame *f, const char *what)
{
    return reduced(f, WEFT_AGG_MAX, what);
}

weft_task *weft_frame_std(weft_frame *f, const char *what)
{
    return reduced(f, WEFT_AGG_STD, what);
}

weft_task *weft_frame_count(weft_frame *f, const char *what)
{
    return reduced(f, WEFT_AGG_COUNT, what);
}

weft_task *weft_frame_size(weft_frame *f)
{
    if (f && f->n_rows >= 0)
        return weft_graph_put(f->graph, weft_value_of_i64(f->n_rows));
    return reduced(f, WEFT_AGG_SIZE, NULL);
}
