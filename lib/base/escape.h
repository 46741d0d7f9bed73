/* escape.h - texts that anybody chose, inside JSON, XML and CSV.
 *
 * They come from users and from files, and what is written must be read by anybody: bytes that
 * are no UTF-8 become U+FFFD.
 */
#ifndef WF_ESCAPE_H
#define WF_ESCAPE_H

#include <stddef.h>

/* In place of what is no character. */
#define WF_NO_CHARACTER "\xef\xbf\xbd"

/* Takes the next bytes of what is written. */
typedef void wf_put(void *to, const char *bytes, size_t n);

/* `to` is a FILE; its errors stay in it. */
void wf_put_file(void *to, const char *bytes, size_t n);

/* As a JSON string, with its quotes. */
void wf_escape_json(const char *text, wf_put *put, void *to);

/* As text or an attribute of XML: line ends stay line ends, tabs become blanks, other control
 * characters U+FFFD. */
void wf_escape_xml(const char *text, wf_put *put, void *to);

/* The parts of it. Bytes of the character at the beginning of `text`; 0: none, or one that XML
 * has no place for. */
size_t wf_xml_length(const char *text);
/* What stands for `c`: "&lt;" and the like; NULL: itself. */
const char *wf_xml_entity(char c);

/* As a field of CSV: in quotes where it must (RFC 4180); bytes as they are. */
void wf_escape_csv(const char *text, wf_put *put, void *to);

#endif
