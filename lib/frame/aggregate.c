/* aggregate.c - rows of equal keys become one row, whatever partition they lie in: which tasks do it. */
#include "lib/frame/aggregate.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/frame/lower.h"
#include "lib/frame/partial.h"

const char *wf_agg_name(enum weft_agg_kind kind)
{
    static const char *const names[] = {"sum", "mean", "min", "max", "std", "count", "size"};

    return names[kind];
}

weft_status wf_agg_type(weft_dtype *out, enum weft_agg_kind kind, weft_dtype of, const char *text,
                        struct weft_error *err)
{
    const bool needs_numbers = kind == WEFT_AGG_SUM || kind == WEFT_AGG_MEAN || kind == WEFT_AGG_STD;

    if (needs_numbers && !wf_tally_takes(WF_TALLY_SUM, of))
        return weft_error_set(err, WEFT_TYPE, "%s: \"%s\" is %s, not a number", wf_agg_name(kind), text,
                              weft_dtype_name(of));
    switch (kind) {
    case WEFT_AGG_MEAN:
    case WEFT_AGG_STD:   *out = WEFT_FLOAT64; break;
    case WEFT_AGG_SUM:   *out = of == WEFT_FLOAT64 ? WEFT_FLOAT64 : WEFT_INT64; break;
    case WEFT_AGG_COUNT:
    case WEFT_AGG_SIZE:  *out = WEFT_INT64; break;
    default:             *out = of;
    }
    return WEFT_OK;
}

/* The tally of this kind over column `column` of the flow, new or there already. */
static int tally_for(struct wf_aggregation *a, enum wf_tally_kind kind, weft_dtype dtype, int column)
{
    for (int i = 0; i < a->n_tallies; i++)
        if (a->tallies[i].kind == kind && a->tallies[i].column == column)
            return i;
    a->tallies[a->n_tallies] = (struct wf_agg_tally){.kind = kind, .dtype = dtype, .column = column};
    return a->n_tallies++;
}

/* Which tallies result i needs; its column is number `column` of the flow. */
static void plan_result(struct wf_aggregation *a, int i, enum weft_agg_kind kind, weft_dtype dtype, int column)
{
    struct wf_agg_result *r = &a->results[i];

    r->kind = kind;
    r->text = column < 0 ? "" : a->flow->schema->names[column];
    switch (kind) {
    case WEFT_AGG_SUM:   r->tally = tally_for(a, WF_TALLY_SUM, dtype, column); break;
    case WEFT_AGG_MEAN:
        r->tally = tally_for(a, WF_TALLY_SUM, dtype, column);
        r->counts = tally_for(a, WF_TALLY_COUNT, dtype, column);
        break;
    case WEFT_AGG_MIN:   r->tally = tally_for(a, WF_TALLY_MIN, dtype, column); break;
    case WEFT_AGG_MAX:   r->tally = tally_for(a, WF_TALLY_MAX, dtype, column); break;
    case WEFT_AGG_STD:   r->tally = tally_for(a, WF_TALLY_MOMENTS, dtype, column); break;
    case WEFT_AGG_COUNT: r->tally = tally_for(a, WF_TALLY_COUNT, dtype, column); break;
    case WEFT_AGG_SIZE:  r->tally = tally_for(a, WF_TALLY_SIZE, WEFT_INT64, -1); break;
    }
}

/* The columns of the flow: keys, then each expression that is aggregated, once.
 * place[i] is where aggregate i finds its own. */
static weft_status plan_flow(struct wf_aggregation *a, const weft_frame *f, const struct wf_agg_spec *s, int *place,
                             struct weft_error *err)
{
    const size_t room = (size_t)(s->n_keys + s->n_aggs) + 1;
    const struct wf_expr **columns = wf_alloc_zero(room, sizeof *columns);
    const char **names = wf_alloc_zero(room, sizeof *names);
    weft_status st = columns && names ? WEFT_OK : wf_error_nomem(err, "groups");
    int n = s->n_keys;

