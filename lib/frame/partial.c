/* partial.c - rows become groups and states of tallies; partials become one. */
#include "lib/frame/partial.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"

void wf_aggregation_release(struct wf_aggregation *a)
{
    if (!a || !wf_count_drop(&a->holders))
        return;
    wf_flow_release(a->flow);
    wf_schema_release(a->partial);
    wf_schema_release(a->schema);
    wf_free(a->tallies);
    wf_free(a->results);
    wf_free(a);
}

static void type_free(void *data)
{
    wf_aggregation_release(data);
}

static void *type_share(void *data)
{
    wf_count_add(&((struct wf_aggregation *)data)->holders);
    return data;
}

static weft_status type_hash(const void *data, struct weft_sink *sink)
{
    const struct wf_aggregation *a = data;
    const weft_status st = sink->write(sink->to, &a->token, sizeof a->token);

    return st ? st : a->flow->is_certain ? WEFT_OK : WEFT_UNSUPPORTED;
}

const struct weft_type wf_aggregation_type = {
    .name = "aggregation", .free = type_free, .share = type_share, .hash = type_hash,
};

/* ---- Groups and tallies, while a task runs ------------------------------------------- */

void wf_agg_groups_fini(struct wf_agg_groups *g)
{
    for (int i = 0; g->tallies && i < g->a->n_tallies; i++)
        wf_tally_fini(&g->tallies[i]);
    wf_free(g->tallies);
    wf_free(g->number);
    wf_groups_fini(&g->keys);
}

/* About n_rows will come. */
static weft_status groups_init(struct wf_agg_groups *g, const struct wf_aggregation *a, int64_t n_rows, struct weft_error *err)
{
    *g = (struct wf_agg_groups){.a = a};
    g->tallies = wf_alloc_zero((size_t)a->n_tallies + 1, sizeof *g->tallies);
    g->number = wf_alloc_array(WF_GROUP_BATCH, sizeof *g->number);
    if (!g->tallies || !g->number
        || !wf_groups_init(&g->keys, a->n_keys, a->flow->schema->dtypes, a->keep_nulls, n_rows))
        return wf_error_nomem(err, "groups");
    for (int i = 0; i < a->n_tallies; i++) {
        wf_tally_init(&g->tallies[i], a->tallies[i].kind, a->tallies[i].dtype);
        if (!wf_tally_room(&g->tallies[i], 2))
            return wf_error_nomem(err, "groups");
    }
    return WEFT_OK;
}

/* Rows first .. first+n-1 of a column, first a multiple of 64, for kernels that look
 * at values, validity and texts alone. */
static struct wf_column view_of(const struct wf_column *c, int64_t first, int64_t n)
{
    struct wf_column view = {.dtype = c->dtype, .n = n, .n_texts = c->n_texts, .texts = c->texts};

    view.values = c->dtype == WEFT_BOOL ? (const char *)c->values + first / 8
                                        : (const char *)c->values + (size_t)first * weft_dtype_size(c->dtype);
    view.valid = c->valid ? c->valid + first / 64 : NULL;
    view.n_nulls = c->valid != NULL;
    return view;
}

/* The group numbers of a batch, and states for groups that are new. */
static weft_status number_rows(struct wf_agg_groups *g, struct wf_column *const *keys, int64_t first, int64_t n,
                               struct weft_error *err)
{
    struct wf_column views[2], *more = g->a->n_keys > 2 ? wf_alloc_array((size_t)g->a->n_keys, sizeof *more) : views;
    const struct wf_column **at = wf_alloc_array((size_t)g->a->n_keys + 1, sizeof *at);
    bool ok = more && at;

    for (int k = 0; ok && k < g->a->n_keys; k++) {
        more[k] = view_of(keys[k], first, n);
        at[k] = &more[k];
    }
    ok = ok && wf_groups_add(&g->keys, at, n, g->number);
    for (int i = 0; ok && i < g->a->n_tallies; i++)
        ok = wf_tally_room(&g->tallies[i], g->keys.n + 1);
    if (more != views)
        wf_free(more);
    wf_free(at);
    return ok ? WEFT_OK : wf_error_nomem(err, "groups");
}

