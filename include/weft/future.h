/* weft/future.h - a run submitted, and its results when they are there.
 *
 *     weft_pool_submit(pool, tasks, n, &(struct weft_run_spec){.window = 8}, &f, &err);
 *     while (!weft_future_next(f, &i, -1)) {
 *         st = weft_future_take(f, i, &value, &err);
 *         ...
 *     }
 *     weft_future_free(f);
 *
 * A run that streams (struct weft_run_spec) gives each result as soon as it is there, in the
 * order in which they come (weft_future_next) or in any other (weft_future_wait_target).
 * What is taken is nobody else's, so a collection larger than memory can go by. Of one that
 * does not stream all results are there at its end.
 *
 * Ownership: a future is given by who submits; results are given: weft_value_release().
 * Errors:    how the run went is told target by target.
 * Threads:   any thread may wait, take and cancel; a body must not wait for a run of its own
 *            pool.
 */
#ifndef WEFT_FUTURE_H
#define WEFT_FUTURE_H

#include <stddef.h>

#include <weft/value.h>

WEFT_BEGIN

typedef struct weft_future weft_future;

/* ---- Waiting -------------------------------------------------------------- */

/* WEFT_OK once the run has ended, well or not; WEFT_TIMEOUT when it has not after
 * `timeout_ns` (negative: wait for ever). */
WEFT_API weft_status weft_future_wait(weft_future *f, int64_t timeout_ns);
WEFT_API bool        weft_future_is_done(const weft_future *f);

/* ---- Results --------------------------------------------------------------- */

WEFT_API size_t weft_future_n_targets(const weft_future *f);

/* The result of target i, given, or why there is none. Waits for it: that is for the end,
 * unless the run streams. Each result can be taken once. `out` may be NULL, to ask only how
 * it went. */
WEFT_API weft_status weft_future_take(weft_future *f, size_t i, struct weft_value *out,
                                      struct weft_error *err);

/* WEFT_OK once weft_future_take() of target i does not wait; WEFT_TIMEOUT. A result that
 * others of the run read and whose type has neither `share` nor `copy` comes at the end. */
WEFT_API weft_status weft_future_wait_target(weft_future *f, size_t i, int64_t timeout_ns);

/* The next target that is there and was not named or taken before, in the order in which
 * they came; WEFT_TIMEOUT, or WEFT_NOT_FOUND when that were all. Several threads may share
 * them out. WEFT_UNSUPPORTED of a run that does not stream. */
WEFT_API weft_status weft_future_next(weft_future *f, size_t *i, int64_t timeout_ns);

/* Runs a task that failed once more, on this thread, with the inputs it had: so a debugger
 * can stop in its body, though it ran elsewhere, or crashed in another process. Of several
 * it is the first in the order of the plan. The run must have been asked to keep it; its
 * graph must be there still. May be called again. `out`, given, is the task's first result
 * if it does better this time. WEFT_NOT_FOUND when none has failed. */
WEFT_API weft_status weft_future_rerun(weft_future *f, struct weft_value *out, struct weft_error *err);

/* ---- Leaving --------------------------------------------------------------- */

WEFT_API void weft_future_cancel(weft_future *f); /* no further task begins; bodies may poll */
WEFT_API void weft_future_free(weft_future *f);   /* waits for the end; NULL is fine */

WEFT_END
#endif
