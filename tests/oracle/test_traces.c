/* test_traces.c - random graphs and programs that grow, run by several threads at the same time: the trace that
 * is left can be read, tells of each task once, and agrees with who looked on. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <weft/live.h>

#include "lib/graph/trace.h"
#include "tests/support/config_env.h"
#include "tests/support/programs.h"
#include "tests/support/scale.h"
#include "tests/support/tempdir.h"

#define outcome graph_outcome /* programs have another */
#include "tests/support/random_graph.h"
#undef outcome

enum { USERS = 3, RUNS = 4 };

/* Runs graphs, programs and known values in turns. */
struct user {
    weft_pool    *pool;
    uint64_t      seed;
    pthread_t     thread;
    atomic_size_t *n_bodies; /* of runs in which nothing failed: all of their tasks */
};

static void run_graph(struct user *u, uint64_t seed)
{
    struct random_graph r;
    weft_plan *plan;
    size_t n;

    random_graph_init(&r, seed, 60);
    cr_assert_eq(weft_plan_new(&plan, r.targets, r.n_targets, NULL, NULL), WEFT_OK);
    n = weft_plan_n_tasks(plan);
    for (int again = 0; again < 2; again++)
        if (!weft_pool_run_plan(u->pool, plan, NULL, NULL, NULL))
            atomic_fetch_add(u->n_bodies, n);
    weft_plan_free(plan);
    random_graph_fini(&r);
}

static void run_known(weft_pool *pool)
{
    weft_graph *g = weft_graph_new();

    cr_assert_eq(weft_pool_run(pool, weft_graph_put(g, weft_value_of_i64(1)), NULL, NULL), WEFT_OK);
    weft_graph_free(g);
}

static void *use(void *arg)
{
    struct user *u = arg;

    for (uint64_t i = 0; i < RUNS; i++) {
        const struct program p = {.seed = u->seed + i, .depth = 2, .detaches = true};
        struct outcome o[PROGRAM_NODES];

        run_graph(u, u->seed + i);
        run_known(u->pool);
        program_run(u->pool, &p, o);
    }
    return NULL;
}

/* How many tasks ran, as the trace says. */
static size_t read_trace(const char *path)
{
    size_t n_all = 0;
    struct weft_error err;
    const char *why = "";
    weft_trace *t;
    int *n_ran;

    cr_assert_eq(weft_trace_read(&t, path, &err), WEFT_OK, "%s", err.message);
    cr_assert(wf_trace_check(t, &why), "%s", why);
    cr_assert_eq(weft_trace_n_lost(t), 0);
    n_ran = calloc(weft_trace_n_tasks(t) + 1, sizeof *n_ran);
    for (size_t i = 0; i < weft_trace_n_events(t); i++) {
        const struct weft_event *e = &weft_trace_events(t)[i];

        cr_assert_leq(e->begin_ns, weft_trace_wall_ns(t));
        if (e->kind == WEFT_EVENT_TASK)
            n_ran[e->task]++;
    }
    for (size_t r = 0; r < weft_trace_n_runs(t); r++) {
        const struct weft_trace_run *run = &weft_trace_runs(t)[r];

        for (uint32_t i = run->first_task; i < run->first_task + run->n_tasks; i++) {
            cr_assert_leq(n_ran[i], 1, "task %u (%s) ran %d times", i, weft_trace_task(t, i)->name, n_ran[i]);
            cr_assert(n_ran[i] || run->status, "task %u (%s) did not run, and its run went well", i, weft_trace_task(t, i)->name);
            n_all += (size_t)n_ran[i];
        }
    }
    free(n_ran);
    weft_trace_free(t);
    return n_all;
}

static void judge(enum weft_pool_kind kind, int workers, const char *path, const char *left, uint64_t seed)
{
    struct user users[USERS];
    atomic_size_t n_bodies = 0;
    struct weft_live_now now;
    uint64_t n_done = 0;
    size_t n_ran;
    weft_config *c;
    weft_live *live;
    weft_pool *pool;

    cr_assert_eq(weft_config_defaults(&c, NULL), WEFT_OK);
    cr_assert_eq(weft_config_set(c, "trace.file", path, NULL), WEFT_OK);
    cr_assert_eq(weft_config_set(c, "trace.sample", "1ms", NULL), WEFT_OK);
    cr_assert_eq(weft_config_set(c, "trace.events", "1000000", NULL), WEFT_OK);
    cr_assert_eq(weft_pool_open(&pool, &(struct weft_pool_spec){.kind = kind, .n_workers = workers, .config = c}, NULL), WEFT_OK);
    weft_config_free(c);
    cr_assert_eq(weft_live_open(&live, pool, NULL), WEFT_OK);
    for (int i = 0; i < USERS; i++) {
        users[i] = (struct user){.pool = pool, .seed = seed + (uint64_t)i * RUNS, .n_bodies = &n_bodies};
        pthread_create(&users[i].thread, NULL, use, &users[i]);
    }
    for (int i = 0; i < USERS; i++) {
        cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
        pthread_join(users[i].thread, NULL);
    }
    cr_assert_eq(weft_live_look(live, &now), WEFT_OK);
    for (size_t g = 0; g < now.n_groups; g++) {
        const struct weft_live_group *group = &now.groups[g];

        cr_assert_eq(group->n_done + group->n_skipped, group->n_tasks, "%s", group->name);
        cr_assert_eq(group->n_open, 0);
        n_done += group->n_done;
    }
    cr_assert_eq(now.n_runs_begun, now.n_runs_ended);
    cr_assert_geq(now.n_runs_ended, 3 * USERS * RUNS); /* those of known values are none */
    weft_live_close(live);
    weft_pool_free(pool);
    n_ran = read_trace(left);
    cr_assert_geq(n_ran, atomic_load(&n_bodies));
    cr_assert_eq(n_ran, n_done, "seed %llu, %d workers: %zu tasks ran by the trace, %llu by who looked on",
                 (unsigned long long)seed, workers, n_ran, (unsigned long long)n_done);
}

Test(traces, tell_each_task_once_whatever_runs_beside, .timeout = 280)
{
    static const int workers[] = {0, 1, 2, 3, 16}; /* 0: the serial runner */
    const int64_t n = test_scaled(150);
    char *dir = tempdir_new(), *path = tempdir_path(dir, "t.trace");

    config_env_clear(dir);
    for (int64_t i = 0; i < n; i++) {
        const int w = workers[i % 5];
        char left[4096];

        if (i)
            snprintf(left, sizeof left, "%s/t-%lld.trace", dir, (long long)i + 1);
        judge(w ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL, w, path, i ? left : path, 5000000 + (uint64_t)i * USERS * RUNS);
        remove(i ? left : path);
    }
    free(path);
    tempdir_remove(dir);
}
