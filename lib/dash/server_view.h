/* server_view.h - what the dashboard knows of its pool: the last look, and what follows from those before.
 *
 * All by the one thread of the dashboard.
 */
#ifndef WF_DASH_SERVER_VIEW_H
#define WF_DASH_SERVER_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <weft/live.h>

/* Counts of one group at some moment. */
struct wf_counts {
    uint64_t n_tasks, n_done, n_failed, n_skipped, n_running;
};

/* A rectangle of the task stream: one event, or many short ones of a worker that lie
 * so near each other that nobody could tell them apart. */
struct wf_rect {
    int64_t  begin_ns, end_ns;
    int64_t  busy_ns; /* of that, inside events */
    uint64_t n;       /* so many events */
    uint32_t group;   /* of most of their time; UINT32_MAX: none */
    uint16_t worker;
    uint8_t  kind, flags;
};

/* The process, as the system counts it. */
struct wf_process {
    int      n_fds, n_threads;
    double   cpu_s;
    uint64_t read_bytes, written_bytes; /* of disks and other devices */
    double   read_per_s, written_per_s; /* lately */
};

/* What the lines of the page go through. */
struct wf_point {
    int64_t at_ns;
    size_t  managed, resident, spilled, limit;
    double  cores, tasks_per_s, read_per_s, written_per_s;
    int     n_fds, n_threads;
};

/* The latest of a row of things, `room` at most; NULL until the first comes. */
struct wf_ring {
    void  *things;
    size_t bytes, room; /* of one; so many */
    size_t n;           /* that ever came */
};

/* What always holds:
 *   1. `before`, `base` and `changed` have n_groups places that mean something.
 *   2. base[g] <= the counts of g now: work of runs that had ended when the first of those began
 *      that go on, or, when none does, that was the last.
 *   3. past_rects and past_points end with those of the last look. */
struct wf_view {
    weft_live           *live;
    struct weft_live_now now;       /* of the last look, lent until the next */
    uint64_t             n_looks;
    int64_t              looked_ns; /* CLOCK_MONOTONIC */
    double               tasks_per_s; /* lately */

    struct wf_counts *before; /* of the look before */
    struct wf_counts *base;
    bool             *changed; /* since then */
    size_t            n_groups, room_groups;
    size_t            n_links_before;

    struct wf_rect *rects; /* of the last look */
    size_t          n_rects, room_rects;

    struct wf_ring past_rects, past_points; /* for who comes later */

    struct wf_process process;
    int64_t           process_ns; /* when that was read */
    bool              moved;      /* something ran since the look before */
};

weft_status wf_view_init(struct wf_view *v, weft_pool *pool, struct weft_error *err);
void        wf_view_fini(struct wf_view *v); /* a zeroed one is fine */

/* Looks now. WEFT_NOMEM: what was known is not forgotten, but for rectangles. */
weft_status wf_view_look(struct wf_view *v);

int64_t wf_view_age_ns(const struct wf_view *v); /* since the last look; INT64_MAX before the first */

/* Of the runs that go on and those that overlapped with them; when none does, of the last such. */
struct wf_counts wf_view_progress(const struct wf_view *v, size_t group);
struct wf_counts wf_view_total(const struct wf_view *v);
/* What is left of them, by the mean time of a task of each group; negative: not known. */
double           wf_view_left_s(const struct wf_view *v);

/* ---- server_ring.c ---- */
void        wf_ring_add(struct wf_ring *r, const void *thing); /* no memory: it is not remembered */
size_t      wf_ring_n(const struct wf_ring *r);                 /* that are there */
const void *wf_ring_at(const struct wf_ring *r, size_t i);      /* from the oldest; i < wf_ring_n() */
void        wf_ring_fini(struct wf_ring *r);

/* ---- server_rects.c ---- */
/* Makes `rects` of what happened: at most `most`, and one for each worker and kind at least
 * where there are more. False: no memory. `events` by worker, then end. */
bool wf_rects_make(struct wf_view *v, const struct weft_live_event *events, size_t n, size_t most);

#endif
