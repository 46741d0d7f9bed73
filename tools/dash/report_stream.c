/* report_stream.c - what each worker did: some events one by one, all others summed up in cells.
 *
 * A page cannot hold ten million events, and nobody can look at them. Those shown one by one
 * are, as far as there is room: an eighth for bodies that failed, a quarter for the critical
 * path, and the longest. Of the others each cell, which is a worker's share of time, says how
 * many they are, how much of it they take, and which function takes most.
 */
#include "tools/dash/report.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { MOST_EVENTS = 40000, MOST_CELLS = 40000, MOST_CELLS_OF_WORKER = 8192, MOST_DEPS = 48 };

/* ---- Which events ---------------------------------------------------------------- *
 * Lengths are counted in buckets, 64 to each doubling. Then all above one bucket are taken,
 * and of that one as many as there is still room for, evenly spread. */

enum { N_BUCKETS = 64 * 64 };

struct sieve {
    size_t counts[N_BUCKETS];
    size_t n;
    size_t bucket;          /* all above it pass */
    size_t n_pass, n_here;  /* n_pass of the n_here in it pass, too */
    size_t n_seen;          /* of those in it, so far */
};

static size_t bucket_of(const struct weft_event *e)
{
    const uint64_t length = (uint64_t)(e->end_ns - e->begin_ns) + 64;
    const unsigned octave = 63u - (unsigned)__builtin_clzll(length);

    return (octave - 6) * 64 + (size_t)((length >> (octave - 6)) & 63);
}

static void sieve_count(struct sieve *s, const struct weft_event *e)
{
    s->counts[bucket_of(e)]++;
    s->n++;
}

static void sieve_settle(struct sieve *s, size_t most)
{
    size_t n = 0;

    for (s->bucket = N_BUCKETS - 1; s->bucket > 0 && n + s->counts[s->bucket] <= most; s->bucket--)
        n += s->counts[s->bucket];
    s->n_here = s->counts[s->bucket];
    s->n_pass = most - n < s->n_here ? most - n : s->n_here;
}

static bool sieve_passes(struct sieve *s, const struct weft_event *e)
{
    const size_t bucket = bucket_of(e);

    if (bucket != s->bucket)
        return bucket > s->bucket;
    s->n_seen++;
    return s->n_seen * s->n_pass / s->n_here > (s->n_seen - 1) * s->n_pass / s->n_here;
}

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
    struct sieve *sieves = wf_alloc_zero(3, sizeof *sieves);
    struct sieve *failed = sieves, *critical = sieves + 1, *others = sieves + 2;

    s->shown = wf_alloc_array((n < s->most ? n : s->most) + 1, sizeof *s->shown);
    if (!s->shown || !sieves) {
        wf_free(sieves);
        return wf_error_nomem(err, "the events of a report");
    }
    for (size_t k = 0; k < n; k++)
        sieve_count(is_failed(&e[k]) ? failed : is_critical(s, &e[k]) ? critical : others, &e[k]);
    if (n <= s->most) {
        sieve_settle(failed, n);
        sieve_settle(critical, n);
        sieve_settle(others, n);
    } else {
        sieve_settle(failed, failed->n < s->most / 8 ? failed->n : s->most / 8);
        sieve_settle(critical, critical->n < s->most / 4 ? critical->n : s->most / 4);
        sieve_settle(others, s->most - (failed->n < s->most / 8 ? failed->n : s->most / 8) -
                                 (critical->n < s->most / 4 ? critical->n : s->most / 4));
    }
    s->shortest_ns = INT64_MAX;
    for (size_t k = 0; k < n; k++) {
        struct sieve *which = is_failed(&e[k]) ? failed : is_critical(s, &e[k]) ? critical : others;

        if (!sieve_passes(which, &e[k]))
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

static void open_column(struct wf_json *j, const char *key)
{
    wf_json_key(j, key);
    wf_json_open(j, '[');
}

/* Beginnings are written as what is added to the one before: fewer digits. */
static void write_events(struct stream *s)
{
    const struct weft_event *e = weft_trace_events(s->r->trace);
    struct wf_json *j = &s->r->json;
    int64_t before = 0;

    wf_json_key(j, "events");
    wf_json_open(j, '{');
    open_column(j, "worker");
    for (size_t i = 0; i < s->n_shown; i++)
        wf_json_int(j, e[s->shown[i]].worker);
    wf_json_close(j, ']');
    open_column(j, "begin");
    for (size_t i = 0; i < s->n_shown; i++) {
        wf_json_int(j, e[s->shown[i]].begin_ns - before);
        before = e[s->shown[i]].begin_ns;
    }
    wf_json_close(j, ']');
    open_column(j, "length");
    for (size_t i = 0; i < s->n_shown; i++)
        wf_json_int(j, e[s->shown[i]].end_ns - e[s->shown[i]].begin_ns);
    wf_json_close(j, ']');
    open_column(j, "kind");
    for (size_t i = 0; i < s->n_shown; i++)
        wf_json_int(j, e[s->shown[i]].kind);
    wf_json_close(j, ']');
    open_column(j, "failed");
    for (size_t i = 0; i < s->n_shown; i++)
        wf_json_int(j, is_failed(&e[s->shown[i]]));
    wf_json_close(j, ']');
    open_column(j, "task");
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

    wf_json_key(j, "tasks");
    wf_json_open(j, '{');
    open_column(j, "name");
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, s->r->names.of[s->tasks[i]]);
    wf_json_close(j, ']');
    open_column(j, "key");
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_text(j, weft_trace_task(t, s->tasks[i])->key);
    wf_json_close(j, ']');
    open_column(j, "file");
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, s->r->files.of[s->tasks[i]]);
    wf_json_close(j, ']');
    open_column(j, "line");
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, weft_trace_task(t, s->tasks[i])->line);
    wf_json_close(j, ']');
    open_column(j, "slack");
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, weft_analysis_is_critical(a, s->tasks[i]) ? -1 : weft_analysis_slack(a, s->tasks[i]));
    wf_json_close(j, ']');
    open_column(j, "bytes");
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, weft_trace_task(t, s->tasks[i])->result_bytes);
    wf_json_close(j, ']');
    open_column(j, "n_deps");
    for (size_t i = 0; i < s->n_tasks; i++)
        wf_json_int(j, (int64_t)weft_trace_n_deps(t, s->tasks[i]));
    wf_json_close(j, ']');
    open_column(j, "deps");
    for (size_t i = 0; i < s->n_tasks; i++)
        write_deps(s, s->tasks[i]);
    wf_json_close(j, ']');
    wf_json_close(j, '}');
}

