/* group.c - the values of one key together: group_by_key.
 *
 * Pieces keep the order of rows, and are read in order of partitions: once to
 * number keys and count their values, once to put each value in its place. So a
 * group's values are ordered by (partition, row) without sorting.
 */
#include "lib/bag/key.h"
#include "lib/bag/pipe.h"
#include "lib/bag/shuffle.h"
#include "lib/bag/table.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"

/* ---- Before the shuffle: the sink of a chain ------------------------------------------ */

struct scatter {
    struct wf_pieces *pieces;
};

static weft_status scatter_begin(void *state, struct wf_pass *pass, struct weft_error *err)
{
    struct scatter *s = state;

    s->pieces = wf_pieces_new(pass->pipe->shape, *(const int *)pass->pipe->sink_arg);
    return s->pieces ? WEFT_OK : wf_error_nomem(err, pass->pipe->name);
}

static weft_status scatter_push(void *state, struct wf_pass *pass, const struct weft_record *record,
                                struct weft_error *err)
{
    struct scatter *s = state;
    weft_records *to = s->pieces->piece[wf_key_partition(wf_key_hash(record->text), s->pieces->n)];

    return wf_records_add(to, record) ? WEFT_OK : wf_error_nomem(err, pass->pipe->name);
}

static weft_status scatter_end(void *state, struct wf_pass *pass, struct weft_error *err)
{
    struct scatter *s = state;

    (void)err;
    weft_call_return(pass->call, weft_value_of_ptr(&wf_type_pieces, s->pieces));
    s->pieces = NULL;
    return WEFT_OK;
}

static void scatter_fini(void *state)
{
    struct scatter *s = state;

    wf_pieces_free(s->pieces);
}

static weft_status scatter_hash(const void *arg, struct weft_sink *sink)
{
    return sink->write(sink->to, arg, sizeof(int));
}

static const struct wf_sink sink_scatter = {
    .name = "shuffle", .state_bytes = sizeof(struct scatter),
    .begin = scatter_begin, .push = scatter_push, .end = scatter_end, .fini = scatter_fini,
    .hash = scatter_hash,
};

/* ---- After the shuffle: one task per partition ------------------------------------------ */

/* What is known of a group while keys are numbered. */
struct group {
    int64_t row; /* its place in the result */
    int64_t n;   /* its values so far */
};

struct group_arg {
    int    partition;
    size_t value_bytes;
};

static weft_status number_rows(weft_call *call, const struct group_arg *a, struct wf_table *t,
                               uint32_t *group_of)
{
    int64_t at = 0;

    for (size_t i = 0; i < weft_call_n_inputs(call); i++) {
        const weft_records *piece = wf_call_piece(call, i, a->partition);

        for (int64_t row = 0; row < piece->n; row++) {
            const struct weft_text key = weft_records_at(piece, row).text;
            bool fresh;
            struct group *g = wf_table_put(t, key, wf_key_hash(key), &fresh);

            if (!g)
                return WEFT_NOMEM;
            if (fresh)
                *g = (struct group){.row = t->n - 1};
            g->n++;
            group_of[at++] = (uint32_t)g->row;
        }
    }
    return WEFT_OK;
}

/* Keys and places of the result; values are for fill_values(). */
static weft_records *lay_out(const struct wf_table *t, size_t value_bytes, int64_t n_values)
{
    int64_t text = 0;
    weft_records *r;

    for (uint32_t i = 0; i < t->n; i++)
        text += wf_table_key(t, i).len;
    r = wf_records_sized((struct wf_shape){WEFT_GROUPS, value_bytes}, t->n, n_values, text);
    for (uint32_t i = 0; r && i < t->n; i++) {
        const struct weft_text key = wf_table_key(t, i);
        const struct group *g = wf_table_value(t, i);

        if (key.len)
            memcpy(r->text + r->text_at[i], key.ptr, (size_t)key.len);
        r->text_at[i + 1] = r->text_at[i] + key.len;
        r->data_at[i + 1] = r->data_at[i] + g->n;
    }
    if (r)
        r->n = t->n;
    return r;
}

