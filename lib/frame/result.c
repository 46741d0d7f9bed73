/* result.c - what aggregates come to, once all partials are together. */
#include <math.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/data/builder.h"
#include "lib/frame/partial.h"
#include "lib/kernel/pick.h"
#include "lib/kernel/sort.h"

static weft_status sum_column(struct wf_builder *b, const struct wf_agg_result *r, const struct wf_tally *t, uint32_t n,
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

static weft_status result_column(struct wf_column **out, const struct wf_agg_groups *g, const struct wf_agg_result *r,
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
static bool order_rows(const struct wf_aggregation *a, struct wf_column **columns, int64_t n)
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
static weft_status result_chunk(weft_chunk **out, const struct wf_agg_groups *g, struct weft_error *err)
{
    const struct wf_aggregation *a = g->a;
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
    struct wf_agg_groups g;
    weft_status st = wf_agg_groups_of(&g, arg, call, err);

    if (!st)
        st = result_chunk(&chunk, &g, err);
    if (!st)
        weft_call_return(call, as_value ? element(chunk) : weft_value_of_ptr(&weft_type_chunk, chunk));
    wf_agg_groups_fini(&g);
    return st;
}

weft_status wf_agg_chunk_body(weft_call *call, void *arg, struct weft_error *err)
{
    return finish(call, arg, false, err);
}

weft_status wf_agg_value_body(weft_call *call, void *arg, struct weft_error *err)
{
    return finish(call, arg, true, err);
}
