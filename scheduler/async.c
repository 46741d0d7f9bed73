/* async.c - futures that wait for futures: each a run of its own, which begins when its inputs are there. */
#include "scheduler/async.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"

enum { HELD, BEGUN };

struct input {
    struct wf_listener listener;
    struct wf_async   *async;
    weft_future       *of;      /* held; NULL: not any more */
    bool               listens;
};

struct wf_async {
    weft_future     *f;
    struct weft_async_spec spec; /* deps are in `inputs`, terms in `terms` */
    struct weft_terms terms;
    _Atomic uint32_t refs, n_wait, state;
    struct input    *inputs;
    _Alignas(16) char bytes[];   /* of the argument, then the inputs */
};

static void let_go(struct wf_async *a)
{
    if (wf_sub(&a->refs, 1) == 1)
        wf_free(a);
}

static void drop_inputs(struct wf_async *a, struct wf_endings *e)
{
    for (size_t i = 0; i < a->spec.n_deps; i++) {
        weft_future *of = a->inputs[i].of;

        a->inputs[i].of = NULL;
        if (of)
            wf_future_drop(of, e);
    }
}

void wf_async_free(struct wf_async *a, struct wf_endings *e)
{
    drop_inputs(a, e);
    if (a->spec.free_arg)
        a->spec.free_arg(a->spec.arg);
    let_go(a);
}

/* ---- Beginning ------------------------------------------------------------------ */

static void fail(struct wf_async *a, weft_status st, const struct weft_error *err, struct wf_endings *e)
{
    a->f->statuses[0] = st;
    a->f->values[0] = wf_future_failed(err);
    wf_endings_add(e, a->f);
}

/* The value of one input, or why there is none. */
static weft_status value_of(const struct wf_async *a, weft_future *of, struct weft_value *out, struct weft_error *err)
{
    weft_status st = weft_future_get(of, 0, out, err);

    /* Nobody else can ask for it any more. */
    if (st == WEFT_UNSUPPORTED && !weft_future_status(of) && !a->spec.keep_failed && wf_load_acquire(&of->refs) == 1)
        return weft_future_take(of, 0, out, err);
    return st;
}

/* Its graph: a task, and its inputs as known values. */
static weft_status build(struct wf_async *a, weft_plan **plan, struct weft_error *err)
{
    const struct weft_async_spec *s = &a->spec;
    weft_graph *g = a->f->own_graph = weft_graph_new();
    weft_task **deps = s->n_deps ? wf_alloc_array(s->n_deps, sizeof *deps) : NULL;
    const struct weft_task_spec task = {.name = s->name, .body = s->body, .arg = s->arg, .deps = deps, .n_deps = s->n_deps,
                                        .flags = s->flags, .terms = &a->terms};
    weft_status st = !g || (s->n_deps && !deps) ? wf_error_nomem(err, "an async task") : WEFT_OK;
    weft_task *t;

    for (size_t i = 0; !st && i < s->n_deps; i++) {
        struct weft_value v = weft_value_none();

        st = value_of(a, a->inputs[i].of, &v, err);
        if (!st)
            deps[i] = weft_graph_put(g, v);
    }
    if (!st) {
        t = s->body ? weft_graph_add(g, &task) : deps[0];
        st = weft_plan_new(plan, &t, 1, NULL, err);
    }
    wf_free(deps);
    return st;
}

/* All inputs have ended. */
static void begin(struct wf_async *a, struct wf_endings *e)
{
    const struct weft_run_spec run = {.keep_failed = a->spec.keep_failed};
    weft_future *f = a->f;
    weft_plan *plan = NULL;
    struct weft_error err;
    uint32_t state = HELD;
    weft_status st;

    if (!wf_cas(&a->state, &state, BEGUN))
        return;
    st = build(a, &plan, &err);
    if (!st)
        st = wf_future_equip(f, plan, &run, &err);
    if (!a->spec.keep_failed)
        drop_inputs(a, e);
    if (st) {
        f->plan = NULL;
        weft_plan_free(plan);
        fail(a, st, &err, e);
        return;
    }
    f->own_plan = true;
    wf_pool_go(f->pool, f);
}

