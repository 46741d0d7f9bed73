/* clone.c - the same work once more, under new keys and perhaps after something. */
#include <weft/rewire.h>

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/checkpoint.h"
#include "lib/graph/graph.h"
#include "lib/graph/source.h"
#include "lib/graph/terms.h"

struct cloning {
    weft_graph *g;
    weft_task  *parent; /* NULL: none */
    uint64_t    seed;
    weft_task **clone;  /* by number, of tasks that were there; NULL: not yet */
    bool       *open;   /* by number: it waits for what it needs to be cloned */
    uint32_t   *stack;
    size_t      n_stack, room;
    weft_task **deps;
    size_t      room_deps;
};

static bool push(struct cloning *c, uint32_t id)
{
    uint32_t *stack = wf_grow(c->stack, c->n_stack, &c->room, sizeof *stack);

    if (!stack)
        return false;
    c->stack = stack;
    c->stack[c->n_stack++] = id;
    return true;
}

static weft_task *clone_body(struct cloning *c, const weft_task *t)
{
    const struct wf_kind *kind = wf_task_kind(t);
    const struct wf_extra *x = wf_task_extra(t);
    struct weft_task_spec spec = {.name = kind->by_symbol ? NULL : kind->name, .layer = kind->layer, .body = kind->body,
                                  .arg = wf_task_arg(t), .n_deps = t->n_deps, .n_results = (int)kind->n_results,
                                  .flags = kind->flags, .priority = kind->priority, .file = kind->file, .line = kind->line};
    weft_task *made;

    if (t->n_deps + (size_t)1 > c->room_deps) {
        weft_task **deps = wf_realloc(c->deps, (t->n_deps + (size_t)1) * sizeof *deps);

        if (!deps)
            return NULL;
        c->deps = deps;
        c->room_deps = t->n_deps + (size_t)1;
    }
    for (uint32_t i = 0; i < t->n_deps; i++)
        c->deps[i] = c->clone[wf_task_deps(t)[i]];
    if (!t->n_deps && c->parent) {
        c->deps[spec.n_deps++] = c->parent;
        spec.flags |= WF_TASK_WAITS;
    }
    spec.deps = c->deps;
    spec.terms = kind->terms;
    if (x) {
        spec.arg_bytes = x->arg_bytes;
        spec.index = x->index;
        spec.n_index = x->n_index;
        spec.result_bytes = x->result_bytes;
    }
    made = weft_graph_add(c->g, &spec);
    if (made->what == WF_TASK_BODY && !wf_sources_copy(made, t))
        return NULL;
    if (!x || made->what != WF_TASK_BODY || !made->has_extra)
        return made;
    /* What was taken is freed once, by the task it was given to. */
    if (!x->arg_bytes) {
        wf_task_extra(made)->arg_type = x->arg_type;
        wf_task_extra(made)->is_lent = true;
    }
    if (kind->flags & WEFT_PURE)
        wf_task_extra(made)->token = wf_token_add(x->token, &c->seed, sizeof c->seed);
    return made;
}

/* All it needs is cloned. NULL: no memory. */
static weft_task *clone_one(struct cloning *c, weft_task *t)
{
    switch ((enum wf_what)t->what) {
    case WF_TASK_BODY:   return clone_body(c, t);
    case WF_TASK_ALIAS:  return c->clone[t->deps.few[0]];
    case WF_TASK_RESULT: return weft_task_result(c->clone[t->deps.few[0]], (int)t->deps.few[1]);
    case WF_TASK_VALUE:  return c->parent ? wf_graph_after(c->g, t, c->parent) : t;
    default:             return t;
    }
}

/* Depth first, without recursion: graphs may be as deep as they have tasks. A circle is
 * left as it is, for the plan to tell of. */
static bool clone_all(struct cloning *c, uint32_t target)
{
    if (!push(c, target))
        return false;
    while (c->n_stack) {
        const uint32_t id = c->stack[c->n_stack - 1];
        const size_t before = c->n_stack;
        weft_task *t = wf_graph_at(c->g, id);

        for (uint32_t i = 0; !c->clone[id] && !c->open[id] && i < t->n_deps; i++) {
            const uint32_t dep = wf_task_deps(t)[i];

            if (!c->clone[dep] && !c->open[dep] && !push(c, dep))
                return false;
        }
        c->open[id] = true;
        if (c->n_stack > before)
            continue;
        c->n_stack--;
        for (uint32_t i = 0; i < t->n_deps; i++)
            if (!c->clone[wf_task_deps(t)[i]])
                c->clone[wf_task_deps(t)[i]] = wf_graph_at(c->g, wf_task_deps(t)[i]);
        if (!c->clone[id] && !(c->clone[id] = clone_one(c, t)))
            return false;
    }
    return true;
}

