/* test_trace.c - what a pool tells of its last run. */
#include <criterion/criterion.h>

#include <string.h>

#include <weft/trace.h>

#include "tests/support/bodies.h"

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

Test(trace, a_ring_too_small_says_what_it_lost)
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
    cr_assert_geq(weft_trace_n_lost(trace), 84);
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
