/* test_gate.c - tasks that need units of a resource: never too many at once, none passed over, none forgotten. */
#include <criterion/criterion.h>

#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <weft/spawn.h>

#include "lib/base/mem.h"
#include "tests/support/scale.h"

#define NEEDS(...) \
    WEFT_TERMS(.needs = (struct weft_need[]){__VA_ARGS__}, \
               .n_needs = sizeof((struct weft_need[]){__VA_ARGS__}) / sizeof(struct weft_need))

static const struct weft_resource two[] = {{"disk", 3}, {"licence", 1}};

static weft_pool *new_pool(int n_workers)
{
    return weft_pool_new(&(struct weft_pool_spec){.kind = n_workers ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL,
                                                  .n_workers = n_workers, .resources = two, .n_resources = 2});
}

/* ---- How many at once -------------------------------------------------------------- */

struct use {
    _Atomic int disk, licence;
    _Atomic int most_disk, most_licence;
    _Atomic int n_ran;
};

static void note(_Atomic int *most, int n)
{
    int now = *most;

    while (now < n && !atomic_compare_exchange_weak(most, &now, n))
        ;
}

struct user {
    struct use *use;
    int         disk, licence;
};

static weft_status use_them(weft_call *call, void *arg, struct weft_error *err)
{
    const struct user *u = arg;

    (void)call, (void)err;
    note(&u->use->most_disk, u->use->disk += u->disk);
    note(&u->use->most_licence, u->use->licence += u->licence);
    for (int i = 0; i < 20; i++)
        sched_yield();
    u->use->disk -= u->disk;
    u->use->licence -= u->licence;
    u->use->n_ran++;
    return WEFT_OK;
}

static void add_user(weft_graph *g, weft_task **t, struct use *use, int disk, int licence)
{
    struct user u = {use, disk, licence};
    struct weft_need needs[2];
    size_t n = 0;

    if (disk)
        needs[n++] = (struct weft_need){"disk", disk};
    if (licence)
        needs[n++] = (struct weft_need){"licence", licence};
    *t = weft_add(g, use_them, .arg = &u, .arg_bytes = sizeof u, WEFT_TERMS(.needs = needs, .n_needs = n));
}

