/* loops.h - the loops over CSV text for this machine. */
#ifndef WF_CSV_LOOPS_H
#define WF_CSV_LOOPS_H

#include "lib/io/csv/cells.h"
#include "lib/io/csv/walk.h"
#include "lib/kernel/isa.h"

const struct wf_csv_steps *wf_csv_steps_of(enum wf_isa isa);
const struct wf_csv_loops *wf_csv_loops_of(enum wf_isa isa);

#endif
