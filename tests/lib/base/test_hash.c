/* test_hash.c - hashes are the published ones, and tokens tell everything apart. */
#include "lib/base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/random.h"

Test(hash, is_xxh3_as_published)
{
    /* The values xxhsum -H3 prints: any process, any machine has them. */
    cr_expect_eq(wf_hash("", 0), 0x2d06800538d394c2u);
    cr_expect_eq(wf_hash("a", 1), 0xe6c632b61e964e1fu);
    cr_expect_eq(wf_hash("abc", 3), 0x78af5f94892f3950u);
}

static int by_value(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct wf_token));
}

/* Sorts n tokens and says whether all differ. */
static bool all_differ(struct wf_token *t, size_t n)
{
    qsort(t, n, sizeof *t, by_value);
    for (size_t i = 1; i < n; i++)
        if (memcmp(&t[i], &t[i - 1], sizeof *t) == 0)
            return false;
    return true;
}

Test(hash, tokens_of_different_things_differ)
{
    enum { N = 100000 };
    static struct wf_token t[2 * N];

    for (uint32_t i = 0; i < N; i++) {
        t[i] = wf_token_add((struct wf_token){0, 0}, &i, sizeof i);
        t[N + i] = wf_token_add(t[i], "next", 4);
    }
    cr_assert(all_differ(t, 2 * N));
}

Test(hash, what_came_before_and_where_it_was_cut_matters)
{
    const struct wf_token none = {0, 0}, other = {0, 1}, another = {1, 0};
    struct wf_token t[] = {
        wf_token_add(none, "abc", 3),
        wf_token_add(wf_token_add(none, "ab", 2), "c", 1),
        wf_token_add(wf_token_add(none, "a", 1), "bc", 2),
        wf_token_add(wf_token_add(none, "bc", 2), "a", 1),
        wf_token_add(wf_token_add(none, "abc", 3), "", 0),
        wf_token_add(other, "abc", 3),
        wf_token_add(another, "abc", 3),
        wf_token_add(none, "", 0),
        none,
    };

    cr_assert(all_differ(t, sizeof t / sizeof *t));
}

Test(hash, the_same_things_give_the_same_token)
{
    const struct wf_token a = wf_token_add(wf_token_add((struct wf_token){0, 0}, "x", 1), "y", 1);
    const struct wf_token b = wf_token_add(wf_token_add((struct wf_token){0, 0}, "x", 1), "y", 1);

    cr_assert(a.hi == b.hi && a.lo == b.lo);
}

/* x ^ x >> by, undone. */
static uint64_t unshift(uint64_t x, int by)
{
    uint64_t y = x;

    for (int i = by; i < 64; i += by)
        y = x ^ y >> by;
    return y;
}

/* The factor that undoes an odd one, modulo 2^64, by Newton's iteration. */
static uint64_t inverse(uint64_t odd)
{
    uint64_t y = odd;

    for (int i = 0; i < 6; i++)
        y *= 2 - odd * y;
    return y;
}

Test(hash, mixing_loses_nothing)
{
    for (uint64_t i = 0; i < 100000; i++) {
        uint32_t r[4];
        uint64_t x, y;

        wf_random_block(1, 2, i, r);
        x = i < 1000 ? i : (uint64_t)r[0] << 32 | r[1];
        y = unshift(wf_mix(x), 31) * inverse(0x94d049bb133111ebu);
        y = unshift(y, 27) * inverse(0xbf58476d1ce4e5b9u);
        cr_assert_eq(unshift(y, 30), x);
    }
}

Test(hash, one_bit_changes_about_half_of_the_mixed_bits)
{
    for (int bit = 0; bit < 64; bit++) {
        int64_t changed = 0;

        for (uint64_t i = 1; i <= 1000; i++)
            changed += __builtin_popcountll(wf_mix(i) ^ wf_mix(i ^ (uint64_t)1 << bit));
        cr_assert(changed > 28000 && changed < 36000, "bit %d: %lld of 64000", bit, (long long)changed);
    }
}
