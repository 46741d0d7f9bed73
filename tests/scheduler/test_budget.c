/* test_budget.c - a limit of memory holds, and what is computed does not depend on it. */
#include <criterion/criterion.h>

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <weft/weft.h>

#include "config.h"
#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "tests/support/nomem.h"
#include "tests/support/random_graph.h"
#include "tests/support/scale.h"

static const int workers[] = {1, 2, 8};
enum { N_WORKERS = sizeof workers / sizeof *workers, KIB = 1024 };

/* ---- Bodies on blocks of 64 KiB -------------------------------------------- */

enum { ELEMS = 8192, BLOCK = 65536 };

static struct weft_value block_of(uint64_t seed)
{
    const int64_t n = ELEMS;
    weft_block *b = weft_block_new(WEFT_INT64, 1, &n);
    uint64_t *x = b ? weft_block_data_mut(b) : NULL;

    for (int64_t i = 0; b && i < n; i++)
        x[i] = (seed = seed * 6364136223846793005u + 1442695040888963407u) >> 7;
    return weft_value_of_ptr(&weft_type_block, b);
}

/* A block from its argument and all its inputs. */
static weft_status body_block(weft_call *call, void *arg, struct weft_error *err)
{
    uint64_t seed = (uint64_t)(uintptr_t)arg * 0x9e3779b97f4a7c15u;
    struct weft_value v;

    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        for (int64_t k = 0; k < ELEMS; k += 511)
            seed = seed * 31 + (uint64_t)weft_block_i64_at(weft_call_block(call, i), k);
    v = block_of(seed);
    if (!v.as.ptr)
        return weft_error_set(err, WEFT_NOMEM, "no memory for a block");
    weft_call_return(call, v);
    return WEFT_OK;
}

/* Adds its argument to the first input, in place. */
static weft_status body_in_place(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v;
    weft_status st = weft_call_take(call, 0, &v);
    int64_t *x;

    if (st)
        return weft_error_set(err, st, "nothing to take");
    x = weft_block_data_mut(weft_value_block(v));
    for (int64_t k = 0; k < ELEMS; k++)
        x[k] ^= (int64_t)(uintptr_t)arg;
    weft_call_return(call, v);
    return WEFT_OK;
}

static int64_t hash_of(struct weft_value v)
{
    uint64_t h = 0;

    for (int64_t k = 0; v.type && k < ELEMS; k++)
        h = h * 1099511628211u + (uint64_t)weft_block_i64_at(weft_value_block(v), k);
    return (int64_t)h;
}

static void *arg_of(uint64_t x)
{
    return (void *)(uintptr_t)x;
}

/* n blocks, each read once now and once by a task behind one that reads all:
 *
 *     x0 .. xn-1 -> parts -> all;   xi, all -> yi;   y0 .. yn-1 -> sum
 */
static weft_task *twice(weft_graph *g, int n)
{
    weft_task **x = calloc((size_t)n, sizeof *x), **part = calloc((size_t)n, sizeof *part), *all, *sum;

    for (int i = 0; i < n; i++) {
        x[i] = weft_add(g, body_block, .name = "x", .arg = arg_of((uint64_t)i + 1), .result_bytes = BLOCK + 128);
        part[i] = i ? weft_add(g, body_block, .name = "part", .deps = WEFT_DEPS(part[i - 1], x[i])) : x[i];
    }
    all = part[n - 1];
    sum = NULL;
    for (int i = 0; i < n; i++) {
        weft_task *y = i % 2 ? weft_add(g, body_block, .name = "y", .deps = WEFT_DEPS(x[i], all))
                             : weft_add(g, body_in_place, .name = "in place", .arg = arg_of(7), .deps = WEFT_DEPS(x[i], all));

        sum = sum ? weft_add(g, body_block, .name = "sum", .deps = WEFT_DEPS(sum, y)) : y;
    }
    free(x);
    free(part);
    return sum;
}

