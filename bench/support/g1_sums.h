/* g1_sums.h - what Weft finds in the table G1, said as bench/support/g1.h wants it. */
#ifndef BENCH_SUPPORT_G1_SUMS_H
#define BENCH_SUPPORT_G1_SUMS_H

#include <weft/chunk.h>

struct bench_g1_sums {
    int64_t n_rows;
    int64_t id[6];
    int64_t v1, v2, v3;
    int64_t mix;
};

/* Adds the rows of a chunk with the nine columns. False, and a sentence on stderr, if
 * it has others, or of other types, or nulls. */
bool bench_g1_sums_add(struct bench_g1_sums *s, const weft_chunk *c);

/* "check rows=... " on stdout. */
void bench_g1_sums_print(const struct bench_g1_sums *s);

/* The number in id001 or id0000000001; -1 if the text is no such thing. */
int64_t bench_g1_number(struct weft_text text);

#endif
