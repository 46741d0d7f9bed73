/* test_profile.c - functions are seen as often as they run, under the task that runs them.
 *
 * The machine may be slow and busy: nothing here is timed. Bodies run until so many samples are there, and
 * what is known is the share of each function, since all compute by the same loop.
 */
#include <criterion/criterion.h>

#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weft/fork.h>
#include <weft/profile.h>
#include <weft/spawn.h>

#include "config.h"
#include "lib/base/mem.h"
#include "scheduler/profile_stack.h"
#include "scheduler/profile_symbol.h"
#include "scheduler/profile_tally.h"
#include "tests/support/config_env.h"
#include "tests/support/nomem.h"
#include "tests/support/tempdir.h"

TestSuite(profile, .init = config_env_begin, .fini = tempdir_end);

/* The thread sanitizer keeps signals back until a thread calls the system. */
static void needs_signals(void)
{
    if (WF_TSAN)
        cr_skip_test("the thread sanitizer delivers signals late");
}

/* ---- Something to see ------------------------------------------------------------- */

#define SEEN __attribute__((noipa)) /* a function that stays one, and keeps its name */

static volatile double sink;

/* Each step waits for the one before, so it takes the same wherever it is. */
static SEEN void burn(int n)
{
    double x = 1;

    for (int i = 0; i < 1000 * n; i++)
        x = x * 0.999999 + 1e-9;
    sink = x;
}

static SEEN void heavy(void)
{
    burn(9);
    sink = 0; /* no tail call */
}

static SEEN void light(void)
{
    burn(3);
    sink = 0;
}

static SEEN weft_status body_mixed(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    for (int i = 0; i < 40; i++) {
        heavy();
        light();
    }
    sink = 0;
    return WEFT_OK;
}

static SEEN void down(int n)
{
    if (n)
        down(n - 1);
    else
        burn(300);
    sink = 0;
}

static SEEN weft_status body_deep(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    down((int)(intptr_t)arg);
    sink = 0;
    return WEFT_OK;
}

/* ---- Looking ------------------------------------------------------------------------ */

static weft_pool *pool_of(enum weft_pool_kind kind, int workers)
{
    weft_pool *pool = NULL;
    struct weft_error err;

    cr_assert_eq(weft_pool_open(&pool, &(struct weft_pool_spec){.kind = kind, .n_workers = workers,
                                                                .progress = WEFT_PROGRESS_OFF}, &err),
                 WEFT_OK, "%s", err.message);
    return pool;
}

static weft_profiling *look(weft_pool *pool, int rate_hz)
{
    weft_profiling *going = NULL;
    struct weft_error err;

    cr_assert_eq(weft_profile_begin(&going, pool, &(struct weft_profile_spec){.rate_hz = rate_hz}, &err), WEFT_OK, "%s",
                 err.message);
    return going;
}

static weft_profile *seen(weft_profiling *going)
{
    weft_profile *p = NULL;
    struct weft_error err;

    cr_assert_eq(weft_profile_end(going, &p, &err), WEFT_OK, "%s", err.message);
    return p;
}

/* So many tasks with this body, side by side. */
static void run_tasks(weft_pool *pool, const char *name, weft_body *body, void *arg, int n)
{
    weft_graph *g = weft_graph_new();
    weft_task **tasks = malloc((size_t)n * sizeof *tasks);
    struct weft_error err;

    for (int i = 0; i < n; i++)
        tasks[i] = weft_add(g, body, .name = name, .arg = arg);
    cr_assert_eq(weft_pool_run_many(pool, tasks, (size_t)n, NULL, NULL, &err), WEFT_OK, "%s", err.message);
    free(tasks);
    weft_graph_free(g);
}

/* All of `p` goes to `to`. */
static void pour(weft_profile *p, weft_profile *to)
{
    weft_profile_tell(to, &(struct weft_profile_about){.n_looks = weft_profile_about(p).n_looks + weft_profile_about(to).n_looks});
    for (size_t i = 0; i < weft_profile_n_stacks(p); i++)
        cr_assert_eq(weft_profile_add(to, weft_profile_stacks(p)[i].text, weft_profile_stacks(p)[i].count, NULL), WEFT_OK);
    weft_profile_free(p);
}

