/* test_rank.c - what goes first among ready tasks: by the times of an earlier run. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include "lib/base/mem.h"
#include "lib/graph/plan.h"
#include "lib/graph/trace.h"

static weft_status nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

/* A run of a plan in which node i took ns[i]. */
static weft_trace *run_of(const weft_plan *p, const int64_t *ns)
{
    struct wf_trace_run run = {.n_workers = 1, .n_events = weft_plan_n_tasks(p)};
    struct weft_event *e;
    weft_trace *shape, *t;
    int64_t now = 0;

    cr_assert_eq(weft_trace_of_plan(&shape, p, NULL), WEFT_OK);
    cr_assert_eq(wf_trace_join(&t, (const weft_trace *const *)&shape, 1, &run, &e, NULL), WEFT_OK);
    weft_trace_free(shape);
    for (uint32_t i = 0; i < run.n_events; i++) {
        e[i] = (struct weft_event){.begin_ns = now, .end_ns = now + ns[i], .task = i, .kind = WEFT_EVENT_TASK};
        now += ns[i];
    }
    return t;
}

/* The plain way: recursion. */
static int64_t way_from(const weft_plan *p, const int64_t *ns, uint32_t i)
{
    int64_t after = 0;

    for (uint32_t k = 0; k < p->nodes[i].n_succ; k++) {
        const int64_t way = way_from(p, ns, wf_plan_succ(p, i)[k]);

        after = way > after ? way : after;
    }
    return ns[i] + after;
}

static void expect_ranked(const weft_plan *p, const int64_t *ns, const uint32_t *list, uint32_t n)
{
    for (uint32_t k = 1; k < n; k++) {
        const int64_t before = way_from(p, ns, list[k - 1]), way = way_from(p, ns, list[k]);

        cr_assert(before > way || (before == way && list[k - 1] < list[k]), "nodes %u and %u", list[k - 1], list[k]);
    }
}

Test(rank, the_longest_way_goes_first)
{
    enum { ROWS = 6, WIDTH = 9 };

    for (unsigned seed = 0; seed < 50; seed++) {
        weft_graph *g = weft_graph_new();
        weft_task *row[WIDTH], *next[WIDTH];
        weft_plan *plain, *ranked;
        weft_trace *times;
        int64_t ns[ROWS * WIDTH];

        srand(seed);
        for (int i = 0; i < WIDTH; i++)
            row[i] = weft_add(g, nothing);
        for (int r = 1; r < ROWS; r++) {
            for (int i = 0; i < WIDTH; i++)
                next[i] = weft_add(g, nothing, .deps = WEFT_DEPS(row[rand() % WIDTH], row[i]));
            memcpy(row, next, sizeof row);
        }
        cr_assert_eq(weft_plan_new(&plain, row, WIDTH, NULL, NULL), WEFT_OK);
        for (int i = 0; i < ROWS * WIDTH; i++)
            ns[i] = rand() % 4 * 100;
        times = run_of(plain, ns);
        cr_assert_eq(weft_plan_new(&ranked, row, WIDTH, &(struct weft_plan_spec){.times = times}, NULL), WEFT_OK);
        cr_assert_eq(ranked->n_nodes, ROWS * WIDTH);
        expect_ranked(ranked, ns, ranked->roots, ranked->n_roots);
        for (uint32_t i = 0; i < ranked->n_nodes; i++)
            expect_ranked(ranked, ns, wf_plan_succ(ranked, i), ranked->nodes[i].n_succ);
        weft_trace_free(times);
        weft_plan_free(plain);
        weft_plan_free(ranked);
        weft_graph_free(g);
    }
}

/* Only b was timed, in another graph: a and c count as the average of what was. */
Test(rank, tasks_are_known_by_their_keys)
{
    weft_graph *before = weft_graph_new(), *g = weft_graph_new();
    weft_task *old = weft_add(before, nothing, .key = "b");
    weft_task *t[] = {weft_add(g, nothing, .key = "a"), weft_add(g, nothing, .key = "b"), weft_add(g, nothing, .key = "c")};
    weft_task *after = weft_add(g, nothing, .key = "d", .deps = WEFT_DEPS(t[2]));
    weft_task *targets[] = {t[0], t[1], after};
    weft_plan *plain, *ranked;
    weft_trace *times;
    const int64_t ns[] = {5};

    cr_assert_eq(weft_plan_new(&plain, &old, 1, NULL, NULL), WEFT_OK);
    times = run_of(plain, ns);
    cr_assert_eq(weft_plan_new(&ranked, targets, 3, &(struct weft_plan_spec){.times = times}, NULL), WEFT_OK);
    cr_assert_eq(ranked->n_roots, 3);
    cr_expect_eq(weft_plan_task(ranked, ranked->roots[0]), t[2]); /* c then d: 5 + 5 */
    cr_expect_eq(weft_plan_task(ranked, ranked->roots[1]), t[0]);
    weft_trace_free(times);
    weft_plan_free(plain);
    weft_plan_free(ranked);
    weft_graph_free(before);
    weft_graph_free(g);
}

Test(rank, without_priorities_there_is_no_queue)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, nothing), *b = weft_add(g, nothing, .priority = 4);
    weft_plan *p;

    cr_assert_eq(weft_plan_new(&p, &a, 1, NULL, NULL), WEFT_OK);
    cr_expect_null(p->priority);
    weft_plan_free(p);
    cr_assert_eq(weft_plan_new(&p, (weft_task *[]){a, b}, 2, NULL, NULL), WEFT_OK);
    cr_assert_not_null(p->priority);
    cr_expect_eq(weft_plan_task(p, p->roots[0]), b);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(rank, any_allocation_may_fail)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, nothing, .priority = 1), *b = weft_add(g, nothing), *c = weft_add(g, nothing, .deps = WEFT_DEPS(a, b));
    const int64_t ns[] = {1, 2, 3};
    weft_plan *plain, *ranked = NULL;
    weft_trace *times;
    weft_status st = WEFT_NOMEM;

    cr_assert_eq(weft_plan_new(&plain, &c, 1, NULL, NULL), WEFT_OK);
    times = run_of(plain, ns);
    for (int64_t n = 1; st == WEFT_NOMEM; n++) {
        wf_mem_fail_at(n);
        st = weft_plan_new(&ranked, &c, 1, &(struct weft_plan_spec){.times = times}, NULL);
        wf_mem_fail_at(0);
        cr_assert(st == WEFT_NOMEM || st == WEFT_OK);
    }
    cr_expect_eq(st, WEFT_OK);
    weft_plan_free(ranked);
    weft_trace_free(times);
    weft_plan_free(plain);
    weft_graph_free(g);
}