static int64_t run_of(const struct weft_pool_spec *spec, int n, struct weft_pool_memory *m)
{
    weft_pool *pool = weft_pool_new(spec);
    weft_graph *g = weft_graph_new();
    struct weft_value v = weft_value_none();
    struct weft_error err;
    int64_t hash;

    cr_assert_eq(weft_pool_run(pool, twice(g, n), &v, &err), WEFT_OK, "%s", err.message);
    hash = hash_of(v);
    weft_value_release(v);
    if (m)
        weft_pool_memory(pool, m);
    weft_pool_free(pool);
    weft_graph_free(g);
    return hash;
}

Test(budget, results_do_not_depend_on_the_limit_nor_on_the_workers)
{
    const int64_t without = run_of(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL}, 100, NULL);

    for (size_t limit = 20 * BLOCK; limit >= 5 * BLOCK; limit -= 5 * BLOCK) {
        struct weft_pool_memory m;

        for (int w = 0; w < N_WORKERS; w++) {
            cr_expect_eq(run_of(&(struct weft_pool_spec){.n_workers = workers[w], .limit_bytes = limit}, 100, &m), without);
            cr_expect_gt(m.disk_peak, 60u * BLOCK, "%zu", m.disk_peak);
            cr_expect_leq(m.disk_peak, 110u * BLOCK);
            cr_expect_eq(m.managed, 0u);
            cr_expect_eq(m.scratch, 0u);
            cr_expect_eq(m.spilled, 0u);
            cr_expect_eq(m.disk, 0u);
        }
        cr_expect_eq(run_of(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL, .limit_bytes = limit}, 100, &m), without);
        cr_expect_leq(m.peak, limit, "%zu of %zu", m.peak, limit);
        cr_expect_eq(m.n_waits, 0u);
#if WF_HAVE_JEMALLOC /* a process forked beside a busy thread finds the heap of a sanitizer locked */
        cr_expect_eq(run_of(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = 2, .limit_bytes = limit}, 100, &m), without);
        cr_expect_gt(m.written, 60u * BLOCK);
#endif
    }
}

/* With sizes said there is nothing to guess: no task is let in over the limit. */
Test(budget, what_is_held_stays_below_the_limit)
{
    for (int w = 0; w < N_WORKERS; w++) {
        struct weft_pool_memory m;
        const size_t limit = 40 * BLOCK;

        run_of(&(struct weft_pool_spec){.n_workers = workers[w], .limit_bytes = limit}, 200, &m);
        cr_expect_leq(m.peak, limit, "%zu of %zu with %d workers", m.peak, limit, workers[w]);
        cr_expect_eq(m.n_over, 0u);
        cr_expect_eq(m.limit, limit);
    }
}

Test(budget, a_limit_that_is_never_reached_writes_nothing)
{
    struct weft_pool_memory m;

    run_of(&(struct weft_pool_spec){.n_workers = 2, .limit_bytes = (size_t)1 << 30}, 50, &m);
    cr_expect_eq(m.written, 0u);
    cr_expect_eq(m.n_waits, 0u);
    cr_expect_geq(m.peak, 50u * BLOCK);
    run_of(&(struct weft_pool_spec){.n_workers = 2}, 50, &m);
    cr_expect_eq(m.limit, 0u);
    cr_expect_eq(m.peak, 0u);
    cr_expect_gt(m.resident, 0u);
}

