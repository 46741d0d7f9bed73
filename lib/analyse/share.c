/* share.c - where the time of each worker went. */
#include "lib/analyse/analysis.h"

#include "lib/base/assert.h"

/* A worker's time while it is sorted, from its end backwards. */
struct sorting {
    const weft_analysis *a;
    struct weft_share    s;
    int64_t              edge_ns;  /* idle without any reason so far, since a body was met */
    bool                 met;      /* a body, later */
};

/* It was idle in this piece, and `given` says why, unless no run went on. */
static void add_idle(struct sorting *o, const struct wf_piece *p, int64_t *given)
{
    const int64_t length = p->end_ns - p->begin_ns;
    const int64_t outside = length - wf_times_within(&o->a->in_flight, p->begin_ns, p->end_ns);
    const int64_t unfound = given ? 0 : wf_times_within(&o->a->waiting, p->begin_ns, p->end_ns);
    int64_t rest = length - outside - unfound;

    o->s.idle_ns += length;
    o->s.outside_ns += outside;
    o->s.unfound_ns += unfound;
    if (given)
        *given += rest;
    else
        o->edge_ns += rest;
}

/* What it was idle since the body met last was before any, or after all, or between two. */
static void settle_edge(struct sorting *o, bool is_first)
{
    *(is_first ? &o->s.before_ns : !o->met ? &o->s.after_ns : &o->s.dry_ns) += o->edge_ns;
    o->edge_ns = 0;
}

static void add_piece(struct sorting *o, const struct wf_piece *p)
{
    const struct weft_event *e = p->event == WF_NO_EVENT ? NULL : &o->a->nest.events[p->event];
    const int64_t length = p->end_ns - p->begin_ns;

    if (!e) {
        const int64_t inside = wf_times_within(&o->a->in_flight, p->begin_ns, p->end_ns);

        o->s.scheduling_ns += inside;
        o->s.outside_ns += length - inside;
        o->s.idle_ns += length - inside;
        return;
    }
    switch ((enum weft_event_kind)e->kind) {
    case WEFT_EVENT_IDLE:
        add_idle(o, p, NULL);
        return;
    case WEFT_EVENT_MEMORY:
        add_idle(o, p, &o->s.memory_ns);
        return;
    case WEFT_EVENT_NEED:
        add_idle(o, p, &o->s.need_ns);
        return;
    case WEFT_EVENT_TASK: case WEFT_EVENT_FORK: case WEFT_EVENT_CHILD:
        settle_edge(o, false);
        o->s.executing_ns += length;
        o->met = true;
        return;
    case WEFT_EVENT_SEND: case WEFT_EVENT_RECEIVE:
        o->s.process_ns += length;
        return;
    case WEFT_EVENT_SPILL: case WEFT_EVENT_UNSPILL:
        o->s.disk_ns += length;
        return;
    case WEFT_EVENT_STEAL: case WEFT_N_EVENT_KINDS:
        break;
    }
    o->s.stealing_ns += length;
}

/* Events of worker w that began in [from, to). */
static void count_events(struct sorting *o, int w, int64_t from, int64_t to)
{
    const struct wf_nest *n = &o->a->nest;
    struct wf_pieces at;

    wf_pieces_init(&at, n, w, from, to);
    for (size_t k = at.n_below; k > at.first && n->events[k - 1].begin_ns >= from; k--) {
        o->s.n_tasks += n->events[k - 1].kind == WEFT_EVENT_TASK;
        o->s.n_steals += n->events[k - 1].kind == WEFT_EVENT_STEAL;
        o->s.n_spawned += n->events[k - 1].kind == WEFT_EVENT_CHILD;
    }
}

static struct weft_share share_of(const weft_analysis *a, int w, int64_t from, int64_t to)
{
    const size_t first = a->nest.first[w];
    struct sorting o = {.a = a};
    struct wf_pieces pieces;
    struct wf_piece p, later;
    bool has_later = false, is_edge = true;

    if (weft_trace_n_lost(a->trace) && first < a->nest.first[w + 1] && a->nest.events[first].begin_ns > from)
        from = a->nest.events[first].begin_ns < to ? a->nest.events[first].begin_ns : to;
    o.s.wall_ns = to - from;
    count_events(&o, w, from, to);
    wf_pieces_init(&pieces, &a->nest, w, from, to);
    /* One behind, because the first piece is at an edge, too. Before its first event a worker is
     * idle, and after its last. */
    while (wf_pieces_next(&pieces, &p)) {
        if (has_later)
            add_piece(&o, &later);
        if (is_edge && p.event == WF_NO_EVENT) {
            add_idle(&o, &p, NULL);
            has_later = false;
        } else {
            later = p;
            has_later = true;
        }
        is_edge = false;
    }
    if (has_later && later.event == WF_NO_EVENT)
        add_idle(&o, &later, NULL);
    else if (has_later)
        add_piece(&o, &later);
    settle_edge(&o, true);
    return o.s;
}

static struct weft_share share_of_all(const weft_analysis *a, int w, int64_t from, int64_t to)
{
    struct weft_share all = {0};

    WF_ASSERT(w >= -1 && w < a->nest.n_workers);
    if (w >= 0)
        return share_of(a, w, from, to);
    for (int i = 0; i < a->nest.n_workers; i++) {
        const struct weft_share s = share_of(a, i, from, to);

        all.executing_ns += s.executing_ns;
        all.scheduling_ns += s.scheduling_ns;
        all.stealing_ns += s.stealing_ns;
        all.idle_ns += s.idle_ns;
        all.wall_ns += s.wall_ns;
        all.n_tasks += s.n_tasks;
        all.n_steals += s.n_steals;
        all.n_spawned += s.n_spawned;
        all.disk_ns += s.disk_ns;
        all.process_ns += s.process_ns;
        all.outside_ns += s.outside_ns;
        all.memory_ns += s.memory_ns;
        all.need_ns += s.need_ns;
        all.unfound_ns += s.unfound_ns;
        all.before_ns += s.before_ns;
        all.after_ns += s.after_ns;
        all.dry_ns += s.dry_ns;
    }
    return all;
}

struct weft_share weft_analysis_share(const weft_analysis *a, int w)
{
    return share_of_all(a, w, 0, weft_trace_wall_ns(a->trace));
}

struct weft_share weft_analysis_run_share(const weft_analysis *a, size_t run, int w)
{
    WF_ASSERT(run < a->stats.n_runs);
    return share_of_all(a, w, a->runs[run].begin_ns, a->runs[run].end_ns);
}
