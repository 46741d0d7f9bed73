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

/* a -> b, a -> c, b and c -> d */
static const struct hand_task diamond[] = {
    {.name = "a", .begin_ns = 100, .end_ns = 210},
    {.name = "b", .HAND_DEPS(0), .begin_ns = 210, .end_ns = 420},
    {.name = "c", .HAND_DEPS(0), .begin_ns = 220, .end_ns = 530, .worker = 1},
    {.name = "d", .HAND_DEPS(1, 2), .begin_ns = 540, .end_ns = 950},
};

Test(predict_model, has_a_piece_for_each_task)
{
    weft_trace *t = hand_trace(diamond, 4, 2);
    struct wf_model m = model_of(t);
    const uint32_t succ[] = {1, 2, 3, 3}, n_join[] = {0, 1, 1, 2}, first[] = {0, 2, 3, 4, 4};
    const int64_t cost[] = {100, 200, 300, 400};

    cr_assert_eq(m.n_groups, 1);
    cr_assert_eq(m.n_pieces, 4);
    cr_assert_eq(m.groups[0].n_nodes, 4);
    for (int i = 0; i < 5; i++)
        cr_assert_eq(m.nodes[i].first_succ, first[i]);
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(m.succ[i], succ[i]);
        cr_assert_eq(m.nodes[i].n_join, n_join[i]);
        cr_assert_eq(m.nodes[i].cost_ns, cost[i]);
        cr_assert_eq(m.task_of[i], (uint32_t)i);
    }
    cr_assert_eq(m.runs[0].n_roots, 1);
    cr_assert_eq(m.roots[0], 0);
    cr_assert_eq(m.runs[0].start_ns, 100);
    cr_assert_eq(m.groups[0].tail_ns, 0);
    cr_assert_eq(m.outside_ns, 0);
    done(&m, t);
}

/* Outside, run, outside, two that overlap, outside:
 *
 *     0   100       300  500          700   900 1000
 *         |run 0....|    |run 1........|
 *                             |run 2..........|            */
Test(predict_model, puts_runs_that_overlap_in_one_group)
{
    const struct hand_task tasks[] = {{.name = "a"}, {.name = "b"}, {.name = "c", .HAND_DEPS(1)}, {.name = "d"}};
    const struct weft_trace_run runs[] = {
        {.first_task = 0, .n_tasks = 1, .begin_ns = 100, .end_ns = 300},
        {.first_task = 1, .n_tasks = 2, .begin_ns = 500, .end_ns = 700},
        {.first_task = 3, .n_tasks = 1, .begin_ns = 600, .end_ns = 900},
    };
    const struct weft_event e[] = {
        {.begin_ns = 120, .end_ns = 280, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 510, .end_ns = 590, .task = 1, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 600, .end_ns = 690, .task = 2, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 630, .end_ns = 860, .task = 3, .worker = 1, .kind = WEFT_EVENT_TASK},
    };
    weft_trace *t = hand_trace_of(tasks, 4, &(struct hand_run){.n_workers = 2, .wall_ns = 1000, .events = e, .n_events = 4, .runs = runs, .n_runs = 3});
    struct wf_model m = model_of(t);

    cr_assert_eq(m.n_groups, 2);
    cr_assert_eq(m.outside_ns, 100 + 200 + 100);
    cr_assert_eq(m.groups[0].n_nodes, 1);
    cr_assert_eq(m.groups[0].tail_ns, 20);
    cr_assert_eq(m.runs[0].start_ns, 20);
    cr_assert_eq(m.groups[0].idle_ns, -1);
    cr_assert_eq(m.groups[1].idle_ns, 200);
    cr_assert_eq(m.groups[1].n_nodes, 3);
    cr_assert_eq(m.groups[1].n_runs, 2);
    cr_assert_eq(m.groups[1].tail_ns, 40);
    cr_assert_eq(m.runs[1].at_ns, 0);
    cr_assert_eq(m.runs[1].start_ns, 10);
    cr_assert_eq(m.runs[2].at_ns, 100);
    cr_assert_eq(m.runs[2].start_ns, 30);
    cr_assert_eq(m.runs[2].first_root, 1);
    cr_assert_eq(m.roots[m.groups[1].first_root + 1], 2);
    done(&m, t);
}

/* A body that forks twice; other workers run both:
 *
 *     worker 0  |head |rest . . . . |tail|      0 .. 100 .. 700 .. 800
 *     worker 1        |fork|                    100 .. 310
 *     worker 2              |fork     |         400 .. 700      */
Test(predict_model, cuts_a_body_that_forked_into_head_parts_and_tail)
{
    const struct hand_task tasks[] = {{.name = "a"}, {.name = "b", .HAND_DEPS(0)}};
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 800, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 800, .end_ns = 850, .task = 1, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 100, .end_ns = 310, .task = 0, .worker = 1, .kind = WEFT_EVENT_FORK},
        {.begin_ns = 400, .end_ns = 700, .task = 0, .worker = 2, .kind = WEFT_EVENT_FORK},
    };
    weft_trace *t = hand_trace_of(tasks, 2, &(struct hand_run){.n_workers = 3, .events = e, .n_events = 4});
    struct wf_model m = model_of(t);
    /* The rest is 590: three pieces, for the longest fork is 290. */
    const int64_t cost[] = {100, 200, 290, 196, 197, 197, 100, 40};

    cr_assert_eq(m.n_pieces, 8);
    for (int i = 0; i < 8; i++)
        cr_assert_eq(m.nodes[i].cost_ns, cost[i], "%d: %lld", i, (long long)m.nodes[i].cost_ns);
    cr_assert_eq(m.nodes[1].first_succ - m.nodes[0].first_succ, 5);
    cr_assert_eq(m.nodes[6].n_join, 5);
    cr_assert_eq(m.succ[m.nodes[6].first_succ], 7);
    cr_assert_eq(m.task_of[6], 0);
    cr_assert_eq(m.task_of[7], 1);
    done(&m, t);
}

/* A body that spawned two and ended; they ran later. */
Test(predict_model, lets_spawned_tasks_begin_when_the_body_has_ended_that_spawned_them)
{
    const struct hand_task tasks[] = {{.name = "a"}};
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 110, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 120, .end_ns = 330, .task = 0, .kind = WEFT_EVENT_CHILD},
        {.begin_ns = 340, .end_ns = 650, .task = 0, .kind = WEFT_EVENT_CHILD},
    };
    weft_trace *t = hand_trace_of(tasks, 1, &(struct hand_run){.n_workers = 1, .events = e, .n_events = 3});
    struct wf_model m = model_of(t);
    const int64_t cost[] = {100, 200, 300, 0};

    cr_assert_eq(m.n_pieces, 4);
    for (int i = 0; i < 4; i++)
        cr_assert_eq(m.nodes[i].cost_ns, cost[i]);
    done(&m, t);
}
