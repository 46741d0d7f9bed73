/* escape.c - texts that anybody chose, inside JSON, CSV and XML. */
#include "lib/analyse/escape.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How many bytes the character at `s` has, by Unicode's table of well-formed sequences; 0: it
 * is none. The zero at the end of a text continues nothing. */
static size_t n_bytes(const unsigned char *s)
{
    static const struct {
        unsigned char first, last, low, high;
        size_t        n;
    } rows[] = {
        {0x00, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
        {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
        {0xf4, 0xf4, 0x80, 0x8f, 4},
    };

    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        if (s[0] < rows[r].first || s[0] > rows[r].last)
            continue;
        if (rows[r].n > 1 && (s[1] < rows[r].low || s[1] > rows[r].high))
            return 0;
        for (size_t k = 2; k < rows[r].n; k++)
            if (s[k] < 0x80 || s[k] > 0xbf)
                return 0;
        return rows[r].n;
    }
    return 0;
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

void wf_escape_json(const char *text, wf_put *put, void *to)
{
    const unsigned char *s = (const unsigned char *)text;

    put(to, "\"", 1);
    while (*s) {
        const unsigned char *plain = s;
        char code[8];
        size_t n;

        while (is_plain(*s))
            s++;
        if (s > plain)
            put(to, (const char *)plain, (size_t)(s - plain));
        if (!*s)
            break;
        n = n_bytes(s);
        if (n > 1)
            put(to, (const char *)s, n);
        else if (!n)
            put(to, "\\ufffd", 6);
        else if (*s == '"' || *s == '\\')
            put(to, code, (size_t)snprintf(code, sizeof code, "\\%c", *s));
        else
            put(to, code, (size_t)snprintf(code, sizeof code, "\\u%04x", *s));
        s += n ? n : 1;
    }
    put(to, "\"", 1);
}

void wf_escape_xml(const char *text, wf_put *put, void *to)
{
    const unsigned char *s = (const unsigned char *)text;

    while (*s) {
        const char *as = *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : *s == '>' ? "&gt;" : *s == '"' ? "&quot;" : NULL;
        const size_t n = n_bytes(s);

        if (!n || *s < 0x20 || *s == 0x7f)
            as = "\xef\xbf\xbd";
        put(to, as ? as : (const char *)s, as ? strlen(as) : n);
        s += n ? n : 1;
    }
}

void wf_escape_csv(const char *text, wf_put *put, void *to)
{
    if (!strpbrk(text, ",\"\r\n")) {
        put(to, text, strlen(text));
        return;
    }
    put(to, "\"", 1);
    for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
        put(to, text, (size_t)(quote - text) + 1);
        put(to, "\"", 1);
    }
    put(to, text, strlen(text));
    put(to, "\"", 1);
}
