/* test_early.c - results before the end of their run, in any order, into other hands, or held back. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <weft/pool.h>

#include "tests/support/bodies.h"
#include "tests/support/nomem.h"
#include "tests/support/random_graph.h"

static _Atomic bool gate;

static weft_status body_wait(weft_call *call, void *arg, struct weft_error *err)
{
    while (!atomic_load(&gate) && !weft_call_is_cancelled(call))
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    return body_add(call, arg, err);
}

static weft_status body_sealed(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    weft_call_return(call, box_of(&type_sealed_box, (intptr_t)arg));
    return WEFT_OK;
}

static const int worker_counts[] = {1, 2, 8};

/*   a --- behind (waits at the gate)     a is asked for, and read by what waits  */
Test(early, a_result_is_there_before_the_end_though_others_read_it)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add, .arg = arg_of(5));
    weft_task *behind = weft_add(g, body_wait, .arg = arg_of(1), .key = "behind", .deps = WEFT_DEPS(a));
    struct weft_value v;
    struct weft_error err;
    weft_future *f;
    size_t i = 9;

    atomic_store(&gate, false);
    cr_assert_eq(weft_pool_submit(pool, (weft_task *[]){behind, a}, 2, &(struct weft_run_spec){.stream = true}, &f, &err), WEFT_OK);
    cr_assert_eq(weft_future_next(f, &i, -1), WEFT_OK);
    cr_assert_eq(i, 1u);
    cr_assert_eq(weft_future_take(f, 1, &v, &err), WEFT_OK);
    cr_assert_eq(weft_value_i64(v), 5);
    cr_assert_not(weft_future_is_done(f));
    cr_assert_eq(weft_future_next(f, &i, 0), WEFT_TIMEOUT);
    cr_assert_eq(weft_future_wait_target(f, 0, 1000000), WEFT_TIMEOUT);
    cr_assert_eq(weft_future_wait_target(f, 2, -1), WEFT_INVALID);
    atomic_store(&gate, true);
    cr_assert_eq(weft_future_wait_target(f, 0, -1), WEFT_OK);
    cr_assert_eq(weft_future_next(f, &i, -1), WEFT_OK);
    cr_assert_eq(i, 0u);
    cr_assert_eq(weft_future_take(f, 0, &v, &err), WEFT_OK);
    cr_assert_eq(weft_value_i64(v), 6);
    cr_assert_eq(weft_future_next(f, &i, -1), WEFT_NOT_FOUND);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(early, a_run_that_does_not_stream_gives_all_at_its_end)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add, .arg = arg_of(5));
    struct weft_error err;
    weft_future *f;
    size_t i;

    cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &f, &err), WEFT_OK);
    cr_assert_eq(weft_future_wait_target(f, 0, -1), WEFT_OK);
    cr_assert(weft_future_is_done(f));
    cr_assert_eq(weft_future_next(f, &i, -1), WEFT_UNSUPPORTED);
    cr_assert_eq(weft_future_n_targets(f), 1u);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* What is read by others as well is copied, or waits for the end if it cannot be. */
Test(early, what_cannot_be_copied_comes_at_the_end_if_others_read_it)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *sealed = weft_add(g, body_sealed, .arg = arg_of(3)), *box = weft_add(g, body_box, .arg = arg_of(4));
    weft_task *behind = weft_add(g, body_wait, .arg = arg_of(1), .key = "behind", .deps = WEFT_DEPS(sealed, box));
    weft_task *lone = weft_add(g, body_sealed, .arg = arg_of(8), .key = "lone");
    struct weft_value v;
    struct weft_error err;
    weft_future *f;

    boxes_live = boxes_copied = 0;
    atomic_store(&gate, false);
    weft_pool_submit(pool, (weft_task *[]){sealed, box, behind, lone}, 4, &(struct weft_run_spec){.stream = true}, &f, &err);
    cr_assert_eq(weft_future_take(f, 1, &v, &err), WEFT_OK);
    cr_assert_eq(box_number(v), 4);
    cr_assert_eq(boxes_copied, 1);
    weft_value_release(v);
    cr_assert_eq(weft_future_take(f, 3, &v, &err), WEFT_OK);
    cr_assert_eq(box_number(v), 8);
    weft_value_release(v);
    cr_assert_eq(weft_future_wait_target(f, 0, 1000000), WEFT_TIMEOUT);
    atomic_store(&gate, true);
    cr_assert_eq(weft_future_take(f, 0, &v, &err), WEFT_OK);
    cr_assert_eq(box_number(v), 3);
    weft_value_release(v);
    weft_future_free(f);
    cr_assert_eq(boxes_live, 0);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* Each target once, by next, with what the serial pool says at the end, failures included. */
