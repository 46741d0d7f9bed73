/* escape.h - texts that anybody chose, inside JSON, CSV and XML. */
#ifndef WF_ESCAPE_H
#define WF_ESCAPE_H

#include <stddef.h>

/* Takes the next bytes of what is written. */
typedef void wf_put(void *to, const char *bytes, size_t n);

/* As a JSON string, with its quotes; bytes that are no UTF-8 become U+FFFD. */
void wf_escape_json(const char *text, wf_put *put, void *to);

/* As text or an attribute of XML; what may not be in one becomes U+FFFD. */
void wf_escape_xml(const char *text, wf_put *put, void *to);

/* As a field of CSV: in quotes where it must (RFC 4180). */
void wf_escape_csv(const char *text, wf_put *put, void *to);

#endif
