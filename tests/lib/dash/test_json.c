#include <criterion/criterion.h>
#include <float.h>
#include <iconv.h>
#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/mem.h"
#include "lib/dash/json.h"
#include "tests/support/nomem.h"

/* The text as JSON, read by jansson; the caller's to json_decref(). */
static json_t *read_back(const struct wf_json *j)
{
    json_error_t why;
    json_t *value = json_loadb(j->bytes, j->n, JSON_DECODE_ANY, &why);

    cr_assert(value, "%s in %s", why.text, j->bytes);
    return value;
}

/* What a text becomes, by the C library's converter: each byte that begins no character is U+FFFD. */
static char *mended(const char *text)
{
    iconv_t cd = iconv_open("UTF-16LE", "UTF-8");
    char *out = calloc(strlen(text) * 3 + 1, 1), *to = out, *from = (char *)text;

    cr_assert(cd != (iconv_t)-1);
    while (*from) {
        size_t n = 0, done = 0;
        char *begin = from, utf16[8];

        for (n = 1; n <= 4 && n <= strlen(begin) && !done; n++) {
            char *in = begin, *p = utf16;
            size_t n_in = n, n_out = sizeof utf16;

            iconv(cd, NULL, NULL, NULL, NULL);
            if (iconv(cd, &in, &n_in, &p, &n_out) != (size_t)-1 && n_in == 0)
                done = n;
        }
        if (done)
            memcpy(to, begin, done);
        else
            memcpy(to, "\xef\xbf\xbd", 3);
        to += done ? done : 3;
        from += done ? done : 1;
    }
    iconv_close(cd);
    return out;
}

static void expect_text(const char *text)
{
    struct wf_json j = {0};
    char *expected = mended(text);
    json_t *value;

    wf_json_text(&j, text);
    for (size_t i = 0; i < j.n; i++)
        cr_assert((unsigned char)j.bytes[i] >= 0x20 && j.bytes[i] != '<', "byte %d in %s", j.bytes[i], j.bytes);
    value = read_back(&j);
    cr_assert_str_eq(json_string_value(value), expected);
    json_decref(value);
    wf_json_fini(&j);
    free(expected);
}

Test(json, any_text_is_read_back_as_it_was)
{
    static const char *const texts[] = {
        "", "plain", "\"quoted\" and \\slashed\\", "</script><script>", "<!-- <!--", "line\nand\ttab\r\x01\x1f\x7f",
        "Z\xc3\xbcrich \xe2\x80\xa8 \xf0\x9f\xa7\xb6", "\xff\xfe", "torn \xe2\x82", "\xc0\xaf\xe0\x80\x80", "\xed\xa0\x80",
        "\xf4\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        expect_text(texts[i]);
}

Test(json, random_bytes_are_read_back_with_what_is_no_character_replaced)
{
    /* Bytes that matter, more often than others. */
    static const unsigned char some[] = {'<', '/', '"', '\\', 0x01, 0x7f, 0x80, 0xbf, 0xc2, 0xc3, 0xe0, 0xa0, 0xe2, 0x82,
                                         0xac, 0xed, 0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0xf5, 0xff, 'a'};
    uint64_t state = 7;

    for (int round = 0; round < 20000; round++) {
        char text[24];
        size_t n;

        state = state * 6364136223846793005u + 1442695040888963407u;
        n = (state >> 33) % sizeof text;
        for (size_t i = 0; i < n; i++) {
            state = state * 6364136223846793005u + 1442695040888963407u;
            text[i] = (char)(state >> 63 ? some[(state >> 40) % sizeof some] : 1 + (state >> 40) % 255);
        }
        text[n] = '\0';
        expect_text(text);
    }
}

static double number_back(double x)
{
    struct wf_json j = {0};
    json_t *value;
    double back;

    wf_json_number(&j, x);
    value = read_back(&j);
    back = json_is_null(value) ? NAN : json_number_value(value);
    json_decref(value);
    wf_json_fini(&j);
    return back;
}

Test(json, numbers_keep_nine_digits)
{
    static const double some[] = {0, 1, -1, 0.1, 1.0 / 3, 123456789, 1e15, 4.9e-300, DBL_MAX, -DBL_MIN};

    for (size_t i = 0; i < sizeof some / sizeof *some; i++)
        cr_assert_float_eq(number_back(some[i]), some[i], fabs(some[i]) * 1e-8);
    cr_assert(isnan(number_back(NAN)) && isnan(number_back(INFINITY)) && isnan(number_back(-INFINITY)));
}

Test(json, numbers_have_a_point_where_the_locale_has_a_comma)
{
    struct wf_json j = {0};

    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8") && !setlocale(LC_NUMERIC, "fr_FR.UTF-8"))
        cr_skip_test("no locale with a comma is installed");
    wf_json_number(&j, 2.5);
    cr_assert_str_eq(j.bytes, "2.5");
    wf_json_fini(&j);
    setlocale(LC_NUMERIC, "C");
}

static void write_some(struct wf_json *j)
{
    wf_json_open(j, '{');
    wf_json_put_int(j, "least", INT64_MIN);
    wf_json_put_text(j, "none", NULL);
    wf_json_put_open(j, "list", '[');
    wf_json_bool(j, true);
    wf_json_open(j, '[');
    wf_json_close(j, ']');
    wf_json_raw(j, "{\"a\":1}", 7);
    wf_json_open(j, '{');
    wf_json_put_bool(j, "b", false);
    wf_json_put_number(j, "c", 0.5);
    wf_json_close(j, '}');
    wf_json_close(j, ']');
    wf_json_close(j, '}');
}

Test(json, commas_stand_between_values_and_nowhere_else)
{
    struct wf_json j = {0};

    for (int twice = 0; twice < 2; twice++) {
        write_some(&j);
        cr_assert_str_eq(j.bytes, "{\"least\":-9223372036854775808,\"none\":null,"
                                  "\"list\":[true,[],{\"a\":1},{\"b\":false,\"c\":0.5}]}");
        wf_json_clear(&j);
    }
    wf_json_fini(&j);
}

static weft_status write_much(void *arg)
{
    struct wf_json j = {0};
    weft_status st;

    (void)arg;
    for (int i = 0; i < 100; i++)
        write_some(&j);
    st = j.failed ? WEFT_NOMEM : WEFT_OK;
    wf_json_fini(&j);
    return st;
}

Test(json, no_memory_is_remembered)
{
    nomem_everywhere(write_much, NULL);
}
