/* sort.c - all rows of a frame in the order of one column.
 *
 *     partition 0      partition 1      ...
 *         |                |
 *      sort-run         sort-run                each sorts its rows, and samples them
 *         |  \  \        /  |
 *         |   \  splitters  |                   where to cut, from all samples
 *         |    \  /    \ /  |
 *       merge 0        merge 1          ...     from every run the rows between two cuts
 *
 * A cut is a row of some run, and rows are told apart by value, then run, then place
 * in it: so a value that fills half of the frame is cut as well, and the sizes of
 * the results depend on the number of rows alone, to within a sample.
 */
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/frame/lower.h"
#include "lib/kernel/pick.h"
#include "lib/kernel/sort.h"

/* Samples of one run: the share of its rows between two of them is as small. */
enum { SAMPLES = 512 };

/* A run is a chunk: the rows of one partition in order, their key, then their columns.
 * Rows are moved together here, within one partition, so that a merge reads every run
 * from front to back. */

/* The argument of all tasks of one sort; counted. */
struct sort {
    wf_count        holders;
    struct wf_flow *flow;       /* the key, then the columns of the frame */
    struct wf_schema *schema;   /* of the frame */
    bool            descending;
    int             n;          /* partitions */
};

static void sort_free(void *data)
{
    struct sort *s = data;

    if (!s || !wf_count_drop(&s->holders))
        return;
    wf_flow_release(s->flow);
    wf_schema_release(s->schema);
    wf_free(s);
}

static void *sort_share(void *data)
{
    wf_count_add(&((struct sort *)data)->holders);
    return data;
}

static weft_status sort_hash(const void *data, struct weft_sink *sink)
{
    const struct sort *s = data;
    const int64_t numbers[] = {(int64_t)s->flow->token.hi, (int64_t)s->flow->token.lo, s->descending, s->n};
    const weft_status st = sink->write(sink->to, numbers, sizeof numbers);

    return st ? st : s->flow->is_certain ? WEFT_OK : WEFT_UNSUPPORTED;
}

static const struct weft_type sort_type = {
    .name = "sort", .free = sort_free, .share = sort_share, .hash = sort_hash,
};

/* The argument of one merge. */
struct merge {
    struct sort *sort;
    int64_t      j;
};

static void merge_free(void *data)
{
    struct merge *m = data;

    sort_free(m->sort);
    wf_free(m);
}

static weft_status merge_hash(const void *data, struct weft_sink *sink)
{
    const struct merge *m = data;
    weft_status st = sink->write(sink->to, &m->j, sizeof m->j);

    return st ? st : sort_hash(m->sort, sink);
}

static const struct weft_type merge_type = {.name = "merge", .free = merge_free, .hash = merge_hash};

/* ---- Runs --------------------------------------------------------------------------------- */

/* The n columns with their rows in the order of the first one; the columns are replaced.
 * False: no memory. */
static bool order_columns(struct wf_column **columns, int n, int64_t n_rows, bool descending)
{
    uint32_t *rows = wf_alloc_array((size_t)n_rows + 1, sizeof *rows);
    struct wf_pick *picks = wf_alloc_array((size_t)n_rows + 1, sizeof *picks);
    struct wf_column **ordered = wf_alloc_zero((size_t)n + 1, sizeof *ordered);
    bool ok = rows && picks && ordered;

    for (int64_t i = 0; ok && i < n_rows; i++)
        rows[i] = (uint32_t)i;
    ok = ok && wf_sort_rows(columns[0], descending, rows, n_rows);
    for (int64_t i = 0; ok && i < n_rows; i++)
        picks[i] = (struct wf_pick){.part = 0, .row = rows[i]};
    for (int k = 0; ok && k < n; k++) {
        /* The key is most often one of the columns too. */
        if (k && columns[k] == columns[0])
            ordered[k] = wf_column_retain(ordered[0]);
        else
            ordered[k] = wf_pick_rows(&columns[k], 1, picks, n_rows);
        ok = ordered[k] != NULL;
    }
    for (int k = 0; k < n; k++) {
        struct wf_column *drop = ok ? columns[k] : ordered ? ordered[k] : NULL;

        if (ok)
            columns[k] = ordered[k];
        wf_column_release(drop);
    }
    wf_free(rows);
    wf_free(picks);
    wf_free(ordered);
    return ok;
}

static weft_status make_run(weft_chunk **out, const struct sort *s, const weft_chunk *chunk, void *scratch,
                            struct weft_error *err)
{
    const int n = s->flow->n;
    struct wf_column **columns = wf_alloc_zero((size_t)n + 1, sizeof *columns);
    int64_t n_rows = 0;
    weft_status st = columns ? WEFT_OK : wf_error_nomem(err, "a sorted partition");

