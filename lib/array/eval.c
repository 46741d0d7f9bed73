/* eval.c - running a pass over one chunk, batch by batch. */
#include "lib/array/eval.h"

#include "lib/base/assert.h"
#include "lib/base/error.h"

/* A row shorter than this is not worth a run of its own: what each run costs beside
 * its elements is about that of gathering as many. */
static const int64_t short_row = 256;

weft_status wf_chunk_check(const weft_block *block, const weft_array *a, const int64_t *index,
                           struct weft_error *err)
{
    char want[WF_SHAPE_TEXT], have[WF_SHAPE_TEXT], which[WF_SHAPE_TEXT];
    int64_t shape[WEFT_MAX_DIMS] = {0};
    bool equal = block && weft_block_dtype(block) == a->dtype && weft_block_n_dims(block) == a->n_dims;

    for (int d = 0; d < a->n_dims; d++) {
        shape[d] = a->cuts[d].at[index[d] + 1] - a->cuts[d].at[index[d]];
        equal = equal && weft_block_shape(block)[d] == shape[d];
    }
    if (equal)
        return WEFT_OK;
    wf_shape_text(which, a->n_dims, index);
    wf_shape_text(want, a->n_dims, shape);
    if (!block)
        return weft_error_set(err, WEFT_TYPE, "%s: chunk %s is no block", a->name, which);
    return weft_error_set(err, WEFT_INVALID, "%s: chunk %s is %s %s and should be %s %s", a->name, which,
                          weft_dtype_name(weft_block_dtype(block)),
                          wf_shape_text(have, weft_block_n_dims(block), weft_block_shape(block)),
                          weft_dtype_name(a->dtype), want);
}

/* The feed of a leaf that has chunks: the one that holds the part, and where it begins. */
static weft_status feed_chunk(struct wf_feed *f, const struct wf_leaf *leaf, const struct wf_eval *e,
                              const int64_t *from, weft_call *call, struct weft_error *err)
{
    const weft_array *a = leaf->array;
    const int shift = e->pass->root->n_dims - a->n_dims;
    const weft_block *block = weft_call_block(call, (size_t)leaf->input);
    int64_t index[WEFT_MAX_DIMS], at[WEFT_MAX_DIMS];
    weft_status st;

    for (int d = 0; d < a->n_dims; d++) {
        const bool repeats = a->shape[d] == 1;
        const int64_t first = repeats ? 0 : from[d + shift];

        index[d] = wf_cuts_find(&a->cuts[d], first, repeats ? 1 : first + e->shape[d + shift]);
        at[d] = a->cuts[d].at[index[d]];
    }
    st = wf_chunk_check(block, a, index, err);
    if (!st)
        wf_feed_init(f, a, e->pass->root->n_dims, from, e->shape, block, at);
    return st;
}

/* Half a batch where a program reads memory: two inputs and the registers between are
 * then 20 KiB, which fit the L1 cache beside those of a neighbour on the same core, and
 * memory is asked for in shorter bursts. sum(sqrt(x * x + y * y)) from memory took 3.4,
 * 2.9 and 2.4 times as long as a plain loop with runs of 1024, 512 and 256; in cache
 * 256 lost what it gained. */
static int64_t choose_piece(const struct wf_eval *e)
{
    for (int i = 0; e->pass->program && i < e->pass->n_leaves; i++)
        if (e->feeds[i].n_dims && !e->feeds[i].is_rule)
            return WF_BATCH / 2;
    return WF_BATCH;
}

/* Runs follow the rows of inputs that lie in pieces, so that these need no gathering. */
static void choose_runs(struct wf_eval *e)
{
    int64_t row = 0;

    for (int i = 0; i < e->pass->n_leaves; i++) {
        const struct wf_feed *f = &e->feeds[i];
        const int64_t inner = f->n_dims > 1 ? f->shape[f->n_dims - 1] : 0;

        if (inner && (!row || inner < row))
            row = inner;
    }
    e->piece = choose_piece(e);
    if (row < short_row)
        return;
    e->row = row;
    if (row > e->piece) {
        /* Equal pieces, at multiples of a cache line. */
        const int64_t n = (row - 1) / e->piece + 1;

        e->piece = ((row - 1) / n + 1 + 15) / 16 * 16;
    }
}

