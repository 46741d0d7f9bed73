/* test_stand.c - timeouts of bodies and runs, tasks for certain workers, runs that go on when something fails. */
#include <criterion/criterion.h>

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <weft/fork.h>
#include <weft/spawn.h>

#include "lib/base/clock.h"
#include "tests/support/scale.h"

static const int workers[] = {0, 1, 2, 4}; /* 0: the serial runner */
enum { N_POOLS = sizeof workers / sizeof *workers };
#define MS(x) ((int64_t)(x) * 1000000)

static weft_pool *new_pool(int n)
{
    return weft_pool_new(&(struct weft_pool_spec){.kind = n ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL, .n_workers = n});
}

#define ADDRESS(x) .arg = &(void *){(void *)&(x)}, .arg_bytes = sizeof(void *)

static weft_status count(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    ++**(_Atomic int **)arg;
    return WEFT_OK;
}

/* ---- Timeouts of bodies --------------------------------------------------------------------- */

/* Until it is told that its time is over. */
static weft_status until_told(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg;
    while (!weft_call_is_cancelled(call))
        sched_yield();
    return weft_error_set(err, WEFT_CANCELLED, "told to stop");
}

static weft_status until_told_well(weft_call *call, void *arg, struct weft_error *err)
{
    until_told(call, arg, err);
    weft_call_return(call, weft_value_of_i64(1));
    return WEFT_OK;
}

static void fails_with_time(weft_pool *pool, weft_body *body)
{
    weft_graph *g = weft_graph_new();
    _Atomic int n = 0;
    weft_task *slow = weft_add(g, body, .name = "slow", WEFT_TERMS(.timeout_ns = MS(5)));
    weft_task *t[2] = {weft_add(g, count, ADDRESS(n), .deps = WEFT_DEPS(slow)), weft_add(g, count, ADDRESS(n), WEFT_TERMS(.timeout_ns = MS(60000)))};
    struct weft_error err;

    cr_assert_eq(weft_pool_run_many(pool, t, 2, NULL, NULL, &err), WEFT_TIMEOUT);
    cr_assert(strstr(err.message, "5ms"), "%s", err.message);
    cr_assert(strstr(err.task, "slow"));
    cr_assert_eq(n, 1, "who was in time has not failed");
    weft_graph_free(g);
}

Test(stand, a_body_that_runs_too_long_is_told_and_fails)
{
    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = new_pool(workers[p]);

        fails_with_time(pool, until_told);
        fails_with_time(pool, until_told_well); /* whatever it returned */
        weft_pool_free(pool);
    }
}

Test(stand, a_body_in_a_process_is_told_too)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = 1});
    weft_graph *g = weft_graph_new();
    struct weft_error err;

    cr_assert_eq(weft_pool_run(pool, weft_add(g, until_told, .name = "slow", WEFT_TERMS(.timeout_ns = MS(5))), NULL, &err), WEFT_TIMEOUT);
    cr_assert(strstr(err.message, "5ms"), "%s", err.message);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status slow_at_first(weft_call *call, void *arg, struct weft_error *err)
{
    _Atomic int *n = *(_Atomic int **)arg;

    return ++*n < 3 ? until_told(call, NULL, err) : WEFT_OK;
}

