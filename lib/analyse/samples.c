/* samples.c - some of many values, evenly out of all, and what lies in their middle. */
#include "lib/analyse/samples.h"

#include <stdlib.h>

#include "lib/base/mem.h"

bool wf_samples_init(struct wf_samples *s)
{
    *s = (struct wf_samples){.values = wf_alloc_array(WF_MOST_SAMPLES, sizeof *s->values), .every = 1};
    return s->values != NULL;
}

void wf_samples_fini(struct wf_samples *s)
{
    wf_free(s->values);
    *s = (struct wf_samples){0};
}

/* When there is no more room every second one goes, and from then on only every second comes. */
void wf_samples_add(struct wf_samples *s, int64_t value)
{
    if (s->n == WF_MOST_SAMPLES) {
        s->n /= 2;
        for (size_t k = 0; k < s->n; k++)
            s->values[k] = s->values[2 * k];
        s->every *= 2;
    }
    if (s->n_seen++ % s->every == 0)
        s->values[s->n++] = value < 0 ? 0 : value;
}

static int ascending(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

void wf_sort_numbers(int64_t *values, size_t n)
{
    qsort(values, n, sizeof *values, ascending);
}

int64_t wf_samples_quartile(struct wf_samples *s, int quarters)
{
    wf_sort_numbers(s->values, s->n);
    return s->n ? s->values[(s->n - 1) * (size_t)quarters / 4] : 0;
}
