#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include "tests/support/nomem.h"
#include "tests/support/tempdir.h"

enum { N_ROWS = 300, N_PARTS = 7 };

/* A file of rows "id,x,name": x is id * 7 % 50. */
static char *file_new(const char *dir)
{
    char *text;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    fprintf(to, "id,x,name\n");
    for (int i = 0; i < N_ROWS; i++)
        fprintf(to, "%d,%d,%.*s\n", i, i * 7 % 50, i % 9, "abcdefghi");
    fclose(to);
    tempdir_write(dir, "rows.csv", text);
    free(text);
    return tempdir_path(dir, "rows.csv");
}

/* Each row of the table is where the file has its id; as many rows as those with `is_left`. */
static void all_found(weft_pool *pool, weft_task *t, bool (*is_left)(int id))
{
    struct weft_source_range r;
    struct weft_error err;
    int64_t row = 0;

    for (int id = 0; id < N_ROWS; id++) {
        if (!is_left(id))
            continue;
        cr_assert(!weft_pool_source_of_row(pool, t, row++, &r, &err), "row %lld: %s", (long long)row - 1, err.message);
        cr_assert_eq(r.first_row, id, "row %lld was %lld, not %d", (long long)row - 1, (long long)r.first_row, id);
    }
    cr_assert_eq(weft_pool_source_of_row(pool, t, row, &r, &err), WEFT_RANGE);
}

static bool is_small(int id)
{
    return id * 7 % 50 < 11;
}

static bool is_small_and_odd(int id)
{
    return is_small(id) && id % 2;
}

static bool is_any(int id)
{
    (void)id;
    return true;
}

static bool is_none(int id)
{
    (void)id;
    return false;
}

Test(source, every_row_that_filters_leave_is_found)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    char *dir = tempdir_new(), *path = file_new(dir);
    weft_frame *f = weft_frame_read_csv(g, path, &(struct weft_csv_spec){.n_partitions = N_PARTS});
    weft_frame *few = weft_frame_filter(weft_frame_assign(f, "y", "x + 1"), "y < 12");
    weft_frame *fewer = weft_frame_filter(weft_frame_assign(weft_frame_keep(few), "odd", "id % 2"), "odd == 1");

    all_found(pool, weft_frame_whole(few), is_small);
    all_found(pool, weft_frame_whole(fewer), is_small_and_odd);
    all_found(pool, weft_frame_whole(weft_frame_filter(f, "x < 100")), is_any);
    all_found(pool, weft_frame_whole(weft_frame_filter(f, "x > 100")), is_none);
    all_found(pool, weft_frame_whole(f), is_any);
    all_found(pool, weft_frame_partition(weft_frame_filter(weft_frame_read_csv(g, path, NULL), "x < 11"), 0), is_small);
    weft_graph_free(g);
    weft_pool_free(pool);
    tempdir_remove(dir);
    free(path);
}

static weft_status give_three(weft_call *call, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_call_return(call, weft_value_of_i64(3));
    return WEFT_OK;
}

Test(source, what_a_row_was_cannot_be_told_through_a_sort_or_of_no_table)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_graph *g = weft_graph_new();
    char *dir = tempdir_new(), *path = file_new(dir);
    weft_frame *f = weft_frame_read_csv(g, path, &(struct weft_csv_spec){.n_partitions = N_PARTS});
    weft_task *three = weft_add(g, give_three), *some = weft_add(g, give_three, .flags = WEFT_SOME_ROWS, .deps = WEFT_DEPS(three));
    weft_task *loop = weft_graph_ref(g, "a"), *other = weft_graph_alias(g, "b", loop);
    struct weft_source_range r;
    struct weft_error err;

    cr_assert_eq(weft_pool_source_of_row(pool, weft_frame_whole(weft_frame_filter(weft_frame_sort(f, "x", WEFT_ASCENDING), "x > 3")),
                                         2, &r, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "does not say where its rows come from"), "%s", err.message);
    cr_assert_eq(weft_pool_source_of_row(pool, some, 0, &r, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "gives no chunk"), "%s", err.message);
    weft_graph_alias(g, "a", other);
    cr_assert_neq(weft_pool_source_of_row(pool, other, 0, &r, &err), WEFT_OK);
    tempdir_write(dir, "rows.csv", "id,x,name\n");
    cr_assert_eq(weft_pool_source_of_row(pool, weft_frame_whole(weft_frame_filter(f, "x > 3")), 2, &r, &err), WEFT_IO);
    weft_graph_free(g);
    weft_pool_free(pool);
    tempdir_remove(dir);
    free(path);
}

static weft_status ask(void *path)
{
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_frame *f = weft_frame_filter(weft_frame_read_csv(g, path, &(struct weft_csv_spec){.n_partitions = 2}), "x < 11");
    struct weft_source_range r;
    const weft_status st = pool ? weft_pool_source_of_row(pool, weft_frame_whole(f), 40, &r, NULL) : WEFT_NOMEM;

    weft_pool_free(pool);
    weft_graph_free(g);
    return st;
}

Test(source, every_allocation_may_fail)
{
    char *dir = tempdir_new(), *path = file_new(dir);

    cr_assert(!ask(path));
    nomem_everywhere(ask, path);
    tempdir_remove(dir);
    free(path);
}
