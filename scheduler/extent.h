/* extent.h - which parts of a file are free.
 *
 * What is given back is joined with its free neighbours and taken again before the file
 * grows: the lowest part that is large enough, so that the end stays low. A free part at
 * the end shortens the file.
 *
 * What always holds:
 *   1. Free parts are ascending, not empty, and none touches the next one or the end.
 *   2. used + the free parts == end <= most; less only where there was no memory to note one.
 *
 * Threads: one at a time; the caller has a lock.
 */
#ifndef WF_EXTENT_H
#define WF_EXTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wf_extent {
    uint64_t at, bytes;
};

struct wf_extents {
    struct wf_extent *free;
    size_t            n, room;
    uint64_t          end, used, most;
};

void wf_extents_init(struct wf_extents *e, uint64_t most); /* the file grows to `most` bytes */
void wf_extents_fini(struct wf_extents *e);

/* `bytes` > 0 in a row, from *at on. False: the file would grow beyond `most`. */
bool wf_extents_take(struct wf_extents *e, uint64_t bytes, uint64_t *at);

/* Of what was taken, or a piece of it. Without memory to note it, it is used no more. */
void wf_extents_give(struct wf_extents *e, uint64_t at, uint64_t bytes);

void wf_extents_check(const struct wf_extents *e);

#endif
