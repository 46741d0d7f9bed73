/* test_sources.c - what collections say they were made from, against the files themselves. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include "tests/support/nomem.h"
#include "tests/support/tempdir.h"

enum { N_FILES = 20, N_ROWS = 60, BAD_FILE = 13, BAD_ROW = 41 };

/* Files f00.csv .. f19.csv of rows "id,name,city", ids counted on from file to file; names of any
 * length, some with line feeds. One cell is no number if `is_bad`. */
struct files {
    char *dir, *path[N_FILES];
};

static void files_init(struct files *f, bool is_bad)
{
    f->dir = tempdir_new();
    for (int i = 0; i < N_FILES; i++) {
        char name[32], *text;
        size_t n;
        FILE *to = open_memstream(&text, &n);

        fprintf(to, "id,name,city\n");
        for (int row = 0; row < N_ROWS; row++) {
            if (is_bad && i == BAD_FILE && row == BAD_ROW)
                fprintf(to, "oops");
            else
                fprintf(to, "%d", i * N_ROWS + row);
            fprintf(to, row % 7 ? ",%.*s,c%d\n" : ",\"%.*s\n\n\",c%d\n", row % 11, "abcdefghijk", row % 3);
        }
        fclose(to);
        snprintf(name, sizeof name, "f%02d.csv", i);
        f->path[i] = tempdir_path(f->dir, name);
        tempdir_write(f->dir, name, text);
        free(text);
    }
}

static void files_fini(struct files *f)
{
    tempdir_remove(f->dir);
    for (int i = 0; i < N_FILES; i++)
        free(f->path[i]);
}

/* One frame of 3 partitions a file, ids being numbers by order. */
static weft_frame *frame_of(weft_graph *g, const struct files *f)
{
    static const struct weft_csv_type id = {"id", WEFT_INT64};
    weft_task *tasks[3 * N_FILES];
    weft_frame *one = NULL;

    for (int i = 0; i < N_FILES; i++) {
        one = weft_frame_read_csv(g, f->path[i], &(struct weft_csv_spec){.n_partitions = 3, .dtypes = &id, .n_dtypes = 1});
        for (int p = 0; p < 3; p++)
            tasks[3 * i + p] = weft_frame_partition(one, p);
    }
    return weft_frame_from_tasks(g, tasks, 3 * N_FILES, one);
}

/* The number that bytes of a file begin with. */
static int64_t id_at(const struct weft_source_range *r)
{
    char *text = tempdir_read(r->path, NULL);
    const int64_t id = atoll(text + r->begin);

    cr_assert_eq(text[r->end - 1], '\n');
    cr_assert(r->begin == 0 || text[r->begin - 1] == '\n');
    free(text);
    return id;
}

/* ---- A bad cell ---------------------------------------------------------------------------- */

Test(sources, a_bad_cell_in_one_of_twenty_files_is_found_from_the_error_and_from_the_result)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3});
    weft_graph *g = weft_graph_new();
    struct files files;
    struct weft_error err;
    struct weft_sources s;
    char bytes[64];
    weft_frame *f;
    weft_task *part, *sum;
    int bad = 3 * BAD_FILE + 2; /* rows 40 to 60 */

    files_init(&files, true);
    f = frame_of(g, &files);
    sum = weft_frame_sum(weft_frame_assign(f, "twice", "id * 2"), "twice");
    cr_assert_eq(weft_pool_run(pool, sum, NULL, &err), WEFT_PARSE);
    cr_assert(strstr(err.message, files.path[BAD_FILE]) && strstr(err.message, "record 42 ") && strstr(err.message, "\"oops\""),
              "%s", err.message);
    cr_assert_eq(strncmp(err.task, "read-csv", 8), 0, "%s", err.task);
    part = weft_frame_partition(f, bad);
    cr_assert(!weft_sources_of(&part, 1, &s, NULL));
    cr_assert_eq(s.n, 1);
    cr_assert_str_eq(s.range[0].path, files.path[BAD_FILE]);
    cr_assert(s.range[0].first_row == 40 && s.range[0].n_rows == 20);
    /* The file stands in the message, so it is not said again. */
    snprintf(bytes, sizeof bytes, "bytes %lld to %lld, rows 40 to 60", (long long)s.range[0].begin, (long long)s.range[0].end);
    cr_assert_str_eq(err.source, bytes);
    weft_sources_fini(&s);
    /* And the row, from the partition. */
    struct weft_source_range row;

    cr_assert(!weft_source_of_row(part, BAD_ROW - 40, &row, &err), "%s", err.message);
    cr_assert_eq(row.first_row, BAD_ROW);
    char *text = tempdir_read(row.path, NULL);
    cr_assert_eq(strncmp(text + row.begin, "oops,", 5), 0);
    free(text);
    cr_assert(!weft_sources_of(&sum, 1, &s, NULL));
    cr_assert_eq(s.n_files, N_FILES);
    cr_assert_eq(s.n_rows, N_FILES * N_ROWS);
    weft_sources_fini(&s);
    files_fini(&files);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status fail_on_42(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)arg;
    if (in->text.len >= 3 && !memcmp(in->text.ptr, "821", 3)) /* file 13, row 41 */
        return weft_error_set(err, WEFT_FAILED, "unlucky");
    return weft_emit_text(out, in->text);
}

