/* samples.h - some of many values, evenly out of all, and what lies in their middle. */
#ifndef WF_SAMPLES_H
#define WF_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What always holds: values are every `every`th of those seen, at most WF_MOST_SAMPLES. */
struct wf_samples {
    int64_t *values;
    size_t   n, n_seen, every;
};

enum { WF_MOST_SAMPLES = 65536 };

bool wf_samples_init(struct wf_samples *s); /* false: no memory */
void wf_samples_fini(struct wf_samples *s); /* a zeroed one is fine */

/* What is below 0 counts as 0. */
void wf_samples_add(struct wf_samples *s, int64_t value);

/* Sorts them; that of which so many quarters are below it, of two the lower. 0: there are none. */
int64_t wf_samples_quartile(struct wf_samples *s, int quarters);

void wf_sort_numbers(int64_t *values, size_t n);

#endif
