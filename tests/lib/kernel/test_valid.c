/* test_valid.c - how nulls combine, row by row. */
#include <criterion/criterion.h>

#include "lib/base/bits.h"
#include "lib/kernel/valid.h"
#include "tests/support/values.h"

enum { ROOM = 2560, WORDS = ROOM / 64 };

static uint64_t a[WORDS], b[WORDS], va[WORDS], vb[WORDS], out[WORDS];

/* Null, false or true. */
enum { FALSE, TRUE, NONE };

static int state(const uint64_t *truth, const uint64_t *valid, int64_t i)
{
    return valid && !wf_bits_at(valid, i) ? NONE : wf_bits_at(truth, i);
}

static void fill(int l)
{
    any_fill_bits(a, ROOM, 50, (uint64_t)l);
    any_fill_bits(b, ROOM, 50, (uint64_t)l + 1000);
    any_fill_bits(va, ROOM, 70, (uint64_t)l + 2000);
    any_fill_bits(vb, ROOM, 70, (uint64_t)l + 3000);
}

Test(valid, false_and_null_is_false_and_true_or_null_is_true)
{
    for (int l = 1; length_at(l) >= 0; l++)
        for (int maps = 0; maps < 3; maps++) {
            const uint64_t *x = maps == 1 ? NULL : va, *y = maps == 2 ? NULL : vb;
            const int64_t n = length_at(l);

            fill(l);
            wf_valid_kleene_and(out, a, x, b, y, n);
            for (int64_t i = 0; i < n; i++) {
                const int p = state(a, x, i), q = state(b, y, i);
                const bool known = p == FALSE || q == FALSE || (p == TRUE && q == TRUE);

                cr_assert_eq(wf_bits_at(out, i), known);
                if (known) /* the plain & says which */
                    cr_assert_eq(wf_bits_at(a, i) & wf_bits_at(b, i), p == TRUE && q == TRUE);
            }
            wf_valid_kleene_or(out, a, x, b, y, n);
            for (int64_t i = 0; i < n; i++) {
                const int p = state(a, x, i), q = state(b, y, i);
                const bool known = p == TRUE || q == TRUE || (p == FALSE && q == FALSE);

                cr_assert_eq(wf_bits_at(out, i), known);
                if (known)
                    cr_assert_eq(wf_bits_at(a, i) | wf_bits_at(b, i), p == TRUE || q == TRUE);
            }
        }
}

Test(valid, maps_combine_where_either_is_missing)
{
    for (int l = 1; length_at(l) >= 0; l++) {
        const int64_t n = length_at(l);

        fill(l);
        wf_valid_and(out, va, NULL, n);
        for (int64_t i = 0; i < n; i++)
            cr_assert_eq(wf_bits_at(out, i), wf_bits_at(va, i));
        wf_valid_and(out, va, vb, n);
        for (int64_t i = 0; i < n; i++)
            cr_assert_eq(wf_bits_at(out, i), wf_bits_at(va, i) && wf_bits_at(vb, i));
        wf_valid_coalesce(out, va, vb, n);
        for (int64_t i = 0; i < n; i++)
            cr_assert_eq(wf_bits_at(out, i), wf_bits_at(va, i) || wf_bits_at(vb, i));
        wf_valid_choose(out, a, va, NULL, n);
        for (int64_t i = 0; i < n; i++)
            cr_assert_eq(wf_bits_at(out, i), wf_bits_at(a, i) ? wf_bits_at(va, i) : true);
    }
}

Test(valid, a_null_predicate_selects_nothing)
{
    uint8_t bytes[ROOM];

    for (int l = 1; length_at(l) >= 0; l++) {
        const int64_t n = length_at(l);
        int64_t want = 0;

        fill(l);
        for (int64_t i = 0; i < n; i++) {
            bytes[i] = wf_bits_at(a, i);
            want += bytes[i] && wf_bits_at(va, i);
        }
        cr_assert_eq(wf_mask_of_bytes(out, bytes, va, n), want);
        for (int64_t i = 0; i < wf_bits_n_words(n) * 64; i++)
            cr_assert_eq(wf_bits_at(out, i), i < n && bytes[i] && wf_bits_at(va, i));
        cr_assert_eq(wf_mask_of_bits(a, a, va, n), want);
    }
}

Test(valid, nulls_are_found_and_told)
{
    uint8_t bytes[ROOM];

    for (int l = 1; length_at(l) >= 0; l++) {
        const int64_t n = length_at(l);

        wf_bits_fill(va, ROOM, true);
        if (n % 64)
            va[n / 64] &= wf_bits_low(n % 64); /* zeros past the end are no nulls */
        cr_assert(!wf_valid_has_nulls(va, n));
        wf_bits_clear(va, n - 1);
        cr_assert(wf_valid_has_nulls(va, n));
        wf_valid_isnull(bytes, va, n);
        cr_assert(bytes[n - 1] == 1 && (n == 1 || bytes[n - 2] == 0));
        wf_valid_notnull(bytes, NULL, n);
        cr_assert_eq(bytes[n - 1], 1);
    }
}
