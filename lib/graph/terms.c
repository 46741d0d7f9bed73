/* terms.c - how tasks want to be run, kept once for all that want the same. */
#include "lib/graph/terms.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/plan.h"

/* `task` NULL: they are of a scope. */
static const char *name_of(const struct weft_task_spec *task, struct weft_body_name *where)
{
    if (!task)
        return "annotate";
    return task->name ? task->name : wf_body_symbol(task->body, where);
}

static weft_status check_needs(const struct weft_terms *t, const char *name, struct weft_error *err)
{
    for (size_t i = 0; i < t->n_needs; i++) {
        const struct weft_need *need = &t->needs[i];

        if (!need->resource)
            return weft_error_set(err, WEFT_INVALID, "%s: need %zu names no resource", name, i);
        if (need->units <= 0)
            return weft_error_set(err, WEFT_INVALID, "%s: needs %d units of \"%s\"; at least 1 is possible", name,
                                  need->units, need->resource);
        for (size_t k = 0; k < i; k++)
            if (strcmp(t->needs[k].resource, need->resource) == 0)
                return weft_error_set(err, WEFT_INVALID, "%s: needs %zu and %zu are both of \"%s\"", name, k, i,
                                      need->resource);
    }
    return WEFT_OK;
}

/* What a task or a scope says by itself. */
static weft_status check(const struct weft_terms *t, const struct weft_task_spec *task, struct weft_error *err)
{
    struct weft_body_name where;
    const char *name = name_of(task, &where);

    if (t->retries < 0)
        return weft_error_set(err, WEFT_INVALID, "%s: %d retries", name, t->retries);
    if (t->retries && task && !(task->flags & (WEFT_PURE | WEFT_KEEP)))
        return weft_error_set(err, WEFT_INVALID,
                              "%s: %d retries of a task that is not pure: only tasks marked WEFT_PURE may be run again",
                              name, t->retries);
    if (t->backoff_ns < 0 || t->timeout_ns < 0)
        return weft_error_set(err, WEFT_INVALID, "%s: a %s of %lld ns", name,
                              t->backoff_ns < 0 ? "backoff" : "timeout",
                              (long long)(t->backoff_ns < 0 ? t->backoff_ns : t->timeout_ns));
    if (t->n_workers < 0 || (t->only_workers && !t->n_workers))
        return weft_error_set(err, WEFT_INVALID, "%s: to run only on %d workers", name, t->n_workers);
    for (int i = 0; i < t->n_workers; i++)
        if (t->workers[i] < 0)
            return weft_error_set(err, WEFT_INVALID, "%s: worker %d; the first is 0", name, t->workers[i]);
    return check_needs(t, name, err);
}

/* What the task says itself goes before what its scope says, each for itself. */
static struct weft_terms merge(const struct weft_terms *said, const struct weft_terms *scope, bool is_pure)
{
    struct weft_terms t = scope ? *scope : (struct weft_terms){0};

    if (said->retries)
        t.retries = said->retries;
    if (said->backoff_ns)
        t.backoff_ns = said->backoff_ns;
    if (said->timeout_ns)
        t.timeout_ns = said->timeout_ns;
    if (said->scratch_bytes)
        t.scratch_bytes = said->scratch_bytes;
    if (said->n_needs) {
        t.needs = said->needs;
        t.n_needs = said->n_needs;
    }
    if (said->n_workers) {
        t.workers = said->workers;
        t.n_workers = said->n_workers;
        t.only_workers = said->only_workers;
    }
    t.lenient |= said->lenient;
    if (!is_pure)
        t.retries = 0;
    if (!t.retries)
        t.backoff_ns = 0;
    return t;
}

/* ---- Equal terms are one --------------------------------------------------- */

/* What tells terms apart, and where lasting ones keep it: numbers, then texts. */
struct flat {
    int64_t retries, backoff_ns, timeout_ns, scratch_bytes, only_workers, lenient;
    int64_t n_workers, n_needs;
};

