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

/* Adds somebody's words to an HTML-like label: & < > " and line ends are escaped.
 * Of more than `most` characters the middle is left out. */
void wf_text_add_html(struct wf_text *t, const char *words, size_t most);

/* Adds somebody's words to an escString (a tooltip): backslashes are doubled. */
void wf_text_add_escaped(struct wf_text *t, const char *words);

#endif
