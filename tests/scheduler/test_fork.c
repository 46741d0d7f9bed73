/* test_fork.c - bodies that divide their work: each part once, whoever does it. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <weft/weft.h>

#include "tests/support/scale.h"

static const int workers[] = {1, 2, 3, 7, 16, 64};
enum { N_WORKERS = sizeof workers / sizeof *workers };

static void nap_us(long us)
{
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

/* Runs one task on a pool of its own. */
static weft_status run_on(const struct weft_pool_spec *spec, weft_body *body, void *arg, struct weft_error *err)
{
    weft_pool *pool = weft_pool_new(spec);
    weft_graph *g = weft_graph_new();
    weft_status st;

    cr_assert_not_null(pool);
    st = weft_pool_run(pool, weft_graph_add(g, &(struct weft_task_spec){.name = "parent", .body = body, .arg = arg}), NULL, err);
    weft_graph_free(g);
    weft_pool_free(pool);
    return st;
}

struct fib {
    int     n;
    int64_t value;
};

static weft_status fib(weft_call *call, void *arg, struct weft_error *err)
{
    struct fib *f = arg, a = {f->n - 1, 0}, b = {f->n - 2, 0};
    struct weft_fork fork;
    weft_status st, other;

    f->value = f->n;
    if (f->n < 2)
        return WEFT_OK;
    weft_call_fork(call, &fork, fib, &a);
    st = fib(call, &b, err);
    other = weft_call_join(call, &fork, st ? NULL : err);
    f->value = a.value + b.value;
    return st ? st : other;
}

Test(fork, parts_add_up_on_any_number_of_workers)
{
    for (int w = 0; w < N_WORKERS; w++) {
        struct fib f = {.n = (int)test_scaled(20)};
        int64_t a = 0, b = 1;

        for (int i = 0; i < f.n; i++) {
            const int64_t c = a + b;

            a = b;
            b = c;
        }
        cr_assert_eq(run_on(&(struct weft_pool_spec){.n_workers = workers[w]}, fib, &f, NULL), WEFT_OK);
        cr_expect_eq(f.value, a, "%d workers: %lld", workers[w], (long long)f.value);
    }
}

Test(fork, serial_and_process_pools_run_parts_too)
{
    struct fib f = {.n = 12};

    cr_assert_eq(run_on(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL}, fib, &f, NULL), WEFT_OK);
    cr_expect_eq(f.value, 144);
    cr_assert_eq(run_on(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = 2}, fib, &f, NULL), WEFT_OK);
}

/* ---- Order of joins --------------------------------------------------------- */

enum { PARTS = 50 };

struct parts {
    _Atomic int ran[PARTS];
    int         slow; /* every so many naps; 0: none */
    bool        forward;
};

struct part {
    struct parts *all;
    int           i;
};

static weft_status one_part(weft_call *call, void *arg, struct weft_error *err)
{
    struct part *p = arg;

    (void)call;
    if (p->all->slow && p->i % p->all->slow == 0)
        nap_us(300);
    atomic_fetch_add(&p->all->ran[p->i], 1);
    return p->i % 7 == 3 ? weft_error_set(err, WEFT_FAILED, "part %d", p->i) : WEFT_OK;
}

static weft_status many_parts(weft_call *call, void *arg, struct weft_error *err)
{
    struct parts *all = arg;
    struct weft_fork forks[PARTS];
    struct part parts[PARTS];
    struct weft_error why;
    char want[32];

    (void)err;
    for (int i = 0; i < PARTS; i++) {
        parts[i] = (struct part){all, i};
        weft_call_fork(call, &forks[i], one_part, &parts[i]);
    }
    for (int k = 0; k < PARTS; k++) {
        const int i = all->forward ? k : PARTS - 1 - k;
        const weft_status st = weft_call_join(call, &forks[i], i % 2 ? &why : NULL);

        cr_expect_eq(st, i % 7 == 3 ? WEFT_FAILED : WEFT_OK, "part %d", i);
        cr_expect_eq(all->ran[i], 1, "part %d ran %d times before its join", i, all->ran[i]);
        snprintf(want, sizeof want, "part %d", i);
        if (st && i % 2)
            cr_expect_str_eq(why.message, want);
    }
    return WEFT_OK;
}

