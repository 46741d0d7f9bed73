/* test_outlet.c - what a pool leaves behind when it ends, because it was configured so. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <weft/analyse.h>
#include <weft/pool.h>
#include <weft/spawn.h>
#include <weft/trace.h>

#include "lib/graph/trace.h"
#include "tests/support/bodies.h"
#include "tests/support/config_env.h"
#include "tests/support/tempdir.h"
#include "tests/support/scale.h"

TestSuite(outlet, .init = config_env_begin, .fini = tempdir_end);

static const char *path_of(const char *name)
{
    static char path[4096];

    snprintf(path, sizeof path, "%s/%s", tempdir, name);
    return path;
}

static weft_status body_slow(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    usleep(60000);
    return WEFT_OK;
}

/* A pool that writes `name` into the directory, by the setting. */
static weft_pool *pool_with(const char *setting, const char *path, enum weft_pool_kind kind, int workers)
{
    weft_config *c;
    weft_pool *pool = NULL;
    struct weft_error err;

    cr_assert_eq(weft_config_defaults(&c, &err), WEFT_OK);
    cr_assert_eq(weft_config_set(c, setting, path, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_pool_open(&pool, &(struct weft_pool_spec){.kind = kind, .config = c,
                                                                .n_workers = kind == WEFT_POOL_PROCESSES ? test_forking(workers) : workers,
                                                                .progress = WEFT_PROGRESS_OFF}, &err),
                 WEFT_OK, "%s", err.message);
    weft_config_free(c);
    return pool;
}

static weft_task *chain(weft_graph *g, int n)
{
    weft_task *t = weft_add(g, body_add, .name = "first", .arg = arg_of(1));

    for (int i = 1; i < n; i++)
        t = weft_add(g, body_add, .name = "next", .deps = WEFT_DEPS(t));
    return t;
}

Test(outlet, a_trace_holds_all_runs_each_with_its_own_tasks)
{
    int n_pools = 0;

    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_PROCESSES; kind++)
        for (int workers = 1; workers <= 4; workers *= 4) {
            weft_pool *pool = pool_with("trace.file", path_of("all.trace"), (enum weft_pool_kind)kind, workers);
            weft_graph *g = weft_graph_new(), *h = weft_graph_new();
            weft_task *t = chain(g, 5), *other = chain(h, 3);
            struct weft_error err;
            weft_plan *plan;
            weft_trace *trace;
            char name[32] = "all.trace";
            int *n_ran;

            if (n_pools++)
                snprintf(name, sizeof name, "all-%d.trace", n_pools);
            cr_assert_eq(weft_plan_new(&plan, &t, 1, NULL, &err), WEFT_OK);
            for (int i = 0; i < 3; i++)
                cr_assert_eq(weft_pool_run_plan(pool, plan, NULL, NULL, &err), WEFT_OK);
            cr_assert_eq(weft_pool_run(pool, other, NULL, &err), WEFT_OK);
            /* What the program itself asks for is as ever: the last run. */
            cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK);
            cr_assert_eq(weft_trace_n_runs(trace), 1);
            cr_assert_eq(weft_trace_n_tasks(trace), 3);
            weft_trace_free(trace);
            cr_assert_eq(weft_pool_run_plan(pool, plan, NULL, NULL, &err), WEFT_OK);
            weft_plan_free(plan);
            weft_graph_free(g);
            weft_graph_free(h);
            weft_pool_free(pool);

            cr_assert_eq(weft_trace_read(&trace, path_of(name), &err), WEFT_OK, "%s", err.message);
            cr_assert(wf_trace_check(trace, NULL));
            cr_assert_eq(weft_trace_n_runs(trace), 5);
            cr_assert_eq(weft_trace_n_tasks(trace), 4 * 5 + 3);
            cr_assert_eq(weft_trace_n_lost(trace), 0);
            for (size_t r = 0; r < 5; r++) {
                const struct weft_trace_run *run = &weft_trace_runs(trace)[r];

                cr_assert_eq(run->n_tasks, r == 3 ? 3 : 5);
                cr_assert_eq(weft_trace_n_deps(trace, run->first_task), 0);
                cr_assert_eq(weft_trace_deps(trace, run->first_task + 1)[0], run->first_task);
                cr_assert(r == 0 || run->begin_ns >= run[-1].end_ns);
            }
            n_ran = calloc(weft_trace_n_tasks(trace), sizeof *n_ran);
            for (size_t i = 0; i < weft_trace_n_events(trace); i++) {
                const struct weft_event *e = &weft_trace_events(trace)[i];

                n_ran[e->kind == WEFT_EVENT_TASK ? e->task : 0] += e->kind == WEFT_EVENT_TASK;
            }
            for (size_t i = 0; i < weft_trace_n_tasks(trace); i++)
                cr_assert_eq(n_ran[i], 1, "task %zu ran %d times", i, n_ran[i]);
            cr_assert_gt(strlen(weft_trace_about(trace).program), 4);
            cr_assert_gt(weft_trace_about(trace).n_cores, 0);
            free(n_ran);
            weft_trace_free(trace);
        }
}

