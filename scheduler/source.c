/* source.c - where a row that a filter has left was read, found by running the filter again.
 *
 * A filter leaves some rows of its input, in their order, and tells nobody which. But of
 * the first m rows of its input it leaves the first k(m) of its result, and k never falls: so
 * row r is what the smallest m with k(m) = r + 1 has last.
 *
 *     input    0  1  2  3  4  5          k(m)  0  0  1  1  2  3  3
 *     left        0     1  2             m     0  1  2  3  4  5  6       row 1 was row 3
 */
#include <weft/source.h>

#include "lib/base/error.h"
#include "lib/data/chunk.h"
#include "lib/graph/source.h"

/* The result of a task as a table, given. */
static weft_status table_of(weft_pool *pool, weft_task *t, weft_chunk **out, struct weft_error *err)
{
    struct weft_value v = weft_value_none();
    const weft_status st = weft_pool_run(pool, t, &v, err);
    char key[96];

    if (st)
        return st;
    *out = weft_value_chunk(v);
    if (*out)
        return WEFT_OK;
    weft_task_key(t, key, sizeof key);
    weft_value_release(v);
    return weft_error_set(err, WEFT_UNSUPPORTED, "%s gives no chunk, so its rows cannot be told apart", key);
}

static weft_status n_rows_of(weft_pool *pool, weft_task *t, int64_t *n, struct weft_error *err)
{
    weft_chunk *c;
    const weft_status st = table_of(pool, t, &c, err);

    if (st)
        return st;
    *n = c->n_rows;
    weft_chunk_release(c);
    return WEFT_OK;
}

/* How many rows `filter` leaves of the first m of its input. */
static weft_status n_left(weft_pool *pool, const weft_task *filter, weft_chunk *input, int64_t m, int64_t *n,
                          struct weft_error *err)
{
    const struct wf_kind *kind = wf_task_kind(filter);
    weft_chunk *first = wf_chunk_slice(input, 0, m);
    weft_graph *g = weft_graph_new();
    weft_task *known, *again;
    weft_status st;

    if (!first || !g) {
        weft_chunk_release(first);
        weft_graph_free(g);
        return wf_error_nomem(err, "rows of a filter");
    }
    known = weft_graph_put(g, weft_value_of_ptr(&weft_type_chunk, first));
    again = weft_graph_add(g, &(struct weft_task_spec){.name = kind->name, .body = kind->body, .arg = wf_task_arg(filter),
                                                       .deps = &known, .n_deps = 1, .file = kind->file, .line = kind->line});
    st = n_rows_of(pool, again, n, err);
    weft_graph_free(g);
    return st;
}

/* From row *row of a filter to the row of its input. */
static weft_status before_filter(weft_pool *pool, weft_task **t, int64_t *row, struct weft_error *err)
{
    weft_task *const input = weft_task_dep(*t, 0);
    int64_t low = *row, high, n = 0;
    weft_chunk *c;
    char key[96];
    weft_status st = table_of(pool, input, &c, err);

    if (st)
        return st;
    high = c->n_rows;
    st = n_left(pool, *t, c, high, &n, err);
    if (!st && n <= *row) {
        weft_task_key(*t, key, sizeof key);
        st = weft_error_set(err, WEFT_RANGE, "%s: row %lld of %lld", key, (long long)*row, (long long)n);
    }
    /* Of the first `low` rows too few are left, of the first `high` enough. */
    while (!st && high - low > 1) {
        const int64_t m = low + (high - low) / 2;

        st = n_left(pool, *t, c, m, &n, err);
        if (n > *row)
            high = m;
        else
            low = m;
    }
    weft_chunk_release(c);
    if (!st) {
        *t = input;
        *row = high - 1;
    }
    return st;
}

/* From row *row of several results, one after another, to a row of one of them. */
static weft_status into_part(weft_pool *pool, weft_task **t, int64_t *row, struct weft_error *err)
{
    int64_t n_all = 0, n;
    char key[96];

    for (uint32_t i = 0; i < wf_task_n_made_from(*t); i++) {
        weft_task *const part = weft_task_dep(*t, i);
        const weft_status st = n_rows_of(pool, part, &n, err);

        if (st)
            return st;
        if (*row - n_all < n) {
            *t = part;
            *row -= n_all;
            return WEFT_OK;
        }
        n_all += n;
    }
    weft_task_key(*t, key, sizeof key);
    return weft_error_set(err, WEFT_RANGE, "%s: row %lld of %lld", key, (long long)*row, (long long)n_all);
}

weft_status weft_pool_source_of_row(weft_pool *pool, weft_task *t, int64_t row, struct weft_source_range *out,
                                    struct weft_error *err)
{
    weft_status st = weft_task_status(t, err);

    for (size_t steps = 0; !st && steps <= weft_graph_n_tasks(weft_task_graph(t)); steps++) {
        if (wf_task_keeps_rows(t) && wf_task_n_made_from(t) == 1 && !wf_source_first(t)) {
            t = weft_task_dep(t, 0);
            continue;
        }
        st = weft_source_of_row(t, row, out, err);
        if (st != WEFT_UNSUPPORTED || wf_source_first(t))
            return st;
        if (wf_task_keeps_rows(t))
            st = into_part(pool, &t, &row, err);
        else if (t->what == WF_TASK_BODY && wf_task_kind(t)->flags & WEFT_SOME_ROWS && t->n_deps == 1)
            st = before_filter(pool, &t, &row, err);
    }
    return st ? st : weft_error_set(err, WEFT_CYCLE, "%s: aliases go round in a circle", weft_task_name(t));
}
