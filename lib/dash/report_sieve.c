/* report_sieve.c - the longest of many events. */
#include "lib/dash/report_sieve.h"

static size_t bucket_of(const struct weft_event *e)
{
    const uint64_t length = (uint64_t)(e->end_ns - e->begin_ns) + 64;
    const unsigned octave = 63u - (unsigned)__builtin_clzll(length);

    return (octave - 6) * 64 + (size_t)((length >> (octave - 6)) & 63);
}

void wf_sieve_count(struct wf_sieve *s, const struct weft_event *e)
{
    s->counts[bucket_of(e)]++;
    s->n++;
}

void wf_sieve_settle(struct wf_sieve *s, size_t most)
{
    size_t n = 0;

    for (s->bucket = WF_SIEVE_BUCKETS - 1; s->bucket > 0 && n + s->counts[s->bucket] <= most; s->bucket--)
        n += s->counts[s->bucket];
    s->n_here = s->counts[s->bucket];
    s->n_pass = most - n < s->n_here ? most - n : s->n_here;
}

bool wf_sieve_passes(struct wf_sieve *s, const struct weft_event *e)
{
    const size_t bucket = bucket_of(e);

    if (bucket != s->bucket)
        return bucket > s->bucket;
    s->n_seen++;
    return s->n_seen * s->n_pass / s->n_here > (s->n_seen - 1) * s->n_pass / s->n_here;
}
