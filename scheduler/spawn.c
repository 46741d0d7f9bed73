/* spawn.c - what a running body may ask for: tasks, groups of them, and what it becomes. */
#include "scheduler/child.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "scheduler/stand.h"

struct weft_child *wf_child_of_call(weft_call *call)
{
    struct wf_worker *w = call->worker;
    struct weft_child *c = call->child;

    if (c || call->stolen || call->process)
        return c;
    c = wf_child_new(w, WF_CHILD_STEM, call->run->up);
    if (!c)
        return NULL;
    if (call->run->elastic)
        wf_elastic_open(call->run);
    c->run = call->run;
    c->node = call->node;
    c->began = call->began;
    wf_work_none(&c->work);
    c->work.is_node = true;
    call->child = c;
    call->marks |= WF_MARK_CHILD;
    call->mark = wf_load_relaxed(&w->deque.bottom);
    return c;
}

/* What cannot be spawned fails the task that would have it. What is given back stands for
 * all such of this pool: it has failed, and stays. */
void wf_call_refuse(weft_call *call, weft_status st, const char *why)
{
    struct weft_error err = {.status = WEFT_OK};

    weft_error_set(&err, st, "%s", why);
    if (call->child) {
        wf_child_fail(call->child, st, &err);
    } else {
        call->err = err;
        call->marks |= WF_MARK_REFUSED;
    }
}

static weft_child *refuse(weft_call *call, const struct weft_spawn_spec *spec, weft_status st, const char *why)
{
    if (spec && !spec->arg_bytes && spec->free_arg)
        spec->free_arg(spec->arg);
    wf_call_refuse(call, st, why);
    return &call->worker->pool->no_child;
}

/* Why this body can spawn nothing at all; the task fails with it. */
static weft_child *refuse_all(weft_call *call, const struct weft_spawn_spec *spec)
{
    if (call->process)
        return refuse(call, spec, WEFT_UNSUPPORTED, "a body in another process can spawn nothing");
    if (call->stolen)
        return refuse(call, spec, WEFT_UNSUPPORTED, "a forked body can spawn nothing");
    return refuse(call, spec, WEFT_NOMEM, "no memory for a spawned task");
}

static struct weft_child *owner_of(const struct weft_child *c)
{
    struct weft_child *up = wf_load_relaxed(&((struct weft_child *)c)->up);

    while (up && up->kind == WF_CHILD_GROUP)
        up = wf_load_relaxed(&up->up);
    return up;
}

static bool deps_are_ours(const weft_call *call, const struct weft_spawn_spec *spec, const struct weft_child *me)
{
    for (size_t i = 0; i < spec->n_deps; i++)
        if (spec->deps[i] != &call->worker->pool->no_child && owner_of(spec->deps[i]) != me)
            return false;
    return true;
}

/* A child of kind `kind` below `me`, or `group`; in the list of who spawned it. */
static struct weft_child *add_child(weft_call *call, enum wf_child_kind kind, struct weft_child *me, struct weft_child *group)
{
    struct weft_child *up = group ? group : me, *c = wf_child_new(call->worker, kind, up);

    if (!c)
        return NULL;
    c->run = call->run;
    c->node = call->node;
    c->number = up->n_numbers++;
    up->n_spawned++;
    wf_work_none(&c->work);
    c->sibling = me->children;
    me->children = c;
    wf_store_relaxed(&c->holds, WF_HOLD_LIFE + WF_HOLD_PARENT);
    return c;
}

weft_child *weft_call_spawn(weft_call *call, const struct weft_spawn_spec *spec)
{
    struct wf_worker *w = call->worker;
    struct weft_child *me = wf_child_of_call(call), *group = spec->group, *c;
    struct wf_asks *asks;
    struct weft_error err;

    if (!me)
        return refuse_all(call, spec);
    if (!deps_are_ours(call, spec, me))
        return refuse(call, spec, WEFT_INVALID, "a spawned task depends on one that another body has spawned");
    if (group == &w->pool->no_child)
        return refuse(call, spec, WEFT_NOMEM, "no memory for the group of a spawned task");
    if (group && (group->kind != WF_CHILD_GROUP || owner_of(group) != me))
        return refuse(call, spec, WEFT_INVALID, "a task was spawned into what is no group of this body");
    if (group && group->closed)
        return refuse(call, spec, WEFT_INVALID, "a task was spawned into a group that was waited for");
    for (size_t i = 0; group && i < spec->n_deps; i++)
        if (spec->deps[i] == group)
            return refuse(call, spec, WEFT_INVALID, "a task was spawned into a group that it depends on");
    if (wf_asks_new(&asks, w->pool, spec, &err))
        return refuse(call, spec, err.status, err.message);
    c = add_child(call, WF_CHILD_TASK, me, group);
    if (!c) {
        wf_free(asks);
        return refuse(call, spec, WEFT_NOMEM, "no memory for a spawned task");
    }
    if (wf_work_init(w, &c->work, spec)) {
        c->work.asks = asks;
    } else {
        wf_free(asks);
        wf_child_fail(c, WEFT_NOMEM, NULL);
        wf_store_relaxed(&c->n_open, 0);
        wf_child_end(w, c);
        return c;
    }
    /* As by a wait: a group that stays open does not end, and this body may wait for `c`. */
    for (size_t i = 0; i < spec->n_deps; i++)
        if (spec->deps[i]->kind == WF_CHILD_GROUP)
            wf_group_shut(w, spec->deps[i]);
    wf_child_start(w, c);
    if (!w->alone)
        wf_park_wake(&w->pool->park);
    return c;
}

weft_child *weft_call_group(weft_call *call)
{
    struct weft_child *me = wf_child_of_call(call), *c;

    if (!me)
        return refuse_all(call, NULL);
    c = add_child(call, WF_CHILD_GROUP, me, NULL);
    return c ? c : refuse(call, NULL, WEFT_NOMEM, "no memory for a group of tasks");
}

void weft_call_become(weft_call *call, const struct weft_spawn_spec *spec)
{
    struct wf_worker *w = call->worker;
    struct weft_child *me = wf_child_of_call(call);
    struct wf_asks *asks;
    struct weft_error err;
    struct wf_work *work;

    if (!me) {
        refuse_all(call, spec);
        return;
    }
    if (spec->terms && spec->terms->n_needs) {
        refuse(call, spec, WEFT_INVALID, "the rest of a task needs a resource: say so of the whole task, for it is held "
               "until that has ended");
        return;
    }
    if (!deps_are_ours(call, spec, me)) {
        refuse(call, spec, WEFT_INVALID, "a task would depend on one that another body has spawned");
        return;
    }
    if (wf_asks_new(&asks, w->pool, spec, &err)) {
        refuse(call, spec, err.status, err.message);
        return;
    }
    work = wf_work_new(w);
    if (!work || !wf_work_init(w, work, spec)) {
        refuse(call, work ? NULL : spec, WEFT_NOMEM, "no memory for the rest of a task");
        wf_work_free(w, work);
        wf_free(asks);
        return;
    }
    work->asks = asks;
    if (me->next) {
        wf_work_fini(w, me->next);
        wf_work_free(w, me->next);
    }
    me->next = work;
}
