/* test_wait.c - bodies that wait: for children, for runs of their own, for the world, for a thread that finishes them. */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include <weft/fork.h>
#include <weft/spawn.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "tests/support/scale.h"

static const int workers[] = {0, 1, 2, 3, 8}; /* 0: the serial runner */
enum { N_POOLS = sizeof workers / sizeof *workers };

static weft_pool *new_pool(int n_workers)
{
    return weft_pool_new(&(struct weft_pool_spec){.kind = n_workers ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL,
                                                  .n_workers = n_workers});
}

static weft_status run_one(weft_pool *pool, weft_body *body, void *arg, struct weft_value *out, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_status st = weft_pool_run(pool, weft_add(g, body, .arg = arg), out, err);

    weft_graph_free(g);
    return st;
}

static void nap(int64_t ns)
{
    nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
}

/* All workers of the pool but so many sleep. */
static void await_sleepers(weft_pool *pool, int n_awake)
{
    while ((int)(uint32_t)wf_load_acquire(&pool->park.state) < pool->n_workers - n_awake)
        nap(100000);
}

static weft_status nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

static weft_status count(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    atomic_fetch_add((_Atomic int *)arg, 1);
    return WEFT_OK;
}

/* ---- Meetings: bodies that run side by side or not at all ------------------------------ */

struct meeting {
    weft_pool  *pool;
    _Atomic int n_came;
    int         n;
};

static weft_status meet(weft_call *call, void *arg, struct weft_error *err)
{
    struct meeting *m = arg;

    (void)call, (void)err;
    atomic_fetch_add(&m->n_came, 1);
    while (atomic_load(&m->n_came) < m->n)
        nap(100000);
    return WEFT_OK;
}

/* Lasts until nobody else is awake, so nobody will come by. */
static weft_status lull(weft_call *call, void *arg, struct weft_error *err)
{
    const struct meeting *m = arg;

    (void)call, (void)err;
    await_sleepers(m->pool, 1);
    return WEFT_OK;
}

/*   lull ---+--- meet
 *           +--- meet     as many as workers */
static weft_status meets_after_a_lull(weft_call *call, void *arg, struct weft_error *err)
{
    struct meeting *m = arg;
    weft_child *before = weft_spawn(call, lull, m);

    (void)err;
    for (int i = 0; i < m->n; i++)
        weft_spawn(call, meet, m, .deps = &before, .n_deps = 1);
    return WEFT_OK;
}

Test(wait, children_that_become_ready_together_run_side_by_side, .timeout = 20)
{
    for (int i = 2; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(workers[i]);
        struct meeting m = {.pool = pool, .n = workers[i]};

        cr_expect_eq(run_one(pool, meets_after_a_lull, &m, NULL, NULL), WEFT_OK);
        weft_pool_free(pool);
    }
}

/* ---- The seat is kept while there is something to do ------------------------------------ */

static int n_spares(weft_pool *pool)
{
    int n = 0;

    for (struct wf_hand *h = pool->seats.spares; h; h = h->older)
        n++;
    return n;
}

static weft_status outlasts_a_search(weft_call *call, void *arg, struct weft_error *err)
{
    struct timespec begin, now;

    (void)arg, (void)err;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do
        clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - begin.tv_sec) * 1000000000 + now.tv_nsec - begin.tv_nsec <= call->worker->pool->spin_ns);
    return WEFT_OK;
}

static weft_status waits_for_slow_children(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *group = weft_call_group(call);

    (void)arg;
    for (int i = 0; i < 20; i++)
        weft_spawn(call, outlasts_a_search, .group = group);
    return weft_call_wait(call, group, NULL, err);
}

Test(wait, a_body_that_can_help_needs_no_other_thread, .timeout = 20)
{
    weft_pool *pool = new_pool(1);

    cr_expect_eq(run_one(pool, waits_for_slow_children, NULL, NULL, NULL), WEFT_OK);
    cr_expect_eq(n_spares(pool), 0);
    weft_pool_free(pool);
}

/* ---- Forks of a body that was away ------------------------------------------------------- */

/* Both bodies are away when all are in the inbox, and come back before anybody has taken
 * them: then all workers join what none of them has. */
struct away {
    weft_pool  *pool;
    _Atomic int n_forked, n_away, n_ran;
};

