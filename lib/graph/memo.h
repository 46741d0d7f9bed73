/* memo.h - results kept under what they compute, from inside.
 *
 *     memo.c          both places under one lock, and the counts
 *     memo/table.c    in memory, within a budget
 *     memo/disk.c     a folder that processes share
 *     memo/entry.c    a result as the bytes of a file
 *     memo/mark.c     which type those bytes are of
 *     recall.c        what a plan need not run because it is here
 *
 * The lock is held for looking up and entering, and while the folder is listed; not
 * while a value is copied, written, read or freed, but for copying one that is found in
 * memory and cannot be shared.
 */
#ifndef WF_MEMO_H
#define WF_MEMO_H

#include <weft/memo.h>

#include "lib/base/hash.h"

/* Before a plan is made: what other processes have added is seen. */
void wf_memo_refresh(weft_memo *memo);

/* As weft_memo_get(), without a sentence. */
weft_status wf_memo_recall(weft_memo *memo, struct wf_token token, struct weft_value *out);

/* A result just made in cost_ns from so many inputs, lent: kept if that is worth it, or
 * `always`. Never fails. */
void wf_memo_offer(weft_memo *memo, struct wf_token token, struct weft_value value, int64_t cost_ns,
                   size_t n_inputs, bool always);

#endif
