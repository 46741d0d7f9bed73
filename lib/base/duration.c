/* duration.c - a time as people read it: three digits and a unit. */
#include "lib/base/duration.h"

#include <stdio.h>

const char *wf_duration_text(int64_t ns, char text[WF_DURATION_TEXT])
{
    static const char *const unit[] = {"ns", "us", "ms", "s"};
    double value = (double)ns;
    int u = 0, digits;

    /* 999.5 prints as 1000: then the next unit reads better. */
    while (u < 3 && value >= (u ? 999.5 : 1000)) {
        value /= 1000;
        u++;
    }
    digits = u == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
    snprintf(text, WF_DURATION_TEXT, "%.*f %s", digits, value, unit[u]);
    return text;
}