static size_t flat_bytes(const struct weft_terms *t)
{
    size_t bytes = sizeof(struct flat) + (size_t)t->n_workers * sizeof(int);

    for (size_t i = 0; i < t->n_needs; i++)
        bytes += sizeof t->needs[i].units + strlen(t->needs[i].resource) + 1;
    return bytes;
}

static void flatten(char *to, const struct weft_terms *t)
{
    const struct flat flat = {.retries = t->retries, .backoff_ns = t->backoff_ns, .timeout_ns = t->timeout_ns,
                              .scratch_bytes = (int64_t)t->scratch_bytes, .only_workers = t->only_workers, .lenient = t->lenient,
                              .n_workers = t->n_workers, .n_needs = (int64_t)t->n_needs};
    const size_t n_workers = (size_t)t->n_workers * sizeof(int);

    memcpy(to, &flat, sizeof flat);
    to += sizeof flat;
    if (n_workers)
        memcpy(to, t->workers, n_workers);
    to += n_workers;
    for (size_t i = 0; i < t->n_needs; i++) {
        memcpy(to, &t->needs[i].units, sizeof t->needs[i].units);
        to = stpcpy(to + sizeof t->needs[i].units, t->needs[i].resource) + 1;
    }
}

/* Terms whose lists lie in `flat`, which lasts. NULL: no memory. */
static const struct weft_terms *keep(weft_graph *g, const struct weft_terms *t, const char *flat)
{
    struct weft_terms *kept = wf_graph_alloc(g, sizeof *kept);
    struct weft_need *needs = wf_graph_alloc(g, (t->n_needs + 1) * sizeof *needs);
    const char *at = flat + sizeof(struct flat);

    if (!kept || !needs)
        return NULL;
    *kept = *t;
    kept->workers = (const int *)(const void *)at;
    at += (size_t)t->n_workers * sizeof(int);
    for (size_t i = 0; i < t->n_needs; i++) {
        at += sizeof needs[i].units;
        needs[i] = (struct weft_need){.resource = at, .units = t->needs[i].units};
        at += strlen(at) + 1;
    }
    kept->needs = needs;
    return kept;
}

static bool is_nothing(const struct weft_terms *t)
{
    return !t->retries && !t->timeout_ns && !t->scratch_bytes && !t->n_needs && !t->n_workers && !t->lenient;
}

/* The one struct of this graph that says this; NULL when it says nothing. False: no memory. */
static bool intern(weft_graph *g, const struct weft_terms *t, const struct weft_terms **out)
{
    const size_t bytes = flat_bytes(t);
    const struct weft_terms *kept;
    char *flat, *lasting;
    uint64_t *place;
    bool fresh;

    *out = NULL;
    if (is_nothing(t))
        return true;
    flat = wf_alloc(bytes);
    if (!flat)
        return false;
    flatten(flat, t);
    place = wf_map_find(&g->terms, flat, bytes);
    if (place) {
        *out = (const struct weft_terms *)(uintptr_t)*place;
        wf_free(flat);
        return true;
    }
    lasting = wf_graph_alloc(g, bytes);
    if (lasting)
        memcpy(lasting, flat, bytes);
    wf_free(flat);
    kept = lasting ? keep(g, t, lasting) : NULL;
    if (!kept || !wf_map_put(&g->terms, lasting, bytes, (uintptr_t)kept, &fresh))
        return false;
    g->has_terms = true;
    *out = kept;
    return true;
}

weft_status wf_terms_of(weft_graph *g, const struct weft_task_spec *spec, const struct weft_terms **out,
                        struct weft_error *err)
{
    const bool is_pure = spec->flags & (WEFT_PURE | WEFT_KEEP);
    const struct weft_terms *scope = is_pure ? g->scope.pure : g->scope.impure;
    struct weft_terms terms;
    weft_status st;