Test(sources, a_function_of_the_user_that_fails_on_a_record_is_told_with_its_file)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3});
    weft_graph *g = weft_graph_new();
    struct files files;
    struct weft_error err;
    char pattern[300];
    weft_bag *b;

    files_init(&files, false);
    snprintf(pattern, sizeof pattern, "%s/f*.csv", files.dir);
    b = weft_bag_map(weft_bag_text(g, pattern, 0), fail_on_42, WEFT_STEP(.name = "look"));
    cr_assert_eq(weft_pool_run(pool, weft_bag_count(b), NULL, &err), WEFT_FAILED);
    cr_assert(strstr(err.message, "look: partition 13, record ") && strstr(err.message, "unlucky"), "%s", err.message);
    cr_assert_str_eq(err.source, files.path[BAD_FILE]); /* which is one piece */
    files_fini(&files);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- Whose rows ------------------------------------------------------------------------------- */

Test(sources, every_row_of_every_partition_is_found_in_its_file)
{
    weft_graph *g = weft_graph_new();
    struct files files;
    weft_frame *f, *more, *few;
    weft_task *whole, *array;
    struct weft_source_range row;
    struct weft_error err;

    files_init(&files, false);
    f = frame_of(g, &files);
    more = weft_frame_keep(weft_frame_assign(weft_frame_keep(weft_frame_select(f, WEFT_NAMES("name", "id"))), "x", "id + 1"));
    whole = weft_frame_whole(more);
    for (int p = 0; p < 3 * N_FILES; p++)
        for (int i = 0; i < 20; i++) {
            cr_assert(!weft_collection_source_of_row(weft_frame_collection(more), (size_t)p, i, &row, &err), "%s", err.message);
            cr_assert_eq(id_at(&row), 20 * p + i);
            cr_assert_eq(row.first_row, (20 * p + i) % N_ROWS);
            cr_assert(!weft_source_of_row(whole, 20 * p + i, &row, &err), "%s", err.message);
            cr_assert_eq(id_at(&row), 20 * p + i);
        }
    cr_assert_eq(weft_source_of_row(whole, N_FILES * N_ROWS, &row, &err), WEFT_RANGE);
    few = weft_frame_filter(f, "id > 3");
    cr_assert_eq(weft_collection_source_of_row(weft_frame_collection(few), 0, 0, &row, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "filter"), "%s", err.message);
    cr_assert_eq(weft_collection_source_of_row(weft_frame_collection(f), 60, 0, &row, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "part 60 of a frame with 60"), "%s", err.message);
    weft_array *ids = weft_frame_to_array(weft_frame_read_csv(g, files.path[2], &(struct weft_csv_spec){.n_partitions = 4}), "id");
    struct weft_sources s;

    cr_assert(!weft_collection_sources(weft_array_collection(weft_array_add(ids, ids)), 3, &s, &err), "%s", err.message);
    cr_assert(s.n == 1 && s.range[0].first_row == 45 && s.range[0].n_rows == 15);
    weft_sources_fini(&s);
    array = weft_array_whole(ids);
    cr_assert_eq(weft_task_status(array, NULL), WEFT_OK);

    cr_assert(!weft_sources_of(&array, 1, &s, &err));
    cr_assert(s.n == 1 && s.n_reads == 4 && s.n_rows == N_ROWS);
    weft_sources_fini(&s);
    files_fini(&files);
    weft_graph_free(g);
}

static weft_status shout(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    return weft_emit_text(out, in->text);
}

static weft_status drop_all(const struct weft_record *in, bool *keep, void *arg, struct weft_error *err)
{
    (void)in, (void)arg, (void)err;
    *keep = false;
    return WEFT_OK;
}

