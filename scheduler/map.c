/* map.c - loops over plain C arrays, as plans of independent pieces. */
#include <weft/pool.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"

/* Pieces a worker gets when no grain is given: enough to even out, few enough to be cheap. */
enum { PIECES_A_WORKER = 8 };

struct loop {
    weft_for_body *fn;
    void          *arg;
};

struct piece {
    const struct loop *loop;
    size_t             begin, end;
};

static weft_status run_piece(weft_call *call, void *arg, struct weft_error *err)
{
    const struct piece *p = arg;

    (void)call;
    return p->loop->fn(p->begin, p->end, p->loop->arg, err);
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

weft_status weft_pool_for(weft_pool *pool, weft_for_body *fn, void *arg, size_t n, size_t grain,
                          struct weft_error *err)
{
    const struct loop loop = {fn, arg};
    weft_graph *g = NULL;
    weft_future *f = NULL;
    weft_status st, first = WEFT_OK;
    size_t n_pieces;

    if (!pool)
        return wf_error_nomem(err, "a pool");
    if (!n)
        return WEFT_OK;
    grain = grain_of(pool, n, grain);
    st = submit_loop(pool, &loop, "for", n, grain, &g, &f, err);
    if (st)
        return st;
    n_pieces = (n + grain - 1) / grain;
    for (size_t i = 0; i < n_pieces; i++) {
        /* A piece that was only stopped tells nothing: the first that failed does. */
        st = weft_future_take(f, i, NULL, NULL);
        if (st && (!first || first == WEFT_CANCELLED))
            first = weft_future_take(f, i, NULL, err);
    }
    weft_future_free(f);
    weft_graph_free(g);
    return first;
}

struct map {
    weft_map_body *fn;
    void          *arg;
    const char    *in;
    char          *out;
    size_t         in_bytes, out_bytes;
};

static weft_status map_piece(size_t begin, size_t end, void *arg, struct weft_error *err)
{
    const struct map *m = arg;

    for (size_t i = begin; i < end; i++) {
        const weft_status st = m->fn(m->in ? m->in + i * m->in_bytes : NULL,
                                     m->out ? m->out + i * m->out_bytes : NULL, m->arg, err);

        if (st)
            return st;
    }
    return WEFT_OK;
}

static weft_status no_way_back(struct weft_error *err)
{
    return weft_error_set(err, WEFT_UNSUPPORTED, "a pool of processes cannot write into an array of this process");
}

weft_status weft_pool_map(weft_pool *pool, weft_map_body *fn, void *arg, const void *in, size_t in_bytes,
                          void *out, size_t out_bytes, size_t n, size_t grain, struct weft_error *err)
{
    struct map m = {fn, arg, in, out, in_bytes, out_bytes};

    if (pool && out && pool->kind == WEFT_POOL_PROCESSES)
        return no_way_back(err);
    return weft_pool_for(pool, map_piece, &m, n, grain, err);
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
    if (out_bytes && pool->kind == WEFT_POOL_PROCESSES)
        return no_way_back(err);
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
            slots[at].loop = (struct loop){map_piece, &slots[at].map};
            st = submit_loop(pool, &slots[at].loop, "imap", many, many, &slots[at].graph, &slots[at].future, err);
        }
        if (st)
            break;
        const size_t at = taken % window, begin = taken * grain;
        const size_t many = n - begin < grain ? n - begin : grain;

        st = weft_future_take(slots[at].future, 0, NULL, err);
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
