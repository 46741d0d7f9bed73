/* test_text.c - the lines of files are the same, however the files are cut. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/run_bag.h"
#include "tests/support/tempdir.h"

TestSuite(text, .init = tempdir_begin, .fini = tempdir_end);

/* "dir/a,dir/b" */
static const char *in_dir(const char *list)
{
    static char paths[1000];
    char names[200], *at = names, *name;

    paths[0] = 0;
    snprintf(names, sizeof names, "%s", list);
    while ((name = strsep(&at, ",")))
        sprintf(paths + strlen(paths), "%s%s/%s", paths[0] ? "," : "", tempdir, name);
    return paths;
}

/* The plain way: byte by byte. */
static int plain_lines(const char *text, size_t n, struct weft_text *lines)
{
    int n_lines = 0;

    for (size_t from = 0; from < n;) {
        size_t to = from;

        while (to < n && text[to] != '\n')
            to++;
        lines[n_lines] = (struct weft_text){text + from, (int64_t)(to - from)};
        if (to > from && text[to - 1] == '\r')
            lines[n_lines].len--;
        n_lines++;
        from = to + 1;
    }
    return n_lines;
}

static void assert_lines(const weft_records *r, const struct weft_text *lines, int n)
{
    cr_assert_eq(weft_records_n(r), n, "%d lines, not %d", (int)weft_records_n(r), n);
    for (int i = 0; i < n; i++) {
        const struct weft_text is = weft_records_at(r, i).text;

        cr_assert_eq(is.len, lines[i].len);
        cr_assert_eq(memcmp(is.ptr, lines[i].ptr, (size_t)is.len), 0);
    }
}

Test(text, any_cut_gives_the_same_lines)
{
    static const char *const texts[] = {
        "", "\n", "\n\n\n", "a", "a\n", "a\nb", "\r\n\r\n", "a\r\nb\r\n", "one line without an end",
        "one\ntwo\nthree\n\nfive\n", "a very long line that covers many pieces of the file\nb\nc", "\r", "a\rb\n\r",
    };
    struct weft_text lines[64];

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int parts = 0; parts <= 17; parts++) {
            weft_graph *g = weft_graph_new();
            const int n = plain_lines(texts[i], strlen(texts[i]), lines);
            weft_bag *b;
            weft_records *r;

            tempdir_write(tempdir, "x", texts[i]);
            b = weft_bag_text(g, in_dir("x"), parts);
            r = run_records(weft_bag_collect(b), run_workers[parts % RUN_WORKERS]);
            cr_assert_eq(weft_bag_n_partitions(b), parts ? parts : 1);
            assert_lines(r, lines, n);
            weft_records_release(r);
            weft_graph_free(g);
        }
}

Test(text, lines_longer_than_the_window_come_whole)
{
    enum { BYTES = 3 << 20 };
    char *text = malloc(BYTES);
    struct weft_text *lines = malloc(BYTES * sizeof *lines);
    uint32_t x = 1;

    for (int i = 0; i < BYTES; i++)
        text[i] = (char)('a' + i % 23);
    for (int64_t i = 700000; i < BYTES; i += x % 50000) { /* one long line, then many */
        text[i] = '\n';
        x = x * 1103515245 + 12345;
        x = x >> 7 | 1;
    }
    tempdir_write_bytes(tempdir, "big", text, BYTES);
    for (int parts = 1; parts < 40; parts += 19) {
        weft_graph *g = weft_graph_new();
        weft_records *r = run_records(weft_bag_collect(weft_bag_text(g, in_dir("big"), parts)), 2);

        assert_lines(r, lines, plain_lines(text, BYTES, lines));
        weft_records_release(r);
        weft_graph_free(g);
    }
    free(lines);
    free(text);
}

Test(text, lists_and_patterns_name_files_in_order)
{
    static const char *const all[] = {"c", "a1", "a2", "a3", "b"};
    struct weft_text lines[5];

    for (int i = 0; i < 5; i++)
        lines[i] = weft_text_of(all[i]);
    tempdir_write(tempdir, "a2", "a2");
    tempdir_write(tempdir, "b", "b\n");
    tempdir_write(tempdir, "a1", "a1");
    tempdir_write(tempdir, "a3", "a3\n");
    tempdir_write(tempdir, "c", "c");
    for (int parts = 0; parts <= 9; parts++) {
        weft_graph *g = weft_graph_new();
        weft_bag *b = weft_bag_text(g, in_dir("c,a?,[b]"), parts);
        weft_records *r = run_records(weft_bag_collect(b), 3);

        cr_assert_geq(weft_bag_n_partitions(b), parts > 5 ? parts : 5);
        assert_lines(r, lines, 5);
        weft_records_release(r);
        weft_graph_free(g);
    }
}

Test(text, what_cannot_be_read_is_named)
{
    static const struct {
        const char *list, *end;
        weft_status status;
    } cases[] = {
        {"nothing", "/nothing\"", WEFT_NOT_FOUND},
        {"x,y*", "/y*\"", WEFT_NOT_FOUND},
        {"x,z.gz", "only plain text is read", WEFT_UNSUPPORTED},
        {"folder", "Is a directory", WEFT_IO},
    };
    struct weft_error err;
    weft_graph *g = weft_graph_new();

    tempdir_write(tempdir, "x", "x\n");
    tempdir_write(tempdir, "z.gz", "x\n");
    tempdir_write(tempdir, "folder/x", "x\n");
    for (size_t i = 0; i < 4; i++) {
        cr_assert_eq(run_fails(weft_bag_count(weft_bag_text(g, in_dir(cases[i].list), 2)), 2, &err), cases[i].status);
        cr_assert(strstr(err.message, cases[i].end), "%s", err.message);
    }
    cr_assert_eq(run_fails(weft_bag_count(weft_bag_text(g, "", 2)), 2, &err), WEFT_INVALID);
    cr_assert_eq(run_fails(weft_bag_count(weft_bag_text(g, in_dir("x"), -2)), 2, &err), WEFT_INVALID);
    weft_graph_free(g);
}

Test(text, a_file_that_goes_away_is_an_error_of_the_run)
{
    struct weft_error err;
    weft_graph *g = weft_graph_new();
    weft_task *t;

    tempdir_write(tempdir, "x", "x\n");
    t = weft_bag_count(weft_bag_text(g, in_dir("x"), 1));
    cr_assert_eq(weft_value_i64(run_value(t, 1)), 1);
    cr_assert_eq(remove(in_dir("x")), 0);
    cr_assert_eq(run_fails(t, 2, &err), WEFT_IO);
    cr_assert(strstr(err.message, "/x: No such file"), "%s", err.message);
    weft_graph_free(g);
}

Test(text, take_opens_no_file_it_does_not_need)
{
    weft_graph *g = weft_graph_new();
    weft_task *t;
    weft_records *r;

    tempdir_write(tempdir, "a", "1\n2\n3\n");
    tempdir_write(tempdir, "b", "4\n");
    t = weft_bag_take(weft_bag_text(g, in_dir("a,b"), 0), 3);
    cr_assert_eq(remove(in_dir("b")), 0);
    r = run_records(t, 2);
    cr_assert_eq(weft_records_n(r), 3);
    weft_records_release(r);
    weft_graph_free(g);
}
