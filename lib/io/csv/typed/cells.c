/* cells.c - one column of many records at once, compiled once per instruction set. */
#include "lib/io/csv/cells.h"

#include "lib/base/assert.h"
#include "lib/io/number.h"

#if defined(__SSE4_1__)
#include <immintrin.h>
#endif

static inline uint64_t load8(const char *p)
{
    uint64_t x;

    memcpy(&x, p, sizeof x);
    return x;
}

/* The number that n digits write, 1 <= n <= 8; *bad is not 0 if they are no digits.
 * Pairs, then fours, then all eight: three multiplications. */
static inline uint64_t eight_digits(const char *p, int64_t n, uint64_t *bad)
{
    uint64_t x = (load8(p) ^ 0x3030303030303030u) << (64 - 8 * n);

    *bad |= ((x + 0x7676767676767676u) | x) & 0x8080808080808080u;
    x = x * 10 + (x >> 8);
    return ((x & 0x000000ff000000ffu) * 0x000f424000000064u +
            (x >> 16 & 0x000000ff000000ffu) * 0x0000271000000001u) >> 32;
}

/* ---- The loops, for text with and without carriage returns ------------------ */

typedef bool one_cell(const struct wf_csv_cells *c, int64_t r, int64_t first, int64_t last, void *out);

/* `one` and `cuts_cr` are constants where this is inlined. */
__attribute__((always_inline)) static inline bool each(const struct wf_csv_cells *c, void *out, one_cell *one,
                                                       bool cuts_cr)
{
    const uint32_t *ends = c->ends;

    for (int64_t r = 0; r < c->n; r++, ends += c->stride) {
        const int64_t first = (uint32_t)(ends[0] + 1);
        int64_t last = ends[1];

        if (cuts_cr && last > first)
            last -= c->text[last - 1] == '\r';
        if (!one(c, r, first, last, out))
            return false;
    }
    return true;
}

__attribute__((always_inline)) static inline bool all(const struct wf_csv_cells *c, void *out, one_cell *one)
{
    return c->cuts_cr ? each(c, out, one, true) : each(c, out, one, false);
}

/* ---- Integers --------------------------------------------------------------- */

__attribute__((always_inline)) static inline bool one_int(const struct wf_csv_cells *c, int64_t r, int64_t first,
                                                          int64_t last, void *out)
{
    const char *p = c->text + first;
    int64_t n = last - first;
    uint64_t x, bad = 0;

    if (n > 0) {
        const int64_t minus = *p == '-';

        p += minus;
        n -= minus;
        if ((uint64_t)(n - 1) < 8)
            x = eight_digits(p, n, &bad);
        else if ((uint64_t)(n - 9) < 8)
            x = eight_digits(p, n - 8, &bad) * 100000000 + eight_digits(p + n - 8, 8, &bad);
        else
            return c->other(c->arg, r, first, last);
        if (!bad) {
            ((int64_t *)out)[r] = (int64_t)(minus ? 0 - x : x);
            return true;
        }
    }
    return c->other(c->arg, r, first, last);
}

#if defined(__AVX2__)

/* Four cells at once, each the low bytes of one word: as eight_digits(), in all words. Those
 * of no or more than eight bytes, or with something else than digits, are done one by one. */
