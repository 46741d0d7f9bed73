/* test_live.c - what a pool does now, seen by who looks on while it works. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <weft/live.h>
#include <weft/spawn.h>

#include "lib/base/mem.h"
#include "tests/support/bodies.h"
#include "tests/support/scale.h"

static const struct weft_live_group *group_of(const struct weft_live_now *now, const char *name)
{
    for (size_t i = 0; i < now->n_groups; i++)
        if (!strcmp(now->groups[i].name, name))
            return &now->groups[i];
    cr_assert_fail("there is no group %s", name);
    return NULL;
}

static uint64_t links(const struct weft_live_now *now, const char *from, const char *to)
{
    for (size_t i = 0; i < now->n_links; i++)
        if (!strcmp(now->groups[now->links[i].from].name, from) && !strcmp(now->groups[now->links[i].to].name, to))
            return now->links[i].n;
    return 0;
}

static weft_pool *pool_of(enum weft_pool_kind kind, int workers, size_t events)
{
    return weft_pool_new(&(struct weft_pool_spec){.kind = kind, .n_workers = kind == WEFT_POOL_PROCESSES ? test_forking(workers) : workers,
                                                  .trace = true, .trace_events = events,
                                                  .progress = WEFT_PROGRESS_OFF});
}

/* 100 leaves in the layer "leaves", ten sums of ten, one total. */
static weft_task *tree(weft_graph *g)
{
    weft_task *leaf[100], *sum[10];

    for (int i = 0; i < 100; i++)
        leaf[i] = weft_add(g, body_add, .arg = arg_of(1), .layer = weft_graph_layer(g, "leaves"));
    for (int i = 0; i < 10; i++)
        sum[i] = weft_add(g, body_add, .name = "sum", .deps = leaf + 10 * i, .n_deps = 10);
    return weft_add(g, body_add, .name = "total", .deps = sum, .n_deps = 10);
}

Test(live, groups_are_layers_and_names_and_count_every_task)
{
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_PROCESSES; kind++)
        for (int workers = 1; workers <= 8; workers *= 2) {
            weft_pool *pool = pool_of((enum weft_pool_kind)kind, workers, 0);
            weft_graph *g = weft_graph_new();
            weft_task *total = tree(g);
            struct weft_live_now now;
            weft_live *live;
            size_t n_bodies = 0;

            cr_assert_eq(weft_live_open(&live, pool, NULL), WEFT_OK);
            for (int run = 0; run < 3; run++)
                cr_assert_eq(weft_pool_run(pool, total, NULL, NULL), WEFT_OK);
            weft_graph_free(g);
            cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
            cr_assert_eq(now.n_groups, 3);
            cr_assert_eq(group_of(&now, "leaves")->n_tasks, 300);
            cr_assert_eq(group_of(&now, "leaves")->n_done, 300);
            cr_assert_eq(group_of(&now, "sum")->n_done, 30);
            cr_assert_eq(group_of(&now, "total")->n_done, 3);
            cr_assert_gt(group_of(&now, "total")->busy_ns, 0);
            cr_assert_eq(links(&now, "leaves", "sum"), 300);
            cr_assert_eq(links(&now, "sum", "total"), 30);
            cr_assert_eq(links(&now, "leaves", "total"), 0);
            cr_assert_eq(now.n_runs_begun, 3);
            cr_assert_eq(now.n_runs_ended, 3);
            cr_assert_eq(now.n_missed, 0);
            cr_assert_eq(now.n_workers, weft_pool_n_workers(pool));
            for (size_t i = 0; i < now.n_groups; i++) {
                cr_assert_eq(now.groups[i].n_open, 0);
                cr_assert_eq(now.groups[i].n_open_done, 0);
                cr_assert_eq(now.groups[i].n_skipped, 0);
            }
            for (size_t i = 0; i < now.n_events; i++) {
                cr_assert_leq(now.events[i].begin_ns, now.events[i].end_ns);
                cr_assert_leq(now.events[i].end_ns, now.now_ns);
                n_bodies += now.events[i].kind == WEFT_EVENT_TASK ? now.events[i].n : 0;
            }
            cr_assert_eq(n_bodies, 333);
            cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
            cr_assert_eq(group_of(&now, "leaves")->n_done, 300);
            weft_live_close(live);
            weft_pool_free(pool);
        }
}