Test(budget, what_a_run_holds_is_counted_to_the_byte)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL, .limit_bytes = (size_t)1 << 30});
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_block, WEFT_TERMS(.scratch_bytes = 1000)), *b = weft_add(g, body_block, .deps = WEFT_DEPS(a), WEFT_TERMS(.scratch_bytes = 77));
    struct weft_pool_memory m;
    struct weft_value v;
    size_t each;

    cr_assert_eq(weft_pool_run(pool, b, &v, NULL), WEFT_OK);
    each = weft_value_bytes(v);
    weft_pool_memory(pool, &m);
    cr_expect_eq(m.managed, 0u, "what was taken is the caller's");
    cr_expect_eq(m.peak, 2 * each + 77, "%zu, and each is %zu", m.peak, each);
    weft_value_release(v);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(budget, the_limit_may_be_a_share_of_the_machine)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1, .limit_bytes = WEFT_LIMIT_AUTO});
    const double all = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    struct weft_pool_memory m;

    weft_pool_memory(pool, &m);
    cr_expect_gt(m.limit, 1u << 20);
    cr_expect_leq((double)m.limit, all * 0.6 + 1);
    weft_pool_free(pool);
    setenv("WEFT_MEMORY_LIMIT", "auto", 1);
    pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_pool_memory(pool, &m);
    cr_expect_gt(m.limit, 1u << 20);
    cr_expect_leq((double)m.limit, all * 0.6 + 1);
    weft_pool_free(pool);
}

/* ---- Sources wait ---------------------------------------------------------- */

static _Atomic int n_ahead, most_ahead;

static weft_status body_source(weft_call *call, void *arg, struct weft_error *err)
{
    const int n = atomic_fetch_add(&n_ahead, 1) + 1;
    int most = atomic_load(&most_ahead);

    while (most < n && !atomic_compare_exchange_weak(&most_ahead, &most, n))
        ;
    return body_block(call, arg, err);
}

static weft_status body_consume(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    atomic_fetch_sub(&n_ahead, 1);
    weft_call_return(call, weft_value_of_i64(weft_block_i64_at(weft_call_block(call, 0), 5)));
    return WEFT_OK;
}

/* Blocks that cannot be written, so all that helps is to wait. */
static void box_free(void *data) { weft_block_release(data); }
static size_t box_bytes(const void *data) { return weft_value_bytes(weft_value_of_ptr(&weft_type_block, (void *)(uintptr_t)data)); }
static const struct weft_type type_stays = {.name = "box that stays", .free = box_free, .bytes = box_bytes};

static weft_status body_source_stays(weft_call *call, void *arg, struct weft_error *err)
{
    const int n = atomic_fetch_add(&n_ahead, 1) + 1;
    int most = atomic_load(&most_ahead);

    (void)err;
    while (most < n && !atomic_compare_exchange_weak(&most_ahead, &most, n))
        ;
    weft_call_return(call, weft_value_of_ptr(&type_stays, block_of((uint64_t)(uintptr_t)arg).as.ptr));
    return WEFT_OK;
}

static weft_status body_consume_stays(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    nanosleep(&(struct timespec){.tv_nsec = 200000}, NULL);
    atomic_fetch_sub(&n_ahead, 1);
    weft_call_return(call, weft_value_of_i64(weft_block_i64_at(weft_value_ptr(weft_call_input(call, 0), &type_stays), 5)));
    return WEFT_OK;
}

/* Consumers come after all sources in rank where these have priority: the worst order. */
static void run_sources(weft_body *source, weft_body *consume, int n_workers, size_t limit, struct weft_pool_memory *m)
{
    enum { N = 200 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = n_workers, .limit_bytes = limit});
    weft_graph *g = weft_graph_new();
    weft_task *sinks[N];

    atomic_store(&n_ahead, 0);
    atomic_store(&most_ahead, 0);
    for (int i = 0; i < N; i++) {
        weft_task *x = weft_add(g, source, .arg = arg_of((uint64_t)i), .result_bytes = BLOCK + 128, .priority = 1);

        sinks[i] = weft_add(g, consume, .deps = WEFT_DEPS(x), .result_bytes = 8);
    }
    cr_assert_eq(weft_pool_run_many(pool, sinks, N, NULL, NULL, NULL), WEFT_OK);
    weft_pool_memory(pool, m);
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(budget, sources_wait_for_those_who_consume)
{
    for (int w = 0; w < N_WORKERS; w++) {
        struct weft_pool_memory m;

        run_sources(body_source_stays, body_consume_stays, workers[w], 30 * BLOCK, &m);
        cr_expect_leq(atomic_load(&most_ahead), 30, "%d ahead", atomic_load(&most_ahead));
        cr_expect_leq(m.peak, 30u * BLOCK);
        cr_expect_gt(m.n_waits, 0u);
        cr_expect_eq(m.written, 0u);
        run_sources(body_source, body_consume, workers[w], 30 * BLOCK, &m);
        cr_expect_leq(m.peak, 30u * BLOCK);
    }
}

