/* test_lay.c - nodes and successors, against plain loops; what they take of memory. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/graph/plan.h"
#include "tests/support/bodies.h"
#include "tests/support/nomem.h"

enum { MOST = 300, MOST_DEPS = 40 };

static weft_plan *plan_of(weft_task *const *targets, size_t n, uint32_t without)
{
    struct weft_error err;
    weft_plan *p = NULL;

    cr_assert_eq(weft_plan_new(&p, targets, n, &(struct weft_plan_spec){.without = without}, &err), WEFT_OK, "%s",
                 err.message);
    return p;
}

/* Tasks of nothing but bodies, which read one another, some twice and in any order. */
static void random_plain(weft_graph *g, unsigned *seed, weft_task **t, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        weft_task *deps[MOST_DEPS];
        const int most = rand_r(seed) % 20 ? 4 : MOST_DEPS;
        size_t n_deps = i ? (size_t)(rand_r(seed) % (most + 1)) : 0;

        for (size_t k = 0; k < n_deps; k++)
            deps[k] = t[rand_r(seed) % 3 ? (uint32_t)rand_r(seed) % i : i - 1];
        t[i] = weft_add(g, i % 2 ? body_add : body_count, .arg = arg_of(i), .deps = deps, .n_deps = n_deps);
    }
}

static bool waits_for(const weft_task *t, uint32_t id)
{
    for (size_t k = 0; k < weft_task_n_deps(t); k++)
        if (weft_task_id(weft_task_dep(t, k)) == id)
            return true;
    return false;
}

/* The plan of all tasks in the order they were built, by looking at every pair. */
static void check_as_built(const weft_plan *p, weft_task **t, uint32_t n, const bool *asked)
{
    uint32_t n_edges = 0, n_roots = 0, n_sinks = 0;

    cr_assert_eq(p->n_nodes, n);
    for (uint32_t i = 0; i < n; i++) {
        const struct wf_node *node = &p->nodes[i];
        const struct wf_inputs in = wf_plan_inputs(p, i);
        uint32_t n_join = 0, n_succ = 0, n_read = 0, before = WF_NONE;

        for (uint32_t k = 0; k < n; k++) {
            if (k < i && waits_for(t[i], k)) {
                n_join++;
                before = k;
            }
            if (k > i && waits_for(t[k], i)) {
                cr_assert_lt(n_succ, node->n_succ);
                cr_assert_eq(wf_plan_succ(p, i)[n_succ++], k);
                for (size_t d = 0; d < weft_task_n_deps(t[k]); d++)
                    n_read += weft_task_dep(t[k], d) == t[i];
            }
        }
        cr_assert_eq(weft_plan_task(p, i), t[i]);
        cr_assert_eq(node->body, i % 2 ? body_add : body_count);
        cr_assert_eq(node->arg, arg_of(i));
        cr_assert_eq(node->n_succ, n_succ);
        cr_assert_eq(node->n_join, n_join);
        cr_assert_eq(node->join, n_join);
        cr_assert_eq(in.n, weft_task_n_deps(t[i]));
        for (uint32_t k = 0; k < in.n; k++)
            cr_assert_eq(wf_input_slot(&in, k), weft_task_id(weft_task_dep(t[i], k)));
        cr_assert_eq(wf_plan_uses(p, i), n_read + asked[i]);
        cr_assert_eq(node->fused, n_join == 1 && before == i - 1 && p->nodes[i - 1].n_succ == 1 && !asked[i - 1]);
        if (!n_join)
            cr_assert_eq(p->roots[n_roots++], i);
        n_edges += n_join;
        n_sinks += !n_succ;
    }
    cr_assert_eq(p->n_edges, n_edges);
    cr_assert_eq(p->n_roots, n_roots);
    cr_assert_eq(p->n_sinks, n_sinks);
}

Test(lay, nodes_are_what_plain_loops_find_with_and_without_arrays_of_numbers)
{
    static weft_task *t[MOST], *targets[MOST];
    unsigned seed = 1;

    for (int round = 0; round < 60; round++) {
        weft_graph *g = weft_graph_new();
        const uint32_t n = 1 + (uint32_t)rand_r(&seed) % MOST;
        bool has_next[MOST] = {0}, asked[MOST] = {0};
        size_t n_targets = 0;
        weft_plan *p;

        random_plain(g, &seed, t, n);
        for (uint32_t i = 0; i < n; i++)
            for (size_t k = 0; k < weft_task_n_deps(t[i]); k++)
                has_next[weft_task_id(weft_task_dep(t[i], k))] = true;
        for (uint32_t i = 0; i < n; i++)
            if (!has_next[i] || rand_r(&seed) % 10 == 0) {
                targets[n_targets++] = t[i];
                asked[i] = true;
            }
        p = plan_of(targets, n_targets, WEFT_PASS_ORDER);
        cr_assert_null(p->task_of);
        cr_assert_null(p->slot_of);
        check_as_built(p, t, n, asked);
        weft_plan_free(p);
        /* With a value beside them, the same tasks go the long way. */
        weft_graph_put(g, box_of(&type_box, 1));
        p = plan_of(targets, n_targets, WEFT_PASS_ORDER);
        cr_assert_not_null(p->task_of);
        check_as_built(p, t, n, asked);
        weft_plan_free(p);
        weft_graph_free(g);
    }
}

