/* chunk.h - columns of equal length under one count, from inside. */
#ifndef WF_CHUNK_H
#define WF_CHUNK_H

#include <weft/chunk.h>

#include "lib/data/column.h"
#include "lib/data/schema.h"

struct weft_chunk {
    wf_count           holders;
    int64_t            n_rows;
    struct wf_schema  *schema;
    struct wf_column **columns; /* schema->n of them, each n_rows long */
};

/* Retains the schema, takes the columns (each may be NULL when making one failed:
 * then the others are released and the answer is NULL). n_rows matters alone when
 * there is no column. */
weft_chunk *wf_chunk_new(struct wf_schema *schema, int64_t n_rows, struct wf_column **columns);

/* Rows first .. first+n-1; the chunks one after another (n_chunks >= 1, equal
 * schemas). NULL: no memory. */
weft_chunk *wf_chunk_slice(weft_chunk *c, int64_t first, int64_t n);
weft_chunk *wf_chunk_concat(weft_chunk *const *chunks, int n_chunks);

/* "1872-11-30"; `text` holds at least WF_DATE_TEXT bytes. Civil from days: H. Hinnant, 2013. */
enum { WF_DATE_TEXT = 40 };
void wf_date_text(int32_t days, char *text);

#endif