Test(stand, a_body_that_was_too_slow_may_be_tried_again)
{
    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = new_pool(workers[p]);
        weft_graph *g = weft_graph_new();
        _Atomic int n = 0;
        weft_task *t = weft_add(g, slow_at_first, ADDRESS(n), WEFT_TERMS(.timeout_ns = MS(3), .retries = 2), .flags = WEFT_PURE);

        cr_assert_eq(weft_pool_run(pool, t, NULL, NULL), WEFT_OK);
        cr_assert_eq(n, 3);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

static weft_status spawn_slow(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *c = weft_spawn(call, until_told, WEFT_TERMS(.timeout_ns = MS(4)));

    (void)arg;
    return weft_call_wait(call, c, NULL, err);
}

Test(stand, a_spawned_task_has_its_own_time)
{
    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = new_pool(workers[p]);
        weft_graph *g = weft_graph_new();
        struct weft_error err;

        cr_assert_eq(weft_pool_run(pool, weft_add(g, spawn_slow), NULL, &err), WEFT_TIMEOUT);
        cr_assert(strstr(err.message, "4ms"), "%s", err.message);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

/* ---- Timeouts of runs ------------------------------------------------------------------------ */

Test(stand, a_run_ends_at_its_time)
{
    for (int p = 0; p < N_POOLS; p++) {
        const int n_slow = workers[p] ? workers[p] : 1;
        weft_pool *pool = new_pool(workers[p]);
        weft_graph *g = weft_graph_new();
        _Atomic int n = 0;
        weft_task *t[5];
        struct weft_error err;

        for (int i = 0; i < n_slow; i++) /* as many as there are workers */
            t[i] = weft_add(g, until_told, .name = "slow");
        t[n_slow] = weft_add(g, count, ADDRESS(n), .deps = WEFT_DEPS(t[0]));
        cr_assert_eq(weft_pool_run_many(pool, t, (size_t)n_slow + 1, &(struct weft_run_spec){.timeout_ns = MS(10)}, NULL, &err),
                     WEFT_TIMEOUT);
        cr_assert(strstr(err.message, "10ms"), "%s", err.message);
        cr_assert_eq(n, 0);
        cr_assert_eq(weft_pool_run_many(pool, &(weft_task *){weft_add(g, count, ADDRESS(n))}, 1,
                                        &(struct weft_run_spec){.timeout_ns = MS(100000)}, NULL, NULL), WEFT_OK);
        cr_assert_eq(n, 1);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

static weft_status always_fails(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg;
    return weft_error_set(err, WEFT_FAILED, "told to");
}

/* What rests and what waits ends with the run; what was there is there. */
Test(stand, what_has_not_begun_at_its_time_does_not_begin)
{
    static const struct weft_resource one[] = {{"licence", 1}};
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3, .resources = one, .n_resources = 1});
    const struct weft_need need = {"licence", 1};
    weft_graph *g = weft_graph_new();
    _Atomic int n_done = 0, n_waits = 0;
    struct weft_error err;
    weft_task *t[4];
    weft_future *f;

    t[0] = weft_add(g, until_told, WEFT_TERMS(.needs = &need, .n_needs = 1), .priority = 1);
    t[1] = weft_add(g, count, ADDRESS(n_waits), .deps = WEFT_DEPS(t[0]));
    t[2] = weft_add(g, always_fails, .flags = WEFT_PURE, WEFT_TERMS(.retries = 9, .backoff_ns = MS(3600000)));
    t[3] = weft_add(g, count, ADDRESS(n_done));
    cr_assert_eq(weft_pool_submit(pool, t, 4, &(struct weft_run_spec){.timeout_ns = MS(40)}, &f, NULL), WEFT_OK);
    cr_assert_eq(weft_future_take(f, 0, NULL, &err), WEFT_TIMEOUT);
    cr_assert(strstr(err.message, "was running"), "%s", err.message);
    cr_assert_eq(weft_future_take(f, 1, NULL, &err), WEFT_TIMEOUT);
    cr_assert_eq(weft_future_take(f, 2, NULL, &err), WEFT_TIMEOUT, "it rested");
    cr_assert(strstr(err.message, "40ms") && strstr(err.message, "had not begun"), "%s", err.message);
    cr_assert_eq(weft_future_take(f, 3, NULL, &err), WEFT_OK);
    cr_assert_eq(n_done, 1);
    cr_assert_eq(n_waits, 0);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status run_inside(weft_call *call, void *arg, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, until_told);
    weft_status st = weft_call_run(call, &t, 1, NULL, NULL, err);

    (void)arg;
    weft_graph_free(g);
    return st;
}

Test(stand, the_time_of_a_run_is_that_of_runs_inside_it)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, run_inside);
    struct weft_error err;

    cr_assert_eq(weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.timeout_ns = MS(5)}, NULL, &err), WEFT_TIMEOUT);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(stand, a_time_below_zero_is_refused)
{
    weft_pool *pool = new_pool(1);
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, always_fails);

    cr_assert_eq(weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.timeout_ns = -1}, NULL, NULL), WEFT_INVALID);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- Certain workers --------------------------------------------------------------------------- */

struct place {
    _Atomic int n_ran, n_there;
    int         worker;
};

static weft_status where(weft_call *call, void *arg, struct weft_error *err)
{
    struct place *p = *(struct place **)arg;

    (void)err;
    p->n_ran++;
    p->n_there += weft_call_worker(call) == p->worker;
    return WEFT_OK;
}