Test(outlet, runs_at_the_same_time_are_told_apart)
{
    const char *path = path_of("many.trace");
    weft_pool *pool = pool_with("trace.file", path, WEFT_POOL_THREADS, 4);
    weft_graph *g[20];
    weft_future *f[20];
    struct weft_error err;
    weft_trace *trace;
    size_t n = 0;

    for (int i = 0; i < 20; i++) {
        weft_task *t;

        g[i] = weft_graph_new();
        t = chain(g[i], 10 + i);
        cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &f[i], &err), WEFT_OK);
        n += 10 + (size_t)i;
    }
    for (int i = 0; i < 20; i++) {
        weft_future_wait(f[i], -1);
        weft_future_free(f[i]);
        weft_graph_free(g[i]);
    }
    weft_pool_free(pool);
    cr_assert_eq(weft_trace_read(&trace, path, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_trace_n_runs(trace), 20);
    cr_assert_eq(weft_trace_n_tasks(trace), n);
    for (size_t i = 0; i < weft_trace_n_events(trace); i++) {
        const struct weft_event *e = &weft_trace_events(trace)[i];
        size_t r = 0;

        if (e->kind != WEFT_EVENT_TASK)
            continue;
        while (e->task >= weft_trace_runs(trace)[r].first_task + weft_trace_runs(trace)[r].n_tasks)
            r++;
        cr_assert_leq(weft_trace_runs(trace)[r].begin_ns, e->begin_ns + 1000);
        cr_assert_geq(weft_trace_runs(trace)[r].end_ns, e->end_ns - 1000);
        n--;
    }
    cr_assert_eq(n, 0);
    weft_trace_free(trace);
}

Test(outlet, a_later_pool_does_not_write_over_what_an_earlier_one_wrote)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = chain(g, 2);
    struct weft_error err;
    weft_trace *trace;

    for (int i = 0; i < 3; i++) {
        weft_pool *pool = pool_with("trace.file", path_of("run.trace"), WEFT_POOL_THREADS, i + 1), *idle;

        /* One that runs nothing leaves nothing, and does not count. */
        idle = pool_with("trace.file", path_of("run.trace"), WEFT_POOL_THREADS, 1);
        weft_pool_free(idle);
        cr_assert_eq(weft_pool_run(pool, t, NULL, &err), WEFT_OK);
        weft_pool_free(pool);
    }
    for (int i = 0; i < 3; i++) {
        static const char *const names[] = {"run.trace", "run-2.trace", "run-3.trace"};

        cr_assert_eq(weft_trace_read(&trace, path_of(names[i]), &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_trace_n_workers(trace), i + 1);
        weft_trace_free(trace);
    }
    weft_graph_free(g);
}

