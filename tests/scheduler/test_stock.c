/* test_stock.c - what is wanted last goes first, and what waits goes in order. */
#include <criterion/criterion.h>

#include <stdlib.h>

#include <weft/weft.h>

#include "lib/base/mem.h"
#include "scheduler/stock.h"
#include "tests/support/bodies.h"

/* Node 0 is read by 2 and 5, node 1 by 3 and 4, node 2 by nobody but who asked for it. */
static weft_plan *small_plan(weft_graph *g)
{
    weft_task *a = weft_add(g, body_add, .result_bytes = 500), *b = weft_add(g, body_add);
    weft_task *c = weft_add(g, body_add, .deps = WEFT_DEPS(a)), *d = weft_add(g, body_add, .deps = WEFT_DEPS(b));
    weft_task *e = weft_add(g, body_add, .deps = WEFT_DEPS(b)), *f = weft_add(g, body_add, .deps = WEFT_DEPS(a, d, e));
    weft_task *const targets[] = {c, f};
    weft_plan *p;

    cr_assert_eq(weft_plan_new(&p, targets, 2, &(struct weft_plan_spec){.without = WEFT_PASS_ORDER}, NULL), WEFT_OK);
    return p;
}

static void here(struct wf_stock *s, uint32_t slot)
{
    s->items[slot].state = WF_ITEM_HERE;
    wf_stock_cool(s, slot);
    wf_stock_check(s);
}

Test(stock, what_is_wanted_last_is_coldest)
{
    weft_graph *g = weft_graph_new();
    weft_plan *p = small_plan(g);
    struct wf_stock *s = wf_stock_new(p);

    cr_expect_eq(wf_stock_coldest(s), WF_NONE);
    wf_stock_done(s, 0);
    here(s, 0);
    wf_stock_done(s, 1);
    here(s, 1);
    cr_expect_eq(wf_stock_coldest(s), 1u, "3 reads it, and 2 reads the other");
    cr_expect_eq(wf_stock_distance(s, s->items[1].next), 1u);
    wf_stock_warm(s, 0); /* while 2 runs */
    wf_stock_done(s, 2);
    here(s, 0);
    cr_expect_eq(wf_stock_coldest(s), 0u, "now 5 is the next to read it");
    here(s, 2);
    cr_expect_eq(wf_stock_coldest(s), 2u, "nobody but who asked for it will read it");
    cr_expect_eq(wf_stock_distance(s, s->items[2].next), UINT64_MAX);
    for (uint32_t i = 0; i < 3; i++)
        wf_stock_warm(s, i);
    wf_stock_warm(s, 1);
    wf_stock_check(s);
    cr_expect_eq(s->n_cold, 0u);
    wf_stock_free(s);
    weft_plan_free(p);
    weft_graph_free(g);
}

/* Against a list that is looked through. */
Test(stock, items_come_and_go_in_any_order)
{
    enum { N = 300 };
    weft_graph *g = weft_graph_new();
    weft_task *t[N];
    weft_plan *p;
    struct wf_stock *s;
    bool cold[N] = {false};

    srand(9);
    for (int i = 0; i < N; i++) {
        weft_task *deps[] = {t[i ? rand() % i : 0], t[i ? rand() % i : 0]};

        t[i] = weft_add(g, body_add, .deps = deps, .n_deps = i ? 2 : 0);
    }
    cr_assert_eq(weft_plan_new(&p, t, N, &(struct weft_plan_spec){.without = WEFT_PASS_ORDER}, NULL), WEFT_OK);
    s = wf_stock_new(p);
    for (int step = 0; step < 3000; step++) {
        const uint32_t slot = (uint32_t)(rand() % N);
        uint32_t last = WF_NONE;

        s->items[slot].state = cold[slot] ? WF_ITEM_NONE : WF_ITEM_HERE;
        (cold[slot] ? wf_stock_warm : wf_stock_cool)(s, slot);
        cold[slot] = !cold[slot];
        wf_stock_check(s);
        for (uint32_t i = 0; i < N; i++)
            if (cold[i] && (last == WF_NONE || s->items[i].next >= s->items[last].next))
                last = i;
        cr_assert_eq(wf_stock_coldest(s), last);
    }
    wf_stock_free(s);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(stock, those_who_wait_go_in_the_order_of_the_plan)
{
    const uint32_t order[] = {4, 1, 5, 0, 3, 2};
    weft_graph *g = weft_graph_new();
    weft_plan *p = small_plan(g);
    struct wf_stock *s = wf_stock_new(p);

    cr_expect_eq(wf_stock_first(s), WF_NONE);
    for (int i = 0; i < 6; i++) {
        wf_stock_wait(s, order[i]);
        wf_stock_check(s);
    }
    for (uint32_t i = 0; i < 6; i++) {
        cr_expect_eq(wf_stock_first(s), i);
        cr_expect_eq(wf_stock_take(s), i);
        wf_stock_check(s);
    }
    wf_stock_free(s);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(stock, a_guess_is_what_is_said_else_what_its_like_gave)
{
    weft_graph *g = weft_graph_new();
    weft_plan *p = small_plan(g);
    struct wf_stock *s = wf_stock_new(p);

    cr_expect_eq(wf_stock_guess(s, 0, 77), 500u);
    cr_expect_eq(wf_stock_guess(s, 3, 77), 77u);
    wf_stock_learn(s, 3, 0);
    cr_expect_eq(wf_stock_guess(s, 3, 77), 0u, "it gave nothing");
    wf_stock_learn(s, 3, 30);
    wf_stock_learn(s, 3, 20);
    cr_expect_eq(wf_stock_guess(s, 3, 77), 30u, "the most that was seen");
    cr_expect_eq(wf_stock_guess(s, 1, 77), 77u, "which is of another line of the program");
    wf_stock_free(s);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(stock, without_memory_there_is_none)
{
    weft_graph *g = weft_graph_new();
    weft_plan *p = small_plan(g);

    wf_mem_fail_at(1);
    cr_expect_null(wf_stock_new(p));
    wf_mem_fail_at(0);
    wf_stock_free(NULL);
    weft_plan_free(p);
    weft_graph_free(g);
}
