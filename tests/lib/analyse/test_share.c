#include <criterion/criterion.h>

#include <weft/analyse.h>

#include "tests/support/hand_trace.h"

static const struct hand_task two[] = {{.name = "a"}, {.name = "b"}};

static const struct weft_event two_workers[] = {
    /* 0: idle 10, runs 40, schedules 5, steals 5, runs 20, idle 20 */
    {.begin_ns = 10, .end_ns = 50, .task = 0, .worker = 0, .kind = WEFT_EVENT_TASK},
    {.begin_ns = 55, .end_ns = 60, .task = 1, .worker = 0, .kind = WEFT_EVENT_STEAL},
    {.begin_ns = 60, .end_ns = 80, .task = 1, .worker = 0, .kind = WEFT_EVENT_TASK},
    /* 1: sleeps through all of it, and a little longer */
    {.begin_ns = 0, .end_ns = 120, .worker = 1, .kind = WEFT_EVENT_IDLE, .task = UINT32_MAX},
};

/* Two tasks that do not wait for each other, and these events. */
static weft_analysis *analysis_of(weft_trace **t, const struct weft_event *events, size_t n, size_t n_lost)
{
    weft_analysis *a = NULL;

    *t = hand_trace_of(two, 2, &(struct hand_run){.n_workers = 2, .wall_ns = 100, .events = events, .n_events = n, .n_lost = n_lost});
    cr_assert(!weft_analyse_trace(&a, *t, NULL));
    return a;
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
    weft_trace *t;
    weft_analysis *a = analysis_of(&t, two_workers, 4, 0);

    assert_share(weft_analysis_share(a, 0), 60, 5, 5, 30);
    assert_share(weft_analysis_share(a, 1), 0, 0, 0, 100);
    assert_share(weft_analysis_share(a, -1), 60, 5, 5, 130);
    cr_assert_eq(weft_analysis_share(a, 0).n_tasks, 2);
    cr_assert_eq(weft_analysis_share(a, 0).n_steals, 1);
    cr_assert_eq(weft_analysis_share(a, 1).n_tasks, 0);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(share, begins_with_the_first_event_kept_when_others_were_lost)
{
    weft_trace *t;
    weft_analysis *a = analysis_of(&t, two_workers, 4, 17);

    assert_share(weft_analysis_share(a, 0), 60, 5, 5, 20);
    cr_assert_eq(weft_analysis_share(a, 0).wall_ns, 90);
    weft_analysis_free(a);
    weft_trace_free(t);
}

/* A body that waits runs another meanwhile; then its worker sleeps in it. */
Test(share, of_a_moment_is_of_the_event_that_began_last)
{
    static const struct weft_event nested[] = {
        {.begin_ns = 0, .end_ns = 60, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 20, .end_ns = 40, .task = 1, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 50, .end_ns = 60, .task = UINT32_MAX, .kind = WEFT_EVENT_IDLE},
        {.begin_ns = 60, .end_ns = 70, .task = UINT32_MAX, .kind = WEFT_EVENT_SPILL},
        {.begin_ns = 70, .end_ns = 75, .task = 1, .kind = WEFT_EVENT_SEND},
    };
    weft_trace *t;
    weft_analysis *a = analysis_of(&t, nested, 5, 0);
    const struct weft_share s = weft_analysis_share(a, 0);

    cr_assert_eq(s.executing_ns, 50);
    cr_assert_eq(s.idle_ns, 35);
    cr_assert_eq(s.disk_ns, 10);
    cr_assert_eq(s.process_ns, 5);
    weft_analysis_free(a);
    weft_trace_free(t);
}

Test(share, of_a_worker_without_events_is_idle)
{
    weft_trace *t;
    weft_analysis *a = analysis_of(&t, NULL, 0, 0);

    assert_share(weft_analysis_share(a, 1), 0, 0, 0, 100);
    weft_analysis_free(a);
    weft_trace_free(t);
}

/*  run 0 [10, 60)                         run 1 [80, 100)
 *
 *  0 |.| a a a a a | b b b b b |. . . .|       | d |.|      a -> b, a -> c
 *  1 |.|- - - - - - - -| c c |- - - - -|- - - -|- - -|      - idle
 *   0  10          30  40    50        60      80  90 100
 */
static const struct hand_task fork_tasks[] = {
    {.name = "a"}, {.name = "b", .HAND_DEPS(0)}, {.name = "c", .HAND_DEPS(0)}, {.name = "d"}};
static const struct weft_event fork_events[] = {
    {.begin_ns = 10, .end_ns = 30, .task = 0, .kind = WEFT_EVENT_TASK},
    {.begin_ns = 30, .end_ns = 50, .task = 1, .kind = WEFT_EVENT_TASK},
    {.begin_ns = 50, .end_ns = 80, .task = UINT32_MAX, .kind = WEFT_EVENT_IDLE},
    {.begin_ns = 80, .end_ns = 90, .task = 3, .kind = WEFT_EVENT_TASK},
    {.begin_ns = 10, .end_ns = 40, .task = UINT32_MAX, .worker = 1, .kind = WEFT_EVENT_IDLE},
    {.begin_ns = 40, .end_ns = 50, .task = 2, .worker = 1, .kind = WEFT_EVENT_TASK},
    {.begin_ns = 50, .end_ns = 55, .task = UINT32_MAX, .worker = 1, .kind = WEFT_EVENT_MEMORY},
    {.begin_ns = 55, .end_ns = 58, .task = UINT32_MAX, .worker = 1, .kind = WEFT_EVENT_NEED},
    {.begin_ns = 58, .end_ns = 100, .task = UINT32_MAX, .worker = 1, .kind = WEFT_EVENT_IDLE},
};
static const struct weft_trace_run fork_runs[] = {
    {.first_task = 0, .n_tasks = 3, .begin_ns = 10, .end_ns = 60}, {.first_task = 3, .n_tasks = 1, .begin_ns = 80, .end_ns = 100}};

Test(share, tells_why_a_worker_was_idle)
{
    weft_trace *t = hand_trace_of(fork_tasks, 4, &(struct hand_run){.n_workers = 2, .events = fork_events, .n_events = 9,
                                                                     .runs = fork_runs, .n_runs = 2});
    weft_analysis *a = NULL;
    struct weft_share s;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    s = weft_analysis_share(a, 1);
    cr_assert_eq(s.wall_ns, 100);
    cr_assert_eq(s.executing_ns, 10);
    cr_assert_eq(s.idle_ns, 90);
    cr_assert_eq(s.outside_ns, 10 + 20);
    cr_assert_eq(s.before_ns, 20);  /* while a ran */
    cr_assert_eq(s.unfound_ns, 10); /* c was ready */
    cr_assert_eq(s.memory_ns, 5);
    cr_assert_eq(s.need_ns, 3);
    cr_assert_eq(s.after_ns, 2 + 20);
    cr_assert_eq(s.dry_ns, 0);
    s = weft_analysis_share(a, 0);
    cr_assert_eq(s.outside_ns, 30);
    cr_assert_eq(s.dry_ns, 10);
    cr_assert_eq(s.after_ns, 10);
    s = weft_analysis_run_share(a, 0, 0);
    cr_assert_eq(s.wall_ns, 50);
    cr_assert_eq(s.outside_ns, 0);
    cr_assert_eq(s.after_ns, 10);
    cr_assert_eq(s.n_tasks, 2);
    weft_analysis_free(a);
    weft_trace_free(t);
}

/* ---- Any trace --------------------------------------------------------------------------- */

static bool covers(const weft_trace *t, int64_t at)
{
    const struct weft_trace_run *runs = weft_trace_runs(t);

    for (size_t r = 0; r < weft_trace_n_runs(t); r++)
        if (runs[r].begin_ns <= at && at < runs[r].end_ns)
            return true;
    return false;
}

/* The same, each nanosecond on its own; but dry_ns is before and after, too. */
static struct weft_share plain_share(const weft_analysis *a, int w, int64_t from, int64_t to)
{
    const weft_trace *t = weft_analysis_trace(a);
    const struct weft_event *e = weft_trace_events(t);
    struct weft_share s = {.wall_ns = to - from};

    for (int64_t at = from; at < to; at++) {
        bool before = false, after = false, ready = false;
        int kind = -1;

        for (size_t k = 0; k < weft_trace_n_events(t); k++) {
            if (e[k].worker != w || e[k].begin_ns == e[k].end_ns)
                continue;
            if (e[k].begin_ns <= at && at < e[k].end_ns)
                kind = e[k].kind;
            before |= e[k].begin_ns <= at && e[k].end_ns > from;
            after |= e[k].end_ns > at && e[k].begin_ns < to;
        }
        for (size_t i = 0; i < weft_trace_n_tasks(t); i++) {
            const struct weft_times when = weft_analysis_times(a, i);

            ready |= when.ready_ns <= at && at < when.begin_ns && at < weft_trace_runs(t)[when.run].end_ns;
        }
        if (kind == WEFT_EVENT_TASK || kind == WEFT_EVENT_FORK || kind == WEFT_EVENT_CHILD)
            s.executing_ns++;
        else if (kind == WEFT_EVENT_STEAL)
            s.stealing_ns++;
        else if (kind == WEFT_EVENT_SEND || kind == WEFT_EVENT_RECEIVE)
            s.process_ns++;
        else if (kind == WEFT_EVENT_SPILL || kind == WEFT_EVENT_UNSPILL)
            s.disk_ns++;
        else if (!covers(t, at))
            s.outside_ns++;
        else if (kind < 0 && before && after)
            s.scheduling_ns++;
        else if (kind == WEFT_EVENT_MEMORY)
            s.memory_ns++;
        else if (kind == WEFT_EVENT_NEED)
            s.need_ns++;
        else if (ready)
            s.unfound_ns++;
        else
            s.dry_ns++;
    }
    return s;
}

static void assert_as_plain(const weft_analysis *a, struct weft_share s, int w, int64_t from, int64_t to, uint64_t seed)
{
    const struct weft_share p = plain_share(a, w, from, to);

    cr_assert_eq(s.wall_ns, p.wall_ns);
    cr_assert_eq(s.executing_ns, p.executing_ns, "seed %zu", (size_t)seed);
    cr_assert_eq(s.stealing_ns, p.stealing_ns, "seed %zu", (size_t)seed);
    cr_assert_eq(s.process_ns, p.process_ns, "seed %zu", (size_t)seed);
    cr_assert_eq(s.disk_ns, p.disk_ns, "seed %zu", (size_t)seed);
    cr_assert_eq(s.scheduling_ns, p.scheduling_ns, "seed %zu", (size_t)seed);
    cr_assert_eq(s.outside_ns, p.outside_ns, "seed %zu", (size_t)seed);
    cr_assert_eq(s.memory_ns, p.memory_ns, "seed %zu", (size_t)seed);
    cr_assert_eq(s.need_ns, p.need_ns, "seed %zu", (size_t)seed);
    cr_assert_eq(s.unfound_ns, p.unfound_ns, "seed %zu worker %d %zu-%zu: %zu, not %zu", (size_t)seed, w, (size_t)from,
                 (size_t)to, (size_t)s.unfound_ns, (size_t)p.unfound_ns);
    cr_assert_eq(s.before_ns + s.after_ns + s.dry_ns, p.dry_ns, "seed %zu", (size_t)seed);
    cr_assert_eq(s.idle_ns, s.outside_ns + s.memory_ns + s.need_ns + s.unfound_ns + s.before_ns + s.after_ns + s.dry_ns);
    cr_assert_eq(s.wall_ns, s.executing_ns + s.scheduling_ns + s.stealing_ns + s.idle_ns + s.disk_ns + s.process_ns);
}

Test(share, of_any_trace_is_what_each_nanosecond_says, .timeout = 120)
{
    for (uint64_t seed = 0; seed < 60; seed++) {
        weft_trace *t = seed % 3 ? hand_trace_random(seed) : hand_trace_tangled(seed);
        weft_analysis *a = NULL;

        cr_assert(!weft_analyse_trace(&a, t, NULL));
        for (int w = 0; w < weft_trace_n_workers(t); w++) {
            assert_as_plain(a, weft_analysis_share(a, w), w, 0, weft_trace_wall_ns(t), seed);
            for (size_t r = 0; r < weft_trace_n_runs(t); r++)
                assert_as_plain(a, weft_analysis_run_share(a, r, w), w, weft_trace_runs(t)[r].begin_ns,
                                weft_trace_runs(t)[r].end_ns, seed);
        }
        weft_analysis_free(a);
        weft_trace_free(t);
    }
}
