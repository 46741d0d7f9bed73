/* pairs.c - combining by key: reduce_by_key, count_by_key.
 *
 *     partition 0:  chain -> table -> pieces --+--> merge 0 -> table -> pairs
 *                                      \   +---+
 *                                       \ /
 *     partition 1:  chain -> table -> pieces -----> merge 1 -> table -> pairs
 *
 * A table keeps keys in order of first appearance, and merging reads partitions in
 * order: so the order of keys, and that in which values are combined, depend on
 * the partitions alone.
 */
#include "lib/bag/key.h"
#include "lib/bag/pipe.h"
#include "lib/bag/shuffle.h"
#include "lib/bag/table.h"
#include "lib/bag/token.h"
#include "lib/base/error.h"
#include "lib/graph/graph.h"

/* How values of one key become one; in the graph's arena. */
struct combine {
    const struct wf_step *step;
    size_t                value_bytes;
    const void           *each;  /* what to take for every record, not its value; NULL: the value */
    int                   n_out;
    bool                  index; /* the result is for looking up */
};

/* What the parts of one table have in common. */
struct gathering {
    const struct combine *how;
    struct wf_table       table;
    struct weft_error     said;
};

static weft_status gather(struct gathering *g, struct weft_text key, const void *value, int64_t partition,
                          int64_t record, struct weft_error *err)
{
    bool fresh;
    void *into = wf_table_put(&g->table, key, wf_key_hash(key), &fresh);
    weft_status st;

    if (!into)
        return wf_error_nomem(err, g->how->step->name);
    if (fresh) {
        memcpy(into, value, g->how->value_bytes);
        return WEFT_OK;
    }
    st = g->how->step->fn.combine(into, value, g->how->step->arg, &g->said);
    return st ? wf_error_at(err, st, &g->said, g->how->step, partition, record) : WEFT_OK;
}

static struct weft_record pair_at(const struct wf_table *t, uint32_t i)
{
    return (struct weft_record){.text = wf_table_key(t, i), .data = wf_table_value(t, i), .n = 1};
}

/* ---- Before the shuffle: the sink of a chain ------------------------------------------ */

struct combiner {
    struct gathering g;
    int64_t          n;
};

static weft_status combine_begin(void *state, struct wf_pass *pass, struct weft_error *err)
{
    struct combiner *c = state;

    (void)err;
    c->g.how = pass->pipe->sink_arg;
    wf_table_init(&c->g.table, c->g.how->value_bytes);
    return WEFT_OK;
}

static weft_status combine_push(void *state, struct wf_pass *pass, const struct weft_record *record,
                                struct weft_error *err)
{
    struct combiner *c = state;
    const void *value = c->g.how->each ? c->g.how->each : record->data;

    return gather(&c->g, record->text, value, pass->partition, c->n++, err);
}

static weft_status combine_end(void *state, struct wf_pass *pass, struct weft_error *err)
{
    struct combiner *c = state;
    const struct combine *how = c->g.how;
    struct wf_pieces *pieces = wf_pieces_new((struct wf_shape){WEFT_PAIRS, how->value_bytes}, how->n_out);

    if (!pieces)
        return wf_error_nomem(err, how->step->name);
    for (uint32_t i = 0; i < c->g.table.n; i++) {
        const struct weft_record pair = pair_at(&c->g.table, i);
        const int to = wf_key_partition(wf_key_hash(pair.text), how->n_out);

        if (!wf_records_add(pieces->piece[to], &pair)) {
            wf_pieces_free(pieces);
            return wf_error_nomem(err, how->step->name);
        }
    }
    weft_call_return(pass->call, weft_value_of_ptr(&wf_type_pieces, pieces));
    return WEFT_OK;
}

static void combine_fini(void *state)
{
    struct combiner *c = state;

    wf_table_fini(&c->g.table);
}

static bool combine_is_pure(const void *arg)
{
    return ((const struct combine *)arg)->step->is_pure;
}

static weft_status combine_hash(const void *arg, struct weft_sink *sink)
{
    const struct combine *how = arg;
    const int64_t numbers[] = {(int64_t)how->value_bytes, how->n_out, how->index, how->each != NULL};
    weft_status st = sink->write(sink->to, numbers, sizeof numbers);

    if (!st && how->each)
        st = sink->write(sink->to, how->each, how->value_bytes);
    return st ? st : wf_step_hash(how->step, sink);
}

static const struct wf_sink sink_combine = {
    .name = "shuffle", .state_bytes = sizeof(struct combiner),
    .begin = combine_begin, .push = combine_push, .end = combine_end, .fini = combine_fini,
    .is_pure = combine_is_pure, .hash = combine_hash,
};

/* ---- After the shuffle: one task per partition ------------------------------------------ */

struct merge_arg {
    const struct combine *how;
    int                   partition;
};

static weft_status merge_hash(const void *data, struct weft_sink *sink)
{
    const struct merge_arg *a = data;
    const weft_status st = sink->write(sink->to, &a->partition, sizeof a->partition);

    return st ? st : combine_hash(a->how, sink);
}

static const struct weft_type merge_type = {.name = "merge", .hash = merge_hash};

