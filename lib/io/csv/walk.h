/* walk.h - over CSV text by steps of 64 bytes: where cells end, and whether they are numbers.
 *
 * 64 bytes of text become words with a bit a byte: separators, line ends, quotes,
 * digits. A cell ends at a separator or line end outside of quotes; "outside" is an
 * exclusive-or over all quotes before. Cells are never looked at one by one:
 *
 *     text     12,-7,x1|4,,3.5|        | is the line end
 *     cells    ..^..^..^.^^...^         the ends
 *     body     ##.##.##.#..###.         all others
 *     odd      ......#........ .        what no integer is written with
 *     body + odd                        carries into the end of each cell with an odd
 *                                       byte: of cell 2, and with the point odd, of 5
 *
 * and compressing that sum by `cells` leaves a bit a cell, in the order of the cells,
 * to be compared with a word that says which columns these cells are in. In the same
 * way the line ends must come every n_fields cells.
 *
 * The text is irregular when this would not see what the plain reader sees (plain.h
 * lists when); then nothing is wrong, but the plain reader has to do this piece.
 *
 * Text is readable for 64 bytes behind its end.
 */
#ifndef WF_CSV_WALK_H
#define WF_CSV_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/io/csv/dialect.h"

/* For each column p that a word of 64 cells can start with: which of the cells ... */
struct wf_csv_phases {
    int       n_fields;
    uint64_t *line;   /* end a record */
    uint64_t *ints;   /* are in columns of integers so far */
    uint64_t *floats; /* are in columns of floats so far */
    uint64_t *others; /* are in columns whose cells must be looked at one by one */
};

struct wf_csv_walk {
    const struct wf_csv_dialect *dialect;
    const struct wf_csv_phases  *phases;
    /* Of scan: a cell text[first .. last) that is not what its column holds; a carriage
     * return before the line end is in it still. May change the words of `phases` but `line`. */
    void (*judge)(void *arg, int column, int64_t first, int64_t last);
    void  *arg;

    /* Found: */
    int64_t  end;       /* behind the last record that ends within the text; 0: none does */
    int64_t  n_records;
    int64_t  n_lines;   /* line feeds before `end` */
    uint64_t high;      /* not 0: there are bytes of 128 and more */
    bool     has_cr;    /* lines end with carriage return and line feed */
};

struct wf_csv_steps {
    /* Walks over text[0 .. n), which begins with a record. False: irregular. */
    bool (*scan)(struct wf_csv_walk *w, const char *text, int64_t n);
    /* The same, noting where cells end: ends[0 .. n_records * n_fields), with room for
     * n + 64. A carriage return before the line end counts as part of the cell. */
    bool (*index)(struct wf_csv_walk *w, const char *text, int64_t n, uint32_t *ends);
};

#endif
