/* profile_stack.c - who called whom, from inside a signal handler. */
#include "scheduler/profile_stack.h"

#include <stdbool.h>
#include <unwind.h>

struct walk {
    uintptr_t  base;
    uintptr_t *frames;
    uint32_t   n;
    bool       began; /* what was interrupted has been met */
    bool       ended; /* the frame at base has */
};

/* Of each frame, from that of wf_stack_walk() on. The unwinder's "CFA" of a frame is where its stack
 * ends, so where the frame before it begins. */
static _Unwind_Reason_Code meet(struct _Unwind_Context *c, void *self)
{
    struct walk *w = self;
    int is_interrupted;
    const uintptr_t at = _Unwind_GetIPInfo(c, &is_interrupted);

    if (!w->began && !is_interrupted)
        return _URC_NO_REASON;
    w->began = true;
    if (w->n && _Unwind_GetCFA(c) > w->base) {
        w->n--;
        w->ended = true;
        return _URC_NORMAL_STOP;
    }
    if (w->n == WF_MOST_FRAMES)
        return _URC_NORMAL_STOP;
    w->frames[w->n++] = is_interrupted ? at : at - 1;
    return _URC_NO_REASON;
}

uint32_t wf_stack_walk(uintptr_t base, uintptr_t frames[WF_MOST_FRAMES])
{
    struct walk w = {.base = base, .frames = frames};

    _Unwind_Backtrace(meet, &w);
    if (!w.ended)
        frames[w.n < WF_MOST_FRAMES ? w.n++ : WF_MOST_FRAMES - 1] = WF_FRAMES_MISSING;
    return w.n;
}

void wf_stack_prepare(void)
{
    uintptr_t frames[WF_MOST_FRAMES];

    wf_stack_walk(UINTPTR_MAX, frames);
}
