/* test_recall.c - a plan with a memo gives what one without gives, and says what it left out. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/memo.h>
#include <weft/pool.h>

#include "lib/base/random.h"
#include "tests/support/scale.h"

static weft_pool *pool;
static weft_memo *memo;
static int n_run;

static void begin(void)
{
    pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
    n_run = 0;
}

static void end(void)
{
    weft_memo_free(memo);
    weft_pool_free(pool);
}

TestSuite(recall, .init = begin, .fini = end);

/* Its argument and its inputs, mixed so that their order counts; and half of that as a second result. */
static weft_status mix(weft_call *call, void *arg, struct weft_error *err)
{
    uint64_t x = *(const uint64_t *)arg;

    (void)err;
    n_run++;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        x = x * 6364136223846793005u + (uint64_t)weft_value_i64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_i64((int64_t)x));
    return WEFT_OK;
}

static weft_status mix_two(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    n_run++;
    weft_call_return_at(call, 0, weft_value_of_i64(weft_value_i64(weft_call_input(call, 0)) / 2));
    weft_call_return_at(call, 1, weft_value_of_i64(weft_value_i64(weft_call_input(call, 0)) / 3));
    return WEFT_OK;
}

static weft_task *add(weft_graph *g, uint64_t number, weft_task *const *deps, size_t n, uint32_t flags)
{
    return weft_add(g, mix, .arg = &number, .arg_bytes = sizeof number, .deps = deps, .n_deps = n, .flags = flags);
}

/*  a -> b -> c      d reads b and e  */
struct small {
    weft_graph *g;
    weft_task  *a, *b, *c, *d, *e;
};

static struct small small_new(void)
{
    struct small s = {.g = weft_graph_new()};

    s.a = add(s.g, 1, NULL, 0, WEFT_PURE);
    s.b = add(s.g, 2, &s.a, 1, WEFT_PURE);
    s.c = add(s.g, 3, &s.b, 1, WEFT_PURE);
    s.e = add(s.g, 5, NULL, 0, WEFT_PURE);
    s.d = add(s.g, 4, (weft_task *const[]){s.b, s.e}, 2, WEFT_PURE);
    return s;
}

static void run(weft_task *t)
{
    cr_assert_eq(weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.memo = memo}, NULL, NULL), WEFT_OK);
}

static weft_plan *plan_of(weft_task *const *targets, size_t n, uint32_t without, struct weft_reuse *reuse)
{
    weft_plan *p;
    struct weft_error err;

    cr_assert_eq(weft_plan_new(&p, targets, n, &(struct weft_plan_spec){.memo = memo, .without = without}, &err), WEFT_OK,
                 "%s", err.message);
    weft_plan_reuse(p, reuse);
    return p;
}

static void forget(weft_task *t)
{
    struct weft_token token;

    cr_assert_eq(weft_task_token(t, &token, NULL), WEFT_OK);
    weft_memo_evict(memo, token);
}

Test(recall, what_is_known_is_named_and_what_only_it_needed_is_counted)
{
    struct small s = small_new();
    struct weft_reuse r;
    char *text = NULL;
    size_t n;
    FILE *to;
    weft_plan *p;

    run(s.b);
    p = plan_of((weft_task *const[]){s.c, s.d}, 2, 0, &r);
    cr_assert_eq(r.n_needed, 5);
    cr_assert_eq(r.n_reused, 1);
    cr_assert_eq(r.n_culled, 1);
    cr_assert_eq(weft_plan_n_tasks(p), 3);
    cr_assert_eq(weft_plan_reused(p, 0), s.b);
    to = open_memstream(&text, &n);
    weft_reuse_print(&r, to);
    fclose(to);
    cr_assert_str_eq(text, "5 tasks needed, 1 reused, 1 culled because of it, 3 run\n");
    free(text);
    weft_plan_free(p);
    weft_graph_free(s.g);
}

Test(recall, what_is_known_but_needed_below_by_another_is_run_for_that)
{
    struct small s = small_new();
    struct weft_reuse r;
    weft_plan *p;

    run(s.c);
    forget(s.b);
    /* c is there, yet d needs b, and b needs a, which is there. */
    p = plan_of((weft_task *const[]){s.c, s.d}, 2, 0, &r);
    cr_assert_eq(r.n_reused, 2);
    cr_assert_eq(r.n_culled, 0);
    cr_assert_eq(weft_plan_n_tasks(p), 3);
    weft_plan_free(p);
    weft_graph_free(s.g);
}

Test(recall, a_target_that_is_known_comes_from_the_plan_each_time_it_runs)
{
    struct small s = small_new();
    struct weft_value v[3], w[3];
    struct weft_reuse r;
    weft_plan *p;

    run(s.d);
    p = plan_of((weft_task *const[]){s.d, s.c, s.d}, 3, 0, &r);
    cr_assert_eq(weft_pool_run_plan(pool, p, NULL, v, NULL), WEFT_OK);
    weft_memo_clear(memo); /* the plan holds what it knows */
    cr_assert_eq(weft_pool_run_plan(pool, p, NULL, w, NULL), WEFT_OK);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(v[i].as.i64, w[i].as.i64);
    cr_assert_eq(v[0].as.i64, v[2].as.i64);
    weft_plan_free(p);
    weft_graph_free(s.g);
}

Test(recall, without_culling_all_runs_but_what_is_known)
{
    struct small s = small_new();
    struct weft_reuse r;
    weft_plan *p;

    run(s.b);
    forget(s.a);
    p = plan_of(&s.c, 1, WEFT_PASS_CULL, &r);
    cr_assert_eq(r.n_reused, 1);
    cr_assert_eq(weft_plan_n_tasks(p), 4);
    weft_plan_free(p);
    weft_graph_free(s.g);
}

