/* graph.c - the set of tasks: adding, naming, referring, failing. */
#include "lib/graph/graph.h"

#include <stdarg.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

weft_graph *weft_graph_new(void)
{
    weft_graph *g = wf_alloc_zero(1, sizeof *g);

    if (!g)
        return NULL;
    wf_arena_init(&g->arena);
    wf_map_init(&g->keys);
    g->last_kind = UINT32_MAX;
    wf_error_nomem(&g->nomem_error, "a task");
    g->nomem = (struct weft_task){.graph = g, .arg = &g->nomem_error, .id = UINT32_MAX,
                                  .kind = UINT32_MAX, .what = WF_TASK_FAILED};
    return g;
}

/* Gives back a taken argument. */
static void free_arg(void *arg, const struct weft_type *type, void (*free_it)(void *arg))
{
    if (free_it)
        free_it(arg);
    else if (type && type->free)
        type->free(arg);
}

static size_t slab_bytes(int slab)
{
    return ((size_t)WF_FIRST_SLAB << slab) * sizeof(struct weft_task);
}

void weft_graph_free(weft_graph *g)
{
    if (!g)
        return;
    for (uint32_t i = 0; i < g->n_tasks; i++) {
        const weft_task *t = wf_graph_at(g, i);

        if (t->what == WF_TASK_VALUE)
            weft_value_release(*(struct weft_value *)t->arg);
        else if (t->extra && !t->extra->arg_bytes && t->what == WF_TASK_BODY)
            free_arg(t->arg, t->extra->arg_type, t->extra->free_arg);
    }
    for (int s = 0; s < WF_MAX_SLABS; s++)
        wf_pages_free(g->slabs[s], slab_bytes(s));
    wf_free(g->kinds);
    wf_free(g->kind_slots);
    wf_free(g->layers);
    wf_map_fini(&g->keys);
    wf_arena_fini(&g->arena);
    wf_free(g);
}

void *wf_graph_alloc(weft_graph *g, size_t bytes)
{
    return wf_arena_alloc(&g->arena, bytes, 16);
}

char *wf_graph_strdup(weft_graph *g, const char *text)
{
    return wf_arena_strdup(&g->arena, text);
}

weft_task *wf_graph_nomem(weft_graph *g)
{
    return &g->nomem;
}

/* ---- Adding ---------------------------------------------------------------- */

/* A task with a number and nothing else; NULL: no memory. */
static weft_task *new_task(weft_graph *g, uint32_t kind, enum wf_what what)
{
    const uint32_t shifted = g->n_tasks + WF_FIRST_SLAB;
    const int slab = 31 - __builtin_clz(shifted) - 6;
    weft_task *t;

    if (slab >= WF_MAX_SLABS - 1)
        return NULL;
    if (!g->slabs[slab]) {
        g->slabs[slab] = wf_pages_alloc(slab_bytes(slab));
        if (!g->slabs[slab])
            return NULL;
    }
    t = wf_graph_at(g, g->n_tasks);
    *t = (struct weft_task){.graph = g, .id = g->n_tasks, .kind = kind, .what = (uint16_t)what};
    g->n_tasks++;
    return t;
}

/* A task that is not a call: the kinds of these are told apart by name alone. */
static weft_task *new_plain(weft_graph *g, const char *name, enum wf_what what)
{
    const struct wf_kind kind = {.name = name, .file = "", .n_results = 1};
    const uint32_t number = wf_graph_kind(g, &kind);

    return number == UINT32_MAX ? NULL : new_task(g, number, what);
}

static weft_task *fail_kind(weft_graph *g, const struct weft_error *err, const struct wf_kind *kind)
{
    const uint32_t number = wf_graph_kind(g, kind);
    struct weft_error *kept = wf_graph_alloc(g, sizeof *kept);
    weft_task *t = number != UINT32_MAX && kept ? new_task(g, number, WF_TASK_FAILED) : NULL;

    if (!t)
        return &g->nomem;
    *kept = *err;
    if (!kept->site[0] && kind->line)
        snprintf(kept->site, sizeof kept->site, "%s:%d", kind->file, kind->line);
    t->arg = kept;
    return t;
}

weft_task *wf_graph_fail_with(weft_graph *g, const struct weft_error *err, const char *file, int line)
{
    const struct wf_kind kind = {.name = "failed", .file = file ? file : "", .line = line, .n_results = 1};

    return g ? fail_kind(g, err, &kind) : NULL;
}

weft_task *weft_graph_fail(weft_graph *g, weft_status status, const char *fmt, ...)
{
    struct weft_error err;
    va_list args;

    va_start(args, fmt);
    wf_error_setv(&err, status, fmt, args);
    va_end(args);
    return wf_graph_fail_with(g, &err, NULL, 0);
}

