/* test_pool.c - what runs on workers: everything once, results freed, failures told. */
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
#include "lib/base/clock.h"
#include "lib/base/mem.h"
#include "tests/support/bodies.h"
#include "tests/support/scale.h"

static const int workers[] = {1, 2, 3, 7, 16, 64};
enum { N_WORKERS = sizeof workers / sizeof *workers };

static weft_pool *pool_of(int n)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = n});

    cr_assert_not_null(pool);
    return pool;
}

Test(pool, results_pass_from_task_to_task)
{
    for (int w = 0; w < N_WORKERS; w++) {
        weft_pool *pool = pool_of(workers[w]);
        weft_graph *g = weft_graph_new();
        weft_task *a = weft_add(g, body_add, .arg = arg_of(1));
        weft_task *b = weft_add(g, body_add, .arg = arg_of(2), .deps = WEFT_DEPS(a));
        weft_task *c = weft_add(g, body_add, .arg = arg_of(3), .deps = WEFT_DEPS(a, b, a));
        struct weft_value v;
        struct weft_error err;

        cr_assert_eq(weft_pool_run(pool, c, &v, &err), WEFT_OK);
        cr_assert_eq(weft_value_i64(v), 3 + 1 + 3 + 1);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

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

Test(pool, a_result_is_freed_after_its_last_reader)
{
    for (int w = 0; w < N_WORKERS; w++) {
        weft_pool *pool = pool_of(workers[w]);
        weft_graph *g = weft_graph_new();
        weft_task *a = weft_add(g, body_box, .arg = arg_of(1)), *sum[20];
        struct weft_value v[2];
        struct weft_error err;

        for (int i = 0; i < 20; i++)
            sum[i] = weft_add(g, body_box, .arg = arg_of(i), .deps = WEFT_DEPS(a, a));
        sum[0] = weft_graph_add(g, &(struct weft_task_spec){.body = body_box, .deps = sum, .n_deps = 20});
        boxes_live = boxes_copied = 0;
        cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){sum[0], a}, 2, NULL, v, &err), WEFT_OK);
        cr_assert_eq(box_number(v[0]), 190 + 20 * 2);
        cr_assert_eq(box_number(v[1]), 1);
        cr_assert_eq(boxes_live, 2);
        cr_assert_eq(boxes_copied, 0);
        weft_value_release(v[0]);
        weft_value_release(v[1]);
        cr_assert_eq(boxes_live, 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(pool, the_last_reader_changes_its_input_in_place)
{
    weft_pool *pool = pool_of(2);
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_box, .arg = arg_of(5)), *fork;
    struct weft_value v[2];
    struct weft_error err;

    for (int i = 0; i < 10; i++)
        t = weft_add(g, body_box_in_place, .arg = arg_of(1), .deps = WEFT_DEPS(t));
    boxes_live = boxes_copied = 0;
    cr_assert_eq(weft_pool_run(pool, t, v, &err), WEFT_OK);
    cr_assert_eq(box_number(v[0]), 15);
    cr_assert_eq(boxes_copied, 0);
    weft_value_release(v[0]);
    /* Asked for, so not to be changed under the asker. */
    fork = weft_add(g, body_box_in_place, .arg = arg_of(100), .deps = WEFT_DEPS(t));
    cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){t, fork}, 2, NULL, v, &err), WEFT_OK);
    cr_assert_eq(box_number(v[0]), 15);
    cr_assert_eq(box_number(v[1]), 115);
    cr_assert_eq(boxes_copied, 1);
    weft_value_release(v[0]);
    weft_value_release(v[1]);
    cr_assert_eq(boxes_live, 0);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(pool, a_value_put_in_stays_and_is_copied_when_taken)
{
    weft_pool *pool = pool_of(2);
    weft_graph *g = weft_graph_new();
    struct weft_value v[2];
    struct weft_error err;

    boxes_live = boxes_copied = 0;
    weft_task *known = weft_graph_put(g, box_of(&type_box, 40));
    weft_task *more = weft_add(g, body_box_in_place, .arg = arg_of(2), .deps = WEFT_DEPS(known));

    for (int round = 0; round < 3; round++) {
        cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){known, more}, 2, NULL, v, &err), WEFT_OK);
        cr_assert_eq(box_number(v[0]), 40);
        cr_assert_eq(box_number(v[1]), 42);
        weft_value_release(v[0]);
        weft_value_release(v[1]);
    }
    weft_graph_free(g);
    cr_assert_eq(boxes_live, 0);
    weft_pool_free(pool);
}

Test(pool, several_results_are_usable_alone)
{
    weft_pool *pool = pool_of(2);
    weft_graph *g = weft_graph_new();
    weft_task *three = weft_add(g, body_three, .n_results = 3);
    weft_task *sum = weft_add(g, body_add, .arg = arg_of(1),
                              .deps = WEFT_DEPS(weft_task_result(three, 2), weft_task_result(three, 0)));
    struct weft_value v[3];
    struct weft_error err;

    cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){sum, weft_task_result(three, 1), three}, 3, NULL, v, &err), WEFT_OK);
    cr_assert_eq(weft_value_i64(v[0]), 41);
    cr_assert_eq(weft_value_i64(v[1]), 20);
    cr_assert_eq(weft_value_i64(v[2]), 10);
    weft_graph_free(g);
    weft_pool_free(pool);
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

