#include <criterion/criterion.h>
#include <errno.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weft/pool.h>

#include "scheduler/pool.h"
#include "scheduler/progress.h"
#include "tests/support/config_env.h"
#include "tests/support/nomem.h"

static void clear(void)
{
    config_env_clear("/nowhere");
    setenv("TERM", "xterm", 1);
}

TestSuite(progress, .init = clear, .timeout = 60);

/* ---- On a terminal and on a pipe ------------------------------------------------ */

enum { N_TASKS = 3 };

/* A task that ends when a byte comes. */
static weft_status wait_for_byte(weft_call *call, void *arg, struct weft_error *err)
{
    const int fd = *(const int *)arg;
    ssize_t n;
    char byte;

    (void)call;
    do
        n = read(fd, &byte, 1);
    while (n < 0 && errno == EINTR);
    return n == 1 ? WEFT_OK : weft_error_set(err, WEFT_IO, "no byte");
}

/* A chain of three tasks, each waiting for a byte from `fd`, on a pool of defaults. */
static int run_chain(int fd)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_task *last = NULL;
    weft_status st;

    for (int i = 0; i < N_TASKS; i++)
        last = weft_graph_add(g, &(struct weft_task_spec){.name = "wait", .body = wait_for_byte, .arg = &fd,
                                                          .arg_bytes = sizeof fd, .deps = &last, .n_deps = last != NULL});
    st = weft_pool_run(pool, last, NULL, NULL);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st != WEFT_OK;
}

/* A child that runs the chain, and what it says on stderr. */
struct child {
    pid_t  pid;
    int    bytes; /* one ends a task */
    int    said;
    char   text[8192];
    size_t n;
};

static struct child start(bool terminal)
{
    const struct winsize size = {.ws_row = 25, .ws_col = 100};
    struct child c = {0};
    int bytes[2], said[2] = {-1, -1};

    cr_assert_eq(pipe(bytes), 0);
    if (!terminal)
        cr_assert_eq(pipe(said), 0);
    c.pid = terminal ? forkpty(&c.said, NULL, NULL, &size) : fork();
    cr_assert_geq(c.pid, 0);
    if (!c.pid) {
        if (!terminal)
            dup2(said[1], STDERR_FILENO);
        close(bytes[1]);
        _exit(run_chain(bytes[0]));
    }
    close(bytes[0]);
    c.bytes = bytes[1];
    if (!terminal) {
        close(said[1]);
        c.said = said[0];
    }
    return c;
}

