/* source.c - tasks that bring the partitions of a source. */
#include <stddef.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/frame/frame.h"

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

weft_task *wf_source_task(const weft_frame *f, int i, const int64_t *numbers, int n, uint32_t layer)
{
    const struct wf_source *s = f->source;
    const size_t bytes = offsetof(struct read_arg, columns) + (size_t)n * sizeof(int);
    const int64_t index = i;
    struct read_arg *read;

    if (s->tasks)
        return s->tasks[i];
    read = wf_graph_alloc(f->graph, bytes);
    if (!read)
        return wf_graph_nomem(f->graph);
    read->range = s->ranges[i];
    read->n = n;
    for (int k = 0; k < n; k++)
        read->columns[k] = (int)numbers[k];
    return weft_add(f->graph, read_body, .name = "read-csv", .index = &index, .n_index = 1, .layer = layer,
                    .flags = WEFT_PURE, .arg = read, .arg_bytes = bytes, .deps = WEFT_DEPS(s->file),
                    .result_bytes = (size_t)s->ranges[i].n_records * (size_t)n * 8);
}
