/* sort.h - the order of rows by one column.
 *
 * Values by size (false before true, strings by bytes, -0.0 equal to 0.0), then
 * NaN, then nulls; descending turns only the values around. Equal rows stay in the
 * order they came in.
 *
 * Values become 64-bit keys whose unsigned order is theirs; keys are sorted by
 * radix, least digit first, over the digits in which they differ. Strings give
 * eight bytes behind what all have in common; ties go on with the next eight.
 */
#ifndef WF_SORT_H
#define WF_SORT_H

#include "lib/data/column.h"

/* Puts the n row numbers in `rows` in the order of their rows in `c`. False: no memory. */
bool wf_sort_rows(const struct wf_column *c, bool descending, uint32_t *rows, int64_t n);

/* The order of row i of `a` and row j of `b`, columns of one type: < 0, 0 or > 0. */
int wf_sort_compare(const struct wf_column *a, int64_t i, const struct wf_column *b, int64_t j, bool descending);

#endif