/*   a -> b -> c     and  a -> x     and, built last,  y     */
Test(lay, one_task_that_is_not_needed_and_the_graph_is_not_taken_as_built)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add), *b = weft_add(g, body_add, .deps = WEFT_DEPS(a));
    weft_task *x = weft_add(g, body_add, .deps = WEFT_DEPS(a));
    weft_task *c = weft_add(g, body_add, .deps = WEFT_DEPS(b)), *y;
    weft_task *with_x[] = {x, c};
    weft_plan *p = plan_of(&c, 1, WEFT_PASS_ORDER);

    cr_assert_eq(weft_plan_n_tasks(p), 3);
    cr_assert_eq(weft_plan_task(p, 2), c);
    weft_plan_free(p);
    p = plan_of(with_x, 2, WEFT_PASS_ORDER);
    cr_assert_eq(weft_plan_n_tasks(p), 4);
    cr_assert_null(p->task_of);
    weft_plan_free(p);
    y = weft_add(g, body_add);
    p = plan_of(with_x, 2, WEFT_PASS_ORDER);
    cr_assert_eq(weft_plan_n_tasks(p), 4);
    weft_plan_free(p);
    p = plan_of(&y, 1, WEFT_PASS_ORDER | WEFT_PASS_CULL);
    cr_assert_eq(weft_plan_n_tasks(p), 5);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(lay, results_of_one_node_named_by_turns_are_one_predecessor)
{
    weft_graph *g = weft_graph_new();
    weft_task *three = weft_add(g, body_three, .n_results = 3), *deps[12], *join;
    weft_plan *p;

    for (int i = 0; i < 12; i++)
        deps[i] = i % 4 == 3 ? weft_add(g, body_add, .arg = arg_of(i)) : weft_task_result(three, i % 3);
    join = weft_add(g, body_add, .deps = deps, .n_deps = 12);
    p = plan_of(&join, 1, 0);
    cr_assert_eq(weft_plan_n_tasks(p), 5);
    cr_assert_eq(p->nodes[4].n_join, 4);
    cr_assert_eq(weft_plan_n_edges(p), 4);
    weft_plan_free(p);
    weft_graph_free(g);
}

static weft_status freeze_in_both_ways(void *arg)
{
    weft_graph *g = weft_graph_new();
    weft_task *in[10], *join;
    weft_plan *p = NULL;
    weft_status st = WEFT_NOMEM;

    (void)arg;
    for (int i = 0; i < 10; i++)
        in[i] = weft_add(g, body_add, .name = "in");
    in[3] = in[7];
    join = weft_add(g, body_add, .name = "join", .deps = in, .n_deps = 10);
    if (!g)
        return WEFT_NOMEM;
    for (uint32_t without = 0; without <= WEFT_PASS_ORDER; without += WEFT_PASS_ORDER) {
        st = weft_plan_new(&p, &join, 1, &(struct weft_plan_spec){.without = without | WEFT_PASS_CULL}, NULL);
        if (st)
            break;
        weft_plan_free(p);
    }
    weft_graph_free(g);
    return st;
}

Test(lay, memory_may_run_out_anywhere)
{
    cr_assert_geq(nomem_everywhere(freeze_in_both_ways, NULL), 8);
}

static size_t resident_bytes(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    size_t all = 0, resident = 0;

    cr_assert(f && fscanf(f, "%zu %zu", &all, &resident) == 2);
    fclose(f);
    return resident * (size_t)sysconf(_SC_PAGESIZE);
}

/* Layers of 1000, each task reads three of the layer before. */
Test(lay, graph_and_plan_of_a_million_take_less_than_100_bytes_a_task)
{
    enum { N = 1000000, LAYER = 1000 };
    weft_task **t;
    unsigned seed = 1;
    size_t before;
    weft_graph *g;
    weft_plan *p;

#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
    cr_skip_test("the sanitizer's own pages would be counted, too");
#endif
    t = wf_alloc_array(N, sizeof *t);
    cr_assert_not_null(t);
    memset(t, 1, N * sizeof *t);
    before = resident_bytes();
    g = weft_graph_new();
    for (uint32_t i = 0; i < N; i++) {
        weft_task **above = t + i / LAYER * LAYER - (i < LAYER ? 0 : LAYER);
        const uint32_t k = (uint32_t)rand_r(&seed) % (LAYER - 2);

        t[i] = i < LAYER ? weft_add(g, body_add)
                         : weft_add(g, body_add, .deps = WEFT_DEPS(above[k], above[k + 2], above[k + 1]));
    }
    p = plan_of(t + N - LAYER, LAYER, WEFT_PASS_CULL);
    cr_assert_lt(resident_bytes() - before, (size_t)100 * N);
    cr_assert_gt(weft_plan_n_edges(p), 2900000);
    weft_plan_free(p);
    weft_graph_free(g);
    wf_free(t);
}
