/* json.h - JSON, written piece by piece into memory.
 *
 *     wf_json_open(&j, '{');
 *     wf_json_put_open(&j, "names", '[');
 *     wf_json_text(&j, name);
 *     wf_json_close(&j, ']');
 *     wf_json_close(&j, '}');
 *
 * Commas come by themselves. Texts come from users and from files: what is not UTF-8
 * becomes U+FFFD, and no text can end the <script> of a page that it stands in. No memory
 * is remembered in `failed`, to be looked at once, at the end.
 */
#ifndef WF_DASH_JSON_H
#define WF_DASH_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wf_json {
    char  *bytes; /* closed by a zero; NULL while nothing was written */
    size_t n, room;
    bool   wants_comma;
    bool   failed; /* no memory: what was written since is missing */
};

void wf_json_fini(struct wf_json *j);  /* a zeroed one is fine */
void wf_json_clear(struct wf_json *j); /* empty again, keeping its room */

void wf_json_open(struct wf_json *j, char bracket);  /* '{' or '[' */
void wf_json_close(struct wf_json *j, char bracket); /* '}' or ']' */
void wf_json_key(struct wf_json *j, const char *key); /* of our own: a plain word */

void wf_json_text(struct wf_json *j, const char *text); /* NULL is null */
void wf_json_int(struct wf_json *j, int64_t value);
void wf_json_number(struct wf_json *j, double value);   /* nine digits; what is not finite is null */
void wf_json_bool(struct wf_json *j, bool value);

/* The same under a key. */
void wf_json_put_open(struct wf_json *j, const char *key, char bracket);
void wf_json_put_text(struct wf_json *j, const char *key, const char *text);
void wf_json_put_int(struct wf_json *j, const char *key, int64_t value);
void wf_json_put_number(struct wf_json *j, const char *key, double value);
void wf_json_put_bool(struct wf_json *j, const char *key, bool value);

/* Bytes as they are, where a value stands: JSON that was written before. */
void wf_json_raw(struct wf_json *j, const char *bytes, size_t n);

#endif
