/* trace.c - a graph as data and what happened when it ran: the container. */
#include "lib/graph/trace.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

void weft_trace_free(weft_trace *t)
{
    if (!t)
        return;
    if (t->image) {
        wf_free(t->image);
    } else {
        wf_free(t->deps);
        wf_free(t->text);
        wf_free(t->events);
        wf_free(t->runs);
        wf_free(t->samples);
    }
    wf_free(t->records);
    wf_free(t->tasks);
    wf_free(t->first);
    wf_free(t);
}

/* ---- Making ---------------------------------------------------------------- */

/* What `run` tells but for the events, which are filled in place. */
static bool copy_run(weft_trace *t, const struct wf_trace_run *run)
{
    const struct weft_trace_about *about = run->about;
    const struct weft_trace_run whole = {.n_tasks = (uint32_t)t->room_tasks, .end_ns = run->wall_ns};
    const struct weft_trace_run *runs = run->runs ? run->runs : &whole;

    t->n_workers = run->n_workers;
    t->wall_ns = run->wall_ns;
    t->n_events = run->n_events;
    t->n_lost = run->n_lost;
    t->n_runs = run->runs ? run->n_runs : run->n_workers > 0;
    t->n_samples = run->n_samples;
    t->runs = wf_alloc_array(t->n_runs, sizeof *t->runs);
    t->samples = wf_alloc_array(t->n_samples, sizeof *t->samples);
    if (!t->runs || !t->samples)
        return false;
    if (t->n_runs)
        memcpy(t->runs, runs, t->n_runs * sizeof *runs);
    if (t->n_samples)
        memcpy(t->samples, run->samples, t->n_samples * sizeof *run->samples);
    if (!about)
        return true;
    t->about.began_unix_ns = about->began_unix_ns;
    t->about.memory_bytes = about->memory_bytes;
    t->about.n_cores = about->n_cores;
    return wf_trace_text(t, about->program, &t->about.program) && wf_trace_text(t, about->machine, &t->about.machine) &&
           wf_trace_text(t, about->version, &t->about.version);
}

weft_trace *wf_trace_begin(size_t n_tasks, size_t n_deps, const struct wf_trace_run *run)
{
    weft_trace *t = wf_alloc_zero(1, sizeof *t);

    if (!t)
        return NULL;
    t->room_tasks = n_tasks;
    t->room_deps = n_deps;
    t->room_text = 64 + n_tasks * 32;
    t->n_text = 1;
    t->records = wf_alloc_array(n_tasks, sizeof *t->records);
    t->deps = wf_alloc_array(n_deps, sizeof *t->deps);
    t->text = wf_alloc(t->room_text);
    if (!t->records || !t->deps || !t->text)
        goto out;
    t->text[0] = '\0';
    if (run && !copy_run(t, run))
        goto out;
    t->events = wf_alloc_zero(t->n_events, sizeof *t->events);
    if (!t->events)
        goto out;
    return t;
out:
    weft_trace_free(t);
    return NULL;
}

bool wf_trace_reserve(weft_trace *t, size_t bytes)
{
    char *grown = wf_grow_bytes(t->text, t->n_text, &t->room_text, bytes);

    if (grown)
        t->text = grown;
    return grown;
}

bool wf_trace_text(weft_trace *t, const char *text, uint64_t *place)
{
    const size_t bytes = strlen(text) + 1;

    *place = 0;
    if (bytes == 1)
        return true;
    if (!wf_trace_reserve(t, bytes))
        return false;
    *place = t->n_text;
    memcpy(t->text + t->n_text, text, bytes);
    t->n_text += bytes;
    return true;
}

void wf_trace_add(weft_trace *t, const struct wf_trace_record *record, const uint32_t *deps)
{
    WF_ASSERT(t->n_tasks < t->room_tasks && record->n_deps <= t->room_deps - t->n_deps);
    t->records[t->n_tasks++] = *record;
    if (record->n_deps)
        memcpy(t->deps + t->n_deps, deps, record->n_deps * sizeof *deps);
    t->n_deps += record->n_deps;
}

struct weft_event *wf_trace_events(weft_trace *t)
{
    return t->events;
}

weft_status wf_trace_resolve(weft_trace *t, const struct wf_trace_record *records, struct weft_error *err)
{
    size_t n_deps = 0;

    t->tasks = wf_alloc_array(t->n_tasks, sizeof *t->tasks);
    t->first = wf_alloc_array(t->n_tasks + 1, sizeof *t->first);
    if (!t->tasks || !t->first)
        return wf_error_nomem(err, "a trace");
    for (size_t i = 0; i < t->n_tasks; i++) {
        const struct wf_trace_record *r = &records[i];

        t->tasks[i] = (struct weft_trace_task){
            .name = t->text + r->name, .key = t->text + r->key, .layer = t->text + r->layer,
            .layer_id = r->layer_id, .file = t->text + r->file, .line = r->line, .fused = r->fused != 0,
            .is_target = r->is_target != 0, .result_bytes = r->result_bytes};
        t->first[i] = n_deps;
        n_deps += r->n_deps;
    }
    t->first[t->n_tasks] = n_deps;
    return WEFT_OK;
}