static weft_status forks_and_blocks(weft_call *call, void *arg, struct weft_error *err)
{
    struct away *a = arg;
    struct weft_fork forks[4];
    weft_status st = WEFT_OK;

    for (int i = 0; i < 4; i++)
        weft_call_fork(call, &forks[i], count, &a->n_ran);
    atomic_fetch_add(&a->n_forked, 1);
    weft_call_blocking_begin(call);
    weft_call_blocking_end(call);
    for (int i = 4; i-- > 0 && !st;)
        st = weft_call_join(call, &forks[i], err);
    return st;
}

static weft_status n_times(weft_pool *pool, weft_body *body, void *arg, int n)
{
    weft_graph *g = weft_graph_new();
    weft_task **t = wf_alloc_array((size_t)n, sizeof *t);
    weft_status st;

    for (int i = 0; i < n; i++)
        t[i] = weft_add(g, body, .arg = arg);
    st = weft_pool_run_many(pool, t, (size_t)n, NULL, NULL, NULL);
    wf_free(t);
    weft_graph_free(g);
    return st;
}

Test(wait, what_a_body_forked_before_it_blocked_is_joined, .timeout = 60)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(workers[i]);

        for (int round = 0; round < test_scaled(300); round++) {
            struct away a = {.pool = pool};

            cr_assert_eq(n_times(pool, forks_and_blocks, &a, 8), WEFT_OK);
            cr_assert_eq(a.n_ran, 32);
        }
        weft_pool_free(pool);
    }
}

/* ---- Getting the seat back ------------------------------------------------------------------ */

/* A body that is away asks for its seat while who sits there has a long chain of tasks, or
 * many beside each other, or many children: it waits for the one that runs, not for all. */
struct asking {
    _Atomic int n_ran, is_back;
    int         n_ran_at_return;
};

static weft_status step(weft_call *call, void *arg, struct weft_error *err)
{
    struct asking *a = arg;

    (void)call, (void)err;
    if (atomic_fetch_add(&a->n_ran, 1) >= 10)
        nap(100000); /* he who is to be woken has the time */
    return WEFT_OK;
}

static weft_status asks(weft_call *call, void *arg, struct weft_error *err)
{
    struct asking *a = arg;

    (void)err;
    weft_call_blocking_begin(call);
    while (atomic_load(&a->n_ran) < 10)
        nap(100000);
    weft_call_blocking_end(call);
    a->n_ran_at_return = atomic_load(&a->n_ran);
    return WEFT_OK;
}

static weft_status waits_for_asker(weft_call *call, void *arg, struct weft_error *err)
{
    return weft_call_wait(call, weft_spawn(call, asks, arg), NULL, err);
}

static weft_status spawns_steps(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    for (int i = 0; i < 1000; i++)
        weft_spawn(call, step, arg);
    return WEFT_OK;
}

Test(wait, a_seat_is_given_back_after_one_task, .timeout = 60)
{
    enum { BESIDE, CHAIN, CHILDREN, N_SHAPES, N = 1000 };

    for (int shape = 0; shape < N_SHAPES; shape++)
        for (int nested = 0; nested < 2; nested++) {
            weft_pool *pool = new_pool(1);
            weft_graph *g = weft_graph_new();
            struct asking a = {0};
            weft_task *t[1 + N];
            size_t n = 1;

            t[0] = weft_add(g, nested ? waits_for_asker : asks, .arg = &a);
            if (shape == CHILDREN)
                t[n++] = weft_add(g, spawns_steps, .arg = &a);
            for (int i = 0; shape != CHILDREN && i < N; i++, n++)
                t[n] = weft_add(g, step, .arg = &a, .deps = &t[n - 1], .n_deps = shape == CHAIN && i > 0);
            cr_expect_eq(weft_pool_run_many(pool, t, n, NULL, NULL, NULL), WEFT_OK);
            cr_expect_eq(a.n_ran, N);
            cr_expect_lt(a.n_ran_at_return, N / 2, "shape %d, nested %d: after %d", shape, nested, a.n_ran_at_return);
            weft_graph_free(g);
            weft_pool_free(pool);
        }
}

/* Once back it helps itself again, though the deque ends lower than where it began. */
static weft_status blocks_then_waits(weft_call *call, void *arg, struct weft_error *err)
{
    _Atomic int *n_ran = arg;
    weft_status st = WEFT_OK;

    weft_call_blocking_begin(call);
    while (atomic_load(n_ran) < 8)
        nap(100000);
    weft_call_blocking_end(call);
    for (int i = 0; i < 100 && !st; i++)
        st = weft_call_wait(call, weft_spawn(call, count, n_ran), NULL, err);
    weft_call_return(call, weft_value_of_i64(call->mark <= wf_load_relaxed(&call->worker->deque.bottom)));
    return st;
}

