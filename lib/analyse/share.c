/* share.c - where the time of each worker went. */
#include <weft/analyse.h>

#include "lib/base/assert.h"
#include "lib/base/duration.h"

/* The first event at or after `k` of a worker not below w. */
static size_t first_event_of(const weft_trace *t, int w)
{
    const struct weft_event *e = weft_trace_events(t);
    size_t low = 0, high = weft_trace_n_events(t);

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (e[middle].worker < w)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Events that overlap count once, for the one that began first. */
static struct weft_share share_of(const weft_trace *t, int w)
{
    const struct weft_event *e = weft_trace_events(t);
    const size_t begin = first_event_of(t, w), end = first_event_of(t, w + 1);
    const int64_t wall = weft_trace_wall_ns(t);
    const int64_t start = weft_trace_n_lost(t) && begin < end && e[begin].begin_ns < wall
                              ? e[begin].begin_ns : 0;
    struct weft_share s = {.wall_ns = wall - start};
    int64_t now = start;

    for (size_t k = begin; k < end; k++) {
        const int64_t from = e[k].begin_ns > now ? e[k].begin_ns : now;
        const int64_t to = e[k].end_ns < wall ? e[k].end_ns : wall;
        const int64_t gap = (from < wall ? from : wall) - now, length = to > from ? to - from : 0;

        if (k == begin)
            s.idle_ns += gap;
        else
            s.scheduling_ns += gap;
        now += gap;
        if (e[k].kind == WEFT_EVENT_TASK || e[k].kind == WEFT_EVENT_FORK)
            s.executing_ns += length;
        else if (e[k].kind == WEFT_EVENT_STEAL)
            s.stealing_ns += length;
        else
            s.idle_ns += length;
        now += length;
        s.n_tasks += e[k].kind == WEFT_EVENT_TASK;
        s.n_steals += e[k].kind == WEFT_EVENT_STEAL;
    }
    s.idle_ns += wall - now;
    return s;
}

struct weft_share weft_analyse_share(const weft_trace *t, int w)
{
    struct weft_share all = {0};

    WF_ASSERT(w >= -1 && w < weft_trace_n_workers(t));
    if (w >= 0)
        return share_of(t, w);
    for (int i = 0; i < weft_trace_n_workers(t); i++) {
        const struct weft_share s = share_of(t, i);

        all.executing_ns += s.executing_ns;
        all.scheduling_ns += s.scheduling_ns;
        all.stealing_ns += s.stealing_ns;
        all.idle_ns += s.idle_ns;
        all.wall_ns += s.wall_ns;
        all.n_tasks += s.n_tasks;
        all.n_steals += s.n_steals;
    }
    return all;
}

static double percent(int64_t part, int64_t whole)
{
    return whole > 0 ? 100.0 * (double)part / (double)whole : 0;
}

static void print_line(const char *who, struct weft_share s, FILE *to)
{
    fprintf(to, "%6s %9.1f %% %9.1f %% %9.1f %% %9.1f %% %9zu %9zu\n", who,
            percent(s.executing_ns, s.wall_ns), percent(s.scheduling_ns, s.wall_ns),
            percent(s.stealing_ns, s.wall_ns), percent(s.idle_ns, s.wall_ns), s.n_tasks, s.n_steals);
}

void weft_analyse_print_shares(const weft_trace *t, FILE *to)
{
    const int n_workers = weft_trace_n_workers(t);
    char who[16], wall[WF_DURATION_TEXT];

    if (!n_workers) {
        fprintf(to, "not run yet: no worker has a share\n");
        return;
    }
    fprintf(to, "%6s %11s %11s %11s %11s %9s %9s\n", "worker", "execution", "scheduling", "stealing",
            "idle", "tasks", "steals");
    for (int w = 0; w < n_workers; w++) {
        snprintf(who, sizeof who, "%d", w);
        print_line(who, weft_analyse_share(t, w), to);
    }
    if (n_workers > 1)
        print_line("all", weft_analyse_share(t, -1), to);
    fprintf(to, "of %s wall time%s\n", wf_duration_text(weft_trace_wall_ns(t), wall),
            weft_trace_n_lost(t) ? "; the earliest events were overwritten and are not counted" : "");
}
