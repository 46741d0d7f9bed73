/* predict_events.c - what each event of a trace took by itself, and which are parts of a task. */
#include "lib/analyse/predict_model.h"

#include "lib/analyse/nest.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

/* One reading of the counter lies within each event of a body (scheduler/trace.h). */
enum { TICK_NS = 10 };

static bool moves_data(unsigned kind)
{
    return kind == WEFT_EVENT_SPILL || kind == WEFT_EVENT_UNSPILL || kind == WEFT_EVENT_SEND || kind == WEFT_EVENT_RECEIVE;
}

/* Whose a moment is that lies in a piece of event k of worker w: writing to disk and reading
 * back within a body is its time, and so is moving its data to another process. What is written
 * between two bodies makes room for the next, or for what the last has given. */
static uint32_t owner(const struct wf_nest *nest, int w, uint32_t k)
{
    uint32_t near;

    while (moves_data(nest->events[k].kind) && nest->parent[k] != WF_NO_EVENT)
        k = nest->parent[k];
    if (nest->events[k].kind != WEFT_EVENT_SPILL)
        return k;
    for (near = k + 1; near < nest->first[w + 1]; near++)
        if (wf_event_is_body(nest->events[near].kind))
            return near;
    for (near = k; near > nest->first[w]; near--)
        if (wf_event_is_body(nest->events[near - 1].kind))
            return near - 1;
    return k;
}

static void find_own(struct wf_model_events *m, const struct wf_nest *nest)
{
    for (int w = 0; w < nest->n_workers; w++) {
        struct wf_pieces pieces;
        struct wf_piece piece;

        wf_pieces_init(&pieces, nest, w, 0, INT64_MAX);
        while (wf_pieces_next(&pieces, &piece))
            if (piece.event != WF_NO_EVENT)
                m->own_ns[owner(nest, w, piece.event)] += piece.end_ns - piece.begin_ns;
        for (size_t k = nest->first[w]; k < nest->first[w + 1]; k++)
            if (wf_event_is_body(nest->events[k].kind))
                m->own_ns[k] -= m->own_ns[k] < TICK_NS ? m->own_ns[k] : TICK_NS;
    }
}

static void list_parts(struct wf_model_events *m, const weft_trace *t)
{
    const struct weft_event *e = weft_trace_events(t);
    const size_t n = weft_trace_n_events(t), n_tasks = weft_trace_n_tasks(t);
    size_t sum = 0;

    for (size_t k = 0; k < n; k++)
        if (wf_event_is_part(e[k].kind))
            m->first_part[e[k].task]++;
    for (size_t i = 0; i <= n_tasks; i++) {
        sum += m->first_part[i];
        m->first_part[i] = sum;
    }
    /* From the end of each list down to its beginning. */
    for (size_t k = n; k-- > 0;)
        if (wf_event_is_part(e[k].kind))
            m->part[--m->first_part[e[k].task]] = (uint32_t)k;
}

weft_status wf_model_events_init(struct wf_model_events *m, const weft_trace *t, struct weft_error *err)
{
    const size_t n = weft_trace_n_events(t);
    struct wf_nest nest;
    size_t n_parts = 0;
    weft_status st = wf_nest_init(&nest, t, err);

    if (st)
        return st;
    for (size_t k = 0; k < n; k++)
        n_parts += wf_event_is_part(weft_trace_events(t)[k].kind);
    *m = (struct wf_model_events){
        .own_ns = wf_alloc_zero(n, sizeof *m->own_ns),
        .first_part = wf_alloc_zero(weft_trace_n_tasks(t) + 1, sizeof *m->first_part),
        .part = wf_alloc_array(n_parts, sizeof *m->part),
    };
    if (m->own_ns && m->first_part && m->part) {
        find_own(m, &nest);
        list_parts(m, t);
    } else {
        wf_model_events_fini(m);
        st = wf_error_nomem(err, "a prediction");
    }
    wf_nest_fini(&nest);
    return st;
}

void wf_model_events_fini(struct wf_model_events *m)
{
    wf_free(m->own_ns);
    wf_free(m->first_part);
    wf_free(m->part);
    *m = (struct wf_model_events){0};
}
