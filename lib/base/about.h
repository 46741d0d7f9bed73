/* about.h - which program this is, and on what machine, for traces and pages. */
#ifndef WF_ABOUT_H
#define WF_ABOUT_H

#include <stdint.h>

/* "" and 0 where the system does not say. */
struct wf_about {
    char     program[1024]; /* with its arguments, cut */
    char     machine[128];  /* its processor */
    uint64_t memory_bytes;
    int      n_cores;
};

void wf_about_look(struct wf_about *a);

#endif