Test(fork, each_part_runs_once_before_its_join_and_tells_why_it_failed)
{
    for (int w = 0; w < N_WORKERS; w++)
        for (int how = 0; how < 4; how++) {
            struct parts all = {.forward = how & 1, .slow = how & 2 ? 4 : 0};

            cr_assert_eq(run_on(&(struct weft_pool_spec){.n_workers = workers[w]}, many_parts, &all, NULL), WEFT_OK);
            for (int i = 0; i < PARTS; i++)
                cr_expect_eq(all.ran[i], 1, "part %d of %d workers", i, workers[w]);
        }
}

static weft_status fail_part(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg;
    return weft_error_set(err, WEFT_FAILED, "no luck");
}

static weft_status pass_failure_on(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_fork fork;

    (void)arg;
    weft_call_fork(call, &fork, fail_part, NULL);
    return weft_call_join(call, &fork, err);
}

Test(fork, a_failed_part_fails_the_task_if_the_body_says_so)
{
    struct weft_error err;

    cr_assert_eq(run_on(&(struct weft_pool_spec){.n_workers = 2}, pass_failure_on, NULL, &err), WEFT_FAILED);
    cr_expect_str_eq(err.message, "no luck");
    cr_expect(strstr(err.task, "parent"), "%s", err.task);
}

/* ---- Together with a graph ---------------------------------------------------- */

static weft_status add_inputs_and_parts(weft_call *call, void *arg, struct weft_error *err)
{
    struct fib f = {.n = 8};
    int64_t sum = (intptr_t)arg;
    const weft_status st = fib(call, &f, err);

    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += weft_value_i64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_i64(sum + f.value));
    return st;
}

/* Layers of tasks that all fork: joins meet ready tasks of the graph in every deque. */
Test(fork, forks_and_ready_tasks_share_the_deques)
{
    enum { LAYERS = 20, WIDTH = 20 };
    struct weft_error err;
    struct weft_value want;

    for (int w = -1; w < N_WORKERS; w++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){
            .kind = w < 0 ? WEFT_POOL_SERIAL : WEFT_POOL_THREADS, .n_workers = w < 0 ? 0 : workers[w]});
        weft_graph *g = weft_graph_new();
        weft_task *row[WIDTH], *next[WIDTH], *last;
        struct weft_value got;

        for (int i = 0; i < WIDTH; i++)
            row[i] = weft_add(g, add_inputs_and_parts, .arg = (void *)(intptr_t)i);
        for (int l = 1; l < LAYERS; l++) {
            for (int i = 0; i < WIDTH; i++)
                next[i] = weft_add(g, add_inputs_and_parts, .arg = (void *)(intptr_t)i,
                                   .deps = WEFT_DEPS(row[i], row[(i + 1) % WIDTH]));
            memcpy(row, next, sizeof row);
        }
        last = weft_add(g, add_inputs_and_parts, .deps = row, .n_deps = WIDTH);
        for (int round = 0; round < (int)test_scaled(20); round++) {
            cr_assert_eq(weft_pool_run(pool, last, &got, &err), WEFT_OK);
            if (w < 0)
                want = got;
            cr_assert_eq(weft_value_i64(got), weft_value_i64(want));
        }
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

/* ---- Deep, long, and with scratch ------------------------------------------- */

struct deep {
    int      n;
    uint64_t sum;
};

/* One side is a leaf, the other the rest: thieves get leaves, joins nest deep. */
static weft_status lopsided(weft_call *call, void *arg, struct weft_error *err)
{
    struct deep *d = arg, leaf = {0, 0}, rest = {d->n - 1, 0};
    unsigned char *scratch = weft_call_scratch(call, 1000 + 100 * (size_t)(d->n % 10));
    struct weft_fork fork;
    weft_status st;

    cr_assert_not_null(scratch);
    memset(scratch, d->n & 255, 1000);
    d->sum = 1;
    if (!d->n)
        return WEFT_OK;
    weft_call_fork(call, &fork, lopsided, &leaf);
    st = lopsided(call, &rest, err);
    cr_assert_eq(weft_call_join(call, &fork, NULL), WEFT_OK);
    cr_assert_eq(scratch[0], d->n & 255);
    cr_assert_eq(scratch[999], d->n & 255);
    d->sum += leaf.sum + rest.sum;
    return st;
}

