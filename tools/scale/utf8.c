/* utf8.c - texts that anybody chose, in files that must be UTF-8: character by character. */
#include "tools/scale/scale.h"

/* Bytes of the character at p, 1 to 4; 0: it is none (Unicode 15, table 3-7). */
static size_t length_of(const unsigned char *p)
{
    const size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;

    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    /* Longer than needed, surrogates, and what is past the last plane. */
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
        (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return n;
}

const char *scale_write_character(const char *p, FILE *to)
{
    const size_t n = length_of((const unsigned char *)p);

    if (n)
        fwrite(p, 1, n, to);
    else
        fputs("\ufffd", to);
    return p + (n ? n : 1);
}
