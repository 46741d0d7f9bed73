/* test_collections.c - arrays, frames, bags and a collection of one's own: kept, rebuilt, streamed. */
#include <criterion/criterion.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <weft/weft.h>

#include "lib/base/mem.h"
#include "tests/support/bodies.h"
#include "tests/support/nomem.h"
#include "tests/support/scale.h"

static weft_pool *new_pool(int n_workers)
{
    return weft_pool_new(&(struct weft_pool_spec){.n_workers = n_workers, .kind = n_workers ? WEFT_POOL_THREADS : WEFT_POOL_SERIAL});
}

/* ---- A collection of one's own: numbers, a task each ------------------------------- */

struct numbers {
    weft_graph *g;
    weft_task **tasks;
    size_t      n;
};

static weft_graph *numbers_graph(const void *self) { return ((const struct numbers *)self)->g; }
static size_t numbers_n(const void *self) { return ((const struct numbers *)self)->n; }
static weft_task *numbers_part(void *self, size_t i) { return ((struct numbers *)self)->tasks[i]; }

static weft_task *numbers_whole(void *self)
{
    struct numbers *s = self;

    return weft_graph_add(s->g, &(struct weft_task_spec){.name = "sum", .body = body_add, .deps = s->tasks, .n_deps = s->n});
}

static void keep_free(void *p) { free(p); }
static const struct weft_type memory_type = {.name = "memory", .free = keep_free};

/* In memory that goes with the graph. */
static void *numbers_rebuild(const void *self, weft_graph *g, weft_task *const *parts, size_t n)
{
    struct numbers *s = malloc(sizeof *s + n * sizeof *parts);

    (void)self;
    *s = (struct numbers){g, (weft_task **)(s + 1), n};
    memcpy(s->tasks, parts, n * sizeof *parts);
    weft_graph_put(g, weft_value_of_ptr(&memory_type, s));
    return s;
}

static const struct weft_collection_type numbers_type = {
    .name = "numbers", .graph = numbers_graph, .n_parts = numbers_n, .part = numbers_part, .whole = numbers_whole,
    .rebuild = numbers_rebuild};

static atomic_int n_run;

static weft_status count_and_give(weft_call *call, void *arg, struct weft_error *err)
{
    (void)err;
    atomic_fetch_add(&n_run, 1);
    weft_call_return(call, weft_value_of_i64((int64_t)(intptr_t)arg));
    return WEFT_OK;
}

/* 1, 2, ..., n */
static struct weft_collection numbers_of(weft_graph *g, size_t n)
{
    weft_task **tasks = malloc((n + 1) * sizeof *tasks);
    struct weft_collection c;

    for (size_t i = 0; i < n; i++)
        tasks[i] = weft_add(g, count_and_give, .arg = arg_of((int64_t)i + 1));
    c = (struct weft_collection){&numbers_type, numbers_rebuild(NULL, g, tasks, n)};
    free(tasks);
    return c;
}

static int64_t sum_of(weft_pool *pool, struct weft_collection c)
{
    struct weft_value v;

    cr_assert(!weft_pool_compute(pool, &c, 1, &v, NULL));
    return weft_value_i64(v);
}

Test(collections, of_ones_own_are_computed_and_kept_and_run_no_more)
{
    weft_pool *pool = new_pool(3);
    weft_graph *g = weft_graph_new(), *into = weft_graph_new();
    struct weft_collection c = numbers_of(g, 100), kept;

    atomic_store(&n_run, 0);
    cr_assert_eq(sum_of(pool, c), 5050);
    cr_assert_eq(atomic_load(&n_run), 100);
    cr_assert(!weft_pool_persist(pool, c, into, &kept, NULL));
    cr_assert_eq(atomic_load(&n_run), 200);
    weft_graph_free(g);
    cr_assert_eq(weft_collection_n_parts(kept), 100);
    cr_assert_eq(sum_of(pool, kept), 5050);
    cr_assert_eq(atomic_load(&n_run), 200);
    weft_graph_free(into);
    weft_pool_free(pool);
}

