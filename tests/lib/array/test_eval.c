/* test_eval.c - any run of elements can be had, in any order. */
#include "lib/array/eval.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/run_array.h"

/* What the body below compares with: the chunk, computed in order. */
struct expected {
    const weft_block *block;
};

/* Reads random runs, each in both ways. */
static weft_status read_anywhere(weft_call *call, void *arg, struct weft_error *err)
{
    const struct wf_part *part = arg;
    const struct expected *expected = part->pass->job;
    const double *want = weft_block_data(expected->block);
    double to[WF_BATCH];
    uint64_t state = 31;
    struct wf_eval e;

    cr_assert_eq(wf_eval_begin(&e, part, call, err), WEFT_OK);
    cr_assert_eq(e.n_elems, weft_block_n_elems(expected->block));
    for (int round = 0; round < 200; round++) {
        const int64_t p = next_random(&state, e.n_elems), left = e.n_elems - p;
        const int64_t n = 1 + next_random(&state, left < WF_BATCH ? left : WF_BATCH);
        const void *values;

        cr_assert_eq(wf_eval_get(&e, p, n, &values, err), WEFT_OK);
        cr_assert_eq(memcmp(values, want + p, (size_t)n * sizeof *want), 0);
        cr_assert_eq(wf_eval_put(&e, p, n, to, err), WEFT_OK);
        cr_assert_eq(memcmp(to, want + p, (size_t)n * sizeof *want), 0);
    }
    for (int64_t p = 0, n; p < e.n_elems; p += n) {
        n = wf_eval_run(&e, p);
        cr_assert(n > 0 && n <= WF_BATCH && p + n <= e.n_elems);
        /* A run does not cross the rows it is to follow. */
        cr_assert(!e.row || p / e.row == (p + n - 1) / e.row);
    }
    return WEFT_OK;
}

static void expect_anywhere(weft_array *a)
{
    const int64_t first[WEFT_MAX_DIMS] = {0};
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    struct weft_value chunk;
    struct expected expected;
    struct wf_pass *pass;

    cr_assert_eq(wf_pass_new(&pass, a, WEFT_FLOAT64, NULL, 0, NULL, NULL), WEFT_OK);
    wf_pass_release(pass);
    cr_assert_eq(weft_pool_run(pool, weft_array_chunk_task(a, first), &chunk, NULL), WEFT_OK);
    expected.block = weft_value_block(chunk);
    a->chunks = NULL; /* so that the pass computes, and does not read what was made */
    cr_assert_eq(wf_pass_new(&pass, a, WEFT_FLOAT64, &expected, sizeof expected, NULL, NULL), WEFT_OK);
    cr_assert_eq(weft_pool_run(pool, wf_pass_task(pass, read_anywhere, 0, first, 0), NULL, NULL), WEFT_OK);
    wf_pass_release(pass);
    weft_value_release(chunk);
    weft_pool_free(pool);
}

Test(eval, runs_of_any_place_and_length_are_those_of_the_chunk)
{
    weft_graph *g = weft_graph_new();
    struct weft_random r = {.seed = 5};
    const struct weft_layout l = {WEFT_SHAPE(90, 700), .chunks = {.axis = {41, 600}}};
    const struct weft_layout narrow = {WEFT_SHAPE(5000, 3), .chunks = {.axis = {3000, 2}}};
    uint64_t state = 6;
    double *x, *y;
    weft_array *wide = some_array(g, &state, WEFT_FLOAT64, l, &x), *thin = some_array(g, &state, WEFT_FLOAT64, narrow, &y);

    expect_anywhere(wide);
    expect_anywhere(weft_array_add(wide, weft_array_normal(g, &r, 0, 1, l)));
    expect_anywhere(weft_array_multiply(weft_array_keep(thin), weft_array_linspace(g, 0, 1, 3, true, 2, NULL)));
    expect_anywhere(weft_array_full(g, WEFT_FLOAT64, 7, l));
    expect_anywhere(weft_array_add(weft_array_zeros(g, WEFT_FLOAT64, l), weft_array_ones(g, WEFT_FLOAT64, l)));
    weft_graph_free(g);
    free(x);
    free(y);
}

Test(eval, long_rows_are_cut_into_equal_runs)
{
    /* Rows of 1100 of a larger array: three runs of 368 and less, none of a few elements. */
    weft_graph *g = weft_graph_new();
    const struct weft_layout l = {WEFT_SHAPE(6, 1300), .chunks = {.axis = {3, 1100}}};
    uint64_t state = 6;
    double *x;
    weft_array *a = weft_array_sqrt(some_array(g, &state, WEFT_FLOAT64, l, &x));

    expect_anywhere(weft_array_abs(a));
    weft_graph_free(g);
    free(x);
}
