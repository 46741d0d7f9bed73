#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <weft/analyse.h>

#include "lib/graph/trace.h"
#include "tests/support/hand_trace.h"

static const struct weft_event two_workers[] = {
    /* 0: idle 10, runs 40, schedules 5, steals 5, runs 20, idle 20 */
    {.begin_ns = 10, .end_ns = 50, .task = 0, .worker = 0, .kind = WEFT_EVENT_TASK},
    {.begin_ns = 55, .end_ns = 60, .task = 1, .worker = 0, .kind = WEFT_EVENT_STEAL},
    {.begin_ns = 60, .end_ns = 80, .task = 1, .worker = 0, .kind = WEFT_EVENT_TASK},
    /* 1: sleeps through all of it, and a little longer */
    {.begin_ns = 0, .end_ns = 120, .worker = 1, .kind = WEFT_EVENT_IDLE},
};

/* Two tasks that do not wait for each other, and these events. */
static weft_trace *trace_of(const struct weft_event *events, size_t n, size_t n_lost)
{
    const struct wf_trace_run run = {.n_workers = 2, .wall_ns = 100, .n_events = n, .n_lost = n_lost};
    weft_trace *t = wf_trace_begin(2, 0, &run), *out = NULL;

    cr_assert(t);
    wf_trace_add(t, &(struct wf_trace_record){0}, NULL);
    wf_trace_add(t, &(struct wf_trace_record){0}, NULL);
    if (n)
        memcpy(wf_trace_events(t), events, n * sizeof *events);
    cr_assert(!wf_trace_end(&out, t, NULL));
    cr_assert(wf_trace_check(out, NULL));
    return out;
}

static void assert_share(struct weft_share s, int64_t executing, int64_t scheduling, int64_t stealing,
                         int64_t idle)
{
    cr_assert_eq(s.executing_ns, executing);
    cr_assert_eq(s.scheduling_ns, scheduling);
    cr_assert_eq(s.stealing_ns, stealing);
    cr_assert_eq(s.idle_ns, idle);
    cr_assert_eq(executing + scheduling + stealing + idle, s.wall_ns);
}

Test(share, of_each_worker_adds_up_to_the_wall_time)
{
    weft_trace *t = trace_of(two_workers, 4, 0);

    assert_share(weft_analyse_share(t, 0), 60, 5, 5, 30);
    assert_share(weft_analyse_share(t, 1), 0, 0, 0, 100);
    assert_share(weft_analyse_share(t, -1), 60, 5, 5, 130);
    cr_assert_eq(weft_analyse_share(t, 0).n_tasks, 2);
    cr_assert_eq(weft_analyse_share(t, 0).n_steals, 1);
    cr_assert_eq(weft_analyse_share(t, 1).n_tasks, 0);
    weft_trace_free(t);
}

Test(share, begins_with_the_first_event_kept_when_others_were_lost)
{
    weft_trace *t = trace_of(two_workers, 4, 17);

    assert_share(weft_analyse_share(t, 0), 60, 5, 5, 20);
    cr_assert_eq(weft_analyse_share(t, 0).wall_ns, 90);
    weft_trace_free(t);
}

Test(share, counts_time_once_when_events_overlap)
{
    static const struct weft_event nested[] = {
        {.begin_ns = 0, .end_ns = 60, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 20, .end_ns = 40, .task = 1, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 50, .end_ns = 80, .task = 1, .kind = WEFT_EVENT_IDLE},
    };
    weft_trace *t = trace_of(nested, 3, 0);

    assert_share(weft_analyse_share(t, 0), 60, 0, 0, 40);
    weft_trace_free(t);
}

Test(share, of_a_worker_without_events_is_idle)
{
    weft_trace *t = trace_of(NULL, 0, 0);

    assert_share(weft_analyse_share(t, 1), 0, 0, 0, 100);
    weft_trace_free(t);
}

/* What is printed; the caller's to free(). */
static char *printed(const weft_trace *t)
{
    char *text = NULL;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    cr_assert(to);
    weft_analyse_print_shares(t, to);
    fclose(to);
    return text;
}

Test(share, prints_a_line_per_worker_and_one_for_all)
{
    weft_trace *t = trace_of(two_workers, 4, 0);
    char *text = printed(t);

    cr_assert_str_eq(text,
                     "worker   execution  scheduling    stealing        idle     tasks    steals\n"
                     "     0      60.0 %       5.0 %       5.0 %      30.0 %         2         1\n"
                     "     1       0.0 %       0.0 %       0.0 %     100.0 %         0         0\n"
                     "   all      30.0 %       2.5 %       2.5 %      65.0 %         2         1\n"
                     "of 100 ns wall time\n");
    free(text);
    weft_trace_free(t);
}

Test(share, of_a_graph_that_has_not_run_is_a_sentence)
{
    weft_trace *t = hand_trace(NULL, 0, 0);
    char *text = printed(t);

    cr_assert_str_eq(text, "not run yet: no worker has a share\n");
    free(text);
    weft_trace_free(t);
}
