/* shape.c - writing down the graphs, dependency by dependency. */
#include "bench/support/shape.h"

#include "bench/support/bench.h"
#include "bench/support/random.h"

#include <stdlib.h>
#include <string.h>

static void shape_alloc(struct bench_shape *shape, uint32_t n, uint32_t n_deps)
{
    *shape = (struct bench_shape){ .n = n };
    shape->dep_begin = bench_alloc((size_t)n + 1, sizeof *shape->dep_begin);
    shape->dep = bench_alloc(n_deps, sizeof *shape->dep);
}

static void wide(struct bench_shape *shape, uint32_t n)
{
    shape_alloc(shape, n + 1, n);
    for (uint32_t i = 0; i < n; i++)
        shape->dep[i] = i;
    shape->dep_begin[n + 1] = n;
}

static void chain(struct bench_shape *shape, uint32_t n)
{
    shape_alloc(shape, n, n - 1);
    for (uint32_t i = 1; i < n; i++) {
        shape->dep[i - 1] = i - 1;
        shape->dep_begin[i + 1] = i;
    }
}

/* Leaves 0 .. l-1, then the level above, and so on: inner task i, the k-th that
 * is no leaf, joins tasks 2k and 2k + 1. */
static void tree(struct bench_shape *shape, uint32_t n)
{
    uint32_t leaves = 1;

    while (leaves < (n + 1) / 2)
        leaves *= 2;
    shape_alloc(shape, 2 * leaves - 1, 2 * leaves - 2);
    for (uint32_t k = 0; k < leaves - 1; k++) {
        shape->dep[2 * k] = 2 * k;
        shape->dep[2 * k + 1] = 2 * k + 1;
        shape->dep_begin[leaves + k + 1] = 2 * (k + 1);
    }
}

static uint32_t root_of(uint32_t n)
{
    uint32_t side = 1;

    while ((uint64_t)(side + 1) * (side + 1) <= n)
        side++;
    return side;
}

static void wave(struct bench_shape *shape, uint32_t n)
{
    const uint32_t side = root_of(n);
    uint32_t       at = 0;

    shape_alloc(shape, side * side, 2 * side * (side - 1));
    for (uint32_t i = 0; i < side * side; i++) {
        if (i >= side)
            shape->dep[at++] = i - side;
        if (i % side)
            shape->dep[at++] = i - 1;
        shape->dep_begin[i + 1] = at;
    }
}

static bool is_among(const uint32_t *list, uint32_t n, uint32_t value)
{
    for (uint32_t i = 0; i < n; i++)
        if (list[i] == value)
            return true;
    return false;
}

static void layers(struct bench_shape *shape, uint32_t n)
{
    const uint32_t side = root_of(n);
    const uint32_t n_picks = side < 3 ? side : 3;
    uint64_t       seed = 20240229;
    uint32_t       at = 0;

    shape_alloc(shape, side * side, n_picks * side * (side - 1));
    for (uint32_t i = 0; i < side * side; i++) {
        for (uint32_t k = 0; i >= side && k < n_picks; k++) {
            const uint32_t before = i / side * side - side;
            uint32_t       pick = 0;

            do
                pick = before + bench_random_below(&seed, side);
            while (is_among(shape->dep + at - k, k, pick));
            shape->dep[at++] = pick;
        }
        shape->dep_begin[i + 1] = at;
    }
}

static void stencil(struct bench_shape *shape, uint32_t width, uint32_t n_steps)
{
    uint32_t at = 0;

    shape_alloc(shape, width * n_steps, 3 * width * n_steps);
    for (uint32_t i = 0; i < shape->n; i++) {
        const uint32_t place = i % width;

        if (i >= width) {
            if (place)
                shape->dep[at++] = i - width - 1;
            shape->dep[at++] = i - width;
            if (place + 1 < width)
                shape->dep[at++] = i - width + 1;
        }
        shape->dep_begin[i + 1] = at;
    }
}

static void find_sinks(struct bench_shape *shape)
{
    bool *has_next = bench_alloc(shape->n, sizeof *has_next);

    for (uint32_t d = 0; d < shape->dep_begin[shape->n]; d++)
        has_next[shape->dep[d]] = true;
    for (uint32_t i = 0; i < shape->n; i++)
        shape->n_sinks += !has_next[i];
    shape->sinks = bench_alloc(shape->n_sinks, sizeof *shape->sinks);
    for (uint32_t i = 0, at = 0; i < shape->n; i++)
        if (!has_next[i])
            shape->sinks[at++] = i;
    free(has_next);
}

static const struct {
    const char *name;
    void      (*write)(struct bench_shape *shape, uint32_t n);
} writers[] = {
    { "wide", wide }, { "chain", chain }, { "tree", tree }, { "wave", wave }, { "random", layers },
};

static bool write_down(struct bench_shape *shape, const char *name, uint32_t n)
{
    for (size_t i = 0; i < sizeof writers / sizeof writers[0]; i++)
        if (!strcmp(writers[i].name, name)) {
            writers[i].write(shape, n);
            return true;
        }
    if (strncmp(name, "width-", 6) || atoi(name + 6) < 1)
        return false;
    stencil(shape, (uint32_t)atoi(name + 6), n);
    return true;
}

bool bench_shape_init(struct bench_shape *shape, const char *name, int64_t n)
{
    if (!write_down(shape, name, (uint32_t)n))
        return false;
    find_sinks(shape);
    return true;
}

void bench_shape_fini(struct bench_shape *shape)
{
    free(shape->dep_begin);
    free(shape->dep);
    free(shape->sinks);
    *shape = (struct bench_shape){ 0 };
}
