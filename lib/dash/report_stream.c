/* report_stream.c - what each worker did: some events one by one, all others summed up in cells.
 *
 * A page cannot hold ten million events, and nobody can look at them. Those shown one by one
 * are, as far as there is room: an eighth for bodies that failed, a quarter for the critical
 * path, and the longest.
 */
#include "lib/dash/report.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/dash/report_sieve.h"

enum { MOST_EVENTS = 40000, MOST_DEPS = 48 };

struct stream {
    struct wf_report *r;
    size_t    most;
    size_t   *shown;   /* places of events that are shown one by one, ascending */
    size_t    n_shown;
    uint32_t *task_at; /* of each task, its place among those that shown events are of; UINT32_MAX: none is */
    uint32_t *tasks;   /* those */
    size_t    n_tasks;
    size_t    n_critical, n_critical_shown, n_failed, n_failed_shown;
    int64_t   shortest_ns; /* of what was taken for its length */
};

static bool is_failed(const struct weft_event *e)
{
    return e->flags & WEFT_EVENT_FAILED;
}

/* Whether it is a body of the critical path. */
static bool is_critical(const struct stream *s, const struct weft_event *e)
{
    return e->kind == WEFT_EVENT_TASK && weft_analysis_is_critical(s->r->analysis, e->task);
}

/* Counts, settles, takes. */
static weft_status choose(struct stream *s, struct weft_error *err)
{
    const struct weft_event *e = weft_trace_events(s->r->trace);
    const size_t n = weft_trace_n_events(s->r->trace);
    struct wf_sieve *sieves = wf_alloc_zero(3, sizeof *sieves);
    struct wf_sieve *failed = sieves, *critical = sieves + 1, *others = sieves + 2;

    s->shown = wf_alloc_array((n < s->most ? n : s->most) + 1, sizeof *s->shown);
    if (!s->shown || !sieves) {
        wf_free(sieves);
        return wf_error_nomem(err, "the events of a report");
    }
    for (size_t k = 0; k < n; k++)
        wf_sieve_count(is_failed(&e[k]) ? failed : is_critical(s, &e[k]) ? critical : others, &e[k]);
    if (n <= s->most) {
        wf_sieve_settle(failed, n);
        wf_sieve_settle(critical, n);
        wf_sieve_settle(others, n);
    } else {
        wf_sieve_settle(failed, failed->n < s->most / 8 ? failed->n : s->most / 8);
        wf_sieve_settle(critical, critical->n < s->most / 4 ? critical->n : s->most / 4);
        wf_sieve_settle(others, s->most - (failed->n < s->most / 8 ? failed->n : s->most / 8) -
                                 (critical->n < s->most / 4 ? critical->n : s->most / 4));
    }
    s->shortest_ns = INT64_MAX;
    for (size_t k = 0; k < n; k++) {
        struct wf_sieve *which = is_failed(&e[k]) ? failed : is_critical(s, &e[k]) ? critical : others;

        if (!wf_sieve_passes(which, &e[k]))
            continue;
        s->shown[s->n_shown++] = k;
        s->n_failed_shown += which == failed;
        s->n_critical_shown += which == critical;
        if (which == others && e[k].end_ns - e[k].begin_ns < s->shortest_ns)
            s->shortest_ns = e[k].end_ns - e[k].begin_ns;
    }
    s->n_failed = failed->n;
    s->n_critical = critical->n;
    wf_free(sieves);
    return WEFT_OK;
}

/* Numbers the tasks of the shown events. */
static weft_status number_tasks(struct stream *s, struct weft_error *err)
{
    const struct weft_event *e = weft_trace_events(s->r->trace);
    const size_t n = weft_trace_n_tasks(s->r->trace);

    s->task_at = wf_alloc_array(n + 1, sizeof *s->task_at);
    s->tasks = wf_alloc_array(s->n_shown + 1, sizeof *s->tasks);
    if (!s->task_at || !s->tasks)
        return wf_error_nomem(err, "the tasks of a report");
    memset(s->task_at, 0xff, n * sizeof *s->task_at);
    for (size_t i = 0; i < s->n_shown; i++) {
        const uint32_t task = e[s->shown[i]].task;

        if (task < n && s->task_at[task] == UINT32_MAX) {
            s->task_at[task] = (uint32_t)s->n_tasks;
            s->tasks[s->n_tasks++] = task;
        }
    }
    return WEFT_OK;
}

/* ---- As columns ------------------------------------------------------------------- */

