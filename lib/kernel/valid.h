/* valid.h - how nulls combine: the only code that mixes bitmaps.
 *
 * Kernels compute every slot; here it is settled which slots count. A bitmap is
 * NULL when nothing is null, so most calls do nothing at all. Bits past n are
 * anything, words are whole.
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

/* out = x & y, out may be either. NULL stands for all set; both NULL is not asked. */
void wf_valid_and(uint64_t *out, const uint64_t *x, const uint64_t *y, int64_t n);
/* out = x | y; neither is NULL, else the answer is NULL. */
void wf_valid_coalesce(uint64_t *out, const uint64_t *x, const uint64_t *y, int64_t n);

/* The validity of a & b and of a | b, where a and b are bytes 0 or 1 and va, vb
 * their bitmaps (either may be NULL). `a` and `b` are then made fit: a null operand
 * counts as the neutral value, so that a plain & or | gives the value. */
void wf_valid_kleene_and(uint64_t *out, const uint8_t *a, const uint64_t *va,
                         const uint8_t *b, const uint64_t *vb, int64_t n);
void wf_valid_kleene_or(uint64_t *out, const uint8_t *a, const uint64_t *va,
                        const uint8_t *b, const uint64_t *vb, int64_t n);

/* Bit i of out is that of x where truth bit i is set, else that of y; NULL: all set. */
void wf_valid_choose(uint64_t *out, const uint64_t *truth, const uint64_t *x, const uint64_t *y, int64_t n);

/* out[i] = bit i of valid, as a byte; NULL: 1. And its opposite. */
void wf_valid_notnull(uint8_t *out, const uint64_t *valid, int64_t n);
void wf_valid_isnull(uint8_t *out, const uint64_t *valid, int64_t n);

/* A predicate as a mask: bit i set where truth[i] is 1 and valid (S21: null selects
 * nothing). Answers how many. Words are whole, bits past n are 0. */
int64_t wf_mask_of_bytes(uint64_t *mask, const uint8_t *truth, const uint64_t *valid, int64_t n);
int64_t wf_mask_of_bits(uint64_t *mask, const uint64_t *truth, const uint64_t *valid, int64_t n);

#endif
