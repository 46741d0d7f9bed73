#include <criterion/criterion.h>

#include <math.h>
#include <string.h>

#include <weft/predict.h>

#include "lib/graph/policy.h"
#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"

/* The six tasks of the lecture on one worker, in tenths of seconds:
 *
 *     T1 (3) -> T4 (3) -+
 *     T2 (6) -> T5 (4) -+-> T6 (2)
 *     T3 (3)                           */
enum { TENTH = 100000000, TICK = 10 };
static const struct hand_task lecture[] = {
    {.name = "T1", .begin_ns = 0, .end_ns = 3L * TENTH + TICK, .layer = "load", .layer_id = 1},
    {.name = "T2", .begin_ns = 5L * TENTH, .end_ns = 11L * TENTH + TICK, .layer = "load", .layer_id = 1},
    {.name = "T3", .begin_ns = 15L * TENTH, .end_ns = 18L * TENTH + TICK, .layer = "load", .layer_id = 1},
    {.name = "T4", .HAND_DEPS(0), .begin_ns = 20L * TENTH, .end_ns = 23L * TENTH + TICK},
    {.name = "T5", .HAND_DEPS(1), .begin_ns = 25L * TENTH, .end_ns = 29L * TENTH + TICK},
    {.name = "T6", .HAND_DEPS(3, 4), .begin_ns = 30L * TENTH, .end_ns = 32L * TENTH + TICK},
};
static const struct weft_predict_spec ideal = {.ideal = true};

static weft_predictor *predictor(const weft_trace *t, const struct weft_predict_spec *spec)
{
    struct weft_error err;
    weft_predictor *p = NULL;

    cr_assert(!weft_predictor_new(&p, t, spec, &err), "%s", err.message);
    return p;
}

static struct weft_forecast at(const weft_predictor *p, int n_workers)
{
    struct weft_error err;
    struct weft_forecast f;

    cr_assert(!weft_predictor_at(p, n_workers, &f, &err), "%s", err.message);
    return f;
}

Test(predict, answers_the_questions_of_the_lecture)
{
    weft_trace *t = hand_trace(lecture, 6, 1);
    weft_predictor *p = predictor(t, &ideal);
    const struct weft_forecast one = at(p, 1), three = at(p, 3), many = at(p, 1000);

    cr_assert_eq(one.makespan_ns, 21L * TENTH);
    cr_assert_eq(three.makespan_ns, 12L * TENTH);
    cr_assert_eq(many.makespan_ns, 12L * TENTH);
    cr_assert_float_eq(three.speedup, 21 / 12.0, 1e-9);
    cr_assert_float_eq(three.efficiency, 21 / 36.0, 1e-9);
    cr_assert_float_eq(three.utilisation, 21 / 36.0, 1e-9);
    cr_assert_eq(three.lower_ns, 12L * TENTH);
    cr_assert_eq(three.upper_ns, (7 + 12) * (int64_t)TENTH);
    weft_predictor_free(p);
    weft_trace_free(t);
}

Test(predict, tells_what_faster_tasks_give_the_whole)
{
    weft_trace *t = hand_trace(lecture, 6, 1);
    const struct { const char *what; double times; int n_workers; int tenths; } cases[] = {
        {"T2", 2, 3, 9},          /* by name: 3 + 4 + 2 */
        {"T2", 3, 3, 8},          /* then T1, T4, T6 are as long: 3 + 3 + 2 */
        {"T2", INFINITY, 3, 8},
        {"T3", 2, 3, 12},         /* not on the longest path */
        {"load", 3, 3, 8},        /* by layer: 2 + 4 + 2 */
        {"T5-4", 4, 3, 9},        /* by key: 6 + 1 + 2 */
        {"T6", 0.5, 3, 14},       /* slower */
        {"load", 3, 1, 13},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct weft_faster f = {.what = cases[i].what, .times = cases[i].times};
        const struct weft_predict_spec spec = {.ideal = true, .faster = &f, .n_faster = 1};
        weft_predictor *p = predictor(t, &spec);

        cr_assert_eq(at(p, cases[i].n_workers).makespan_ns, cases[i].tenths * (int64_t)TENTH, "%s", cases[i].what);
        weft_predictor_free(p);
    }
    weft_trace_free(t);
}

