/* child_work.c - what a spawned task is to do: a body, its argument, its inputs. */
#include "scheduler/child.h"

#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/stand.h"

void wf_work_fini(struct wf_worker *w, struct wf_work *work)
{
    if (work->free_arg)
        work->free_arg(work->arg);
    else if (work->arg_is_ours)
        wf_free(work->arg);
    for (uint32_t i = 0; i < work->n_deps; i++)
        wf_child_drop(w, work->deps[i].of, WF_HOLD_READER);
    if (work->deps != work->few)
        wf_free(work->deps);
    wf_free(work->asks);
    wf_work_none(work);
}

struct wf_work *wf_work_new(struct wf_worker *w)
{
    struct wf_work *work = w->free_work;

    w->free_work = NULL;
    return work ? work : wf_alloc(sizeof *work);
}

void wf_work_free(struct wf_worker *w, struct wf_work *work)
{
    if (w->free_work)
        wf_free(work);
    else
        w->free_work = work;
}

void wf_work_move(struct wf_work *to, const struct wf_work *from)
{
    *to = *from;
    if (from->deps == from->few)
        to->deps = to->few;
    if (from->arg == from->small)
        to->arg = to->small;
}

bool wf_work_init(struct wf_worker *w, struct wf_work *work, const struct weft_spawn_spec *spec)
{
    work->body = spec->body;
    work->arg = spec->arg;
    work->free_arg = spec->arg_bytes ? NULL : spec->free_arg;
    work->arg_is_ours = spec->arg_bytes > WF_SMALL_ARG;
    work->is_node = work->ran = false;
    work->lenient = spec->terms && spec->terms->lenient;
    work->asks = NULL;
    work->n_deps = 0;
    work->deps = spec->n_deps > WF_FEW_EDGES ? wf_alloc_array(spec->n_deps, sizeof *work->deps) : work->few;
    if (work->arg_is_ours)
        work->arg = wf_alloc(spec->arg_bytes);
    else if (spec->arg_bytes)
        work->arg = work->small;
    if (!work->deps || (spec->arg_bytes && !work->arg)) {
        if (work->deps != work->few)
            wf_free(work->deps);
        if (work->arg_is_ours)
            wf_free(work->arg);
        else if (work->free_arg)
            work->free_arg(work->arg);
        return false;
    }
    if (spec->arg_bytes)
        memcpy(work->arg, spec->arg, spec->arg_bytes);
    for (size_t i = 0; i < spec->n_deps; i++) {
        work->deps[i].of = spec->deps[i];
        wf_take_off(w, &spec->deps[i]->holds, -(uint32_t)WF_HOLD_READER);
    }
    work->n_deps = (uint32_t)spec->n_deps;
    return true;
}

struct weft_value wf_work_input(const struct wf_work *work, size_t i)
{
    WF_ASSERT(i < work->n_deps);
    return work->deps[i].of->value;
}

weft_status wf_work_input_status(const struct wf_work *work, size_t i, struct weft_error *err)
{
    const struct weft_child *of = work->deps[i].of;

    WF_ASSERT(i < work->n_deps);
    if (of->status && err && of->err)
        *err = *of->err;
    else if (of->status)
        weft_error_set(err, of->status, "%s", weft_status_text(of->status));
    return of->status;
}

weft_status wf_work_take(weft_call *call, size_t i, struct weft_value *out)
{
    struct weft_child *of = call->work->deps[i].of;

    if (!of->value.type)
        return WEFT_EMPTY;
    if (call->work->asks && wf_stand_keeps(call)) {
        if (!of->value.type->free || of->value.type->copy)
            return wf_value_own(of->value, out);
        wf_stand_spend(call);
    }
    /* Acquire: who read it before has let go of it. */
    if ((wf_load_acquire(&of->holds) & ~(uint32_t)WF_HOLD_LIFE) != WF_HOLD_READER)
        return wf_value_own(of->value, out);
    *out = of->value;
    of->value = weft_value_none();
    return WEFT_OK;
}
