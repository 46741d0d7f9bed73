/* test_random.c - random arrays follow their distributions, and depend on seed and stream alone. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/random.h"
#include "tests/support/run_array.h"
#include "tests/support/scale.h"

Test(random, element_i_is_what_the_header_says)
{
    /* Philox itself is judged by Random123, behind wf_random_block(). */
    weft_graph *g = weft_graph_new();
    struct weft_random r = {.seed = 0x123456789abcdef0, .stream = 5};
    weft_block *u = run_array(weft_array_uniform(g, &r, 0, 1, weft_layout_1d(1001, 300)));
    weft_block *z = run_array(weft_array_normal(g, &r, 0, 1, weft_layout_1d(1001, 300)));
    weft_block *n = run_array(weft_array_integers(g, &r, -3, 1000, weft_layout_1d(1001, 300)));

    for (int64_t i = 0; i < 1001; i++) {
        const int half = i % 2 * 2;
        uint32_t w[4];
        double u0, u1, radius;

        wf_random_block(r.seed, 5, (uint64_t)i / 2, w);
        cr_assert_eq(weft_block_f64_at(u, i), wf_random_unit(w[half], w[half + 1]));
        wf_random_block(r.seed, 6, (uint64_t)i / 2, w);
        u0 = wf_random_unit(w[0], w[1]), u1 = wf_random_unit(w[2], w[3]);
        radius = sqrt(-2 * log(1 - u0));
        cr_assert_float_eq(weft_block_f64_at(z, i), radius * (half ? sin(2 * M_PI * u1) : cos(2 * M_PI * u1)),
                           1e-14);
        wf_random_block(r.seed, 7, (uint64_t)i / 2, w);
        cr_assert_eq(weft_block_i64_at(n, i),
                     -3 + (int64_t)(((uint64_t)w[half + 1] << 32 | w[half]) / 0x1p64 * 1003));
    }
    cr_assert_eq(r.stream, 8, "each array takes a stream");
    weft_block_release(u), weft_block_release(z), weft_block_release(n);
    weft_graph_free(g);
}

Test(random, philox_gives_its_authors_answers)
{
    /* From the known answers of Random123: philox4x32 with 10 rounds. */
    static const struct { uint32_t counter[4], key[2], want[4]; } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };

    for (int k = 0; k < 3; k++) {
        const uint32_t *c = known[k].counter;
        uint32_t out[4];

        wf_random_block((uint64_t)known[k].key[1] << 32 | known[k].key[0], (uint64_t)c[3] << 32 | c[2],
                        (uint64_t)c[1] << 32 | c[0], out);
        cr_assert_eq(memcmp(out, known[k].want, sizeof out), 0);
    }
}

Test(random, neither_chunks_nor_shape_nor_fusion_change_a_digit)
{
    static const struct weft_layout layouts[] = {
        {WEFT_SHAPE(6000), .chunks = {.all = 6000}},     {WEFT_SHAPE(6000), .chunks = {.all = 77}},
        {WEFT_SHAPE(60, 100), .chunks = {.all = 33}},    {WEFT_SHAPE(6, 1000), .chunks = {.axis = {5, 301}}},
        {WEFT_SHAPE(1000, 6), .chunks = {.axis = {7, 1}}}, {WEFT_SHAPE(20, 15, 20), .chunks = {.all = 9}},
    };
    weft_graph *g = weft_graph_new();
    weft_block *first = NULL;

    for (size_t k = 0; k < sizeof layouts / sizeof *layouts; k++)
        for (int fused = 0; fused < 2; fused++) {
            struct weft_random r = {.seed = 9};
            weft_array *a = weft_array_normal(g, &r, 1, 2, layouts[k]);
            weft_block *b = run_array(fused ? weft_array_positive(a) : a);

            if (!first)
                first = weft_block_retain(b);
            cr_assert_eq(memcmp(weft_block_data(b), weft_block_data(first), 6000 * sizeof(double)), 0);
            weft_block_release(b);
        }
    weft_block_release(first);
    weft_graph_free(g);
}

