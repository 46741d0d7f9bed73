/* weft_dag.h - Weft as a scheduler of the shapes, for every bench that has contestants. */
#ifndef BENCH_SCHEDULER_WEFT_DAG_H
#define BENCH_SCHEDULER_WEFT_DAG_H

#include "bench/support/dag.h"

/* What tasks are told apart by: nothing (the name is then the symbol of the body),
 * one name for all, or name and index, which make a key each. */
enum bench_naming { BENCH_UNNAMED, BENCH_NAMED, BENCH_INDEXED };

struct bench_dag bench_weft_dag(enum bench_naming naming);

#endif
