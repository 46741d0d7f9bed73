/* number.c - numbers, dates and truths written as text. */
#include "lib/io/number.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/io/number-powers.h" /* made by number-powers.c */

__extension__ typedef unsigned __int128 wide;

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

static void pass_blanks(const char **p, const char **end)
{
    while (*p < *end && (**p == ' ' || **p == '\t'))
        ++*p;
    while (*p < *end && ((*end)[-1] == ' ' || (*end)[-1] == '\t'))
        --*end;
}

/* True for a minus; a plus is passed over too. */
static bool pass_sign(const char **p, const char *end)
{
    const bool minus = *p < end && **p == '-';

    if (*p < end && (**p == '-' || **p == '+'))
        ++*p;
    return minus;
}

bool wf_i64_parse(const char *text, int64_t n, int64_t *out)
{
    const char *p = text, *end = text + n;
    uint64_t x = 0;
    bool minus;

    pass_blanks(&p, &end);
    minus = pass_sign(&p, end);
    if (p == end)
        return false;
    for (; p < end; p++) {
        if (!is_digit(*p) || __builtin_mul_overflow(x, 10u, &x) ||
            __builtin_add_overflow(x, (uint64_t)(*p - '0'), &x))
            return false;
    }
    if (x > (uint64_t)INT64_MAX + minus)
        return false;
    *out = (int64_t)(minus ? 0 - x : x);
    return true;
}

/* ---- Doubles ------------------------------------------------------------- */

/* The parts of a written number: digits * 10^exponent. */
struct decimal {
    uint64_t    digits;   /* the first DIGITS_KEPT of them, from the first that is not 0 */
    int64_t     exponent;
    int64_t     n_cut;    /* digits behind those */
    const char *first;    /* where the digits begin and end, the point among them */
    const char *last;
};

enum { DIGITS_KEPT = 19, EXPONENT_MAX = 1000000000 };

/* Adds the digits at p; returns the end of them. */
static const char *add_digits(struct decimal *d, int *n_kept, const char *p, const char *end)
{
    for (; p < end && is_digit(*p); p++) {
        if (*n_kept == DIGITS_KEPT) {
            d->n_cut++;
            continue;
        }
        d->digits = d->digits * 10 + (uint64_t)(*p - '0');
        *n_kept += d->digits != 0;
    }
    return p;
}

static bool add_exponent(struct decimal *d, const char **p, const char *end)
{
    int64_t x = 0;
    bool minus;

    if (*p == end || (**p | 32) != 'e')
        return true;
    ++*p;
    minus = pass_sign(p, end);
    if (*p == end)
        return false;
    for (; *p < end && is_digit(**p); ++*p)
        x = x < EXPONENT_MAX ? x * 10 + (**p - '0') : x;
    d->exponent += minus ? -x : x;
    return true;
}

static bool read_decimal(struct decimal *d, const char *p, const char *end, char point)
{
    const char *start = p, *fraction;
    int n_kept = 0;

    *d = (struct decimal){.first = p};
    p = add_digits(d, &n_kept, p, end);
    d->exponent = d->n_cut;
    if (p < end && *p == point) {
        const int64_t n_cut = d->n_cut;

        fraction = p + 1;
        p = add_digits(d, &n_kept, fraction, end);
        if (p == fraction && fraction == start + 1)
            return false;
        d->exponent = n_cut - ((p - fraction) - (d->n_cut - n_cut));
    } else if (p == start) {
        return false;
    }
    d->last = p;
    return add_exponent(d, &p, end) && p == end;
}

/* The nearest double to w * 10^q, for any w and q: Lemire's algorithm, with the proof
 * of Mushtak and Lemire that 128 bits of the power always decide. */
static double scale_by_table(uint64_t w, int64_t q)
{
    const uint64_t mask = ~(uint64_t)0 >> 55;
    wide product;
    uint64_t hi, lo, bits, mantissa;
    int64_t power;
    int shift, up;
    double x;

    if (w == 0 || q < POWER_FIRST)
        return 0;
    if (q > POWER_LAST)
        return INFINITY;
    shift = __builtin_clzll(w);
    w <<= shift;
    product = (wide)w * powers[q - POWER_FIRST].hi;
    hi = (uint64_t)(product >> 64);
    lo = (uint64_t)product;
    if ((hi & mask) == mask) {
        const uint64_t more = (uint64_t)((wide)w * powers[q - POWER_FIRST].lo >> 64);

        lo += more;
        hi += lo < more;
    }
    up = (int)(hi >> 63);
    mantissa = hi >> (up + 9);                               /* 54 bits: one to round by */
    power = ((217706 * q) >> 16) + 63 + up - shift + 1023;   /* 217706 / 2^16 = log2(10) */
    if (power <= 0) {
        if (power <= -63)
            return 0;
        mantissa >>= 1 - power;
        mantissa = (mantissa + (mantissa & 1)) >> 1;
        bits = mantissa; /* of 2^52 and more: the least normal number, whose exponent is 1 */
    } else {
        /* Exactly half way: only where the product has no more bits than these. */
        if (lo <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 && mantissa << (up + 9) == hi)
            mantissa &= ~(uint64_t)1;
        mantissa = (mantissa + (mantissa & 1)) >> 1;
        if (mantissa >> 53) {
            mantissa >>= 1;
            power++;
        }
        if (power >= 2047)
            return INFINITY;
        bits = (mantissa & ~((uint64_t)1 << 52)) | (uint64_t)power << 52;
    }
    memcpy(&x, &bits, sizeof x);
    return x;
}

