/* call.c - what a body runs with: its hand's, put aside while another runs on its stack. */
#include "scheduler/run.h"

#include <string.h>

#include "lib/base/mem.h"
#include "scheduler/spawn.h"
#include "scheduler/stand.h"
#include "scheduler/worker.h"

void wf_call_init(struct weft_call *call)
{
    memset(call, 0, sizeof *call);
    call->mark = -1;
}

void wf_call_aside(struct weft_call *call, struct wf_aside *aside)
{
    aside->below = call->below;
    call->below = aside;
    aside->head = call->head;
    aside->run = call->run;
    aside->child = call->child;
    aside->work = call->work;
    aside->mark = call->mark;
    aside->base = call->scratch.base;
    aside->node = call->node;
    aside->marks = call->marks;
    aside->status = call->err.status;
    if (aside->status)
        aside->err = call->err;
    call->child = NULL;
    call->work = NULL;
    call->mark = -1;
    call->marks = 0;
    call->scratch.base = call->scratch.used;
}

void wf_call_back(struct weft_call *call, const struct wf_aside *aside)
{
    wf_worker_at(call->worker, aside->run);
    call->below = aside->below;
    call->head = aside->head;
    call->child = aside->child;
    call->work = aside->work;
    call->mark = aside->mark;
    call->scratch.base = aside->base;
    call->node = aside->node;
    call->marks = aside->marks;
    call->err.status = aside->status;
    if (aside->status)
        call->err = aside->err;
}

void wf_call_fini(struct weft_call *call)
{
    wf_scratch_reset(&call->scratch);
    wf_free(call->scratch.block);
    call->scratch = (struct wf_scratch){0};
}

int weft_call_worker(const weft_call *call)
{
    return call->worker->id;
}

bool weft_call_is_cancelled(const weft_call *call)
{
    if (call->process && wf_load_relaxed(&call->run->flags) & WF_RUN_REMOTE)
        return wf_process_is_stopped(call);
    return wf_child_is_cancelled(call->child, call->run) || wf_run_is_cancelled_above(call->run) || wf_stand_is_late(call);
}
