/* profile.h - stacks of calls and how often each was seen, from inside.
 *
 * What always holds:
 *   1. No two stacks have the same text; the map knows each, and keeps no text of its own.
 *   2. A text is one or more frames between semicolons, none of them empty, without control
 *      characters.
 *   3. about.n_samples is the sum of the counts, and at most MOST_SAMPLES.
 */
#ifndef WF_PROFILE_H
#define WF_PROFILE_H

#include <weft/profile.h>

#include "lib/base/map.h"

struct weft_profile {
    struct wf_map              by_text;
    struct weft_profile_stack *stacks; /* each text is its own */
    size_t                     n, room;
    struct weft_profile_about  about;
};

/* The stacks in the order of their frames: of two the one that begins the other comes first, and those with
 * the same first frames are neighbours. Given: wf_free(). NULL: no memory. */
const struct weft_profile_stack **wf_profile_sorted(const weft_profile *p);

#endif
