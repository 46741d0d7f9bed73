/* live.h - what a pool does now, for who looks from outside: what those who run have to do for it.
 *
 * Each run brings a scene (scene.h) while anybody looks, and each who looks gets it: pushed
 * on a list that only he takes from, all at once. What workers note he reads from their tracers. So nobody
 * who runs tasks waits for him, though he may be stopped anywhere by the system.
 */
#ifndef WF_LIVE_H
#define WF_LIVE_H

#include <weft/live.h>

#include "scheduler/scene.h"

/* The run of `scene` sits in its place, or is about to. Under the lock of the pool. */
void wf_live_show(weft_pool *pool, struct wf_scene *scene);

#endif
