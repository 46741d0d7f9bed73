/* test_random.c - the published generator, number by number. */
#include "lib/base/random.h"

#include <criterion/criterion.h>
#include <string.h>

/* Philox4x32-10 as its paper writes it (Salmon et al., SC'11, section 4.2), one round a line. */
static void philox(uint32_t c[4], uint32_t k0, uint32_t k1)
{
    for (int round = 0; round < 10; round++, k0 += 0x9e3779b9u, k1 += 0xbb67ae85u) {
        const uint64_t p0 = (uint64_t)0xd2511f53u * c[0], p1 = (uint64_t)0xcd9e8d57u * c[2];
        const uint32_t next[4] = {(uint32_t)(p1 >> 32) ^ c[1] ^ k0, (uint32_t)p1,
                                  (uint32_t)(p0 >> 32) ^ c[3] ^ k1, (uint32_t)p0};

        memcpy(c, next, sizeof next);
    }
}

Test(random, gives_the_known_answers_of_philox)
{
    /* From the vectors that come with Random123: counter, key, answer. */
    const struct { uint64_t seed, stream, i; uint32_t want[4]; } known[] = {
        {0, 0, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {~(uint64_t)0, ~(uint64_t)0, ~(uint64_t)0, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {0x299f31d0a4093822u, 0x0370734413198a2eu, 0x85a308d3243f6a88u,
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };

    for (size_t n = 0; n < sizeof known / sizeof *known; n++) {
        uint32_t out[4];

        wf_random_block(known[n].seed, known[n].stream, known[n].i, out);
        for (int k = 0; k < 4; k++)
            cr_expect_eq(out[k], known[n].want[k], "vector %zu, word %d: %08x", n, k, out[k]);
    }
}

Test(random, a_block_depends_on_seed_stream_and_number_alone)
{
    for (uint64_t n = 0; n < 2000; n++) {
        const uint64_t seed = n * 0x9e3779b97f4a7c15u, stream = n * n << 20, i = ~n << (n % 40);
        uint32_t want[4] = {(uint32_t)i, (uint32_t)(i >> 32), (uint32_t)stream, (uint32_t)(stream >> 32)};
        uint32_t out[4];

        philox(want, (uint32_t)seed, (uint32_t)(seed >> 32));
        wf_random_block(seed, stream, i, out);
        cr_assert_arr_eq(out, want, sizeof out);
    }
}

Test(random, a_unit_is_at_least_0_and_below_1)
{
    cr_assert_eq(wf_random_unit(0, 0), 0.0);
    cr_assert_eq(wf_random_unit(UINT32_MAX, UINT32_MAX), 1.0 - 0x1p-53);
    cr_assert_eq(wf_random_unit(0, 0x80000000u), 0.5);
    /* The lowest bit that counts, and the highest that does not. */
    cr_assert_eq(wf_random_unit(1u << 11, 0), 0x1p-53);
    cr_assert_eq(wf_random_unit((1u << 11) - 1, 0), 0.0);
}

Test(random, units_are_spread_evenly)
{
    enum { N = 200000, CELLS = 64 };
    int64_t cell[CELLS] = {0};
    double chi2 = 0;

    for (uint64_t i = 0; i < N / 2; i++) {
        uint32_t r[4];

        wf_random_block(42, 0, i, r);
        cell[(int)(wf_random_unit(r[0], r[1]) * CELLS)]++;
        cell[(int)(wf_random_unit(r[2], r[3]) * CELLS)]++;
    }
    for (int k = 0; k < CELLS; k++) {
        const double d = (double)cell[k] - (double)N / CELLS;

        chi2 += d * d / ((double)N / CELLS);
    }
    /* 63 degrees of freedom: outside once in ten thousand. */
    cr_assert(chi2 > 28 && chi2 < 112, "%g", chi2);
}
