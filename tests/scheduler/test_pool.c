/* test_pool.c - what runs on workers: everything once, and workers come and go. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <weft/pool.h>

#include "config.h"
#include "lib/base/mem.h"
#include "tests/support/bodies.h"
#include "tests/support/pools.h"
#include "tests/support/scale.h"

Test(pool, every_task_runs_exactly_once_on_every_replay)
{
    enum { LAYERS = 40, WIDTH = 100 };
    const int rounds = (int)test_scaled(80);

    for (int w = 0; w < N_WORKERS; w++) {
        _Atomic int64_t counts[LAYERS * WIDTH] = {0};
        weft_pool *pool = pool_of(workers[w]);
        weft_graph *g = weft_graph_new();
        weft_task *t[LAYERS * WIDTH];
        struct weft_error err;
        weft_plan *plan;

        srand(7);
        for (int i = 0; i < LAYERS * WIDTH; i++) {
            weft_task *deps[3];
            size_t n = 0;

            while (i >= WIDTH && n < 3)
                deps[n++] = t[(i / WIDTH - 1) * WIDTH + rand() % WIDTH];
            t[i] = weft_graph_add(g, &(struct weft_task_spec){.body = body_count, .arg = &counts[i], .deps = deps, .n_deps = n});
        }
        cr_assert_eq(weft_plan_new(&plan, t, LAYERS * WIDTH, NULL, &err), WEFT_OK);
        for (int round = 1; round <= rounds; round++) {
            cr_assert_eq(weft_pool_run_plan(pool, plan, NULL, NULL, &err), WEFT_OK, "%s", err.message);
            for (int i = 0; i < LAYERS * WIDTH; i++)
                cr_assert_eq(counts[i], round, "task %d ran %lld times in %d runs", i, (long long)counts[i], round);
        }
        weft_plan_free(plan);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(pool, a_graph_written_in_any_order_runs)
{
    weft_pool *pool = pool_of(2);
    weft_graph *g = weft_graph_new();
    weft_task *end = weft_add(g, body_add, .key = "end",
                              .deps = WEFT_DEPS(weft_graph_ref(g, "middle"), weft_graph_ref(g, "other name")));
    struct weft_value v;
    struct weft_error err;

    weft_add(g, body_add, .key = "middle", .arg = arg_of(10), .deps = WEFT_DEPS(weft_graph_ref(g, "start")));
    weft_add(g, body_add, .key = "start", .arg = arg_of(1));
    weft_graph_alias(g, "other name", weft_graph_find(g, "start"));
    cr_assert_eq(weft_pool_run(pool, end, &v, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_value_i64(v), 12);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(pool, a_plan_that_runs_is_not_run_again_meanwhile)
{
    weft_pool *pool = pool_of(2);
    weft_graph *g = weft_graph_new();
    weft_task *t[1000];
    weft_future *f;
    weft_plan *plan;
    struct weft_error err;
    _Atomic int64_t count = 0;

    for (int i = 0; i < 1000; i++)
        t[i] = weft_add(g, body_count, .arg = &count);
    weft_plan_new(&plan, t, 1000, NULL, &err);
    cr_assert_eq(weft_pool_submit_plan(pool, plan, NULL, &f, &err), WEFT_OK);
    while (!weft_future_is_done(f)) {
        weft_future *again = NULL;
        const weft_status st = weft_pool_submit_plan(pool, plan, NULL, &again, &err);

        cr_assert(st == WEFT_OK || st == WEFT_INVALID);
        weft_future_free(again);
    }
    weft_future_free(f);
    cr_assert_eq(count % 1000, 0);
    weft_plan_free(plan);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(pool, an_idle_pool_sleeps)
{
    struct rusage before, after;
    weft_pool *pool = pool_of(8);
    struct timespec pause = {.tv_nsec = 20000000};
    int64_t used_ns;

    nanosleep(&pause, NULL);
    getrusage(RUSAGE_SELF, &before);
    pause.tv_nsec = 300000000;
    nanosleep(&pause, NULL);
    getrusage(RUSAGE_SELF, &after);
    used_ns = (after.ru_utime.tv_sec - before.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_stime.tv_sec) * 1000000000LL +
              (after.ru_utime.tv_usec - before.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_stime.tv_usec) * 1000LL;
    cr_assert_lt(used_ns, 30000000, "eight idle workers used %lld ns of 300 ms", (long long)used_ns);
    weft_pool_free(pool);
}

/* Gives the worker in the upper half of a number, and the node of a big block it takes in the lower. */
static weft_status body_node(weft_call *call, void *arg, struct weft_error *err)
{
    void *block = wf_alloc(4 << 20);

    (void)err;
    memset(block, 1, 4 << 20);
    weft_call_return(call, weft_value_of_i64((int64_t)weft_call_worker(call) << 32 | (uint32_t)wf_mem_node_of(block)));
    wf_free(block);
    /* Both wait for the other, so each has a worker of its own. */
    atomic_fetch_add((_Atomic int *)arg, 1);
    while (atomic_load((_Atomic int *)arg) < 2)
        sched_yield();
    return WEFT_OK;
}

