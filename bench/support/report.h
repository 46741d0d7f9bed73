/* report.h - telling the outcome of a row: as a table, or as JSON. */
#ifndef BENCH_SUPPORT_REPORT_H
#define BENCH_SUPPORT_REPORT_H

#include "bench/support/contest.h"

/* One object a line and contestant:
 *     {"bench":"dag-replay","case":"chain","workers":1,"who":"weft","unit":"ns/task",
 *      "median":4.2,"q1":4.1,"q3":4.4,"min":4.0,"max":4.9,"samples":[4.0,...],"runs":7,"n":1000000}
 * or, in place of the figures, "skipped":"why" or "failed":"why". */
void bench_report_json(struct bench_contest *c);

/* The same as lines of a table, with each median over Weft's. A heading before the
 * first row of a bench, which the caller names. */
void bench_report_heading(const struct bench *bench);
void bench_report_table(struct bench_contest *c);

#endif
