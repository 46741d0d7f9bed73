/* test_future.c - submit, go on, wait, poll, stop. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
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

static weft_status body_sealed(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    weft_call_return(call, box_of(&type_sealed_box, (intptr_t)arg));
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

Test(future, a_sealed_value_beside_one_asked_for_twice_is_given)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_sealed, .arg = arg_of(7)), *b = weft_add(g, body_box, .arg = arg_of(5));
    struct weft_value v[4];
    struct weft_error err;

    boxes_live = 0;
    cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){b, a, b, b}, 4, NULL, v, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(box_number(v[1]), 7);
    for (int i = 0; i < 4; i++) {
        cr_assert(i == 1 || box_number(v[i]) == 5);
        weft_value_release(v[i]);
    }
    /* Of a sealed one asked for twice, the last is given. */
    cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){a, a}, 2, NULL, v, &err), WEFT_UNSUPPORTED);
    cr_assert_eq(err.status, WEFT_UNSUPPORTED);
    cr_assert_null(v[0].type);
    cr_assert_eq(box_number(v[1]), 7);
    weft_value_release(v[1]);
    weft_graph_free(g);
    weft_pool_free(pool);
    cr_assert_eq(boxes_live, 0);
}

Test(future, to_wait_for_longer_than_time_lasts_is_to_wait)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_wait);
    struct weft_error err;
    weft_future *f, *later;

    atomic_store(&gate, false);
    cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &f, &err), WEFT_OK);
    cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &later, &err), WEFT_OK);
    weft_future_cancel(f);
    weft_future_cancel(later);
    cr_assert_eq(weft_future_wait(later, INT64_MAX), WEFT_OK);
    weft_future_free(f);
    weft_future_free(later);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status body_nap(weft_call *call, void *arg, struct weft_error *err)
{
    nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    return body_add(call, arg, err);
}

Test(future, a_pool_finishes_what_is_submitted_before_it_goes, .timeout = 120)
{
    enum { N = 100 }; /* more than run at once: some queue */

    for (int round = 0; round < 20; round++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1 + round % 4});
        weft_graph *g = weft_graph_new();
        weft_future *f[N];
        struct weft_error err;
        struct weft_value v;

        for (int i = 0; i < N; i++) {
            weft_task *t = weft_add(g, body_nap, .arg = arg_of(i));

            t = weft_add(g, body_nap, .arg = arg_of(1), .deps = WEFT_DEPS(t));
            cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &f[i], &err), WEFT_OK);
        }
        weft_pool_free(pool);
        for (int i = 0; i < N; i++) {
            weft_future_cancel(f[i]); /* too late, and harmless */
            cr_assert_eq(weft_future_take(f[i], 0, &v, &err), WEFT_OK);
            cr_assert_eq(weft_value_i64(v), i + 1);
            weft_future_free(f[i]);
        }
        weft_graph_free(g);
    }
}

struct next {
    weft_pool   *pool;
    weft_task   *task;
    weft_future *future[50];
    _Atomic int  n;
};

static void submit_next(void *arg, weft_status status)
{
    struct next *next = arg;
    const struct weft_run_spec spec = {.done = submit_next, .done_arg = next};
    const int i = atomic_load(&next->n);

    cr_assert_eq(status, WEFT_OK);
    atomic_store(&next->n, i + 1);
    if (i < 50)
        weft_pool_submit(next->pool, &next->task, 1, &spec, &next->future[i], NULL);
}

Test(future, a_callback_may_submit_the_next_run, .timeout = 60)
{
    for (int kind = 0; kind < 2; kind++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = (enum weft_pool_kind)kind, .n_workers = 3});
        weft_graph *g = weft_graph_new();
        struct next next = {.pool = pool, .task = weft_add(g, body_add)};

        submit_next(&next, WEFT_OK);
        weft_pool_free(pool);
        cr_assert_eq(atomic_load(&next.n), 51);
        for (int i = 0; i < 50; i++)
            weft_future_free(next.future[i]);
        weft_graph_free(g);
    }
}

