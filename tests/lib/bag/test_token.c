/* test_token.c - a pass over a bag is known again by its files, functions and arguments. */
#include <criterion/criterion.h>

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <weft/bag.h>
#include <weft/memo.h>
#include <weft/pool.h>

#include "tests/support/tempdir.h"

enum { FILES = 20 };

static char *dir;
static weft_pool *pool;
static _Atomic int n_called;

static void begin(void)
{
    dir = tempdir_new();
    pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
}

static void end(void)
{
    weft_pool_free(pool);
    tempdir_remove(dir);
}

TestSuite(token, .init = begin, .fini = end);

static void write_file(int i, const char *text, int64_t when)
{
    const struct timespec times[2] = {{.tv_sec = when}, {.tv_sec = when}};
    char name[32], *path;

    snprintf(name, sizeof name, "%02d.txt", i);
    tempdir_write(dir, name, text);
    path = tempdir_path(dir, name);
    cr_assert_eq(utimensat(AT_FDCWD, path, times, 0), 0);
    free(path);
}

static void write_files(void)
{
    char text[100];

    for (int i = 0; i < FILES; i++) {
        snprintf(text, sizeof text, "all of file %d\nand of number %d\n", i, i % 3);
        write_file(i, text, 1000000000);
    }
}

/* Words as pairs with their weight. */
static weft_status words(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    const int64_t weight = *(const int64_t *)arg;
    const char *at = in->text.ptr, *stop = at + in->text.len;

    (void)err;
    atomic_fetch_add(&n_called, 1);
    while (at < stop) {
        const char *blank = memchr(at, ' ', (size_t)(stop - at));
        const char *last = blank ? blank : stop;

        if (weft_emit_pair(out, (struct weft_text){at, last - at}, &weight))
            break;
        at = last + 1;
    }
    return WEFT_OK;
}

static weft_status add(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *(int64_t *)into += *(const int64_t *)value;
    return WEFT_OK;
}

static weft_status greater(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    if (*(const int64_t *)value > *(int64_t *)into)
        *(int64_t *)into = *(const int64_t *)value;
    return WEFT_OK;
}

static weft_task *counts(weft_graph *g, int64_t weight, weft_combine_fn *combine, uint32_t flags)
{
    char *pattern = tempdir_path(dir, "*.txt");
    weft_bag *b = weft_bag_text(g, pattern, 0);

    free(pattern);
    b = weft_bag_flat_map(b, words, WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof(int64_t), .arg = &weight,
                                              .arg_bytes = sizeof weight, .flags = flags));
    return weft_bag_collect(weft_bag_reduce_by_key(b, combine, 3, WEFT_STEP(.flags = flags)));
}

/* The result as text; the caller's to free. */
static char *run(weft_memo *memo, int64_t weight, weft_combine_fn *combine, uint32_t flags, struct weft_reuse *reuse)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = counts(g, weight, combine, flags);
    struct weft_error err;
    struct weft_value v;
    char *text;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    atomic_store(&n_called, 0);
    cr_assert_eq(weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.memo = memo, .reuse = reuse}, &v, &err), WEFT_OK,
                 "%s", err.message);
    for (int64_t i = 0; i < weft_records_n(weft_value_records(v)); i++) {
        const struct weft_record r = weft_records_at(weft_value_records(v), i);

        fprintf(to, "%.*s %lld\n", (int)r.text.len, r.text.ptr, (long long)*(const int64_t *)r.data);
    }
    fclose(to);
    weft_value_release(v);
    weft_graph_free(g);
    return text;
}

static int calls(weft_memo *memo, int64_t weight, weft_combine_fn *combine, uint32_t flags)
{
    struct weft_reuse reuse;

    free(run(memo, weight, combine, flags, &reuse));
    return atomic_load(&n_called);
}

Test(token, one_file_that_changed_is_read_and_the_words_are_as_if_all_were)
{
    char *cache = tempdir_path(dir, "cache"), *first, *again, *changed, *plain;
    struct weft_reuse reuse;

    write_files();
    for (int on_disk = 0; on_disk < 2; on_disk++) {
        const struct weft_memo_spec spec = {.least_ns = -1, .folder = cache, .memory_bytes = on_disk ? 1 : 0};
        weft_memo *memo;

        cr_assert_eq(weft_memo_new(&memo, &spec, NULL), WEFT_OK);
        weft_memo_clear(memo);
        first = run(memo, 1, add, WEFT_PURE, &reuse);
        cr_assert_eq(atomic_load(&n_called), 2 * FILES);
        again = run(memo, 1, add, WEFT_PURE, &reuse);
        cr_assert_eq(atomic_load(&n_called), 0);
        cr_assert_str_eq(first, again);
        write_file(7, "a new line\nand of number two\nand more\n", 1000000001);
        changed = run(memo, 1, add, WEFT_PURE, &reuse);
        cr_assert_eq(atomic_load(&n_called), 3);
        plain = run(NULL, 1, add, WEFT_PURE, &reuse);
        cr_assert_str_eq(changed, plain);
        cr_assert_str_neq(changed, first);
        write_files();
        free(first);
        free(again);
        free(changed);
        free(plain);
        weft_memo_free(memo);
    }
    free(cache);
}

