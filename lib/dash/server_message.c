/* server_message.c - what is seen, as one JSON object: all of it, or what changed.
 *
 * Times are seconds since the dashboard was opened; those of rectangles, of which there are
 * many, whole microseconds in an array. What a delta leaves out is as it was: groups by
 * their id, links that are not new, and "about".
 */
#include "lib/dash/server_message.h"

#include <weft/machine.h>

static double seconds(int64_t ns)
{
    return (double)ns / 1e9;
}

static void say_about(struct wf_json *j, const struct wf_say *say)
{
    wf_json_open(j, '{');
    wf_json_put_text(j, "program", say->about->of.program);
    wf_json_put_int(j, "pid", say->about->pid);
    wf_json_put_text(j, "host", say->about->host);
    wf_json_put_text(j, "machine", say->about->of.machine);
    wf_json_put_int(j, "cores", say->view->now.n_workers);
    wf_json_put_text(j, "version", weft_version());
    wf_json_put_text(j, "isa", weft_isa());
    wf_json_put_text(j, "features", weft_features());
    wf_json_put_text(j, "instance", say->about->instance);
    wf_json_put_int(j, "began_unix_ms", say->about->began_unix_ms);
    wf_json_close(j, '}');
}

static void say_counts(struct wf_json *j, struct wf_counts c)
{
    wf_json_put_int(j, "total", (int64_t)c.n_tasks);
    wf_json_put_int(j, "done", (int64_t)c.n_done);
    wf_json_put_int(j, "failed", (int64_t)c.n_failed);
    wf_json_put_int(j, "skipped", (int64_t)c.n_skipped);
    wf_json_put_int(j, "running", (int64_t)c.n_running);
}

static void say_tasks(struct wf_json *j, const struct wf_say *say)
{
    uint64_t n_done = 0;

    for (size_t g = 0; g < say->view->n_groups; g++)
        n_done += say->view->now.groups[g].n_done;
    wf_json_open(j, '{');
    say_counts(j, wf_view_total(say->view));
    wf_json_put_number(j, "per_s", say->view->tasks_per_s);
    wf_json_put_number(j, "left_s", wf_view_left_s(say->view));
    wf_json_put_int(j, "all_done", (int64_t)n_done);
    wf_json_put_int(j, "all_failed", (int64_t)say->view->now.n_failed);
    wf_json_close(j, '}');
}

static void say_memory(struct wf_json *j, const struct wf_view *v)
{
    const struct weft_pool_memory *m = &v->now.memory;

    wf_json_open(j, '{');
    wf_json_put_int(j, "limit", (int64_t)m->limit);
    wf_json_put_int(j, "managed", (int64_t)m->managed);
    wf_json_put_int(j, "scratch", (int64_t)m->scratch);
    wf_json_put_int(j, "peak", (int64_t)m->peak);
    wf_json_put_int(j, "unmanaged", (int64_t)m->unmanaged);
    wf_json_put_int(j, "resident", (int64_t)m->resident);
    wf_json_put_int(j, "spilled", (int64_t)m->spilled);
    wf_json_put_int(j, "disk", (int64_t)m->disk);
    wf_json_put_int(j, "written", (int64_t)m->written);
    wf_json_put_int(j, "read", (int64_t)m->read);
    wf_json_put_int(j, "n_waits", (int64_t)m->n_waits);
    wf_json_close(j, '}');
}

static void say_process(struct wf_json *j, const struct wf_view *v)
{
    wf_json_open(j, '{');
    wf_json_put_number(j, "cores", v->now.sample.cores);
    wf_json_put_number(j, "cpu_s", v->process.cpu_s);
    wf_json_put_int(j, "fds", v->process.n_fds);
    wf_json_put_int(j, "threads", v->process.n_threads);
    wf_json_put_int(j, "read_bytes", (int64_t)v->process.read_bytes);
    wf_json_put_int(j, "written_bytes", (int64_t)v->process.written_bytes);
    wf_json_put_number(j, "read_per_s", v->process.read_per_s);
    wf_json_put_number(j, "written_per_s", v->process.written_per_s);
    wf_json_close(j, '}');
}

static void say_error(struct wf_json *j, const struct weft_error *err)
{
    if (err->status == WEFT_OK) {
        wf_json_text(j, NULL);
        return;
    }
    wf_json_open(j, '{');
    wf_json_put_text(j, "status", weft_status_text(err->status));
    wf_json_put_text(j, "message", err->message);
    wf_json_put_text(j, "task", err->task);
    wf_json_put_text(j, "site", err->site);
    wf_json_close(j, '}');
}

static void say_group(struct wf_json *j, const struct wf_view *v, size_t g, bool all)
{
    const struct weft_live_group *group = &v->now.groups[g];

    wf_json_open(j, '{');
    wf_json_put_int(j, "id", (int64_t)g);
    if (all || !v->before[g].n_tasks)
        wf_json_put_text(j, "name", group->name);
    say_counts(j, wf_view_progress(v, g));
    wf_json_put_int(j, "all_done", (int64_t)group->n_done);
    wf_json_put_number(j, "busy_s", seconds(group->busy_ns));
    wf_json_close(j, '}');
}

static void say_groups(struct wf_json *j, const struct wf_view *v, bool all)
{
    wf_json_open(j, '[');
    for (size_t g = 0; g < v->n_groups && g < WF_MOST_GROUPS; g++)
        if (all || v->changed[g])
            say_group(j, v, g, all);
    wf_json_close(j, ']');
}

