/* run_bag.c - running the actions of bags in tests. */
#include "tests/support/run_bag.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

const int run_workers[] = {0, 1, 2, 3, 7, 16};

static weft_pool *pool_of(int n_workers)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){
        .kind = n_workers ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL, .n_workers = n_workers, .no_pin = true});

    cr_assert(pool);
    return pool;
}

struct weft_value run_value(weft_task *t, int n_workers)
{
    weft_pool *pool = pool_of(n_workers);
    struct weft_value v = weft_value_none();
    struct weft_error err = {0};
    const weft_status st = weft_pool_run(pool, t, &v, &err);

    cr_assert_eq(st, WEFT_OK, "%s: %s", err.task, err.message);
    weft_pool_free(pool);
    return v;
}

weft_records *run_records(weft_task *t, int n_workers)
{
    weft_records *r = weft_value_records(run_value(t, n_workers));

    cr_assert(r, "the result is no records");
    return r;
}

weft_status run_fails(weft_task *t, int n_workers, struct weft_error *err)
{
    weft_pool *pool = pool_of(n_workers);
    struct weft_value v = weft_value_none();
    weft_status st;

    *err = (struct weft_error){0};
    st = weft_pool_run(pool, t, &v, err);
    cr_assert_neq(st, WEFT_OK, "the run should fail");
    weft_pool_free(pool);
    return st;
}

struct written {
    char  *bytes;
    size_t n;
};

static weft_status append(void *to, const void *bytes, size_t n)
{
    struct written *w = to;

    w->bytes = realloc(w->bytes, w->n + n + 1);
    cr_assert(w->bytes);
    memcpy(w->bytes + w->n, bytes, n);
    w->n += n;
    return WEFT_OK;
}

bool run_equal(const weft_records *a, const weft_records *b)
{
    struct written x = {0}, y = {0};
    bool equal;

    cr_assert_eq(weft_type_records.write(a, &(struct weft_sink){&x, append}), WEFT_OK);
    cr_assert_eq(weft_type_records.write(b, &(struct weft_sink){&y, append}), WEFT_OK);
    equal = x.n == y.n && memcmp(x.bytes, y.bytes, x.n) == 0;
    free(x.bytes);
    free(y.bytes);
    return equal;
}
