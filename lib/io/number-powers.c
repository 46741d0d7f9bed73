/* number-powers.c - prints the table of number.c: the first 128 bits of powers of five.
 *
 * Entry q holds the 128 most significant bits of 5^q, FIRST <= q <= LAST, high word
 * first, the top bit set. 5^q for q >= 0 is cut; 5^-k is the quotient 2^b / 5^k, cut,
 * and one more for k <= 27, where the product with 64 bits can be exact (Lemire 2021,
 * section 5).
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { FIRST = -342, LAST = 308, N_LIMBS = 72 }; /* 2304 bits: 342 quotients leave enough */

struct big {
    uint32_t limb[N_LIMBS]; /* the least first */
};

static void times_five(struct big *b)
{
    uint64_t carry = 0;

    for (int i = 0; i < N_LIMBS; i++) {
        carry += (uint64_t)b->limb[i] * 5;
        b->limb[i] = (uint32_t)carry;
        carry >>= 32;
    }
}

static void by_five(struct big *b)
{
    uint64_t rest = 0;

    for (int i = N_LIMBS - 1; i >= 0; i--) {
        rest = rest << 32 | b->limb[i];
        b->limb[i] = (uint32_t)(rest / 5);
        rest %= 5;
    }
}

static int bit_at(const struct big *b, int i)
{
    return i < 0 ? 0 : b->limb[i / 32] >> (i % 32) & 1;
}

static void print(const struct big *b, int add)
{
    uint64_t word[2] = {0, 0};
    int top = N_LIMBS * 32 - 1;

    while (!bit_at(b, top))
        top--;
    for (int i = 0; i < 128; i++)
        word[i / 64] = word[i / 64] << 1 | (uint64_t)bit_at(b, top - i);
    word[1] += (uint64_t)add;
    word[0] += add && word[1] == 0;
    printf("    {0x%016llxu, 0x%016llxu},\n", (unsigned long long)word[0], (unsigned long long)word[1]);
}

int main(void)
{
    struct big b;

    printf("enum { POWER_FIRST = %d, POWER_LAST = %d };\n", FIRST, LAST);
    printf("static const struct { uint64_t hi, lo; } powers[] = {\n");
    for (int q = FIRST; q < 0; q++) {
        memset(&b, 0, sizeof b);
        b.limb[N_LIMBS - 1] = 1;
        for (int k = 0; k < -q; k++)
            by_five(&b);
        print(&b, -q <= 27);
    }
    memset(&b, 0, sizeof b);
    b.limb[0] = 1;
    for (int q = 0; q <= LAST; q++, times_five(&b))
        print(&b, 0);
    printf("};\n");
    return 0;
}