static void compare_with_serial(uint64_t seed, weft_pool *serial, weft_pool *pool, const struct weft_run_spec *spec)
{
    struct random_graph r;
    struct outcome *want, *got;
    weft_plan *plan;
    weft_future *f;
    size_t i, n = 0;
    char *seen;

    random_graph_init(&r, seed, 200);
    cr_assert_eq(weft_plan_new(&plan, r.targets, r.n_targets, NULL, NULL), WEFT_OK);
    want = calloc(r.n_targets, sizeof *want);
    got = calloc(r.n_targets, sizeof *got);
    seen = calloc(r.n_targets, 1);
    random_graph_run(serial, plan, want);
    cr_assert_eq(weft_pool_submit_plan(pool, plan, spec, &f, NULL), WEFT_OK);
    while (!weft_future_next(f, &i, -1)) {
        cr_assert_not(seen[i], "seed %lu: target %zu came twice", (unsigned long)seed, i);
        seen[i] = 1;
        n++;
        cr_assert_eq(weft_future_take(f, i, NULL, NULL), want[i].status);
    }
    cr_assert_eq(n, r.n_targets);
    outcomes_take(f, r.n_targets, got);
    for (i = 0; i < r.n_targets; i++) {
        cr_assert_eq(got[i].status, want[i].status, "seed %lu, target %zu", (unsigned long)seed, i);
        cr_assert_eq(got[i].number, want[i].number, "seed %lu, target %zu", (unsigned long)seed, i);
        cr_assert_eq(got[i].why, want[i].why, "seed %lu, target %zu", (unsigned long)seed, i);
    }
    free(want);
    free(got);
    free(seen);
    weft_plan_free(plan);
    random_graph_fini(&r);
}

Test(early, random_graphs_give_what_the_serial_runner_gives_target_by_target)
{
    weft_pool *serial = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});

    for (size_t k = 0; k < 3; k++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = worker_counts[k]});

        for (uint64_t seed = 0; seed < 100; seed++) {
            compare_with_serial(seed, serial, pool, &(struct weft_run_spec){.stream = true});
            compare_with_serial(seed, serial, pool, &(struct weft_run_spec){.window = 1 + seed % 5});
        }
        weft_pool_free(pool);
    }
    for (uint64_t seed = 0; seed < 50; seed++)
        compare_with_serial(seed, serial, serial, &(struct weft_run_spec){.window = 2});
    weft_pool_free(serial);
}

Test(early, so_they_do_in_a_pool_with_a_limit)
{
    weft_pool *serial = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3, .limit_bytes = 1 << 20});
    struct weft_pool_memory m;

    for (uint64_t seed = 0; seed < 100; seed++)
        compare_with_serial(seed, serial, pool, &(struct weft_run_spec){.window = seed % 3, .stream = true});
    weft_pool_memory(pool, &m);
    cr_assert_eq(m.managed, 0u);
    weft_pool_free(pool);
    weft_pool_free(serial);
}

/*   source --- box   for each box: 4 results that wait, one in hand, and the sources of 4; besides, each
 * worker that has told a box, and was interrupted before it gave the source back   */