Test(future, a_hundred_thousand_failures_are_told_in_time, .timeout = 30)
{
    enum { N = 100000 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task **t = malloc(N * sizeof *t);
    struct weft_value *v = malloc(N * sizeof *v);
    struct weft_error err;
    weft_future *f;

    for (int i = 0; i < N; i++)
        t[i] = weft_add(g, body_fail, .name = "f");
    cr_assert_eq(weft_pool_submit(pool, t, N, NULL, &f, &err), WEFT_OK);
    for (int i = 0; i < N; i++) {
        char key[96];

        cr_assert_eq(weft_future_take(f, (size_t)i, &v[i], &err), WEFT_FAILED);
        weft_task_key(t[i], key, sizeof key);
        cr_assert_str_eq(err.task, key);
    }
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
    free(t);
    free(v);
}

static void *run_often(void *arg)
{
    struct next *next = arg;

    for (int i = 0; i < 300; i++) {
        struct weft_value v;

        cr_assert_eq(weft_pool_run(next->pool, next->task, &v, NULL), WEFT_OK);
        cr_assert_eq(weft_value_i64(v), 42);
    }
    return NULL;
}

Test(future, threads_may_share_a_pool_of_any_kind)
{
    for (int kind = 0; kind < 2; kind++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = (enum weft_pool_kind)kind, .n_workers = 2});
        weft_graph *g = weft_graph_new();
        struct next next = {.pool = pool, .task = weft_add(g, body_add, .arg = arg_of(40))};
        pthread_t threads[3];

        next.task = weft_add(g, body_add, .arg = arg_of(2), .deps = WEFT_DEPS(next.task));
        for (int i = 0; i < 3; i++)
            pthread_create(&threads[i], NULL, run_often, &next);
        for (int i = 0; i < 3; i++)
            pthread_join(threads[i], NULL);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
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

/* ---- Several runs share the workers ------------------------------------------ */

struct crowd {
    weft_pool       *pool;
    weft_task       *small;
    weft_future     *f;
    _Atomic int64_t  n, n_at_end; /* tasks of the big run; when the small one ended */
    int64_t          from;        /* the one that submits the small one */
};

static void small_ended(void *arg, weft_status st)
{
    struct crowd *c = arg;

    (void)st;
    atomic_store(&c->n_at_end, atomic_load(&c->n));
}

/* From the time the small run is there tasks of the big one take some, so that a thread that
 * has lost its core is back long before the big one ends. */
static weft_status body_crowd(weft_call *call, void *arg, struct weft_error *err)
{
    struct crowd *c = arg;
    const int64_t n = atomic_fetch_add(&c->n, 1);

    (void)call;
    if (n == c->from)
        return weft_pool_submit(c->pool, &c->small, 1, &(struct weft_run_spec){.done = small_ended, .done_arg = c}, &c->f, err);
    if (n > c->from && !atomic_load(&c->n_at_end) && weft_pool_n_workers(c->pool) > 1)
        nanosleep(&(struct timespec){.tv_nsec = 20000}, NULL);
    return WEFT_OK;
}

enum { CROWD = 20000, SMALL = 100 };

/* The big run: a chain; a root with many behind it; nothing but roots. */
static weft_task *big_run(weft_graph *g, struct crowd *c, int shape)
{
    static weft_task *all[CROWD];

    for (int i = 0; i < CROWD; i++) {
        const bool has_dep = shape != 2 && i;

        all[i] = weft_add(g, body_crowd, .arg = c, .key = NULL, .deps = has_dep ? &all[shape ? 0 : i - 1] : NULL, .n_deps = has_dep);
    }
    return weft_add(g, body_crowd, .arg = c, .deps = shape ? all : &all[CROWD - 1], .n_deps = shape ? CROWD : 1);
}

/* The small run: a chain of SMALL, or as many side by side. */
static weft_task *small_run(weft_graph *g, int shape)
{
    weft_task *all[SMALL];

    for (int i = 0; i < SMALL; i++)
        all[i] = weft_add(g, body_add, .arg = arg_of(i), .deps = shape || !i ? NULL : &all[i - 1], .n_deps = !shape && i);
    return weft_add(g, body_add, .deps = shape ? all : &all[SMALL - 1], .n_deps = shape ? SMALL : 1);
}

Test(future, a_small_run_ends_soon_though_a_big_one_was_there_before)
{
    static const int n_workers[] = {1, 2, 8};

    for (int k = 0; k < 18; k++) {
        struct crowd c = {.pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = n_workers[k / 6]}), .from = 1000};
        weft_graph *g = weft_graph_new(), *h = weft_graph_new();
        weft_task *big = big_run(g, &c, k % 3);

        c.small = small_run(h, k / 3 % 2);
        cr_assert_eq(weft_pool_run(c.pool, big, NULL, NULL), WEFT_OK);
        cr_assert_eq(c.n, CROWD + 1);
        weft_future_wait(c.f, -1);
        /* 64 tasks a turn; the small one takes some of its own. */
        cr_expect_lt(c.n_at_end, n_workers[k / 6] == 1 ? c.from + 1000 : CROWD, "big %d, small %d, %d workers: after %ld", k % 3,
                     k / 3 % 2, n_workers[k / 6], (long)c.n_at_end);
        weft_future_free(c.f);
        weft_graph_free(g);
        weft_graph_free(h);
        weft_pool_free(c.pool);
    }
}
