/* json.c - JSON, written piece by piece into memory. */
#include "lib/dash/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/escape.h"
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
    char *grown = j->failed ? NULL : wf_grow_bytes(j->bytes, j->n, &j->room, n + 1);

    if (!grown) {
        j->failed = true;
        return;
    }
    j->bytes = grown;
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

/* '<' could stand in a text as it is: but not "</script" or "<!--" in a page, and there is no
 * other way for JSON to say so. */
static void add_for_page(void *j, const char *bytes, size_t n)
{
    for (const char *at; (at = memchr(bytes, '<', n)); bytes = at + 1) {
        add(j, bytes, (size_t)(at - bytes));
        add(j, "\\u003c", 6);
        n -= (size_t)(at - bytes) + 1;
    }
    add(j, bytes, n);
}

void wf_json_text(struct wf_json *j, const char *text)
{
    begin_value(j);
    if (text)
        wf_escape_json(text, add_for_page, j);
    else
        add(j, "null", 4);
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

void wf_json_put_open(struct wf_json *j, const char *key, char bracket)
{
    wf_json_key(j, key);
    wf_json_open(j, bracket);
}

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
