/* valid.c - how nulls combine, 64 rows at a time. */
#include "lib/kernel/valid.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/bits.h"

static uint64_t word(const uint64_t *map, int64_t w)
{
    return map ? map[w] : ~(uint64_t)0;
}

void wf_valid_and(uint64_t *out, const uint64_t *x, const uint64_t *y, int64_t n)
{
    const int64_t words = wf_bits_n_words(n);

    for (int64_t w = 0; w < words; w++)
        out[w] = word(x, w) & word(y, w);
}

void wf_valid_coalesce(uint64_t *out, const uint64_t *x, const uint64_t *y, int64_t n)
{
    const int64_t words = wf_bits_n_words(n);

    for (int64_t w = 0; w < words; w++)
        out[w] = x[w] | y[w];
}

void wf_valid_kleene_and(uint64_t *out, const uint64_t *a, const uint64_t *va, const uint64_t *b,
                         const uint64_t *vb, int64_t n)
{
    const int64_t words = wf_bits_n_words(n);

    for (int64_t w = 0; w < words; w++) {
        const uint64_t x = word(va, w), y = word(vb, w);
        out[w] = (x & y) | (x & ~a[w]) | (y & ~b[w]);
    }
}

void wf_valid_kleene_or(uint64_t *out, const uint64_t *a, const uint64_t *va, const uint64_t *b,
                        const uint64_t *vb, int64_t n)
{
    const int64_t words = wf_bits_n_words(n);

    for (int64_t w = 0; w < words; w++) {
        const uint64_t x = word(va, w), y = word(vb, w);
        out[w] = (x & y) | (x & a[w]) | (y & b[w]);
    }
}

void wf_valid_choose(uint64_t *out, const uint64_t *truth, const uint64_t *x, const uint64_t *y,
                     int64_t n)
{
    const int64_t words = wf_bits_n_words(n);

    for (int64_t w = 0; w < words; w++)
        out[w] = (truth[w] & word(x, w)) | (~truth[w] & word(y, w));
}

void wf_valid_notnull(uint8_t *out, const uint64_t *valid, int64_t n)
{
    if (valid)
        wf_bits_unpack(out, valid, 0, n);
    else
        memset(out, 1, (size_t)n);
}

void wf_valid_isnull(uint8_t *out, const uint64_t *valid, int64_t n)
{
    wf_valid_notnull(out, valid, n);
    for (int64_t i = 0; i < n; i++)
        out[i] ^= 1;
}

bool wf_valid_has_nulls(const uint64_t *valid, int64_t n)
{
    const int64_t whole = n / 64;

    for (int64_t w = 0; w < whole; w++)
        if (~valid[w])
            return true;
    return n % 64 && (~valid[whole] & wf_bits_low(n % 64));
}

int64_t wf_mask_of_bits(uint64_t *mask, const uint64_t *truth, const uint64_t *valid, int64_t n)
{
    const int64_t words = wf_bits_n_words(n);
    int64_t count = 0;

    for (int64_t w = 0; w < words; w++) {
        mask[w] = truth[w] & word(valid, w) & wf_bits_low(n - w * 64);
        count += __builtin_popcountll(mask[w]);
    }
    return count;
}

int64_t wf_mask_of_bytes(uint64_t *mask, const uint8_t *truth, const uint64_t *valid, int64_t n)
{
    wf_bits_pack(mask, truth, n);
    return wf_mask_of_bits(mask, mask, valid, n);
}
