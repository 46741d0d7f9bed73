/* test_user_order.c - tasks are in the order that the user's ranks say, as far as inputs allow. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/plan.h>

#include "lib/graph/plan.h"
#include "tests/support/bodies.h"
#include "tests/support/nomem.h"
#include "tests/support/random_graph.h"

/* Ranks by the number of the task, shuffled by a seed. */
static int64_t rank_of(const weft_task *t, void *arg)
{
    return (int64_t)(wf_mix(weft_task_id(t) + *(uint64_t *)arg) % 10);
}

static int64_t backwards(const weft_task *t, void *arg)
{
    (void)arg;
    return -(int64_t)weft_task_id(t);
}

Test(user_order, independent_tasks_come_by_rank)
{
    weft_graph *g = weft_graph_new();
    weft_task *in[20], *last;
    weft_plan *p;

    for (int i = 0; i < 20; i++)
        in[i] = weft_add(g, body_add);
    last = weft_add(g, body_add, .deps = in, .n_deps = 20);
    cr_assert_eq(weft_plan_new(&p, &last, 1, &(struct weft_plan_spec){.rank = backwards}, NULL), WEFT_OK);
    for (int i = 0; i < 20; i++)
        cr_assert_eq(weft_plan_task(p, (size_t)i), in[19 - i]);
    cr_assert_eq(weft_plan_task(p, 20), last);
    weft_plan_free(p);
    weft_graph_free(g);
}

/* The plain way: of all tasks whose inputs are there, look for the smallest rank. */
static void check_order(const weft_plan *with, const weft_plan *without, uint64_t seed)
{
    const uint32_t n = with->n_nodes;
    uint32_t *first = calloc(n + 1, sizeof *first), *preds = calloc(with->n_edges + 1, sizeof *preds);
    uint32_t *place = calloc(weft_graph_n_tasks(with->graph), sizeof *place);
    bool *done = calloc(n, sizeof *done);

    cr_assert_eq(n, without->n_nodes);
    for (uint32_t i = 0; i < n; i++)
        place[weft_task_id(weft_plan_task(without, i))] = i;
    wf_plan_preds(with, first, preds);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t best = WF_NONE;

        for (uint32_t k = 0; k < n; k++) {
            const weft_task *t = weft_plan_task(with, k), *b = best == WF_NONE ? NULL : weft_plan_task(with, best);
            bool is_ready = !done[k];

            for (uint32_t e = first[k]; e < first[k + 1]; e++)
                is_ready &= done[preds[e]];
            if (!is_ready)
                continue;
            if (!b || rank_of(t, &seed) < rank_of(b, &seed) ||
                (rank_of(t, &seed) == rank_of(b, &seed) && place[weft_task_id(t)] < place[weft_task_id(b)]))
                best = k;
        }
        cr_assert_eq(best, i, "seed %d: place %u", (int)seed, i);
        done[best] = true;
    }
    free(first);
    free(preds);
    free(place);
    free(done);
}

Test(user_order, random_graphs_are_ordered_as_looking_at_all_ready_tasks_would)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});

    for (uint64_t seed = 0; seed < 150; seed++) {
        const struct weft_plan_spec spec = {.rank = rank_of, .rank_arg = &seed, .without = seed % 3 ? 0 : WEFT_PASS_ORDER};
        struct random_graph r;
        struct outcome *want, *got;
        weft_plan *with, *without;

        random_graph_init(&r, seed, 50);
        want = calloc(r.n_targets, sizeof *want);
        got = calloc(r.n_targets, sizeof *got);
        cr_assert_eq(weft_plan_new(&with, r.targets, r.n_targets, &spec, NULL), WEFT_OK);
        cr_assert_eq(weft_plan_new(&without, r.targets, r.n_targets, &(struct weft_plan_spec){.without = spec.without}, NULL), WEFT_OK);
        check_order(with, without, seed);
        random_graph_run(pool, with, got);
        random_graph_run(pool, without, want);
        for (size_t i = 0; i < r.n_targets; i++) {
            cr_assert_eq(want[i].status, got[i].status);
            cr_assert_eq(want[i].number, got[i].number);
        }
        weft_plan_free(with);
        weft_plan_free(without);
        random_graph_fini(&r);
        free(want);
        free(got);
    }
    weft_pool_free(pool);
}

static weft_status scenario(void *arg)
{
    struct random_graph *r = arg;
    uint64_t seed = 1;
    weft_plan *p;
    const weft_status st = weft_plan_new(&p, r->targets, r->n_targets,
                                         &(struct weft_plan_spec){.rank = rank_of, .rank_arg = &seed}, NULL);

    if (!st)
        weft_plan_free(p);
    return st;
}

Test(user_order, without_memory_there_is_no_plan)
{
    struct random_graph r;

    random_graph_init(&r, 1, 30);
    cr_assert_gt(nomem_everywhere(scenario, &r), 5);
    random_graph_fini(&r);
}
