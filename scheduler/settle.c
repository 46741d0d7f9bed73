/* settle.c - what a pool is to be: its spec, and the configuration where that leaves it open. */
#include "scheduler/settle.h"

#include "lib/base/setting.h"
#include "scheduler/gate.h"
#include "scheduler/outlet.h"
#include "scheduler/topo.h"

_Static_assert((int)WF_MOST_WORKERS_SET == (int)WF_MAX_WORKERS, "what may be set is what may be");

/* Each worker keeps so many of a trace that only the program asks for. */
enum { EVENTS = 65536 };

static enum weft_pool_kind kind_of(const weft_config *c)
{
    switch (wf_config_number(c, WF_POOL_KIND)) {
    case WF_KIND_SYNC:      return WEFT_POOL_SERIAL;
    case WF_KIND_PROCESSES: return WEFT_POOL_PROCESSES;
    default:                return WEFT_POOL_THREADS;
    }
}

static enum weft_progress_show progress_of(const weft_config *c)
{
    switch (wf_config_number(c, WF_PROGRESS)) {
    case WF_PROGRESS_ON:  return WEFT_PROGRESS_ON;
    case WF_PROGRESS_OFF: return WEFT_PROGRESS_OFF;
    default:              return WEFT_PROGRESS_AUTO;
    }
}

weft_status wf_settle(struct wf_settled *out, const struct weft_pool_spec *spec, bool is_inner, struct weft_error *err)
{
    static const struct weft_pool_spec open;
    struct wf_settled s = {.spec = spec ? *spec : open};
    const weft_config *c = s.spec.config;
    weft_status st = wf_gate_check(s.spec.resources, s.spec.n_resources, err);

    if (st)
        return st;
    if (!c) {
        st = weft_config_new(&s.config, err);
        if (st)
            return st;
        c = s.config;
    }
    /* Whoever brings threads wants them used. */
    if (!s.spec.kind)
        s.spec.kind = s.spec.executor ? WEFT_POOL_THREADS : kind_of(c);
    if (s.spec.n_workers <= 0)
        s.spec.n_workers = (int)wf_config_number(c, WF_POOL_WORKERS);
    s.spec.no_pin = s.spec.no_pin || !wf_config_number(c, WF_POOL_PIN);
    st = is_inner ? WEFT_OK : wf_outlets_new(&s.outlets, c, err);
    if (st) {
        wf_settled_fini(&s);
        return st;
    }
    s.spec.trace = s.spec.trace || wf_outlets_trace(s.outlets) || (!is_inner && wf_config_number(c, WF_TRACE_ON));
    if (!s.spec.trace_events)
        s.spec.trace_events = wf_config_number(c, WF_TRACE_EVENTS);
    if (!s.spec.trace_events)
        s.spec.trace_events = wf_outlets_events(s.outlets);
    if (!s.spec.trace_events)
        s.spec.trace_events = EVENTS;
    if (!s.spec.limit_bytes)
        s.spec.limit_bytes = wf_config_number(c, WF_MEMORY_LIMIT);
    if (!s.spec.spill_dir && *wf_config_text(c, WF_SPILL_DIR))
        s.spec.spill_dir = wf_config_text(c, WF_SPILL_DIR);
    if (!s.spec.spill_bytes)
        s.spec.spill_bytes = wf_config_number(c, WF_SPILL_LIMIT);
    s.spec.rerun_failed = s.spec.rerun_failed || wf_config_number(c, WF_RUN_RERUN_FAILED);
    if (!s.spec.progress)
        s.spec.progress = is_inner ? WEFT_PROGRESS_OFF : progress_of(c);
    if (s.spec.progress_interval_ns <= 0)
        s.spec.progress_interval_ns = (int64_t)wf_config_number(c, WF_PROGRESS_INTERVAL);
    *out = s;
    return WEFT_OK;
}

void wf_settled_fini(struct wf_settled *s)
{
    weft_config_free(s->config);
    wf_outlets_free(s->outlets);
}
