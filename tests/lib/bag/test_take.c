/* test_take.c - take walks on until it has enough, and no further. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <stdatomic.h>

#include "tests/support/run_bag.h"

enum { N = 200 };

static atomic_int n_seen;

static weft_status every(const struct weft_record *in, bool *keep, void *arg, struct weft_error *err)
{
    (void)err;
    atomic_fetch_add(&n_seen, 1);
    *keep = *(const int *)in->data >= *(const int *)arg;
    return WEFT_OK;
}

/* The numbers from `least` on. */
static weft_bag *numbers(weft_graph *g, int n_partitions, int least)
{
    static int all[N];

    for (int i = 0; i < N; i++)
        all[i] = i;
    return weft_bag_filter(weft_bag_parallelize(g, all, sizeof *all, N, n_partitions), every,
                           WEFT_STEP(.arg = &least, .arg_bytes = sizeof least));
}

Test(take, gives_the_first_n_wherever_they_lie)
{
    const int wanted[] = {0, 1, 7, 100, N, N + 50};
    const int least[] = {0, 3, 150, N}; /* also when the first partitions have nothing */

    for (int parts = 1; parts <= 17; parts++)
        for (int w = 0; w < 6; w++)
            for (int l = 0; l < 4; l++) {
                weft_graph *g = weft_graph_new();
                weft_records *r = run_records(weft_bag_take(numbers(g, parts, least[l]), wanted[w]),
                                              run_workers[parts % RUN_WORKERS]);
                const int n = wanted[w] < N - least[l] ? wanted[w] : N - least[l];

                cr_assert_eq(weft_records_n(r), n);
                for (int i = 0; i < n; i++)
                    cr_assert_eq(*(const int *)weft_records_at(r, i).data, least[l] + i);
                weft_records_release(r);
                weft_graph_free(g);
            }
}

Test(take, looks_at_no_record_more_than_needed)
{
    weft_graph *g = weft_graph_new();
    weft_records *r = run_records(weft_bag_take(numbers(g, 10, 50), 25), 4);

    cr_assert_eq(weft_records_n(r), 25);
    cr_assert_eq(atomic_load(&n_seen), 75);
    weft_records_release(r);
    weft_graph_free(g);
}

static weft_status ten_of_it(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    for (int i = 0; i < 10; i++)
        if (weft_emit_struct(out, in->data))
            return WEFT_FAILED; /* any status: the reason is known */
    return WEFT_OK;
}

Test(take, a_function_that_stops_when_told_does_not_fail)
{
    weft_graph *g = weft_graph_new();
    weft_records *r = run_records(weft_bag_take(weft_bag_flat_map(numbers(g, 3, 0), ten_of_it, NULL), 15), 2);

    cr_assert_eq(weft_records_n(r), 15);
    cr_assert_eq(*(const int *)weft_records_at(r, 14).data, 1);
    weft_records_release(r);
    weft_graph_free(g);
}

Test(take, a_negative_number_is_refused)
{
    struct weft_error err;
    weft_graph *g = weft_graph_new();

    cr_assert_eq(run_fails(weft_bag_take(numbers(g, 3, 0), -1), 2, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "take: -1 records");
    weft_graph_free(g);
}

Test(take, first_and_is_empty_look_for_one_record)
{
    const int least[] = {0, 150, N};
    struct weft_error err;

    for (int l = 0; l < 3; l++)
        for (int parts = 1; parts <= 17; parts += 8) {
            weft_graph *g = weft_graph_new();
            weft_task *first = weft_bag_first(numbers(g, parts, least[l]));

            cr_assert_eq(weft_value_i64(run_value(weft_bag_is_empty(numbers(g, parts, least[l])), 2)), least[l] == N);
            if (least[l] < N) {
                weft_records *r = run_records(first, 2);

                cr_assert_eq(weft_records_n(r), 1);
                cr_assert_eq(*(const int *)weft_records_data(r), least[l]);
                weft_records_release(r);
            } else {
                cr_assert_eq(run_fails(first, 2, &err), WEFT_EMPTY);
                cr_assert_str_eq(err.message, "first: there is no record");
            }
            weft_graph_free(g);
        }
    cr_assert_eq(run_fails(weft_bag_first(NULL), 2, &err), WEFT_NOMEM);
}
