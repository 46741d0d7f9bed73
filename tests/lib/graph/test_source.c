#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include <weft/weft.h>

#include "tests/support/bodies.h"
#include "tests/support/nomem.h"
#include "tests/support/random_graph.h"
#include "tests/support/scale.h"
#include "tests/support/tempdir.h"

/* A task that reads bytes begin .. end-1 of a file, and what it is built on. */
static weft_task *reads(weft_graph *g, const char *path, int64_t begin, int64_t end)
{
    return weft_task_source(weft_add(g, body_add), WEFT_SOURCE(.path = path, .begin = begin, .end = end));
}

static weft_task *both(weft_graph *g, weft_task *a, weft_task *b)
{
    return weft_add(g, body_add, .deps = WEFT_DEPS(a, b));
}

/* What tasks were made from, in short; one of two buffers in turn. */
static const char *text_of(weft_task *t)
{
    static char text[2][400];
    static int turn;
    struct weft_sources s;
    struct weft_error err;

    cr_assert(!weft_sources_of(&t, 1, &s, &err), "%s", err.message);
    weft_sources_text(&s, text[turn ^= 1], sizeof *text);
    weft_sources_fini(&s);
    return text[turn];
}

/* ---- What is behind ------------------------------------------------------------------ */

Test(source, a_task_that_reads_nothing_was_made_from_nothing)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add), *other = reads(g, "a", 0, 10);
    struct weft_sources s;

    cr_assert(!weft_sources_of(&t, 1, &s, NULL));
    cr_assert(s.n == 0 && s.n_files == 0 && s.n_reads == 0 && s.n_bytes == 0 && s.n_rows == 0);
    weft_sources_fini(&s);
    cr_assert(!weft_sources_of(NULL, 0, &s, NULL));
    cr_assert_eq(s.n, 0);
    weft_sources_fini(&s);
    cr_assert_str_eq(text_of(t), "");
    cr_assert_str_eq(text_of(other), "a, bytes 0 to 10");
    weft_graph_free(g);
}

Test(source, ranges_of_a_file_that_touch_or_overlap_are_one_and_files_stand_in_order_of_inputs)
{
    weft_graph *g = weft_graph_new();
    weft_task *a1 = reads(g, "a", 10, 20), *b = reads(g, "b", 5, 6), *a0 = reads(g, "a", 0, 10), *a9 = reads(g, "a", 90, 100);
    weft_task *over = reads(g, "a", 15, 30), *all = both(g, both(g, b, a1), both(g, a9, both(g, over, a0)));
    struct weft_sources s;

    cr_assert(!weft_sources_of(&all, 1, &s, NULL));
    cr_assert_eq(s.n, 3);
    cr_assert_eq(s.n_files, 2);
    cr_assert_eq(s.n_reads, 5);
    cr_assert_eq(s.n_bytes, 41);
    cr_assert_str_eq(s.range[0].path, "b");
    cr_assert(s.range[1].begin == 0 && s.range[1].end == 30 && s.range[1].n_reads == 3);
    cr_assert(s.range[2].begin == 90 && s.range[2].end == 100);
    cr_assert_eq(s.range[1].path, s.range[2].path);
    weft_sources_fini(&s);
    cr_assert_str_eq(text_of(all), "b, bytes 5 to 6; a, bytes 0 to 30; a, bytes 90 to 100");
    weft_graph_free(g);
}

static void rows_of(weft_graph *g, struct weft_task_source a, struct weft_task_source b, int64_t first, int64_t n)
{
    weft_task *t = weft_task_source(weft_task_source(weft_add(g, body_add), &a), &b);
    struct weft_sources s;

    cr_assert(!weft_sources_of(&t, 1, &s, NULL));
    cr_assert_eq(s.n, 1);
    cr_assert(s.range[0].first_row == first && s.range[0].n_rows == n, "rows %lld, %lld", (long long)s.range[0].first_row,
              (long long)s.range[0].n_rows);
    cr_assert_eq(s.n_rows, n);
    weft_sources_fini(&s);
}

