/* coder.h - the distinct values of a column, numbered 1, 2, 3, ... as they first appear.
 *
 * 0 means that the row is dropped. Values are equal as pandas has it: all NaN are
 * one, -0.0 equals 0.0, nulls are dropped, or kept as one value of their own.
 *
 * Integers in a narrow range index a window directly; all others go through open
 * addressing, strings by their 16-byte views.
 *
 * What always holds:
 *   1. Codes 1..n are given out; code c has its value at words[c] or views[c].
 *   2. Either window is used (n_window > 0) or slots, never both.
 *   3. n_slots is a power of two, at least twice n, or 0.
 */
#ifndef WF_CODER_H
#define WF_CODER_H

#include "lib/data/column.h"

struct wf_coder {
    weft_dtype      dtype;
    bool            keep_null;
    int64_t         n_rows;      /* about so many will come: how wide a window may be */
    uint32_t        n;
    uint32_t        null_code;   /* of the null key; 0: none came, or not kept */
    uint32_t        room;        /* of words or views */
    uint64_t       *words;       /* the values as 64 bits, for all but strings */
    struct wf_view *views;       /* strings; long texts lie in `text` */
    char           *text;
    size_t          n_text, text_room;
    uint32_t       *window;      /* code of word low + i */
    uint64_t        low, n_window;
    struct wf_code_slot *slots;
    uint64_t        n_slots;
};

/* Rows that wf_coder_add() takes at a time. */
enum { WF_CODER_BATCH = 2048 };

void wf_coder_init(struct wf_coder *c, weft_dtype dtype, bool keep_null, int64_t n_rows);
void wf_coder_fini(struct wf_coder *c); /* a zeroed one is fine */

/* codes[i] = the code of row i; n <= WF_CODER_BATCH. False: no memory. */
bool wf_coder_add(struct wf_coder *c, const struct wf_column *column, int64_t n, uint32_t *codes);

/* codes[i] = the code of the pair (codes[i], second[i]); 0 if either is 0. For a coder of
 * int64, whose word for the pair has the first in its high half. False: no memory. */
bool wf_coder_add_pairs(struct wf_coder *c, const uint32_t *second, int64_t n, uint32_t *codes);

/* out[i] = the value of codes[i], 0 <= i < n. NULL: no memory. */
struct wf_column *wf_coder_values(const struct wf_coder *c, const uint32_t *codes, uint32_t n);

#endif
