/* outlet.h - what a pool shows while it works and leaves behind when it ends, as it was configured.
 *
 *     WEFT_TRACE=run.trace WEFT_DRAW=run.svg WEFT_REPORT=run.html WEFT_DASHBOARD=8787 WEFT_PROFILE=flame.svg ./program
 *
 * So a program that is linked with Weft can be looked into without a change. Pictures and pages
 * are the work of libraries of their own (weft-draw, weft-dash), which are opened when they are
 * asked for: beside this one, or where the system looks.
 */
#ifndef WF_OUTLET_H
#define WF_OUTLET_H

#include <weft/pool.h>

struct wf_outlets;

/* *out is NULL when nothing is asked for. WEFT_UNSUPPORTED: a library that is needed is not there. */
weft_status wf_outlets_new(struct wf_outlets **out, const weft_config *c, struct weft_error *err);
void        wf_outlets_free(struct wf_outlets *o); /* NULL is fine */

/* What a tracer must keep for it; 0: nothing is asked for. */
size_t wf_outlets_events(const struct wf_outlets *o);
bool   wf_outlets_trace(const struct wf_outlets *o);    /* whether the pool is to trace */
bool   wf_outlets_keep_all(const struct wf_outlets *o); /* all runs, not only the last */
bool   wf_outlets_leave_files(const struct wf_outlets *o); /* or a summary, when it ends */

/* The pool is there: a dashboard opens, samples are taken. */
weft_status wf_outlets_begin(struct wf_outlets *o, weft_pool *pool, struct weft_error *err);
void        wf_outlets_close(struct wf_outlets *o); /* no run is to come: nobody looks any more */

/* Its workers are gone: files are written. What goes wrong is told on stderr, for nobody else is there. */
void wf_outlets_write(struct wf_outlets *o, weft_pool *pool);

#endif
