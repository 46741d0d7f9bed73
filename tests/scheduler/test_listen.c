/* test_listen.c - who hears of an end: callbacks, the first of many, all of them as they come. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <time.h>

#include <weft/async.h>

#include "tests/support/bodies.h"

static _Atomic bool gates[8];

/* Waits at the gate of its number. */
static weft_status body_gate(weft_call *call, void *arg, struct weft_error *err)
{
    while (!atomic_load(&gates[(intptr_t)arg]) && !weft_call_is_cancelled(call))
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    return body_add(call, arg, err);
}

static weft_future *at_gate(weft_pool *pool, int gate)
{
    weft_future *f = NULL;

    atomic_store(&gates[gate], false);
    cr_assert_eq(weft_pool_async(pool, &(struct weft_async_spec){.body = body_gate, .arg = arg_of(gate)}, &f, NULL), WEFT_OK);
    return f;
}

struct ear {
    _Atomic int n, order;
    _Atomic int64_t got;
};

static _Atomic int n_heard;

static void hear(void *arg, weft_future *f)
{
    struct ear *ear = arg;
    struct weft_value v;

    cr_assert(weft_future_is_done(f));
    cr_assert_eq(weft_future_get(f, 0, &v, NULL), WEFT_OK);
    atomic_store(&ear->got, weft_value_i64(v));
    atomic_store(&ear->order, atomic_fetch_add(&n_heard, 1));
    atomic_fetch_add(&ear->n, 1);
}

Test(listen, each_callback_hears_the_end_once_in_their_order_and_with_results)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_future *f = at_gate(pool, 3);
    struct ear ears[3] = {0};

    atomic_store(&n_heard, 0);
    cr_assert_eq(weft_future_on_done(f, hear, &ears[0]), WEFT_OK);
    cr_assert_eq(weft_future_on_done(f, hear, &ears[1]), WEFT_OK);
    cr_assert_eq(ears[0].n, 0);
    atomic_store(&gates[3], true);
    weft_future_wait(f, -1);
    weft_future_free(f); /* both want to hear of it, and do */
    weft_pool_free(pool);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(ears[i].n, 1);
        cr_assert_eq(ears[i].got, 3);
        cr_assert_eq(ears[i].order, i);
    }
}

Test(listen, a_callback_that_comes_late_is_called_at_once)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    struct ear ear = {0};
    weft_future *f;

    cr_assert_eq(weft_pool_async(pool, &(struct weft_async_spec){.body = body_add, .arg = arg_of(4)}, &f, NULL), WEFT_OK);
    cr_assert_eq(weft_future_on_done(f, hear, &ear), WEFT_OK);
    cr_assert_eq(ear.n, 1);
    cr_assert_eq(ear.got, 4);
    weft_future_free(f);
    weft_pool_free(pool);
}

Test(listen, a_callback_keeps_a_future_wanted_that_nobody_holds)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_future *f = at_gate(pool, 5);
    struct ear ear = {0};

    cr_assert_eq(weft_future_on_done(f, hear, &ear), WEFT_OK);
    weft_future_free(f);
    atomic_store(&gates[5], true);
    weft_pool_free(pool);
    cr_assert_eq(ear.got, 5);
}

Test(listen, the_first_of_several_is_named_and_all_can_be_waited_for)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 4});
    weft_future *fs[3];
    size_t i = 9;

    for (int k = 0; k < 3; k++)
        fs[k] = at_gate(pool, k);
    cr_assert_eq(weft_future_wait_any(fs, 3, 1000000, &i), WEFT_TIMEOUT);
    cr_assert_eq(weft_future_wait_all(fs, 3, 0), WEFT_TIMEOUT);
    atomic_store(&gates[1], true);
    cr_assert_eq(weft_future_wait_any(fs, 3, -1, &i), WEFT_OK);
    cr_assert_eq(i, 1u);
    cr_assert_eq(weft_future_wait_any(fs, 3, 0, &i), WEFT_OK, "it is done already");
    cr_assert_eq(weft_future_wait_any(fs, 0, -1, &i), WEFT_NOT_FOUND);
    cr_assert_eq(weft_future_wait_all(fs, 3, 1000000), WEFT_TIMEOUT);
    atomic_store(&gates[0], true);
    atomic_store(&gates[2], true);
    cr_assert_eq(weft_future_wait_all(fs, 3, -1), WEFT_OK);
    for (int k = 0; k < 3; k++) {
        cr_assert(weft_future_is_done(fs[k]));
        weft_future_free(fs[k]);
    }
    weft_pool_free(pool);
}

