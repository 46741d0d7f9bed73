/* test_memory.c - arrays ten times as big as memory may be: the same bits, and a process that stays small. */
#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weft/weft.h>

#include "config.h"
#include "tests/support/scale.h"

enum { MIB = 1 << 20, N_RESULTS = 3 };

/* What a process of its own found. */
struct found {
    double                  result[N_RESULTS];
    weft_status             status;
    struct weft_error       err;
    struct weft_pool_memory memory;
    size_t                  resident; /* at most */
};

static size_t limit_bytes(void)
{
    return (size_t)test_scaled(32) * MIB;
}

/* sum((x - mean(x))^2) of numbers that no sum of doubles holds exactly. */
static void deviations(weft_graph *g, weft_task **targets)
{
    const int64_t n = (int64_t)(10 * limit_bytes() / sizeof(double));
    struct weft_random random = {.seed = 20};
    weft_array *x = weft_array_keep(weft_array_normal(g, &random, 3, 2, weft_layout_1d(n, n / 331)));
    weft_array *off = weft_array_subtract(x, weft_array_mean(x, WEFT_ALL_AXES));

    targets[0] = weft_array_whole(weft_array_sum(weft_array_multiply(off, off), WEFT_ALL_AXES));
    targets[1] = weft_array_whole(weft_array_sum(off, WEFT_ALL_AXES));
    targets[2] = weft_array_whole(weft_array_max(off, WEFT_ALL_AXES));
}

/* Days by places; each day less the mean over all days of its place, then the mean of the
 * year's last fifth, of its largest, and of all squares. */
static void anomalies(weft_graph *g, weft_task **targets)
{
    const int64_t places = 4096, days = (int64_t)(10 * limit_bytes() / sizeof(double)) / places;
    struct weft_random random = {.seed = 21};
    weft_array *x = weft_array_keep(weft_array_normal(g, &random, 288, 9,
        (struct weft_layout){WEFT_SHAPE(days, places), .chunks = {.axis = {days / 300, WEFT_CHUNK_WHOLE}}}));
    weft_array *off = weft_array_keep(weft_array_subtract(x, weft_array_mean(x, 0)));

    targets[0] = weft_array_whole(weft_array_mean(weft_array_mean(off, 1), WEFT_ALL_AXES));
    targets[1] = weft_array_whole(weft_array_mean(weft_array_max(off, 0), WEFT_ALL_AXES));
    targets[2] = weft_array_whole(weft_array_mean(weft_array_multiply(off, off), WEFT_ALL_AXES));
}

static void find(struct found *f, void (*build)(weft_graph *g, weft_task **targets), const struct weft_pool_spec *spec)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(spec);
    struct weft_value v[N_RESULTS];
    weft_task *targets[N_RESULTS];

    build(g, targets);
    f->status = weft_pool_run_many(pool, targets, N_RESULTS, NULL, v, &f->err);
    for (int i = 0; i < N_RESULTS; i++) {
        f->result[i] = weft_value_f64(v[i]);
        weft_value_release(v[i]);
    }
    weft_pool_memory(pool, &f->memory);
    weft_pool_free(pool);
    weft_graph_free(g);
}

/* In a process of its own, whose memory nobody else uses. */
static struct found find_apart(void (*build)(weft_graph *g, weft_task **targets), const struct weft_pool_spec *spec)
{
    struct found f = {.status = WEFT_CRASHED};
    struct rusage usage;
    int ends[2], status;
    pid_t child;

    cr_assert_eq(pipe(ends), 0);
    fflush(NULL);
    child = fork();
    cr_assert_geq(child, 0);
    if (!child) {
        find(&f, build, spec);
        _exit(write(ends[1], &f, sizeof f) != sizeof f);
    }
    close(ends[1]);
    cr_assert_eq(read(ends[0], &f, sizeof f), (ssize_t)sizeof f);
    close(ends[0]);
    cr_assert_eq(wait4(child, &status, 0, &usage), child);
    f.resident = (size_t)usage.ru_maxrss << 10;
    return f;
}

static void stays_small(void (*build)(weft_graph *g, weft_task **targets))
{
    const struct found whole = find_apart(build, &(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    static const int workers[] = {1, 2, 8};

    cr_assert_eq(whole.status, WEFT_OK, "%s", whole.err.message);
    for (int w = 0; w < 3; w++) {
        const struct found f = find_apart(build, &(struct weft_pool_spec){.n_workers = workers[w], .limit_bytes = limit_bytes()});

        cr_assert_eq(f.status, WEFT_OK, "%s", f.err.message);
        cr_expect_eq(memcmp(f.result, whole.result, sizeof f.result), 0, "%.17g and %.17g", f.result[0], whole.result[0]);
        cr_expect_leq(f.memory.peak, limit_bytes(), "%zu", f.memory.peak);
        cr_expect_geq(f.memory.written, 8 * limit_bytes(), "%llu", (unsigned long long)f.memory.written);
        cr_expect_leq(f.memory.disk_peak, 25 * limit_bytes());
        cr_expect_eq(f.memory.n_over, 0u);
#if WF_HAVE_JEMALLOC /* sanitizers keep what is freed */
        cr_expect_leq(f.resident, limit_bytes() + 64 * MIB, "%zu MiB with %d workers", f.resident / MIB, workers[w]);
        cr_expect_geq(whole.resident, 9 * limit_bytes(), "%zu MiB: else this proves nothing", whole.resident / MIB);
#endif
    }
}

Test(memory, x_less_its_mean_over_ten_times_the_limit, .timeout = 280)
{
    stays_small(deviations);
}

Test(memory, anomalies_over_ten_times_the_limit, .timeout = 280)
{
    stays_small(anomalies);
}