/* ---- A task alone ---------------------------------------------------------- */

Test(budget, a_task_too_big_runs_alone)
{
    for (int w = 0; w < N_WORKERS; w++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers[w], .limit_bytes = BLOCK / 2});
        weft_graph *g = weft_graph_new();
        weft_task *t = NULL;
        struct weft_pool_memory m;
        struct weft_value v;

        for (int i = 0; i < 30; i++)
            t = t ? weft_add(g, body_block, .arg = arg_of(1), .deps = WEFT_DEPS(t, weft_add(g, body_block, .arg = arg_of((uint64_t)i))))
                  : weft_add(g, body_block);
        cr_assert_eq(weft_pool_run(pool, t, &v, NULL), WEFT_OK);
        weft_value_release(v);
        weft_pool_memory(pool, &m);
        cr_expect_gt(m.n_over, 0u);
        cr_expect_leq(m.peak, 8u * BLOCK, "%zu", m.peak);
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

/* ---- Targets --------------------------------------------------------------- */

Test(budget, what_is_asked_for_stays_on_disk_until_it_is_taken)
{
    enum { N = 60 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2, .limit_bytes = 10 * BLOCK});
    weft_graph *g = weft_graph_new();
    weft_task *t[N + 1];
    struct weft_pool_memory m;
    weft_future *f;

    for (int i = 0; i < N; i++)
        t[i] = weft_add(g, body_block, .arg = arg_of((uint64_t)i + 1), .result_bytes = BLOCK + 128);
    t[N] = t[3]; /* asked for twice */
    cr_assert_eq(weft_pool_submit(pool, t, N + 1, NULL, &f, NULL), WEFT_OK);
    weft_future_wait(f, -1);
    weft_pool_memory(pool, &m);
    cr_expect_geq(m.spilled, 48u * BLOCK, "%zu", m.spilled);
    cr_expect_leq(m.peak, 10u * BLOCK);
    weft_pool_free(pool); /* its futures stay good */
    for (int i = N; i >= 0; i--) {
        struct weft_value v, w = block_of((i < N ? (uint64_t)i + 1 : 4) * 0x9e3779b97f4a7c15u);

        cr_assert_eq(weft_future_take(f, (size_t)i, &v, NULL), WEFT_OK);
        cr_expect_eq(hash_of(v), hash_of(w));
        weft_value_release(v);
        weft_value_release(w);
    }
    weft_future_free(f);
    weft_graph_free(g);
}

static weft_status body_read_two(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(weft_block_i64_at(weft_call_block(call, 0), 0)));
    return WEFT_OK;
}

