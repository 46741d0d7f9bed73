/* server_rects.c - a few rectangles for any number of events.
 *
 *     events      ||| || |  |||||||||| |||  [==========]  || |
 *     cells      |         |         |         |         |
 *     rectangles [--a--------][--b--------] [==========]  [a-]
 *
 * Many short tasks of several groups that take turns are many events, a picture of them is a
 * thousand columns of points. Events shorter than a cell are joined with their neighbours of the same kind until
 * the rectangle is a cell long; it has the group that most of its time belongs to, and says how
 * much of it was busy. Longer events stay as they are, and so do those that failed: of these, a
 * rectangle tells even where they are short.
 */
#include "lib/dash/server_view.h"

#include "lib/base/mem.h"

static bool add(struct wf_view *v, const struct wf_rect *r)
{
    struct wf_rect *rects = wf_grow(v->rects, v->n_rects, &v->room_rects, sizeof *rects);

    if (!rects)
        return false;
    v->rects = rects;
    v->rects[v->n_rects++] = *r;
    return true;
}

/* One that is still growing, and the two groups that have most of its time: exact for two
 * groups that take turns, near enough for a colour where there are more. */
struct growing {
    struct wf_rect r;
    uint32_t group[2];
    int64_t  share_ns[2];
};

static void vote(struct growing *g, uint32_t group, int64_t ns)
{
    const int place = g->group[0] == group ? 0 : 1;

    if (place == 1 && g->group[1] != group) {
        if (g->share_ns[1] > ns) {
            g->share_ns[1] -= ns;
            return;
        }
        g->group[1] = group;
        g->share_ns[1] = 0;
    }
    g->share_ns[place] += ns;
    if (g->share_ns[1] > g->share_ns[0]) {
        const struct growing was = *g;

        g->group[0] = was.group[1];
        g->share_ns[0] = was.share_ns[1];
        g->group[1] = was.group[0];
        g->share_ns[1] = was.share_ns[0];
    }
}

static void begin(struct growing *g, const struct weft_live_event *e)
{
    *g = (struct growing){
        .r = {.begin_ns = e->begin_ns, .end_ns = e->end_ns, .busy_ns = e->busy_ns, .n = e->n, .group = e->group,
              .worker = e->worker, .kind = e->kind, .flags = e->flags},
        .group = {e->group, UINT32_MAX},
        .share_ns = {e->busy_ns, 0},
    };
}

static bool joins(const struct growing *g, const struct weft_live_event *e, int64_t cell_ns)
{
    return g->r.n > 0 && g->r.worker == e->worker && g->r.kind == e->kind && g->r.flags == e->flags
           && e->end_ns - e->begin_ns < cell_ns && g->r.end_ns - g->r.begin_ns < cell_ns
           && e->begin_ns - g->r.end_ns < cell_ns / 2 && e->begin_ns >= g->r.begin_ns;
}

static bool finish(struct wf_view *v, struct growing *g)
{
    if (!g->r.n)
        return true;
    g->r.group = g->group[0];
    if (g->r.busy_ns > g->r.end_ns - g->r.begin_ns) // bodies within bodies count twice
        g->r.busy_ns = g->r.end_ns - g->r.begin_ns;
    return add(v, &g->r);
}

/* Short waits between short tasks would cut every rectangle: of events that do not run a
 * body only those are told that last a cell. */
static bool is_seen(const struct weft_live_event *e, int64_t cell_ns)
{
    return e->kind == WEFT_EVENT_TASK || e->kind == WEFT_EVENT_CHILD || e->kind == WEFT_EVENT_FORK
           || e->end_ns - e->begin_ns >= cell_ns;
}

static bool make(struct wf_view *v, const struct weft_live_event *events, size_t n, int64_t cell_ns)
{
    struct growing g = {0};

    v->n_rects = 0;
    for (size_t i = 0; i < n; i++) {
        const struct weft_live_event *e = &events[i];

        if (!is_seen(e, cell_ns))
            continue;
        if (!joins(&g, e, cell_ns)) {
            if (!finish(v, &g))
                return false;
            begin(&g, e);
            continue;
        }
        g.r.end_ns = e->end_ns;
        g.r.busy_ns += e->busy_ns;
        g.r.n += e->n;
        vote(&g, e->group, e->busy_ns);
    }
    return finish(v, &g);
}

bool wf_rects_make(struct wf_view *v, const struct weft_live_event *events, size_t n, size_t most)
{
    int64_t cell_ns = 4000000; /* 30 s are 1200 points wide: 25 ms each */

    for (;;) {
        if (!make(v, events, n, cell_ns)) {
            v->n_rects = 0;
            return false;
        }
        if (v->n_rects <= most || cell_ns > INT64_MAX / 8)
            return true;
        cell_ns *= 4;
    }
}
