/* test_map.c - loops over plain C arrays. */
#include <criterion/criterion.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <weft/pool.h>

#include "config.h"

static weft_status square(const void *in, void *out, void *arg, struct weft_error *err)
{
    const int x = *(const int *)in;

    (void)arg;
    if (x < 0)
        return weft_error_set(err, WEFT_RANGE, "%d is negative", x);
    *(int64_t *)out = (int64_t)x * x;
    return WEFT_OK;
}

Test(map, each_element_goes_through_the_function)
{
    for (int workers = 1; workers <= 4; workers++) {
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = workers});
        const size_t sizes[] = {0, 1, 3, 100, 10007};
        struct weft_error err;

        for (size_t k = 0; k < 5; k++)
            for (size_t grain = 0; grain < 40; grain += 13) {
                int *in = malloc((sizes[k] + 1) * sizeof *in);
                int64_t *out = calloc(sizes[k] + 1, sizeof *out);

                for (size_t i = 0; i < sizes[k]; i++)
                    in[i] = (int)i;
                cr_assert_eq(weft_pool_map(pool, square, NULL, in, sizeof *in, out, sizeof *out, sizes[k], grain, &err), WEFT_OK);
                for (size_t i = 0; i < sizes[k]; i++)
                    cr_assert_eq(out[i], (int64_t)i * (int64_t)i);
                free(in);
                free(out);
            }
        weft_pool_free(pool);
    }
}

Test(map, the_first_failure_in_order_is_told)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    int in[3] = {1, -2, 3};
    int64_t out[3];
    struct weft_error err;

    cr_assert_eq(weft_pool_map(pool, square, NULL, in, sizeof *in, out, sizeof *out, 3, 3, &err), WEFT_RANGE);
    cr_assert_str_eq(err.message, "-2 is negative");
    weft_pool_free(pool);
}

struct taker {
    size_t n, stop_at;
};

static weft_status take(size_t i, const void *out, void *arg)
{
    struct taker *t = arg;

    cr_assert_eq(i, t->n++);
    cr_assert_eq(*(const int64_t *)out, (int64_t)i * (int64_t)i);
    return t->n == t->stop_at ? WEFT_CANCELLED : WEFT_OK;
}

Test(map, imap_hands_over_in_order_and_stops_when_told)
{
    enum { N = 5000 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3});
    int *in = malloc(N * sizeof *in);
    struct weft_error err;

    for (int i = 0; i < N; i++)
        in[i] = i;
    for (size_t grain = 0; grain < 1000; grain += 333) {
        struct taker t = {0};

        cr_assert_eq(weft_pool_imap(pool, square, NULL, in, sizeof *in, sizeof(int64_t), N, grain, take, &t, &err), WEFT_OK);
        cr_assert_eq(t.n, N);
        t = (struct taker){.stop_at = 77};
        cr_assert_eq(weft_pool_imap(pool, square, NULL, in, sizeof *in, sizeof(int64_t), N, grain, take, &t, &err), WEFT_CANCELLED);
        cr_assert_eq(t.n, 77);
    }
    free(in);
    weft_pool_free(pool);
}

static weft_status add_range(size_t begin, size_t end, void *arg, struct weft_error *err)
{
    (void)err;
    for (size_t i = begin; i < end; i++)
        atomic_fetch_add((_Atomic int64_t *)arg, (int64_t)i);
    return WEFT_OK;
}

Test(map, for_covers_each_index_once)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    _Atomic int64_t sum = 0;

    cr_assert_eq(weft_pool_for(pool, add_range, &sum, 1001, 7, NULL), WEFT_OK);
    cr_assert_eq(sum, 1001 * 1000 / 2);
    weft_pool_free(pool);
}

Test(map, a_grain_beyond_all_is_one_piece)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    const int in[4] = {0, 1, 2, 3};
    int64_t out[4] = {0};
    _Atomic int64_t sum = 0;
    struct taker t = {0};
    struct weft_error err;

    cr_assert_eq(weft_pool_for(pool, add_range, &sum, 10, SIZE_MAX, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(sum, 45);
    cr_assert_eq(weft_pool_map(pool, square, NULL, in, sizeof *in, out, sizeof *out, 4, SIZE_MAX - 1, &err), WEFT_OK);
    cr_assert_eq(out[3], 9);
    cr_assert_eq(weft_pool_imap(pool, square, NULL, in, sizeof *in, sizeof *out, 4, SIZE_MAX / 2, take, &t, &err), WEFT_OK);
    cr_assert_eq(t.n, 4);
    cr_assert_eq(weft_pool_imap(pool, square, NULL, in, sizeof *in, SIZE_MAX / 2, 4, 4, take, &t, &err), WEFT_NOMEM);
    cr_assert_eq(weft_pool_imap(pool, square, NULL, NULL, 0, sizeof *out, 0, SIZE_MAX, take, &t, &err), WEFT_OK);
    weft_pool_free(pool);
}

Test(map, who_stops_an_imap_is_told_where)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    const int in[4] = {0, 1, 2, 3};
    struct taker t = {.stop_at = 3};
    struct weft_error err;

    cr_assert_eq(weft_pool_imap(pool, square, NULL, in, sizeof *in, sizeof(int64_t), 4, 1, take, &t, &err), WEFT_CANCELLED);
    cr_assert_eq(err.status, WEFT_CANCELLED);
    cr_assert_str_eq(err.message, "whoever takes the results stopped at element 2");
    weft_pool_free(pool);
}

