/* table.h - one value per key, in order of first appearance: what by-key steps gather in.
 *
 * Rows lie one after another: 16 bytes of key, then the value. Keys of up to 12
 * bytes are in the row itself, padded with zeros, so that comparing one is comparing
 * two words; longer ones lie in `text`.
 *
 *     row   | len | 12 bytes of key          | value ... |
 *           | len | place in text            | value ... |
 *     slot  | 32 bits of hash | row + 1 |
 *
 * What always holds:
 *   1. n_slots is a power of two, more than n (or both are 0).
 *   2. A key's slot sits between its home, hash & (n_slots - 1), and the next empty one.
 *   3. Rows are in order of first appearance.
 */
#ifndef WF_TABLE_H
#define WF_TABLE_H

#include "lib/bag/records.h"

struct wf_key {
    uint32_t len;
    union {
        char     small[12];
        uint32_t at[2];    /* low and high half: a key needs no 8-byte alignment */
    } u;
};
_Static_assert(sizeof(struct wf_key) == 16, "a key is two words");

struct wf_slot {
    uint32_t hash;
    uint32_t row; /* + 1; 0: empty */
};

struct wf_table {
    size_t          value_bytes, stride;
    uint32_t        n, room;
    char           *rows;
    char           *text;
    size_t          n_text, text_room;
    struct wf_slot *slots;
    size_t          n_slots;
};

void wf_table_init(struct wf_table *t, size_t value_bytes);
void wf_table_fini(struct wf_table *t); /* a zeroed one is fine */

/* The value under `key`, or room for it when the key is `fresh`: then the caller
 * sets it. 16-byte aligned, valid until the next call. NULL: no memory. */
void *wf_table_put(struct wf_table *t, struct weft_text key, uint64_t hash, bool *fresh);

/* Row i, 0 <= i < n; key and value lent until the next put. */
struct weft_text wf_table_key(const struct wf_table *t, uint32_t i);
void            *wf_table_value(const struct wf_table *t, uint32_t i);

#endif
