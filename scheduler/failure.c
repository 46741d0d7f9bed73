/* failure.c - why a task did not run, or failed: passed on, kept, told. */
#include "scheduler/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"
#include "lib/graph/source.h"
#include "scheduler/pool.h"

/* The smallest wins, so the reason does not depend on who was first. */
static void poison_one(weft_plan *p, uint32_t node, uint32_t poison)
{
    uint32_t now = wf_load_relaxed(&p->poison[node]);

    while ((!now || now > poison) && !wf_cas(&p->poison[node], &now, poison))
        ;
}

static void poison_from(struct wf_run *r, uint32_t node, uint32_t poison)
{
    weft_plan *p = r->plan;

    wf_or(&r->flags, WF_RUN_TROUBLE);
    poison_one(p, node, poison);
    for (uint32_t k = 0; k < p->nodes[node].n_succ; k++)
        poison_one(p, wf_plan_succ(p, node)[k], poison);
}

static bool is_lenient(const struct weft_call *call)
{
    const weft_plan *p = call->run->plan;
    const struct weft_terms *terms = p->has_terms ? wf_plan_terms(p, call->node) : NULL;

    return call->run->on_error == WEFT_CONTINUE && terms && terms->lenient;
}

bool wf_run_is_doomed(struct weft_call *call)
{
    struct wf_run *r = call->run;
    uint32_t poison = wf_load_relaxed(&r->plan->poison[call->node]);

    if (wf_load_relaxed(&r->flags) & WF_RUN_STOP)
        poison = poison ? poison : WF_POISON_STOPPED;
    else if (poison && is_lenient(call)) {
        /* All before it have ended: nobody else looks at its poison now. */
        wf_store_relaxed(&r->plan->poison[call->node], 0);
        poison = 0;
    }
    if (poison)
        poison_from(r, call->node, poison);
    return poison != 0;
}

void wf_run_fail(struct weft_call *call, weft_status st)
{
    struct wf_run *r = call->run;
    struct wf_failure *f = wf_alloc(sizeof *f);

    wf_run_drop_results(r->plan, call->node);
    if (f) {
        f->node = call->node;
        f->err = call->err;
        if (f->err.status != st) /* the body gave a status and no sentence */
            weft_error_set(&f->err, st, "%s", weft_status_text(st));
        f->next = wf_load_relaxed(&r->failures);
        while (!wf_cas(&r->failures, &f->next, f))
            ;
    }
    memset(&call->err, 0, sizeof call->err);
    poison_from(r, call->node, call->node + 1);
    if (r->on_error == WEFT_FAIL_FAST) {
        wf_or(&r->flags, WF_RUN_STOP);
        wf_pool_stop_below(call->worker->pool);
    }
}

weft_status wf_run_fail_late(const struct wf_run *r, struct weft_error *err, const char *how)
{
    char text[WEFT_UNITS_TEXT];

    return weft_error_set(err, WEFT_TIMEOUT, "the run was not done %s after it was submitted, its timeout: this task %s",
                          weft_duration_format(r->future->spec.timeout_ns, text), how);
}

/* Fewer than this are looked through one by one. */
enum { FEW_FAILURES = 16 };

static int compare_failures(const void *a, const void *b)
{
    const uint32_t x = (*(struct wf_failure *const *)a)->node, y = (*(struct wf_failure *const *)b)->node;

    return (x > y) - (x < y);
}

void wf_run_end(struct wf_run *r)
{
    struct wf_failure *f;
    uint32_t n = 0;

    for (f = wf_load_acquire(&r->failures); f; f = f->next)
        n++;
    r->n_by_node = 0;
    r->by_node = n > FEW_FAILURES ? wf_alloc_array(n, sizeof *r->by_node) : NULL;
    if (!r->by_node)
        return;
    for (f = wf_load_acquire(&r->failures); f; f = f->next)
        r->by_node[r->n_by_node++] = f;
    qsort(r->by_node, n, sizeof *r->by_node, compare_failures);
}

const struct wf_failure *wf_run_failure_of(const struct wf_run *r, uint32_t node)
{
    struct wf_failure wanted = {.node = node}, *key = &wanted, **found;
    const struct wf_failure *f = wf_load_acquire(&r->failures);

    if (r->by_node) {
        found = bsearch(&key, r->by_node, r->n_by_node, sizeof key, compare_failures);
        return found ? *found : NULL;
    }
    while (f && f->node != node)
        f = f->next;
    return f;
}

