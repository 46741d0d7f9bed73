#include <criterion/criterion.h>

#include <weft/elastic.h>

#include "tests/support/hand_trace.h"

/* On three workers:
 *
 *     0         3   4       6 7         10    12
 *     T1 . . . . . |T4 . . . |
 *     T2 . . . . . . . . . |T5 . . . . |T6 . |
 *     T3 . . . |
 *
 * When T3 ends at 3 its worker goes, and saves 9; when T4 ends at 7 only T5 and then T6
 * are left, and another saves 5. */
static const struct hand_task lecture[] = {
    {.name = "T1", .begin_ns = 0, .end_ns = 4, .worker = 0},
    {.name = "T2", .begin_ns = 0, .end_ns = 6, .worker = 1},
    {.name = "T3", .begin_ns = 0, .end_ns = 3, .worker = 2},
    {.name = "T4", .HAND_DEPS(0), .begin_ns = 4, .end_ns = 7, .worker = 0},
    {.name = "T5", .HAND_DEPS(1), .begin_ns = 6, .end_ns = 10, .worker = 1},
    {.name = "T6", .HAND_DEPS(3, 4), .begin_ns = 10, .end_ns = 12, .worker = 1},
};

Test(elastic, of_the_six_tasks_of_the_lecture_saves_what_it_does_by_hand)
{
    weft_trace *t = hand_trace(lecture, 6, 3);
    int64_t released_ns[3];
    struct weft_elastic_report r = {.released_ns = released_ns};

    cr_assert(!weft_analyse_elastic(t, &r, NULL));
    cr_assert_eq(r.n_workers, 3);
    cr_assert_eq(r.wall_ns, 12);
    cr_assert_eq(r.n_released, 2);
    cr_assert_eq(r.saved_ns, 9 + 5);
    cr_assert_eq(released_ns[2], 3);
    cr_assert_eq(released_ns[0], 7);
    cr_assert_eq(released_ns[1], -1);
    weft_trace_free(t);
}

Test(elastic, workers_that_were_never_needed_save_all_of_it)
{
    const struct hand_task chain[] = {
        {.name = "a", .begin_ns = 1, .end_ns = 4, .worker = 3},
        {.name = "b", .HAND_DEPS(0), .begin_ns = 5, .end_ns = 9, .worker = 1},
    };
    weft_trace *t = hand_trace(chain, 2, 4);
    int64_t released_ns[4];
    struct weft_elastic_report r = {.released_ns = released_ns};

    cr_assert(!weft_analyse_elastic(t, &r, NULL));
    cr_assert_eq(r.saved_ns, 3 * 9);
    cr_assert_eq(released_ns[1], -1);
    weft_trace_free(t);
}

Test(elastic, of_a_trace_that_has_not_run_is_nothing)
{
    weft_trace *t = hand_trace(lecture, 6, 0);
    struct weft_elastic_report r = {0};

    cr_assert(!weft_analyse_elastic(t, &r, NULL));
    cr_assert_eq(r.n_workers, 0);
    cr_assert_eq(r.saved_ns, 0);
    weft_trace_free(t);
}

static void nobody_leaves(enum weft_event_kind part)
{
    const struct hand_task one[] = {{.name = "a"}};
    const struct weft_event events[] = {
        {.end_ns = 100},
        {.begin_ns = 10, .end_ns = 90, .worker = 1, .kind = part}};
    weft_trace *t = hand_trace_of(one, 1, &(struct hand_run){.n_workers = 2, .events = events, .n_events = 2});
    struct weft_elastic_report r = {0};

    cr_assert(!weft_analyse_elastic(t, &r, NULL));
    cr_assert_eq(r.n_released, 0);
    cr_assert_eq(r.saved_ns, 0);
    weft_trace_free(t);
}

Test(elastic, nobody_leaves_a_run_whose_bodies_forked)
{
    nobody_leaves(WEFT_EVENT_FORK);
}

Test(elastic, nobody_leaves_a_run_whose_bodies_spawned)
{
    nobody_leaves(WEFT_EVENT_CHILD);
}
