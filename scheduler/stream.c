/* stream.c - the parts of a collection one by one as they come, or in their order.
 *
 * Behind each part stands a task that hands it over and is its last reader, so the run
 * holds no part. It waits while enough lie there, but only if the taker has one to take:
 * whoever waits here is let go by the taker, never by a worker, who may be waiting, too.
 *
 * What always holds, under the lock:
 *   1. A part is handed over, then taken, each at most once; n_held are between.
 *   2. queue[head .. tail) are the numbers of the parts between, in the order they came.
 */
#include <weft/compute.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"

enum state { COMING, HELD, GONE };

struct part {
    weft_stream      *stream;
    struct weft_value value;
    enum state        state;
};

struct weft_stream {
    weft_future *future;  /* NULL: there are no parts */
    size_t       n, n_ahead, n_held;
    bool         unordered;
    wf_mutex     lock;    /* guards what follows, and n_held */
    wf_cond      changed;
    bool         stopped; /* nobody takes any more */
    bool         ended;   /* what has not come does not come */
    struct part *parts;
    size_t      *queue, head, tail;
    size_t       next;    /* in order: whose turn it is; all below are gone */
};

/* Under the lock. False: nothing to take now. */
static bool find(const weft_stream *s, size_t *i)
{
    if (s->unordered && s->head < s->tail) {
        *i = s->queue[s->head];
        return true;
    }
    *i = s->next;
    return !s->unordered && s->next < s->n && s->parts[s->next].state == HELD;
}

/* One holder more where that is no copy, else the value itself. */
static weft_status value_of(weft_call *call, struct weft_value *out)
{
    const struct weft_value in = weft_call_input(call, 0);

    if (in.type && in.type->share)
        return weft_value_retain(in, out);
    *out = in;
    return in.type ? weft_call_take(call, 0, out) : WEFT_OK;
}

static weft_status hand_over(weft_call *call, void *arg, struct weft_error *err)
{
    struct part *p = arg;
    weft_stream *s = p->stream;
    struct weft_value value;
    const weft_status st = value_of(call, &value);
    size_t i;

    if (st)
        return weft_error_set(err, st, "stream: a part that others read, too, can neither be shared nor copied");
    wf_mutex_lock(&s->lock);
    while (!s->stopped && s->n_held >= s->n_ahead && find(s, &i))
        wf_cond_wait(&s->changed, &s->lock);
    p->value = value;
    p->state = HELD;
    s->n_held++;
    s->queue[s->tail++] = (size_t)(p - s->parts);
    wf_cond_wake_all(&s->changed);
    wf_mutex_unlock(&s->lock);
    return WEFT_OK;
}

static void all_came(void *arg, weft_status status)
{
    weft_stream *s = arg;

    (void)status;
    wf_mutex_lock(&s->lock);
    s->ended = true;
    wf_cond_wake_all(&s->changed);
    wf_mutex_unlock(&s->lock);
}

static void free_memory(weft_stream *s)
{
    for (size_t i = 0; s->parts && i < s->n; i++)
        if (s->parts[i].state == HELD)
            weft_value_release(s->parts[i].value);
    wf_cond_fini(&s->changed);
    wf_mutex_fini(&s->lock);
    wf_free(s->parts);
    wf_free(s->queue);
    wf_free(s);
}

/* A task behind each part, in its place. */
static void add_tasks(weft_stream *s, weft_graph *g, weft_task **tasks)
{
    const uint32_t layer = weft_graph_layer(g, "stream");

    for (size_t i = 0; i < s->n; i++) {
        const int64_t index = (int64_t)i;

        s->parts[i].stream = s;
        tasks[i] = weft_graph_add(g, &(struct weft_task_spec){.name = "stream", .index = &index, .n_index = 1, .layer = layer,
                                                              .body = hand_over, .arg = &s->parts[i], .deps = &tasks[i], .n_deps = 1});
    }
}

weft_status weft_stream_new(weft_stream **out, weft_pool *pool, struct weft_collection c, const struct weft_stream_spec *spec,
                            struct weft_error *err)
{
    const size_t n = weft_collection_n_parts(c);
    weft_stream *s = NULL;
    weft_task **tasks = NULL;
    struct weft_run_spec run = {.done = all_came};
    weft_status st;

    if (!pool)
        return wf_error_nomem(err, "a pool");
    if (pool->kind == WEFT_POOL_PROCESSES)
        return weft_error_set(err, WEFT_UNSUPPORTED, "stream: what a pool of processes makes cannot be had before its run has ended");
    s = wf_alloc_zero(1, sizeof *s);
    tasks = wf_alloc_array(n, sizeof *tasks);
    if (!s || !tasks) {
        wf_free(s);
        wf_free(tasks);
        return wf_error_nomem(err, "a stream");
    }
    wf_mutex_init(&s->lock);
    wf_cond_init(&s->changed);
    s->n = n;
    s->unordered = spec && spec->unordered;
    s->n_ahead = spec && spec->n_ahead ? spec->n_ahead : 2 * (size_t)weft_pool_n_workers(pool);
    if (pool->kind == WEFT_POOL_SERIAL)
        s->n_ahead = n; /* it runs before anybody takes */
    s->parts = wf_alloc_zero(n, sizeof *s->parts);
    s->queue = wf_alloc_array(n, sizeof *s->queue);
    st = s->parts && s->queue ? weft_collection_parts(c, tasks, err) : wf_error_nomem(err, "a stream");
    s->ended = !n; /* nothing is no run */
    if (!st && n) {
        add_tasks(s, c.type->graph(c.self), tasks);
        run.done_arg = s;
        run.on_error = spec ? spec->on_error : WEFT_POISON;
        st = weft_pool_submit(pool, tasks, n, &run, &s->future, err);
    }
    wf_free(tasks);
    if (st) {
        free_memory(s);
        return st;
    }
    *out = s;
    return WEFT_OK;
}

/* A part that does not come: the first, and from now on it is gone. False: there is none. */
static bool find_lost(weft_stream *s, size_t *i)
{
    while (s->next < s->n && s->parts[s->next].state == GONE)
        s->next++;
    *i = s->next;
    if (s->next == s->n)
        return false;
    s->parts[s->next++].state = GONE;
    return true;
}

weft_status weft_stream_next(weft_stream *s, size_t *at, struct weft_value *out, struct weft_error *err)
{
    bool found, lost = false;
    size_t i;

    wf_mutex_lock(&s->lock);
    while (!(found = find(s, &i)) && !s->ended)
        wf_cond_wait(&s->changed, &s->lock);
    if (found) {
        *out = s->parts[i].value;
        s->parts[i].state = GONE;
        s->n_held--;
        s->head += s->unordered;
        s->next += !s->unordered;
        wf_cond_wake_all(&s->changed);
    } else {
        lost = find_lost(s, &i);
    }
    wf_mutex_unlock(&s->lock);
    if (at && (found || lost))
        *at = i;
    if (found)
        return WEFT_OK;
    if (lost)
        return weft_future_take(s->future, i, NULL, err);
    return weft_error_set(err, WEFT_EMPTY, "stream: all %zu parts were taken", s->n);
}

void weft_stream_free(weft_stream *s)
{
    if (!s)
        return;
    wf_mutex_lock(&s->lock);
    s->stopped = true;
    wf_cond_wake_all(&s->changed);
    wf_mutex_unlock(&s->lock);
    if (s->future)
        weft_future_cancel(s->future);
    weft_future_free(s->future);
    free_memory(s);
}
