/* shuffle.h - the records of one partition sorted into pieces, one per partition to come.
 *
 * Each source partition gives one value that holds all of its pieces; a reader
 * looks at its own piece in each.
 */
#ifndef WF_SHUFFLE_H
#define WF_SHUFFLE_H

#include "lib/bag/records.h"

struct wf_pieces {
    int           n;
    weft_records *piece[];
};

extern const struct weft_type wf_type_pieces;

/* n empty pieces. NULL: no memory. */
struct wf_pieces *wf_pieces_new(struct wf_shape shape, int n);
void              wf_pieces_free(struct wf_pieces *p); /* NULL is fine */

/* Piece k of input i of a call, lent. */
const weft_records *wf_call_piece(const weft_call *call, size_t i, int k);

#endif
