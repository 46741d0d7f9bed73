/* submit.c - plans and tasks, given to a pool to run. */
#include "scheduler/pool.h"

static weft_status submit(weft_pool *pool, weft_plan *plan, bool own_plan,
                          const struct weft_run_spec *spec, weft_future **out, struct weft_error *err)
{
    weft_future *f;
    weft_status st = wf_pool_may_run(pool, err);

    if (st)
        return st;
    st = wf_future_new(&f, pool, plan, spec, err);
    if (st)
        return st;
    f->own_plan = own_plan;
    *out = f;
    wf_pool_go(pool, f);
    return WEFT_OK;
}

/* The plan of a run that is given tasks. */
static weft_status plan_of(weft_plan **out, weft_task *const *tasks, size_t n, const struct weft_run_spec *spec,
                           struct weft_error *err)
{
    const weft_status st = weft_plan_new(out, tasks, n, &(struct weft_plan_spec){.memo = spec ? spec->memo : NULL}, err);

    if (!st && spec && spec->reuse)
        weft_plan_reuse(*out, spec->reuse);
    return st;
}

weft_status wf_pool_submit_within(weft_pool *pool, weft_task *const *tasks, size_t n,
                                  const struct weft_run_spec *spec, struct weft_child *up,
                                  weft_future **out, struct wf_run **run, struct weft_error *err)
{
    weft_future *f;
    weft_plan *plan;
    weft_status st = plan_of(&plan, tasks, n, spec, err);

    if (st)
        return st;
    st = wf_future_new(&f, pool, plan, spec, err);
    if (st) {
        weft_plan_free(plan);
        return st;
    }
    f->own_plan = true;
    *run = NULL;
    *out = f;
    if (!plan->n_nodes) {
        wf_pool_run_nothing(pool, f);
        return WEFT_OK;
    }
    f->up = up;
    f->keeps_place = true;
    if (wf_pool_enter(pool, f)) {
        *run = &pool->runs[f->place];
    } else {
        wf_future_abandon(f);
        *out = NULL;
    }
    return WEFT_OK;
}

weft_status weft_pool_submit_plan(weft_pool *pool, weft_plan *plan, const struct weft_run_spec *spec,
                                  weft_future **out, struct weft_error *err)
{
    return submit(pool, plan, false, spec, out, err);
}

weft_status weft_pool_submit(weft_pool *pool, weft_task *const *tasks, size_t n,
                             const struct weft_run_spec *spec, weft_future **out, struct weft_error *err)
{
    weft_plan *plan;
    weft_status st = plan_of(&plan, tasks, n, spec, err);

    if (st)
        return st;
    st = submit(pool, plan, true, spec, out, err);
    if (st)
        weft_plan_free(plan);
    return st;
}

weft_status wf_future_take_all(weft_future *f, struct weft_value *outs, struct weft_error *err)
{
    weft_status first = WEFT_OK;

    weft_future_wait(f, -1);
    for (uint32_t i = 0; i < f->n_targets; i++) {
        struct weft_value value = weft_value_none();
        const weft_status st = weft_future_take(f, i, outs ? &value : NULL, first ? NULL : err);

        first = first ? first : st;
        if (outs)
            outs[i] = value;
    }
    if (first && f->pool->reruns)
        weft_future_rerun(f, NULL, NULL);
    weft_future_free(f);
    return first;
}

/* So the caller may release them whatever comes. */
static void no_values(struct weft_value *outs, size_t n)
{
    for (size_t i = 0; outs && i < n; i++)
        outs[i] = weft_value_none();
}

weft_status weft_pool_run_plan(weft_pool *pool, weft_plan *plan, const struct weft_run_spec *spec,
                               struct weft_value *outs, struct weft_error *err)
{
    weft_future *f;
    weft_status st;

    no_values(outs, plan->n_targets);
    st = weft_pool_submit_plan(pool, plan, spec, &f, err);
    return st ? st : wf_future_take_all(f, outs, err);
}

weft_status weft_pool_run_many(weft_pool *pool, weft_task *const *tasks, size_t n,
                               const struct weft_run_spec *spec, struct weft_value *outs, struct weft_error *err)
{
    weft_future *f;
    weft_status st;

    no_values(outs, n);
    st = weft_pool_submit(pool, tasks, n, spec, &f, err);
    return st ? st : wf_future_take_all(f, outs, err);
}

weft_status weft_pool_run(weft_pool *pool, weft_task *task, struct weft_value *out, struct weft_error *err)
{
    struct weft_value value;
    const weft_status st = weft_pool_run_many(pool, &task, 1, NULL, &value, err);

    if (!st && out)
        *out = value;
    else if (!st)
        weft_value_release(value);
    return st;
}