    for (int k = 0; k < s->n_keys && !st; k++) {
        columns[k] = s->keys[k];
        names[k] = s->key_names[k];
    }
    for (int i = 0; i < s->n_aggs && !st; i++) {
        place[i] = -1;
        if (!s->whats[i])
            continue;
        for (int k = s->n_keys; k < n; k++)
            if (columns[k] == s->whats[i])
                place[i] = k;
        if (place[i] >= 0)
            continue;
        columns[n] = s->whats[i];
        names[n] = s->whats_text[i];
        place[i] = n++;
    }
    if (!st)
        st = wf_flow_new(&a->flow, f, n, columns, names, err);
    wf_free(columns);
    wf_free(names);
    return st;
}

/* The schemas of partials and results. */
static weft_status plan_schemas(struct wf_aggregation *a, const struct wf_agg_spec *s, struct weft_error *err)
{
    const size_t room = (size_t)s->n_keys + (size_t)s->n_aggs * 2 * WF_TALLY_STATES + 1;
    const char **names = wf_alloc_zero(room, sizeof *names);
    weft_dtype *dtypes = wf_alloc_zero(room, sizeof *dtypes);
    weft_status st = names && dtypes ? WEFT_OK : wf_error_nomem(err, "groups");
    int n = s->n_keys;

    for (int k = 0; k < s->n_keys && !st; k++) {
        names[k] = s->key_names[k];
        dtypes[k] = s->keys[k]->dtype;
    }
    for (int i = 0; i < s->n_aggs && !st; i++) {
        names[n + i] = s->names[i];
        st = wf_agg_type(&dtypes[n + i], s->kinds[i], s->whats[i] ? s->whats[i]->dtype : WEFT_INT64, s->whats_text[i],
                         err);
    }
    if (!st)
        a->schema = wf_schema_new(n + s->n_aggs, names, dtypes);
    for (int i = 0; i < a->n_tallies && !st; i++) {
        struct wf_agg_tally *t = &a->tallies[i];

        t->first = n;
        t->n_states = wf_tally_state_types(t->kind, t->dtype, dtypes + n);
        for (int k = 0; k < t->n_states; k++)
            names[n++] = "state";
    }
    if (!st)
        a->partial = wf_schema_new(n, names, dtypes);
    if (!st && (!a->schema || !a->partial))
        st = wf_error_nomem(err, "groups");
    wf_free(names);
    wf_free(dtypes);
    return st;
}

static struct wf_token token_of(const struct wf_aggregation *a)
{
    const int64_t sizes[] = {a->n_keys, a->keep_nulls, a->order, a->n_tallies, a->n_results};
    struct wf_token t = wf_token_add(a->flow->token, sizes, sizeof sizes);

    for (int i = 0; i < a->n_tallies; i++) {
        const int64_t one[] = {a->tallies[i].kind, a->tallies[i].dtype, a->tallies[i].column};

        t = wf_token_add(t, one, sizeof one);
    }
    for (int i = 0; i < a->n_results; i++) {
        const int64_t one[] = {a->results[i].kind, a->results[i].tally, a->results[i].counts};

        t = wf_token_add(t, one, sizeof one);
    }
    for (int i = 0; i < a->schema->n; i++)
        t = wf_token_add(t, a->schema->names[i], strlen(a->schema->names[i]) + 1);
    return t;
}

static weft_status aggregation_new(struct wf_aggregation **out, const weft_frame *f, const struct wf_agg_spec *s,
                                   struct weft_error *err)
{
    struct wf_aggregation *a = wf_alloc_zero(1, sizeof *a);
    int *place = wf_alloc_zero((size_t)s->n_aggs + 1, sizeof *place);
    weft_dtype type;
    weft_status st = WEFT_OK;

    if (a)
        wf_count_init(&a->holders);
    if (!a || !place) {
        st = wf_error_nomem(err, "groups");
        goto out;
    }
    a->n_keys = s->n_keys;
    a->n_results = s->n_aggs;
    a->keep_nulls = s->keep_nulls;
    a->order = s->order;
    a->tallies = wf_alloc_zero((size_t)s->n_aggs * 2 + 1, sizeof *a->tallies);
    a->results = wf_alloc_zero((size_t)s->n_aggs + 1, sizeof *a->results);
    if (!a->tallies || !a->results) {
        st = wf_error_nomem(err, "groups");
        goto out;
    }
    for (int i = 0; i < s->n_aggs && !st; i++)
        if (s->whats[i])
            st = wf_agg_type(&type, s->kinds[i], s->whats[i]->dtype, s->whats_text[i], err);
    if (!st)
        st = plan_flow(a, f, s, place, err);
    for (int i = 0; i < s->n_aggs && !st; i++)
        plan_result(a, i, s->kinds[i], s->whats[i] ? s->whats[i]->dtype : WEFT_INT64, place[i]);
    if (!st)
        st = plan_schemas(a, s, err);
    if (!st)
        a->token = token_of(a);
out:
    wf_free(place);
    if (st)
        wf_aggregation_release(a);
    else
        *out = a;
    return st;
}