/* ---- Cells ------------------------------------------------------------------------ */

/* A label of what took time: the name of a task, or, past all names, the kind of the event. */
enum { N_LABELS = 4 };

struct cell {
    int64_t  busy_ns, n;
    uint32_t labels[N_LABELS];
    int64_t  times[N_LABELS];
};

/* Which took most is exact for up to four labels in a cell. Of more, whoever has least makes
 * room and leaves its time behind: who has more than a quarter is never lost (Metwally 2005). */
static void cell_add(struct cell *c, uint32_t label, int64_t ns)
{
    int least = 0;

    c->busy_ns += ns;
    for (int i = 0; i < N_LABELS; i++) {
        if (c->times[i] && c->labels[i] == label) {
            c->times[i] += ns;
            return;
        }
        least = c->times[i] < c->times[least] ? i : least;
    }
    c->labels[least] = label;
    c->times[least] += ns;
}

struct cells {
    struct cell *of; /* of one worker */
    size_t       n;
    int64_t      width_ns;
    size_t       n_left; /* events of all workers that were summed up */
};

static void cells_add(struct cells *c, const struct weft_event *e, uint32_t label)
{
    size_t at = (size_t)(e->begin_ns / c->width_ns);
    int64_t begin = e->begin_ns;

    c->of[at < c->n ? at : c->n - 1].n++;
    c->n_left++;
    for (; begin < e->end_ns && at < c->n; at++) {
        const int64_t edge = (int64_t)(at + 1) * c->width_ns;
        const int64_t end = e->end_ns < edge ? e->end_ns : edge;

        cell_add(&c->of[at], label, end - begin);
        begin = end;
    }
}

static int64_t per_mille(int64_t part, int64_t whole)
{
    return part >= whole ? 1000 : (int64_t)(1000.0 * (double)part / (double)whole + 0.5);
}

/* [worker, cell, label, per mille of the cell that is busy, of that the label's, events] */
static void write_cells_of(struct stream *s, const struct cells *c, int worker)
{
    struct wf_json *j = &s->r->json;

    for (size_t i = 0; i < c->n; i++) {
        const struct cell *cell = &c->of[i];
        int most = 0;

        if (!cell->busy_ns)
            continue;
        for (int k = 1; k < N_LABELS; k++)
            most = cell->times[k] > cell->times[most] ? k : most;
        wf_json_int(j, worker);
        wf_json_int(j, (int64_t)i);
        wf_json_int(j, cell->labels[most]);
        wf_json_int(j, per_mille(cell->busy_ns, c->width_ns));
        wf_json_int(j, per_mille(cell->times[most], cell->busy_ns));
        wf_json_int(j, cell->n);
    }
}

/* Time in which a worker had nothing to do is what is left white. */
static bool is_summed(const struct weft_event *e)
{
    return wf_report_is_body(e->kind) || e->kind >= WEFT_EVENT_SPILL;
}

static weft_status write_cells(struct stream *s, struct weft_error *err)
{
    const struct weft_event *e = weft_trace_events(s->r->trace);
    const size_t n_events = weft_trace_n_events(s->r->trace), n_names = s->r->names.n;
    const int n_workers = weft_trace_n_workers(s->r->trace);
    const int64_t wall = weft_trace_wall_ns(s->r->trace);
    const size_t share = MOST_CELLS / (size_t)(n_workers > 0 ? n_workers : 1);
    struct cells c = {.n = share > MOST_CELLS_OF_WORKER ? MOST_CELLS_OF_WORKER : share < 64 ? 64 : share};
    struct wf_json *j = &s->r->json;
    size_t k = 0, i = 0;

    c.width_ns = wall / (int64_t)c.n + 1;
    c.of = wf_alloc_array(c.n, sizeof *c.of);
    if (!c.of)
        return wf_error_nomem(err, "the cells of a report");
    open_column(j, "cells");
    for (int w = 0; w < n_workers && s->n_shown < n_events; w++) {
        memset(c.of, 0, c.n * sizeof *c.of);
        for (; k < n_events && e[k].worker == w; k++) {
            if (i < s->n_shown && s->shown[i] == k)
                i++;
            else if (is_summed(&e[k]))
                cells_add(&c, &e[k], wf_report_is_body(e[k].kind) ? s->r->names.of[e[k].task]
                                                                  : (uint32_t)(n_names + e[k].kind));
        }
        write_cells_of(s, &c, w);
    }
    wf_json_close(j, ']');
    wf_json_put_int(j, "cell_ns", c.width_ns);
    wf_json_put_int(j, "n_summed", (int64_t)c.n_left);
    wf_free(c.of);
    return WEFT_OK;
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
    wf_json_key(j, "stream");
    wf_json_open(j, '{');
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
    st = write_cells(&s, err);
    wf_json_close(j, '}');
out:
    wf_free(s.shown);
    wf_free(s.task_at);
    wf_free(s.tasks);
    return st;
}
