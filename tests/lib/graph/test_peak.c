/* test_peak.c - the bytes a plan holds at most are said before it runs, and are what a run then holds. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include "lib/graph/plan.h"
#include "tests/support/bodies.h"
#include "tests/support/nomem.h"

static weft_plan *plan_of(weft_task *const *targets, size_t n)
{
    weft_plan *p;

    cr_assert_eq(weft_plan_new(&p, targets, n, NULL, NULL), WEFT_OK);
    return p;
}

/*  a(10) -- b(20) -- c(1) -.
 *                           e(5)     the second branch begins when 1 is left of the first
 *  f(30) ----------- d(2) -'
 */
Test(peak, is_what_is_held_at_once_by_the_order_of_the_plan)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add, .key = "a", .result_bytes = 10);
    weft_task *b = weft_add(g, body_add, .key = "b", .result_bytes = 20, WEFT_TERMS(.scratch_bytes = 100), .deps = WEFT_DEPS(a));
    weft_task *c = weft_add(g, body_add, .key = "c", .result_bytes = 1, .deps = WEFT_DEPS(b));
    weft_task *f = weft_add(g, body_add, .key = "f", .result_bytes = 30);
    weft_task *d = weft_add(g, body_add, .key = "d", .result_bytes = 2, .deps = WEFT_DEPS(f));
    weft_task *e = weft_add(g, body_add, .key = "e", .result_bytes = 5, .deps = WEFT_DEPS(c, d));
    weft_plan *p = plan_of(&e, 1);
    const uint32_t all_sources_first[] = {0, 3, 1, 2, 4, 5}, wrong[] = {1, 0, 2, 3, 4, 5}, twice[] = {0, 0, 2, 3, 4, 5},
                   beyond[] = {0, 1, 2, 3, 4, 6};
    struct weft_plan_peak peak;
    struct weft_error err;
    char key[16];

    for (size_t i = 0; i < 6; i++) {
        weft_task_key(weft_plan_task(p, i), key, sizeof key);
        cr_assert_eq(key[0], "abcfde"[i]);
    }
    cr_assert_eq(weft_plan_peak(p, NULL, &peak, &err), WEFT_OK);
    cr_expect_eq(peak.bytes, 10u + 20 + 100);
    cr_expect_eq(peak.at, 1u);
    cr_expect_eq(peak.largest, 10u + 20 + 100);
    cr_expect_eq(peak.largest_at, 1u);
    cr_expect_eq(peak.n_unknown, 0u);
    cr_assert_eq(weft_plan_peak(p, all_sources_first, &peak, &err), WEFT_OK);
    cr_expect_eq(peak.bytes, 10u + 30 + 20 + 100);
    cr_expect_eq(weft_plan_peak(p, wrong, &peak, &err), WEFT_INVALID);
    cr_expect(strstr(err.message, "is b, and 1 tasks it waits for come later"), "%s", err.message);
    cr_expect_eq(weft_plan_peak(p, twice, &peak, &err), WEFT_INVALID);
    cr_expect(strstr(err.message, "is a, which has run before"), "%s", err.message);
    cr_expect_eq(weft_plan_peak(p, beyond, &peak, &err), WEFT_INVALID);
    cr_expect(strstr(err.message, "task 6 of a plan that has 6"), "%s", err.message);
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(peak, targets_stay_and_what_nobody_reads_goes_at_once)
{
    weft_graph *g = weft_graph_new();
    weft_task *t[4];
    weft_plan *p;
    struct weft_plan_peak peak;

    for (int i = 0; i < 4; i++)
        t[i] = weft_add(g, body_add, .result_bytes = 100);
    p = plan_of(t, 4);
    cr_assert_eq(weft_plan_peak(p, NULL, &peak, NULL), WEFT_OK);
    cr_expect_eq(peak.bytes, 400u);
    cr_expect_eq(peak.largest, 100u);
    weft_plan_free(p);
    cr_assert_eq(weft_plan_new(&p, t, 1, &(struct weft_plan_spec){.without = WEFT_PASS_CULL}, NULL), WEFT_OK);
    cr_assert_eq(weft_plan_peak(p, NULL, &peak, NULL), WEFT_OK);
    cr_expect_eq(peak.bytes, 200u, "one stays, three go when they are made");
    weft_plan_free(p);
    weft_graph_free(g);
}

