/* text.c - a text that grows, for labels. */
#include "lib/draw/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/escape.h"
#include "lib/base/mem.h"

void wf_text_fini(struct wf_text *t)
{
    wf_free(t->bytes);
    *t = (struct wf_text){0};
}

void wf_text_clear(struct wf_text *t)
{
    t->n = 0;
    if (t->bytes)
        t->bytes[0] = '\0';
}

/* Room for so many bytes more, and a zero. */
static bool reserve(struct wf_text *t, size_t n)
{
    char *grown = wf_grow_bytes(t->bytes, t->n, &t->room, n + 1);

    if (grown)
        t->bytes = grown;
    else
        t->failed = true;
    return grown;
}

void wf_text_add_bytes(struct wf_text *t, const char *bytes, size_t n)
{
    if (!reserve(t, n))
        return;
    memcpy(t->bytes + t->n, bytes, n);
    t->n += n;
    t->bytes[t->n] = '\0';
}

void wf_text_add(struct wf_text *t, const char *fmt, ...)
{
    enum { USUAL = 200 };
    va_list args, again;
    int n;

    if (!reserve(t, USUAL))
        return;
    va_start(args, fmt);
    va_copy(again, args);
    n = vsnprintf(t->bytes + t->n, USUAL, fmt, args);
    if (n >= USUAL && reserve(t, (size_t)n))
        vsnprintf(t->bytes + t->n, (size_t)n + 1, fmt, again);
    if (n >= USUAL && t->room - t->n < (size_t)n + 1)
        t->bytes[t->n] = '\0'; /* no memory: all of it is missing */
    else if (n > 0)
        t->n += (size_t)n;
    va_end(again);
    va_end(args);
}

static size_t n_characters(const char *words)
{
    size_t n = 0;

    for (; *words; n++) {
        const size_t length = wf_xml_length(words);

        words += length ? length : 1;
    }
    return n;
}

/* Calls `add` for each character; those that are none become U+FFFD. */
static void add_words(struct wf_text *t, const char *words, size_t most,
                      void (*add)(struct wf_text *t, const char *c, size_t n))
{
    const size_t n = n_characters(words);
    const size_t head = n > most ? most / 2 : n, tail = n > most ? n - (most - most / 2 - 1) : n;

    for (size_t i = 0; *words; i++) {
        const size_t length = wf_xml_length(words);

        if (i == head && n > most)
            wf_text_add_bytes(t, "\xe2\x80\xa6", 3);
        if (i < head || i >= tail) {
            if (length)
                add(t, words, length);
            else
                wf_text_add_bytes(t, WF_NO_CHARACTER, strlen(WF_NO_CHARACTER));
        }
        words += length ? length : 1;
    }
}

void wf_text_add_zero(struct wf_text *t)
{
    wf_text_add_bytes(t, "", 1);
}

static void add_html(struct wf_text *t, const char *c, size_t n)
{
    const char *as = *c == '\n' ? "<br/>" : wf_xml_entity(*c);

    wf_text_add_bytes(t, as ? as : c, as ? strlen(as) : n);
}

void wf_text_add_html(struct wf_text *t, const char *words, size_t most)
{
    add_words(t, words, most, add_html);
}

static void add_escaped(struct wf_text *t, const char *c, size_t n)
{
    if (*c == '\\')
        wf_text_add_bytes(t, "\\\\", 2);
    else
        wf_text_add_bytes(t, c, n);
}

void wf_text_add_escaped(struct wf_text *t, const char *words)
{
    add_words(t, words, SIZE_MAX, add_escaped);
}

static void add_plain(struct wf_text *t, const char *c, size_t n)
{
    if (*c == '\n' || *c == '\t')
        wf_text_add_bytes(t, " ", 1);
    else
        wf_text_add_bytes(t, c, n);
}

void wf_text_add_plain(struct wf_text *t, const char *words, size_t most)
{
    add_words(t, words, most, add_plain);
}

static void put(void *t, const char *bytes, size_t n)
{
    wf_text_add_bytes(t, bytes, n);
}

void wf_text_add_xml(struct wf_text *t, const char *words)
{
    wf_escape_xml(words, put, t);
}

void wf_text_add_quoted(struct wf_text *t, const char *words)
{
    size_t n_slashes = 0;

    wf_text_add_bytes(t, "\"", 1);
    for (; *words; words++) {
        n_slashes = *words == '\\' ? n_slashes + 1 : 0;
        if (*words == '"')
            wf_text_add_bytes(t, "\\", 1);
        wf_text_add_bytes(t, words, 1);
    }
    /* One alone at the end would quote the quote. */
    if (n_slashes % 2)
        wf_text_add_bytes(t, "\\", 1);
    wf_text_add_bytes(t, "\"", 1);
}

char *wf_text_take(struct wf_text *t, size_t *n)
{
    char *bytes = t->bytes;

    *n = t->n;
    *t = (struct wf_text){0};
    return bytes;
}

/* ---- How wide it is ------------------------------------------------------------- */

/* In thousandths of the size of the font, by classes: rather too wide than too narrow for
 * Helvetica and the fonts that stand in for it. */
static int width_of(const char *c, size_t n)
{
    if (n > 1)
        return n > 2 ? 1000 : 620;
    if (strchr("iljI|!.,:;'`", *c))
        return 290;
    if (strchr("frt()[]{}-/\\\" ", *c))
        return 370;
    if (strchr("mwMW@%", *c))
        return 930;
    return *c >= 'A' && *c <= 'Z' ? 720 : 590;
}

double wf_text_width(const char *words, double font_size)
{
    double sum = 0;

    while (*words) {
        const size_t length = wf_xml_length(words);

        sum += width_of(words, length ? length : 1);
        words += length ? length : 1;
    }
    return sum * font_size / 1000;
}