Test(source, rows_of_joined_ranges_are_known_where_their_numbers_agree)
{
    weft_graph *g = weft_graph_new();

    rows_of(g, *WEFT_SOURCE("a", 0, 10, 0, 3), *WEFT_SOURCE("a", 10, 30, 3, 4), 0, 7);
    rows_of(g, *WEFT_SOURCE("a", 10, 30, 3, 4), *WEFT_SOURCE("a", 0, 10, 0, 3), 0, 7);
    rows_of(g, *WEFT_SOURCE("a", 0, 10, 0, 3), *WEFT_SOURCE("a", 0, 10, 0, 3), 0, 3);
    rows_of(g, *WEFT_SOURCE("a", 0, 20, 0, 6), *WEFT_SOURCE("a", 5, 10, 2, 2), 0, 6);
    rows_of(g, *WEFT_SOURCE("a", 0, 10, 0, 3), *WEFT_SOURCE("a", 10, 30, 0, 4), -1, -1);
    rows_of(g, *WEFT_SOURCE("a", 0, 10, 0, 3), *WEFT_SOURCE("a", 10, 30, 5, 4), -1, -1);
    rows_of(g, *WEFT_SOURCE("a", 0, 10, 0, 3), *WEFT_SOURCE("a", 10, 30), -1, -1);
    rows_of(g, *WEFT_SOURCE("a", 0, 10), *WEFT_SOURCE("a", 10, 30, 3, 4), -1, -1);
    rows_of(g, *WEFT_SOURCE("a", 0, 10, 0, 3), *WEFT_SOURCE("a", 0, 10, 1, 3), -1, -1);
    weft_graph_free(g);
}

Test(source, what_stands_for_a_task_says_it_of_the_task)
{
    weft_graph *g = weft_graph_new();
    weft_task *three = weft_add(g, body_three, .n_results = 3), *r = weft_task_result(three, 1);
    weft_task *alias = weft_graph_alias(g, "alias", r), *early = weft_graph_ref(g, "late"), *on = both(g, early, early);
    weft_task *v = weft_graph_put(g, weft_value_of_i64(1));

    cr_assert_eq(weft_task_source(alias, WEFT_SOURCE("a", 0, 4)), alias);
    cr_assert_str_eq(text_of(weft_task_result(three, 2)), "a, bytes 0 to 4");
    weft_task_source(v, WEFT_SOURCE("v"));
    cr_assert_str_eq(text_of(v), "v");
    weft_task_source(weft_add(g, body_add, .key = "late"), WEFT_SOURCE("b", 7));
    cr_assert_str_eq(text_of(on), "b, bytes 7 to its end");
    weft_graph_free(g);
}

Test(source, what_makes_no_sense_is_a_failed_task)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_add(g, body_add, .name = "mine"), *bad;
    const struct weft_task_source wrong[] = {{0}, {""}, {"a", -1}, {"a", 3, 2}, {"a", .first_row = -1}, {"a", .n_rows = -2},
                                        {"a", .first_row = INT64_MAX, .n_rows = 1}, {"a", .row_bytes = -2}};
    struct weft_sources s;
    struct weft_error err;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        bad = weft_task_source(t, &wrong[i]);
        cr_assert_eq(weft_task_status(bad, &err), WEFT_INVALID);
        cr_assert_eq(strncmp(err.message, "mine: ", 6), 0, "%s", err.message);
        cr_assert_eq(weft_task_source(bad, WEFT_SOURCE("a")), bad);
        cr_assert_eq(weft_sources_of(&bad, 1, &s, &err), WEFT_INVALID);
    }
    bad = NULL;
    cr_assert_null(weft_task_source(NULL, WEFT_SOURCE("a")));
    cr_assert_eq(weft_sources_of(&bad, 1, &s, &err), WEFT_NOMEM);
    cr_assert_str_eq(text_of(t), "");
    weft_graph_free(g);
}

Test(source, targets_of_two_graphs_are_refused)
{
    weft_graph *g = weft_graph_new(), *h = weft_graph_new();
    weft_task *t[2] = {reads(g, "a", 0, 1), reads(h, "a", 0, 1)};
    struct weft_sources s;
    struct weft_error err;

    cr_assert_eq(weft_sources_of(t, 2, &s, &err), WEFT_INVALID);
    cr_assert(strstr(err.message, "another graph"));
    weft_graph_free(g);
    weft_graph_free(h);
}

