/* test_future.c - submit, go on, wait, poll, stop. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <time.h>

#include <weft/pool.h>

#include "tests/support/bodies.h"

static _Atomic bool gate;

static weft_status body_wait(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    while (!atomic_load(&gate) && !weft_call_is_cancelled(call))
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    weft_call_return(call, weft_value_of_i64(1));
    return WEFT_OK;
}

static void note_done(void *arg, weft_status status)
{
    atomic_store((_Atomic int *)arg, 100 + (int)status);
}

Test(future, waiting_has_a_limit_and_the_run_goes_on)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_wait);
    struct weft_error err;
    struct weft_value v;
    weft_future *f;

    atomic_store(&gate, false);
    cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &f, &err), WEFT_OK);
    cr_assert(!weft_future_is_done(f));
    cr_assert_eq(weft_future_wait(f, 0), WEFT_TIMEOUT);
    cr_assert_eq(weft_future_wait(f, 5000000), WEFT_TIMEOUT);
    atomic_store(&gate, true);
    cr_assert_eq(weft_future_wait(f, -1), WEFT_OK);
    cr_assert(weft_future_is_done(f));
    cr_assert_eq(weft_future_take(f, 0, &v, &err), WEFT_OK);
    cr_assert_eq(weft_value_i64(v), 1);
    cr_assert_eq(weft_future_take(f, 1, &v, &err), WEFT_INVALID);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(future, the_callback_hears_the_end_once)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *good = weft_add(g, body_add), *bad = weft_add(g, body_fail);
    _Atomic int heard = 0;
    const struct weft_run_spec spec = {.done = note_done, .done_arg = &heard};
    struct weft_error err;
    weft_future *f;

    weft_pool_submit(pool, &good, 1, &spec, &f, &err);
    weft_future_wait(f, -1);
    cr_assert_eq(heard, 100 + WEFT_OK);
    weft_future_free(f);
    weft_pool_submit(pool, &bad, 1, &spec, &f, &err);
    weft_future_wait(f, -1);
    cr_assert_eq(heard, 100 + WEFT_FAILED);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(future, a_cancelled_run_begins_no_further_task)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_wait);
    _Atomic int64_t count = 0;
    weft_task *after = weft_add(g, body_count, .arg = &count, .key = "after", .deps = WEFT_DEPS(t));
    struct weft_error err;
    weft_future *f;

    atomic_store(&gate, false);
    weft_pool_submit(pool, &after, 1, NULL, &f, &err);
    weft_future_cancel(f);
    cr_assert_eq(weft_future_take(f, 0, NULL, &err), WEFT_CANCELLED);
    cr_assert_str_eq(err.message, "the run was stopped before this task began");
    cr_assert_eq(count, 0);
    weft_future_cancel(f); /* too late, and harmless */
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(future, hundreds_of_runs_share_a_pool)
{
    enum { N = 300 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3});
    weft_graph *graphs[N];
    weft_future *futures[N];
    struct weft_error err;

    for (int i = 0; i < N; i++) {
        weft_task *t;

        graphs[i] = weft_graph_new();
        t = weft_add(graphs[i], body_add, .arg = arg_of(i));
        for (int k = 0; k < 20; k++)
            t = weft_add(graphs[i], body_add, .arg = arg_of(1), .deps = WEFT_DEPS(t));
        cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &futures[i], &err), WEFT_OK);
    }
    for (int i = N; i-- > 0;) {
        struct weft_value v;

        cr_assert_eq(weft_future_take(futures[i], 0, &v, &err), WEFT_OK);
        cr_assert_eq(weft_value_i64(v), i + 20);
        weft_future_free(futures[i]);
        weft_graph_free(graphs[i]);
    }
    weft_pool_free(pool);
}

Test(future, results_not_taken_are_freed)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_box, .arg = arg_of(1));
    struct weft_error err;
    weft_future *f;

    boxes_live = 0;
    weft_pool_submit(pool, &t, 1, NULL, &f, &err);
    weft_future_free(f);
    cr_assert_eq(boxes_live, 0);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(future, a_sealed_value_is_not_given_twice)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_graph *g = weft_graph_new();
    struct weft_error err;
    weft_task *t;

    boxes_live = 0;
    t = weft_graph_put(g, box_of(&type_sealed_box, 3));
    cr_assert_eq(weft_pool_run(pool, t, NULL, &err), WEFT_UNSUPPORTED);
    cr_assert_str_eq(err.message, "target 0 is asked for twice, or known before, and its type (sealed box) can "
                                  "neither be shared nor copied");
    weft_graph_free(g);
    cr_assert_eq(boxes_live, 0);
    weft_pool_free(pool);
}
