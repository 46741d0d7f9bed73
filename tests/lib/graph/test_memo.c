/* test_memo.c - what is kept is found, in memory and on disk, by any process, or made again. */
#include <criterion/criterion.h>

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <weft/block.h>
#include <weft/memo.h>

#include "lib/base/random.h"
#include "lib/graph/memo/entry.h"
#include "tests/support/bodies.h"
#include "tests/support/scale.h"
#include "tests/support/tempdir.h"

TestSuite(memo, .init = tempdir_begin, .fini = tempdir_end);

static struct weft_token token_of(uint64_t i)
{
    return (struct weft_token){.hi = i * 0x9e3779b97f4a7c15u, .lo = i + 1};
}

/* n numbers that tell which value this is. */
static struct weft_value block_of(uint64_t i, int64_t n)
{
    weft_block *b = weft_block_new(WEFT_INT64, 1, &n);
    int64_t *to = weft_block_data_mut(b);

    for (int64_t k = 0; k < n; k++)
        to[k] = (int64_t)i * 1000003 + k * k;
    return weft_value_of_ptr(&weft_type_block, b);
}

static bool is_block_of(struct weft_value v, uint64_t i, int64_t n)
{
    weft_block *b = weft_value_block(v);
    bool same = b && weft_block_n_elems(b) == n;

    for (int64_t k = 0; same && k < n; k++)
        same = weft_block_i64_at(b, k) == (int64_t)i * 1000003 + k * k;
    return same;
}

static weft_memo *memo_of(const struct weft_memo_spec *spec)
{
    struct weft_error err;
    weft_memo *m = NULL;

    cr_assert_eq(weft_memo_new(&m, spec, &err), WEFT_OK, "%s", err.message);
    return m;
}

static void put(weft_memo *m, uint64_t i, int64_t n, int64_t cost_ns)
{
    const struct weft_value v = block_of(i, n);
    struct weft_error err;

    cr_assert_eq(weft_memo_put(m, token_of(i), v, cost_ns, &err), WEFT_OK, "%s", err.message);
    weft_value_release(v);
}

/* Whether it is found; then it is right. */
static bool get(weft_memo *m, uint64_t i, int64_t n)
{
    struct weft_value v;
    const weft_status st = weft_memo_get(m, token_of(i), &v, NULL);

    cr_assert(st == WEFT_OK || st == WEFT_NOT_FOUND);
    if (st)
        return false;
    cr_assert(is_block_of(v, i, n), "value %d", (int)i);
    weft_value_release(v);
    return true;
}

static struct weft_memo_stats stats_of(weft_memo *m)
{
    struct weft_memo_stats s;

    weft_memo_stats(m, &s);
    return s;
}

/* ---- In memory --------------------------------------------------------------- */

Test(memo, what_is_put_is_got_until_it_is_evicted_and_all_is_counted)
{
    weft_memo *m = memo_of(NULL);
    struct weft_error err;
    struct weft_value v;
    struct weft_memo_stats s;

    put(m, 1, 100, 5000);
    put(m, 2, 200, 7000);
    put(m, 2, 200, 7000);
    cr_assert(get(m, 1, 100) && get(m, 2, 200) && get(m, 2, 200) && !get(m, 3, 1));
    s = stats_of(m);
    cr_assert_eq(s.hits, 3);
    cr_assert_eq(s.misses, 1);
    cr_assert_eq(s.saved_ns, 5000 + 2 * 7000);
    cr_assert_eq(s.n_memory, 2);
    cr_assert_geq(s.memory_bytes, 300 * 8);
    cr_assert_eq(s.n_disk, 0);
    weft_memo_evict(m, token_of(1));
    cr_assert(!get(m, 1, 100) && get(m, 2, 200));
    weft_memo_clear(m);
    cr_assert_not(get(m, 2, 200));
    cr_assert_eq(stats_of(m).memory_bytes, 0);
    cr_assert_eq(weft_memo_get(m, token_of(2), &v, &err), WEFT_NOT_FOUND);
    cr_assert(strstr(err.message, "nothing under"));
    weft_memo_free(m);
}

Test(memo, the_budget_holds_and_the_cheap_goes)
{
    weft_memo *m = memo_of(&(struct weft_memo_spec){.memory_bytes = 100000});
    const struct weft_value large = block_of(0, 20000);
    struct weft_error err;

    put(m, 0, 1000, 1000000000); /* a second for 8 KB */
    for (uint64_t i = 1; i < 200; i++) {
        put(m, i, 1000, 1000);
        cr_assert_leq(stats_of(m).memory_bytes, 100000);
    }
    cr_assert(get(m, 0, 1000));
    cr_assert_not(get(m, 1, 1000));
    cr_assert_gt(stats_of(m).evicted, 100);
    cr_assert_eq(weft_memo_put(m, token_of(500), large, 1, &err), WEFT_RANGE);
    cr_assert(strstr(err.message, "and a memo of 100000"), "%s", err.message);
    weft_value_release(large);
    weft_memo_free(m);
}

