/* test_graph.c - adding, naming, referring and failing, before anything runs. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/plan.h>

#include <weft/pool.h>

#include "lib/base/mem.h"
#include "lib/graph/graph.h"
#include "tests/support/bodies.h"

static int n_freed;

static void count_free(void *arg)
{
    (void)arg;
    n_freed++;
}

Test(graph, tasks_keep_the_order_of_adding)
{
    weft_graph *g = weft_graph_new();
    weft_task *tasks[1000];

    for (int i = 0; i < 1000; i++)
        tasks[i] = weft_add(g, body_add, .name = "a", .arg = arg_of(i));
    cr_assert_eq(weft_graph_n_tasks(g), 1000);
    for (int i = 0; i < 1000; i++) {
        cr_assert_eq(weft_graph_task(g, (size_t)i), tasks[i]);
        cr_assert_eq(weft_task_id(tasks[i]), (size_t)i);
        cr_assert_eq(weft_task_graph(tasks[i]), g);
    }
    weft_graph_free(g);
}

Test(graph, a_loop_of_adds_makes_one_kind)
{
    weft_graph *g = weft_graph_new();
    char name[8];

    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "k%d", i % 3); /* the buffer is the same, the text is not */
        weft_graph_add(g, &(struct weft_task_spec){.name = name, .body = body_add});
    }
    cr_assert_eq(g->n_kinds, 3);
    cr_assert_str_eq(weft_task_name(weft_graph_task(g, 4)), "k1");
    weft_graph_free(g);
}

Test(graph, a_name_given_and_the_same_one_found_make_two_kinds)
{
    weft_graph *g = weft_graph_new();

    for (int i = 0; i < 100; i++) {
        weft_task *t = weft_graph_add(g, &(struct weft_task_spec){.name = i % 2 ? "body_add" : NULL, .body = body_add});

        cr_assert(i % 2 == 0 || !strcmp(weft_task_name(t), "body_add"));
    }
    cr_assert_eq(g->n_kinds, 2);
    weft_graph_free(g);
}

Test(graph, what_is_wrong_with_a_task_is_seen_in_the_middle_of_a_loop)
{
    weft_graph *g = weft_graph_new(), *other = weft_graph_new();
    weft_task *good = weft_add(g, body_add), *bad = weft_graph_fail(g, WEFT_IO, "no disk");
    weft_task *stranger = weft_add(other, body_add);
    weft_task *const deps[] = {good, good, bad, good, stranger, good, NULL, good, good};
    const weft_status want[] = {WEFT_OK, WEFT_OK, WEFT_IO, WEFT_OK, WEFT_INVALID, WEFT_OK, WEFT_INVALID, WEFT_OK, WEFT_OK};

    for (size_t n = 1; n <= 6; n += 5)
        for (size_t i = 0; i < sizeof deps / sizeof *deps; i++) {
            weft_task *const in[] = {deps[i], good, good, good, good, good};
            const weft_task *t = weft_graph_add(g, &(struct weft_task_spec){.name = "t", .body = body_add, .deps = in,
                                                                            .n_deps = n});

            cr_assert_eq(weft_task_status(t, NULL), want[i], "%zu", i);
            cr_assert_eq(weft_task_n_deps(t), want[i] ? 0 : n);
        }
    for (int i = 0; i < 3; i++) {
        const struct weft_task_spec most = {.name = "t", .body = body_add, .n_results = 70000};
        const struct weft_task_spec arity = {.name = "t", .body = body_add, .arity = i % 2 + 1, .deps = &good, .n_deps = 1};

        cr_assert_eq(weft_task_status(weft_graph_add(g, &most), NULL), WEFT_INVALID);
        cr_assert_eq(weft_task_status(weft_graph_add(g, &arity), NULL), i % 2 ? WEFT_INVALID : WEFT_OK);
    }
    weft_graph_free(g);
    weft_graph_free(other);
}

Test(graph, dependencies_are_kept_in_order_few_or_many)
{
    weft_graph *g = weft_graph_new();
    weft_task *in[50];

    for (int i = 0; i < 50; i++)
        in[i] = weft_add(g, body_add);
    for (size_t n = 0; n <= 50; n++) {
        weft_task *t = weft_graph_add(g, &(struct weft_task_spec){.body = body_add, .deps = in, .n_deps = n});

        cr_assert_eq(weft_task_n_deps(t), n);
        for (size_t i = 0; i < n; i++)
            cr_assert_eq(weft_task_dep(t, i), in[i]);
    }
    weft_graph_free(g);
}

