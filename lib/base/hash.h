/* hash.h - 64 and 128-bit hashes (XXH3, from Debian's xxhash), equal in every process. */
#ifndef WF_HASH_H
#define WF_HASH_H

#include <stddef.h>
#include <stdint.h>

/* What identifies a computation: equal tokens mean equal results. */
struct wf_token {
    uint64_t hi, lo;
};

uint64_t wf_hash(const void *bytes, size_t n);

/* The token of `bytes` after `before`: chain calls to hash several things. */
struct wf_token wf_token_add(struct wf_token before, const void *bytes, size_t n);

/* One round of mixing for hashes of integers; a bijection (Stafford's mix 13). */
static inline uint64_t wf_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

#endif
