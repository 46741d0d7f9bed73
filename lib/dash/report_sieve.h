/* report_sieve.h - the longest of many events, in two passes and little memory.
 *
 * Lengths are counted in buckets, 64 to each doubling. Then all above one bucket pass, and of
 * those in it as many as there is still room for, evenly spread.
 *
 *     for (...) wf_sieve_count(&s, &e[k]);
 *     wf_sieve_settle(&s, 1000);
 *     for (...) if (wf_sieve_passes(&s, &e[k])) ...    in the same order: exactly 1000, or all
 */
#ifndef WF_DASH_REPORT_SIEVE_H
#define WF_DASH_REPORT_SIEVE_H

#include <weft/trace.h>

enum { WF_SIEVE_BUCKETS = 64 * 64 };

struct wf_sieve { /* zeroed to begin with */
    size_t counts[WF_SIEVE_BUCKETS];
    size_t n;
    size_t bucket; /* all above it pass */
    size_t n_pass; /* of the n_here in it */
    size_t n_here;
    size_t n_seen; /* of those in it, so far */
};

void wf_sieve_count(struct wf_sieve *s, const struct weft_event *e);
void wf_sieve_settle(struct wf_sieve *s, size_t most);
bool wf_sieve_passes(struct wf_sieve *s, const struct weft_event *e);

#endif
