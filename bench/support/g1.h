/* g1.h - the table of the public db-benchmark, G1_1e7_1e2, written anew and the same each time.
 *
 * n rows of nine columns, k = 100 groups:
 *
 *     id1, id2   text id001 .. id100
 *     id3        text id0000000001 .. of n / k values
 *     id4, id5   1 .. 100
 *     id6        1 .. n / k
 *     v1, v2     1 .. 5 and 1 .. 15
 *     v3         0 .. 100 with up to six decimals
 *
 * Beside FILE stands FILE.truth: a line a bench, its name and what any reader of the
 * table must find. Sums of v3 are in millionths, so that every sum is an integer and
 * no order of adding can change it:
 *
 *     csv-read rows=.. id1=.. id2=.. id3=.. id4=.. id5=.. id6=.. v1=.. v2=.. v3=.. mix=..
 *     groupby-sum groups=.. mix=..
 *
 * idN of a text column is the sum of its numbers; mix of csv-read is the sum of
 * id4 v1 + id5 v2 + id6 v1 + id4 v3 over the rows, so that columns cannot be swapped
 * or shifted; mix of groupby-sum is the sum over groups of number times sum(v1).
 */
#ifndef BENCH_SUPPORT_G1_H
#define BENCH_SUPPORT_G1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where the table of n rows is kept: data, or folder/data if that is NULL. */
void bench_g1_path(char *out, size_t size, const char *data, const char *folder, int64_t n_rows);

/* Writes the table unless it is there, and reads the truth of a bench. False, and a
 * sentence on stderr, if that fails. */
bool bench_g1_ensure(const char *path, int64_t n_rows, char *truth, size_t size, const char *bench);

/* Writes table and truth. */
bool bench_g1_write(const char *path, int64_t n_rows);

#endif
