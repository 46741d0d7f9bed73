/* test_group.c - values of one key come together, in order of (partition, row). */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <stdio.h>

#include "tests/support/run_bag.h"

enum { N = 1500, KEYS = 41 };

static weft_status to_pair(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    char room[80];
    const int i = *(const int *)in->data;

    (void)arg, (void)err;
    return weft_emit_pair(out, (struct weft_text){room, sprintf(room, "key %0*d", i % KEYS, i % KEYS)}, &i);
}

static weft_bag *groups(weft_graph *g, int n, int n_partitions, int n_out)
{
    static int all[N];

    for (int i = 0; i < n; i++)
        all[i] = i;
    return weft_bag_group_by_key(weft_bag_map(weft_bag_parallelize(g, all, sizeof *all, (size_t)n, n_partitions),
                                              to_pair, WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof(int))),
                                 n_out);
}

Test(group, each_key_has_all_of_its_values_in_order)
{
    for (int parts = 1; parts <= 17; parts++)
        for (int n = 0; n <= N; n += n < 20 ? 20 : N - 20) {
            weft_graph *g = weft_graph_new();
            weft_bag *b = groups(g, n, parts, parts % 5);
            weft_records *r = run_records(weft_bag_collect(b), run_workers[parts % RUN_WORKERS]);

            cr_assert_eq(weft_records_n(r), n < KEYS ? n : KEYS);
            for (int64_t i = 0; i < weft_records_n(r); i++) {
                const struct weft_record is = weft_records_at(r, i);
                const int *values = is.data, key = values[0];

                /* Values of key k are k, k + KEYS, k + 2 KEYS, ...: numbers in order of rows. */
                cr_assert_lt(key, KEYS);
                cr_assert_eq(is.n, (n - key + KEYS - 1) / KEYS);
                for (int64_t k = 0; k < is.n; k++)
                    cr_assert_eq(values[k], key + KEYS * k);
            }
            weft_records_release(r);
            weft_graph_free(g);
        }
}

Test(group, any_number_of_workers_gives_the_same_bytes)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_bag_collect(groups(g, N, 7, 4));
    weft_records *judge = run_records(t, 0);

    for (int w = 1; w < RUN_WORKERS; w++) {
        weft_records *r = run_records(t, run_workers[w]);

        cr_assert(run_equal(judge, r));
        weft_records_release(r);
    }
    weft_records_release(judge);
    weft_graph_free(g);
}

static weft_status add(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *(int *)into += *(const int *)value;
    return WEFT_OK;
}

Test(group, values_of_groups_go_on_as_records)
{
    weft_graph *g = weft_graph_new();
    struct weft_value v = run_value(weft_bag_reduce(weft_bag_values(groups(g, N, 4, 3)), add, NULL), 2);

    cr_assert_eq(*(const int *)weft_records_data(weft_value_records(v)), N * (N - 1) / 2);
    weft_value_release(v);
    weft_graph_free(g);
}