Test(memo, a_type_that_is_only_copied_is_copied_in_and_out_and_one_that_cannot_be_is_refused)
{
    static const struct weft_type sized = {.name = "sized"};
    weft_memo *m = memo_of(NULL);
    struct weft_value box = box_of(&type_sealed_box, 4);
    struct weft_error err;
    int pointed = 0;

    cr_assert_eq(weft_memo_put(m, token_of(1), box, 1, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, box.type->name), "%s", err.message);
    cr_assert_eq(weft_memo_put(m, token_of(1), weft_value_of_ptr(&sized, &pointed), 1, NULL), WEFT_UNSUPPORTED,
                 "what a bare pointer leads to may be gone");
    cr_assert_eq(weft_memo_put(m, token_of(1), weft_value_none(), 1, NULL), WEFT_INVALID);
    weft_value_release(box);
    weft_memo_free(m);
    cr_assert_eq(boxes_live, 0);
}

/* ---- On disk ------------------------------------------------------------------- */

Test(memo, another_memo_finds_what_was_put_in_the_folder)
{
    const struct weft_memo_spec spec = {.folder = tempdir};
    weft_memo *m = memo_of(&spec), *late;
    struct weft_memo_stats s;

    for (uint64_t i = 0; i < 20; i++)
        put(m, i, 100 + (int64_t)i, 1000000);
    cr_assert_eq(stats_of(m).n_disk, 20);
    weft_memo_free(m);
    late = memo_of(&spec);
    cr_assert_eq(stats_of(late).n_disk, 20);
    for (uint64_t i = 0; i < 20; i++)
        cr_assert(get(late, i, 100 + (int64_t)i) && get(late, i, 100 + (int64_t)i));
    s = stats_of(late);
    cr_assert_eq(s.hits, 40);
    cr_assert_eq(s.disk_hits, 20, "the second time they are in memory");
    cr_assert_eq(s.saved_ns, 40 * 1000000);
    weft_memo_clear(late);
    cr_assert_not(get(late, 3, 103));
    weft_memo_free(late);
    late = memo_of(&spec);
    cr_assert_eq(stats_of(late).n_disk, 0);
    weft_memo_free(late);
}

/* The file of value i. The caller's to free. */
static char *file_of(uint64_t i)
{
    char name[40];

    snprintf(name, sizeof name, "%016llx%016llx", (unsigned long long)token_of(i).hi, (unsigned long long)token_of(i).lo);
    return tempdir_path(tempdir, name);
}

enum damage { FLIPPED, CUT, EMPTY, LONGER, OTHER_VERSION, OTHERS, GARBAGE, DAMAGES };

static void damage_file(uint64_t i, enum damage how)
{
    char *path = file_of(i), *other = file_of(i + 1);
    size_t n;
    char *bytes = tempdir_read(how == OTHERS ? other : path, &n), *more = calloc(1, n + 100);
    FILE *f;

    memcpy(more, bytes, n);
    switch (how) {
    case FLIPPED:       more[n - 3] ^= 1; break;
    case CUT:           n /= 2; break;
    case EMPTY:         n = 0; break;
    case LONGER:        n += 100; break;
    case OTHER_VERSION: ((struct wf_entry_head *)(void *)more)->version++; break;
    case GARBAGE:       memset(more, 0x5a, n); break;
    default:            break;
    }
    f = fopen(path, "wb");
    fwrite(more, 1, n, f);
    fclose(f);
    free(path);
    free(other);
    free(bytes);
    free(more);
}

Test(memo, a_file_that_is_broken_cut_off_of_another_version_or_anothers_is_dropped)
{
    for (enum damage how = 0; how < DAMAGES; how++) {
        const struct weft_memo_spec spec = {.folder = tempdir};
        weft_memo *m = memo_of(&spec);
        char *path;

        put(m, 1, 1000, 1000);
        put(m, 2, 1000, 1000);
        weft_memo_free(m);
        damage_file(1, how);
        m = memo_of(&spec);
        cr_assert_not(get(m, 1, 1000), "damage %d", (int)how);
        cr_assert(get(m, 2, 1000));
        cr_assert_eq(stats_of(m).broken, 1);
        path = file_of(1);
        cr_assert_neq(access(path, F_OK), 0, "damage %d: it is still there", (int)how);
        free(path);
        put(m, 1, 1000, 1000);
        weft_memo_free(m);
        m = memo_of(&spec);
        cr_assert(get(m, 1, 1000), "damage %d: made again, it is not kept", (int)how);
        weft_memo_clear(m);
        weft_memo_free(m);
    }
}

