/* test_map.c - a chain of steps is a loop over records, in any partitions, by any workers. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <string.h>

#include "tests/support/run_bag.h"

enum { N = 1000 };

struct point {
    int32_t x, y;
};

static weft_bag *numbers(weft_graph *g, int n, int n_partitions)
{
    static int64_t all[N];

    for (int i = 0; i < n; i++)
        all[i] = i;
    return weft_bag_parallelize(g, all, sizeof *all, (size_t)n, n_partitions);
}

static int64_t number(const struct weft_record *r)
{
    int64_t x;

    memcpy(&x, r->data, sizeof x);
    return x;
}

/* ---- What the chains are made of -------------------------------------------------- */

static weft_status times(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    const int64_t x = number(in) * *(const int64_t *)arg;

    (void)err;
    return weft_emit_struct(out, &x);
}

static weft_status is_even(const struct weft_record *in, bool *keep, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *keep = number(in) % 2 == 0;
    return WEFT_OK;
}

/* x, x + 1, ... of them x % 4. */
static weft_status some(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    for (int64_t i = 0, x = number(in); i < number(in) % 4; i++, x++)
        weft_emit_struct(out, &x);
    return WEFT_OK;
}

static weft_status to_point(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    const struct point p = {(int32_t)number(in), -(int32_t)number(in)};

    (void)arg, (void)err;
    return weft_emit_struct(out, &p);
}

/* The plain loop: times 3, then some, then the even ones, then points. */
static int plain(int n, struct point *out)
{
    int m = 0;

    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < i * 3 % 4; k++)
            if ((i * 3 + k) % 2 == 0)
                out[m++] = (struct point){(int32_t)(i * 3 + k), -(int32_t)(i * 3 + k)};
    return m;
}

static weft_bag *chain(weft_bag *b)
{
    int64_t three = 3;

    b = weft_bag_map(b, times, WEFT_STEP(.arg = &three, .arg_bytes = sizeof three));
    b = weft_bag_flat_map(b, some, NULL);
    b = weft_bag_filter(b, is_even, WEFT_STEP());
    return weft_bag_map(b, to_point, WEFT_STEP(.to = WEFT_STRUCTS, .to_bytes = sizeof(struct point)));
}

Test(map, a_chain_is_the_loop_it_stands_for)
{
    struct point wanted[3 * N];
    const int sizes[] = {0, 1, 5, 100, N};

    for (int s = 0; s < 5; s++)
        for (int parts = 1; parts <= 17; parts++) {
            weft_graph *g = weft_graph_new();
            weft_records *r = run_records(weft_bag_collect(chain(numbers(g, sizes[s], parts))), run_workers[parts % RUN_WORKERS]);
            const int n = plain(sizes[s], wanted);

            cr_assert_eq(weft_records_n(r), n);
            if (n)
                cr_assert_eq(memcmp(weft_records_data(r), wanted, (size_t)n * sizeof *wanted), 0);
            weft_records_release(r);
            weft_graph_free(g);
        }
}

Test(map, a_chain_is_one_task_per_partition)
{
    weft_graph *g = weft_graph_new();
    weft_bag *b = chain(numbers(g, N, 5));
    const size_t before = weft_graph_n_tasks(g);
    weft_task *first;

    cr_assert_eq(before, 5, "building a chain adds no tasks");
    weft_bag_collect(b);
    cr_assert_eq(weft_graph_n_tasks(g), before + 5 + 1);
    first = weft_graph_task(g, before);
    cr_assert_str_eq(weft_task_name(first), "map+flat-map+filter+map");
    cr_assert_str_eq(weft_graph_layer_name(g, weft_task_layer(first)), "map+flat-map+filter+map");
    weft_graph_free(g);
}

