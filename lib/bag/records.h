/* records.h - records one after another: structs, texts, or both.
 *
 *   STRUCTS   data[n]
 *   TEXTS              text[text_at[i] .. text_at[i + 1])
 *   PAIRS     data[n]  and text
 *   GROUPS    data[data_at[i] .. data_at[i + 1])  and text
 *
 * What always holds:
 *   1. 0 <= n <= room; text_at and data_at have room + 1 places, when there.
 *   2. text_at[0] and data_at[0] are 0, and neither ever goes down.
 *   3. Written only while one holder exists.
 */
#ifndef WF_RECORDS_H
#define WF_RECORDS_H

#include <weft/bag.h>

#include "lib/data/count.h"

struct wf_shape {
    enum weft_record_kind kind;
    size_t                bytes; /* of one struct or value; 0 for texts */
};

struct weft_records {
    wf_count        holders;
    struct wf_shape shape;
    int64_t         n, room;
    char           *data;
    int64_t        *data_at;    /* in structs; groups only */
    int64_t         data_room;  /* in structs */
    char           *text;
    int64_t        *text_at;
    int64_t         text_room;
    uint32_t       *slots;      /* row + 1 by hash of its text, 0: empty; NULL: no index */
    size_t          n_slots;    /* a power of two, more than n */
};

static inline bool wf_shape_has_text(struct wf_shape s)
{
    return s.kind != WEFT_STRUCTS;
}
static inline bool wf_shape_has_data(struct wf_shape s)
{
    return s.kind != WEFT_TEXTS;
}
static inline bool wf_shape_equal(struct wf_shape a, struct wf_shape b)
{
    return a.kind == b.kind && a.bytes == b.bytes;
}
/* "structs", "texts", "pairs", "groups". */
const char *wf_kind_text(enum weft_record_kind kind);

/* How many structs or values, and how many bytes of text, the records hold. */
static inline int64_t wf_records_n_data(const weft_records *r)
{
    if (r->data_at)
        return r->data_at[r->n];
    return wf_shape_has_data(r->shape) ? r->n : 0;
}
static inline int64_t wf_records_n_text(const weft_records *r)
{
    return r->text_at ? r->text_at[r->n] : 0;
}

/* Empty, with room for n records. NULL: no memory. */
weft_records *wf_records_new(struct wf_shape shape, int64_t room);

/* Appends a record of the right kind. False: no memory, and nothing changed. */
bool wf_records_add(weft_records *r, const struct weft_record *record);

/* Appends rows first .. first + n - 1 of `from`, which is of the same shape. */
bool wf_records_add_rows(weft_records *r, const weft_records *from, int64_t first, int64_t n);

/* Empty, with room for exactly that: for those who know all sizes before. NULL: no memory. */
weft_records *wf_records_sized(struct wf_shape shape, int64_t n, int64_t n_data, int64_t n_text);

/* Makes weft_records_find() fast. False: no memory. */
bool wf_records_index(weft_records *r);

/* WEFT_OK, or WEFT_TYPE with "what: ..." when `v` is not records of `shape`. */
weft_status wf_records_check(struct weft_value v, struct wf_shape shape, const char *what,
                             struct weft_error *err);

#endif