static const double exact_tens[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

double wf_f64_scale(uint64_t digits, int64_t exponent)
{
    /* Both factors are exact, so the one rounding is the right one. */
    if (digits <= (uint64_t)1 << 53 && exponent >= -22 && exponent <= 22) {
        const double x = (double)digits;

        return exponent < 0 ? x / exact_tens[-exponent] : x * exact_tens[exponent];
    }
    return scale_by_table(digits, exponent);
}

/* All digits count: the C library decides. 800 of them and one for the rest are as good as
 * any number, since no tie between doubles has more than 768. */
static double scale_by_library(const struct decimal *d)
{
    enum { ENOUGH = 800 };
    char text[ENOUGH + 40];
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    int n = 0;
    bool rest = false;
    double x;

    text[n++] = '.';
    for (const char *p = d->first; p < d->last; p++) {
        if (!is_digit(*p) || (n == 1 && *p == '0'))
            continue;
        if (n <= ENOUGH)
            text[n++] = *p;
        else
            rest = rest || *p != '0';
    }
    if (rest)
        text[n++] = '1';
    /* The digits begin behind the point here; read_decimal() put it behind the 19th. */
    snprintf(text + n, sizeof text - (size_t)n, "e%lld", (long long)d->exponent + DIGITS_KEPT);
    /* Without memory for a locale: this text has its point as the C locale writes it. */
    x = c_locale ? strtod_l(text, NULL, c_locale) : strtod(text, NULL);
    if (c_locale)
        freelocale(c_locale);
    return x;
}

static double nearest(const struct decimal *d)
{
    double x;

    if (!d->n_cut)
        return wf_f64_scale(d->digits, d->exponent);
    x = scale_by_table(d->digits, d->exponent);
    return x == scale_by_table(d->digits + 1, d->exponent) ? x : scale_by_library(d);
}

static bool word_is(const char *p, const char *end, const char *word)
{
    const size_t n = strlen(word);

    return (size_t)(end - p) == n && strncasecmp(p, word, n) == 0;
}

bool wf_f64_parse(const char *text, int64_t n, char point, double *out)
{
    const char *p = text, *end = text + n;
    struct decimal d;
    double x;
    bool minus;

    pass_blanks(&p, &end);
    minus = pass_sign(&p, end);
    if (read_decimal(&d, p, end, point))
        x = nearest(&d);
    else if (word_is(p, end, "inf") || word_is(p, end, "infinity"))
        x = INFINITY;
    else if (word_is(p, end, "nan"))
        x = NAN;
    else
        return false;
    *out = minus ? -x : x;
    return true;
}

/* ---- Dates and truths ------------------------------------------------------ */

/* Days from civil: H. Hinnant, 2013. */
static int32_t days_of(int year, int month, int day)
{
    const int y = year - (month <= 2);
    const int era = (y >= 0 ? y : y - 399) / 400;
    const int yoe = y - era * 400;
    const int doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const int doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

bool wf_date_parse(const char *text, int64_t n, int32_t *out)
{
    static const char form[] = "0000-00-00";
    static const char lengths[] = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned char v[10];
    int year, month, day;
    unsigned wrong = 0;

    if (n != 10)
        return false;
    /* Digits become their values, and what is right between them 0. */
    for (int i = 0; i < 10; i++) {
        v[i] = (unsigned char)(text[i] ^ form[i]);
        wrong |= form[i] == '0' ? v[i] > 9 : v[i] != 0;
    }
    if (wrong)
        return false;
    year = v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3];
    month = v[5] * 10 + v[6];
    day = v[8] * 10 + v[9];
    if (month < 1 || month > 12 || day < 1 || day > lengths[month])
        return false;
    if (month == 2 && day == 29 && (year % 4 || (year % 100 == 0 && year % 400)))
        return false;
    *out = days_of(year, month, day);
    return true;
}

bool wf_bool_parse(const char *text, int64_t n, bool *out)
{
    if (n == 4 && (!memcmp(text, "true", 4) || !memcmp(text, "True", 4) || !memcmp(text, "TRUE", 4))) {
        *out = true;
        return true;
    }
    if (n == 5 && (!memcmp(text, "false", 5) || !memcmp(text, "False", 5) || !memcmp(text, "FALSE", 5))) {
        *out = false;
        return true;
    }
    return false;
}
