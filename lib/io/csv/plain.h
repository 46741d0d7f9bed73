/* plain.h - one record of CSV text, found character by character.
 *
 * This is what the text means: the loops over 64 bytes at a time give the same
 * fields, and leave to this reader whatever they cannot see: quotes within unquoted
 * fields, letters behind a closing quote, comments, blank lines, short records,
 * carriage returns that end no line.
 */
#ifndef WF_CSV_PLAIN_H
#define WF_CSV_PLAIN_H

#include "lib/io/csv/dialect.h"

enum wf_csv_found {
    WF_CSV_RECORD,  /* fields are filled, `next` is behind the end of the line */
    WF_CSV_NOTHING, /* from `begin` on only blank lines and comments; next = n */
    WF_CSV_PARTIAL, /* the text ends within a record that starts at `begin` */
    WF_CSV_NO_ROOM, /* no memory */
};

/* Field i is text[first[i] .. last[i]), quotes included. */
struct wf_csv_record {
    uint32_t *first, *last;
    int       n, room;
    int64_t   begin, next;
    int64_t   quote;  /* of PARTIAL: where the open quote stands; -1: none is open */
};

/* The first record at or after text[at]; n < 4 GiB. A record ends with its line end,
 * so that of the last one must be there too. */
enum wf_csv_found wf_csv_record_find(struct wf_csv_record *r, const struct wf_csv_dialect *d,
                                     const char *text, int64_t n, int64_t at);
void              wf_csv_record_fini(struct wf_csv_record *r); /* a zeroed one is fine */

#endif
