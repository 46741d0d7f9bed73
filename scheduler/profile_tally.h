/* profile_tally.h - how often each stack was seen, by one thread, in memory taken beforehand.
 *
 * Stacks of one group with the same frames are one record, found by hash: a loop that runs for
 * an hour takes as much as one that runs for a second. Records lie one behind the other:
 *
 *     [ slots: hash -> place ][ record ][ record ][ ...
 *
 * What has no room is counted as lost. Only the thread adds, in its signal handler; others read
 * when that is over (profile_probe.h).
 */
#ifndef WF_PROFILE_TALLY_H
#define WF_PROFILE_TALLY_H

#include <stddef.h>
#include <stdint.h>

enum { WF_MOST_GROUP = 96 };

struct wf_stacks_record {
    uint64_t  count;
    uint32_t  hash, n_frames;
    char      group[WF_MOST_GROUP]; /* closed by a zero; longer ones are cut */
    uintptr_t frames[];             /* the innermost first */
};

struct wf_stacks {
    size_t   used;       /* bytes, from the beginning of this */
    uint64_t n_outside;  /* seen while no body ran */
    uint64_t n_lost;     /* for want of room */
    uint64_t n_looks;    /* calls of add */
    uint32_t n_records;
    uint32_t slots[];    /* place of a record; 0: none */
};

struct wf_stacks *wf_stacks_new(void); /* NULL: no memory */
void             wf_stacks_free(struct wf_stacks *t); /* NULL is fine */

/* Safe in a signal handler. */
void wf_stacks_add(struct wf_stacks *t, const char *group, const uintptr_t *frames, uint32_t n_frames, uint64_t count);

/* The record after this one, or the first; NULL: that was the last. */
const struct wf_stacks_record *wf_stacks_next(const struct wf_stacks *t, const struct wf_stacks_record *r);

#endif
