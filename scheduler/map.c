/* map.c - loops over plain C arrays, as plans of independent pieces. */
#include <weft/pool.h>

#include <string.h>

#include <weft/block.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"

/* Pieces a worker gets when no grain is given: enough to even out, few enough to be cheap. */
enum { PIECES_A_WORKER = 8 };

/* A function over an array, and where its results go. */
struct map {
    weft_map_body *fn;
    void          *arg;
    const char    *in;
    char          *out;
    size_t         in_bytes, out_bytes;
};

struct loop {
    weft_for_body    *fn;
    void             *arg;
    const struct map *sent; /* instead of fn: a map whose results travel from another process */
};

struct piece {
    const struct loop *loop;
    size_t             begin, end;
};

/* Elements begin .. end-1, whose results go to `out`. */
static weft_status map_range(const struct map *m, size_t begin, size_t end, char *out, struct weft_error *err)
{
    weft_status st = WEFT_OK;

    for (size_t i = begin; !st && i < end; i++)
        st = m->fn(m->in ? m->in + i * m->in_bytes : NULL, out ? out + (i - begin) * m->out_bytes : NULL, m->arg, err);
    return st;
}

/* The results as a value: so many bytes. */
static weft_status send_range(weft_call *call, const struct map *m, size_t begin, size_t end, struct weft_error *err)
{
    const int64_t n_bytes = (int64_t)((end - begin) * m->out_bytes);
    weft_block *b = weft_block_new(WEFT_BOOL, 1, &n_bytes);
    weft_status st;

    if (!b)
        return wf_error_nomem(err, "the results of a piece");
    st = map_range(m, begin, end, weft_block_data_mut(b), err);
    if (st)
        weft_block_release(b);
    else
        weft_call_return(call, weft_value_of_ptr(&weft_type_block, b));
    return st;
}

static weft_status run_piece(weft_call *call, void *arg, struct weft_error *err)
{
    const struct piece *p = arg;

    if (p->loop->sent)
        return send_range(call, p->loop->sent, p->begin, p->end, err);
    return p->loop->fn(p->begin, p->end, p->loop->arg, err);
}

/* Takes piece i of a loop; what was sent of it goes to `out`. */
static weft_status take_piece(weft_future *f, size_t i, char *out, struct weft_error *err)
{
    struct weft_value v = weft_value_none();
    const weft_status st = weft_future_take(f, i, &v, err);

    if (weft_value_block(v))
        memcpy(out, weft_block_data(weft_value_block(v)), (size_t)weft_block_n_elems(weft_value_block(v)));
    weft_value_release(v);
    return st;
}

static size_t grain_of(const weft_pool *pool, size_t n, size_t grain)
{
    const size_t pieces = (size_t)weft_pool_n_workers(pool) * PIECES_A_WORKER;

    if (grain)
        return grain < n ? grain : n; /* so that sums with it do not overflow */
    return n < pieces ? 1 : (n + pieces - 1) / pieces;
}

/* A future of all pieces of [0, n); the graph is given, to be freed after it. */
static weft_status submit_loop(weft_pool *pool, const struct loop *loop, const char *name, size_t n,
                               size_t grain, weft_graph **graph, weft_future **out, struct weft_error *err)
{
    const size_t n_pieces = (n + grain - 1) / grain;
    const struct weft_run_spec spec = {.on_error = WEFT_FAIL_FAST};
    weft_task **tasks = wf_alloc_array(n_pieces, sizeof *tasks);
    weft_graph *g = weft_graph_new();
    weft_status st;

    if (!tasks || !g) {
        st = wf_error_nomem(err, "the pieces of a loop");
    } else {
        for (size_t i = 0; i < n_pieces; i++) {
            const size_t begin = i * grain;
            struct piece piece = {loop, begin, n - begin < grain ? n : begin + grain};

            tasks[i] = weft_graph_add(g, &(struct weft_task_spec){
                .name = name, .body = run_piece, .arg = &piece, .arg_bytes = sizeof piece});
        }
        st = weft_pool_submit(pool, tasks, n_pieces, &spec, out, err);
    }
    wf_free(tasks);
    if (st)
        weft_graph_free(g);
    else
        *graph = g;
    return st;
}

/* The whole loop, waited for. */
static weft_status run_loop(weft_pool *pool, const struct loop *loop, const char *name, size_t n, size_t grain,
                            struct weft_error *err)
{
    weft_graph *g = NULL;
    weft_future *f = NULL;
    weft_status st, first = WEFT_OK;
    size_t n_pieces;

