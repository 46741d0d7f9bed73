#include <criterion/criterion.h>

#include "lib/analyse/predict_model.h"
#include "tests/support/hand_trace.h"

static struct wf_model model_of(weft_trace *t)
{
    struct wf_model m;

    cr_assert(!wf_model_init(&m, t, NULL, NULL));
    return m;
}

static void done(struct wf_model *m, weft_trace *t)
{
    wf_model_fini(m);
    weft_trace_free(t);
}

Test(predict_tasks, of_overwritten_events_take_as_long_as_their_like)
{
    const struct hand_task tasks[] = {{.name = "a"}, {.name = "a"}, {.name = "a"}, {.name = "b"}, {.name = "c"}};
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 110, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 110, .end_ns = 420, .task = 2, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 420, .end_ns = 930, .task = 3, .kind = WEFT_EVENT_TASK},
    };
    struct hand_run run = {.n_workers = 1, .events = e, .n_events = 3, .n_lost = 2};
    weft_trace *t = hand_trace_of(tasks, 5, &run);
    struct wf_model m = model_of(t);

    cr_assert_eq(m.n_unknown, 2);
    cr_assert_eq(m.runs[0].start_ns, -1); /* the first that is seen need not be the first */
    cr_assert_eq(m.nodes[1].cost_ns, (100 + 300) / 2);
    cr_assert_eq(m.nodes[4].cost_ns, (100 + 300 + 500) / 3);
    done(&m, t);

    run.n_lost = 0; /* then they did not run */
    t = hand_trace_of(tasks, 5, &run);
    m = model_of(t);
    cr_assert_eq(m.n_unknown, 0);
    cr_assert_eq(m.runs[0].start_ns, 0);
    cr_assert_eq(m.nodes[1].cost_ns, 0);
    done(&m, t);
}

static const struct hand_task two[] = {{.name = "a"}, {.name = "b", .HAND_DEPS(0)}};

Test(predict_tasks, of_a_graph_that_has_not_run_take_all_the_same)
{
    weft_trace *t = hand_trace(two, 2, 0);
    struct wf_model m;

    cr_assert(!wf_model_init(&m, t, &(struct weft_predict_spec){.task_ns = 5000}, NULL));
    cr_assert(!m.is_measured);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(m.nodes[i].cost_ns, 5000);
    cr_assert_eq(m.runs[0].start_ns, -1);
    done(&m, t);
}

/* Run twice, with its data fetched from disk, sent to another process and back. */
Test(predict_tasks, take_what_all_of_their_events_take)
{
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 110, .task = 0, .kind = WEFT_EVENT_TASK, .flags = WEFT_EVENT_FAILED},
        {.begin_ns = 200, .end_ns = 230, .task = 0, .kind = WEFT_EVENT_UNSPILL},
        {.begin_ns = 230, .end_ns = 250, .task = 0, .kind = WEFT_EVENT_SEND},
        {.begin_ns = 250, .end_ns = 460, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 460, .end_ns = 465, .task = 0, .kind = WEFT_EVENT_RECEIVE},
        {.begin_ns = 470, .end_ns = 580, .task = 1, .kind = WEFT_EVENT_TASK},
    };
    weft_trace *t = hand_trace_of(two, 2, &(struct hand_run){.n_workers = 1, .events = e, .n_events = 6});
    struct wf_model m = model_of(t);

    cr_assert_eq(m.nodes[0].cost_ns, 100 + 30 + 20 + 200 + 5);
    cr_assert_eq(m.nodes[1].cost_ns, 100);
    done(&m, t);
}
