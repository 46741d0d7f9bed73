#include <criterion/criterion.h>
#include <stdlib.h>

#include <weft/analyse.h>

#include "tests/support/hand_trace.h"

static weft_analysis *analysis_of(const weft_trace *t)
{
    weft_analysis *a = NULL;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    return a;
}

/* The worker slept from 20; what it stole was ready at 50, it woke at 57 and had it at 59. */
Test(costs, are_what_waking_and_stealing_took)
{
    static const struct weft_event events[] = {
        {.begin_ns = 0, .end_ns = 50, .task = 0}, {.begin_ns = 52, .end_ns = 60, .task = 1},
        {.begin_ns = 20, .end_ns = 57, .task = UINT32_MAX, .worker = 1, .kind = WEFT_EVENT_IDLE},
        {.begin_ns = 57, .end_ns = 59, .task = 2, .worker = 1, .kind = WEFT_EVENT_STEAL},
        {.begin_ns = 59, .end_ns = 80, .task = 2, .worker = 1}};
    const struct hand_task tasks[] = {{.name = "a"}, {.name = "b", .HAND_DEPS(0)}, {.name = "c", .HAND_DEPS(0)}};
    weft_trace *t = hand_trace_of(tasks, 3, &(struct hand_run){.n_workers = 2, .events = events, .n_events = 5});
    weft_analysis *a = analysis_of(t);
    const struct weft_costs c = weft_analysis_costs(a);

    cr_assert_eq(c.n_steals, 1);
    cr_assert_eq(c.steal_ns, 2);
    cr_assert_eq(c.n_wakes, 1);
    cr_assert_eq(c.wake_ns, 7);
    cr_assert_eq(c.n_schedules, 1);
    cr_assert_eq(c.schedule_ns, 2);
    cr_assert_eq(weft_analysis_stats(a)->burden_ns, 9);
    cr_assert_eq(weft_analysis_stats(a)->burdened_span_ns, 50 + 9 + 21);
    weft_analysis_free(a);
    weft_trace_free(t);
}

/* Many of each: the median is of an even choice, and the count of all. */
Test(costs, of_many_are_medians_of_an_even_choice)
{
    enum { N = 300000 };
    struct weft_event *events = calloc(N, sizeof *events);
    const struct hand_task one[] = {{.name = "a"}};
    weft_analysis *a;
    weft_trace *t;
    int64_t now = 0;

    cr_assert(events);
    for (int k = 0; k < N; k++) {
        const int64_t length = k % 100; /* 0 .. 99, evenly */

        events[k] = (struct weft_event){.begin_ns = now, .end_ns = now + length, .kind = WEFT_EVENT_STEAL};
        now += length + 1;
    }
    t = hand_trace_of(one, 1, &(struct hand_run){.n_workers = 1, .events = events, .n_events = N});
    a = analysis_of(t);
    cr_assert_eq(weft_analysis_costs(a).n_steals, N);
    cr_assert(weft_analysis_costs(a).steal_ns >= 47 && weft_analysis_costs(a).steal_ns <= 51, "%d",
              (int)weft_analysis_costs(a).steal_ns);
    weft_analysis_free(a);
    weft_trace_free(t);
    free(events);
}
