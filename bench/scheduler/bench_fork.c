/* bench_fork.c - what spawn and join cost, for every call of fib(30): beside a plain call.
 *
 * "fib" forks one part and joins it (weft/fork.h); "become" spawns both and becomes their sum
 * (weft/spawn.h), so no body waits. The peers do the same in both: a group, and wait for it.
 */
#include "bench/support/benches.h"
#include "bench/support/fork.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft/weft.h>

/* ---- Weft: one task, whose body forks ---------------------------------------- */

struct part {
    int64_t n;
    int64_t value;
};

static weft_status fib_body(weft_call *call, void *arg, struct weft_error *err)
{
    struct part      *f = arg, a = { f->n - 1, 0 }, b = { f->n - 2, 0 };
    struct weft_fork  fork;
    weft_status       st, other;

    f->value = f->n;
    if (f->n < 2)
        return WEFT_OK;
    weft_call_fork(call, &fork, fib_body, &a);
    st = fib_body(call, &b, err);
    other = weft_call_join(call, &fork, st ? NULL : err);
    f->value = a.value + b.value;
    return st ? st : other;
}

static weft_status add_body(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(weft_value_i64(weft_call_input(call, 0)) + weft_value_i64(weft_call_input(call, 1))));
    return WEFT_OK;
}

static weft_status become_body(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = *(int64_t *)arg, a = n - 1, b = n - 2;
    weft_child   *parts[2];

    (void)err;
    if (n < 2) {
        weft_call_return(call, weft_value_of_i64(n));
        return WEFT_OK;
    }
    parts[0] = weft_spawn(call, become_body, WEFT_ARG(a));
    parts[1] = weft_spawn(call, become_body, WEFT_ARG(b));
    weft_become(call, add_body, .deps = parts, .n_deps = 2);
    return WEFT_OK;
}

struct weft_engine {
    weft_pool  *pool;
    weft_graph *graph;
    weft_plan  *plan;
    struct part whole;  /* what the task reads and writes */
};

static void stop_weft(void *engine)
{
    struct weft_engine *e = engine;

    if (!e)
        return;
    weft_plan_free(e->plan);
    weft_graph_free(e->graph);
    weft_pool_free(e->pool);
    free(e);
}

static void *start_with(int workers, weft_body *body)
{
    struct weft_engine *e = bench_alloc(1, sizeof *e);
    weft_task          *task = NULL;

    e->pool = weft_pool_new(&(struct weft_pool_spec){ .n_workers = workers, .progress = WEFT_PROGRESS_OFF });
    e->graph = weft_graph_new();
    task = weft_add(e->graph, body, .arg = &e->whole);
    if (e->pool && !weft_plan_new(&e->plan, &task, 1, NULL, NULL))
        return e;
    stop_weft(e);
    return NULL;
}

static void *start_weft(int workers)
{
    return start_with(workers, fib_body);
}

static void *start_become(int workers)
{
    return start_with(workers, become_body);
}

static int64_t fib_by_weft(void *engine, int n)
{
    struct weft_engine *e = engine;
    struct weft_error   err;

    e->whole = (struct part){ n, 0 };
    if (!weft_pool_run_plan(e->pool, e->plan, NULL, NULL, &err))
        return e->whole.value;
    weft_error_print(&err, stderr);
    return -1;
}

static int64_t fib_by_become(void *engine, int n)
{
    struct weft_engine *e = engine;
    struct weft_error   err;
    struct weft_value   value;

    e->whole = (struct part){ n, 0 };
    if (!weft_pool_run_plan(e->pool, e->plan, NULL, &value, &err))
        return weft_value_i64(value);
    weft_error_print(&err, stderr);
    return -1;
}

/* ---- Plain calls --------------------------------------------------------------- */

static void *start_nothing(int workers)
{
    static const int nothing = 0;

    (void)workers;
    return (void *)&nothing;
}

static void stop_nothing(void *engine)
{
    (void)engine;
}

static int64_t fib_by_calls(void *engine, int n)
{
    (void)engine;
    return bench_fork_plain(n);
}

static int answer(const struct bench_request *request)
{
    const struct bench_fork weft = { .start = start_weft, .stop = stop_weft, .fib = fib_by_weft };
    const struct bench_fork become = { .start = start_become, .stop = stop_weft, .fib = fib_by_become };
    const struct bench_fork call = {
        .start = start_nothing, .stop = stop_nothing, .fib = fib_by_calls,
    };

    if (strcmp(request->who, "weft"))
        return bench_fork_answer(&call, request);
    return bench_fork_answer(strcmp(request->case_name, "become") ? &weft : &become, request);
}

static const char *const cases[] = { "fib", "become", NULL };
static const int         workers[] = { 1, 2, 0 };
static const char *const own[] = { "weft", "call", NULL };

const struct bench bench_fork = {
    .name = "fork", .unit = "ns/call", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TIMES, .n = 30, .n_quick = 12, .answer = answer,
};
