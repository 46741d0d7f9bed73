/* head.c - the first rows: from partition to partition until there are enough.
 *
 *     file or partition 0    file or partition 1    ...
 *            |                      |
 *          head 0  ------------>  head 1  ------>   ...
 *
 * Each task hands on what it got when that is enough, and looks at its partition
 * only when it is not. Partitions of files are read here, a piece at a time, so
 * what is not needed is not read.
 */
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/frame/flow.h"
#include "lib/graph/plan.h"

/* Rows of the first piece behind a filter, which may drop any number of them. */
enum { FIRST_PIECE = 4096 };

struct head {
    struct wf_flow     *flow;
    int64_t             n;
    const struct wf_csv *csv;   /* NULL: partitions are inputs */
    struct wf_csv_range range;
    int                *columns; /* of the file */
};

static void head_free(void *data)
{
    struct head *h = data;

    wf_flow_release(h->flow);
    wf_free(h->columns);
    wf_free(h);
}

static weft_status head_hash(const void *data, struct weft_sink *sink)
{
    const struct head *h = data;
    const int64_t numbers[] = {h->n, h->range.begin, h->range.end};
    weft_status st = sink->write(sink->to, &h->flow->token, sizeof h->flow->token);

    if (!st)
        st = sink->write(sink->to, numbers, sizeof numbers);
    return st ? st : h->flow->is_certain ? WEFT_OK : WEFT_UNSUPPORTED;
}

static const struct weft_type head_type = {.name = "head", .free = head_free, .hash = head_hash};

/* ---- Pieces of a partition -------------------------------------------------------------- */

/* Rows first .. first+n-1 of the partition, as the flow reads them. */
static weft_status piece(weft_chunk **out, const struct head *h, weft_chunk *partition, int64_t first, int64_t n,
                         struct weft_error *err)
{
    struct wf_csv_range range;
    weft_status st;

    if (partition) {
        *out = wf_chunk_slice(partition, first, n);
        return *out ? WEFT_OK : wf_error_nomem(err, "the first rows");
    }
    st = wf_csv_rows(&range, h->csv, h->range.first_record + first, n, err);
    return st ? st : wf_csv_parse(out, h->csv, &range, h->columns, h->flow->n_reads, err);
}

/* The rows of a piece that the flow lets through. */
static weft_status flow_piece(weft_chunk **out, const struct head *h, weft_chunk *partition, int64_t first, int64_t n,
                              void *scratch, struct weft_error *err)
{
    struct wf_column **columns = wf_alloc_zero((size_t)h->flow->n + 1, sizeof *columns);
    weft_chunk *rows = NULL;
    int64_t n_rows;
    weft_status st = columns ? piece(&rows, h, partition, first, n, err) : wf_error_nomem(err, "the first rows");

    if (!st)
        st = wf_flow_run(h->flow, rows, scratch, columns, &n_rows, err);
    if (!st) {
        *out = wf_chunk_new(h->flow->schema, n_rows, columns);
        st = *out ? WEFT_OK : wf_error_nomem(err, "the first rows");
    }
    weft_chunk_release(rows);
    wf_free(columns);
    return st;
}

/* *all, given or NULL, and `more` behind it; takes both. */
static weft_status append(weft_chunk **all, weft_chunk *more, struct weft_error *err)
{
    weft_chunk *joined;

    if (!*all) {
        *all = more;
        return WEFT_OK;
    }
    joined = wf_chunk_concat((weft_chunk *[]){*all, more}, 2);
    weft_chunk_release(*all);
    weft_chunk_release(more);
    *all = joined;
    return joined ? WEFT_OK : wf_error_nomem(err, "the first rows");
}