Test(listen, futures_come_as_they_end_and_more_may_be_added_meanwhile)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 4});
    weft_completed *c = weft_completed_new();
    weft_future *fs[4], *f, *some[4];
    size_t n;

    for (int k = 0; k < 3; k++) {
        fs[k] = at_gate(pool, k);
        cr_assert_eq(weft_completed_add(c, fs[k]), WEFT_OK);
    }
    cr_assert_eq(weft_completed_count(c), 3u);
    cr_assert_eq(weft_completed_next(c, &f, 0), WEFT_TIMEOUT);
    atomic_store(&gates[2], true);
    cr_assert_eq(weft_completed_next(c, &f, -1), WEFT_OK);
    cr_assert_eq(f, fs[2]);
    fs[3] = at_gate(pool, 3);
    cr_assert_eq(weft_completed_add(c, fs[3]), WEFT_OK);
    atomic_store(&gates[3], true);
    cr_assert_eq(weft_completed_next(c, &f, -1), WEFT_OK);
    cr_assert_eq(f, fs[3]);
    cr_assert_eq(weft_completed_count(c), 2u);
    atomic_store(&gates[0], true);
    atomic_store(&gates[1], true);
    cr_assert_eq(weft_future_wait_all(fs, 4, -1), WEFT_OK);
    cr_assert_eq(weft_completed_next_many(c, some, 4, &n, -1), WEFT_OK);
    while (n < 2) { /* the second may be about to come */
        size_t more;

        cr_assert_eq(weft_completed_next_many(c, some + n, 4 - n, &more, -1), WEFT_OK);
        n += more;
    }
    cr_assert_eq(n, 2u);
    cr_assert_eq(weft_completed_next(c, &f, -1), WEFT_NOT_FOUND);
    cr_assert_eq(weft_completed_count(c), 0u);
    weft_completed_free(c);
    for (int k = 0; k < 4; k++)
        weft_future_free(fs[k]);
    weft_pool_free(pool);
}

Test(listen, what_is_cleared_does_not_come)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_completed *c = weft_completed_new();
    weft_future *slow = at_gate(pool, 0), *fast = at_gate(pool, 1), *f;

    weft_completed_add(c, slow);
    weft_completed_add(c, fast);
    atomic_store(&gates[1], true);
    weft_future_wait(fast, -1);
    weft_completed_clear(c);
    cr_assert_eq(weft_completed_count(c), 0u);
    cr_assert_eq(weft_completed_next(c, &f, -1), WEFT_NOT_FOUND);
    weft_completed_add(c, slow);
    atomic_store(&gates[0], true);
    cr_assert_eq(weft_completed_next(c, &f, -1), WEFT_OK);
    cr_assert_eq(f, slow);
    weft_completed_add(c, slow);
    weft_completed_free(c);
    weft_completed_free(NULL);
    weft_future_free(slow);
    weft_future_free(fast);
    weft_pool_free(pool);
}

static void submit_next(void *arg, weft_status st)
{
    (void)st;
    atomic_fetch_add((_Atomic int *)arg, 1);
}

Test(listen, runs_that_were_submitted_are_heard_of_too)
{
    enum { N = 50 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_completed *c = weft_completed_new();
    weft_graph *graphs[N];
    weft_future *f;
    _Atomic int n_done = 0;
    int n = 0;

    for (int i = 0; i < N; i++) {
        weft_task *t;

        graphs[i] = weft_graph_new();
        t = weft_add(graphs[i], body_add, .arg = arg_of(i));
        cr_assert_eq(weft_pool_submit(pool, &t, 1, &(struct weft_run_spec){.done = submit_next, .done_arg = &n_done, .window = 1}, &f, NULL), WEFT_OK);
        weft_completed_add(c, f);
    }
    for (; !weft_completed_next(c, &f, -1); n++) {
        cr_assert_eq(weft_future_status(f), WEFT_OK);
        weft_future_free(f);
    }
    cr_assert_eq(n, N);
    cr_assert_eq(n_done, N);
    weft_completed_free(c);
    weft_pool_free(pool);
    for (int i = 0; i < N; i++)
        weft_graph_free(graphs[i]);
}
