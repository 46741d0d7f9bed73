/* wait.h - bodies that wait: for what they spawned, for a graph of theirs, for the world. */
#ifndef WF_SCHED_WAIT_H
#define WF_SCHED_WAIT_H

#include <weft/spawn.h>

struct wf_run;

/* What is waited for: whether it has come, and how to sleep until it has (negative), or
 * for a while. The seat is left after `prepare`: from then on another may be there. */
struct wf_await {
    void  *self;
    bool (*is_over)(void *self);
    void (*prepare)(void *self); /* NULL: nothing to do */
    void (*sleep)(void *self, int64_t timeout_ns);
};

/* Helps, and sleeps when there is nothing to help with. `nested`: a run below the body, or NULL. */
void wf_wait_until(weft_call *call, const struct wf_await *what, struct wf_run *nested);

#endif
