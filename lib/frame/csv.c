/* csv.c - frames over CSV files, and the tasks that read their partitions. */
#include <stddef.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/frame/frame.h"

/* ---- Reading --------------------------------------------------------------- */

/* What one task reads of a file: plain bytes, so that equal reads are one. */
struct read_arg {
    struct wf_csv_range range;
    int                 n;
    int                 columns[]; /* of the file's schema */
};

/* Inputs: the file. */
static weft_status read_body(weft_call *call, void *arg, struct weft_error *err)
{
    const struct read_arg *read = arg;
    const struct wf_csv *csv = weft_call_input(call, 0).as.ptr;
    weft_chunk *chunk = NULL;
    weft_status st = wf_csv_parse(&chunk, csv, &read->range, read->columns, read->n, err);

    if (!st)
        weft_call_return(call, weft_value_of_ptr(&weft_type_chunk, chunk));
    return st;
}

static weft_status find_record(const struct weft_task_source *s, int64_t row, int64_t *begin, int64_t *end,
                               struct weft_error *err)
{
    struct wf_csv_range range;
    const weft_status st = wf_csv_rows(&range, s->find_arg, s->first_row + row, 1, err);

    if (!st) {
        *begin = range.begin;
        *end = range.end;
    }
    return st;
}

struct weft_task_source wf_csv_task_source(const struct wf_csv *csv, const struct wf_csv_range *range)
{
    return (struct weft_task_source){.path = wf_csv_path(csv), .begin = range->begin, .end = range->end,
                                     .first_row = range->first_record, .n_rows = range->n_records};
}

weft_task *wf_source_task(const weft_frame *f, int i, const int64_t *numbers, int n, uint32_t layer)
{
    const struct wf_source *s = f->source;
    const size_t bytes = offsetof(struct read_arg, columns) + (size_t)n * sizeof(int);
    const int64_t index = i;
    struct weft_task_source from;
    struct read_arg *read;
    weft_task *t;

    if (s->tasks)
        return s->tasks[i];
    read = wf_graph_alloc(f->graph, bytes);
    if (!read)
        return wf_graph_nomem(f->graph);
    read->range = s->ranges[i];
    read->n = n;
    for (int k = 0; k < n; k++)
        read->columns[k] = (int)numbers[k];
    t = wf_graph_add_here(f->graph, read_body, .name = "read-csv", .index = &index, .n_index = 1, .layer = layer,
                    .flags = WEFT_PURE, .arg = read, .arg_bytes = bytes, .deps = WEFT_DEPS(s->file),
                    .result_bytes = (size_t)s->ranges[i].n_records * (size_t)n * 8);
    from = wf_csv_task_source(s->csv, &s->ranges[i]);
    from.find_row = find_record;
    from.find_arg = s->csv;
    return weft_task_source(t, &from);
}

/* ---- Making ------------------------------------------------------------------ */

static void csv_free(void *data)
{
    wf_csv_release(data);
}

static void *csv_share(void *data)
{
    return wf_csv_retain(data);
}

static weft_status csv_hash(const void *data, struct weft_sink *sink)
{
    const struct wf_token token = wf_csv_token(data);

    return sink->write(sink->to, &token, sizeof token);
}

/* A scanned file as a value: the graph keeps it, and tasks that read it depend on it. */
static const struct weft_type csv_type = {.name = "csv", .free = csv_free, .share = csv_share, .hash = csv_hash};

/* What is read of the file, as the source of frames. Takes `csv`. */
static weft_status csv_source(struct wf_source *s, weft_graph *g, struct wf_csv *csv, struct weft_error *err)
{
    struct wf_csv_range *ranges = NULL;
    int64_t n = 0;
    weft_status st = wf_csv_split(&ranges, &n, csv, err);

    if (!st)
        st = wf_csv_fingerprint(csv, g->key_flags & WEFT_KEYS_BY_CONTENT, err);
    if (st) {
        wf_free(ranges);
        wf_csv_release(csv);
        return st;
    }
    s->n_columns = wf_csv_schema(csv)->n;
    s->csv = csv;
    s->from = wf_graph_origin(g);
    s->file = weft_graph_put(g, weft_value_of_ptr(&csv_type, csv));
    st = weft_task_status(s->file, err);
    s->ranges = st ? NULL : wf_graph_alloc(g, (size_t)n * sizeof *ranges);
    if (s->ranges)
        memcpy(s->ranges, ranges, (size_t)n * sizeof *ranges);
    else if (!st)
        st = wf_error_nomem(err, "a frame");
    s->n = (int)n;
    wf_free(ranges);
    return st;
}

weft_frame *weft_frame_read_csv(weft_graph *g, const char *path, const struct weft_csv_spec *spec)
{
    struct wf_csv *csv = NULL;
    struct wf_source *s;
    struct weft_error err;
    weft_frame *f;
    int64_t *rows;

    if (!g)
        return NULL;
    s = wf_graph_alloc(g, sizeof *s);
    if (!s)
        return NULL;
    if (wf_csv_scan(&csv, path, spec, &err) || csv_source(s, g, csv, &err))
        return wf_frame_fail(g, &err);
    f = wf_frame_new(g, s, wf_csv_schema(csv), 1);
    rows = wf_graph_alloc(g, (size_t)(s->n + 1) * sizeof *rows);
    if (!f || !rows)
        return NULL;
    for (int i = 0; i < s->n; i++)
        rows[i] = s->ranges[i].n_records;
    wf_frame_set_rows(f, rows);
    return f;
}
