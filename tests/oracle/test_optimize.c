/* test_optimize.c - an optimized graph answers what the graph did, and optimizing it changes nothing. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/explain.h>

#include "lib/graph/graph.h"
#include "lib/graph/plan.h"
#include "tests/support/bodies.h"
#include "tests/support/frames.h"
#include "tests/support/nomem.h"
#include "tests/support/random_graph.h"
#include "tests/support/run_array.h"
#include "tests/support/run_bag.h"

/* The same tasks in the same order: their keys, what they read, and how they are run. */
static void check_same(const weft_graph *a, const weft_graph *b)
{
    cr_assert_eq(weft_graph_n_tasks(a), weft_graph_n_tasks(b));
    for (size_t i = 0; i < weft_graph_n_tasks(a); i++) {
        const weft_task *x = weft_graph_task(a, i), *y = weft_graph_task(b, i);
        char key[2][256];

        weft_task_key(x, key[0], sizeof key[0]);
        weft_task_key(y, key[1], sizeof key[1]);
        cr_assert_str_eq(key[0], key[1]);
        cr_assert_eq(x->what, y->what);
        cr_assert_eq(weft_task_layer(x), weft_task_layer(y));
        cr_assert_eq(weft_task_n_deps(x), weft_task_n_deps(y));
        for (size_t k = 0; k < weft_task_n_deps(x); k++)
            cr_assert_eq(weft_task_id(weft_task_dep(x, k)), weft_task_id(weft_task_dep(y, k)));
    }
}

/* Optimizes twice; the second time changes nothing, and a plan finds nothing to do. The result
 * is of the first. */
static weft_graph *optimized(weft_task *const *targets, size_t n, weft_task **out)
{
    weft_graph *once = NULL, *twice = NULL;
    weft_task **again = calloc(n, sizeof *again);
    char *text[2];
    struct weft_error err = {0};
    weft_plan *p;

    cr_assert_eq(weft_optimize(&once, out, targets, n, NULL, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_optimize(&twice, again, out, n, NULL, &err), WEFT_OK, "%s", err.message);
    check_same(once, twice);
    cr_assert_eq(weft_explain_text(&text[0], out, n, NULL, NULL), WEFT_OK);
    cr_assert_eq(weft_explain_text(&text[1], again, n, NULL, NULL), WEFT_OK);
    cr_assert_str_eq(text[0], text[1]);
    cr_assert_eq(weft_plan_new(&p, out, n, NULL, NULL), WEFT_OK);
    for (size_t i = 1; i < weft_plan_n_tasks(p); i++)
        cr_assert_lt(weft_task_id(weft_plan_task(p, i - 1)), weft_task_id(weft_plan_task(p, i)), "it is in order");
    weft_plan_free(p);
    for (int i = 0; i < 2; i++)
        free(text[i]);
    free(again);
    weft_graph_free(twice);
    return once;
}

Test(optimize, random_graphs_answer_the_same_and_are_optimal_once)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});

    for (uint64_t seed = 0; seed < 400; seed++) {
        struct random_graph r;
        struct outcome *want, *got;
        weft_task **out;
        weft_graph *once;
        weft_plan *p;

        random_graph_init(&r, seed, 60);
        want = calloc(r.n_targets, sizeof *want);
        got = calloc(r.n_targets, sizeof *got);
        out = calloc(r.n_targets, sizeof *out);
        cr_assert_eq(weft_plan_new(&p, r.targets, r.n_targets, NULL, NULL), WEFT_OK);
        random_graph_run(pool, p, want);
        weft_plan_free(p);
        once = optimized(r.targets, r.n_targets, out);
        cr_assert_leq(weft_graph_n_tasks(once), weft_graph_n_tasks(r.graph));
        cr_assert_eq(weft_plan_new(&p, out, r.n_targets, NULL, NULL), WEFT_OK);
        random_graph_run(pool, p, got);
        weft_plan_free(p);
        for (size_t i = 0; i < r.n_targets; i++) {
            cr_assert_eq(want[i].status, got[i].status, "%d", (int)seed);
            cr_assert_eq(want[i].number, got[i].number, "%d", (int)seed);
            cr_assert_eq(want[i].why, got[i].why, "%d", (int)seed);
        }
        weft_graph_free(once);
        random_graph_fini(&r);
        free(want);
        free(got);
        free(out);
    }
    weft_pool_free(pool);
}

