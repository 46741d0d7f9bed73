/* test_terms.c - how tasks want to be run survives everything that is done to a graph. */
#include <criterion/criterion.h>

#include <string.h>

#include <weft/plan.h>

#include "lib/graph/graph.h"
#include "lib/graph/plan.h"
#include "tests/support/bodies.h"
#include "tests/support/nomem.h"

static const struct weft_terms *terms_of(const weft_task *t)
{
    return wf_task_kind(t)->terms;
}

static bool fails_with(const weft_task *t, const char *words)
{
    struct weft_error err = {0};

    return weft_task_status(t, &err) == WEFT_INVALID && strstr(err.message, words);
}

Test(terms, a_task_keeps_a_copy_of_all_it_says)
{
    weft_graph *g = weft_graph_new();
    char gpu[] = "gpu";
    int workers[] = {3, 1};
    struct weft_need needs[] = {{gpu, 2}, {"licence", 1}};
    const weft_task *t = weft_add(g, body_add, .flags = WEFT_PURE, WEFT_TERMS(.retries = 3, .backoff_ns = 5, .timeout_ns = 7, .needs = needs, .n_needs = 2, .scratch_bytes = 11, .workers = workers, .n_workers = 2, .only_workers = true));
    const struct weft_terms *terms = terms_of(t);

    gpu[0] = 'x';
    workers[0] = 9;
    needs[1].units = 9;
    cr_assert_eq(terms->retries, 3);
    cr_assert_eq(terms->backoff_ns, 5);
    cr_assert_eq(terms->timeout_ns, 7);
    cr_assert_eq(terms->scratch_bytes, 11);
    cr_assert_eq(terms->n_needs, 2);
    cr_assert_str_eq(terms->needs[0].resource, "gpu");
    cr_assert_eq(terms->needs[0].units, 2);
    cr_assert_str_eq(terms->needs[1].resource, "licence");
    cr_assert_eq(terms->needs[1].units, 1);
    cr_assert_eq(terms->n_workers, 2);
    cr_assert_eq(terms->workers[0], 3);
    cr_assert_eq(terms->workers[1], 1);
    cr_assert(terms->only_workers);
    weft_graph_free(g);
}

Test(terms, equal_terms_are_one_and_no_terms_are_none)
{
    weft_graph *g = weft_graph_new();
    weft_task *t[6];

    for (int i = 0; i < 6; i++)
        t[i] = weft_add(g, body_add, WEFT_TERMS(.timeout_ns = i % 3, .needs = &(struct weft_need){"disk", 1}, .n_needs = i % 3 > 0));
    cr_assert_null(terms_of(t[0]));
    cr_assert_eq(terms_of(t[1]), terms_of(t[4]));
    cr_assert_eq(terms_of(t[2]), terms_of(t[5]));
    cr_assert_neq(terms_of(t[1]), terms_of(t[2]));
    cr_assert_eq(g->n_kinds, 3);
    weft_graph_free(g);
}

Test(terms, what_makes_no_sense_is_a_failed_task_that_says_so)
{
    weft_graph *g = weft_graph_new();
    const struct weft_need twice[] = {{"gpu", 1}, {"gpu", 2}}, none[] = {{"gpu", 0}}, nameless[] = {{NULL, 1}};

    cr_assert(fails_with(weft_add(g, body_add, WEFT_TERMS(.retries = 2)), "only tasks marked WEFT_PURE may be run again"));
    cr_assert(fails_with(weft_add(g, body_add, WEFT_TERMS(.retries = -1), .flags = WEFT_PURE), "-1 retries"));
    cr_assert(fails_with(weft_add(g, body_add, WEFT_TERMS(.timeout_ns = -5)), "a timeout of -5 ns"));
    cr_assert(fails_with(weft_add(g, body_add, WEFT_TERMS(.backoff_ns = -6)), "a backoff of -6 ns"));
    cr_assert(fails_with(weft_add(g, body_add, WEFT_TERMS(.needs = twice, .n_needs = 2)), "needs 0 and 1 are both of \"gpu\""));
    cr_assert(fails_with(weft_add(g, body_add, WEFT_TERMS(.needs = none, .n_needs = 1)), "needs 0 units of \"gpu\""));
    cr_assert(fails_with(weft_add(g, body_add, WEFT_TERMS(.needs = nameless, .n_needs = 1)), "need 0 names no resource"));
    cr_assert(fails_with(weft_add(g, body_add, WEFT_TERMS(.only_workers = true)), "to run only on 0 workers"));
    cr_assert(fails_with(weft_add(g, body_add, WEFT_TERMS(.workers = (int[]){-2}, .n_workers = 1)), "worker -2"));
    weft_graph_free(g);
}

