/* test_fail.c - whatever allocation fails, a run says so, leaks nothing, and its pool goes on.
 *
 * Each of ten ways to use the library is run once for every allocation it makes, that one
 * failing; a run that failed by it is done once more on the same pool, and must succeed.
 */
#include <criterion/criterion.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <weft/spawn.h>
#include <weft/weft.h>

#include "lib/base/mem.h"
#include "tests/support/nomem.h"

/* One way to use a pool: what it gives is right, or it fails. */
typedef weft_status way(weft_pool *pool);

struct scenario {
    way                  *use;
    struct weft_pool_spec spec;
};

static weft_status twice_if_need_be(void *arg)
{
    const struct scenario *s = arg;
    weft_pool *pool = weft_pool_new(&s->spec);
    weft_status st;

    if (!pool)
        return WEFT_NOMEM;
    st = s->use(pool);
    if (st == WEFT_NOMEM)
        cr_assert_eq(s->use(pool), WEFT_OK, "the pool is of no use after a failure");
    weft_pool_free(pool);
    return st;
}

static void in_all_pools(way *use, struct weft_pool_spec spec)
{
    static const int workers[] = {0, 1, 2}; /* 0: the serial runner */

    for (int i = 0; i < 3; i++) {
        struct scenario s = {use, spec};

        s.spec.kind = workers[i] ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL;
        s.spec.n_workers = workers[i];
        cr_assert_eq(twice_if_need_be(&s), WEFT_OK); /* what is made once for good */
        nomem_everywhere(twice_if_need_be, &s);
    }
}

/* Runs a task and wants a number of it. */
static weft_status run_for(weft_pool *pool, weft_graph *g, weft_task *t, int64_t number)
{
    struct weft_value v = weft_value_none();
    struct weft_error err = {.status = WEFT_OK};
    const weft_status st = weft_pool_run(pool, t, &v, &err);

    if (st)
        cr_assert_eq(err.status, st);
    else
        cr_assert_eq(weft_value_i64(v), number);
    weft_value_release(v);
    weft_graph_free(g);
    return st;
}

/* ---- Tasks -------------------------------------------------------------------------- */

static weft_status one(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(1));
    return WEFT_OK;
}

static weft_status sum(weft_call *call, void *arg, struct weft_error *err)
{
    int64_t all = 0;

    (void)arg, (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        all += weft_value_i64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_i64(all));
    return WEFT_OK;
}

static weft_status a_static_graph(weft_pool *pool)
{
    weft_graph *g = weft_graph_new();
    weft_task *t[20];

    for (int i = 0; i < 20; i++)
        t[i] = weft_add(g, i < 10 ? one : sum, .deps = t, .n_deps = i < 10 ? 0 : (size_t)i);
    return run_for(pool, g, t[19], 10 * 512);
}

static weft_status run_body(weft_pool *pool, weft_body *body, int64_t arg, int64_t number)
{
    weft_graph *g = weft_graph_new();

    return run_for(pool, g, weft_add(g, body, WEFT_ARG(arg)), number);
}

/* More than lie in the first ring of a deque, with arguments too big to lie in the task. */
static weft_status spawns(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *c[300], *all[3];
    char big[100] = {0};

    (void)arg, (void)err;
    for (int i = 0; i < 300; i++)
        c[i] = weft_spawn(call, one, .arg = big, .arg_bytes = i % 50 ? 0 : sizeof big);
    for (int i = 0; i < 3; i++)
        all[i] = weft_spawn(call, sum, .deps = c + 100 * i, .n_deps = 100);
    weft_become(call, sum, .deps = all, .n_deps = 3);
    return WEFT_OK;
}

static weft_status spawned_tasks(weft_pool *pool)
{
    return run_body(pool, spawns, 0, 300);
}

static weft_status becomes(weft_call *call, void *arg, struct weft_error *err)
{
    struct { int64_t left; char more[60]; } next = {*(int64_t *)arg - 1, {0}};
    weft_child *c;

    if (next.left < 0)
        return one(call, NULL, err);
    c = weft_spawn(call, one);
    weft_become(call, becomes, WEFT_ARG(next), .deps = &c, .n_deps = 1);
    return WEFT_OK;
}

static weft_status a_loop(weft_pool *pool)
{
    return run_body(pool, becomes, 50, 1);
}