static weft_status spawns_some_and_who_blocks(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *last;

    (void)err;
    for (int i = 0; i < 8; i++)
        weft_spawn(call, count, arg); /* what another hand will do */
    last = weft_spawn(call, blocks_then_waits, arg);
    weft_become(call, NULL, .deps = &last, .n_deps = 1);
    return WEFT_OK;
}

Test(wait, who_was_away_helps_itself_again, .timeout = 60)
{
    weft_pool *pool = new_pool(1);
    struct weft_value v = weft_value_none();
    _Atomic int n_ran = 0;

    cr_expect_eq(run_one(pool, spawns_some_and_who_blocks, &n_ran, &v, NULL), WEFT_OK);
    cr_expect_eq(weft_value_i64(v), 1, "what it spawns lies below its mark");
    cr_expect_eq(n_ran, 108);
    weft_pool_free(pool);
}

/* ---- Groups and failure ----------------------------------------------------------------------- */

static weft_status fails(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    return weft_error_set(err, WEFT_FAILED, "number %d", (int)(intptr_t)arg);
}

static weft_status waits_for_all(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *group = weft_call_group(call);

    (void)arg;
    weft_spawn(call, nothing);
    weft_spawn(call, fails, (void *)(intptr_t)1, .group = group);
    weft_spawn(call, fails, (void *)(intptr_t)2, .group = group);
    return weft_call_wait_all(call, err);
}

Test(wait, all_that_was_spawned_counts_what_failed_in_a_group)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(workers[i]);
        struct weft_error err;

        cr_expect_eq(run_one(pool, waits_for_all, NULL, NULL, &err), WEFT_FAILED);
        cr_expect_str_eq(err.message, "number 1");
        weft_pool_free(pool);
    }
}

/* ---- Runs within tasks -------------------------------------------------------------------------- */

struct below {
    weft_pool  *pool;
    int         depth;
    _Atomic int *n_ran;
};

static weft_status runs_below(weft_call *call, void *arg, struct weft_error *err)
{
    struct below *b = arg, less = {b->pool, b->depth - 1, b->n_ran};
    weft_graph *g;
    weft_task *t[3];
    weft_status st;

    atomic_fetch_add(b->n_ran, 1);
    if (!b->depth)
        return WEFT_OK;
    g = weft_graph_new();
    for (int i = 0; i < 3; i++)
        t[i] = weft_add(g, runs_below, .arg = &less, .deps = t, .n_deps = i == 2);
    st = weft_call_run(call, t, 3, NULL, NULL, err);
    weft_graph_free(g);
    return st;
}

Test(wait, runs_nest, .timeout = 60)
{
    for (int i = 0; i < N_POOLS; i++)
        for (int full = 0; full < 2; full++) {
            weft_pool *pool = new_pool(workers[i]);
            _Atomic int n_ran = 0;
            struct below b = {pool, 5, &n_ran};

            if (full) /* all places but one are taken, by runs with nothing to hand out */
                wf_or(&pool->live, ~(uint64_t)1);
            cr_expect_eq(run_one(pool, runs_below, &b, NULL, NULL), WEFT_OK);
            cr_expect_eq(n_ran, 1 + 3 + 9 + 27 + 81 + 243);
            weft_pool_free(pool);
        }
}

struct stop {
    weft_pool  *pool;
    bool        is_full;
    _Atomic int began, n_ran, n_deep;
    weft_status within;
};

static weft_status polls(weft_call *call, void *arg, struct weft_error *err)
{
    struct stop *s = arg;

    (void)err;
    atomic_fetch_add(&s->n_deep, 1);
    while (!weft_call_is_cancelled(call))
        nap(100000);
    return WEFT_OK;
}

/* polls; then what must not begin */
static weft_status runs_polls(weft_call *call, void *arg, struct weft_error *err)
{
    struct stop *s = arg;
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, polls, .arg = s);

    t = weft_add(g, count, .arg = &s->n_ran, .deps = WEFT_DEPS(t));
    if (s->is_full)
        wf_or(&s->pool->live, ~(uint64_t)0);
    s->within = weft_call_run(call, &t, 1, NULL, NULL, err);
    weft_graph_free(g);
    return WEFT_OK;
}

