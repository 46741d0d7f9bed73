#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include "tests/support/bodies.h"
#include "tests/support/nomem.h"
#include "tests/support/scale.h"
#include "tests/support/tempdir.h"

static weft_task *rows(weft_graph *g, weft_task *const *deps, size_t n)
{
    return weft_add(g, body_add, .name = "rows", .flags = WEFT_ROWS, .deps = deps, .n_deps = n);
}

static struct weft_source_range row_of(weft_task *t, int64_t row)
{
    struct weft_source_range r;
    struct weft_error err;

    cr_assert(!weft_source_of_row(t, row, &r, &err), "row %lld: %s", (long long)row, err.message);
    cr_assert_eq(r.n_rows, 1);
    return r;
}

static void is_at(weft_task *t, int64_t row, const char *path, int64_t begin, int64_t end, int64_t first)
{
    const struct weft_source_range r = row_of(t, row);

    cr_assert(!strcmp(r.path, path) && r.begin == begin && r.end == end && r.first_row == first,
              "row %lld: %s, %lld to %lld, row %lld", (long long)row, r.path, (long long)r.begin, (long long)r.end,
              (long long)r.first_row);
}

static void fails(weft_task *t, int64_t row, weft_status status, const char *part)
{
    struct weft_source_range r;
    struct weft_error err = {0};

    cr_assert_eq(weft_source_of_row(t, row, &r, &err), status, "row %lld: %s", (long long)row, err.message);
    cr_assert(strstr(err.message, part), "%s", err.message);
}

Test(source_row, of_so_many_bytes_is_counted_out)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_task_source(weft_add(g, body_add, .key = "mine"), WEFT_SOURCE("a", 100, 180, 12, 10, .row_bytes = 8));
    weft_task *open = weft_task_source(weft_add(g, body_add), WEFT_SOURCE("b", 4, .row_bytes = 4));

    is_at(t, 0, "a", 100, 108, 12);
    is_at(t, 9, "a", 172, 180, 21);
    fails(t, 10, WEFT_RANGE, "mine: row 10 of 10");
    fails(t, -1, WEFT_RANGE, "mine: row -1");
    is_at(open, 1000, "b", 4004, 4008, -1); /* who knows how many rows are before byte 4 */
    weft_graph_free(g);
}

/*   a b   c d     rows 0..9 of a file each
 *   |/     \|
 *  pair    pair
 *     \    /
 *      all       */
Test(source_row, is_found_through_what_keeps_rows)
{
    weft_graph *g = weft_graph_new();
    weft_task *leaf[4], *pair[2], *all, *chain;

    for (int i = 0; i < 4; i++)
        leaf[i] = weft_task_source(weft_add(g, body_add), WEFT_SOURCE((char[]){(char)('a' + i), 0}, 0, 100, .n_rows = 10, .row_bytes = 10));
    pair[0] = rows(g, leaf, 2);
    pair[1] = weft_graph_alias(g, "alias", rows(g, leaf + 2, 2));
    all = rows(g, pair, 2);
    for (int i = 0; i < 40; i++)
        is_at(all, i, (char[]){(char)('a' + i / 10), 0}, i % 10 * 10, i % 10 * 10 + 10, i % 10);
    fails(all, 40, WEFT_RANGE, "row 40 of 40");
    chain = all;
    for (int i = 0; i < 100000; i++)
        chain = rows(g, &chain, 1);
    is_at(chain, 25, "c", 50, 60, 5);
    weft_graph_free(g);
}

Test(source_row, of_a_result_told_more_often_than_there_is_time_for_is_refused)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_task_source(weft_add(g, body_add), WEFT_SOURCE("a", 3, 3, .row_bytes = 1));

    for (int i = 0; i < 60; i++)
        t = rows(g, (weft_task *const[]){t, t}, 2);
    fails(t, 5, WEFT_UNSUPPORTED, "too many tasks");
    weft_graph_free(g);
}