Test(graph, a_taken_argument_is_freed_once_also_on_failure)
{
    weft_graph *g = weft_graph_new();
    weft_graph *other = weft_graph_new();
    weft_task *stranger = weft_add(other, body_add);

    n_freed = 0;
    weft_add(g, body_add, .arg = &n_freed, .free_arg = count_free);
    cr_assert_eq(n_freed, 0);
    weft_add(g, body_add, .arg = &n_freed, .free_arg = count_free, .deps = WEFT_DEPS(stranger));
    cr_assert_eq(n_freed, 1);
    weft_graph_add(NULL, &(struct weft_task_spec){.body = body_add, .arg = &n_freed, .free_arg = count_free});
    cr_assert_eq(n_freed, 2);
    weft_graph_free(g);
    cr_assert_eq(n_freed, 3);
    weft_graph_free(other);
}

Test(graph, plain_bytes_are_copied_now)
{
    weft_graph *g = weft_graph_new();
    char text[] = "before";
    weft_task *t = weft_add(g, body_add, .arg = text, .arg_bytes = sizeof text);

    memset(text, 'x', sizeof text - 1);
    cr_assert_str_eq(wf_task_arg(t), "before");
    weft_graph_free(g);
}

Test(graph, a_task_of_another_graph_is_refused_by_name)
{
    weft_graph *g = weft_graph_new(), *other = weft_graph_new();
    weft_task *stranger = weft_add(other, body_add, .name = "stranger");
    weft_task *t = weft_add(g, body_add, .name = "mine", .deps = WEFT_DEPS(stranger));
    struct weft_error err;

    cr_assert_eq(weft_task_status(t, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "mine: input 0 (stranger) belongs to another graph");
    cr_assert(strstr(err.site, "test_graph.c:"));
    weft_graph_free(g);
    weft_graph_free(other);
}

Test(graph, a_key_used_twice_is_refused_with_both_places)
{
    weft_graph *g = weft_graph_new();
    struct weft_error err;
    weft_task *first = weft_add(g, body_add, .key = "total");
    weft_task *second = weft_add(g, body_add, .key = "total");
    weft_task *shared = weft_add(g, body_add, .key = "total", .flags = WEFT_SHARE);

    cr_assert_eq(weft_task_status(first, NULL), WEFT_OK);
    cr_assert_eq(weft_task_status(second, &err), WEFT_DUPLICATE);
    cr_assert(strstr(err.message, "key \"total\" is used twice: at "));
    cr_assert(strstr(strstr(err.message, "test_graph.c:") + 1, "test_graph.c:"));
    cr_assert_eq(shared, first);
    cr_assert_eq(weft_graph_find(g, "total"), first);
    cr_assert_null(weft_graph_find(g, "nothing"));
    weft_graph_free(g);
}

Test(graph, wrong_arity_and_missing_inputs_are_refused)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add);
    struct weft_error err;

    weft_task_status(weft_add(g, body_add, .name = "pair", .arity = 2, .deps = WEFT_DEPS(a)), &err);
    cr_assert_str_eq(err.message, "pair: takes 2 inputs and got 1");
    weft_task_status(weft_add(g, body_add, .name = "pair", .deps = WEFT_DEPS(a, NULL)), &err);
    cr_assert_str_eq(err.message, "pair: input 1 is NULL");
    weft_graph_free(g);
}

Test(graph, what_is_built_on_a_failed_task_fails_for_the_same_reason)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_graph_fail(g, WEFT_RANGE, "size %d", -3);
    weft_task *b = weft_add(g, body_add, .deps = WEFT_DEPS(a));
    weft_task *c = weft_add(g, body_add, .deps = WEFT_DEPS(b));
    struct weft_error err;

    cr_assert_eq(weft_task_status(c, &err), WEFT_RANGE);
    cr_assert_str_eq(err.message, "size -3");
    weft_graph_free(g);
}

Test(graph, a_null_graph_is_passed_on)
{
    struct weft_error err;
    weft_plan *plan;
    weft_task *t = weft_add(NULL, body_add);

    cr_assert_null(t);
    cr_assert_null(weft_graph_put(NULL, weft_value_of_i64(1)));
    cr_assert_null(weft_graph_ref(NULL, "x"));
    cr_assert_eq(weft_graph_layer(NULL, "x"), 0);
    cr_assert_eq(weft_plan_new(&plan, &t, 1, NULL, &err), WEFT_NOMEM);
}

