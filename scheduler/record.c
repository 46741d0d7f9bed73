/* record.c - the runs of a pool that have ended, as a trace needs them. */
#include "scheduler/record.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <weft/machine.h>

#include "lib/base/about.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/plan.h"
#include "lib/graph/trace.h"
#include "scheduler/pool.h"

/* A task takes some 150 bytes of a trace while it is made; a run, however small, some of these. */
enum { MOST_TASKS = 1 << 24, TASKS_A_RUN = 4 };

void wf_recorder_init(struct wf_recorder *r, bool keeps_all)
{
    wf_mutex_init(&r->lock);
    r->keeps_all = keeps_all;
}

/* ---- Shapes ------------------------------------------------------------------ */

static struct wf_shape *retain_shape(struct wf_shape *s)
{
    wf_add(&s->refs, 1);
    return s;
}

static void release_shape(void *shape)
{
    struct wf_shape *s = shape;

    /* Acquire and release: who frees it comes after all others. */
    if (!s || wf_sub(&s->refs, 1) != 1)
        return;
    weft_trace_free(s->trace);
    wf_free(s);
}

struct wf_shape *wf_record_shape(const struct wf_recorder *r, weft_plan *plan, bool is_own, int64_t **weights)
{
    struct wf_shape *s;

    if (!is_own && !r->keeps_all)
        return NULL;
    if (plan->shape)
        return retain_shape(plan->shape);
    s = wf_alloc_zero(1, sizeof *s);
    if (s && wf_trace_of_plan(&s->trace, plan, *weights, NULL)) {
        wf_free(s);
        s = NULL;
    }
    wf_free(*weights);
    *weights = NULL;
    if (!s)
        return NULL;
    wf_init(&s->refs, 1);
    if (!is_own) { /* it may run again */
        plan->shape = retain_shape(s);
        plan->release_shape = release_shape;
    }
    return s;
}

/* ---- Runs ---------------------------------------------------------------------- */

static size_t size_of(const struct wf_ran *ran)
{
    return TASKS_A_RUN + (ran->shape ? weft_trace_n_tasks(ran->shape->trace) : 0);
}

static void forget(struct wf_recorder *r, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        r->n_tasks -= size_of(&r->runs[i]);
        release_shape(r->runs[i].shape);
    }
    r->n -= n;
    if (r->n)
        memmove(r->runs, r->runs + n, r->n * sizeof *r->runs);
}

/* Half of them at a time, so that what is left need not move with every run. */
static void make_room(struct wf_recorder *r)
{
    size_t n = 0, n_tasks = r->n_tasks;

    if (!r->keeps_all)
        n = r->n;
    else if (r->n_tasks > MOST_TASKS)
        for (; n + 1 < r->n && n_tasks > MOST_TASKS / 2; n++)
            n_tasks -= size_of(&r->runs[n]);
    if (n)
        forget(r, n);
}

/* False: no memory. */
static bool has_room(struct wf_recorder *r)
{
    struct wf_ran *grown = wf_grow(r->runs, r->n, &r->room, sizeof *grown);

    r->runs = grown ? grown : r->runs;
    return grown;
}

void wf_record_run(struct wf_recorder *r, const struct wf_ran *ran, bool is_own, int64_t *weights)
{
    wf_mutex_lock(&r->lock);
    wf_free(r->weights);
    r->weights = weights;
    r->n_told++;
    if (has_room(r) && (ran->shape || !r->keeps_all)) {
        make_room(r);
        r->runs[r->n] = *ran;
        if (is_own || ran->shape)
            r->runs[r->n].plan = NULL;
        r->n_tasks += size_of(ran);
        r->n++;
    } else {
        release_shape(ran->shape); /* no memory for it: the others are told */
    }
    wf_mutex_unlock(&r->lock);
}

static void add_sample(struct wf_recorder *r, const struct weft_sample *sample)
{
    struct weft_sample *grown = wf_grow(r->samples, r->n_samples, &r->room_samples, sizeof *grown);

    if (!grown)
        return;
    r->samples = grown;
    r->samples[r->n_samples++] = *sample;
}

void wf_record_sample(struct wf_recorder *r, const struct weft_sample *sample, bool runs)
{
    wf_mutex_lock(&r->lock);
    r->n_samples -= r->n_samples && r->last_is_idle && !runs && r->n_told == r->n_told_then;
    r->last_is_idle = !runs;
    r->n_told_then = r->n_told;
    add_sample(r, sample);
    wf_mutex_unlock(&r->lock);
}

void wf_recorder_fini(struct wf_recorder *r)
{
    forget(r, r->n);
    wf_free(r->runs);
    wf_free(r->weights);
    wf_free(r->samples);
    wf_mutex_fini(&r->lock);
}

/* ---- As one trace ---------------------------------------------------------------- */

static int by_end(const void *a, const void *b)
{
    const uint64_t x = ((const struct wf_ran *)a)->span.end.ticks, y = ((const struct wf_ran *)b)->span.end.ticks;

    return (x > y) - (x < y);
}

struct making {
    struct wf_recorder    *r;
    struct wf_ran         *ran; /* those that are to be in it, by end */
    size_t                 n;
    const weft_trace     **shapes;
    struct wf_span        *spans;
    struct weft_trace_run *runs;
    struct weft_event     *events;
    struct weft_sample    *samples;
    struct wf_moment       begin, end;
    struct wf_trace_run    run;
};