Test(source, what_a_task_only_waits_for_made_nothing_of_it)
{
    weft_graph *g = weft_graph_new();
    weft_task *t[2] = {reads(g, "a", 0, 1), reads(g, "b", 0, 1)}, *out[2], *parent = reads(g, "p", 0, 1), *bound;
    weft_task *built = weft_add(g, body_add, .deps = WEFT_DEPS(t[0])), *known = weft_graph_put(g, weft_value_of_i64(3));

    weft_graph_wait_on(g, t, 2, out);
    cr_assert_str_eq(text_of(out[0]), "a, bytes 0 to 1");
    cr_assert_str_eq(text_of(out[1]), "b, bytes 0 to 1");
    weft_graph_bind(g, &built, 1, parent, NULL, &bound);
    cr_assert_neq(bound, built);
    cr_assert_str_eq(text_of(bound), "a, bytes 0 to 1");
    weft_task_source(known, WEFT_SOURCE("k"));
    built = both(g, known, t[1]);
    weft_graph_bind(g, &built, 1, parent, NULL, &bound);
    cr_assert_str_eq(text_of(bound), "k; b, bytes 0 to 1");
    weft_graph_free(g);
}

/* ---- The plain way is the judge ---------------------------------------------------------- */

enum { FILES = 4, BYTES = 120 };

struct plain {
    bool         seen[4000];
    bool         is_read[FILES][BYTES];
    int          order[FILES], n_files;
    const int  (*said)[3]; /* of a task: file, begin, end; end 0: nothing */
};

static void plain_walk(struct plain *p, weft_task *t)
{
    const size_t id = weft_task_id(t);
    const int *said = p->said[id];
    bool is_new = said[2] > 0;

    if (p->seen[id])
        return;
    p->seen[id] = true;
    for (int i = 0; i < p->n_files; i++)
        is_new &= p->order[i] != said[0];
    if (is_new)
        p->order[p->n_files++] = said[0];
    for (int i = said[1]; i < said[2]; i++)
        p->is_read[said[0]][i] = true;
    for (size_t i = 0; i < weft_task_n_deps(t); i++)
        plain_walk(p, weft_task_dep(t, i));
}

/* Ranges in order, apart from each other, and of just the bytes that were read. */
static void same(const struct plain *p, const struct weft_sources *s, uint64_t seed)
{
    size_t i = 0;

    cr_assert_eq(s->n_files, (size_t)p->n_files, "seed %d", (int)seed);
    for (int f = 0; f < p->n_files; f++)
        for (int at = 0; at < BYTES; at++) {
            const char path[2] = {(char)('a' + p->order[f]), 0};

            if (!p->is_read[p->order[f]][at])
                continue;
            cr_assert_lt(i, s->n);
            cr_assert_str_eq(s->range[i].path, path);
            cr_assert_eq(s->range[i].begin, at, "seed %d", (int)seed);
            while (at < BYTES && p->is_read[p->order[f]][at])
                at++;
            cr_assert_eq(s->range[i++].end, at, "seed %d", (int)seed);
        }
    cr_assert_eq(i, s->n);
}

/* Some of the tasks read; `said` has what, by number. */
static void say(struct random_graph *r, int (*said)[3], uint64_t *dice)
{
    for (size_t i = 0; i < weft_graph_n_tasks(r->graph); i++) {
        weft_task *t = weft_graph_task(r->graph, i);
        int *to = said[i];

        *dice = *dice * 6364136223846793005u + 1442695040888963407u;
        if (weft_task_n_deps(t) == 1 || *dice >> 62) /* a result says it of its task */
            continue;
        to[0] = (int)(*dice >> 40) % FILES;
        to[1] = (int)(*dice >> 20 & 0xffff) % (BYTES - 10);
        to[2] = to[1] + 1 + (int)(*dice >> 50) % 9;
        weft_task_source(t, WEFT_SOURCE(.path = (char[]){(char)('a' + to[0]), 0}, .begin = to[1], .end = to[2]));
    }
}

