/* keep.h - what a body has just made, offered to the memo of its plan. */
#ifndef WF_KEEP_H
#define WF_KEEP_H

#include "scheduler/run.h"

/* The body of the node in `call` has run well, in took_ns; its results are in their slots,
 * and nobody has read them yet. */
void wf_run_keep(struct weft_call *call, int64_t took_ns);

/* Whether a memo may hold the value of a slot, so that nobody may change it in place. */
bool wf_run_may_be_kept(const weft_plan *p, uint32_t slot);

#endif