Test(wait, who_stops_a_run_stops_those_within, .timeout = 60)
{
    for (int i = 1; i < N_POOLS; i++)
        for (int full = 0; full < 2; full++) {
            weft_pool *pool = new_pool(workers[i]);
            weft_graph *g = weft_graph_new();
            struct stop s = {.pool = pool, .is_full = full};
            weft_task *t = weft_add(g, runs_polls, .arg = &s);
            weft_future *f;

            cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &f, NULL), WEFT_OK);
            while (!atomic_load(&s.n_deep))
                nap(100000);
            weft_future_cancel(f);
            weft_future_wait(f, -1);
            cr_expect_eq(s.within, WEFT_CANCELLED, "%d workers, full %d: %s", workers[i], full, weft_status_text(s.within));
            cr_expect_eq(s.n_ran, 0);
            weft_future_free(f);
            weft_graph_free(g);
            weft_pool_free(pool);
        }
}

static weft_status polls_then_runs(weft_call *call, void *arg, struct weft_error *err)
{
    struct stop *s = arg;
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, count, .arg = &s->n_ran);

    polls(call, arg, err);
    s->within = weft_call_run(call, &t, 1, NULL, NULL, NULL);
    weft_graph_free(g);
    return WEFT_OK;
}

static weft_status fails_when_others_run(weft_call *call, void *arg, struct weft_error *err)
{
    struct stop *s = arg;

    (void)call;
    while (!atomic_load(&s->n_deep))
        nap(100000);
    return weft_error_set(err, WEFT_FAILED, "told to");
}