Test(source, of_random_graphs_are_those_of_a_plain_walk)
{
    uint64_t dice = 1;
    size_t n_seen = 0;

    for (uint64_t seed = 0; seed < (uint64_t)test_scaled(400); seed++) {
        struct random_graph r;
        int (*said)[3] = calloc(4000, sizeof *said);

        random_graph_init(&r, seed, 120);
        cr_assert_lt(weft_graph_n_tasks(r.graph), 4000);
        say(&r, said, &dice);
        for (size_t i = 0; i < r.n_targets; i++) {
            struct plain *p = calloc(1, sizeof *p);
            struct weft_sources s;

            p->said = (const int (*)[3])said;
            plain_walk(p, r.targets[i]);
            cr_assert(!weft_sources_of(&r.targets[i], 1, &s, NULL));
            same(p, &s, seed);
            n_seen += s.n;
            weft_sources_fini(&s);
            free(p);
        }
        random_graph_fini(&r);
        free(said);
    }
    cr_assert_gt(n_seen, 300);
}

/* Makes the task anew, from its inputs. */
static weft_task *as_it_was(weft_graph *to, const struct weft_task_spec *task, void *arg)
{
    (void)arg;
    return weft_graph_add(to, task);
}

/* Of a task with one input, the input itself: it is one with what it reads. */
static weft_task *swallow(weft_graph *to, const struct weft_task_spec *task, void *arg)
{
    (void)arg;
    return task->n_deps == 1 && task->n_results < 2 ? weft_add(to, body_add, .name = "swallowed") : weft_graph_add(to, task);
}

/* Ranges of both, without how often they were read: a pass of the user's may say it twice. */
static void equal_sources(weft_task *a, weft_task *b, uint64_t seed)
{
    struct weft_sources x, y;

    cr_assert(!weft_sources_of(&a, 1, &x, NULL) && !weft_sources_of(&b, 1, &y, NULL));
    cr_assert_eq(x.n, y.n, "seed %d: %zu ranges, not %zu", (int)seed, y.n, x.n);
    for (size_t i = 0, k; i < x.n; i++) {
        for (k = 0; k < y.n && (strcmp(x.range[i].path, y.range[k].path) || x.range[i].begin != y.range[k].begin); k++)
            ;
        cr_assert(k < y.n && x.range[i].end == y.range[k].end, "seed %d", (int)seed);
    }
    weft_sources_fini(&x);
    weft_sources_fini(&y);
}

Test(source, survive_cloning_and_every_way_of_optimizing)
{
    /* Here equal pure tasks read different files, so they are not to become one. */
    const struct weft_plan_spec apart = {.without = WEFT_PASS_SHARE}, plain = {.without = WEFT_PASS_SHARE | WEFT_PASS_FUSE | WEFT_PASS_ORDER};
    const struct weft_optimize_spec passes[] = {
        {.plan = &apart}, {.plan = &plain}, {.plan = &apart, .pass = as_it_was}, {.plan = &apart, .pass = swallow}};
    uint64_t dice = 7;

    for (uint64_t seed = 0; seed < (uint64_t)test_scaled(200); seed++) {
        struct random_graph r;
        int (*said)[3] = calloc(4000, sizeof *said);
        weft_task *out[200];

        random_graph_init(&r, seed, 60);
        cr_assert_lt(r.n_targets, 200);
        say(&r, said, &dice);
        for (size_t k = 0; k < sizeof passes / sizeof *passes; k++) {
            weft_graph *g;
            struct weft_error err;

            cr_assert(!weft_optimize(&g, out, r.targets, r.n_targets, &passes[k], &err), "%s", err.message);
            for (size_t i = 0; i < r.n_targets; i++)
                equal_sources(r.targets[i], out[i], seed);
            weft_graph_free(g);
        }
        weft_graph_clone(r.graph, r.targets, r.n_targets, NULL, out);
        for (size_t i = 0; i < r.n_targets; i++)
            equal_sources(r.targets[i], out[i], seed);
        random_graph_fini(&r);
        free(said);
    }
}

/* read --> double --> double --> \
 * read ------------------------> sum */