Test(collections, without_a_whole_or_a_rebuild_say_so)
{
    static const struct weft_collection_type bare = {.name = "bare", .graph = numbers_graph, .n_parts = numbers_n, .part = numbers_part};
    weft_pool *pool = new_pool(1);
    weft_graph *g = weft_graph_new();
    struct weft_collection c = {&bare, numbers_of(g, 3).self}, out;
    struct weft_value v;
    struct weft_error err;

    cr_assert_eq(weft_pool_compute(pool, &c, 1, &v, &err), WEFT_UNSUPPORTED);
    cr_assert_eq(weft_pool_persist(pool, c, NULL, &out, &err), WEFT_UNSUPPORTED);
    cr_assert(strstr(err.message, "bare"));
    c = numbers_of(g, 3);
    cr_assert_eq(weft_collection_rebuild(c, g, NULL, 2, &out, &err), WEFT_INVALID);
    cr_assert_eq(weft_pool_persist(pool, (struct weft_collection){0}, NULL, &out, &err), WEFT_INVALID);
    cr_assert_eq(weft_pool_compute(pool, &(struct weft_collection){0}, 1, &v, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "collection 0 is none: its type is NULL");
    cr_assert_eq(weft_collection_n_parts((struct weft_collection){0}), 0);
    cr_assert_null(weft_collection_part((struct weft_collection){0}, 0));
    cr_assert_null(weft_collection_whole((struct weft_collection){0}));
    weft_graph_free(g);
    weft_pool_free(pool);
}

/* ---- Arrays, frames, bags ----------------------------------------------------------- */

static weft_array *squares(weft_graph *g)
{
    weft_array *x = weft_array_range(g, 0, 1, 1000, 130);

    return weft_array_multiply(x, x);
}

static weft_frame *scores(weft_graph *g)
{
    static const int64_t home[] = {1, 2, 3, 4, 5, 6, 7}, away[] = {7, 1, 6, 2, 5, 3, 4};
    static const struct weft_column_spec columns[] = {{.name = "home", .dtype = WEFT_INT64, .values = home},
                                                      {.name = "away", .dtype = WEFT_INT64, .values = away}};

    return weft_frame_assign(weft_frame_from_columns(g, columns, 2, 7, (struct weft_cut){.n_partitions = 3}), "goals", "home + away");
}

static weft_bag *words(weft_graph *g)
{
    struct weft_text texts[] = {weft_text_of("a"), weft_text_of("b"), weft_text_of("a"), weft_text_of("c")};

    return weft_bag_parallelize_texts(g, texts, 4, 3);
}

static double number_of(weft_pool *pool, weft_task *t)
{
    struct weft_value v;
    double x;

    cr_assert(!weft_pool_run(pool, t, &v, NULL));
    x = weft_value_f64(v);
    weft_value_release(v);
    return x;
}

Test(collections, kept_arrays_frames_and_bags_are_equal_and_outlive_their_graph)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new(), *into = weft_graph_new();
    struct weft_collection a, f, b;
    weft_array *array;
    weft_frame *frame;
    weft_bag *bag;

    cr_assert(!weft_pool_persist(pool, weft_array_collection(squares(g)), into, &a, NULL));
    cr_assert(!weft_pool_persist(pool, weft_frame_collection(scores(g)), into, &f, NULL));
    cr_assert(!weft_pool_persist(pool, weft_bag_collection(words(g)), into, &b, NULL));
    weft_graph_free(g);
    array = weft_collection_array(a);
    frame = weft_collection_frame(f);
    bag = weft_collection_bag(b);
    cr_assert(array && frame && bag && !weft_collection_array(f) && !weft_collection_frame(b) && !weft_collection_bag(a));
    cr_assert_eq(weft_array_n_chunks(array), 8);
    cr_assert_eq(number_of(pool, weft_array_whole(weft_array_sum(array, WEFT_ALL_AXES))), 999. * 1000 * 1999 / 6);
    cr_assert_eq(weft_frame_n_rows(frame), 7);
    cr_assert_eq(weft_frame_divisions(frame)[1], 3);
    cr_assert_eq(number_of(pool, weft_frame_sum(frame, "goals")), 56);
    cr_assert_eq(number_of(pool, weft_bag_count(bag)), 4);
    weft_graph_free(into);
    weft_pool_free(pool);
}

