/* bench_wake.c - from handing one task to a sleeping pool to its body: beside a bare futex.
 *
 * The futex is what no pool can save: one thread sleeps on a word, another changes
 * the word and wakes it. Both are measured in turns, by one thread, and after each
 * both sleep for longer than any pool searches for work. Workers are pinned, and to
 * call a core that sleeps takes longer than to call the caller's own, so the thread is
 * pinned each time to where the worker was. "wake" gives the median of the one that is
 * asked for, "wake-ratio" Weft's over the futex's.
 */
#include "bench/support/benches.h"
#include "bench/support/stats.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <weft/weft.h>

enum { REST_NS = 3000000 };

static void rest(void)
{
    const struct timespec t = { 0, REST_NS };

    clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL);
}

/* ---- A thread that sleeps on a word --------------------------------------- */

struct sleeper {
    pthread_t       thread;
    _Atomic int     round;   /* counts up; the sleeper waits for a change, -1 ends it */
    _Atomic int64_t woke_ns; /* 0 until it has */
};

static void futex(_Atomic int *word, int operation, int value)
{
    syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static void *sleep_on(void *arg)
{
    struct sleeper *s = arg;

    for (int seen = 0;; seen = s->round) {
        while (s->round == seen)
            futex(&s->round, FUTEX_WAIT, seen);
        if (s->round < 0)
            return NULL;
        s->woke_ns = bench_now_ns();
    }
}

static double wake_thread(struct sleeper *s, int cpu)
{
    int64_t   begin = 0;
    cpu_set_t there;

    CPU_ZERO(&there);
    CPU_SET(cpu, &there);
    pthread_setaffinity_np(s->thread, sizeof there, &there);
    rest();

    s->woke_ns = 0;
    begin = bench_now_ns();
    s->round++;
    futex(&s->round, FUTEX_WAKE, 1);
    while (!s->woke_ns)
        rest();
    return (double)(s->woke_ns - begin) / 1e3;
}

/* ---- A pool that sleeps ----------------------------------------------------- */

struct sleeping_pool {
    weft_pool      *pool;
    weft_graph     *graph;
    weft_plan      *plan;
    _Atomic int64_t woke_ns;
    int             n_ran;
    int             cpu;     /* of the worker that ran last */
};

static weft_status note(weft_call *call, void *arg, struct weft_error *err)
{
    struct sleeping_pool *p = arg;

    (void)call;
    (void)err;
    p->woke_ns = bench_now_ns();
    p->n_ran++;
    p->cpu = sched_getcpu();
    return WEFT_OK;
}

static bool pool_init(struct sleeping_pool *p, int workers)
{
    weft_task *t = NULL;

    *p = (struct sleeping_pool){ 0 };
    p->pool = weft_pool_new(&(struct weft_pool_spec){ .n_workers = workers, .progress = WEFT_PROGRESS_OFF });
    p->graph = weft_graph_new();
    t = weft_add(p->graph, note, .arg = p);
    return p->pool && !weft_plan_new(&p->plan, &t, 1, NULL, NULL);
}

static void pool_fini(struct sleeping_pool *p)
{
    weft_plan_free(p->plan);
    weft_graph_free(p->graph);
    weft_pool_free(p->pool);
}

/* The caller rests as it does for the thread: who wakes it is not asked. */
static double wake_pool(struct sleeping_pool *p)
{
    weft_future  *f = NULL;
    const int64_t begin = bench_now_ns();

    if (weft_pool_submit_plan(p->pool, p->plan, NULL, &f, NULL))
        return 0;
    while (!weft_future_is_done(f))
        rest();
    weft_future_free(f);
    return (double)(p->woke_ns - begin) / 1e3;
}

/* ---- Both, in turns ---------------------------------------------------------- */

struct medians {
    double weft_us;
    double futex_us;
};

static struct medians measure(struct sleeping_pool *p, struct sleeper *s, int n)
{
    double        *weft = bench_alloc((size_t)n, sizeof *weft);
    double        *bare = bench_alloc((size_t)n, sizeof *bare);
    struct medians m = { 0 };

    for (int i = 0; i < n; i++) {
        rest();
        weft[i] = wake_pool(p);
        rest();
        bare[i] = wake_thread(s, p->cpu);
    }
    m.weft_us = bench_stats_of(weft, n).median;
    m.futex_us = bench_stats_of(bare, n).median;
    free(weft);
    free(bare);
    return m;
}

static double asked_for(const struct bench_request *request, struct medians m)
{
    if (!strcmp(request->bench, "wake-ratio"))
        return m.weft_us / m.futex_us;
    return strcmp(request->who, "futex") ? m.weft_us : m.futex_us;
}

static int answer(const struct bench_request *request)
{
    struct sleeping_pool p;
    struct sleeper       s = { 0 };
    const int            n = (int)request->n;
    bool                 right = pool_init(&p, request->workers);

    if (pthread_create(&s.thread, NULL, sleep_on, &s))
        return BENCH_WRONG;
    for (int r = 0; r < request->runs && right; r++) {
        const struct medians m = measure(&p, &s, n);

        right = m.weft_us > 0 && p.n_ran == (r + 1) * n;
        if (!request->check)
            bench_print_sample(asked_for(request, m));
    }
    s.round = -1;
    futex(&s.round, FUTEX_WAKE, 1);
    pthread_join(s.thread, NULL);
    pool_fini(&p);
    return right ? BENCH_OK : BENCH_WRONG;
}

static const char *const cases[] = { "one-task", NULL };
static const int         workers[] = { 2, 0 };
static const char *const own[] = { "weft", "futex", NULL };
static const char *const own_ratio[] = { "weft", NULL };

const struct bench bench_wake = {
    .name = "wake", .unit = "us", .cases = cases, .workers = workers, .own = own,
    .size = BENCH_TIMES, .n = 100, .n_quick = 3, .answer = answer,
};

const struct bench bench_wake_ratio = {
    .name = "wake-ratio", .unit = "x futex", .cases = cases, .workers = workers, .own = own_ratio,
    .size = BENCH_TIMES, .n = 100, .n_quick = 3, .answer = answer,
};
