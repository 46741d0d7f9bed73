/* stream.c - what each worker did when, for a picture of so many columns. */
#include "lib/draw/stream.h"

#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/trace.h"

enum { MAX_DEPTH = 64 };

/* ---- Functions --------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
    const struct wf_function *x = *(struct wf_function *const *)a, *y = *(struct wf_function *const *)b;

    if (x->self_ns != y->self_ns)
        return x->self_ns > y->self_ns ? -1 : 1;
    return x < y ? -1 : x > y;
}

static weft_status rank_functions(struct wf_stream *s, struct weft_error *err)
{
    struct wf_function **sorted = wf_alloc_array(s->names.n + 1, sizeof *sorted);

    if (!sorted)
        return wf_error_nomem(err, "a picture");
    for (size_t f = 0; f < s->names.n; f++)
        sorted[f] = &s->functions[f];
    qsort(sorted, s->names.n, sizeof *sorted, by_time);
    for (size_t f = 0; f < s->names.n; f++)
        sorted[f]->rank = (uint32_t)f;
    wf_free(sorted);
    return WEFT_OK;
}

/* ---- Columns ------------------------------------------------------------------------- */

static double column_of(const struct wf_stream *s, int64_t ns)
{
    return (double)(ns - s->begin_ns) / (double)(s->end_ns - s->begin_ns) * (double)s->n_columns;
}

static void lead(struct wf_bin *b, uint32_t function, float part)
{
    if (b->function == function || b->lead < part) {
        b->lead = b->function == function ? b->lead + part : part - b->lead;
        b->function = function;
    } else {
        b->lead -= part;
    }
}

/* Calls for each column that an event touches, with the part of it that it fills. */
static void spread(struct wf_stream *s, const struct weft_event *e, uint32_t function, bool is_bin, bool counts)
{
    const double from = column_of(s, e->begin_ns), to = column_of(s, e->end_ns);
    struct wf_bin *bins = s->bins + (size_t)e->worker * s->n_columns;

    for (size_t c = (size_t)from; c < s->n_columns && (double)c < to; c++) {
        const double begin = from > (double)c ? from : (double)c, end = to < (double)(c + 1) ? to : (double)(c + 1);

        if (counts)
            s->parallel[c] += end - begin;
        if (is_bin) {
            bins[c].busy += (float)(end - begin);
            lead(&bins[c], function, (float)(end - begin));
        }
    }
}

static void mark(struct wf_stream *s, const struct weft_event *e, enum wf_mark mark)
{
    size_t c = (size_t)column_of(s, e->begin_ns);

    c = c < s->n_columns ? c : s->n_columns - 1;
    s->bins[(size_t)e->worker * s->n_columns + c].marks |= (uint8_t)mark;
}

static bool add_bar(struct wf_stream *s, size_t event, int depth)
{
    struct wf_bar *bars = wf_grow(s->bars, s->n_bars, &s->room_bars, sizeof *bars);

    if (!bars)
        return false;
    s->bars = bars;
    s->bars[s->n_bars++] = (struct wf_bar){event, (uint8_t)(depth > 255 ? 255 : depth)};
    return true;
}

/* ---- Events ---------------------------------------------------------------------------- */

/* What an event lies in: those that began before it on its worker and have not ended. */
struct nest {
    struct {
        int64_t  end_ns;
        uint32_t function; /* UINT32_MAX: of no task */
        bool     is_bar, is_body;
    } in[MAX_DEPTH];
    int depth, n_bars, n_bodies;
};

static void leave(struct nest *n, int64_t now_ns)
{
    while (n->depth > 0 && n->in[n->depth - 1].end_ns <= now_ns) {
        n->depth--;
        n->n_bars -= n->in[n->depth].is_bar;
        n->n_bodies -= n->in[n->depth].is_body;
    }
}

static void enter(struct nest *n, const struct weft_event *e, uint32_t function, bool is_bar)
{
    if (n->depth == MAX_DEPTH)
        return;
    n->in[n->depth].end_ns = e->end_ns;
    n->in[n->depth].function = function;
    n->in[n->depth].is_bar = is_bar;
    n->in[n->depth].is_body = wf_event_is_body(e->kind);
    n->n_bars += is_bar;
    n->n_bodies += wf_event_is_body(e->kind);
    n->depth++;
}

