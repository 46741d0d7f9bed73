#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

static weft_pool *new_pool(void)
{
    return weft_pool_new(&(struct weft_pool_spec){.n_workers = 3});
}

/* Element by element, as the header says. */
static void assert_stored(weft_pool *pool, weft_array *a, const char *to, const int64_t *strides)
{
    const size_t size = weft_dtype_size(weft_array_dtype(a));
    struct weft_value v;
    weft_block *whole;
    int64_t at[WEFT_MAX_DIMS] = {0};

    cr_assert(!weft_pool_run(pool, weft_array_whole(a), &v, NULL));
    whole = weft_value_block(v);
    for (int64_t k = 0; k < weft_block_n_elems(whole); k++) {
        int64_t offset = 0;

        for (int d = 0; d < weft_array_n_dims(a); d++)
            offset += at[d] * strides[d];
        cr_assert(!memcmp(to + offset, (const char *)weft_block_data(whole) + (size_t)k * size, size), "element %d", (int)k);
        for (int d = weft_array_n_dims(a) - 1; d >= 0 && ++at[d] == weft_array_shape(a)[d]; d--)
            at[d] = 0;
    }
    weft_value_release(v);
}

Test(store, writes_every_element_to_its_place_however_it_is_cut)
{
    static const int64_t cuts[] = {1, 2, 3, 5, 7, 100};
    weft_pool *pool = new_pool();

    for (int i = 0; i < 6; i++)
        for (int j = 0; j < 6; j++) {
            weft_graph *g = weft_graph_new();
            weft_array *a = weft_array_normal(g, &(struct weft_random){.seed = 3}, 0, 1, (struct weft_layout){WEFT_SHAPE(5, 7, 3), .chunks = {.axis = {cuts[i], cuts[j], 2}}});
            /* Plain; first axis fastest; with gaps; backwards along axis 1. */
            const int64_t strides[4][3] = {{168, 24, 8}, {8, 40, 280}, {1000, 40, 8}, {168, -24, 8}};

            for (int s = 0; s < 4; s++) {
                char *memory = malloc(8192), *to = memory + (s == 3 ? 6 * 24 : 0);

                memset(memory, 0x5a, 8192);
                cr_assert(!weft_pool_run(pool, weft_array_store(a, to, s ? strides[s] : NULL), NULL, NULL));
                assert_stored(pool, a, to, strides[s]);
                cr_assert_eq(memory[8191], 0x5a);
                if (s == 2)
                    cr_assert_eq(to[7 * 40 - 16], 0x5a, "a gap is not written");
                free(memory);
            }
            weft_graph_free(g);
        }
    weft_pool_free(pool);
}

Test(store, writes_again_with_each_run)
{
    weft_pool *pool = new_pool();
    weft_graph *g = weft_graph_new();
    int64_t to[10];
    weft_task *t = weft_array_store(weft_array_range(g, 5, 1, 10, 3), to, NULL);

    for (int round = 0; round < 3; round++) {
        memset(to, 0, sizeof to);
        cr_assert(!weft_pool_run(pool, t, NULL, NULL));
        for (int i = 0; i < 10; i++)
            cr_assert_eq(to[i], 5 + i);
    }
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(store, of_one_element_and_of_none)
{
    weft_pool *pool = new_pool();
    weft_graph *g = weft_graph_new();
    double one = 0;

    cr_assert(!weft_pool_run(pool, weft_array_store(weft_array_f64(g, 2.5), &one, NULL), NULL, NULL));
    cr_assert_eq(one, 2.5);
    cr_assert(!weft_pool_run(pool, weft_array_store(weft_array_zeros(g, WEFT_FLOAT64, weft_layout_1d(0, 10)), NULL, NULL), NULL, NULL));
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(store, of_an_array_that_failed_fails_for_its_reason)
{
    weft_pool *pool = new_pool();
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_add(weft_array_range(g, 0, 1, 3, 3), weft_array_range(g, 0, 1, 4, 4));
    struct weft_error err;
    int64_t to[4];

    cr_assert_eq(weft_pool_run(pool, weft_array_store(a, to, NULL), NULL, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "(3)"));
    weft_graph_free(g);
    weft_pool_free(pool);
}
