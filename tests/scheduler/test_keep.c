/* test_keep.c - what a run makes is kept, and what is kept is not made again. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <weft/memo.h>
#include <weft/pool.h>
#include <weft/spawn.h>

#include "tests/support/nomem.h"
#include "tests/support/tempdir.h"
#include "tests/support/scale.h"

static _Atomic int n_run;

/* Gives a block: its argument, and the sums of its inputs. */
static weft_status sum_body(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t shape[] = {16};
    weft_block *b = weft_block_new(WEFT_INT64, 1, shape);
    int64_t *to;

    (void)err;
    atomic_fetch_add(&n_run, 1);
    if (!b)
        return WEFT_NOMEM;
    to = weft_block_data_mut(b);
    for (int i = 0; i < 16; i++)
        to[i] = *(const int64_t *)arg * (i + 1);
    for (size_t k = 0; k < weft_call_n_inputs(call); k++)
        for (int i = 0; i < 16; i++)
            to[i] += weft_block_i64_at(weft_call_block(call, k), i);
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, b));
    return WEFT_OK;
}

/* Takes its input over, doubles it in place. */
static weft_status double_body(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v;
    weft_status st = weft_call_take(call, 0, &v);
    int64_t *to;

    (void)arg, (void)err;
    atomic_fetch_add(&n_run, 1);
    if (st)
        return st;
    to = weft_block_data_mut(weft_value_block(v));
    for (int i = 0; i < 16; i++)
        to[i] *= 2;
    weft_call_return(call, v);
    return WEFT_OK;
}

static weft_task *sum_task(weft_graph *g, int64_t number, weft_task *const *deps, size_t n)
{
    return weft_add(g, sum_body, .name = "sum", .arg = &number, .arg_bytes = sizeof number, .deps = deps, .n_deps = n,
                    .flags = WEFT_PURE);
}

/*   leaf(seed[0]) .. leaf(seed[n-1])  ->  one in the middle for every ten  ->  root   */
static weft_task *tree(weft_graph *g, const int64_t *seeds, size_t n)
{
    weft_task *leaves[100], *middles[10];
    size_t n_middle = 0;

    for (size_t i = 0; i < n; i++)
        leaves[i] = sum_task(g, seeds[i], NULL, 0);
    for (size_t i = 0; i < n; i += 10)
        middles[n_middle++] = sum_task(g, -1, leaves + i, n - i < 10 ? n - i : 10);
    return sum_task(g, -2, middles, n_middle);
}

enum { LEAVES = 100 };

struct outcome {
    int               n_run;
    struct weft_reuse reuse;
    int64_t           sums[16];
};

/* Runs the tree over its seeds, in a graph of its own. */
static struct outcome run_tree(weft_pool *pool, weft_memo *memo, const int64_t *seeds)
{
    weft_graph *g = weft_graph_new();
    weft_task *root = tree(g, seeds, LEAVES);
    struct outcome o = {0};
    struct weft_value v;
    struct weft_error err;

    atomic_store(&n_run, 0);
    cr_assert_eq(weft_pool_run_many(pool, &root, 1, &(struct weft_run_spec){.memo = memo, .reuse = &o.reuse}, &v, &err),
                 WEFT_OK, "%s", err.message);
    o.n_run = atomic_load(&n_run);
    memcpy(o.sums, weft_block_data(weft_value_block(v)), sizeof o.sums);
    weft_value_release(v);
    weft_graph_free(g);
    return o;
}

static void fill_seeds(int64_t *seeds)
{
    for (int i = 0; i < LEAVES; i++)
        seeds[i] = 1000 + i * i;
}

static const struct weft_pool_spec pools[] = {
    {.kind = WEFT_POOL_SERIAL}, {.kind = WEFT_POOL_THREADS, .n_workers = 1}, {.kind = WEFT_POOL_THREADS, .n_workers = 4},
    {.kind = WEFT_POOL_THREADS, .n_workers = 2, .limit_bytes = 64 << 10}}; /* some of it goes to disk */
enum { N_POOLS = sizeof pools / sizeof *pools };