Test(stand, tasks_for_one_worker_run_only_there)
{
    enum { N = 300 };

    for (int n = 1; n <= 4; n++) {
        weft_pool *pool = new_pool(n);

        for (int round = 0; round < (int)test_scaled(20); round++) {
            weft_graph *g = weft_graph_new();
            struct place places[4] = {0};
            weft_task *t[N];

            for (int i = 0; i < N; i++) {
                places[i % n].worker = i % n;
                t[i] = weft_add(g, where, ADDRESS(places[i % n]), WEFT_TERMS(.workers = (int[]){i % n, 99}, .n_workers = 2, .only_workers = true), .deps = &t[i - (i > 10 ? 7 : 0)], .n_deps = i > 10);
            }
            cr_assert_eq(weft_pool_run_many(pool, t, N, NULL, NULL, NULL), WEFT_OK);
            for (int w = 0; w < n; w++) {
                cr_assert_eq(places[w].n_there, places[w].n_ran);
                cr_assert_eq(places[w].n_ran, N / n);
            }
            weft_graph_free(g);
        }
        weft_pool_free(pool);
    }
}

/* It sleeps, and is woken for it. */
Test(stand, a_worker_that_sleeps_is_called)
{
    weft_pool *pool = new_pool(4);

    for (int i = 0; i < (int)test_scaled(40); i++) {
        weft_graph *g = weft_graph_new();
        struct place p = {.worker = i % 4};
        weft_task *t = weft_add(g, where, ADDRESS(p), WEFT_TERMS(.workers = &p.worker, .n_workers = 1, .only_workers = true));

        nanosleep(&(struct timespec){.tv_nsec = MS(1)}, NULL);
        cr_assert_eq(weft_pool_run(pool, t, NULL, NULL), WEFT_OK);
        cr_assert_eq(p.n_there, 1);
        weft_graph_free(g);
    }
    weft_pool_free(pool);
}

static weft_status hold(weft_call *call, void *arg, struct weft_error *err)
{
    _Atomic int *state = *(_Atomic int **)arg;

    (void)call, (void)err;
    ++*state;
    while (*state < 100)
        sched_yield();
    return WEFT_OK;
}

/* One that is preferred and busy: others run what was meant for it. */
Test(stand, tasks_rather_for_one_worker_are_run_by_others_that_have_nothing_else)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    struct place p = {.worker = 0};
    _Atomic int state = 0;
    weft_task *busy = weft_add(g, hold, ADDRESS(state), WEFT_TERMS(.workers = &p.worker, .n_workers = 1, .only_workers = true)), *t[50];
    weft_future *f;

    for (int i = 0; i < 50; i++)
        t[i] = weft_add(g, where, ADDRESS(p), WEFT_TERMS(.workers = &p.worker, .n_workers = 1));
    cr_assert_eq(weft_pool_submit(pool, &busy, 1, NULL, &f, NULL), WEFT_OK);
    while (state < 1)
        sched_yield();
    cr_assert_eq(weft_pool_run_many(pool, t, 50, NULL, NULL, NULL), WEFT_OK);
    cr_assert_eq(p.n_ran, 50);
    cr_assert_eq(p.n_there, 0);
    state = 100;
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(stand, a_worker_that_is_not_there_cannot_be_the_only_one)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    struct place p = {.worker = 7};
    struct weft_error err;

    cr_assert_eq(weft_pool_run(pool, weft_add(g, where, ADDRESS(p), WEFT_TERMS(.workers = &p.worker, .n_workers = 1, .only_workers = true)),
                               NULL, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "worker 7") && strstr(err.message, "0 to 1"), "%s", err.message);
    cr_assert_eq(weft_pool_run(pool, weft_add(g, where, ADDRESS(p), WEFT_TERMS(.workers = &p.worker, .n_workers = 1)), NULL, NULL), WEFT_OK);
    cr_assert_eq(p.n_ran, 1);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- Going on ------------------------------------------------------------------------------------ */

static weft_status number(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    weft_call_return(call, weft_value_of_i64(*(const int64_t *)arg));
    return WEFT_OK;
}

/* The sum of what is there; what is not counts as a thousand. */
static weft_status sum_of_some(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t sum = 0;

    (void)arg;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++) {
        const struct weft_value v = weft_call_input(call, i);
        struct weft_error why = {0};

        if (!weft_call_input_status(call, i, &why))
            sum += weft_value_i64(v);
        else if (!v.type && strcmp(why.message, "told to") == 0)
            sum += 1000;
        else
            return weft_error_set(err, WEFT_INVALID, "input %zu: %s", i, why.message);
    }
    weft_call_return(call, weft_value_of_i64(sum));
    return WEFT_OK;
}

