/* watch.h - the functions of users that are called as a run goes on. */
#ifndef WF_WATCH_H
#define WF_WATCH_H

#include <weft/pool.h>

#include "scheduler/run.h"

/* Whether a watch wants to hear of tasks: then the run has WF_RUN_WATCHED. */
bool wf_watch_wants_tasks(const weft_future *f);

void wf_watch_start(const weft_future *f);
void wf_watch_before(struct weft_call *call);
void wf_watch_after(struct weft_call *call, weft_status st);
void wf_watch_finish(const weft_future *f, weft_status st);

#endif
