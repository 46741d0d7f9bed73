/* test_bag.c - a bag is a description: kept once, failing whole, leaking nothing. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/mem.h"
#include "tests/support/run_bag.h"
#include "tests/support/tempdir.h"

static atomic_int n_calls;

static weft_status called(const struct weft_record *in, bool *keep, void *arg, struct weft_error *err)
{
    (void)in, (void)keep, (void)arg, (void)err;
    atomic_fetch_add(&n_calls, 1);
    return WEFT_OK;
}

Test(bag, a_chain_runs_once_per_action_unless_kept)
{
    int all[10] = {0};

    for (int kept = 0; kept < 2; kept++) {
        weft_graph *g = weft_graph_new();
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
        weft_bag *b = weft_bag_filter(weft_bag_parallelize(g, all, sizeof *all, 10, 3), called, NULL);
        weft_bag *more = weft_bag_filter(b, called, NULL); /* built before b is kept */
        weft_task *tasks[2];

        atomic_store(&n_calls, 0);
        if (kept)
            cr_assert_eq(weft_bag_keep(b), b);
        tasks[0] = weft_bag_count(b);
        tasks[1] = weft_bag_count(more);
        cr_assert_eq(weft_pool_run_many(pool, tasks, 2, NULL, NULL, NULL), WEFT_OK);
        cr_assert_eq(atomic_load(&n_calls), kept ? 20 : 30);
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

Test(bag, says_what_its_records_are)
{
    weft_graph *g = weft_graph_new();
    int x = 0;
    weft_bag *b = weft_bag_parallelize(g, &x, sizeof x, 1, 1);

    cr_assert_eq(weft_bag_kind(b), WEFT_STRUCTS);
    cr_assert_eq(weft_bag_record_bytes(b), sizeof x);
    cr_assert_eq(weft_bag_n_partitions(weft_bag_keys(b)), 0, "a failed bag has none");
    cr_assert_eq(weft_bag_n_partitions(NULL), 0);
    weft_graph_free(g);
}

/* ---- Memory: everything, with each allocation refused once --------------------------- */

static weft_status split(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    static const int64_t one = 1;

    (void)arg, (void)err;
    for (int64_t i = 0; i < in->text.len; i++)
        weft_emit_pair(out, (struct weft_text){in->text.ptr + i, in->text.len - i}, &one);
    return WEFT_OK;
}

static weft_status add(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *(int64_t *)into += *(const int64_t *)value;
    return WEFT_OK;
}

static weft_status same(const weft_records *in, int64_t partition, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)partition, (void)arg, (void)err;
    for (int64_t i = 0; i < weft_records_n(in); i++) {
        const struct weft_record r = weft_records_at(in, i);

        weft_emit_record(out, &r);
    }
    return WEFT_OK;
}

static int n_taken, n_freed;

static void count_free(void *arg)
{
    (void)arg;
    n_freed++;
}

enum { RESULTS = 6 };

/* Builds and runs all operations there are; the values are given. */
static weft_status scenario(const char *paths, enum weft_pool_kind kind, struct weft_value *out,
                            struct weft_error *err)
{
    static char taken;
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = kind, .n_workers = 3});
    weft_bag *lines = weft_bag_text(g, paths, 3);
    weft_bag *parts = weft_bag_map_partitions(weft_bag_coalesce(weft_bag_union(lines, lines), 4), same,
                                              WEFT_STEP(.name = "same", .arg = &taken, .free_arg = count_free));
    weft_bag *pairs = weft_bag_flat_map(parts, split, WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof(int64_t)));
    weft_task *tasks[RESULTS] = {
        weft_bag_collect(weft_bag_reduce_by_key(pairs, add, 2, NULL)),
        weft_bag_collect(weft_bag_group_by_key(pairs, 2)),
        weft_bag_count_by_key(pairs),
        weft_bag_take(pairs, 50),
        weft_bag_count(pairs),
        weft_bag_reduce(weft_bag_values(pairs), add, NULL),
    };
    weft_status st;

    n_taken++;
    for (int i = 0; i < RESULTS; i++)
        out[i] = weft_value_none();
    st = pool ? weft_pool_run_many(pool, tasks, RESULTS, NULL, out, err) : WEFT_NOMEM;
    weft_pool_free(pool);
    weft_graph_free(g);
    return st;
}

static void release(struct weft_value *values)
{
    for (int i = 0; i < RESULTS; i++)
        weft_value_release(values[i]);
}

Test(bag, a_refused_allocation_is_an_error_and_leaks_nothing)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "x");
    struct weft_value values[RESULTS], judge[RESULTS];
    struct weft_error err = {0};
    int64_t n_asked;

    tempdir_write(dir, "x", "a short line\nthe second line, longer than the first\n\nlast");
    wf_mem_fail_at(0);
    cr_assert_eq(scenario(path, WEFT_POOL_SERIAL, judge, &err), WEFT_OK, "%s", err.message);
    n_asked = wf_mem_n_asked();
    cr_assert_gt(n_asked, 100);
    wf_mem_watch(true);
    for (int64_t nth = 1; nth <= n_asked; nth++) {
        weft_status st;
        bool all = true;

        wf_mem_fail_at(nth);
        st = scenario(path, WEFT_POOL_SERIAL, values, &err);
        wf_mem_fail_at(0);
        for (int i = 0; i < RESULTS; i++)
            all = all && values[i].type;
        /* Some allocations can do without, as a larger buffer; then all is there. */
        if (st == WEFT_OK)
            cr_assert(all, "allocation %lld", (long long)nth);
        else
            cr_assert_eq(st, WEFT_NOMEM, "allocation %lld: %s", (long long)nth, err.message);
        for (int i = 0; i < RESULTS; i++)
            if (weft_value_records(values[i]))
                cr_assert(run_equal(weft_value_records(values[i]), weft_value_records(judge[i])));
        release(values);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %lld leaks %lld", (long long)nth, (long long)wf_mem_n_live());
    }
    wf_mem_watch(false);
    release(judge);
    cr_assert_eq(n_freed, n_taken);
    free(path);
    tempdir_remove(dir);
}

Test(bag, processes_give_the_same_as_threads)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "x");
    struct weft_value judge[RESULTS], threads[RESULTS], processes[RESULTS];
    struct weft_error err = {0};

    tempdir_write(dir, "x", "a short line\nthe second line, longer than the first\n\nlast");
    cr_assert_eq(scenario(path, WEFT_POOL_SERIAL, judge, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(scenario(path, WEFT_POOL_THREADS, threads, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(scenario(path, WEFT_POOL_PROCESSES, processes, &err), WEFT_OK, "%s", err.message);
    for (int i = 0; i < RESULTS; i++) {
        const weft_records *wanted = weft_value_records(judge[i]);

        cr_assert_eq(weft_value_i64(judge[i]), weft_value_i64(threads[i]));
        cr_assert_eq(weft_value_i64(judge[i]), weft_value_i64(processes[i]));
        if (wanted)
            cr_assert(run_equal(wanted, weft_value_records(threads[i])) &&
                      run_equal(wanted, weft_value_records(processes[i])));
    }
    release(judge);
    release(threads);
    release(processes);
    free(path);
    tempdir_remove(dir);
}
