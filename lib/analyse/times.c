/* times.c - stretches of time: when any of many goes on, and sorting by time. */
#include "lib/analyse/times.h"

#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { BITS = 11, N_BUCKETS = 1 << BITS };

void wf_times_sort(struct wf_moment_of *m, struct wf_moment_of *spare, size_t n)
{
    struct wf_moment_of *from = m, *to = spare;
    uint64_t differ = 0;

    for (size_t i = 1; i < n; i++)
        differ |= (uint64_t)m[i].at_ns ^ (uint64_t)m[0].at_ns;
    for (int shift = 0; shift < 64 && differ >> shift; shift += BITS) {
        size_t count[N_BUCKETS + 1] = {0};
        struct wf_moment_of *swap = from;

        if (!(differ >> shift & (N_BUCKETS - 1)))
            continue;
        for (size_t i = 0; i < n; i++)
            count[((uint64_t)from[i].at_ns >> shift & (N_BUCKETS - 1)) + 1]++;
        for (size_t b = 0; b < N_BUCKETS; b++)
            count[b + 1] += count[b];
        for (size_t i = 0; i < n; i++)
            to[count[(uint64_t)from[i].at_ns >> shift & (N_BUCKETS - 1)]++] = from[i];
        from = to;
        to = swap;
    }
    if (from != m && n)
        memcpy(m, from, n * sizeof *m);
}

/* Joins what touches or overlaps; `m` is sorted. */
static void merge(struct wf_times *t, const struct wf_moment_of *m, size_t n_moments)
{
    int64_t open = 0, all = 0;

    for (size_t i = 0; i < n_moments; i++) {
        const int64_t before = open;

        open += m[i].change;
        if (!before && open) {
            if (t->n && t->end_ns[t->n - 1] == m[i].at_ns) {
                t->n--;
                all = t->before_ns[t->n];
            } else {
                t->begin_ns[t->n] = m[i].at_ns;
                t->before_ns[t->n] = all;
            }
        } else if (before && !open) {
            t->end_ns[t->n] = m[i].at_ns;
            all += m[i].at_ns - t->begin_ns[t->n];
            t->n++;
        }
    }
}

weft_status wf_times_init(struct wf_times *t, const int64_t *begin_ns, const int64_t *end_ns, size_t n,
                          struct weft_error *err)
{
    struct wf_moment_of *m = wf_alloc_array(2 * n, sizeof *m), *spare = wf_alloc_array(2 * n, sizeof *spare);
    size_t n_moments = 0;
    weft_status st = WEFT_OK;

    *t = (struct wf_times){.begin_ns = wf_alloc_array(n, sizeof *t->begin_ns), .end_ns = wf_alloc_array(n, sizeof *t->end_ns),
                           .before_ns = wf_alloc_array(n, sizeof *t->before_ns)};
    if (!m || !spare || !t->begin_ns || !t->end_ns || !t->before_ns) {
        st = wf_error_nomem(err, "an analysis");
        wf_times_fini(t);
        goto out;
    }
    for (size_t i = 0; i < n; i++) {
        if (begin_ns[i] < end_ns[i]) {
            m[n_moments++] = (struct wf_moment_of){begin_ns[i], 1};
            m[n_moments++] = (struct wf_moment_of){end_ns[i], -1};
        }
    }
    wf_times_sort(m, spare, n_moments);
    merge(t, m, n_moments);
out:
    wf_free(m);
    wf_free(spare);
    return st;
}

void wf_times_fini(struct wf_times *t)
{
    wf_free(t->begin_ns);
    wf_free(t->end_ns);
    wf_free(t->before_ns);
    *t = (struct wf_times){0};
}

/* What they cover before `at`. */
static int64_t before(const struct wf_times *t, int64_t at_ns)
{
    size_t low = 0, high = t->n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (t->begin_ns[middle] < at_ns)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return 0;
    low--;
    return t->before_ns[low] + (at_ns < t->end_ns[low] ? at_ns : t->end_ns[low]) - t->begin_ns[low];
}

int64_t wf_times_within(const struct wf_times *t, int64_t begin_ns, int64_t end_ns)
{
    return end_ns > begin_ns ? before(t, end_ns) - before(t, begin_ns) : 0;
}
