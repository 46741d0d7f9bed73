/* utf8.h - characters of UTF-8: which bytes are some, how many they are, where they begin. */
#ifndef WF_UTF8_H
#define WF_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The place of the first byte that begins no whole character; n: all is well. No overlong
 * forms, no surrogates, nothing above U+10FFFF. */
int64_t wf_utf8_check(const char *text, int64_t n);

/* Bytes of the character that a text ended by a zero begins with, 1 to 4; 0: it is none. The
 * zero itself is a character of one byte. */
size_t wf_utf8_length(const char *text);

/* Of any bytes, whole characters or not: */

/* Whether a byte is of a character that began before it. */
static inline bool wf_utf8_continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* How many columns of a terminal a text takes: one for each character. */
int wf_utf8_width(const char *text);

/* So many of `n` bytes, at most `most`, that no character is cut. */
size_t wf_utf8_fit(const char *text, size_t n, size_t most);

#endif
