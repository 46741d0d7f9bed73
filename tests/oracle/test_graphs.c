/* test_graphs.c - random graphs of every shape: every pool gives what the serial runner gives,
 * values and errors alike, to the last bit, on every replay. */
#include <criterion/criterion.h>

#include <string.h>

#include "tests/support/bodies.h"
#include "tests/support/random_graph.h"
#include "tests/support/scale.h"

enum { GRAPHS = 10000, POOLS = 6, REPLAYS = 2 };

static const int workers[POOLS] = {0, 1, 2, 3, 7, 16}; /* 0: the serial runner, the judge */

/* Most graphs are small, where workers meet most; some are wide enough to keep 16 busy. */
static size_t most_tasks(uint64_t seed)
{
    return seed / RANDOM_SHAPES % 50 == 0 ? 3000 : seed / RANDOM_SHAPES % 5 == 0 ? 300 : 60;
}

/* All pools on one graph; counts the targets that came to something and those that failed. */
static void judge(weft_pool *const *pools, uint64_t seed, int64_t *n_good, int64_t *n_failed)
{
    struct outcome *right, *got;
    struct random_graph r;
    struct weft_error err;
    weft_plan *plan;

    random_graph_init(&r, seed, most_tasks(seed));
    right = calloc(2 * r.n_targets, sizeof *right);
    got = right + r.n_targets;
    cr_assert_eq(weft_plan_new(&plan, r.targets, r.n_targets, NULL, &err), WEFT_OK, "%s", err.message);
    random_graph_run(pools[0], plan, right);
    for (int w = 0; w < POOLS; w++)
        for (int replay = 0; replay < REPLAYS; replay++) {
            random_graph_run(pools[w], plan, got);
            for (size_t i = 0; i < r.n_targets; i++)
                cr_assert(got[i].status == right[i].status && got[i].number == right[i].number && got[i].why == right[i].why,
                          "seed %llu, %d workers, replay %d, target %zu: status %d, %llx, why %llx; serially %d, %llx, why %llx",
                          (unsigned long long)seed, workers[w], replay, i, got[i].status, (unsigned long long)got[i].number,
                          (unsigned long long)got[i].why, right[i].status, (unsigned long long)right[i].number,
                          (unsigned long long)right[i].why);
        }
    for (size_t i = 0; i < r.n_targets; i++) {
        *n_good += right[i].status == WEFT_OK;
        *n_failed += right[i].status != WEFT_OK;
    }
    weft_plan_free(plan);
    random_graph_fini(&r);
    free(right);
    cr_assert_eq(boxes_live, 0, "seed %llu leaves %lld boxes", (unsigned long long)seed, (long long)boxes_live);
}

Test(graphs, every_pool_agrees_with_the_serial_runner_to_the_last_bit, .timeout = 280)
{
    const int64_t n = test_scaled(GRAPHS);
    int64_t n_good = 0, n_failed = 0;
    weft_pool *pools[POOLS];

    for (int w = 0; w < POOLS; w++)
        pools[w] = weft_pool_new(&(struct weft_pool_spec){.kind = workers[w] ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL,
                                                          .n_workers = workers[w]});
    for (int64_t seed = 0; seed < n; seed++)
        judge(pools, (uint64_t)seed, &n_good, &n_failed);
    cr_assert(n_failed > n && n_good > n); /* both sides were tried */
    for (int w = 0; w < POOLS; w++)
        weft_pool_free(pools[w]);
}

Test(graphs, a_seed_gives_the_same_graph_and_another_seed_another)
{
    weft_pool *serial = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    struct outcome last[3] = {0};

    for (int i = 0; i < 3; i++) {
        struct random_graph r;
        struct outcome *out;
        weft_plan *plan;

        random_graph_init(&r, i < 2 ? 16 : 16 + RANDOM_SHAPES, 100);
        out = calloc(r.n_targets, sizeof *out);
        cr_assert_eq(weft_plan_new(&plan, r.targets, r.n_targets, NULL, NULL), WEFT_OK);
        random_graph_run(serial, plan, out);
        last[i] = out[r.n_targets - 1];
        free(out);
        weft_plan_free(plan);
        random_graph_fini(&r);
    }
    cr_expect_eq(memcmp(&last[0], &last[1], sizeof *last), 0);
    cr_expect_neq(memcmp(&last[0], &last[2], sizeof *last), 0);
    weft_pool_free(serial);
}
