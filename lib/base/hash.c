/* hash.c - 64 and 128-bit hashes (XXH3, from Debian's xxhash), equal in every process. */
#include "lib/base/hash.h"

#include <xxhash.h>

uint64_t wf_hash(const void *bytes, size_t n)
{
    return XXH3_64bits(bytes, n);
}

struct wf_token wf_token_add(struct wf_token before, const void *bytes, size_t n)
{
    /* The second seed is folded in after: XXH3 takes 64 bits of seed. */
    const XXH128_hash_t h = XXH3_128bits_withSeed(bytes, n, before.lo);

    return (struct wf_token){.hi = wf_mix(h.high64 ^ before.hi), .lo = h.low64 + before.hi};
}