/* A block of the flow: takes rows of the frame. */
static weft_status take_block(void *to, struct wf_column *const *columns, int64_t n_rows, struct weft_error *err)
{
    struct wf_agg_groups *g = to;
    const struct wf_aggregation *a = g->a;
    /* Without keys nothing is looked up, and the tallies take the block as it is. */
    const int64_t step = a->n_keys ? WF_GROUP_BATCH : n_rows;

    for (int64_t first = 0; first < n_rows; first += step) {
        const int64_t n = n_rows - first < step ? n_rows - first : step;
        weft_status st = a->n_keys ? number_rows(g, columns, first, n, err) : WEFT_OK;

        for (int i = 0; i < a->n_tallies && !st; i++) {
            const int column = a->tallies[i].column;
            const struct wf_column view = column < 0 ? (struct wf_column){0} : view_of(columns[column], first, n);

            if (!wf_tally_add(&g->tallies[i], column < 0 ? NULL : &view, a->n_keys ? g->number : NULL, n))
                st = wf_error_nomem(err, "groups");
        }
        if (st)
            return st;
    }
    return WEFT_OK;
}

/* A partial: takes groups with their states. */
static weft_status take_partial(struct wf_agg_groups *g, const weft_chunk *partial, struct weft_error *err)
{
    const struct wf_aggregation *a = g->a;

    for (int64_t first = 0; first < partial->n_rows; first += WF_GROUP_BATCH) {
        const int64_t n = partial->n_rows - first < WF_GROUP_BATCH ? partial->n_rows - first : WF_GROUP_BATCH;
        weft_status st = a->n_keys ? number_rows(g, partial->columns, first, n, err) : WEFT_OK;

        for (int i = 0; i < a->n_tallies && !st; i++) {
            struct wf_column views[WF_TALLY_STATES], *states[WF_TALLY_STATES];

            for (int k = 0; k < a->tallies[i].n_states; k++) {
                views[k] = view_of(partial->columns[a->tallies[i].first + k], first, n);
                states[k] = &views[k];
            }
            if (!wf_tally_merge(&g->tallies[i], states, a->n_keys ? g->number : NULL, n))
                st = wf_error_nomem(err, "groups");
        }
        if (st)
            return st;
    }
    return WEFT_OK;
}

/* Keys and states as a partial. */
static weft_status give_partial(const struct wf_agg_groups *g, weft_call *call, struct weft_error *err)
{
    const struct wf_aggregation *a = g->a;
    struct wf_column **columns = wf_alloc_zero((size_t)a->partial->n + 1, sizeof *columns);
    weft_chunk *chunk = NULL;

    for (int k = 0; columns && k < a->n_keys; k++)
        columns[k] = wf_groups_key(&g->keys, k);
    for (int i = 0; columns && i < a->n_tallies; i++)
        (void)wf_tally_states(&g->tallies[i], g->keys.n, columns + a->tallies[i].first);
    if (columns)
        chunk = wf_chunk_new(a->partial, g->keys.n, columns);
    wf_free(columns);
    if (!chunk)
        return wf_error_nomem(err, "groups");
    weft_call_return(call, weft_value_of_ptr(&weft_type_chunk, chunk));
    return WEFT_OK;
}

/* Inputs: a partition of the source. */
weft_status wf_agg_partial_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct wf_aggregation *a = arg;
    void *scratch = weft_call_scratch(call, a->flow->scratch_bytes);
    struct wf_agg_groups g;
    weft_status st = groups_init(&g, a, weft_call_chunk(call, 0)->n_rows, err);

    if (!st && !scratch)
        st = wf_error_nomem(err, "a partition");
    if (!st)
        st = wf_flow_each(a->flow, weft_call_chunk(call, 0), scratch, take_block, &g, err);
    if (!st)
        st = give_partial(&g, call, err);
    wf_agg_groups_fini(&g);
    return st;
}

static int64_t rows_of_partials(const weft_call *call)
{
    int64_t n_rows = 0;

    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        n_rows += weft_call_chunk(call, i)->n_rows;
    return n_rows;
}

weft_status wf_agg_groups_of(struct wf_agg_groups *g, const struct wf_aggregation *a, weft_call *call,
                             struct weft_error *err)
{
    weft_status st = groups_init(g, a, rows_of_partials(call), err);

    for (size_t i = 0; i < weft_call_n_inputs(call) && !st; i++)
        st = take_partial(g, weft_call_chunk(call, i), err);
    return st;
}

/* Inputs: partials, in the order of their partitions. */
weft_status wf_agg_combine_body(weft_call *call, void *arg, struct weft_error *err)
{
    struct wf_agg_groups g;
    weft_status st = wf_agg_groups_of(&g, arg, call, err);

    if (!st)
        st = give_partial(&g, call, err);
    wf_agg_groups_fini(&g);
    return st;
}
