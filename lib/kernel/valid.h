/* valid.h - how nulls combine: the only code that mixes bitmaps.
 *
 * Kernels compute every slot; here it is settled which slots count. A bitmap is
 * NULL when nothing is null, so most calls do nothing at all. Bits past n are
 * anything, words are whole; `out` may be any of the maps read.
 *
 *     most operations   null if any operand is             wf_valid_and
 *     and, or           false and null is false (Kleene)   wf_valid_kleene_and, _or
 *     if                the null of the branch taken       wf_valid_choose
 *     coalesce          null if both are                   wf_valid_coalesce
 */
#ifndef WF_VALID_H
#define WF_VALID_H

#include <stdbool.h>
#include <stdint.h>

void wf_valid_and(uint64_t *out, const uint64_t *x, const uint64_t *y, int64_t n);
void wf_valid_coalesce(uint64_t *out, const uint64_t *x, const uint64_t *y, int64_t n); /* neither is NULL */

/* Where a & b, or a | b, is known, for truths a and b given as bits. A null operand
 * may hold either truth: where the other one decides, a plain & or | is right all
 * the same. */
void wf_valid_kleene_and(uint64_t *out, const uint64_t *a, const uint64_t *va, const uint64_t *b,
                         const uint64_t *vb, int64_t n);
void wf_valid_kleene_or(uint64_t *out, const uint64_t *a, const uint64_t *va, const uint64_t *b,
                        const uint64_t *vb, int64_t n);

/* Bit i is that of x where truth bit i is set, else that of y. */
void wf_valid_choose(uint64_t *out, const uint64_t *truth, const uint64_t *x, const uint64_t *y,
                     int64_t n);

/* A byte for each: 1 where there is a value, and the opposite. */
void wf_valid_notnull(uint8_t *out, const uint64_t *valid, int64_t n);
void wf_valid_isnull(uint8_t *out, const uint64_t *valid, int64_t n);

bool wf_valid_has_nulls(const uint64_t *valid, int64_t n);

/* A predicate as a mask: bit i set where truth i is set and not null: null selects
 * nothing. Answers how many. Bits past n are 0; `mask` may be `truth`. */
int64_t wf_mask_of_bytes(uint64_t *mask, const uint8_t *truth, const uint64_t *valid, int64_t n);
int64_t wf_mask_of_bits(uint64_t *mask, const uint64_t *truth, const uint64_t *valid, int64_t n);

#endif
