/* flame.h - a profile as a picture: a box per function, as wide as what it took, upon its caller. */
#ifndef WF_FLAME_H
#define WF_FLAME_H

#include <weft/profile.h>

#include "lib/analyse/sink.h"

/* An SVG. What goes wrong in writing is kept in the sink; WEFT_NOMEM. */
weft_status wf_flame_write(const weft_profile *p, struct wf_sink *s, struct weft_error *err);

#endif