static weft_task **parts_of(struct weft_collection c)
{
    weft_task **parts = malloc((weft_collection_n_parts(c) + 1) * sizeof *parts);

    cr_assert(!weft_collection_parts(c, parts, NULL));
    return parts;
}

Test(collections, become_tasks_and_tasks_become_collections)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    weft_array *a = squares(g);
    weft_frame *f = scores(g);
    weft_bag *b = words(g);
    weft_task **parts;

    parts = parts_of(weft_array_collection(a));
    a = weft_array_from_tasks(g, WEFT_INT64, weft_layout_1d(1000, 130), parts, 8);
    cr_assert_eq(number_of(pool, weft_array_whole(weft_array_max(a, WEFT_ALL_AXES))), 999 * 999);
    free(parts);
    parts = parts_of(weft_frame_collection(f));
    f = weft_frame_from_tasks(g, parts, 3, f);
    cr_assert_eq(number_of(pool, weft_frame_max(f, "goals")), 11);
    free(parts);
    parts = parts_of(weft_bag_collection(b));
    b = weft_bag_of_tasks(g, parts, 3, WEFT_TEXTS, 0);
    cr_assert_eq(number_of(pool, weft_bag_count(b)), 4);
    free(parts);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(collections, a_frame_of_tasks_that_give_something_else_fails_and_says_what)
{
    weft_pool *pool = new_pool(2);
    weft_graph *g = weft_graph_new();
    weft_frame *like = scores(g);
    weft_task *number = weft_add(g, count_and_give), *other = weft_frame_partition(weft_frame_rename(like, "goals", "points"), 0);
    struct weft_error err;

    cr_assert_eq(weft_pool_run(pool, weft_frame_sum(weft_frame_from_tasks(g, &number, 1, like), "goals"), NULL, &err), WEFT_TYPE);
    cr_assert_eq(weft_pool_run(pool, weft_frame_sum(weft_frame_from_tasks(g, &other, 1, like), "goals"), NULL, &err), WEFT_TYPE);
    cr_assert(strstr(err.message, "points") && strstr(err.message, "goals"), "%s", err.message);
    cr_assert_eq(weft_frame_status(weft_frame_from_tasks(g, &other, 0, like), NULL), WEFT_INVALID);
    weft_graph_free(g);
    weft_pool_free(pool);
}

Test(collections, tokens_are_equal_for_equal_collections_of_two_graphs)
{
    weft_graph *g = weft_graph_new(), *h = weft_graph_new();
    uint64_t t[2], u[2], v[2];

    cr_assert(!weft_collection_token(weft_array_collection(squares(g)), t, NULL));
    cr_assert(!weft_collection_token(weft_array_collection(squares(h)), u, NULL));
    cr_assert(!weft_collection_token(weft_array_collection(weft_array_range(h, 0, 1, 1000, 130)), v, NULL));
    cr_assert(!memcmp(t, u, sizeof t));
    cr_assert(memcmp(t, v, sizeof t));
    weft_graph_free(g);
    weft_graph_free(h);
}

Test(collections, explain_themselves)
{
    weft_graph *g = weft_graph_new();
    char *text = NULL;
    size_t n;
    FILE *to = open_memstream(&text, &n);

    cr_assert(!weft_collection_explain(weft_array_collection(squares(g)), to, NULL));
    cr_assert(!weft_collection_explain(numbers_of(g, 5), to, NULL));
    fclose(to);
    cr_assert(strstr(text, "multiply"), "%s", text);
    cr_assert(strstr(text, "plan for 5 targets"), "%s", text);
    free(text);
    weft_graph_free(g);
}