static inline int four_ints(const struct wf_csv_cells *c, const uint32_t *ends, bool cuts_cr, int64_t *out)
{
    const __m256i tops = _mm256_set1_epi64x((long long)0x8080808080808080u);
    uint64_t text[4], size[4];
    __m256i x, n, minus, bad;

    for (int k = 0; k < 4; k++, ends += c->stride) {
        const uint32_t first = ends[0] + 1;

        /* Cells that a short record lacks may lie behind the end of the text. */
        size[k] = ends[1] - first;
        text[k] = load8(c->text + (size[k] ? first : 0));
        if (cuts_cr && size[k])
            size[k] -= c->text[ends[1] - 1] == '\r';
    }
    x = _mm256_setr_epi64x((long long)text[0], (long long)text[1], (long long)text[2], (long long)text[3]);
    n = _mm256_setr_epi64x((long long)size[0], (long long)size[1], (long long)size[2], (long long)size[3]);
    bad = _mm256_cmpgt_epi64(n, _mm256_set1_epi64x(8));
    minus = _mm256_cmpeq_epi64(_mm256_and_si256(x, _mm256_set1_epi64x(255)), _mm256_set1_epi64x('-'));
    x = _mm256_srlv_epi64(x, _mm256_and_si256(minus, _mm256_set1_epi64x(8)));
    n = _mm256_add_epi64(n, minus);
    bad = _mm256_or_si256(bad, _mm256_cmpgt_epi64(_mm256_set1_epi64x(1), n));
    x = _mm256_xor_si256(x, _mm256_set1_epi8('0'));
    x = _mm256_sllv_epi64(x, _mm256_sub_epi64(_mm256_set1_epi64x(64), _mm256_slli_epi64(n, 3)));
    bad = _mm256_or_si256(bad, _mm256_and_si256(_mm256_or_si256(x, _mm256_add_epi8(x, _mm256_set1_epi8(0x76))), tops));
    x = _mm256_maddubs_epi16(x, _mm256_set1_epi16(10 | 1 << 8));
    x = _mm256_madd_epi16(x, _mm256_set1_epi32(100 | 1 << 16));
    x = _mm256_add_epi64(_mm256_mul_epu32(x, _mm256_set1_epi64x(10000)), _mm256_srli_epi64(x, 32));
    x = _mm256_sub_epi64(_mm256_xor_si256(x, minus), minus);
    _mm256_storeu_si256((__m256i *)out, x);
    return ~_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(bad, _mm256_setzero_si256()))) & 15;
}

__attribute__((always_inline)) static inline bool most_ints(const struct wf_csv_cells *c, int64_t *out, bool cuts_cr)
{
    const uint32_t *ends = c->ends;
    int64_t r = 0;

    for (; r + 4 <= c->n; r += 4, ends += 4 * c->stride)
        for (int left = four_ints(c, ends, cuts_cr, out + r); left; left &= left - 1) {
            const int k = __builtin_ctz((unsigned)left);
            const uint32_t *at = ends + k * c->stride;
            const int64_t first = (uint32_t)(at[0] + 1), last = at[1];

            if (!one_int(c, r + k, first, last - (cuts_cr && last > first && c->text[last - 1] == '\r'), out))
                return false;
        }
    for (; r < c->n; r++, ends += c->stride) {
        const int64_t first = (uint32_t)(ends[0] + 1), last = ends[1];

        if (!one_int(c, r, first, last - (cuts_cr && last > first && c->text[last - 1] == '\r'), out))
            return false;
    }
    return true;
}

static bool ints(const struct wf_csv_cells *c, int64_t *out)
{
    return c->cuts_cr ? most_ints(c, out, true) : most_ints(c, out, false);
}

#else

static bool ints(const struct wf_csv_cells *c, int64_t *out)
{
    return all(c, out, one_int);
}

#endif

/* ---- Floats ----------------------------------------------------------------- */

#if defined(__SSE4_1__)

static const double tens[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/* Digits with at most one point among or behind them, 1 <= n <= 16. The point is taken
 * out and the digits moved to the right end of 16 bytes, then joined in pairs. */
static inline bool sixteen(const char *p, int n, char point, uint64_t *digits, int *n_fraction)
{
    const __m128i iota = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m128i text = _mm_loadu_si128((const __m128i *)p);
    const __m128i value = _mm_sub_epi8(text, _mm_set1_epi8('0'));
    const __m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
    const uint32_t ours = (1u << n) - 1;
    const uint32_t points = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(text, _mm_set1_epi8(point))) & ours;
    const uint32_t others = ~(uint32_t)_mm_movemask_epi8(is_digit) & ours;
    const int at = points ? __builtin_ctz(points) : n;
    const int n_digits = n - (points != 0);
    __m128i from, x;

    if (others != points || (points & (points - 1)) || at == 0)
        return false;
    from = _mm_add_epi8(iota, _mm_set1_epi8((char)(n_digits - 16)));
    from = _mm_sub_epi8(from, _mm_cmpgt_epi8(from, _mm_set1_epi8((char)(at - 1))));
    x = _mm_shuffle_epi8(value, from); /* places below 0 have their top bit set, and give 0 */
    x = _mm_maddubs_epi16(x, _mm_set1_epi16(10 | 1 << 8));
    x = _mm_madd_epi16(x, _mm_set1_epi32(100 | 1 << 16));
    x = _mm_packus_epi32(x, x);
    x = _mm_madd_epi16(x, _mm_set1_epi32(10000 | 1 << 16));
    *digits = (uint64_t)(uint32_t)_mm_cvtsi128_si32(x) * 100000000 + (uint32_t)_mm_extract_epi32(x, 1);
    *n_fraction = n_digits - at;
    return true;
}