Test(sources, every_record_of_a_bag_is_a_line_of_its_file)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    struct files files;
    struct weft_source_range row;
    struct weft_error err;
    struct weft_value v;
    weft_task *all;
    weft_bag *b;
    char pattern[300];

    files_init(&files, false);
    snprintf(pattern, sizeof pattern, "%s/f0*.csv", files.dir);
    b = weft_bag_map(weft_bag_text(g, pattern, 37), shout, WEFT_STEP(.to = WEFT_TEXTS));
    all = weft_bag_collect(b);
    cr_assert(!weft_pool_run(pool, all, &v, &err), "%s", err.message);
    for (int64_t i = 0; i < weft_records_n(weft_value_records(v)); i += 3) {
        const struct weft_text text = weft_records_at(weft_value_records(v), i).text;
        char *file;

        cr_assert(!weft_source_of_row(all, i, &row, &err), "%s", err.message);
        file = tempdir_read(row.path, NULL);
        cr_assert_eq(row.end - row.begin, text.len + 1);
        cr_assert(!memcmp(file + row.begin, text.ptr, (size_t)text.len), "record %lld", (long long)i);
        free(file);
    }
    cr_assert_eq(weft_source_of_row(all, weft_records_n(weft_value_records(v)), &row, &err), WEFT_RANGE);
    cr_assert_eq(weft_source_of_row(weft_bag_task(weft_bag_filter(b, drop_all, WEFT_STEP()), 0), 0, &row, &err), WEFT_UNSUPPORTED);
    /* What was taken from the last piece is not what begins there. */
    cr_assert_eq(weft_source_of_row(weft_bag_take(b, 3), 0, &row, &err), WEFT_UNSUPPORTED);
    weft_value_release(v);
    files_fini(&files);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- Unions ----------------------------------------------------------------------------------- */

/* Of all files in order, each from its first row to its end; n_reads of a reader each. */
static void is_all(const struct files *files, weft_task *t, size_t n_reads)
{
    struct weft_sources s;
    struct weft_error err;

    cr_assert(!weft_sources_of(&t, 1, &s, &err), "%s", err.message);
    cr_assert_eq(s.n, N_FILES);
    cr_assert_eq(s.n_reads, n_reads, "%zu readings", s.n_reads);
    for (int i = 0; i < N_FILES; i++) {
        char *text = tempdir_read(files->path[i], NULL);

        cr_assert_str_eq(s.range[i].path, files->path[i]);
        cr_assert_eq(s.range[i].begin, 13); /* behind the header */
        cr_assert_eq(s.range[i].end, (int64_t)strlen(text));
        cr_assert(s.range[i].first_row == 0 && s.range[i].n_rows == N_ROWS);
        free(text);
    }
    weft_sources_fini(&s);
}

Test(sources, of_groups_sorts_and_reductions_are_all_files)
{
    weft_graph *g = weft_graph_new(), *best;
    struct files files;
    struct weft_error err;
    weft_frame *f, *sorted;
    weft_task *t, *out;

    files_init(&files, false);
    f = frame_of(g, &files);
    is_all(&files, weft_frame_sum(f, "id"), 60);
    is_all(&files, weft_frame_partition(weft_frame_group(f, WEFT_NAMES("city"), WEFT_AGGS({WEFT_AGG_MEAN, "id"}), NULL), 0), 60);
    sorted = weft_frame_sort(f, "name", WEFT_DESCENDING);
    for (int p = 0; p < weft_frame_n_partitions(sorted); p += 17)
        is_all(&files, weft_frame_partition(sorted, p), 60);
    t = weft_frame_sum(weft_frame_filter(f, "id > 7"), "id");
    cr_assert(!weft_optimize(&best, &out, &t, 1, NULL, &err), "%s", err.message);
    is_all(&files, out, 60);
    weft_graph_free(best);
    weft_graph_clone(g, &t, 1, NULL, &out);
    is_all(&files, out, 60);
    files_fini(&files);
    weft_graph_free(g);
}

Test(sources, of_what_is_kept_are_those_of_what_it_was)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new(), *into = weft_graph_new();
    struct files files;
    struct weft_collection kept, away;
    struct weft_source_range row;
    struct weft_sources s;
    struct weft_error err;
    weft_frame *f;

    files_init(&files, false);
    f = frame_of(g, &files);
    cr_assert(!weft_pool_persist(pool, weft_frame_collection(f), NULL, &kept, &err), "%s", err.message);
    cr_assert(!weft_pool_persist(pool, weft_frame_collection(f), into, &away, &err), "%s", err.message);
    is_all(&files, weft_frame_sum(weft_collection_frame(kept), "id"), 60);
    is_all(&files, weft_frame_sum(weft_collection_frame(away), "id"), 60);
    cr_assert(!weft_collection_source_of_row(kept, 7, 3, &row, &err), "%s", err.message);
    cr_assert_eq(id_at(&row), 143);
    weft_graph_free(g);
    cr_assert(!weft_collection_sources(away, 7, &s, &err));
    cr_assert(s.n == 1 && s.range[0].first_row == 20 && s.range[0].n_rows == 20);
    cr_assert_str_eq(s.range[0].path, files.path[2]);
    weft_sources_fini(&s);
    cr_assert_eq(weft_collection_source_of_row(away, 7, 3, &row, &err), WEFT_UNSUPPORTED);
    files_fini(&files);
    weft_graph_free(into);
    weft_pool_free(pool);
}

