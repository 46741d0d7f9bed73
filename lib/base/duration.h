/* duration.h - a time as people read it: three digits and a unit. */
#ifndef WF_DURATION_H
#define WF_DURATION_H

#include <stddef.h>
#include <stdint.h>

enum { WF_DURATION_TEXT = 24 };

/* "0 ns", "417 ns", "1.28 us", "93.5 ms", "12.0 s"; answers `text`. */
const char *wf_duration_text(int64_t ns, char text[WF_DURATION_TEXT]);

#endif