__attribute__((always_inline)) static inline bool one_float(const struct wf_csv_cells *c, int64_t r, int64_t first,
                                                            int64_t last, void *out)
{
    const char *p = c->text + first;
    int64_t n = last - first;
    uint64_t digits;
    int n_fraction;

    if (n > 0) {
        const int64_t minus = *p == '-';
        double x;

        p += minus;
        n -= minus;
        if ((uint64_t)(n - 1) < 16 && sixteen(p, (int)n, c->dialect->point, &digits, &n_fraction)) {
            if (digits <= (uint64_t)1 << 53)
                x = (double)digits / tens[n_fraction]; /* both exact: rounded once */
            else
                x = wf_f64_scale(digits, -n_fraction);
            ((double *)out)[r] = minus ? -x : x;
            return true;
        }
    }
    return c->other(c->arg, r, first, last);
}

#else

__attribute__((always_inline)) static inline bool one_float(const struct wf_csv_cells *c, int64_t r, int64_t first,
                                                            int64_t last, void *out)
{
    if (last > first && wf_f64_parse(c->text + first, last - first, c->dialect->point, (double *)out + r) &&
        (unsigned char)(c->text[last - 1] - '0') < 10) /* not one of the words for nulls */
        return true;
    return c->other(c->arg, r, first, last);
}

#endif

static bool floats(const struct wf_csv_cells *c, double *out)
{
    return all(c, out, one_float);
}

/* ---- Strings ---------------------------------------------------------------- */

__attribute__((always_inline)) static inline bool one_view(const struct wf_csv_cells *c, int64_t r, int64_t first,
                                                           int64_t last, void *out)
{
    const struct wf_csv_dialect *d = c->dialect;
    const char *p = c->text + first;
    const int64_t n = last - first;
    struct wf_view *view = (struct wf_view *)out + r;

    if (n > WF_VIEW_INLINE || n == 0 || wf_csv_is_quoted(d, p, n) ||
        (d->null_lengths[(unsigned char)*p] >> n & 1))
        return c->other(c->arg, r, first, last);
#if defined(__SSE4_1__)
    static const unsigned char keep[32] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    };
    const __m128i mask = _mm_loadu_si128((const __m128i *)(keep + 16 - n));
    const __m128i text = _mm_and_si128(_mm_loadu_si128((const __m128i *)p), mask);

    _mm_storeu_si128((__m128i *)view, _mm_insert_epi32(_mm_slli_si128(text, 4), (int)n, 0));
#else
    *view = wf_view_of(p, (int32_t)n, 0, 0);
#endif
    return true;
}

static bool views(const struct wf_csv_cells *c, struct wf_view *out)
{
    return all(c, out, one_view);
}

__attribute__((always_inline)) static inline bool one_other(const struct wf_csv_cells *c, int64_t r, int64_t first,
                                                            int64_t last, void *out)
{
    (void)out;
    return c->other(c->arg, r, first, last);
}

static bool others(const struct wf_csv_cells *c)
{
    return all(c, NULL, one_other);
}

extern const struct wf_csv_loops WF_NAME2(wf_csv_loops, ISA);
const struct wf_csv_loops WF_NAME2(wf_csv_loops, ISA) = {ints, floats, views, others};