static void count(struct wf_stream *s, const struct nest *n, const struct weft_event *e, uint32_t function)
{
    const int64_t ns = e->end_ns - e->begin_ns;

    if (n->depth > 0 && n->in[n->depth - 1].function != UINT32_MAX)
        s->functions[n->in[n->depth - 1].function].self_ns -= ns;
    switch (e->kind) {
    case WEFT_EVENT_TASK:
    case WEFT_EVENT_FORK:
    case WEFT_EVENT_CHILD:
        s->functions[function].self_ns += ns;
        s->functions[function].n++;
        s->busy_ns += n->n_bodies ? 0 : ns;
        break;
    case WEFT_EVENT_STEAL:   s->steal_ns += ns; break;
    case WEFT_EVENT_IDLE:    s->idle_ns += ns; break;
    case WEFT_EVENT_MEMORY:
    case WEFT_EVENT_NEED:    s->wait_ns += ns; break;
    case WEFT_EVENT_SPILL:
    case WEFT_EVENT_UNSPILL: s->disk_ns += ns; break;
    default:                 s->wire_ns += ns;
    }
}

/* Whether an event has a bar: bodies, and what is no idling, when it can be seen. */
static bool has_bar(const struct wf_stream *s, const struct weft_event *e)
{
    return e->kind != WEFT_EVENT_IDLE && e->kind != WEFT_EVENT_STEAL &&
           column_of(s, e->end_ns) - column_of(s, e->begin_ns) >= 1;
}

static weft_status add_event(struct wf_stream *s, struct nest *n, size_t i, struct weft_error *err)
{
    const struct weft_event *e = &weft_trace_events(s->trace)[i];
    const uint32_t function = wf_event_is_body(e->kind) ? s->names.of[e->task] : UINT32_MAX;
    const bool is_bar = has_bar(s, e);

    leave(n, e->begin_ns);
    count(s, n, e, function);
    if (is_bar && !add_bar(s, i, n->n_bars))
        return wf_error_nomem(err, "a picture");
    if (wf_event_is_body(e->kind))
        spread(s, e, function, !is_bar, n->n_bodies == 0);
    if (e->flags & WEFT_EVENT_FAILED)
        mark(s, e, WF_MARK_FAILED);
    else if (e->kind == WEFT_EVENT_STEAL)
        mark(s, e, WF_MARK_STEAL);
    else if (!is_bar && (e->kind == WEFT_EVENT_SPILL || e->kind == WEFT_EVENT_UNSPILL))
        mark(s, e, WF_MARK_DISK);
    else if (!is_bar && (e->kind == WEFT_EVENT_SEND || e->kind == WEFT_EVENT_RECEIVE))
        mark(s, e, WF_MARK_WIRE);
    enter(n, e, function, is_bar);
    return WEFT_OK;
}

static void find_range(struct wf_stream *s)
{
    const struct weft_event *events = weft_trace_events(s->trace);
    const struct weft_trace_run *runs = weft_trace_runs(s->trace);

    s->begin_ns = INT64_MAX;
    s->end_ns = INT64_MIN;
    for (size_t i = 0; i < weft_trace_n_events(s->trace); i++) {
        s->begin_ns = events[i].begin_ns < s->begin_ns ? events[i].begin_ns : s->begin_ns;
        s->end_ns = events[i].end_ns > s->end_ns ? events[i].end_ns : s->end_ns;
    }
    for (size_t r = 0; r < weft_trace_n_runs(s->trace); r++) {
        s->begin_ns = runs[r].begin_ns < s->begin_ns ? runs[r].begin_ns : s->begin_ns;
        s->end_ns = runs[r].end_ns > s->end_ns ? runs[r].end_ns : s->end_ns;
    }
    s->begin_ns = s->begin_ns == INT64_MAX ? 0 : s->begin_ns;
    s->end_ns = s->end_ns > s->begin_ns ? s->end_ns : s->begin_ns + 1;
}

weft_status wf_stream_init(struct wf_stream *s, const weft_trace *t, size_t n_columns, struct weft_error *err)
{
    const struct weft_event *events = weft_trace_events(t);
    struct nest nest = {0};
    weft_status st = WEFT_OK;

    *s = (struct wf_stream){.trace = t, .n_rows = weft_trace_n_workers(t), .n_columns = n_columns};
    find_range(s);
    s->bins = wf_alloc_zero((size_t)s->n_rows * n_columns + 1, sizeof *s->bins);
    s->parallel = wf_alloc_zero(n_columns + 1, sizeof *s->parallel);
    if (wf_names_init(&s->names, t, false))
        s->functions = wf_alloc_zero(s->names.n + 1, sizeof *s->functions);
    if (!s->bins || !s->parallel || !s->functions)
        return wf_error_nomem(err, "a picture");
    for (size_t i = 0; i < weft_trace_n_events(t) && !st; i++) {
        if (i > 0 && events[i].worker != events[i - 1].worker)
            nest = (struct nest){0};
        st = add_event(s, &nest, i, err);
    }
    return st ? st : rank_functions(s, err);
}

void wf_stream_fini(struct wf_stream *s)
{
    wf_free(s->functions);
    wf_names_fini(&s->names);
    wf_free(s->bins);
    wf_free(s->bars);
    wf_free(s->parallel);
    *s = (struct wf_stream){0};
}
