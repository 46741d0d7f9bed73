/* test_failure.c - what fails: which task is told, always, and what does not run for it. */
#include <criterion/criterion.h>

#include <string.h>

#include <weft/pool.h>

#include "tests/support/bodies.h"
#include "tests/support/pools.h"

/*   a -> bad -> c -> end      Only what depends on bad fails; the report leads there. */
Test(failure, a_failure_names_task_chain_and_place_and_spares_the_rest)
{
    for (int w = 0; w < N_WORKERS; w++) {
        weft_pool *pool = pool_of(workers[w]);
        weft_graph *g = weft_graph_new();
        weft_task *a = weft_add(g, body_add, .key = "a", .arg = arg_of(1));
        weft_task *bad = weft_add(g, body_fail, .key = "bad", .deps = WEFT_DEPS(a));
        weft_task *c = weft_add(g, body_add, .key = "c", .deps = WEFT_DEPS(a, bad));
        weft_task *end = weft_add(g, body_add, .key = "end", .deps = WEFT_DEPS(c));
        weft_task *other = weft_add(g, body_add, .arg = arg_of(1), .deps = WEFT_DEPS(a));
        struct weft_value v[2] = {{0}};
        struct weft_error err;

        cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){end, other}, 2, NULL, v, &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "told to");
        cr_assert_str_eq(err.task, "bad");
        cr_assert_str_eq(err.chain, "end <- c <- bad");
        cr_assert(strstr(err.site, "test_failure.c:"));
        cr_assert_null(v[0].type);
        cr_assert_eq(weft_value_i64(v[1]), 2);
        /* The pool goes on. */
        cr_assert_eq(weft_pool_run(pool, other, v, &err), WEFT_OK);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(failure, of_several_failures_the_first_in_order_is_told_always)
{
    weft_pool *pool = pool_of(7);
    weft_graph *g = weft_graph_new();
    weft_task *t[64];
    struct weft_error err;

    for (int i = 0; i < 64; i++)
        t[i] = weft_add(g, body_fail, .index = (int64_t[]){i}, .n_index = 1, .name = "f");
    t[0] = weft_graph_add(g, &(struct weft_task_spec){.body = body_add, .deps = t, .n_deps = 64});
    for (int round = 0; round < 200; round++) {
        cr_assert_eq(weft_pool_run(pool, t[0], NULL, &err), WEFT_FAILED);
        cr_assert_str_eq(err.task, "f-0(0)");
    }
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(failure, fail_fast_stops_what_has_not_begun)
{
    const struct weft_run_spec fast = {.on_error = WEFT_FAIL_FAST};
    _Atomic int64_t count = 0;
    weft_pool *pool = pool_of(1);
    weft_graph *g = weft_graph_new();
    weft_task *t[1001];
    struct weft_error err;

    t[0] = weft_add(g, body_fail);
    for (int i = 1; i <= 1000; i++)
        t[i] = weft_add(g, body_count, .arg = &count);
    cr_assert_eq(weft_pool_run_many(pool, t, 1001, &fast, NULL, &err), WEFT_FAILED);
    cr_assert_eq(count, 0);
    cr_assert_eq(weft_pool_run_many(pool, t, 1001, NULL, NULL, &err), WEFT_FAILED);
    cr_assert_eq(count, 1000);
    weft_graph_free(g);
    weft_pool_free(pool);
}
