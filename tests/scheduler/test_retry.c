/* test_retry.c - tasks that fail and are tried once more, with the inputs they had. */
#include <criterion/criterion.h>

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <weft/spawn.h>

#include "lib/base/clock.h"
#include "scheduler/retry.h"

static const int workers[] = {0, 1, 2, 4}; /* 0: the serial runner */
enum { N_POOLS = sizeof workers / sizeof *workers };

static weft_pool *new_pool(int n)
{
    return weft_pool_new(&(struct weft_pool_spec){.kind = n ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL, .n_workers = n});
}

/* ---- A boxed number, so that inputs are owned, and how many there are -------------------- */

static _Atomic int n_boxes;

static void free_box(void *p)
{
    n_boxes--;
    free(p);
}

static void *new_box(int64_t n)
{
    int64_t *box = malloc(sizeof *box);

    n_boxes++;
    *box = n;
    return box;
}

static void *copy_box(const void *p)
{
    return new_box(*(const int64_t *)p);
}

static const struct weft_type copied = {.name = "copied", .free = free_box, .copy = copy_box};
static const struct weft_type single = {.name = "single", .free = free_box};

static int64_t number_in(struct weft_value v)
{
    return *(const int64_t *)v.as.ptr;
}

/* ---- Bodies ------------------------------------------------------------------------------ */

struct trial {
    _Atomic int n_tries;
    int         n_fail;   /* the first so many fail */
    int64_t     at_ns[16];
    bool        takes;
};

static weft_status give(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    weft_call_return(call, weft_value_of_ptr(*(const struct weft_type **)arg, new_box(7)));
    return WEFT_OK;
}

static weft_status try_it(weft_call *call, void *arg, struct weft_error *err)
{
    struct trial *t = *(struct trial **)arg;
    const int n = t->n_tries++;
    int64_t sum = 1;

    t->at_ns[n] = wf_now_ns();
    for (size_t i = 0; i < weft_call_n_inputs(call); i++) {
        struct weft_value v = weft_value_none();

        if (t->takes && weft_call_take(call, i, &v))
            return weft_error_set(err, WEFT_INVALID, "input %zu is gone in try %d", i, n);
        sum += number_in(t->takes ? v : weft_call_input(call, i));
        weft_value_release(v);
    }
    /* Even if it fails it has returned something, which is dropped. */
    weft_call_return(call, weft_value_of_ptr(&copied, new_box(sum)));
    return n < t->n_fail ? weft_error_set(err, WEFT_FAILED, "told to") : WEFT_OK;
}

#define ADDRESS(x) .arg = &(void *){(void *)&(x)}, .arg_bytes = sizeof(void *)

static weft_status after(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(number_in(weft_call_input(call, 0))));
    return WEFT_OK;
}

Test(retry, a_task_that_does_better_at_last_has_not_failed)
{
    for (int p = 0; p < N_POOLS; p++)
        for (int takes = 0; takes < 2; takes++)
            for (int64_t backoff = 0; backoff < 200000; backoff += 100000) {
                weft_pool *pool = new_pool(workers[p]);
                weft_graph *g = weft_graph_new();
                struct trial t = {.n_fail = 3, .takes = takes};
                weft_task *in = weft_add(g, give, ADDRESS(copied));
                weft_task *x = weft_add(g, try_it, ADDRESS(t), .deps = WEFT_DEPS(in, in), .flags = WEFT_PURE, WEFT_TERMS(.retries = 3, .backoff_ns = backoff));
                weft_task *y = weft_add(g, after, .deps = WEFT_DEPS(x));
                struct weft_value v;
                struct weft_error err = {0};

                cr_assert_eq(weft_pool_run(pool, y, &v, &err), WEFT_OK, "%s", err.message);
                cr_assert_eq(weft_value_i64(v), 15);
                cr_assert_eq(t.n_tries, 4);
                cr_assert_eq(n_boxes, 0);
                weft_graph_free(g);
                weft_pool_free(pool);
            }
}

