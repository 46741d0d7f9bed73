/* test_trace.c - what a pool tells of its last run. */
#include <criterion/criterion.h>

#include <string.h>
#include <unistd.h>

#include <weft/block.h>
#include <weft/spawn.h>
#include <weft/trace.h>

#include "config.h"
#include "lib/graph/trace.h"
#include "scheduler/trace.h"
#include "tests/support/bodies.h"
#include "tests/support/scale.h"

Test(trace, every_task_is_noted_once_within_the_run)
{
    for (int workers = 1; workers <= 8; workers *= 2) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers, .trace = true});
        weft_graph *g = weft_graph_new();
        weft_task *t[200];
        int seen[200] = {0};
        int64_t last_end[8] = {0};
        struct weft_error err;
        weft_trace *trace;

        for (int i = 0; i < 200; i++)
            t[i] = weft_graph_add(g, &(struct weft_task_spec){.name = "t", .body = body_add, .deps = &t[i / 2], .n_deps = i > 1});
        for (int round = 0; round < 3; round++)
            cr_assert_eq(weft_pool_run_many(pool, t, 200, NULL, NULL, &err), WEFT_OK);
        cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_trace_n_tasks(trace), 200);
        cr_assert_eq(weft_trace_n_workers(trace), workers);
        for (size_t i = 0; i < weft_trace_n_events(trace); i++) {
            const struct weft_event *e = &weft_trace_events(trace)[i];

            cr_assert_leq(e->begin_ns, e->end_ns);
            cr_assert_leq(e->end_ns, weft_trace_wall_ns(trace) + 1000);
            cr_assert_leq(last_end[e->worker], e->begin_ns + 100);
            last_end[e->worker] = e->end_ns;
            if (e->kind == WEFT_EVENT_TASK)
                seen[e->task]++;
        }
        for (int i = 0; i < 200; i++)
            cr_assert_eq(seen[i], 1);
        for (size_t i = 0; i < 200; i++)
            cr_assert_eq(weft_trace_n_deps(trace, i), i > 1);
        weft_trace_free(trace);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(trace, little_room_keeps_the_latest_and_says_what_was_lost)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1, .trace = true, .trace_events = 16});
    weft_graph *g = weft_graph_new();
    weft_task *t[100];
    struct weft_error err;
    weft_trace *trace;

    for (int i = 0; i < 100; i++)
        t[i] = weft_add(g, body_add);
    weft_pool_run_many(pool, t, 100, NULL, NULL, &err);
    cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK);
    cr_assert_geq(weft_trace_n_lost(trace), 100 - 16 - 4);
    cr_assert_leq(weft_trace_n_lost(trace), 100 - 16);
    for (uint32_t i = 0, last = 99; i < 16; i++) {
        const struct weft_event *e = weft_trace_events(trace);
        size_t k = 0;

        while (k < weft_trace_n_events(trace) && (e[k].kind != WEFT_EVENT_TASK || e[k].task != last - i))
            k++;
        cr_assert_lt(k, weft_trace_n_events(trace), "task %u", last - i);
    }
    weft_trace_free(trace);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(trace, a_pool_that_does_not_trace_says_so)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    struct weft_error err;
    weft_trace *trace;

    cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "this pool was made without .trace");
    weft_pool_free(pool);
    pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1, .trace = true});
    cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_EMPTY);
    weft_pool_free(pool);
}

static size_t n_events(const weft_trace *t, enum weft_event_kind kind, unsigned flags)
{
    size_t n = 0;

    for (size_t i = 0; i < weft_trace_n_events(t); i++)
        n += weft_trace_events(t)[i].kind == kind && weft_trace_events(t)[i].flags == flags;
    return n;
}

Test(trace, bodies_that_fail_are_marked_and_those_that_may_not_run_are_not_there)
{
    for (int kind = 0; kind < 3; kind++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = (enum weft_pool_kind)kind, .n_workers = 2, .trace = true});
        weft_graph *g = weft_graph_new();
        weft_task *good = weft_add(g, body_add, .arg = arg_of(1));
        weft_task *bad = weft_add(g, body_fail, .deps = WEFT_DEPS(good));
        weft_task *never = weft_add(g, body_add, .deps = WEFT_DEPS(bad));
        struct weft_error err;
        weft_trace *trace;

        cr_assert_neq(weft_pool_run(pool, never, NULL, &err), WEFT_OK);
        cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK);
        cr_assert_eq(n_events(trace, WEFT_EVENT_TASK, 0), 1);
        cr_assert_eq(n_events(trace, WEFT_EVENT_TASK, WEFT_EVENT_FAILED), 1);
        cr_assert_eq(weft_trace_n_runs(trace), 1);
        cr_assert_eq(weft_trace_runs(trace)[0].n_tasks, 3);
        cr_assert_eq(weft_trace_runs(trace)[0].status, err.status);
        cr_assert(!weft_trace_task(trace, 0)->is_target && weft_trace_task(trace, 2)->is_target);
        cr_assert(wf_trace_check(trace, NULL));
        weft_trace_free(trace);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

