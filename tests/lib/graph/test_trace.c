#include <criterion/criterion.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/graph/trace.h"
#include "tests/support/hand_trace.h"

/*   load -> parse -> sum      on two workers
 *      `--> check ---'                          */
static const struct hand_task four[] = {
    {.name = "load", .begin_ns = 0, .end_ns = 10, .layer = "read", .layer_id = 1},
    {.name = "parse", .HAND_DEPS(0), .begin_ns = 10, .end_ns = 40, .layer = "read", .layer_id = 1},
    {.name = "check", .HAND_DEPS(0), .begin_ns = 12, .end_ns = 20, .worker = 1},
    {.name = "sum", .HAND_DEPS(1, 2), .begin_ns = 41, .end_ns = 50, .fused = true},
};

Test(trace, answers_what_was_put_in)
{
    weft_trace *t = hand_trace(four, 4, 2);
    const struct weft_trace_task *parse = weft_trace_task(t, 1);

    cr_assert_eq(weft_trace_n_tasks(t), 4);
    cr_assert_str_eq(parse->name, "parse");
    cr_assert_str_eq(parse->key, "parse-1");
    cr_assert_str_eq(parse->layer, "read");
    cr_assert_eq(parse->layer_id, 1);
    cr_assert_str_eq(parse->file, "hand.c");
    cr_assert_eq(parse->line, 2);
    cr_assert_not(parse->fused);
    cr_assert(weft_trace_task(t, 3)->fused);
    cr_assert_str_eq(weft_trace_task(t, 2)->layer, "");

    cr_assert_eq(weft_trace_n_deps(t, 0), 0);
    cr_assert_eq(weft_trace_n_deps(t, 3), 2);
    cr_assert_eq(weft_trace_deps(t, 3)[0], 1);
    cr_assert_eq(weft_trace_deps(t, 3)[1], 2);

    cr_assert_eq(weft_trace_n_workers(t), 2);
    cr_assert_eq(weft_trace_wall_ns(t), 50);
    cr_assert_eq(weft_trace_n_events(t), 4);
    cr_assert_eq(weft_trace_n_lost(t), 0);
    weft_trace_free(t);
}

Test(trace, orders_events_by_worker_then_time)
{
    weft_trace *t = hand_trace(four, 4, 2);
    const struct weft_event *e = weft_trace_events(t);
    const uint32_t tasks[] = {0, 1, 3, 2};

    for (int i = 0; i < 4; i++)
        cr_assert_eq(e[i].task, tasks[i]);
    cr_assert_eq(e[3].worker, 1);
    weft_trace_free(t);
}

Test(trace, may_hold_no_task_at_all)
{
    weft_trace *t = hand_trace(NULL, 0, 0);

    cr_assert_eq(weft_trace_n_tasks(t), 0);
    cr_assert_eq(weft_trace_n_events(t), 0);
    weft_trace_free(t);
    weft_trace_free(NULL);
}

Test(trace, check_finds_each_kind_of_nonsense)
{
    const char *why = NULL;
    weft_trace *t = hand_trace(four, 4, 2);
    struct weft_event *e = wf_trace_events(t), kept[4];

    memcpy(kept, e, sizeof kept);
#define NONSENSE(change, words)             \
    change;                                 \
    cr_assert_not(wf_trace_check(t, &why)); \
    cr_assert_str_eq(why, words);           \
    memcpy(e, kept, sizeof kept);           \
    cr_assert(wf_trace_check(t, NULL))

    NONSENSE(e[0].kind = WEFT_N_EVENT_KINDS, "an event is of no known kind");
    NONSENSE(e[0].task = 4, "an event is of no task");
    NONSENSE(e[3].worker = 2, "an event is of no worker");
    NONSENSE(e[1].end_ns = 9, "an event ends before it begins");
    NONSENSE(e[0].begin_ns = -1, "an event ends before it begins");
    NONSENSE(e[1].worker = 1, "events are out of order");
    NONSENSE((e[0].end_ns = INT64_MAX, e[3].end_ns = INT64_MAX),
             "its events take longer than can be counted");
    t->deps[0] = 1;
    cr_assert_not(wf_trace_check(t, &why));
    cr_assert_str_eq(why, "a task waits for a later one");
    weft_trace_free(t);
}

Test(trace, without_memory_makes_nothing_and_leaks_nothing)
{
    bool ok = false;

    for (int nth = 1; !ok; nth++) {
        weft_trace *t, *out = NULL;
        uint64_t place;
        char text[256]; /* longer than the first room for texts */

        cr_assert_lt(nth, 20);
        memset(text, 'x', 255);
        text[255] = '\0';
        wf_mem_watch(true);
        wf_mem_fail_at(nth);
        t = wf_trace_begin(0, 0, NULL);
        if (t && wf_trace_text(t, text, &place))
            ok = wf_trace_end(&out, t, NULL) == WEFT_OK;
        else
            weft_trace_free(t);
        wf_mem_fail_at(0);
        cr_assert(!ok || nth > 5);
        weft_trace_free(out);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %d leaks", nth);
        wf_mem_watch(false);
    }
}
