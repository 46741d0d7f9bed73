/* test_group.c - group numbers against a search through the groups seen so far. */
#include <criterion/criterion.h>
#include <math.h>

#include "lib/base/mem.h"
#include "lib/data/builder.h"
#include "lib/kernel/group.h"
#include "tests/support/columns.h"

static const weft_dtype all_types[] = {WEFT_BOOL, WEFT_INT64, WEFT_FLOAT64, WEFT_DATE, WEFT_STRING};
enum { N_TYPES = sizeof all_types / sizeof *all_types };

/* Numbers of all rows, batch by batch. */
static void number_all(struct wf_groups *g, struct wf_column *const *keys, int n_keys, int64_t n, uint32_t *number)
{
    for (int64_t first = 0; first < n; first += WF_GROUP_BATCH) {
        const int64_t m = n - first < WF_GROUP_BATCH ? n - first : WF_GROUP_BATCH;
        struct wf_column *slices[4];

        for (int k = 0; k < n_keys; k++)
            slices[k] = wf_column_slice(keys[k], first, m);
        cr_assert(wf_groups_add(g, (const struct wf_column *const *)slices, m, number + first));
        for (int k = 0; k < n_keys; k++)
            wf_column_release(slices[k]);
    }
}

/* The plain way: each row is compared with the first row of every group. */
static uint32_t plain_numbers(struct wf_column *const *keys, int n_keys, int64_t n, bool keep_null, uint32_t *number,
                              int64_t *first_row)
{
    uint32_t n_groups = 0;

    for (int64_t i = 0; i < n; i++) {
        bool dropped = false;
        uint32_t g = 1;

        for (int k = 0; k < n_keys; k++)
            dropped = dropped || (!keep_null && wf_column_is_null(keys[k], i));
        for (; g <= n_groups; g++) {
            bool same = true;

            for (int k = 0; k < n_keys; k++)
                same = same && same_key(keys[k], i, keys[k], first_row[g]);
            if (same)
                break;
        }
        if (dropped)
            g = 0;
        else if (g > n_groups)
            first_row[n_groups = g] = i;
        number[i] = g;
    }
    return n_groups;
}

static void check(struct wf_column *const *keys, int n_keys, int64_t n, bool keep_null)
{
    uint32_t *number = malloc((size_t)n * sizeof *number), *plain = malloc((size_t)n * sizeof *plain);
    int64_t *first_row = malloc((size_t)(n + 1) * sizeof *first_row);
    weft_dtype dtypes[4];
    struct wf_groups g;

    for (int k = 0; k < n_keys; k++)
        dtypes[k] = keys[k]->dtype;
    cr_assert(wf_groups_init(&g, n_keys, dtypes, keep_null, n));
    number_all(&g, keys, n_keys, n, number);
    cr_assert_eq(g.n, plain_numbers(keys, n_keys, n, keep_null, plain, first_row));
    for (int64_t i = 0; i < n; i++)
        cr_assert_eq(number[i], plain[i], "row %lld: %u, not %u", (long long)i, number[i], plain[i]);
    for (int k = 0; k < n_keys; k++) {
        struct wf_column *key = wf_groups_key(&g, k);

        cr_assert_eq(key->n, g.n);
        for (uint32_t i = 1; i <= g.n; i++)
            cr_assert(same_key(key, i - 1, keys[k], first_row[i]));
        wf_column_release(key);
    }
    wf_groups_fini(&g);
    free(number);
    free(plain);
    free(first_row);
}

Test(group, numbers_follow_first_appearance_for_every_type)
{
    uint64_t seed = 1;

    for (int t = 0; t < N_TYPES; t++)
        for (int nulls = 0; nulls <= 30; nulls += 30)
            for (int keep = 0; keep < 2; keep++)
                for (int64_t distinct = 2; distinct < 3000; distinct *= 9) {
                    struct wf_column *c = random_column(&seed, all_types[t], 5000, distinct, nulls);

                    check(&c, 1, 5000, keep);
                    wf_column_release(c);
                }
}

Test(group, pairs_and_triples_of_keys_are_groups_too)
{
    uint64_t seed = 2;

    for (int t = 0; t < N_TYPES; t++)
        for (int u = 0; u < N_TYPES; u++)
            for (int keep = 0; keep < 2; keep++) {
                struct wf_column *c[] = {random_column(&seed, all_types[t], 3000, 12, 10),
                                         random_column(&seed, all_types[u], 3000, 7, 10),
                                         random_column(&seed, WEFT_DATE, 3000, 3, 0)};

                check(c, 2, 3000, keep);
                check(c, 3, 3000, keep);
                for (int k = 0; k < 3; k++)
                    wf_column_release(c[k]);
            }
}

Test(group, integers_may_lie_anywhere)
{
    const int64_t ranges[] = {10, 70000, 1 << 21, INT64_MAX};
    uint64_t seed = 3;

    for (size_t r = 0; r < sizeof ranges / sizeof *ranges; r++)
        for (int at = 0; at < 3; at++) {
            struct wf_builder b;
            struct wf_column *c;

            wf_builder_init(&b, WEFT_INT64);
            for (int64_t i = 0; i < 4000; i++) {
                const int64_t x = random_below(&seed, ranges[r]);

                wf_builder_add_i64(&b, at == 0 ? x : at == 1 ? INT64_MIN + x : INT64_MAX - x);
            }
            c = wf_builder_finish(&b);
            check(&c, 1, 4000, false);
            wf_column_release(c);
        }
}

Test(group, numbers_stay_when_a_window_gives_way_to_a_table)
{
    struct wf_builder b;
    struct wf_column *c;

    wf_builder_init(&b, WEFT_INT64);
    for (int64_t i = 0; i < 3000; i++)
        wf_builder_add_i64(&b, i % 3 == 0 ? i % 100 : i % 3 == 1 ? -(i % 5000) : i < 2000 ? i : i << 40);
    c = wf_builder_finish(&b);
    check(&c, 1, 3000, false);
    wf_column_release(c);
}

Test(group, without_keys_all_rows_are_one_group)
{
    struct wf_groups g;
    uint32_t number[3] = {0};

    cr_assert(wf_groups_init(&g, 0, NULL, false, 3));
    cr_assert(wf_groups_add(&g, NULL, 3, number));
    cr_assert_eq(g.n, 1);
    cr_assert_eq(number[0] + number[1] + number[2], 3);
    wf_groups_fini(&g);
}

Test(group, every_refused_allocation_is_told)
{
    uint64_t seed = 4;
    struct wf_column *c[] = {random_column(&seed, WEFT_STRING, 2000, 1500, 5),
                             random_column(&seed, WEFT_INT64, 2000, 1500, 5)};
    const weft_dtype dtypes[] = {WEFT_STRING, WEFT_INT64};
    uint32_t number[2000];
    bool ok = false;

    wf_mem_watch(true);
    for (int64_t nth = 1; !ok; nth++) {
        struct wf_groups g = {0};
        struct wf_column *key = NULL;

        wf_mem_fail_at(nth);
        ok = wf_groups_init(&g, 2, dtypes, true, 2000) && wf_groups_add(&g, (const struct wf_column *const *)c, 2000, number);
        if (ok)
            ok = (key = wf_groups_key(&g, 0)) != NULL;
        wf_mem_fail_at(0);
        wf_column_release(key);
        wf_groups_fini(&g);
        cr_assert_eq(wf_mem_n_live(), 0, "allocation %lld", (long long)nth);
        cr_assert_lt(nth, 1000);
    }
    wf_mem_watch(false);
    wf_column_release(c[0]);
    wf_column_release(c[1]);
}