Test(pool, a_workers_big_blocks_lie_on_its_node)
{
    static _Atomic int n_met;
    struct weft_value v[2];
    struct weft_error err;
    weft_graph *g = weft_graph_new();
    weft_task *t[] = {weft_add(g, body_node, .arg = (void *)&n_met), weft_add(g, body_node, .arg = (void *)&n_met)};
    weft_pool *pool;

    setenv("HWLOC_SYNTHETIC", "pack:2 [numa] core:1 pu:1", 1);
    pool = pool_of(2);
    cr_assert_eq(weft_pool_run_many(pool, t, 2, NULL, v, &err), WEFT_OK, "%s", err.message);
    for (int i = 0; i < 2; i++) {
        const int worker = (int)(weft_value_i64(v[i]) >> 32), node = (int)weft_value_i64(v[i]);

        cr_expect_eq(node, WF_HAVE_JEMALLOC ? worker : -1, "worker %d on node %d", worker, node);
    }
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(pool, several_pools_live_in_one_process)
{
    weft_pool *pools[4];
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add, .arg = arg_of(9));
    struct weft_value v;
    struct weft_error err;

    for (int i = 0; i < 4; i++)
        pools[i] = pool_of(i + 1);
    for (int i = 0; i < 40; i++) {
        cr_assert_eq(weft_pool_run(pools[i % 4], t, &v, &err), WEFT_OK);
        cr_assert_eq(weft_value_i64(v), 9);
    }
    for (int i = 0; i < 4; i++)
        weft_pool_free(pools[i]);
    weft_graph_free(g);
}

Test(pool, a_forked_child_may_free_it_and_make_its_own)
{
#if WF_TSAN
    cr_skip_test("the thread sanitizer does not follow a fork");
#endif
    weft_pool *pool = pool_of(2);
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add, .arg = arg_of(9));
    struct weft_error err;
    struct weft_value v;
    int how;
    pid_t child;

    cr_assert_eq(weft_pool_run(pool, t, &v, &err), WEFT_OK);
    /* Until the workers sleep: the address sanitizer's heap is not made for a fork while
     * another thread is in it. */
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    child = fork();
    if (child == 0) {
        int answer = weft_pool_run(pool, t, &v, &err) == WEFT_UNSUPPORTED ? 0 : 1;

        weft_pool_free(pool);
        pool = pool_of(2);
        answer |= weft_pool_run(pool, t, &v, &err) || weft_value_i64(v) != 9 ? 2 : 0;
        weft_pool_free(pool);
        _exit(answer);
    }
    waitpid(child, &how, 0);
    cr_assert(WIFEXITED(how) && WEXITSTATUS(how) == 0, "child ended with %d", how);
    cr_assert_eq(weft_pool_run(pool, t, &v, &err), WEFT_OK);
    weft_graph_free(g);
    weft_pool_free(pool);
}

struct lender {
    pthread_t threads[8];
    int       n;
};
struct loan {
    void (*fn)(void *arg);
    void  *arg;
};

static void *lend(void *arg)
{
    struct loan loan = *(struct loan *)arg;

    free(arg);
    loan.fn(loan.arg);
    return NULL;
}