/* The graph alone, and what each task takes. */
Test(predict, answers_the_lecture_before_anything_has_run)
{
    static const struct weft_faster takes[] = {{"load", 0, 3L * TENTH}, {"T2", 0, 6L * TENTH}, {"T4", 0, 3L * TENTH},
                                               {"T5", 0, 8L * TENTH}, {"T5", 2, 0}, {"T6", 0, 2L * TENTH}};
    weft_trace *t = hand_trace(lecture, 6, 0);
    weft_predictor *p = predictor(t, &(struct weft_predict_spec){.ideal = true, .faster = takes, .n_faster = 6});

    cr_assert_eq(at(p, 1).makespan_ns, 21L * TENTH);
    cr_assert_eq(at(p, 3).makespan_ns, 12L * TENTH);
    weft_predictor_free(p);
    weft_trace_free(t);
}

/* Head, two forks, rest and tail keep their shares. */
Test(predict, changes_all_parts_of_a_task)
{
    const struct hand_task one[] = {{.name = "a"}};
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 1010, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 100, .end_ns = 510, .task = 0, .worker = 1, .kind = WEFT_EVENT_FORK},
        {.begin_ns = 500, .end_ns = 910, .task = 0, .worker = 2, .kind = WEFT_EVENT_FORK},
    };
    const struct weft_faster ways[] = {{"a", 2, 0}, {"a", 0, 900}};
    weft_trace *t = hand_trace_of(one, 1, &(struct hand_run){.n_workers = 3, .events = e, .n_events = 3});

    for (int i = 0; i < 2; i++) {
        weft_predictor *p = predictor(t, &(struct weft_predict_spec){.ideal = true, .faster = &ways[i], .n_faster = 1});

        cr_assert_eq(at(p, 1).makespan_ns, 900);
        cr_assert_eq(at(p, 4).makespan_ns, 50 + 200 + 50);
        weft_predictor_free(p);
    }
    weft_trace_free(t);
}

Test(predict, charges_what_handing_out_work_takes)
{
    weft_trace *t = hand_trace(lecture, 6, 1);
    const struct weft_overheads o = {.task_ns = 1000};
    weft_predictor *p = predictor(t, &(struct weft_predict_spec){.overheads = &o});

    cr_assert_eq(at(p, 1).makespan_ns, 21L * TENTH + 6 * 1000);
    cr_assert_eq(at(p, 3).makespan_ns, 12L * TENTH + 3 * 1000);
    cr_assert_eq(weft_predictor_stats(p).overheads.task_ns, 1000);
    cr_assert_eq(weft_predictor_stats(p).burdened_span_ns, 12L * TENTH + 3 * 1000);
    weft_predictor_free(p);
    weft_trace_free(t);
}

/* The program's own time is there on any number of workers. */
Test(predict, keeps_the_time_between_runs)
{
    const struct hand_task tasks[] = {{.name = "a"}, {.name = "a"}, {.name = "b"}};
    const struct weft_trace_run runs[] = {
        {.first_task = 0, .n_tasks = 2, .begin_ns = 1000, .end_ns = 5000}, {.first_task = 2, .n_tasks = 1, .begin_ns = 9000, .end_ns = 10000}};
    const struct weft_event e[] = {
        {.begin_ns = 1000, .end_ns = 3010, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 3010, .end_ns = 5000, .task = 1, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 9000, .end_ns = 10000, .task = 2, .kind = WEFT_EVENT_TASK},
    };
    weft_trace *t = hand_trace_of(tasks, 3, &(struct hand_run){.n_workers = 1, .wall_ns = 12000, .events = e, .n_events = 3, .runs = runs, .n_runs = 2});
    weft_predictor *p = predictor(t, &ideal);

    cr_assert_eq(weft_predictor_stats(p).outside_ns, 7000);
    cr_assert_eq(at(p, 1).makespan_ns, 7000 + 2000 + 1980 + 990);
    cr_assert_eq(at(p, 2).makespan_ns, 7000 + 2000 + 990);
    cr_assert_eq(at(p, 2).lower_ns, 7000 + 2000 + 990);
    weft_predictor_free(p);
    weft_trace_free(t);
}

Test(predict, of_a_graph_that_has_not_run_takes_all_tasks_to_be_as_long)
{
    weft_trace *t = hand_trace(lecture, 6, 0);
    weft_predictor *p = predictor(t, &ideal);

    cr_assert(!weft_predictor_stats(p).is_measured);
    cr_assert_eq(at(p, 1).makespan_ns, 6000000);
    cr_assert_eq(at(p, 3).makespan_ns, 3000000);
    weft_predictor_free(p);
    weft_trace_free(t);
}