/* Inputs: the head so far (but for the first), then the partition or its file. */
static weft_status head_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct head *h = arg;
    const size_t n_inputs = weft_call_n_inputs(call);
    weft_chunk *partition = h->csv ? NULL : weft_call_chunk(call, n_inputs - 1);
    weft_chunk *all = n_inputs > 1 ? weft_chunk_retain(weft_call_chunk(call, 0)) : NULL;
    const int64_t n_rows = h->csv ? h->range.n_records : partition->n_rows;
    void *scratch = weft_call_scratch(call, h->flow->scratch_bytes);
    int64_t step = FIRST_PIECE, first = 0;
    weft_status st = scratch ? WEFT_OK : wf_error_nomem(err, "the first rows");

    /* At least once, so that an empty frame has columns too. */
    while (!st && (!all || (all->n_rows < h->n && first < n_rows))) {
        const int64_t need = h->n - (all ? all->n_rows : 0);
        const int64_t left = n_rows - first, want = h->flow->n_stages ? (need > step ? need : step) : need;
        const int64_t n = want < left ? want : left;
        weft_chunk *more = NULL;

        st = flow_piece(&more, h, partition, first, n, scratch, err);
        if (!st)
            st = append(&all, more, err);
        first += n;
        step *= 4;
    }
    if (!st && all->n_rows > h->n) {
        weft_chunk *cut = wf_chunk_slice(all, 0, h->n);

        weft_chunk_release(all);
        all = cut;
        st = cut ? WEFT_OK : wf_error_nomem(err, "the first rows");
    }
    if (!st)
        weft_call_return(call, weft_value_of_ptr(&weft_type_chunk, all));
    else
        weft_chunk_release(all);
    return st;
}

/* ---- Making --------------------------------------------------------------------------------- */

static struct head *head_new(const weft_frame *f, struct wf_flow *w, int i, int64_t n)
{
    struct head *h = wf_alloc_zero(1, sizeof *h);

    if (!h)
        return NULL;
    h->flow = wf_flow_retain(w);
    h->n = n;
    if (!f->source->csv)
        return h;
    h->csv = f->source->csv;
    h->range = f->source->ranges[i];
    h->columns = wf_alloc_array((size_t)w->n_reads + 1, sizeof *h->columns);
    if (!h->columns) {
        head_free(h);
        return NULL;
    }
    for (int k = 0; k < w->n_reads; k++)
        h->columns[k] = (int)w->reads[k];
    return h;
}

static weft_task *add_heads(weft_frame *f, struct wf_flow *w, int64_t n)
{
    const uint32_t layer = weft_graph_layer(f->graph, "head");
    weft_task *last = NULL;

    for (int64_t i = 0; i < f->source->n; i++) {
        weft_task *input = f->source->csv ? f->source->file : f->source->tasks[i];
        weft_task *const deps[] = {last ? last : input, input};
        struct head *h = head_new(f, w, (int)i, n);
        struct weft_task_source from;

        if (!h)
            return wf_graph_nomem(f->graph);
        last = wf_graph_add_here(f->graph, head_body, .name = "head", .index = &i, .n_index = 1, .layer = layer,
                        .flags = WEFT_PURE, .arg = h, .arg_type = &head_type, .deps = deps,
                        .n_deps = last ? 2 : 1);
        if (!f->source->csv)
            continue;
        from = wf_csv_task_source(f->source->csv, &f->source->ranges[i]);
        last = weft_task_source(last, &from);
    }
    return last;
}

weft_task *weft_frame_head(weft_frame *f, int64_t n)
{
    struct wf_flow *w = NULL;
    struct weft_error err;
    weft_task *last;

    f = wf_frame_to_join(f);
    if (!f || f->failed)
        return f ? f->failed : NULL;
    /* A file is read by the heads themselves, if that is how it is to be read. */
    if (f->source->csv && !wf_origin_joins(f->graph, &f->source->from, WEFT_PASS_FRAMES) && !(f = weft_frame_keep(f)))
        return NULL;
    if (n < 0)
        return wf_graph_fail(f->graph, WEFT_INVALID, "head: %lld rows", (long long)n);
    if (wf_flow_new(&w, f, f->schema.n, f->columns, (const char *const *)f->schema.names, &err))
        return wf_graph_fail_with(f->graph, &err, NULL, 0);
    last = add_heads(f, w, n);
    wf_flow_release(w);
    return last;
}
