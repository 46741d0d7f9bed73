#include <criterion/criterion.h>

#include <weft/analyse.h>

#include "tests/support/hand_trace.h"

static weft_analysis *analysis_of(const weft_trace *t)
{
    weft_analysis *a = NULL;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    return a;
}

/*  A |a a a|      B |b b|           A, then B; C overlaps both and is shorter than they
 *  C    |c c c c c c c|             together: a and b are critical, c has the slack        */
static const struct hand_task abc[] = {
    {.name = "a", .begin_ns = 0, .end_ns = 30}, {.name = "b", .begin_ns = 60, .end_ns = 80},
    {.name = "c", .begin_ns = 20, .end_ns = 65, .worker = 1}};

static weft_trace *three_runs(int64_t begin_of_c)
{
    const struct weft_trace_run runs[] = {{.first_task = 0, .n_tasks = 1, .begin_ns = 0, .end_ns = 35},
                                          {.first_task = 1, .n_tasks = 1, .begin_ns = 60, .end_ns = 90},
                                          {.first_task = 2, .n_tasks = 1, .begin_ns = begin_of_c, .end_ns = 70}};
    static struct weft_event events[3];

    for (uint32_t i = 0; i < 3; i++)
        events[i] = (struct weft_event){.begin_ns = abc[i].begin_ns, .end_ns = abc[i].end_ns, .task = i,
                                        .worker = (uint16_t)abc[i].worker};
    return hand_trace_of(abc, 3, &(struct hand_run){.n_workers = 2, .wall_ns = 100, .events = events, .n_events = 3,
                                                    .runs = runs, .n_runs = 3});
}

Test(chain, of_runs_that_followed_each_other_adds_up)
{
    weft_trace *t = three_runs(10);
    weft_analysis *a = analysis_of(t);

    cr_assert_eq(weft_analysis_stats(a)->span_ns, 30 + 20);
    cr_assert_eq(weft_analysis_stats(a)->work_ns, 30 + 20 + 45);
    cr_assert_eq(weft_analysis_stats(a)->n_runs, 3);
    cr_assert_eq(weft_analysis_n_critical(a), 2);
    cr_assert_eq(weft_analysis_critical(a)[0], 0);
    cr_assert_eq(weft_analysis_critical(a)[1], 1);
    cr_assert_eq(weft_analysis_earliest(a, 1), 30);
    cr_assert_eq(weft_analysis_slack(a, 2), 5);
    cr_assert_eq(weft_analysis_drag(a, 0), 5, "%d", (int)weft_analysis_drag(a, 0)); /* then c is as long */
    cr_assert_eq(weft_analysis_drag(a, 1), 5);
    cr_assert_eq(weft_analysis_run(a, 2).work_ns, 45);
    cr_assert_eq(weft_analysis_run(a, 0).span_ns, 30);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(chain, a_run_that_began_when_another_ended_waits_for_it)
{
    weft_trace *t = three_runs(35);
    weft_analysis *a = analysis_of(t);

    cr_assert_eq(weft_analysis_stats(a)->span_ns, 30 + 45);
    cr_assert_eq(weft_analysis_slack(a, 1), 25);
    cr_assert_eq(weft_analysis_drag(a, 0), 30);
    cr_assert_eq(weft_analysis_drag(a, 2), 25);
    weft_analysis_free(a);
    weft_trace_free(t);
}
