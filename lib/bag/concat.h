/* concat.h - the records of several tasks, one after another. */
#ifndef WF_CONCAT_H
#define WF_CONCAT_H

#include "lib/bag/records.h"

/* A task of all records of n tasks in order; `index` < 0: none. */
weft_task *wf_concat_task(weft_graph *g, const char *name, int64_t index, uint32_t layer, struct wf_shape shape,
                          weft_task *const *tasks, size_t n);

#endif