enum { MOST_RESULTS = UINT16_MAX + 1 }; /* struct weft_task counts them in 16 bits */

/* Whether the dependencies can be read; else says why not. A failed one gives
 * its own error, untouched. */
static weft_status check_deps(const weft_graph *g, const struct weft_task_spec *spec,
                              const char *name, struct weft_error *err)
{
    if (spec->arity > 0 && spec->n_deps != (size_t)spec->arity)
        return weft_error_set(err, WEFT_INVALID, "%s: takes %d inputs and got %zu", name,
                              spec->arity, spec->n_deps);
    if (spec->n_results > MOST_RESULTS)
        return weft_error_set(err, WEFT_INVALID, "%s: %d results; at most %d are possible", name,
                              spec->n_results, MOST_RESULTS);
    if (spec->n_deps > UINT32_MAX / 2)
        return weft_error_set(err, WEFT_INVALID, "%s: %zu inputs; at most 2^31 are possible", name,
                              spec->n_deps);
    for (size_t i = 0; i < spec->n_deps; i++) {
        const weft_task *dep = spec->deps[i];

        if (!dep)
            return weft_error_set(err, WEFT_INVALID, "%s: input %zu is NULL", name, i);
        if (dep->graph != g)
            return weft_error_set(err, WEFT_INVALID, "%s: input %zu (%s) belongs to another graph",
                                  name, i, weft_task_name(dep));
        if (dep->what == WF_TASK_FAILED) {
            *err = *(const struct weft_error *)dep->arg;
            return err->status;
        }
    }
    return WEFT_OK;
}

/* Copies the numbers of the dependencies into the task. */
static bool set_deps(weft_task *t, weft_task *const *deps, size_t n)
{
    uint32_t *to = t->deps.few;

    if (n > 2) {
        to = wf_arena_alloc(&t->graph->arena, n * sizeof *to, sizeof *to);
        if (!to)
            return false;
        t->deps.many = to;
    }
    for (size_t i = 0; i < n; i++)
        to[i] = deps[i]->id;
    t->n_deps = (uint32_t)n;
    return true;
}

static bool needs_extra(const struct weft_task_spec *spec)
{
    return spec->key || spec->n_index || spec->arg_type || spec->free_arg || spec->arg_bytes ||
           spec->result_bytes || spec->flags & WEFT_PURE;
}

/* What only this task has; a copied argument is copied here. NULL: no memory. */
static struct wf_extra *extra_of(weft_graph *g, const struct weft_task_spec *spec, void **arg)
{
    struct wf_extra *x = wf_arena_alloc(&g->arena, sizeof *x, _Alignof(struct wf_extra));

    if (!x)
        return NULL;
    x->arg_type = spec->arg_bytes ? NULL : spec->arg_type;
    x->free_arg = spec->arg_bytes ? NULL : spec->free_arg;
    x->arg_bytes = spec->arg_bytes;
    x->result_bytes = spec->result_bytes;
    x->n_index = spec->n_index;
    for (int i = 0; i < spec->n_index; i++)
        x->index[i] = spec->index[i];
    if (spec->arg_bytes) {
        void *copy = wf_arena_alloc(&g->arena, spec->arg_bytes, 16);

        if (!copy)
            return NULL;
        *arg = memcpy(copy, spec->arg, spec->arg_bytes);
    }
    if (spec->key) {
        x->key = wf_graph_strdup(g, spec->key);
        if (!x->key)
            return NULL;
    }
    return x;
}

/* The place of `key`, and the task it means now, if any. NULL: no memory. */
static uint64_t *key_place(weft_graph *g, const char *key, uint32_t id, weft_task **taken)
{
    bool fresh;
    uint64_t *place = wf_map_put(&g->keys, key, strlen(key), id, &fresh);

    *taken = place && !fresh ? wf_graph_at(g, (uint32_t)*place) : NULL;
    return place;
}

/* Makes `t`, whose key is a lasting copy, the meaning of the key; a REF to it
 * becomes an alias. False: no memory. */
static bool bind_key(weft_graph *g, const char *key, weft_task *t)
{
    weft_task *ref;
    uint64_t *place = key_place(g, key, t->id, &ref);

    if (!place)
        return false;
    if (ref && ref != t) {
        WF_ASSERT(ref->what == WF_TASK_REF);
        ref->what = WF_TASK_ALIAS;
        ref->deps.few[0] = t->id;
        ref->n_deps = 1;
        *place = t->id;
    }
    return true;
}

/* The task that has `key` already, unless it is only referred to. */
static weft_task *key_holder(const weft_graph *g, const char *key)
{
    uint64_t *place = wf_map_find(&g->keys, key, strlen(key));
    weft_task *t = place ? wf_graph_at(g, (uint32_t)*place) : NULL;

    return t && t->what != WF_TASK_REF ? t : NULL;
}

