/* test_async.c - calls that depend on calls: chains, errors, who wants what, once more. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <weft/async.h>
#include <weft/spawn.h>

#include "tests/support/bodies.h"
#include "tests/support/nomem.h"

static _Atomic bool gate;
static _Atomic int  luck; /* body_lucky fails while it is below zero */

static weft_status body_wait(weft_call *call, void *arg, struct weft_error *err)
{
    while (!atomic_load(&gate) && !weft_call_is_cancelled(call))
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    return body_add(call, arg, err);
}

static weft_status body_lucky(weft_call *call, void *arg, struct weft_error *err)
{
    if (atomic_fetch_add(&luck, 1) < 0)
        return weft_error_set(err, WEFT_FAILED, "no luck");
    return body_add(call, arg, err);
}

static weft_status body_sealed(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    weft_call_return(call, box_of(&type_sealed_box, (intptr_t)arg));
    return WEFT_OK;
}

/* Gives input 0's number, whatever the type. */
static weft_status body_open(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(box_number(weft_call_input(call, 0))));
    return WEFT_OK;
}

static weft_future *call_of(weft_pool *pool, weft_body *body, int64_t number)
{
    weft_future *f = NULL;
    struct weft_error err;

    cr_assert_eq(weft_pool_async(pool, &(struct weft_async_spec){.body = body, .arg = arg_of(number)}, &f, &err), WEFT_OK, "%s", err.message);
    return f;
}

static weft_future *then(weft_future *of, weft_body *body, int64_t number)
{
    weft_future *f = NULL;
    struct weft_error err;

    cr_assert_eq(weft_future_then(of, &(struct weft_async_spec){.body = body, .arg = arg_of(number)}, &f, &err), WEFT_OK, "%s", err.message);
    return f;
}

static int64_t number_of(weft_future *f)
{
    struct weft_value v = weft_value_none();
    struct weft_error err;

    cr_assert_eq(weft_future_get(f, 0, &v, &err), WEFT_OK, "%s", err.message);
    return weft_value_i64(v);
}

static weft_pool *pool_of(int k)
{
    static const struct weft_pool_spec specs[] = {{.n_workers = 1}, {.n_workers = 2}, {.n_workers = 8},
                                                  {.kind = WEFT_POOL_SERIAL}, {.kind = WEFT_POOL_PROCESSES, .n_workers = 2}};

    return weft_pool_new(&specs[k]);
}
enum { N_POOLS = 5 };

/*      a        sums from 1: each is its number and those above it
 *     / \
 *    b   c
 *     \ /
 *      d    */
Test(async, futures_depend_on_futures_in_every_kind_of_pool)
{
    for (int k = 0; k < N_POOLS; k++) {
        weft_pool *pool = pool_of(k);
        weft_future *a = call_of(pool, body_add, 1), *b = then(a, body_add, 10), *c = then(a, body_add, 100), *d = NULL;
        weft_future *const deps[] = {b, c};

        cr_assert_eq(weft_pool_async(pool, &(struct weft_async_spec){.body = body_add, .arg = arg_of(1000), .deps = deps, .n_deps = 2}, &d, NULL), WEFT_OK);
        cr_assert_eq(number_of(d), 1112, "pool %d", k);
        cr_assert_eq(number_of(a), 1);
        cr_assert_eq(number_of(d), 1112, "it can be got again");
        weft_future_free(a);
        weft_future_free(b);
        weft_future_free(c);
        weft_future_free(d);
        weft_pool_free(pool);
    }
}

Test(async, a_call_waits_for_its_inputs_and_holds_no_worker)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 1});
    weft_future *slow, *behind, *other;

    atomic_store(&gate, false);
    slow = call_of(pool, body_wait, 1);
    behind = then(slow, body_add, 1);
    other = then(slow, body_add, 2);
    cr_assert_eq(weft_future_status(behind), WEFT_TIMEOUT);
    atomic_store(&gate, true);
    cr_assert_eq(number_of(behind), 2);
    cr_assert_eq(number_of(other), 3);
    weft_future_free(behind);
    weft_future_free(slow);
    weft_future_free(other);
    weft_pool_free(pool);
}

