/* test_spawn.c - tasks that make tasks: results, order, failure, depth; the serial runner is the judge. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include <weft/spawn.h>

#include "lib/base/mem.h"
#include "scheduler/pool.h"
#include "tests/support/scale.h"

static const int workers[] = {0, 1, 2, 3, 8}; /* 0: the serial runner */
enum { N_POOLS = sizeof workers / sizeof *workers };

static weft_pool *new_pool(int i)
{
    return weft_pool_new(&(struct weft_pool_spec){.kind = workers[i] ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL,
                                                  .n_workers = workers[i]});
}

/* Runs one task on a pool; the value is given. */
static weft_status run_one(weft_pool *pool, weft_body *body, void *arg, size_t arg_bytes, struct weft_value *out,
                           struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    weft_status st = weft_pool_run(pool, weft_add(g, body, .arg = arg, .arg_bytes = arg_bytes), out, err);

    weft_graph_free(g);
    return st;
}

static int64_t run_number(weft_pool *pool, weft_body *body, int64_t n)
{
    struct weft_value v = weft_value_none();
    struct weft_error err;
    const weft_status st = run_one(pool, body, &n, sizeof n, &v, &err);

    cr_assert_eq(st, WEFT_OK, "%s: %s", err.task, st ? err.message : "");
    return weft_value_i64(v);
}

/* ---- fib, three ways ------------------------------------------------------------ */

static int64_t fib(int64_t n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static weft_status add(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t sum = 0;

    (void)arg, (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += weft_value_i64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_i64(sum));
    return WEFT_OK;
}

static weft_status fib_becomes(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = *(int64_t *)arg, a = n - 1, b = n - 2;
    weft_child *parts[2];

    (void)err;
    if (n < 2) {
        weft_call_return(call, weft_value_of_i64(n));
        return WEFT_OK;
    }
    parts[0] = weft_spawn(call, fib_becomes, WEFT_ARG(a));
    parts[1] = weft_spawn(call, fib_becomes, WEFT_ARG(b));
    weft_become(call, add, .deps = parts, .n_deps = 2);
    return WEFT_OK;
}

static weft_status fib_waits(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = *(int64_t *)arg, a = n - 1, b = n - 2;
    struct weft_value x = weft_value_of_i64(0), y = weft_value_of_i64(n);
    weft_child *parts[2];
    weft_status st = WEFT_OK;

    if (n >= 2) {
        parts[0] = weft_spawn(call, fib_waits, WEFT_ARG(a));
        parts[1] = weft_spawn(call, fib_waits, WEFT_ARG(b));
        st = weft_call_wait(call, parts[0], &x, err);
        if (!st)
            st = weft_call_wait(call, parts[1], &y, err);
    }
    if (!st)
        weft_call_return(call, weft_value_of_i64(weft_value_i64(x) + weft_value_i64(y)));
    return st;
}

Test(spawn, what_a_task_becomes_gives_its_result, .timeout = 120)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);

        cr_expect_eq(run_number(pool, fib_becomes, 18), fib(18), "%d workers", workers[i]);
        weft_pool_free(pool);
    }
}

Test(spawn, a_body_waits_for_its_children, .timeout = 120)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);

        cr_expect_eq(run_number(pool, fib_waits, 15), fib(15), "%d workers", workers[i]);
        weft_pool_free(pool);
    }
}

/* ---- Loops and depth --------------------------------------------------------------- */

struct loop {
    int64_t left, sum;
};

static weft_status loop(weft_call *call, void *arg, struct weft_error *err)
{
    struct loop l = *(struct loop *)arg;

    (void)err;
    if (!l.left) {
        weft_call_return(call, weft_value_of_i64(l.sum));
        return WEFT_OK;
    }
    l.sum += l.left--;
    weft_become(call, loop, WEFT_ARG(l));
    return WEFT_OK;
}

Test(spawn, a_task_that_becomes_itself_is_a_loop, .timeout = 120)
{
    const int64_t n = test_scaled(1000000);

    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);
        struct loop l = {n, 0};
        struct weft_value v = weft_value_none();

        cr_assert_eq(run_one(pool, loop, &l, sizeof l, &v, NULL), WEFT_OK);
        cr_expect_eq(weft_value_i64(v), n * (n + 1) / 2);
        weft_pool_free(pool);
    }
}

static weft_status count_down_to(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = *(int64_t *)arg, less = n - 1;
    weft_child *below, *one;
    const int64_t unit = -1;

    (void)err;
    if (n <= 0) {
        weft_call_return(call, weft_value_of_i64(n < 0));
        return WEFT_OK;
    }
    below = weft_spawn(call, count_down_to, WEFT_ARG(less));
    one = weft_spawn(call, count_down_to, WEFT_ARG(unit));
    weft_become(call, add, .deps = ((weft_child *const[]){below, one}), .n_deps = 2);
    return WEFT_OK;
}