static void say_links(struct wf_json *j, const struct wf_view *v, bool all)
{
    wf_json_open(j, '[');
    for (size_t i = all ? 0 : v->n_links_before; i < v->now.n_links; i++) {
        const struct weft_live_link *l = &v->now.links[i];

        if (l->from >= WF_MOST_GROUPS || l->to >= WF_MOST_GROUPS)
            continue;
        wf_json_open(j, '[');
        wf_json_int(j, l->from);
        wf_json_int(j, l->to);
        wf_json_int(j, (int64_t)l->n);
        wf_json_close(j, ']');
    }
    wf_json_close(j, ']');
}

static void say_workers(struct wf_json *j, const struct wf_view *v)
{
    wf_json_open(j, '[');
    for (int i = 0; i < v->now.n_workers; i++) {
        const struct weft_live_worker *w = &v->now.workers[i];
        const bool runs = w->group < v->n_groups;

        wf_json_open(j, '{');
        wf_json_put_int(j, "tasks", (int64_t)w->n_tasks);
        wf_json_put_number(j, "busy_s", seconds(w->busy_ns));
        wf_json_put_number(j, "load", w->load);
        wf_json_put_int(j, "group", runs ? (int64_t)w->group : -1);
        wf_json_put_int(j, "idle", runs ? -1 : w->idle);
        wf_json_put_number(j, "since_s", seconds(w->since_ns));
        wf_json_put_int(j, "pu", w->pu);
        wf_json_close(j, '}');
    }
    wf_json_close(j, ']');
}

/* [worker, begin, end, busy, group or -1, kind, flags, events] */
static void say_rect(struct wf_json *j, const struct wf_view *v, const struct wf_rect *r)
{
    wf_json_open(j, '[');
    wf_json_int(j, r->worker);
    wf_json_int(j, r->begin_ns / 1000);
    wf_json_int(j, r->end_ns / 1000);
    wf_json_int(j, r->busy_ns / 1000);
    wf_json_int(j, r->group < v->n_groups ? (int64_t)r->group : -1);
    wf_json_int(j, r->kind);
    wf_json_int(j, r->flags);
    wf_json_int(j, (int64_t)r->n);
    wf_json_close(j, ']');
}

/* Those of the last look, or with those before. */
static void say_rects(struct wf_json *j, const struct wf_view *v, bool past)
{
    const size_t n = past ? wf_ring_n(&v->past_rects) : 0;

    wf_json_open(j, '[');
    for (size_t i = 0; i < n; i++)
        say_rect(j, v, wf_ring_at(&v->past_rects, i));
    for (size_t i = 0; i < v->n_rects && !past; i++)
        say_rect(j, v, &v->rects[i]);
    wf_json_close(j, ']');
}

/* [at, managed, resident, spilled, limit, cores, tasks, bytes read, written a second, files, threads],
 * the last one that of now */
static void say_past(struct wf_json *j, const struct wf_view *v)
{
    wf_json_open(j, '[');
    for (size_t i = 0; i < wf_ring_n(&v->past_points); i++) {
        const struct wf_point *p = wf_ring_at(&v->past_points, i);

        wf_json_open(j, '[');
        wf_json_number(j, seconds(p->at_ns));
        wf_json_int(j, (int64_t)p->managed);
        wf_json_int(j, (int64_t)p->resident);
        wf_json_int(j, (int64_t)p->spilled);
        wf_json_int(j, (int64_t)p->limit);
        wf_json_number(j, p->cores);
        wf_json_number(j, p->tasks_per_s);
        wf_json_number(j, p->read_per_s);
        wf_json_number(j, p->written_per_s);
        wf_json_int(j, p->n_fds);
        wf_json_int(j, p->n_threads);
        wf_json_close(j, ']');
    }
    wf_json_close(j, ']');
}

void wf_say_state(struct wf_json *j, const struct wf_say *say, enum wf_amount amount)
{
    const struct wf_view *v = say->view;
    const bool all = amount != WF_CHANGES;

    wf_json_open(j, '{');
    wf_json_put_bool(j, "all", all);
    wf_json_put_int(j, "look", (int64_t)v->n_looks);
    wf_json_put_number(j, "now_s", seconds(v->now.now_ns));
    wf_json_put_number(j, "interval_s", seconds(say->interval_ns));
    wf_json_put_bool(j, "ended", say->ended);
    if (all) {
        wf_json_key(j, "about");
        say_about(j, say);
    }
    wf_json_put_open(j, "runs", '{');
    wf_json_put_int(j, "begun", (int64_t)v->now.n_runs_begun);
    wf_json_put_int(j, "open", (int64_t)(v->now.n_runs_begun - v->now.n_runs_ended));
    wf_json_close(j, '}');
    wf_json_key(j, "error");
    say_error(j, &v->now.last_error);
    wf_json_key(j, "tasks");
    say_tasks(j, say);
    wf_json_key(j, "memory");
    say_memory(j, v);
    wf_json_key(j, "process");
    say_process(j, v);
    wf_json_put_int(j, "missed", (int64_t)v->now.n_missed);
    wf_json_put_int(j, "n_groups", (int64_t)v->n_groups);
    wf_json_key(j, "groups");
    say_groups(j, v, all);
    wf_json_key(j, "links");
    say_links(j, v, all);
    wf_json_key(j, "workers");
    say_workers(j, v);
    if (amount == WF_ALL_AND_PAST) {
        wf_json_key(j, "past");
        say_past(j, v);
    }
    wf_json_key(j, "rects");
    say_rects(j, v, amount == WF_ALL_AND_PAST);
    wf_json_close(j, '}');
}

void wf_say_counts(struct wf_json *j, const struct wf_say *say)
{
    say_tasks(j, say);
}

void wf_say_identity(struct wf_json *j, const struct wf_say *say)
{
    say_about(j, say);
}