static size_t append(char *text, size_t size, size_t at, const char *more)
{
    const int n = snprintf(text + at, size - at, "%s", more);

    return at + (size_t)n < size ? at + (size_t)n : size - 1;
}

/* "asked <- between <- failed": down from `node` along inputs of the same poison. */
static void write_chain(const struct wf_run *r, uint32_t node, uint32_t poison, struct weft_error *err)
{
    const weft_plan *p = r->plan;
    char key[96];
    size_t at = 0;

    err->chain[0] = '\0';
    for (;;) {
        const struct wf_inputs in = wf_plan_inputs(p, node);
        uint32_t below = WF_NONE;

        weft_task_key(weft_plan_task(p, node), key, sizeof key);
        at = append(err->chain, sizeof err->chain, at, key);
        if (node + 1 == poison)
            return;
        for (uint32_t k = 0; below == WF_NONE && k < in.n; k++) {
            const uint32_t slot = wf_input_slot(&in, k);
            const uint32_t pred = slot < p->first_const ? wf_plan_owner(p, slot) : WF_NONE;

            if (pred != WF_NONE && wf_load_relaxed(&p->poison[pred]) == poison)
                below = pred;
        }
        if (below == WF_NONE)
            return;
        at = append(err->chain, sizeof err->chain, at, " <- ");
        if (at == sizeof err->chain - 1)
            return; /* full; the way may be as long as the plan is deep */
        node = below;
    }
}

weft_status weft_call_input_status(const weft_call *call, size_t i, struct weft_error *err)
{
    const struct wf_run *r = call->run;
    const struct wf_failure *f;
    uint32_t slot, poison;

    if (call->work)
        return wf_work_input_status(call->work, i, err);
    slot = wf_call_input_slot(call, i);
    poison = slot < r->plan->first_const ? wf_load_relaxed(&r->plan->poison[wf_plan_owner(r->plan, slot)]) : 0;
    if (!poison)
        return WEFT_OK;
    f = poison == WF_POISON_STOPPED ? NULL : wf_run_failure_of(r, poison - 1);
    if (!f)
        return wf_error_nomem(err, "the error of a task"); /* what was stopped stops its readers, too */
    if (err) {
        *err = f->err;
        weft_task_key(weft_plan_task(r->plan, poison - 1), err->task, sizeof err->task);
        wf_source_tell(weft_plan_task(r->plan, poison - 1), err);
    }
    return f->err.status;
}

uint32_t wf_run_poison_of(const struct wf_run *r, uint32_t i)
{
    const weft_plan *p = r->plan;

    return p->targets[i] < p->first_const ? wf_load_relaxed(&p->poison[wf_plan_owner(p, p->targets[i])]) : 0;
}

void wf_run_why(const struct wf_run *r, uint32_t i, weft_status st, struct weft_error *err)
{
    const weft_plan *p = r->plan;
    const uint32_t slot = p->targets[i], poison = wf_run_poison_of(r, i);
    const struct weft_type *type = p->slots[slot].type; /* NULL: given, as the last of its kind */
    const struct wf_failure *f = !poison || poison == WF_POISON_STOPPED ? NULL : wf_run_failure_of(r, poison - 1);

    if (!poison && st == WEFT_UNSUPPORTED)
        weft_error_set(err, st, "target %u is asked for twice, or known before, and its type%s%s%s "
                       "can neither be shared nor copied", i, type ? " (" : "", type ? type->name : "", type ? ")" : "");
    else if (!poison)
        wf_error_nomem(err, "a result that is asked for twice, or known before");
    if (!poison)
        return;
    if (f)
        *err = f->err;
    else if (poison == WF_POISON_STOPPED && wf_load_relaxed(&r->flags) & WF_RUN_LATE)
        wf_run_fail_late(r, err, "had not begun");
    else if (poison == WF_POISON_STOPPED)
        wf_future_say_stopped(r->future, err);
    else
        wf_error_nomem(err, "the error of a task");
    if (poison != WF_POISON_STOPPED) {
        const weft_task *t = weft_plan_task(p, poison - 1);

        weft_task_key(t, err->task, sizeof err->task);
        if (!err->site[0])
            wf_task_site(t, err->site, sizeof err->site);
        wf_source_tell(t, err);
    }
    write_chain(r, wf_plan_owner(p, slot), poison, err);
}