Test(terms, a_scope_speaks_for_all_tasks_in_it_and_inner_ones_go_before)
{
    weft_graph *g = weft_graph_new();
    const weft_task *t[7];

    t[0] = weft_add(g, body_add);
    weft_annotate(g, .terms = {.timeout_ns = 100, .scratch_bytes = 8}, .priority = 4);
    t[1] = weft_add(g, body_add);
    weft_annotate(g, .terms = {.timeout_ns = 50, .needs = &(struct weft_need){"gpu", 1}, .n_needs = 1});
    t[2] = weft_add(g, body_add);
    t[3] = weft_add(g, body_add, WEFT_TERMS(.timeout_ns = 7), .priority = -1);
    weft_graph_annotate_end(g);
    t[4] = weft_add(g, body_add);
    weft_graph_annotate_end(g);
    t[5] = weft_add(g, body_add);
    cr_assert_null(terms_of(t[0]));
    cr_assert_null(terms_of(t[5]));
    cr_assert_eq(terms_of(t[1])->timeout_ns, 100);
    cr_assert_eq(terms_of(t[4]), terms_of(t[1]));
    cr_assert_eq(terms_of(t[2])->timeout_ns, 50);
    cr_assert_eq(terms_of(t[2])->scratch_bytes, 8);
    cr_assert_str_eq(terms_of(t[2])->needs->resource, "gpu");
    cr_assert_eq(terms_of(t[3])->timeout_ns, 7);
    cr_assert_eq(terms_of(t[3])->n_needs, 1);
    cr_assert_eq(wf_task_kind(t[2])->priority, 4);
    cr_assert_eq(wf_task_kind(t[3])->priority, -1);
    cr_assert_eq(wf_task_kind(t[5])->priority, 0);
    weft_graph_free(g);
}

Test(terms, retries_of_a_scope_are_for_its_pure_tasks)
{
    weft_graph *g = weft_graph_new();
    const weft_task *pure, *other;

    weft_annotate(g, .terms = {.retries = 2, .backoff_ns = 5});
    pure = weft_add(g, body_add, .flags = WEFT_PURE);
    other = weft_add(g, body_add);
    weft_graph_annotate_end(g);
    cr_assert_eq(terms_of(pure)->retries, 2);
    cr_assert_eq(weft_task_status(weft_add(g, body_add, .flags = WEFT_KEEP, WEFT_TERMS(.retries = 1)), NULL), WEFT_OK);
    cr_assert_eq(terms_of(pure)->backoff_ns, 5);
    cr_assert_null(terms_of(other));
    cr_assert_eq(weft_task_status(other, NULL), WEFT_OK);
    weft_graph_free(g);
}

Test(terms, in_a_scope_that_makes_no_sense_every_task_fails_with_its_place)
{
    weft_graph *g = weft_graph_new();
    struct weft_error err;

    weft_add(g, body_add);
    weft_annotate(g, .terms = {.timeout_ns = -1});
    for (int i = 0; i < 3; i++) {
        const weft_task *t = weft_add(g, body_add);

        cr_assert_eq(weft_task_status(t, &err), WEFT_INVALID);
        cr_assert(strstr(err.message, "annotate: a timeout of -1 ns"));
        cr_assert(strstr(err.site, "test_terms.c:"));
        weft_annotate(g, .terms = {.timeout_ns = 1}); /* a good one within does not heal it */
        cr_assert_eq(weft_task_status(weft_add(g, body_add), NULL), WEFT_INVALID);
        weft_graph_annotate_end(g);
    }
    weft_graph_annotate_end(g);
    cr_assert_eq(weft_task_status(weft_add(g, body_add), NULL), WEFT_OK);
    weft_graph_free(g);
}

/*  a  a'    equal, but a' may use 1 ns only
 *  b  b'    equal, no terms */
Test(terms, tasks_of_different_terms_are_never_one_nor_lost_with_those_that_read_them)
{
    weft_graph *g = weft_graph_new();
    weft_plan *p;

    for (int round = 0; round < 2; round++) {
        weft_task *targets[3];

        for (int i = 0; i < 3; i++) {
            weft_task *a = weft_add(g, body_add, .name = "a", .flags = WEFT_PURE, WEFT_TERMS(.timeout_ns = round * (i > 0)));

            targets[i] = weft_add(g, body_add, .name = "b", .flags = WEFT_PURE, .deps = WEFT_DEPS(a));
        }
        cr_assert_eq(weft_plan_new(&p, targets, 3, NULL, NULL), WEFT_OK);
        cr_assert_eq(weft_plan_n_tasks(p), round ? 4 : 2);
        weft_plan_free(p);
    }
    weft_graph_free(g);
}