    *out = scope;
    if (g->scope.error || g->scope.n_lost) {
        *err = g->scope.error ? *g->scope.error : g->nomem_error;
        return err->status;
    }
    if (!spec->terms)
        return WEFT_OK;
    st = check(spec->terms, spec, err);
    if (st)
        return st;
    terms = merge(spec->terms, scope, is_pure);
    return intern(g, &terms, out) ? WEFT_OK : wf_error_nomem(err, "the terms of a task");
}

/* ---- Scopes ---------------------------------------------------------------- */

static void set_quick(weft_graph *g)
{
    static const struct weft_terms of_no_kind;

    g->quick_terms = g->scope.error || g->scope.n_lost ? &of_no_kind : g->scope.impure;
}

/* A copy of `err` that lasts, with the place of the scope. */
static const struct weft_error *keep_error(weft_graph *g, const struct weft_error *err,
                                           const struct weft_annotation *a)
{
    struct weft_error *kept = wf_graph_alloc(g, sizeof *kept);

    if (!kept)
        return &g->nomem_error;
    *kept = *err;
    if (!kept->site[0] && a->file && a->line)
        snprintf(kept->site, sizeof kept->site, "%s:%d", a->file, a->line);
    return kept;
}

/* What the scope says, over what was said around it. */
static void enter_scope(weft_graph *g, const struct weft_annotation *a)
{
    struct wf_scope *s = &g->scope;
    struct weft_terms pure, impure;
    struct weft_error err;

    if (check(&a->terms, NULL, &err)) {
        s->error = keep_error(g, &err, a);
        return;
    }
    if (a->priority)
        s->priority = a->priority;
    pure = merge(&a->terms, s->pure, true);
    impure = merge(&a->terms, s->impure, false);
    if (!intern(g, &pure, &s->pure) || !intern(g, &impure, &s->impure))
        s->error = &g->nomem_error;
}

void weft_graph_annotate(weft_graph *g, const struct weft_annotation *a)
{
    struct wf_scope *outer = g ? wf_alloc(sizeof *outer) : NULL;

    if (!g)
        return;
    if (outer) {
        *outer = g->scope;
        g->scope.outer = outer;
        if (!outer->error)
            enter_scope(g, a);
    } else {
        g->scope.n_lost++;
    }
    set_quick(g);
}

void weft_graph_annotate_end(weft_graph *g)
{
    struct wf_scope *outer;

    if (!g)
        return;
    outer = g->scope.outer;
    if (g->scope.n_lost) {
        g->scope.n_lost--;
    } else {
        WF_ASSERT(outer);
        g->scope = *outer;
        wf_free(outer);
    }
    set_quick(g);
}

/* ---- Origins --------------------------------------------------------------- */

void weft_graph_at(weft_graph *g, const char *file, int line)
{
    if (g)
        g->here = (struct wf_place){.file = file, .line = file ? line : 0};
}

void weft_graph_without(weft_graph *g, uint32_t passes)
{
    if (g)
        g->without = passes;
}

struct wf_origin wf_graph_origin(const weft_graph *g)
{
    return (struct wf_origin){.pure = g->scope.pure, .impure = g->scope.impure, .priority = g->scope.priority,
                              .place = g->here};
}

bool wf_origin_joins(const weft_graph *g, const struct wf_origin *o, uint32_t pass)
{
    return !(g->without & pass) && o->pure == g->scope.pure && o->impure == g->scope.impure &&
           o->priority == g->scope.priority;
}

struct wf_saved wf_origin_enter(weft_graph *g, const struct wf_origin *o)
{
    const struct wf_saved saved = {.scope = g->scope, .here = g->here};

    g->scope.pure = o->pure;
    g->scope.impure = o->impure;
    g->scope.priority = o->priority;
    g->here = o->place;
    set_quick(g);
    return saved;
}

void wf_origin_leave(weft_graph *g, const struct wf_saved *saved)
{
    g->scope = saved->scope;
    g->here = saved->here;
    set_quick(g);
}

void wf_terms_fini(weft_graph *g)
{
    while (g->scope.outer)
        weft_graph_annotate_end(g);
    wf_map_fini(&g->terms);
}