/* ---- Streams -------------------------------------------------------------------------- */

static const int workers[] = {0, 1, 2, 7};

Test(collections, stream_each_part_once_in_order_and_out_of_order)
{
    for (int w = 0; w < 4; w++)
        for (size_t n = 0; n < 300; n += n < 4 ? 1 : 97)
            for (int unordered = 0; unordered < 2; unordered++)
                for (size_t ahead = 0; ahead < 3; ahead++) {
                    const struct weft_stream_spec spec = {.unordered = unordered, .n_ahead = ahead};
                    weft_pool *pool = new_pool(workers[w]);
                    weft_graph *g = weft_graph_new();
                    bool *seen = calloc(n + 1, sizeof *seen);
                    struct weft_value v;
                    weft_stream *s;
                    size_t i, k = 0;

                    cr_assert(!weft_stream_new(&s, pool, numbers_of(g, n), &spec, NULL));
                    while (!weft_stream_next(s, &i, &v, NULL)) {
                        cr_assert(i < n && !seen[i]);
                        cr_assert(unordered || i == k);
                        cr_assert_eq(weft_value_i64(v), (int64_t)i + 1);
                        seen[i] = true;
                        k++;
                    }
                    cr_assert_eq(k, n);
                    cr_assert_eq(weft_stream_next(s, NULL, &v, NULL), WEFT_EMPTY);
                    weft_stream_free(s);
                    free(seen);
                    weft_graph_free(g);
                    weft_pool_free(pool);
                }
}

static atomic_int boxes_made;

static weft_status make_box(weft_call *call, void *arg, struct weft_error *err)
{
    atomic_fetch_add(&boxes_made, 1);
    return body_box(call, arg, err);
}

/* With two workers at most two run, two wait in their bodies, and n_ahead lie waiting. */
Test(collections, streams_hold_few_parts_however_slow_they_are_taken)
{
    for (int unordered = 0; unordered < 2; unordered++) {
        const struct weft_stream_spec spec = {.unordered = unordered, .n_ahead = 3};
        weft_pool *pool = new_pool(1);
        weft_graph *g = weft_graph_new();
        weft_task *tasks[200];
        struct weft_collection c;
        struct weft_value v;
        weft_stream *s;
        size_t i;

        atomic_store(&boxes_made, 0);
        for (int k = 0; k < 200; k++)
            tasks[k] = weft_add(g, make_box, .arg = arg_of(k));
        c = (struct weft_collection){&numbers_type, numbers_rebuild(NULL, g, tasks, 200)};
        cr_assert(!weft_stream_new(&s, pool, c, &spec, NULL));
        for (int k = 0; k < 200; k++) {
            cr_assert(!weft_stream_next(s, &i, &v, NULL));
            cr_assert_eq(box_number(v), (int64_t)i);
            /* Taken k + 1; at most 3 lie, and one is in the hands of the worker; it may have begun the next. */
            cr_assert_leq(atomic_load(&boxes_made), k + 1 + 3 + 2);
            cr_assert_leq(atomic_load(&boxes_live), 1 + 3 + 2);
            weft_value_release(v);
        }
        cr_assert_eq(weft_stream_next(s, &i, &v, NULL), WEFT_EMPTY);
        weft_stream_free(s);
        cr_assert_eq(atomic_load(&boxes_live), 0);
        weft_graph_free(g);
        weft_pool_free(pool);
    }
}