/* ---- Tasks ------------------------------------------------------------------------------ */

/* A layer called "op-part". */
static uint32_t layer_of(const weft_frame *f, const char *op, const char *part, const char **name)
{
    char text[96];

    snprintf(text, sizeof text, "%s-%s", op, part);
    *name = wf_graph_strdup(f->graph, text);
    return *name ? weft_graph_layer(f->graph, *name) : 0;
}

/* The partials of all partitions; NULL: no memory. */
static weft_task **add_partials(const weft_frame *f, const char *op, struct wf_aggregation *a)
{
    weft_task **tasks = wf_lower_reads(f, a->flow);
    const char *name = wf_frame_op_name(f, op);
    uint32_t layer;

    if (!tasks || !name)
        return NULL;
    layer = layer_of(f, name, "partial", &name);
    weft_graph_layer_tell(f->graph, layer, "looks at %d column%s", a->flow->n_reads, a->flow->n_reads == 1 ? "" : "s");
    for (int64_t i = 0; name && i < f->source->n; i++)
        tasks[i] = wf_graph_add_here(f->graph, wf_agg_partial_body, .name = name, .index = &i, .n_index = 1, .layer = layer,
                            .flags = WEFT_PURE, .arg = wf_aggregation_type.share(a), .arg_type = &wf_aggregation_type,
                            .deps = WEFT_DEPS(tasks[i]));
    return name ? tasks : NULL;
}

/* Combines until at most WF_FAN_IN are left; their number. False: no memory. */
static bool add_combines(const weft_frame *f, const char *op, struct wf_aggregation *a, weft_task **tasks, int *n)
{
    const char *name;
    uint32_t layer;

    if (*n <= WF_FAN_IN)
        return true;
    layer = layer_of(f, op, "combine", &name);
    for (int64_t level = 0; name && *n > WF_FAN_IN; level++) {
        int n_left = 0;

        for (int first = 0; first < *n; first += WF_FAN_IN) {
            const int64_t index[] = {level, n_left};
            const int left = *n - first;

            tasks[n_left++] = wf_graph_add_here(f->graph, wf_agg_combine_body, .name = name, .index = index, .n_index = 2,
                                       .layer = layer, .flags = WEFT_PURE, .arg = wf_aggregation_type.share(a),
                                       .arg_type = &wf_aggregation_type, .deps = tasks + first,
                                       .n_deps = (size_t)(left < WF_FAN_IN ? left : WF_FAN_IN));
        }
        *n = n_left;
    }
    return name != NULL;
}

weft_task *wf_aggregate(const weft_frame *f, const char *op, const struct wf_agg_spec *spec, bool as_value,
                        const struct wf_schema **schema)
{
    struct wf_aggregation *a = NULL;
    struct weft_error err;
    weft_task **tasks, *result = NULL;
    char about[WF_FRAME_ABOUT];
    int n = f->source->n;

    if (aggregation_new(&a, f, spec, &err))
        return wf_graph_fail_with(f->graph, &err, NULL, 0);
    tasks = add_partials(f, op, a);
    if (tasks && add_combines(f, op, a, tasks, &n)) {
        const uint32_t layer = weft_graph_layer(f->graph, op);

        weft_graph_layer_tell(f->graph, layer, "%s", as_value ? "one value" : wf_frame_about(a->schema, about));
        result = wf_graph_add_here(f->graph, as_value ? wf_agg_value_body : wf_agg_chunk_body, .name = op, .layer = layer,
                                   .flags = WEFT_PURE, .arg = wf_aggregation_type.share(a),
                                   .arg_type = &wf_aggregation_type, .deps = tasks, .n_deps = (size_t)n);
    }
    if (!result)
        result = wf_graph_nomem(f->graph);
    if (schema)
        *schema = a->schema; /* the result's task holds the aggregation as long as there is a graph */
    wf_aggregation_release(a);
    return result;
}