static void hear(struct wf_listener *l, struct wf_endings *e)
{
    struct wf_async *a = ((struct input *)l)->async;

    /* Release: our input is there. Acquire, for the last: so are all. */
    if (wf_sub(&a->n_wait, 1) == 1)
        begin(a, e);
    let_go(a);
}

/* Listens to all inputs, and begins if they are there. */
static void start(struct wf_async *a, struct wf_endings *e)
{
    uint32_t n = 1;

    wf_store_relaxed(&a->n_wait, (uint32_t)a->spec.n_deps + 1);
    wf_store_relaxed(&a->state, HELD);
    wf_add(&a->refs, (uint32_t)a->spec.n_deps + 1);
    for (size_t i = 0; i < a->spec.n_deps; i++) {
        struct input *in = &a->inputs[i];

        in->listener.hear = hear;
        in->listens = wf_listen(&in->listener, in->of);
        if (!in->listens) {
            n++;
            let_go(a);
        }
    }
    if (wf_sub(&a->n_wait, n) == n)
        begin(a, e);
    let_go(a);
}

/* ---- Ending ---------------------------------------------------------------------- */

void wf_async_cancel(weft_future *f, struct wf_endings *e)
{
    struct wf_async *a = f->async;
    struct weft_error err;
    uint32_t state = HELD;

    if (!wf_cas(&a->state, &state, BEGUN))
        return;
    for (size_t i = 0; i < a->spec.n_deps; i++)
        if (a->inputs[i].listens && wf_listen_no_more(&a->inputs[i].listener))
            let_go(a);
    wf_future_say_stopped(f, &err);
    fail(a, WEFT_CANCELLED, &err, e);
}

void wf_async_unwanted(weft_future *f, struct wf_endings *e)
{
    bool wanted;

    wf_mutex_lock(&f->lock);
    wanted = f->is_told || f->listeners;
    wf_mutex_unlock(&f->lock);
    if (!wanted)
        wf_future_stop(f, "nobody holds its future", e);
}

void wf_async_over(weft_future *f)
{
    if (f->kept)
        return; /* for weft_future_rerun() */
    if (f->own_plan)
        weft_plan_free(f->plan);
    f->own_plan = false;
    weft_graph_free(f->own_graph);
    f->own_graph = NULL;
}

/* ---- Making ---------------------------------------------------------------------- */

static weft_status make(weft_pool *pool, const struct weft_async_spec *spec, weft_future **out, struct weft_error *err)
{
    const size_t room = (spec->arg_bytes + 15) & ~(size_t)15;
    struct wf_async *a = wf_alloc_zero(1, sizeof *a + room + spec->n_deps * sizeof *a->inputs);
    weft_future *f = a ? wf_future_blank(pool) : NULL;

    if (!f) {
        wf_free(a);
        return wf_error_nomem(err, "an async task");
    }
    a->f = f;
    a->spec = *spec;
    a->spec.deps = NULL;
    a->spec.terms = NULL;
    if (spec->terms)
        a->terms = *spec->terms;
    wf_init(&a->refs, 1);
    if (spec->arg_bytes) {
        a->spec.arg = memcpy(a->bytes, spec->arg, spec->arg_bytes);
        a->spec.free_arg = NULL;
    }
    a->inputs = (struct input *)(void *)(a->bytes + room);
    for (size_t i = 0; i < spec->n_deps; i++) {
        a->inputs[i].async = a;
        a->inputs[i].of = weft_future_retain(spec->deps[i]);
    }
    f->async = a;
    *out = f;
    return WEFT_OK;
}

weft_status weft_pool_async(weft_pool *pool, const struct weft_async_spec *spec, weft_future **out, struct weft_error *err)
{
    struct wf_endings e = {0};
    weft_future *f = NULL;
    weft_status st = wf_pool_may_run(pool, err);

    if (!st && !spec->body && spec->n_deps != 1)
        st = weft_error_set(err, WEFT_INVALID, "an async task without a body gives the result of one other, not of %zu", spec->n_deps);
    if (!st)
        st = make(pool, spec, &f, err);
    if (st) {
        if (!spec->arg_bytes && spec->free_arg)
            spec->free_arg(spec->arg);
        return st;
    }
    f->is_held = true;
    wf_pool_hold(pool);
    start(f->async, &e);
    wf_endings_tell(&e);
    if (out)
        *out = f;
    else
        weft_future_forget(f);
    return WEFT_OK;
}

