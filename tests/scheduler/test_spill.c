/* test_spill.c - values go to disk and come back equal, or it is said why not. */
#include <criterion/criterion.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <weft/weft.h>

#include "config.h"
#include "lib/base/mem.h"
#include "scheduler/spill.h"
#include "tests/support/tempdir.h"

/* n doubles: all the same bits but the last few, or none alike. */
static struct weft_value block_of(int64_t n, bool packs)
{
    weft_block *b = weft_block_new(WEFT_FLOAT64, 1, &n);
    uint64_t *x = weft_block_data_mut(b), state = 88172645463325252u;

    for (int64_t i = 0; i < n; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        x[i] = packs ? (uint64_t)i / 1000 : state;
    }
    return weft_value_of_ptr(&weft_type_block, b);
}

static bool are_equal(struct weft_value a, struct weft_value b)
{
    const weft_block *x = weft_value_block(a), *y = weft_value_block(b);

    return x && y && weft_block_n_elems(x) == weft_block_n_elems(y) &&
           !memcmp(weft_block_data(x), weft_block_data(y), (size_t)weft_block_n_elems(x) * 8);
}

static struct weft_pool_memory counted(struct wf_spill *s)
{
    struct weft_pool_memory m;

    wf_spill_memory(s, &m);
    return m;
}

static void goes_and_comes(struct wf_spill *s, struct weft_value v)
{
    struct weft_value away, back;
    struct weft_error err;

    cr_assert_eq(wf_spill_write(s, v, weft_value_bytes(v), &away, &err), WEFT_OK, "%s", err.message);
    for (int i = 0; i < 2; i++) {
        cr_assert_eq(wf_spill_read(away, &back, &err), WEFT_OK, "%s", err.message);
        cr_expect(are_equal(v, back));
        weft_value_release(back);
    }
    weft_value_release(away);
}

Test(spill, a_value_comes_back_equal_and_its_room_is_used_again)
{
    struct wf_spill *s = wf_spill_new(NULL, 0);
    const int64_t sizes[] = {0, 1, 7, 4000, 4096, 32768, 32769, 100000, 1000003};

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int packs = 0; packs < 2; packs++) {
            struct weft_value v = block_of(sizes[i], packs);

            goes_and_comes(s, v);
            weft_value_release(v);
        }
    cr_expect_eq(counted(s).disk, 0u);
    cr_expect_eq(counted(s).spilled, 0u);
    cr_expect_leq(counted(s).disk_peak, 1000003u * 8 + 200);
    wf_spill_release(s);
}

#if WF_HAVE_LZ4
Test(spill, what_packs_takes_less_of_the_disk)
{
    struct wf_spill *s = wf_spill_new(NULL, 0);
    struct weft_value v = block_of(1 << 20, true), away;

    cr_assert_eq(wf_spill_write(s, v, weft_value_bytes(v), &away, NULL), WEFT_OK);
    cr_expect_lt(counted(s).disk, (8u << 20) / 10);
    weft_value_release(away);
    weft_value_release(v);
    wf_spill_release(s);
}
#endif

/* A type of many little writes, and of a length that is no multiple of anything. */
static weft_status text_write(const void *data, struct weft_sink *sink)
{
    const char *text = data;
    const size_t n = strlen(text);
    weft_status st = sink->write(sink->to, &n, sizeof n);

    for (size_t i = 0; !st && i < n; i += 3)
        st = sink->write(sink->to, text + i, n - i < 3 ? n - i : 3);
    return st;
}

static weft_status text_read(void **data, struct weft_source *source)
{
    size_t n = 0;
    weft_status st = source->read(source->from, &n, sizeof n);
    char *text = st ? NULL : calloc(n + 1, 1);

    for (size_t i = 0; text && !st && i < n; i += 5)
        st = source->read(source->from, text + i, n - i < 5 ? n - i : 5);
    *data = text;
    return st;
}

static const struct weft_type type_text = {.name = "text", .free = free, .write = text_write, .read = text_read};

