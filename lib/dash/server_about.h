/* server_about.h - the program a dashboard belongs to, and the machine it runs on. */
#ifndef WF_DASH_SERVER_ABOUT_H
#define WF_DASH_SERVER_ABOUT_H

#include <stdint.h>

struct wf_about {
    char    program[1024]; /* with its arguments, cut */
    char    machine[128];  /* its processor */
    char    host[64];
    char    instance[20];  /* another one for each dashboard */
    int64_t began_unix_ms;
    int     pid;
};

void wf_about_read(struct wf_about *a);

#endif
