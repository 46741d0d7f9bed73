/* bits.c - bitmaps by words. */
#include "lib/base/bits.h"

#include <string.h>

void wf_bits_fill(uint64_t *map, int64_t n, bool to)
{
    memset(map, to ? 0xff : 0, wf_bits_bytes(n));
}

int64_t wf_bits_count(const uint64_t *map, int64_t n)
{
    const int64_t whole = n / 64;
    int64_t count = 0;

    for (int64_t i = 0; i < whole; i++)
        count += __builtin_popcountll(map[i]);
    if (n % 64)
        count += __builtin_popcountll(map[whole] & wf_bits_low(n % 64));
    return count;
}

uint64_t wf_bits_word_at(const uint64_t *map, int64_t i, int64_t n_bits)
{
    const int64_t word = i / 64, shift = i % 64;
    uint64_t bits = map[word] >> shift;

    if (shift && (word + 1) * 64 < n_bits)
        bits |= map[word + 1] << (64 - shift);
    return bits;
}

void wf_bits_copy(uint64_t *to, int64_t t, const uint64_t *from, int64_t f, int64_t n)
{
    while (n > 0) {
        const int64_t room = 64 - t % 64;
        const int64_t take = n < room ? n : room;
        const uint64_t mask = wf_bits_low(take) << (t % 64);
        const uint64_t bits = from ? wf_bits_word_at(from, f, f + take) : ~(uint64_t)0;

        to[t / 64] = (to[t / 64] & ~mask) | (bits << (t % 64) & mask);
        t += take;
        f += take;
        n -= take;
    }
}

void wf_bits_pack(uint64_t *map, const uint8_t *bytes, int64_t n)
{
    int64_t i = 0;

    for (; i + 64 <= n; i += 64) {
        uint64_t word = 0;

        for (int k = 0; k < 8; k++) {
            uint64_t eight;

            memcpy(&eight, bytes + i + 8 * k, 8);
            /* Eight bytes of 0 or 1 to eight bits: each byte lands in one bit of the top byte. */
            word |= (eight & 0x0101010101010101u) * 0x0102040810204080u >> 56 << (8 * k);
        }
        map[i / 64] = word;
    }
    if (i < n) {
        uint64_t word = 0;

        for (int64_t k = i; k < n; k++)
            word |= (uint64_t)(bytes[k] & 1) << (k - i);
        map[i / 64] = word;
    }
}

void wf_bits_unpack(uint8_t *bytes, const uint64_t *map, int64_t first, int64_t n)
{
    int64_t i = 0;

    for (; i + 64 <= n; i += 64) {
        const uint64_t word = wf_bits_word_at(map, first + i, first + n);

        for (int k = 0; k < 8; k++) {
            /* Eight copies of eight bits; byte j keeps bit j, and becomes 1 if that is set. */
            const uint64_t one_each = (word >> (8 * k) & 0xff) * 0x0101010101010101u & 0x8040201008040201u;
            const uint64_t eight = (one_each + 0x7f7f7f7f7f7f7f7fu) >> 7 & 0x0101010101010101u;

            memcpy(bytes + i + 8 * k, &eight, 8);
        }
    }
    for (; i < n; i++)
        bytes[i] = wf_bits_at(map, first + i);
}
