#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/graph/trace.h"
#include "tests/support/hand_trace.h"
#include "tests/support/scale.h"
#include "tests/support/tempdir.h"

/*   load -> parse -> sum      on two workers
 *      `--> check ---'                          */
static const struct hand_task four[] = {
    {.name = "load", .begin_ns = 0, .end_ns = 10, .layer = "read", .layer_id = 1},
    {.name = "parse", .HAND_DEPS(0), .begin_ns = 10, .end_ns = 40, .layer = "read", .layer_id = 1},
    {.name = "check", .HAND_DEPS(0), .begin_ns = 12, .end_ns = 20, .worker = 1},
    {.name = "sum", .HAND_DEPS(1, 2), .begin_ns = 41, .end_ns = 50, .fused = true},
};

static char *dir, *path;

static void make_dir(void)
{
    dir = tempdir_new();
    path = tempdir_path(dir, "run.trace");
}

static void drop_dir(void)
{
    free(path);
    tempdir_remove(dir);
}

TestSuite(trace_file, .init = make_dir, .fini = drop_dir);

static void assert_equal(const weft_trace *a, const weft_trace *b)
{
    cr_assert_eq(weft_trace_n_tasks(a), weft_trace_n_tasks(b));
    for (size_t i = 0; i < weft_trace_n_tasks(a); i++) {
        const struct weft_trace_task *x = weft_trace_task(a, i), *y = weft_trace_task(b, i);
        const size_t n = weft_trace_n_deps(a, i);

        if (strcmp(x->name, y->name) || strcmp(x->key, y->key) || strcmp(x->layer, y->layer) ||
            strcmp(x->file, y->file) || x->layer_id != y->layer_id || x->line != y->line ||
            x->fused != y->fused || n != weft_trace_n_deps(b, i) ||
            (n && memcmp(weft_trace_deps(a, i), weft_trace_deps(b, i), n * sizeof(uint32_t))))
            cr_assert_fail("task %zu differs", i);
    }
    cr_assert_eq(weft_trace_n_workers(a), weft_trace_n_workers(b));
    cr_assert_eq(weft_trace_wall_ns(a), weft_trace_wall_ns(b));
    cr_assert_eq(weft_trace_n_lost(a), weft_trace_n_lost(b));
    cr_assert_eq(weft_trace_n_events(a), weft_trace_n_events(b));
    if (weft_trace_n_events(a))
        cr_assert_arr_eq(weft_trace_events(a), weft_trace_events(b),
                         weft_trace_n_events(a) * sizeof(struct weft_event));
}

/* The file of the four tasks, as bytes; the caller's to free(). */
static char *file_of_four(size_t *n)
{
    weft_trace *t = hand_trace(four, 4, 2);

    cr_assert(!weft_trace_write(t, path, NULL));
    weft_trace_free(t);
    return tempdir_read(path, n);
}

Test(trace_file, what_is_read_equals_what_was_written)
{
    weft_trace *t = hand_trace(four, 4, 2), *back = NULL;
    struct weft_error err;

    cr_assert(!weft_trace_write(t, path, &err));
    cr_assert(!weft_trace_read(&back, path, &err));
    assert_equal(t, back);
    weft_trace_free(t);
    weft_trace_free(back);
}

Test(trace_file, an_empty_trace_survives_too)
{
    weft_trace *t = hand_trace(NULL, 0, 0), *back = NULL;

    cr_assert(!weft_trace_write(t, path, NULL));
    cr_assert(!weft_trace_read(&back, path, NULL));
    assert_equal(t, back);
    weft_trace_free(t);
    weft_trace_free(back);
}

Test(trace_file, writing_again_replaces_the_file)
{
    weft_trace *a = hand_trace(four, 4, 2), *b = hand_trace(four, 1, 1), *back = NULL;

    cr_assert(!weft_trace_write(a, path, NULL));
    cr_assert(!weft_trace_write(b, path, NULL));
    cr_assert(!weft_trace_read(&back, path, NULL));
    assert_equal(b, back);
    weft_trace_free(a);
    weft_trace_free(b);
    weft_trace_free(back);
}

Test(trace_file, a_file_cut_at_any_length_is_refused)
{
    weft_trace *back = NULL;
    struct weft_error err;
    size_t n;
    char *bytes = file_of_four(&n);

    for (size_t cut = 0; cut < n; cut++) {
        tempdir_write_bytes(dir, "run.trace", bytes, cut);
        cr_assert_eq(weft_trace_read(&back, path, &err), WEFT_PARSE, "cut at %zu", cut);
        cr_assert(strstr(err.message, "run.trace: "));
        cr_assert_null(back);
    }
    free(bytes);
}

Test(trace_file, a_file_with_more_than_its_header_promises_is_refused)
{
    weft_trace *back = NULL;
    struct weft_error err;
    size_t n;
    char *bytes = file_of_four(&n);

    /* tempdir_read() ends the bytes with a zero: write that one too. */
    tempdir_write_bytes(dir, "run.trace", bytes, n + 1);
    cr_assert_eq(weft_trace_read(&back, path, &err), WEFT_PARSE);
    cr_assert(strstr(err.message, "bytes where its header promises"));
    free(bytes);
}