static weft_status lend_thread(void *self, void (*fn)(void *arg), void *arg)
{
    struct lender *l = self;
    struct loan *loan = malloc(sizeof *loan);

    *loan = (struct loan){fn, arg};
    return pthread_create(&l->threads[l->n++], NULL, lend, loan) ? WEFT_NOMEM : WEFT_OK;
}

Test(pool, workers_run_on_somebody_elses_threads)
{
    struct lender lender = {.n = 0};
    const struct weft_executor executor = {.self = &lender, .submit = lend_thread};
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3, .executor = &executor});
    weft_graph *g = weft_graph_new();
    _Atomic int64_t count = 0;
    weft_task *t[100];
    struct weft_error err;

    for (int i = 0; i < 100; i++)
        t[i] = weft_add(g, body_count, .arg = &count);
    cr_assert_eq(lender.n, 3);
    cr_assert_eq(weft_pool_run_many(pool, t, 100, NULL, NULL, &err), WEFT_OK);
    cr_assert_eq(count, 100);
    weft_pool_free(pool);
    for (int i = 0; i < 3; i++)
        pthread_join(lender.threads[i], NULL);
    weft_graph_free(g);
}

Test(pool, any_allocation_of_a_run_may_fail)
{
    weft_pool *pool = pool_of(3);
    weft_graph *g = weft_graph_new();
    weft_task *t[300];
    bool done = false;

    for (int i = 0; i < 300; i++)
        t[i] = weft_add(g, body_box, .arg = arg_of(1), .deps = t, .n_deps = i < 280 ? 0 : (size_t)i - 20);
    boxes_live = 0;
    for (int64_t n = 1; !done; n++) {
        struct weft_value v = {0};
        struct weft_error err;
        weft_status st;

        wf_mem_fail_at(n);
        st = weft_pool_run(pool, t[299], &v, &err);
        done = wf_mem_n_asked() < n;
        cr_assert(st == WEFT_OK || st == WEFT_NOMEM, "%s", err.message);
        weft_value_release(v);
        cr_assert_eq(boxes_live, 0);
    }
    wf_mem_fail_at(0);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(pool, making_one_may_run_out_of_memory)
{
    bool done = false;

    weft_pool_free(pool_of(1)); /* what a process keeps for good is there now */
    for (int64_t n = 1; !done; n++) {
        weft_pool *pool;

        wf_mem_watch(true);
        wf_mem_fail_at(n);
        pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3, .trace = true});
        done = wf_mem_n_asked() < n;
        cr_assert_eq(pool != NULL, done);
        weft_pool_free(pool);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %lld leaks", (long long)n);
    }
    wf_mem_fail_at(0);
}

/* Many wait for many: every count is held back by each worker for a while.
 *
 *     r0 r1 ... r999     each of ten sinks waits for all roots of its parity and for
 *      | X X X X |       the sink before it; what they give depends on all of them
 *     s0 s1 ... s9                                                                    */
Test(pool, a_node_that_waits_for_many_runs_once_and_after_all)
{
    enum { ROOTS = 1000, SINKS = 10 };

    for (int w = 0; w < N_WORKERS; w++) {
        weft_pool *pool = pool_of(workers[w]);
        weft_graph *g = weft_graph_new();
        weft_task *roots[ROOTS], *sink = NULL, *deps[ROOTS / 2 + 1];
        struct weft_value v;
        struct weft_error err;
        weft_plan *plan;

        for (int i = 0; i < ROOTS; i++)
            roots[i] = weft_add(g, body_add, .arg = arg_of(i));
        for (int s = 0; s < SINKS; s++) {
            int n = 0;

            for (int i = s % 2; i < ROOTS; i += 2)
                deps[n++] = roots[i];
            if (sink)
                deps[n++] = sink;
            sink = weft_add(g, body_add, .arg = arg_of(s), .deps = deps, .n_deps = (size_t)n);
        }
        cr_assert_eq(weft_plan_new(&plan, &sink, 1, NULL, &err), WEFT_OK);
        for (int64_t round = 0; round < test_scaled(100); round++) {
            cr_assert_eq(weft_pool_run_plan(pool, plan, NULL, &v, &err), WEFT_OK);
            cr_assert_eq(weft_value_i64(v), 5 * (ROOTS - 1) * ROOTS / 2 + SINKS * (SINKS - 1) / 2);
        }
        weft_plan_free(plan);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}
