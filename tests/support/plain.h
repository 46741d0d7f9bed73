/* plain.h - a column as a plain array of cells: what clever columns are judged by. */
#ifndef TESTS_PLAIN_H
#define TESTS_PLAIN_H

#include "lib/data/column.h"

struct plain_cell {
    bool    null;
    int64_t i64;       /* bool, int64, date */
    double  f64;       /* float32 (exactly one), float64 */
    char    text[40];  /* string, ended by a zero */
};

struct plain {
    weft_dtype         dtype;
    int64_t            n;
    struct plain_cell *cells;
};

/* n cells that depend on the seed alone. One in `null_every` is null (0: none). Texts have 0
 * to 30 bytes, so some fit a view and some do not. */
struct plain plain_new(weft_dtype dtype, int64_t n, int null_every, uint64_t seed);
void         plain_free(struct plain *p);

/* The column with these cells, made by a builder. NULL: no memory. */
struct wf_column *plain_column(const struct plain *p);

/* Fails the test unless rows 0 .. n-1 of the column are cells first .. first+n-1, its count of
 * nulls is theirs, and what always holds of a column does. */
void plain_expect(const struct wf_column *c, const struct plain *p, int64_t first, int64_t n);

/* The same for rows at .. at+n-1 of a longer column, cells only. */
void plain_expect_rows(const struct wf_column *c, int64_t at, const struct plain *p, int64_t first, int64_t n);

#endif
