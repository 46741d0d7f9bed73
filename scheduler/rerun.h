/* rerun.h - a task that failed, kept with what it read, to run once more.
 *
 * What always holds: of a run's failed nodes the one with the smallest number is kept, of
 * those for which there was memory. So which it is depends on the graph alone, as long as
 * all run.
 */
#ifndef WF_RERUN_H
#define WF_RERUN_H

#include "scheduler/run.h"

/* Keeps the node of the call, which has failed, unless one before it is kept. Whatever it
 * read is still in its slots. */
void wf_rerun_keep(struct weft_call *call);
void wf_rerun_free(struct wf_rerun *kept); /* NULL is fine */

#endif
