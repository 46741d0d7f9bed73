/* run_bag.h - running the actions of bags in tests. Every failure not asked for fails the test. */
#ifndef RUN_BAG_H
#define RUN_BAG_H

#include <weft/bag.h>
#include <weft/pool.h>

/* Numbers of workers that results must not depend on; 0 stands for the serial pool. */
extern const int run_workers[];
enum { RUN_WORKERS = 6 };

/* The result of a task; records are given, a number is not counted. */
struct weft_value run_value(weft_task *t, int n_workers);
weft_records     *run_records(weft_task *t, int n_workers);

/* The status of a run that must fail, and why. */
weft_status run_fails(weft_task *t, int n_workers, struct weft_error *err);

/* Whether two results are the same bytes: what they write is equal. */
bool run_equal(const weft_records *a, const weft_records *b);

#endif
