/* values.c - values that loops get wrong. */
#include "tests/support/values.h"

#include <math.h>
#include <string.h>

#include "lib/base/bits.h"
#include "lib/base/hash.h"

union any any_at(weft_dtype dtype, const void *values, int64_t i)
{
    const size_t bytes = weft_dtype_size(dtype);
    union any x = {.i = 0};

    memcpy(&x, (const char *)values + (size_t)i * bytes, bytes);
    return x;
}

void any_put(weft_dtype dtype, void *values, int64_t i, union any x)
{
    const size_t bytes = weft_dtype_size(dtype);

    memcpy((char *)values + (size_t)i * bytes, &x, bytes);
}

bool any_same(weft_dtype dtype, union any x, union any y)
{
    if (dtype == WEFT_FLOAT64 && isnan(x.d) && isnan(y.d))
        return true;
    if (dtype == WEFT_FLOAT32 && isnan(x.f) && isnan(y.f))
        return true;
    return !memcmp(&x, &y, weft_dtype_size(dtype));
}

static uint64_t number(uint64_t seed, int64_t i)
{
    return wf_mix(seed * 1000003 + (uint64_t)i + 1);
}

static double special(uint64_t r)
{
    static const double all[] = {0.0,  -0.0, 1.0,    -1.0,       0.5,        2.5,     -2.5,  1e300, -1e300,
                                 1e-300, 3.0, 0x1p63, -0x1p63, 0x1p31, 4503599627370497.5, 709.0, -745.0};
    const uint64_t k = r % (sizeof all / sizeof *all + 3);

    if (k < sizeof all / sizeof *all)
        return all[k];
    return k == sizeof all / sizeof *all ? (double)NAN : r & 1024 ? (double)INFINITY : -(double)INFINITY;
}

void any_fill(weft_dtype dtype, void *values, int64_t n, uint64_t seed)
{
    static const int64_t ints[] = {0, 1, -1, 2, -2, 3, 10, INT64_MIN, INT64_MAX, INT64_MIN + 1, 63, 64};
    static const int32_t days[] = {0, 1, -1, 11016, 19782, -25567, INT32_MIN, INT32_MAX};

    for (int64_t i = 0; i < n; i++) {
        const uint64_t r = number(seed, i), s = wf_mix(r);
        const bool odd = r % 3 == 0;
        const double plain = ((double)(s >> 11) * 0x1p-53 - 0.5) * (s & 1 ? 20 : 2e6);
        union any x = {.i = 0};

        switch (dtype) {
        case WEFT_BOOL:
            x.b = s & 1;
            break;
        case WEFT_INT64:
            x.i = odd ? ints[s % 12] : s & 1 ? (int64_t)(s >> 8) % 1000 - 500 : (int64_t)wf_mix(s);
            break;
        case WEFT_FLOAT32:
            x.f = (float)(odd ? special(s) : plain);
            break;
        case WEFT_FLOAT64:
            x.d = odd ? special(s) : plain;
            break;
        default:
            x.t = odd ? days[s % 8] : (int32_t)(s % 60000) - 20000;
            break;
        }
        any_put(dtype, values, i, x);
    }
}

void any_fill_small(weft_dtype dtype, void *values, int64_t n, uint64_t seed)
{
    for (int64_t i = 0; i < n; i++) {
        const int v = (int)(number(seed, i) % 41) - 20;
        union any x = {.i = 0};

        switch (dtype) {
        case WEFT_BOOL:
            x.b = v & 1;
            break;
        case WEFT_INT64:
            x.i = v;
            break;
        case WEFT_FLOAT32:
            x.f = (float)v;
            break;
        case WEFT_FLOAT64:
            x.d = v;
            break;
        default:
            x.t = v;
            break;
        }
        any_put(dtype, values, i, x);
    }
}

void any_fill_bits(uint64_t *map, int64_t n, int percent, uint64_t seed)
{
    wf_bits_fill(map, n, false);
    for (int64_t i = 0; i < n; i++)
        if (number(seed, i) % 100 < (uint64_t)percent)
            wf_bits_set(map, i);
}

int64_t length_at(int k)
{
    static const int64_t more[] = {191, 192, 193, 1000, 1022, 1023, 1024, 1025, 1026, 1088, 2500};

    if (k <= 130)
        return k;
    return k - 131 < (int)(sizeof more / sizeof *more) ? more[k - 131] : -1;
}

void on_each_isa(void (*test)(void))
{
    for (int i = 0; i < WF_ISA_COUNT; i++)
        if (wf_isa_has((enum wf_isa)i)) {
            wf_isa_use((enum wf_isa)i);
            test();
        }
}
