/* machine.c - the machine of a simulation: a few equal cores, no processes and nobody who looks on. */
#include <string.h>

#include "lib/base/error.h"
#include "lib/base/mem.h"
#include "scheduler/process.h"
#include "scheduler/exit.h"
#include "scheduler/outlet.h"
#include "scheduler/profile.h"
#include "scheduler/progress.h"
#include "scheduler/quota.h"
#include "scheduler/sim/sim.h"
#include "scheduler/topo.h"

/* Two cores a cache, two caches a node: small pools have neighbours and strangers. */
weft_status wf_topo_new(struct wf_topo **out, const char *synthetic, struct weft_error *err)
{
    struct wf_topo *t = wf_alloc_zero(1, sizeof *t + WF_SIM_THREADS * sizeof *t->pus);

    (void)synthetic;
    if (!t)
        return wf_error_nomem(err, "a machine");
    t->n_pus = t->n_cores = t->n_l2 = WF_SIM_THREADS;
    t->n_l3 = WF_SIM_THREADS / 2;
    t->n_nodes = WF_SIM_THREADS / 4;
    t->n_packages = t->n_kinds = t->max_threads = 1;
    t->pus = (struct wf_pu *)(t + 1);
    for (int i = 0; i < WF_SIM_THREADS; i++)
        t->pus[i] = (struct wf_pu){.os = i, .core = i, .l2 = i, .l3 = i / 2, .node = i / 4};
    *out = t;
    return WEFT_OK;
}

void wf_topo_free(struct wf_topo *t)              { wf_free(t); }
double wf_quota_bytes(const char *root)           { (void)root; return 0; }
int  wf_topo_n_pus(const struct wf_topo *t)       { return t->n_pus; }
int  wf_topo_n_cores(const struct wf_topo *t)     { return t->n_cores; }
int  wf_topo_n_workers(const struct wf_topo *t)   { return t->n_cores - 1; }

void wf_topo_place(const struct wf_topo *t, int n_workers, int *pu_of_worker)
{
    for (int i = 0; i < n_workers; i++)
        pu_of_worker[i] = i % t->n_pus;
}

bool wf_topo_pins(const struct wf_topo *t, int n_workers)
{
    (void)t, (void)n_workers;
    return false;
}

void wf_topo_settle(const struct wf_topo *t, int pu) { (void)t, (void)pu; }

int wf_topo_distance(const struct wf_topo *t, int pu_a, int pu_b)
{
    (void)t;
    return pu_a == pu_b ? 0 : pu_a / 2 == pu_b / 2 ? 2 : pu_a / 4 == pu_b / 4 ? 3 : 4;
}

/* ---- Nobody to tell ---------------------------------------------------------------- */

void wf_probes_init(struct wf_probes *ps)                        { wf_init(&ps->going, NULL); }
void wf_probes_fini(struct wf_probes *ps)                        { (void)ps; }
void wf_probes_enter(struct wf_probes *ps, struct wf_probe *p)   { (void)ps, (void)p; }
void wf_probes_leave(struct wf_probes *ps, struct wf_probe *p)   { (void)ps, (void)p; }
void wf_probe_let_in(bool in)                                   { (void)in; }
const char *wf_profile_group(struct wf_run *r, uint32_t node)    { (void)r, (void)node; return ""; }
void wf_profile_stage(weft_pool *p, weft_future *f, uint32_t at) { (void)p, (void)f, (void)at; }

weft_status wf_progress_new(struct wf_progress **out, weft_pool *pool, const struct weft_pool_spec *spec,
                            struct weft_error *err)
{
    (void)pool, (void)spec, (void)err;
    *out = NULL;
    return WEFT_OK;
}

bool wf_progress_start(struct wf_progress *p)              { (void)p; return false; }
void wf_progress_free(struct wf_progress *p)               { (void)p; }
void wf_progress_enter(struct wf_progress *p, size_t n)    { (void)p, (void)n; }
void wf_progress_leave(struct wf_progress *p)              { (void)p; }

weft_status wf_outlets_new(struct wf_outlets **out, const weft_config *c, struct weft_error *err)
{
    (void)c, (void)err;
    *out = NULL;
    return WEFT_OK;
}

void   wf_outlets_free(struct wf_outlets *o)                 { (void)o; }
size_t wf_outlets_events(const struct wf_outlets *o)         { (void)o; return 0; }
bool   wf_outlets_trace(const struct wf_outlets *o)          { (void)o; return false; }
bool   wf_outlets_keep_all(const struct wf_outlets *o)       { (void)o; return false; }
bool   wf_outlets_leave_files(const struct wf_outlets *o)    { (void)o; return false; }
void   wf_outlets_close(struct wf_outlets *o)                { (void)o; }
void   wf_outlets_write(struct wf_outlets *o, weft_pool *p)  { (void)o, (void)p; }

weft_status wf_outlets_begin(struct wf_outlets *o, weft_pool *pool, struct weft_error *err)
{
    (void)o, (void)pool, (void)err;
    return WEFT_OK;
}

void wf_exit_enter(weft_pool *pool)                           { (void)pool; }
void wf_exit_leave(weft_pool *pool)                           { (void)pool; }

/* ---- No processes ---------------------------------------------------------------- */

struct wf_process *wf_process_new(wf_mutex *lock)
{
    (void)lock;
    return NULL;
}

void wf_process_free(struct wf_process *p)
{
    (void)p;
}

weft_status wf_process_call(struct weft_call *call)
{
    return weft_error_set(&call->err, WEFT_UNSUPPORTED, "a simulation has no processes");
}

bool wf_process_is_stopped(const struct weft_call *call)
{
    (void)call;
    return false;
}