Test(stand, a_lenient_task_runs_without_what_has_failed)
{
    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = new_pool(workers[p]);
        weft_graph *g = weft_graph_new();
        _Atomic int n = 0;
        weft_task *one = weft_add(g, number, .arg = &(int64_t){1}, .arg_bytes = sizeof(int64_t));
        weft_task *bad = weft_add(g, always_fails, .name = "bad");
        weft_task *poisoned = weft_add(g, count, ADDRESS(n), .deps = WEFT_DEPS(bad));
        weft_task *known = weft_graph_put(g, weft_value_of_i64(20));
        weft_task *some = weft_add(g, sum_of_some, .deps = WEFT_DEPS(one, bad, poisoned, known), WEFT_TERMS(.lenient = true));
        weft_task *more = weft_add(g, sum_of_some, .deps = WEFT_DEPS(some, one), WEFT_TERMS(.lenient = true));
        weft_task *t[3] = {more, poisoned, bad};
        struct weft_value v[3];
        weft_future *f;

        cr_assert_eq(weft_pool_run_many(pool, t, 3, &(struct weft_run_spec){.on_error = WEFT_CONTINUE}, v, NULL), WEFT_FAILED);
        cr_assert_eq(weft_value_i64(v[0]), 2022);
        cr_assert_eq(n, 0, "who is not lenient does not run");
        /* In any other run it fails like all others. */
        cr_assert_eq(weft_pool_submit(pool, t, 3, NULL, &f, NULL), WEFT_OK);
        cr_assert_eq(weft_future_take(f, 0, NULL, NULL), WEFT_FAILED);
        weft_future_free(f);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

static weft_status spawn_lenient(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t five = 5;
    weft_child *in[2] = {weft_spawn(call, number, WEFT_ARG(five)), weft_spawn(call, always_fails)};
    weft_child *sum = weft_spawn(call, sum_of_some, .deps = in, .n_deps = 2, WEFT_TERMS(.lenient = true));
    struct weft_value v;

    (void)arg;
    weft_call_wait(call, in[1], NULL, NULL);
    if (weft_call_wait(call, sum, &v, err))
        return err->status;
    weft_call_return(call, v);
    return WEFT_OK;
}

Test(stand, a_spawned_task_may_be_lenient)
{
    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = new_pool(workers[p]);
        weft_graph *g = weft_graph_new();
        weft_task *t = weft_add(g, spawn_lenient);
        struct weft_value v;
        struct weft_error err = {0};

        cr_assert_eq(weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.on_error = WEFT_CONTINUE}, &v, &err), WEFT_OK, "%s",
                     err.message);
        cr_assert_eq(weft_value_i64(v), 1005);
        cr_assert_eq(weft_pool_run(pool, t, NULL, NULL), WEFT_FAILED);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

/* ---- Cancelling ------------------------------------------------------------------------------------ */

/* A worker that has seen the end of a run begins no further body of it. */
struct crowd {
    _Atomic int n_began;
    _Atomic int seen[64];
    _Atomic int n_too_late;
};

static weft_status until_cancelled(weft_call *call, void *arg, struct weft_error *err)
{
    struct crowd *c = *(struct crowd **)arg;
    const int me = weft_call_worker(call);

    (void)err;
    c->n_too_late += c->seen[me];
    c->n_began++;
    while (!weft_call_is_cancelled(call))
        sched_yield();
    c->seen[me] = 1;
    return WEFT_OK;
}

Test(stand, no_body_begins_after_its_worker_has_seen_the_cancel)
{
    enum { WORKERS = 64, N = 5000 };
    weft_pool *pool = new_pool(WORKERS);
    weft_graph *g = weft_graph_new();
    struct crowd c = {0};
    weft_task **t = calloc(N, sizeof *t);
    weft_future *f;
    int n_ok = 0, n_cancelled = 0;

    for (int i = 0; i < N; i++)
        t[i] = weft_add(g, until_cancelled, ADDRESS(c), .deps = &t[i < 200 ? 0 : i - 200], .n_deps = i >= 200);
    cr_assert_eq(weft_pool_submit(pool, t, N, NULL, &f, NULL), WEFT_OK);
    while (c.n_began < WORKERS) /* each has one, and is in it */
        sched_yield();
    weft_future_cancel(f);
    for (int i = 0; i < N; i++) {
        const weft_status st = weft_future_take(f, (size_t)i, NULL, NULL);

        n_ok += st == WEFT_OK;
        n_cancelled += st == WEFT_CANCELLED;
    }
    cr_assert_eq(c.n_too_late, 0);
    cr_assert_eq(c.n_began, WORKERS, "%d bodies began", c.n_began);
    cr_assert_eq(n_ok, WORKERS);
    cr_assert_eq(n_cancelled, N - WORKERS);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
    free(t);
}