Test(budget, results_wait_where_they_are_told_to)
{
    enum { N = 30 };
    const enum weft_level levels[] = {WEFT_LEVEL_ANY, WEFT_LEVEL_MEMORY, WEFT_LEVEL_DISK};

    for (int i = 0; i < 6; i++) {
        const bool limited = i < 3;
        const struct weft_run_spec spec = {.level = levels[i % 3]};
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2, .limit_bytes = limited ? 10 * BLOCK : 0});
        weft_graph *g = weft_graph_new();
        weft_task *t[N], *last;
        struct weft_pool_memory m;
        weft_future *f;

        for (int k = 0; k < N; k++)
            t[k] = weft_add(g, body_block, .arg = arg_of((uint64_t)k + 1), .result_bytes = BLOCK + 128);
        last = weft_add(g, body_read_two, .deps = t, .n_deps = 1); /* a number */
        t[0] = last;
        cr_assert_eq(weft_pool_submit(pool, t, N, &spec, &f, NULL), WEFT_OK);
        weft_future_wait(f, -1);
        weft_pool_memory(pool, &m);
        if (levels[i % 3] == WEFT_LEVEL_DISK)
            cr_expect_eq(m.spilled, (N - 1) * (size_t)(BLOCK + 104), "%zu", m.spilled);
        else if (limited && levels[i % 3] == WEFT_LEVEL_ANY)
            cr_expect(m.spilled >= 18 * BLOCK, "%zu", m.spilled);
        else
            cr_expect_eq(m.spilled, 0u, "%zu", m.spilled);
        for (size_t k = 1; k < N; k++) {
            struct weft_value v, w = block_of((k + 1) * 0x9e3779b97f4a7c15u);

            cr_assert_eq(weft_future_take(f, k, &v, NULL), WEFT_OK);
            cr_expect_eq(hash_of(v), hash_of(w));
            weft_value_release(v);
            weft_value_release(w);
        }
        weft_future_free(f);
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

Test(budget, results_taken_as_they_come_are_counted_no_more)
{
    enum { N = 60 };

    for (int w = 0; w < N_WORKERS; w++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers[w], .limit_bytes = 10 * BLOCK});
        weft_graph *g = weft_graph_new();
        weft_task *t[N], *sum = NULL;
        struct weft_pool_memory m;
        weft_future *f;

        for (int k = 0; k < N; k++) {
            t[k] = weft_add(g, body_block, .arg = arg_of((uint64_t)k + 1), .result_bytes = BLOCK + 128);
            if (k % 2)
                sum = sum ? weft_add(g, body_block, .deps = WEFT_DEPS(sum, t[k])) : t[k];
        }
        t[0] = sum; /* so that those before are read, and asked for, too */
        cr_assert_eq(weft_pool_submit(pool, t, N, &(struct weft_run_spec){.stream = true}, &f, NULL), WEFT_OK);
        for (size_t k = 1; k < N; k++) {
            struct weft_value v, x = block_of((k + 1) * 0x9e3779b97f4a7c15u);

            cr_assert_eq(weft_future_take(f, k, &v, NULL), WEFT_OK);
            cr_expect_eq(hash_of(v), hash_of(x));
            weft_value_release(v);
            weft_value_release(x);
        }
        weft_future_free(f);
        weft_pool_memory(pool, &m);
        cr_expect_eq(m.managed, 0u);
        cr_expect_eq(m.spilled, 0u);
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

/* ---- What goes wrong ------------------------------------------------------- */

static weft_status fails_with(const struct weft_pool_spec *spec, struct weft_error *err)
{
    weft_pool *pool = weft_pool_new(spec);
    weft_graph *g = weft_graph_new(), *h = weft_graph_new();
    struct weft_value v;
    struct weft_pool_memory m;
    weft_status st = weft_pool_run(pool, twice(g, 60), &v, err);

    cr_assert_neq(st, WEFT_OK);
    weft_pool_memory(pool, &m);
    cr_expect_eq(m.managed, 0u);
    cr_expect_eq(m.disk, 0u);
    cr_expect_eq(weft_pool_run(pool, weft_add(h, body_block), &v, NULL), WEFT_OK, "the pool is usable after");
    weft_value_release(v);
    weft_pool_free(pool);
    weft_graph_free(g);
    weft_graph_free(h);
    return st;
}

Test(budget, a_directory_that_is_not_there_is_named)
{
    for (int w = 0; w < N_WORKERS; w++) {
        struct weft_error err;

        cr_expect_eq(fails_with(&(struct weft_pool_spec){.n_workers = workers[w], .limit_bytes = 10 * BLOCK, .spill_dir = "/no/such/place"}, &err), WEFT_IO);
        cr_expect(strstr(err.message, "/no/such/place"), "%s", err.message);
        cr_expect_neq(err.task[0], '\0');
    }
}

