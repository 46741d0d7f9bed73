#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <weft/pool.h>
#include <weft/spawn.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "tests/support/bodies.h"
#include "tests/support/config_env.h"
#include "tests/support/nomem.h"

static void clear(void)
{
    config_env_clear("/nowhere");
}

TestSuite(rerun, .init = clear);

/* What a body that fails on anything but the second try has seen. */
struct tries {
    int       n, good;     /* it succeeds at this one */
    int64_t   sum[8];
    pthread_t thread[8];
};

static weft_status sum_or_fail(weft_call *call, void *arg, struct weft_error *err)
{
    struct tries *t = arg;
    int64_t sum = 0;

    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        if (weft_call_input(call, i).type)
            sum += weft_value_i64(weft_call_input(call, i));
    t->sum[t->n] = sum;
    t->thread[t->n++] = pthread_self();
    if (t->n != t->good)
        return weft_error_set(err, WEFT_FAILED, "try %d", t->n);
    weft_call_return(call, weft_value_of_i64(sum));
    return WEFT_OK;
}

static weft_status no_result(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

static weft_future *submit(weft_pool *pool, weft_task *t)
{
    struct weft_error err;
    weft_future *f = NULL;

    cr_assert_eq(weft_pool_submit(pool, &t, 1, &(struct weft_run_spec){.keep_failed = true}, &f, &err), WEFT_OK, "%s", err.message);
    return f;
}

/* 2 and 40 and nothing and a known 100 are read by a task that fails. */
static weft_task *failing_task(weft_graph *g, struct tries *t)
{
    weft_task *a = weft_add(g, body_add, .arg = arg_of(2));
    weft_task *b = weft_add(g, body_add, .arg = arg_of(40));
    weft_task *none = weft_add(g, no_result);
    weft_task *known = weft_graph_put(g, weft_value_of_i64(100));

    return weft_add(g, sum_or_fail, .name = "sum", .arg = t, .deps = WEFT_DEPS(a, b, none, known));
}

Test(rerun, runs_the_body_here_with_the_inputs_it_had)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    struct tries tries = {.good = 3};
    weft_future *f = submit(pool, failing_task(g, &tries));
    struct weft_value v = weft_value_none();
    struct weft_error err = {0};

    cr_assert_eq(weft_future_take(f, 0, NULL, &err), WEFT_FAILED);
    cr_assert_str_eq(err.message, "try 1");
    cr_assert_eq(weft_future_rerun(f, &v, &err), WEFT_FAILED);
    cr_assert_str_eq(err.message, "try 2");
    cr_assert(strstr(err.task, "sum"), "%s", err.task);
    cr_assert(strstr(err.site, "test_rerun.c"), "%s", err.site);
    cr_assert_eq(weft_future_rerun(f, &v, &err), WEFT_OK);
    cr_assert_eq(weft_value_i64(v), 142);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(tries.sum[i], 142);
    cr_assert_not(pthread_equal(tries.thread[0], pthread_self()));
    cr_assert(pthread_equal(tries.thread[1], pthread_self()));
    weft_future_free(f);
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(rerun, a_future_without_its_pool_still_can)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_graph *g = weft_graph_new();
    struct tries tries = {.good = 2};
    weft_future *f = submit(pool, failing_task(g, &tries));
    struct weft_value v = weft_value_none();

    weft_pool_free(pool);
    cr_assert_eq(weft_future_rerun(f, &v, NULL), WEFT_OK);
    cr_assert_eq(weft_value_i64(v), 142);
    weft_future_free(f);
    weft_graph_free(g);
}

/* Adds 1000 to input 0 in place, then fails. */
static weft_status spoil_and_fail(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v;
    weft_status st = weft_call_take(call, 0, &v);

    (void)arg;
    if (!st) {
        st = weft_error_set(err, WEFT_FAILED, "read %lld", (long long)box_number(v));
        *(int64_t *)v.as.ptr += 1000;
        weft_value_release(v);
    }
    return st;
}

Test(rerun, what_the_body_took_over_and_changed_is_as_it_was)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_box, .arg = arg_of(7));
    weft_future *f = submit(pool, weft_add(g, spoil_and_fail, .deps = WEFT_DEPS(a)));
    struct weft_error err = {0};

    for (int i = 0; i < 3; i++) {
        cr_assert_eq(weft_future_rerun(f, NULL, &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "read 7");
    }
    weft_future_free(f);
    weft_pool_free(pool);
    weft_graph_free(g);
    cr_assert_eq(boxes_live, 0);
}

static weft_status sealed(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, box_of(&type_sealed_box, 1));
    return WEFT_OK;
}

Test(rerun, an_input_that_cannot_be_held_twice_is_named)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add, .arg = arg_of(1)), *b = weft_add(g, sealed);
    weft_future *f = submit(pool, weft_add(g, body_fail, .key = "end", .deps = WEFT_DEPS(a, b)));
    struct weft_error err = {0};

    cr_assert_eq(weft_future_rerun(f, NULL, &err), WEFT_UNSUPPORTED);
    cr_assert_str_eq(err.message, "end cannot run again: its input 1 can neither be shared nor copied");
    weft_future_free(f);
    weft_pool_free(pool);
    weft_graph_free(g);
    cr_assert_eq(boxes_live, 0);
}

static weft_status spawned_fails(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    return weft_error_set(err, WEFT_FAILED, "child of %lld", (long long)(intptr_t)arg);
}

/* Fails because its child does. */
static weft_status spawns(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_spawn(call, spawned_fails, .arg = arg_of(box_number(weft_call_input(call, 0))));
    return WEFT_OK;
}