static weft_task *small(weft_graph *g)
{
    weft_task *a = reads(g, "a", 0, 10), *b = reads(g, "b", 0, 10);
    weft_task *known = weft_task_source(weft_graph_put(g, weft_value_of_i64(5)), WEFT_SOURCE("known", .row_bytes = 8));

    a = weft_add(g, body_add, .name = "double", .deps = WEFT_DEPS(a));
    a = weft_add(g, body_add, .name = "double", .deps = WEFT_DEPS(a), .arg = arg_of(1));
    return weft_add(g, body_add, .name = "sum", .deps = WEFT_DEPS(a, b, known));
}

Test(source, a_pass_that_makes_one_task_of_two_leaves_it_what_both_read)
{
    for (int k = 0; k < 2; k++) {
        const struct weft_optimize_spec spec = {.pass = k ? swallow : as_it_was};
        weft_graph *g = weft_graph_new(), *to;
        weft_task *sum = small(g), *out;
        struct weft_error err;

        cr_assert(!weft_optimize(&to, &out, &sum, 1, &spec, &err), "%s", err.message);
        equal_sources(sum, out, 0);
        cr_assert_str_eq(text_of(out), "a, bytes 0 to 10; b, bytes 0 to 10; known");
        weft_graph_free(to);
        weft_graph_free(g);
    }
}

Test(source, what_a_memo_knows_was_made_from_what_it_was_made_from)
{
    weft_memo *memo = NULL;
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new(), *to;
    weft_task *a = weft_task_source(weft_add(g, body_add, .flags = WEFT_KEEP, .arg = arg_of(0)), WEFT_SOURCE("a", 0, 10));
    weft_task *b = weft_add(g, body_add, .flags = WEFT_KEEP, .deps = WEFT_DEPS(a));
    weft_task *c = weft_task_source(weft_add(g, body_add, .deps = WEFT_DEPS(b)), WEFT_SOURCE("c", 0, 10)), *out;
    struct weft_plan_spec spec = {0};
    struct weft_value v;
    weft_plan *plan;
    struct weft_error err;

    cr_assert(!weft_memo_new(&memo, NULL, &err), "%s", err.message);
    spec.memo = memo;
    cr_assert(!weft_plan_new(&plan, &c, 1, &spec, &err), "%s", err.message);
    cr_assert(!weft_pool_run_plan(pool, plan, NULL, &v, &err), "%s", err.message);
    weft_value_release(v);
    weft_plan_free(plan);
    cr_assert(!weft_optimize(&to, &out, &c, 1, &(struct weft_optimize_spec){.plan = &spec}, &err), "%s", err.message);
    cr_assert_eq(weft_graph_n_tasks(to), 2, "b was not known: %zu tasks", weft_graph_n_tasks(to));
    cr_assert_str_eq(text_of(out), "c, bytes 0 to 10; a, bytes 0 to 10");
    weft_graph_free(to);
    weft_graph_free(g);
    weft_pool_free(pool);
    weft_memo_free(memo);
}

/* ---- Files ---------------------------------------------------------------------------------- */

Test(source, are_saved_and_loaded)
{
    char *dir = tempdir_new(), *path = tempdir_path(dir, "graph.json");
    weft_graph *g = weft_graph_new(), *loaded;
    weft_task *t = small(g), *odd = reads(g, "caf\xc3\xa9 \xff\"\\", 3, 9), *waits[2];
    struct weft_source_range row;
    struct weft_error err;

    odd = weft_task_source(odd, WEFT_SOURCE("rows", 8, 80, 1, 9, .row_bytes = 8));
    t = both(g, t, odd);
    weft_graph_wait_on(g, (weft_task *[]){t, odd}, 2, waits);
    cr_assert(!weft_graph_save(path, waits, 2, &err), "%s", err.message);
    if (weft_graph_load(&loaded, path, NULL, &err) == WEFT_UNSUPPORTED)
        cr_skip_test("built without jansson");
    equal_sources(waits[0], weft_graph_target(loaded, 0), 0);
    equal_sources(waits[1], weft_graph_target(loaded, 1), 0);
    cr_assert_str_eq(text_of(weft_graph_target(loaded, 1)), "caf\xc3\xa9 \xff\"\\, bytes 3 to 9; rows, bytes 8 to 80, rows 1 to 10");
    cr_assert_eq(weft_source_of_row(weft_graph_target(loaded, 1), 0, &row, &err), WEFT_UNSUPPORTED);
    weft_graph_free(loaded);
    weft_graph_free(g);
    tempdir_remove(dir);
    free(path);
}

