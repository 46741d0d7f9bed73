/* utf8.c - characters of UTF-8: which bytes are some, how many they are, where they begin. */
#include "lib/base/utf8.h"

#include <string.h>

static bool is_within(unsigned char c, unsigned char least, unsigned char most)
{
    return c >= least && c <= most;
}

/* Bytes of the character at p, of which `n` are there; 0: it is none. Unicode 15, table 3-7. */
static int length_of(const unsigned char *p, int64_t n)
{
    unsigned char least = 0x80, most = 0xbf;
    int len;

    if (p[0] < 0x80)
        return 1;
    if (is_within(p[0], 0xc2, 0xdf))
        len = 2;
    else if (is_within(p[0], 0xe0, 0xef))
        len = 3;
    else if (is_within(p[0], 0xf0, 0xf4))
        len = 4;
    else
        return 0;
    if (p[0] == 0xe0)
        least = 0xa0;
    else if (p[0] == 0xed)
        most = 0x9f;
    else if (p[0] == 0xf0)
        least = 0x90;
    else if (p[0] == 0xf4)
        most = 0x8f;
    if (n < len || !is_within(p[1], least, most))
        return 0;
    for (int i = 2; i < len; i++)
        if (!is_within(p[i], 0x80, 0xbf))
            return 0;
    return len;
}

enum { STEP = 32 };

/* Of STEP bytes. */
static bool is_ascii(const char *text)
{
    uint64_t words[STEP / 8];

    memcpy(words, text, sizeof words);
    return !((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080u);
}

int64_t wf_utf8_check(const char *text, int64_t n)
{
    for (int64_t i = 0; i < n;) {
        int64_t stop;
        int len;

        if (n - i >= STEP && is_ascii(text + i)) {
            i += STEP;
            continue;
        }
        for (stop = n - i < STEP ? n : i + STEP; i < stop; i += len) {
            len = length_of((const unsigned char *)text + i, n - i);
            if (!len)
                return i;
        }
    }
    return n;
}

size_t wf_utf8_length(const char *text)
{
    /* The zero continues no character: nothing behind it is looked at. */
    return (size_t)length_of((const unsigned char *)text, 4);
}

int wf_utf8_width(const char *text)
{
    int width = 0;

    for (; *text; text++)
        width += !wf_utf8_continues(*text);
    return width;
}

size_t wf_utf8_fit(const char *text, size_t n, size_t most)
{
    if (n <= most)
        return n;
    while (most && wf_utf8_continues(text[most]))
        most--;
    return most;
}
