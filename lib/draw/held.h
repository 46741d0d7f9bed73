/* held.h - how long each result is held, and what lies in memory meanwhile.
 *
 * The tasks of a trace are run one after another in its order, as in weft/explain.h: a
 * result is held from its task to the last that reads it, one that was asked for to the
 * end. Where results say their bytes memory is in bytes, else it is counted in results.
 */
#ifndef WF_DRAW_HELD_H
#define WF_DRAW_HELD_H

#include <weft/draw.h>

/* values[i] of task i for WEFT_COLOR_AGE .. WEFT_COLOR_MEMORY_PRESSURE. */
weft_status wf_held(double *values, bool *in_bytes, enum weft_draw_color what, const weft_trace *t,
                    struct weft_error *err);

#endif
