/* pairs.h - numbers for pairs of numbers, in order of their first appearance.
 *
 * What always holds:
 *   1. pair[i] is the pair of number i, and pairs differ.
 *   2. n_slots is a power of two, at least twice `room` (or both are 0); a slot holds a
 *      number plus 1, 0 when it is empty.
 */
#ifndef WF_PAIRS_H
#define WF_PAIRS_H

#include <stddef.h>
#include <stdint.h>

struct wf_pair {
    uint32_t a, b;
    size_t   n; /* for who puts it: 0 at first */
};

struct wf_pairs {
    struct wf_pair *pair;
    size_t          n, room;
    uint32_t       *slots;
    size_t          n_slots;
};

#define WF_NO_PAIR UINT32_MAX

uint32_t wf_pairs_put(struct wf_pairs *p, uint32_t a, uint32_t b);        /* WF_NO_PAIR: no memory */
uint32_t wf_pairs_find(const struct wf_pairs *p, uint32_t a, uint32_t b); /* WF_NO_PAIR: not there */
void     wf_pairs_fini(struct wf_pairs *p);                               /* a zeroed one is fine, and empty */

#endif
