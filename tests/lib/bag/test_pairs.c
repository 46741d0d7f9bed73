/* test_pairs.c - combining by key is a loop over pairs in order. */
#include <weft/weft.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/run_bag.h"

enum { N = 2000, KEYS = 97 };

/* Values whose order of adding shows in the last bits. */
static double value_of(int i)
{
    return 1.0 / (i + 1) + (i % 7) * 1e10;
}

/* Some keys are long, one is empty. */
static struct weft_text key_of(int i, char *room)
{
    const int k = i * i % KEYS;

    return (struct weft_text){room, k ? sprintf(room, "%.*s%d", k % 50, "a long key with many letters and more letters behind", k) : 0};
}

static weft_status to_pair(const struct weft_record *in, weft_emit *out, void *arg, struct weft_error *err)
{
    char room[80];
    const int i = *(const int *)in->data;
    const double x = value_of(i);

    (void)arg, (void)err;
    return weft_emit_pair(out, key_of(i, room), &x);
}

static weft_bag *pairs(weft_graph *g, int n, int n_partitions)
{
    static int all[N];

    for (int i = 0; i < n; i++)
        all[i] = i;
    return weft_bag_map(weft_bag_parallelize(g, all, sizeof *all, (size_t)n, n_partitions), to_pair,
                        WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof(double)));
}

static weft_status add(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)arg, (void)err;
    *(double *)into += *(const double *)value;
    return WEFT_OK;
}

/* ---- The plain way ------------------------------------------------------------------ */

struct plain {
    int    n;
    char   keys[KEYS][80];
    int    lens[KEYS];
    double sums[KEYS];
    int64_t counts[KEYS];
};

static int find(struct plain *p, struct weft_text key)
{
    for (int i = 0; i < p->n; i++)
        if (p->lens[i] == key.len && memcmp(p->keys[i], key.ptr, (size_t)key.len) == 0)
            return i;
    memcpy(p->keys[p->n], key.ptr, (size_t)key.len);
    p->lens[p->n] = (int)key.len;
    return p->n++;
}

static void add_plain(struct plain *p, struct weft_text key, double x)
{
    const int before = p->n, i = find(p, key);

    p->sums[i] = i == before ? x : p->sums[i] + x;
    p->counts[i] = i == before ? 1 : p->counts[i] + 1;
}

/* Sums of partitions, then sums of these: the bracketing that reduce_by_key promises. */
static void plain_sums(struct plain *all, int n, int n_partitions)
{
    all->n = 0;
    for (int p = 0, i = 0; p < n_partitions; p++) {
        struct plain part = {0};
        const int end = i + n / n_partitions + (p < n % n_partitions);
        char room[80];

        for (; i < end; i++)
            add_plain(&part, key_of(i, room), value_of(i));
        for (int k = 0; k < part.n; k++)
            add_plain(all, (struct weft_text){part.keys[k], part.lens[k]}, part.sums[k]);
    }
}

Test(pairs, reduce_by_key_is_the_loop_over_pairs_to_the_last_bit)
{
    static struct plain wanted;

    for (int parts = 1; parts <= 17; parts += 2)
        for (int n_out = 0; n_out <= 5; n_out++)
            for (int n = 0; n <= N; n += n < 10 ? 5 : 995) {
                weft_graph *g = weft_graph_new();
                weft_bag *b = weft_bag_reduce_by_key(pairs(g, n, parts), add, n_out, NULL);
                weft_records *r = run_records(weft_bag_collect(b), run_workers[(parts + n_out) % RUN_WORKERS]);

                cr_assert_eq(weft_bag_n_partitions(b), n_out ? n_out : parts);
                plain_sums(&wanted, n, parts);
                cr_assert_eq(weft_records_n(r), wanted.n);
                for (int i = 0; i < wanted.n; i++) {
                    const int64_t at = weft_records_find(r, (struct weft_text){wanted.keys[i], wanted.lens[i]});

                    cr_assert_geq(at, 0);
                    cr_assert_eq(memcmp(weft_records_at(r, at).data, &wanted.sums[i], sizeof(double)), 0);
                }
                weft_records_release(r);
                weft_graph_free(g);
            }
}

Test(pairs, keys_of_a_partition_are_in_order_of_first_appearance)
{
    static struct plain wanted;
    weft_graph *g = weft_graph_new();
    weft_bag *b = weft_bag_reduce_by_key(pairs(g, N, 9), add, 4, NULL);

    plain_sums(&wanted, N, 9);
    for (int p = 0; p < 4; p++) {
        weft_records *r = run_records(weft_bag_task(b, p), 3);
        int last = -1;

        cr_assert_gt(weft_records_n(r), 0);
        for (int64_t i = 0; i < weft_records_n(r); i++) {
            const int at = find(&wanted, weft_records_at(r, i).text);

            cr_assert_gt(at, last);
            last = at;
        }
        weft_records_release(r);
    }
    weft_graph_free(g);
}