static weft_status touch(const void *in, void *out, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    cr_assert_null(in);
    if (out)
        *(int64_t *)out = 1;
    return WEFT_OK;
}

static weft_status take_nothing(size_t i, const void *out, void *arg)
{
    (void)i, (void)out;
    ++*(int *)arg;
    return WEFT_OK;
}

Test(map, either_array_may_be_null)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    int64_t out[3] = {0};
    int n = 0;

    cr_assert_eq(weft_pool_map(pool, touch, NULL, NULL, 0, out, sizeof *out, 3, 1, NULL), WEFT_OK);
    cr_assert_eq(out[0] + out[1] + out[2], 3);
    cr_assert_eq(weft_pool_map(pool, touch, NULL, NULL, 0, NULL, 0, 3, 1, NULL), WEFT_OK);
    cr_assert_eq(weft_pool_imap(pool, touch, NULL, NULL, 0, sizeof *out, 3, 1, take_nothing, &n, NULL), WEFT_OK);
    cr_assert_eq(n, 3);
    weft_pool_free(pool);
}

static weft_status touch_in(const void *in, void *out, void *arg, struct weft_error *err)
{
    (void)in, (void)arg, (void)err;
    cr_assert_null(out);
    return WEFT_OK;
}

Test(map, imap_of_results_without_bytes_gives_none)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    int n = 0;

    cr_assert_eq(weft_pool_imap(pool, touch_in, NULL, NULL, 0, 0, 3, 1, take_nothing, &n, NULL), WEFT_OK);
    cr_assert_eq(n, 3);
    weft_pool_free(pool);
}

/* The address sanitizer's allocator (gcc 12) does not survive a fork while another thread is
 * in it: there nothing else may run. */
#ifdef __SANITIZE_ADDRESS__
enum { AT_ONCE = 1 };
#else
enum { AT_ONCE = 2 };
#endif

Test(map, results_come_back_from_processes)
{
    enum { N = 1000 };
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = AT_ONCE});
    int in[N];
    int64_t out[N];
    struct weft_error err = {0};

    for (int i = 0; i < N; i++)
        in[i] = i;
    for (size_t grain = 0; grain < 130; grain += 43) {
        struct taker t = {0};

        memset(out, 0, sizeof out);
        cr_assert_eq(weft_pool_map(pool, square, NULL, in, sizeof *in, out, sizeof *out, N, grain, &err), WEFT_OK, "%s", err.message);
        for (int i = 0; i < N; i++)
            cr_assert_eq(out[i], (int64_t)in[i] * in[i]);
        if (AT_ONCE == 1) /* imap submits while others run */
            continue;
        cr_assert_eq(weft_pool_imap(pool, square, NULL, in, sizeof *in, sizeof *out, N, grain, take, &t, &err), WEFT_OK);
        cr_assert_eq(t.n, N);
    }
    weft_pool_free(pool);
}

static weft_status crash_at_7(const void *in, void *out, void *arg, struct weft_error *err)
{
    if (*(const int *)in == 7)
        raise(SIGKILL);
    return square(in, out, arg, err);
}

Test(map, a_crash_in_a_process_fails_the_map_and_not_the_program)
{
#if WF_TSAN
    cr_skip_test("the thread sanitizer does not follow a fork");
#endif
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = AT_ONCE});
    int in[20];
    int64_t out[20];

    for (int i = 0; i < 20; i++)
        in[i] = i;
    cr_assert_eq(weft_pool_map(pool, crash_at_7, NULL, in, sizeof *in, out, sizeof *out, 20, 1, NULL), WEFT_CRASHED);
    cr_assert_eq(weft_pool_map(pool, square, NULL, in, sizeof *in, out, sizeof *out, 20, 1, NULL), WEFT_OK);
    weft_pool_free(pool);
}
