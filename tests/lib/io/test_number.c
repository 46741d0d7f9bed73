/* test_number.c - written numbers are read as the C library reads them, bit for bit. */
#include "lib/io/number.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/data/chunk.h"

static uint64_t state = 12345;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static uint64_t bits_of(double x)
{
    uint64_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static void same_as_strtod(const char *text)
{
    const double want = strtod(text, NULL);
    double got = 12.5;

    cr_assert(wf_f64_parse(text, (int64_t)strlen(text), '.', &got), "%s", text);
    cr_assert_eq(bits_of(got), bits_of(want), "%s: %a, but strtod says %a", text, got, want);
}

static double random_double(void)
{
    double x;
    const uint64_t bits = next();

    memcpy(&x, &bits, sizeof x);
    return x;
}

Test(number, a_double_written_with_17_digits_comes_back)
{
    char text[64];

    for (int i = 0; i < 300000; i++) {
        const double x = random_double();

        if (!isfinite(x))
            continue;
        snprintf(text, sizeof text, "%.17g", x);
        same_as_strtod(text);
        snprintf(text, sizeof text, "%.*e", (int)(next() % 25), x);
        same_as_strtod(text);
    }
}

Test(number, short_decimals_agree_with_strtod)
{
    char text[64];

    for (int i = 0; i < 300000; i++) {
        snprintf(text, sizeof text, "%" PRIu64 ".%0*" PRIu64, next() % 100000, (int)(1 + next() % 12), next() % 1000000);
        same_as_strtod(text);
    }
}

Test(number, any_digits_with_any_exponent_agree_with_strtod)
{
    char text[128];

    for (int i = 0; i < 300000; i++) {
        const int digits = 1 + (int)(next() % 40);
        const int point = (int)(next() % 41);
        int n = 0;

        for (int k = 0; k < digits; k++) {
            if (k == point)
                text[n++] = '.';
            text[n++] = (char)('0' + next() % 10);
        }
        snprintf(text + n, sizeof text - (size_t)n, "e%d", (int)(next() % 700) - 350);
        same_as_strtod(text);
    }
}

static void reads_as(const char *text, double want)
{
    double got = 12.5;

    cr_assert(wf_f64_parse(text, (int64_t)strlen(text), '.', &got));
    cr_assert_eq(bits_of(got), bits_of(want), "%a, not %a: %.60s...", got, want, text);
}

/* Odd integers of 54 bits times a power of two lie half way between two doubles, or, if
 * subnormal, somewhere between. All their digits are printed, and one digit more. The judge
 * is the processor, rounding a long double: strtod of glibc before 2.41 rounds some of the
 * subnormal ones down (its bug 30220). */
Test(number, half_way_between_two_doubles_goes_to_the_even_one)
{
    static char text[1500];

    for (int i = 0; i < 20000; i++) {
        const uint64_t odd = (next() >> 10) | (uint64_t)1 << 53 | 1;
        const int power = (int)(next() % 2098) - 1127;
        const long double half = ldexpl((long double)odd, power);
        size_t n;

        if (half > 1.7e308L)
            continue;
        snprintf(text, sizeof text, "%.1130Lf", half);
        reads_as(text, (double)half);
        n = strlen(text);
        text[n] = '1';
        text[n + 1] = 0;
        reads_as(text, (double)nextafterl(half, INFINITY));
        snprintf(text, sizeof text, "%.1130Le", half);
        reads_as(text, (double)half);
    }
}

Test(number, known_hard_numbers_agree_with_strtod)
{
    static const char *const hard[] = {
        "0", "-0", "+0", "0.0", "-0.0e99999", "0e999999999999999999999", ".5", "5.", "5.e3", "1e22", "1e23",
        "9007199254740993", "9007199254740992.5", "9007199254740993.0000000000000000000000000000000000001",
        "2.2250738585072011e-308", "2.2250738585072012e-308", "2.2250738585072014e-308",
        "4.9406564584124654e-324", "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
        "2.47032822920623272088284396434110686182e-324", "1e-400", "1e400", "-1e400", "1e-99999999999",
        "1e99999999999", "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308",
        "179769313486231580793728971405301e276", "6.02214076e23", "1.00000000000000011102230246251565404",
        "1.00000000000000011102230246251565404236316680908203125",
        "1.00000000000000011102230246251565404236316680908203124",
        "1.00000000000000011102230246251565404236316680908203126",
        "7.2057594037927933e16", "8.5e15", "3.2e-5", "0.1e1", "123456789012345678901234567890",
        "0.000000000000000000000000000000000000000000000000000000012345678901234567890123",
        "1000000000000000000000000000000000000000000000000000000000000000000000e-60",
        "inf", "-inf", "+Infinity", "INF", "65536.0000000000000000000000000000001",
    };

    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++)
        same_as_strtod(hard[i]);
}

