/* cases.c - one kind of deque put to work: alone, robbed, and as what spawn and join stand on. */
#include "bench/scheduler/deque/deque.h"

#include "bench/support/fork.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- Bursts ----------------------------------------------------------------- */

struct theft {
    deque          d;
    _Atomic bool   has_begun;
    _Atomic bool   is_over;
    uint64_t       sum;        /* of what the thief got */
};

static void *steal_all(void *arg)
{
    struct theft *t = arg;
    uint64_t      task = 0;

    wf_store_release(&t->has_begun, true);
    while (!wf_load_relaxed(&t->is_over))
        if (deque_steal(&t->d, &task) == WF_STEAL_GOT)
            t->sum += task;
        else
            wf_pause();
    return NULL;
}

/* The sum of all tasks taken; each is a number, counted from 1. */
static uint64_t push_and_take(deque *d, int64_t n, int64_t burst)
{
    uint64_t sum = 0, task = 0;

    for (int64_t i = 0; i < n;) {
        for (int64_t k = 0; k < burst && i < n; k++)
            if (!deque_push(d, (uint64_t)++i))
                return 0;
        while (deque_take(d, &task))
            sum += task;
    }
    return sum;
}

static double bursts(int workers, int64_t n, int64_t burst)
{
    struct theft *t = aligned_alloc(WF_APART, sizeof *t);
    pthread_t     thief;
    int64_t       begin = 0, end = 0;
    uint64_t      sum = 0;

    if (!t)
        return -1;
    *t = (struct theft){ 0 };
    if (!deque_init(&t->d))
        return -1;
    if (workers > 1 && pthread_create(&thief, NULL, steal_all, t))
        return -1;
    while (workers > 1 && !wf_load_acquire(&t->has_begun))
        wf_pause();
    begin = bench_now_ns();
    sum = push_and_take(&t->d, n, burst);
    end = bench_now_ns();
    wf_store_relaxed(&t->is_over, true);
    if (workers > 1)
        pthread_join(thief, NULL);
    sum += t->sum;
    deque_fini(&t->d);
    free(t);
    if (sum != (uint64_t)n * (uint64_t)(n + 1) / 2)
        return -1;
    return (double)(end - begin);
}

/* ---- Spawn and join ----------------------------------------------------------- */

struct worker {
    _Alignas(WF_APART) deque d;
    struct team  *team;
    int           index;
};

struct team {
    struct worker *workers;
    int            n_workers;
    _Atomic bool   is_over;
};

/* A call that was spawned; it lies on the stack of who spawned it. */
struct frame {
    int64_t      value;  /* the argument, then the result */
    _Atomic bool is_done;
};

static int64_t fib(struct worker *w, int64_t n);

static bool steal_and_run(struct worker *w)
{
    struct team *team = w->team;

    for (int k = 1; k < team->n_workers; k++) {
        struct worker *victim = &team->workers[(w->index + k) % team->n_workers];
        struct frame  *f = NULL;
        uint64_t       task = 0;

        if (deque_steal(&victim->d, &task) != WF_STEAL_GOT)
            continue;
        f = (struct frame *)(uintptr_t)task;
        f->value = fib(w, f->value);
        /* Release: the result is there. Pairs with the acquire in fib(). */
        wf_store_release(&f->is_done, true);
        return true;
    }
    wf_pause();
    return false;
}

static int64_t fib(struct worker *w, int64_t n)
{
    struct frame f = { .value = n - 1 };
    uint64_t     task = 0;
    int64_t      b = 0;

    if (n < 2)
        return n;
    if (!deque_push(&w->d, (uintptr_t)&f))
        return -1;
    b = fib(w, n - 2);
    /* What was pushed later is joined already, so the newest is this one, or it is stolen. */
    if (deque_take(&w->d, &task))
        return fib(w, n - 1) + b;
    while (!wf_load_acquire(&f.is_done))
        steal_and_run(w);
    return f.value + b;
}

static void *help(void *arg)
{
    struct worker *w = arg;

    while (!wf_load_relaxed(&w->team->is_over))
        steal_and_run(w);
    return NULL;
}

static double spawn_and_join(int workers, int n)
{
    struct team team = { .n_workers = workers };
    pthread_t  *threads = bench_alloc((size_t)workers, sizeof *threads);
    int64_t     begin = 0, end = 0, got = 0;
    bool        right = true;

    team.workers = aligned_alloc(WF_APART, (size_t)workers * sizeof *team.workers);
    for (int i = 0; i < workers; i++) {
        team.workers[i] = (struct worker){ .team = &team, .index = i };
        right = deque_init(&team.workers[i].d) && right;
    }
    for (int i = 1; i < workers && right; i++)
        right = !pthread_create(&threads[i], NULL, help, &team.workers[i]);
    if (!right)
        exit(BENCH_USAGE);
    begin = bench_now_ns();
    got = fib(&team.workers[0], n);
    end = bench_now_ns();
    wf_store_relaxed(&team.is_over, true);
    for (int i = 1; i < workers; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < workers; i++)
        deque_fini(&team.workers[i].d);
    free(team.workers);
    free(threads);
    if (got != bench_fork_plain(n))
        return -1;
    return (double)(end - begin) / bench_fork_calls(n);
}

/* ---- What is hidden ------------------------------------------------------------- */

static double hidden(void)
{
    enum { N_TASKS = 100 };
    deque    *d = aligned_alloc(WF_APART, sizeof *d);
    uint64_t  task = 0;
    int       n_left = N_TASKS;

    if (!d || !deque_init(d))
        return -1;
    for (uint64_t i = 1; i <= N_TASKS; i++)
        deque_push(d, i);
    for (enum wf_steal got = WF_STEAL_LOST; got != WF_STEAL_EMPTY;) {
        got = deque_steal(d, &task);
        n_left -= got == WF_STEAL_GOT;
    }
    deque_fini(d);
    free(d);
    return n_left;
}

const struct bench_deque THIS_DEQUE = {
    .name = DEQUE_NAME, .bursts = bursts, .fork = spawn_and_join, .hidden = hidden,
};
