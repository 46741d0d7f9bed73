/* Few rectangles for many events, and none of the time is lost. */
#include "lib/dash/server_view.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"

enum { US = 1000, MS = 1000000 };

static struct weft_live_event event(int64_t begin, int64_t end, uint32_t group, int worker, int kind)
{
    return (struct weft_live_event){.begin_ns = begin, .end_ns = end, .busy_ns = kind == WEFT_EVENT_IDLE ? 0 : end - begin,
                                    .n = 1, .group = group, .worker = (uint16_t)worker, .kind = (uint8_t)kind};
}

static void fini(struct wf_view *v)
{
    wf_free(v->rects);
}

Test(rects, long_events_stay_as_they_are)
{
    const struct weft_live_event events[] = {event(0, 20 * MS, 1, 0, WEFT_EVENT_TASK), event(20 * MS, 50 * MS, 1, 0, WEFT_EVENT_TASK),
                                             event(5 * MS, 50 * MS, 2, 1, WEFT_EVENT_SPILL)};
    struct wf_view v = {0};

    cr_assert(wf_rects_make(&v, events, 3, 100));
    cr_assert_eq(v.n_rects, 3);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_eq(v.rects[i].begin_ns, events[i].begin_ns);
        cr_expect_eq(v.rects[i].end_ns, events[i].end_ns);
        cr_expect_eq(v.rects[i].group, events[i].group);
        cr_expect_eq(v.rects[i].worker, events[i].worker);
        cr_expect_eq(v.rects[i].kind, events[i].kind);
        cr_expect_eq(v.rects[i].n, 1);
    }
    fini(&v);
}

/* Two groups take turns, 2 us and 1 us: the rectangles have the first one's colour, all of
 * the time and all of the events. */
Test(rects, short_events_are_joined_under_the_group_of_most_of_their_time)
{
    enum { N = 60000 };
    struct weft_live_event *events = malloc(N * sizeof *events);
    struct wf_view v = {0};
    int64_t at = 0, busy = 0, in_rects = 0;
    uint64_t n = 0;

    cr_assert(events);
    for (int i = 0; i < N; i++) {
        const int64_t takes = i % 2 ? 1 * US : 2 * US;

        events[i] = event(at, at + takes, i % 2 ? 7 : 3, 0, WEFT_EVENT_TASK);
        busy += takes;
        at += takes + 100;
    }
    cr_assert(wf_rects_make(&v, events, N, 4000));
    cr_expect_lt(v.n_rects, 60, "%zu", v.n_rects);
    for (size_t i = 0; i < v.n_rects; i++) {
        cr_expect_eq(v.rects[i].group, 3);
        cr_expect_leq(v.rects[i].busy_ns, v.rects[i].end_ns - v.rects[i].begin_ns);
        cr_expect(!i || v.rects[i].begin_ns >= v.rects[i - 1].end_ns);
        in_rects += v.rects[i].busy_ns;
        n += v.rects[i].n;
    }
    cr_expect_eq(in_rects, busy);
    cr_expect_eq(n, N);
    free(events);
    fini(&v);
}

Test(rects, what_failed_is_told_however_short)
{
    struct weft_live_event events[9];
    struct wf_view v = {0};
    int n_failed = 0;

    for (int i = 0; i < 9; i++)
        events[i] = event(i * US, (i + 1) * US, 1, 0, WEFT_EVENT_TASK);
    events[4].flags = WEFT_EVENT_FAILED;
    cr_assert(wf_rects_make(&v, events, 9, 100));
    for (size_t i = 0; i < v.n_rects; i++)
        n_failed += v.rects[i].flags & WEFT_EVENT_FAILED;
    cr_expect_eq(n_failed, 1);
    cr_expect_eq(v.n_rects, 3);
    fini(&v);
}

Test(rects, workers_kinds_and_gaps_are_kept_apart)
{
    const struct weft_live_event events[] = {
        event(0, 1 * US, 1, 0, WEFT_EVENT_TASK),
        event(1 * US, 30 * MS, UINT32_MAX, 0, WEFT_EVENT_IDLE),
        event(30 * MS, 30 * MS + 1 * US, 1, 0, WEFT_EVENT_TASK),
        event(90 * MS, 90 * MS + 1 * US, 1, 0, WEFT_EVENT_TASK), // after a gap
        event(90 * MS, 90 * MS + 1 * US, 1, 1, WEFT_EVENT_TASK),
        event(90 * MS + 1 * US, 90 * MS + 2 * US, UINT32_MAX, 1, WEFT_EVENT_STEAL), // too short to be seen
        event(90 * MS + 2 * US, 90 * MS + 3 * US, 1, 1, WEFT_EVENT_TASK),
    };
    struct wf_view v = {0};

    cr_assert(wf_rects_make(&v, events, sizeof events / sizeof *events, 100));
    cr_assert_eq(v.n_rects, 5);
    cr_expect_eq(v.rects[1].kind, WEFT_EVENT_IDLE);
    cr_expect_eq(v.rects[4].worker, 1);
    cr_expect_eq(v.rects[4].n, 2);
    fini(&v);
}

Test(rects, there_are_no_more_than_asked_for)
{
    enum { N = 40000 };
    struct weft_live_event *events = malloc(N * sizeof *events);
    struct wf_view v = {0};

    cr_assert(events);
    for (int i = 0; i < N; i++) // 5 ms each: longer than the smallest cell
        events[i] = event(i * 5ll * MS, (i + 1) * 5ll * MS, (uint32_t)i % 5, 0, WEFT_EVENT_TASK);
    cr_assert(wf_rects_make(&v, events, N, 1000));
    cr_expect_leq(v.n_rects, 1000);
    cr_expect_eq(v.rects[0].begin_ns, 0);
    cr_expect_eq(v.rects[v.n_rects - 1].end_ns, N * 5ll * MS);
    free(events);
    fini(&v);
}

Test(rects, nothing_is_made_of_nothing_or_without_memory)
{
    const struct weft_live_event one = event(0, MS, 1, 0, WEFT_EVENT_TASK);
    struct wf_view v = {0};

    cr_expect(wf_rects_make(&v, NULL, 0, 10));
    cr_expect_eq(v.n_rects, 0);
    wf_mem_fail_at(1);
    cr_expect_not(wf_rects_make(&v, &one, 1, 10));
    wf_mem_fail_at(0);
    cr_expect_eq(v.n_rects, 0);
    cr_expect(wf_rects_make(&v, &one, 1, 10));
    cr_expect_eq(v.n_rects, 1);
    fini(&v);
}