Test(wait, what_is_run_after_the_stop_does_not_begin, .timeout = 60)
{
    for (int i = 1; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(workers[i]);
        weft_graph *g = weft_graph_new();
        struct stop s = {.pool = pool};
        weft_task *t = weft_add(g, polls_then_runs, .arg = &s);
        weft_future *f;

        cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &f, NULL), WEFT_OK);
        while (!atomic_load(&s.n_deep))
            nap(100000);
        weft_future_cancel(f);
        weft_future_free(f);
        cr_expect_eq(s.within, WEFT_CANCELLED);
        cr_expect_eq(s.n_ran, 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(wait, the_first_failure_stops_runs_within_others, .timeout = 60)
{
    const struct weft_run_spec fast = {.on_error = WEFT_FAIL_FAST};

    for (int i = 2; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(workers[i]);
        weft_graph *g = weft_graph_new();
        struct stop s = {.pool = pool};
        weft_task *t[2] = {weft_add(g, runs_polls, .arg = &s), weft_add(g, fails_when_others_run, .arg = &s)};

        cr_expect_eq(weft_pool_run_many(pool, t, 2, &fast, NULL, NULL), WEFT_FAILED);
        cr_expect_eq(s.within, WEFT_CANCELLED);
        cr_expect_eq(s.n_ran, 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

/* ---- Within a limit of memory -------------------------------------------------------------------- */

static weft_status runs_big(weft_call *call, void *arg, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_task *t[2];
    weft_status st;

    for (int i = 0; i < 2; i++)
        t[i] = weft_add(g, count, .arg = arg, WEFT_TERMS(.scratch_bytes = 3 << 20)); /* alone it may run */
    st = weft_call_run(call, t, 2, NULL, NULL, err);
    weft_graph_free(g);
    return st;
}

static weft_status spawns_big_runs(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    for (int i = 0; i < 3; i++)
        weft_spawn(call, runs_big, arg);
    return WEFT_OK;
}

Test(wait, children_that_wait_for_runs_leave_them_the_room, .timeout = 60)
{
    for (int i = 0; i < N_POOLS; i++)
        for (int round = 0; round < 20; round++) {
            weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){
                .kind = workers[i] ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL, .n_workers = workers[i], .limit_bytes = 2 << 20});
            _Atomic int n_ran = 0;

            cr_expect_eq(n_times(pool, spawns_big_runs, &n_ran, 3), WEFT_OK);
            cr_expect_eq(n_ran, 18);
            cr_expect_eq(pool->budget->n_running, 0u);
            weft_pool_free(pool);
        }
}

/* ---- Many that sleep ------------------------------------------------------------------------------ */

struct crowd {
    _Atomic int n_computing, most, n_slept, n_computed;
};

static weft_status sleeps_a_while(weft_call *call, void *arg, struct weft_error *err)
{
    struct crowd *c = arg;

    (void)err;
    weft_call_blocking_begin(call);
    nap(1000000);
    weft_call_blocking_end(call);
    atomic_fetch_add(&c->n_slept, 1);
    return WEFT_OK;
}

static weft_status computes(weft_call *call, void *arg, struct weft_error *err)
{
    struct crowd *c = arg;
    const int n = atomic_fetch_add(&c->n_computing, 1) + 1;
    int most = atomic_load(&c->most);

    (void)call, (void)err;
    while (n > most && !atomic_compare_exchange_weak(&c->most, &most, n))
        ;
    for (volatile int i = 0; i < 2000; i++)
        ;
    atomic_fetch_sub(&c->n_computing, 1);
    atomic_fetch_add(&c->n_computed, 1);
    return WEFT_OK;
}

Test(wait, a_thousand_that_sleep_leave_the_workers_to_others, .timeout = 120)
{
    const int n = (int)test_scaled(1000);
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    weft_task **t = wf_alloc_array((size_t)n * 4, sizeof *t);
    struct crowd c = {0};

    for (int i = 0; i < 4 * n; i++)
        t[i] = weft_add(g, i % 4 ? computes : sleeps_a_while, .arg = &c);
    cr_expect_eq(weft_pool_run_many(pool, t, 4 * (size_t)n, NULL, NULL, NULL), WEFT_OK);
    cr_expect_eq(c.n_slept, n);
    cr_expect_eq(c.n_computed, 3 * n);
    cr_expect_leq(c.most, 2, "%d bodies on 2 workers", c.most);
    wf_free(t);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- Finished by others ---------------------------------------------------------------------------- */

enum { N_LATER = 40 };

struct post {
    _Atomic(weft_later *) box[N_LATER];
    bool                  hurry; /* the body itself finishes every third */
};

static weft_status detaches(weft_call *call, void *arg, struct weft_error *err)
{
    const struct { struct post *post; int64_t i; } *a = arg;
    weft_later *later = weft_call_detach(call);

    (void)err;
    if (a->post->hurry && a->i % 3 == 0)
        weft_later_finish(later, WEFT_OK, weft_value_of_i64(a->i), NULL);
    else
        atomic_store(&a->post->box[a->i], later);
    return WEFT_OK;
}

static void *postman(void *arg)
{
    struct post *p = arg;
    uint32_t x = 12345;

    for (int left = p->hurry ? N_LATER - (N_LATER + 2) / 3 : N_LATER; left > 0;) {
        const int i = (int)((x = x * 1664525 + 1013904223) >> 8) % N_LATER;
        weft_later *later = atomic_exchange(&p->box[i], NULL);

        if (!later)
            continue;
        left--;
        if (i % 7 == 5)
            weft_later_finish(later, WEFT_FAILED, weft_value_of_i64(0),
                              &(struct weft_error){.status = WEFT_FAILED, .message = "not delivered"});
        else
            weft_later_finish(later, WEFT_OK, weft_value_of_i64(i), NULL);
    }
    return NULL;
}

static weft_status detaches_children(weft_call *call, void *arg, struct weft_error *err)
{
    struct { struct post *post; int64_t i; } a = {arg, 0};
    weft_child *c[N_LATER];
    int64_t sum = 0;

    (void)err;
    for (; a.i < N_LATER; a.i++)
        c[a.i] = weft_spawn(call, detaches, WEFT_ARG(a));
    for (int i = 0; i < N_LATER; i++) {
        struct weft_value v = weft_value_none();
        struct weft_error why;
        const weft_status st = weft_call_wait(call, c[i], &v, &why);
        const bool fails = i % 7 == 5 && !(((struct post *)arg)->hurry && i % 3 == 0);

        cr_assert_eq(st, fails ? WEFT_FAILED : WEFT_OK);
        cr_assert(!fails || !strcmp(why.message, "not delivered"));
        sum += st ? 0 : weft_value_i64(v);
    }
    weft_call_return(call, weft_value_of_i64(sum));
    return WEFT_OK;
}

Test(wait, a_strange_thread_finishes_tasks_in_any_order, .timeout = 120)
{
    for (int i = 0; i < N_POOLS; i++)
        for (int round = 0; round < test_scaled(20); round++) {
            struct post p = {.hurry = round % 2};
            weft_pool *pool = new_pool(workers[i]);
            struct weft_value v = weft_value_none();
            int64_t sum = 0;
            pthread_t thread;

            for (int k = 0; k < N_LATER; k++)
                sum += k % 7 == 5 && !(p.hurry && k % 3 == 0) ? 0 : k;
            pthread_create(&thread, NULL, postman, &p);
            cr_assert_eq(run_one(pool, detaches_children, &p, &v, NULL), WEFT_OK);
            cr_expect_eq(weft_value_i64(v), sum);
            weft_pool_free(pool); /* who finished the last may still be on the way out */
            pthread_join(thread, NULL);
        }
}