/*   a -> bad -> c -> end      Only what depends on bad fails; the report leads there. */
Test(pool, a_failure_names_task_chain_and_place_and_spares_the_rest)
{
    for (int w = 0; w < N_WORKERS; w++) {
        weft_pool *pool = pool_of(workers[w]);
        weft_graph *g = weft_graph_new();
        weft_task *a = weft_add(g, body_add, .key = "a", .arg = arg_of(1));
        weft_task *bad = weft_add(g, body_fail, .key = "bad", .deps = WEFT_DEPS(a));
        weft_task *c = weft_add(g, body_add, .key = "c", .deps = WEFT_DEPS(a, bad));
        weft_task *end = weft_add(g, body_add, .key = "end", .deps = WEFT_DEPS(c));
        weft_task *other = weft_add(g, body_add, .arg = arg_of(1), .deps = WEFT_DEPS(a));
        struct weft_value v[2] = {{0}};
        struct weft_error err;

        cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){end, other}, 2, NULL, v, &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "told to");
        cr_assert_str_eq(err.task, "bad");
        cr_assert_str_eq(err.chain, "end <- c <- bad");
        cr_assert(strstr(err.site, "test_pool.c:"));
        cr_assert_null(v[0].type);
        cr_assert_eq(weft_value_i64(v[1]), 2);
        /* The pool goes on. */
        cr_assert_eq(weft_pool_run(pool, other, v, &err), WEFT_OK);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(pool, of_several_failures_the_first_in_order_is_told_always)
{
    weft_pool *pool = pool_of(7);
    weft_graph *g = weft_graph_new();
    weft_task *t[64];
    struct weft_error err;

    for (int i = 0; i < 64; i++)
        t[i] = weft_add(g, body_fail, .index = (int64_t[]){i}, .n_index = 1, .name = "f");
    t[0] = weft_graph_add(g, &(struct weft_task_spec){.body = body_add, .deps = t, .n_deps = 64});
    for (int round = 0; round < 200; round++) {
        cr_assert_eq(weft_pool_run(pool, t[0], NULL, &err), WEFT_FAILED);
        cr_assert_str_eq(err.task, "f-0(0)");
    }
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(pool, fail_fast_stops_what_has_not_begun)
{
    const struct weft_run_spec fast = {.on_error = WEFT_FAIL_FAST};
    _Atomic int64_t count = 0;
    weft_pool *pool = pool_of(1);
    weft_graph *g = weft_graph_new();
    weft_task *t[1001];
    struct weft_error err;

    t[0] = weft_add(g, body_fail);
    for (int i = 1; i <= 1000; i++)
        t[i] = weft_add(g, body_count, .arg = &count);
    cr_assert_eq(weft_pool_run_many(pool, t, 1001, &fast, NULL, &err), WEFT_FAILED);
    cr_assert_eq(count, 0);
    cr_assert_eq(weft_pool_run_many(pool, t, 1001, NULL, NULL, &err), WEFT_FAILED);
    cr_assert_eq(count, 1000);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status body_scratch(weft_call *call, void *arg, struct weft_error *err)
{
    const size_t bytes = (size_t)(intptr_t)arg;
    char *a = weft_call_scratch(call, bytes), *b = weft_call_scratch(call, 100);

    if (!a || !b || (uintptr_t)a % 64 || (uintptr_t)b % 64)
        return weft_error_set(err, WEFT_NOMEM, "no scratch");
    memset(a, 1, bytes);
    memset(b, 2, 100);
    weft_call_return(call, weft_value_of_i64(a[bytes - 1] + b[99]));
    return WEFT_OK;
}

Test(pool, scratch_grows_with_what_bodies_want)
{
    weft_pool *pool = pool_of(1);
    weft_graph *g = weft_graph_new();
    struct weft_error err;

    for (int64_t bytes = 1; bytes < 1 << 22; bytes *= 3) {
        struct weft_value v;

        cr_assert_eq(weft_pool_run(pool, weft_add(g, body_scratch, .arg = arg_of(bytes)), &v, &err), WEFT_OK);
        cr_assert_eq(weft_value_i64(v), 3);
    }
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

struct moody {
    bool gives; /* in this run */
};

static weft_status give_or_not(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    if (((struct moody *)arg)->gives)
        weft_call_return(call, weft_value_of_i64(7));
    return WEFT_OK;
}

static weft_status has_input(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v;

    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_bool(weft_call_take(call, 0, &v) != WEFT_EMPTY && weft_call_input(call, 0).type));
    return WEFT_OK;
}

/* A number of the run before is still in its slot: nobody may see it. */
Test(pool, a_body_that_gives_nothing_this_time_gave_nothing)
{
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_PROCESSES; kind++)
        for (int n = 1; n <= 2; n++) {
            weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = (enum weft_pool_kind)kind, .n_workers = n});
            weft_graph *g = weft_graph_new();
            struct moody mood = {false};
            weft_task *a = weft_add(g, give_or_not, .arg = &mood);
            weft_task *targets[] = {weft_add(g, has_input, .deps = WEFT_DEPS(a)), a};
            struct weft_value v[2];
            struct weft_error err;
            weft_plan *plan;

            cr_assert_eq(weft_plan_new(&plan, targets, 2, NULL, &err), WEFT_OK);
            for (int run = 0; run < 6; run++) {
                mood.gives = run % 3 == 1;
                cr_assert_eq(weft_pool_run_plan(pool, plan, NULL, v, &err), WEFT_OK);
                cr_expect_eq(weft_value_i64(v[0]), mood.gives, "pool kind %d, run %d", kind, run);
                cr_expect_eq(v[1].type == NULL, !mood.gives, "pool kind %d, run %d", kind, run);
            }
            weft_plan_free(plan);
            weft_graph_free(g);
            weft_pool_free(pool);
        }
}
