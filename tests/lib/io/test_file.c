/* test_file.c - a file is the same as long as nobody has changed it, and its fingerprint tells. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/io/file.h"
#include "tests/support/tempdir.h"

TestSuite(file, .init = tempdir_begin, .fini = tempdir_end);

static const struct timespec long_ago = {.tv_sec = 1000000000, .tv_nsec = 5};

/* Writes a file that changed at `when`, and answers its fingerprint. */
static struct wf_token print_of(const char *name, const char *text, struct timespec when, bool by_content)
{
    char *path = tempdir_path(tempdir, name);
    const struct timespec times[2] = {when, when};
    struct wf_file f;
    struct wf_token t;
    struct weft_error err;

    if (text)
        tempdir_write(tempdir, name, text);
    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    cr_assert_eq(wf_file_open(&f, path, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(wf_file_fingerprint(&f, by_content, &t, &err), WEFT_OK, "%s", err.message);
    wf_file_close(&f);
    free(path);
    return t;
}

static bool same(struct wf_token a, struct wf_token b)
{
    return a.hi == b.hi && a.lo == b.lo;
}

Test(file, a_fingerprint_tells_path_size_and_time_of_change_and_trusts_them)
{
    const struct wf_token was = print_of("a", "abc", long_ago, false);
    struct timespec later = long_ago;

    cr_assert(same(print_of("a", NULL, long_ago, false), was));
    later.tv_nsec++;
    cr_assert_not(same(print_of("a", NULL, later, false), was));
    cr_assert_not(same(print_of("a", "abcd", long_ago, false), was));
    cr_assert_not(same(print_of("b", "abc", long_ago, false), was));
}

Test(file, a_fingerprint_by_content_tells_the_bytes_and_nothing_else)
{
    const struct wf_token was = print_of("a", "abc", long_ago, true);
    struct timespec later = long_ago;

    later.tv_sec++;
    cr_assert(same(print_of("b", "abc", later, true), was));
    cr_assert_not(same(print_of("a", "abd", long_ago, true), was));
    cr_assert_not(same(print_of("a", "", long_ago, true), was));
    cr_assert_not(same(print_of("a", NULL, long_ago, false), print_of("a", NULL, long_ago, true)));
}

Test(file, a_large_file_is_told_by_all_of_it)
{
    const size_t n = 5 << 19; /* two and a half pieces */
    char *bytes = calloc(1, n + 1);
    struct wf_token was;

    memset(bytes, 'x', n);
    was = print_of("a", bytes, long_ago, true);
    for (int k = 0; k < 3; k++) {
        const size_t at[] = {0, n / 2, n - 1};

        bytes[at[k]] = 'y';
        cr_assert_not(same(print_of("a", bytes, long_ago, true), was));
        bytes[at[k]] = 'x';
    }
    free(bytes);
}

Test(file, a_file_just_changed_is_waited_for_until_a_change_would_show)
{
    char *path = tempdir_path(tempdir, "a");
    struct wf_file f;
    struct wf_token t;
    struct timespec now;
    bool unchanged;

    tempdir_write(tempdir, "a", "abc");
    cr_assert_eq(wf_file_open(&f, path, NULL), WEFT_OK);
    cr_assert_eq(wf_file_fingerprint(&f, false, &t, NULL), WEFT_OK);
    clock_gettime(CLOCK_REALTIME, &now);
    cr_assert_geq((int64_t)now.tv_sec * 1000000000 + now.tv_nsec - f.stamp.mtime_ns, 20000000);
    tempdir_write(tempdir, "a", "abd"); /* as long, and right after */
    cr_assert_eq(wf_file_is_unchanged(&f, &unchanged, NULL), WEFT_OK);
    cr_assert_not(unchanged);
    wf_file_close(&f);
    free(path);
}