Test(budget, a_disk_that_is_full_is_an_error_and_not_the_end)
{
    for (int w = 0; w < N_WORKERS; w++) {
        struct weft_error err;

        cr_expect_eq(fails_with(&(struct weft_pool_spec){.n_workers = workers[w], .limit_bytes = 10 * BLOCK, .spill_bytes = 15 * BLOCK}, &err), WEFT_IO);
        cr_expect(strstr(err.message, "spill file"), "%s", err.message);
    }
}

Test(budget, bytes_that_went_bad_fail_who_wanted_them)
{
    for (int w = 0; w < N_WORKERS; w++) {
        enum { N = 40 };
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers[w], .limit_bytes = 8 * BLOCK});
        weft_graph *g = weft_graph_new();
        weft_task *t[N];
        struct weft_error err;
        weft_future *f;
        int n_bad = 0;

        for (int i = 0; i < N; i++)
            t[i] = weft_add(g, body_block, .arg = arg_of((uint64_t)i + 1), .result_bytes = BLOCK + 128);
        cr_assert_eq(weft_pool_submit(pool, t, N, NULL, &f, NULL), WEFT_OK);
        weft_future_wait(f, -1);
        cr_assert_eq(pwrite(pool->budget->spill->fd, "bad", 3, 5 * BLOCK + 300), 3);
        for (int i = 0; i < N; i++) {
            struct weft_value v = weft_value_none();

            if (weft_future_take(f, (size_t)i, &v, &err)) {
                n_bad++;
                cr_expect_eq(err.status, WEFT_IO);
                cr_expect(strstr(err.message, "not what was written"), "%s", err.message);
            }
            weft_value_release(v);
        }
        cr_expect_eq(n_bad, 1, "%d are bad", n_bad);
        weft_future_free(f);
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

static weft_status body_spoil(weft_call *call, void *arg, struct weft_error *err)
{
    weft_pool *pool = *(weft_pool **)arg;
    static const char bad[4096];

    (void)err;
    for (uint64_t at = 0; at < pool->budget->spill->extents.end; at += BLOCK)
        cr_assert_eq(pwrite(pool->budget->spill->fd, bad, sizeof bad, (off_t)at + 1000), (ssize_t)sizeof bad);
    weft_call_return(call, weft_value_of_i64(1));
    return WEFT_OK;
}

Test(budget, a_task_whose_input_went_bad_fails_and_names_the_file)
{
    enum { N = 30 };
    for (int w = 0; w < N_WORKERS; w++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers[w], .limit_bytes = 8 * BLOCK});
        weft_graph *g = weft_graph_new();
        weft_task *x[N], *y[N], *spoil;
        struct weft_error err;
        weft_status st;

        for (int i = 0; i < N; i++)
            x[i] = weft_add(g, body_block, .arg = arg_of((uint64_t)i + 1), .result_bytes = BLOCK + 128);
        spoil = weft_add(g, body_spoil, .arg = &pool, .deps = x, .n_deps = 0);
        {
            weft_task *last = weft_add(g, body_read_two, .deps = WEFT_DEPS(x[0]));

            for (int i = 1; i < N; i++)
                last = weft_add(g, body_read_two, .deps = WEFT_DEPS(x[i], last));
            spoil = weft_add(g, body_spoil, .arg = &pool, .deps = WEFT_DEPS(last));
        }
        for (int i = 0; i < N; i++)
            y[i] = weft_add(g, body_read_two, .deps = WEFT_DEPS(x[i], spoil));
        st = weft_pool_run_many(pool, y, N, NULL, NULL, &err);
        cr_expect_eq(st, WEFT_IO);
        cr_expect(strstr(err.message, "not what was written"), "%s", err.message);
        cr_expect_neq(err.task[0], '\0');
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

/* ---- Stopped --------------------------------------------------------------- */

