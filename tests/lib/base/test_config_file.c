#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/random.h"
#include "lib/base/setting.h"
#include "tests/support/config_env.h"
#include "tests/support/tempdir.h"

TestSuite(config_file, .init = config_env_begin, .fini = tempdir_end);

static const char *value_of(const weft_config *c, const char *name)
{
    struct weft_setting s;

    cr_assert_eq(weft_config_get(c, name, &s, NULL), WEFT_OK);
    return s.value;
}

static const char *from_of(const weft_config *c, const char *name)
{
    struct weft_setting s;

    cr_assert_eq(weft_config_get(c, name, &s, NULL), WEFT_OK);
    return s.from;
}

/* Reads a file of `n` bytes into `c`; the message, with the file's folder cut off, into `err`. */
static weft_status read_bytes(weft_config *c, const char *bytes, size_t n, struct weft_error *err)
{
    char *path = tempdir_path(tempdir, "w.conf");
    weft_status st;

    tempdir_write_bytes(tempdir, "w.conf", bytes, n);
    st = weft_config_read(c, path, err);
    if (st && !strncmp(err->message, tempdir, strlen(tempdir)))
        memmove(err->message, err->message + strlen(tempdir) + 1, strlen(err->message) - strlen(tempdir));
    free(path);
    return st;
}

static weft_status read_text(weft_config *c, const char *text, struct weft_error *err)
{
    return read_bytes(c, text, strlen(text), err);
}

Test(config_file, names_may_be_whole_or_in_sections)
{
    struct weft_error err = {0};
    weft_config *c;

    cr_assert_eq(weft_config_defaults(&c, NULL), WEFT_OK);
    cr_assert_eq(read_text(c, "# a remark\n"
                              "memory.limit=64MiB\r\n"
                              "\n"
                              "  progress =  on \n"
                              "[ pool ]\n"
                              "\tworkers\t=\t3\n"
                              "kind = sync\n"
                              "[spill]\n"
                              "dir = /var/tmp/my spill # is part of it", &err), WEFT_OK, "%s", err.message);
    cr_assert_str_eq(value_of(c, "memory.limit"), "64MiB");
    cr_assert_str_eq(value_of(c, "progress"), "on");
    cr_assert_str_eq(value_of(c, "pool.workers"), "3");
    cr_assert_str_eq(value_of(c, "pool.kind"), "sync");
    cr_assert_str_eq(value_of(c, "spill.dir"), "/var/tmp/my spill # is part of it");
    cr_assert(strstr(from_of(c, "pool.workers"), "w.conf:6"));
    weft_config_free(c);
}

Test(config_file, a_later_line_goes_before_an_earlier_one)
{
    struct weft_error err;
    weft_config *c;

    cr_assert_eq(weft_config_defaults(&c, NULL), WEFT_OK);
    cr_assert_eq(read_text(c, "pool.workers = 3\npool.workers = 4\nspill.dir = /x\nspill.dir =\n", &err), WEFT_OK);
    cr_assert_str_eq(value_of(c, "pool.workers"), "4");
    cr_assert_str_eq(value_of(c, "spill.dir"), "");
    weft_config_free(c);
}

Test(config_file, what_is_wrong_is_told_with_its_line)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"\npool.workers\n", "w.conf:2: 'pool.workers' is neither name = value nor [section] nor # a remark"},
        {"= 3", "w.conf:1: '= 3' is neither name = value nor [section] nor # a remark"},
        {"[pool\n", "w.conf:1: '[pool' is neither name = value nor [section] nor # a remark"},
        {"[pool]\n\nworker = 3\n", "w.conf:3: there is no setting 'pool.worker'; 'pool.workers' is near"},
        {"[]\npool.workers = 0\n", "w.conf:2: '0' is not a number from 1 to 4096, or auto"},
        {"pool.workers =\n", "w.conf:1: '' is not a number from 1 to 4096, or auto"},
        {"pool.workers = 3 # three\n", "w.conf:1: '3 # three' is not a number from 1 to 4096, or auto"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weft_error err = {0};
        weft_config *c;

        cr_assert_eq(weft_config_defaults(&c, NULL), WEFT_OK);
        cr_assert_neq(read_text(c, cases[i].text, &err), WEFT_OK);
        cr_assert_str_eq(err.message, cases[i].message);
        weft_config_free(c);
    }
}

