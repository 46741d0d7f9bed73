/* fault.c - an error in a text, shown under the text. */
#include "lib/expr/fault.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/utf8.h"

enum { BEFORE = 60, AFTER = 40 }; /* bytes shown of a long line */

/* How many places the bytes take on a screen, one for each code point. */
static int places(const char *from, const char *to)
{
    int n = 0;

    for (; from < to; from++)
        n += !wf_utf8_continues(*from);
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
        while (wf_utf8_continues(*begin))
            begin++;
        cut_before = "...";
    }
    if (end - fault > AFTER) {
        end = fault + wf_utf8_fit(fault, (size_t)(end - fault), AFTER);
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
