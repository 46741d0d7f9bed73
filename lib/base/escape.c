/* escape.c - texts that anybody chose, inside JSON, XML and CSV. */
#include "lib/base/escape.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/utf8.h"

void wf_put_file(void *to, const char *bytes, size_t n)
{
    fwrite(bytes, 1, n, to);
}

/* ---- JSON ------------------------------------------------------------------------ */

/* Bytes of the character at `c` if it can stand in a string as it is, else 0. */
static size_t n_as_is(const char *c)
{
    const unsigned char first = (unsigned char)*c;

    if (first < 0x80)
        return first >= 0x20 && first != '"' && first != '\\';
    return wf_utf8_length(c);
}

static void put_code(unsigned char c, wf_put *put, void *to)
{
    char code[8];
    const int n = c == '"' || c == '\\' ? snprintf(code, sizeof code, "\\%c", c)
                                        : snprintf(code, sizeof code, "\\u%04x", c < 0x80 ? c : 0xfffdu);

    put(to, code, (size_t)n);
}

void wf_escape_json(const char *text, wf_put *put, void *to)
{
    put(to, "\"", 1);
    while (*text) {
        const char *begin = text;

        for (size_t n; (n = n_as_is(text)); text += n)
            continue;
        put(to, begin, (size_t)(text - begin));
        if (*text)
            put_code((unsigned char)*text++, put, to);
    }
    put(to, "\"", 1);
}

/* ---- XML ------------------------------------------------------------------------- */

size_t wf_xml_length(const char *text)
{
    const unsigned char c = (unsigned char)*text;
    size_t n;

    if (c < 0x80)
        return (c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t';
    n = wf_utf8_length(text);
    if (n == 3 && (!memcmp(text, "\xef\xbf\xbe", 3) || !memcmp(text, "\xef\xbf\xbf", 3)))
        return 0; /* U+FFFE and U+FFFF */
    return n;
}

const char *wf_xml_entity(char c)
{
    switch (c) {
    case '&':  return "&amp;";
    case '<':  return "&lt;";
    case '>':  return "&gt;";
    case '"':  return "&quot;";
    case '\n': return "&#10;";
    case '\t': return " ";
    default:   return NULL;
    }
}

void wf_escape_xml(const char *text, wf_put *put, void *to)
{
    while (*text) {
        const size_t n = wf_xml_length(text);
        const char *as = n ? wf_xml_entity(*text) : WF_NO_CHARACTER;

        put(to, as ? as : text, as ? strlen(as) : n);
        text += n ? n : 1;
    }
}

/* ---- CSV ------------------------------------------------------------------------- */

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