Test(trace_file, any_changed_byte_is_noticed)
{
    weft_trace *back = NULL;
    size_t n;
    char *bytes = file_of_four(&n);

    for (size_t i = 0; i < n; i++) {
        for (int bit = 0; bit < 8; bit += 7) {
            bytes[i] = (char)(bytes[i] ^ 1 << bit);
            tempdir_write_bytes(dir, "run.trace", bytes, n);
            cr_assert_eq(weft_trace_read(&back, path, NULL), WEFT_PARSE, "bit %d of byte %zu", bit, i);
            cr_assert_null(back);
            bytes[i] = (char)(bytes[i] ^ 1 << bit);
        }
    }
    free(bytes);
}

/* A checksum protects from accidents; a file can be wrong from the beginning. */
Test(trace_file, nonsense_under_a_right_checksum_is_refused)
{
    enum { LATER_DEP, FAR_NAME, NO_SUCH_WORKER, OPEN_TEXT, FEWER_DEPS, N_CASES };

    for (int which = 0; which < N_CASES; which++) {
        weft_trace *t = hand_trace(four, 4, 2), *back = NULL;
        struct weft_error err;

        switch (which) {
        case LATER_DEP:      t->deps[2] = 3; break;
        case FAR_NAME:       t->tasks[1].name = t->text + t->n_text; break;
        case NO_SUCH_WORKER: t->n_workers = 1; break;
        case OPEN_TEXT:      t->text[t->n_text - 1] = 'x'; break;
        case FEWER_DEPS:     t->first[4]--; break;
        }
        cr_assert(!weft_trace_write(t, path, NULL));
        weft_trace_free(t);
        cr_assert_eq(weft_trace_read(&back, path, &err), WEFT_PARSE, "case %d", which);
        cr_assert(strstr(err.message, "run.trace: is damaged: "));
        cr_assert_null(back);
    }
}

Test(trace_file, other_files_are_told_apart)
{
    weft_trace *back = NULL;
    struct weft_error err;

    tempdir_write(dir, "run.trace", "team,goals\n");
    cr_assert_eq(weft_trace_read(&back, path, &err), WEFT_PARSE);
    cr_assert(strstr(err.message, "run.trace: is not a trace"));
    cr_assert_eq(weft_trace_read(&back, dir, &err), WEFT_IO);
    cr_assert(strstr(err.message, "Is a directory"));
    cr_assert_eq(weft_trace_read(&back, "/nowhere/run.trace", &err), WEFT_IO);
    cr_assert_str_eq(err.message, "/nowhere/run.trace: No such file or directory");
}

Test(trace_file, a_path_that_cannot_be_written_is_named)
{
    weft_trace *t = hand_trace(four, 4, 2);
    struct weft_error err;

    cr_assert_eq(weft_trace_write(t, "/nowhere/run.trace", &err), WEFT_IO);
    cr_assert_str_eq(err.message, "/nowhere/run.trace: No such file or directory");
    cr_assert_eq(weft_trace_write(t, "/dev/full", &err), WEFT_IO);
    cr_assert_str_eq(err.message, "/dev/full: No space left on device");
    cr_assert_eq(weft_trace_write(t, dir, &err), WEFT_IO);
    cr_assert(strstr(err.message, "Is a directory"));
    weft_trace_free(t);
}

/* More than this would be a mistake in the method, not a slow machine. */
Test(trace_file, a_million_tasks_are_not_written_and_read_in_quadratic_time)
{
    enum { N = 1000000 };
    const struct wf_trace_run run = {.n_workers = 1, .n_events = N, .wall_ns = N};
    weft_trace *t = wf_trace_begin(N, 3 * (N - 3), &run), *whole = NULL, *back = NULL;
    int64_t begin;

    cr_assert(t);
    for (uint32_t i = 0; i < N; i++) {
        struct wf_trace_record r = {.n_deps = i < 3 ? 0 : 3};
        char key[32];

        snprintf(key, sizeof key, "task-%016x", i);
        cr_assert(wf_trace_text(t, key, &r.key));
        wf_trace_add(t, &r, (uint32_t[]){i - 1, i - 2, i - 3});
        wf_trace_events(t)[i] = (struct weft_event){.begin_ns = i, .end_ns = i + 1, .task = i};
    }
    cr_assert(!wf_trace_end(&whole, t, NULL));
    begin = test_cpu_ns();
    cr_assert(!weft_trace_write(whole, path, NULL));
    cr_assert(!weft_trace_read(&back, path, NULL));
    cr_assert_lt(test_cpu_ns() - begin, test_patient_ns(5 * (int64_t)1000000000));
    assert_equal(whole, back);
    weft_trace_free(whole);
    weft_trace_free(back);
}

Test(trace_file, without_memory_neither_writes_nor_reads_nor_leaks)
{
    weft_trace *t = hand_trace(four, 4, 2);
    bool written = false, read = false;

    for (int nth = 1; !read; nth++) {
        weft_trace *back = NULL;
        weft_status st;

        cr_assert_lt(nth, 20);
        wf_mem_watch(true);
        wf_mem_fail_at(nth);
        st = written ? weft_trace_read(&back, path, NULL) : weft_trace_write(t, path, NULL);
        wf_mem_fail_at(0);
        weft_trace_free(back);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %d leaks", nth);
        wf_mem_watch(false);
        cr_assert(st == WEFT_OK || st == WEFT_NOMEM);
        if (st == WEFT_OK) {
            cr_assert_gt(nth, 1);
            read = written;
            written = true;
            nth = 0;
        }
    }
    weft_trace_free(t);
}
