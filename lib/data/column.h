/* column.h - finished values of one type, with a bitmap of which are there.
 *
 *   bool      values is a bitmap
 *   numbers   values is an array
 *   string    values is an array of 16-byte views; long texts lie in `texts`
 *
 * What always holds:
 *   1. Immutable while more than one holds it.
 *   2. valid is NULL exactly when n_nulls is 0; bit set: there is a value.
 *   3. Bitmaps start at bit 0 and end with a whole word: a slice shares values
 *      but has bitmaps of its own. Bits past the end are anything.
 *   4. The slot of a null holds some readable value (zero bytes unless said).
 */
#ifndef WF_COLUMN_H
#define WF_COLUMN_H

#include <string.h>

#include <weft/chunk.h>

#include "lib/data/buffer.h"

/* Arrow's utf8_view: up to 12 bytes inline, zero-padded; else a prefix and a
 * place. So equal inline strings have equal 16 bytes. */
struct wf_view {
    int32_t len;
    union {
        char small[12];
        struct {
            char    prefix[4];
            int32_t text;   /* which of the column's texts */
            int32_t offset;
        } big;
    } u;
};
_Static_assert(sizeof(struct wf_view) == 16, "a view is two words");
enum { WF_VIEW_INLINE = 12 };

struct wf_column {
    wf_count           holders;
    weft_dtype         dtype;
    int64_t            n;
    int64_t            n_nulls;
    const void        *values;
    const uint64_t    *valid;
    struct wf_buffer  *values_held;
    struct wf_buffer  *valid_held;
    int32_t            n_texts;
    struct wf_buffer **texts;      /* strings only */
};

/* Takes both buffers, also when NULL (no memory) comes back. `values` points into
 * values_held, `valid_held` may be NULL. */
struct wf_column *wf_column_new(weft_dtype dtype, int64_t n, struct wf_buffer *values_held,
                                const void *values, struct wf_buffer *valid_held, int64_t n_nulls);
/* The same for strings; `texts` is copied, its n_texts buffers are taken. */
struct wf_column *wf_column_new_text(int64_t n, struct wf_buffer *views, struct wf_buffer *valid_held,
                                     int64_t n_nulls, struct wf_buffer *const *texts, int32_t n_texts);
struct wf_column *wf_column_retain(struct wf_column *c);
void              wf_column_release(struct wf_column *c); /* NULL is fine */

/* Rows first .. first+n-1, sharing values. NULL: no memory. */
struct wf_column *wf_column_slice(struct wf_column *c, int64_t first, int64_t n);

/* The columns one after another; all of one type; n_columns >= 1. NULL: no memory. */
struct wf_column *wf_column_concat(struct wf_column *const *columns, int n_columns);

size_t wf_column_bytes(const struct wf_column *c);

static inline bool wf_column_is_null(const struct wf_column *c, int64_t row)
{
    return c->valid && !(c->valid[row >> 6] >> (row & 63) & 1);
}

static inline const char *wf_view_ptr(const struct wf_view *v, struct wf_buffer *const *texts)
{
    return v->len <= WF_VIEW_INLINE ? v->u.small : (const char *)texts[v->u.big.text]->data + v->u.big.offset;
}

static inline struct weft_text wf_column_text(const struct wf_column *c, int64_t row)
{
    const struct wf_view *v = (const struct wf_view *)c->values + row;

    return (struct weft_text){wf_view_ptr(v, c->texts), v->len};
}

/* A view of `len` bytes at `ptr`, which lie at `offset` of text number `text` if long. */
static inline struct wf_view wf_view_of(const char *ptr, int32_t len, int32_t text, int32_t offset)
{
    struct wf_view v = {.len = len};

    if (len <= WF_VIEW_INLINE) {
        memcpy(v.u.small, ptr, (size_t)len);
    } else {
        memcpy(v.u.big.prefix, ptr, 4);
        v.u.big.text = text;
        v.u.big.offset = offset;
    }
    return v;
}

#endif