Test(spawn, a_million_levels_take_no_stack, .timeout = 240)
{
    const int64_t n = test_scaled(1000000);

    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);

        cr_expect_eq(run_number(pool, count_down_to, n), n, "%d workers", workers[i]);
        weft_pool_free(pool);
    }
}

/* ---- Dependencies among children ----------------------------------------------------- */

/*   row 0    c - c - c          a cell adds the one above and the one to the left
 *            |   |   |          binomials: cell (i, j) is (i + j) over i
 *   row 1    c - c - c    */
enum { SIDE = 12 };

static weft_status cell(weft_call *call, void *arg, struct weft_error *err)
{
    if (!weft_call_n_inputs(call)) {
        weft_call_return(call, weft_value_of_i64(1));
        return WEFT_OK;
    }
    return add(call, arg, err);
}

static weft_status wavefront(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *cells[SIDE][SIDE];

    (void)arg, (void)err;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            weft_child *deps[2];
            size_t n = 0;

            if (i)
                deps[n++] = cells[i - 1][j];
            if (j)
                deps[n++] = cells[i][j - 1];
            cells[i][j] = weft_spawn(call, cell, .deps = deps, .n_deps = n);
        }
    weft_become(call, NULL, .deps = &cells[SIDE - 1][SIDE - 1], .n_deps = 1);
    return WEFT_OK;
}

Test(spawn, children_wait_for_children_of_the_same_body, .timeout = 60)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);

        for (int round = 0; round < test_scaled(100); round++)
            cr_expect_eq(run_number(pool, wavefront, 0), 705432, "%d workers", workers[i]); /* 22 over 11 */
        weft_pool_free(pool);
    }
}

/* ---- Who waits for whom ----------------------------------------------------------------- */

static _Atomic int n_ended;

static weft_status leaf(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    atomic_fetch_add(&n_ended, 1);
    return WEFT_OK;
}

static weft_status branch(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = *(int64_t *)arg, less = n - 1;

    (void)err;
    for (int i = 0; i < 3; i++)
        if (n)
            weft_spawn(call, branch, WEFT_ARG(less));
        else
            weft_spawn(call, leaf);
    return WEFT_OK;
}

static weft_status look(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(atomic_load(&n_ended)));
    return WEFT_OK;
}

Test(spawn, a_successor_waits_for_all_that_was_spawned, .timeout = 60)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);
        weft_graph *g = weft_graph_new();
        int64_t depth = 4;
        weft_task *grows = weft_add(g, branch, WEFT_ARG(depth)), *after = weft_add(g, look, .deps = WEFT_DEPS(grows));
        struct weft_value v;

        for (int round = 0; round < 20; round++) {
            atomic_store(&n_ended, 0);
            cr_assert_eq(weft_pool_run(pool, after, &v, NULL), WEFT_OK);
            cr_expect_eq(weft_value_i64(v), 3 * 3 * 3 * 3 * 3);
        }
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

/* ---- Failure ------------------------------------------------------------------------------- */

static weft_status fails(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    return weft_error_set(err, WEFT_FAILED, "child %d is not well", *(int *)arg);
}

static weft_status spawns_failures(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    for (int i = 0; i < 20; i++)
        if (i % 2)
            weft_spawn(call, fails, WEFT_ARG(i));
        else
            weft_spawn(call, leaf);
    weft_call_return(call, weft_value_of_i64(1));
    return WEFT_OK;
}

static weft_status answers_for(weft_call *call, void *arg, struct weft_error *err)
{
    int number = 7;
    weft_child *bad = weft_spawn(call, fails, WEFT_ARG(number));
    struct weft_error why;

    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(weft_call_wait(call, bad, NULL, &why) == WEFT_FAILED &&
                                             strcmp(why.message, "child 7 is not well") == 0));
    return WEFT_OK;
}

static weft_status becomes_failed(weft_call *call, void *arg, struct weft_error *err)
{
    int number = 3;
    weft_child *bad = weft_spawn(call, fails, WEFT_ARG(number));

    (void)arg, (void)err;
    weft_become(call, add, .deps = &bad, .n_deps = 1);
    return WEFT_OK;
}

Test(spawn, of_failed_children_the_first_fails_the_task, .timeout = 60)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);
        struct weft_error err;
        struct weft_value v;

        for (int round = 0; round < 50; round++) {
            cr_expect_eq(run_one(pool, spawns_failures, NULL, 0, &v, &err), WEFT_FAILED);
            cr_expect_str_eq(err.message, "child 1 is not well");
        }
        cr_expect_eq(run_one(pool, becomes_failed, NULL, 0, &v, &err), WEFT_FAILED);
        cr_expect_str_eq(err.message, "child 3 is not well");
        cr_expect_eq(run_number(pool, fib_becomes, 10), 55, "the pool goes on");
        weft_pool_free(pool);
    }
}

