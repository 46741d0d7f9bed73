/* lz4.c - bytes made fewer, where that is quick and pays; the only door to liblz4. */
#include "lib/base/lz4.h"

#include "config.h"

#if WF_HAVE_LZ4
#include <lz4.h>

enum { SAMPLE = 64 << 10 };

size_t wf_lz4_room(size_t n)
{
    return n > LZ4_MAX_INPUT_SIZE ? 0 : (size_t)LZ4_compressBound((int)n);
}

static size_t pack(void *to, const char *from, size_t n)
{
    const int packed = LZ4_compress_default(from, to, (int)n, LZ4_compressBound((int)n));

    return packed > 0 && (size_t)packed < n - n / 8 ? (size_t)packed : 0;
}

size_t wf_lz4_pack(void *to, const void *from, size_t n)
{
    const char *bytes = from;

    if (!n || n > LZ4_MAX_INPUT_SIZE)
        return 0;
    if (n > 4 * (size_t)SAMPLE && !pack(to, bytes + n / 2, SAMPLE))
        return 0;
    return pack(to, bytes, n);
}

bool wf_lz4_unpack(void *to, size_t n, const void *packed, size_t n_packed)
{
    return n <= LZ4_MAX_INPUT_SIZE && n_packed <= LZ4_MAX_INPUT_SIZE &&
           LZ4_decompress_safe(packed, to, (int)n_packed, (int)n) == (int)n;
}

#else

size_t wf_lz4_room(size_t n)
{
    (void)n;
    return 0;
}

size_t wf_lz4_pack(void *to, const void *from, size_t n)
{
    (void)to, (void)from, (void)n;
    return 0;
}

bool wf_lz4_unpack(void *to, size_t n, const void *packed, size_t n_packed)
{
    (void)to, (void)n, (void)packed, (void)n_packed;
    return false;
}

#endif
