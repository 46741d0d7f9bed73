/* select.c - elements of one width that a mask keeps, or that lie at given places. */
#include "lib/kernel/typed/each.h"

#include <string.h>

#include "lib/base/bits.h"
#include "lib/kernel/typed/select.h"

/* Few of 64: jump from one to the next. */
static elem *keep_few(elem *o, const elem *x, uint64_t word)
{
    for (; word; word &= word - 1)
        *o++ = x[__builtin_ctzll(word)];
    return o;
}

/* Many: write each, step over those kept. No branch to guess. */
static elem *keep_many(elem *o, const elem *x, uint64_t word, int64_t n)
{
    for (int64_t i = 0; i < n; i++, word >>= 1) {
        *o = x[i];
        o += word & 1;
    }
    return o;
}

static int64_t filter(void *out, const void *in, const uint64_t *mask, int64_t n)
{
    elem *o = out;
    const elem *x = in;

    for (int64_t i = 0; i < n; i += 64) {
        const int64_t len = n - i < 64 ? n - i : 64;
        const uint64_t word = mask[i / 64] & wf_bits_low(len);
        const int kept = __builtin_popcountll(word);

        if (kept == len) {
            memmove(o, x + i, (size_t)len * sizeof *o);
            o += len;
        } else if (kept > 24) {
            /* To the last one kept: what is written behind that would be out of `out`. */
            o = keep_many(o, x + i, word, 64 - __builtin_clzll(word));
        } else {
            o = keep_few(o, x + i, word);
        }
    }
    return o - (elem *)out;
}

static void take(void *out, const void *in, const int64_t *rows, int64_t n)
{
    elem *restrict o = out;
    const elem *x = in;

    for (int64_t i = 0; i < n; i++)
        o[i] = rows[i] < 0 ? 0 : x[rows[i]];
}

const struct wf_select FOR_TYPE(wf_select) = {.filter = filter, .take = take};