static weft_status check_key(const weft_graph *g, const struct weft_task_spec *spec, struct weft_error *err)
{
    const weft_task *holder = spec->key ? key_holder(g, spec->key) : NULL;
    char site[128];

    if (!holder)
        return WEFT_OK;
    wf_task_site(holder, site, sizeof site);
    return weft_error_set(err, WEFT_DUPLICATE, "key \"%s\" is used twice: at %s:%d and at %s", spec->key,
                          spec->file ? spec->file : "?", spec->line, site[0] ? site : "?");
}

/* A key of its own for a plain task, or one that failed. Without memory, a task
 * that nobody can name is left behind: a failed one, lest a plan stumble over it. */
static weft_task *with_key(weft_task *t, const char *key)
{
    weft_graph *g = t->graph;
    struct wf_extra *x = wf_arena_alloc(&g->arena, sizeof *x, _Alignof(struct wf_extra));
    char *copy = wf_graph_strdup(g, key);

    if (t == &g->nomem)
        return t;
    if (x && copy) {
        x->key = copy;
        t->extra = x;
        if (bind_key(g, copy, t))
            return t;
    }
    t->what = WF_TASK_FAILED;
    t->arg = &g->nomem_error;
    t->n_deps = 0;
    return &g->nomem;
}

weft_task *weft_graph_add(weft_graph *g, const struct weft_task_spec *spec)
{
    struct wf_kind kind = {.body = spec->body, .name = spec->name, .layer = spec->layer,
                           .file = spec->file ? spec->file : "", .line = spec->line,
                           .flags = spec->flags & WEFT_PURE,
                           .n_results = spec->n_results ? (uint32_t)spec->n_results : 1};
    struct weft_body_name where;
    struct weft_error err;
    struct wf_extra *extra = NULL;
    void *arg = spec->arg;
    uint32_t number;
    weft_task *t = NULL;

    WF_ASSERT(spec->body && spec->n_index <= WEFT_MAX_DIMS && spec->n_results >= 0);
    if (!g)
        goto fail;
    t = &g->nomem;
    if (spec->key && (spec->flags & WEFT_SHARE) && key_holder(g, spec->key)) {
        t = key_holder(g, spec->key);
        goto fail;
    }
    if (!kind.name) {
        const bool known = !weft_body_name(spec->body, &where, NULL) && where.symbol[0];

        kind.name = known ? where.symbol : "task";
    }
    if (check_key(g, spec, &err)) {
        t = fail_kind(g, &err, &kind);
        goto fail;
    }
    if (check_deps(g, spec, kind.name, &err)) {
        t = fail_kind(g, &err, &kind);
        if (spec->key) /* who refers to it shall hear why it failed */
            t = with_key(t, spec->key);
        goto fail;
    }
    number = wf_graph_kind(g, &kind);
    if (number == UINT32_MAX)
        goto fail;
    if (needs_extra(spec)) {
        extra = extra_of(g, spec, &arg);
        if (!extra)
            goto fail;
    }
    t = new_task(g, number, WF_TASK_FAILED); /* until it is whole */
    if (!t) {
        t = &g->nomem;
        goto fail;
    }
    t->arg = &g->nomem_error;
    if (!set_deps(t, spec->deps, spec->n_deps) || (extra && extra->key && !bind_key(g, extra->key, t)))
        goto fail;
    t->what = WF_TASK_BODY;
    t->arg = arg;
    t->extra = extra;
    if (kind.flags & WEFT_PURE)
        extra->token = wf_task_make_token(t);
    return t;
fail:
    if (!spec->arg_bytes)
        free_arg(spec->arg, spec->arg_type, spec->free_arg);
    return t;
}

weft_task *weft_graph_put(weft_graph *g, struct weft_value value)
{
    struct weft_value *kept = g ? wf_graph_alloc(g, sizeof *kept) : NULL;
    weft_task *t = kept ? new_plain(g, value.type ? value.type->name : "nothing", WF_TASK_VALUE) : NULL;

    if (!t) {
        weft_value_release(value);
        return g ? &g->nomem : NULL;
    }
    *kept = value;
    t->arg = kept;
    return t;
}

/* A plain task that leads to `to`. */
static weft_task *lead(weft_graph *g, const char *name, enum wf_what what, weft_task *to)
{
    weft_task *t = new_plain(g, name, what);

    if (!t)
        return &g->nomem;
    t->n_deps = 1;
    t->deps.few[0] = to->id;
    return t;
}

