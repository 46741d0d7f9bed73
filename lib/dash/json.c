/* json.c - JSON, written piece by piece into memory. */
#include "lib/dash/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/mem.h"

void wf_json_fini(struct wf_json *j)
{
    wf_free(j->bytes);
    *j = (struct wf_json){0};
}

void wf_json_clear(struct wf_json *j)
{
    j->n = 0;
    j->wants_comma = false;
    if (j->bytes)
        j->bytes[0] = '\0';
}

static void add(struct wf_json *j, const char *bytes, size_t n)
{
    if (j->failed)
        return;
    if (j->room - j->n < n + 1) {
        const size_t room = (j->room + n + 64) * 2;
        char *grown = wf_realloc(j->bytes, room);

        if (!grown) {
            j->failed = true;
            return;
        }
        j->bytes = grown;
        j->room = room;
    }
    memcpy(j->bytes + j->n, bytes, n);
    j->n += n;
    j->bytes[j->n] = '\0';
}

static void begin_value(struct wf_json *j)
{
    if (j->wants_comma)
        add(j, ",", 1);
    j->wants_comma = true;
}

void wf_json_open(struct wf_json *j, char bracket)
{
    begin_value(j);
    add(j, &bracket, 1);
    j->wants_comma = false;
}

void wf_json_close(struct wf_json *j, char bracket)
{
    add(j, &bracket, 1);
    j->wants_comma = true;
}

void wf_json_key(struct wf_json *j, const char *key)
{
    wf_json_text(j, key);
    add(j, ":", 1);
    j->wants_comma = false;
}

void wf_json_raw(struct wf_json *j, const char *bytes, size_t n)
{
    begin_value(j);
    add(j, bytes, n);
}

/* ---- Texts ----------------------------------------------------------------------- */

/* The length of the character at `s`, 1 to 4 bytes of UTF-8; 0: it is none. The zero that
 * ends `s` ends every search in it. */
static size_t character(const unsigned char *s)
{
    uint32_t c;
    size_t n;

    if (s[0] < 0x80)
        return 1;
    n = s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : s[0] >= 0xe0 && s[0] < 0xf0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;
    if (!n)
        return 0;
    c = s[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (s[i] & 0x3f);
    }
    /* No longer form than needed, no surrogates, nothing past the last plane. */
    if ((n == 3 && c < 0x800) || (n == 4 && (c < 0x10000 || c > 0x10ffff)) || (c >= 0xd800 && c < 0xe000))
        return 0;
    return n;
}

/* Whether a byte cannot stand in a text as it is. '<' could: but not "</script" or "<!--" in
 * a page, and there is no other way for JSON to say so. */
static bool is_special(unsigned char c)
{
    return c < 0x20 || c == 0x7f || c == '"' || c == '\\' || c == '<';
}

static void add_special(struct wf_json *j, unsigned char c)
{
    char escape[8];

    switch (c) {
    case '"':  add(j, "\\\"", 2); break;
    case '\\': add(j, "\\\\", 2); break;
    case '\n': add(j, "\\n", 2); break;
    case '\t': add(j, "\\t", 2); break;
    default:   add(j, escape, (size_t)snprintf(escape, sizeof escape, "\\u%04x", c)); break;
    }
}

void wf_json_text(struct wf_json *j, const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t n = 0; /* bytes that stand as they are, up to here */

    begin_value(j);
    if (!text) {
        add(j, "null", 4);
        return;
    }
    add(j, "\"", 1);
    while (s[n]) {
        const size_t length = character(s + n);

        if (length && !is_special(s[n])) {
            n += length;
            continue;
        }
        add(j, (const char *)s, n);
        s += n;
        n = 0;
        if (length)
            add_special(j, *s);
        else
            add(j, "\xef\xbf\xbd", 3);
        s++;
    }
    add(j, (const char *)s, n);
    add(j, "\"", 1);
}

/* ---- Numbers --------------------------------------------------------------------- */

void wf_json_int(struct wf_json *j, int64_t value)
{
    char digits[24];

    begin_value(j);
    add(j, digits, (size_t)snprintf(digits, sizeof digits, "%" PRId64, value));
}

void wf_json_number(struct wf_json *j, double value)
{
    char printed[48], digits[48];
    size_t n = 0;

    begin_value(j);
    if (!isfinite(value)) {
        add(j, "null", 4);
        return;
    }
    snprintf(printed, sizeof printed, "%.9g", value);
    /* A program may have set a locale whose point is a comma, or several bytes. */
    for (const char *c = printed; *c; c++) {
        if (strchr("0123456789+-e", *c))
            digits[n++] = *c;
        else if (n && digits[n - 1] != '.')
            digits[n++] = '.';
    }
    add(j, digits, n);
}

void wf_json_bool(struct wf_json *j, bool value)
{
    begin_value(j);
    add(j, value ? "true" : "false", value ? 4 : 5);
}

/* ---- Under a key ------------------------------------------------------------------- */

void wf_json_put_text(struct wf_json *j, const char *key, const char *text)
{
    wf_json_key(j, key);
    wf_json_text(j, text);
}

void wf_json_put_int(struct wf_json *j, const char *key, int64_t value)
{
    wf_json_key(j, key);
    wf_json_int(j, value);
}

void wf_json_put_number(struct wf_json *j, const char *key, double value)
{
    wf_json_key(j, key);
    wf_json_number(j, value);
}

void wf_json_put_bool(struct wf_json *j, const char *key, bool value)
{
    wf_json_key(j, key);
    wf_json_bool(j, value);
}