/* What such tasks give, once there are so many samples. */
static weft_profile *look_long(weft_pool *pool, weft_body *body, void *arg, int side_by_side, uint64_t samples)
{
    weft_profile *all = NULL;

    cr_assert_eq(weft_profile_new(&all, NULL), WEFT_OK);
    while (weft_profile_about(all).n_samples < samples) {
        weft_profiling *going = look(pool, 0);

        for (int i = 0; i < 20; i++)
            run_tasks(pool, "work", body, arg, side_by_side);
        pour(seen(going), all);
    }
    return all;
}

/* Of all samples, those that have this frame. */
static double share_of(const weft_profile *p, const char *name)
{
    struct weft_profile_frame *frames;
    uint64_t total = 0;
    size_t n;

    cr_assert_eq(weft_profile_frames(p, &frames, &n, NULL), WEFT_OK);
    for (size_t i = 0; i < n; i++)
        total += strcmp(frames[i].name, name) ? 0 : frames[i].total;
    weft_profile_frames_free(frames);
    return (double)total / (double)weft_profile_about(p).n_samples;
}

static void needs_names(void)
{
    if (!WF_HAVE_LIBDW)
        cr_skip_test("without libdw static functions have no names");
}

/* ---- Shares ------------------------------------------------------------------------- */

/* Six deviations of a share of so many looks. */
static double allowed(double share, uint64_t n_looks)
{
    return 6 * sqrt(share * (1 - share) / (double)n_looks);
}

static void shares_are_right(enum weft_pool_kind kind, int workers)
{
    weft_pool *pool = pool_of(kind, workers);
    weft_profile *p = look_long(pool, body_mixed, NULL, 2 * workers, 1500);
    const uint64_t n = weft_profile_about(p).n_looks;

    cr_assert_gt(share_of(p, "work"), 0.9999);
    cr_assert_gt(share_of(p, "body_mixed"), 0.99);
    cr_assert_gt(share_of(p, "burn"), 0.95);
    cr_assert_float_eq(share_of(p, "heavy"), 0.75, allowed(0.75, n), "heavy has %g", share_of(p, "heavy"));
    cr_assert_float_eq(share_of(p, "light"), 0.25, allowed(0.25, n), "light has %g", share_of(p, "light"));
    weft_profile_free(p);
    weft_pool_free(pool);
}

Test(profile, functions_are_seen_as_often_as_they_run_on_one_worker)
{
    needs_signals();
    needs_names();
    shares_are_right(WEFT_POOL_THREADS, 1);
}

Test(profile, functions_are_seen_as_often_as_they_run_on_the_calling_thread)
{
    needs_signals();
    needs_names();
    shares_are_right(WEFT_POOL_SERIAL, 1);
}

Test(profile, functions_are_seen_as_often_as_they_run_on_more_workers_than_cores)
{
    needs_signals();
    needs_names();
    shares_are_right(WEFT_POOL_THREADS, 64);
}

Test(profile, a_stack_is_the_group_then_the_body_then_who_it_called)
{
    weft_pool *pool;
    weft_profile *p;
    uint64_t whole = 0;

    needs_signals();
    needs_names();
    pool = pool_of(WEFT_POOL_THREADS, 2);
    p = look_long(pool, body_mixed, NULL, 4, 500);
    for (size_t i = 0; i < weft_profile_n_stacks(p); i++) {
        const char *text = weft_profile_stacks(p)[i].text;

        cr_assert(!strncmp(text, "work;", 5), "%s", text);
        if (!strcmp(text, "work;body_mixed;heavy;burn") || !strcmp(text, "work;body_mixed;light;burn"))
            whole += weft_profile_stacks(p)[i].count;
        else
            cr_assert_null(strstr(text, ";burn"), "%s", text);
    }
    /* Not all: few looks may fall between two calls, and where there are few looks that is a part of them. */
    cr_assert_gt((double)whole, 0.5 * (double)weft_profile_about(p).n_samples, "%g of %g", (double)whole,
                 (double)weft_profile_about(p).n_samples);
    weft_profile_free(p);
    weft_pool_free(pool);
}