    if (!st)
        st = wf_flow_run(s->flow, chunk, scratch, columns, &n_rows, err);
    if (!st && n_rows > UINT32_MAX)
        st = weft_error_set(err, WEFT_RANGE, "sort: a partition has %lld rows; at most 2^32 - 1 are possible",
                            (long long)n_rows);
    if (!st && !order_columns(columns, n, n_rows, s->descending))
        st = wf_error_nomem(err, "a sorted partition");
    if (!st) {
        *out = wf_chunk_new(s->flow->schema, n_rows, columns);
        st = *out ? WEFT_OK : wf_error_nomem(err, "a sorted partition");
    } else {
        for (int k = 0; columns && k < n; k++)
            wf_column_release(columns[k]);
    }
    wf_free(columns);
    return st;
}

/* Inputs: a partition of the source. */
static weft_status run_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct sort *s = arg;
    void *scratch = weft_call_scratch(call, s->flow->scratch_bytes);
    weft_chunk *run = NULL;
    weft_status st = scratch ? WEFT_OK : wf_error_nomem(err, "a sorted partition");

    if (!st)
        st = make_run(&run, s, weft_call_chunk(call, 0), scratch, err);
    if (!st)
        weft_call_return(call, weft_value_of_ptr(&weft_type_chunk, run));
    return st;
}

/* ---- Cuts ----------------------------------------------------------------------------------- */

/* A row of a run: its place in the new order. */
struct place {
    int64_t run, at;
};

/* The order of two places of all runs. */
static int compare(const struct sort *s, weft_chunk *const *runs, struct place a, struct place b)
{
    const int order = wf_sort_compare(runs[a.run]->columns[0], a.at, runs[b.run]->columns[0], b.at, s->descending);

    if (order)
        return order;
    if (a.run != b.run)
        return a.run < b.run ? -1 : 1;
    return a.at < b.at ? -1 : a.at > b.at;
}

struct sample {
    struct place place;
    int64_t      weight; /* rows it stands for: itself and those behind it, up to the next */
};

/* Merge sort, bottom up: runs of samples are sorted already. */
static void sort_samples(const struct sort *s, weft_chunk *const *runs, struct sample *x, struct sample *other,
                         int64_t n)
{
    for (int64_t width = 1; width < n; width *= 2) {
        for (int64_t first = 0; first < n; first += 2 * width) {
            const int64_t middle = first + width < n ? first + width : n;
            const int64_t end = first + 2 * width < n ? first + 2 * width : n;
            int64_t i = first, j = middle;

            for (int64_t k = first; k < end; k++)
                other[k] = i < middle && (j == end || compare(s, runs, x[i].place, x[j].place) < 0) ? x[i++] : x[j++];
        }
        memcpy(x, other, (size_t)n * sizeof *x);
    }
}

/* Inputs: all runs. Gives n-1 places as a block of 2(n-1) numbers: merge j has the rows
 * from place j-1 up to, but not with, place j. A run of -1: no rows are left. */
static weft_status cut_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct sort *s = arg;
    const int n = s->n;
    weft_chunk **runs = wf_alloc_array((size_t)n, sizeof *runs);
    struct sample *x = wf_alloc_array((size_t)n * SAMPLES, sizeof *x);
    struct sample *other = wf_alloc_array((size_t)n * SAMPLES, sizeof *other);
    const int64_t shape = 2 * (n - 1);
    weft_block *cuts = weft_block_new(WEFT_INT64, 1, &shape);
    int64_t n_samples = 0, n_rows = 0, before = 0;
    struct place *to = cuts ? weft_block_data_mut(cuts) : NULL;
    weft_status st = runs && x && other && cuts ? WEFT_OK : wf_error_nomem(err, "the cuts of a sort");

    if (st)
        goto out;
    for (int k = 0; k < n; k++) {
        runs[k] = weft_call_chunk(call, (size_t)k);

        const int64_t rows = runs[k]->n_rows, step = rows / SAMPLES + 1;

        for (int64_t at = 0; at < rows; at += step)
            x[n_samples++] = (struct sample){{k, at}, at + step < rows ? step : rows - at};
        n_rows += rows;
    }
    sort_samples(s, runs, x, other, n_samples);
    for (int64_t i = 0, j = 0; j < n - 1; j++) {
        /* The first sample with at least its share of the rows before it. */
        const int64_t share = n_rows / n * (j + 1) + n_rows % n * (j + 1) / n;

        while (i < n_samples && before < share)
            before += x[i++].weight;
        to[j] = i < n_samples ? x[i].place : (struct place){-1, 0};
    }
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, cuts));
    cuts = NULL;
out:
    weft_block_release(cuts);
    wf_free(runs);
    wf_free(x);
    wf_free(other);
    return st;
}