/* ---- Texts ---------------------------------------------------------------------------------- */

Test(source, texts_name_a_few_and_count_the_rest)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = NULL;
    char long_path[300], name[20];

    for (int i = 0; i < 10; i++) {
        snprintf(name, sizeof name, "f%d", i);
        t = t ? both(g, t, reads(g, name, 0, 7)) : reads(g, name, 0, 7);
    }
    cr_assert_str_eq(text_of(t), "f0, bytes 0 to 7; f1, bytes 0 to 7; f2, bytes 0 to 7; and 7 more files");
    t = weft_add(g, body_add);
    for (int i = 0; i < 5; i++)
        weft_task_source(t, WEFT_SOURCE("a", 10 * i, 10 * i + 1, i, 1));
    cr_assert_str_eq(text_of(t), "a, bytes 0 to 1, row 0; a, bytes 10 to 11, row 1; a, bytes 20 to 21, row 2; and 2 more parts");
    memset(long_path, 'x', sizeof long_path);
    strcpy(long_path + 280, "/\xc3\xa4nd.csv");
    t = reads(g, long_path, 1, 2);
    cr_assert_eq(strncmp(text_of(t), "...xxx", 6), 0);
    cr_assert(strstr(text_of(t), "x/\xc3\xa4nd.csv, bytes 1 to 2"));
    weft_graph_free(g);
}

Test(source, texts_are_cut_between_ranges)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = both(g, reads(g, "first.csv", 0, 7), reads(g, "second.csv", 0, 7));
    const char *whole = "first.csv, bytes 0 to 7; second.csv, bytes 0 to 7";
    struct weft_sources s;

    cr_assert(!weft_sources_of(&t, 1, &s, NULL));
    for (size_t size = 1; size < 100; size++) {
        char text[100];

        memset(text, '!', sizeof text);
        weft_sources_text(&s, text, size);
        cr_assert_lt(strlen(text), size);
        if (size > 75)
            cr_assert_str_eq(text, whole);
        else if (size > 45)
            cr_assert(!strcmp(text, whole) || !strcmp(text, "2 files") || !strncmp(text, "first.csv, bytes 0 to 7; and 1 more file", size - 1),
                      "%zu: %s", size, text);
    }
    weft_sources_fini(&s);
    weft_graph_free(g);
}

Test(source, are_printed_with_their_sums)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = both(g, weft_task_source(weft_add(g, body_add), WEFT_SOURCE("a.csv", 18, 1042, 0, 20)),
                        weft_task_source(weft_add(g, body_add), WEFT_SOURCE("a.csv", 1042, 2066, 20, 30)));
    struct weft_sources s = {0};
    char *text;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    weft_sources_print(&s, to);
    cr_assert(!weft_sources_of(&t, 1, &s, NULL));
    weft_sources_print(&s, to);
    weft_sources_fini(&s);
    t = both(g, t, reads(g, "b.txt", 0, 0));
    cr_assert(!weft_sources_of(&t, 1, &s, NULL));
    weft_sources_print(&s, to);
    weft_sources_fini(&s);
    fclose(to);
    cr_assert_str_eq(text, "no files\n"
                           "1 file, 2.00 KiB, 50 rows, in 2 readings\n"
                           "  a.csv, bytes 18 to 2066, rows 0 to 50, in 2 readings\n"
                           "2 files, in 3 readings\n"
                           "  a.csv, bytes 18 to 2066, rows 0 to 50, in 2 readings\n"
                           "  b.txt\n");
    free(text);
    weft_graph_free(g);
}

/* ---- Errors ---------------------------------------------------------------------------------- */

static weft_status fails_naming(weft_call *call, void *arg, struct weft_error *err)
{
    (void)call;
    return weft_error_set(err, WEFT_PARSE, "%s: line 3 is no number", (const char *)arg);
}