Test(profile, calls_too_deep_hang_below_a_mark)
{
    weft_pool *pool;
    weft_profile *p;

    needs_signals();
    needs_names();
    pool = pool_of(WEFT_POOL_THREADS, 1);
    p = look_long(pool, body_deep, (void *)(intptr_t)(WF_MOST_FRAMES * 2), 2, 100);
    cr_assert_gt(share_of(p, "[...]"), 0.9);
    cr_assert_gt(share_of(p, "down"), 0.9);
    cr_assert_lt(share_of(p, "body_deep"), 0.1);
    weft_profile_free(p);
    p = look_long(pool, body_deep, (void *)(intptr_t)(WF_MOST_FRAMES / 2), 2, 100);
    cr_assert_gt(share_of(p, "body_deep"), 0.9);
    cr_assert_lt(share_of(p, "[...]"), 0.1);
    weft_profile_free(p);
    weft_pool_free(pool);
}

/* ---- Whose it is ---------------------------------------------------------------------- */

static SEEN void of_alpha(void) { burn(300); sink = 0; }
static SEEN void of_beta(void)  { burn(300); sink = 0; }

/* Leaves its worker between two parts; others run there meanwhile. */
static SEEN weft_status body_alpha(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    of_alpha();
    weft_call_blocking_begin(call);
    of_alpha();
    usleep(300);
    weft_call_blocking_end(call);
    of_alpha();
    sink = 0;
    return WEFT_OK;
}

static SEEN weft_status body_beta(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    of_beta();
    sink = 0;
    return WEFT_OK;
}

/* Runs a whole graph of betas on top of itself. */
static SEEN weft_status body_gamma(weft_call *call, void *arg, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_task *tasks[4];
    weft_status st;

    (void)arg;
    for (int i = 0; i < 4; i++)
        tasks[i] = weft_add(g, body_beta, .name = "beta");
    st = weft_call_run(call, tasks, 4, NULL, NULL, err);
    weft_graph_free(g);
    burn(300);
    return st;
}

/* Children and forks are of the task that made them. */
static SEEN weft_status body_delta(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_fork fork;
    weft_status st;

    (void)arg;
    weft_call_fork(call, &fork, body_beta, NULL);
    burn(100);
    st = weft_call_join(call, &fork, err);
    return st;
}

static SEEN weft_status body_epsilon(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    for (int i = 0; i < 3; i++)
        weft_spawn(call, body_beta);
    burn(100);
    return WEFT_OK;
}

static uint64_t count_of(const weft_profile *p, const char *begins, const char *has)
{
    uint64_t n = 0;

    for (size_t i = 0; i < weft_profile_n_stacks(p); i++)
        if (!strncmp(weft_profile_stacks(p)[i].text, begins, strlen(begins)) && strstr(weft_profile_stacks(p)[i].text, has))
            n += weft_profile_stacks(p)[i].count;
    return n;
}

static void each_is_of_its_task(enum weft_pool_kind kind, int workers)
{
    weft_pool *pool = pool_of(kind, workers);
    weft_profile *all = NULL;

    cr_assert_eq(weft_profile_new(&all, NULL), WEFT_OK);
    while (!count_of(all, "alpha;", "of_alpha") || !count_of(all, "beta;", "of_beta") ||
           !count_of(all, "read;", "body_gamma;burn") || !count_of(all, "delta;", "of_beta") ||
           !count_of(all, "epsilon;", "of_beta")) {
        weft_graph *g = weft_graph_new();
        const uint32_t layer = weft_graph_layer(g, "read");
        weft_task *tasks[60];
        weft_profiling *going = look(pool, 0);
        struct weft_error err;

        for (int i = 0; i < 60; i += 6) {
            tasks[i] = weft_add(g, body_alpha, .name = "alpha");
            tasks[i + 1] = weft_add(g, body_beta, .name = "beta");
            tasks[i + 2] = weft_add(g, body_gamma, .name = "gamma", .layer = layer);
            tasks[i + 3] = weft_add(g, body_delta, .name = "delta");
            tasks[i + 4] = weft_add(g, body_epsilon, .name = "epsilon");
            tasks[i + 5] = weft_add(g, body_beta, .name = "beta");
        }
        cr_assert_eq(weft_pool_run_many(pool, tasks, 60, NULL, NULL, &err), WEFT_OK, "%s", err.message);
        pour(seen(going), all);
        weft_graph_free(g);
    }
    cr_assert_eq(count_of(all, "alpha;", "of_beta"), 0);
    cr_assert_eq(count_of(all, "beta;", "of_alpha"), 0);
    cr_assert_eq(count_of(all, "beta;", "body_gamma"), 0); /* what lies beneath a body is not its own */
    cr_assert_eq(count_of(all, "beta;", "body_alpha"), 0);
    cr_assert_eq(count_of(all, "gamma", ""), 0); /* it has a layer */
    weft_profile_free(all);
    weft_pool_free(pool);
}