Test(pairs, any_number_of_workers_gives_the_same_bytes)
{
    weft_graph *g = weft_graph_new();
    weft_task *t = weft_bag_collect(weft_bag_reduce_by_key(pairs(g, N, 11), add, 3, NULL));
    weft_records *judge = run_records(t, 0);

    for (int w = 1; w < RUN_WORKERS; w++) {
        weft_records *r = run_records(t, run_workers[w]);

        cr_assert(run_equal(judge, r));
        weft_records_release(r);
    }
    weft_records_release(judge);
    weft_graph_free(g);
}

Test(pairs, count_by_key_counts_pairs_and_texts)
{
    static struct plain wanted;
    weft_graph *g = weft_graph_new();

    for (int texts = 0; texts < 2; texts++)
        for (int parts = 1; parts <= 17; parts += 4) {
            weft_bag *b = pairs(g, N, parts);
            weft_records *r = run_records(weft_bag_count_by_key(texts ? weft_bag_keys(b) : b), 3);
            char room[80];

            wanted.n = 0;
            for (int i = 0; i < N; i++)
                add_plain(&wanted, key_of(i, room), 0);
            cr_assert_eq(weft_records_n(r), wanted.n);
            for (int i = 0; i < wanted.n; i++) { /* in order of first appearance, over all partitions */
                const struct weft_record is = weft_records_at(r, i);

                cr_assert_eq(is.text.len, wanted.lens[i]);
                cr_assert_eq(memcmp(is.text.ptr, wanted.keys[i], (size_t)is.text.len), 0);
                cr_assert_eq(*(const int64_t *)is.data, wanted.counts[i]);
                cr_assert_eq(weft_records_find(r, is.text), i);
            }
            weft_records_release(r);
        }
    weft_graph_free(g);
}

/* ---- Failing ---------------------------------------------------------------------------- */

static weft_status never(void *into, const void *value, void *arg, struct weft_error *err)
{
    (void)into, (void)value;
    return weft_error_set(err, WEFT_RANGE, "%s", (const char *)arg);
}

Test(pairs, a_failing_function_is_named_before_and_after_the_shuffle)
{
    char why[] = "too much";
    struct weft_error err;
    weft_graph *g = weft_graph_new();
    int same[2] = {0, 0};
    weft_bag *b = weft_bag_map(weft_bag_parallelize(g, same, sizeof *same, 2, 1), to_pair,
                               WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof(double)));

    b = weft_bag_reduce_by_key(b, never, 1, WEFT_STEP(.name = "total", .arg = why, .arg_bytes = sizeof why));
    cr_assert_eq(run_fails(weft_bag_collect(b), 2, &err), WEFT_RANGE);
    cr_assert_str_eq(err.message, "total: partition 0, record 1: too much");

    b = weft_bag_map(weft_bag_parallelize(g, same, sizeof *same, 2, 2), to_pair,
                     WEFT_STEP(.to = WEFT_PAIRS, .to_bytes = sizeof(double)));
    b = weft_bag_reduce_by_key(b, never, 1, WEFT_STEP(.arg = why));
    cr_assert_eq(run_fails(weft_bag_collect(b), 2, &err), WEFT_RANGE);
    cr_assert_str_eq(err.message, "reduce-by-key: partition 0: too much");
    weft_graph_free(g);
}

Test(pairs, records_without_keys_are_refused_when_built)
{
    int x[3] = {0};
    struct weft_error err;
    weft_graph *g = weft_graph_new();
    weft_bag *b = weft_bag_parallelize(g, x, sizeof *x, 3, 1);

    cr_assert_eq(run_fails(weft_bag_collect(weft_bag_reduce_by_key(b, add, 1, NULL)), 1, &err), WEFT_TYPE);
    cr_assert_str_eq(err.message, "reduce-by-key: the records are structs, not pairs");
    cr_assert_eq(run_fails(weft_bag_collect(weft_bag_group_by_key(b, 1)), 1, &err), WEFT_TYPE);
    cr_assert_str_eq(err.message, "group-by-key: the records are structs, not pairs");
    cr_assert_eq(run_fails(weft_bag_count_by_key(b), 1, &err), WEFT_TYPE);
    cr_assert_eq(run_fails(weft_bag_collect(weft_bag_reduce_by_key(pairs(g, 3, 1), add, -1, NULL)), 1, &err), WEFT_INVALID);
    weft_graph_free(g);
}