Test(map, any_number_of_workers_gives_the_same_bytes)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_bag_collect(chain(numbers(g, N, 13)));
    weft_records *judge = run_records(t, 0);

    for (int w = 1; w < RUN_WORKERS; w++) {
        weft_records *r = run_records(t, run_workers[w]);

        cr_assert(run_equal(judge, r));
        weft_records_release(r);
    }
    weft_records_release(judge);
    weft_graph_free(g);
}

/* ---- Partitions -------------------------------------------------------------------- */

struct part {
    int64_t number, n, sum;
};

static weft_status sum_up(const weft_records *in, int64_t partition, weft_emit *out, void *arg, struct weft_error *err)
{
    struct part p = {partition, weft_records_n(in), 0};

    (void)arg, (void)err;
    for (int64_t i = 0; i < p.n; i++)
        p.sum += ((const int64_t *)weft_records_data(in))[i];
    return weft_emit_struct(out, &p);
}

Test(map, map_partitions_sees_each_partition_once_and_empty_ones_too)
{
    for (int first = 0; first < 2; first++) { /* as the first step, and after another */
        weft_graph *g = weft_graph_new();
        weft_bag *b = numbers(g, 10, 17);
        int64_t one = 1;
        weft_records *r;
        int64_t sum = 0;

        if (!first)
            b = weft_bag_map(b, times, WEFT_STEP(.arg = &one, .arg_bytes = sizeof one));
        b = weft_bag_map_partitions(b, sum_up, WEFT_STEP(.to = WEFT_STRUCTS, .to_bytes = sizeof(struct part)));
        r = run_records(weft_bag_collect(b), 3);
        cr_assert_eq(weft_records_n(r), 17);
        for (int64_t i = 0; i < 17; i++) {
            const struct part *p = weft_records_at(r, i).data;

            cr_assert_eq(p->number, i);
            cr_assert_eq(p->n, i < 10 ? 1 : 0);
            sum += p->sum;
        }
        cr_assert_eq(sum, 45);
        weft_records_release(r);
        weft_graph_free(g);
    }
}

static weft_status name_it(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    char name[32];
    const int64_t x = number(in);

    (void)arg, (void)err;
    snprintf(name, sizeof name, "number-%d", (int)(x % 3));
    return weft_emit_pair(out, weft_text_of(name), &x);
}

Test(map, keys_and_values_are_the_halves_of_pairs)
{
    weft_graph *g = weft_graph_new();
    weft_bag *b = weft_bag_map(numbers(g, 20, 3), name_it, WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof(int64_t)));
    weft_records *keys = run_records(weft_bag_collect(weft_bag_keys(b)), 2);
    weft_records *values = run_records(weft_bag_collect(weft_bag_values(b)), 2);

    cr_assert_eq(weft_records_kind(keys), WEFT_TEXTS);
    cr_assert_eq(weft_records_kind(values), WEFT_STRUCTS);
    for (int64_t i = 0; i < 20; i++) {
        const struct weft_record key = weft_records_at(keys, i), value = weft_records_at(values, i);

        cr_assert_eq(key.text.ptr[7], '0' + i % 3);
        cr_assert_eq(number(&value), i);
    }
    weft_records_release(keys);
    weft_records_release(values);
    weft_graph_free(g);
}

/* ---- Failing ------------------------------------------------------------------------ */

static weft_status not_17(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)arg;
    if (number(in) == 17)
        return weft_error_set(err, WEFT_FAILED, "%d is not allowed", (int)number(in));
    return weft_emit_record(out, in);
}

static weft_status silent(const struct weft_record *in, bool *keep, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *keep = true;
    return number(in) == 17 ? WEFT_RANGE : WEFT_OK;
}

static weft_status twice(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    weft_emit_record(out, in);
    weft_emit_record(out, in);
    return WEFT_OK;
}

static weft_status as_text(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    (void)in, (void)arg, (void)err;
    return weft_emit_text(out, weft_text_of("a text"));
}