Test(profile, each_sample_is_of_the_task_that_runs_on_its_thread)
{
    needs_signals();
    needs_names();
    each_is_of_its_task(WEFT_POOL_THREADS, 3);
}

Test(profile, each_sample_is_of_its_task_on_the_calling_thread_too)
{
    needs_signals();
    needs_names();
    each_is_of_its_task(WEFT_POOL_SERIAL, 1);
}

/* ---- The signal ------------------------------------------------------------------------- */

static void (*handler_now(void))(int)
{
    struct sigaction now;

    sigaction(SIGPROF, NULL, &now);
    return now.sa_handler;
}

static void own_handler(int number)
{
    (void)number;
}

Test(profile, off_there_is_no_handler_and_after_it_none)
{
    weft_pool *pool = pool_of(WEFT_POOL_THREADS, 2);
    weft_profiling *going;

    needs_signals();
    run_tasks(pool, "work", body_mixed, NULL, 4);
    cr_assert_eq(handler_now(), SIG_DFL);
    going = look(pool, 0);
    cr_assert_neq(handler_now(), SIG_DFL);
    run_tasks(pool, "work", body_mixed, NULL, 4);
    cr_assert_eq(weft_profile_end(going, NULL, NULL), WEFT_OK);
    cr_assert_eq(handler_now(), SIG_DFL);
    run_tasks(pool, "work", body_mixed, NULL, 4);
    weft_pool_free(pool);
}

Test(profile, a_program_that_handles_the_signal_keeps_it_and_is_told)
{
    weft_pool *pool = pool_of(WEFT_POOL_THREADS, 2);
    weft_profiling *going = NULL;
    struct weft_error err;

    needs_signals();
    signal(SIGPROF, own_handler);
    cr_assert_eq(weft_profile_begin(&going, pool, NULL, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "SIGPROF"), "%s", err.message);
    cr_assert_null(going);
    cr_assert_eq(handler_now(), own_handler);
    run_tasks(pool, "work", body_mixed, NULL, 4);
    /* What only ignores it loses nothing. */
    signal(SIGPROF, SIG_IGN);
    going = look(pool, 0);
    cr_assert_eq(weft_profile_end(going, NULL, NULL), WEFT_OK);
    cr_assert_eq(handler_now(), SIG_IGN);
    /* One that takes it meanwhile keeps it. */
    signal(SIGPROF, SIG_DFL);
    going = look(pool, 0);
    signal(SIGPROF, own_handler);
    cr_assert_eq(weft_profile_end(going, NULL, NULL), WEFT_OK);
    cr_assert_eq(handler_now(), own_handler);
    weft_pool_free(pool);
}