/* Beginnings are written as what is added to the one before: fewer digits. */
static void write_events(struct stream *s)
{
    const struct weft_event *e = weft_trace_events(s->r->trace);
    struct wf_json *j = &s->r->json;
    int64_t before = 0;

    wf_json_put_open(j, "events", '{');
    wf_json_put_open(j, "worker", '[');
    for (size_t i = 0; i < s->n_shown; i++)
        wf_json_int(j, e[s->shown[i]].worker);
    wf_json_close(j, ']');
    wf_json_put_open(j, "begin", '[');
    for (size_t i = 0; i < s->n_shown; i++) {
        wf_json_int(j, e[s->shown[i]].begin_ns - before);
        before = e[s->shown[i]].begin_ns;
    }
    wf_json_close(j, ']');
    wf_json_put_open(j, "length", '[');
    for (size_t i = 0; i < s->n_shown; i++)
        wf_json_int(j, e[s->shown[i]].end_ns - e[s->shown[i]].begin_ns);
    wf_json_close(j, ']');
    wf_json_put_open(j, "kind", '[');
    for (size_t i = 0; i < s->n_shown; i++)
        wf_json_int(j, e[s->shown[i]].kind);
    wf_json_close(j, ']');
    wf_json_put_open(j, "failed", '[');
    for (size_t i = 0; i < s->n_shown; i++)
        wf_json_int(j, is_failed(&e[s->shown[i]]));
    wf_json_close(j, ']');
    wf_json_put_open(j, "task", '[');
    for (size_t i = 0; i < s->n_shown; i++) {
        const uint32_t task = e[s->shown[i]].task;

        wf_json_int(j, task < weft_trace_n_tasks(s->r->trace) ? (int64_t)s->task_at[task] : -1);
    }
    wf_json_close(j, ']');
    wf_json_close(j, '}');
}

/* Of a task: those of its dependencies that are shown, too. */
static void write_deps(struct stream *s, uint32_t task)
{
    const uint32_t *deps = weft_trace_deps(s->r->trace, task);
    const size_t n = weft_trace_n_deps(s->r->trace, task);
    size_t n_written = 0;

    wf_json_open(&s->r->json, '[');
    for (size_t d = 0; d < n && n_written < MOST_DEPS; d++) {
        if (s->task_at[deps[d]] != UINT32_MAX) {
            wf_json_int(&s->r->json, s->task_at[deps[d]]);
            n_written++;
        }
    }
    wf_json_close(&s->r->json, ']');
}

static void write_tasks(struct stream *s)
{
    const weft_trace *t = s->r->trace;
    const weft_analysis *a = s->r->analysis;
    struct wf_json *j = &s->r->json;

    wf_json_put_open(j, "tasks", '{');
    wf_json_put_open(j, "name", '[');
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, s->r->names.of[s->tasks[i]]);
    wf_json_close(j, ']');
    wf_json_put_open(j, "key", '[');
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_text(j, weft_trace_task(t, s->tasks[i])->key);
    wf_json_close(j, ']');
    wf_json_put_open(j, "file", '[');
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, s->r->files.of[s->tasks[i]]);
    wf_json_close(j, ']');
    wf_json_put_open(j, "line", '[');
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, weft_trace_task(t, s->tasks[i])->line);
    wf_json_close(j, ']');
    wf_json_put_open(j, "slack", '[');
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, weft_analysis_is_critical(a, s->tasks[i]) ? -1 : weft_analysis_slack(a, s->tasks[i]));
    wf_json_close(j, ']');
    wf_json_put_open(j, "bytes", '[');
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, weft_trace_task(t, s->tasks[i])->result_bytes);
    wf_json_close(j, ']');
    wf_json_put_open(j, "n_deps", '[');
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, (int64_t)weft_trace_n_deps(t, s->tasks[i]));
    wf_json_close(j, ']');
    wf_json_put_open(j, "deps", '[');
    for (size_t i = 0; i < s->n_tasks; i++)
        write_deps(s, s->tasks[i]);
    wf_json_close(j, ']');
    wf_json_close(j, '}');
}

weft_status wf_report_stream(struct wf_report *r, struct weft_error *err)
{
    struct stream s = {.r = r, .most = r->spec->most_events ? r->spec->most_events : MOST_EVENTS};
    struct wf_json *j = &r->json;
    weft_status st = choose(&s, err);

    if (!st)
        st = number_tasks(&s, err);
    if (st)
        goto out;
    write_tasks(&s);
    wf_json_put_open(j, "stream", '{');
    wf_json_put_int(j, "wall_ns", weft_trace_wall_ns(r->trace));
    wf_json_put_int(j, "n_workers", weft_trace_n_workers(r->trace));
    wf_json_put_int(j, "n_events", (int64_t)weft_trace_n_events(r->trace));
    wf_json_put_int(j, "n_shown", (int64_t)s.n_shown);
    wf_json_put_int(j, "n_failed", (int64_t)s.n_failed);
    wf_json_put_int(j, "n_failed_shown", (int64_t)s.n_failed_shown);
    wf_json_put_int(j, "n_critical", (int64_t)s.n_critical);
    wf_json_put_int(j, "n_critical_shown", (int64_t)s.n_critical_shown);
    wf_json_put_int(j, "shortest_ns", s.shortest_ns == INT64_MAX ? 0 : s.shortest_ns);
    write_events(&s);
    st = wf_report_cells(r, s.shown, s.n_shown, err);
    wf_json_close(j, '}');
out:
    wf_free(s.shown);
    wf_free(s.task_at);
    wf_free(s.tasks);
    return st;
}