static weft_status make_block(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = (int64_t)(intptr_t)arg;
    weft_block *b = weft_block_new(WEFT_FLOAT64, 1, &n);

    (void)err;
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, b));
    return b ? WEFT_OK : WEFT_NOMEM;
}

Test(trace, what_tasks_give_is_measured)
{
    for (int kind = 0; kind <= WEFT_POOL_PROCESSES; kind++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = (enum weft_pool_kind)kind, .n_workers = kind == WEFT_POOL_PROCESSES ? test_forking(2) : 2, .trace = true});
        weft_graph *g = weft_graph_new();
        weft_task *t[2] = {weft_add(g, make_block, .arg = (void *)(intptr_t)1000),
                           weft_add(g, make_block, .arg = (void *)(intptr_t)50000, .result_bytes = 7)};
        struct weft_error err;
        struct weft_value v[2];
        weft_trace *trace;

        cr_assert_eq(weft_pool_run_many(pool, t, 2, NULL, v, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK);
        for (int i = 0; i < 2; i++) {
            cr_assert_eq(weft_trace_task(trace, (size_t)i)->result_bytes, (int64_t)weft_value_bytes(v[i]));
            cr_assert_geq(weft_trace_task(trace, (size_t)i)->result_bytes, i ? 400000 : 8000);
            weft_value_release(v[i]);
        }
        if (kind == WEFT_POOL_PROCESSES && !WF_TSAN) {
            cr_assert_eq(n_events(trace, WEFT_EVENT_SEND, 0), n_events(trace, WEFT_EVENT_TASK, 0));
            cr_assert_eq(n_events(trace, WEFT_EVENT_RECEIVE, 0), n_events(trace, WEFT_EVENT_SEND, 0));
        }
        weft_trace_free(trace);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

static weft_status spawn_some(weft_call *call, void *arg, struct weft_error *err)
{
    const int depth = (int)(intptr_t)arg;

    if (depth)
        for (int i = 0; i < 3; i++)
            weft_spawn(call, spawn_some, .arg = (void *)(intptr_t)(depth - 1));
    return depth ? weft_call_wait_all(call, err) : WEFT_OK;
}

Test(trace, spawned_tasks_are_told_within_the_bodies_that_wait_for_them)
{
    for (int workers = 1; workers <= 8; workers *= 8) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers, .trace = true});
        weft_graph *g = weft_graph_new();
        weft_task *t = weft_add(g, spawn_some, .arg = (void *)(intptr_t)4);
        struct weft_error err;
        weft_trace *trace;

        cr_assert_eq(weft_pool_run(pool, t, NULL, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK);
        cr_assert_eq(n_events(trace, WEFT_EVENT_TASK, 0), 1);
        cr_assert_eq(n_events(trace, WEFT_EVENT_CHILD, 0), 3 + 9 + 27 + 81);
        cr_assert(wf_trace_check(trace, NULL));
        weft_trace_free(trace);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

static weft_status wait_20ms(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    usleep(20000);
    return WEFT_OK;
}

Test(trace, idle_workers_say_what_for)
{
    const struct weft_resource one[] = {{"door", 1}};
    const struct weft_need needs[] = {{"door", 1}};
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2, .trace = true, .resources = one, .n_resources = 1});
    weft_graph *g = weft_graph_new();
    weft_task *t[3], *end;
    struct weft_error err;
    weft_trace *trace;
    size_t n_waits = 0;

    for (int i = 0; i < 3; i++)
        t[i] = weft_add(g, wait_20ms, WEFT_TERMS(.needs = needs, .n_needs = 1));
    end = weft_add(g, wait_20ms, .deps = t, .n_deps = 3);
    /* A worker that the system stops for long need not come to sleep in every run. */
    for (int i = 0; i < 50 && !n_waits; i++) {
        cr_assert_eq(weft_pool_run(pool, end, NULL, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK);
        n_waits = n_events(trace, WEFT_EVENT_NEED, 0);
        weft_trace_free(trace);
    }
    cr_assert_geq(n_waits, 1);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status nothing(size_t begin, size_t end, void *arg, struct weft_error *err)
{
    (void)begin, (void)end, (void)arg, (void)err;
    return WEFT_OK;
}

Test(trace, what_ran_may_be_gone)
{
    for (int kind = 0; kind < 2; kind++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = (enum weft_pool_kind)kind, .n_workers = 2, .trace = true});
        weft_graph *g = weft_graph_new();
        weft_task *a = weft_add(g, body_add, .name = "first", .arg = arg_of(1));
        weft_task *b = weft_add(g, body_add, .key = "second", .deps = WEFT_DEPS(a), .layer = weft_graph_layer(g, "end"));
        struct weft_error err;
        weft_trace *trace;

        cr_assert_eq(weft_pool_run(pool, b, NULL, &err), WEFT_OK);
        weft_graph_free(g);
        for (int again = 0; again < 2; again++) {
            cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK, "%s", err.message);
            cr_assert_eq(weft_trace_n_tasks(trace), 2);
            cr_assert_str_eq(weft_trace_task(trace, 0)->name, "first");
            cr_assert_str_eq(weft_trace_task(trace, 1)->key, "second");
            cr_assert_str_eq(weft_trace_task(trace, 1)->layer, "end");
            cr_assert_eq(weft_trace_n_deps(trace, 1), 1);
            cr_assert_geq(weft_trace_n_events(trace), 2);
            weft_trace_free(trace);
        }
        cr_assert_eq(weft_pool_for(pool, nothing, NULL, 30, 10, &err), WEFT_OK);
        cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK);
        cr_assert_eq(weft_trace_n_tasks(trace), 3);
        cr_assert_str_eq(weft_trace_task(trace, 2)->name, "for");
        weft_trace_free(trace);
        weft_pool_free(pool);
    }
}