/* A signal too late would end the process: SIGPROF does. */
Test(profile, it_can_begin_and_end_at_any_moment)
{
    weft_pool *pool = pool_of(WEFT_POOL_THREADS, 4);
    uint64_t n = 0;

    needs_signals();
    for (int i = 0; i < 150; i++) {
        weft_graph *g = weft_graph_new();
        weft_task *tasks[8];
        weft_future *f;
        weft_profiling *going;
        weft_profile *p;

        for (int k = 0; k < 8; k++)
            tasks[k] = weft_add(g, body_mixed, .name = "work");
        cr_assert_eq(weft_pool_submit(pool, tasks, 8, NULL, &f, NULL), WEFT_OK);
        going = look(pool, 10000);
        usleep((useconds_t)(i % 7 * 300));
        p = seen(going);
        n += weft_profile_about(p).n_samples;
        weft_profile_free(p);
        weft_future_wait(f, -1);
        weft_future_free(f);
        weft_graph_free(g);
    }
    cr_assert_gt(n, 0);
    cr_assert_eq(handler_now(), SIG_DFL);
    weft_pool_free(pool);
}

/* Bodies that sleep, fork and wait are not disturbed: what they asked of the system is done. */
static SEEN weft_status body_system(weft_call *call, void *arg, struct weft_error *err)
{
    int ends[2], how = 0;
    char byte = 'x', got = 0;
    pid_t child;

    (void)call, (void)arg;
    if (pipe(ends))
        return weft_error_set(err, WEFT_IO, "no pipe");
    burn(200);
    child = fork();
    if (!child) {
        burn(400); /* no timer came along */
        _exit(write(ends[1], &byte, 1) == 1 ? 7 : 8);
    }
    if (read(ends[0], &got, 1) != 1 || got != 'x')
        weft_error_set(err, WEFT_IO, "the pipe says %d", got);
    if (waitpid(child, &how, 0) != child || !WIFEXITED(how) || WEXITSTATUS(how) != 7)
        return weft_error_set(err, WEFT_FAILED, "the child ended with %x", (unsigned)how);
    close(ends[0]);
    close(ends[1]);
    return got == 'x' ? WEFT_OK : WEFT_IO;
}

Test(profile, system_calls_of_bodies_are_restarted)
{
    weft_pool *pool = pool_of(WEFT_POOL_THREADS, 2);
    weft_profiling *going;

    needs_signals();
    going = look(pool, 10000);
    for (int i = 0; i < 10; i++)
        run_tasks(pool, "system", body_system, NULL, 4);
    cr_assert_eq(weft_profile_end(going, NULL, NULL), WEFT_OK);
    weft_pool_free(pool);
}

