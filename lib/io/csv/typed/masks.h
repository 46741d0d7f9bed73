/* masks.h - 64 bytes of text as words: bit i speaks of byte i. */
#ifndef WF_CSV_MASKS_H
#define WF_CSV_MASKS_H

#include <string.h>

#include "lib/io/csv/dialect.h"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

struct masks {
    uint64_t sep, line, cr, quote, comment;
};

struct kinds {
    uint64_t digit, minus, point, high;
};

#if defined(__AVX512BW__)

typedef __m512i bytes64;

static inline bytes64 bytes_at(const char *text)
{
    return _mm512_loadu_si512(text);
}
static inline uint64_t equal(bytes64 b, char c)
{
    return _mm512_cmpeq_epi8_mask(b, _mm512_set1_epi8(c));
}
static inline uint64_t digits(bytes64 b)
{
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(b, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
}
static inline uint64_t high_bits(bytes64 b)
{
    return _mm512_movepi8_mask(b);
}

#elif defined(__AVX2__)

typedef struct {
    __m256i lo, hi;
} bytes64;

static inline bytes64 bytes_at(const char *text)
{
    return (bytes64){_mm256_loadu_si256((const __m256i *)text), _mm256_loadu_si256((const __m256i *)(text + 32))};
}
static inline uint64_t word(__m256i lo, __m256i hi)
{
    return (uint32_t)_mm256_movemask_epi8(lo) | (uint64_t)(uint32_t)_mm256_movemask_epi8(hi) << 32;
}
static inline uint64_t equal(bytes64 b, char c)
{
    const __m256i all = _mm256_set1_epi8(c);

    return word(_mm256_cmpeq_epi8(b.lo, all), _mm256_cmpeq_epi8(b.hi, all));
}
static inline __m256i digits32(__m256i b)
{
    /* Signed: bytes of 128 and more are negative, so no digits. */
    return _mm256_and_si256(_mm256_cmpgt_epi8(b, _mm256_set1_epi8('0' - 1)),
                            _mm256_cmpgt_epi8(_mm256_set1_epi8('9' + 1), b));
}
static inline uint64_t digits(bytes64 b)
{
    return word(digits32(b.lo), digits32(b.hi));
}
static inline uint64_t high_bits(bytes64 b)
{
    return word(b.lo, b.hi);
}

#else

/* Eight words of eight bytes, little-endian; each answer is one bit a byte at its top. */
typedef struct {
    uint64_t w[8];
} bytes64;

static const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;

static inline bytes64 bytes_at(const char *text)
{
    bytes64 b;

    memcpy(&b, text, sizeof b);
    return b;
}
static inline uint64_t gather(uint64_t at_tops)
{
    return (at_tops >> 7) * 0x0102040810204080u >> 56;
}
static inline uint64_t equal(bytes64 b, char c)
{
    uint64_t found = 0;

    for (int i = 0; i < 8; i++) {
        const uint64_t x = b.w[i] ^ ones * (unsigned char)c;

        found |= gather(~(((x & ~tops) + ~tops) | x) & tops) << 8 * i;
    }
    return found;
}
static inline uint64_t digits(bytes64 b)
{
    uint64_t found = 0;

    for (int i = 0; i < 8; i++) {
        const uint64_t low = b.w[i] & ~tops;
        const uint64_t from_0 = low + ones * (128 - '0'), over_9 = low + ones * (127 - '9');

        found |= gather(from_0 & ~over_9 & ~b.w[i] & tops) << 8 * i;
    }
    return found;
}
static inline uint64_t high_bits(bytes64 b)
{
    uint64_t found = 0;

    for (int i = 0; i < 8; i++)
        found |= gather(b.w[i] & tops) << 8 * i;
    return found;
}

#endif

/* The characters that matter, kept where a loop finds them. */
struct marks {
    char sep, quote, point, comment;
    bool has_quote;
};

static inline struct marks marks_of(const struct wf_csv_dialect *d)
{
    return (struct marks){d->sep, d->quote, d->point, d->comment, d->has_quote};
}

static inline struct masks masks_of(bytes64 b, const struct marks *d)
{
    return (struct masks){
        .sep = equal(b, d->sep),
        .line = equal(b, '\n'),
        .cr = equal(b, '\r'),
        .quote = d->has_quote ? equal(b, d->quote) : 0,
        .comment = d->comment ? equal(b, d->comment) : 0,
    };
}

static inline struct kinds kinds_of(bytes64 b, const struct marks *d)
{
    return (struct kinds){digits(b), equal(b, '-'), equal(b, d->point), high_bits(b)};
}

/* Bit i is the exclusive-or of bits 0 .. i of x. */
static inline uint64_t xor_up_to(uint64_t x)
{
    for (int k = 1; k < 64; k *= 2)
        x ^= x << k;
    return x;
}

/* The bits of x at the places of `of`, moved together. */
static inline uint64_t compress(uint64_t x, uint64_t of)
{
#if defined(__BMI2__)
    return _pext_u64(x, of);
#else
    uint64_t packed = 0;

    for (int k = 0; of; k++, of &= of - 1)
        packed |= (uint64_t)((x & of & (0 - of)) != 0) << k;
    return packed;
#endif
}

/* The place of bit number k of x, which has more than k. */
static inline int select_bit(uint64_t x, int k)
{
#if defined(__BMI2__)
    return __builtin_ctzll(_pdep_u64((uint64_t)1 << k, x));
#else
    while (k--)
        x &= x - 1;
    return __builtin_ctzll(x);
#endif
}

/* a + b + *carry, which becomes the carry out of it. */
static inline uint64_t add_with_carry(uint64_t a, uint64_t b, uint64_t *carry)
{
    uint64_t sum;
    const bool over = __builtin_add_overflow(a, b, &sum);

    *carry = (uint64_t)__builtin_add_overflow(sum, *carry, &sum) | over;
    return sum;
}

#endif