static weft_status waits(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = *(int64_t *)arg, less = n - 1;
    weft_child *group, *both[2];
    int64_t all = 0;
    weft_status st;

    if (!n)
        return one(call, NULL, err);
    group = weft_call_group(call);
    for (int i = 0; i < 2; i++)
        both[i] = weft_spawn(call, waits, WEFT_ARG(less), .group = group);
    st = weft_call_wait(call, group, NULL, err);
    for (int i = 0; i < 2 && !st; i++) {
        struct weft_value v = weft_value_none();

        st = weft_call_wait(call, both[i], &v, err);
        all += st ? 0 : weft_value_i64(v);
    }
    weft_call_return(call, weft_value_of_i64(all));
    return st;
}

static weft_status waiting_bodies(weft_pool *pool)
{
    return run_body(pool, waits, 4, 16);
}

static weft_status runs(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = *(int64_t *)arg, less = n - 1;
    struct weft_value v = weft_value_none();
    weft_graph *g;
    weft_task *t[3];
    weft_status st;

    if (!n)
        return one(call, NULL, err);
    g = weft_graph_new();
    for (int i = 0; i < 2; i++)
        t[i] = weft_add(g, runs, WEFT_ARG(less));
    t[2] = weft_add(g, sum, .deps = t, .n_deps = 2);
    st = weft_call_run(call, &t[2], 1, NULL, &v, err);
    if (!st)
        weft_call_return(call, v);
    weft_graph_free(g);
    return st;
}

static weft_status runs_within_tasks(weft_pool *pool)
{
    return run_body(pool, runs, 2, 4);
}

static weft_status detaches(weft_call *call, void *arg, struct weft_error *err)
{
    weft_later *later = weft_call_detach(call);

    (void)arg;
    if (!later)
        return weft_error_set(err, WEFT_NOMEM, "no later");
    weft_later_finish(later, WEFT_OK, weft_value_of_i64(1), NULL);
    return WEFT_OK;
}

static weft_status spawns_detached(weft_call *call, void *arg, struct weft_error *err)
{
    weft_child *c[40];

    (void)arg, (void)err;
    for (int i = 0; i < 40; i++)
        c[i] = weft_spawn(call, detaches);
    weft_become(call, sum, .deps = c, .n_deps = 40);
    return WEFT_OK;
}

static weft_status detached_tasks(weft_pool *pool)
{
    return run_body(pool, spawns_detached, 0, 40);
}

/* ---- Collections ------------------------------------------------------------------------ */

static weft_status an_array_sum(weft_pool *pool)
{
    weft_graph *g = weft_graph_new();
    struct weft_value v = weft_value_none();
    weft_array *x = weft_array_arange(g, 0, 100, 1, 7);
    weft_status st = weft_pool_run(pool, weft_array_whole(weft_array_sum(x, WEFT_ALL_AXES)), &v, NULL);

    if (!st)
        cr_assert_eq(weft_block_f64_at(weft_value_block(v), 0), 4950);
    weft_value_release(v);
    weft_graph_free(g);
    return st;
}

static weft_status a_frame_grouped(weft_pool *pool)
{
    static const char *const s[] = {"b", "a", "b", "c"};
    static const int64_t x[] = {1, 2, 3, 4};
    const struct weft_column_spec columns[] = {{.name = "s", .dtype = WEFT_STRING, .texts = s},
                                               {.name = "x", .dtype = WEFT_INT64, .values = x}};
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_from_columns(g, columns, 2, 4, (struct weft_cut){.n_partitions = 3});
    weft_frame *grouped = weft_frame_group(f, WEFT_NAMES("s"), WEFT_AGGS({WEFT_AGG_SUM, "x"}), NULL);
    struct weft_value v = weft_value_none();
    weft_status st = weft_pool_run(pool, weft_frame_whole(grouped), &v, NULL);

    if (!st)
        cr_assert_eq(weft_chunk_n_rows(weft_value_chunk(v)), 3);
    weft_value_release(v);
    weft_graph_free(g);
    return st;
}

#define TEXT(s) {s, sizeof s - 1}

static weft_status words_counted(weft_pool *pool)
{
    static const struct weft_text words[] = {TEXT("it"), TEXT("was"), TEXT("the"), TEXT("best"),
                                             TEXT("of"), TEXT("times"), TEXT("it"), TEXT("was")};
    weft_graph *g = weft_graph_new();
    struct weft_value v = weft_value_none();
    weft_bag *b = weft_bag_parallelize_texts(g, words, 8, 3);
    weft_status st = weft_pool_run(pool, weft_bag_count_by_key(b), &v, NULL);

    if (!st)
        cr_assert_eq(weft_records_n(weft_value_records(v)), 6);
    weft_value_release(v);
    weft_graph_free(g);
    return st;
}

