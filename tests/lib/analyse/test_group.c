#include <criterion/criterion.h>
#include <stdlib.h>

#include <weft/analyse.h>

#include "tests/support/hand_trace.h"
#include "tests/support/nomem.h"

/* A hundred loads of 1 .. 100 ns side by side, then a sum of 50; b is known. */
static weft_trace *loads(void)
{
    static struct hand_task tasks[102];
    static struct weft_event events[102];
    static uint32_t deps[100];

    for (uint32_t i = 0; i < 100; i++) {
        deps[i] = i;
        tasks[i] = (struct hand_task){.name = "load", .layer = i % 2 ? "odd" : "even", .layer_id = 1 + i % 2, .result_bytes = 3};
        events[i] = (struct weft_event){.begin_ns = 5, .end_ns = 5 + (i * 37 + 11) % 100 + 1, .task = i, .worker = (uint16_t)i,
                                        .flags = i == 3 || i == 7 ? WEFT_EVENT_FAILED : 0};
    }
    tasks[100] = (struct hand_task){.name = "sum", .deps = deps, .n_deps = 100};
    events[100] = (struct weft_event){.begin_ns = 110, .end_ns = 160, .task = 100};
    events[101] = (struct weft_event){.begin_ns = 160, .end_ns = 170, .task = 100, .kind = WEFT_EVENT_RECEIVE};
    tasks[101] = (struct hand_task){.name = "known"};
    return hand_trace_of(tasks, 102, &(struct hand_run){.n_workers = 100, .events = events, .n_events = 102});
}

Test(group, of_functions_has_counts_times_and_quantiles)
{
    weft_trace *t = loads();
    struct weft_group_stats *g;
    weft_analysis *a = NULL;
    size_t n;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    cr_assert(!weft_analysis_groups(a, WEFT_BY_FUNCTION, &g, &n, NULL));
    cr_assert_eq(n, 3);
    cr_assert_str_eq(g[0].name, "load");
    cr_assert_eq(g[0].n_tasks, 100);
    cr_assert_eq(g[0].n_measured, 100);
    cr_assert_eq(g[0].n_failed, 2);
    cr_assert_eq(g[0].total_ns, 5050);
    cr_assert_eq(g[0].mean_ns, 50);
    cr_assert_eq(g[0].median_ns, 50);
    cr_assert_eq(g[0].p95_ns, 95);
    cr_assert_eq(g[0].max_ns, 100);
    cr_assert_float_eq(g[0].share, 5050.0 / 5110, 1e-12);
    cr_assert_eq(g[0].wait_ns, 500);
    cr_assert_eq(g[0].result_bytes, 300);
    cr_assert_str_eq(g[1].name, "sum");
    cr_assert_eq(g[1].total_ns, 60);
    cr_assert_eq(g[1].receive_ns, 10);
    cr_assert_eq(g[1].wait_ns, 5);
    cr_assert_str_eq(g[2].name, "known");
    cr_assert_eq(g[2].n_measured, 0);
    cr_assert_eq(g[2].max_ns, 0);
    weft_groups_free(g);

    cr_assert(!weft_analysis_groups(a, WEFT_BY_LAYER, &g, &n, NULL));
    cr_assert_eq(n, 3);
    cr_assert_str_eq(g[2].name, "");
    cr_assert_eq(g[0].n_tasks, 50);
    cr_assert_eq(g[1].n_tasks, 50);
    weft_groups_free(g);
    weft_analysis_free(a);
    weft_trace_free(t);
}

static weft_status grouped(void *arg)
{
    struct weft_group_stats *g = NULL;
    size_t n;
    const weft_status st = weft_analysis_groups(arg, WEFT_BY_FUNCTION, &g, &n, NULL);

    weft_groups_free(g);
    return st;
}

Test(group, without_memory_gives_nothing_and_leaks_nothing)
{
    weft_trace *t = loads();
    weft_analysis *a = NULL;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    cr_assert_geq(nomem_everywhere(grouped, a), 5);
    weft_analysis_free(a);
    weft_trace_free(t);
}