Test(collections, streams_tell_of_parts_that_failed_and_go_on)
{
    for (int w = 0; w < 4; w++)
        for (int unordered = 0; unordered < 2; unordered++) {
            const struct weft_stream_spec spec = {.unordered = unordered};
            weft_pool *pool = new_pool(workers[w]);
            weft_graph *g = weft_graph_new();
            weft_task *tasks[20];
            struct weft_collection c;
            struct weft_value v;
            weft_stream *s;
            weft_status st;
            size_t i;
            int n_good = 0, n_bad = 0;

            for (int k = 0; k < 20; k++)
                tasks[k] = weft_graph_add(g, &(struct weft_task_spec){.name = "t", .body = k % 5 == 3 ? body_fail : body_add, .arg = arg_of(k)});
            c = (struct weft_collection){&numbers_type, numbers_rebuild(NULL, g, tasks, 20)};
            cr_assert(!weft_stream_new(&s, pool, c, &spec, NULL));
            while ((st = weft_stream_next(s, &i, &v, NULL)) != WEFT_EMPTY) {
                cr_assert_eq(st, i % 5 == 3 ? WEFT_FAILED : WEFT_OK);
                cr_assert(unordered || (int)i == n_good + n_bad);
                n_good += !st;
                n_bad += !!st;
            }
            cr_assert(n_good == 16 && n_bad == 4);
            weft_stream_free(s);
            weft_graph_free(g);
            weft_pool_free(pool);
        }
}

Test(collections, a_stream_may_be_left_at_any_part)
{
    for (int w = 0; w < 4; w++)
        for (int left = 0; left < 12; left++) {
            weft_pool *pool = new_pool(workers[w]);
            weft_graph *g = weft_graph_new();
            weft_task *tasks[100];
            struct weft_collection c;
            struct weft_value v;
            weft_stream *s;

            for (int k = 0; k < 100; k++)
                tasks[k] = weft_add(g, body_box, .arg = arg_of(k));
            c = (struct weft_collection){&numbers_type, numbers_rebuild(NULL, g, tasks, 100)};
            cr_assert(!weft_stream_new(&s, pool, c, &(struct weft_stream_spec){.unordered = left % 2, .n_ahead = 2}, NULL));
            for (int k = 0; k < left; k++) {
                cr_assert(!weft_stream_next(s, NULL, &v, NULL));
                weft_value_release(v);
            }
            weft_stream_free(s);
            cr_assert_eq(atomic_load(&boxes_live), 0);
            weft_graph_free(g);
            weft_pool_free(pool);
        }
}

Test(collections, streams_of_sorted_frames_run_what_partitions_share_once)
{
    weft_pool *pool = new_pool(3);
    weft_graph *g = weft_graph_new();
    weft_frame *f = weft_frame_sort(scores(g), "away", WEFT_DESCENDING);
    struct weft_value v;
    weft_stream *s;
    int64_t last = 8;
    int n = 0;

    cr_assert(!weft_stream_new(&s, pool, weft_frame_collection(f), NULL, NULL));
    while (!weft_stream_next(s, NULL, &v, NULL)) {
        weft_chunk *c = weft_value_chunk(v);

        for (int64_t r = 0; r < weft_chunk_n_rows(c); r++, n++) {
            cr_assert_lt(weft_chunk_i64_at(c, 1, r), last);
            last = weft_chunk_i64_at(c, 1, r);
        }
        weft_value_release(v);
    }
    cr_assert_eq(n, 7);
    weft_stream_free(s);
    weft_graph_free(g);
    weft_pool_free(pool);
}

static weft_status keep_and_stream(void *arg)
{
    weft_pool *pool = arg;
    weft_graph *g = weft_graph_new(), *into = weft_graph_new();
    struct weft_collection c = weft_array_collection(squares(g)), kept;
    weft_stream *s = NULL;
    struct weft_value v;
    weft_status st = into ? weft_pool_persist(pool, c, into, &kept, NULL) : WEFT_NOMEM;

    st = st ? st : weft_stream_new(&s, pool, kept, NULL, NULL);
    while (!st && !(st = weft_stream_next(s, NULL, &v, NULL)))
        weft_value_release(v);
    weft_stream_free(s);
    weft_graph_free(g);
    weft_graph_free(into);
    return st == WEFT_EMPTY ? WEFT_OK : st;
}

Test(collections, without_memory_are_not_kept_and_nothing_leaks)
{
    weft_pool *pool = new_pool(0);

    cr_assert(!keep_and_stream(pool));
    nomem_everywhere(keep_and_stream, pool);
    weft_pool_free(pool);
}