Test(async, a_long_chain_ends_well_or_fails_without_stack)
{
    enum { N = 20000 };

    for (int bad = 0; bad < 2; bad++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
        weft_future *last, *next;
        struct weft_error err;

        atomic_store(&gate, false);
        last = call_of(pool, bad ? body_wait : body_wait, 0);
        if (bad) {
            next = then(last, body_fail, 0);
            weft_future_free(last);
            last = next;
        }
        for (int i = 0; i < N; i++) {
            next = then(last, body_add, 1);
            weft_future_free(last); /* the next one holds it */
            last = next;
        }
        atomic_store(&gate, true);
        if (bad) {
            cr_assert_eq(weft_future_take(last, 0, NULL, &err), WEFT_FAILED);
            cr_assert_str_eq(err.message, "told to");
        } else {
            cr_assert_eq(number_of(last), N);
        }
        weft_future_free(last);
        weft_pool_free(pool);
    }
}

Test(async, what_nobody_wants_any_more_is_cancelled_all_the_way_up)
{
    enum { N = 20000 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    _Atomic int64_t count = 0;
    weft_future *last, *next;

    atomic_store(&gate, false);
    last = call_of(pool, body_wait, 0); /* ends only as it is cancelled */
    for (int i = 0; i < N; i++) {
        weft_future_then(last, &(struct weft_async_spec){.body = body_count, .arg = &count}, &next, NULL);
        weft_future_free(last);
        last = next;
    }
    weft_future_free(last);
    weft_pool_free(pool);
    cr_assert_eq(count, 0);
}

Test(async, what_others_want_or_is_forgotten_runs_on)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    _Atomic int64_t count = 0;
    struct weft_async_spec counts = {.body = body_count, .arg = &count};
    weft_future *slow, *f;

    atomic_store(&gate, false);
    slow = call_of(pool, body_wait, 0);
    weft_future_then(slow, &counts, &f, NULL);
    weft_future_forget(f);
    weft_future_then(slow, &counts, NULL, NULL);
    weft_future_free(slow); /* two want it */
    weft_pool_async(pool, &counts, NULL, NULL);
    atomic_store(&gate, true);
    weft_pool_free(pool);
    cr_assert_eq(count, 3);
}

Test(async, a_cancelled_call_fails_at_once_and_so_do_its_dependents)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_future *slow, *a, *b;
    struct weft_error err;

    atomic_store(&gate, false);
    slow = call_of(pool, body_wait, 5);
    a = then(slow, body_add, 1);
    b = then(a, body_add, 1);
    weft_future_cancel_for(a, "the user went home");
    cr_assert_eq(weft_future_take(b, 0, NULL, &err), WEFT_CANCELLED);
    cr_assert_str_eq(err.message, "the run was stopped before this task began: the user went home");
    cr_assert(weft_future_is_cancelled(a) && weft_future_is_cancelled(b));
    cr_assert_eq(weft_future_status(slow), WEFT_TIMEOUT);
    atomic_store(&gate, true);
    cr_assert_eq(number_of(slow), 5);
    weft_future_free(a);
    weft_future_free(b);
    weft_future_free(slow);
    weft_pool_free(pool);
}

static weft_status body_two(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *kids[2];

    (void)arg, (void)err;
    kids[0] = weft_spawn(call, body_add, .arg = arg_of(3));
    kids[1] = weft_spawn(call, body_add, .arg = arg_of(4));
    weft_become(call, body_add, .deps = kids, .n_deps = 2);
    return WEFT_OK;
}

