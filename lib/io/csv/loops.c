/* loops.c - the loops over CSV text, a table an instruction set. */
#include "lib/io/csv/loops.h"

#if WF_HAVE_X86

extern const struct wf_csv_steps wf_csv_steps_v2, wf_csv_steps_v3, wf_csv_steps_v4;
extern const struct wf_csv_loops wf_csv_loops_v2, wf_csv_loops_v3, wf_csv_loops_v4;

static const struct wf_csv_steps *const steps[WF_ISA_COUNT] = {
    [WF_ISA_V2] = &wf_csv_steps_v2, [WF_ISA_V3] = &wf_csv_steps_v3, [WF_ISA_V4] = &wf_csv_steps_v4,
};
static const struct wf_csv_loops *const loops[WF_ISA_COUNT] = {
    [WF_ISA_V2] = &wf_csv_loops_v2, [WF_ISA_V3] = &wf_csv_loops_v3, [WF_ISA_V4] = &wf_csv_loops_v4,
};

#else

extern const struct wf_csv_steps wf_csv_steps_base;
extern const struct wf_csv_loops wf_csv_loops_base;

static const struct wf_csv_steps *const steps[WF_ISA_COUNT] = {[WF_ISA_BASE] = &wf_csv_steps_base};
static const struct wf_csv_loops *const loops[WF_ISA_COUNT] = {[WF_ISA_BASE] = &wf_csv_loops_base};

#endif

const struct wf_csv_steps *wf_csv_steps_of(enum wf_isa isa)
{
    return steps[isa];
}

const struct wf_csv_loops *wf_csv_loops_of(enum wf_isa isa)
{
    return loops[isa];
}
