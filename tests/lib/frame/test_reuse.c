/* test_reuse.c - a file that has changed makes its path through the graph run, and no other. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <weft/frame.h>
#include <weft/memo.h>
#include <weft/pool.h>

#include "tests/support/columns.h"
#include "tests/support/tempdir.h"

enum { FILES = 100, ROWS = 50 };

TestSuite(reuse, .init = tempdir_begin, .fini = tempdir_end);

/* File i, whose numbers follow from `seed`, changed at `when`. */
static void write_file(int i, int seed, int64_t when)
{
    const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    char text[ROWS * 32], name[32], *path;
    size_t at = (size_t)sprintf(text, "k,x\n");

    for (int r = 0; r < ROWS; r++)
        at += (size_t)sprintf(text + at, "%c,%d.%d\n", 'a' + (r * 7 + seed) % 5, 100 + (r * 13 + seed * 31) % 900, r % 10);
    snprintf(name, sizeof name, "%02d.csv", i);
    tempdir_write(tempdir, name, text);
    path = tempdir_path(tempdir, name);
    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    free(path);
}

/* The first rows of all inputs under each other would need a frame; the sums do for a test. */
static weft_status add_body(weft_call *call, void *arg, struct weft_error *err)
{
    double sum = 0;

    (void)arg, (void)err;
    for (size_t i = 0; i < weft_call_n_inputs(call); i++)
        sum += weft_value_f64(weft_call_input(call, i));
    weft_call_return(call, weft_value_of_f64(sum));
    return WEFT_OK;
}

/*   file -> read -> partial -> sum  ----->  add, for each file   */
static weft_task *all_files(weft_graph *g, const struct weft_csv_spec *spec)
{
    weft_task *sums[FILES];

    for (int i = 0; i < FILES; i++) {
        char name[32], *path;

        snprintf(name, sizeof name, "%02d.csv", i);
        path = tempdir_path(tempdir, name);
        sums[i] = weft_frame_sum(weft_frame_filter(weft_frame_read_csv(g, path, spec), "k != 'b'"), "x * 2");
        free(path);
    }
    return weft_add(g, add_body, .name = "add", .deps = sums, .n_deps = FILES, .flags = WEFT_PURE);
}

static double run_all(weft_pool *pool, weft_memo *memo, uint32_t key_flags, const struct weft_csv_spec *spec,
                      struct weft_reuse *reuse)
{
    weft_graph *g = weft_graph_new();
    weft_task *t;
    struct weft_value v;
    struct weft_error err;

    weft_graph_keys(g, key_flags | WEFT_KEYS_STRICT);
    t = all_files(g, spec);
    cr_assert_eq(weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.memo = memo, .reuse = reuse}, &v, &err), WEFT_OK,
                 "%s", err.message);
    weft_graph_free(g);
    return weft_value_f64(v);
}

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

Test(reuse, one_file_of_a_hundred_that_changed_runs_its_path_and_no_other)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    struct weft_reuse first, again, changed, plain;
    char *cache = tempdir_path(tempdir, "cache");
    double was, now;
    size_t n_file; /* tasks of one file */
    weft_memo *memo;

    for (int i = 0; i < FILES; i++)
        write_file(i, i, 1000000000 + i);
    cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1, .folder = cache}, NULL), WEFT_OK);
    was = run_all(pool, memo, 0, NULL, &first);
    cr_assert_eq(first.n_reused, 0);
    n_file = (first.n_needed - 1) / FILES;
    cr_assert_eq(first.n_needed, FILES * n_file + 1);
    cr_assert(same(run_all(pool, memo, 0, NULL, &again), was));
    cr_assert_eq(again.n_reused, 1);
    cr_assert_eq(again.n_needed, again.n_reused + again.n_culled, "nothing runs");

    write_file(37, 5, 1000000037 + 1);
    now = run_all(pool, memo, 0, NULL, &changed);
    cr_assert_not(same(now, was));
    cr_assert_eq(changed.n_needed, first.n_needed);
    cr_assert_eq(changed.n_reused, FILES - 1);
    cr_assert_eq(changed.n_needed - changed.n_reused - changed.n_culled, n_file + 1);
    cr_assert(same(run_all(pool, NULL, 0, NULL, &plain), now), "to the bit");
    weft_memo_free(memo);

    /* As another process would, with nothing but the folder. */
    cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1, .folder = cache}, NULL), WEFT_OK);
    write_file(63, 6, 1000000063 + 1);
    now = run_all(pool, memo, 0, NULL, &changed);
    cr_assert_eq(changed.n_needed - changed.n_reused - changed.n_culled, n_file + 1);
    cr_assert(same(run_all(pool, NULL, 0, NULL, &plain), now));
    weft_memo_free(memo);
    weft_pool_free(pool);
    free(cache);
}

