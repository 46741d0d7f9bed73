/* test_array.c - a handle answers what it is, and every allocation may fail. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "tests/support/nomem.h"
#include "tests/support/run_array.h"

Test(array, a_handle_tells_its_shape_type_and_chunks)
{
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_zeros(g, WEFT_FLOAT32, (struct weft_layout){WEFT_SHAPE(10, 4), .chunks = {.all = 3}});

    cr_assert_eq(weft_array_status(a, NULL), WEFT_OK);
    cr_assert_eq(weft_array_graph(a), g);
    cr_assert_str_eq(weft_array_name(a), "zeros");
    cr_assert_eq(weft_array_dtype(a), WEFT_FLOAT32);
    cr_assert_eq(weft_array_n_dims(a), 2);
    cr_assert_eq(weft_array_shape(a)[0], 10);
    cr_assert_eq(weft_array_n_elems(a), 40);
    cr_assert_eq(weft_array_bytes(a), 160);
    cr_assert_eq(weft_array_n_chunks(a), 8);
    cr_assert_eq(weft_array_n_chunks_along(a, 0), 4);
    cr_assert_eq(weft_array_cuts(a, 1)[1], 3);
    weft_graph_free(g);
}

Test(array, none_is_an_array_that_failed_for_memory)
{
    struct weft_error err;

    cr_assert_eq(weft_array_status(NULL, &err), WEFT_NOMEM);
    cr_assert_eq(weft_array_n_dims(NULL), 0);
    cr_assert_eq(weft_array_n_elems(NULL), 1);
    cr_assert_eq(weft_array_dtype(NULL), WEFT_FLOAT64);
    cr_assert_null(weft_array_graph(NULL));
    cr_assert_null(weft_array_keep(NULL));
    cr_assert_null(weft_array_zeros_like(NULL, WEFT_BOOL));
    cr_assert_null(weft_array_whole(NULL));
}

/* ---- Memory: with each allocation refused once ------------------------------------------ */

static weft_status worse(weft_status a, weft_status b)
{
    return a ? a : b;
}

/* Everything: leaves of all kinds, cuts that differ, both ways of reducing, memory that is
 * given back, keeping, and the whole. */
static weft_status everything(void *arg)
{
    const int64_t n = 300;
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    double *data = wf_alloc_zero((size_t)n, sizeof *data);
    struct weft_memory m = {.dtype = WEFT_FLOAT64, .data = data, .layout = {WEFT_SHAPE(n / 10, 10)},
                            .free_data = wf_free};
    struct weft_random r = {.seed = 1};
    weft_status st = WEFT_OK;

    (void)arg;
    m.layout.chunks.all = 7;
    if (!data) {
        st = WEFT_NOMEM;
    } else {
        weft_array *x = weft_array_from_memory(g, &m);
        weft_array *z = weft_array_normal(g, &r, 0, 1, (struct weft_layout){WEFT_SHAPE(n / 10, 1),
                                                                             .chunks = {.all = 4}});
        weft_array *y = weft_array_keep(weft_array_add(x, weft_array_multiply(z, weft_array_f64(g, 2))));
        weft_array *row = weft_array_linspace(g, 0, 1, 10, true, 3, NULL);
        weft_array *all[] = {weft_array_subtract(y, row), weft_array_sum(weft_array_sqrt(weft_array_abs(y)), 0),
                             weft_array_std(y, 1), weft_array_mean(weft_array_less(x, row), WEFT_ALL_AXES)};
        weft_task *tasks[4];
        struct weft_value values[4] = {{0}};

        for (int i = 0; i < 4; i++) {
            st = worse(st, weft_array_status(all[i], NULL));
            tasks[i] = weft_array_whole(all[i]);
        }
        st = worse(st, weft_pool_run_many(pool, tasks, 4, NULL, values, NULL));
        for (int i = 0; i < 4; i++)
            weft_value_release(values[i]);
    }
    weft_pool_free(pool);
    weft_graph_free(g);
    return st;
}

Test(array, refuses_gracefully_when_any_allocation_fails)
{
    cr_assert_eq(everything(NULL), WEFT_OK);
    cr_assert_gt(nomem_everywhere(everything, NULL), 100);
}
