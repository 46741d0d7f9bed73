/* table.h - results in memory, within a budget: GreedyDual-Size.
 *
 * Each has a priority, cost / bytes + the priority of what was last evicted, given when
 * it comes and again when it is found. The lowest goes first, of equal ones the oldest. So what is dear for its
 * size stays, unless it has not been asked for while much else came and went.
 *
 * Cao and Irani, "Cost-aware WWW proxy caching algorithms", USENIX ITS 1997. A binary
 * heap by priority, and chains by token.
 *
 * What always holds:
 *   1. bytes is the sum over all, and at most `budget`.
 *   2. No priority is below `floor`; heap[0] has the lowest.
 *   3. heap[kept->place] == kept, and the chain of its token has it.
 *
 * Threads: its owner locks.
 */
#ifndef WF_MEMO_TABLE_H
#define WF_MEMO_TABLE_H

#include <weft/value.h>

#include "lib/base/hash.h"

struct wf_kept {
    struct wf_token   token;
    struct weft_value value;
    size_t            bytes; /* of the value and this */
    int64_t           cost_ns;
    double            priority;
    uint64_t          turn;  /* counts up with every one that comes or is found */
    uint32_t          place;
    struct wf_kept   *next;  /* in the chain; of those that go: the next that goes */
};

struct wf_memo_table {
    struct wf_kept **heap, **chains;
    uint32_t         n, room, n_chains;
    size_t           bytes, budget;
    double           floor;
    uint64_t         turns;
};

void wf_memo_table_fini(struct wf_memo_table *t); /* releases the values; a zeroed one is fine */

/* Raises its priority. NULL: not there. */
struct wf_kept *wf_memo_table_find(struct wf_memo_table *t, struct wf_token token);
/* Whether it is there; nothing changes. */
bool wf_memo_table_has(const struct wf_memo_table *t, struct wf_token token);

/* Enters `kept`, whose token is not there and whose bytes fit the budget. Taken. What must
 * go for it is put before *gone: free it with wf_kept_free() when the lock is given up.
 * False: no memory, and `kept` is in *gone. */
bool wf_memo_table_add(struct wf_memo_table *t, struct wf_kept *kept, struct wf_kept **gone);
/* NULL: not there. Given. */
struct wf_kept *wf_memo_table_take(struct wf_memo_table *t, struct wf_token token);

void wf_kept_free(struct wf_kept *gone); /* with all that follow; NULL is fine */

bool wf_memo_table_is_sound(const struct wf_memo_table *t); /* what always holds */

#endif
