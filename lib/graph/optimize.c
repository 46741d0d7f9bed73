/* optimize.c - what a plan would run, as a graph of its own. */
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/plan.h"
#include "lib/graph/source.h"
#include "lib/graph/terms.h"

struct copying {
    const weft_plan *p;
    const struct weft_optimize_spec *spec; /* NULL: all passes, none of the user's */
    weft_graph      *to;
    weft_task      **made;    /* by node */
    weft_task      **others;  /* further results and values, by slot - first_extra; NULL: not yet */
    const weft_task **values; /* what a known value stands for in the old graph, by slot - first_const */
    weft_task      **deps;
    size_t           room_deps;
};

/* Layers keep their numbers. */
static bool copy_layers(weft_graph *to, const weft_graph *from)
{
    for (uint32_t i = 1; i <= from->n_layers; i++) {
        if (weft_graph_layer(to, weft_graph_layer_name(from, i)) != i)
            return false;
        if (weft_graph_layer_about(from, i)[0])
            weft_graph_layer_tell(to, i, "%s", weft_graph_layer_about(from, i));
    }
    return true;
}

/* What stands for a slot in the new graph. NULL: `err` says why. */
static weft_task *task_of_slot(struct copying *c, uint32_t slot, struct weft_error *err)
{
    struct weft_value kept;
    uint32_t k = 1;
    weft_task **other;
    weft_status st;

    if (slot < c->p->first_extra)
        return c->made[slot];
    other = &c->others[slot - c->p->first_extra];
    if (!*other && slot < c->p->first_const) {
        const uint32_t node = wf_plan_owner(c->p, slot);

        while (wf_plan_slot(c->p, node, k) != slot)
            k++;
        *other = weft_task_result(c->made[node], (int)k);
    }
    st = *other ? WEFT_OK : weft_value_retain(c->p->slots[slot], &kept);
    if (st == WEFT_UNSUPPORTED) {
        weft_error_set(err, WEFT_UNSUPPORTED, "optimize: a value of type %s can be neither shared nor copied",
                       c->p->slots[slot].type ? c->p->slots[slot].type->name : "none");
        return NULL;
    }
    if (st)
        goto no_memory;
    if (!*other) {
        const weft_task *value = c->values[slot - c->p->first_const];
        const struct wf_extra *x = value->what == WF_TASK_VALUE ? wf_task_extra(value) : NULL;

        *other = weft_graph_put(c->to, kept);
        if (x && x->key)
            *other = wf_graph_name(*other, x->key);
        if ((*other)->what == WF_TASK_VALUE && !wf_sources_inherit(*other, value))
            goto no_memory;
    }
    return *other;
no_memory:
    wf_error_nomem(err, "a graph");
    return NULL;
}

static weft_status copy_deps(struct copying *c, const struct wf_inputs *in, struct weft_error *err)
{
    if (in->n > c->room_deps) {
        weft_task **deps = wf_realloc(c->deps, in->n * sizeof *deps);

        if (!deps)
            return wf_error_nomem(err, "a graph");
        c->deps = deps;
        c->room_deps = in->n;
    }
    for (uint32_t k = 0; k < in->n; k++) {
        c->deps[k] = task_of_slot(c, wf_input_slot(in, k), err);
        if (!c->deps[k])
            return err->status;
    }
    return WEFT_OK;
}

static bool has_pass(const struct copying *c)
{
    return c->spec && c->spec->pass;
}

/* The argument: bytes are copied, what can be shared is; all else stays the old graph's. */
static void say_arg(const struct copying *c, struct weft_task_spec *spec, const struct wf_extra *x)
{
    spec->arg_bytes = x->arg_bytes;
    if (x->arg_bytes)
        return;
    spec->arg_type = x->arg_type;
    if (x->arg_type && x->arg_type->share && !has_pass(c))
        spec->arg = x->arg_type->share(x->arg);
    else
        spec->flags |= WF_TASK_LENT;
}

/* What the user's pass makes of it. NULL: nothing of this graph. */
static weft_task *ask_pass(const struct copying *c, const struct weft_task_spec *spec, struct weft_error *err)
{
    weft_task *made = c->spec->pass(c->to, spec, c->spec->pass_arg);

    if (made && weft_task_graph(made) == c->to)
        return made;
    weft_error_set(err, WEFT_INVALID, "optimize: the pass answers %s for %s",
                   made ? "a task of another graph" : "no task", spec->key ? spec->key : spec->name ? spec->name : "a task");
    return NULL;
}

/* What the task reads is read by what stands for it, and so is what is behind it where a pass
 * of the user's has changed that. False: no memory. */
static bool copy_sources(const struct copying *c, weft_task *made, const weft_task *t, size_t n_deps)
{
    bool is_same = made->n_deps == n_deps;

    if (made->what == WF_TASK_FAILED)
        return true;
    for (size_t i = 0; is_same && i < n_deps; i++)
        is_same = wf_task_deps(made)[i] == wf_task_id(c->deps[i]);
    return is_same ? wf_sources_copy(made, t) : wf_sources_inherit(made, t);
}

