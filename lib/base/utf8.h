/* utf8.h - whether bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef WF_UTF8_H
#define WF_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* The place of the first byte that begins no whole character; n: all is well. */
int64_t wf_utf8_check(const char *text, int64_t n);

/* Bytes of the character that a text ended by a zero begins with, 1 to 4; 0: it is none. The
 * zero itself is a character of one byte. */
size_t wf_utf8_length(const char *text);

#endif
