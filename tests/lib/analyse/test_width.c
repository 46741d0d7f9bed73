#include <criterion/criterion.h>

#include <weft/analyse.h>

#include "lib/graph/trace.h"
#include "tests/support/hand_trace.h"

static struct weft_stats stats_of(const weft_trace *t)
{
    struct weft_stats s;
    weft_analysis *a = NULL;

    cr_assert(!weft_analyse_trace(&a, t, NULL));
    s = *weft_analysis_stats(a);
    weft_analysis_free(a);
    return s;
}

/* The most of tasks i .. that depend on none of each other and of those chosen, by trying all:
 * bit d of below[i] says that i depends on d. */
static int most(const uint64_t *below, size_t n, size_t i, uint64_t barred)
{
    int with = 0, without;

    if (i == n)
        return 0;
    without = most(below, n, i + 1, barred);
    if (!(barred >> i & 1)) {
        uint64_t above = 0;

        for (size_t k = i + 1; k < n; k++)
            above |= (below[k] >> i & 1) << k;
        with = 1 + most(below, n, i + 1, barred | above);
    }
    return with > without ? with : without;
}

Test(width, is_the_largest_antichain)
{
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct hand_graph g;
        uint64_t below[HAND_MOST_TASKS] = {0};
        struct weft_stats s;
        weft_trace *t;

        hand_graph_random(&g, seed);
        g.n = g.n < 16 ? g.n : 16;
        for (size_t i = 0; i < g.n; i++)
            for (size_t d = 0; d < g.tasks[i].n_deps; d++)
                below[i] |= below[g.deps[i][d]] | UINT64_C(1) << g.deps[i][d];
        t = hand_trace(g.tasks, g.n, 0);
        s = stats_of(t);
        cr_assert(s.width_is_exact);
        cr_assert_eq(s.width, (size_t)most(below, g.n, 0, 0), "seed %zu", (size_t)seed);
        weft_trace_free(t);
    }
}

/*  a -> b -> c x y      levels are a d, b, and c x y; but d is beside all of them
 *  d                                                                             */
Test(width, may_be_larger_than_any_level)
{
    const struct hand_task tasks[] = {
        {.name = "a"}, {.name = "b", .HAND_DEPS(0)}, {.name = "c", .HAND_DEPS(1)}, {.name = "x", .HAND_DEPS(1)},
        {.name = "y", .HAND_DEPS(1)}, {.name = "d"}};
    weft_trace *t = hand_trace(tasks, 6, 0);
    const struct weft_stats s = stats_of(t);

    cr_assert_eq(s.width, 4); /* c x y d, on levels 2 and 0 */
    cr_assert(s.width_is_exact);
    weft_trace_free(t);
}

/* A tree of a million tasks: no matching is needed. */
Test(width, of_a_tree_is_exact_whatever_its_size)
{
    enum { N = 1 << 20 };
    weft_trace *made = wf_trace_begin(N - 1, N - 2, NULL), *t = NULL;
    struct weft_stats s;

    for (uint32_t i = 0; i < N - 1; i++) {
        /* Leaves first; then each reads two: 2 (i - N / 2) and the next. */
        const uint32_t k = i - N / 2;

        wf_trace_add(made, &(struct wf_trace_record){.n_deps = i < N / 2 ? 0 : 2}, (uint32_t[]){2 * k, 2 * k + 1});
    }
    cr_assert(!wf_trace_end(&t, made, NULL));
    s = stats_of(t);
    cr_assert_eq(s.width, N / 2);
    cr_assert(s.width_is_exact);
    weft_trace_free(t);
}

/* Three thousand of the graph that is wider than its levels. */
Test(width, of_more_tasks_than_can_be_matched_says_that_it_is_a_bound)
{
    enum { N = 3000 };
    weft_trace *made = wf_trace_begin(6 * N, 4 * N, NULL), *t = NULL;
    struct weft_stats s;

    for (uint32_t i = 0; i < 6 * N; i++) {
        const uint32_t a = i - i % 6, reads[] = {0, a, a + 1, a + 1, a + 1, 0};

        wf_trace_add(made, &(struct wf_trace_record){.n_deps = i % 6 > 0 && i % 6 < 5}, &reads[i % 6]);
    }
    cr_assert(!wf_trace_end(&t, made, NULL));
    s = stats_of(t);
    cr_assert_not(s.width_is_exact);
    cr_assert_eq(s.width, 3 * N); /* c x y; with d it were 4 N */
    weft_trace_free(t);
}

Test(width, of_several_runs_is_that_of_the_widest)
{
    const struct hand_task tasks[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d", .HAND_DEPS(2)}};
    static const struct weft_trace_run runs[] = {{.first_task = 0, .n_tasks = 2}, {.first_task = 2, .n_tasks = 2}};
    weft_trace *t = hand_trace_of(tasks, 4, &(struct hand_run){.n_workers = 1, .runs = runs, .n_runs = 2});

    cr_assert_eq(stats_of(t).width, 2);
    cr_assert(stats_of(t).width_is_exact);
    weft_trace_free(t);
}
