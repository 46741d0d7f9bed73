/* test_aggregate.c - the tree in which partitions meet. */
#include <criterion/criterion.h>
#include <string.h>

#include "lib/frame/aggregate.h"
#include "tests/support/frames.h"

/* How many tasks of this name there are. */
static int n_named(const weft_graph *g, const char *name)
{
    int n = 0;

    for (size_t i = 0; i < weft_graph_n_tasks(g); i++)
        n += strcmp(weft_task_name(weft_graph_task(g, i)), name) == 0;
    return n;
}

static weft_frame *ones(weft_graph *g, int64_t n, int n_partitions)
{
    int64_t *x = malloc((size_t)n * sizeof *x);
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_INT64, .values = x, .free_data = free};

    for (int64_t i = 0; i < n; i++)
        x[i] = 1;
    return weft_frame_from_columns(g, &column, 1, n, (struct weft_cut){.n_partitions = n_partitions});
}

/*   1 .. 8      partials, sum
 *   9 .. 64     partials, a level of combines, sum
 *   65          partials, two levels, sum            */
Test(aggregate, partials_meet_eight_at_a_time)
{
    const struct { int partitions, combines; } trees[] = {{1, 0}, {8, 0}, {9, 2}, {64, 8}, {65, 9 + 2}, {100, 13 + 2}};

    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++) {
        weft_graph *g = weft_graph_new();
        weft_task *sum = weft_frame_sum(ones(g, 1000, trees[i].partitions), "x");

        cr_assert_eq(n_named(g, "sum-partial"), trees[i].partitions);
        cr_assert_eq(n_named(g, "sum-combine"), trees[i].combines);
        cr_assert_leq(weft_task_n_deps(sum), WF_FAN_IN);
        cr_assert_eq(frame_i64(sum), 1000);
        weft_graph_free(g);
    }
}

Test(aggregate, sums_of_floats_have_the_same_digits_on_any_workers)
{
    enum { N = 100000 };
    uint64_t seed = 1;
    double *x = malloc(N * sizeof *x);
    const struct weft_column_spec column = {.name = "x", .dtype = WEFT_FLOAT64, .values = x, .free_data = free};
    weft_graph *g = weft_graph_new();
    weft_frame *f;
    weft_chunk *c;

    for (int i = 0; i < N; i++) /* of all sizes, so that order would show */
        x[i] = (double)(int64_t)random_next(&seed) * (i % 3 ? 1e-9 : 1e-18);
    f = weft_frame_from_columns(g, &column, 1, N, (struct weft_cut){.n_partitions = 20});
    /* frame_f64() compares the bits of serial, 1, 2, 3, 7 and 16 workers. */
    frame_f64(weft_frame_sum(f, "x"));
    frame_f64(weft_frame_std(f, "x"));
    c = frame_rows(weft_frame_group(weft_frame_assign(f, "k", "x > 0"), WEFT_NAMES("k"),
                                    WEFT_AGGS({WEFT_AGG_SUM, "x"}, {WEFT_AGG_STD, "x"}), NULL));
    cr_assert_eq(weft_chunk_n_rows(c), 2);
    weft_chunk_release(c);
    weft_graph_free(g);
}

Test(aggregate, equal_sums_of_one_column_are_tallied_once)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = ones(g, 10, 1);
    weft_frame *grouped = weft_frame_group(f, WEFT_NAMES("x"),
                                           WEFT_AGGS({WEFT_AGG_SUM, "x"}, {WEFT_AGG_MEAN, "x"}, {WEFT_AGG_COUNT, "x"}),
                                           NULL);
    weft_task *t = weft_frame_whole(grouped);
    weft_chunk *partial = frame_chunk(weft_task_dep(t, 0));

    /* The key, a sum in two words, a count. */
    cr_assert_eq(weft_chunk_n_columns(partial), 1 + 2 + 1);
    weft_chunk_release(partial);
    weft_graph_free(g);
}