/* What an error of this task says of sources. */
static struct weft_error error_of(weft_pool *pool, weft_task *t)
{
    struct weft_error err;

    cr_assert_neq(weft_pool_run(pool, weft_add(weft_task_graph(t), body_add, .deps = WEFT_DEPS(t)), NULL, &err), WEFT_OK);
    return err;
}

Test(source, an_error_tells_what_the_task_that_failed_was_to_be_made_from)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 3});
    weft_graph *g = weft_graph_new();
    weft_task *a = reads(g, "a.csv", 0, 10), *b = reads(g, "b.csv", 5, 10);
    weft_task *bad = weft_add(g, body_fail, .deps = WEFT_DEPS(a, b));
    struct weft_error err = error_of(pool, bad);
    char *text;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    cr_assert_str_eq(err.message, "told to");
    cr_assert_str_eq(err.source, "a.csv, bytes 0 to 10; b.csv, bytes 5 to 10");
    weft_error_print(&err, to);
    fclose(to);
    cr_assert(strstr(text, "\n  made from a.csv, bytes 0 to 10; b.csv, bytes 5 to 10\n"), "%s", text);
    free(text);
    err = error_of(pool, weft_add(g, body_fail));
    cr_assert_str_eq(err.source, "");
    weft_graph_free(g);
    weft_pool_free(pool);
}

static void note_source(void *arg, weft_task *task, int worker, struct weft_value result, const struct weft_error *err)
{
    (void)task, (void)worker, (void)result;
    if (err)
        strcpy(arg, err->source);
}

Test(source, an_error_tells_them_in_every_kind_of_pool_and_to_who_watches)
{
    const enum weft_pool_kind kinds[] = {WEFT_POOL_SERIAL, WEFT_POOL_THREADS, WEFT_POOL_PROCESSES};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        weft_graph *g = weft_graph_new();
        weft_task *bad = weft_task_source(weft_add(g, body_fail), WEFT_SOURCE("a.csv", 0, 10));
        char noted[sizeof ((struct weft_error *)0)->source] = "";
        struct weft_watch watch = {.arg = noted, .posttask = note_source};
        weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = kinds[i], .n_workers = 2, .watch = &watch});

        cr_assert_str_eq(error_of(pool, bad).source, "a.csv, bytes 0 to 10");
        cr_assert_str_eq(noted, "a.csv, bytes 0 to 10");
        weft_pool_free(pool);
        weft_graph_free(g);
    }
}

Test(source, of_a_key_in_an_error_or_a_trace_are_those_of_its_task)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    char long_key[200] = "";
    weft_task *a = weft_task_source(weft_add(g, body_add, .flags = WEFT_PURE, .index = (int64_t[]){3}, .n_index = 1),
                                    WEFT_SOURCE("a.csv", 0, 10)), *bad;
    weft_trace *trace;
    struct weft_sources s;
    struct weft_error err, none;

    memset(long_key, 'k', sizeof long_key - 1);
    bad = weft_add(g, body_fail, .key = long_key, .deps = WEFT_DEPS(a));
    err = error_of(pool, bad);
    cr_assert_lt(strlen(err.task), strlen(long_key));
    cr_assert(!weft_sources_of_key(g, err.task, &s, &none));
    cr_assert(s.n == 1 && !strcmp(s.range[0].path, "a.csv"));
    weft_sources_fini(&s);
    err = error_of(pool, weft_add(g, body_fail, .deps = WEFT_DEPS(a)));
    cr_assert(!weft_sources_of_key(g, err.task, &s, &none), "%s", err.task);
    cr_assert_eq(s.n, 1);
    weft_sources_fini(&s);
    cr_assert(!weft_trace_of_tasks(&trace, &bad, 1, &none));
    for (size_t i = 0; i < weft_trace_n_tasks(trace); i++) {
        cr_assert(!weft_sources_of_key(g, weft_trace_task(trace, i)->key, &s, &none), "%s", none.message);
        cr_assert_eq(s.n, 1);
        weft_sources_fini(&s);
    }
    weft_trace_free(trace);
    cr_assert_eq(weft_sources_of_key(g, "nobody", &s, &none), WEFT_NOT_FOUND);
    cr_assert_eq(weft_sources_of_key(g, "body_ad", &s, &none), WEFT_NOT_FOUND);
    cr_assert_eq(weft_sources_of_key(NULL, "nobody", &s, &none), WEFT_NOMEM);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(source, an_error_that_names_the_file_does_not_say_it_twice)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.kind = WEFT_POOL_SERIAL});
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_task_source(weft_add(g, fails_naming, .arg = (void *)"a.csv"), WEFT_SOURCE("a.csv", 0, 10));

    cr_assert_str_eq(error_of(pool, t).source, "bytes 0 to 10");
    t = weft_task_source(weft_add(g, fails_naming, .arg = (void *)"a.csv"), WEFT_SOURCE("a.csv"));
    cr_assert_str_eq(error_of(pool, t).source, ""); /* all of it: there is no more to say */
    t = weft_task_source(weft_add(g, fails_naming, .arg = (void *)"a.csv"), WEFT_SOURCE("other.csv", 0, 10));
    cr_assert_str_eq(error_of(pool, t).source, "other.csv, bytes 0 to 10");
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status asks_why(weft_call *call, void *arg, struct weft_error *err)
{
    struct weft_error why;

    (void)arg;
    cr_assert_eq(weft_call_input_status(call, 0, &why), WEFT_FAILED);
    return weft_error_set(err, WEFT_INVALID, "heard of %s", why.source);
}