Test(budget, a_run_that_is_cancelled_leaves_nothing)
{
    for (int round = 0; round < 60; round++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers[round % N_WORKERS], .limit_bytes = 8 * BLOCK});
        weft_graph *g = weft_graph_new();
        weft_task *t = twice(g, 100);
        struct weft_pool_memory m;
        weft_future *f;
        weft_status st;

        cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &f, NULL), WEFT_OK);
        nanosleep(&(struct timespec){.tv_nsec = round * 100000}, NULL);
        weft_future_cancel(f);
        weft_future_wait(f, -1);
        st = weft_future_take(f, 0, NULL, NULL);
        cr_expect(st == WEFT_CANCELLED || st == WEFT_OK);
        weft_future_free(f);
        weft_pool_memory(pool, &m);
        cr_expect_eq(m.managed, 0u);
        cr_expect_eq(m.spilled, 0u);
        cr_expect_eq(m.disk, 0u);
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

/* ---- Everything at once ---------------------------------------------------- */

/* Random graphs of blocks, with failures, against the serial runner without a limit. */
static weft_status body_any(weft_call *call, void *arg, struct weft_error *err)
{
    const uint64_t n = (uint64_t)(uintptr_t)arg;

    if (n % 37 == 36)
        return weft_error_set(err, WEFT_FAILED, "told to");
    return n % 5 == 4 && weft_call_n_inputs(call) ? body_in_place(call, arg, err) : body_block(call, arg, err);
}

static weft_graph *random_blocks(uint64_t seed, weft_task **targets, int n_targets, int n)
{
    weft_graph *g = weft_graph_new();
    weft_task **t = calloc((size_t)n, sizeof *t);

    for (int i = 0; i < n; i++) {
        weft_task *deps[4];
        size_t n_deps = 0;

        for (int k = 0; k < 4 && i; k++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            if (seed >> 62)
                deps[n_deps++] = t[(seed >> 33) % 2 ? i - 1 - (int)((seed >> 40) % (uint64_t)(i < 8 ? i : 8)) : (int)((seed >> 40) % (uint64_t)i)];
        }
        t[i] = weft_add(g, body_any, .arg = arg_of(seed >> 50), .deps = deps, .n_deps = n_deps,
                        .result_bytes = (seed >> 20) % 3 ? BLOCK + 128 : 0, WEFT_TERMS(.scratch_bytes = (seed >> 25) % 5 ? 0 : BLOCK / 2));
    }
    for (int i = 0; i < n_targets; i++)
        targets[i] = t[n - 1 - i * (n / n_targets)];
    free(t);
    return g;
}

Test(budget, random_graphs_give_what_they_give_without_a_limit, .timeout = 120)
{
    enum { TARGETS = 7 };
    const int rounds = (int)test_scaled(60);

    for (int round = 0; round < rounds; round++) {
        weft_task *targets[TARGETS];
        weft_graph *g = random_blocks((uint64_t)round, targets, TARGETS, 150);
        weft_pool *serial = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers[round % N_WORKERS], .limit_bytes = (size_t)(2 + round % 11) * BLOCK});
        weft_future *a, *b;
        struct weft_pool_memory m;

        cr_assert_eq(weft_pool_submit(serial, targets, TARGETS, NULL, &a, NULL), WEFT_OK);
        cr_assert_eq(weft_pool_submit(pool, targets, TARGETS, NULL, &b, NULL), WEFT_OK);
        for (size_t i = 0; i < TARGETS; i++) {
            struct weft_value v = {0}, w = {0};
            struct weft_error e = {0}, f = {0};

            cr_assert_eq(weft_future_take(a, i, &v, &e), weft_future_take(b, i, &w, &f), "%s / %s", e.message, f.message);
            cr_expect_eq(hash_of(v), hash_of(w));
            cr_expect_str_eq(e.message, f.message);
            weft_value_release(v);
            weft_value_release(w);
        }
        weft_future_free(a);
        weft_future_free(b);
        weft_pool_memory(pool, &m);
        cr_expect_eq(m.managed, 0u);
        cr_expect_eq(m.disk, 0u);
        weft_pool_free(serial);
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

