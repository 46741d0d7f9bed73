/* watch.c - the functions of users that are called as a run goes on. */
#include "scheduler/watch.h"

#include "lib/base/error.h"
#include "lib/graph/source.h"
#include "scheduler/pool.h"

/* The pool's, then the run's. */
enum { N_WATCHES = 2 };

static const struct weft_watch *watch_of(const weft_future *f, int i)
{
    return i ? &f->watch : &f->pool->watch;
}

bool wf_watch_wants_tasks(const weft_future *f)
{
    bool wants = false;

    for (int i = 0; i < N_WATCHES; i++)
        wants |= watch_of(f, i)->pretask || watch_of(f, i)->posttask;
    return wants;
}

void wf_watch_start(const weft_future *f)
{
    for (int i = 0; i < N_WATCHES; i++) {
        const struct weft_watch *w = watch_of(f, i);

        if (w->start)
            w->start(w->arg, f->plan);
    }
}

void wf_watch_before(struct weft_call *call)
{
    const weft_future *f = call->run->future;
    weft_task *task = weft_plan_task(call->run->plan, call->node);

    for (int i = 0; i < N_WATCHES; i++) {
        const struct weft_watch *w = watch_of(f, i);

        if (w->pretask)
            w->pretask(w->arg, task, weft_call_worker(call));
    }
}

void wf_watch_after(struct weft_call *call, weft_status st)
{
    const weft_future *f = call->run->future;
    weft_task *task = weft_plan_task(call->run->plan, call->node);
    const struct weft_value result = st ? weft_value_none() : call->run->plan->slots[call->node];

    if (st && call->err.status != st) /* the body gave a status and no sentence */
        weft_error_set(&call->err, st, "%s", weft_status_text(st));
    if (st)
        wf_source_tell(task, &call->err);
    for (int i = 0; i < N_WATCHES; i++) {
        const struct weft_watch *w = watch_of(f, i);

        if (w->posttask)
            w->posttask(w->arg, task, weft_call_worker(call), result, st ? &call->err : NULL);
    }
}

void wf_watch_finish(const weft_future *f, weft_status st)
{
    for (int i = 0; i < N_WATCHES; i++) {
        const struct weft_watch *w = watch_of(f, i);

        if (w->finish)
            w->finish(w->arg, st);
    }
}
