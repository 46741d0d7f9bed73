/* checkpoint.h - a task that gives what another does, later. */
#ifndef WF_CHECKPOINT_H
#define WF_CHECKPOINT_H

#include <weft/graph.h>

/* Gives what `task` gives, once `after` is done, too. */
weft_task *wf_graph_after(weft_graph *g, weft_task *task, weft_task *after);

#endif
