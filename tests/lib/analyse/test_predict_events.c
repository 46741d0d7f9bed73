#include <criterion/criterion.h>

#include "lib/analyse/predict_model.h"
#include "tests/support/hand_trace.h"

static const struct hand_task three[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};

/* What each event took by itself. */
static void own(const struct weft_event *events, size_t n, int n_workers, int64_t *own_ns)
{
    weft_trace *t = hand_trace_of(three, 3, &(struct hand_run){.n_workers = n_workers, .events = events, .n_events = n});
    struct wf_model_events e;

    cr_assert(!wf_model_events_init(&e, t, NULL));
    for (size_t k = 0; k < n; k++)
        own_ns[k] = e.own_ns[k];
    wf_model_events_fini(&e);
    weft_trace_free(t);
}

/* Less 10 ns of the counter that was read within:
 *
 *     a |-----------------------------|       0 .. 1000
 *     b     |------------|                    200 .. 600
 *     s        |---|                          300 .. 400, a steal
 *     c                     |---|             700 .. 800 */
Test(predict_events, that_lie_within_an_event_are_not_its_time)
{
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 1000, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 200, .end_ns = 600, .task = 1, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 300, .end_ns = 400, .task = 1, .kind = WEFT_EVENT_STEAL},
        {.begin_ns = 700, .end_ns = 800, .task = 2, .kind = WEFT_EVENT_CHILD},
    };
    int64_t own_ns[4];

    own(e, 4, 1, own_ns);
    cr_assert_eq(own_ns[0], 1000 - 400 - 100 - 10);
    cr_assert_eq(own_ns[1], 400 - 100 - 10);
    cr_assert_eq(own_ns[2], 100);
    cr_assert_eq(own_ns[3], 100 - 10);
}

Test(predict_events, of_two_workers_have_nothing_to_do_with_each_other)
{
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 1000, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 100, .end_ns = 900, .task = 1, .worker = 1, .kind = WEFT_EVENT_TASK},
    };
    int64_t own_ns[2];

    own(e, 2, 2, own_ns);
    cr_assert_eq(own_ns[0], 990);
    cr_assert_eq(own_ns[1], 790);
}

/* To disk and back: what a body waits for is its time. */
Test(predict_events, of_moving_data_within_a_body_are_its_time)
{
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 100, .task = 0, .kind = WEFT_EVENT_UNSPILL},
        {.begin_ns = 100, .end_ns = 1000, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 300, .end_ns = 500, .task = UINT32_MAX, .kind = WEFT_EVENT_SPILL},
    };
    int64_t own_ns[3];

    own(e, 3, 1, own_ns);
    cr_assert_eq(own_ns[0], 100);
    cr_assert_eq(own_ns[1], 890);
    cr_assert_eq(own_ns[2], 0);
}

/* Between two bodies: room for the next; behind the last: for what that gave. */
Test(predict_events, of_writing_to_disk_between_bodies_are_time_of_the_next)
{
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 100, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 100, .end_ns = 500, .task = UINT32_MAX, .kind = WEFT_EVENT_SPILL},
        {.begin_ns = 600, .end_ns = 700, .task = 1, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 700, .end_ns = 900, .task = UINT32_MAX, .kind = WEFT_EVENT_SPILL},
        {.begin_ns = 0, .end_ns = 900, .task = UINT32_MAX, .worker = 1, .kind = WEFT_EVENT_SPILL},
    };
    int64_t own_ns[5];

    own(e, 5, 2, own_ns);
    cr_assert_eq(own_ns[0], 90);
    cr_assert_eq(own_ns[2], 400 + 100 + 200 - 10);
    cr_assert_eq(own_ns[4], 900);
}

Test(predict_events, that_are_parts_are_listed_by_task)
{
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 100, .task = 2, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 10, .end_ns = 20, .task = 2, .kind = WEFT_EVENT_CHILD},
        {.begin_ns = 30, .end_ns = 40, .task = 0, .kind = WEFT_EVENT_FORK},
        {.begin_ns = 0, .end_ns = 50, .task = 2, .worker = 1, .kind = WEFT_EVENT_FORK},
    };
    weft_trace *t = hand_trace_of(three, 3, &(struct hand_run){.n_workers = 2, .events = e, .n_events = 4});
    struct wf_model_events m;

    cr_assert(!wf_model_events_init(&m, t, NULL));
    cr_assert_eq(m.first_part[0], 0);
    cr_assert_eq(m.first_part[1], 1);
    cr_assert_eq(m.first_part[2], 1);
    cr_assert_eq(m.first_part[3], 3);
    cr_assert_eq(m.part[0], 2);
    cr_assert_eq(m.part[1], 1);
    cr_assert_eq(m.part[2], 3);
    wf_model_events_fini(&m);
    weft_trace_free(t);
}