static int64_t cpu_ns(void)
{
    struct timespec t;

    cr_assert_eq(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t), 0);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

Test(live, the_first_look_tells_of_the_cores_used_since_it_was_opened)
{
    weft_pool *pool = pool_of(WEFT_POOL_THREADS, 2, 0);
    struct weft_live_now now;
    weft_live *live;
    int64_t began;

    cr_assert_eq(weft_live_open(&live, pool, NULL), WEFT_OK);
    for (began = cpu_ns(); cpu_ns() < began + 1000000;)
        ;
    cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
    cr_assert_gt(now.sample.cores, 0);
    weft_live_close(live);
    weft_pool_free(pool);
}

static atomic_bool go;

static weft_status wait_to_go(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    while (!atomic_load(&go))
        usleep(100);
    return WEFT_OK;
}

Test(live, a_task_that_runs_is_told_with_its_worker_and_since_when)
{
    weft_pool *pool = pool_of(WEFT_POOL_THREADS, 2, 0);
    weft_graph *g = weft_graph_new();
    weft_task *slow = weft_add(g, wait_to_go, .name = "slow");
    weft_task *after = weft_add(g, body_add, .name = "after", .deps = WEFT_DEPS(slow));
    struct weft_live_now now;
    weft_live *early, *late;
    weft_future *f;
    int n_there = 0;

    atomic_store(&go, false);
    cr_assert_eq(weft_live_open(&early, pool, NULL), WEFT_OK);
    cr_assert_eq(weft_pool_submit(pool, &after, 1, NULL, &f, NULL), WEFT_OK);
    do {
        usleep(1000);
        cr_assert_eq(weft_live_look(early, &now), WEFT_OK);
    } while (!group_of(&now, "slow")->n_running);
    /* Opened while it runs: it is seen all the same. */
    cr_assert_eq(weft_live_open(&late, pool, NULL), WEFT_OK);
    for (int k = 0; k < 2; k++) {
        usleep(20000);
        cr_assert_eq(weft_live_look(k ? late : early, &now), WEFT_OK);
        cr_assert_eq(group_of(&now, "slow")->n_open, 1);
        cr_assert_eq(group_of(&now, "slow")->n_open_done, 0);
        cr_assert_eq(group_of(&now, "slow")->n_running, 1);
        cr_assert_eq(group_of(&now, "after")->n_running, 0);
        cr_assert_eq(now.n_runs_ended, 0);
        n_there = 0;
        for (int w = 0; w < 2; w++) {
            if (now.workers[w].group == UINT32_MAX)
                continue;
            cr_assert_str_eq(now.groups[now.workers[w].group].name, "slow");
            cr_assert_gt(now.workers[w].busy_ns, k ? 0 : 10000000);
            n_there++;
        }
        cr_assert_eq(n_there, 1);
    }
    atomic_store(&go, true);
    weft_future_wait(f, -1);
    for (int k = 0; k < 2; k++) {
        cr_assert_eq(weft_live_look(k ? late : early, &now), WEFT_OK);
        cr_assert_eq(group_of(&now, "after")->n_done, 1);
        cr_assert_eq(now.n_runs_ended, 1);
    }
    weft_live_close(late);
    weft_live_close(early);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(live, failures_and_what_they_keep_from_running_are_counted)
{
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_PROCESSES; kind++) {
        weft_pool *pool = pool_of((enum weft_pool_kind)kind, 2, 0);
        weft_graph *g = weft_graph_new();
        weft_task *bad = weft_add(g, body_fail, .name = "bad"), *never = bad;
        struct weft_live_now now;
        struct weft_error err;
        weft_live *live;

        for (int i = 0; i < 5; i++)
            never = weft_add(g, body_add, .name = "never", .deps = WEFT_DEPS(never));
        cr_assert_eq(weft_live_open(&live, pool, NULL), WEFT_OK);
        cr_assert_neq(weft_pool_run(pool, never, NULL, &err), WEFT_OK);
        cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
        cr_assert_eq(group_of(&now, "bad")->n_failed, 1);
        cr_assert_eq(group_of(&now, "bad")->n_done, 1);
        cr_assert_eq(group_of(&now, "never")->n_done, 0);
        cr_assert_eq(group_of(&now, "never")->n_skipped, 5);
        cr_assert_eq(now.n_failed, 1);
        cr_assert_eq(now.last_error.status, err.status);
        cr_assert_str_eq(now.last_error.message, err.message);
        weft_live_close(live);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(live, who_looks_too_late_is_told_what_he_missed_and_counts_are_right_all_the_same)
{
    weft_pool *pool = pool_of(WEFT_POOL_THREADS, 2, 64);
    weft_graph *g = weft_graph_new();
    weft_task *t[5000];
    struct weft_live_now now;
    weft_live *live;

    for (int i = 0; i < 5000; i++)
        t[i] = weft_add(g, body_add, .name = "t");
    cr_assert_eq(weft_live_open(&live, pool, NULL), WEFT_OK);
    cr_assert_eq(weft_pool_run_many(pool, t, 5000, NULL, NULL, NULL), WEFT_OK);
    cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
    cr_assert_geq(now.n_missed, 5000 - 2 * (64 + 16));
    cr_assert_eq(now.groups[0].n_done, 5000);
    cr_assert_eq(now.groups[0].n_skipped, 0);
    weft_live_close(live);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static atomic_bool gone, there;

static weft_status wait_for_gone(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    while (!atomic_load(&gone))
        usleep(100);
    return WEFT_OK;
}

static weft_status be_there(weft_call *call, void *arg, struct weft_error *err)
{
    atomic_store(&there, true);
    return wait_to_go(call, arg, err);
}

/* It is queued while somebody looks, and begins while nobody does: then another opens. */
Test(live, a_run_that_was_queued_for_another_is_seen_in_its_place)
{
    enum { PLACES = 64 };
    weft_pool *pool = pool_of(WEFT_POOL_THREADS, 2, 0);
    weft_graph *g = weft_graph_new();
    weft_task *first = weft_add(g, wait_to_go, .name = "first"), *second = weft_add(g, wait_for_gone, .name = "second");
    weft_task *quick = weft_add(g, body_add, .name = "quick"), *last = weft_add(g, be_there, .name = "last");
    struct weft_live_now now;
    weft_future *f[PLACES + 1];
    weft_live *live;

    atomic_store(&go, false);
    cr_assert_eq(weft_live_open(&live, pool, NULL), WEFT_OK);
    for (int i = 0; i <= PLACES; i++) {
        cr_assert_eq(weft_pool_submit(pool, i == 0 ? &first : i == 1 ? &second : i < PLACES ? &quick : &last, 1, NULL, &f[i], NULL), WEFT_OK);
        if (i < 2) /* each holds a worker and its place */
            do
                cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
            while (!group_of(&now, i ? "second" : "first")->n_running);
    }
    weft_live_close(live);
    atomic_store(&gone, true);
    while (!atomic_load(&there))
        usleep(100);
    cr_assert_eq(weft_live_open(&live, pool, NULL), WEFT_OK);
    cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
    cr_assert_eq(group_of(&now, "last")->n_running, 1);
    atomic_store(&go, true);
    for (int i = 0; i <= PLACES; i++) {
        weft_future_wait(f[i], -1);
        weft_future_free(f[i]);
    }
    cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
    cr_assert_eq(group_of(&now, "last")->n_done, 1);
    cr_assert_eq(group_of(&now, "first")->n_done, 1);
    weft_live_close(live);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(live, a_run_for_which_there_is_no_memory_comes_with_a_later_look)
{
    int64_t n_asked = 0, n_refused = 0;

    for (int64_t k = 1; n_asked >= k - 1; k++) {
        weft_pool *pool = pool_of(WEFT_POOL_THREADS, 2, 0);
        weft_graph *g = weft_graph_new();
        weft_task *total = tree(g);
        struct weft_live_now now;
        weft_live *live;
        weft_status st;

        cr_assert_eq(weft_live_open(&live, pool, NULL), WEFT_OK);
        cr_assert_eq(weft_pool_run(pool, total, NULL, NULL), WEFT_OK);
        wf_mem_fail_at(k);
        st = weft_live_look(live, &now);
        n_asked = wf_mem_n_asked();
        wf_mem_fail_at(0);
        n_refused += st == WEFT_NOMEM;
        cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
        cr_assert_eq(now.n_runs_ended, 1, "without allocation %lld", (long long)k);
        cr_assert_eq(group_of(&now, "leaves")->n_done, 100, "without allocation %lld", (long long)k);
        cr_assert_eq(group_of(&now, "leaves")->n_tasks, 100);
        weft_live_close(live);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
    cr_assert_gt(n_refused, 3);
}

struct looking {
    weft_live  *live;
    atomic_bool stop;
};

static void *look_on(void *arg)
{
    struct looking *l = arg;
    struct weft_live_now now;

    do {
        uint64_t n = 0;

        cr_assert_eq(weft_live_look(l->live, &now), WEFT_OK);
        for (size_t i = 0; i < now.n_groups; i++) {
            cr_assert_leq(now.groups[i].n_open_done, now.groups[i].n_open);
            cr_assert_leq(now.groups[i].n_done + now.groups[i].n_skipped, now.groups[i].n_tasks);
            n += now.groups[i].n_running;
        }
        cr_assert_leq(n, (uint64_t)now.n_workers);
    } while (!atomic_load(&l->stop));
    return NULL;
}

static weft_status spawn_two(weft_call *call, void *arg, struct weft_error *err)
{
    const int depth = (int)(intptr_t)arg;

    for (int i = 0; depth && i < 2; i++)
        weft_spawn(call, spawn_two, .arg = (void *)(intptr_t)(depth - 1));
    return depth ? weft_call_wait_all(call, err) : WEFT_OK;
}

Test(live, looking_all_the_time_while_runs_come_and_go)
{
    for (int workers = 2; workers <= 16; workers *= 8) {
        weft_pool *pool = pool_of(WEFT_POOL_THREADS, workers, 256);
        weft_graph *g = weft_graph_new();
        weft_task *t[2] = {tree(g), weft_add(g, spawn_two, .name = "spawn_two", .arg = (void *)(intptr_t)6)};
        struct looking l[2] = {{0}};
        struct weft_live_now now;
        pthread_t thread[2];
        weft_future *f[8];

        for (int k = 0; k < 2; k++) {
            cr_assert_eq(weft_live_open(&l[k].live, pool, NULL), WEFT_OK);
            pthread_create(&thread[k], NULL, look_on, &l[k]);
        }
        for (int round = 0; round < 20; round++) {
            for (int i = 0; i < 8; i++)
                cr_assert_eq(weft_pool_submit(pool, t, 2, NULL, &f[i], NULL), WEFT_OK);
            for (int i = 0; i < 8; i++) {
                weft_future_wait(f[i], -1);
                cr_assert_eq(weft_future_status(f[i]), WEFT_OK);
                weft_future_free(f[i]);
            }
        }
        for (int k = 0; k < 2; k++) {
            atomic_store(&l[k].stop, true);
            pthread_join(thread[k], NULL);
            cr_assert_eq(weft_live_look(l[k].live, &now), WEFT_OK);
            cr_assert_eq(now.n_runs_ended, 160);
            cr_assert_eq(group_of(&now, "leaves")->n_done, 16000);
            cr_assert_eq(group_of(&now, "spawn_two")->n_done, 160);
            weft_live_close(l[k].live);
        }
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(live, a_pool_that_does_not_trace_says_so)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    struct weft_error err;
    weft_live *live;

    cr_assert_eq(weft_live_open(&live, pool, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "this pool was made without .trace");
    weft_live_close(NULL);
    weft_pool_free(pool);
}
