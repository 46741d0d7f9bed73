/* run_array.c - arrays to blocks, on one worker and on many; the plain way to index. */
#include "tests/support/run_array.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static weft_status run_on(weft_array *a, struct weft_pool_spec spec, struct weft_value *out,
                          struct weft_error *err)
{
    weft_pool *pool = weft_pool_new(&spec);
    weft_status st = weft_pool_run(pool, weft_array_whole(a), out, err);

    weft_pool_free(pool);
    return st;
}

weft_block *run_array(weft_array *a)
{
    static const int workers[] = {1, 2, 7};
    struct weft_error err = {0};
    struct weft_value serial = weft_value_none();
    weft_status st = run_on(a, (struct weft_pool_spec){.kind = WEFT_POOL_SERIAL}, &serial, &err);
    weft_block *block = weft_value_block(serial);

    cr_assert_eq(st, WEFT_OK, "%s", err.message);
    cr_assert(block);
    cr_assert_eq(weft_block_dtype(block), weft_array_dtype(a));
    cr_assert_eq(weft_block_n_dims(block), weft_array_n_dims(a));
    for (int d = 0; d < weft_array_n_dims(a); d++)
        cr_assert_eq(weft_block_shape(block)[d], weft_array_shape(a)[d]);
    for (size_t i = 0; i < sizeof workers / sizeof *workers; i++) {
        struct weft_value v = weft_value_none();

        st = run_on(a, (struct weft_pool_spec){.n_workers = workers[i]}, &v, &err);
        cr_assert_eq(st, WEFT_OK, "%s", err.message);
        cr_assert_eq(memcmp(weft_block_data(weft_value_block(v)), weft_block_data(block), weft_array_bytes(a)),
                     0, "%d workers give other bits than one", workers[i]);
        weft_value_release(v);
    }
    return block;
}

weft_status fail_array(weft_array *a, struct weft_error *err)
{
    struct weft_value v = weft_value_none();
    weft_status st = run_on(a, (struct weft_pool_spec){.n_workers = 2}, &v, err);

    weft_value_release(v);
    return st;
}

double run_f64(weft_array *a)
{
    weft_block *b = run_array(a);
    double x;

    cr_assert_eq(weft_block_n_elems(b), 1);
    x = weft_block_f64_at(b, 0);
    weft_block_release(b);
    return x;
}

bool next_index(int64_t *index, int n_dims, const int64_t *shape)
{
    for (int d = n_dims - 1; d >= 0; d--) {
        if (++index[d] < shape[d])
            return true;
        index[d] = 0;
    }
    return false;
}

int64_t place_of(const int64_t *index, int n_index, const int64_t *shape, int n_dims)
{
    int64_t place = 0;

    for (int d = 0; d < n_dims; d++)
        place = place * shape[d] + (shape[d] == 1 ? 0 : index[d + n_index - n_dims]);
    return place;
}

int64_t next_random(uint64_t *state, int64_t n)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((*state >> 33) % (uint64_t)n);
}

struct weft_layout random_layout(uint64_t *state, int n_dims, int64_t max)
{
    struct weft_layout l = {.n_dims = n_dims};

    for (int d = 0; d < n_dims; d++) {
        l.shape[d] = 1 + next_random(state, max);
        l.chunks.axis[d] = 1 + next_random(state, l.shape[d]);
    }
    return l;
}

weft_array *some_array(weft_graph *g, uint64_t *state, weft_dtype dtype, struct weft_layout layout,
                       double **values)
{
    int64_t n = 1;
    char *data;

    for (int d = 0; d < layout.n_dims; d++)
        n *= layout.shape[d];
    data = aligned_alloc(64, ((size_t)n * 8 + 63) / 64 * 64 + 64);
    *values = malloc(((size_t)n + 1) * sizeof **values);
    for (int64_t i = 0; i < n; i++) {
        const int64_t x = dtype == WEFT_BOOL ? next_random(state, 2) : next_random(state, 11) - 5;

        (*values)[i] = (double)x;
        switch (dtype) {
        case WEFT_BOOL:    ((uint8_t *)data)[i] = (uint8_t)x; break;
        case WEFT_INT64:   ((int64_t *)data)[i] = x; break;
        case WEFT_FLOAT32: ((float *)data)[i] = (float)x; break;
        default:           ((double *)data)[i] = (double)x;
        }
    }
    return weft_array_from_memory(g, &(struct weft_memory){.dtype = dtype, .data = data, .layout = layout,
                                                           .free_data = free});
}