Test(early, with_a_window_few_results_lie_there_whatever_the_order_they_are_taken_in)
{
    enum { N = 2000, WINDOW = 4 };
    static weft_task *tasks[N];

    for (size_t k = 0; k < 6; k++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = worker_counts[k / 2]});
        weft_graph *g = weft_graph_new();
        struct weft_value v;
        struct weft_error err;
        weft_future *f;
        int64_t most = 0, sum = 0;
        size_t i = 0;

        for (int t = 0; t < N; t++) {
            weft_task *source = weft_add(g, body_box, .arg = arg_of(0));

            tasks[t] = weft_add(g, body_box, .arg = arg_of(t), .deps = WEFT_DEPS(source));
        }
        boxes_live = 0;
        cr_assert_eq(weft_pool_submit(pool, tasks, N, &(struct weft_run_spec){.window = WINDOW}, &f, &err), WEFT_OK);
        for (int t = 0; t < N; t++) {
            if (k % 2)
                cr_assert_eq(weft_future_next(f, &i, -1), WEFT_OK);
            else
                i = (size_t)t;
            cr_assert_eq(weft_future_take(f, i, &v, &err), WEFT_OK);
            most = boxes_live > most ? boxes_live : most;
            sum += box_number(v);
            weft_value_release(v);
        }
        cr_assert_eq(sum, (int64_t)N * (N - 1) / 2);
        cr_assert_leq(most, 2 * WINDOW + 1 + worker_counts[k / 2], "%ld boxes with %d workers", (long)most, worker_counts[k / 2]);
        weft_future_free(f);
        cr_assert_eq(boxes_live, 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(early, who_takes_nothing_still_comes_to_the_end)
{
    enum { N = 500, WAYS = 4 };

    for (int way = 0; way < WAYS; way++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
        weft_graph *g = weft_graph_new();
        weft_task *tasks[N];
        weft_future *f;

        boxes_live = 0;
        for (int t = 0; t < N; t++)
            tasks[t] = weft_add(g, body_box, .arg = arg_of(t));
        cr_assert_eq(weft_pool_submit(pool, tasks, N, &(struct weft_run_spec){.window = 1}, &f, NULL), WEFT_OK);
        if (way == 0)
            cr_assert_eq(weft_future_wait(f, -1), WEFT_OK);
        if (way == 1)
            weft_future_cancel(f);
        if (way == 2) { /* the pool goes first */
            weft_pool_free(pool);
            pool = NULL;
        }
        if (way != 1)
            cr_assert_eq(weft_future_take(f, N - 1, NULL, NULL), WEFT_OK);
        weft_future_free(f);
        cr_assert_eq(boxes_live, 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(early, a_run_that_is_stopped_tells_all_that_are_left)
{
    enum { N = 100 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *tasks[N], *first = weft_add(g, body_wait);
    struct weft_error err;
    size_t i, n = 0, n_stopped = 0;
    weft_future *f;

    atomic_store(&gate, false);
    for (int t = 0; t < N; t++)
        tasks[t] = weft_add(g, body_add, .arg = arg_of(t), .deps = WEFT_DEPS(first));
    cr_assert_eq(weft_pool_submit(pool, tasks, N, &(struct weft_run_spec){.window = 3}, &f, NULL), WEFT_OK);
    weft_future_cancel(f);
    for (; !weft_future_next(f, &i, -1); n++)
        if (weft_future_take(f, i, NULL, &err)) {
            cr_assert_eq(err.status, WEFT_CANCELLED);
            cr_assert_str_eq(err.message, "the run was stopped before this task began");
            n_stopped++;
        }
    cr_assert_eq(n, (size_t)N);
    cr_assert_eq(n_stopped, (size_t)N);
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- Into the caller's memory ------------------------------------------------- */

struct shelf {
    _Atomic int64_t n_calls;
    int64_t         places[64];
};

static weft_status store_box(void *arg, size_t i, struct weft_value v, struct weft_error *err)
{
    struct shelf *s = arg;

    atomic_fetch_add(&s->n_calls, 1);
    if (box_number(v) == 13)
        return weft_error_set(err, WEFT_RANGE, "13 is not stored");
    if (box_number(v) == 14)
        return WEFT_IO;
    s->places[i] = box_number(v);
    return WEFT_OK;
}

Test(early, a_result_is_stored_by_who_made_it_and_what_is_not_stored_fails)
{
    enum { N = 64 };
    static const enum weft_pool_kind kinds[] = {WEFT_POOL_THREADS, WEFT_POOL_SERIAL};

    for (int k = 0; k < 2; k++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = kinds[k], .n_workers = 3});
        weft_graph *g = weft_graph_new();
        struct shelf shelf = {0};
        const struct weft_run_spec spec = {.store = store_box, .store_arg = &shelf};
        struct weft_value outs[N];
        weft_task *tasks[N];
        struct weft_error err;
        weft_future *f;

        boxes_live = 0;
        for (int t = 0; t < N; t++)
            tasks[t] = weft_add(g, t == 20 ? body_fail : body_box, .arg = arg_of(t));
        cr_assert_eq(weft_pool_run_many(pool, tasks, N, &spec, outs, &err), WEFT_RANGE);
        cr_assert_str_eq(err.message, "13 is not stored");
        cr_assert_eq(shelf.n_calls, N - 1);
        for (int t = 0; t < N; t++) {
            cr_assert_eq(shelf.places[t], t == 13 || t == 14 || t == 20 ? 0 : t);
            cr_assert_null(outs[t].type);
        }
        cr_assert_eq(weft_pool_submit(pool, tasks, N, &spec, &f, NULL), WEFT_OK);
        cr_assert_eq(weft_future_take(f, 14, NULL, &err), WEFT_IO);
        cr_assert_str_eq(err.message, "result 14 was not stored: input or output failed");
        cr_assert_eq(weft_future_take(f, 20, NULL, &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "told to");
        weft_future_free(f);
        cr_assert_eq(boxes_live, 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(early, numbers_lie_in_the_array_of_the_caller)
{
    enum { N = 300 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *tasks[N];
    double as_f64[N] = {0};
    int64_t as_i64[N] = {0};
    struct weft_error err;

    for (int t = 0; t < N; t++)
        tasks[t] = weft_add(g, body_add, .arg = arg_of(t));
    tasks[7] = weft_graph_put(g, weft_value_of_f64(2.5));
    cr_assert_eq(weft_pool_run_many(pool, tasks, N, &(struct weft_run_spec){.into_f64 = as_f64}, NULL, &err), WEFT_OK);
    cr_assert_eq(weft_pool_run_many(pool, tasks, N, &(struct weft_run_spec){.into_i64 = as_i64}, NULL, &err), WEFT_OK);
    for (int t = 0; t < N; t++) {
        cr_assert_eq(as_f64[t], t == 7 ? 2.5 : t);
        cr_assert_eq(as_i64[t], t == 7 ? 2 : t);
    }
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- Without memory ------------------------------------------------------------ */

static weft_status stream_boxes(void *arg)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_box, .arg = arg_of(1)), *b = weft_add(g, body_box, .arg = arg_of(2), .deps = WEFT_DEPS(a));
    weft_task *bad = weft_add(g, body_fail);
    weft_future *f = NULL;
    weft_status st = weft_pool_submit(pool, (weft_task *[]){a, b, bad}, 3, &(struct weft_run_spec){.window = 1}, &f, NULL);
    size_t i;

    (void)arg;
    while (!st && !weft_future_next(f, &i, -1)) {
        struct weft_value v = weft_value_none();
        const weft_status how = weft_future_take(f, i, &v, NULL);

        if (how && !(i == 2 && how == WEFT_FAILED))
            st = how;
        weft_value_release(v);
    }
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
    return st;
}

Test(early, without_memory_a_run_fails_and_leaks_nothing)
{
    stream_boxes(NULL);
    nomem_everywhere(stream_boxes, NULL);
}
