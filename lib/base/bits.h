/* bits.h - bitmaps by words: bit i of a map is bit i % 64 of word i / 64, as Arrow has it
 * on little-endian machines. Maps are sized in whole words, and bits past the end are
 * anything: readers mask. */
#ifndef WF_BITS_H
#define WF_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline int64_t wf_bits_n_words(int64_t n_bits)
{
    return (n_bits + 63) / 64;
}
static inline size_t wf_bits_bytes(int64_t n_bits)
{
    return (size_t)wf_bits_n_words(n_bits) * 8;
}
static inline bool wf_bits_at(const uint64_t *map, int64_t i)
{
    return map[i >> 6] >> (i & 63) & 1;
}
static inline void wf_bits_set(uint64_t *map, int64_t i)
{
    map[i >> 6] |= (uint64_t)1 << (i & 63);
}
static inline void wf_bits_clear(uint64_t *map, int64_t i)
{
    map[i >> 6] &= ~((uint64_t)1 << (i & 63));
}
/* The low n bits of a word, 0 <= n <= 64. */
static inline uint64_t wf_bits_low(int64_t n)
{
    return n >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1;
}

void    wf_bits_fill(uint64_t *map, int64_t n, bool to);       /* bits 0 .. n-1, whole words */
int64_t wf_bits_count(const uint64_t *map, int64_t n);         /* of set bits among 0 .. n-1 */
/* to[t .. t+n) = from[f .. f+n), from may be NULL: all set. Maps do not overlap. */
void    wf_bits_copy(uint64_t *to, int64_t t, const uint64_t *from, int64_t f, int64_t n);
/* 64 bits of `map` starting at bit i; bits past its last word read as 0 if `n_bits` ends there. */
uint64_t wf_bits_word_at(const uint64_t *map, int64_t i, int64_t n_bits);

void wf_bits_pack(uint64_t *map, const uint8_t *bytes, int64_t n);   /* bit i = bytes[i], which is 0 or 1 */
void wf_bits_unpack(uint8_t *bytes, const uint64_t *map, int64_t first, int64_t n); /* bytes[i] = bit first + i */

#endif
