/* calls.h - the stacks of a profile as a tree: who called whom, and how often each was seen so.
 *
 *     read;parse;digit 6             call 0, who called all of them:  20
 *     read;parse 3                   read             10 | write      10
 *     read;copy 1                    parse    9 | copy 1
 *     write 10                       digit 6
 *
 * Those that one called stand side by side, the widest first, whenever they were called; what is left of
 * its width it took itself.
 *
 * What always holds:
 *   1. A call stands in the list behind the one that called it.
 *   2. Those that one called fill its width from at to at + total - self.
 */
#ifndef WF_CALLS_H
#define WF_CALLS_H

#include <stdbool.h>

#include <weft/profile.h>

struct wf_call {
    const char *name; /* lent, of the profile; not closed by a zero */
    size_t      bytes;
    uint64_t    total, self;
    uint64_t    at;       /* samples to its left */
    uint32_t    up, last; /* who called it; the latest it called, 0: none */
    uint32_t    row;      /* 0: call 0, "all"; 1: groups of tasks */
};

struct wf_calls {
    struct wf_call *list;
    size_t          room;
    uint32_t        n, n_rows;
};

/* Into a zeroed one, of which the profile must stay as it is. False: no memory. */
bool wf_calls_build(struct wf_calls *c, const weft_profile *p);
void wf_calls_fini(struct wf_calls *c); /* a zeroed one is fine */

#endif