Test(spill, little_writes_are_gathered)
{
    enum { N = 1000001 };
    struct wf_spill *s = wf_spill_new(NULL, 0);
    char *text = calloc(N + 1, 1);
    struct weft_value v = weft_value_of_ptr(&type_text, text), back = {0};
    struct weft_error err;

    for (int i = 0; i < N; i++)
        text[i] = (char)('a' + i % 26 * 7919 % 26);
    cr_assert_eq(wf_spill_write(s, v, N, &back, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(wf_spill_bring(&back, &err), WEFT_OK, "%s", err.message);
    cr_expect_str_eq(back.as.ptr, text);
    cr_expect_eq(counted(s).disk, 0u);
    weft_value_release(back);
    weft_value_release(v);
    wf_spill_release(s);
}

/* Writes little the first time, and far more the second. */
static weft_status grows_write(const void *data, struct weft_sink *sink)
{
    const size_t n = ++*(int *)(uintptr_t)data % 2 ? 1 : 2000;
    weft_status st = WEFT_OK;

    for (size_t i = 0; i < n && !st; i++)
        st = sink->write(sink->to, "ten bytes.", 10);
    return st;
}

static const struct weft_type type_grows = {.name = "grower", .write = grows_write, .read = text_read};

Test(spill, a_type_that_writes_more_the_second_time_is_told)
{
    struct wf_spill *s = wf_spill_new(NULL, 0);
    int n_times = 0;
    struct weft_value away;
    struct weft_error err;

    cr_assert_eq(wf_spill_write(s, weft_value_of_ptr(&type_grows, &n_times), 10, &away, &err), WEFT_INVALID);
    cr_expect_str_eq(err.message, "a grower writes itself in different lengths");
    cr_expect_eq(counted(s).spilled, 0);
    wf_spill_release(s);
}

Test(spill, bytes_that_are_not_what_was_written_are_told_whether_packed_or_not)
{
    for (int packs = 0; packs < 2; packs++) {
        struct wf_spill *s = wf_spill_new(NULL, 0);
        struct weft_value v = block_of(100000, packs), away, back = weft_value_none();
        struct weft_error err;
        uint64_t word;

        cr_assert_eq(wf_spill_write(s, v, weft_value_bytes(v), &away, NULL), WEFT_OK);
        cr_assert_eq(pread(s->fd, &word, sizeof word, 100), 8);
        word ^= 1u << 5;
        cr_assert_eq(pwrite(s->fd, &word, sizeof word, 100), 8);
        cr_expect_eq(wf_spill_read(away, &back, &err), WEFT_IO);
        cr_expect(strstr(err.message, s->dir) && strstr(err.message, "not what was written"), "%s", err.message);
        cr_assert_eq(ftruncate(s->fd, 100), 0);
        cr_expect_eq(wf_spill_bring(&away, &err), WEFT_IO);
        cr_expect(strstr(err.message, "it ends before"), "%s", err.message);
        cr_expect_null(away.type);
        weft_value_release(v);
        wf_spill_release(s);
    }
}

Test(spill, no_room_is_told_and_gives_back_what_was_taken)
{
    struct wf_spill *s = wf_spill_new(NULL, 500000);
    struct weft_value v = block_of(50000, false), w = block_of(20000, false), away, more;
    struct weft_error err;

    cr_assert_eq(wf_spill_write(s, v, 400128, &away, &err), WEFT_OK);
    cr_expect_eq(wf_spill_write(s, w, 160128, &more, &err), WEFT_IO);
    cr_expect(strstr(err.message, "may have 500000 bytes"), "%s", err.message);
    cr_expect(strstr(err.message, s->dir), "%s", err.message);
    weft_value_release(away);
    cr_expect_eq(wf_spill_write(s, w, 160128, &away, &err), WEFT_OK, "what was given back is there again");
    weft_value_release(away);
    weft_value_release(v);
    weft_value_release(w);
    wf_spill_release(s);
}

Test(spill, a_full_disk_is_told_and_gives_back_what_was_taken)
{
    struct wf_spill *s = wf_spill_new(NULL, 0);
    struct weft_value v = block_of(200000, false), away;
    struct rlimit was, small = {.rlim_cur = 300000};
    struct weft_error err;

    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &was), 0);
    small.rlim_max = was.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    cr_expect_eq(wf_spill_write(s, v, 1600128, &away, &err), WEFT_IO);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &was), 0);
    cr_expect(strstr(err.message, "File too large"), "%s", err.message);
    cr_expect_eq(counted(s).disk, 0u);
    goes_and_comes(s, v);
    weft_value_release(v);
    wf_spill_release(s);
}

Test(spill, the_directory_is_named_when_it_is_not_there_and_stays_empty_when_it_is)
{
    struct wf_spill *s = wf_spill_new("/no/such/place", 0);
    struct weft_value v = block_of(1000, false), away;
    struct weft_error err;
    char *dir = tempdir_new();

    cr_expect_eq(wf_spill_write(s, v, 8128, &away, &err), WEFT_IO);
    cr_expect(strstr(err.message, "/no/such/place"), "%s", err.message);
    wf_spill_release(s);
    s = wf_spill_new(dir, 0);
    cr_assert_eq(wf_spill_write(s, v, 8128, &away, &err), WEFT_OK, "%s", err.message);
    cr_expect_eq(tempdir_n_files(dir), 0);
    wf_spill_release(s); /* the value holds the file */
    cr_assert_eq(wf_spill_bring(&away, &err), WEFT_OK);
    cr_expect(are_equal(v, away));
    weft_value_release(away);
    weft_value_release(v);
    tempdir_remove(dir);
}
