/* random.c - counter-based random numbers: the same for any number of workers. */
#include "lib/base/random.h"

#include <Random123/philox.h>
#include <weft/random.h>

void wf_random_block(uint64_t seed, uint64_t stream, uint64_t i, uint32_t out[4])
{
    const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    const philox4x32_ctr_t counter = {{(uint32_t)i, (uint32_t)(i >> 32), (uint32_t)stream,
                                       (uint32_t)(stream >> 32)}};
    const philox4x32_ctr_t r = philox4x32(counter, key);

    for (int k = 0; k < 4; k++)
        out[k] = r.v[k];
}

/* Two elements of a stream lie in each block. */
void weft_random_units(uint64_t seed, uint64_t stream, uint64_t first, double *out, size_t n)
{
    uint32_t r[4];
    size_t k = 0;

    if (n && first & 1) {
        wf_random_block(seed, stream, first >> 1, r);
        out[k++] = wf_random_unit(r[2], r[3]);
    }
    for (; k + 1 < n; k += 2) {
        wf_random_block(seed, stream, (first + k) >> 1, r);
        out[k] = wf_random_unit(r[0], r[1]);
        out[k + 1] = wf_random_unit(r[2], r[3]);
    }
    if (k < n) {
        wf_random_block(seed, stream, (first + k) >> 1, r);
        out[k] = wf_random_unit(r[0], r[1]);
    }
}