    if (!pool)
        return wf_error_nomem(err, "a pool");
    if (!n)
        return WEFT_OK;
    grain = grain_of(pool, n, grain);
    st = submit_loop(pool, loop, name, n, grain, &g, &f, err);
    if (st)
        return st;
    n_pieces = (n + grain - 1) / grain;
    for (size_t i = 0; i < n_pieces; i++) {
        /* A piece that was only stopped tells nothing: the first that failed does. */
        st = take_piece(f, i, loop->sent ? loop->sent->out + i * grain * loop->sent->out_bytes : NULL, NULL);
        if (st && (!first || first == WEFT_CANCELLED))
            first = weft_future_take(f, i, NULL, err);
    }
    weft_future_free(f);
    weft_graph_free(g);
    return first;
}

weft_status weft_pool_for(weft_pool *pool, weft_for_body *fn, void *arg, size_t n, size_t grain,
                          struct weft_error *err)
{
    const struct loop loop = {.fn = fn, .arg = arg};

    return run_loop(pool, &loop, "for", n, grain, err);
}

static weft_status map_piece(size_t begin, size_t end, void *arg, struct weft_error *err)
{
    const struct map *m = arg;

    return map_range(m, begin, end, m->out ? m->out + begin * m->out_bytes : NULL, err);
}

/* Another process cannot write into an array of this one: its results are sent. */
static struct loop loop_of(const weft_pool *pool, struct map *m)
{
    return (struct loop){.fn = map_piece, .arg = m,
                         .sent = m->out && pool && pool->kind == WEFT_POOL_PROCESSES ? m : NULL};
}

weft_status weft_pool_map(weft_pool *pool, weft_map_body *fn, void *arg, const void *in, size_t in_bytes,
                          void *out, size_t out_bytes, size_t n, size_t grain, struct weft_error *err)
{
    struct map m = {fn, arg, in, out, in_bytes, out_bytes};
    const struct loop loop = loop_of(pool, &m);

    return run_loop(pool, &loop, "map", n, grain, err);
}

/* ---- In order, as they come --------------------------------------------------- */

/* How far ahead of the one who takes results may be made: bounds the memory. */
enum { PIECES_AHEAD = 4 };

weft_status weft_pool_imap(weft_pool *pool, weft_map_body *fn, void *arg, const void *in, size_t in_bytes,
                           size_t out_bytes, size_t n, size_t grain, weft_map_take *take, void *take_arg,
                           struct weft_error *err)
{
    size_t ahead, window;
    struct { weft_graph *graph; weft_future *future; struct map map; struct loop loop; } *slots = NULL;
    char *results = NULL;
    weft_status st = WEFT_OK;
    size_t sent = 0, n_pieces, piece_bytes;

    if (!pool)
        return wf_error_nomem(err, "a pool");
    if (!n)
        return WEFT_OK;
    grain = grain_of(pool, n, grain);
    n_pieces = (n + grain - 1) / grain;
    ahead = (size_t)weft_pool_n_workers(pool) * PIECES_AHEAD;
    window = ahead < n_pieces ? ahead : n_pieces;
    slots = wf_alloc_zero(window, sizeof *slots);
    results = __builtin_mul_overflow(grain, out_bytes, &piece_bytes) ? NULL : wf_alloc_array(window, piece_bytes);
    if (!slots || !results) {
        st = wf_error_nomem(err, "the results on their way");
        goto out;
    }
    for (size_t taken = 0; !st && taken < n_pieces; taken++) {
        for (; !st && sent < n_pieces && sent < taken + window; sent++) {
            const size_t at = sent % window, begin = sent * grain;
            const size_t many = n - begin < grain ? n - begin : grain;

            slots[at].map = (struct map){fn, arg, in ? (const char *)in + begin * in_bytes : NULL,
                                         out_bytes ? results + at * piece_bytes : NULL, in_bytes, out_bytes};
            slots[at].loop = loop_of(pool, &slots[at].map);
            st = submit_loop(pool, &slots[at].loop, "imap", many, many, &slots[at].graph, &slots[at].future, err);
        }
        if (st)
            break;
        const size_t at = taken % window, begin = taken * grain;
        const size_t many = n - begin < grain ? n - begin : grain;

        st = take_piece(slots[at].future, 0, slots[at].map.out, err);
        for (size_t i = 0; !st && i < many; i++) {
            st = take(begin + i, results + (at * grain + i) * out_bytes, take_arg);
            if (st)
                weft_error_set(err, st, "whoever takes the results stopped at element %zu", begin + i);
        }
        weft_future_free(slots[at].future);
        weft_graph_free(slots[at].graph);
        slots[at].future = NULL;
        slots[at].graph = NULL;
    }
out:
    for (size_t i = 0; slots && i < window; i++) {
        if (slots[i].future)
            weft_future_cancel(slots[i].future);
        weft_future_free(slots[i].future);
        weft_graph_free(slots[i].graph);
    }
    wf_free(slots);
    wf_free(results);
    return st;
}
