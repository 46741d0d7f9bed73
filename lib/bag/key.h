/* key.h - the hash of a key: which slot of a table, and which partition of a shuffle.
 *
 * Low bits choose the slot, high bits the partition, so that the keys of one
 * partition do not crowd together in a table.
 */
#ifndef WF_KEY_H
#define WF_KEY_H

#include <string.h>

#include <weft/chunk.h>

#include "lib/base/hash.h"

/* Up to 16 bytes, which are most words and all numbers, are two loads and two
 * rounds of mixing; the rest goes to XXH3. Equal in every little-endian process. */
static inline uint64_t wf_key_hash(struct weft_text key)
{
    const size_t n = (size_t)key.len;
    uint64_t a = 0, b = 0;

    if (n > 16)
        return wf_hash(key.ptr, n);
    if (n >= 8) {
        memcpy(&a, key.ptr, 8);
        memcpy(&b, key.ptr + n - 8, 8);
    } else if (n >= 4) {
        uint32_t low, high;

        memcpy(&low, key.ptr, 4);
        memcpy(&high, key.ptr + n - 4, 4);
        a = low | (uint64_t)high << 32;
    } else if (n) {
        a = (uint64_t)(unsigned char)key.ptr[0] | (uint64_t)(unsigned char)key.ptr[n / 2] << 8 |
            (uint64_t)(unsigned char)key.ptr[n - 1] << 16;
    }
    return wf_mix(a ^ wf_mix(b + n * 0x9e3779b97f4a7c15u));
}

/* 0 <= partition < n, even for any n. */
static inline int wf_key_partition(uint64_t hash, int n)
{
    return (int)((hash >> 32) * (uint64_t)n >> 32);
}

#endif
