/* predict_events.c - what each event of a trace took by itself, and which are parts of a task. */
#include "lib/analyse/predict_model.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"

/* One reading of the counter lies within each event of a body (scheduler/trace.h). */
enum { TICK_NS = 10 };

static bool is_body(unsigned kind)
{
    return kind == WEFT_EVENT_TASK || kind == WEFT_EVENT_FORK || kind == WEFT_EVENT_CHILD;
}

static bool is_part(unsigned kind)
{
    return kind == WEFT_EVENT_FORK || kind == WEFT_EVENT_CHILD;
}

/* Moving data: within a body it is its time, beside one it is time of the task as well. */
static bool moves_data(unsigned kind)
{
    return kind == WEFT_EVENT_SPILL || kind == WEFT_EVENT_UNSPILL || kind == WEFT_EVENT_SEND || kind == WEFT_EVENT_RECEIVE;
}

/* The events that go on at some moment, the outermost first. */
struct open {
    size_t *event;
    size_t  n, room;
};

static bool push(struct open *o, size_t event)
{
    if (o->n == o->room) {
        const size_t room = o->room ? o->room * 2 : 64;
        size_t *more = wf_realloc(o->event, room * sizeof *more);

        if (!more)
            return false;
        o->event = more;
        o->room = room;
    }
    o->event[o->n++] = event;
    return true;
}

/* What lies within an event is taken from it. */
static bool find_own(struct wf_model_events *m, const weft_trace *t)
{
    const struct weft_event *e = weft_trace_events(t);
    const size_t n = weft_trace_n_events(t);
    struct open open = {0};
    bool ok = true;

    for (size_t k = 0; ok && k < n; k++) {
        const int64_t length = e[k].end_ns - e[k].begin_ns;

        while (open.n && (e[open.event[open.n - 1]].worker != e[k].worker || e[open.event[open.n - 1]].end_ns < e[k].end_ns ||
                          e[open.event[open.n - 1]].end_ns <= e[k].begin_ns))
            open.n--;
        m->own_ns[k] += length - (is_body(e[k].kind) ? TICK_NS : 0);
        if (open.n && moves_data(e[k].kind))
            m->own_ns[k] = 0;
        else if (open.n)
            m->own_ns[open.event[open.n - 1]] -= length;
        ok = push(&open, k);
    }
    wf_free(open.event);
    for (size_t k = 0; k < n; k++)
        m->own_ns[k] = m->own_ns[k] < 0 ? 0 : m->own_ns[k];
    return ok;
}

static void list_parts(struct wf_model_events *m, const weft_trace *t)
{
    const struct weft_event *e = weft_trace_events(t);
    const size_t n = weft_trace_n_events(t), n_tasks = weft_trace_n_tasks(t);
    size_t sum = 0;

    for (size_t k = 0; k < n; k++)
        if (is_part(e[k].kind))
            m->first_part[e[k].task]++;
    for (size_t i = 0; i <= n_tasks; i++) {
        sum += m->first_part[i];
        m->first_part[i] = sum;
    }
    /* From the end of each list down to its beginning. */
    for (size_t k = n; k-- > 0;)
        if (is_part(e[k].kind))
            m->part[--m->first_part[e[k].task]] = (uint32_t)k;
}

weft_status wf_model_events_init(struct wf_model_events *m, const weft_trace *t, struct weft_error *err)
{
    const size_t n = weft_trace_n_events(t);
    size_t n_parts = 0;

    for (size_t k = 0; k < n; k++)
        n_parts += is_part(weft_trace_events(t)[k].kind);
    *m = (struct wf_model_events){
        .own_ns = wf_alloc_zero(n, sizeof *m->own_ns),
        .first_part = wf_alloc_zero(weft_trace_n_tasks(t) + 1, sizeof *m->first_part),
        .part = wf_alloc_array(n_parts, sizeof *m->part),
    };
    if (!m->own_ns || !m->first_part || !m->part || !find_own(m, t)) {
        wf_model_events_fini(m);
        return wf_error_nomem(err, "a prediction");
    }
    list_parts(m, t);
    return WEFT_OK;
}

void wf_model_events_fini(struct wf_model_events *m)
{
    wf_free(m->own_ns);
    wf_free(m->first_part);
    wf_free(m->part);
    *m = (struct wf_model_events){0};
}
