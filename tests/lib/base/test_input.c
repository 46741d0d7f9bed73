/* test_input.c - a file that is read whole. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/input.h"
#include "lib/base/mem.h"
#include "tests/support/tempdir.h"

TestSuite(input, .init = tempdir_begin, .fini = tempdir_end);

Test(input, all_of_a_file_of_any_size_and_a_zero_behind_it)
{
    static const size_t sizes[] = {0, 1, 4096, (1 << 16) - 2, (1 << 16) - 1, 1 << 16, 300001};
    char *path = tempdir_path(tempdir, "file"), *bytes = malloc(300001);

    for (size_t i = 0; i < 300001; i++)
        bytes[i] = (char)(i * 7 + i / 251);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        char *got;
        size_t n;

        tempdir_write_bytes(tempdir, "file", bytes, sizes[k]);
        cr_assert_eq(wf_input_read(&got, &n, path, SIZE_MAX, NULL), WEFT_OK);
        cr_assert_eq(n, sizes[k]);
        cr_assert(!n || !memcmp(got, bytes, n));
        cr_assert_eq(got[n], '\0');
        wf_free(got);
        cr_assert_eq(wf_input_read(&got, &n, path, 1000, NULL), WEFT_OK);
        cr_assert_eq(n, sizes[k] < 1000 ? sizes[k] : 1000);
        cr_assert_eq(got[n], '\0');
        wf_free(got);
    }
    free(bytes);
    free(path);
}

Test(input, a_pipe_is_read_to_its_end)
{
    int ends[2];
    char path[64], *got;
    size_t n;

    cr_assert_eq(pipe(ends), 0);
    cr_assert_eq(write(ends[1], "what comes", 10), 10);
    close(ends[1]);
    snprintf(path, sizeof path, "/proc/self/fd/%d", ends[0]);
    cr_assert_eq(wf_input_read(&got, &n, path, SIZE_MAX, NULL), WEFT_OK);
    cr_assert_eq(n, 10);
    cr_assert_str_eq(got, "what comes");
    wf_free(got);
    close(ends[0]);
}

Test(input, what_cannot_be_read_is_named)
{
    struct weft_error err;
    char *got;
    size_t n;

    cr_assert_eq(wf_input_read(&got, &n, "/nowhere/file", SIZE_MAX, &err), WEFT_IO);
    cr_assert_str_eq(err.message, "/nowhere/file: No such file or directory");
    cr_assert_eq(wf_input_read(&got, &n, tempdir, SIZE_MAX, &err), WEFT_IO);
    cr_assert(strstr(err.message, "Is a directory"));
}
