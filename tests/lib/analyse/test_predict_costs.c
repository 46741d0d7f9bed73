#include <criterion/criterion.h>

#include "lib/analyse/predict_model.h"
#include "tests/support/hand_trace.h"

enum { N = 20 };

static struct weft_overheads costs_of(const struct hand_task *tasks, size_t n, const struct weft_event *e, size_t n_events)
{
    weft_trace *t = hand_trace_of(tasks, n, &(struct hand_run){.n_workers = 2, .events = e, .n_events = n_events});
    struct weft_overheads o;

    cr_assert(!wf_model_costs(t, &o, NULL));
    weft_trace_free(t);
    return o;
}

/* One body after the other, 90 ns of gap of which 10 are the counter's. */
Test(predict_costs, of_a_task_are_the_gaps_between_bodies)
{
    struct hand_task tasks[N];
    struct weft_event e[N];
    struct weft_overheads o;

    for (uint32_t i = 0; i < N; i++) {
        tasks[i] = (struct hand_task){.name = "a"};
        e[i] = (struct weft_event){.begin_ns = 7000 + i * 1090, .end_ns = 8000 + i * 1090, .task = i, .kind = WEFT_EVENT_TASK};
    }
    o = costs_of(tasks, N, e, N);
    cr_assert_eq(o.task_ns, 80);
    cr_assert_eq(o.n_tasks, N - 1);
    cr_assert_eq(o.start_ns, 7000);
    cr_assert_eq(o.n_steals, 0);
    cr_assert_gt(o.steal_ns, 0);

    /* In one of them the system had the core. */
    for (uint32_t i = N / 2; i < N; i++) {
        e[i].begin_ns += 5000000;
        e[i].end_ns += 5000000;
    }
    o = costs_of(tasks, N, e, N);
    cr_assert_eq(o.task_ns, 80);
}

/* A chain that goes from worker to worker: one sleeps until the other's task has ended, wakes
 * 4000 later, and needs 300 to find what became ready. */
Test(predict_costs, of_wakes_and_steals_are_read_where_a_worker_slept)
{
    static const uint32_t before[N] = {0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18};
    struct hand_task tasks[N];
    struct weft_event e[3 * N];
    struct weft_overheads o;
    size_t n = 0;
    int64_t now = 0;

    for (uint32_t i = 0; i < N; i++) {
        tasks[i] = (struct hand_task){.name = "a", .deps = &before[i], .n_deps = i > 0};
        e[n++] = (struct weft_event){.begin_ns = now - (i > 1 ? 900 : 0), .end_ns = now + 4000, .task = UINT32_MAX, .worker = i % 2, .kind = WEFT_EVENT_IDLE};
        e[n++] = (struct weft_event){.begin_ns = now + 4000, .end_ns = now + 4300, .task = i, .worker = i % 2, .kind = WEFT_EVENT_STEAL};
        e[n++] = (struct weft_event){.begin_ns = now + 4350, .end_ns = now + 5350, .task = i, .worker = i % 2, .kind = WEFT_EVENT_TASK};
        now += 5350;
    }
    o = costs_of(tasks, N, e, n);
    cr_assert_eq(o.steal_ns, 300);
    cr_assert_eq(o.n_steals, N);
    cr_assert_eq(o.wake_ns, 4000);
    cr_assert_eq(o.n_wakes, N - 1);
    cr_assert_eq(o.n_tasks, 0);
}

/* Ten runs of three tasks that wait for nothing: the first worker begins at 500, the second wakes
 * at 6500, the third, whom that one woke, at 12500. */
Test(predict_costs, of_wakes_at_the_beginning_of_a_run_are_those_of_the_second_worker)
{
    enum { RUNS = 10 };
    struct hand_task tasks[3 * RUNS];
    struct weft_trace_run runs[RUNS];
    struct weft_event e[8 * RUNS];
    struct weft_overheads o;
    weft_trace *t;
    size_t n = 0;

    for (uint32_t r = 0; r < RUNS; r++) {
        const int64_t now = r * 100000;

        runs[r] = (struct weft_trace_run){.first_task = 3 * r, .n_tasks = 3, .begin_ns = now, .end_ns = now + 30000};
        for (uint32_t w = 0; w < 3; w++) {
            const int64_t woke = now + (w ? 500 + w * 6000 : 400);

            tasks[3 * r + w] = (struct hand_task){.name = "a"};
            e[n++] = (struct weft_event){.begin_ns = now, .end_ns = woke, .task = UINT32_MAX, .worker = (uint16_t)w, .kind = WEFT_EVENT_IDLE};
            if (w)
                e[n++] = (struct weft_event){.begin_ns = woke, .end_ns = woke + 100, .task = 3 * r + w, .worker = (uint16_t)w, .kind = WEFT_EVENT_STEAL};
            e[n++] = (struct weft_event){.begin_ns = woke + 100, .end_ns = now + 30000, .task = 3 * r + w, .worker = (uint16_t)w, .kind = WEFT_EVENT_TASK};
        }
    }
    t = hand_trace_of(tasks, 3 * RUNS, &(struct hand_run){.n_workers = 3, .events = e, .n_events = n, .runs = runs, .n_runs = RUNS});
    cr_assert(!wf_model_costs(t, &o, NULL));
    cr_assert_eq(o.wake_ns, 6000);
    cr_assert_eq(o.n_wakes, RUNS);
    cr_assert_eq(o.start_ns, 500);
    weft_trace_free(t);
}

/* A task of 1000 successors: 5000 ns go by before the next body. */
Test(predict_costs, of_successors_are_what_many_of_them_take)
{
    enum { MANY = 1000 };
    static const uint32_t first[] = {0};
    static struct hand_task tasks[MANY + 1];
    static struct weft_event e[MANY + 1];
    struct weft_overheads o;

    for (uint32_t i = 0; i <= MANY; i++) {
        tasks[i] = (struct hand_task){.name = "a", .deps = first, .n_deps = i > 0};
        e[i] = (struct weft_event){.begin_ns = i * 100 + (i ? 5000 : 0), .end_ns = i * 100 + (i ? 5000 : 0) + 60, .task = i, .kind = WEFT_EVENT_TASK};
    }
    o = costs_of(tasks, MANY + 1, e, MANY + 1);
    cr_assert_eq(o.edge_ns, 5);
    cr_assert_eq(o.n_edges, MANY);
    cr_assert_eq(o.task_ns, 30);
}

Test(predict_costs, that_were_not_seen_are_those_of_a_quiet_machine)
{
    const struct hand_task one[] = {{.name = "a"}};
    const struct weft_event e[] = {{.begin_ns = 5, .end_ns = 10, .kind = WEFT_EVENT_TASK}};
    const struct weft_overheads o = costs_of(one, 1, e, 1);

    cr_assert_eq(o.n_tasks + o.n_edges + o.n_steals + o.n_wakes, 0);
    cr_assert(o.task_ns > 0 && o.edge_ns > 0 && o.steal_ns > 0 && o.look_ns > 0 && o.wake_ns > 0 && o.call_ns > 0);
}
