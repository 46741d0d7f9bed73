/* test_plan.c - what a plan keeps, joins, refuses, and in what order. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/graph/plan.h"
#include "tests/support/bodies.h"

static weft_plan *plan_of(weft_task *t, uint32_t without)
{
    struct weft_error err;
    weft_plan *p = NULL;

    cr_assert_eq(weft_plan_new(&p, &t, 1, &(struct weft_plan_spec){.without = without}, &err), WEFT_OK, "%s",
                 err.message);
    return p;
}

/* Ranks are a topological order, and successors mirror inputs. */
static void check_order(const weft_plan *p)
{
    for (uint32_t i = 0; i < p->n_nodes; i++) {
        const struct wf_inputs in = wf_plan_inputs(p, i);

        for (uint32_t k = 0; k < in.n; k++)
            if (wf_input_slot(&in, k) < p->first_const)
                cr_assert_lt(wf_plan_owner(p, wf_input_slot(&in, k)), i);
        for (uint32_t k = 1; k < p->nodes[i].n_succ; k++)
            cr_assert_lt(wf_plan_succ(p, i)[k - 1], wf_plan_succ(p, i)[k]);
        cr_assert_eq(wf_plan_is_fused(p, i) && p->nodes[i].n_join != 1, false);
    }
}

Test(plan, what_no_target_needs_is_culled)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add), *b = weft_add(g, body_add, .deps = WEFT_DEPS(a));
    weft_plan *p;

    weft_add(g, body_add, .deps = WEFT_DEPS(a, b)); /* not wanted */
    p = plan_of(b, 0);
    cr_assert_eq(weft_plan_n_tasks(p), 2);
    weft_plan_free(p);
    p = plan_of(b, WEFT_PASS_CULL);
    cr_assert_eq(weft_plan_n_tasks(p), 3);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(plan, equal_pure_tasks_run_once)
{
    weft_graph *g = weft_graph_new();
    weft_task *t[6];
    weft_plan *p;

    /* Two equal branches of three, joined: a, b, c twice; only the join is one. */
    for (int i = 0; i < 6; i++)
        t[i] = weft_add(g, body_add, .arg = arg_of(i % 3), .flags = WEFT_PURE, .deps = i ? t + (i - 1) : NULL,
                        .n_deps = i % 3 > 0);
    p = plan_of(weft_add(g, body_add, .deps = WEFT_DEPS(t[2], t[5])), 0);
    cr_assert_eq(weft_plan_n_tasks(p), 4);
    check_order(p);
    weft_plan_free(p);
    p = plan_of(weft_add(g, body_add, .deps = WEFT_DEPS(t[2], t[5])), WEFT_PASS_SHARE);
    cr_assert_eq(weft_plan_n_tasks(p), 7);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(plan, a_chain_is_fused_but_not_past_a_target)
{
    weft_graph *g = weft_graph_new();
    weft_task *t[10];
    struct weft_error err;
    weft_plan *p;

    for (int i = 0; i < 10; i++)
        t[i] = weft_add(g, body_add, .deps = i ? t + (i - 1) : NULL, .n_deps = i > 0);
    p = plan_of(t[9], 0);
    cr_assert_eq(weft_plan_n_fused(p), 9);
    weft_plan_free(p);
    cr_assert_eq(weft_plan_new(&p, (weft_task *[]){t[9], t[4]}, 2, NULL, &err), WEFT_OK);
    cr_assert_eq(weft_plan_n_fused(p), 8);
    cr_assert(!wf_plan_is_fused(p, 5));
    weft_plan_free(p);
    p = plan_of(t[9], WEFT_PASS_FUSE);
    cr_assert_eq(weft_plan_n_fused(p), 0);
    weft_plan_free(p);
    weft_graph_free(g);
}

/*   l0 -> m0 -\          Breadth first would hold all four loads at once.
 *   l1 -> m1 --> sum     Depth first holds one load and the maps before it. */
Test(plan, a_branch_begun_is_finished_before_the_next)
{
    weft_graph *g = weft_graph_new();
    weft_task *load[4], *map[4];
    weft_plan *p;

    for (int i = 0; i < 4; i++)
        load[i] = weft_add(g, body_add, .name = "load");
    for (int i = 0; i < 4; i++)
        map[i] = weft_add(g, body_add, .name = "map", .deps = WEFT_DEPS(load[i]));
    p = plan_of(weft_graph_add(g, &(struct weft_task_spec){.name = "sum", .body = body_add, .deps = map, .n_deps = 4}), 0);
    for (size_t i = 0; i < 8; i++)
        cr_assert_str_eq(weft_task_name(weft_plan_task(p, i)), i % 2 ? "map" : "load");
    check_order(p);
    weft_plan_free(p);
    p = plan_of(weft_graph_task(g, 8), WEFT_PASS_ORDER);
    for (size_t i = 0; i < 8; i++)
        cr_assert_str_eq(weft_task_name(weft_plan_task(p, i)), i < 4 ? "load" : "map");
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(plan, the_deepest_dependency_comes_first)
{
    weft_graph *g = weft_graph_new();
    weft_task *leaf = weft_add(g, body_add, .name = "leaf");
    weft_task *deep = weft_add(g, body_add, .name = "deep");
    weft_plan *p;

    for (int i = 0; i < 5; i++)
        deep = weft_add(g, body_add, .name = "deep", .deps = WEFT_DEPS(deep));
    p = plan_of(weft_add(g, body_add, .deps = WEFT_DEPS(leaf, deep)), 0);
    cr_assert_eq(weft_plan_task(p, 6), leaf); /* held while nothing else is made */
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(plan, a_circle_is_written_out)
{
    weft_graph *g = weft_graph_new();
    struct weft_error err;
    weft_plan *p;
    weft_task *b = weft_add(g, body_add, .key = "b", .deps = WEFT_DEPS(weft_graph_ref(g, "c")));
    weft_task *a = weft_add(g, body_add, .key = "a", .deps = WEFT_DEPS(b));
    weft_task *outside;

    weft_add(g, body_add, .key = "c", .deps = WEFT_DEPS(a));
    outside = weft_add(g, body_add, .key = "outside", .deps = WEFT_DEPS(a));
    cr_assert_eq(weft_plan_new(&p, &outside, 1, NULL, &err), WEFT_CYCLE);
    cr_assert_str_eq(err.message, "tasks wait for each other: a needs b needs c needs a");
    weft_graph_free(g);
}

Test(plan, aliases_in_a_circle_are_refused)
{
    weft_graph *g = weft_graph_new();
    weft_task *x = weft_graph_ref(g, "x");
    weft_task *y = weft_graph_alias(g, "y", x);
    struct weft_error err;
    weft_plan *p;

    weft_graph_alias(g, "x", y);
    cr_assert_eq(weft_plan_new(&p, &x, 1, NULL, &err), WEFT_CYCLE);
    weft_graph_free(g);
}

Test(plan, a_key_that_never_came_is_named)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add, .deps = WEFT_DEPS(weft_graph_ref(g, "ghost")));
    struct weft_error err;
    weft_plan *p;

    cr_assert_eq(weft_plan_new(&p, &t, 1, NULL, &err), WEFT_NOT_FOUND);
    cr_assert_str_eq(err.message, "a task refers to key \"ghost\", which no task has");
    weft_graph_free(g);
}

Test(plan, targets_of_two_graphs_and_none_at_all_are_refused)
{
    weft_graph *g = weft_graph_new(), *h = weft_graph_new();
    weft_task *both[] = {weft_add(g, body_add, .name = "a"), weft_add(h, body_add, .name = "b")};
    struct weft_error err;
    weft_plan *p;

    cr_assert_eq(weft_plan_new(&p, both, 2, NULL, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "target 1 (b) belongs to another graph than target 0 (a)");
    cr_assert_eq(weft_plan_new(&p, both, 0, NULL, &err), WEFT_INVALID);
    weft_graph_free(g);
    weft_graph_free(h);
}

Test(plan, random_graphs_are_ordered_whatever_passes_are_made)
{
    srand(1);
    for (int round = 0; round < 300; round++) {
        const int n = 1 + rand() % 60;
        weft_graph *g = weft_graph_new();
        weft_task *t[60];

        for (int i = 0; i < n; i++) {
            weft_task *deps[8];
            size_t n_deps = 0;

            while (i && n_deps < 8 && rand() % 3)
                deps[n_deps++] = weft_task_result(t[rand() % i], 0);
            t[i] = weft_graph_add(g, &(struct weft_task_spec){.body = body_add, .deps = deps, .n_deps = n_deps,
                                                             .flags = rand() % 2 ? WEFT_PURE : 0,
                                                             .n_results = 1 + rand() % 2});
        }
        for (uint32_t without = 0; without < 16; without++) {
            struct weft_error err;
            weft_plan *p = NULL;
            uint32_t *first, *preds, n_edges = 0;

            cr_assert_eq(weft_plan_new(&p, t, (size_t)n, &(struct weft_plan_spec){without}, &err), WEFT_OK);
            check_order(p);
            if (without & WEFT_PASS_SHARE)
                cr_assert_eq(weft_plan_n_tasks(p), (size_t)n);
            first = malloc((p->n_nodes + 1) * sizeof *first);
            preds = malloc((p->n_edges + 1) * sizeof *preds);
            wf_plan_preds(p, first, preds);
            for (uint32_t i = 0; i < p->n_nodes; i++) {
                cr_assert_eq(first[i + 1] - first[i], p->nodes[i].n_join);
                for (uint32_t e = first[i]; e < first[i + 1]; e++, n_edges++)
                    cr_assert(preds[e] < i && (e == first[i] || preds[e - 1] < preds[e]));
            }
            cr_assert_eq(n_edges, p->n_edges);
            free(first);
            free(preds);
            weft_plan_free(p);
        }
        weft_graph_free(g);
    }
}

Test(plan, a_chain_a_million_deep_needs_no_stack)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add);
    weft_plan *p;

    weft_graph_layer(g, "walked depth first, as collections are");
    for (int i = 0; i < 1000000; i++)
        t = weft_graph_add(g, &(struct weft_task_spec){.body = body_add, .deps = &t, .n_deps = 1});
    p = plan_of(t, 0);
    cr_assert_eq(weft_plan_n_tasks(p), 1000001);
    cr_assert_eq(weft_plan_n_fused(p), 1000000);
    weft_plan_free(p);
    weft_graph_free(g);
}
