/* rerun.c - a task that failed, run once more here with what it read. */
#include "scheduler/rerun.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/graph.h"
#include "lib/graph/source.h"
#include "scheduler/pool.h"

struct wf_rerun {
    struct wf_rerun  *replaced; /* the one kept before it: others may still be looking at its node */
    weft_task        *task;
    uint32_t          node;
    uint32_t          n_inputs;
    uint32_t          lost;     /* 1 + the input that cannot be had again; 0: none */
    struct weft_value inputs[];
};

static void release_inputs(struct wf_rerun *kept)
{
    for (uint32_t i = 0; i < kept->n_inputs; i++)
        weft_value_release(kept->inputs[i]);
    kept->n_inputs = 0;
}

void wf_rerun_free(struct wf_rerun *kept)
{
    while (kept) {
        struct wf_rerun *replaced = kept->replaced;

        release_inputs(kept);
        wf_free(kept);
        kept = replaced;
    }
}

/* NULL: no memory. */
static struct wf_rerun *keep(struct weft_call *call)
{
    const size_t n = weft_call_n_inputs(call);
    struct wf_rerun *kept = wf_alloc_zero(1, sizeof *kept + n * sizeof *kept->inputs);

    if (!kept)
        return NULL;
    kept->task = weft_plan_task(call->run->plan, call->node);
    kept->node = call->node;
    kept->n_inputs = (uint32_t)n;
    for (uint32_t i = 0; i < n; i++) {
        const struct weft_value v = weft_call_input(call, i);

        if (v.type && weft_value_retain(v, &kept->inputs[i]))
            kept->lost = kept->lost ? kept->lost : i + 1;
    }
    return kept;
}

void wf_rerun_keep(struct weft_call *call)
{
    struct wf_run *r = call->run;
    struct wf_rerun *before = wf_load_acquire(&r->kept), *mine;

    /* One that could not be built has no body to run. */
    if ((before && before->node < call->node) || weft_plan_task(r->plan, call->node)->what != WF_TASK_BODY)
        return;
    mine = keep(call);
    if (!mine)
        return;
    while (!before || before->node > mine->node) {
        mine->replaced = before;
        if (!wf_cas(&r->kept, &before, mine))
            continue;
        /* Of the one replaced others read no more than its number; it is freed with ours. */
        if (before)
            release_inputs(before);
        return;
    }
    mine->replaced = NULL;
    wf_rerun_free(mine); /* an earlier one has come meanwhile */
}

/* A graph of one task like the one kept, whose inputs are known. */
static weft_task *build(weft_graph *g, const struct wf_rerun *kept, weft_task **deps)
{
    const struct wf_kind *kind = wf_task_kind(kept->task);
    char key[96];
    weft_task *t;

    for (uint32_t i = 0; i < kept->n_inputs; i++) {
        struct weft_value v = weft_value_none();

        if (kept->inputs[i].type && weft_value_retain(kept->inputs[i], &v))
            return NULL;
        deps[i] = weft_graph_put(g, v);
    }
    weft_task_key(kept->task, key, sizeof key);
    t = weft_graph_add(g, &(struct weft_task_spec){
        .name = kind->name, .key = key, .body = kind->body, .arg = wf_task_arg(kept->task), .deps = deps,
        .n_deps = kept->n_inputs, .n_results = (int)kind->n_results, .file = kind->file, .line = kind->line});
    return t && t->what == WF_TASK_BODY && !wf_sources_inherit(t, kept->task) ? NULL : t;
}

static weft_status run_again(const struct wf_rerun *kept, struct weft_value *out, struct weft_error *err)
{
    weft_task **deps = wf_alloc_array(kept->n_inputs, sizeof *deps), *t = NULL;
    struct weft_pool_spec here = {.kind = WEFT_POOL_SERIAL, .progress = WEFT_PROGRESS_OFF};
    weft_graph *g = weft_graph_new();
    weft_config *defaults = NULL;
    weft_pool *pool = NULL;
    weft_status st;

    if (deps && g)
        t = build(g, kept, deps);
    st = t ? weft_config_defaults(&defaults, err) : wf_error_nomem(err, "a task to run again");
    here.config = defaults;
    st = st ? st : weft_pool_open(&pool, &here, err);
    st = st ? st : weft_pool_run(pool, t, out, err);
    weft_pool_free(pool);
    weft_config_free(defaults);
    weft_graph_free(g);
    wf_free(deps);
    return st;
}

weft_status weft_future_rerun(weft_future *f, struct weft_value *out, struct weft_error *err)
{
    char key[96];

    weft_future_wait(f, -1);
    if (!f->spec.keep_failed)
        return weft_error_set(err, WEFT_INVALID, "this run did not keep what a failed task read: its spec did not say keep_failed");
    if (!f->kept)
        return weft_error_set(err, WEFT_NOT_FOUND, "no body of this run has failed, or there was no memory to keep what it read");
    if (f->kept->lost) {
        weft_task_key(f->kept->task, key, sizeof key);
        return weft_error_set(err, WEFT_UNSUPPORTED, "%s cannot run again: its input %u can neither be shared nor copied",
                              key, f->kept->lost - 1);
    }
    return run_again(f->kept, out, err);
}