Test(source_row, who_mixes_rows_is_named)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_task_source(weft_add(g, body_add), WEFT_SOURCE("a", 0, 100, .row_bytes = 10));
    weft_task *mixed = weft_add(g, body_add, .key = "shaker", .deps = WEFT_DEPS(t)), *silent, *on = rows(g, &mixed, 1);

    fails(on, 0, WEFT_UNSUPPORTED, "shaker does not say where its rows come from: ask what it reads");
    silent = weft_task_source(weft_add(g, body_add, .key = "silent"), WEFT_SOURCE("a", 0, 100, 0, 10));
    fails(silent, 0, WEFT_UNSUPPORTED, "silent does not say where its rows come from");
    weft_graph_free(g);
}

/* ---- Lines ---------------------------------------------------------------------------------------- */

/* Plainly: each byte's line, all files cut everywhere. */
Test(source_row, of_a_piece_of_text_is_a_line_that_begins_in_it)
{
    static const char *const texts[] = {"one\ntwo\n\nfour\n", "a", "\n", "", "x\ny", "\n\n\nlast", "aa\r\nbb\r\n"};
    char *dir = tempdir_new(), *path = tempdir_path(dir, "text");

    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
        const char *text = texts[k];
        const int64_t n = (int64_t)strlen(text);

        tempdir_write(dir, "text", text);
        for (int64_t begin = 0; begin <= n; begin++)
            for (int64_t end = begin + 1; end <= n + 1; end++) {
                weft_graph *g = weft_graph_new();
                const bool is_last = end > n;
                weft_task *t = weft_task_source(weft_add(g, body_add), WEFT_SOURCE(path, begin, is_last ? 0 : end, .row_bytes = WEFT_LINES));
                int64_t row = 0, line = 0;

                for (int64_t at = 0; at < n; at++) {
                    if (text[at] != '\n' && at != n - 1)
                        continue;
                    if (line >= begin && (is_last || line < end)) {
                        is_at(t, row, path, line, at + 1, begin ? -1 : row);
                        row++;
                    }
                    line = at + 1;
                }
                fails(t, row, WEFT_RANGE, "row");
                weft_graph_free(g);
            }
    }
    tempdir_remove(dir);
    free(path);
}

Test(source_row, of_a_file_that_is_gone_cannot_be_told)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_task_source(weft_add(g, body_add), WEFT_SOURCE("/no/such/file", .row_bytes = WEFT_LINES));

    fails(t, 0, WEFT_NOT_FOUND, "/no/such/file: ");
    weft_graph_free(g);
}

/* ---- A function of the user's --------------------------------------------------------------------- */

/* Row i takes i + 1 bytes. */
static weft_status triangle(const struct weft_task_source *s, int64_t row, int64_t *begin, int64_t *end, struct weft_error *err)
{
    if (!strcmp(s->path, "bad"))
        return weft_error_set(err, WEFT_FAILED, "%s: no rows here", s->path);
    *begin = s->begin + *(const int64_t *)s->find_arg + row * (row + 1) / 2;
    *end = *begin + row + 1;
    return WEFT_OK;
}

Test(source_row, is_found_by_a_function_of_the_reader)
{
    static const int64_t header = 5;
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_task_source(weft_add(g, body_add),
                                    WEFT_SOURCE("a", 10, 100, 7, 4, .find_row = triangle, .find_arg = &header)), *bad;

    weft_task_source(t, WEFT_SOURCE("b", 0, 100, 0, 4, .find_row = triangle, .find_arg = &header));
    is_at(t, 3, "a", 21, 25, 10);
    is_at(t, 6, "b", 8, 11, 2);
    bad = weft_task_source(weft_add(g, body_add), WEFT_SOURCE("bad", .n_rows = 4, .find_row = triangle));
    fails(bad, 0, WEFT_FAILED, "no rows here");
    weft_graph_free(g);
}

static weft_status ask(void *arg)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = g ? weft_task_source(weft_add(g, body_add), WEFT_SOURCE("a", 0, 100, .row_bytes = 10)) : NULL;
    struct weft_source_range r;
    weft_status st;

    (void)arg;
    for (int i = 0; g && i < 30; i++)
        t = rows(g, (weft_task *const[]){t, t}, 2);
    st = weft_source_of_row(t, 5, &r, NULL);
    if (!st)
        cr_assert_eq(r.begin, 50);
    weft_graph_free(g);
    return st;
}

Test(source_row, every_allocation_may_fail)
{
    cr_assert(!ask(NULL));
    nomem_everywhere(ask, NULL);
}