Test(source, who_runs_though_an_input_failed_hears_its_sources)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *bad = weft_task_source(weft_add(g, body_fail), WEFT_SOURCE("a.csv", 0, 10));
    weft_task *t = weft_add(g, asks_why, .deps = WEFT_DEPS(bad), WEFT_TERMS(.lenient = true));
    struct weft_error err;
    struct weft_value v;

    cr_assert_eq(weft_pool_run_many(pool, &t, 1, &(struct weft_run_spec){.on_error = WEFT_CONTINUE}, &v, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "heard of a.csv, bytes 0 to 10");
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(source, of_what_runs_again_are_what_it_was_made_from)
{
    weft_pool *pool = weft_pool_new(&(struct weft_pool_spec){.n_workers = 2});
    weft_graph *g = weft_graph_new();
    weft_task *a = reads(g, "a.csv", 0, 10), *bad = weft_add(g, body_fail, .deps = WEFT_DEPS(a));
    struct weft_error err;
    struct weft_value v;
    weft_future *f;

    cr_assert(!weft_pool_submit(pool, &bad, 1, &(struct weft_run_spec){.keep_failed = true}, &f, &err));
    cr_assert_eq(weft_future_rerun(f, &v, &err), WEFT_FAILED);
    cr_assert_str_eq(err.source, "a.csv, bytes 0 to 10");
    weft_future_free(f);
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- Memory ------------------------------------------------------------------------------------ */

static weft_status build_and_ask(void *arg)
{
    weft_graph *g = weft_graph_new(), *to = NULL;
    struct weft_sources s = {0};
    weft_task *t = NULL, *out;
    weft_status st;

    (void)arg;
    for (int i = 0; g && i < 200; i++) {
        weft_task *r = weft_task_source(weft_add(g, body_add), WEFT_SOURCE((char[]){(char)('a' + i % 20), 0}, 10 * i, 10 * i + 9));

        t = t ? both(g, t, r) : r;
    }
    st = weft_sources_of(&t, 1, &s, NULL);
    if (!st)
        cr_assert(s.n == 200 && s.n_files == 20);
    st = st ? st : weft_optimize(&to, &out, &t, 1, &(struct weft_optimize_spec){.pass = swallow}, NULL);
    if (!st && to)
        weft_graph_clone(g, &t, 1, NULL, &out);
    st = st ? st : weft_task_status(out, NULL);
    weft_sources_fini(&s);
    weft_graph_free(to);
    weft_graph_free(g);
    return st;
}

Test(source, every_allocation_may_fail)
{
    cr_assert(!build_and_ask(NULL));
    nomem_everywhere(build_and_ask, NULL);
}
