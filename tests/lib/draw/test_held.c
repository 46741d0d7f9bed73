#include <criterion/criterion.h>
#include <stdlib.h>

#include <weft/explain.h>

#include "lib/base/mem.h"
#include "lib/base/random.h"
#include "lib/draw/held.h"
#include "tests/support/hand_trace.h"

static weft_status nothing(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call, (void)arg, (void)err;
    return WEFT_OK;
}

/* What the picture says of an order is what weft_plan_order_stats() says of the plan. */
Test(held, agrees_with_the_order_of_a_plan)
{
    for (uint64_t seed = 0; seed < 40; seed++) {
        enum { N = 60 };
        weft_graph *g = weft_graph_new();
        weft_task *tasks[N];
        struct weft_order_info infos[N];
        struct weft_order_stats sum;
        weft_plan *plan = NULL;
        weft_trace *t = NULL;
        double values[N];
        bool in_bytes;

        for (int64_t i = 0; i < N; i++) {
            weft_task *deps[3];
            uint32_t r[4];
            size_t n = 0;

            wf_random_block(seed, 1, (uint64_t)i, r);
            for (int d = 0; d < 3 && i > 0; d++)
                if (r[3] >> d & 1)
                    deps[n++] = tasks[r[d] % (uint32_t)i];
            tasks[i] = weft_add(g, nothing, .name = "t", .index = &i, .n_index = 1, .deps = deps, .n_deps = n,
                                .result_bytes = seed % 2 ? r[0] % 1000 + 1 : 0);
        }
        cr_assert(!weft_plan_new(&plan, tasks + N - 5, 5, NULL, NULL));
        cr_assert(!weft_plan_order_stats(plan, infos, &sum, NULL));
        cr_assert(!weft_trace_of_plan(&t, plan, NULL));
        cr_assert_eq(weft_trace_n_tasks(t), (size_t)weft_plan_n_tasks(plan));
        for (enum weft_draw_color c = WEFT_COLOR_AGE; c <= WEFT_COLOR_MEMORY_PRESSURE; c++) {
            cr_assert(!wf_held(values, &in_bytes, c, t, NULL));
            cr_assert_eq(in_bytes, seed % 2 && c >= WEFT_COLOR_MEMORY_INCREASES);
            for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
                const struct weft_order_info *o = &infos[i];
                const double before = seed % 2 ? (double)o->bytes_before : (double)o->n_before;
                const double drop = seed % 2 ? (double)o->bytes_at_drop : (double)o->n_at_drop;
                const double expected = c == WEFT_COLOR_AGE              ? (double)o->age
                                        : c == WEFT_COLOR_FREED            ? (double)o->n_dropped_by
                                        : c == WEFT_COLOR_MEMORY_INCREASES ? (drop > before ? drop - before : 0)
                                        : c == WEFT_COLOR_MEMORY_DECREASES ? (drop < before ? before - drop : 0)
                                                                           : before;

                cr_assert_eq(values[i], expected, "seed %d color %d task %zu: %g, not %g", (int)seed, c, i, values[i], expected);
            }
        }
        weft_trace_free(t);
        weft_plan_free(plan);
        weft_graph_free(g);
    }
}

/*  a -> b -> d      b is dropped after d, the last that reads it
 *       `--> c ---> d                                             */
Test(held, ages_are_counted_in_tasks)
{
    const struct hand_task tasks[] = {
        {.name = "a"}, {.name = "b", .HAND_DEPS(0)}, {.name = "c", .HAND_DEPS(1)}, {.name = "d", .HAND_DEPS(1, 2, 2)}};
    weft_trace *t = hand_trace(tasks, 4, 0);
    double values[4];
    bool in_bytes;

    cr_assert(!wf_held(values, &in_bytes, WEFT_COLOR_AGE, t, NULL));
    cr_assert_eq(values[0], 1);
    cr_assert_eq(values[1], 2);
    cr_assert_eq(values[2], 1);
    cr_assert_eq(values[3], 0);
    cr_assert(!wf_held(values, &in_bytes, WEFT_COLOR_FREED, t, NULL));
    cr_assert_eq(values[1], 1);
    cr_assert_eq(values[3], 2); /* c, read twice, is dropped once */
    weft_trace_free(t);
}
