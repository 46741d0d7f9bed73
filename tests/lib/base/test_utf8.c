/* test_utf8.c - all characters of Unicode are UTF-8, and nothing else is; whole ones are counted and kept. */
#include "lib/base/utf8.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* As RFC 3629 defines it: the bytes of one code point. */
static int encode(uint32_t c, char *to)
{
    if (c < 0x80) {
        to[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        to[0] = (char)(0xc0 | c >> 6);
        to[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        to[0] = (char)(0xe0 | c >> 12);
        to[1] = (char)(0x80 | (c >> 6 & 0x3f));
        to[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    to[0] = (char)(0xf0 | c >> 18);
    to[1] = (char)(0x80 | (c >> 12 & 0x3f));
    to[2] = (char)(0x80 | (c >> 6 & 0x3f));
    to[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

Test(utf8, every_code_point_but_surrogates_is_well)
{
    char text[8];

    for (uint32_t c = 0; c < 0x200000; c++) {
        const int n = encode(c, text);
        const bool good = c < 0x110000 && (c < 0xd800 || c > 0xdfff);

        text[n] = '\0';
        cr_assert_eq(wf_utf8_check(text, n), good ? n : 0, "U+%04X", c);
        cr_assert_eq(wf_utf8_length(text), good ? (size_t)n : 0, "U+%04X", c);
    }
}

/* Every sequence of up to three bytes: well if and only if it is a row of encoded characters. */
Test(utf8, no_other_bytes_are_well)
{
    static unsigned char is_character[1 << 24]; /* of two and three bytes, by their value */
    char text[4];

    for (uint32_t c = 0x80; c < 0x10000; c++) {
        const int n = encode(c, text);
        uint32_t value = 0;

        for (int i = 0; i < n; i++)
            value = value << 8 | (unsigned char)text[i];
        is_character[value] = c < 0xd800 || c > 0xdfff;
    }
    for (uint32_t v = 0; v < 1 << 16; v++) {
        text[0] = (char)(v >> 8);
        text[1] = (char)v;
        cr_assert_eq(wf_utf8_check(text, 2) == 2, ((v & 0x8080) == 0) || is_character[v]);
    }
    for (uint32_t v = 0x800000; v < 1 << 24; v += 1 + v % 3) {
        text[0] = (char)(v >> 16);
        text[1] = (char)(v >> 8);
        text[2] = (char)v;
        cr_assert_eq(wf_utf8_check(text, 3) == 3, is_character[v] || ((v & 0x80) == 0 && is_character[v >> 8]));
    }
}

Test(utf8, a_character_does_not_go_past_the_end_of_its_text)
{
    /* Behind the zero stands what would continue it. */
    cr_assert_eq(wf_utf8_length("\xc3\0\xa9"), 0);
    cr_assert_eq(wf_utf8_length("\xe2\x82\0\xac"), 0);
    cr_assert_eq(wf_utf8_length("\xf0\x9f\xa7\0\xb6"), 0);
    cr_assert_eq(wf_utf8_length(""), 1);
}

Test(utf8, a_text_is_as_wide_as_it_has_characters)
{
    cr_assert_eq(wf_utf8_width(""), 0);
    cr_assert_eq(wf_utf8_width("Z\xc3\xbcrich"), 6);
    cr_assert_eq(wf_utf8_width("\xe2\x82\xac \xf0\x9f\xa7\xb6"), 3);
}

Test(utf8, what_fits_has_no_character_cut)
{
    const char *text = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\xa7\xb6z"; /* of 1, 2, 3, 4 and 1 bytes */
    static const size_t fits[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};

    for (size_t most = 0; most < sizeof fits / sizeof *fits; most++) {
        cr_assert_eq(wf_utf8_fit(text, 11, most), fits[most], "at most %zu", most);
        cr_assert_eq(wf_utf8_fit(text, 3, most), most < 3 ? fits[most] : 3);
    }
}

Test(utf8, the_first_bad_byte_is_found_anywhere)
{
    char text[64];

    for (int n = 1; n < 64; n++)
        for (int bad = 0; bad < n; bad++) {
            memset(text, 'x', sizeof text);
            if (bad >= 2)
                memcpy(text, "\xc3\xa9", 2);
            text[bad] = '\xff';
            cr_assert_eq(wf_utf8_check(text, n), bad);
        }
    cr_assert_eq(wf_utf8_check("abc\xe2\x82", 5), 3);
    cr_assert_eq(wf_utf8_check("", 0), 0);
}
