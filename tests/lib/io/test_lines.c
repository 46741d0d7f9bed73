/* test_lines.c - pieces of a text file are its lines, however it is cut. */
#include "lib/io/lines.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/mem.h"

static char path[] = "/tmp/weft-lines-XXXXXX";

static void keep(const char *text, size_t n)
{
    FILE *to = fopen(path, "w");

    cr_assert(to && fwrite(text, 1, n, to) == n && !fclose(to));
}

static void begin(void)
{
    const int fd = mkstemp(path);

    cr_assert(fd >= 0);
    close(fd);
}

static void end(void)
{
    unlink(path);
}

TestSuite(lines, .init = begin, .fini = end);

/* The plain way: byte by byte over the whole text. */
struct plain {
    int     n;
    int64_t at[4096], len[4096];
};

static void plain_lines(struct plain *p, const char *text, int64_t n)
{
    int64_t start = 0;

    p->n = 0;
    for (int64_t i = 0; i < n; i++) {
        if (text[i] != '\n')
            continue;
        p->at[p->n] = start;
        p->len[p->n++] = i - start - (i > start && text[i - 1] == '\r');
        start = i + 1;
    }
    if (start < n) {
        p->at[p->n] = start;
        p->len[p->n++] = n - start;
    }
}

/* All parts in a row give the lines of `text`. */
static void check(const char *text, int64_t n, int64_t n_parts)
{
    static struct plain want;
    int64_t bounds[65];
    int k = 0;

    keep(text, (size_t)n);
    plain_lines(&want, text, n);
    cr_assert_eq(wf_lines_split(path, n_parts, bounds, NULL), WEFT_OK);
    cr_assert_eq(bounds[0], 0);
    cr_assert_eq(bounds[n_parts], n);
    for (int64_t i = 0; i < n_parts; i++) {
        struct wf_lines got;

        cr_assert_eq(wf_lines_read(&got, path, bounds[i], bounds[i + 1], NULL), WEFT_OK);
        for (int64_t j = 0; j < got.n; j++, k++) {
            const struct weft_text line = wf_lines_at(&got, j);

            cr_assert_lt(k, want.n);
            cr_assert_eq(line.len, want.len[k]);
            cr_assert_eq(memcmp(line.ptr, text + want.at[k], (size_t)line.len), 0);
        }
        wf_lines_fini(&got);
    }
    cr_assert_eq(k, want.n);
}

Test(lines, parts_of_any_number_give_all_lines_once)
{
    static const char *const texts[] = {
        "", "\n", "\n\n", "a", "a\n", "a\nb", "a\r\nb\r\n", "\r\n", "a\r", "\n\na\n\n",
        "one long line without any end of it at all", "a\rb\n",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (int64_t parts = 1; parts <= 8; parts++)
            check(texts[i], (int64_t)strlen(texts[i]), parts);
}

Test(lines, random_texts_agree_with_the_plain_way)
{
    char text[2048];

    srand(7);
    for (int round = 0; round < 300; round++) {
        const int64_t n = rand() % (int)sizeof text;
        const int ends = 1 + rand() % 40;

        for (int64_t i = 0; i < n; i++)
            text[i] = rand() % ends == 0 ? '\n' : rand() % 20 == 0 ? '\r' : (char)('a' + rand() % 26);
        check(text, n, 1 + rand() % 64);
    }
}

Test(lines, a_line_longer_than_a_step_is_found_whole)
{
    const int64_t n = 300000;
    char *text = malloc((size_t)n);

    memset(text, 'x', (size_t)n);
    text[10] = text[200000] = text[n - 1] = '\n';
    check(text, n, 5);
    free(text);
}

Test(lines, a_missing_file_is_named)
{
    struct weft_error err;
    int64_t bounds[2];

    cr_assert_eq(wf_lines_split("no/such.txt", 1, bounds, &err), WEFT_IO);
    cr_assert_str_eq(err.message, "no/such.txt: No such file or directory");
    cr_assert_eq(wf_lines_split("/tmp", 1, bounds, &err), WEFT_IO);
    cr_assert_str_eq(err.message, "/tmp: Is a directory");
}

Test(lines, a_file_cut_short_meanwhile_is_an_error)
{
    struct weft_error err;
    struct wf_lines l;
    char want[200];

    keep("a\nb\n", 4);
    snprintf(want, sizeof want, "%s: ends at byte 4, while it was being read", path);
    cr_assert_eq(wf_lines_read(&l, path, 2, 9, &err), WEFT_IO);
    cr_assert_str_eq(err.message, want);
}

Test(lines, refused_memory_is_told_and_leaks_nothing)
{
    int64_t bounds[3];
    struct wf_lines l;
    int64_t nth = 0;
    weft_status st;

    keep("a\nb\nc\n", 6);
    do {
        wf_mem_watch(true);
        wf_mem_fail_at(++nth);
        st = wf_lines_split(path, 2, bounds, NULL);
        if (!st)
            st = wf_lines_read(&l, path, 0, 6, NULL);
        if (!st)
            wf_lines_fini(&l);
        cr_assert(st == WEFT_OK || st == WEFT_NOMEM);
        cr_assert_eq(wf_mem_n_live(), 0);
        wf_mem_watch(false);
    } while (st);
    cr_assert_eq(nth, 4);
    wf_mem_fail_at(0);
}