Test(outlet, what_cannot_be_written_is_told_and_the_program_goes_on)
{
    weft_pool *pool = pool_with("trace.file", path_of("nowhere/run.trace"), WEFT_POOL_THREADS, 2);
    weft_graph *g = weft_graph_new();
    char said[512] = {0};
    struct weft_error err;
    int told[2];

    cr_assert_eq(pipe2(told, O_NONBLOCK), 0);
    cr_assert_eq(weft_pool_run(pool, chain(g, 2), NULL, &err), WEFT_OK);
    dup2(told[1], STDERR_FILENO);
    weft_pool_free(pool);
    weft_graph_free(g);
    cr_assert_gt(read(told[0], said, sizeof said - 1), 0);
    cr_assert(strstr(said, "nowhere/run.trace"), "%s", said);
}

Test(outlet, a_run_between_two_samples_has_both)
{
    weft_pool *pool = pool_with("trace.file", path_of("short.trace"), WEFT_POOL_THREADS, 2);
    weft_graph *g = weft_graph_new();
    weft_task *t = chain(g, 2);
    struct weft_error err;
    weft_trace *trace;

    for (int i = 0; i < 3; i++)
        cr_assert_eq(weft_pool_run(pool, t, NULL, &err), WEFT_OK);
    weft_pool_free(pool);
    weft_graph_free(g);
    cr_assert_eq(weft_trace_read(&trace, path_of("short.trace"), &err), WEFT_OK, "%s", err.message);
    cr_assert_geq(weft_trace_n_samples(trace), 2);
    cr_assert_eq(weft_trace_samples(trace)[0].at_ns, 0);
    cr_assert_eq(weft_trace_samples(trace)[weft_trace_n_samples(trace) - 1].at_ns, weft_trace_wall_ns(trace));
    weft_trace_free(trace);
}

Test(outlet, memory_and_processors_are_sampled_while_runs_go_on)
{
    static const char *const names[] = {"sampled.trace", "sampled-2.trace", "sampled-3.trace"};
    weft_config *c;
    weft_graph *g = weft_graph_new();
    weft_task *slow = weft_add(g, body_slow, .name = "slow");
    struct weft_error err;
    weft_trace *trace;

    cr_assert_eq(weft_config_defaults(&c, &err), WEFT_OK);
    cr_assert_eq(weft_config_set(c, "trace.file", path_of(names[0]), &err), WEFT_OK);
    cr_assert_eq(weft_config_set(c, "trace.sample", "5ms", &err), WEFT_OK);
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_PROCESSES; kind++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = (enum weft_pool_kind)kind, .n_workers = kind == WEFT_POOL_PROCESSES ? test_forking(2) : 2, .config = c});

        cr_assert_eq(weft_pool_run(pool, slow, NULL, &err), WEFT_OK, "%s", err.message);
        weft_pool_free(pool);
        cr_assert_eq(weft_trace_read(&trace, path_of(names[kind - 1]), &err), WEFT_OK, "%s", err.message);
        cr_assert_geq(weft_trace_n_samples(trace), 3, "pool of kind %d", kind);
        cr_assert_eq(weft_trace_samples(trace)[0].at_ns, 0);
        cr_assert_eq(weft_trace_samples(trace)[weft_trace_n_samples(trace) - 1].at_ns, weft_trace_wall_ns(trace));
        cr_assert_gt(weft_trace_samples(trace)[0].resident_bytes, 1 << 20);
        weft_trace_free(trace);
    }
    weft_config_free(c);
    weft_graph_free(g);
}

static weft_status run_within(weft_call *call, void *arg, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = chain(g, 3);
    weft_status st;

    (void)arg;
    st = weft_call_run(call, &t, 1, NULL, NULL, err);
    weft_graph_free(g);
    return st;
}

