/* costs.c - what the scheduler costs, as a trace tells. */
#include "lib/analyse/analysis.h"

#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"

enum { MOST = 65536 };

/* Values, evenly out of all that were seen: when there is no more room every second one goes,
 * and from then on only every second comes. */
struct seen {
    int64_t *values;
    size_t   n, n_seen, every;
};

static void see(struct seen *s, int64_t value)
{
    if (s->n_seen++ % s->every)
        return;
    if (s->n == MOST) {
        for (size_t k = 0; k < MOST / 2; k++)
            s->values[k] = s->values[2 * k];
        s->n = MOST / 2;
        s->every *= 2;
        if ((s->n_seen - 1) % s->every)
            return;
    }
    s->values[s->n++] = value;
}

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t median(struct seen *s)
{
    if (!s->n)
        return 0;
    qsort(s->values, s->n, sizeof *s->values, compare);
    return s->values[(s->n - 1) / 2];
}

weft_status wf_costs_find(weft_analysis *a, struct weft_error *err)
{
    const struct weft_event *e = a->nest.events;
    struct seen steal = {.every = 1}, wake = {.every = 1}, schedule = {.every = 1};
    weft_status st = WEFT_OK;

    steal.values = wf_alloc_array(MOST, sizeof *steal.values);
    wake.values = wf_alloc_array(MOST, sizeof *wake.values);
    schedule.values = wf_alloc_array(MOST, sizeof *schedule.values);
    if (!steal.values || !wake.values || !schedule.values) {
        st = wf_error_nomem(err, "an analysis");
        goto out;
    }
    for (int w = 0; w < a->nest.n_workers; w++) {
        for (size_t k = a->nest.first[w]; k < a->nest.first[w + 1]; k++) {
            const bool has_before = k > a->nest.first[w];

            if (e[k].kind == WEFT_EVENT_STEAL) {
                see(&steal, e[k].end_ns - e[k].begin_ns);
                if (has_before && e[k - 1].kind == WEFT_EVENT_IDLE && a->ready[e[k].task] >= e[k - 1].begin_ns &&
                    a->ready[e[k].task] <= e[k].begin_ns)
                    see(&wake, e[k].begin_ns - a->ready[e[k].task]);
            } else if (e[k].kind == WEFT_EVENT_TASK && has_before && e[k - 1].kind == WEFT_EVENT_TASK &&
                       e[k - 1].end_ns <= e[k].begin_ns && a->nest.parent[k] == a->nest.parent[k - 1]) {
                see(&schedule, e[k].begin_ns - e[k - 1].end_ns);
            }
        }
    }
    a->costs = (struct weft_costs){.n_steals = steal.n_seen, .n_wakes = wake.n_seen, .n_schedules = schedule.n_seen,
                                   .steal_ns = median(&steal), .wake_ns = median(&wake), .schedule_ns = median(&schedule)};
out:
    wf_free(steal.values);
    wf_free(wake.values);
    wf_free(schedule.values);
    return st;
}