Test(predict, of_nothing_takes_no_time)
{
    weft_trace *t = hand_trace(lecture, 0, 1);
    weft_predictor *p = predictor(t, NULL);

    cr_assert_eq(at(p, 4).makespan_ns, 0);
    cr_assert_eq(at(p, 4).speedup, 1);
    weft_predictor_free(p);
    weft_trace_free(t);
}

/* Eight tasks of one length: on 5 workers two in a row, so 8 / 10 is won; on 17 less than half. */
static weft_trace *eight(void)
{
    struct hand_task tasks[8];

    for (int i = 0; i < 8; i++)
        tasks[i] = (struct hand_task){.name = "a", .begin_ns = i * 1000, .end_ns = i * 1000 + 1000};
    return hand_trace(tasks, 8, 1);
}

Test(predict, finds_where_the_efficiency_falls_below_a_half)
{
    weft_trace *t = eight();
    weft_predictor *p = predictor(t, &ideal);
    int below;

    cr_assert_float_eq(at(p, 5).efficiency, 0.8, 1e-9);
    cr_assert(!weft_predictor_below(p, 0.5, 1024, &below, NULL));
    cr_assert_eq(below, 17);
    cr_assert(!weft_predictor_below(p, 0.5, 16, &below, NULL));
    cr_assert_eq(below, 0);
    cr_assert(!weft_predictor_below(p, 1, 1024, &below, NULL));
    cr_assert_geq(below, 3);
    cr_assert_lt(at(p, below).efficiency, 1);
    weft_predictor_free(p);
    weft_trace_free(t);
}

Test(predict, finds_the_knee_where_one_more_step_costs_what_it_gives)
{
    weft_trace *t = eight();
    weft_predictor *p = predictor(t, &ideal);
    const int workers[] = {1, 2, 4, 8, 16, 32};
    struct weft_forecast f[6];

    for (int i = 0; i < 6; i++)
        f[i] = at(p, workers[i]);
    cr_assert_eq(f[weft_forecast_knee(f, 6)].n_workers, 8);
    cr_assert_eq(weft_forecast_knee(f, 1), 0);
    weft_predictor_free(p);
    weft_trace_free(t);
}

Test(predict, tells_an_interval_of_draws_which_is_the_same_again)
{
    enum { N = 200 };
    struct hand_task tasks[N];
    uint32_t deps[N];
    weft_trace *t;
    struct weft_forecast a, b;
    weft_predictor *p;

    for (uint32_t i = 0; i < N; i++) {
        deps[i] = i / 2;
        tasks[i] = (struct hand_task){.name = "a", .deps = &deps[i], .n_deps = i > 1, .begin_ns = i * 50000, .end_ns = i * 50000 + 20000 + i * 97};
    }
    t = hand_trace(tasks, N, 1);
    p = predictor(t, NULL);
    a = at(p, 16);
    b = at(p, 16);
    cr_assert_lt(a.least_ns, a.most_ns);
    cr_assert(a.least_ns <= a.makespan_ns && a.makespan_ns <= a.most_ns);
    cr_assert_eq(a.makespan_ns, b.makespan_ns);
    cr_assert(a.least_ns >= a.lower_ns);
    weft_predictor_free(p);

    p = predictor(t, &(struct weft_predict_spec){.n_draws = 1});
    a = at(p, 16);
    cr_assert_eq(a.least_ns, a.most_ns);
    weft_predictor_free(p);
    weft_trace_free(t);
}

static void refuses(const struct weft_predict_spec *spec, weft_status status, const char *message)
{
    weft_trace *t = hand_trace(lecture, 6, 1);
    struct weft_error err;
    weft_predictor *p = NULL;

    cr_assert_eq(weft_predictor_new(&p, t, spec, &err), status);
    cr_assert_str_eq(err.message, message);
    cr_assert_null(p);
    weft_trace_free(t);
}

