/* costs.c - what the scheduler costs, as a trace tells. */
#include "lib/analyse/analysis.h"
#include "lib/analyse/samples.h"
#include "lib/base/error.h"

weft_status wf_costs_find(weft_analysis *a, struct weft_error *err)
{
    const struct weft_event *e = a->nest.events;
    struct wf_samples steal = {0}, wake = {0}, schedule = {0};
    weft_status st = WEFT_OK;

    if (!wf_samples_init(&steal) || !wf_samples_init(&wake) || !wf_samples_init(&schedule)) {
        st = wf_error_nomem(err, "an analysis");
        goto out;
    }
    for (int w = 0; w < a->nest.n_workers; w++) {
        for (size_t k = a->nest.first[w]; k < a->nest.first[w + 1]; k++) {
            const bool has_before = k > a->nest.first[w];

            if (e[k].kind == WEFT_EVENT_STEAL) {
                wf_samples_add(&steal, e[k].end_ns - e[k].begin_ns);
                if (has_before && e[k - 1].kind == WEFT_EVENT_IDLE && a->ready[e[k].task] >= e[k - 1].begin_ns &&
                    a->ready[e[k].task] <= e[k].begin_ns)
                    wf_samples_add(&wake, e[k].begin_ns - a->ready[e[k].task]);
            } else if (e[k].kind == WEFT_EVENT_TASK && has_before && e[k - 1].kind == WEFT_EVENT_TASK &&
                       e[k - 1].end_ns <= e[k].begin_ns && a->nest.parent[k] == a->nest.parent[k - 1]) {
                wf_samples_add(&schedule, e[k].begin_ns - e[k - 1].end_ns);
            }
        }
    }
    a->costs = (struct weft_costs){.n_steals = steal.n_seen, .n_wakes = wake.n_seen, .n_schedules = schedule.n_seen,
                                   .steal_ns = wf_samples_quartile(&steal, 2), .wake_ns = wf_samples_quartile(&wake, 2),
                                   .schedule_ns = wf_samples_quartile(&schedule, 2)};
out:
    wf_samples_fini(&steal);
    wf_samples_fini(&wake);
    wf_samples_fini(&schedule);
    return st;
}
