/* test_result.c - results: had by all that read them, freed after the last, changed by it in place. */
#include <criterion/criterion.h>

#include <weft/pool.h>

#include "tests/support/bodies.h"
#include "tests/support/pools.h"

Test(result, results_pass_from_task_to_task)
{
    for (int w = 0; w < N_WORKERS; w++) {
        weft_pool *pool = pool_of(workers[w]);
        weft_graph *g = weft_graph_new();
        weft_task *a = weft_add(g, body_add, .arg = arg_of(1));
        weft_task *b = weft_add(g, body_add, .arg = arg_of(2), .deps = WEFT_DEPS(a));
        weft_task *c = weft_add(g, body_add, .arg = arg_of(3), .deps = WEFT_DEPS(a, b, a));
        struct weft_value v;
        struct weft_error err;

        cr_assert_eq(weft_pool_run(pool, c, &v, &err), WEFT_OK);
        cr_assert_eq(weft_value_i64(v), 3 + 1 + 3 + 1);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(result, a_result_is_freed_after_its_last_reader)
{
    for (int w = 0; w < N_WORKERS; w++) {
        weft_pool *pool = pool_of(workers[w]);
        weft_graph *g = weft_graph_new();
        weft_task *a = weft_add(g, body_box, .arg = arg_of(1)), *sum[20];
        struct weft_value v[2];
        struct weft_error err;

        for (int i = 0; i < 20; i++)
            sum[i] = weft_add(g, body_box, .arg = arg_of(i), .deps = WEFT_DEPS(a, a));
        sum[0] = weft_graph_add(g, &(struct weft_task_spec){.body = body_box, .deps = sum, .n_deps = 20});
        boxes_live = boxes_copied = 0;
        cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){sum[0], a}, 2, NULL, v, &err), WEFT_OK);
        cr_assert_eq(box_number(v[0]), 190 + 20 * 2);
        cr_assert_eq(box_number(v[1]), 1);
        cr_assert_eq(boxes_live, 2);
        cr_assert_eq(boxes_copied, 0);
        weft_value_release(v[0]);
        weft_value_release(v[1]);
        cr_assert_eq(boxes_live, 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(result, the_last_reader_changes_its_input_in_place)
{
    weft_pool *pool = pool_of(2);
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_box, .arg = arg_of(5)), *fork;
    struct weft_value v[2];
    struct weft_error err;

    for (int i = 0; i < 10; i++)
        t = weft_add(g, body_box_in_place, .arg = arg_of(1), .deps = WEFT_DEPS(t));
    boxes_live = boxes_copied = 0;
    cr_assert_eq(weft_pool_run(pool, t, v, &err), WEFT_OK);
    cr_assert_eq(box_number(v[0]), 15);
    cr_assert_eq(boxes_copied, 0);
    weft_value_release(v[0]);
    /* Asked for, so not to be changed under the asker. */
    fork = weft_add(g, body_box_in_place, .arg = arg_of(100), .deps = WEFT_DEPS(t));
    cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){t, fork}, 2, NULL, v, &err), WEFT_OK);
    cr_assert_eq(box_number(v[0]), 15);
    cr_assert_eq(box_number(v[1]), 115);
    cr_assert_eq(boxes_copied, 1);
    weft_value_release(v[0]);
    weft_value_release(v[1]);
    cr_assert_eq(boxes_live, 0);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(result, a_value_put_in_stays_and_is_copied_when_taken)
{
    weft_pool *pool = pool_of(2);
    weft_graph *g = weft_graph_new();
    struct weft_value v[2];
    struct weft_error err;

    boxes_live = boxes_copied = 0;
    weft_task *known = weft_graph_put(g, box_of(&type_box, 40));
    weft_task *more = weft_add(g, body_box_in_place, .arg = arg_of(2), .deps = WEFT_DEPS(known));

    for (int round = 0; round < 3; round++) {
        cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){known, more}, 2, NULL, v, &err), WEFT_OK);
        cr_assert_eq(box_number(v[0]), 40);
        cr_assert_eq(box_number(v[1]), 42);
        weft_value_release(v[0]);
        weft_value_release(v[1]);
    }
    weft_graph_free(g);
    cr_assert_eq(boxes_live, 0);
    weft_pool_free(pool);
}

Test(result, several_results_are_usable_alone)
{
    weft_pool *pool = pool_of(2);
    weft_graph *g = weft_graph_new();
    weft_task *three = weft_add(g, body_three, .n_results = 3);
    weft_task *sum = weft_add(g, body_add, .arg = arg_of(1),
                              .deps = WEFT_DEPS(weft_task_result(three, 2), weft_task_result(three, 0)));
    struct weft_value v[3];
    struct weft_error err;

    cr_assert_eq(weft_pool_run_many(pool, (weft_task *[]){sum, weft_task_result(three, 1), three}, 3, NULL, v, &err), WEFT_OK);
    cr_assert_eq(weft_value_i64(v[0]), 41);
    cr_assert_eq(weft_value_i64(v[1]), 20);
    cr_assert_eq(weft_value_i64(v[2]), 10);
    weft_graph_free(g);
    weft_pool_free(pool);
}

struct moody {
    bool gives; /* in this run */
};

static weft_status give_or_not(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    if (((struct moody *)arg)->gives)
        weft_call_return(call, weft_value_of_i64(7));
    return WEFT_OK;
}

static weft_status has_input(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_value v;

    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_bool(weft_call_take(call, 0, &v) != WEFT_EMPTY && weft_call_input(call, 0).type));
    return WEFT_OK;
}

/* A number of the run before is still in its slot: nobody may see it. */
Test(result, a_body_that_gives_nothing_this_time_gave_nothing)
{
    for (int kind = WEFT_POOL_THREADS; kind <= WEFT_POOL_PROCESSES; kind++)
        for (int n = 1; n <= 2; n++) {
            weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = (enum weft_pool_kind)kind, .n_workers = n});
            weft_graph *g = weft_graph_new();
            struct moody mood = {false};
            weft_task *a = weft_add(g, give_or_not, .arg = &mood);
            weft_task *targets[] = {weft_add(g, has_input, .deps = WEFT_DEPS(a)), a};
            struct weft_value v[2];
            struct weft_error err;
            weft_plan *plan;

            cr_assert_eq(weft_plan_new(&plan, targets, 2, NULL, &err), WEFT_OK);
            for (int run = 0; run < 6; run++) {
                mood.gives = run % 3 == 1;
                cr_assert_eq(weft_pool_run_plan(pool, plan, NULL, v, &err), WEFT_OK);
                cr_expect_eq(weft_value_i64(v[0]), mood.gives, "pool kind %d, run %d", kind, run);
                cr_expect_eq(v[1].type == NULL, !mood.gives, "pool kind %d, run %d", kind, run);
            }
            weft_plan_free(plan);
            weft_graph_free(g);
            weft_pool_free(pool);
        }
}
