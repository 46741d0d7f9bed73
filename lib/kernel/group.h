/* group.h - rows of equal keys get one number, whatever columns the keys are in.
 *
 * Each key column is coded (kernel/coder.h), and pairs of codes are coded again,
 * until one number is left for a row: groups are 1, 2, 3, ... in the order they
 * first appear, and 0 is a row that is dropped.
 */
#ifndef WF_GROUP_H
#define WF_GROUP_H

#include "lib/kernel/coder.h"

struct wf_groups {
    int              n_keys;
    uint32_t         n;       /* groups so far: 1..n */
    struct wf_coder *keys;    /* one a key column */
    struct wf_coder *pairs;   /* pairs[k] codes (group by keys 0..k, code of key k+1) */
    uint32_t        *codes;   /* of one batch */
};

/* Rows that wf_groups_add() takes at a time. */
enum { WF_GROUP_BATCH = WF_CODER_BATCH };

/* About n_rows will come. False: no memory. */
bool wf_groups_init(struct wf_groups *g, int n_keys, const weft_dtype *dtypes, bool keep_null, int64_t n_rows);
void wf_groups_fini(struct wf_groups *g); /* a zeroed one is fine */

/* number[i] = the group of row i, 0 for a dropped row; n <= WF_GROUP_BATCH. With
 * no key columns every row is of group 1. False: no memory. */
bool wf_groups_add(struct wf_groups *g, const struct wf_column *const *keys, int64_t n, uint32_t *number);

/* Key column k of groups 1..n, as rows 0..n-1. NULL: no memory. */
struct wf_column *wf_groups_key(const struct wf_groups *g, int k);

#endif