Test(trace, a_run_of_known_values_is_a_run_of_no_tasks)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2, .trace = true});
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_graph_put(g, weft_value_of_i64(3));
    struct weft_error err;
    struct weft_value v;
    weft_trace *trace;

    cr_assert_eq(weft_pool_run(pool, t, &v, &err), WEFT_OK);
    cr_assert_eq(weft_value_i64(v), 3);
    weft_graph_free(g);
    cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_trace_n_tasks(trace), 0);
    cr_assert_eq(weft_trace_wall_ns(trace), 0);
    weft_trace_free(trace);
    weft_pool_free(pool);
}

Test(trace, futures_outlive_the_plans_a_pool_remembers)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2, .trace = true});
    weft_graph *g = weft_graph_new();
    weft_task *t[] = {weft_add(g, body_add, .arg = arg_of(1)), weft_add(g, body_add, .arg = arg_of(2))};
    weft_future *f[4];
    struct weft_error err;
    struct weft_value v;

    for (int i = 0; i < 4; i++) {
        cr_assert_eq(weft_pool_submit(pool, t, 2, NULL, &f[i], &err), WEFT_OK);
        weft_future_wait(f[i], -1);
    }
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(weft_future_take(f[i], 1, &v, &err), WEFT_OK);
        cr_assert_eq(weft_value_i64(v), 2);
        weft_future_free(f[i]);
    }
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* By some ticks: cores do not read the same clock. */
Test(trace, a_body_that_ends_after_its_run_by_the_clock_of_another_core_is_of_it)
{
    const struct wf_span spans[] = {{.begin = {1000, 1000}, .end = {2000, 2000}, .place = 3, .first_task = 0},
                                    {.begin = {3000, 3000}, .end = {4000, 4000}, .place = 3, .first_task = 10}};
    const struct wf_record noted[] = {{.begin = 990, .end = 1100}, {.begin = 1900, .end = 2005}, {.begin = 2990, .end = 3100},
                                      {.begin = 3900, .end = 4001}};
    static const uint32_t tasks[] = {0, 1, 12, 13};
    struct wf_tracer t = {0};
    struct weft_event e[8];
    size_t n, lost = 0;

    cr_assert(wf_tracer_init(&t, 16));
    for (uint32_t i = 0; i < 4; i++)
        wf_tracer_note(&t, noted[i].begin, noted[i].end, i, 3, WEFT_EVENT_TASK, 0);
    n = wf_tracer_read(&t, 0, spans, 2, spans[0].begin, spans[1].end, e, 8, &lost);
    cr_assert_eq(n, 4);
    for (size_t i = 0; i < n; i++)
        cr_assert_eq(e[i].task, tasks[i]);
    wf_tracer_fini(&t);
}