/* next[i]: the place of group i's next value. */
static void fill_values(weft_call *call, const struct group_arg *a, weft_records *r, const uint32_t *group_of,
                        int64_t *next)
{
    int64_t at = 0;

    memcpy(next, r->data_at, (size_t)r->n * sizeof *next);
    for (size_t i = 0; i < weft_call_n_inputs(call); i++) {
        const weft_records *piece = wf_call_piece(call, i, a->partition);

        for (int64_t row = 0; row < piece->n; row++)
            memcpy(r->data + (size_t)next[group_of[at++]]++ * a->value_bytes,
                   piece->data + (size_t)row * a->value_bytes, a->value_bytes);
    }
}

static weft_status group(weft_call *call, void *arg, struct weft_error *err)
{
    const struct group_arg *a = arg;
    struct wf_table table;
    uint32_t *group_of = NULL;
    int64_t *next = NULL, n = 0;
    weft_records *r = NULL;
    weft_status st = WEFT_NOMEM;

    wf_table_init(&table, sizeof(struct group));
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        n += wf_call_piece(call, i, a->partition)->n;
    group_of = wf_alloc_array((size_t)n, sizeof *group_of);
    if (!group_of)
        goto out;
    st = number_rows(call, a, &table, group_of);
    if (st)
        goto out;
    st = WEFT_NOMEM;
    r = lay_out(&table, a->value_bytes, n);
    next = wf_alloc_array(table.n, sizeof *next);
    if (!r || !next)
        goto out;
    fill_values(call, a, r, group_of, next);
    weft_call_return(call, weft_value_of_ptr(&weft_type_records, r));
    r = NULL;
    st = WEFT_OK;
out:
    weft_records_release(r);
    wf_free(next);
    wf_free(group_of);
    wf_table_fini(&table);
    return st ? wf_error_nomem(err, "group-by-key") : WEFT_OK;
}

/* ---- Building ------------------------------------------------------------------------------ */

weft_bag *weft_bag_group_by_key(weft_bag *b, int n_partitions)
{
    weft_task *failed;
    weft_graph *g;
    struct wf_pipe *pipe;
    struct wf_base *base;
    weft_task **from;
    uint32_t layer;
    int *n_out;

    if (wf_bag_is_failed(b, &failed))
        return b;
    g = b->graph;
    if (b->shape.kind != WEFT_PAIRS)
        return wf_bag_fail(g, NULL, WEFT_TYPE, "group-by-key: the records are %s, not pairs",
                           wf_kind_text(b->shape.kind));
    if (n_partitions < 0)
        return wf_bag_fail(g, NULL, WEFT_INVALID, "group-by-key: %d partitions", n_partitions);
    n_out = wf_graph_alloc(g, sizeof *n_out);
    if (!n_out)
        return NULL;
    *n_out = n_partitions ? n_partitions : wf_bag_n(b);
    pipe = wf_pipe_new(b, &sink_scatter, n_out, NULL);
    base = wf_base_new(g, (struct wf_shape){WEFT_GROUPS, b->shape.bytes}, *n_out);
    from = wf_graph_alloc(g, (size_t)wf_bag_n(b) * sizeof *from);
    if (!pipe || !base || !from)
        return NULL;
    wf_pipe_tasks(b, pipe, NULL, from);
    layer = weft_graph_layer(g, "group-by-key");
    for (int p = 0; p < *n_out; p++) {
        struct group_arg arg;

        memset(&arg, 0, sizeof arg); /* what lies between its fields is part of its key */
        arg.partition = p;
        arg.value_bytes = b->shape.bytes;
        base->tasks[p] = weft_graph_add(g, &(struct weft_task_spec){
            .name = "group-by-key", .index = (int64_t[]){p}, .n_index = 1, .layer = layer, .body = group,
            .arg = &arg, .arg_bytes = sizeof arg, .flags = WEFT_PURE, .deps = from, .n_deps = (size_t)wf_bag_n(b),
            .file = g->here.file, .line = g->here.line});
    }
    return wf_bag_over(g, base);
}
