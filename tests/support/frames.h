/* frames.h - random frames in any number of partitions, and tasks run in every way. */
#ifndef TEST_FRAMES_H
#define TEST_FRAMES_H

#include <weft/frame.h>
#include <weft/pool.h>

#include "tests/support/columns.h"

/* n rows of five columns b, i, f, d, s: bool, int64, float64, date, string, as
 * random_column() makes them. */
weft_chunk *random_chunk(uint64_t *seed, int64_t n, int64_t n_distinct, int null_percent);

/* Which partitions have no rows. */
enum holes { NO_HOLES, HOLE_FIRST, HOLE_MIDDLE, HOLE_LAST, ALL_HOLES, N_HOLES };

/* The rows of `all` in n partitions of random sizes; with ALL_HOLES, none of the rows. */
weft_frame *cut_frame(weft_graph *g, uint64_t *seed, weft_chunk *all, int n, enum holes holes);

/* The result of a task, run serially and on 1, 2, 3, 7 and 16 workers: asserts that
 * all are the same, bit by bit. Given; NULL for a number or nothing. */
weft_chunk *frame_chunk(weft_task *t);
/* The same for numbers; no value is NaN. */
double      frame_f64(weft_task *t);
int64_t     frame_i64(weft_task *t);

/* The rows of a frame, by frame_chunk(). */
weft_chunk *frame_rows(weft_frame *f);

/* Asserts that the task, or frame, fails with `status` and a message that has `part` in it. */
void fails_with(weft_task *t, weft_status status, const char *part);
void frame_fails_with(weft_frame *f, weft_status status, const char *part);

#endif
