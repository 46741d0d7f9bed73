/* server_about.h - whom a dashboard belongs to, and which of all it is. */
#ifndef WF_DASH_SERVER_ABOUT_H
#define WF_DASH_SERVER_ABOUT_H

#include <stdint.h>

#include "lib/base/about.h"

struct wf_server_about {
    struct wf_about of;           /* the program and its machine */
    char            host[64];
    char            instance[20]; /* another one for each dashboard */
    int64_t         began_unix_ms;
    int             pid;
};

void wf_server_about_read(struct wf_server_about *a);

#endif
