#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/mem.h"
#include "lib/base/output.h"
#include "tests/support/tempdir.h"

static char *path;

static void make_dir(void)
{
    tempdir_begin();
    path = tempdir_path(tempdir, "out.txt");
}

static void drop_dir(void)
{
    free(path);
    tempdir_end();
}

TestSuite(output, .init = make_dir, .fini = drop_dir);

static void assert_holds(const char *text)
{
    char *is = tempdir_read(path, NULL);

    cr_assert_str_eq(is, text);
    free(is);
}

Test(output, appears_when_it_is_closed_and_not_before)
{
    struct wf_output o;

    cr_assert(!wf_output_open(&o, path, NULL));
    cr_assert(!wf_output_write(&o, "whole", 5, NULL));
    cr_assert_neq(access(path, F_OK), 0);
    cr_assert(!wf_output_close(&o, NULL));
    wf_output_fini(&o);
    assert_holds("whole");
    cr_assert_eq(tempdir_n_files(tempdir), 1);
}

Test(output, not_closed_leaves_what_was_there)
{
    struct wf_output o;

    tempdir_write(tempdir, "out.txt", "before");
    cr_assert(!wf_output_open(&o, path, NULL));
    cr_assert(!wf_output_write(&o, "half", 4, NULL));
    wf_output_fini(&o);
    assert_holds("before");
    cr_assert_eq(tempdir_n_files(tempdir), 1);
}

Test(output, through_a_link_replaces_what_it_leads_to)
{
    struct wf_output o;
    char *link = tempdir_path(tempdir, "link");
    struct stat is;

    tempdir_write(tempdir, "out.txt", "before");
    cr_assert_eq(symlink("out.txt", link), 0);
    cr_assert(!wf_output_open(&o, link, NULL));
    cr_assert(!wf_output_write(&o, "after", 5, NULL));
    cr_assert(!wf_output_close(&o, NULL));
    wf_output_fini(&o);
    cr_assert(!lstat(link, &is) && S_ISLNK(is.st_mode));
    assert_holds("after");
    free(link);
}

Test(output, two_writers_of_one_path_do_not_mix)
{
    struct wf_output a, b;

    cr_assert(!wf_output_open(&a, path, NULL));
    cr_assert(!wf_output_open(&b, path, NULL));
    cr_assert(!wf_output_write(&a, "one", 3, NULL));
    cr_assert(!wf_output_write(&b, "two", 3, NULL));
    cr_assert(!wf_output_close(&a, NULL));
    cr_assert(!wf_output_close(&b, NULL));
    wf_output_fini(&a);
    wf_output_fini(&b);
    assert_holds("two");
    cr_assert_eq(tempdir_n_files(tempdir), 1);
}

Test(output, a_device_is_written_as_it_is)
{
    struct wf_output o;
    struct weft_error err;

    cr_assert(!wf_output_open(&o, "/dev/null", NULL));
    cr_assert(!wf_output_write(&o, "gone", 4, NULL));
    cr_assert(!wf_output_close(&o, NULL));
    wf_output_fini(&o);

    cr_assert(!wf_output_open(&o, "/dev/full", NULL));
    cr_assert_eq(wf_output_write(&o, "gone", 4, &err), WEFT_IO);
    cr_assert_str_eq(err.message, "/dev/full: No space left on device");
    wf_output_fini(&o);
}

Test(output, that_cannot_be_opened_names_path_and_reason)
{
    struct wf_output o;
    struct weft_error err;

    cr_assert_eq(wf_output_open(&o, "/nowhere/out.txt", &err), WEFT_IO);
    cr_assert_str_eq(err.message, "/nowhere/out.txt: No such file or directory");
    wf_output_fini(&o);
    cr_assert_eq(wf_output_open(&o, "/proc/out.txt", &err), WEFT_IO);
    cr_assert(strstr(err.message, "/proc/out.txt: "));
    wf_output_fini(&o);
}

Test(output, does_not_replace_a_file_that_must_not_be_written)
{
    struct wf_output o;
    struct weft_error err;

    tempdir_write(tempdir, "out.txt", "before");
    cr_assert_eq(chmod(path, 0444), 0);
    cr_assert_eq(chmod(tempdir, 0777), 0);
    /* For root everything is writable: become somebody. */
    if (geteuid() == 0)
        cr_assert_eq(seteuid(65534), 0);
    cr_assert_eq(wf_output_open(&o, path, &err), WEFT_IO);
    cr_assert(strstr(err.message, "out.txt: Permission denied"));
    wf_output_fini(&o);
    if (getuid() == 0)
        cr_assert_eq(seteuid(0), 0);
    assert_holds("before");
}

Test(output, without_memory_leaves_nothing)
{
    for (int nth = 1; nth <= 2; nth++) {
        struct wf_output o;

        wf_mem_watch(true);
        wf_mem_fail_at(nth);
        cr_assert_eq(wf_output_open(&o, path, NULL), WEFT_NOMEM);
        wf_output_fini(&o);
        wf_mem_fail_at(0);
        cr_assert_eq(wf_mem_n_live(), 0);
        wf_mem_watch(false);
    }
    cr_assert_eq(tempdir_n_files(tempdir), 0);
}