weft_status weft_future_then(weft_future *f, const struct weft_async_spec *spec, weft_future **out, struct weft_error *err)
{
    struct weft_async_spec with = *spec;
    weft_future **deps = wf_alloc_array(spec->n_deps + 1, sizeof *deps);
    weft_status st;

    if (!deps) {
        if (!spec->arg_bytes && spec->free_arg)
            spec->free_arg(spec->arg);
        return wf_error_nomem(err, "an async task");
    }
    deps[0] = f;
    for (size_t i = 0; i < spec->n_deps; i++)
        deps[i + 1] = spec->deps[i];
    with.deps = deps;
    with.n_deps++;
    st = weft_pool_async(f->pool, &with, out, err);
    wf_free(deps);
    return st;
}

weft_status weft_pool_async_map(weft_pool *pool, const struct weft_async_spec *spec, const void *args, size_t arg_bytes,
                                size_t n, weft_future **outs, struct weft_error *err)
{
    struct weft_async_spec one = *spec;
    weft_status st = WEFT_OK;

    one.arg_bytes = arg_bytes;
    for (size_t i = 0; i < n; i++)
        outs[i] = NULL;
    for (size_t i = 0; !st && i < n; i++) {
        one.arg = (char *)(uintptr_t)args + i * arg_bytes;
        st = weft_pool_async(pool, &one, &outs[i], err);
    }
    for (size_t i = 0; st && i < n; i++) {
        weft_future_free(outs[i]);
        outs[i] = NULL;
    }
    return st;
}

weft_status weft_pool_scatter(weft_pool *pool, struct weft_value value, weft_future **out, struct weft_error *err)
{
    const struct weft_async_spec none = {0};
    struct wf_endings e = {0};
    weft_status st = wf_pool_may_run(pool, err);

    if (!st)
        st = make(pool, &none, out, err);
    if (st) {
        weft_value_release(value);
        return st;
    }
    wf_store_relaxed(&(*out)->async->state, BEGUN);
    (*out)->values[0] = value;
    wf_endings_add(&e, *out);
    wf_endings_tell(&e);
    return WEFT_OK;
}

weft_status weft_future_gather(weft_future *const *fs, size_t n, struct weft_value *outs, bool skip, struct weft_error *err)
{
    weft_status first = WEFT_OK;

    for (size_t i = 0; i < n; i++) {
        struct weft_value v = weft_value_none();
        const weft_status st = weft_future_take(fs[i], 0, &v, first ? NULL : err);

        first = first || skip ? first : st;
        outs[i] = st ? weft_value_none() : v;
    }
    for (size_t i = 0; first && i < n; i++) {
        weft_value_release(outs[i]);
        outs[i] = weft_value_none();
    }
    return first;
}

/* ---- Once more --------------------------------------------------------------------- */

weft_status weft_future_retry(weft_future *f, struct weft_error *err)
{
    struct wf_async *a = f->async;
    struct wf_endings e = {0};
    weft_status st;

    if (!a || !a->spec.keep_failed)
        return weft_error_set(err, WEFT_UNSUPPORTED, "this future was not made to be run again: its spec has no keep_failed");
    if (!(wf_load_acquire(&f->done) & WF_DONE_LEFT) || !f->status)
        return weft_error_set(err, WEFT_INVALID, "a future is run again that has not failed");
    st = wf_pool_may_run(f->pool, err);
    for (size_t i = 0; !st && i < a->spec.n_deps; i++)
        if (weft_future_status(a->inputs[i].of) > WEFT_OK && weft_future_is_done(a->inputs[i].of))
            st = weft_future_retry(a->inputs[i].of, err);
    if (st)
        return st;
    if (f->kept)
        wf_future_unkeep(f);
    wf_async_over(f);
    wf_future_renew(f);
    wf_pool_hold(f->pool);
    start(a, &e);
    wf_endings_tell(&e);
    return WEFT_OK;
}
