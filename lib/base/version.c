/* version.c - which Weft this is. */
#include <weft/weft.h>

#include "config.h"

const char *weft_version(void)
{
    return WF_VERSION;
}