Test(sources, of_the_first_rows_are_no_more_than_where_they_were_looked_for)
{
    weft_graph *g = weft_graph_new();
    struct files files;
    struct weft_sources s;
    weft_task *head;

    files_init(&files, false);
    head = weft_frame_head(weft_frame_read_csv(g, files.path[0], &(struct weft_csv_spec){.n_partitions = 3}), 5);
    cr_assert(!weft_sources_of(&head, 1, &s, NULL));
    cr_assert(s.n == 1 && s.n_reads == 3 && s.n_rows == N_ROWS);
    weft_sources_fini(&s);
    files_fini(&files);
    weft_graph_free(g);
}

/* ---- Files that are not as they were ------------------------------------------------------------ */

Test(sources, a_row_of_a_file_that_has_changed_is_not_told)
{
    weft_graph *g = weft_graph_new();
    struct files files;
    struct weft_source_range row;
    struct weft_error err;
    weft_frame *f;

    files_init(&files, false);
    f = weft_frame_read_csv(g, files.path[0], NULL);
    tempdir_write(files.dir, "f00.csv", "id\n1\n2\n");
    cr_assert_eq(weft_collection_source_of_row(weft_frame_collection(f), 0, 3, &row, &err), WEFT_IO);
    cr_assert(strstr(err.message, "f00.csv: has changed"), "%s", err.message);
    files_fini(&files);
    weft_graph_free(g);
}

Test(sources, of_files_without_rows_or_header_are_told)
{
    weft_graph *g = weft_graph_new();
    char *dir = tempdir_new(), *empty = tempdir_path(dir, "empty.csv"), *bare = tempdir_path(dir, "bare.csv");
    struct weft_source_range row;
    struct weft_sources s;
    struct weft_error err;

    tempdir_write(dir, "empty.csv", "a,b\n");
    tempdir_write(dir, "bare.csv", "1,2\n3,4");
    cr_assert(!weft_collection_sources(weft_frame_collection(weft_frame_read_csv(g, empty, NULL)), 0, &s, &err), "%s", err.message);
    cr_assert(s.n == 1 && s.n_bytes == 0);
    weft_sources_fini(&s);
    cr_assert_eq(weft_collection_source_of_row(weft_frame_collection(weft_frame_read_csv(g, empty, NULL)), 0, 0, &row, &err), WEFT_RANGE);
    cr_assert(!weft_collection_source_of_row(weft_frame_collection(weft_frame_read_csv(g, bare, &(struct weft_csv_spec){.no_header = true})),
                                             0, 1, &row, &err), "%s", err.message);
    cr_assert(row.begin == 4 && row.end == 7 && row.first_row == 1);
    tempdir_remove(dir);
    free(empty);
    free(bare);
    weft_graph_free(g);
}

/* ---- Memory ---------------------------------------------------------------------------------------- */

static weft_status read_and_ask(void *arg)
{
    const struct files *files = arg;
    weft_graph *g = weft_graph_new();
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_frame *f = weft_frame_read_csv(g, files->path[BAD_FILE], &(struct weft_csv_spec){.n_partitions = 3});
    weft_task *t = weft_frame_sum(f, "id");
    struct weft_source_range row;
    struct weft_sources s = {0};
    struct weft_value v = weft_value_none();
    weft_status st = weft_sources_of(&t, 1, &s, NULL);

    weft_sources_fini(&s);
    st = st ? st : weft_collection_source_of_row(weft_frame_collection(f), 2, 3, &row, NULL);
    st = st ? st : pool ? weft_pool_run(pool, t, &v, NULL) : WEFT_NOMEM;
    weft_value_release(v);
    weft_pool_free(pool);
    weft_graph_free(g);
    return st;
}

Test(sources, every_allocation_may_fail)
{
    struct files files;

    files_init(&files, false);
    cr_assert(!read_and_ask(&files));
    nomem_everywhere(read_and_ask, &files);
    files_fini(&files);
}
