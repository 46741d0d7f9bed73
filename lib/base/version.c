/* version.c - which Weft this is, and with which parts. */
#include <weft/machine.h>

#include "config.h"

const char *weft_version(void)
{
    return WF_VERSION;
}

const char *weft_features(void)
{
    static const char *const of[2][2] = {{"", "paranoid"}, {"jemalloc", "jemalloc, paranoid"}};

    return of[WF_HAVE_JEMALLOC][WF_PARANOID];
}
