/* test_express.c - expressions over frames: text or built, long chains, and their faults. */
#include <criterion/criterion.h>
#include <stdlib.h>

#include "tests/support/frames.h"

/* A frame whose columns x and y are 0, 1, 2, ... and 0, 10, 20, ... with y null in every seventh row. */
static weft_frame *numbers(weft_graph *g, int64_t n, int n_partitions)
{
    struct weft_column_spec columns[] = {{.name = "x", .dtype = WEFT_INT64, .free_data = free},
                                         {.name = "y", .dtype = WEFT_FLOAT64, .free_data = free}};
    int64_t *x = malloc((size_t)n * sizeof *x + 1);
    double *y = malloc((size_t)n * sizeof *y + 1);
    uint64_t *valid = calloc((size_t)n / 64 + 1, sizeof *valid);
    weft_frame *f;

    for (int64_t i = 0; i < n; i++) {
        x[i] = i;
        y[i] = 10.0 * (double)i;
        if (i % 7)
            valid[i / 64] |= (uint64_t)1 << (i % 64);
    }
    columns[0].values = x;
    columns[1].values = y;
    columns[1].valid = valid;
    f = weft_frame_from_columns(g, columns, 2, n, (struct weft_cut){.n_partitions = n_partitions});
    free(valid);
    return f;
}

Test(express, a_built_expression_is_as_good_as_its_text)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = numbers(g, 300, 3);
    weft_frame *text = weft_frame_filter(weft_frame_assign(f, "z", "if(x > 100, y, 1.5)"), "z < 2000");
    weft_frame *built = weft_frame_assign_expr(
        f, "z", weft_expr_if(weft_expr_greater(weft_expr_column("x"), weft_expr_i64(100)), weft_expr_column("y"),
                             weft_expr_f64(1.5)));
    weft_chunk *a, *b;

    built = weft_frame_filter_expr(built, weft_expr_less(weft_expr_column("z"), weft_expr_i64(2000)));
    a = frame_rows(text);
    b = frame_rows(built);
    cr_assert_gt(weft_chunk_n_rows(a), 100);
    cr_assert(same_chunks(a, b));
    weft_chunk_release(a);
    weft_chunk_release(b);
    weft_graph_free(g);
}

Test(express, long_chains_of_assignments_are_settled_on_the_way)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = numbers(g, 100, 3);

    for (int i = 0; i < 2000; i++)
        f = weft_frame_assign(f, "x", "x + 1");
    cr_assert_eq(weft_frame_status(f, NULL), WEFT_OK);
    cr_assert_eq(frame_i64(weft_frame_min(f, "x")), 2000);
    cr_assert_eq(frame_i64(weft_frame_max(f, "x")), 2099);
    /* An expression that doubles at each step is not walked twice at each. */
    f = numbers(g, 100, 3);
    for (int i = 0; i < 40; i++)
        f = weft_frame_assign(f, "x", "x + x");
    cr_assert_eq(frame_i64(weft_frame_max(f, "x")), 99ll << 40);
    f = weft_frame_filter(f, "x >= 0");
    cr_assert_eq(frame_i64(weft_frame_max(f, "x")), 99ll << 40);
    weft_graph_free(g);
}

Test(express, a_missing_column_names_the_nearest_when_built)
{
    weft_graph *g = weft_graph_new();
    struct weft_column_spec columns[] = {{.name = "home_score", .dtype = WEFT_INT64},
                                         {.name = "city", .dtype = WEFT_STRING}};
    weft_frame *f = weft_frame_from_columns(g, columns, 2, 0, (struct weft_cut){0});

    frame_fails_with(weft_frame_column(f, "home_scor"), WEFT_NOT_FOUND,
                     "select: no column \"home_scor\"; did you mean \"home_score\"?");
    frame_fails_with(weft_frame_column(f, "q"), WEFT_NOT_FOUND, "there are: \"home_score\", \"city\"");
    frame_fails_with(weft_frame_drop(f, WEFT_NAMES("citi")), WEFT_NOT_FOUND, "drop: no column \"citi\"");
    frame_fails_with(weft_frame_rename(f, "cit", "x"), WEFT_NOT_FOUND, "rename: no column \"cit\"");
    frame_fails_with(weft_frame_filter(f, "homescore > 3"), WEFT_NOT_FOUND, "did you mean \"home_score\"?\n  homescore > 3\n  ^");
    frame_fails_with(weft_frame_assign_expr(f, "x", weft_expr_column("citty")), WEFT_NOT_FOUND, "did you mean \"city\"?");
    fails_with(weft_frame_sum(f, "home_scroe"), WEFT_NOT_FOUND, "home_score");
    weft_graph_free(g);
}

Test(express, faults_in_texts_are_shown_with_a_caret)
{
    weft_graph *g = weft_graph_new();
    weft_frame *f = numbers(g, 3, 1);

    frame_fails_with(weft_frame_assign(f, "z", "if(x, 0, sign(x - y)"), WEFT_PARSE, "\n  if(x, 0, sign(x - y)\n    ^");
    frame_fails_with(weft_frame_filter(f, "x + 1"), WEFT_TYPE, "filter: the predicate is int64, not bool");
    frame_fails_with(weft_frame_filter(f, "x > 'a'"), WEFT_TYPE, "^");
    weft_graph_free(g);
}
