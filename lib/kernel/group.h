/* group.h - keys of any type become small numbers, one for each distinct key.
 *
 * A coder numbers the distinct values of one column 1, 2, 3, ... in the order
 * they first appear; 0 means the row is dropped. Groups fold the numbers of
 * several columns into one number a row, by coding pairs of numbers.
 *
 * Keys are equal as pandas has it: all NaN are one key, -0.0 equals 0.0, nulls
 * are dropped, or kept as one key.
 *
 * Integers in a narrow range index a table directly; all others go through open
 * addressing, strings by their 16-byte views.
 *
 * What always holds:
 *   1. Codes 1..n are given out; number c has its value at words[c] or views[c].
 *   2. Either window is used (n_window > 0) or slots, never both.
 *   3. n_slots is a power of two, at least twice n, or 0.
 */
#ifndef WF_GROUP_H
#define WF_GROUP_H

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

struct wf_groups {
    int              n_keys;
    uint32_t         n;       /* groups so far: 1..n */
    struct wf_coder *keys;    /* one a key column */
    struct wf_coder *pairs;   /* pairs[k] codes (group by keys 0..k, code of key k+1) */
    uint32_t        *codes;   /* of one batch */
};

/* Rows that wf_groups_add() takes at a time. */
enum { WF_GROUP_BATCH = 2048 };

/* About n_rows will come. False: no memory. */
bool wf_groups_init(struct wf_groups *g, int n_keys, const weft_dtype *dtypes, bool keep_null, int64_t n_rows);
void wf_groups_fini(struct wf_groups *g); /* a zeroed one is fine */

/* number[i] = the group of row i, 0 for a dropped row; n <= WF_GROUP_BATCH. With
 * no key columns every row is of group 1. False: no memory. */
bool wf_groups_add(struct wf_groups *g, const struct wf_column *const *keys, int64_t n, uint32_t *number);

/* Key column k of groups 1..n, as rows 0..n-1. NULL: no memory. */
struct wf_column *wf_groups_key(const struct wf_groups *g, int k);

#endif
