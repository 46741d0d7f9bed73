/* test_csv.c - frames over CSV files: partitions, types, what is read and what goes wrong. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/frames.h"
#include "tests/support/nomem.h"
#include "tests/support/tempdir.h"

static const char people[] =
    "name,age,born,note\n"
    "Ann,31,1990-02-03,\"two\nlines, and a comma\"\n"
    "Bob,,1985-12-31,plain\n"
    "\"Cy \"\"C\"\" Young\",44,,\n"
    "Dora,52,1970-01-01,\"\n\n\"\n"
    "Eve,7,2015-06-07,last";

Test(csv, quoted_newlines_do_not_cut_a_record_in_any_partitions)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "people.csv");
    weft_chunk *one = NULL;

    tempdir_write(dir, "people.csv", people);
    for (int n = 1; n <= 7; n++) {
        weft_graph *g = weft_graph_new();
        weft_frame *f = weft_frame_read_csv(g, path, &(struct weft_csv_spec){.n_partitions = n});
        weft_chunk *c = frame_rows(f);

        cr_assert_eq(weft_frame_status(f, NULL), WEFT_OK);
        cr_assert_eq(weft_frame_n_rows(f), 5);
        cr_assert_eq(weft_frame_dtype(f, 1), WEFT_INT64);
        cr_assert_eq(weft_frame_dtype(f, 2), WEFT_DATE);
        cr_assert_eq(weft_chunk_n_rows(c), 5);
        if (!one)
            one = weft_chunk_retain(c);
        cr_assert(same_chunks(c, one));
        cr_assert_eq(frame_i64(weft_frame_sum(f, "age")), 31 + 44 + 52 + 7);
        cr_assert_eq(frame_i64(weft_frame_size(f)), 5);
        cr_assert_eq(frame_i64(weft_frame_size(weft_frame_filter(f, "true"))), 5); /* no column is read */
        weft_chunk_release(c);
        c = frame_rows(weft_frame_select(weft_frame_filter(f, "age > 40"), WEFT_NAMES("note", "name")));
        cr_assert_eq(weft_chunk_n_rows(c), 2);
        cr_assert_eq(weft_chunk_text_at(c, 0, 1).len, 2);
        cr_assert_eq(weft_chunk_text_at(c, 1, 0).ptr[0], 'C');
        weft_chunk_release(c);
        weft_graph_free(g);
    }
    cr_assert_eq(memcmp(weft_chunk_text_at(one, 3, 0).ptr, "two\nlines, and a comma", 22), 0);
    weft_chunk_release(one);
    tempdir_remove(dir);
    free(path);
}

Test(csv, head_reads_what_it_needs)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "people.csv");

    tempdir_write(dir, "people.csv", people);
    for (int n = 1; n <= 5; n += 2) {
        weft_graph *g = weft_graph_new();
        weft_frame *f = weft_frame_read_csv(g, path, &(struct weft_csv_spec){.n_partitions = n});
        weft_chunk *c = frame_chunk(weft_frame_head(f, 3));

        cr_assert_eq(weft_chunk_n_rows(c), 3);
        cr_assert_eq(weft_chunk_i64_at(c, 1, 2), 44);
        weft_chunk_release(c);
        c = frame_chunk(weft_frame_head(weft_frame_filter(f, "age > 40"), 1));
        cr_assert_eq(weft_chunk_n_rows(c), 1);
        cr_assert_eq(weft_chunk_i64_at(c, 1, 0), 44);
        weft_chunk_release(c);
        weft_graph_free(g);
    }
    tempdir_remove(dir);
    free(path);
}

Test(csv, equal_reads_are_one_task)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "people.csv");
    weft_graph *g = weft_graph_new();
    weft_frame *f;
    weft_plan *plan = NULL;

    tempdir_write(dir, "people.csv", people);
    f = weft_frame_read_csv(g, path, &(struct weft_csv_spec){.n_partitions = 2});
    weft_task *const tasks[] = {weft_frame_sum(f, "age"), weft_frame_mean(f, "age")};

    cr_assert_eq(weft_plan_new(&plan, tasks, 2, NULL, NULL), WEFT_OK);
    /* Two reads for both, and for each two partials and an end. */
    cr_assert_eq(weft_plan_n_tasks(plan), 2 + 2 * 3);
    weft_plan_free(plan);
    weft_graph_free(g);
    tempdir_remove(dir);
    free(path);
}

Test(csv, what_is_wrong_with_a_file_is_told_by_name)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "people.csv"), *none = tempdir_path(dir, "none.csv");
    weft_graph *g = weft_graph_new();
    const struct weft_csv_type age = {"name", WEFT_INT64};
    weft_frame *f;

    tempdir_write(dir, "people.csv", people);
    frame_fails_with(weft_frame_read_csv(g, none, NULL), WEFT_IO, "none.csv: No such file or directory");
    f = weft_frame_read_csv(g, path, &(struct weft_csv_spec){.dtypes = &age, .n_dtypes = 1});
    fails_with(weft_frame_whole(f), WEFT_PARSE, "\"Ann\" is not an int64");
    f = weft_frame_read_csv(g, path, NULL);
    cr_assert_eq(weft_frame_status(f, NULL), WEFT_OK);
    tempdir_write(dir, "people.csv", "name,age,born,note\n");
    fails_with(weft_frame_sum(f, "age"), WEFT_IO, "people.csv");
    weft_graph_free(g);
    tempdir_remove(dir);
    free(path);
    free(none);
}

static weft_status read_and_group(void *path)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_frame *f = weft_frame_read_csv(g, path, &(struct weft_csv_spec){.n_partitions = 2});
    weft_frame *grouped = weft_frame_group(weft_frame_assign(f, "old", "age > 40"), WEFT_NAMES("old"),
                                           WEFT_AGGS({WEFT_AGG_MEAN, "age"}, {WEFT_AGG_MIN, "note"}), NULL);
    weft_task *const tasks[] = {weft_frame_whole(grouped), weft_frame_head(f, 2)};
    struct weft_value v[2] = {weft_value_none(), weft_value_none()};
    weft_status st = pool ? weft_pool_run_many(pool, tasks, 2, NULL, v, NULL) : WEFT_NOMEM;

    weft_value_release(v[0]);
    weft_value_release(v[1]);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st;
}

Test(csv, every_refused_allocation_is_told_and_nothing_leaks)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "people.csv");

    tempdir_write(dir, "people.csv", people);
    nomem_everywhere(read_and_group, path);
    tempdir_remove(dir);
    free(path);
}
