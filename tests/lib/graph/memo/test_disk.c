/* test_disk.c - what is in the folder is known, whoever put it there, with its priority. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/base/mem.h"
#include "lib/graph/memo/disk.h"
#include "lib/graph/memo/entry.h"
#include "tests/support/tempdir.h"

TestSuite(disk, .init = tempdir_begin, .fini = tempdir_end);

static struct wf_token token_of(uint64_t i)
{
    return (struct wf_token){.hi = ~i, .lo = i * 3};
}

static struct wf_disk opened(uint64_t limit)
{
    struct wf_disk d;

    cr_assert_eq(wf_disk_open(&d, tempdir, limit, NULL), WEFT_OK);
    return d;
}

/* A file that says what it cost: 4096 bytes in all. */
static void write_one(struct wf_disk *d, uint64_t i, int64_t cost_ns)
{
    union {
        struct wf_entry_head head;
        char                 bytes[4096];
    } file;

    memset(&file, 0, sizeof file);
    file.head.cost_ns = cost_ns;
    cr_assert_eq(wf_disk_write(d, token_of(i), file.bytes, sizeof file, wf_disk_priority(d->floor, cost_ns, sizeof file)), WEFT_OK);
    wf_disk_added(d, token_of(i), sizeof file);
}

static double priority_of(uint64_t i)
{
    char name[40], *path;
    struct stat s;

    snprintf(name, sizeof name, "%016llx%016llx", (unsigned long long)token_of(i).hi, (unsigned long long)token_of(i).lo);
    path = tempdir_path(tempdir, name);
    cr_assert_eq(stat(path, &s), 0);
    free(path);
    return (double)s.st_mtim.tv_sec + (double)s.st_mtim.tv_nsec * 1e-9;
}

Test(disk, what_another_adds_is_known_after_a_look_and_what_it_removes_is_gone)
{
    struct wf_disk a = opened(1 << 20), b = opened(1 << 20);

    write_one(&a, 1, 1000);
    cr_assert(wf_disk_has(&a, token_of(1)));
    cr_assert_not(wf_disk_has(&b, token_of(1)));
    wf_disk_refresh(&b);
    cr_assert(wf_disk_has(&b, token_of(1)));
    cr_assert_eq(b.n_there, 1);
    wf_disk_remove(&b, token_of(1));
    cr_assert_not(wf_disk_has(&b, token_of(1)));
    cr_assert_eq(b.n_there, 0);
    a.changed.tv_nsec = -1; /* the folder may have changed twice in one tick */
    wf_disk_refresh(&a);
    cr_assert_not(wf_disk_has(&a, token_of(1)));
    wf_disk_close(&a);
    wf_disk_close(&b);
}

Test(disk, a_priority_is_the_time_of_modification_and_rises_when_found)
{
    struct wf_disk d = opened(1 << 20);
    char *bytes;
    size_t n;

    write_one(&d, 1, 8192000); /* 8192 us for 4096 bytes */
    cr_assert_float_eq(priority_of(1), 2.0, 1e-8);
    cr_assert_eq(wf_disk_read(&d, token_of(1), 5.25, &bytes, &n), WEFT_OK);
    cr_assert_eq(n, 4096);
    wf_free(bytes);
    cr_assert_float_eq(priority_of(1), 7.25, 1e-8);
    wf_disk_close(&d);
}

Test(disk, the_lowest_priorities_are_evicted_and_the_floor_rises_to_theirs)
{
    struct wf_disk d = opened(64 << 10); /* 16 files */

    for (uint64_t i = 0; i < 15; i++)
        write_one(&d, i, (int64_t)(i + 1) * 4096000);
    /* The limit less a sixteenth holds 15; the next makes room, down to three quarters. */
    write_one(&d, 99, 100 * 4096000);
    cr_assert_eq(d.n_there, 12);
    for (uint64_t i = 0; i < 15; i++)
        cr_assert_eq(wf_disk_has(&d, token_of(i)), i >= 4, "file %d", (int)i);
    /* The first look, after two files, found a floor of 1, so file 3 came with 1 + 4. */
    cr_assert_float_eq(d.floor, 5.0, 1e-8);
    cr_assert_eq(d.evicted, 4);
    wf_disk_close(&d);
}

Test(disk, names_are_tokens_and_nothing_else_is_counted)
{
    struct wf_disk d;

    tempdir_write(tempdir, "0000000000000001000000000000000a", "x");
    tempdir_write(tempdir, "0000000000000001000000000000000A", "x");
    tempdir_write(tempdir, "0000000000000001000000000000000b.part", "x");
    tempdir_write(tempdir, "sub/0000000000000001000000000000000c", "x");
    d = opened(1 << 20);
    cr_assert_eq(d.n_there, 1);
    cr_assert(wf_disk_has(&d, (struct wf_token){1, 10}));
    wf_disk_close(&d);
}
