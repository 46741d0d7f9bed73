/* test_watchdog.c - a missed call is found where debug builds look for one; a late call is none. */
#include "scheduler/watchdog.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "scheduler/pool.h"

static void work(void)
{
    const int64_t until = wf_now_ns() + 100000000;

    while (wf_now_ns() < until)
        wf_pause();
}

/* Until all workers but this one have looked everywhere, found nothing, and sleep. Counted
 * first: one that was called is not, though it may not have woken yet. */
static void wait_for_sleepers(struct wf_worker *w)
{
    const uint64_t others = (uint64_t)w->pool->n_workers - 1;

    while (wf_load_acquire(&w->pool->park.state) != others)
        wf_pause();
    for (int i = 0; i < w->pool->n_workers; i++)
        while (i != w->id && !wf_load_acquire(&w->pool->workers[i].asleep))
            wf_pause();
}

static weft_status body_nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

/* A task that nobody is told of, beside one that does not end. */
static void make_ready(struct wf_worker *w)
{
    wf_deque_push(&w->deque, 0); /* of run 0, the task 0 */
    alarm(60);
    for (;;)
        work();
}

/* A planted bug: makes a task ready, and wakes nobody. */
static weft_status body_that_calls_nobody(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    wait_for_sleepers(call->worker);
    make_ready(call->worker);
    return WEFT_OK;
}

/* The same with roots: as if the worker had got two and told nobody. */
static weft_status body_that_keeps_roots(weft_call *call, void *arg, struct weft_error *err)
{
    struct wf_worker *w = call->worker;

    (void)arg, (void)err;
    wait_for_sleepers(w);
    wf_roots_fill(&w->roots, wf_range_of(0, 0, 2));
    alarm(60);
    for (;;)
        work();
    return WEFT_OK;
}

/* The same in the inbox: as if a stranger had left it there and called nobody. */
static weft_status body_that_leaves_word(weft_call *call, void *arg, struct weft_error *err)
{
    struct wf_worker *w = call->worker;
    struct wf_park nobody;

    (void)arg, (void)err;
    wf_park_init(&nobody);
    wait_for_sleepers(w);
    wf_inbox_put(&w->pool->inbox, 0, &nobody);
    alarm(60);
    for (;;)
        work();
    return WEFT_OK;
}

/* Another: leaves a token for a sleeper, as park.c does, and does not wake it. */
static weft_status body_that_calls_too_softly(weft_call *call, void *arg, struct weft_error *err)
{
    struct wf_worker *w = call->worker;
    weft_pool *pool = w->pool;

    (void)arg, (void)err;
    do {
        wait_for_sleepers(w);
        work();
        wf_add_seq(&pool->park.state, WF_PARK_SEARCHING - WF_PARK_SLEEPING);
        wf_add(&pool->park.tokens, 1);
        work();
    } while (!wf_load_acquire(&pool->park.tokens)); /* it was not in the system yet: again */
    make_ready(w);
    return WEFT_OK;
}

static weft_status body_that_works_long(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    wait_for_sleepers(call->worker);
    work();
    return WEFT_OK;
}

/* As one that is between counting itself as a sleeper and looking again, for long: it waits for a
 * lock, or its processor does other things. Its fellow keeps it company; other roots are ready. */
static weft_status body_that_looks_late(weft_call *call, void *arg, struct weft_error *err)
{
    struct wf_park *park = &call->worker->pool->park;
    _Atomic uint32_t *n = arg;

    (void)err;
    if (wf_add(n, 1) == 1) {
        while (wf_load_acquire(n) == 1)
            wf_pause();
        wf_park_sleep(park, false);
        for (int i = 0; i < 10; i++)
            work();
        wf_park_cancel(park);
        wf_add(n, 1);
    }
    while (wf_load_acquire(n) < 3)
        wf_pause();
    return WEFT_OK;
}

static void run(weft_body *body, int n_workers)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = n_workers});
    weft_graph *g = weft_graph_new();
    weft_task *t[8] = {weft_add(g, body)};
    struct weft_error err;

    for (int i = 1; i < 8; i++)
        t[i] = weft_add(g, body_nothing, .deps = WEFT_DEPS(t[0]));
    cr_assert_eq(weft_pool_run_many(pool, t, 8, NULL, NULL, &err), WEFT_OK, "%s", err.message);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* What a child that runs `body` says on stderr, and how it ends. */
