/* predict_tasks.c - what each task of a trace took, and of what it is made. */
#include "lib/analyse/predict_model.h"

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "lib/graph/trace.h"
#include "lib/graph/trace_names.h"

enum { UNMEASURED_NS = 1000000, MOST_RESTS = 256 };

/* Of tasks whose events were overwritten: the mean of their name, or of all. */
static weft_status guess_unknown(struct wf_model_task *tasks, struct wf_model *m, struct weft_error *err)
{
    const size_t n = weft_trace_n_tasks(m->trace);
    struct { int64_t sum, n; } all = {0}, *of = NULL;
    struct wf_names names = {0};
    weft_status st;

    if (wf_names_init(&names, m->trace, false))
        of = wf_alloc_zero(names.n, sizeof *of);
    for (size_t i = 0; of && i < n; i++)
        if (tasks[i].begin_ns >= 0) {
            of[names.of[i]].sum += tasks[i].cost_ns;
            of[names.of[i]].n++;
            all.sum += tasks[i].cost_ns;
            all.n++;
        }
    for (size_t i = 0; of && i < n; i++)
        if (tasks[i].begin_ns < 0) {
            const uint32_t k = names.of[i];

            tasks[i].cost_ns = of[k].n ? of[k].sum / of[k].n : all.n ? all.sum / all.n : 0;
            m->n_unknown++;
        }
    st = of ? WEFT_OK : wf_error_nomem(err, "a prediction");
    wf_names_fini(&names);
    wf_free(of);
    return st;
}

/* What a task with parts did before, between and after them. */
static void divide(struct wf_model_task *t, const struct weft_event *events, const struct wf_model_events *e, size_t i)
{
    int64_t first = INT64_MAX, last = 0, longest_fork = 0, left = t->cost_ns;

    for (size_t p = e->first_part[i]; p < e->first_part[i + 1]; p++) {
        const struct weft_event *part = &events[e->part[p]];

        first = part->begin_ns < first ? part->begin_ns : first;
        last = part->end_ns > last ? part->end_ns : last;
        if (part->kind == WEFT_EVENT_FORK && e->own_ns[e->part[p]] > longest_fork)
            longest_fork = e->own_ns[e->part[p]];
    }
    t->tail_ns = t->begin_ns < 0 || last >= t->end_ns ? 0 : t->end_ns - last;
    t->tail_ns = t->tail_ns < left ? t->tail_ns : left;
    left -= t->tail_ns;
    t->head_ns = t->begin_ns < 0 || first <= t->begin_ns ? 0 : first - t->begin_ns;
    t->head_ns = t->head_ns < left ? t->head_ns : left;
    t->rest_ns = left - t->head_ns;
    t->n_rests = t->rest_ns > 0;
    if (longest_fork && t->rest_ns > longest_fork)
        t->n_rests = t->rest_ns / longest_fork < MOST_RESTS ? (uint32_t)((t->rest_ns + longest_fork - 1) / longest_fork) : MOST_RESTS;
}

weft_status wf_model_tasks(struct wf_model_task *tasks, struct wf_model *m, const struct wf_model_events *e,
                           const struct weft_predict_spec *spec, struct weft_error *err)
{
    const struct weft_event *events = weft_trace_events(m->trace);
    const size_t n = weft_trace_n_tasks(m->trace);
    weft_status st = WEFT_OK;

    for (size_t i = 0; i < n; i++)
        tasks[i].begin_ns = -1;
    for (size_t k = 0; k < weft_trace_n_events(m->trace); k++) {
        const unsigned kind = events[k].kind;
        struct wf_model_task *t = events[k].task == UINT32_MAX ? NULL : &tasks[events[k].task];

        if (!t || kind == WEFT_EVENT_STEAL || wf_event_is_part(kind))
            continue;
        t->cost_ns += e->own_ns[k];
        if (kind != WEFT_EVENT_TASK)
            continue;
        m->is_measured = true;
        if (t->begin_ns < 0 || events[k].begin_ns < t->begin_ns)
            t->begin_ns = events[k].begin_ns;
        if (events[k].end_ns > t->end_ns)
            t->end_ns = events[k].end_ns;
    }
    if (!m->is_measured) {
        for (size_t i = 0; i < n; i++)
            tasks[i].cost_ns = spec && spec->task_ns ? spec->task_ns : UNMEASURED_NS;
    } else if (weft_trace_n_lost(m->trace)) {
        st = guess_unknown(tasks, m, err);
    }
    for (size_t i = 0; i < n; i++)
        if (e->first_part[i] < e->first_part[i + 1])
            divide(&tasks[i], events, e, i);
    return st;
}
