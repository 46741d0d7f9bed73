/* test_dynamic.c - programs that grow while they run give what the serial runner and plain recursion give. */
#include <criterion/criterion.h>

#include "tests/support/programs.h"
#include "tests/support/scale.h"

static const int workers[] = {0, 1, 2, 3, 7, 16}; /* 0: the serial runner */
enum { N_POOLS = sizeof workers / sizeof *workers };

static void judge(int64_t n, int depth, bool is_quiet, uint64_t from)
{
    weft_pool *pools[N_POOLS];
    int64_t n_failed = 0;

    for (int k = 0; k < N_POOLS; k++)
        pools[k] = weft_pool_new(&(struct weft_pool_spec){.kind = workers[k] ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL,
                                                          .n_workers = workers[k]});
    for (int64_t i = 0; i < n; i++) {
        const struct program p = {.seed = from + (uint64_t)i, .depth = depth, .is_quiet = is_quiet, .detaches = true};
        struct outcome plain[PROGRAM_NODES], o[PROGRAM_NODES];

        program_eval(&p, plain);
        for (int t = 0; t < PROGRAM_NODES; t++)
            n_failed += plain[t].status != WEFT_OK;
        for (int k = 0; k < N_POOLS; k++) {
            program_run(pools[k], &p, o);
            for (int t = 0; t < PROGRAM_NODES; t++)
                cr_assert(outcome_equal(&o[t], &plain[t]), "program %llu, task %d, %d workers: %d '%s' %llx, and by recursion %d '%s' %llx",
                          (unsigned long long)p.seed, t, workers[k], o[t].status, o[t].message, (unsigned long long)o[t].value,
                          plain[t].status, plain[t].message, (unsigned long long)plain[t].value);
        }
    }
    for (int k = 0; k < N_POOLS; k++)
        weft_pool_free(pools[k]);
    /* Both ways to end must occur, else half of this is not tested. */
    cr_expect(n_failed > n * PROGRAM_NODES / 20 && n_failed < n * PROGRAM_NODES * 19 / 20, "%lld of %lld fail",
              (long long)n_failed, (long long)n * PROGRAM_NODES);
}

Test(dynamic, programs_that_grow_give_what_recursion_gives, .timeout = 280)
{
    judge(test_scaled(5000), 2, false, 1000000);
}

Test(dynamic, deeper_ones_too, .timeout = 280)
{
    judge(test_scaled(1500), 4, false, 2000000);
}

Test(dynamic, those_that_only_spawn_wait_and_become, .timeout = 280)
{
    judge(test_scaled(3500), 3, true, 3000000);
}
