/* aggregate.c - rows of equal keys become one row, whatever partition they lie in. */
#include "lib/frame/aggregate.h"

#include <math.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/data/builder.h"
#include "lib/frame/lower.h"
#include "lib/kernel/group.h"
#include "lib/kernel/pick.h"
#include "lib/kernel/sort.h"

/* One tally, and where it is in flows and partials. */
struct tally_of {
    enum wf_tally_kind kind;
    weft_dtype         dtype;
    int                column;   /* of the flow; -1: none */
    int                first;    /* of its states among the columns of a partial */
    int                n_states;
};

/* One result, and the tallies it is made of. */
struct result_of {
    enum weft_agg_kind kind;
    int                tally;
    int                counts;   /* MEAN: the tally of how many */
    const char        *text;     /* lent by the flow's schema */
};

/* The argument of all tasks of one aggregation; counted. */
struct aggregation {
    wf_count          holders;
    struct wf_flow   *flow;      /* keys, then the columns of the tallies */
    int               n_keys;
    bool              keep_nulls;
    enum wf_agg_order order;
    int               n_tallies;
    struct tally_of  *tallies;
    int               n_results;
    struct result_of *results;
    struct wf_schema *partial;
    struct wf_schema *schema;
    struct wf_token   token;
};

static void aggregation_release(struct aggregation *a)
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
    aggregation_release(data);
}

static void *type_share(void *data)
{
    wf_count_add(&((struct aggregation *)data)->holders);
    return data;
}

static weft_status type_write(const void *data, struct weft_sink *sink)
{
    const struct aggregation *a = data;

    return sink->write(sink->to, &a->token, sizeof a->token);
}

static const struct weft_type aggregation_type = {
    .name = "aggregation", .free = type_free, .share = type_share, .write = type_write,
};

/* ---- Groups and tallies, while a task runs ------------------------------------------- */

struct groups {
    const struct aggregation *a;
    struct wf_groups          keys;
    struct wf_tally          *tallies;
    uint32_t                 *number;
};

static void groups_fini(struct groups *g)
{
    for (int i = 0; g->tallies && i < g->a->n_tallies; i++)
        wf_tally_fini(&g->tallies[i]);
    wf_free(g->tallies);
    wf_free(g->number);
    wf_groups_fini(&g->keys);
}

