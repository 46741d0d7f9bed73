/* test_lower.c - partitions and the whole, as tasks. */
#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/frames.h"

Test(lower, partitions_one_after_another_are_the_whole)
{
    uint64_t seed = 1;
    weft_chunk *all = random_chunk(&seed, 100, 20, 10);

    for (int n = 1; n <= 17; n += 4) {
        weft_graph *g = weft_graph_new();
        weft_frame *f = cut_frame(g, &seed, all, n, n > 1 ? HOLE_LAST : NO_HOLES);
        weft_chunk *parts[17], *joined, *whole = frame_rows(f);

        cr_assert(same_chunks(whole, all));
        for (int i = 0; i < n; i++)
            parts[i] = frame_chunk(weft_frame_partition(f, i));
        joined = wf_chunk_concat(parts, n);
        cr_assert(same_chunks(joined, all));
        for (int i = 0; i < n; i++)
            weft_chunk_release(parts[i]);
        weft_chunk_release(joined);
        weft_chunk_release(whole);
        weft_graph_free(g);
    }
    weft_chunk_release(all);
}

Test(lower, tasks_are_named_after_the_operations_they_do)
{
    uint64_t seed = 2;
    weft_chunk *all = random_chunk(&seed, 100, 20, 10);
    weft_graph *g = weft_graph_new();
    weft_frame *f = cut_frame(g, &seed, all, 2, NO_HOLES);
    weft_task *t;

    f = weft_frame_filter(weft_frame_assign(weft_frame_assign(f, "z", "i + 1"), "y", "z + 1"), "y > 0");
    t = weft_frame_partition(f, 1);
    cr_assert_str_eq(weft_task_name(t), "assign+filter");
    cr_assert_str_eq(weft_graph_layer_name(g, weft_task_layer(t)), "assign+filter");
    cr_assert_eq(t, weft_frame_partition(f, 1)); /* made once */
    t = weft_frame_sum(f, "y");
    cr_assert_str_eq(weft_task_name(t), "sum");
    cr_assert_str_eq(weft_task_name(weft_task_dep(t, 0)), "assign+filter+sum-partial");
    weft_chunk_release(all);
    weft_graph_free(g);
}

Test(lower, worker_processes_give_the_same_rows)
{
    uint64_t seed = 3;
    weft_chunk *all = random_chunk(&seed, 3000, 40, 10);
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_assign(cut_frame(g, &seed, all, 4, HOLE_MIDDLE), "z", "i * 2");
    weft_task *const tasks[] = {
        weft_frame_whole(weft_frame_sort(weft_frame_filter(f, "z > 10"), "s", WEFT_DESCENDING)),
        weft_frame_whole(weft_frame_group(f, WEFT_NAMES("s", "b"), WEFT_AGGS({WEFT_AGG_SUM, "z"}, {WEFT_AGG_MIN, "s"}), NULL)),
        weft_frame_head(f, 500),
    };
    weft_pool *serial = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_pool *processes = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_PROCESSES, .n_workers = 2});
    struct weft_value a[3], b[3];
    struct weft_error err = {0};

    cr_assert_eq(weft_pool_run_many(serial, tasks, 3, NULL, a, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_pool_run_many(processes, tasks, 3, NULL, b, &err), WEFT_OK, "%s", err.message);
    for (int i = 0; i < 3; i++) {
        cr_assert(same_chunks(weft_value_chunk(a[i]), weft_value_chunk(b[i])));
        weft_value_release(a[i]);
        weft_value_release(b[i]);
    }
    weft_pool_free(serial);
    weft_pool_free(processes);
    weft_chunk_release(all);
    weft_graph_free(g);
}