Test(gate, never_more_are_in_use_than_there_are)
{
    enum { N = 400 };

    for (int workers = 0; workers <= 8; workers += 2) {
        weft_pool *pool = new_pool(workers);
        weft_graph *g = weft_graph_new();
        struct use use = {0};
        weft_task *t[N];

        for (int i = 0; i < N; i++)
            add_user(g, &t[i], &use, i % 4, i % 3 == 0);
        for (int run = 0; run < 3; run++)
            cr_assert_eq(weft_pool_run_many(pool, t, N, NULL, NULL, NULL), WEFT_OK);
        cr_assert_eq(use.n_ran, 3 * N);
        cr_assert_leq(use.most_disk, 3);
        cr_assert_leq(use.most_licence, 1);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

/* Two runs on one pool share what it has. */
Test(gate, runs_in_flight_share_what_there_is)
{
    enum { N = 100 };
    weft_pool *pool = new_pool(4);
    struct use use = {0};
    weft_graph *g[4];
    weft_future *f[4];

    for (int r = 0; r < 4; r++) {
        weft_task *t[N];

        g[r] = weft_graph_new();
        for (int i = 0; i < N; i++)
            add_user(g[r], &t[i], &use, 1 + i % 3, i % 2);
        cr_assert_eq(weft_pool_submit(pool, t, N, NULL, &f[r], NULL), WEFT_OK);
    }
    for (int r = 0; r < 4; r++) {
        weft_future_free(f[r]);
        weft_graph_free(g[r]);
    }
    cr_assert_eq(use.n_ran, 4 * N);
    cr_assert_leq(use.most_disk, 3);
    cr_assert_leq(use.most_licence, 1);
    weft_pool_free(pool);
}

/* ---- Who waits, and for how long ----------------------------------------------------- */

/* Holds what it has until it is told; workers go on with others. */
struct holder {
    _Atomic int began, may_end;
};

static weft_status hold(weft_call *call, void *arg, struct weft_error *err)
{
    struct holder *h = *(struct holder **)arg;

    (void)err;
    h->began++;
    while (!h->may_end && !weft_call_is_cancelled(call))
        sched_yield();
    return h->may_end ? WEFT_OK : WEFT_CANCELLED;
}

static weft_status count(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    ++**(_Atomic int **)arg;
    return WEFT_OK;
}

#define ADDRESS(x) .arg = &(void *){&(x)}, .arg_bytes = sizeof(void *)

static void await(_Atomic int *n, int at_least)
{
    while (*n < at_least)
        sched_yield();
}

Test(gate, tasks_wait_and_workers_do_not)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    struct holder h = {0};
    _Atomic int n_waited = 0, n_free = 0;
    weft_task *t[201];
    weft_future *f;

    t[0] = weft_add(g, hold, ADDRESS(h), NEEDS({"licence", 1}));
    for (int i = 1; i <= 100; i++)
        t[i] = weft_add(g, count, ADDRESS(n_waited), NEEDS({"licence", 1}));
    for (int i = 101; i <= 200; i++)
        t[i] = weft_add(g, count, ADDRESS(n_free));
    cr_assert_eq(weft_pool_submit(pool, t, 1, NULL, &f, NULL), WEFT_OK);
    await(&h.began, 1);
    weft_future *all;
    cr_assert_eq(weft_pool_submit(pool, t + 1, 200, NULL, &all, NULL), WEFT_OK);
    await(&n_free, 100); /* with one worker left, and all others waiting */
    cr_assert_eq(n_waited, 0);
    h.may_end = 1;
    cr_assert_eq(weft_future_wait(all, -1), WEFT_OK);
    cr_assert_eq(n_waited, 100);
    weft_future_free(all);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* The big one came first: small ones that would delay it do not pass, others do. */
Test(gate, who_came_first_is_not_delayed)
{
    weft_pool *pool = new_pool(3);
    weft_graph *g = weft_graph_new();
    struct holder h = {0}, big = {0};
    _Atomic int n_small = 0, n_other = 0;
    weft_future *f[4];
    weft_task *first = weft_add(g, hold, ADDRESS(h), NEEDS({"disk", 1}));
    weft_task *second = weft_add(g, hold, ADDRESS(big), NEEDS({"disk", 3}));
    weft_task *small = weft_add(g, count, ADDRESS(n_small), NEEDS({"disk", 1}));
    weft_task *other = weft_add(g, count, ADDRESS(n_other), NEEDS({"licence", 1}));

    cr_assert_eq(weft_pool_submit(pool, &first, 1, NULL, &f[0], NULL), WEFT_OK);
    await(&h.began, 1);
    cr_assert_eq(weft_pool_submit(pool, &second, 1, NULL, &f[1], NULL), WEFT_OK);
    cr_assert_eq(weft_future_wait(f[1], 20000000), WEFT_TIMEOUT); /* it has come to the gate, or else the next is too easy */
    cr_assert_eq(weft_pool_submit(pool, &small, 1, NULL, &f[2], NULL), WEFT_OK);
    cr_assert_eq(weft_pool_submit(pool, &other, 1, NULL, &f[3], NULL), WEFT_OK);
    cr_assert_eq(weft_future_wait(f[3], -1), WEFT_OK);
    cr_assert_eq(n_other, 1);
    cr_assert_eq(n_small + big.began, 0, "two units are free, but kept for the one that needs three");
    h.may_end = 1;
    await(&big.began, 1);
    cr_assert_eq(n_small, 0);
    big.may_end = 1;
    for (int i = 0; i < 4; i++)
        weft_future_free(f[i]);
    cr_assert_eq(n_small, 1);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- What can never be had ------------------------------------------------------------ */

static void refused(struct weft_need need, const char *a, const char *b)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    _Atomic int n = 0;
    struct weft_error err;
    weft_task *t = weft_add(g, count, .name = "greedy", ADDRESS(n), WEFT_TERMS(.needs = &need, .n_needs = 1));

    cr_assert_eq(weft_pool_run(pool, t, NULL, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, a) && strstr(err.message, b), "%s", err.message);
    cr_assert(strstr(err.task, "greedy"));
    cr_assert_eq(n, 0);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(gate, a_need_that_exceeds_what_there_is_fails_with_both_numbers)
{
    refused((struct weft_need){"disk", 4}, "4 units", "has 3");
}

Test(gate, a_resource_that_is_not_there_fails_by_its_name)
{
    refused((struct weft_need){"gpu", 1}, "\"gpu\"", "not have");
}

Test(gate, a_pool_with_wrong_resources_is_not_made)
{
    static const struct weft_resource twice[] = {{"disk", 3}, {"disk", 1}}, fewer[] = {{"disk", -1}};
    struct weft_error err;
    weft_pool *pool;

    cr_assert_eq(weft_pool_open(&pool, &(struct weft_pool_spec){.resources = twice, .n_resources = 2}, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "0 and 1 are both \"disk\""), "%s", err.message);
    cr_assert_eq(weft_pool_open(&pool, &(struct weft_pool_spec){.resources = fewer, .n_resources = 1}, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "-1 units"), "%s", err.message);
}

/* ---- Ends that come early -------------------------------------------------------------- */

/* A stranger holds the licence; the run that waits for it is cancelled and ends. */
Test(gate, a_cancelled_run_waits_for_nothing)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    struct holder h = {0};
    _Atomic int n = 0;
    weft_task *stranger = weft_add(g, hold, ADDRESS(h), NEEDS({"licence", 1})), *t[50];
    weft_future *held, *f;

    for (int i = 0; i < 50; i++)
        t[i] = weft_add(g, count, ADDRESS(n), NEEDS({"licence", 1}));
    cr_assert_eq(weft_pool_submit(pool, &stranger, 1, NULL, &held, NULL), WEFT_OK);
    await(&h.began, 1);
    cr_assert_eq(weft_pool_submit(pool, t, 50, NULL, &f, NULL), WEFT_OK);
    cr_assert_eq(weft_future_wait(f, 5000000), WEFT_TIMEOUT);
    weft_future_cancel(f);
    cr_assert_eq(weft_future_wait(f, -1), WEFT_OK);
    for (int i = 0; i < 50; i++)
        cr_assert_eq(weft_future_take(f, (size_t)i, NULL, NULL), WEFT_CANCELLED);
    cr_assert_eq(n, 0);
    h.may_end = 1;
    weft_future_free(held);
    weft_future_free(f);
    cr_assert_eq(weft_pool_run(pool, t[0], NULL, NULL), WEFT_OK, "what was held is back");
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status fails(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg;
    return weft_error_set(err, WEFT_FAILED, "told to");
}

Test(gate, a_task_that_fails_gives_back_what_it_held)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    _Atomic int n = 0;
    weft_task *t[20];

    for (int i = 0; i < 20; i++)
        t[i] = i % 2 ? weft_add(g, count, ADDRESS(n), NEEDS({"licence", 1})) : weft_add(g, fails, NEEDS({"licence", 1}));
    cr_assert_eq(weft_pool_run_many(pool, t, 20, NULL, NULL, NULL), WEFT_FAILED);
    cr_assert_eq(n, 10);
    cr_assert_eq(weft_pool_run_many(pool, t, 20, &(struct weft_run_spec){.on_error = WEFT_FAIL_FAST}, NULL, NULL), WEFT_FAILED);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- Spawned tasks ---------------------------------------------------------------------- */

static weft_status spawn_users(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    for (int i = 0; i < 60; i++) {
        struct user u = {*(struct use **)arg, 1 + i % 3, 0};

        weft_spawn(call, use_them, WEFT_ARG(u), NEEDS({"disk", u.disk}));
    }
    return WEFT_OK;
}

Test(gate, spawned_tasks_need_and_wait_alike)
{
    for (int workers = 0; workers <= 4; workers++) {
        weft_pool *pool = new_pool(workers);
        weft_graph *g = weft_graph_new();
        struct use use = {0};
        weft_task *t[3];
        struct weft_error err = {0};

        for (int i = 0; i < 3; i++)
            t[i] = weft_add(g, spawn_users, ADDRESS(use));
        cr_assert_eq(weft_pool_run_many(pool, t, 3, NULL, NULL, &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(use.n_ran, 180);
        cr_assert_leq(use.most_disk, 3);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

/* What a task holds it holds while its children run: nobody else has the licence then. */
static weft_status child_uses(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err, (void)call;
    struct use *use = *(struct use **)arg;

    for (int i = 0; i < 20; i++)
        sched_yield();
    use->licence--;
    use->n_ran++;
    return WEFT_OK;
}

static weft_status parent_uses(weft_call *call, void *arg, struct weft_error *err)
{
    struct use *use = *(struct use **)arg;

    note(&use->most_licence, ++use->licence);
    weft_spawn(call, child_uses, WEFT_ARG(use));
    (void)err;
    return WEFT_OK;
}

Test(gate, units_are_held_while_children_run)
{
    for (int workers = 0; workers <= 4; workers++) {
        weft_pool *pool = new_pool(workers);
        weft_graph *g = weft_graph_new();
        struct use use = {0};
        weft_task *t[50];

        for (int i = 0; i < 50; i++)
            t[i] = weft_add(g, parent_uses, ADDRESS(use), NEEDS({"licence", 1}));
        cr_assert_eq(weft_pool_run_many(pool, t, 50, NULL, NULL, NULL), WEFT_OK);
        cr_assert_eq(use.n_ran, 50);
        cr_assert_eq(use.most_licence, 1);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

static weft_status spawn_below(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    weft_spawn(call, count, .arg = arg, .arg_bytes = sizeof(void *), NEEDS({"disk", 1}));
    return WEFT_OK;
}

/* It would wait for what it holds itself; or two such for each other. */
Test(gate, a_task_that_holds_may_spawn_none_that_needs)
{
    for (int workers = 0; workers <= 2; workers++) {
        weft_pool *pool = new_pool(workers);
        weft_graph *g = weft_graph_new();
        _Atomic int n = 0;
        struct weft_error err;
        weft_task *t = weft_add(g, spawn_below, ADDRESS(n), NEEDS({"licence", 1}));

        cr_assert_eq(weft_pool_run(pool, t, NULL, &err), WEFT_INVALID);
        cr_assert(strstr(err.message, "\"disk\"") && strstr(err.message, "part of a task that holds"), "%s", err.message);
        cr_assert_eq(n, 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

static weft_status becomes(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    weft_become(call, count, .arg = arg, .arg_bytes = sizeof(void *), NEEDS({"disk", 1}));
    return WEFT_OK;
}

Test(gate, the_rest_of_a_task_can_need_nothing)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    _Atomic int n = 0;
    struct weft_error err;

    cr_assert_eq(weft_pool_run(pool, weft_add(g, becomes, ADDRESS(n)), NULL, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "the rest of a task"), "%s", err.message);
    weft_graph_free(g);
    weft_pool_free(pool);
}