Test(reuse, a_file_touched_is_another_but_not_by_content_and_how_it_is_read_counts)
{
    static const struct weft_csv_type types[] = {{"x", WEFT_FLOAT32}};
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    const struct weft_csv_spec typed = {.dtypes = types, .n_dtypes = 1};
    struct weft_reuse r;
    weft_memo *memo;

    for (int i = 0; i < FILES; i++)
        write_file(i, i, 1000000000);
    cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
    run_all(pool, memo, 0, NULL, &r);
    run_all(pool, memo, WEFT_KEYS_BY_CONTENT, NULL, &r);
    cr_assert_eq(r.n_reused, 0, "keys of the two kinds differ");
    write_file(3, 3, 1000000001);
    run_all(pool, memo, 0, NULL, &r);
    cr_assert_eq(r.n_reused, FILES - 1);
    run_all(pool, memo, WEFT_KEYS_BY_CONTENT, NULL, &r);
    cr_assert_eq(r.n_reused, 1);
    run_all(pool, memo, 0, &typed, &r);
    cr_assert_eq(r.n_reused, 0);
    run_all(pool, memo, 0, &typed, &r);
    cr_assert_eq(r.n_reused, 1);
    weft_memo_free(memo);
    weft_pool_free(pool);
}

/* The whole of a frame's ways: every task has a key that means something elsewhere. */
Test(reuse, every_task_over_files_has_a_token)
{
    weft_graph *g = weft_graph_new();
    char *path = tempdir_path(tempdir, "00.csv");
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_memo *memo;
    weft_frame *f;
    struct weft_token token;
    struct weft_error err;
    weft_task *t[3];

    write_file(0, 0, 1000000000);
    cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
    weft_graph_keys(g, WEFT_KEYS_STRICT);
    f = weft_frame_read_csv(g, path, &(struct weft_csv_spec){.n_partitions = 3});
    t[0] = weft_frame_whole(weft_frame_sort(f, "x", WEFT_ASCENDING));
    t[1] = weft_frame_head(f, 20);
    t[2] = weft_frame_mean(f, "x");
    for (int i = 0; i < 3; i++)
        cr_assert_eq(weft_task_token(t[i], &token, &err), WEFT_OK, "%d: %s", i, err.message);
    for (int round = 0; round < 2; round++) {
        struct weft_value v[3];
        struct weft_reuse r;
        static char *texts[2];
        size_t n;
        FILE *to = open_memstream(&texts[round], &n);

        cr_assert_eq(weft_pool_run_many(pool, t, 3, &(struct weft_run_spec){.memo = memo, .reuse = &r}, v, &err), WEFT_OK);
        cr_assert_eq(r.n_reused, round ? 3 : 0, "round %d: %zu needed, %zu reused, %zu culled", round, r.n_needed, r.n_reused, r.n_culled);
        for (int i = 0; i < 3; i++) {
            if (weft_value_chunk(v[i]))
                weft_chunk_print(weft_value_chunk(v[i]), 100, to);
            else
                fprintf(to, "%.17g\n", weft_value_f64(v[i]));
            weft_value_release(v[i]);
        }
        fclose(to);
        if (round) {
            cr_assert_str_eq(texts[0], texts[1]);
            free(texts[0]);
            free(texts[1]);
        }
    }
    weft_memo_free(memo);
    weft_pool_free(pool);
    weft_graph_free(g);
    free(path);
}
