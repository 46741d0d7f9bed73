/* pieces.h - the records of a range, some at a time, with the places of their cells. */
#ifndef WF_CSV_PIECES_H
#define WF_CSV_PIECES_H

#include "lib/io/csv/loops.h"
#include "lib/io/csv/plain.h"
#include "lib/io/csv/scanned.h"
#include "lib/io/csv/window.h"

/* Cell j of record r of this piece is text[at[0] + 1 .. at[1]) with at = ends + r * stride + j;
 * only a last cell can have a carriage return too many, if cuts_cr. */
struct wf_csv_pieces {
    const struct wf_csv       *f;
    const struct wf_csv_steps *steps;
    struct wf_file             file;
    struct wf_csv_window       window;
    struct wf_csv_record       record;
    uint32_t                  *room; /* n_room of them; ends begins there */
    int64_t                    n_room;
    int64_t                    used; /* of the window, by this piece */

    const char     *text;
    const uint32_t *ends;
    int64_t         stride;
    int64_t         n_records;
    int64_t         n_lines;      /* line feeds in the piece */
    bool            cuts_cr;
    int64_t         first_record; /* of the piece, in the file */
    int64_t         line;         /* physical line of text[0] */
};

/* The records of the file from `range->begin` on; no piece is there yet. A file that is
 * not what was scanned is an error, now or later. */
weft_status wf_csv_pieces_init(struct wf_csv_pieces *p, const struct wf_csv *f, const struct wf_csv_range *range,
                               struct weft_error *err);
void        wf_csv_pieces_fini(struct wf_csv_pieces *p); /* a zeroed one with file.fd = -1 is fine */

/* The next piece; n_records is 0 when there is none. */
weft_status wf_csv_pieces_next(struct wf_csv_pieces *p, struct weft_error *err);

/* The file is not what was scanned. */
weft_status wf_csv_changed(const struct wf_csv *f, struct weft_error *err);

#endif