static weft_records *pairs_of(const struct wf_table *t, const struct combine *how)
{
    const struct wf_shape shape = {WEFT_PAIRS, how->value_bytes};
    int64_t text = 0;
    weft_records *r;

    for (uint32_t i = 0; i < t->n; i++)
        text += wf_table_key(t, i).len;
    r = wf_records_sized(shape, t->n, t->n, text);
    for (uint32_t i = 0; r && i < t->n; i++) {
        const struct weft_record pair = pair_at(t, i);

        wf_records_add(r, &pair); /* cannot fail: there is room for all */
    }
    if (r && how->index && !wf_records_index(r)) {
        weft_records_release(r);
        return NULL;
    }
    return r;
}

static weft_status merge(weft_call *call, void *arg, struct weft_error *err)
{
    const struct merge_arg *a = arg;
    struct gathering g = {.how = a->how};
    weft_status st = WEFT_OK;
    weft_records *r = NULL;

    wf_table_init(&g.table, a->how->value_bytes);
    for (size_t i = 0; !st && i < weft_call_n_inputs(call); i++) {
        const weft_records *piece = wf_call_piece(call, i, a->partition);

        for (int64_t row = 0; !st && row < piece->n; row++) {
            const struct weft_record pair = weft_records_at(piece, row);

            st = gather(&g, pair.text, pair.data, a->partition, -1, err);
        }
    }
    if (!st) {
        r = pairs_of(&g.table, a->how);
        st = r ? WEFT_OK : wf_error_nomem(err, a->how->step->name);
    }
    if (!st)
        weft_call_return(call, weft_value_of_ptr(&weft_type_records, r));
    wf_table_fini(&g.table);
    return st;
}

/* ---- Building ------------------------------------------------------------------------------ */

/* The partitions after the shuffle. NULL: no memory. */
static struct wf_base *shuffled(weft_bag *b, const struct combine *how, const struct weft_step *site)
{
    weft_graph *g = b->graph;
    const int n_in = wf_bag_n(b);
    struct wf_pipe *pipe = wf_pipe_new(b, &sink_combine, how, NULL);
    struct wf_base *base = wf_base_new(g, (struct wf_shape){WEFT_PAIRS, how->value_bytes}, how->n_out);
    weft_task **from = wf_graph_alloc(g, (size_t)n_in * sizeof *from);
    uint32_t layer;

    if (!pipe || !base || !from)
        return NULL;
    wf_pipe_tasks(b, pipe, site, from);
    layer = weft_graph_layer(g, how->step->name);
    for (int p = 0; p < how->n_out; p++) {
        struct merge_arg *arg = wf_graph_alloc(g, sizeof *arg);

        if (!arg)
            return NULL;
        *arg = (struct merge_arg){how, p};
        base->tasks[p] = weft_graph_add(g, &(struct weft_task_spec){
            .name = how->step->name, .index = (int64_t[]){p}, .n_index = how->n_out > 1, .layer = layer,
            .body = merge, .arg = arg, .arg_type = &merge_type,
            .flags = how->step->is_pure ? WEFT_PURE : 0, .deps = from, .n_deps = (size_t)n_in,
            .file = site && site->file ? site->file : g->here.file,
            .line = site && site->file ? site->line : g->here.line});
    }
    return base;
}

weft_bag *weft_bag_reduce_by_key(weft_bag *b, weft_combine_fn *fn, int n_partitions,
                                 const struct weft_step *step)
{
    weft_task *failed;
    struct wf_step *s;
    struct combine *how;

    if (wf_bag_is_failed(b, &failed)) {
        wf_step_drop(step);
        return b;
    }
    if (b->shape.kind != WEFT_PAIRS) {
        wf_step_drop(step);
        return wf_bag_fail(b->graph, step, WEFT_TYPE, "reduce-by-key: the records are %s, not pairs",
                           wf_kind_text(b->shape.kind));
    }
    if (n_partitions < 0) {
        wf_step_drop(step);
        return wf_bag_fail(b->graph, step, WEFT_INVALID, "reduce-by-key: %d partitions", n_partitions);
    }
    s = wf_step_new(b->graph, WF_STEP_MAP, step, "reduce-by-key");
    how = wf_graph_alloc(b->graph, sizeof *how);
    if (!s || !how)
        return NULL;
    s->fn.combine = fn;
    *how = (struct combine){.step = s, .value_bytes = b->shape.bytes,
                            .n_out = n_partitions ? n_partitions : wf_bag_n(b)};
    return wf_bag_over(b->graph, shuffled(b, how, step));
}

static weft_status add_counts(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *(int64_t *)into += *(const int64_t *)value;
    return WEFT_OK;
}

weft_task *weft_bag_count_by_key(weft_bag *b)
{
    static const int64_t one = 1;
    static const struct wf_step count = {.name = "count-by-key", .fn.combine = add_counts, .is_pure = true};
    weft_task *failed;
    struct combine *how;
    const struct wf_base *base;

    if (wf_bag_is_failed(b, &failed))
        return failed;
    if (!wf_shape_has_text(b->shape))
        return wf_bag_fail_task(b->graph, NULL, WEFT_TYPE, "count-by-key: the records are structs, "
                                "which have no keys");
    how = wf_graph_alloc(b->graph, sizeof *how);
    if (!how)
        return wf_graph_nomem(b->graph);
    *how = (struct combine){.step = &count, .value_bytes = sizeof one, .each = &one, .n_out = 1, .index = true};
    base = shuffled(b, how, NULL);
    return base ? base->tasks[0] : wf_graph_nomem(b->graph);
}