Test(token, another_argument_or_function_is_other_work_and_what_is_not_pure_is_done_each_time)
{
    weft_memo *memo;
    char *sums, *most;
    struct weft_reuse reuse;

    write_files();
    cr_assert_eq(weft_memo_new(&memo, &(struct weft_memo_spec){.least_ns = -1}, NULL), WEFT_OK);
    cr_assert_eq(calls(memo, 1, add, WEFT_PURE), 2 * FILES);
    cr_assert_eq(calls(memo, 2, add, WEFT_PURE), 2 * FILES, "another weight");
    cr_assert_eq(calls(memo, 2, add, WEFT_PURE), 0);
    cr_assert_eq(calls(memo, 2, add, 0), 2 * FILES, "nobody says that it is pure");
    sums = run(memo, 2, add, WEFT_PURE, &reuse);
    most = run(memo, 2, greater, WEFT_PURE, &reuse);
    cr_assert_str_neq(sums, most, "another function, and what was there is not taken for it");
    free(sums);
    free(most);
    weft_memo_free(memo);
}

static weft_status hash_weight(const void *data, struct weft_sink *sink)
{
    return sink->write(sink->to, data, sizeof(int64_t));
}

static int n_freed;

static void free_weight(void *data)
{
    n_freed++;
    free(data);
}

static const struct weft_type weight_type = {.name = "weight", .hash = hash_weight, .free = free_weight};

/* The task over a bare pointer, or one with a type. */
static weft_task *pointed(weft_graph *g, int64_t number, const struct weft_type *type)
{
    const int64_t ones[] = {1, 2, 3};
    int64_t *weight = malloc(sizeof *weight);
    weft_bag *b = weft_bag_parallelize(g, ones, sizeof *ones, 3, 2);

    *weight = number;
    return weft_bag_collect(weft_bag_flat_map(b, words, WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof(int64_t), .arg = weight,
                                                                  .arg_type = type, .free_arg = type ? NULL : free_weight,
                                                                  .flags = WEFT_PURE)));
}

Test(token, an_argument_behind_a_pointer_is_told_by_its_type_or_refused_by_a_strict_graph)
{
    weft_graph *g = weft_graph_new();
    struct weft_token a, b, c;
    struct weft_error err;

    n_freed = 0;
    cr_assert_eq(weft_task_token(pointed(g, 5, &weight_type), &a, &err), WEFT_OK, "%s", err.message);
    cr_assert_eq(weft_task_token(pointed(g, 5, &weight_type), &b, NULL), WEFT_OK);
    cr_assert_eq(weft_task_token(pointed(g, 6, &weight_type), &c, NULL), WEFT_OK);
    cr_assert(a.hi == b.hi && a.lo == b.lo && a.lo != c.lo);
    cr_assert_eq(weft_task_status(pointed(g, 7, NULL), NULL), WEFT_OK);
    weft_graph_keys(g, WEFT_KEYS_STRICT);
    cr_assert_eq(weft_task_status(pointed(g, 7, NULL), &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "flat-map: is to be pure, but its argument is a bare pointer"), "%s", err.message);
    weft_graph_free(g);
    cr_assert_eq(n_freed, 5);
}

Test(token, every_pure_way_through_a_bag_has_a_token)
{
    weft_graph *g = weft_graph_new();
    const int64_t one = 1, ones[] = {1, 2, 3};
    char *pattern = tempdir_path(dir, "*.txt");
    weft_bag *lines, *pairs, *structs;
    struct weft_token token;
    struct weft_error err;

    write_files();
    weft_graph_keys(g, WEFT_KEYS_STRICT | WEFT_KEYS_BY_CONTENT);
    lines = weft_bag_text(g, pattern, 0);
    pairs = weft_bag_flat_map(lines, words, WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof one, .arg = (void *)&one,
                                                      .arg_bytes = sizeof one, .flags = WEFT_PURE));
    structs = weft_bag_parallelize(g, ones, sizeof *ones, 3, 2);
    {
        weft_task *const tasks[] = {
            weft_bag_collect(lines), weft_bag_count(lines), weft_bag_take(pairs, 3), weft_bag_first(lines),
            weft_bag_is_empty(lines), weft_bag_count_by_key(pairs), weft_bag_count(weft_bag_keys(pairs)),
            weft_bag_collect(weft_bag_group_by_key(pairs, 2)), weft_bag_count(weft_bag_values(pairs)),
            weft_bag_reduce(structs, add, WEFT_STEP(.flags = WEFT_PURE)),
            weft_bag_collect(weft_bag_coalesce(weft_bag_union(structs, structs), 2))};

        for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++)
            cr_assert_eq(weft_task_token(tasks[i], &token, &err), WEFT_OK, "%zu: %s", i, err.message);
    }
    free(pattern);
    weft_graph_free(g);
}

Test(token, a_file_that_changes_after_a_pure_task_over_it_was_built_is_an_error_of_the_run)
{
    for (int pure = 0; pure < 2; pure++) {
        weft_graph *g = weft_graph_new();
        struct weft_error err;
        weft_task *t;
        weft_status st;

        write_files();
        t = counts(g, 1, add, pure ? WEFT_PURE : 0);
        write_file(3, "other words\n", 1000000005);
        st = weft_pool_run(pool, t, NULL, &err);
        cr_assert_eq(st, pure ? WEFT_IO : WEFT_OK);
        cr_assert(!pure || strstr(err.message, "03.txt: has changed since"), "%s", err.message);
        weft_graph_free(g);
    }
}