Test(spawn, a_failure_that_was_waited_for_is_answered_for)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);

        cr_expect_eq(run_number(pool, answers_for, 0), 1);
        weft_pool_free(pool);
    }
}

/* ---- Groups ----------------------------------------------------------------------------------- */

static weft_status polls(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    while (!weft_call_is_cancelled(call))
        ;
    return WEFT_OK;
}

static weft_status cancels(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *group = weft_call_group(call), *first;

    (void)arg, (void)err;
    first = weft_spawn(call, leaf, .group = group);
    weft_call_wait(call, first, NULL, NULL);
    for (int i = 0; i < 100; i++)
        weft_spawn(call, polls, .group = group);
    weft_child_cancel(group);
    weft_call_return(call, weft_value_of_i64(weft_call_wait(call, group, NULL, NULL)));
    return WEFT_OK;
}

Test(spawn, a_cancelled_group_ends, .timeout = 60)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);

        cr_expect_eq(run_number(pool, cancels, 0), WEFT_CANCELLED);
        weft_pool_free(pool);
    }
}

static weft_status waits_for_groups(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *groups[10];
    weft_status st = WEFT_OK;

    (void)arg;
    for (int k = 0; k < 10; k++) {
        groups[k] = weft_call_group(call);
        for (int i = 0; i < 10; i++)
            weft_spawn(call, leaf, .group = groups[k]);
    }
    atomic_fetch_add(&n_ended, 1000);
    for (int k = 0; k < 10 && !st; k++)
        st = weft_call_wait(call, groups[k], NULL, err);
    weft_call_return(call, weft_value_of_i64(atomic_load(&n_ended)));
    return st;
}

/*   body waits for: last <- group {leaf x 10}   */
static weft_status depends_on_a_group(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *group = weft_call_group(call);
    struct weft_value v = weft_value_none();
    weft_status st;

    (void)arg;
    for (int k = 0; k < 10; k++)
        weft_spawn(call, leaf, .group = group);
    st = weft_call_wait(call, weft_spawn(call, add, .deps = &group, .n_deps = 1), &v, err);
    weft_call_return(call, v);
    return st;
}

Test(spawn, a_task_that_depends_on_a_group_can_be_waited_for, .timeout = 60)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);

        cr_expect_eq(run_number(pool, depends_on_a_group, 0), 0); /* a group has no value */
        weft_pool_free(pool);
    }
}

Test(spawn, a_group_has_ended_when_it_was_waited_for, .timeout = 60)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);

        atomic_store(&n_ended, 0);
        cr_expect_eq(run_number(pool, waits_for_groups, 0), 1100);
        weft_pool_free(pool);
    }
}

/* ---- Mistakes ------------------------------------------------------------------------------------ */

static weft_child *of_another;

static weft_status lends(weft_call *call, void *arg, struct weft_error *err);

static weft_status depends_on_another(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_spawn(call, leaf, .deps = &of_another, .n_deps = 1);
    return WEFT_OK;
}

static weft_status lends(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg;
    of_another = weft_spawn(call, leaf);
    return weft_call_wait(call, weft_spawn(call, depends_on_another), NULL, err);
}

static weft_status spawns_too_late(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *group = weft_call_group(call);

    (void)arg, (void)err;
    weft_call_wait(call, group, NULL, NULL);
    weft_spawn(call, leaf, .group = group);
    return WEFT_OK;
}

static weft_status waits_for_itself(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *group = weft_call_group(call);

    (void)arg;
    return weft_call_wait(call, weft_spawn(call, leaf, .deps = &group, .n_deps = 1, .group = group), NULL, err);
}

Test(spawn, what_cannot_be_spawned_fails_the_task_and_says_why)
{
    static const struct {
        weft_body  *body;
        const char *why;
    } cases[] = {
        {lends, "a spawned task depends on one that another body has spawned"},
        {spawns_too_late, "a task was spawned into a group that was waited for"},
        {waits_for_itself, "a task was spawned into a group that it depends on"},
    };

    for (int i = 0; i < N_POOLS; i++)
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
            weft_pool *pool = new_pool(i);
            struct weft_error err;

            cr_expect_eq(run_one(pool, cases[k].body, NULL, 0, NULL, &err), WEFT_INVALID);
            cr_expect_str_eq(err.message, cases[k].why);
            weft_pool_free(pool);
        }
}

