/* cells.h - one column of many records at once, from text to values.
 *
 * Loops over the cells of a column for the forms that nearly all cells have; every
 * other cell (null, quoted, long, of another form) goes to `other`, which puts the
 * value in its place itself.
 */
#ifndef WF_CSV_CELLS_H
#define WF_CSV_CELLS_H

#include "lib/data/column.h"
#include "lib/io/csv/dialect.h"

/* Cell r is text[ends[r * stride] + 1 .. ends[r * stride + 1]), 0 <= r < n, and text is
 * readable for 64 bytes behind its end. */
struct wf_csv_cells {
    const struct wf_csv_dialect *dialect;
    const char     *text;
    const uint32_t *ends;
    int64_t         stride, n;
    bool            cuts_cr; /* a carriage return at the end of a cell is not part of it */
    /* False: stop here. */
    bool (*other)(void *arg, int64_t r, int64_t first, int64_t last);
    void *arg;
};

/* The values of cells 0 .. n-1 go to out[0 .. n). False when `other` said so. */
struct wf_csv_loops {
    bool (*ints)(const struct wf_csv_cells *c, int64_t *out);
    bool (*floats)(const struct wf_csv_cells *c, double *out);
    bool (*views)(const struct wf_csv_cells *c, struct wf_view *out); /* of up to 12 bytes; `other` for the rest */
    bool (*others)(const struct wf_csv_cells *c);                     /* `other` for all */
};

#endif