/* The bound of weft/plan.h: a limit of the largest task is enough for any plan and any number of
 * workers, where tasks say what they give. */
Test(budget, no_task_goes_over_a_limit_of_the_largest_one, .timeout = 120)
{
    const int rounds = (int)test_scaled(40);

    for (int round = 0; round < rounds; round++) {
        enum { N = 120 };
        weft_graph *g = weft_graph_new();
        weft_task *t[N], *deps[3];
        weft_plan *plan;
        struct weft_plan_peak peak;
        uint64_t seed = (uint64_t)round + 1;

        for (int i = 0; i < N; i++) {
            size_t n_deps = 0;

            for (int k = 0; k < 3 && i; k++) {
                seed = seed * 6364136223846793005u + 1442695040888963407u;
                if (seed >> 62)
                    deps[n_deps++] = t[(seed >> 33) % 3 ? i - 1 - (int)((seed >> 40) % (uint64_t)(i < 4 ? i : 4)) : (int)((seed >> 40) % (uint64_t)i)];
            }
            t[i] = weft_add(g, body_block, .arg = arg_of(seed >> 50), .deps = deps, .n_deps = n_deps,
                            .result_bytes = BLOCK + 128, WEFT_TERMS(.scratch_bytes = (seed >> 25) % 5 ? 0 : BLOCK / 2));
        }
        cr_assert_eq(weft_plan_new(&plan, &t[N - 1], 1, NULL, NULL), WEFT_OK);
        cr_assert_eq(weft_plan_peak(plan, NULL, &peak, NULL), WEFT_OK);
        for (int w = 0; w < N_WORKERS; w++) {
            const size_t limit = peak.largest + peak.largest / 4;
            weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers[w], .limit_bytes = limit});
            struct weft_pool_memory m;
            struct weft_value v;

            cr_assert_eq(weft_pool_run_plan(pool, plan, NULL, &v, NULL), WEFT_OK);
            weft_value_release(v);
            weft_pool_memory(pool, &m);
            cr_expect_eq(m.n_over, 0u);
            cr_expect_leq(m.peak, limit, "%zu of %zu with %d workers", m.peak, limit, workers[w]);
            weft_pool_free(pool);
        }
        weft_plan_free(plan);
        weft_graph_free(g);
    }
}

static void *run_beside(void *arg)
{
    weft_pool *pool = arg;

    for (int i = 0; i < 5; i++) {
        weft_graph *g = weft_graph_new();
        struct weft_value v;

        cr_assert_eq(weft_pool_run(pool, twice(g, 40), &v, NULL), WEFT_OK);
        weft_value_release(v);
        weft_graph_free(g);
    }
    return NULL;
}

Test(budget, runs_share_one_limit)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 4, .limit_bytes = 30 * BLOCK});
    pthread_t threads[4];
    struct weft_pool_memory m;

    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, run_beside, pool);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    weft_pool_memory(pool, &m);
    cr_expect_leq(m.peak, 30u * BLOCK, "%zu", m.peak);
    cr_expect_eq(m.managed, 0u);
    weft_pool_free(pool);
}

/* The first, second, ... allocation fails: an error, and nothing is left. */
static weft_status small_run(void *arg)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL, .limit_bytes = 5 * BLOCK});
    weft_graph *g = weft_graph_new();
    weft_status st = WEFT_NOMEM;
    struct weft_value v = weft_value_none();

    (void)arg;
    if (pool && g)
        st = weft_pool_run(pool, twice(g, 12), &v, NULL);
    weft_value_release(v);
    weft_graph_free(g);
    weft_pool_free(pool);
    return st;
}

Test(budget, without_memory_a_run_with_a_limit_fails_and_leaks_nothing)
{
    small_run(NULL);
    nomem_everywhere(small_run, NULL);
}