Test(keep, one_of_a_hundred_leaves_changed_runs_only_its_path)
{
    int64_t seeds[LEAVES];

    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = weft_pool_new(&pools[p]);
        weft_memo *memo;
        struct outcome first, same, changed, plain;

        fill_seeds(seeds);
        cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
        first = run_tree(pool, memo, seeds);
        cr_assert_eq(first.n_run, 111);
        cr_assert_eq(first.reuse.n_needed, 111);
        cr_assert_eq(first.reuse.n_reused, 0);
        same = run_tree(pool, memo, seeds);
        cr_assert_eq(same.n_run, 0);
        cr_assert_eq(same.reuse.n_needed, 111);
        cr_assert_eq(same.reuse.n_reused, 1);
        cr_assert_eq(same.reuse.n_culled, 110);
        cr_assert_arr_eq(same.sums, first.sums, sizeof first.sums);
        seeds[37] = 5;
        changed = run_tree(pool, memo, seeds);
        cr_assert_eq(changed.n_run, 3, "its leaf, its middle, the root; not %d", changed.n_run);
        cr_assert_eq(changed.reuse.n_needed, 111);
        cr_assert_eq(changed.reuse.n_reused, 9 + 9);
        cr_assert_eq(changed.reuse.n_culled, 90);
        plain = run_tree(pool, NULL, seeds);
        cr_assert_eq(plain.n_run, 111);
        cr_assert_eq(plain.reuse.n_needed, 111);
        cr_assert_arr_eq(changed.sums, plain.sums, sizeof plain.sums);
        weft_memo_free(memo);
        weft_pool_free(pool);
    }
}

Test(keep, what_is_taken_over_in_place_leaves_what_is_kept_as_it_was)
{
    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = weft_pool_new(&pools[p]);
        weft_memo *memo;

        cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
        for (int round = 0; round < 3; round++) {
            weft_graph *g = weft_graph_new();
            weft_task *a = sum_task(g, 7, NULL, 0);
            /* Not pure, so it runs each time, on what was made or is known. */
            weft_task *twice = weft_add(g, double_body, .deps = WEFT_DEPS(a));
            struct weft_value v[1];

            cr_assert_eq(weft_pool_run_many(pool, &twice, 1, &(struct weft_run_spec){.memo = memo}, v, NULL), WEFT_OK);
            cr_assert_eq(weft_block_i64_at(weft_value_block(v[0]), 15), 7 * 16 * 2, "round %d", round);
            weft_value_release(v[0]);
            weft_graph_free(g);
        }
        weft_memo_free(memo);
        weft_pool_free(pool);
    }
}

/* A counted value that is shared and never copied. */
struct shared {
    int     holders;
    int64_t number;
};

static void shared_free(void *data)
{
    struct shared *s = data;

    if (!--s->holders)
        free(s);
}

static void *shared_share(void *data)
{
    ((struct shared *)data)->holders++;
    return data;
}

static size_t shared_bytes(const void *data)
{
    (void)data;
    return sizeof(struct shared);
}

static const struct weft_type shared_type = {.name = "shared", .free = shared_free, .share = shared_share,
                                             .bytes = shared_bytes};

static weft_status share_body(weft_call *call, void *arg, struct weft_error *err)
{
    struct shared *s = malloc(sizeof *s);

    (void)arg, (void)err;
    *s = (struct shared){.holders = 1, .number = 5};
    weft_call_return(call, weft_value_of_ptr(&shared_type, s));
    return WEFT_OK;
}

static weft_status take_body(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v;
    const weft_status st = weft_call_take(call, 0, &v);

    (void)arg, (void)err;
    if (!st)
        weft_call_return(call, v);
    return st;
}

Test(keep, what_can_only_be_shared_is_not_taken_over_where_a_memo_may_hold_it)
{
    weft_pool *pool = weft_pool_new(&pools[0]);
    weft_memo *memo;

    cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
    for (int kept = 0; kept < 2; kept++)
        for (int pure = 0; pure < 2; pure++) {
            weft_graph *g = weft_graph_new();
            weft_task *made = weft_add(g, share_body, .flags = pure ? WEFT_PURE : 0);
            weft_task *taken = weft_add(g, take_body, .deps = WEFT_DEPS(made));

            cr_assert_eq(weft_pool_run_many(pool, &taken, 1, &(struct weft_run_spec){.memo = kept ? memo : NULL}, NULL, NULL),
                         kept && pure ? WEFT_UNSUPPORTED : WEFT_OK);
            weft_graph_free(g);
        }
    weft_memo_free(memo);
    weft_pool_free(pool);
}

