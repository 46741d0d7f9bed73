/* test_whole.c - from arrays to tasks and back, and what is shared on the way. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/run_array.h"

Test(whole, chunks_of_any_cut_lie_where_they_belong)
{
    uint64_t state = 11;

    for (int round = 0; round < 40; round++) {
        weft_graph *g = weft_graph_new();
        const struct weft_layout l = random_layout(&state, (int)next_random(&state, 5), 9);
        double *x;
        weft_block *b = run_array(some_array(g, &state, WEFT_FLOAT64, l, &x));

        for (int64_t i = 0; i < weft_block_n_elems(b); i++)
            cr_assert_eq(weft_block_f64_at(b, i), x[i]);
        weft_block_release(b);
        weft_graph_free(g);
        free(x);
    }
}

Test(whole, one_chunk_is_its_own_whole)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_range(g, 0, 1, 10, 10);

    cr_assert_eq(weft_array_whole(a), weft_array_chunk_task(a, &(int64_t){0}));
    cr_assert_eq(weft_graph_n_tasks(g), 1);
    weft_graph_free(g);
}

Test(whole, a_chunk_is_a_task_of_its_own)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(NULL);
    weft_array *a = weft_array_arange(g, 0, 100, 1, 30);
    struct weft_value v;
    struct weft_error err;

    cr_assert_eq(weft_pool_run(pool, weft_array_chunk_task(a, &(int64_t){3}), &v, NULL), WEFT_OK);
    cr_assert_eq(weft_block_n_elems(weft_value_block(v)), 10);
    cr_assert_eq(weft_block_f64_at(weft_value_block(v), 0), 90);
    weft_value_release(v);
    cr_assert_eq(weft_pool_run(pool, weft_array_chunk_task(a, &(int64_t){4}), &v, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "arange: chunk (4), and axis 0 has 4 of them");
    weft_pool_free(pool);
    weft_graph_free(g);
}

Test(whole, equal_arrays_run_once)
{
    weft_graph *g = weft_graph_new();
    weft_task *both[2];
    weft_plan *plan;

    for (int i = 0; i < 2; i++)
        both[i] = weft_array_whole(weft_array_mean(weft_array_sqrt(weft_array_arange(g, 0, 1000, 1, 100)), 0));
    cr_assert_eq(weft_plan_new(&plan, both, 2, NULL, NULL), WEFT_OK);
    cr_assert_eq(weft_graph_n_tasks(g), 2 * (10 + 2 + 1));
    cr_assert_eq(weft_plan_n_tasks(plan), 10 + 2 + 1);
    weft_plan_free(plan);
    weft_graph_free(g);
}

Test(whole, arrays_that_differ_in_anything_are_not_one)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_arange(g, 0, 100, 1, 50), *b = weft_array_arange(g, 0, 100, 1, 20);
    const struct weft_reduce_spec ddof = {.axis = 0, .ddof = 1};
    weft_task *all[] = {
        weft_array_whole(weft_array_sum(a, 0)), weft_array_whole(weft_array_sum(b, 0)),
        weft_array_whole(weft_array_mean(a, 0)), weft_array_whole(weft_array_var(a, 0)),
        weft_array_whole(weft_array_reduce(a, WEFT_VAR, &ddof)), weft_array_whole(weft_array_add(a, a)),
        weft_array_whole(weft_array_multiply(a, a)), weft_array_whole(weft_array_add(a, weft_array_f64(g, 1))),
        weft_array_whole(weft_array_add(a, weft_array_f64(g, 2))), weft_array_whole(weft_array_add(b, b)),
        weft_array_whole(weft_array_arange(g, 1, 101, 1, 50)),
    };
    const size_t n = sizeof all / sizeof *all;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) {
            char x[128], y[128];

            weft_task_key(all[i], x, sizeof x);
            weft_task_key(all[j], y, sizeof y);
            cr_assert_str_neq(x, y);
        }
    weft_graph_free(g);
}

Test(whole, kept_chunks_are_shared_and_others_computed_inside)
{
    weft_graph *g = weft_graph_new();
    weft_array *x = weft_array_keep(weft_array_sqrt(weft_array_arange(g, 0, 1000, 1, 100)));
    const size_t before = weft_graph_n_tasks(g);
    weft_array *sum = weft_array_sum(x, 0);

    cr_assert_eq(before, 10);
    cr_assert_eq(weft_task_n_deps(weft_graph_task(g, before)), 1, "a partial reads the kept chunk");
    cr_assert_float_eq(run_f64(sum), 21065.833, 0.001);
    weft_graph_free(g);
}

Test(whole, a_pool_of_processes_gives_the_same)
{
    double data[2000];
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = 2});
    struct weft_memory m = {.dtype = WEFT_FLOAT64, .data = data, .layout = {WEFT_SHAPE(40, 50), .chunks = {.all = 17}}};
    struct weft_random r = {.seed = 1};
    struct weft_value v;
    weft_array *x, *std;
    weft_block *here;

    for (int i = 0; i < 2000; i++)
        data[i] = i % 37;
    x = weft_array_from_memory(g, &m);
    std = weft_array_std(weft_array_multiply(x, weft_array_normal(g, &r, 0, 1, m.layout)), 0);
    here = run_array(std);
    cr_assert_eq(weft_pool_run(pool, weft_array_whole(std), &v, NULL), WEFT_OK);
    cr_assert_eq(memcmp(weft_block_data(weft_value_block(v)), weft_block_data(here), 50 * sizeof(double)), 0);
    weft_value_release(v);
    weft_block_release(here);
    weft_pool_free(pool);
    weft_graph_free(g);
}

/* ---- From tasks ----------------------------------------------------------------------- */