Test(retry, the_error_of_the_last_try_says_how_many_there_were)
{
    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = new_pool(workers[p]);
        weft_graph *g = weft_graph_new();
        struct trial t = {.n_fail = 16};
        weft_task *x = weft_add(g, try_it, .name = "weak", ADDRESS(t), .flags = WEFT_PURE, WEFT_TERMS(.retries = 2, .backoff_ns = 1000));
        struct weft_error err;

        cr_assert_eq(weft_pool_run(pool, weft_add(g, after, .deps = WEFT_DEPS(x)), NULL, &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "told to; tried 3 times");
        cr_assert(strstr(err.task, "weak"));
        cr_assert_eq(t.n_tries, 3);
        cr_assert_eq(n_boxes, 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

/* A plan runs again as if nothing had been: tries are of one run. */
Test(retry, every_run_has_its_own_tries)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    struct trial t = {.n_fail = 1};
    weft_task *x = weft_add(g, try_it, ADDRESS(t), .flags = WEFT_PURE, WEFT_TERMS(.retries = 1));
    weft_plan *plan;

    cr_assert_eq(weft_plan_new(&plan, &x, 1, NULL, NULL), WEFT_OK);
    for (int i = 0; i < 3; i++) {
        t.n_tries = 0;
        cr_assert_eq(weft_pool_run_plan(pool, plan, NULL, NULL, NULL), WEFT_OK);
        cr_assert_eq(t.n_tries, 2);
    }
    weft_plan_free(plan);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* What cannot be copied is gone when it was taken: then there is no further try. */
Test(retry, a_body_that_took_what_cannot_be_copied_is_not_tried_again)
{
    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = new_pool(workers[p]);
        weft_graph *g = weft_graph_new();
        struct trial t = {.n_fail = 1, .takes = true};
        weft_task *in = weft_add(g, give, ADDRESS(single));
        weft_task *x = weft_add(g, try_it, ADDRESS(t), .deps = WEFT_DEPS(in), .flags = WEFT_PURE, WEFT_TERMS(.retries = 5));
        struct weft_error err;

        cr_assert_eq(weft_pool_run(pool, x, NULL, &err), WEFT_FAILED);
        cr_assert_eq(t.n_tries, 1);
        cr_assert_eq(n_boxes, 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(retry, rests_grow_and_do_not_end_early)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    struct trial t = {.n_fail = 4};
    const int64_t first = 2000000;
    weft_task *x = weft_add(g, try_it, ADDRESS(t), .flags = WEFT_PURE, WEFT_TERMS(.retries = 4, .backoff_ns = first));

    cr_assert_eq(weft_pool_run(pool, x, NULL, NULL), WEFT_OK);
    for (int i = 0; i < 4; i++)
        cr_assert_geq(t.at_ns[i + 1] - t.at_ns[i], first << i);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(retry, the_length_of_a_rest_is_known)
{
    bool differ = false;

    for (uint32_t n = 1; n < 100; n++)
        for (uint64_t who = 0; who < 20; who++) {
            const int64_t ns = wf_rest_ns(1000, n, who), least = n < 53 ? (int64_t)1000 << (n - 1) : INT64_MAX / 4;

            cr_assert_eq(ns, wf_rest_ns(1000, n, who), "it is the same every time");
            cr_assert(ns >= least && ns <= least + least / 4 + 1, "%u: %lld", n, (long long)ns);
            differ |= ns != wf_rest_ns(1000, n, who + 1);
        }
    cr_assert(differ, "those that failed together come back apart");
}

/* A thousand that rest at the same time: no worker waits with them. */
static weft_status fails_once(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    return ++*(_Atomic int *)arg == 1 ? weft_error_set(err, WEFT_FAILED, "told to") : WEFT_OK;
}

Test(retry, many_rest_at_the_same_time)
{
    enum { N = 1000 };
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    _Atomic int *tries = calloc(N, sizeof *tries);
    weft_task *t[N];

    for (int i = 0; i < N; i++)
        t[i] = weft_add(g, fails_once, .arg = &tries[i], .key = NULL, .flags = WEFT_PURE, WEFT_TERMS(.retries = 1, .backoff_ns = 20000000));
    cr_assert_eq(weft_pool_run_many(pool, t, N, NULL, NULL, NULL), WEFT_OK);
    for (int i = 0; i < N; i++)
        cr_assert_eq(tries[i], 2);
    weft_graph_free(g);
    weft_pool_free(pool);
    free(tries);
}

/* ---- Ends that come early ------------------------------------------------------------------ */

static void await(_Atomic int *n, int at_least)
{
    while (*n < at_least)
        sched_yield();
}

Test(retry, a_run_that_is_cancelled_does_not_wait_for_who_rests)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    struct trial t = {.n_fail = 16};
    weft_task *x = weft_add(g, try_it, ADDRESS(t), .flags = WEFT_PURE, WEFT_TERMS(.retries = 9, .backoff_ns = (int64_t)3600 * 1000000000));
    weft_future *f;

    cr_assert_eq(weft_pool_submit(pool, &x, 1, NULL, &f, NULL), WEFT_OK);
    await(&t.n_tries, 1);
    weft_future_cancel(f); /* it rests, or is about to: for an hour */
    cr_assert_neq(weft_future_take(f, 0, NULL, NULL), WEFT_OK);
    cr_assert_eq(t.n_tries, 1);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status fails_after(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    await(&(*(struct trial **)arg)->n_tries, 1);
    return weft_error_set(err, WEFT_IO, "for good");
}

Test(retry, a_run_that_fails_fast_does_not_wait_for_who_rests)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    struct trial t = {.n_fail = 16};
    weft_task *both[2];

    both[0] = weft_add(g, fails_after, ADDRESS(t));
    both[1] = weft_add(g, try_it, ADDRESS(t), .flags = WEFT_PURE, WEFT_TERMS(.retries = 9, .backoff_ns = (int64_t)3600 * 1000000000));
    cr_assert_eq(weft_pool_run_many(pool, both, 2, &(struct weft_run_spec){.on_error = WEFT_FAIL_FAST}, NULL, NULL), WEFT_IO);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- With a limit of memory, in processes ----------------------------------------------------- */

Test(retry, inputs_stay_in_pools_with_a_limit_and_of_processes)
{
    for (int kind = 0; kind < 2; kind++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = kind ? WEFT_POOL_PROCESSES : WEFT_POOL_THREADS,
                                                                 .n_workers = 2, .limit_bytes = kind ? 0 : 4096});
        weft_graph *g = weft_graph_new();
        int64_t seven = 7;
        weft_task *in, *x;
        struct trial t = {.n_fail = kind ? 16 : 2, .takes = true};
        struct weft_error err = {0};

        /* A process tells nobody of its tries: there it fails for good, and says how often. */
        (void)seven;
        in = kind ? NULL : weft_add(g, give, ADDRESS(copied));
        x = weft_add(g, try_it, ADDRESS(t), .deps = &in, .n_deps = !kind, .flags = WEFT_PURE, WEFT_TERMS(.retries = 2, .backoff_ns = 1000));
        if (kind)
            cr_assert(weft_pool_run(pool, x, NULL, &err) && strstr(err.message, "tried 3 times"), "%s", err.message);
        else
            cr_assert_eq(weft_pool_run(pool, x, NULL, &err), WEFT_OK, "%s", err.message);
        weft_graph_free(g);
        weft_pool_free(pool);
        cr_assert_eq(n_boxes, 0);
    }
}

/* ---- Spawned tasks ----------------------------------------------------------------------------- */

struct family {
    struct trial child;
    int          retries;
    bool         by_child; /* what it spawned fails, not its body */
    _Atomic int  n_grandchildren;
};

static weft_status grandchild(weft_call *call, void *arg, struct weft_error *err)
{
    struct family *f = *(struct family **)arg;

    (void)call;
    f->n_grandchildren++;
    return f->by_child && f->child.n_tries <= f->child.n_fail ? weft_error_set(err, WEFT_IO, "below") : WEFT_OK;
}

static weft_status child(weft_call *call, void *arg, struct weft_error *err)
{
    struct family *f = *(struct family **)arg;
    const int n = f->child.n_tries++;
    struct weft_value in;

    weft_spawn(call, grandchild, WEFT_ARG(f));
    if (weft_call_take(call, 0, &in) || number_in(in) != 7)
        return weft_error_set(err, WEFT_INVALID, "the input is gone");
    weft_call_return(call, in);
    return !f->by_child && n < f->child.n_fail ? weft_error_set(err, WEFT_FAILED, "told to") : WEFT_OK;
}

static weft_status parent(weft_call *call, void *arg, struct weft_error *err)
{
    struct family *f = *(struct family **)arg;
    const struct weft_type *type = &copied;
    weft_child *in = weft_spawn(call, give, WEFT_ARG(type));
    weft_child *c = weft_spawn(call, child, WEFT_ARG(f), .deps = &in, .n_deps = 1, .flags = WEFT_PURE, WEFT_TERMS(.retries = f->retries, .backoff_ns = f->retries % 2 * 50000));

    (void)err;
    weft_become(call, NULL, .deps = &c, .n_deps = 1);
    return WEFT_OK;
}

Test(retry, a_spawned_task_is_tried_again_with_what_it_spawned)
{
    for (int p = 0; p < N_POOLS; p++)
        for (int how = 0; how < 8; how++) {
            struct family f = {.retries = 2 + how % 2, .by_child = how & 2, .child.n_fail = how & 4 ? 9 : 2};
            weft_pool *pool = new_pool(workers[p]);
            weft_graph *g = weft_graph_new();
            struct weft_value v = weft_value_none();
            struct weft_error err = {0};
            const weft_status st = weft_pool_run(pool, weft_add(g, parent, ADDRESS(f)), &v, &err);

            if (how & 4) {
                char wanted[64];

                snprintf(wanted, sizeof wanted, "%s; tried %d times", f.by_child ? "below" : "told to", f.retries + 1);
                cr_assert_str_eq(err.message, wanted);
                cr_assert_eq(f.child.n_tries, f.retries + 1);
            } else {
                cr_assert_eq(st, WEFT_OK, "%s", err.message);
                cr_assert_eq(number_in(v), 7);
                cr_assert_eq(f.child.n_tries, 3);
            }
            cr_assert_eq(f.n_grandchildren, f.child.n_tries);
            weft_value_release(v);
            weft_graph_free(g);
            weft_pool_free(pool);
            cr_assert_eq(n_boxes, 0);
        }
}

/* A node whose children fail is tried again as a whole. */
static weft_status node_that_spawns(weft_call *call, void *arg, struct weft_error *err)
{
    struct family *f = *(struct family **)arg;

    (void)err;
    f->child.n_tries++;
    weft_spawn(call, grandchild, WEFT_ARG(f));
    weft_call_return(call, weft_value_of_ptr(&copied, new_box(f->child.n_tries)));
    return WEFT_OK;
}

Test(retry, a_task_is_tried_again_when_what_it_spawned_has_failed)
{
    for (int p = 0; p < N_POOLS; p++) {
        struct family f = {.by_child = true, .child.n_fail = 2};
        weft_pool *pool = new_pool(workers[p]);
        weft_graph *g = weft_graph_new();
        weft_task *x = weft_add(g, node_that_spawns, ADDRESS(f), .flags = WEFT_PURE, WEFT_TERMS(.retries = 2));
        struct weft_value v;
        struct weft_error err = {0};

        cr_assert_eq(weft_pool_run(pool, weft_add(g, after, .deps = WEFT_DEPS(x)), &v, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_value_i64(v), 3);
        weft_graph_free(g);
        weft_pool_free(pool);
        cr_assert_eq(n_boxes, 0);
    }
}

static weft_status spawns_impure(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    weft_spawn(call, grandchild, .arg = arg, .arg_bytes = sizeof(void *), WEFT_TERMS(.retries = 3));
    return WEFT_OK;
}

Test(retry, a_spawned_task_that_is_not_pure_is_refused)
{
    weft_pool *pool = new_pool(1);
    weft_graph *g = weft_graph_new();
    struct family f = {0};
    struct weft_error err;

    cr_assert_eq(weft_pool_run(pool, weft_add(g, spawns_impure, ADDRESS(f)), NULL, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "3 retries of a spawned task that is not pure"), "%s", err.message);
    cr_assert_eq(f.n_grandchildren, 0);
    weft_graph_free(g);
    weft_pool_free(pool);
}