/* About n_rows will come. */
static weft_status groups_init(struct groups *g, const struct aggregation *a, int64_t n_rows, struct weft_error *err)
{
    *g = (struct groups){.a = a};
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
static weft_status number_rows(struct groups *g, struct wf_column *const *keys, int64_t first, int64_t n,
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
    struct groups *g = to;
    const struct aggregation *a = g->a;
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
static weft_status take_partial(struct groups *g, const weft_chunk *partial, struct weft_error *err)
{
    const struct aggregation *a = g->a;

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
static weft_status give_partial(const struct groups *g, weft_call *call, struct weft_error *err)
{
    const struct aggregation *a = g->a;
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
static weft_status partial_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct aggregation *a = arg;
    void *scratch = weft_call_scratch(call, a->flow->scratch_bytes);
    struct groups g;
    weft_status st = groups_init(&g, a, weft_call_chunk(call, 0)->n_rows, err);

    if (!st && !scratch)
        st = wf_error_nomem(err, "a partition");
    if (!st)
        st = wf_flow_each(a->flow, weft_call_chunk(call, 0), scratch, take_block, &g, err);
    if (!st)
        st = give_partial(&g, call, err);
    groups_fini(&g);
    return st;
}

static int64_t rows_of_partials(const weft_call *call)
{
    int64_t n_rows = 0;

    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        n_rows += weft_call_chunk(call, i)->n_rows;
    return n_rows;
}

static weft_status take_partials(struct groups *g, weft_call *call, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    for (size_t i = 0; i < weft_call_n_inputs(call) && !st; i++)
        st = take_partial(g, weft_call_chunk(call, i), err);
    return st;
}

/* Inputs: partials, in the order of their partitions. */
static weft_status combine_body(weft_call *call, void *arg, struct weft_error *err)
{
    struct groups g;
    weft_status st = groups_init(&g, arg, rows_of_partials(call), err);

    if (!st)
        st = take_partials(&g, call, err);
    if (!st)
        st = give_partial(&g, call, err);
    groups_fini(&g);
    return st;
}

/* ---- Results ------------------------------------------------------------------------ */

static weft_status sum_column(struct wf_builder *b, const struct result_of *r, const struct wf_tally *t, uint32_t n,
                              struct weft_error *err)
{
    for (uint32_t g = 1; g <= n; g++) {
        if (t->dtype == WEFT_FLOAT64) {
            wf_builder_add_f64(b, t->sums[g]);
            continue;
        }
        if (t->totals[g] < INT64_MIN || t->totals[g] > INT64_MAX)
            return weft_error_set(err, WEFT_RANGE, "sum: \"%s\" sums up to %.17g, which int64 does not hold", r->text,
                                  (double)t->totals[g]);
        wf_builder_add_i64(b, (int64_t)t->totals[g]);
    }
    return WEFT_OK;
}

static void mean_column(struct wf_builder *b, const struct wf_tally *t, const struct wf_tally *counts, uint32_t n)
{
    for (uint32_t g = 1; g <= n; g++) {
        const double total = t->dtype == WEFT_FLOAT64 ? t->sums[g] : (double)t->totals[g];

        if (counts->counts[g])
            wf_builder_add_f64(b, total / (double)counts->counts[g]);
        else
            wf_builder_add_null(b);
    }
}

static void std_column(struct wf_builder *b, const struct wf_tally *t, uint32_t n)
{
    for (uint32_t g = 1; g <= n; g++) {
        if (t->moments[g].count > 1)
            wf_builder_add_f64(b, sqrt(t->moments[g].m2 / (double)(t->moments[g].count - 1)));
        else
            wf_builder_add_null(b);
    }
}

static weft_status result_column(struct wf_column **out, const struct groups *g, const struct result_of *r,
                                 weft_dtype dtype, struct weft_error *err)
{
    const struct wf_tally *t = &g->tallies[r->tally];
    const uint32_t n = g->keys.n;
    struct wf_builder b;
    weft_status st = WEFT_OK;

    wf_builder_init(&b, dtype);
    switch (r->kind) {
    case WEFT_AGG_SUM:  st = sum_column(&b, r, t, n, err); break;
    case WEFT_AGG_MEAN: mean_column(&b, t, &g->tallies[r->counts], n); break;
    case WEFT_AGG_STD:  std_column(&b, t, n); break;
    default:
        if (!wf_tally_states(t, n, out))
            st = wf_error_nomem(err, "groups");
        return st;
    }
    if (!st) {
        *out = wf_builder_finish(&b);
        st = *out ? WEFT_OK : wf_error_nomem(err, "groups");
    }
    wf_builder_fini(&b);
    return st;
}

/* Puts the rows in the order asked for. False: no memory. */
static bool order_rows(const struct aggregation *a, struct wf_column **columns, int64_t n)
{
    uint32_t *rows = wf_alloc_array((size_t)n + 1, sizeof *rows);
    struct wf_pick *picks = wf_alloc_array((size_t)n + 1, sizeof *picks);
    bool ok = rows && picks;

    for (int64_t i = 0; ok && i < n; i++)
        rows[i] = (uint32_t)i;
    if (a->order == WF_AGG_BY_SIZE)
        ok = ok && wf_sort_rows(columns[a->n_keys], true, rows, n);
    else
        for (int k = a->n_keys - 1; ok && k >= 0; k--) /* the last key first: each sort keeps ties */
            ok = wf_sort_rows(columns[k], false, rows, n);
    for (int64_t i = 0; ok && i < n; i++)
        picks[i] = (struct wf_pick){.part = 0, .row = rows[i]};
    for (int k = 0; ok && k < a->n_keys + a->n_results; k++) {
        struct wf_column *sorted = wf_pick_rows(&columns[k], 1, picks, n);

        ok = sorted != NULL;
        if (ok) {
            wf_column_release(columns[k]);
            columns[k] = sorted;
        }
    }
    wf_free(rows);
    wf_free(picks);
    return ok;
}

/* Keys and results, as a chunk. */
static weft_status result_chunk(weft_chunk **out, const struct groups *g, struct weft_error *err)
{
    const struct aggregation *a = g->a;
    struct wf_column **columns = wf_alloc_zero((size_t)a->schema->n + 1, sizeof *columns);
    weft_status st = columns ? WEFT_OK : wf_error_nomem(err, "groups");

    for (int k = 0; k < a->n_keys && !st; k++) {
        columns[k] = wf_groups_key(&g->keys, k);
        st = columns[k] ? WEFT_OK : wf_error_nomem(err, "groups");
    }
    for (int i = 0; i < a->n_results && !st; i++)
        st = result_column(&columns[a->n_keys + i], g, &a->results[i], a->schema->dtypes[a->n_keys + i], err);
    if (!st && a->order != WF_AGG_BY_APPEARANCE && a->n_keys && !order_rows(a, columns, g->keys.n))
        st = wf_error_nomem(err, "groups");
    if (!st) {
        *out = wf_chunk_new(a->schema, g->keys.n, columns);
        st = *out ? WEFT_OK : wf_error_nomem(err, "groups");
    } else {
        for (int k = 0; columns && k < a->schema->n; k++)
            wf_column_release(columns[k]);
    }
    wf_free(columns);
    return st;
}

/* The one element of a chunk as a value; a null is no value. Takes the chunk. */
static struct weft_value element(weft_chunk *c)
{
    struct weft_value v = weft_value_none();

    if (!weft_chunk_is_null(c, 0, 0)) {
        switch (weft_chunk_dtype(c, 0)) {
        case WEFT_FLOAT64: v = weft_value_of_f64(weft_chunk_f64_at(c, 0, 0)); break;
        case WEFT_BOOL:    v = weft_value_of_bool(weft_chunk_i64_at(c, 0, 0)); break;
        case WEFT_STRING:  return weft_value_of_ptr(&weft_type_chunk, c);
        default:           v = weft_value_of_i64(weft_chunk_i64_at(c, 0, 0));
        }
    }
    weft_chunk_release(c);
    return v;
}

static weft_status finish(weft_call *call, void *arg, bool as_value, struct weft_error *err)
{
    weft_chunk *chunk = NULL;
    struct groups g;
    weft_status st = groups_init(&g, arg, rows_of_partials(call), err);

    if (!st)
        st = take_partials(&g, call, err);
    if (!st)
        st = result_chunk(&chunk, &g, err);
    if (!st)
        weft_call_return(call, as_value ? element(chunk) : weft_value_of_ptr(&weft_type_chunk, chunk));
    groups_fini(&g);
    return st;
}

static weft_status chunk_body(weft_call *call, void *arg, struct weft_error *err)
{
    return finish(call, arg, false, err);
}

static weft_status value_body(weft_call *call, void *arg, struct weft_error *err)
{
    return finish(call, arg, true, err);
}

/* ---- Making --------------------------------------------------------------------------- */

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
static int tally_for(struct aggregation *a, enum wf_tally_kind kind, weft_dtype dtype, int column)
{
    for (int i = 0; i < a->n_tallies; i++)
        if (a->tallies[i].kind == kind && a->tallies[i].column == column)
            return i;
    a->tallies[a->n_tallies] = (struct tally_of){.kind = kind, .dtype = dtype, .column = column};
    return a->n_tallies++;
}

/* Which tallies result i needs; its column is number `column` of the flow. */
static void plan_result(struct aggregation *a, int i, enum weft_agg_kind kind, weft_dtype dtype, int column)
{
    struct result_of *r = &a->results[i];

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
static weft_status plan_flow(struct aggregation *a, const weft_frame *f, const struct wf_agg_spec *s, int *place,
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
static weft_status plan_schemas(struct aggregation *a, const struct wf_agg_spec *s, struct weft_error *err)
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
        struct tally_of *t = &a->tallies[i];

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

static struct wf_token token_of(const struct aggregation *a)
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

static weft_status aggregation_new(struct aggregation **out, const weft_frame *f, const struct wf_agg_spec *s,
                                   struct weft_error *err)
{
    struct aggregation *a = wf_alloc_zero(1, sizeof *a);
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
        aggregation_release(a);
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
static weft_task **add_partials(const weft_frame *f, const char *op, struct aggregation *a)
{
    weft_task **tasks = wf_lower_reads(f, a->flow);
    const char *name = wf_frame_op_name(f, op);
    uint32_t layer;

    if (!tasks || !name)
        return NULL;
    layer = layer_of(f, name, "partial", &name);
    for (int64_t i = 0; name && i < f->source->n; i++)
        tasks[i] = weft_add(f->graph, partial_body, .name = name, .index = &i, .n_index = 1, .layer = layer,
                            .flags = WEFT_PURE, .arg = type_share(a), .arg_type = &aggregation_type,
                            .deps = WEFT_DEPS(tasks[i]));
    return name ? tasks : NULL;
}

/* Combines until at most WF_FAN_IN are left; their number. False: no memory. */
static bool add_combines(const weft_frame *f, const char *op, struct aggregation *a, weft_task **tasks, int *n)
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

            tasks[n_left++] = weft_add(f->graph, combine_body, .name = name, .index = index, .n_index = 2,
                                       .layer = layer, .flags = WEFT_PURE, .arg = type_share(a),
                                       .arg_type = &aggregation_type, .deps = tasks + first,
                                       .n_deps = (size_t)(left < WF_FAN_IN ? left : WF_FAN_IN));
        }
        *n = n_left;
    }
    return name != NULL;
}

weft_task *wf_aggregate(const weft_frame *f, const char *op, const struct wf_agg_spec *spec, bool as_value,
                        const struct wf_schema **schema)
{
    struct aggregation *a = NULL;
    struct weft_error err;
    weft_task **tasks, *result = NULL;
    int n = f->source->n;

    if (aggregation_new(&a, f, spec, &err))
        return wf_graph_fail_with(f->graph, &err, NULL, 0);
    tasks = add_partials(f, op, a);
    if (tasks && add_combines(f, op, a, tasks, &n))
        result = weft_graph_add(f->graph, &(struct weft_task_spec){
            .body = as_value ? value_body : chunk_body, .name = op, .layer = weft_graph_layer(f->graph, op),
            .flags = WEFT_PURE, .arg = type_share(a), .arg_type = &aggregation_type, .deps = tasks,
            .n_deps = (size_t)n, .file = __FILE__, .line = __LINE__});
    if (!result)
        result = wf_graph_nomem(f->graph);
    if (schema)
        *schema = a->schema; /* the result's task holds the aggregation as long as there is a graph */
    aggregation_release(a);
    return result;
}
