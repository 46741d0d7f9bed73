/* lower.h - what a frame describes becomes tasks.
 *
 * Each operation that needs rows makes a layer of tasks, one a partition, that run
 * a flow (lib/frame/flow.h) and do their own work on what comes out of it, block by
 * block: so narrow operations cost no task and no copy of their own.
 */
#ifndef WF_LOWER_H
#define WF_LOWER_H

#include "lib/frame/flow.h"

/* The input tasks of `w` over f, one a partition, in the graph's memory: what the
 * source gives, or tasks that read it. NULL: no memory. */
weft_task **wf_lower_reads(const weft_frame *f, const struct wf_flow *w);


#endif
