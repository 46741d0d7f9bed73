/* test_bits.c - words against one bit at a time. */
#include "lib/base/bits.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/random.h"

enum { WORDS = 8, BITS = WORDS * 64 };

static const int64_t lengths[] = {0, 1, 2, 7, 8, 31, 32, 33, 63, 64, 65, 127, 128, 129, 191, 192, 200, 255, 256, 257};
enum { N_LENGTHS = sizeof lengths / sizeof *lengths };

static void scramble(uint64_t *map, uint64_t stream)
{
    for (uint64_t i = 0; i < WORDS; i++) {
        uint32_t r[4];

        wf_random_block(11, stream, i, r);
        map[i] = (uint64_t)r[0] << 32 | r[1];
    }
}

/* The judge: bit i of a map, as the header says. */
static bool bit(const uint64_t *map, int64_t i)
{
    return (map[i / 64] >> (i % 64)) % 2;
}

Test(bits, a_map_is_whole_words)
{
    const int64_t words[][2] = {{0, 0}, {1, 1}, {63, 1}, {64, 1}, {65, 2}, {128, 2}, {129, 3}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        cr_assert_eq(wf_bits_n_words(words[i][0]), words[i][1]);
        cr_assert_eq(wf_bits_bytes(words[i][0]), (size_t)words[i][1] * 8);
    }
}

Test(bits, setting_and_clearing_touch_one_bit)
{
    uint64_t map[WORDS], before[WORDS];

    scramble(before, 1);
    for (int64_t i = 0; i < BITS; i++) {
        memcpy(map, before, sizeof map);
        wf_bits_set(map, i);
        for (int64_t k = 0; k < BITS; k++)
            cr_assert_eq(wf_bits_at(map, k), k == i || bit(before, k));
        wf_bits_clear(map, i);
        for (int64_t k = 0; k < BITS; k++)
            cr_assert_eq(wf_bits_at(map, k), k != i && bit(before, k));
    }
}

Test(bits, low_has_n_bits)
{
    for (int64_t n = 0; n <= 64; n++) {
        cr_assert_eq(__builtin_popcountll(wf_bits_low(n)), n);
        if (n)
            cr_assert(wf_bits_low(n) >> (n - 1) == 1);
    }
}

Test(bits, filling_fills_whole_words_and_no_more)
{
    for (int k = 0; k < N_LENGTHS; k++)
        for (int to = 0; to < 2; to++) {
            uint64_t map[WORDS], before[WORDS];
            const int64_t filled = wf_bits_n_words(lengths[k]) * 64;

            scramble(before, 2);
            memcpy(map, before, sizeof map);
            wf_bits_fill(map, lengths[k], to);
            for (int64_t i = 0; i < BITS; i++)
                cr_assert_eq(bit(map, i), i < filled ? to : bit(before, i));
        }
}

Test(bits, counting_looks_at_no_bit_past_the_end)
{
    uint64_t map[WORDS];

    scramble(map, 3);
    for (int64_t n = 0; n <= BITS; n++) {
        int64_t count = 0;

        for (int64_t i = 0; i < n; i++)
            count += bit(map, i);
        cr_assert_eq(wf_bits_count(map, n), count);
    }
}

Test(bits, a_word_can_start_at_any_bit)
{
    uint64_t map[WORDS];

    scramble(map, 4);
    for (int64_t n_words = 1; n_words <= 3; n_words++)
        for (int64_t i = 0; i < n_words * 64; i++) {
            const uint64_t word = wf_bits_word_at(map, i, n_words * 64);

            for (int64_t k = 0; k < 64; k++)
                cr_assert_eq(word >> k & 1, i + k < n_words * 64 && bit(map, i + k), "bit %d of the word at %d",
                             (int)k, (int)i);
        }
}

Test(bits, copying_moves_n_bits_from_anywhere_to_anywhere)
{
    uint64_t from[WORDS], before[WORDS], to[WORDS];

    scramble(from, 5);
    scramble(before, 6);
    for (int64_t t = 0; t < 130; t += 1 + t / 66)
        for (int64_t f = 0; f < 130; f += 1 + f / 66)
            for (int k = 0; k < N_LENGTHS; k++) {
                const int64_t n = lengths[k];

                memcpy(to, before, sizeof to);
                wf_bits_copy(to, t, from, f, n);
                for (int64_t i = 0; i < BITS; i++)
                    if (bit(to, i) != (i >= t && i < t + n ? bit(from, f + i - t) : bit(before, i)))
                        cr_assert_fail("bit %d of %d bits from %d to %d", (int)i, (int)n, (int)f, (int)t);
            }
}

Test(bits, copying_reads_no_word_it_does_not_need)
{
    /* The last bit of `from` is the last of its memory: a checker sees a step too far. */
    uint64_t *from = malloc(2 * sizeof *from);

    from[0] = from[1] = ~(uint64_t)0;
    for (int64_t f = 0; f < 128; f++) {
        uint64_t to[WORDS] = {0};

        wf_bits_copy(to, 3, from, f, 128 - f);
        cr_assert_eq(wf_bits_count(to, BITS), 128 - f);
    }
    free(from);
}

Test(bits, copying_from_nothing_sets)
{
    for (int64_t t = 0; t < 70; t++)
        for (int k = 0; k < N_LENGTHS; k++) {
            uint64_t to[WORDS] = {0};

            wf_bits_copy(to, t, NULL, 0, lengths[k]);
            for (int64_t i = 0; i < BITS; i++)
                cr_assert_eq(bit(to, i), i >= t && i < t + lengths[k]);
        }
}

Test(bits, bytes_pack_into_bits_and_come_back)
{
    uint8_t bytes[BITS], back[BITS];
    uint64_t random[WORDS], map[WORDS];

    scramble(random, 7);
    for (int64_t i = 0; i < BITS; i++)
        bytes[i] = bit(random, i);
    for (int64_t n = 0; n <= 300; n++) {
        memset(map, 0xa5, sizeof map);
        wf_bits_pack(map, bytes, n);
        for (int64_t i = 0; i < n; i++)
            cr_assert_eq(bit(map, i), bytes[i], "%d of %d", (int)i, (int)n);
        cr_assert(n > BITS - 64 || map[wf_bits_n_words(n)] == 0xa5a5a5a5a5a5a5a5u);
    }
    for (int64_t first = 0; first < 130; first++) {
        memset(back, 9, sizeof back);
        wf_bits_unpack(back, random, first, 200);
        for (int64_t i = 0; i < 200; i++)
            cr_assert_eq(back[i], bytes[first + i]);
        cr_assert_eq(back[200], 9);
    }
}