Test(keep, results_of_other_processes_are_kept)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = test_forking(2)});
    int64_t seeds[LEAVES];
    struct outcome first, again;
    weft_memo *memo;

    fill_seeds(seeds);
    cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
    first = run_tree(pool, memo, seeds);
    again = run_tree(pool, memo, seeds);
    cr_assert_eq(first.reuse.n_reused, 0);
    cr_assert_eq(again.reuse.n_culled, 110);
    cr_assert_arr_eq(again.sums, first.sums, sizeof first.sums);
    weft_memo_free(memo);
    weft_pool_free(pool);
}

Test(keep, what_is_quick_to_make_is_not_kept_but_when_asked)
{
    weft_pool *pool = weft_pool_new(&pools[0]);
    weft_graph *g = weft_graph_new();
    const int64_t one = 1, two = 2;
    weft_task *t[] = {sum_task(g, one, NULL, 0),
                      weft_add(g, sum_body, .arg = (void *)&two, .arg_bytes = sizeof two, .flags = WEFT_KEEP)};
    struct weft_memo_stats stats;
    struct weft_token token;
    struct weft_value v;
    weft_memo *memo;

    cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = INT64_MAX}, NULL), WEFT_OK);
    cr_assert_eq(weft_pool_run_many(pool, t, 2, &(struct weft_run_spec){.memo = memo}, NULL, NULL), WEFT_OK);
    weft_memo_stats(memo, &stats);
    cr_assert_eq(stats.kept, 1);
    cr_assert_eq(stats.refused, 1);
    cr_assert_eq(stats.n_memory, 1);
    cr_assert_eq(weft_task_token(t[1], &token, NULL), WEFT_OK);
    cr_assert_eq(weft_memo_get(memo, token, &v, NULL), WEFT_OK);
    cr_assert_eq(weft_block_i64_at(weft_value_block(v), 1), 4);
    weft_value_release(v);
    weft_graph_free(g);
    weft_memo_free(memo);
    weft_pool_free(pool);
}

static weft_status three_body(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    atomic_fetch_add(&n_run, 1);
    for (int k = 0; k < 3; k++)
        weft_call_return_at(call, k, weft_value_of_i64(10 * (k + 1)));
    return WEFT_OK;
}

static weft_status fail_body(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg;
    atomic_fetch_add(&n_run, 1);
    return weft_error_set(err, WEFT_FAILED, "told to");
}

static weft_status nothing_body(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    atomic_fetch_add(&n_run, 1);
    return WEFT_OK;
}

/* Runs `body` as a pure task, and its results, in a graph of its own; what result k of it is. */
static int64_t run_body(weft_pool *pool, weft_memo *memo, weft_body *body, int n_results, weft_status expected)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body, .flags = WEFT_PURE, .n_results = n_results), *wanted[3];
    struct weft_value v[3];
    int64_t sum = 0;

    for (int k = 0; k < n_results; k++)
        wanted[k] = weft_task_result(t, k);
    cr_assert_eq(weft_pool_run_many(pool, wanted, (size_t)n_results, &(struct weft_run_spec){.memo = memo}, v, NULL), expected);
    for (int k = 0; k < n_results; k++) {
        sum = sum * 100 + weft_value_i64(v[k]);
        weft_value_release(v[k]);
    }
    weft_graph_free(g);
    return sum;
}

Test(keep, several_results_are_known_together_and_failures_and_nothing_never)
{
    weft_pool *pool = weft_pool_new(&pools[0]);
    weft_memo *memo;

    atomic_store(&n_run, 0);
    cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
    for (int round = 0; round < 2; round++) {
        cr_assert_eq(run_body(pool, memo, three_body, 3, WEFT_OK), 102030);
        cr_assert_eq(atomic_load(&n_run), 1 + 2 * round);
        run_body(pool, memo, fail_body, 1, WEFT_FAILED);
        run_body(pool, memo, nothing_body, 1, WEFT_OK);
        cr_assert_eq(atomic_load(&n_run), 3 + 2 * round);
    }
    weft_memo_free(memo);
    weft_pool_free(pool);
}