Test(random, mean_and_spread_are_as_asked)
{
    const int64_t n = test_scaled(4000000);
    const double off = 6 / sqrt((double)n); /* six standard errors */
    weft_graph *g = weft_graph_new();
    struct weft_random r = {.seed = 1};
    weft_array *u = weft_array_uniform(g, &r, -1, 3, weft_layout_1d(n, 100000));
    weft_array *z = weft_array_normal(g, &r, 10, 0.5, weft_layout_1d(n, 100000));
    weft_array *k = weft_array_integers(g, &r, 0, 10, weft_layout_1d(n, 100000));
    weft_array *cube = weft_array_power(weft_array_subtract(z, weft_array_f64(g, 10)), weft_array_f64(g, 3));

    cr_assert_float_eq(run_f64(weft_array_mean(u, 0)), 1, off * 4 / sqrt(12));
    cr_assert_float_eq(run_f64(weft_array_var(u, 0)), 16.0 / 12, off * 16 * 0.08);
    cr_assert_float_eq(run_f64(weft_array_mean(z, 0)), 10, off * 0.5);
    cr_assert_float_eq(run_f64(weft_array_std(z, 0)), 0.5, off * 0.5);
    cr_assert_float_eq(run_f64(weft_array_mean(cube, 0)), 0, off * 0.5);
    cr_assert_float_eq(run_f64(weft_array_mean(k, 0)), 4.5, off * 3);
    cr_assert_eq(run_f64(weft_array_min(k, 0)), 0);
    cr_assert_eq(run_f64(weft_array_max(k, 0)), 9);
    weft_graph_free(g);
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The greatest distance between the shares below x and what they should be, times
 * sqrt(n): above 1.95 once in a thousand (Kolmogorov). The seed is fixed. */
static double kolmogorov(weft_array *a, double (*below)(double))
{
    weft_block *b = run_array(a);
    const int64_t n = weft_block_n_elems(b);
    double *x = malloc((size_t)n * sizeof *x), worst = 0;

    memcpy(x, weft_block_data(b), (size_t)n * sizeof *x);
    qsort(x, (size_t)n, sizeof *x, by_value);
    for (int64_t i = 0; i < n; i++) {
        const double share = below(x[i]), low = share - (double)i / (double)n;

        worst = fmax(worst, fmax(low, 1.0 / (double)n - low));
    }
    free(x);
    weft_block_release(b);
    return worst * sqrt((double)n);
}

static double below_uniform(double x) { return x; }
static double below_normal(double x) { return erfc(-x / sqrt(2)) / 2; }

Test(random, shares_below_any_number_are_those_of_the_distribution)
{
    weft_graph *g = weft_graph_new();
    struct weft_random r = {.seed = 2};
    const int64_t n = test_scaled(300000);

    cr_assert_lt(kolmogorov(weft_array_uniform(g, &r, 0, 1, weft_layout_1d(n, 10000)), below_uniform), 1.95);
    cr_assert_lt(kolmogorov(weft_array_normal(g, &r, 0, 1, weft_layout_1d(n, 10000)), below_normal), 1.95);
    weft_graph_free(g);
}

Test(random, streams_seeds_and_children_differ_and_are_not_correlated)
{
    const int64_t n = test_scaled(200000);
    weft_graph *g = weft_graph_new();
    struct weft_random r = {.seed = 3}, other = {.seed = 4}, child = weft_random_spawn(&r);
    struct weft_random grandchild = weft_random_spawn(&child);
    struct weft_random *sources[] = {&r, &r, &other, &child, &grandchild};
    weft_array *z[5];

    for (int i = 0; i < 5; i++)
        z[i] = weft_array_normal(g, sources[i], 0, 1, weft_layout_1d(n, 50000));
    for (int i = 0; i < 5; i++)
        for (int j = 0; j < i; j++)
            cr_assert_float_eq(run_f64(weft_array_mean(weft_array_multiply(z[i], z[j]), 0)), 0,
                               6 / sqrt((double)n));
    weft_graph_free(g);
}

Test(random, the_same_seed_is_the_same_task)
{
    weft_graph *g = weft_graph_new();
    struct weft_random r = {.seed = 3}, again = r;
    char key[128], same[128];

    weft_task_key(weft_array_whole(weft_array_normal(g, &r, 0, 1, weft_layout_1d(10, 5))), key, sizeof key);
    weft_task_key(weft_array_whole(weft_array_normal(g, &again, 0, 1, weft_layout_1d(10, 5))), same, sizeof same);
    cr_assert_str_eq(key, same);
    weft_task_key(weft_array_whole(weft_array_normal(g, &r, 0, 1, weft_layout_1d(10, 5))), same, sizeof same);
    cr_assert_str_neq(key, same, "the next stream");
    weft_graph_free(g);
}

Test(random, what_makes_no_sense_says_so)
{
    weft_graph *g = weft_graph_new();
    struct weft_random r = {.seed = 3};
    const struct weft_layout l = weft_layout_1d(3, 3);
    struct weft_error err;

    cr_assert_eq(weft_array_status(weft_array_normal(g, &r, 0, -1, l), &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "normal: standard deviation -1 is below 0");
    cr_assert_eq(weft_array_status(weft_array_uniform(g, &r, 1, 0, l), NULL), WEFT_INVALID);
    cr_assert_eq(weft_array_status(weft_array_uniform(g, &r, 0, (double)INFINITY, l), NULL), WEFT_INVALID);
    cr_assert_eq(weft_array_status(weft_array_integers(g, &r, 5, 5, l), &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "integers: none from 5 to below 5");
    cr_assert_eq(r.stream, 4, "failed arrays take their stream too");
    weft_graph_free(g);
}