/* ---- Memory -------------------------------------------------------------------------------- */

enum { N_BIG = 4096 };

/* 8 arrays of which the limit holds three: the others wait on disk. */
static weft_status more_than_the_limit(weft_pool *pool)
{
    weft_graph *g = weft_graph_new();
    struct weft_value v = weft_value_none();
    weft_array *x = weft_array_keep(weft_array_arange(g, 0, 8 * N_BIG, 1, N_BIG));
    weft_array *all = weft_array_sum(weft_array_subtract(x, weft_array_max(x, WEFT_ALL_AXES)), WEFT_ALL_AXES);
    weft_status st = weft_pool_run(pool, weft_array_whole(all), &v, NULL);

    if (!st)
        cr_assert_eq(weft_block_f64_at(weft_value_block(v), 0), -(8.0 * N_BIG) * (8.0 * N_BIG - 1) / 2);
    weft_value_release(v);
    weft_graph_free(g);
    return st;
}

static weft_status what_is_remembered(weft_pool *pool)
{
    weft_memo *memo = NULL;
    weft_status st = weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL);

    for (int round = 0; round < 2 && !st; round++) {
        weft_graph *g = weft_graph_new();
        struct weft_value v = weft_value_none();
        weft_array *x = weft_array_arange(g, 0, 100, 1, 25);
        weft_task *t = weft_array_whole(weft_array_sum(x, WEFT_ALL_AXES));

        st = weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.memo = memo}, &v, NULL);
        if (!st)
            cr_assert_eq(weft_block_f64_at(weft_value_block(v), 0), 4950);
        weft_value_release(v);
        weft_graph_free(g);
    }
    weft_memo_free(memo);
    return st;
}

#define FAILS_WELL(name, ...)                                                       \
    Test(fail, name, .timeout = 280) { in_all_pools(name, (struct weft_pool_spec){__VA_ARGS__}); }

FAILS_WELL(a_static_graph, 0)
FAILS_WELL(spawned_tasks, 0)
FAILS_WELL(a_loop, 0)
FAILS_WELL(waiting_bodies, 0)
FAILS_WELL(runs_within_tasks, 0)
FAILS_WELL(detached_tasks, 0)
FAILS_WELL(an_array_sum, 0)
FAILS_WELL(a_frame_grouped, 0)
FAILS_WELL(words_counted, 0)
FAILS_WELL(more_than_the_limit, .limit_bytes = 3 * N_BIG * 8)
FAILS_WELL(what_is_remembered, 0)

/* ---- Threads --------------------------------------------------------------------------------- */

struct few {
    int       n_left;
    pthread_t threads[8];
    int       n;
    void    (*fn[8])(void *arg);
    void     *arg[8];
};

static void *of_few(void *arg)
{
    struct few *f = ((void **)arg)[0];
    const int i = (int)(intptr_t)((void **)arg)[1];

    wf_free(arg);
    f->fn[i](f->arg[i]);
    return NULL;
}

static weft_status submit_to_few(void *self, void (*fn)(void *arg), void *arg)
{
    struct few *f = self;
    void **what;

    if (!f->n_left)
        return WEFT_NOMEM;
    f->n_left--;
    f->fn[f->n] = fn;
    f->arg[f->n] = arg;
    what = wf_alloc(2 * sizeof *what);
    what[0] = f;
    what[1] = (void *)(intptr_t)f->n;
    return pthread_create(&f->threads[f->n++], NULL, of_few, what) ? WEFT_NOMEM : WEFT_OK;
}

Test(fail, a_pool_whose_threads_do_not_all_start_tells_how_many_did, .timeout = 60)
{
    for (int n = 0; n <= 4; n++) {
        struct few few = {.n_left = n};
        const struct weft_executor executor = {&few, submit_to_few};
        weft_pool *pool = NULL;
        struct weft_error err;
        const weft_status st = weft_pool_open(&pool, &(struct weft_pool_spec){.n_workers = 4, .executor = &executor}, &err);

        cr_expect_eq(st, n == 4 ? WEFT_OK : WEFT_NOMEM);
        if (st) {
            char only[32];

            snprintf(only, sizeof only, "only %d could be started", n);
            cr_expect(strstr(err.message, only), "%s", err.message);
        } else {
            cr_expect_eq(waiting_bodies(pool), WEFT_OK);
        }
        weft_pool_free(pool);
        for (int i = 0; i < few.n; i++)
            pthread_join(few.threads[i], NULL);
    }
}