static weft_status only_spawns(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_spawn(call, leaf);
    return WEFT_OK;
}

static weft_status only_becomes(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_become(call, leaf);
    return WEFT_OK;
}

static weft_status tells_what_the_wait_said(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg;
    return weft_call_wait(call, weft_spawn(call, leaf), NULL, err);
}

static weft_status spawns_nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(1));
    return WEFT_OK;
}

Test(spawn, in_a_pool_of_processes_a_body_that_spawns_fails_and_says_why, .timeout = 60)
{
    weft_body *const bodies[] = {only_spawns, only_becomes, tells_what_the_wait_said};
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = 1});
    struct weft_error err;

    for (size_t k = 0; k < sizeof bodies / sizeof *bodies; k++) {
        cr_expect_eq(run_one(pool, bodies[k], NULL, 0, NULL, &err), WEFT_UNSUPPORTED);
        cr_expect_str_eq(err.message, "a body in another process can spawn nothing");
        cr_expect_eq(run_one(pool, spawns_nothing, NULL, 0, NULL, &err), WEFT_OK); /* the next one is clean */
    }
    weft_pool_free(pool);
}

/* ---- Values that must be freed --------------------------------------------------------------------- */

static _Atomic int n_boxes;

static void free_box(void *data)
{
    atomic_fetch_sub(&n_boxes, 1);
    wf_free(data);
}

static const struct weft_type box_type = {.name = "box", .free = free_box}; /* neither shared nor copied */

static weft_status gives_box(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t *box = wf_alloc(sizeof *box);

    (void)err;
    atomic_fetch_add(&n_boxes, 1);
    *box = *(int64_t *)arg;
    weft_call_return(call, weft_value_of_ptr(&box_type, box));
    return WEFT_OK;
}

static weft_status takes_box(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v;
    weft_status st = weft_call_take(call, 0, &v);

    (void)arg, (void)err;
    if (st)
        return st;
    ++*(int64_t *)v.as.ptr;
    weft_call_return(call, v);
    return WEFT_OK;
}

static weft_status passes_boxes(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = *(int64_t *)arg;
    weft_child *box = weft_spawn(call, gives_box, WEFT_ARG(n));

    (void)err;
    for (int i = 0; i < 3; i++)
        weft_spawn(call, gives_box, WEFT_ARG(n)); /* read by nobody */
    weft_become(call, takes_box, .deps = &box, .n_deps = 1);
    return WEFT_OK;
}

Test(spawn, results_are_freed_once_and_taken_over_by_the_last_reader, .timeout = 60)
{
    for (int i = 0; i < N_POOLS; i++) {
        weft_pool *pool = new_pool(i);
        int64_t n = 41;

        for (int round = 0; round < 50; round++) {
            struct weft_value v = weft_value_none();

            cr_assert_eq(run_one(pool, passes_boxes, &n, sizeof n, &v, NULL), WEFT_OK);
            cr_expect_eq(*(int64_t *)v.as.ptr, 42);
            cr_expect_eq(atomic_load(&n_boxes), 1);
            weft_value_release(v);
        }
        cr_expect_eq(atomic_load(&n_boxes), 0);
        weft_pool_free(pool);
    }
}

/* ---- Memory of children ------------------------------------------------------------------------------- */

static _Atomic int64_t n_begun;

static weft_status outlives_its_parent(weft_call *call, void *arg, struct weft_error *err)
{
    const struct timespec a_while = {.tv_nsec = 20000};

    (void)call, (void)arg, (void)err;
    atomic_fetch_add(&n_begun, 1);
    nanosleep(&a_while, NULL);
    return WEFT_OK;
}

/* Its children are taken by the other worker, which is the last to know of them. */
static weft_status hands_out(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = *(int64_t *)arg, less = n - 1, before = atomic_load(&n_begun);

    (void)err;
    if (!n)
        return WEFT_OK;
    weft_spawn(call, outlives_its_parent);
    while (atomic_load(&n_begun) == before)
        ;
    weft_become(call, hands_out, WEFT_ARG(less));
    return WEFT_OK;
}

Test(spawn, memory_does_not_grow_with_what_is_spawned_in_turn, .timeout = 60)
{
    weft_pool *pool = new_pool(2);
    const int64_t n = 3000;
    int n_blocks = 0;

    cr_assert_eq(run_one(pool, hands_out, (void *)&n, sizeof n, NULL, NULL), WEFT_OK);
    for (int i = 0; i < pool->n_workers; i++)
        for (struct wf_child_block *b = pool->workers[i].child_blocks; b; b = *(struct wf_child_block **)b)
            n_blocks++; /* `older` is its first */
    cr_expect_leq(n_blocks, 10, "%d blocks", n_blocks);
    weft_pool_free(pool);
}