Test(rerun, a_task_whose_child_failed_runs_with_its_children)
{
    for (int workers = 1; workers < 4; workers++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers});
        weft_graph *g = weft_graph_new();
        weft_task *a = weft_add(g, body_box, .arg = arg_of(7));
        weft_future *f = submit(pool, weft_add(g, spawns, .deps = WEFT_DEPS(a)));
        struct weft_error err = {0};

        cr_assert_eq(weft_future_take(f, 0, NULL, &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "child of 7");
        memset(&err, 0, sizeof err);
        cr_assert_eq(weft_future_rerun(f, NULL, &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "child of 7");
        weft_future_free(f);
        weft_pool_free(pool);
        weft_graph_free(g);
        cr_assert_eq(boxes_live, 0);
    }
}

static weft_status fail_with_number(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    return weft_error_set(err, WEFT_FAILED, "task %d", (int)(intptr_t)arg);
}

Test(rerun, of_many_failures_the_first_in_the_plan_is_kept)
{
    enum { N = 300 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 7});

    for (int round = 0; round < 20; round++) {
        weft_graph *g = weft_graph_new();
        weft_task *tasks[N];
        struct weft_error err = {0};
        weft_future *f = NULL;

        for (int i = 0; i < N; i++)
            tasks[i] = weft_add(g, i < 5 ? body_add : fail_with_number, .arg = arg_of(i));
        cr_assert_eq(weft_pool_submit(pool, tasks, N, &(struct weft_run_spec){.keep_failed = true}, &f, NULL), WEFT_OK);
        cr_assert_eq(weft_future_rerun(f, NULL, &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "task 5");
        weft_future_free(f);
        weft_graph_free(g);
    }
    weft_pool_free(pool);
}

Test(rerun, a_run_that_was_not_asked_or_did_not_fail_says_so)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_graph *g = weft_graph_new();
    weft_task *bad = weft_add(g, body_fail), *good = weft_add(g, body_add, .arg = arg_of(1));
    struct weft_error err;
    weft_future *f;

    cr_assert_eq(weft_pool_submit(pool, &bad, 1, NULL, &f, NULL), WEFT_OK);
    cr_assert_eq(weft_future_rerun(f, NULL, &err), WEFT_INVALID);
    weft_future_free(f);
    f = submit(pool, good);
    cr_assert_eq(weft_future_rerun(f, NULL, &err), WEFT_NOT_FOUND);
    weft_future_free(f);
    f = submit(pool, weft_graph_fail(g, WEFT_INVALID, "never built"));
    cr_assert_eq(weft_future_take(f, 0, NULL, NULL), WEFT_INVALID);
    cr_assert_eq(weft_future_rerun(f, NULL, &err), WEFT_NOT_FOUND, "there is no body to run");
    weft_future_free(f);
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(rerun, the_environment_makes_who_waits_do_it)
{
    weft_graph *g = weft_graph_new();
    struct tries tries = {.good = 99};
    struct weft_error err = {0};
    weft_pool *pool;

    setenv("WEFT_RERUN_FAILED", "1", 1);
    pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    cr_assert_eq(weft_pool_run(pool, failing_task(g, &tries), NULL, &err), WEFT_FAILED);
    cr_assert_str_eq(err.message, "try 1", "the run tells what happened in it");
    cr_assert_eq(tries.n, 2);
    cr_assert(pthread_equal(tries.thread[1], pthread_self()));
    weft_pool_free(pool);
    weft_graph_free(g);
}

static weft_status crash_elsewhere(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    if (pthread_self() != *(pthread_t *)arg || getpid() != *(pid_t *)((char *)arg + sizeof(pthread_t)))
        raise(SIGKILL);
    weft_call_return(call, weft_value_of_i64(weft_value_i64(weft_call_input(call, 0))));
    return WEFT_OK;
}

Test(rerun, what_crashed_in_another_process_runs_in_this_one)
{
#if WF_TSAN
    cr_skip_test("the thread sanitizer does not follow a fork");
#endif
    struct { pthread_t thread; pid_t process; } here = {pthread_self(), getpid()};
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = 1});
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add, .arg = arg_of(9));
    weft_future *f = submit(pool, weft_add(g, crash_elsewhere, .arg = &here, .deps = WEFT_DEPS(a)));
    struct weft_value v = weft_value_none();

    cr_assert_eq(weft_future_take(f, 0, NULL, NULL), WEFT_CRASHED);
    cr_assert_eq(weft_future_rerun(f, &v, NULL), WEFT_OK);
    cr_assert_eq(weft_value_i64(v), 9);
    weft_future_free(f);
    weft_pool_free(pool);
    weft_graph_free(g);
}

/* Fails, and asks for it again. */
static weft_status scenario(void *arg)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_box, .arg = arg_of(7));
    weft_task *t = weft_add(g, spoil_and_fail, .deps = WEFT_DEPS(a));
    weft_future *f = NULL;
    weft_status st = weft_pool_submit(arg, &t, 1, &(struct weft_run_spec){.keep_failed = true}, &f, NULL);

    if (!st) {
        st = weft_future_rerun(f, NULL, NULL);
        /* FAILED is what it should say; NOT_FOUND, when nothing could be kept; EMPTY, when
         * there was no memory for the box. */
        st = st == WEFT_FAILED ? WEFT_OK : st == WEFT_NOT_FOUND || st == WEFT_EMPTY ? WEFT_NOMEM : st;
    }
    weft_future_free(f);
    weft_graph_free(g);
    return st;
}

Test(rerun, no_memory_is_told_and_leaks_nothing)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});

    scenario(pool);
    nomem_everywhere(scenario, pool);
    cr_assert_eq(boxes_live, 0);
    weft_pool_free(pool);
}