weft_status wf_trace_end(weft_trace **out, weft_trace *t, struct weft_error *err)
{
    const weft_status st = wf_trace_resolve(t, t->records, err);

    if (st) {
        weft_trace_free(t);
        return st;
    }
    wf_free(t->records);
    t->records = NULL;
    WF_ASSERT(t->n_tasks == t->room_tasks && t->n_deps == t->room_deps);
    *out = t;
    return WEFT_OK;
}

struct wf_trace_record wf_trace_record(const weft_trace *t, size_t i)
{
    const struct weft_trace_task *task = &t->tasks[i];

    return (struct wf_trace_record){
        .name = (uint64_t)(task->name - t->text), .key = (uint64_t)(task->key - t->text),
        .layer = (uint64_t)(task->layer - t->text), .file = (uint64_t)(task->file - t->text),
        .result_bytes = task->result_bytes, .layer_id = task->layer_id, .line = task->line,
        .n_deps = (uint32_t)(t->first[i + 1] - t->first[i]), .fused = task->fused, .is_target = task->is_target};
}

static const char *wrong_task(const weft_trace *t)
{
    for (size_t i = 0; i < t->n_tasks; i++) {
        for (size_t d = t->first[i]; d < t->first[i + 1]; d++) {
            if (t->deps[d] >= i)
                return "a task waits for a later one";
        }
    }
    return NULL;
}

static const char *wrong_run(const weft_trace *t)
{
    uint64_t n = 0;

    for (size_t i = 0; i < t->n_runs; i++) {
        const struct weft_trace_run *r = &t->runs[i];

        if (r->first_task != n)
            return "its runs do not share out its tasks";
        n += r->n_tasks;
        if (r->begin_ns < 0 || r->end_ns < r->begin_ns || r->end_ns > t->wall_ns)
            return "a run ends before it begins";
    }
    if (t->n_runs && n != t->n_tasks)
        return "its runs do not share out its tasks";
    for (size_t i = 1; i < t->n_samples; i++)
        if (t->samples[i].at_ns < t->samples[i - 1].at_ns)
            return "samples are out of order";
    return NULL;
}

static const char *wrong_event(const weft_trace *t)
{
    int64_t all = 0;

    if (t->n_workers < 0 || t->wall_ns < 0 || __builtin_mul_overflow(t->wall_ns, t->n_workers, &all))
        return "its wall time makes no sense";
    all = 0;
    for (size_t i = 0; i < t->n_events; i++) {
        const struct weft_event *e = &t->events[i];

        if (e->kind >= WEFT_N_EVENT_KINDS)
            return "an event is of no known kind";
        if (wf_event_has_task(e->kind) && e->task >= t->n_tasks)
            return "an event is of no task";
        if (e->worker >= t->n_workers)
            return "an event is of no worker";
        if (e->begin_ns < 0 || e->end_ns < e->begin_ns)
            return "an event ends before it begins";
        if (__builtin_add_overflow(all, e->end_ns - e->begin_ns, &all))
            return "its events take longer than can be counted";
        if (i > 0 && (e->worker < e[-1].worker ||
                      (e->worker == e[-1].worker && e->begin_ns < e[-1].begin_ns)))
            return "events are out of order";
    }
    return NULL;
}

bool wf_trace_check(const weft_trace *t, const char **why)
{
    const char *wrong = wrong_task(t);

    if (!wrong)
        wrong = wrong_event(t);
    if (!wrong)
        wrong = wrong_run(t);
    if (wrong && why)
        *why = wrong;
    return !wrong;
}

/* ---- Asking ---------------------------------------------------------------- */

size_t weft_trace_n_tasks(const weft_trace *t)
{
    return t->n_tasks;
}

const struct weft_trace_task *weft_trace_task(const weft_trace *t, size_t i)
{
    WF_ASSERT(i < t->n_tasks);
    return &t->tasks[i];
}

size_t weft_trace_n_deps(const weft_trace *t, size_t i)
{
    WF_ASSERT(i < t->n_tasks);
    return t->first[i + 1] - t->first[i];
}

const uint32_t *weft_trace_deps(const weft_trace *t, size_t i)
{
    WF_ASSERT(i < t->n_tasks);
    return t->deps + t->first[i];
}

int weft_trace_n_workers(const weft_trace *t)
{
    return t->n_workers;
}

int64_t weft_trace_wall_ns(const weft_trace *t)
{
    return t->wall_ns;
}

size_t weft_trace_n_events(const weft_trace *t)
{
    return t->n_events;
}

const struct weft_event *weft_trace_events(const weft_trace *t)
{
    return t->events;
}

size_t weft_trace_n_lost(const weft_trace *t)
{
    return t->n_lost;
}

size_t weft_trace_n_runs(const weft_trace *t)
{
    return t->n_runs;
}

const struct weft_trace_run *weft_trace_runs(const weft_trace *t)
{
    return t->runs;
}

size_t weft_trace_n_samples(const weft_trace *t)
{
    return t->n_samples;
}

const struct weft_sample *weft_trace_samples(const weft_trace *t)
{
    return t->samples;
}

struct weft_trace_about weft_trace_about(const weft_trace *t)
{
    const struct wf_trace_about *a = &t->about;

    return (struct weft_trace_about){
        .program = t->text + a->program, .machine = t->text + a->machine, .version = t->text + a->version,
        .began_unix_ns = a->began_unix_ns, .memory_bytes = a->memory_bytes, .n_cores = (int)a->n_cores};
}