static int run_in_child(weft_body *body, char *said, size_t size)
{
    int pipes[2], status = 0;
    size_t n = 0;
    ssize_t got;
    pid_t pid;

    cr_assert_eq(pipe(pipes), 0);
    pid = fork();
    if (!pid) {
        signal(SIGABRT, SIG_DFL); /* not Criterion's */
        dup2(pipes[1], STDERR_FILENO);
        close(pipes[0]);
        run(body, 2);
        _exit(0);
    }
    close(pipes[1]);
    while (n < size - 1 && (got = read(pipes[0], said + n, size - 1 - n)) > 0)
        n += (size_t)got;
    said[n] = 0;
    close(pipes[0]);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return status;
}

Test(watchdog, a_call_that_was_swallowed_ends_the_program_and_shows_the_pool, .timeout = 120)
{
    char said[4096];
    int status;

    if (!WF_WATCHDOG)
        cr_skip_test("only debug builds have a watchdog");
    status = run_in_child(body_that_calls_nobody, said, sizeof said);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "status %d: %s", status, said);
    cr_expect(strstr(said, "is ready, and 1 of 2 workers sleep\n"), "%s", said);
    cr_expect(strstr(said, "searching 0, tokens 0, live runs 1\n"), "%s", said);
    cr_expect(strstr(said, "awake, deque "), "%s", said);
    cr_expect(strstr(said, "asleep, deque "), "%s", said);
    cr_expect(strstr(said, "run 1 in place 0: roots 1 .. 1 not handed out"), "%s", said);
}

Test(watchdog, roots_that_nobody_is_told_of_are_found_too, .timeout = 120)
{
    char said[4096];
    int status;

    if (!WF_WATCHDOG)
        cr_skip_test("only debug builds have a watchdog");
    status = run_in_child(body_that_keeps_roots, said, sizeof said);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "status %d: %s", status, said);
    cr_expect(strstr(said, "is ready, and 1 of 2 workers sleep\n"), "%s", said);
    cr_expect(strstr(said, "roots 0 .. 2, last victim"), "%s", said);
}

Test(watchdog, what_nobody_takes_from_the_inbox_is_found_too, .timeout = 120)
{
    char said[4096];
    int status;

    if (!WF_WATCHDOG)
        cr_skip_test("only debug builds have a watchdog");
    status = run_in_child(body_that_leaves_word, said, sizeof said);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "status %d: %s", status, said);
    cr_expect(strstr(said, "weft: a word (0) of the inbox of pool 0 is ready, and 1 of 2 workers sleep\n"), "%s", said);
}

Test(watchdog, a_token_that_nobody_was_woken_for_is_found_too, .timeout = 120)
{
    char said[4096];
    int status;

    if (!WF_WATCHDOG)
        cr_skip_test("only debug builds have a watchdog");
    status = run_in_child(body_that_calls_too_softly, said, sizeof said);
    cr_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "status %d: %s", status, said);
    cr_expect(strstr(said, "is ready, and 1 of 2 workers sleep\n"), "%s", said);
    cr_expect(strstr(said, "searching 1, tokens 1, live runs 1\n"), "%s", said);
}

Test(watchdog, a_long_task_beside_sleepers_is_no_offence, .timeout = 120)
{
    run(body_that_works_long, 2);
    run(body_that_works_long, 16);
}

Test(watchdog, one_that_is_counted_and_awake_is_no_sleeper, .timeout = 120)
{
    _Atomic uint32_t n = 0;
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *t[8];
    struct weft_error err;

    for (int i = 0; i < 8; i++)
        t[i] = weft_add(g, body_that_looks_late, .arg = (void *)&n);
    cr_assert_eq(weft_pool_run_many(pool, t, 8, NULL, NULL, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(wf_load_acquire(&n), 9);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(watchdog, one_that_never_started_stops)
{
    struct wf_watchdog dog = {0};

    wf_watchdog_stop(&dog);
    cr_assert(!dog.started);
}
