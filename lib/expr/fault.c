/* fault.c - an error in a text, shown under the text. */
#include "lib/expr/fault.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { BEFORE = 60, AFTER = 40 }; /* bytes shown of a long line */

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* How many places the bytes take on a screen, one for each code point. */
static int places(const char *from, const char *to)
{
    int n = 0;

    for (; from < to; from++)
        n += !continues(*from);
    return n;
}

void wf_fault_show(struct weft_error *err, const char *text, size_t at)
{
    const char *fault = text + at, *begin = fault, *end = fault;
    const char *cut_before = "", *cut_after = "";
    size_t used;

    if (!err)
        return;
    while (begin > text && begin[-1] != '\n')
        begin--;
    while (*end && *end != '\n')
        end++;
    if (fault - begin > BEFORE) {
        begin = fault - BEFORE;
        while (continues(*begin))
            begin++;
        cut_before = "...";
    }
    if (end - fault > AFTER) {
        end = fault + AFTER;
        while (continues(*end))
            end--;
        cut_after = "...";
    }
    used = strlen(err->message);
    snprintf(err->message + used, sizeof err->message - used, "\n  %s%.*s%s\n  %*s^", cut_before,
             (int)(end - begin), begin, cut_after, (int)strlen(cut_before) + places(begin, fault), "");
    /* A caret needs blanks; a tab before it would be wider than one. */
    for (char *c = err->message + used; *c; c++)
        if (*c == '\t')
            *c = ' ';
}
