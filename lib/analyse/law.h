/* law.h - the laws of weft/fit.h as functions of their parameters. */
#ifndef WF_LAW_H
#define WF_LAW_H

#include <weft/fit.h>

int wf_law_n_params(enum weft_law law);

/* The logarithm of the seconds of one unit of work with `n_workers`, for th[0] = log y and
 * the law's own parameters behind it; grad[i] is its derivative by th[i]. NaN where the law
 * has no meaning: a time below zero. */
double wf_law_log(enum weft_law law, const double th[3], double n_workers, double grad[3]);

#endif
