/* test_random.c - random numbers by the group are those one by one, on every instruction set. */
#include "lib/kernel/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include <weft/random.h>

#include "lib/base/random.h"
#include "lib/kernel/isa.h"
#include "lib/kernel/typed/random.h"

#if WF_HAVE_X86
extern const struct wf_random wf_random_f64_v2, wf_random_f64_v3, wf_random_f64_v4;
static const struct wf_random *const tables[] = {&wf_random_f64_v2, &wf_random_f64_v3, &wf_random_f64_v4};
#else
extern const struct wf_random wf_random_f64_base;
static const struct wf_random *const tables[] = {&wf_random_f64_base};
#endif

static uint64_t number(uint64_t seed, uint64_t stream, int64_t v)
{
    uint32_t w[4];

    wf_random_block(seed, stream, (uint64_t)v / 2, w);
    return (uint64_t)w[v % 2 * 2 + 1] << 32 | w[v % 2 * 2];
}

Test(random, every_instruction_set_has_the_bits_of_random123)
{
    for (int isa = 0; isa < WF_ISA_COUNT; isa++) {
        uint64_t out[WF_RANDOM_GROUP];

        if (!wf_isa_has((enum wf_isa)isa))
            continue;
        /* A block number that carries into its upper word. */
        tables[isa]->bits(0x0123456789abcdef, 0xfedcba9876543210, 0xffffffe0, out);
        for (int64_t i = 0; i < WF_RANDOM_GROUP; i++)
            cr_assert_eq(out[i], number(0x0123456789abcdef, 0xfedcba9876543210, 2 * (int64_t)0xffffffe0 + i));
    }
}

Test(random, every_instruction_set_has_the_same_normal_and_uniform_numbers)
{
    for (uint64_t block = 0; block < 100 * WF_RANDOM_BLOCKS; block += WF_RANDOM_BLOCKS) {
        double first[2][WF_RANDOM_GROUP], out[WF_RANDOM_GROUP];

        tables[0]->normal(1, 2, block, 3, 4, first[0]);
        tables[0]->uniform(1, 2, block, 3, 4, first[1]);
        for (int isa = 1; isa < WF_ISA_COUNT; isa++) {
            if (!wf_isa_has((enum wf_isa)isa))
                continue;
            tables[isa]->normal(1, 2, block, 3, 4, out);
            cr_assert_eq(memcmp(out, first[0], sizeof out), 0);
            tables[isa]->uniform(1, 2, block, 3, 4, out);
            cr_assert_eq(memcmp(out, first[1], sizeof out), 0);
        }
    }
}

/* |got - want| in units of the last place of a double near `want`. */
static double ulps(double got, long double want)
{
    const double near = fabs((double)want);

    return (double)(fabsl(got - want) / (nextafter(near, (double)INFINITY) - near));
}

Test(random, normal_numbers_are_exact_to_four_units)
{
    double z[2000];

    wf_random_normal(5, 6, 0, 2000, 0, 1, z);
    for (int64_t i = 0; i < 2000; i += 2) {
        const long double u0 = (number(5, 6, i) >> 11) * 0x1p-53L, u1 = (number(5, 6, i + 1) >> 11) * 0x1p-53L;
        const long double radius = sqrtl(-2 * logl(1 - u0));
        /* Quarter turns are taken off exactly, or the long double is no better than a double. */
        const int quarter = (int)rintl(4 * u1);
        const long double rest = (4 * u1 - quarter) * M_PI_2l, c = cosl(rest), s = sinl(rest);
        const long double cosine[] = {c, -s, -c, s}, sine[] = {s, c, -s, -c};

        cr_assert_lt(ulps(z[i], radius * cosine[quarter % 4]), 4);
        cr_assert_lt(ulps(z[i + 1], radius * sine[quarter % 4]), 4);
    }
}

Test(random, any_range_of_numbers_is_part_of_the_stream)
{
    uint64_t all[1000], part[1000];
    double z[1000], some[1000];

    for (int64_t i = 0; i < 1000; i++)
        all[i] = number(7, 8, i);
    wf_random_normal(7, 8, 0, 1000, 0, 1, z);
    for (int64_t first = 0; first < 300; first += 7)
        for (int64_t n = 0; n < 500; n += 43) {
            wf_random_bits(7, 8, first, n, part);
            cr_assert_eq(memcmp(part, all + first, (size_t)n * sizeof *part), 0);
            wf_random_normal(7, 8, first, n, 0, 1, some);
            cr_assert_eq(memcmp(some, z + first, (size_t)n * sizeof *some), 0);
        }
}

Test(random, units_for_users_are_those_of_a_uniform_array_however_cut)
{
    enum { N = 600 };
    double all[N], some[N];

    weft_random_units(3, 5, 0, N, all);
    for (int64_t i = 0; i < N; i++) {
        uint32_t r[4];

        wf_random_block(3, 5, (uint64_t)i / 2, r);
        cr_assert_eq(all[i], i % 2 ? wf_random_unit(r[2], r[3]) : wf_random_unit(r[0], r[1]));
    }
    for (int64_t first = 0; first < N; first += 7)
        for (int64_t n = 0; first + n <= N; n += 13) {
            weft_random_units(3, 5, first, n, some);
            cr_assert_eq(memcmp(some, all + first, (size_t)n * sizeof *some), 0);
        }
}