Test(fork, scratch_lasts_as_long_as_its_body)
{
    for (int w = 0; w < N_WORKERS; w++) {
        struct deep d = {.n = 500};

        cr_assert_eq(run_on(&(struct weft_pool_spec){.n_workers = workers[w]}, lopsided, &d, NULL), WEFT_OK);
        cr_expect_eq(d.sum, 1001);
    }
}

static weft_status sleep_a_while(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)err;
    nap_us(2000);
    atomic_fetch_add((_Atomic int *)arg, 1);
    return WEFT_OK;
}

/* Whoever joins sleeps, too, and is called when it is over. */
static weft_status wait_long(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_fork forks[8];

    for (int i = 0; i < 8; i++)
        weft_call_fork(call, &forks[i], sleep_a_while, arg);
    while (atomic_load((_Atomic int *)arg) < 2) /* so thieves are at work: one has come back for more */
        nap_us(100);
    for (int i = 0; i < 8; i++)
        if (weft_call_join(call, &forks[i], err))
            return WEFT_FAILED;
    return WEFT_OK;
}

Test(fork, a_join_may_wait_long)
{
    for (int w = 1; w < N_WORKERS; w++) {
        _Atomic int n = 0;

        cr_assert_eq(run_on(&(struct weft_pool_spec){.n_workers = workers[w]}, wait_long, (void *)&n, NULL), WEFT_OK);
        cr_expect_eq(n, 8);
    }
}

Test(fork, a_trace_shows_who_did_a_part)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2, .trace = true});
    weft_graph *g = weft_graph_new();
    weft_trace *trace = NULL;
    _Atomic int n = 0;
    struct weft_error err;
    size_t n_tasks = 0, n_forks = 0;

    cr_assert_eq(weft_pool_run(pool, weft_add(g, wait_long, .arg = (void *)&n), NULL, &err), WEFT_OK);
    cr_assert_eq(weft_trace_of_pool(&trace, pool, &err), WEFT_OK, "%s", err.message);
    for (size_t i = 0; i < weft_trace_n_events(trace); i++) {
        const struct weft_event *e = &weft_trace_events(trace)[i];

        n_tasks += e->kind == WEFT_EVENT_TASK;
        n_forks += e->kind == WEFT_EVENT_FORK;
        if (e->kind == WEFT_EVENT_FORK)
            cr_expect_geq(e->end_ns - e->begin_ns, 1900000);
    }
    cr_expect_eq(n_tasks, 1);
    cr_expect(n_forks >= 1 && n_forks <= 8, "%zu forks", n_forks);
    weft_trace_free(trace);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status fail_silently(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_IO;
}

static weft_status succeed(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

static weft_status fail_then_succeed(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_fork good, bad, silent;
    struct weft_error why;

    (void)arg;
    weft_call_fork(call, &silent, fail_silently, NULL);
    weft_call_fork(call, &good, succeed, NULL);
    weft_call_fork(call, &bad, fail_part, NULL);
    cr_expect_eq(weft_call_join(call, &bad, err), WEFT_FAILED);
    cr_expect_eq(weft_call_join(call, &good, err), WEFT_OK);
    cr_expect_eq(err->status, WEFT_FAILED);
    cr_expect_str_eq(err->message, "no luck");
    cr_expect_eq(weft_call_join(call, &silent, &why), WEFT_IO);
    cr_expect_eq(why.status, WEFT_IO);
    cr_expect_str_eq(why.message, weft_status_text(WEFT_IO));
    return WEFT_FAILED;
}

Test(fork, a_part_that_succeeds_leaves_the_reason_of_another)
{
    for (int w = 0; w < 3; w++) {
        struct weft_error err;

        cr_expect_eq(run_on(&(struct weft_pool_spec){.n_workers = workers[w]}, fail_then_succeed, NULL, &err), WEFT_FAILED);
        cr_expect_str_eq(err.message, "no luck");
    }
}