Test(terms, a_chain_ends_where_terms_change)
{
    weft_graph *g = weft_graph_new();
    weft_task *last = NULL;
    weft_plan *p;

    for (int i = 0; i < 9; i++)
        last = weft_graph_add(g, &(struct weft_task_spec){.body = body_add, .deps = &last, .n_deps = i > 0,
                                                          WEFT_TERMS(.timeout_ns = i / 3 == 1 ? 5 : 0)});
    for (uint32_t without = 0; without <= WEFT_PASS_ORDER; without += WEFT_PASS_ORDER) {
        cr_assert_eq(weft_plan_new(&p, &last, 1, &(struct weft_plan_spec){.without = without}, NULL), WEFT_OK);
        cr_assert(p->has_terms);
        cr_assert_eq(weft_plan_n_fused(p), 6);
        for (uint32_t i = 0; i < 9; i++) {
            cr_assert_eq(wf_plan_is_fused(p, i), i % 3 > 0);
            cr_assert_eq(wf_plan_terms(p, i) != NULL, i / 3 == 1);
        }
        weft_plan_free(p);
    }
    weft_graph_free(g);
}

Test(terms, a_chain_ends_where_priorities_change)
{
    weft_graph *g = weft_graph_new();
    weft_task *last = NULL;
    weft_plan *p;

    for (int i = 0; i < 9; i++)
        last = weft_graph_add(g, &(struct weft_task_spec){.body = body_add, .deps = &last, .n_deps = i > 0,
                                                          .priority = i / 3});
    cr_assert_eq(weft_plan_new(&p, &last, 1, NULL, NULL), WEFT_OK);
    for (uint32_t i = 0; i < 9; i++)
        cr_assert_eq(wf_plan_is_fused(p, i), i % 3 > 0);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(terms, a_plan_that_needs_no_task_with_terms_has_none)
{
    weft_graph *g = weft_graph_new();
    weft_task *plain = weft_add(g, body_add);
    weft_plan *p;

    weft_add(g, body_add, WEFT_TERMS(.timeout_ns = 5));
    cr_assert_eq(weft_plan_new(&p, &plain, 1, NULL, NULL), WEFT_OK);
    cr_assert(g->has_terms && !p->has_terms);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(terms, tasks_shared_by_a_key_cannot_differ_in_terms)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add, .key = "k", WEFT_TERMS(.timeout_ns = 5));

    cr_assert_eq(weft_add(g, body_add, .key = "k", .flags = WEFT_SHARE, WEFT_TERMS(.timeout_ns = 5)), t);
    cr_assert(fails_with(weft_add(g, body_add, .key = "k", .flags = WEFT_SHARE), "want to be run differently"));
    weft_graph_free(g);
}

static weft_status scenario(void *arg)
{
    weft_graph *g = weft_graph_new();
    weft_status st = WEFT_OK;

    (void)arg;
    if (!g)
        return WEFT_NOMEM;
    weft_annotate(g, .terms = {.timeout_ns = 5});
    weft_annotate(g, .terms = {.needs = &(struct weft_need){"gpu", 1}, .n_needs = 1});
    for (int i = 0; i < 3 && !st; i++) {
        weft_task *t = weft_add(g, body_add, WEFT_TERMS(.scratch_bytes = 7), .name = "t");

        st = t == wf_graph_nomem(g) ? WEFT_NOMEM : weft_task_status(t, NULL);
        cr_assert(st || (terms_of(t)->timeout_ns == 5 && terms_of(t)->n_needs == 1 && terms_of(t)->scratch_bytes == 7));
        t = weft_add(g, body_add, .name = "u");
        st = st ? st : t == wf_graph_nomem(g) ? WEFT_NOMEM : weft_task_status(t, NULL);
        cr_assert(st || terms_of(t)->timeout_ns == 5);
    }
    weft_graph_annotate_end(g);
    weft_graph_annotate_end(g);
    if (!st)
        st = weft_task_status(weft_add(g, body_add, .name = "after"), NULL);
    weft_graph_free(g);
    return st;
}

Test(terms, without_memory_no_task_is_built_without_its_terms)
{
    cr_assert_gt(nomem_everywhere(scenario, NULL), 3);
}
