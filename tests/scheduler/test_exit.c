/* test_exit.c - a program that ends without freeing its pools leaves what they were to leave. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weft/pool.h>
#include <weft/trace.h>

#include "tests/support/bodies.h"
#include "tests/support/config_env.h"
#include "tests/support/scale.h"
#include "tests/support/tempdir.h"

TestSuite(exit, .init = config_env_begin, .fini = tempdir_end);

enum { N_TASKS = 5, STATUS = 3 };

/* Asked by the checker of leaks: what these programs have when they end is not one, and a child that
 * was forked beside threads would wait for ever for its allocator. */
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return 1; }

static char path[4096];
static weft_pool *pool; /* as a program may have it: nobody frees it */
static weft_graph *graph;

static const char *path_of(const char *name)
{
    snprintf(path, sizeof path, "%s/%s", tempdir, name);
    return path;
}

static void open_pool(enum weft_pool_kind kind, const char *file)
{
    weft_config *c;
    struct weft_error err;

    if (weft_config_defaults(&c, &err) || weft_config_set(c, "trace.file", path_of(file), &err) ||
        weft_pool_open(&pool, &(struct weft_pool_spec){.kind = kind, .config = c, .progress = WEFT_PROGRESS_OFF,
                                                       .n_workers = kind == WEFT_POOL_PROCESSES ? test_forking(2) : 2}, &err))
        _exit(1);
    weft_config_free(c);
}

static void run_tasks(void)
{
    struct weft_error err;
    weft_task *t = NULL;

    graph = weft_graph_new();
    for (int i = 0; i < N_TASKS; i++)
        t = t ? weft_add(graph, body_add, .deps = WEFT_DEPS(t)) : weft_add(graph, body_add, .arg = arg_of(1));
    if (weft_pool_run(pool, t, NULL, &err))
        _exit(1);
}

static weft_status body_exits(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    exit(STATUS);
}

/* How a child ends that does this. */
static int status_of(void (*program)(enum weft_pool_kind), enum weft_pool_kind kind)
{
    int status = 0;
    pid_t child;

    fflush(NULL);
    child = fork();
    cr_assert_geq(child, 0);
    if (!child) {
        program(kind);
        exit(STATUS);
    }
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int64_t tasks_in(const char *file)
{
    weft_trace *trace;
    struct weft_error err;
    int64_t n;

    if (weft_trace_read(&trace, path_of(file), &err))
        return -1;
    n = (int64_t)weft_trace_n_tasks(trace);
    weft_trace_free(trace);
    cr_assert_eq(unlink(path_of(file)), 0);
    return n;
}

static void program_runs(enum weft_pool_kind kind)
{
    open_pool(kind, "run.trace");
    run_tasks();
}

Test(exit, a_program_that_exits_with_its_pool_leaves_the_same)
{
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_PROCESSES; kind++) {
        cr_assert_eq(status_of(program_runs, (enum weft_pool_kind)kind), STATUS);
        cr_assert_eq(tasks_in("run.trace"), N_TASKS);
        cr_assert_eq(tasks_in("run-2.trace"), -1);
    }
}

static void free_pool(void) { weft_pool_free(pool); }

static void program_frees_late(enum weft_pool_kind kind)
{
    atexit(free_pool); /* which comes after what is asked for later */
    program_runs(kind);
}

Test(exit, a_pool_that_is_freed_after_that_does_not_write_again)
{
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_PROCESSES; kind++) {
        cr_assert_eq(status_of(program_frees_late, (enum weft_pool_kind)kind), STATUS);
        cr_assert_eq(tasks_in("run.trace"), N_TASKS);
        cr_assert_eq(tasks_in("run-2.trace"), -1);
    }
}

static void program_has_two(enum weft_pool_kind kind)
{
    weft_pool *first;

    program_runs(kind);
    first = pool;
    weft_graph_free(graph);
    program_runs(kind);
    weft_pool_free(first);
}

Test(exit, of_two_pools_the_one_that_was_freed_is_not_written_again)
{
    cr_assert_eq(status_of(program_has_two, WEFT_POOL_THREADS), STATUS);
    cr_assert_eq(tasks_in("run.trace"), N_TASKS);
    cr_assert_eq(tasks_in("run-2.trace"), N_TASKS);
    cr_assert_eq(tasks_in("run-3.trace"), -1);
}

static void program_forks(enum weft_pool_kind kind)
{
    pid_t child;

    program_runs(kind);
    child = fork();
    if (!child)
        exit(0);
    waitpid(child, NULL, 0);
    _exit(access(path_of("run.trace"), F_OK) ? STATUS : 1);
}

Test(exit, a_forked_child_that_exits_leaves_nothing_of_its_parent)
{
    cr_assert_eq(status_of(program_forks, WEFT_POOL_THREADS), STATUS);
}

static void program_exits_within(enum weft_pool_kind kind)
{
    struct weft_error err;

    open_pool(kind, "run.trace");
    graph = weft_graph_new();
    weft_pool_run(pool, weft_add(graph, body_exits), NULL, &err);
    _exit(1);
}

Test(exit, a_body_that_exits_ends_the_program_and_leaves_no_half_of_a_run)
{
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_SERIAL; kind++) {
        cr_assert_eq(status_of(program_exits_within, (enum weft_pool_kind)kind), STATUS);
        cr_assert_eq(tasks_in("run.trace"), -1);
    }
}