static bool begin(struct cloning *c, const struct weft_clone_spec *spec)
{
    const size_t n = c->g->n_tasks;

    c->seed = spec && spec->seed ? spec->seed : ~(uint64_t)n;
    c->clone = wf_alloc_zero(n + 1, sizeof *c->clone);
    c->open = wf_alloc_zero(n + 1, sizeof *c->open);
    if (!c->clone || !c->open)
        return false;
    for (size_t i = 0; spec && i < spec->n_omit; i++)
        if (spec->omit[i] && wf_task_id(spec->omit[i]) < n)
            c->clone[wf_task_id(spec->omit[i])] = spec->omit[i];
    return true;
}

void weft_graph_bind(weft_graph *g, weft_task *const *tasks, size_t n, weft_task *parent,
                     const struct weft_clone_spec *spec, weft_task **out)
{
    struct cloning c = {.g = g, .parent = parent};
    const uint32_t n_tasks = g ? g->n_tasks : 0;
    bool ok = g && begin(&c, spec);

    for (size_t i = 0; i < n; i++) {
        const uint32_t id = tasks[i] && ok ? wf_task_id(tasks[i]) : UINT32_MAX;

        if (ok && id < n_tasks)
            ok = clone_all(&c, id);
        /* A task that failed for want of memory has no number. */
        out[i] = !g || !tasks[i] ? NULL : !ok ? wf_graph_nomem(g) : id < n_tasks ? c.clone[id] : tasks[i];
    }
    wf_free(c.clone);
    wf_free(c.open);
    wf_free(c.stack);
    wf_free(c.deps);
}

void weft_graph_clone(weft_graph *g, weft_task *const *tasks, size_t n, const struct weft_clone_spec *spec, weft_task **out)
{
    weft_graph_bind(g, tasks, n, NULL, spec, out);
}

/* ---- Of collections ------------------------------------------------------------- */

/* The parts of `c`. Given: wf_free(). */
static weft_status parts_of(struct weft_collection c, weft_task ***out, struct weft_error *err)
{
    weft_task **parts = wf_alloc_array(weft_collection_n_parts(c), sizeof *parts);
    const weft_status st = parts ? weft_collection_parts(c, parts, err) : wf_error_nomem(err, "a collection");

    if (st)
        wf_free(parts);
    else
        *out = parts;
    return st;
}

weft_task *weft_collection_checkpoint(struct weft_collection c)
{
    weft_task **parts, *t;
    struct weft_error err;

    if (!c.type)
        return NULL;
    if (parts_of(c, &parts, &err))
        return wf_graph_fail_with(c.type->graph(c.self), &err, NULL, 0);
    t = weft_graph_checkpoint(c.type->graph(c.self), parts, weft_collection_n_parts(c));
    wf_free(parts);
    return t;
}

weft_status weft_collection_wait_on(struct weft_collection c, struct weft_collection *out, struct weft_error *err)
{
    const size_t n = weft_collection_n_parts(c);
    weft_task **parts;
    weft_status st = parts_of(c, &parts, err);

    if (st)
        return st;
    weft_graph_wait_on(c.type->graph(c.self), parts, n, parts);
    st = weft_collection_rebuild(c, c.type->graph(c.self), parts, n, out, err);
    wf_free(parts);
    return st;
}

weft_status weft_collection_bind(struct weft_collection c, weft_task *parent, const struct weft_clone_spec *spec,
                                 struct weft_collection *out, struct weft_error *err)
{
    const size_t n = weft_collection_n_parts(c);
    weft_task **parts;
    weft_status st = parts_of(c, &parts, err);

    if (st)
        return st;
    weft_graph_bind(c.type->graph(c.self), parts, n, parent, spec, parts);
    st = weft_collection_rebuild(c, c.type->graph(c.self), parts, n, out, err);
    wf_free(parts);
    return st;
}

weft_status weft_collection_clone(struct weft_collection c, const struct weft_clone_spec *spec,
                                  struct weft_collection *out, struct weft_error *err)
{
    return weft_collection_bind(c, NULL, spec, out, err);
}
