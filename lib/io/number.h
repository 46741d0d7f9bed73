/* number.h - numbers, dates and truths written as text.
 *
 * Each function reads exactly text[0 .. n): true and *out is set when all of it is
 * one value, else false and *out is untouched. Blanks (space, tab) around a number
 * are passed over, not within.
 *
 * Doubles are the nearest to what is written, ties to even, whatever the length of
 * the text: first an exact product of two doubles (W. Clinger, How to read floating
 * point numbers accurately, 1990), then 64 digits bits times a 128-bit power of ten
 * (D. Lemire, Number parsing at a gigabyte per second, 2021; without fallback: N.
 * Mushtak, D. Lemire, 2022), and for more than 19 digits that leave a doubt the C
 * library's decimal arithmetic.
 */
#ifndef WF_NUMBER_H
#define WF_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* [+-]digits; false too when it leaves int64. */
bool wf_i64_parse(const char *text, int64_t n, int64_t *out);

/* [+-](digits [point digits] | point digits)[e[+-]digits], inf, infinity, nan; letters
 * of either case. `point` is the decimal character. Too big a number is infinite. */
bool wf_f64_parse(const char *text, int64_t n, char point, double *out);

/* yyyy-mm-dd, a day that exists: days since 1970-01-01. */
bool wf_date_parse(const char *text, int64_t n, int32_t *out);

/* true, True, TRUE, false, False, FALSE. */
bool wf_bool_parse(const char *text, int64_t n, bool *out);

/* digits * 10^exponent, correctly rounded; digits * 10^exponent may be anything. */
double wf_f64_scale(uint64_t digits, int64_t exponent);

#endif
