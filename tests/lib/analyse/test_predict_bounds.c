#include <criterion/criterion.h>

#include "lib/analyse/predict_model.h"
#include "tests/support/hand_trace.h"

/* a -> b -> d, a -> c -> d, c -> e: a chain of its own only from c to e is not, for c has two. */
static const struct hand_task five[] = {
    {.name = "a", .begin_ns = 100, .end_ns = 210},
    {.name = "b", .HAND_DEPS(0), .begin_ns = 210, .end_ns = 420},
    {.name = "c", .HAND_DEPS(0), .begin_ns = 220, .end_ns = 530, .worker = 1},
    {.name = "d", .HAND_DEPS(1, 2), .begin_ns = 540, .end_ns = 950},
    {.name = "e", .HAND_DEPS(3), .begin_ns = 960, .end_ns = 1470},
};

static struct wf_model_bounds bounds_of(const struct weft_overheads *o)
{
    weft_trace *t = hand_trace(five, 5, 2);
    struct wf_model_bounds b;
    struct wf_model m;

    cr_assert(!wf_model_init(&m, t, NULL, NULL));
    cr_assert(!wf_model_bounds(&m, m.nodes, o, &b, NULL));
    wf_model_fini(&m);
    weft_trace_free(t);
    return b;
}

Test(predict_bounds, are_all_costs_and_the_longest_path)
{
    const struct wf_model_bounds b = bounds_of(&(struct weft_overheads){0});

    cr_assert_eq(b.work_ns, 100 + 200 + 300 + 400 + 500);
    cr_assert_eq(b.span_ns, 100 + 300 + 400 + 500);
    cr_assert_eq(b.burdened_ns, 100 + 1300); /* it began 100 after it was submitted */
}

/* From a to b or c, and from there to d, another worker may take over; from d to e none does. */
Test(predict_bounds, are_burdened_by_edges_that_may_lead_to_another_worker)
{
    const struct wf_model_bounds b = bounds_of(&(struct weft_overheads){.task_ns = 7, .edge_ns = 3, .steal_ns = 20, .wake_ns = 1000});

    cr_assert_eq(b.span_ns, 1300);
    cr_assert_eq(b.burdened_ns, 100 + 20 + 1300 + 4 * 7 + (2 + 1 + 1) * 3 + 2 * 1020);
}