Test(config_file, lines_before_a_wrong_one_are_heard)
{
    struct weft_error err;
    weft_config *c;

    cr_assert_eq(weft_config_defaults(&c, NULL), WEFT_OK);
    cr_assert_eq(read_text(c, "pool.workers = 3\nnonsense\npool.kind = sync\n", &err), WEFT_PARSE);
    cr_assert_str_eq(value_of(c, "pool.workers"), "3");
    cr_assert_str_eq(value_of(c, "pool.kind"), "threads");
    weft_config_free(c);
}

Test(config_file, files_are_read_in_their_order)
{
    char *named = tempdir_path(tempdir, "named.conf"), *xdg = tempdir_path(tempdir, "xdg");
    weft_config *c = NULL;

    tempdir_write(tempdir, ".config/weft/weft.conf", "pool.workers = 2\npool.kind = sync\n");
    cr_assert_eq(weft_config_new(&c, NULL), WEFT_OK);
    cr_assert_str_eq(value_of(c, "pool.workers"), "2");
    weft_config_free(c);

    tempdir_write(tempdir, "xdg/weft/weft.conf", "pool.workers = 3\npool.pin = no\n");
    setenv("XDG_CONFIG_HOME", xdg, 1);
    cr_assert_eq(weft_config_new(&c, NULL), WEFT_OK);
    cr_assert_str_eq(value_of(c, "pool.workers"), "3");
    cr_assert_str_eq(value_of(c, "pool.kind"), "threads", "the one in ~ is not read then");
    weft_config_free(c);

    tempdir_write(tempdir, "named.conf", "pool.workers = 4\n");
    setenv("WEFT_CONFIG", named, 1);
    cr_assert_eq(weft_config_new(&c, NULL), WEFT_OK);
    cr_assert_str_eq(value_of(c, "pool.workers"), "4");
    cr_assert_str_eq(value_of(c, "pool.pin"), "no");
    weft_config_free(c);

    setenv("WEFT_WORKERS", "5", 1);
    cr_assert_eq(weft_config_new(&c, NULL), WEFT_OK);
    cr_assert_str_eq(value_of(c, "pool.workers"), "5");
    weft_config_free(c);
    free(named);
    free(xdg);
}

Test(config_file, one_that_is_named_must_be_there_and_be_a_file)
{
    struct weft_error err;
    weft_config *c = NULL;

    setenv("WEFT_CONFIG", "/no/such.conf", 1);
    cr_assert_eq(weft_config_new(&c, &err), WEFT_IO);
    cr_assert_str_eq(err.message, "/no/such.conf: No such file or directory");
    setenv("WEFT_CONFIG", tempdir, 1);
    cr_assert_eq(weft_config_new(&c, &err), WEFT_IO);
    cr_assert(strstr(err.message, "Is a directory"), "%s", err.message);
    setenv("WEFT_CONFIG", "/dev/zero", 1);
    cr_assert_eq(weft_config_new(&c, &err), WEFT_PARSE);
    cr_assert_str_eq(err.message, "/dev/zero: a configuration has at most 1048576 bytes");
}

Test(config_file, any_bytes_are_heard_or_refused)
{
    static const char letters[] = "pool.workers=3\n#[]\t \r\0\xff kind threads";

    for (uint64_t i = 0; i < 3000; i++) {
        struct weft_error err = {0};
        char text[64];
        size_t n = 0;
        weft_config *c;

        for (; n < sizeof text; n++) {
            uint32_t r[4];

            wf_random_block(5, i, n, r);
            if (r[1] % 100 < 2)
                break;
            text[n] = letters[r[0] % (sizeof letters - 1)];
        }
        cr_assert_eq(weft_config_defaults(&c, NULL), WEFT_OK);
        if (read_bytes(c, text, n, &err))
            cr_assert(strstr(err.message, "w.conf:"), "%s", err.message);
        weft_config_free(c);
    }
}