Test(map, a_failing_function_is_named_with_partition_and_record)
{
    struct weft_error err;

    for (int w = 0; w < RUN_WORKERS; w++) {
        weft_graph *g = weft_graph_new();
        weft_bag *b = weft_bag_map(weft_bag_flat_map(numbers(g, 40, 4), not_17, WEFT_STEP(.name = "check")), twice, NULL);

        /* 40 in 4 partitions: 17 is number 7 of partition 1. But the map before it fails earlier. */
        cr_assert_eq(run_fails(weft_bag_count(b), run_workers[w], &err), WEFT_INVALID);
        cr_assert_str_eq(err.message, "map: partition 0, record 0: a map emits one record for each, not 2");
        b = weft_bag_flat_map(numbers(g, 40, 4), not_17, WEFT_STEP(.name = "check", .line = 4711));
        b = weft_bag_filter(b, is_even, WEFT_STEP());
        cr_assert_eq(run_fails(weft_bag_count(b), run_workers[w], &err), WEFT_FAILED);
        cr_assert_str_eq(err.message, "check: partition 1, record 7: 17 is not allowed");
        cr_assert(strstr(err.site, "test_map.c:4711"), "the site is the step's, not the task's: %s", err.site);
        b = weft_bag_filter(numbers(g, 40, 4), silent, NULL);
        cr_assert_eq(run_fails(weft_bag_count(b), run_workers[w], &err), WEFT_RANGE);
        cr_assert(strncmp(err.message, "filter: partition 1, record 7: ", 31) == 0);
        weft_graph_free(g);
    }
}

Test(map, emitting_another_kind_than_said_is_an_error)
{
    weft_graph *g = weft_graph_new();
    struct weft_error err;

    cr_assert_eq(run_fails(weft_bag_collect(weft_bag_map(numbers(g, 5, 2), as_text, NULL)), 2, &err), WEFT_TYPE);
    cr_assert_str_eq(err.message, "map: partition 0, record 0: emitted texts, but the step says structs");
    weft_graph_free(g);
}

Test(map, a_step_that_makes_no_sense_fails_and_so_does_what_is_built_on_it)
{
    weft_graph *g = weft_graph_new();
    struct weft_error err;
    weft_bag *b = weft_bag_map(numbers(g, 5, 2), as_text, WEFT_STEP(.to = WEFT_PAIRS));

    cr_assert_eq(run_fails(weft_bag_count(chain(weft_bag_keys(b))), 2, &err), WEFT_INVALID);
    cr_assert_str_eq(err.message, "map: .to is pairs, but .to_bytes is 0");
    cr_assert_eq(run_fails(weft_bag_collect(weft_bag_keys(numbers(g, 5, 2))), 2, &err), WEFT_TYPE);
    cr_assert_str_eq(err.message, "keys: the records are structs, which have no keys");
    weft_graph_free(g);
}

static int n_freed;

static void count_free(void *arg)
{
    n_freed += *(int *)arg;
}

Test(map, a_taken_argument_is_freed_once_whatever_happens)
{
    int one = 1;
    weft_graph *g = weft_graph_new();
    const struct weft_step step = {.arg = &one, .free_arg = count_free};
    const struct weft_step bad = {.arg = &one, .free_arg = count_free, .to = WEFT_PAIRS};
    weft_bag *b = weft_bag_filter(numbers(g, 5, 2), is_even, &step); /* never run */

    weft_bag_map(b, times, &bad);                                    /* cannot be built */
    cr_assert_eq(n_freed, 1);
    weft_bag_map(weft_bag_keys(b), times, &step);                    /* built on a failed one */
    cr_assert_eq(n_freed, 2);
    weft_bag_filter(NULL, is_even, &step);                           /* on no bag at all */
    cr_assert_eq(n_freed, 3);
    weft_graph_free(g);
    cr_assert_eq(n_freed, 4);
}

Test(map, no_graph_means_no_memory_at_the_run)
{
    struct weft_error err;

    cr_assert_eq(run_fails(weft_bag_count(chain(numbers(NULL, 5, 2))), 1, &err), WEFT_NOMEM);
}
