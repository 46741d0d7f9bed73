/* text.h - a text that grows, for labels: plain, HTML-like or with escapes.
 *
 * Names come from users and from files: what is not UTF-8, and control
 * characters, become U+FFFD, so that every picture is well-formed XML.
 */
#ifndef WF_DRAW_TEXT_H
#define WF_DRAW_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include <weft/api.h>

struct wf_text {
    char  *bytes; /* closed by a zero; NULL while nothing was added */
    size_t n, room;
    bool   failed; /* no memory: what was added since is missing */
};

void wf_text_fini(struct wf_text *t);  /* a zeroed one is fine */
void wf_text_clear(struct wf_text *t); /* empty again, keeping its room */

/* Adds as printf does; for our own words only. */
void wf_text_add(struct wf_text *t, const char *fmt, ...) WEFT_FORMAT(2, 3);

void wf_text_add_bytes(struct wf_text *t, const char *bytes, size_t n);

/* Adds a zero, so that several texts can lie in one. */
void wf_text_add_zero(struct wf_text *t);

/* Adds somebody's words to an HTML-like label: & < > " and line ends are escaped.
 * Of more than `most` characters the middle is left out. */
void wf_text_add_html(struct wf_text *t, const char *words, size_t most);

/* The same without markup: line ends become blanks. */
void wf_text_add_plain(struct wf_text *t, const char *words, size_t most);

/* Adds somebody's words to text or an attribute of XML, as wf_escape_xml(). */
void wf_text_add_xml(struct wf_text *t, const char *words);

/* Adds words as a quoted string of the language of dot. */
void wf_text_add_quoted(struct wf_text *t, const char *words);

/* Adds somebody's words to an escString (a tooltip): backslashes are doubled. */
void wf_text_add_escaped(struct wf_text *t, const char *words);

/* What was added, given: wf_free(); the text is empty then. */
char *wf_text_take(struct wf_text *t, size_t *n);

/* How wide a line of text is in a font like Helvetica: an estimate, rather too wide. */
double wf_text_width(const char *words, double font_size);

#endif
