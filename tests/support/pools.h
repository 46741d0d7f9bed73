/* pools.h - pools of so many workers, for tests. */
#ifndef TESTS_POOLS_H
#define TESTS_POOLS_H

#include <criterion/criterion.h>

#include <weft/pool.h>

/* Numbers of workers to try: one, more than there are cores, and many. */
static const int workers[] = {1, 2, 3, 7, 16, 64};
enum { N_WORKERS = sizeof workers / sizeof *workers };

static inline weft_pool *pool_of(int n)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = n});

    cr_assert_not_null(pool);
    return pool;
}

#endif
