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
 *            pool: it has weft_call_run() (weft/spawn.h).
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

/* How it went: WEFT_OK, or what the first target that failed says; WEFT_TIMEOUT: it goes on. */
WEFT_API weft_status weft_future_status(const weft_future *f);
WEFT_API bool        weft_future_is_cancelled(const weft_future *f); /* its status is WEFT_CANCELLED */

/* Until one of them is done, whose place is *i; or all are. WEFT_NOT_FOUND of none at all. */
WEFT_API weft_status weft_future_wait_any(weft_future *const *fs, size_t n, int64_t timeout_ns, size_t *i);
WEFT_API weft_status weft_future_wait_all(weft_future *const *fs, size_t n, int64_t timeout_ns);

/* Calls fn(arg, f) once when it is done, and its results are there: by the worker that ended
 * it; by the caller, at once, if it is done already. Several are called in the order in which
 * they came. `fn` may ask, take, submit and forget; it must not wait for what is not done, nor
 * free f if it was submitted. WEFT_NOMEM. */
typedef void weft_future_hear(void *arg, weft_future *f);
WEFT_API weft_status weft_future_on_done(weft_future *f, weft_future_hear *fn, void *arg);

/* ---- As they are done -----------------------------------------------------------
 *
 *     c = weft_completed_new();
 *     weft_completed_add(c, f);                        // more at any time
 *     while (!weft_completed_next(c, &f, -1))
 *         ...
 *     weft_completed_free(c);
 *
 * Each future comes once, in the order in which they end. They are lent, and must be held
 * while they are in. A NULL from weft_completed_new() may be passed on: WEFT_NOMEM. Several
 * threads may add and take; one clears or frees, and not from a callback. */
typedef struct weft_completed weft_completed;

WEFT_API weft_completed *weft_completed_new(void);
WEFT_API weft_status weft_completed_add(weft_completed *c, weft_future *f);
WEFT_API weft_status weft_completed_next(weft_completed *c, weft_future **f, int64_t timeout_ns); /* WEFT_NOT_FOUND: none is left; WEFT_TIMEOUT */
/* At least one, unless none is left, and what else there is, up to `most`. */
WEFT_API weft_status weft_completed_next_many(weft_completed *c, weft_future **fs, size_t most, size_t *n, int64_t timeout_ns);
WEFT_API size_t      weft_completed_count(weft_completed *c); /* added and not given out */
WEFT_API void        weft_completed_clear(weft_completed *c); /* forgets them; they go on */
WEFT_API void        weft_completed_free(weft_completed *c);

/* ---- Results --------------------------------------------------------------- */

WEFT_API size_t weft_future_n_targets(const weft_future *f);

/* The result of target i, given, or why there is none. Waits for it: that is for the end,
 * unless the run streams. Each result can be taken once: asked for again, it is no value.
 * `out` may be NULL, to ask only how it went. */
WEFT_API weft_status weft_future_take(weft_future *f, size_t i, struct weft_value *out,
                                      struct weft_error *err);

/* The same, shared or copied: it stays to be asked for again. WEFT_UNSUPPORTED if it can be neither. */
WEFT_API weft_status weft_future_get(weft_future *f, size_t i, struct weft_value *out, struct weft_error *err);

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

/* No further task begins; bodies may poll. The reason, copied, is told by what did not run. */
WEFT_API void weft_future_cancel(weft_future *f);
WEFT_API void weft_future_cancel_for(weft_future *f, const char *reason);

/* A future has holders: at first one. weft_future_free() is one less. Of a run that was
 * submitted it waits for the end, as its graph is the caller's; an async one (weft/async.h)
 * that nobody holds any more is cancelled, unless a callback wants to hear of it.
 * weft_future_forget() is one less, too, and lets the run go on, without a word. */
WEFT_API weft_future *weft_future_retain(weft_future *f);
WEFT_API void weft_future_free(weft_future *f);   /* NULL is fine */
WEFT_API void weft_future_forget(weft_future *f); /* NULL is fine */

WEFT_END
#endif