Test(peak, tasks_that_say_nothing_are_counted)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add), *b = weft_add(g, body_add, .result_bytes = 7, .deps = WEFT_DEPS(a, a));
    weft_plan *p = plan_of(&b, 1);
    struct weft_plan_peak peak;

    cr_assert_eq(weft_plan_peak(p, NULL, &peak, NULL), WEFT_OK);
    cr_expect_eq(peak.n_unknown, 1u);
    cr_expect_eq(peak.bytes, 7u);
    weft_plan_free(p);
    weft_graph_free(g);
}

/* A result of the size its task has said, by way of its argument. */
static weft_status body_bytes(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t n = (intptr_t)arg;
    weft_block *b = weft_block_new(WEFT_BOOL, 1, &n);

    if (!b)
        return weft_error_set(err, WEFT_NOMEM, "no memory for a block");
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, b));
    return WEFT_OK;
}

/* The judge is a pool of one worker that counts, with a limit that is never reached. */
Test(peak, is_to_the_byte_what_a_run_in_order_holds)
{
    enum { N = 120 };
    const int64_t none = 0;
    weft_block *empty = weft_block_new(WEFT_BOOL, 1, &none);
    const size_t head = weft_value_bytes(weft_value_of_ptr(&weft_type_block, empty));

    weft_block_release(empty);
    for (unsigned seed = 1; seed <= 40; seed++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL, .limit_bytes = (size_t)1 << 40});
        weft_graph *g = weft_graph_new();
        weft_task *t[N], *deps[4], *targets[3];
        struct weft_plan_peak peak;
        struct weft_pool_memory m;
        struct weft_value v[3];
        weft_plan *p;

        srand(seed);
        for (int i = 0; i < N; i++) {
            const size_t bytes = 1 + (size_t)rand() % 5000;
            size_t n_deps = 0;

            while (i && n_deps < 4 && rand() % 3)
                deps[n_deps++] = t[rand() % 2 ? rand() % i : i - 1];
            t[i] = weft_add(g, body_bytes, .arg = (void *)(uintptr_t)bytes, .result_bytes = bytes + head, .deps = deps,
                            .n_deps = n_deps, WEFT_TERMS(.scratch_bytes = rand() % 4 ? 0 : (size_t)rand() % 9000));
        }
        for (int i = 0; i < 3; i++)
            targets[i] = t[N - 1 - rand() % 20];
        p = plan_of(targets, 3);
        cr_assert_eq(weft_plan_peak(p, NULL, &peak, NULL), WEFT_OK);
        cr_assert_eq(weft_pool_run_plan(pool, p, NULL, v, NULL), WEFT_OK);
        weft_pool_memory(pool, &m);
        cr_expect_eq(m.peak, peak.bytes, "%zu held, %zu said, of graph %u", m.peak, peak.bytes, seed);
        cr_expect_eq(peak.n_unknown, 0u);
        for (int i = 0; i < 3; i++)
            weft_value_release(v[i]);
        weft_plan_free(p);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

static weft_status ask(void *arg)
{
    struct weft_plan_peak peak;

    return weft_plan_peak(arg, NULL, &peak, NULL);
}

Test(peak, without_memory_says_so)
{
    weft_graph *g = weft_graph_new();
    weft_task *a = weft_add(g, body_add);
    weft_plan *p = plan_of(&a, 1);

    nomem_everywhere(ask, p);
    weft_plan_free(p);
    weft_graph_free(g);
}