Test(graph, a_result_number_out_of_range_is_refused)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_three, .name = "three", .n_results = 3);
    struct weft_error err;

    cr_assert_eq(weft_task_status(weft_task_result(t, 2), NULL), WEFT_OK);
    cr_assert_eq(weft_task_status(weft_task_result(t, 3), &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "three: result 3 of 3");
    weft_graph_free(g);
}

Test(graph, layers_are_numbered_from_one)
{
    weft_graph *g = weft_graph_new();

    for (uint32_t i = 1; i <= 40; i++)
        cr_assert_eq(weft_graph_layer(g, i % 2 ? "odd" : "even"), i);
    cr_assert_str_eq(weft_graph_layer_name(g, 0), "");
    cr_assert_str_eq(weft_graph_layer_name(g, 39), "odd");
    weft_graph_free(g);
}

/* Builds a graph with some of everything; whatever allocation fails, a handle comes back. */
static weft_task *build_some(weft_graph **g)
{
    weft_task *t[64];
    const int64_t index[] = {1, 2};

    *g = weft_graph_new();
    for (int i = 0; i < 64; i++) {
        const uint32_t layer = weft_graph_layer(*g, "layer");

        t[i] = weft_add(*g, body_add, .name = i % 2 ? "a" : "b", .layer = layer, .index = index, .n_index = 2,
                        .flags = WEFT_PURE, .deps = t, .n_deps = (size_t)i);
    }
    return weft_add(*g, body_add, .key = "end",
                    .deps = WEFT_DEPS(t[63], weft_graph_alias(*g, "last", t[63]), weft_graph_put(*g, weft_value_of_f64(1))));
}

Test(graph, any_allocation_may_fail)
{
    bool done = false;

    for (int64_t n = 1; !done; n++) {
        struct weft_error err;
        weft_plan *plan = NULL;
        weft_graph *g;
        weft_task *t;
        weft_status st;

        wf_mem_watch(true);
        wf_mem_fail_at(n);
        t = build_some(&g);
        st = weft_plan_new(&plan, &t, 1, NULL, &err);
        done = wf_mem_n_asked() < n;
        /* A name that finds no memory costs the picture, not the graph. */
        cr_assert(st == WEFT_OK || st == WEFT_NOMEM, "allocation %lld: %s", (long long)n, err.message);
        if (done)
            cr_assert_eq(st, WEFT_OK);
        weft_plan_free(plan);
        weft_graph_free(g);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %lld leaks", (long long)n);
        cr_assert_lt(n, 10000);
    }
    wf_mem_fail_at(0);
}

Test(graph, a_key_tells_why_its_task_failed)
{
    weft_graph *g = weft_graph_new();
    weft_task *early = weft_graph_ref(g, "x"), *user = weft_add(g, body_add, .deps = WEFT_DEPS(early));
    weft_task *bad = weft_graph_fail(g, WEFT_RANGE, "out of all bounds");
    weft_task *x = weft_add(g, body_add, .key = "x", .deps = WEFT_DEPS(bad));
    weft_task *y = weft_graph_alias(g, "y", x);
    struct weft_error err;
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});

    cr_assert_eq(weft_graph_find(g, "x"), x);
    cr_assert_eq(weft_task_status(weft_graph_ref(g, "x"), &err), WEFT_RANGE);
    cr_assert_eq(weft_task_status(weft_graph_find(g, "y"), &err), WEFT_RANGE);
    cr_assert_eq(weft_graph_find(g, "y"), y);
    cr_assert_eq(weft_pool_run(pool, user, NULL, &err), WEFT_RANGE);
    cr_assert_str_eq(err.message, "out of all bounds");
    cr_assert_str_eq(err.task, "x");
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(graph, a_task_has_at_most_65536_results)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add, .name = "t", .n_results = 65536);
    struct weft_error err;
    char key[32];

    weft_task_key(weft_task_result(t, 65535), key, sizeof key);
    cr_assert_str_eq(key, "t-1[65535]");
    cr_assert_eq(weft_task_status(weft_add(g, body_add, .name = "t", .n_results = 65537), &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "t: 65537 results; at most 65536 are possible");
    weft_graph_free(g);
}

Test(graph, a_null_task_answers_all_questions)
{
    char key[16];

    cr_assert_eq(weft_task_n_deps(NULL), 0);
    cr_assert_eq(weft_task_layer(NULL), 0);
    cr_assert_str_eq(weft_task_name(NULL), "failed");
    cr_assert_str_eq(weft_graph_layer_name(NULL, 1), "");
    cr_assert_eq(weft_task_key(NULL, key, sizeof key), 6);
    cr_assert_null(weft_task_graph(NULL));
}