Test(number, what_is_no_number_is_refused)
{
    static const char *const bad[] = {
        "", " ", "+", "-", ".", "-.", "e5", ".e5", "1e", "1e+", "1.5.2", "1-", "--1", "+-1", "1 2", "0x10",
        "1,5", "1e5.5", "infin", "1f", "- 1", "\n1",
    };
    double x = 7;
    int64_t k = 7;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert_not(wf_f64_parse(bad[i], (int64_t)strlen(bad[i]), '.', &x), "%s", bad[i]);
        cr_assert_not(wf_i64_parse(bad[i], (int64_t)strlen(bad[i]), &k), "%s", bad[i]);
    }
    cr_assert_eq(x, 7);
    cr_assert_eq(k, 7);
    cr_assert_not(wf_i64_parse("1.0", 3, &k));
    cr_assert_not(wf_i64_parse("1e3", 3, &k));
}

Test(number, only_the_given_bytes_are_read)
{
    double x;
    int64_t k;

    cr_assert(wf_f64_parse("12345", 2, '.', &x));
    cr_assert_eq(x, 12);
    cr_assert(wf_i64_parse("12345", 3, &k));
    cr_assert_eq(k, 123);
    cr_assert(wf_f64_parse("3,25", 4, ',', &x));
    cr_assert_eq(x, 3.25);
    cr_assert(wf_f64_parse(" \t-2.5 ", 7, '.', &x));
    cr_assert_eq(x, -2.5);
    cr_assert(wf_f64_parse("NaN", 3, '.', &x));
    cr_assert(isnan(x));
}

Test(number, integers_agree_with_strtoll_up_to_the_last)
{
    char text[64];
    int64_t x;

    for (int i = 0; i < 200000; i++) {
        const int64_t want = (int64_t)next() >> (next() % 64);

        snprintf(text, sizeof text, "%s%" PRId64, want >= 0 && i % 3 == 0 ? "+00" : "", want);
        cr_assert(wf_i64_parse(text, (int64_t)strlen(text), &x));
        cr_assert_eq(x, want);
    }
    cr_assert(wf_i64_parse("9223372036854775807", 19, &x) && x == INT64_MAX);
    cr_assert(wf_i64_parse("-9223372036854775808", 20, &x) && x == INT64_MIN);
    cr_assert_not(wf_i64_parse("9223372036854775808", 19, &x));
    cr_assert_not(wf_i64_parse("-9223372036854775809", 20, &x));
    cr_assert_not(wf_i64_parse("18446744073709551617", 20, &x));
    cr_assert_not(wf_i64_parse("99999999999999999999999999", 26, &x));
}

/* Walks through all days as a calendar does. */
Test(number, every_day_from_year_0_to_9999_is_found)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t day = 0;
    char text[64];
    int32_t want;

    cr_assert(wf_date_parse("0000-01-01", 10, &want));
    for (int year = 0; year <= 9999; year++) {
        const bool leap = year % 4 == 0 && (year % 100 || year % 400 == 0);

        for (int m = 0; m < 12; m++) {
            const int n = lengths[m] + (m == 1 && leap);

            for (int d = 1; d <= n; d++, want++) {
                snprintf(text, sizeof text, "%04d-%02d-%02d", year, m + 1, d);
                cr_assert(wf_date_parse(text, 10, &day), "%s", text);
                cr_assert_eq(day, want, "%s", text);
            }
            snprintf(text, sizeof text, "%04d-%02d-%02d", year, m + 1, n + 1);
            cr_assert_not(wf_date_parse(text, 10, &day), "%s", text);
        }
    }
    cr_assert(wf_date_parse("1970-01-01", 10, &day) && day == 0);
    cr_assert(wf_date_parse("2000-03-01", 10, &day) && day == 11017);
    wf_date_text(day, text);
    cr_assert_str_eq(text, "2000-03-01");
}

Test(number, other_forms_of_dates_are_refused)
{
    static const char *const bad[] = {
        "1970-1-1", "1970/01/01", "70-01-01", "1970-00-01", "1970-01-00", "1970-13-01", "197a-01-01",
        "1970-01-01 ", "-970-01-01", "1970-01-0x", "",
    };
    int32_t day;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(wf_date_parse(bad[i], (int64_t)strlen(bad[i]), &day), "%s", bad[i]);
}

Test(number, truths_are_six_words)
{
    static const char *const words[] = {"true", "True", "TRUE", "false", "False", "FALSE"};
    static const char *const bad[] = {"t", "f", "T", "1", "0", "tRUE", "truee", "", "yes"};
    bool x;

    for (int i = 0; i < 6; i++) {
        cr_assert(wf_bool_parse(words[i], (int64_t)strlen(words[i]), &x));
        cr_assert_eq(x, i < 3);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        cr_assert_not(wf_bool_parse(bad[i], (int64_t)strlen(bad[i]), &x));
}
