/* test_lz4.c - bytes come back as they were, or packing says that it does not pay. */
#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "lib/base/lz4.h"
#include "lib/base/random.h"

static void fill(unsigned char *bytes, size_t n, uint64_t seed, bool random)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t r[4];

        if (!random) {
            bytes[i] = (unsigned char)(i / 100);
            continue;
        }
        wf_random_block(seed, 0, i, r);
        bytes[i] = (unsigned char)r[0];
    }
}

Test(lz4, what_repeats_becomes_fewer_and_comes_back)
{
    static const size_t sizes[] = {1000, 4096, 300000, 1 << 20};

    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        const size_t n = sizes[k], room = wf_lz4_room(n);
        unsigned char *from = malloc(n), *to = malloc(room + 1), *back = malloc(n);
        size_t packed;

        fill(from, n, 0, false);
        packed = room ? wf_lz4_pack(to, from, n) : 0;
        cr_assert_eq(packed > 0, WF_HAVE_LZ4);
        cr_assert_lt(packed, n / 2);
        cr_assert_eq(wf_lz4_unpack(back, n, to, packed), WF_HAVE_LZ4);
        cr_assert(!packed || memcmp(from, back, n) == 0);
        free(from);
        free(to);
        free(back);
    }
}

Test(lz4, what_is_random_does_not_pay)
{
    const size_t n = 1 << 20;
    unsigned char *from = malloc(n), *to = malloc(wf_lz4_room(n) + 1);

    fill(from, n, 7, true);
    cr_assert_eq(wf_lz4_pack(to, from, n), 0);
    cr_assert_eq(wf_lz4_pack(to, from, 0), 0);
    free(from);
    free(to);
}

Test(lz4, broken_bytes_are_refused_and_nothing_is_written_behind_the_end)
{
    enum { N = 4096 };
    unsigned char from[N], back[N + 16], *to = malloc(wf_lz4_room(N) + 1);
    size_t packed;

    fill(from, N, 0, false);
    packed = wf_lz4_pack(to, from, N);
    memset(back, 0xa5, sizeof back);
    cr_assert_not(wf_lz4_unpack(back, N, to, packed / 2));
    cr_assert_not(wf_lz4_unpack(back, N - 1, to, packed));
    for (uint64_t seed = 0; seed < 2000 && packed; seed++) {
        uint32_t r[4];
        unsigned char kept;

        wf_random_block(seed, 1, 0, r);
        kept = to[r[0] % packed];
        to[r[0] % packed] = (unsigned char)r[1];
        (void)wf_lz4_unpack(back, N, to, packed); /* either way; the checksum is another's work */
        for (int i = 0; i < 16; i++)
            cr_assert_eq(back[N + i], 0xa5);
        to[r[0] % packed] = kept;
    }
    free(to);
}
