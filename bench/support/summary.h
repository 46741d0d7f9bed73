/* summary.h - the table of all targets: what was measured, what is to be reached. */
#ifndef BENCH_SUPPORT_SUMMARY_H
#define BENCH_SUPPORT_SUMMARY_H

#include "bench/support/ledger.h"

/* In columns, or as a table in Markdown under a line that names the machine. Prints
 * nothing if no target speaks of anything that was measured. */
void bench_summary_print(const struct bench_ledger *ledger, bool markdown);

#endif