Test(optimize, what_is_not_needed_or_equal_goes_and_keys_terms_and_layers_stay)
{
    weft_graph *g = weft_graph_new(), *once;
    const uint32_t layer = weft_graph_layer(g, "layer");
    weft_task *a[2], *sum, *alias, *out[2];
    char key[2][64];

    weft_add(g, body_add, .name = "nobody needs it");
    for (int i = 0; i < 2; i++)
        a[i] = weft_add(g, body_add, .name = "a", .flags = WEFT_PURE, WEFT_TERMS(.retries = 2, .timeout_ns = 5), .layer = layer);
    sum = weft_add(g, body_add, .name = "sum", .deps = a, .n_deps = 2, .priority = 3);
    alias = weft_graph_alias(g, "total", sum);
    weft_task_key(a[1], key[0], sizeof key[0]);
    once = optimized((weft_task *[]){alias, sum}, 2, out);
    cr_assert_eq(weft_graph_n_tasks(once), 3); /* a, sum, and the other name of it */
    weft_task_key(weft_graph_task(once, 0), key[1], sizeof key[1]);
    cr_assert_str_eq(key[0], key[1]);
    cr_assert_eq(wf_task_kind(weft_graph_task(once, 0))->terms->retries, 2);
    cr_assert_eq(wf_task_kind(weft_graph_task(once, 0))->terms->timeout_ns, 5);
    cr_assert_str_eq(weft_graph_layer_name(once, weft_task_layer(weft_graph_task(once, 0))), "layer");
    cr_assert_eq(wf_task_kind(weft_graph_task(once, 1))->priority, 3);
    weft_task_key(out[1], key[0], sizeof key[0]);
    cr_assert_str_eq(key[0], "sum-3");
    cr_assert_eq(weft_graph_find(once, "total"), out[0]);
    cr_assert_eq(weft_task_n_deps(out[1]), 2); /* it reads `a` twice */
    weft_graph_free(once);
    weft_graph_free(g);
}

Test(optimize, graphs_of_collections_answer_the_same)
{
    uint64_t seed = 7;
    weft_graph *g = weft_graph_new(), *once;
    weft_chunk *all = random_chunk(&seed, 100, 10, 10), *rows;
    weft_array *x = weft_array_normal(g, &(struct weft_random){.seed = 3}, 0, 1, random_layout(&seed, 2, 20));
    weft_frame *f = weft_frame_filter(weft_frame_assign(cut_frame(g, &seed, all, 4, HOLE_MIDDLE), "z", "i * 2"), "z > 0");
    weft_task *targets[3], *out[3];

    targets[0] = weft_array_whole(weft_array_subtract(x, weft_array_mean(x, 0)));
    targets[1] = weft_frame_whole(weft_frame_sort(f, "z", WEFT_ASCENDING));
    targets[2] = weft_frame_sum(f, "z");
    once = optimized(targets, 3, out);
    rows = frame_chunk(targets[1]);
    {
        weft_chunk *same = frame_chunk(out[1]);

        cr_assert(same_chunks(rows, same));
        weft_chunk_release(same);
    }
    cr_assert_eq(frame_i64(targets[2]), frame_i64(out[2]));
    {
        struct weft_value a = run_value(targets[0], 2), b = run_value(out[0], 2);
        const size_t bytes = (size_t)weft_block_n_elems(weft_value_block(a)) * sizeof(double);

        cr_assert_eq(memcmp(weft_block_data(weft_value_block(a)), weft_block_data(weft_value_block(b)), bytes), 0);
        weft_value_release(a);
        weft_value_release(b);
    }
    weft_chunk_release(rows);
    weft_graph_free(once);
    weft_chunk_release(all);
    weft_graph_free(g);
}

/* A graph written down backwards: each task before what it reads. */
Test(optimize, keys_that_come_late_are_in_order_afterwards)
{
    for (unsigned seed = 0; seed < 50; seed++) {
        unsigned dice = seed;
        weft_graph *g = weft_graph_new(), *once;
        weft_task *first = NULL, *out;
        struct weft_value a, b;

        for (int i = 0; i < 30; i++) {
            weft_task *deps[4];
            char key[8], dep[8];
            size_t n = 0;
            weft_task *t;

            for (int k = 0; k < 4; k++) {
                snprintf(dep, sizeof dep, "k%d", i + 1 + rand_r(&dice) % 6);
                if (atoi(dep + 1) < 30)
                    deps[n++] = weft_graph_ref(g, dep);
            }
            snprintf(key, sizeof key, "k%d", i);
            t = weft_add(g, body_add, .key = key, .arg = arg_of(i), .deps = deps, .n_deps = n);
            first = first ? first : t;
        }
        once = optimized(&first, 1, &out);
        cr_assert_not(once->has_forward);
        a = run_value(first, 2);
        b = run_value(out, 2);
        cr_assert_eq(weft_value_i64(a), weft_value_i64(b));
        weft_graph_free(once);
        weft_graph_free(g);
    }
}

