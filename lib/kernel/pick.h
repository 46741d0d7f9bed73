/* pick.h - columns made of chosen rows of several columns.
 *
 * For merges: row i of the result may come from any part. Texts are shared, not
 * copied: a string moves as its 16-byte view. Rows of one column are taken by
 * kernel/select.h.
 */
#ifndef WF_PICK_H
#define WF_PICK_H

#include "lib/data/column.h"

/* Where a row comes from: row `row` of column `part`. */
struct wf_pick {
    uint32_t part, row;
};

/* out[i] = parts[picks[i].part][picks[i].row], 0 <= i < n. All parts are of one
 * type; n_parts >= 1. NULL: no memory. */
struct wf_column *wf_pick_rows(struct wf_column *const *parts, int n_parts, const struct wf_pick *picks, int64_t n);

#endif
