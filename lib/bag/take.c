/* take.c - the first records: partition after partition, and none after there are enough.
 *
 *     take(0) -> take(1) -> take(2) -> ...
 *
 * Each task gets what the ones before found, and runs its partition's chain only
 * until there are n. One that finds n already there opens no file and calls no
 * function. A partition that is a task's result is computed in any case: a graph
 * does not change while it runs.
 */
#include "lib/bag/pipe.h"
#include "lib/base/error.h"
#include "lib/graph/graph.h"

struct taker {
    weft_records *found;
    int64_t       n;
};

static weft_status take_begin(void *state, struct wf_pass *pass, struct weft_error *err)
{
    struct taker *t = state;
    struct weft_value before;
    weft_status st;

    t->n = *(const int64_t *)pass->pipe->sink_arg;
    if (pass->first_extra < weft_call_n_inputs(pass->call)) {
        st = weft_call_take(pass->call, pass->first_extra, &before);
        if (st)
            return weft_error_set(err, st, "%s: %s", pass->pipe->name, weft_status_text(st));
        t->found = weft_value_records(before);
    } else {
        t->found = wf_records_new(pass->pipe->shape, 0);
        if (!t->found)
            return wf_error_nomem(err, pass->pipe->name);
    }
    pass->full = t->found->n >= t->n;
    return WEFT_OK;
}

static weft_status take_push(void *state, struct wf_pass *pass, const struct weft_record *record,
                             struct weft_error *err)
{
    struct taker *t = state;

    if (!wf_records_add(t->found, record))
        return wf_error_nomem(err, pass->pipe->name);
    pass->full = t->found->n >= t->n;
    return WEFT_OK;
}

static weft_status take_end(void *state, struct wf_pass *pass, struct weft_error *err)
{
    struct taker *t = state;

    (void)err;
    weft_call_return(pass->call, weft_value_of_ptr(&weft_type_records, t->found));
    t->found = NULL;
    return WEFT_OK;
}

static void take_fini(void *state)
{
    struct taker *t = state;

    weft_records_release(t->found);
}

static weft_status take_hash(const void *arg, struct weft_sink *sink)
{
    return sink->write(sink->to, arg, sizeof(int64_t));
}

static const struct wf_sink sink_take = {
    .name = "take", .state_bytes = sizeof(struct taker),
    .begin = take_begin, .push = take_push, .end = take_end, .fini = take_fini,
    .hash = take_hash,
};

weft_task *weft_bag_take(weft_bag *b, int64_t n)
{
    weft_task *failed, *last = NULL;
    struct wf_pipe *pipe;
    int64_t *limit;
    uint32_t layer;

    if (wf_bag_is_failed(b, &failed))
        return failed;
    if (n < 0)
        return wf_bag_fail_task(b->graph, NULL, WEFT_INVALID, "take: %lld records", (long long)n);
    limit = wf_graph_alloc(b->graph, sizeof *limit);
    pipe = limit ? wf_pipe_new(b, &sink_take, limit, NULL) : NULL;
    if (!pipe)
        return wf_graph_nomem(b->graph);
    *limit = n;
    layer = weft_graph_layer(b->graph, pipe->name);
    for (int p = 0; p < wf_bag_n(b); p++)
        last = wf_pipe_task(b->graph, pipe, p, layer, last, NULL);
    return last;
}

/* ---- first, is_empty: what take(1) found ------------------------------------------------ */

static weft_status first(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value one;

    (void)arg;
    if (weft_call_records(call, 0)->n == 0)
        return weft_error_set(err, WEFT_EMPTY, "first: there is no record");
    if (weft_value_retain(weft_call_input(call, 0), &one))
        return wf_error_nomem(err, "first");
    weft_call_return(call, one);
    return WEFT_OK;
}

static weft_status is_empty(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_bool(weft_call_records(call, 0)->n == 0));
    return WEFT_OK;
}

static weft_task *of_one(weft_bag *b, const char *name, weft_body *body)
{
    weft_task *one = weft_bag_take(b, 1);

    return b ? wf_graph_add_here(b->graph, body, .name = name, .flags = WEFT_PURE, .deps = &one, .n_deps = 1) : NULL;
}

weft_task *weft_bag_first(weft_bag *b)
{
    return of_one(b, "first", first);
}

weft_task *weft_bag_is_empty(weft_bag *b)
{
    return of_one(b, "is-empty", is_empty);
}
