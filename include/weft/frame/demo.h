/* weft/frame/demo.h - frames of made-up data, for trying things out and for tests.
 *
 * As in weft/array/random.h the value in row i of a column is a function of the seed, the
 * column's streams and i: partitions, workers and machines change nothing. Rows are
 * made by the run, so there can be more of them than memory holds.
 */
#ifndef WEFT_FRAME_H
#include <weft/frame.h> /* which has this file in its place, before the macros of places.h */
#elif !defined WEFT_FRAME_DEMO_H
#define WEFT_FRAME_DEMO_H

WEFT_BEGIN

struct weft_random_column {
    const char *name;
    weft_dtype  dtype;
    double      low, high;  /* int64, float64, date (in days): low <= x < high, each as likely. To 2^53 */
    double      step;       /* not 0: row i holds low + i * step instead, as times do */
    const char *const *choices; /* string: one of these, ... */
    int         n_choices;
    const char *pattern;    /* ... or this, each # of it a digit */
    double      null_share; /* of the rows, 0 to 1, have no value */
};

/* Columns take two streams of `r` each. A bool is true in half of the rows. All is copied. */
WEFT_API weft_frame *weft_frame_random(weft_graph *g, struct weft_random *r,
                                       const struct weft_random_column *columns, int n_columns,
                                       int64_t n_rows, struct weft_cut cut);

/* A reading a second from the beginning of 2000 on: time (int64, seconds since 1970), id
 * (int64, 0 to 999), name (string, one of 26), x and y (float64, -1 to 1). */
WEFT_API weft_frame *weft_frame_demo_series(weft_graph *g, struct weft_random *r, int64_t n_rows,
                                            struct weft_cut cut);

/* People: first, last, occupation, city and phone (string), age (int64, 18 to 89), joined
 * (date, 2000 to 2024), income (float64, null for one in ten). */
WEFT_API weft_frame *weft_frame_demo_people(weft_graph *g, struct weft_random *r, int64_t n_rows,
                                            struct weft_cut cut);

WEFT_END

#endif