int64_t wf_eval_run(const struct wf_eval *e, int64_t p)
{
    const int64_t left = e->row ? e->row - p % e->row : e->n_elems - p;

    return left < e->piece ? left : e->piece;
}

weft_status wf_eval_begin(struct wf_eval *e, const struct wf_part *part, weft_call *call,
                          struct weft_error *err)
{
    const struct wf_pass *p = part->pass;
    const weft_array *root = p->root;
    int64_t from[WEFT_MAX_DIMS];

    *e = (struct wf_eval){.pass = p};
    for (int d = 0; d < root->n_dims; d++) {
        from[d] = root->cuts[d].at[part->index[d]];
        e->shape[d] = root->cuts[d].at[part->index[d] + 1] - from[d];
    }
    e->n_elems = wf_shape_elems(root->n_dims, e->shape);
    e->feeds = weft_call_scratch(call, ((size_t)p->n_leaves + 1) * sizeof *e->feeds);
    e->lanes = weft_call_scratch(call, ((size_t)p->n_leaves + 1) * sizeof *e->lanes);
    if (p->program)
        e->scratch = weft_call_scratch(call, wf_program_scratch_bytes(p->program));
    if (!e->feeds || !e->lanes || (p->program && !e->scratch))
        return wf_error_nomem(err, "a batch");
    for (int i = 0; i < p->n_leaves; i++) {
        struct wf_feed *f = &e->feeds[i];
        const struct wf_leaf *leaf = &p->leaves[i];
        weft_status st = WEFT_OK;

        if (leaf->input >= 0)
            st = feed_chunk(f, leaf, e, from, call, err);
        else
            wf_feed_init(f, leaf->array, root->n_dims, from, e->shape, NULL, NULL);
        if (st)
            return st;
        if (!p->program || wf_feed_gathers(f)) {
            f->room = weft_call_scratch(call, WF_BATCH * weft_dtype_size(leaf->array->dtype));
            if (!f->room)
                return wf_error_nomem(err, "a batch");
        }
        e->lanes[i] = (struct wf_lane){.is_scalar = f->n_dims == 0};
        if (f->n_dims == 0 && e->n_elems)
            e->lanes[i].values = wf_feed_get(f, 0, 1);
    }
    choose_runs(e);
    return WEFT_OK;
}

static weft_status run(struct wf_eval *e, int64_t p, int64_t n, struct wf_dest *dest, struct weft_error *err)
{
    WF_ASSERT(n > 0 && n <= WF_BATCH && p + n <= e->n_elems);
    for (int i = 0; i < e->pass->n_leaves; i++)
        if (!e->lanes[i].is_scalar)
            e->lanes[i].values = wf_feed_get(&e->feeds[i], p, n);
    return wf_program_run(e->pass->program, e->scratch, e->lanes, n, dest, err);
}

weft_status wf_eval_get(struct wf_eval *e, int64_t p, int64_t n, const void **values,
                        struct weft_error *err)
{
    struct wf_dest dest = {0};
    weft_status st;

    if (!e->pass->program && e->feeds[0].n_dims == 0) {
        wf_feed_copy(&e->feeds[0], p, n, e->feeds[0].room);
        *values = e->feeds[0].room;
        return WEFT_OK;
    }
    if (!e->pass->program) {
        *values = wf_feed_get(&e->feeds[0], p, n);
        return WEFT_OK;
    }
    st = run(e, p, n, &dest, err);
    *values = dest.values;
    return st;
}

weft_status wf_eval_put(struct wf_eval *e, int64_t p, int64_t n, void *to, struct weft_error *err)
{
    struct wf_dest dest = {.values = to};

    if (e->pass->program)
        return run(e, p, n, &dest, err);
    wf_feed_copy(&e->feeds[0], p, n, to);
    return WEFT_OK;
}
