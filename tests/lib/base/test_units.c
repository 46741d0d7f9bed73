#include <criterion/criterion.h>
#include <string.h>

#include "lib/base/random.h"
#include "lib/base/units.h"

Test(units, sizes_are_read_in_powers_of_1024_and_of_1000)
{
    static const struct {
        const char *text;
        size_t      bytes;
    } cases[] = {
        {"0", 0}, {"4096", 4096}, {"1B", 1}, {"512 B", 512}, {"64MiB", (size_t)64 << 20}, {"64 mib", (size_t)64 << 20},
        {"1.5GB", 1500000000}, {"1.5GiB", (size_t)3 << 29}, {"10kB", 10000}, {"10KB", 10000}, {"2KiB", 2048},
        {"\t2\tTiB ", (size_t)2 << 40}, {"1.0000000000PB", 1000000000000000}, {"15EiB", (size_t)15 << 60},
        {"18446744073709551615", SIZE_MAX}, {"18.446744073709551615EB", SIZE_MAX}, {"0.0GiB", 0},
        {"007kB", 7000}, {"0.5KiB", 512}, {"1.0009kB", 1000},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = 99;

        cr_assert_eq(weft_bytes_parse(cases[i].text, &n, NULL), WEFT_OK, "%s", cases[i].text);
        cr_assert_eq(n, cases[i].bytes, "%s: %zu", cases[i].text, n);
    }
}

Test(units, a_long_fraction_is_multiplied_exactly)
{
    size_t n;

    /* 2^60 - 1 of 2^60: in a double this is 1EiB. */
    cr_assert_eq(weft_bytes_parse("0.999999999999999999132638262011596452794037759304046630859375EiB", &n, NULL), WEFT_OK);
    cr_assert_eq(n, ((size_t)1 << 60) - 1);
    /* One digit less in the last place cuts a byte off. */
    cr_assert_eq(weft_bytes_parse("0.999999999999999999132638262011596452794037759304046630859374EiB", &n, NULL), WEFT_OK);
    cr_assert_eq(n, ((size_t)1 << 60) - 2);
}

Test(units, times_are_read_with_their_unit)
{
    static const struct {
        const char *text;
        int64_t     ns;
    } cases[] = {
        {"0", 0}, {"5s", 5000000000}, {"200ms", 200000000}, {"1.5h", 5400000000000}, {"90 min", 5400000000000},
        {"17ns", 17}, {"3us", 3000}, {"3\xc2\xb5s", 3000}, {"2d", 172800000000000}, {"0.25 S", 250000000},
        {"9223372036854775807ns", INT64_MAX}, {"9223372036.854775807s", INT64_MAX},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ns = 99;

        cr_assert_eq(weft_duration_parse(cases[i].text, &ns, NULL), WEFT_OK, "%s", cases[i].text);
        cr_assert_eq(ns, cases[i].ns, "%s: %lld", cases[i].text, (long long)ns);
    }
}

Test(units, what_is_no_size_is_shown_beside_one)
{
    static const char *const cases[] = {"", " ", "MiB", "-1", "+1", "1,5GB", ".5GB", "1.GB", "1e6", "64M", "64K", "0x10", "12 34",
                                        "1MiB x", "1..5GB", "nan", "inf", "5s", "4096 bytes", "1Mi B"};
    struct weft_error err;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = 99;

        cr_assert_eq(weft_bytes_parse(cases[i], &n, &err), WEFT_PARSE, "'%s'", cases[i]);
        cr_assert_eq(n, 99, "not written");
    }
    cr_assert_eq(weft_bytes_parse("64M", &(size_t){0}, &err), WEFT_PARSE);
    cr_assert_str_eq(err.message, "'64M' is not a size such as 64MiB, 1.5GB or 4096");
}

Test(units, what_is_no_time_is_shown_beside_one)
{
    static const char *const cases[] = {"", "s", "5", "5.0", "-5s", "5m", "5sec", "1h30min", "5 s s", "5KiB", "1:30"};
    struct weft_error err;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t ns = 99;

        cr_assert_eq(weft_duration_parse(cases[i], &ns, &err), WEFT_PARSE, "'%s'", cases[i]);
        cr_assert_eq(ns, 99, "not written");
    }
    cr_assert_eq(weft_duration_parse("5", &(int64_t){0}, &err), WEFT_PARSE);
    cr_assert_str_eq(err.message, "'5' is not a time such as 5s, 200ms or 1.5h");
}