static weft_status give_range(weft_call *call, void *arg, struct weft_error *err)
{
    const int64_t *spec = arg; /* first, length */
    weft_block *b = weft_block_new(WEFT_INT64, 1, &spec[1]);
    int64_t *x = b ? weft_block_data_mut(b) : NULL;

    if (!b)
        return weft_error_set(err, WEFT_NOMEM, "no memory");
    for (int64_t i = 0; i < spec[1]; i++)
        x[i] = spec[0] + i;
    weft_call_return(call, weft_value_of_ptr(&weft_type_block, b));
    return WEFT_OK;
}

static weft_array *of_tasks(weft_graph *g, int64_t second_length)
{
    const int64_t first[] = {0, 5}, second[] = {5, second_length};
    weft_task *tasks[] = {weft_add(g, give_range, .arg = (void *)first, .arg_bytes = sizeof first),
                          weft_add(g, give_range, .arg = (void *)second, .arg_bytes = sizeof second)};

    return weft_array_from_tasks(g, WEFT_INT64, weft_layout_1d(8, 5), tasks, 2);
}

Test(whole, tasks_become_an_array)
{
    weft_graph *g = weft_graph_new();

    cr_assert_eq(run_f64(weft_array_sum(of_tasks(g, 3), 0)), 28);
    weft_graph_free(g);
}

Test(whole, a_task_that_gives_another_block_is_told)
{
    weft_graph *g = weft_graph_new();
    struct weft_error err;

    cr_assert_eq(fail_array(weft_array_sum(of_tasks(g, 4), 0), &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "from_tasks: chunk (1) is int64 (4) and should be int64 (3)");
    cr_assert_eq(fail_array(of_tasks(g, 4), &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "from_tasks: chunk (1) is int64 (4) and should be int64 (3)");
    weft_graph_free(g);
}

Test(whole, the_number_of_tasks_must_be_that_of_chunks)
{
    weft_graph *g = weft_graph_new();
    weft_task *task = weft_graph_put(g, weft_value_of_i64(1));
    struct weft_error err;

    cr_assert_eq(weft_array_status(weft_array_from_tasks(g, WEFT_INT64, weft_layout_1d(8, 5), &task, 1), &err),
                 WEFT_INVALID);
    cr_assert_str_eq(err.message, "from_tasks: 1 tasks for 2 chunks");
    /* A value that is no block. */
    cr_assert_eq(fail_array(weft_array_sum(weft_array_from_tasks(g, WEFT_INT64, weft_layout_1d(8, 8), &task, 1), 0),
                            &err), WEFT_TYPE);
    weft_graph_free(g);
}
