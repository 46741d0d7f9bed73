/* bag.c - a bag: a source, and the steps since. */
#include "lib/bag/bag.h"

#include <stdarg.h>
#include <string.h>

#include "lib/bag/pipe.h"
#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/plan.h"

/* ---- Failing ----------------------------------------------------------------- */

weft_bag *wf_bag_failed(weft_graph *g, weft_task *failed)
{
    weft_bag *b = g && failed ? wf_graph_alloc(g, sizeof *b) : NULL;

    if (b)
        *b = (weft_bag){.graph = g, .failed = failed};
    return b;
}

static weft_task *fail_with(weft_graph *g, const struct weft_step *step, weft_status status,
                            const char *fmt, va_list args)
{
    struct weft_error err = {0};

    if (!g)
        return NULL;
    wf_error_setv(&err, status, fmt, args);
    return wf_graph_fail_with(g, &err, step ? step->file : NULL, step ? step->line : 0);
}

weft_bag *wf_bag_fail(weft_graph *g, const struct weft_step *step, weft_status status, const char *fmt, ...)
{
    va_list args;
    weft_task *failed;

    va_start(args, fmt);
    failed = fail_with(g, step, status, fmt, args);
    va_end(args);
    return wf_bag_failed(g, failed);
}

weft_task *wf_bag_fail_task(weft_graph *g, const struct weft_step *step, weft_status status,
                            const char *fmt, ...)
{
    va_list args;
    weft_task *failed;

    va_start(args, fmt);
    failed = fail_with(g, step, status, fmt, args);
    va_end(args);
    return failed;
}

bool wf_bag_is_failed(const weft_bag *b, weft_task **failed)
{
    *failed = b ? b->failed : NULL;
    return !b || b->failed;
}

/* ---- Steps ------------------------------------------------------------------- */

/* Frees an argument that was taken; NULL: nobody does. */
static void (*freer_of(const struct weft_step *step))(void *arg)
{
    return step->free_arg ? step->free_arg : step->arg_type ? step->arg_type->free : NULL;
}

/* An argument that was taken, as a value the graph frees. */
struct held {
    void *arg;
    void (*free_arg)(void *arg);
};

static void held_free(void *data)
{
    struct held *h = data;

    h->free_arg(h->arg);
    wf_free(h);
}

static const struct weft_type held_type = {.name = "argument", .free = held_free};

void wf_step_drop(const struct weft_step *step)
{
    if (step && !step->arg_bytes && freer_of(step))
        freer_of(step)(step->arg);
}

/* Lets the graph free the argument; false: no memory, and it is freed. */
static bool hold(weft_graph *g, const struct weft_step *step)
{
    struct held *h = wf_alloc(sizeof *h);
    weft_task *t;

    if (!h) {
        freer_of(step)(step->arg);
        return false;
    }
    *h = (struct held){step->arg, freer_of(step)};
    t = weft_graph_put(g, weft_value_of_ptr(&held_type, h));
    return weft_task_status(t, NULL) == WEFT_OK;
}

struct wf_step *wf_step_new(weft_graph *g, enum wf_step_op op, const struct weft_step *step, const char *name)
{
    static const struct weft_step defaults = {0};
    struct wf_step *s = wf_graph_alloc(g, sizeof *s);

    if (!step)
        step = &defaults;
    if (!s) {
        wf_step_drop(step);
        return NULL;
    }
    *s = (struct wf_step){.op = op, .name = name, .file = step->file, .line = step->line, .arg = step->arg,
                          .arg_bytes = step->arg_bytes, .arg_type = step->arg_bytes ? NULL : step->arg_type,
                          .is_pure = step->flags & WEFT_PURE};
    if (!s->file) {
        s->file = g->here.file;
        s->line = g->here.line;
    }
    if (step->arg_bytes) {
        s->arg = wf_graph_alloc(g, step->arg_bytes);
        if (!s->arg)
            return NULL;
        memcpy(s->arg, step->arg, step->arg_bytes);
    } else if (freer_of(step) && !hold(g, step)) {
        return NULL;
    }
    if (step->name) {
        s->name = wf_graph_strdup(g, step->name);
        if (!s->name)
            return NULL;
    }
    return s;
}

/* ---- Bags -------------------------------------------------------------------- */

struct wf_base *wf_base_new(weft_graph *g, struct wf_shape shape, int n)
{
    struct wf_base *base = wf_graph_alloc(g, sizeof *base);
    weft_task **tasks = wf_graph_alloc(g, (size_t)n * sizeof *tasks);

    if (!base || !tasks)
        return NULL;
    *base = (struct wf_base){.shape = shape, .n_partitions = n, .tasks = tasks};
    return base;
}

weft_bag *wf_bag_over(weft_graph *g, const struct wf_base *base)
{
    weft_bag *b = base ? wf_graph_alloc(g, sizeof *b) : NULL;

    if (b)
        *b = (weft_bag){.graph = g, .shape = base->shape, .base = base, .from = wf_graph_origin(g)};
    return b;
}

const weft_bag *wf_bag_first(const weft_bag *b, int *n_steps)
{
    int n = 0;

    for (; b->before; b = b->before)
        n++;
    if (n_steps)
        *n_steps = n;
    return b;
}

bool wf_bag_to_join(weft_bag *b)
{
    if ((!b->before && b->base->tasks) || wf_origin_joins(b->graph, &b->from, WEFT_PASS_BAGS))
        return true;
    return weft_bag_keep(b);
}

const struct wf_base *wf_bag_parts(weft_bag *b)
{
    struct wf_saved saved;
    struct wf_base *base;
    struct wf_pipe *pipe;

    if (!b->before && b->base->tasks)
        return b->base;
    saved = wf_origin_enter(b->graph, &b->from);
    pipe = wf_pipe_make(b, &wf_sink_keep, NULL, NULL);
    base = wf_base_new(b->graph, b->shape, wf_bag_n(b));
    if (pipe && base)
        wf_pipe_tasks(b, pipe, NULL, base->tasks);
    wf_origin_leave(b->graph, &saved);
    return pipe ? base : NULL;
}

weft_bag *weft_bag_keep(weft_bag *b)
{
    weft_task *failed;
    const struct wf_base *base;

    if (wf_bag_is_failed(b, &failed))
        return b;
    base = wf_bag_parts(b);
    if (!base)
        return NULL;
    /* Chains that go on from here begin at what is kept, also those built before. */
    b->base = base;
    b->before = NULL;
    b->step = NULL;
    return b;
}

weft_bag *weft_bag_here(weft_bag *b, const char *file, int line)
{
    if (b)
        weft_graph_at(b->graph, file, line);
    return b;
}

int weft_bag_n_partitions(const weft_bag *b)
{
    return b && !b->failed ? wf_bag_n(b) : 0;
}

enum weft_record_kind weft_bag_kind(const weft_bag *b)
{
    return b ? b->shape.kind : WEFT_SAME;
}

size_t weft_bag_record_bytes(const weft_bag *b)
{
    return b ? b->shape.bytes : 0;
}

weft_task *weft_bag_task(weft_bag *b, int partition)
{
    weft_task *failed;

    if (wf_bag_is_failed(b, &failed))
        return failed;
    WF_ASSERT(partition >= 0 && partition < wf_bag_n(b));
    return weft_bag_keep(b) ? b->base->tasks[partition] : wf_graph_nomem(b->graph);
}