/* A run within a task has a pool of its own where it has to be serial. */
Test(outlet, runs_within_tasks_leave_nothing_of_their_own)
{
    static const char *const names[] = {"run.trace", "run-2.trace", "run-3.trace"};

    setenv("WEFT_TRACE", path_of("run.trace"), 1);
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_PROCESSES; kind++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = (enum weft_pool_kind)kind, .n_workers = kind == WEFT_POOL_PROCESSES ? test_forking(2) : 2});
        weft_graph *g = weft_graph_new();
        weft_task *outer = weft_add(g, run_within);
        struct weft_error err;
        weft_trace *trace;

        cr_assert_eq(weft_pool_run(pool, outer, NULL, &err), WEFT_OK, "%s", err.message);
        weft_graph_free(g);
        weft_pool_free(pool);
        cr_assert_eq(weft_trace_read(&trace, path_of(names[kind - 1]), &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_trace_n_tasks(trace), kind == WEFT_POOL_THREADS ? 1 + 3 : 1);
        weft_trace_free(trace);
        for (int n = kind; n < 3; n++)
            cr_assert(access(path_of(names[n]), F_OK), "%s is there after %d pools", names[n], kind);
    }
}

static atomic_bool is_there, may_go;

static weft_status wait_to_go(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    atomic_store(&is_there, true);
    while (!atomic_load(&may_go))
        usleep(100);
    return WEFT_OK;
}

Test(outlet, a_run_of_known_values_takes_nothing_from_those_beside_it)
{
    const char *path = path_of("beside.trace");
    weft_pool *pool = pool_with("trace.file", path, WEFT_POOL_THREADS, 2);
    weft_graph *g = weft_graph_new();
    weft_task *known = weft_graph_put(g, weft_value_of_i64(3));
    weft_task *quick = weft_add(g, body_add, .name = "quick");
    weft_task *slow = weft_add(g, wait_to_go, .name = "slow", .deps = WEFT_DEPS(quick));
    struct weft_error err;
    weft_future *f;
    weft_trace *trace;
    size_t n_bodies = 0;

    cr_assert_eq(weft_pool_submit(pool, &slow, 1, NULL, &f, &err), WEFT_OK);
    while (!atomic_load(&is_there))
        usleep(100);
    cr_assert_eq(weft_pool_run(pool, known, NULL, &err), WEFT_OK);
    atomic_store(&may_go, true);
    weft_future_wait(f, -1);
    weft_future_free(f);
    weft_pool_free(pool);
    weft_graph_free(g);
    cr_assert_eq(weft_trace_read(&trace, path, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_trace_n_runs(trace), 2);
    for (size_t i = 0; i < weft_trace_n_events(trace); i++)
        n_bodies += weft_trace_events(trace)[i].kind == WEFT_EVENT_TASK;
    cr_assert_eq(n_bodies, 2);
    weft_trace_free(trace);
}

Test(outlet, a_plan_is_told_of_by_every_pool_that_ran_it)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = chain(g, 4);
    struct weft_error err;
    weft_plan *plan;
    weft_pool *pool[2];

    cr_assert_eq(weft_plan_new(&plan, &t, 1, NULL, &err), WEFT_OK);
    for (int i = 0; i < 2; i++)
        pool[i] = pool_with("trace.file", path_of("run.trace"), WEFT_POOL_THREADS, 2);
    for (int run = 0; run < 6; run++)
        cr_assert_eq(weft_pool_run_plan(pool[run % 2], plan, NULL, NULL, &err), WEFT_OK);
    weft_pool_free(pool[0]);
    cr_assert_eq(weft_pool_run_plan(pool[1], plan, NULL, NULL, &err), WEFT_OK);
    weft_plan_free(plan);
    weft_graph_free(g);
    weft_pool_free(pool[1]);
    for (int i = 0; i < 2; i++) {
        weft_trace *trace;

        cr_assert_eq(weft_trace_read(&trace, path_of(i ? "run-2.trace" : "run.trace"), &err), WEFT_OK, "%s", err.message);
        cr_assert_eq(weft_trace_n_runs(trace), 3 + (size_t)i);
        cr_assert_eq(weft_trace_n_tasks(trace), 4 * (3 + (size_t)i));
        weft_trace_free(trace);
    }
}