/* ---- Merges ----------------------------------------------------------------------------------- */

/* How many rows of run k come before `cut`. */
static int64_t rows_before(const struct sort *s, weft_chunk *const *runs, int64_t k, struct place cut)
{
    int64_t low = 0, high = runs[k]->n_rows;

    if (cut.run < 0)
        return high;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;

        if (compare(s, runs, (struct place){k, middle}, cut) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The rows of merge j, run after run; *n of them. NULL: no memory. */
static struct wf_pick *picks_of(const struct sort *s, weft_chunk *const *runs, const struct place *cuts,
                                int64_t j, int64_t *n)
{
    int64_t *from = wf_alloc_array((size_t)s->n, sizeof *from), *to = wf_alloc_array((size_t)s->n, sizeof *to);
    struct wf_pick *picks = NULL;

    *n = 0;
    for (int k = 0; from && to && k < s->n; k++) {
        from[k] = j ? rows_before(s, runs, k, cuts[j - 1]) : 0;
        to[k] = j < s->n - 1 ? rows_before(s, runs, k, cuts[j]) : runs[k]->n_rows;
        *n += to[k] - from[k];
    }
    if (from && to)
        picks = wf_alloc_array((size_t)*n + 1, sizeof *picks);
    *n = 0;
    for (int k = 0; picks && k < s->n; k++)
        for (int64_t i = from[k]; i < to[k]; i++)
            picks[(*n)++] = (struct wf_pick){.part = (uint32_t)k, .row = (uint32_t)i};
    wf_free(from);
    wf_free(to);
    return picks;
}

/* Column c of all runs, picked. NULL: no memory. */
static struct wf_column *pick_column(const struct sort *s, weft_chunk *const *runs, int c,
                                     const struct wf_pick *picks, int64_t n)
{
    struct wf_column **parts = wf_alloc_array((size_t)s->n, sizeof *parts);
    struct wf_column *picked = NULL;

    for (int k = 0; parts && k < s->n; k++)
        parts[k] = runs[k]->columns[c];
    if (parts)
        picked = wf_pick_rows(parts, s->n, picks, n);
    wf_free(parts);
    return picked;
}

/* The picks, which come run after run, in order: the key is sorted once more, over
 * these rows alone. Ties keep the order of runs, and of places within one. */
static weft_status order_picks(const struct sort *s, weft_chunk *const *runs, struct wf_pick **picks, int64_t n,
                               struct weft_error *err)
{
    struct wf_column *key = pick_column(s, runs, 0, *picks, n);
    uint32_t *rows = wf_alloc_array((size_t)n + 1, sizeof *rows);
    struct wf_pick *ordered = wf_alloc_array((size_t)n + 1, sizeof *ordered);
    bool ok = key && rows && ordered;

    for (int64_t i = 0; ok && i < n; i++)
        rows[i] = (uint32_t)i;
    ok = ok && wf_sort_rows(key, s->descending, rows, n);
    for (int64_t i = 0; ok && i < n; i++)
        ordered[i] = (*picks)[rows[i]];
    if (ok) {
        wf_free(*picks);
        *picks = ordered;
    } else {
        wf_free(ordered);
    }
    wf_column_release(key);
    wf_free(rows);
    return ok ? WEFT_OK : wf_error_nomem(err, "a sorted partition");
}

/* Inputs: all runs, then the cuts if there is more than one run. */
static weft_status merge_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct merge *m = arg;
    const struct sort *s = m->sort;
    weft_chunk **runs = wf_alloc_array((size_t)s->n, sizeof *runs);
    struct wf_column **columns = wf_alloc_zero((size_t)s->schema->n + 1, sizeof *columns);
    const struct place *cuts = s->n > 1 ? weft_block_data(weft_call_block(call, (size_t)s->n)) : NULL;
    struct wf_pick *picks = NULL;
    weft_chunk *chunk = NULL;
    int64_t n = 0;
    weft_status st = WEFT_OK;

    for (int k = 0; runs && k < s->n; k++)
        runs[k] = weft_call_chunk(call, (size_t)k);
    if (runs && columns && s->n > 1)
        picks = picks_of(s, runs, cuts, m->j, &n);
    if (!runs || !columns || (s->n > 1 && !picks))
        st = wf_error_nomem(err, "a sorted partition");
    if (!st && s->n > 1)
        st = order_picks(s, runs, &picks, n, err);
    for (int c = 0; c < s->schema->n && !st; c++)
        columns[c] = s->n > 1 ? pick_column(s, runs, c + 1, picks, n) : wf_column_retain(runs[0]->columns[c + 1]);
    if (!st && s->n == 1)
        n = runs[0]->n_rows;
    if (!st) {
        chunk = wf_chunk_new(s->schema, n, columns);
        st = chunk ? WEFT_OK : wf_error_nomem(err, "a sorted partition");
    }
    if (!st)
        weft_call_return(call, weft_value_of_ptr(&weft_type_chunk, chunk));
    wf_free(runs);
    wf_free(columns);
    wf_free(picks);
    return st;
}

/* ---- Making ------------------------------------------------------------------------------------- */

static weft_status sort_new(struct sort **out, const weft_frame *f, const struct wf_expr *key, bool descending,
                            struct weft_error *err)
{
    const size_t room = (size_t)f->schema.n + 1;
    const struct wf_expr **columns = wf_alloc_array(room, sizeof *columns);
    const char **names = wf_alloc_array(room, sizeof *names);
    struct sort *s = wf_alloc_zero(1, sizeof *s);
    weft_status st = columns && names && s ? WEFT_OK : wf_error_nomem(err, "a sort");

    if (s)
        wf_count_init(&s->holders);
    if (!st) {
        s->descending = descending;
        s->n = f->source->n;
        s->schema = wf_schema_new(f->schema.n, (const char *const *)f->schema.names, f->schema.dtypes);
        columns[0] = key;
        names[0] = "";
        for (int i = 0; i < f->schema.n; i++) {
            columns[i + 1] = f->columns[i];
            names[i + 1] = f->schema.names[i];
        }
        st = s->schema ? wf_flow_new(&s->flow, f, f->schema.n + 1, columns, names, err) : wf_error_nomem(err, "a sort");
    }
    wf_free(columns);
    wf_free(names);
    if (st)
        sort_free(s);
    else
        *out = s;
    return st;
}

/* inputs[0..n) become runs, inputs[n] the cuts. */
static bool add_runs(weft_frame *f, struct sort *s, weft_task **inputs)
{
    weft_task **reads = wf_lower_reads(f, s->flow);
    const char *name = wf_frame_op_name(f, "sort-run");
    const uint32_t layer = name ? weft_graph_layer(f->graph, name) : 0;

    if (!reads || !name)
        return false;
    for (int64_t i = 0; i < s->n; i++)
        inputs[i] = wf_graph_add_here(f->graph, run_body, .name = name, .index = &i, .n_index = 1, .layer = layer,
                             .flags = WEFT_PURE, .arg = sort_share(s), .arg_type = &sort_type, .deps = WEFT_DEPS(reads[i]));
    if (s->n > 1)
        inputs[s->n] = wf_graph_add_here(f->graph, cut_body, .name = "sort-cuts",
                                .layer = weft_graph_layer(f->graph, "sort-cuts"), .flags = WEFT_PURE,
                                .arg = sort_share(s), .arg_type = &sort_type, .deps = inputs, .n_deps = (size_t)s->n);
    return true;
}

static weft_frame *add_merges(weft_frame *f, struct sort *s)
{
    const size_t n_inputs = (size_t)s->n + (s->n > 1);
    weft_task **inputs = wf_graph_alloc(f->graph, n_inputs * sizeof *inputs);
    weft_task **merges = wf_graph_alloc(f->graph, (size_t)s->n * sizeof *merges);
    const uint32_t layer = weft_graph_layer(f->graph, "sort-merge");
    char about[WF_FRAME_ABOUT];

    if (!inputs || !merges || !add_runs(f, s, inputs))
        return NULL;
    weft_graph_layer_tell(f->graph, layer, "%s", wf_frame_about(&f->schema, about));
    for (int64_t j = 0; j < s->n; j++) {
        struct merge *m = wf_alloc(sizeof *m);

        if (!m)
            return NULL;
        *m = (struct merge){.sort = sort_share(s), .j = j};
        merges[j] = wf_graph_add_here(f->graph, merge_body, .name = "sort-merge", .index = &j, .n_index = 1, .layer = layer,
                             .flags = WEFT_PURE, .arg = m, .arg_type = &merge_type, .deps = inputs,
                             .n_deps = n_inputs);
    }
    return wf_frame_of_tasks(f->graph, merges, s->n, s->schema, f->n_layers + 1);
}

weft_frame *weft_frame_sort(weft_frame *f, const char *what, enum weft_order order)
{
    const struct wf_expr *key = NULL;
    struct sort *s = NULL;
    struct weft_error err;
    weft_frame *sorted;

    f = wf_frame_to_join(f);
    if (!f || f->failed)
        return f;
    if (wf_frame_expr_of(&key, f, what, &err) || sort_new(&s, f, key, order == WEFT_DESCENDING, &err))
        return wf_frame_fail(f->graph, &err);
    sorted = add_merges(f, s);
    if (sorted)
        sorted->n_rows = f->n_rows;
    sort_free(s);
    return sorted;
}