Test(memo, a_file_that_goes_away_is_a_miss)
{
    weft_memo *m = memo_of(&(struct weft_memo_spec){.folder = tempdir, .memory_bytes = 1});
    const struct weft_value v = block_of(1, 50);
    char *path = file_of(1);

    cr_assert_eq(weft_memo_put(m, token_of(1), v, 1000, NULL), WEFT_OK);
    cr_assert(get(m, 1, 50));
    cr_assert_eq(unlink(path), 0);
    cr_assert_not(get(m, 1, 50));
    cr_assert_eq(stats_of(m).broken, 0);
    cr_assert_eq(weft_memo_put(m, token_of(1), v, 1000, NULL), WEFT_OK);
    cr_assert(get(m, 1, 50));
    free(path);
    weft_value_release(v);
    weft_memo_free(m);
}

static int n_files(void)
{
    DIR *d = opendir(tempdir);
    int n = 0;

    for (struct dirent *e; (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

Test(memo, other_files_of_the_folder_stay_and_what_died_writing_goes_after_an_hour)
{
    const struct timespec long_ago[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    char *entry, *old, *fresh;
    weft_memo *m;

    tempdir_write(tempdir, "README", "mine");
    tempdir_write(tempdir, "0123456789abcdef0123456789abcdeg", "no token");
    tempdir_write(tempdir, "00000000000000000000000000000001.77-0", "died");
    tempdir_write(tempdir, "00000000000000000000000000000002.78-0", "writes still");
    old = tempdir_path(tempdir, "00000000000000000000000000000001.77-0");
    fresh = tempdir_path(tempdir, "00000000000000000000000000000002.78-0");
    cr_assert_eq(utimensat(AT_FDCWD, old, long_ago, 0), 0);
    m = memo_of(&(struct weft_memo_spec){.folder = tempdir});
    cr_assert_eq(stats_of(m).n_disk, 0);
    cr_assert_neq(access(old, F_OK), 0);
    cr_assert_eq(access(fresh, F_OK), 0);
    put(m, 1, 10, 1000);
    entry = file_of(1);
    cr_assert_eq(access(entry, F_OK), 0);
    weft_memo_clear(m);
    cr_assert_neq(access(entry, F_OK), 0);
    cr_assert_eq(n_files(), 3);
    free(old);
    free(fresh);
    free(entry);
    weft_memo_free(m);
}

static uint64_t bytes_on_disk(void)
{
    DIR *d = opendir(tempdir);
    uint64_t n = 0;
    struct stat s;

    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.' && !fstatat(dirfd(d), e->d_name, &s, 0))
            n += (uint64_t)s.st_blocks * 512 > (uint64_t)s.st_size ? (uint64_t)s.st_blocks * 512 : (uint64_t)s.st_size;
    closedir(d);
    return n;
}

Test(memo, the_folder_stays_below_its_limit_and_the_dear_stays_longest)
{
    const struct weft_memo_spec spec = {.folder = tempdir, .disk_bytes = 1 << 20, .memory_bytes = 1, .no_packing = true};
    weft_memo *m = memo_of(&spec);

    put(m, 0, 1000, 1000000000000);
    for (uint64_t i = 1; i < 500; i++) {
        put(m, i, 1000, 1000);
        cr_assert_leq(bytes_on_disk(), 1 << 20, "after %d", (int)i);
        if (i == 200) {
            weft_memo_free(m);
            m = memo_of(&spec); /* priorities outlive the process */
        }
    }
    cr_assert(get(m, 0, 1000));
    cr_assert(get(m, 499, 1000));
    cr_assert_not(get(m, 1, 1000));
    cr_assert_gt(stats_of(m).evicted, 100);
    weft_memo_free(m);
}

Test(memo, a_folder_that_cannot_be_is_an_error_with_its_name)
{
    struct weft_error err;
    weft_memo *m;
    char *file = tempdir_path(tempdir, "file"), below[4096];

    snprintf(below, sizeof below, "%s/below", file);
    tempdir_write(tempdir, "file", "");
    cr_assert_eq(weft_memo_new(&m, &(struct weft_memo_spec){.folder = file}, &err), WEFT_IO);
    cr_assert(strstr(err.message, file) && strstr(err.message, "Not a directory"), "%s", err.message);
    cr_assert_eq(weft_memo_new(&m, &(struct weft_memo_spec){.folder = below}, &err), WEFT_IO);
    free(file);
}

Test(memo, what_the_disk_refuses_is_not_kept_and_nothing_is_left_of_it)
{
    weft_memo *m = memo_of(&(struct weft_memo_spec){.folder = tempdir, .memory_bytes = 1, .no_packing = true});
    const struct weft_value v = block_of(1, 10000);
    struct rlimit before, small = {.rlim_cur = 4096, .rlim_max = RLIM_INFINITY};
    struct weft_error err;

    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    cr_assert_eq(weft_memo_put(m, token_of(1), v, 1000, &err), WEFT_RANGE, "no room in memory, and none on disk");
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    cr_assert_eq(stats_of(m).failed, 1);
    cr_assert_eq(n_files(), 0);
    cr_assert_eq(weft_memo_put(m, token_of(1), v, 1000, &err), WEFT_OK);
    weft_value_release(v);
    weft_memo_free(m);
}

/* ---- Several at once ------------------------------------------------------------ */

enum { TOKENS = 40 };

static int64_t size_of(uint64_t i)
{
    return 100 + (int64_t)(i * 37 % 1500);
}

/* Puts, gets and evicts at random; what is got is right. */
static void hammer(weft_memo *m, uint64_t seed, uint64_t n)
{
    for (uint64_t step = 0; step < n; step++) {
        uint32_t r[4];
        uint64_t i;

        wf_random_block(seed, 9, step, r);
        i = r[0] % TOKENS;
        if (r[1] % 16 == 0)
            weft_memo_evict(m, token_of(i));
        else if (r[1] % 2)
            put(m, i, size_of(i), r[2]);
        else
            get(m, i, size_of(i));
        if (step % 256 == 255)
            weft_memo_clear(m);
    }
}

static void *hammer_thread(void *arg)
{
    hammer(arg, (uint64_t)(uintptr_t)&arg, 2000 / (uint64_t)test_scale());
    return NULL;
}

Test(memo, threads_find_what_threads_put)
{
    weft_memo *m = memo_of(&(struct weft_memo_spec){.folder = tempdir, .memory_bytes = 100000, .disk_bytes = 1 << 20});
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        cr_assert_eq(pthread_create(&threads[i], NULL, hammer_thread, m), 0);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    cr_assert_eq(stats_of(m).broken, 0);
    weft_memo_free(m);
}

/* In a child: nothing of the test's framework may fail there, so it counts for itself. */
static int child(uint64_t seed)
{
    const struct weft_memo_spec spec = {.folder = tempdir, .memory_bytes = 1, .disk_bytes = 1 << 20};
    weft_memo *m;
    struct weft_memo_stats s;
    int wrong = 0;

    if (weft_memo_new(&m, &spec, NULL))
        return 100;
    for (uint64_t step = 0; step < 600 / (uint64_t)test_scale(); step++) {
        uint32_t r[4];
        uint64_t i;
        struct weft_value v;

        wf_random_block(seed, 9, step, r);
        i = r[0] % TOKENS;
        if (r[1] % 2) {
            v = block_of(i, size_of(i));
            wrong += weft_memo_put(m, token_of(i), v, r[2], NULL) != WEFT_OK;
            weft_value_release(v);
        } else if (!weft_memo_get(m, token_of(i), &v, NULL)) {
            wrong += !is_block_of(v, i, size_of(i));
            weft_value_release(v);
        }
        if (r[1] % 64 == 0) { /* so that the others' files are seen */
            weft_memo_free(m);
            if (weft_memo_new(&m, &spec, NULL))
                return 101;
        }
    }
    weft_memo_stats(m, &s);
    wrong += s.broken > 0;
    weft_memo_free(m);
    return wrong > 99 ? 99 : wrong;
}

Test(memo, processes_share_a_folder_and_see_whole_files_only)
{
    enum { N = 4 };
    pid_t children[N];
    int status;

    for (int i = 0; i < N; i++) {
        children[i] = fork();
        if (!children[i])
            _exit(child((uint64_t)i));
    }
    for (int i = 0; i < N; i++) {
        cr_assert_eq(waitpid(children[i], &status, 0), children[i]);
        cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child %d: status %d", i, WEXITSTATUS(status));
    }
    cr_assert_leq(bytes_on_disk(), (1 << 20) + N * (1 << 16));
}

Test(memo, what_it_did_is_told_in_words)
{
    weft_memo *m = memo_of(&(struct weft_memo_spec){.folder = tempdir});
    char *text = NULL;
    size_t n;
    FILE *f = open_memstream(&text, &n);

    put(m, 1, 100, 2000000000);
    get(m, 1, 100);
    get(m, 2, 100);
    weft_memo_print(m, f);
    fclose(f);
    cr_assert(strstr(text, "2 asked for, 1 found (50.0 %; 0 on disk), 2.000 s of work saved"), "%s", text);
    cr_assert(strstr(text, "memory  1 results"), "%s", text);
    cr_assert(strstr(text, "disk    1 results"), "%s", text);
    free(text);
    weft_memo_free(m);
}
