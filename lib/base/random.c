/* random.c - counter-based random numbers: the same for any number of workers. */
#include "lib/base/random.h"

#include <Random123/philox.h>

void wf_random_block(uint64_t seed, uint64_t stream, uint64_t i, uint32_t out[4])
{
    const philox4x32_key_t key = {{(uint32_t)seed, (uint32_t)(seed >> 32)}};
    const philox4x32_ctr_t counter = {{(uint32_t)i, (uint32_t)(i >> 32), (uint32_t)stream,
                                       (uint32_t)(stream >> 32)}};
    const philox4x32_ctr_t r = philox4x32(counter, key);

    for (int k = 0; k < 4; k++)
        out[k] = r.v[k];
}