static weft_task *copy_body(struct copying *c, const weft_task *t, size_t n_deps, struct weft_error *err)
{
    const struct wf_kind *kind = wf_task_kind(t);
    const struct wf_extra *x = wf_task_extra(t);
    struct weft_task_spec spec = {.name = kind->by_symbol ? NULL : kind->name, .layer = kind->layer, .body = kind->body,
                                  .arg = wf_task_arg(t), .deps = c->deps, .n_deps = n_deps,
                                  .n_results = (int)kind->n_results, .flags = kind->flags,
                                  .priority = kind->priority, .file = kind->file, .line = kind->line};
    char key[512];
    weft_task *made;

    spec.terms = kind->terms;
    if (x) {
        say_arg(c, &spec, x);
        spec.key = x->key;
        spec.index = x->index;
        spec.n_index = x->n_index;
        spec.result_bytes = x->result_bytes;
    }
    /* The key made for a task that is not pure has its number, which is another now. */
    if (!spec.key && !(kind->flags & WEFT_PURE) && weft_task_key(t, key, sizeof key) < sizeof key &&
        !weft_graph_find(c->to, key)) {
        spec.key = key;
        spec.n_index = 0;
    }
    made = has_pass(c) ? ask_pass(c, &spec, err) : weft_graph_add(c->to, &spec);
    if (made && !copy_sources(c, made, t, n_deps))
        return wf_graph_nomem(c->to);
    if (has_pass(c))
        return made;
    /* The same work, though what it reads may be known by numbers that are others now. */
    if (kind->flags & WEFT_PURE && made->what == WF_TASK_BODY) {
        wf_task_extra(made)->token = x->token;
        wf_task_extra(made)->doubt = x->doubt;
    }
    return made;
}

static weft_task *copy_task(struct copying *c, uint32_t node, struct weft_error *err)
{
    const weft_task *t = wf_plan_task(c->p, node);
    const struct wf_inputs in = wf_plan_inputs(c->p, node);

    if (t->what == WF_TASK_FAILED)
        return wf_graph_fail_with(c->to, wf_task_arg(t), wf_task_kind(t)->file, wf_task_kind(t)->line);
    return copy_deps(c, &in, err) ? NULL : copy_body(c, t, in.n, err);
}

/* A target known by an alias is known by it still. */
static weft_task *copy_target(struct copying *c, const weft_task *target, uint32_t slot, struct weft_error *err)
{
    const struct wf_extra *x = wf_task_extra(target);
    weft_task *t = task_of_slot(c, slot, err);

    if (t && x && x->key && target->what != WF_TASK_BODY && !weft_graph_find(c->to, x->key))
        return weft_graph_alias(c->to, x->key, t);
    return t;
}

/* A plan knows its values by their slots; keys and sources are their tasks'. */
static bool find_values(struct copying *c)
{
    const weft_plan *p = c->p;

    c->values = wf_alloc_zero((size_t)(p->n_slots - p->first_const) + 1, sizeof *c->values);
    for (uint32_t i = 0; c->values && p->slot_of && i < p->graph->n_tasks; i++) {
        const weft_task *t = wf_graph_at(p->graph, i);
        const uint32_t slot = p->slot_of[i] - 1;

        /* An alias stands for the slot of the value itself, which goes before it. */
        if (p->slot_of[i] && slot >= p->first_const && (t->what == WF_TASK_VALUE || !c->values[slot - p->first_const]))
            c->values[slot - p->first_const] = t;
    }
    return c->values;
}

static weft_status copy_all(struct copying *c, weft_task **out, weft_task *const *targets, size_t n,
                            struct weft_error *err)
{
    c->made = wf_alloc_zero((size_t)c->p->n_nodes + 1, sizeof *c->made);
    c->others = wf_alloc_zero((size_t)(c->p->n_slots - c->p->first_extra) + 1, sizeof *c->others);
    if (!c->made || !c->others || !find_values(c) || !c->to || !copy_layers(c->to, c->p->graph))
        return wf_error_nomem(err, "a graph");
    for (uint32_t i = 0; i < c->p->n_nodes; i++) {
        c->made[i] = copy_task(c, i, err);
        if (!c->made[i])
            return err->status;
        if (c->made[i] == wf_graph_nomem(c->to))
            return wf_error_nomem(err, "a graph");
    }
    for (size_t i = 0; i < n; i++) {
        out[i] = copy_target(c, targets[i], c->p->targets[i], err);
        if (!out[i])
            return err->status;
        if (out[i] == wf_graph_nomem(c->to))
            return wf_error_nomem(err, "a graph");
    }
    return WEFT_OK;
}

static weft_status optimize(weft_graph **out, weft_task **targets_out, weft_task *const *targets, size_t n_targets,
                            const struct weft_optimize_spec *spec, struct weft_error *err)
{
    struct copying c = {.spec = spec};
    weft_plan *p = NULL;
    weft_status st = weft_plan_new(&p, targets, n_targets, spec ? spec->plan : NULL, err);

    if (st)
        return st;
    c.p = p;
    c.to = weft_graph_new();
    st = copy_all(&c, targets_out, targets, n_targets, err);
    if (st)
        weft_graph_free(c.to);
    else
        *out = c.to;
    wf_free(c.made);
    wf_free(c.others);
    wf_free(c.values);
    wf_free(c.deps);
    weft_plan_free(p);
    return st;
}

weft_status weft_optimize(weft_graph **out, weft_task **targets_out, weft_task *const *targets, size_t n_targets,
                          const struct weft_optimize_spec *spec, struct weft_error *err)
{
    const struct weft_optimize_spec again = {.plan = spec ? spec->plan : NULL};
    struct weft_error own;
    weft_graph *once;
    weft_status st;

    err = err ? err : &own;
    st = optimize(out, targets_out, targets, n_targets, spec, err);
    /* Where keys come before their tasks, those are ordered without knowing what is deep
     * (order.c); the new graph has none of that, so its own order is the one that stays. */
    if (st || !wf_task_graph(targets[0])->has_forward)
        return st;
    once = *out;
    st = optimize(out, targets_out, targets_out, n_targets, &again, err);
    weft_graph_free(once);
    if (st)
        *out = NULL; /* the first one is gone */
    return st;
}
