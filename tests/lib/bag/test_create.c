/* test_create.c - bags from memory, tasks and bags have the partitions they say. */
#include <weft/weft.h>

#include <criterion/criterion.h>

#include "tests/support/run_bag.h"

enum { N = 100 };

static weft_bag *numbers(weft_graph *g, int first, int n, int n_partitions)
{
    int all[N];

    for (int i = 0; i < n; i++)
        all[i] = first + i;
    return weft_bag_parallelize(g, all, sizeof *all, (size_t)n, n_partitions);
}

static void assert_numbers(weft_bag *b, int first, int n)
{
    weft_records *r = run_records(weft_bag_collect(b), 2);

    cr_assert_eq(weft_records_n(r), n);
    for (int i = 0; i < n; i++)
        cr_assert_eq(*(const int *)weft_records_at(r, i).data, first + i);
    weft_records_release(r);
}

Test(create, partitions_differ_by_one_record_at_most)
{
    for (int n = 0; n <= N; n += 11)
        for (int parts = 1; parts <= 17; parts++) {
            weft_graph *g = weft_graph_new();
            weft_bag *b = numbers(g, 0, n, parts);

            cr_assert_eq(weft_bag_n_partitions(b), parts);
            for (int p = 0; p < parts; p++) {
                weft_records *r = run_records(weft_bag_task(b, p), 1);

                cr_assert_eq(weft_records_n(r), n / parts + (p < n % parts));
                weft_records_release(r);
            }
            assert_numbers(b, 0, n);
            weft_graph_free(g);
        }
}

Test(create, texts_are_copied)
{
    char room[5][8];
    struct weft_text texts[5];
    weft_graph *g = weft_graph_new();
    weft_bag *b;
    weft_records *r;

    for (int i = 0; i < 5; i++)
        texts[i] = (struct weft_text){room[i], sprintf(room[i], "%.*s", i, "abcdef")};
    b = weft_bag_parallelize_texts(g, texts, 5, 3);
    room[4][0] = 'x';
    r = run_records(weft_bag_collect(b), 2);
    for (int i = 0; i < 5; i++)
        cr_assert_eq(weft_records_at(r, i).text.len, i);
    cr_assert_eq(weft_records_at(r, 4).text.ptr[0], 'a');
    weft_records_release(r);
    weft_graph_free(g);
}

Test(create, union_is_the_partitions_of_both)
{
    weft_graph *g = weft_graph_new();
    weft_bag *b = weft_bag_union(numbers(g, 0, 10, 3), weft_bag_union(numbers(g, 10, 0, 2), numbers(g, 10, 7, 4)));
    struct weft_text text = weft_text_of("a");
    struct weft_error err;

    cr_assert_eq(weft_bag_n_partitions(b), 9);
    assert_numbers(b, 0, 17);
    b = weft_bag_union(b, weft_bag_parallelize_texts(g, &text, 1, 1));
    cr_assert_eq(run_fails(weft_bag_count(b), 1, &err), WEFT_TYPE);
    cr_assert_str_eq(err.message, "union: the records are structs of 4 bytes and texts of 0");
    weft_graph_free(g);
}

Test(create, coalesce_joins_neighbours_and_never_splits)
{
    for (int parts = 1; parts <= 17; parts++)
        for (int to = 1; to <= 20; to += 3) {
            weft_graph *g = weft_graph_new();
            weft_bag *b = weft_bag_coalesce(numbers(g, 5, 50, parts), to);

            cr_assert_eq(weft_bag_n_partitions(b), to < parts ? to : parts);
            assert_numbers(b, 5, 50);
            weft_graph_free(g);
        }
}

static weft_status give_number(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(3));
    return WEFT_OK;
}

Test(create, tasks_of_records_are_partitions)
{
    weft_graph *g = weft_graph_new();
    weft_bag *b = numbers(g, 0, 10, 2);
    weft_task *tasks[3] = {weft_bag_task(b, 0), weft_bag_task(b, 1), weft_add(g, give_number, .name = "number")};
    struct weft_error err;

    assert_numbers(weft_bag_of_tasks(g, tasks, 2, WEFT_STRUCTS, sizeof(int)), 0, 10);
    cr_assert_eq(run_fails(weft_bag_count(weft_bag_of_tasks(g, tasks, 2, WEFT_PAIRS, sizeof(int))), 1, &err), WEFT_TYPE);
    cr_assert_str_eq(err.message, "count: its input is structs of 4 bytes, not pairs of 4");
    cr_assert_eq(run_fails(weft_bag_count(weft_bag_of_tasks(g, tasks + 2, 1, WEFT_STRUCTS, 4)), 1, &err), WEFT_TYPE);
    cr_assert_str_eq(err.message, "count: its input is int64, not records");
    weft_graph_free(g);
}

Test(create, what_makes_no_sense_fails)
{
    weft_graph *g = weft_graph_new();
    struct weft_error err;
    weft_task *t = weft_graph_put(g, weft_value_none());

    cr_assert_eq(run_fails(weft_bag_count(numbers(g, 0, 3, 0)), 1, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "parallelize: 0 partitions");
    cr_assert_eq(run_fails(weft_bag_count(weft_bag_parallelize(g, "", 0, 3, 1)), 1, &err), WEFT_INVALID);
    cr_assert_eq(run_fails(weft_bag_count(weft_bag_parallelize(g, "", 1 << 20, SIZE_MAX >> 4, 1)), 1, &err), WEFT_INVALID);
    cr_assert_eq(run_fails(weft_bag_count(weft_bag_of_tasks(g, &t, 0, WEFT_TEXTS, 0)), 1, &err), WEFT_INVALID);
    cr_assert_eq(run_fails(weft_bag_count(weft_bag_of_tasks(g, &t, 1, WEFT_PAIRS, 0)), 1, &err), WEFT_INVALID);
    cr_assert_eq(run_fails(weft_bag_count(weft_bag_coalesce(numbers(g, 0, 3, 2), 0)), 1, &err), WEFT_INVALID);
    weft_graph_free(g);
}
