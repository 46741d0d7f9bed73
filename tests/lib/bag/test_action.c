/* test_action.c - collect, count and reduce are loops over all records. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/run_bag.h"

enum { N = 500 };

static double all[N];

static weft_bag *numbers(weft_graph *g, int n, int n_partitions)
{
    for (int i = 0; i < n; i++)
        all[i] = 1.0 / (i + 1) + (i % 5) * 1e9;
    return weft_bag_parallelize(g, all, sizeof *all, (size_t)n, n_partitions);
}

static weft_status add(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *(double *)into += *(const double *)value;
    return WEFT_OK;
}

/* Partitions by themselves, then eight of these at a time, level by level. */
static double plain_sum(int n, int n_partitions)
{
    double sums[64];
    bool there[64];
    int n_sums = n_partitions;

    for (int p = 0, i = 0; p < n_partitions; p++) {
        const int end = i + n / n_partitions + (p < n % n_partitions);

        there[p] = i < end;
        for (int k = i; k < end; k++)
            sums[p] = k == i ? all[k] : sums[p] + all[k];
        i = end;
    }
    do {
        int to = 0;

        for (int p = 0; p < n_sums; p += 8, to++) {
            double sum = 0;
            bool any = false;

            for (int k = p; k < n_sums && k < p + 8; k++)
                if (there[k]) {
                    sum = any ? sum + sums[k] : sums[k];
                    any = true;
                }
            sums[to] = sum;
            there[to] = any;
        }
        n_sums = to;
    } while (n_sums > 1);
    return sums[0];
}

Test(action, reduce_is_a_fixed_tree_to_the_last_bit)
{
    const int parts[] = {1, 2, 7, 8, 9, 17, 64};
    const int sizes[] = {1, 3, 8, N};

    for (int p = 0; p < 7; p++)
        for (int s = 0; s < 4; s++) {
            weft_graph *g = weft_graph_new();
            weft_task *t = weft_bag_reduce(numbers(g, sizes[s], parts[p]), add, NULL);
            const double wanted = plain_sum(sizes[s], parts[p]);

            for (int w = 0; w < RUN_WORKERS; w++) {
                weft_records *r = run_records(t, run_workers[w]);

                cr_assert_eq(weft_records_n(r), 1);
                cr_assert_eq(memcmp(weft_records_data(r), &wanted, sizeof wanted), 0);
                weft_records_release(r);
            }
            weft_graph_free(g);
        }
}

Test(action, reducing_nothing_is_an_error)
{
    struct weft_error err;

    for (int parts = 1; parts <= 17; parts += 8) {
        weft_graph *g = weft_graph_new();

        cr_assert_eq(run_fails(weft_bag_reduce(numbers(g, 0, parts), add, NULL), 2, &err), WEFT_EMPTY);
        cr_assert_str_eq(err.message, "reduce: there is no record");
        weft_graph_free(g);
    }
}

Test(action, count_and_collect_see_every_record_once)
{
    for (int parts = 1; parts <= 17; parts++)
        for (int n = 0; n <= N; n = n * 3 + 1) {
            weft_graph *g = weft_graph_new();
            weft_bag *b = numbers(g, n, parts);
            weft_records *r = run_records(weft_bag_collect(b), 3);

            cr_assert_eq(weft_value_i64(run_value(weft_bag_count(b), 3)), n);
            cr_assert_eq(weft_records_n(r), n);
            if (n)
                cr_assert_eq(memcmp(weft_records_data(r), all, (size_t)n * sizeof *all), 0);
            weft_records_release(r);
            weft_graph_free(g);
        }
}

static weft_status fail(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)into, (void)value, (void)arg;
    return weft_error_set(err, WEFT_FAILED, "no");
}

Test(action, a_failing_reduce_is_named)
{
    struct weft_error err;
    weft_graph *g = weft_graph_new();
    struct weft_text text = weft_text_of("a");

    cr_assert_eq(run_fails(weft_bag_reduce(numbers(g, 10, 2), fail, WEFT_STEP(.name = "sum")), 2, &err), WEFT_FAILED);
    cr_assert_str_eq(err.message, "sum: partition 0, record 1: no");
    cr_assert_eq(run_fails(weft_bag_reduce(weft_bag_parallelize_texts(g, &text, 1, 1), add, NULL), 2, &err), WEFT_TYPE);
    cr_assert_str_eq(err.message, "reduce: the records are texts, not structs");
    weft_graph_free(g);
}
