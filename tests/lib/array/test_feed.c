/* test_feed.c - a feed gives the elements of a leaf as if it had the shape of the part. */
#include "lib/array/feed.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/run_array.h"

enum { BATCH = 1024 };

/* Elements of the part, by plain indexing into the values of the whole leaf. */
static void expect_part(const weft_array *leaf, const double *values, int n_dims, const int64_t *from,
                        const int64_t *shape, uint64_t *state)
{
    int64_t index[WEFT_MAX_DIMS] = {0}, at[WEFT_MAX_DIMS], n = 1, i = 0;
    double *want, room[BATCH], copy[BATCH];
    struct wf_feed f;

    for (int d = 0; d < n_dims; d++)
        n *= shape[d];
    want = malloc((size_t)n * sizeof *want);
    do {
        for (int d = 0; d < n_dims; d++)
            at[d] = from[d] + index[d];
        want[i++] = values[place_of(at, n_dims, leaf->shape, leaf->n_dims)];
    } while (next_index(index, n_dims, shape));
    wf_feed_init(&f, leaf, n_dims, from, shape, NULL, NULL);
    f.room = room;
    for (int round = 0; round < 30; round++) {
        const int64_t p = next_random(state, n), left = n - p < BATCH ? n - p : BATCH;
        const int64_t run = 1 + next_random(state, left);
        const double *got = wf_feed_get(&f, p, f.n_dims ? run : 1);

        for (int64_t k = 0; k < run; k++)
            cr_assert_eq(got[f.n_dims ? k : 0], want[p + k]);
        wf_feed_copy(&f, p, run, copy);
        cr_assert_eq(memcmp(copy, want + p, (size_t)run * sizeof *copy), 0);
    }
    free(want);
}

/* A random part of a random array of memory, some of whose axes repeat. */
static void random_part(uint64_t *state, bool transposed)
{
    weft_graph *g = weft_graph_new();
    const int n_dims = 1 + (int)next_random(state, 4);
    const struct weft_layout whole = random_layout(state, n_dims, 20);
    struct weft_memory m = {.dtype = WEFT_FLOAT64};
    int64_t from[WEFT_MAX_DIMS], shape[WEFT_MAX_DIMS], n = 1;
    const int skip = (int)next_random(state, n_dims);
    double *memory, *values;

    m.layout.n_dims = n_dims - skip;
    for (int d = 0; d < n_dims; d++) {
        from[d] = next_random(state, whole.shape[d]);
        shape[d] = 1 + next_random(state, whole.shape[d] - from[d]);
        if (d >= skip)
            m.layout.shape[d - skip] = next_random(state, 3) ? whole.shape[d] : 1;
    }
    for (int d = 0; d < m.layout.n_dims; d++) {
        const int axis = transposed ? d : m.layout.n_dims - 1 - d;

        m.stride_bytes[axis] = n * (int64_t)sizeof(double);
        n *= m.layout.shape[axis];
    }
    memory = malloc((size_t)n * sizeof *memory);
    values = malloc((size_t)n * sizeof *values);
    for (int64_t i = 0; i < n; i++)
        memory[i] = (double)i;
    m.data = memory;
    /* The values row-major, whatever the strides. */
    int64_t index[WEFT_MAX_DIMS] = {0}, i = 0;
    do {
        int64_t offset = 0;

        for (int d = 0; d < m.layout.n_dims; d++)
            offset += index[d] * m.stride_bytes[d] / (int64_t)sizeof(double);
        values[i++] = memory[offset];
    } while (next_index(index, m.layout.n_dims, m.layout.shape));
    expect_part(weft_array_from_memory(g, &m), values, n_dims, from, shape, state);
    weft_graph_free(g);
    free(memory);
    free(values);
}

Test(feed, any_part_of_memory_with_any_strides_equals_plain_indexing)
{
    uint64_t state = 21;

    for (int round = 0; round < 300; round++)
        random_part(&state, round % 2);
}

Test(feed, a_rule_is_read_as_memory_would_be)
{
    uint64_t state = 22;

    for (int round = 0; round < 50; round++) {
        weft_graph *g = weft_graph_new();
        struct weft_random r = {.seed = (uint64_t)round};
        const struct weft_layout l = random_layout(&state, 3, 11);
        const weft_array *a = weft_array_normal(g, &r, 0, 1, l);
        int64_t from[3], shape[3];
        weft_block *b = run_array((weft_array *)a);

        for (int d = 0; d < 3; d++) {
            from[d] = next_random(&state, l.shape[d]);
            shape[d] = 1 + next_random(&state, l.shape[d] - from[d]);
        }
        a = weft_array_normal(g, &(struct weft_random){.seed = (uint64_t)round}, 0, 1, l);
        expect_part(a, weft_block_data(b), 3, from, shape, &state);
        weft_block_release(b);
        weft_graph_free(g);
    }
}

Test(feed, neighbours_are_joined_so_that_memory_in_order_is_not_gathered)
{
    static double x[24];
    weft_graph *g = weft_graph_new();
    weft_array *a = weft_array_from_memory(g, &(struct weft_memory){
        .dtype = WEFT_FLOAT64, .data = x, .layout = {WEFT_SHAPE(2, 3, 4)}});
    struct wf_feed f;

    wf_feed_init(&f, a, 3, (int64_t[]){0, 0, 0}, (int64_t[]){2, 3, 4}, NULL, NULL);
    cr_assert_eq(f.n_dims, 1);
    cr_assert_not(wf_feed_gathers(&f));
    cr_assert_eq(wf_feed_get(&f, 5, 10), x + 5);
    /* Two columns of each row: rows of the first two axes lie apart equally. */
    wf_feed_init(&f, a, 3, (int64_t[]){0, 0, 1}, (int64_t[]){2, 3, 2}, NULL, NULL);
    cr_assert_eq(f.n_dims, 2);
    cr_assert_eq(f.shape[0], 6);
    cr_assert(wf_feed_gathers(&f));
    /* One element stands for all. */
    wf_feed_init(&f, a, 3, (int64_t[]){1, 2, 3}, (int64_t[]){1, 1, 1}, NULL, NULL);
    cr_assert_eq(f.n_dims, 0);
    cr_assert_eq(wf_feed_get(&f, 0, 1), x + 23);
    weft_graph_free(g);
}
