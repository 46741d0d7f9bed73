/* test_scratch.c - scratch: as much as a body wants, aligned. */
#include <criterion/criterion.h>

#include <string.h>

#include <weft/pool.h>

#include "tests/support/bodies.h"
#include "tests/support/pools.h"

static weft_status body_scratch(weft_call *call, void *arg, struct weft_error *err)
{
    const size_t bytes = (size_t)(intptr_t)arg;
    char *a = weft_call_scratch(call, bytes), *b = weft_call_scratch(call, 100);

    if (!a || !b || (uintptr_t)a % 64 || (uintptr_t)b % 64)
        return weft_error_set(err, WEFT_NOMEM, "no scratch");
    memset(a, 1, bytes);
    memset(b, 2, 100);
    weft_call_return(call, weft_value_of_i64(a[bytes - 1] + b[99]));
    return WEFT_OK;
}

Test(scratch, scratch_grows_with_what_bodies_want)
{
    weft_pool *pool = pool_of(1);
    weft_graph *g = weft_graph_new();
    struct weft_error err;

    for (int64_t bytes = 1; bytes < 1 << 22; bytes *= 3) {
        struct weft_value v;

        cr_assert_eq(weft_pool_run(pool, weft_add(g, body_scratch, .arg = arg_of(bytes)), &v, &err), WEFT_OK);
        cr_assert_eq(weft_value_i64(v), 3);
    }
    weft_graph_free(g);
    weft_pool_free(pool);
}