Test(profile, threads_that_came_with_the_signal_blocked_are_seen)
{
    sigset_t all, before;
    weft_pool *pool;
    weft_profile *p;

    needs_signals();
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pool = pool_of(WEFT_POOL_THREADS, 2);
    p = look_long(pool, body_mixed, NULL, 4, 20);
    weft_profile_free(p);
    weft_pool_free(pool);
    pool = pool_of(WEFT_POOL_SERIAL, 1);
    p = look_long(pool, body_mixed, NULL, 4, 20);
    weft_profile_free(p);
    weft_pool_free(pool);
    pthread_sigmask(SIG_SETMASK, NULL, &all);
    cr_assert(sigismember(&all, SIGPROF), "the caller's mask is as it was");
    /* Between profiles no thread lets it in, and so ends the process: it is for who waits for it. */
    pool = pool_of(WEFT_POOL_THREADS, 2);
    p = look_long(pool, body_mixed, NULL, 4, 20);
    weft_profile_free(p);
    run_tasks(pool, "work", body_mixed, NULL, 4);
    sigemptyset(&all);
    sigaddset(&all, SIGPROF);
    kill(getpid(), SIGPROF);
    cr_assert_eq(sigwaitinfo(&all, NULL), SIGPROF);
    weft_pool_free(pool);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* ---- What cannot be ------------------------------------------------------------------------ */

Test(profile, what_cannot_be_profiled_is_told)
{
    weft_pool *pool = pool_of(WEFT_POOL_PROCESSES, 2);
    weft_profiling *going = NULL, *second = NULL;
    struct weft_error err;

    cr_assert_eq(weft_profile_begin(&going, pool, NULL, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, WF_TSAN ? "thread sanitizer" : "pool of processes"), "%s", err.message);
    weft_pool_free(pool);
    needs_signals();
    pool = pool_of(WEFT_POOL_THREADS, 2);
    cr_assert_eq(weft_profile_begin(&going, pool, &(struct weft_profile_spec){.rate_hz = -1}, &err), WEFT_INVALID);
    cr_assert_eq(weft_profile_begin(&going, pool, &(struct weft_profile_spec){.rate_hz = 10001}, &err), WEFT_INVALID);
    cr_assert_eq(weft_profile_begin(&going, NULL, NULL, &err), WEFT_NOMEM);
    going = look(pool, 0);
    cr_assert_eq(weft_profile_begin(&second, pool, NULL, &err), WEFT_INVALID);
    cr_assert_null(second);
    cr_assert_eq(weft_profile_end(going, NULL, NULL), WEFT_OK);
    weft_pool_free(pool);
}

Test(profile, two_pools_can_be_profiled_at_a_time)
{
    weft_pool *a, *b;
    weft_profiling *in_a, *in_b;

    needs_signals();
    a = pool_of(WEFT_POOL_THREADS, 2);
    b = pool_of(WEFT_POOL_SERIAL, 1);
    in_a = look(a, 0);
    in_b = look(b, 100);
    run_tasks(a, "work", body_mixed, NULL, 4);
    run_tasks(b, "work", body_mixed, NULL, 4);
    cr_assert_eq(weft_profile_end(in_a, NULL, NULL), WEFT_OK);
    cr_assert_neq(handler_now(), SIG_DFL);
    run_tasks(b, "work", body_mixed, NULL, 4);
    cr_assert_eq(weft_profile_end(in_b, NULL, NULL), WEFT_OK);
    cr_assert_eq(handler_now(), SIG_DFL);
    weft_pool_free(a);
    weft_pool_free(b);
}

static weft_status begin_and_end(void *arg)
{
    weft_profiling *going = NULL;
    weft_profile *p = NULL;
    struct weft_error err;
    weft_status st = weft_profile_begin(&going, arg, NULL, &err);

    if (st)
        return st;
    run_tasks(arg, "work", body_mixed, NULL, 1);
    st = weft_profile_end(going, &p, &err);
    weft_profile_free(p);
    return st;
}

/* What of it there is no memory for: samples of a run, or all. */
static weft_status alone(void *arg)
{
    weft_profiling *going = NULL;
    weft_profile *p = NULL;
    weft_status st = weft_profile_begin(&going, arg, NULL, NULL);

    st = st ? st : weft_profile_end(going, &p, NULL);
    weft_profile_free(p);
    return st;
}

Test(profile, without_memory_it_says_so_and_the_pool_goes_on)
{
    weft_pool *pool;

    needs_signals();
    pool = pool_of(WEFT_POOL_THREADS, 2);
    cr_assert_eq(begin_and_end(pool), WEFT_OK);
    cr_assert_gt(nomem_everywhere(alone, pool), 2);
    cr_assert_eq(begin_and_end(pool), WEFT_OK);
    cr_assert_eq(handler_now(), SIG_DFL);
    weft_pool_free(pool);
}

/* ---- Its parts -------------------------------------------------------------------------------- */

Test(profile, a_tally_counts_equal_stacks_together_and_tells_what_it_lost)
{
    struct wf_stacks *t = wf_stacks_new();
    const uintptr_t a[] = {10, 20, 30}, b[] = {10, 20};
    const struct wf_stacks_record *r = NULL;
    uint64_t all = 0, n = 0;

    cr_assert(t);
    cr_assert_null(wf_stacks_next(t, NULL));
    wf_stacks_add(t, "x", a, 3, 1);
    wf_stacks_add(t, "x", b, 2, 1);
    wf_stacks_add(t, "y", a, 3, 1);
    wf_stacks_add(t, "x", a, 3, 5);
    wf_stacks_add(t, "xx", a, 3, 2);
    r = wf_stacks_next(t, NULL);
    cr_assert_eq(r->count, 6);
    cr_assert_eq(r->n_frames, 3);
    cr_assert_arr_eq(r->frames, a, sizeof a);
    cr_assert_str_eq(r->group, "x");
    for (; r; r = wf_stacks_next(t, r)) {
        all += r->count;
        n++;
    }
    cr_assert_eq(n, 4);
    cr_assert_eq(all, 10);
    /* Until it is full, and beyond: nothing is counted twice, or not at all. */
    for (uintptr_t i = 0; i < 400000; i++) {
        const uintptr_t frames[] = {i, i / 7, i / 49};

        wf_stacks_add(t, "a group with a long name, which is cut where there is no more room for it, as it is "
                         "here or a little later", frames, 3, 1);
    }
    for (all = 0, r = NULL; (r = wf_stacks_next(t, r));)
        all += r->count;
    cr_assert_eq(all + t->n_lost, 400010);
    cr_assert_gt(t->n_lost, 0);
    cr_assert_gt(all, 50000);
    wf_stacks_free(t);
}

static const char *name_of(const struct wf_symbols *s, uintptr_t address)
{
    static char text[256];

    return wf_symbols_name(s, address, text, sizeof text);
}

Test(profile, functions_have_names_wherever_they_lie)
{
    struct wf_symbols s;

    needs_names();
    wf_symbols_open(&s);
    cr_assert_str_eq(name_of(&s, (uintptr_t)burn), "burn");
    cr_assert_str_eq(name_of(&s, (uintptr_t)burn + 5), "burn");
    cr_assert_str_eq(name_of(&s, (uintptr_t)weft_pool_open), "weft_pool_open");
    cr_assert_eq(name_of(&s, 1)[0], '[');
    wf_symbols_close(&s);
}

/* What the compiler makes of a function is called as the function. */
extern SEEN int wf_test_made(int n) __asm__("wf_test_whole.constprop.0");
int wf_test_made(int n)
{
    return n + 1;
}

Test(profile, what_a_compiler_makes_of_a_function_has_its_name)
{
    struct wf_symbols s;

    needs_names();
    wf_symbols_open(&s);
    cr_assert_str_eq(name_of(&s, (uintptr_t)wf_test_made), "wf_test_whole");
    wf_symbols_close(&s);
}

/* Without libdw the dynamic linker is asked, which does not know of static ones; the text is never
 * that of another function. */
Test(profile, what_nobody_can_name_is_called_by_its_library)
{
    const struct wf_symbols none = {0};

    cr_assert_str_eq(name_of(&none, 1), "[unknown]");
    cr_assert(strstr(name_of(&none, (uintptr_t)dlsym(RTLD_DEFAULT, "qsort") + 1), "qsort"));
    cr_assert_eq(name_of(&none, (uintptr_t)burn)[0], '[');
}

/* ---- Of any program --------------------------------------------------------------------------- */

Test(profile, a_pool_that_is_configured_so_writes_it_when_it_ends)
{
    char *path = tempdir_path(tempdir, "out.folded"), *text;
    weft_config *c;
    weft_pool *pool = NULL;
    weft_profile *p;
    struct weft_error err;

    needs_signals();
    cr_assert_eq(weft_config_defaults(&c, &err), WEFT_OK);
    cr_assert_eq(weft_config_set(c, "profile.file", path, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_config_set(c, "profile.rate", "500", &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_config_set(c, "profile.rate", "0", &err), WEFT_PARSE);
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_PROCESSES; kind++) {
        const struct weft_pool_spec spec = {.kind = (enum weft_pool_kind)kind, .n_workers = 2, .config = c,
                                            .progress = WEFT_PROGRESS_OFF};

        if (kind == WEFT_POOL_PROCESSES) {
            cr_assert_eq(weft_pool_open(&pool, &spec, &err), WEFT_UNSUPPORTED);
            continue;
        }
        cr_assert_eq(weft_pool_open(&pool, &spec, &err), WEFT_OK, "%s", err.message);
        for (int i = 0; i < 30; i++)
            run_tasks(pool, "work", body_mixed, NULL, 8);
        weft_pool_free(pool);
    }
    text = tempdir_read(path, NULL);
    cr_assert_eq(strncmp(text, "work;", 5), 0, "%s", text);
    cr_assert_eq(weft_profile_read(&p, path, &err), WEFT_OK, "%s", err.message);
    weft_profile_free(p);
    free(text);
    free(path);
    weft_config_free(c);
}