Test(async, a_call_may_spawn_tasks_and_depend_on_a_run)
{
    for (int k = 0; k < N_POOLS - 1; k++) {
        weft_pool *pool = pool_of(k);
        weft_graph *g = weft_graph_new();
        weft_task *t = weft_add(g, body_add, .arg = arg_of(50));
        weft_future *run, *two = call_of(pool, body_two, 0), *both;

        cr_assert_eq(weft_pool_submit(pool, &t, 1, NULL, &run, NULL), WEFT_OK);
        cr_assert_eq(weft_future_then(run, &(struct weft_async_spec){.body = body_add, .deps = &two, .n_deps = 1}, &both, NULL), WEFT_OK);
        cr_assert_eq(number_of(both), 57);
        weft_future_free(run);
        weft_graph_free(g);
        weft_future_free(two);
        weft_future_free(both);
        weft_pool_free(pool);
    }
}

Test(async, what_can_be_neither_shared_nor_copied_goes_to_the_only_one_who_wants_it)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_future *sealed = call_of(pool, body_sealed, 7), *open;
    struct weft_error err;

    boxes_live = 0;
    weft_future_wait(sealed, -1);
    boxes_live = 1;
    open = then(sealed, body_open, 0);
    cr_assert_eq(weft_future_take(open, 0, NULL, &err), WEFT_UNSUPPORTED);
    weft_future_free(open);
    weft_future_free(sealed);
    cr_assert_eq(boxes_live, 0);
    atomic_store(&gate, false);
    {
        weft_future *slow = call_of(pool, body_wait, 0);
        weft_future *late = NULL;

        sealed = call_of(pool, body_sealed, 7);
        weft_future *const deps[] = {sealed, slow};
        cr_assert_eq(weft_pool_async(pool, &(struct weft_async_spec){.body = body_open, .deps = deps, .n_deps = 2}, &late, NULL), WEFT_OK);
        weft_future_free(sealed);
        atomic_store(&gate, true);
        cr_assert_eq(number_of(late), 7);
        weft_future_free(slow);
        weft_future_free(late);
    }
    weft_pool_free(pool);
    cr_assert_eq(boxes_live, 0);
}