/* Reads until `words` were said, or the end. */
static bool hear(struct child *c, const char *words)
{
    while (!words || !strstr(c->text, words)) {
        const ssize_t n = read(c->said, c->text + c->n, sizeof c->text - 1 - c->n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false; /* a terminal without its other side gives EIO */
        c->n += (size_t)n;
        c->text[c->n] = '\0';
    }
    return true;
}

static void end_task(const struct child *c)
{
    cr_assert_eq(write(c->bytes, "x", 1), 1);
}

/* Its exit status, when all it says is read. */
static int end(struct child *c)
{
    int how = -1;

    hear(c, NULL);
    close(c->said);
    close(c->bytes);
    waitpid(c->pid, &how, 0);
    return how;
}

Test(progress, on_a_terminal_a_bar_follows_the_run)
{
    struct child c;

    setenv("WEFT_PROGRESS__INTERVAL", "5ms", 1);
    setenv("WEFT_PROGRESS", "1", 1);
    c = start(true);
    cr_assert(hear(&c, "]   0%  0/3 tasks  0.00/s"), "%s", c.text);
    cr_assert(hear(&c, "1/1 busy"), "%s", c.text);
    end_task(&c);
    cr_assert(hear(&c, "]  33%  1/3 tasks"), "%s", c.text);
    end_task(&c);
    cr_assert(hear(&c, "]  66%  2/3 tasks"), "%s", c.text);
    end_task(&c);
    cr_assert_eq(end(&c), 0);
    cr_assert(strstr(c.text, "] 100%  3/3 tasks"), "%s", c.text);
    cr_assert(strstr(c.text, "\r[") && strstr(c.text, "\33[K"), "the bar stays on its line");
    cr_assert_eq(c.text[c.n - 1], '\n', "and then the line ends");
}

Test(progress, on_a_terminal_a_run_of_more_than_a_second_shows_a_bar_unasked)
{
    struct child c = start(true);

    cr_assert(hear(&c, "0/3 tasks"), "%s", c.text);
    for (int i = 0; i < N_TASKS; i++)
        end_task(&c);
    cr_assert_eq(end(&c), 0);
    cr_assert(strstr(c.text, "3/3 tasks"), "%s", c.text);
}

Test(progress, a_terminal_that_only_appends_gets_lines_and_only_when_asked)
{
    struct child c;

    setenv("TERM", "dumb", 1);
    setenv("WEFT_PROGRESS", "1", 1);
    c = start(true);
    for (int i = 0; i < N_TASKS; i++)
        end_task(&c);
    cr_assert_eq(end(&c), 0);
    cr_assert(strstr(c.text, "weft: 3 of 3 tasks"), "%s", c.text);
    cr_assert_null(strchr(c.text, '\33'));
}

Test(progress, a_terminal_is_silent_when_told_to_be)
{
    struct child c;

    setenv("WEFT_PROGRESS__INTERVAL", "1ms", 1);
    setenv("WEFT_PROGRESS", "0", 1);
    c = start(true);
    usleep(20000);
    for (int i = 0; i < N_TASKS; i++)
        end_task(&c);
    cr_assert_eq(end(&c), 0);
    cr_assert_str_eq(c.text, "");
}

Test(progress, a_pipe_gets_nothing_unasked)
{
    struct child c;

    setenv("WEFT_PROGRESS__INTERVAL", "1ms", 1);
    c = start(false);
    usleep(20000);
    for (int i = 0; i < N_TASKS; i++)
        end_task(&c);
    cr_assert_eq(end(&c), 0);
    cr_assert_str_eq(c.text, "");
}

Test(progress, a_pipe_gets_lines_when_asked)
{
    struct child c;

    setenv("WEFT_PROGRESS__INTERVAL", "5ms", 1);
    setenv("WEFT_PROGRESS", "1", 1);
    c = start(false);
    cr_assert(hear(&c, "weft: 0 of 3 tasks (0%), 0.00 a second, "), "%s", c.text);
    end_task(&c);
    cr_assert(hear(&c, "weft: 1 of 3 tasks (33%), "), "%s", c.text);
    end_task(&c);
    end_task(&c);
    cr_assert_eq(end(&c), 0);
    cr_assert(strstr(c.text, "weft: 3 of 3 tasks (100%), "), "%s", c.text);
    cr_assert(strstr(c.text, "ended after "), "%s", c.text);
    cr_assert_null(strchr(c.text, '\33'));
}

Test(progress, lines_tell_the_end_of_a_run_however_short)
{
    struct child c;

    setenv("WEFT_PROGRESS", "1", 1);
    c = start(false);
    for (int i = 0; i < N_TASKS; i++)
        end_task(&c);
    cr_assert_eq(end(&c), 0);
    cr_assert(strstr(c.text, "weft: 3 of 3 tasks (100%)"), "%s", c.text);
}

/* ---- To a function -------------------------------------------------------------- */

/* What was told, and a gate for bodies: it opens when `open` says so. */
struct watch {
    _Atomic size_t  n_done;  /* as told last */
    _Atomic int     n_busy;
    _Atomic int     n_calls;
    struct weft_progress last;
};

static void note(void *arg, const struct weft_progress *now)
{
    struct watch *w = arg;

    w->last = *now;
    w->n_busy = now->n_busy;
    w->n_done = now->n_done;
    w->n_calls++;
}

struct gate {
    struct watch *watch;
    size_t        n_done; /* opens when so many are told as done */
};

static weft_status wait_until_told(weft_call *call, void *arg, struct weft_error *err)
{
    const struct gate *g = arg;

    (void)call, (void)err;
    while (!g->watch->n_calls || g->watch->n_done < g->n_done)
        usleep(100);
    return WEFT_OK;
}

/* Task i of a chain of three ends after i tasks were told as done. */
static weft_task *told_chain(weft_graph *g, struct watch *w)
{
    weft_task *last = NULL;

    for (size_t i = 0; i < N_TASKS; i++) {
        struct gate gate = {w, i};

        last = weft_graph_add(g, &(struct weft_task_spec){.name = "gate", .body = wait_until_told, .arg = &gate,
                                                          .arg_bytes = sizeof gate, .deps = &last, .n_deps = last != NULL});
    }
    return last;
}

static weft_pool *watched(enum weft_pool_kind kind, int n_workers, struct watch *w)
{
    struct weft_error err;
    weft_pool *pool = NULL;

    cr_assert_eq(weft_pool_open(&pool, &(struct weft_pool_spec){
        .kind = kind, .n_workers = n_workers, .progress = WEFT_PROGRESS_OFF, .progress_interval_ns = 1000000,
        .on_progress = note, .progress_arg = w}, &err), WEFT_OK, "%s", err.message);
    return pool;
}

Test(progress, a_function_is_told_while_tasks_run_and_at_the_end)
{
    for (int workers = 0; workers < 4; workers++) {
        struct watch w = {0};
        weft_graph *g = weft_graph_new();
        weft_pool *pool = watched(workers ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL, workers, &w);
        struct weft_progress now;

        cr_assert_eq(weft_pool_run(pool, told_chain(g, &w), NULL, NULL), WEFT_OK);
        cr_assert_geq(w.n_calls, 4, "before each task ended, and at the end: %d", w.n_calls);
        cr_assert_eq(w.last.n_tasks, N_TASKS);
        cr_assert_eq(w.last.n_done, N_TASKS);
        cr_assert_eq(w.last.n_runs, 0);
        cr_assert_eq(w.last.n_workers, workers ? workers : 1);
        cr_assert_gt(w.last.elapsed_ns, 0);
        cr_assert_gt(w.last.tasks_per_s, 0);
        cr_assert_gt(w.last.resident_bytes, 1 << 16);
        cr_assert(weft_pool_progress(pool, &now));
        cr_assert_eq(now.n_done, N_TASKS);
        cr_assert_eq(now.elapsed_ns, w.last.elapsed_ns, "after the end the clock stands");
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

static weft_status wait_until_one_is_busy(weft_call *call, void *arg, struct weft_error *err)
{
    struct watch *w = *(struct watch **)arg;

    (void)call, (void)err;
    while (w->n_busy != 1)
        usleep(100);
    return WEFT_OK;
}

Test(progress, a_worker_that_sleeps_is_not_busy)
{
    struct watch w = {0}, *at = &w;
    weft_graph *g = weft_graph_new();
    weft_pool *pool = watched(WEFT_POOL_THREADS, 3, &w);

    cr_assert_eq(weft_pool_run(pool, weft_add(g, wait_until_one_is_busy, .arg = &at, .arg_bytes = sizeof at), NULL, NULL), WEFT_OK);
    weft_pool_free(pool);
    weft_graph_free(g);
}

static weft_status wait_for_flag(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    while (!**(_Atomic bool **)arg)
        usleep(100);
    return WEFT_OK;
}

static weft_status nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

Test(progress, runs_that_overlap_are_told_together)
{
    struct watch w = {0};
    _Atomic bool go = false, *at = &go;
    weft_graph *g = weft_graph_new();
    weft_pool *pool = watched(WEFT_POOL_THREADS, 2, &w);
    weft_task *slow = weft_add(g, wait_for_flag, .arg = &at, .arg_bytes = sizeof at);
    weft_task *quick[20];
    struct weft_progress now;
    weft_future *f;

    for (int i = 0; i < 20; i++)
        quick[i] = weft_add(g, nothing);
    cr_assert_eq(weft_pool_submit(pool, &slow, 1, NULL, &f, NULL), WEFT_OK);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(weft_pool_run_many(pool, quick, 20, NULL, NULL, NULL), WEFT_OK);
    cr_assert(weft_pool_progress(pool, &now));
    cr_assert_eq(now.n_runs, 1);
    cr_assert_eq(now.n_tasks, 61);
    cr_assert_eq(now.n_done, 60);
    go = true;
    weft_future_free(f);
    cr_assert(weft_pool_progress(pool, &now));
    cr_assert_eq(now.n_done, 61);
    cr_assert_eq(weft_pool_run_many(pool, quick, 20, NULL, NULL, NULL), WEFT_OK);
    cr_assert(weft_pool_progress(pool, &now));
    cr_assert_eq(now.n_tasks, 20, "a run after them begins anew");
    cr_assert_eq(now.n_done, 20);
    weft_pool_free(pool);
    weft_graph_free(g);
}

static weft_status fail(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg;
    return weft_error_set(err, WEFT_FAILED, "no");
}

Test(progress, tasks_that_may_not_run_are_done_with)
{
    static const enum weft_pool_kind kinds[] = {WEFT_POOL_THREADS, WEFT_POOL_SERIAL, WEFT_POOL_PROCESSES};

    for (int k = 0; k < 3; k++) {
        struct watch w = {0};
        weft_graph *g = weft_graph_new();
        weft_pool *pool = watched(kinds[k], 2, &w);
        weft_task *t = weft_add(g, fail);

        for (int i = 0; i < 9; i++)
            t = weft_add(g, nothing, .deps = WEFT_DEPS(t));
        cr_assert_eq(weft_pool_run(pool, t, NULL, NULL), WEFT_FAILED);
        cr_assert_eq(w.last.n_tasks, 10);
        cr_assert_eq(w.last.n_done, 10);
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

Test(progress, a_pool_that_tells_nobody_does_not_count)
{
    struct weft_progress now;
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.progress = WEFT_PROGRESS_OFF});

    cr_assert_null(pool->progress);
    cr_assert_not(weft_pool_progress(pool, &now));
    cr_assert_not(weft_pool_progress(NULL, &now));
    weft_pool_free(pool);
}

Test(progress, many_short_runs_are_all_counted)
{
    struct watch w = {0};
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, nothing);
    weft_pool *pool = watched(WEFT_POOL_THREADS, 2, &w);

    for (int i = 0; i < 3000; i++) {
        cr_assert_eq(weft_pool_run(pool, t, NULL, NULL), WEFT_OK);
        cr_assert_eq(w.last.n_done, 1);
        cr_assert_eq(w.last.n_runs, 0);
    }
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(progress, a_forked_child_may_free_the_pool)
{
#if WF_TSAN
    cr_skip_test("the thread sanitizer does not follow a fork");
#endif
    struct watch w = {0};
    weft_pool *pool = watched(WEFT_POOL_THREADS, 2, &w);
    const pid_t child = fork();
    int how;

    if (!child) {
        weft_pool_free(pool);
        _exit(0);
    }
    waitpid(child, &how, 0);
    cr_assert_eq(how, 0);
    weft_pool_free(pool);
}

static weft_status open_watched(void *arg)
{
    weft_pool *pool = NULL;
    const weft_status st = weft_pool_open(&pool, &(struct weft_pool_spec){.n_workers = 2, .on_progress = note, .progress_arg = arg},
                                          NULL);

    weft_pool_free(pool);
    return st;
}

Test(progress, no_memory_is_told_and_leaks_nothing)
{
    struct watch w = {0};

    weft_pool_free(weft_pool_new(NULL)); /* the machine stays known */
    nomem_everywhere(open_watched, &w);
}