Test(recall, tasks_that_are_not_pure_or_in_doubt_are_never_known)
{
    weft_graph *g = weft_graph_new();
    uint64_t one = 1;
    weft_task *impure = add(g, 1, NULL, 0, 0), *on_impure = add(g, 2, &impure, 1, WEFT_PURE);
    weft_task *bare = weft_add(g, mix, .arg = &one, .flags = WEFT_PURE);

    for (int round = 0; round < 2; round++) {
        weft_task *const targets[] = {on_impure, bare};

        n_run = 0;
        cr_assert_eq(weft_pool_run_many(pool, targets, 2, &(struct weft_run_spec){.memo = memo}, NULL, NULL), WEFT_OK);
        cr_assert_eq(n_run, 3);
    }
    weft_graph_free(g);
}

/* ---- Random graphs --------------------------------------------------------------- */

enum { MOST = 60 };

/* A random graph of n tasks that read up to four before them, values, aliases and second
 * results among them; a fifth not pure. The same for the same seed but for some arguments,
 * changed if `change` says so. */
static size_t random_graph(weft_graph *g, uint64_t seed, uint64_t change, weft_task **tasks)
{
    uint32_t r[4];
    size_t n;

    wf_random_block(seed, 0, 0, r);
    n = 2 + r[0] % (MOST - 2);
    for (size_t i = 0; i < n; i++) {
        weft_task *deps[4];
        size_t n_deps;
        uint32_t how[4], what[4];

        wf_random_block(seed, 1, i, r);
        wf_random_block(seed, 2, i, how);
        wf_random_block(change, 3, i, what);
        n_deps = i ? r[0] % 5 : 0;
        for (size_t k = 0; k < n_deps; k++)
            deps[k] = tasks[(r[1] + k * r[2]) % i];
        if (how[0] % 10 == 0) {
            tasks[i] = weft_graph_put(g, weft_value_of_i64(how[1] % 7 + (what[0] % 8 == 0)));
        } else if (how[0] % 10 == 1 && i) {
            char key[32];

            snprintf(key, sizeof key, "alias-%zu", i);
            tasks[i] = weft_graph_alias(g, key, tasks[r[1] % i]);
        } else if (how[0] % 10 == 2 && i) {
            tasks[i] = weft_task_result(weft_add(g, mix_two, .deps = WEFT_DEPS(tasks[r[1] % i]), .n_results = 2,
                                                 .flags = WEFT_PURE), (int)(r[3] % 2));
        } else {
            tasks[i] = add(g, how[1] % 5 + (what[0] % 8 == 0), deps, n_deps, how[2] % 5 ? WEFT_PURE : 0);
        }
    }
    return n;
}

Test(recall, random_graphs_give_the_same_whatever_is_known)
{
    static const uint32_t passes[] = {0, WEFT_PASS_ORDER, WEFT_PASS_SHARE, WEFT_PASS_FUSE | WEFT_PASS_ORDER, WEFT_PASS_CULL};

    for (uint64_t seed = 0; seed < 1500 / (uint64_t)test_scale(); seed++) {
        weft_graph *g = weft_graph_new();
        weft_task *tasks[MOST], *targets[3];
        const size_t n = random_graph(g, seed / 5, seed, tasks);
        struct weft_value with[3], without[3];
        struct weft_reuse reuse;
        weft_plan *p, *plain;
        int n_with;

        for (int i = 0; i < 3; i++) {
            uint32_t r[4];

            wf_random_block(seed, 4, (uint64_t)i, r);
            targets[i] = tasks[r[0] % n];
            if (r[1] % 4 == 0 && !weft_task_token(tasks[r[2] % n], &(struct weft_token){0, 0}, NULL))
                forget(tasks[r[2] % n]);
        }
        p = plan_of(targets, 3, passes[seed % 5], &reuse);
        cr_assert_eq(weft_plan_new(&plain, targets, 3, &(struct weft_plan_spec){.without = passes[seed % 5]}, NULL), WEFT_OK);
        n_run = 0;
        cr_assert_eq(weft_pool_run_plan(pool, p, NULL, with, NULL), WEFT_OK);
        n_with = n_run;
        n_run = 0;
        cr_assert_eq(weft_pool_run_plan(pool, plain, NULL, without, NULL), WEFT_OK);
        for (int i = 0; i < 3; i++)
            cr_assert_eq(with[i].as.i64, without[i].as.i64, "seed %d, target %d", (int)seed, i);
        cr_assert_leq(n_with, n_run);
        cr_assert_eq((size_t)n_with, reuse.n_needed - reuse.n_reused - reuse.n_culled);
        if (passes[seed % 5] & WEFT_PASS_SHARE)
            cr_assert_eq(reuse.n_needed, weft_plan_n_tasks(plain), "seed %d", (int)seed);
        weft_plan_free(p);
        weft_plan_free(plain);
        weft_graph_free(g);
    }
}

Test(recall, a_graph_too_large_to_be_walked_is_recalled_as_it_was_built)
{
    enum { N = 70000 };
    weft_graph *g = weft_graph_new();
    weft_task **t = malloc(N * sizeof *t), *last[2];
    struct weft_reuse r;
    weft_plan *p;

    /* Two chains side by side. */
    for (uint64_t i = 0; i < N; i++)
        t[i] = add(g, i % 7, i < 2 ? NULL : &t[i - 2], i >= 2, WEFT_PURE);
    run(t[N / 2]);
    last[0] = t[N - 2];
    last[1] = t[N - 1];
    p = plan_of(last, 2, 0, &r);
    cr_assert_eq(r.n_reused, 1);
    cr_assert_eq(r.n_culled, N / 4);
    cr_assert_eq(r.n_needed, N);
    weft_plan_free(p);
    weft_graph_free(g);
    free(t);
}