Test(predict, says_what_is_wrong_with_a_spec)
{
    refuses(&(struct weft_predict_spec){.faster = &(struct weft_faster){.what = "T7", .times = 2}, .n_faster = 1}, WEFT_NOT_FOUND,
            "T7: no task has this name, layer or key");
    refuses(&(struct weft_predict_spec){.faster = &(struct weft_faster){.what = "T1"}, .n_faster = 1}, WEFT_INVALID,
            "T1: 0 times faster is not above 0");
    refuses(&(struct weft_predict_spec){.faster = &(struct weft_faster){"T1", 2, 5}, .n_faster = 1}, WEFT_INVALID,
            "T1: 5 ns and 2 times faster cannot both be");
    refuses(&(struct weft_predict_spec){.faster = &(struct weft_faster){.what = "T1", .times = 1e-300}, .n_faster = 1}, WEFT_INVALID,
            "all tasks together take 1e+09 s, of which at most 1e+09 can be counted");
    refuses(&(struct weft_predict_spec){.overheads = &(struct weft_overheads){.wake_ns = -5}}, WEFT_INVALID,
            "overheads: wake_ns of -5 is not from 0 to 1000000000");
    refuses(&(struct weft_predict_spec){.n_draws = 1001}, WEFT_INVALID, "1001 draws: 1 to 1000 are possible");
    refuses(&(struct weft_predict_spec){.task_ns = -1}, WEFT_INVALID, "a task of -1 ns cannot be");
}

Test(predict, says_how_many_workers_are_possible)
{
    weft_trace *t = hand_trace(lecture, 6, 1);
    weft_predictor *p = predictor(t, NULL);
    struct weft_forecast f;
    struct weft_error err;

    cr_assert_eq(weft_predictor_at(p, 0, &f, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "0 workers: 1 to 4096 are possible");
    cr_assert_eq(weft_predictor_at(p, 4097, &f, NULL), WEFT_INVALID);
    cr_assert(!weft_predictor_at(p, 4096, &f, NULL));
    weft_predictor_free(p);
    weft_trace_free(t);
}

/* Whatever a trace may hold is predicted, and keeps the bounds. */
Test(predict, of_any_trace_keeps_the_bounds)
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        weft_trace *t = hand_trace_random(seed);
        weft_predictor *p = predictor(t, NULL), *q = predictor(t, &ideal);

        for (int n = 1; n <= 64; n *= 4) {
            const struct weft_forecast f = at(p, n), g = at(q, n);

            cr_assert(f.makespan_ns >= f.lower_ns, "seed %llu, %d workers", (unsigned long long)seed, n);
            cr_assert(g.makespan_ns >= g.lower_ns && g.makespan_ns <= g.upper_ns, "seed %llu, %d workers: %lld is not from %lld to %lld",
                      (unsigned long long)seed, n, (long long)g.makespan_ns, (long long)g.lower_ns, (long long)g.upper_ns);
        }
        weft_predictor_free(p);
        weft_predictor_free(q);
        weft_trace_free(t);
    }
}

/* ---- Without memory ------------------------------------------------------------------ */

static weft_status predict_all(void *trace)
{
    const struct weft_faster f = {.what = "a", .times = 2};
    const struct weft_predict_spec spec = {.faster = &f, .n_faster = 1, .n_draws = 2};
    struct weft_worth worth[4];
    struct weft_forecast forecast;
    weft_predictor *p = NULL;
    size_t n;
    weft_status st = weft_predictor_new(&p, trace, &spec, NULL);

    if (!st)
        st = weft_predictor_at(p, 8, &forecast, NULL);
    if (!st)
        st = weft_predictor_worth(p, 4, false, 4, worth, &n, NULL);
    weft_predictor_free(p);
    return st;
}

Test(predict, without_memory_says_so_and_leaves_nothing)
{
    const struct hand_task tasks[] = {{.name = "a"}, {.name = "a", .HAND_DEPS(0)}, {.name = "b", .HAND_DEPS(0)}};
    const struct weft_event e[] = {
        {.begin_ns = 0, .end_ns = 100, .task = 0, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 110, .end_ns = 500, .task = 1, .kind = WEFT_EVENT_TASK},
        {.begin_ns = 200, .end_ns = 500, .task = 1, .worker = 1, .kind = WEFT_EVENT_FORK},
    };
    weft_trace *t = hand_trace_of(tasks, 3, &(struct hand_run){.n_workers = 2, .events = e, .n_events = 3, .n_lost = 1});

    nomem_everywhere(predict_all, t);
    weft_trace_free(t);
}