weft_task *weft_graph_alias(weft_graph *g, const char *key, weft_task *task)
{
    const struct weft_task_spec spec = {.key = key, .deps = &task, .n_deps = 1};
    const struct wf_kind kind = {.name = "alias", .file = "", .n_results = 1};
    struct weft_error err;

    if (!g)
        return NULL;
    if (check_key(g, &spec, &err))
        return fail_kind(g, &err, &kind);
    if (check_deps(g, &spec, key, &err))
        return with_key(fail_kind(g, &err, &kind), key);
    return with_key(lead(g, "alias", WF_TASK_ALIAS, task), key);
}

weft_task *weft_graph_ref(weft_graph *g, const char *key)
{
    weft_task *t = weft_graph_find(g, key);

    if (t || !g)
        return t;
    t = new_plain(g, "ref", WF_TASK_REF);
    if (!t)
        return &g->nomem;
    g->has_forward = true;
    return with_key(t, key);
}

weft_task *weft_task_result(weft_task *task, int k)
{
    const weft_task *made = task ? wf_task_resolve(task) : NULL;
    int n;

    if (!task || task->what == WF_TASK_FAILED)
        return task;
    n = !made || made->what == WF_TASK_VALUE ? 1 : (int)wf_task_kind(made)->n_results;
    if (k < 0 || k >= n)
        return weft_graph_fail(task->graph, WEFT_INVALID, "%s: result %d of %d", weft_task_name(task), k, n);
    if (n == 1)
        return task;
    task = lead(task->graph, weft_task_name(made), WF_TASK_RESULT, task);
    task->k = (uint16_t)k;
    return task;
}

uint32_t weft_graph_layer(weft_graph *g, const char *name)
{
    char *copy = g ? wf_graph_strdup(g, name) : NULL;

    if (!copy)
        return 0;
    if (g->n_layers == g->room_layers) {
        const uint32_t room = g->room_layers ? g->room_layers * 2 : 16;
        const char **layers = wf_realloc(g->layers, room * sizeof *layers);

        if (!layers)
            return 0;
        g->layers = layers;
        g->room_layers = room;
    }
    g->layers[g->n_layers++] = copy;
    return g->n_layers;
}

const weft_task *wf_task_resolve(const weft_task *t)
{
    /* A chain of aliases is no longer than the graph, or it is a circle. */
    for (uint32_t steps = 0; t->what == WF_TASK_ALIAS; steps++) {
        if (steps > t->graph->n_tasks)
            return NULL;
        t = wf_graph_at(t->graph, t->deps.few[0]);
    }
    return t;
}

/* ---- Asking ---------------------------------------------------------------- */

size_t weft_graph_n_tasks(const weft_graph *g)
{
    return g ? g->n_tasks : 0;
}

weft_task *weft_graph_task(const weft_graph *g, size_t i)
{
    WF_ASSERT(i < g->n_tasks);
    return wf_graph_at(g, (uint32_t)i);
}

weft_task *weft_graph_find(const weft_graph *g, const char *key)
{
    uint64_t *place = g ? wf_map_find(&g->keys, key, strlen(key)) : NULL;

    return place ? wf_graph_at(g, (uint32_t)*place) : NULL;
}

const char *weft_graph_layer_name(const weft_graph *g, uint32_t layer)
{
    return g && layer ? g->layers[layer - 1] : "";
}

weft_graph *weft_task_graph(const weft_task *t)
{
    return t ? t->graph : NULL;
}

size_t weft_task_id(const weft_task *t)
{
    return t ? t->id : UINT32_MAX; /* as of the task that is always there */
}

const char *weft_task_name(const weft_task *t)
{
    return !t || t->kind == UINT32_MAX ? "failed" : wf_task_kind(t)->name;
}

uint32_t weft_task_layer(const weft_task *t)
{
    return !t || t->kind == UINT32_MAX ? 0 : wf_task_kind(t)->layer;
}

size_t weft_task_n_deps(const weft_task *t)
{
    return t ? t->n_deps : 0;
}

weft_task *weft_task_dep(const weft_task *t, size_t i)
{
    WF_ASSERT(i < t->n_deps);
    return wf_graph_at(t->graph, wf_task_deps(t)[i]);
}

void wf_task_site(const weft_task *t, char *text, size_t size)
{
    const struct wf_kind *kind = t->kind == UINT32_MAX ? NULL : wf_task_kind(t);

    if (kind && kind->line)
        snprintf(text, size, "%s:%d", kind->file, kind->line);
    else
        text[0] = '\0';
}

weft_status weft_task_status(const weft_task *t, struct weft_error *err)
{
    if (!t)
        return wf_error_nomem(err, "a graph");
    if (t->what != WF_TASK_FAILED)
        return WEFT_OK;
    if (err)
        *err = *(const struct weft_error *)t->arg;
    return ((const struct weft_error *)t->arg)->status;
}
