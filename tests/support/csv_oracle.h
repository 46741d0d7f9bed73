/* csv_oracle.h - CSV text read the plainest way: one character at a time, one state.
 *
 * The judge of lib/io/csv. It shares no code with it and knows no types.
 */
#ifndef TESTS_CSV_ORACLE_H
#define TESTS_CSV_ORACLE_H

#include <stdbool.h>
#include <stddef.h>
#include <weft/dtype.h>

struct csv_cell {
    const char *text; /* quotes undone */
    size_t      n;
    bool        quoted;
};

struct csv_oracle {
    char             error[400]; /* as Weft words it behind "path: "; "" if the text is well */
    int              n_fields;
    size_t           n_rows;     /* of data */
    struct csv_cell *header;     /* n_fields of them */
    struct csv_cell *cells;      /* n_rows * n_fields; padded cells are empty */
    long            *lines;      /* n_rows: the line each begins on */
    /* Inside: */
    char  *room;
    size_t n_room, n_cells, cells_room, rows_room;
};

struct csv_oracle_spec {
    char sep, quote, comment; /* quote, comment: 0 for none */
    bool no_header, pads;
};

void csv_oracle_read(struct csv_oracle *o, const char *text, size_t n, const struct csv_oracle_spec *spec);
void csv_oracle_fini(struct csv_oracle *o);

/* The narrowest type of a column and whether a cell is null in a column of that type. */
weft_dtype csv_oracle_dtype(const struct csv_oracle *o, int field);
bool       csv_oracle_is_null(const struct csv_cell *cell, weft_dtype dtype);

#endif
