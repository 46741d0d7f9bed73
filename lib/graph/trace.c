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
    }
    wf_free(t->records);
    wf_free(t->tasks);
    wf_free(t->first);
    wf_free(t);
}

/* ---- Making ---------------------------------------------------------------- */

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
    if (run) {
        t->n_workers = run->n_workers;
        t->wall_ns = run->wall_ns;
        t->n_events = run->n_events;
        t->n_lost = run->n_lost;
    }
    t->events = wf_alloc_zero(t->n_events, sizeof *t->events);
    if (!t->records || !t->deps || !t->text || !t->events) {
        weft_trace_free(t);
        return NULL;
    }
    t->text[0] = '\0';
    return t;
}

bool wf_trace_text(weft_trace *t, const char *text, uint64_t *place)
{
    const size_t bytes = strlen(text) + 1;

    *place = 0;
    if (bytes == 1)
        return true;
    if (t->room_text - t->n_text < bytes) {
        const size_t room = (t->room_text + bytes) * 2;
        char *grown = wf_realloc(t->text, room);

        if (!grown)
            return false;
        t->text = grown;
        t->room_text = room;
    }
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
            .layer_id = r->layer_id, .file = t->text + r->file, .line = r->line, .fused = r->fused != 0};
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

weft_status wf_trace_of_shape(weft_trace **out, const weft_trace *shape, const struct wf_trace_run *run,
                              struct weft_event **events, struct weft_error *err)
{
    weft_trace *t = wf_trace_begin(shape->n_tasks, shape->n_deps, run);
    char *text = t ? wf_realloc(t->text, shape->n_text) : NULL;

    if (!text) {
        weft_trace_free(t);
        return wf_error_nomem(err, "a trace");
    }
    t->text = memcpy(text, shape->text, shape->n_text);
    t->n_text = t->room_text = shape->n_text;
    for (size_t i = 0; i < shape->n_tasks; i++) {
        const struct weft_trace_task *of = &shape->tasks[i];
        const struct wf_trace_record record = {
            .name = (uint64_t)(of->name - shape->text), .key = (uint64_t)(of->key - shape->text),
            .layer = (uint64_t)(of->layer - shape->text), .file = (uint64_t)(of->file - shape->text),
            .layer_id = of->layer_id, .line = of->line, .fused = of->fused,
            .n_deps = (uint32_t)(shape->first[i + 1] - shape->first[i])};

        wf_trace_add(t, &record, shape->deps + shape->first[i]);
    }
    *events = t->events;
    return wf_trace_end(out, t, err);
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

static const char *wrong_event(const weft_trace *t)
{
    int64_t all = 0;

    if (t->n_workers < 0 || t->wall_ns < 0 || __builtin_mul_overflow(t->wall_ns, t->n_workers, &all))
        return "its wall time makes no sense";
    all = 0;
    for (size_t i = 0; i < t->n_events; i++) {
        const struct weft_event *e = &t->events[i];

        if (e->kind > WEFT_EVENT_FORK)
            return "an event is of no known kind";
        if (e->kind != WEFT_EVENT_IDLE && e->task >= t->n_tasks)
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