/* The window is from the first begin to the last end. */
static void find_window(struct making *m)
{
    m->begin = m->ran[0].span.begin;
    m->end = m->ran[0].span.end;
    for (size_t i = 1; i < m->n; i++) {
        const struct wf_span *s = &m->ran[i].span;

        m->begin = s->begin.ticks < m->begin.ticks ? s->begin : m->begin;
        m->end = s->end.ticks > m->end.ticks ? s->end : m->end;
    }
    m->run.wall_ns = m->end.ns > m->begin.ns ? m->end.ns - m->begin.ns : 0;
}

static void fill_runs(struct making *m)
{
    uint32_t n_tasks = 0;

    for (size_t i = 0; i < m->n; i++) {
        const struct wf_ran *ran = &m->ran[i];
        const uint32_t n = (uint32_t)weft_trace_n_tasks(m->shapes[i]);

        m->spans[i] = ran->span;
        m->spans[i].first_task = n_tasks;
        /* By the clock of events, so that these lie within; the two of a moment may be read some time apart. */
        m->runs[i] = (struct weft_trace_run){.first_task = n_tasks, .n_tasks = n, .status = ran->status,
                                             .begin_ns = wf_moment_ns(ran->span.begin.ticks, m->begin, m->end),
                                             .end_ns = wf_moment_ns(ran->span.end.ticks, m->begin, m->end)};
        n_tasks += n;
    }
    m->run.runs = m->runs;
    m->run.n_runs = m->n;
}

/* Those in the window, and the ones just before and after stand for its begin and end: a short run has
 * none between. */
static void fill_samples(struct making *m)
{
    size_t n = 0;

    for (size_t i = 0; i < m->r->n_samples; i++) {
        struct weft_sample s = m->r->samples[i];

        s.at_ns -= m->begin.ns;
        if (s.at_ns <= 0) {
            s.at_ns = 0;
            n = 0;
        }
        m->samples[n++] = s;
        if (s.at_ns >= m->run.wall_ns) {
            m->samples[n - 1].at_ns = m->run.wall_ns;
            break;
        }
    }
    m->run.samples = m->samples;
    m->run.n_samples = n;
}

/* All events, by worker. */
static void fill_events(struct making *m, weft_pool *pool, size_t room)
{
    for (int i = 0; i < pool->n_workers; i++)
        m->run.n_events += wf_tracer_read(&pool->workers[i].tracer, i, m->spans, m->n, m->begin, m->end,
                                          m->events + m->run.n_events, room - m->run.n_events, &m->run.n_lost);
}

/* Texts lent from `a`. `began_ns` is of the monotonic clock. */
static struct weft_trace_about about_of(const struct wf_about *a, int64_t began_ns)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (struct weft_trace_about){
        .program = a->program, .machine = a->machine, .version = weft_version(),
        .began_unix_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec - (wf_now_ns() - began_ns),
        .memory_bytes = a->memory_bytes, .n_cores = a->n_cores};
}

weft_status wf_record_trace(weft_trace **out, weft_pool *pool, bool all, struct weft_error *err)
{
    struct wf_recorder *r = &pool->recorder;
    struct making m = {.r = r, .run = {.n_workers = pool->n_workers}};
    struct wf_about about = {0};
    struct weft_trace_about told;
    struct weft_event *places;
    weft_trace *of_plan = NULL;
    size_t room = 0;
    weft_status st;

    wf_mutex_lock(&r->lock);
    if (!r->n) {
        st = weft_error_set(err, WEFT_EMPTY, "this pool has not run anything");
        goto out;
    }
    for (int i = 0; i < pool->n_workers; i++)
        room += wf_tracer_n(&pool->workers[i].tracer) + 3;
    m.n = all ? r->n : 1;
    m.ran = r->runs + r->n - m.n;
    m.shapes = wf_alloc_array(m.n, sizeof *m.shapes);
    m.spans = wf_alloc_array(m.n, sizeof *m.spans);
    m.runs = wf_alloc_array(m.n, sizeof *m.runs);
    m.samples = wf_alloc_array(r->n_samples, sizeof *m.samples);
    m.events = wf_alloc_array(room, sizeof *m.events);
    if (!m.shapes || !m.spans || !m.runs || !m.samples || !m.events) {
        st = wf_error_nomem(err, "a trace");
        goto out;
    }
    qsort(m.ran, m.n, sizeof *m.ran, by_end);
    if (m.ran[0].plan) {
        st = wf_trace_of_plan(&of_plan, m.ran[0].plan, r->weights, err);
        if (st)
            goto out;
    } else if (!m.ran[0].shape) {
        st = wf_error_nomem(err, "a trace");
        goto out;
    }
    for (size_t i = 0; i < m.n; i++)
        m.shapes[i] = of_plan ? of_plan : m.ran[i].shape->trace;
    find_window(&m);
    fill_runs(&m);
    fill_samples(&m);
    fill_events(&m, pool, room);
    wf_about_look(&about);
    told = about_of(&about, m.begin.ns);
    m.run.about = &told;
    st = wf_trace_join(out, m.shapes, m.n, &m.run, &places, err);
    if (!st && m.run.n_events)
        memcpy(places, m.events, m.run.n_events * sizeof *m.events);
out:
    wf_mutex_unlock(&r->lock);
    weft_trace_free(of_plan);
    wf_free(m.shapes);
    wf_free(m.spans);
    wf_free(m.runs);
    wf_free(m.samples);
    wf_free(m.events);
    return st;
}

weft_status weft_trace_of_pool(weft_trace **out, weft_pool *pool, struct weft_error *err)
{
    weft_status st;

    if (!pool)
        return wf_error_nomem(err, "a pool");
    if (!pool->traces)
        return weft_error_set(err, WEFT_INVALID, "this pool was made without .trace");
    wf_mutex_lock(&pool->lock);
    st = wf_record_trace(out, pool, false, err);
    wf_mutex_unlock(&pool->lock);
    return st;
}
