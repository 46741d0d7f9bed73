/* screen.h - a dashboard in a terminal, until its user has seen enough. */
#ifndef TOP_SCREEN_H
#define TOP_SCREEN_H

#include "tools/top/client.h"
#include "tools/top/page.h"

/* Looks every `delay_s` seconds. WEFT_UNSUPPORTED when there is no terminal that can be written
 * to at any place. */
weft_status screen_run(const struct place *p, enum sort sort, double delay_s, struct weft_error *err);

#endif
