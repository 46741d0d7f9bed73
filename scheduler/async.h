/* async.h - futures that wait for futures: each a run of its own, which begins when its inputs are there.
 *
 * No thread and no worker waits: who ends the last input lets it begin. Until then its pool
 * counts it (is_held), and it holds its inputs; when it has begun it holds their values, if
 * it is not to be run again.
 *
 * What always holds:
 *   1. state goes from HELD to BEGUN once a life: whoever brings it there lets it begin, or
 *      makes it fail.
 *   2. refs counts the future and the listeners that have not been called or taken back.
 */
#ifndef WF_ASYNC_H
#define WF_ASYNC_H

#include <weft/async.h>

#include "scheduler/listen.h"

struct wf_async;

/* The future is to stop: it fails now, if it has not begun. */
void wf_async_cancel(weft_future *f, struct wf_endings *e);

/* Its last holder is gone: it is stopped, unless somebody wants to hear of it. */
void wf_async_unwanted(weft_future *f, struct wf_endings *e);

/* The future has ended: what only its run needed goes. */
void wf_async_over(weft_future *f);

void wf_async_free(struct wf_async *a, struct wf_endings *e);

#endif
