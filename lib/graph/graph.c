/* graph.c - the set of tasks: adding, naming, referring, failing. */
#include "lib/graph/graph.h"

#include <stdarg.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"

static const char no_file[] = "";

weft_graph *weft_graph_new(void)
{
    weft_graph *g = wf_pages_alloc(WF_PAGE_BYTES);

    if (!g)
        return NULL;
    g->head = (struct wf_page){.graph = g, .bias = UINT32_MAX - 1, .has_failed = true};
    g->is_plain = true;
    wf_arena_init(&g->arena);
    wf_map_init(&g->keys);
    g->last_kind = UINT32_MAX;
    wf_error_nomem(&g->nomem_error, "a task");
    g->nomem = (struct weft_task){.arg = &g->nomem_error, .kind = UINT32_MAX, .what = WF_TASK_FAILED};
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

static void free_owned(weft_graph *g)
{
    for (uint32_t i = 0; i < g->n_tasks; i++) {
        const weft_task *t = wf_graph_at(g, i);
        const struct wf_extra *x = wf_task_extra(t);

        if (t->what == WF_TASK_VALUE)
            weft_value_release(*(struct weft_value *)wf_task_arg(t));
        else if (x && !x->arg_bytes && !x->is_lent && t->what == WF_TASK_BODY)
            free_arg(x->arg, x->arg_type, x->free_arg);
    }
}

static size_t slab_bytes(int slab)
{
    return (size_t)WF_PAGE_BYTES << slab;
}

void weft_graph_free(weft_graph *g)
{
    if (!g)
        return;
    if (g->owns)
        free_owned(g);
    for (int s = 0; s < WF_MAX_SLABS; s++)
        wf_pages_free(g->slabs[s], slab_bytes(s));
    wf_free(g->kinds);
    wf_free(g->kind_slots);
    wf_free(g->layers);
    wf_map_fini(&g->keys);
    wf_map_fini(&g->files);
    wf_terms_fini(g);
    wf_arena_fini(&g->arena);
    wf_pages_free(g, WF_PAGE_BYTES);
}

void weft_graph_keys(weft_graph *g, uint32_t flags)
{
    if (g)
        g->key_flags = flags;
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

/* The first place of a new page. NULL: no memory. */
static weft_task *new_page(weft_graph *g)
{
    const uint32_t number = g->n_tasks / WF_TASKS_A_PAGE + 1;
    const int slab = 31 - __builtin_clz(number);
    struct wf_page *page;

    if (slab >= WF_MAX_SLABS)
        return NULL;
    if (!g->slabs[slab]) {
        g->slabs[slab] = wf_pages_alloc(slab_bytes(slab));
        if (!g->slabs[slab])
            return NULL;
    }
    g->next = wf_graph_at(g, g->n_tasks);
    g->end = g->next + WF_TASKS_A_PAGE;
    page = (struct wf_page *)(g->next - 1);
    page->graph = g;
    page->bias = g->n_tasks - 1;
    return g->next;
}

/* Where the next task will lie; it is one once enter() was called. What an attempt
 * that failed has left there is of no consequence. NULL: no memory. */
static inline weft_task *next_place(weft_graph *g)
{
    return g->next != g->end ? g->next : new_page(g);
}

static inline weft_task *enter(weft_graph *g, uint32_t kind, enum wf_what what, void *arg, uint32_t n_deps)
{
    weft_task *t = g->next++;

    t->arg = arg;
    t->kind = kind;
    t->n_deps = n_deps & WF_MOST_DEPS;
    t->what = what & 7;
    t->has_extra = 0;
    g->n_tasks++;
    return t;
}

/* A task that is no plain call. NULL: no memory. */
static weft_task *new_task(weft_graph *g, uint32_t kind, enum wf_what what, void *arg)
{
    weft_task *t = kind == UINT32_MAX || !next_place(g) ? NULL : enter(g, kind, what, arg, 0);

    if (!t)
        return NULL;
    g->is_plain = false;
    if (what == WF_TASK_FAILED)
        wf_task_page(t)->has_failed = true;
    return t;
}

/* A task that is not a call: the kinds of these are told apart by name alone. */
static weft_task *new_named(weft_graph *g, const char *name, enum wf_what what, void *arg)
{
    const struct wf_kind kind = {.name = name, .file = no_file, .n_results = 1};

    return new_task(g, wf_graph_kind(g, &kind), what, arg);
}

static weft_task *fail_kind(weft_graph *g, const struct weft_error *err, const struct wf_kind *kind)
{
    const uint32_t number = wf_graph_kind(g, kind);
    struct weft_error *kept = wf_graph_alloc(g, sizeof *kept);
    weft_task *t = kept ? new_task(g, number, WF_TASK_FAILED, kept) : NULL;

    if (!t)
        return &g->nomem;
    *kept = *err;
    if (!kept->site[0] && kind->line)
        snprintf(kept->site, sizeof kept->site, "%s:%d", kind->file, kind->line);
    return t;
}

weft_task *wf_graph_fail_with(weft_graph *g, const struct weft_error *err, const char *file, int line)
{
    struct wf_kind kind = {.name = "failed", .file = file, .line = line, .n_results = 1};

    if (!g)
        return NULL;
    if (!file && g->here.file) {
        kind.file = g->here.file;
        kind.line = g->here.line;
    }
    if (!kind.file)
        kind.file = no_file;
    return fail_kind(g, err, &kind);
}

weft_task *wf_graph_fail(weft_graph *g, weft_status status, const char *fmt, ...)
{
    struct weft_error err;
    va_list args;

    va_start(args, fmt);
    wf_error_setv(&err, status, fmt, args);
    va_end(args);
    return wf_graph_fail_with(g, &err, NULL, 0);
}

weft_task *weft_graph_fail(weft_graph *g, weft_status status, const char *fmt, ...)
{
    struct weft_error err;
    va_list args;

    va_start(args, fmt);
    wf_error_setv(&err, status, fmt, args);
    va_end(args);
    return wf_graph_fail_with(g, &err, no_file, 0);
}

enum { MOST_RESULTS = UINT16_MAX + 1 };

static const char *name_of(const struct weft_task_spec *spec, struct weft_body_name *where)
{
    return spec->name ? spec->name : wf_body_symbol(spec->body, where);
}

/* Whether the dependencies can be read; else says why not. A failed one gives
 * its own error, untouched. */
static weft_status check_deps(const weft_graph *g, const struct weft_task_spec *spec, struct weft_error *err)
{
    struct weft_body_name where;

    if (spec->arity > 0 && spec->n_deps != (size_t)spec->arity)
        return weft_error_set(err, WEFT_INVALID, "%s: takes %d inputs and got %zu", name_of(spec, &where),
                              spec->arity, spec->n_deps);
    if (spec->n_results > MOST_RESULTS)
        return weft_error_set(err, WEFT_INVALID, "%s: %d results; at most %d are possible",
                              name_of(spec, &where), spec->n_results, MOST_RESULTS);
    if (spec->n_deps > WF_MOST_DEPS)
        return weft_error_set(err, WEFT_INVALID, "%s: %zu inputs; at most %d are possible",
                              name_of(spec, &where), spec->n_deps, WF_MOST_DEPS);
    for (size_t i = 0; i < spec->n_deps; i++) {
        const weft_task *dep = spec->deps[i];

        if (!dep)
            return weft_error_set(err, WEFT_INVALID, "%s: input %zu is NULL", name_of(spec, &where), i);
        if (wf_task_graph(dep) != g)
            return weft_error_set(err, WEFT_INVALID, "%s: input %zu (%s) belongs to another graph",
                                  name_of(spec, &where), i, weft_task_name(dep));
        if (dep->what == WF_TASK_FAILED) {
            *err = *(const struct weft_error *)wf_task_arg(dep);
            return err->status;
        }
    }
    return WEFT_OK;
}

/* Writes the numbers of the dependencies into the place of a task. False: one of
 * them cannot be read (see check_deps()), or there is no memory. */
static inline bool set_deps(weft_graph *g, weft_task *t, weft_task *const *deps, size_t n)
{
    uint32_t *to = t->deps.few;

    if (n > WF_FEW_DEPS) {
        to = n > WF_MOST_DEPS ? NULL : wf_arena_alloc(&g->arena, n * sizeof *to, sizeof *to);
        if (!to)
            return false;
        t->deps.many = to;
    }
    for (size_t i = 0; i < n; i++) {
        const struct wf_page *page = wf_task_page(deps[i]);

        if (!deps[i] || page->graph != g || (page->has_failed && deps[i]->what == WF_TASK_FAILED))
            return false;
        to[i] = page->bias + (uint32_t)(deps[i] - (const weft_task *)page);
    }
    return true;
}

/* What makes a task pure, and which flags a kind has: tasks with any of them are never added
 * the quick way, so these are looked at once for all. */
enum {
    KEYED      = WEFT_PURE | WEFT_KEEP,
    KIND_FLAGS = KEYED | WEFT_ROWS | WEFT_SOME_ROWS | WF_TASK_WAITS | WF_TASK_PASSES,
};

static bool needs_extra(const struct weft_task_spec *spec)
{
    return spec->key || spec->n_index || spec->arg_type || spec->free_arg || spec->arg_bytes ||
           spec->result_bytes || spec->flags & KIND_FLAGS;
}

/* What only this task has; a copied argument is copied here. NULL: no memory. */
static struct wf_extra *extra_of(weft_graph *g, const struct weft_task_spec *spec)
{
    struct wf_extra *x = wf_arena_alloc(&g->arena, sizeof *x + (size_t)spec->n_index * sizeof *x->index,
                                        _Alignof(struct wf_extra));

    if (!x)
        return NULL;
    x->arg = spec->arg;
    x->arg_type = spec->arg_bytes ? NULL : spec->arg_type;
    x->free_arg = spec->arg_bytes ? NULL : spec->free_arg;
    x->arg_bytes = spec->arg_bytes;
    x->is_lent = spec->flags & WF_TASK_LENT;
    x->result_bytes = spec->result_bytes;
    x->n_index = spec->n_index;
    for (int i = 0; i < spec->n_index; i++)
        x->index[i] = spec->index[i];
    if (spec->arg_bytes) {
        void *copy = wf_arena_alloc(&g->arena, spec->arg_bytes, 16);

        if (!copy)
            return NULL;
        x->arg = memcpy(copy, spec->arg, spec->arg_bytes);
    }
    if (spec->key) {
        x->key = wf_graph_strdup(g, spec->key);
        if (!x->key)
            return NULL;
    }
    return x;
}

/* Makes task `id` the meaning of `key`, a lasting copy; a REF to it becomes an
 * alias. False: no memory. */
static bool bind_key(weft_graph *g, const char *key, uint32_t id)
{
    bool fresh;
    uint64_t *place = wf_map_put(&g->keys, key, strlen(key), id, &fresh);

    if (!place)
        return false;
    if (!fresh) {
        weft_task *ref = wf_graph_at(g, (uint32_t)*place);

        WF_ASSERT(ref->what == WF_TASK_REF);
        ref->what = WF_TASK_ALIAS;
        ref->deps.few[0] = id;
        ref->n_deps = 1;
        *place = id;
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

/* A task shared by its key has one set of terms. */
static weft_status check_terms(weft_graph *g, const weft_task *holder, const struct weft_task_spec *spec,
                               struct weft_error *err)
{
    const struct weft_terms *terms;
    weft_status st = holder->what == WF_TASK_BODY ? wf_terms_of(g, spec, &terms, err) : WEFT_OK;

    if (!st && holder->what == WF_TASK_BODY && terms != wf_task_kind(holder)->terms)
        st = weft_error_set(err, WEFT_INVALID, "key \"%s\" is shared by tasks that want to be run differently",
                            spec->key);
    return st;
}

/* A key of its own for a plain task, or one that failed. Without memory, a task
 * that nobody can name is left behind: a failed one, lest a plan stumble over it. */
weft_task *wf_graph_name(weft_task *t, const char *key)
{
    weft_graph *g = wf_task_graph(t);
    struct wf_extra *x = wf_arena_alloc(&g->arena, sizeof *x, _Alignof(struct wf_extra));
    char *copy = wf_graph_strdup(g, key);

    if (t == &g->nomem)
        return t;
    if (x && copy && bind_key(g, copy, wf_task_id(t))) {
        x->key = copy;
        x->arg = t->arg;
        t->arg = x;
        t->has_extra = 1;
        return t;
    }
    if (t->what == WF_TASK_VALUE)
        weft_value_release(*(struct weft_value *)t->arg);
    t->what = WF_TASK_FAILED;
    t->arg = &g->nomem_error;
    t->n_deps = 0;
    wf_task_page(t)->has_failed = true;
    return &g->nomem;
}

static inline uint32_t kind_flags(const struct weft_task_spec *spec)
{
    return (spec->flags & WEFT_KEEP ? KEYED : 0) | (spec->flags & KIND_FLAGS);
}

/* Gives a pure task its token. One that cannot have one, and must, becomes a failed task:
 * its argument is freed by who made it. */
static bool give_token(weft_graph *g, weft_task *t)
{
    struct weft_error err, *kept;

    wf_task_set_token(t);
    if (!wf_task_extra(t)->doubt ||
        !(g->key_flags & WEFT_KEYS_STRICT || wf_task_kind(t)->flags & WEFT_KEEP))
        return true;
    wf_task_doubt(t, &err);
    wf_task_site(t, err.site, sizeof err.site);
    kept = wf_graph_alloc(g, sizeof *kept);
    wf_task_extra(t)->arg = kept ? memcpy(kept, &err, sizeof err) : &g->nomem_error;
    t->what = WF_TASK_FAILED;
    t->n_deps = 0;
    wf_task_page(t)->has_failed = true;
    return false;
}

/* What the task says, else its scope. */
static inline int priority_of(const weft_graph *g, const struct weft_task_spec *spec)
{
    return spec->priority ? spec->priority : g->scope.priority;
}

/* Any task at all, and the reason why it cannot be. */
static weft_task *add_any(weft_graph *g, const struct weft_task_spec *spec)
{
    struct wf_kind kind = {.body = spec->body, .name = spec->name, .layer = spec->layer,
                           .file = spec->file ? spec->file : no_file, .line = spec->line,
                           .flags = kind_flags(spec), .priority = priority_of(g, spec),
                           .n_results = spec->n_results ? (uint32_t)spec->n_results : 1};
    struct weft_error err;
    struct wf_extra *extra = NULL;
    uint32_t number;
    weft_task *t = &g->nomem, *place;

    if (spec->key && (spec->flags & WEFT_SHARE) && key_holder(g, spec->key)) {
        t = key_holder(g, spec->key);
        if (check_terms(g, t, spec, &err))
            t = fail_kind(g, &err, &kind);
        goto fail;
    }
    if (check_key(g, spec, &err)) {
        t = fail_kind(g, &err, &kind);
        goto fail;
    }
    if (check_deps(g, spec, &err) || wf_terms_of(g, spec, &kind.terms, &err)) {
        t = fail_kind(g, &err, &kind);
        if (spec->key) /* who refers to it shall hear why it failed */
            t = wf_graph_name(t, spec->key);
        goto fail;
    }
    number = wf_graph_kind(g, &kind);
    place = next_place(g);
    if (number == UINT32_MAX || !place)
        goto fail;
    if (needs_extra(spec)) {
        extra = extra_of(g, spec);
        if (!extra)
            goto fail;
    }
    if (!set_deps(g, place, spec->deps, spec->n_deps) ||
        (extra && extra->key && !bind_key(g, extra->key, g->n_tasks)))
        goto fail;
    t = enter(g, number, WF_TASK_BODY, extra ? (void *)extra : spec->arg, (uint32_t)spec->n_deps);
    t->has_extra = extra != NULL;
    g->owns |= extra && (extra->arg_type || extra->free_arg);
    if (kind.flags & WEFT_PURE) {
        g->is_plain = false;
        if (!give_token(g, t))
            goto fail;
    }
    return t;
fail:
    if (!spec->arg_bytes && !(spec->flags & WF_TASK_LENT))
        free_arg(spec->arg, spec->arg_type, spec->free_arg);
    return t;
}

/* Whether the task is of the last kind, which then has no flags. */
static inline bool is_last_kind(const weft_graph *g, const struct weft_task_spec *spec)
{
    const struct wf_kind *k = g->last_kind == UINT32_MAX ? NULL : &g->kinds[g->last_kind];

    return k && k->body == spec->body && k->line == spec->line && k->file == (spec->file ? spec->file : no_file) &&
           k->layer == spec->layer && !(k->flags | (spec->flags & KIND_FLAGS)) &&
           k->n_results == (spec->n_results ? (uint32_t)spec->n_results : 1) && k->priority == priority_of(g, spec) &&
           k->terms == g->quick_terms && !spec->terms &&
           k->by_symbol == !spec->name && (!spec->name || strcmp(k->name, spec->name) == 0);
}

weft_task *weft_graph_add(weft_graph *g, const struct weft_task_spec *spec)
{
    WF_ASSERT(spec->body && spec->n_index >= 0 && spec->n_index <= WEFT_MAX_DIMS && spec->n_results >= 0);
    if (!g) {
        if (!spec->arg_bytes)
            free_arg(spec->arg, spec->arg_type, spec->free_arg);
        return NULL;
    }
    /* Most tasks are one more of a loop, with nothing odd about them. All else, what
     * is wrong with a task included, is looked at in its own time. */
    if (!needs_extra(spec) && is_last_kind(g, spec) && spec->n_results <= MOST_RESULTS &&
        (spec->arity <= 0 || spec->n_deps == (size_t)spec->arity)) {
        weft_task *place = next_place(g);

        if (place && set_deps(g, place, spec->deps, spec->n_deps))
            return enter(g, g->last_kind, WF_TASK_BODY, spec->arg, (uint32_t)spec->n_deps);
    }
    return add_any(g, spec);
}

weft_task *weft_graph_put(weft_graph *g, struct weft_value value)
{
    struct wf_known *kept = g ? wf_graph_alloc(g, sizeof *kept) : NULL;
    weft_task *t = kept ? new_named(g, value.type ? value.type->name : "nothing", WF_TASK_VALUE, kept) : NULL;

    if (!t) {
        weft_value_release(value);
        return g ? &g->nomem : NULL;
    }
    kept->value = value;
    g->owns = true;
    return t;
}

/* A plain task that leads to `to`. */
static weft_task *lead(weft_graph *g, const char *name, enum wf_what what, weft_task *to)
{
    weft_task *t = new_named(g, name, what, NULL);

    if (!t)
        return &g->nomem;
    t->n_deps = 1;
    t->deps.few[0] = wf_task_id(to);
    return t;
}

weft_task *weft_graph_alias(weft_graph *g, const char *key, weft_task *task)
{
    const struct weft_task_spec spec = {.name = key, .key = key, .deps = &task, .n_deps = 1};
    const struct wf_kind kind = {.name = "alias", .file = no_file, .n_results = 1};
    struct weft_error err;

    if (!g)
        return NULL;
    if (check_key(g, &spec, &err))
        return fail_kind(g, &err, &kind);
    if (check_deps(g, &spec, &err))
        return wf_graph_name(fail_kind(g, &err, &kind), key);
    return wf_graph_name(lead(g, "alias", WF_TASK_ALIAS, task), key);
}

weft_task *weft_graph_ref(weft_graph *g, const char *key)
{
    weft_task *t = weft_graph_find(g, key);

    if (t || !g)
        return t;
    t = new_named(g, "ref", WF_TASK_REF, NULL);
    if (!t)
        return &g->nomem;
    g->has_forward = true;
    return wf_graph_name(t, key);
}

weft_task *weft_task_result(weft_task *task, int k)
{
    weft_graph *g = weft_task_graph(task);
    const weft_task *made = task ? wf_task_resolve(task) : NULL;
    int n;

    if (!task || task->what == WF_TASK_FAILED)
        return task;
    n = !made || made->what == WF_TASK_VALUE ? 1 : (int)wf_task_kind(made)->n_results;
    if (k < 0 || k >= n)
        return weft_graph_fail(g, WEFT_INVALID, "%s: result %d of %d", weft_task_name(task), k, n);
    if (n == 1)
        return task;
    task = lead(g, weft_task_name(made), WF_TASK_RESULT, task);
    if (task != &g->nomem)
        task->deps.few[1] = (uint32_t)k;
    return task;
}

uint32_t weft_graph_layer(weft_graph *g, const char *name)
{
    char *copy = g ? wf_graph_strdup(g, name) : NULL;

    if (!copy)
        return 0;
    if (g->n_layers == g->room_layers) {
        const uint32_t room = g->room_layers ? g->room_layers * 2 : 16;
        struct wf_layer *layers = wf_realloc(g->layers, room * sizeof *layers);

        if (!layers)
            return 0;
        g->layers = layers;
        g->room_layers = room;
    }
    g->layers[g->n_layers++] = (struct wf_layer){.name = copy, .about = ""};
    return g->n_layers;
}

void weft_graph_layer_tell(weft_graph *g, uint32_t layer, const char *fmt, ...)
{
    char text[512], *copy;
    va_list args;

    if (!g || !layer)
        return;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    copy = wf_graph_strdup(g, text);
    if (copy)
        g->layers[layer - 1].about = copy;
}

const weft_task *wf_task_resolve(const weft_task *t)
{
    const weft_graph *g = wf_task_graph(t);

    /* A chain of aliases is no longer than the graph, or it is a circle. */
    for (uint32_t steps = 0; t->what == WF_TASK_ALIAS; steps++) {
        if (steps > g->n_tasks)
            return NULL;
        t = wf_graph_at(g, t->deps.few[0]);
    }
    return t;
}
