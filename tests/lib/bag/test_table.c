/* test_table.c - a table is a list of keys in which each appears once. */
#include "lib/bag/table.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "lib/bag/key.h"
#include "lib/base/mem.h"

/* Key number i: words of 0 to 60 bytes, some longer than a row holds. */
static struct weft_text key_of(int i, char *room)
{
    const int n = snprintf(room, 80, "%d%.*s", i, i % 60, "------------------------------------------------------------");

    return (struct weft_text){room, i == 0 ? 0 : n};
}

static int64_t *put(struct wf_table *t, struct weft_text key, bool *fresh)
{
    return wf_table_put(t, key, wf_key_hash(key), fresh);
}

Test(table, keeps_one_value_per_key_in_order_of_first_appearance)
{
    enum { KEYS = 3000 };
    struct wf_table t;
    char room[80];
    bool fresh;

    wf_table_init(&t, sizeof(int64_t));
    for (int round = 0; round < 3; round++)
        for (int i = 0; i < KEYS; i++) {
            int64_t *v = put(&t, key_of(i, room), &fresh);

            cr_assert(v);
            cr_assert_eq(fresh, round == 0);
            cr_assert_eq((uintptr_t)v % 16, 0);
            *v = fresh ? i : *v + 1000000;
        }
    cr_assert_eq(t.n, KEYS);
    for (uint32_t i = 0; i < KEYS; i++) {
        const struct weft_text is = wf_table_key(&t, i), wanted = key_of((int)i, room);

        cr_assert_eq(is.len, wanted.len);
        cr_assert_eq(memcmp(is.ptr, wanted.ptr, (size_t)is.len), 0);
        cr_assert_eq(*(int64_t *)wf_table_value(&t, i), i + 2000000);
    }
    wf_table_fini(&t);
}

Test(table, keys_that_differ_in_one_byte_or_in_zeros_are_different)
{
    static const struct weft_text keys[] = {
        {"", 0}, {"\0", 1}, {"\0\0", 2}, {"a", 1}, {"a\0", 2}, {"abcdefghijkl", 12}, {"abcdefghijkm", 12},
        {"abcdefghijkl\0", 13}, {"abcdefghijklm", 13}, {"abcdefghijkln", 13},
    };
    enum { N = sizeof keys / sizeof *keys };
    struct wf_table t;
    bool fresh;

    wf_table_init(&t, 1);
    for (size_t round = 0; round < 2; round++)
        for (size_t i = 0; i < N; i++) {
            cr_assert(put(&t, keys[i], &fresh));
            cr_assert_eq(fresh, round == 0);
        }
    cr_assert_eq(t.n, N);
    wf_table_fini(&t);
}

Test(table, equal_hashes_are_told_apart_by_the_keys)
{
    struct wf_table t;
    char room[80];
    bool fresh;

    wf_table_init(&t, sizeof(int64_t));
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 200; i++) {
            int64_t *v = wf_table_put(&t, key_of(i, room), 42, &fresh);

            cr_assert_eq(fresh, round == 0);
            if (fresh)
                *v = i;
            cr_assert_eq(*v, i);
        }
    wf_table_fini(&t);
}

Test(table, a_refused_allocation_leaves_it_as_it_was)
{
    for (int64_t nth = 1; nth < 30; nth++) {
        struct wf_table t;
        char room[80];
        bool fresh;

        wf_mem_watch(true);
        wf_mem_fail_at(nth);
        wf_table_init(&t, sizeof(int64_t));
        for (int i = 0; i < 1000; i++) {
            int64_t *v = put(&t, key_of(i, room), &fresh);

            if (!v) {
                cr_assert_eq(t.n, i);
                v = put(&t, key_of(i, room), &fresh);
            }
            cr_assert(v && fresh);
            *v = i;
        }
        for (uint32_t i = 0; i < 1000; i++)
            cr_assert_eq(*(int64_t *)wf_table_value(&t, i), i);
        wf_table_fini(&t);
        cr_assert_eq(wf_mem_n_live(), 0);
        wf_mem_watch(false);
        wf_mem_fail_at(0);
    }
}

Test(table, partitions_of_a_shuffle_get_about_as_many_keys_each)
{
    enum { KEYS = 20000, PARTS = 7 };
    int n[PARTS] = {0};

    for (int64_t i = 0; i < KEYS; i++) { /* keys that are numbers, not words */
        const int p = wf_key_partition(wf_key_hash((struct weft_text){(const char *)&i, sizeof i}), PARTS);

        cr_assert(p >= 0 && p < PARTS);
        n[p]++;
    }
    for (int p = 0; p < PARTS; p++)
        cr_assert(n[p] > KEYS / PARTS * 9 / 10 && n[p] < KEYS / PARTS * 11 / 10, "partition %d has %d", p, n[p]);
}
