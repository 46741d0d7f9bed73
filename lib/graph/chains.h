/* chains.h - how many workers what is unfinished of a graph can still use.
 *
 * Tasks that run at the same time do not depend on each other: they are an antichain
 * of the unfinished ones, and the largest antichain, the width, is as many as chains
 * are needed to cover them all (Dilworth, 1950). Whatever the tasks take, more workers
 * than that cannot be busy, now or later: tasks only ever leave the unfinished ones.
 * And as many can be, if the tasks take the time that makes it so: without knowing
 * times, the width is the least number of workers to keep.
 *
 *     T1 -> T4 -+            3 chains: T1 T4 T6, T2 T5, T3
 *     T2 -> T5 -+-> T6       T3 ends:  2 are left, a worker can go
 *     T3                     T4 ends:  T5 T6 is one chain, another can go
 *
 * A cover by chains is a matching of tasks with tasks after them, the next in their
 * chain, each at most once on either side; the tasks nobody comes before begin chains
 * (Fulkerson, 1956). When a task ends, the one after it begins a chain; or it finds a
 * place behind another by one augmenting path. No other path can have become open, so
 * after one search the matching is as large as can be again.
 *
 * Searches that fail cost each edge once in all: no task ever comes to end a chain, so
 * what a failed search went through leads nowhere for good and is dead.
 *
 * Of up to WF_CHAINS_EXACT unfinished tasks chains may skip (a task and any that depends
 * on it, however far), and their number is the width. Of more, only tasks that read one
 * another follow each other in a chain, and a search gives up early: the number is a
 * bound of the width from above, which becomes the width when so few are left.
 *
 * What always holds:
 *   1. n_chains >= the width of the unfinished tasks; equal when `after` is there.
 *   2. next[u] == v exactly if prev[v] == u; then u is unfinished, and v depends on it.
 *   3. n_chains = unfinished tasks without a prev among the unfinished.
 */
#ifndef WF_CHAINS_H
#define WF_CHAINS_H

#include <stdbool.h>
#include <stdint.h>

#include <weft/status.h>

enum { WF_CHAINS_EXACT = 1024 };

struct wf_chains {
    uint32_t  n, n_left, n_chains; /* tasks; not ended; chains that cover those */
    uint32_t *first, *preds;       /* task i reads preds[first[i]] .. preds[first[i + 1] - 1] */
    uint32_t *number;              /* of a task once few were left; NULL: its own */
    uint32_t *next, *prev;         /* by number; UINT32_MAX: none */
    uint64_t *ended, *dead;        /* bitmaps by number */
    uint64_t *before;              /* rows of `words`: all that a task depends on; NULL: many are left */
    uint64_t *open, *seen;         /* with `before`: those without a next; scratch */
    struct wf_chains_step *steps;  /* scratch */
    uint32_t  words;
};

/* Of n tasks numbered so that what task i reads is below i. `first` (n + 1) and `preds`
 * are taken. */
weft_status wf_chains_new(struct wf_chains **out, uint32_t n, uint32_t *first, uint32_t *preds,
                          struct weft_error *err);
void wf_chains_free(struct wf_chains *c); /* NULL is fine */

/* Task i has ended, as all it depends on has: n_chains may go down. */
void wf_chains_end(struct wf_chains *c, uint32_t i);

#endif