/* Joins additions of a number to an addition: one task for both. */
static weft_task *join_adds(weft_graph *to, const struct weft_task_spec *task, void *arg)
{
    struct weft_task_spec joined = *task;
    const weft_task *below = task->n_deps == 1 ? task->deps[0] : NULL;

    ++*(int *)arg;
    if (!below || below->what != WF_TASK_BODY || wf_task_kind(below)->body != body_add || task->body != body_add ||
        below->n_deps != 1)
        return weft_graph_add(to, task);
    joined.arg = (char *)task->arg + (uintptr_t)wf_task_arg(below);
    joined.deps = (weft_task *[]){weft_task_dep(below, 0)};
    return weft_graph_add(to, &joined);
}

Test(optimize, a_pass_of_ones_own_may_put_other_tasks_in_their_place)
{
    weft_graph *g = weft_graph_new(), *to;
    weft_task *t = weft_add(g, body_add, .arg = arg_of(1)), *out;
    int n_asked = 0;
    struct weft_value v;
    weft_plan *p;

    for (int i = 2; i <= 10; i++)
        t = weft_add(g, body_add, .arg = arg_of(i), .deps = &t, .n_deps = 1);
    weft_add(g, body_add); /* not needed, so not asked for */
    cr_assert_eq(weft_optimize(&to, &out, &t, 1, &(struct weft_optimize_spec){.pass = join_adds, .pass_arg = &n_asked}, NULL), WEFT_OK);
    cr_assert_eq(n_asked, 10);
    cr_assert_eq(weft_plan_new(&p, &out, 1, NULL, NULL), WEFT_OK);
    cr_assert_eq(weft_plan_n_tasks(p), 2);
    weft_plan_free(p);
    v = run_value(out, 2);
    cr_assert_eq(weft_value_i64(v), 55);
    weft_graph_free(to);
    weft_graph_free(g);
}

static weft_task *answer(weft_graph *to, const struct weft_task_spec *task, void *arg)
{
    (void)to, (void)task;
    return arg;
}

Test(optimize, a_pass_that_answers_no_task_of_the_graph_is_told)
{
    weft_graph *g = weft_graph_new(), *to;
    weft_task *t = weft_add(g, body_add, .key = "k"), *out;
    struct weft_error err;

    cr_assert_eq(weft_optimize(&to, &out, &t, 1, &(struct weft_optimize_spec){.pass = answer}, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "optimize: the pass answers no task for k");
    cr_assert_eq(weft_optimize(&to, &out, &t, 1, &(struct weft_optimize_spec){.pass = answer, .pass_arg = t}, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "optimize: the pass answers a task of another graph for k");
    weft_graph_free(g);
}

Test(optimize, a_value_that_cannot_be_shared_is_told)
{
    static const struct weft_type sealed = {.name = "sealed"};
    weft_graph *g = weft_graph_new(), *once;
    int number;
    weft_task *v = weft_graph_put(g, weft_value_of_ptr(&sealed, &number)), *out;
    weft_task *t = weft_add(g, body_add, .deps = WEFT_DEPS(v));
    struct weft_error err;

    cr_assert_eq(weft_optimize(&once, &out, &t, 1, NULL, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "a value of type sealed"));
    weft_graph_free(g);
}

static weft_status scenario(void *arg)
{
    struct random_graph *r = arg;
    weft_task *out[200];
    weft_graph *once;
    const weft_status st = weft_optimize(&once, out, r->targets, r->n_targets, NULL, NULL);

    if (!st)
        weft_graph_free(once);
    return st;
}

Test(optimize, without_memory_there_is_no_graph)
{
    struct random_graph r;

    random_graph_init(&r, 1, 30);
    cr_assert_leq(r.n_targets, 200);
    cr_assert_gt(nomem_everywhere(scenario, &r), 10);
    random_graph_fini(&r);
}