Test(async, many_at_once_and_all_values_together)
{
    enum { N = 300 };

    for (int k = 0; k < N_POOLS; k++) {
        weft_pool *pool = pool_of(k);
        weft_future *fs[N + 1], *seed;
        struct weft_value outs[N + 1];
        struct weft_error err;
        void *args[N];

        cr_assert_eq(weft_pool_scatter(pool, weft_value_of_i64(1000), &seed, &err), WEFT_OK);
        for (int i = 0; i < N; i++)
            args[i] = arg_of(i);
        for (int i = 0; i < N; i++)
            fs[i] = then(seed, body_add, (int64_t)(intptr_t)args[i]);
        fs[N] = call_of(pool, body_fail, 0);
        cr_assert_eq(weft_future_wait_all(fs, N + 1, -1), WEFT_OK);
        cr_assert_eq(weft_future_gather(fs, N, outs, false, &err), WEFT_OK);
        for (int i = 0; i < N; i++)
            cr_assert_eq(weft_value_i64(outs[i]), 1000 + i);
        cr_assert_eq(weft_future_gather(fs, N + 1, outs, false, &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "told to");
        cr_assert_eq(weft_future_gather(fs, N + 1, outs, true, &err), WEFT_OK);
        cr_assert_null(outs[N].type);
        for (int i = 0; i <= N; i++)
            weft_future_free(fs[i]);
        weft_future_free(seed);
        weft_pool_free(pool);
    }
}

static weft_status body_of_int(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    weft_call_return(call, weft_value_of_i64(*(int *)arg * 2));
    return WEFT_OK;
}

Test(async, each_of_a_map_has_its_own_argument)
{
    enum { N = 100 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_future *fs[N];
    int args[N];

    for (int i = 0; i < N; i++)
        args[i] = i;
    cr_assert_eq(weft_pool_async_map(pool, &(struct weft_async_spec){.body = body_of_int}, args, sizeof *args, N, fs, NULL), WEFT_OK);
    memset(args, 0, sizeof args); /* they were copied */
    for (int i = 0; i < N; i++) {
        cr_assert_eq(number_of(fs[i]), 2 * i);
        weft_future_free(fs[i]);
    }
    weft_pool_free(pool);
}

Test(async, what_failed_runs_again_with_its_inputs)
{
    for (int k = 0; k < N_POOLS - 1; k++) {
        weft_pool *pool = pool_of(k);
        weft_future *a, *b, *c;
        struct weft_error err;
        const struct weft_async_spec lucky = {.body = body_lucky, .arg = arg_of(2), .keep_failed = true};
        const struct weft_async_spec adds = {.body = body_add, .arg = arg_of(1), .keep_failed = true};

        atomic_store(&luck, -2);
        a = call_of(pool, body_add, 40);
        cr_assert_eq(weft_future_then(a, &lucky, &b, &err), WEFT_OK);
        cr_assert_eq(weft_future_then(b, &adds, &c, &err), WEFT_OK);
        cr_assert_eq(weft_future_take(c, 0, NULL, &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "no luck");
        cr_assert_eq(weft_future_retry(a, &err), WEFT_UNSUPPORTED);
        cr_assert_eq(weft_future_retry(b, &err), WEFT_OK);
        cr_assert_eq(weft_future_take(b, 0, NULL, &err), WEFT_FAILED);
        cr_assert_eq(weft_future_retry(c, &err), WEFT_OK); /* and b before it */
        cr_assert_eq(number_of(c), 43);
        cr_assert_eq(weft_future_retry(c, &err), WEFT_INVALID);
        weft_future_free(a);
        weft_future_free(b);
        weft_future_free(c);
        weft_pool_free(pool);
    }
}

Test(async, a_call_is_run_as_its_terms_say)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    const struct weft_terms twice_more = {.retries = 2};
    struct weft_async_spec spec = {.body = body_lucky, .arg = arg_of(9), .flags = WEFT_PURE, .terms = &twice_more};
    weft_future *f;

    atomic_store(&luck, -2);
    cr_assert_eq(weft_pool_async(pool, &spec, &f, NULL), WEFT_OK);
    cr_assert_eq(number_of(f), 9);
    weft_future_free(f);
    atomic_store(&luck, -3);
    cr_assert_eq(weft_pool_async(pool, &spec, &f, NULL), WEFT_OK);
    cr_assert_eq(weft_future_take(f, 0, NULL, NULL), WEFT_FAILED);
    cr_assert_eq(luck, 0);
    weft_future_free(f);
    weft_pool_free(pool);
}

static _Atomic int n_freed;

static void free_arg(void *arg)
{
    (void)arg;
    atomic_fetch_add(&n_freed, 1);
}

static weft_status chain(void *arg)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_future *a = NULL, *b = NULL;
    weft_completed *c = weft_completed_new();
    struct weft_value v = weft_value_none();
    const struct weft_async_spec spec = {.body = body_box, .free_arg = free_arg};
    weft_status st;

    (void)arg;
    atomic_store(&n_freed, 0);
    st = weft_pool_async(pool, &spec, &a, NULL);
    cr_assert(!st || n_freed == 1);
    if (!st)
        st = weft_future_then(a, &spec, &b, NULL);
    if (!st)
        st = weft_completed_add(c, b);
    if (!st)
        st = weft_future_take(b, 0, &v, NULL);
    weft_value_release(v);
    weft_completed_free(c);
    weft_future_free(a);
    weft_future_free(b);
    weft_pool_free(pool);
    return st;
}

Test(async, without_memory_a_call_fails_and_leaks_nothing)
{
    chain(NULL);
    nomem_everywhere(chain, NULL);
}