Test(units, too_much_and_too_little_are_errors)
{
    struct weft_error err;
    size_t n = 99;
    int64_t ns = 99;

    cr_assert_eq(weft_bytes_parse("16EiB", &n, &err), WEFT_RANGE);
    cr_assert_str_eq(err.message, "'16EiB' is more than a size can be: 18446744073709551615 B");
    cr_assert_eq(weft_bytes_parse("18446744073709551616", &n, &err), WEFT_RANGE);
    cr_assert_eq(weft_bytes_parse("15.99999999999999999999999999EiB", &n, &err), WEFT_OK);
    cr_assert_eq(weft_bytes_parse("99999999999999999999999999999999999999999999EB", &n, &err), WEFT_RANGE);
    cr_assert_eq(weft_bytes_parse("0.5B", &n, &err), WEFT_RANGE);
    cr_assert_str_eq(err.message, "'0.5B' is less than 1 byte");
    cr_assert_eq(weft_duration_parse("9223372036854775808ns", &ns, &err), WEFT_RANGE);
    cr_assert_eq(weft_duration_parse("106752d", &ns, &err), WEFT_RANGE);
    cr_assert_eq(weft_duration_parse("0.9ns", &ns, &err), WEFT_RANGE);
    cr_assert_eq(ns, 99, "not written");
}

Test(units, the_exact_text_of_fewest_digits_is_written)
{
    static const struct {
        size_t      bytes;
        const char *text;
    } sizes[] = {
        {0, "0B"}, {1, "1B"}, {999, "999B"}, {1000, "1kB"}, {1023, "1023B"}, {1024, "1KiB"}, {1536, "1.5KiB"},
        {1500, "1.5kB"}, {4097, "4097B"}, {(size_t)64 << 20, "64MiB"}, {1500000000, "1.5GB"},
        {(size_t)3 << 29, "1.5GiB"}, {1005000, "1005kB"}, {SIZE_MAX, "18446744073709551615B"},
        {(size_t)1 << 60, "1EiB"}, {1024000, "1000KiB"},
    };
    static const struct {
        int64_t     ns;
        const char *text;
    } durations[] = {
        {0, "0ns"}, {200000000, "200ms"}, {5000000000, "5s"}, {60000000000, "1min"}, {90000000000, "90s"},
        {5400000000000, "90min"}, {86400000000000, "1d"}, {1234567, "1234567ns"}, {1234000, "1234us"},
        {INT64_MAX, "9223372036854775807ns"},
    };
    char text[WEFT_UNITS_TEXT];

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        cr_assert_str_eq(weft_bytes_format(sizes[i].bytes, text), sizes[i].text);
    for (size_t i = 0; i < sizeof durations / sizeof *durations; i++)
        cr_assert_str_eq(weft_duration_format(durations[i].ns, text), durations[i].text);
}

/* Numbers of every length: `bits` random ones, sometimes times a unit so that short texts occur. */
static uint64_t random_number(uint64_t i)
{
    static const uint64_t factors[] = {1, 1, 1000, 1024, 500, 512, 60000000000, 1 << 20, 1000000};
    uint32_t r[4];

    wf_random_block(7, 0, i, r);
    return (((uint64_t)r[0] << 32 | r[1]) >> (r[2] % 64)) * factors[r[3] % 9];
}

Test(units, what_is_written_reads_back_to_the_same)
{
    char text[WEFT_UNITS_TEXT];

    for (uint64_t i = 0; i < 200000; i++) {
        const uint64_t n = random_number(i);
        size_t bytes = 0;
        int64_t ns = 0;

        cr_assert_eq(weft_bytes_parse(weft_bytes_format(n, text), &bytes, NULL), WEFT_OK, "%s", text);
        cr_assert_eq(bytes, n, "%s", text);
        cr_assert_eq(weft_duration_parse(weft_duration_format((int64_t)(n >> 1), text), &ns, NULL), WEFT_OK, "%s", text);
        cr_assert_eq(ns, (int64_t)(n >> 1), "%s", text);
    }
}

Test(units, every_text_is_read_or_refused_and_never_more)
{
    static const char letters[] = "0123456789..  kKMGTPEiBbsnumhd-x\t\xc2\xb5";

    for (uint64_t i = 0; i < 200000; i++) {
        char text[12] = "", again[WEFT_UNITS_TEXT];
        size_t n = 0, m = 0;
        uint32_t r[4], bits;

        wf_random_block(11, 0, i, r);
        for (size_t k = 0; k < r[3] % sizeof text; k++) {
            bits = r[k % 3] >> (k / 3 * 8) & 255;
            text[k] = letters[bits % (sizeof letters - 1)];
        }
        if (!weft_bytes_parse(text, &n, NULL)) {
            cr_assert_eq(weft_bytes_parse(weft_bytes_format(n, again), &m, NULL), WEFT_OK);
            cr_assert_eq(n, m, "%s", text);
        }
        (void)weft_duration_parse(text, &(int64_t){0}, NULL);
    }
}

Test(units, for_people_a_size_has_three_digits_or_four)
{
    static const struct {
        size_t      bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"}, {1023, "1023 B"}, {1024, "1.00 KiB"}, {1536, "1.50 KiB"}, {(size_t)64 << 20, "64.0 MiB"},
        {1536000000, "1.43 GiB"}, {1048000, "1023 KiB"}, {1048100, "1.00 MiB"}, {SIZE_MAX, "16.0 EiB"},
    };
    char text[WEFT_UNITS_TEXT];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_assert_str_eq(wf_bytes_text(cases[i].bytes, text), cases[i].text);
}
