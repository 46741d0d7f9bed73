/* times.h - stretches of time: when any of many goes on, and sorting by time. */
#ifndef WF_TIMES_H
#define WF_TIMES_H

#include <stddef.h>
#include <stdint.h>

#include <weft/status.h>

/* At this time a count changes by so much. */
struct wf_moment_of {
    int64_t at_ns;
    int64_t change;
};

/* By time; those of one time keep their order. `spare` is room for as many. Times are not negative.
 * Linear: 11 bits a round, and only those that differ. */
void wf_times_sort(struct wf_moment_of *m, struct wf_moment_of *spare, size_t n);

/* Stretches that neither touch nor overlap, ascending. */
struct wf_times {
    size_t   n;
    int64_t *begin_ns, *end_ns;
    int64_t *before_ns; /* all stretches before this one, together */
};

/* Of n stretches, as they come: [begin, end) where begin < end; others are left out. */
weft_status wf_times_init(struct wf_times *t, const int64_t *begin_ns, const int64_t *end_ns, size_t n,
                          struct weft_error *err);
void        wf_times_fini(struct wf_times *t); /* a zeroed one is fine */

/* How much of [begin, end) they cover. */
int64_t wf_times_within(const struct wf_times *t, int64_t begin_ns, int64_t end_ns);

#endif
