/* fill.h - a column that is filled from the cells of a CSV file, piece by piece.
 *
 * The number of rows is known before, so values have their place from the start.
 * Strings of more than 12 bytes are copied to texts of the column's own: what is
 * kept is what is used, and no column keeps the text of another.
 */
#ifndef WF_CSV_FILL_H
#define WF_CSV_FILL_H

#include "lib/data/column.h"
#include "lib/io/csv/pieces.h"

struct wf_csv_fill {
    const struct wf_csv        *f;
    const struct wf_csv_pieces *pieces;  /* lent: the piece at hand */
    const char        *name;
    int                field;    /* its place in a record */
    weft_dtype         dtype;
    int64_t            n, row;   /* all rows; those filled before this piece */
    struct wf_buffer  *values, *valid;   /* valid: NULL until the first null */
    int64_t            n_nulls;
    struct wf_buffer **texts;
    int32_t            n_texts, texts_room;
    int64_t            n_text;   /* bytes used of the last text */
    int64_t            all_text; /* bytes of all texts */
    int64_t            text_max; /* no more than this can come: the bytes of the range */
    weft_status        status;
    struct weft_error *err;
};

/* Column `column` of the schema, n rows from text_max bytes. */
weft_status wf_csv_fill_init(struct wf_csv_fill *c, const struct wf_csv_pieces *pieces, int column, int64_t n,
                             int64_t text_max, struct weft_error *err);
void        wf_csv_fill_fini(struct wf_csv_fill *c); /* a zeroed one is fine */

/* The cells of the piece at hand; at most n rows all in all. */
weft_status wf_csv_fill_add(struct wf_csv_fill *c, const struct wf_csv_loops *loops);

/* All n rows are there: the column, given; nothing is left to do but fini. NULL: no memory. */
struct wf_column *wf_csv_fill_finish(struct wf_csv_fill *c);

#endif