/* Gives its number plus all below it: the rest of it runs after its body. */
static weft_status spawn_body(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = *(const int64_t *)arg, less = n - 1;
    struct weft_value below = weft_value_none();
    weft_child *child;
    weft_status st;

    atomic_fetch_add(&n_run, 1);
    if (n == 0) {
        weft_call_return(call, weft_value_of_i64(0));
        return WEFT_OK;
    }
    child = weft_call_spawn(call, &(struct weft_spawn_spec){.body = spawn_body, .arg = (void *)(uintptr_t)&less,
                                                            .arg_bytes = sizeof less});
    st = weft_call_wait(call, child, &below, err);
    if (!st)
        weft_call_return(call, weft_value_of_i64(n + weft_value_i64(below)));
    return st;
}

Test(keep, a_task_that_spawned_others_is_known_with_all_of_them)
{
    const int64_t ten = 10;

    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = weft_pool_new(&pools[p]);
        weft_memo *memo;

        cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
        for (int round = 0; round < 2; round++) {
            weft_graph *g = weft_graph_new();
            weft_task *t = weft_add(g, spawn_body, .arg = (void *)(uintptr_t)&ten, .arg_bytes = sizeof ten, .flags = WEFT_PURE);
            struct weft_memo_stats stats;
            struct weft_value v;

            atomic_store(&n_run, 0);
            cr_assert_eq(weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.memo = memo}, &v, NULL), WEFT_OK);
            cr_assert_eq(weft_value_i64(v), 55);
            cr_assert_eq(atomic_load(&n_run), round ? 0 : 11);
            weft_memo_stats(memo, &stats);
            cr_assert_eq(stats.n_memory, 1, "the parts have no tokens");
            weft_graph_free(g);
        }
        weft_memo_free(memo);
        weft_pool_free(pool);
    }
}

/* Runs a graph of its own within, with the memo it is given. */
static weft_status inner_body(weft_call *call, void *arg, struct weft_error *err)
{
    weft_graph *g = weft_graph_new();
    const int64_t number = 3;
    weft_task *t = sum_task(g, number, NULL, 0);
    struct weft_value v;
    struct weft_reuse reuse;
    const weft_status st = weft_call_run(call, &t, 1, &(struct weft_run_spec){.memo = *(weft_memo **)arg, .reuse = &reuse}, &v, err);

    if (!st) {
        weft_call_return(call, weft_value_of_i64((int64_t)reuse.n_reused * 1000 + weft_block_i64_at(weft_value_block(v), 1)));
        weft_value_release(v);
    }
    weft_graph_free(g);
    return st;
}

Test(keep, a_graph_within_a_task_has_a_memo_too)
{
    for (int p = 0; p < N_POOLS; p++) {
        weft_pool *pool = weft_pool_new(&pools[p]);
        weft_graph *g = weft_graph_new();
        weft_memo *memo;
        weft_task *t = weft_add(g, inner_body, .arg = &memo);

        cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
        for (int round = 0; round < 2; round++) {
            struct weft_value v;

            cr_assert_eq(weft_pool_run(pool, t, &v, NULL), WEFT_OK);
            cr_assert_eq(weft_value_i64(v), 6 + 1000 * round);
        }
        weft_graph_free(g);
        weft_memo_free(memo);
        weft_pool_free(pool);
    }
}

static weft_status scenario(void *arg)
{
    weft_pool *pool = weft_pool_new(&pools[0]);
    weft_memo *memo = NULL;
    struct weft_value v = weft_value_none();
    weft_status st = weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1, .folder = arg}, NULL);
    int64_t seeds[20];

    for (int i = 0; i < 20; i++)
        seeds[i] = i;
    for (int round = 0; round < 3 && !st && pool; round++) {
        weft_graph *g = weft_graph_new();
        weft_task *root;

        seeds[3] = round / 2;
        root = tree(g, seeds, 20);
        st = weft_pool_run_many(pool, &root, 1, &(struct weft_run_spec){.memo = memo}, &v, NULL);
        if (!st)
            cr_assert_eq(weft_block_i64_at(weft_value_block(v), 0), 190 - 3 + round / 2 - 2 - 2);
        weft_value_release(v);
        weft_graph_free(g);
    }
    if (memo)
        weft_memo_clear(memo);
    weft_memo_free(memo);
    weft_pool_free(pool);
    return pool ? st : WEFT_NOMEM;
}

Test(keep, memory_that_runs_out_is_an_error_or_work_done_again)
{
    char *dir = tempdir_new();

    nomem_everywhere(scenario, NULL);
    nomem_everywhere(scenario, dir);
    tempdir_remove(dir);
}
