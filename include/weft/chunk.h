/* weft/chunk.h - finished columns of equal length: one partition of a frame.
 *
 * A chunk is immutable once it is there, so any thread may read it, slices need
 * no copy, and a column can be part of many chunks. Layouts are Arrow's: values
 * one after another, bool as bits, strings as 16-byte views, and a validity
 * bitmap (bit set: there is a value) that is absent when nothing is null.
 *
 * Ownership: counted. What the asking functions return is lent for as long as
 *            the chunk is held.
 */
#ifndef WEFT_CHUNK_H
#define WEFT_CHUNK_H

#include <weft/dtype.h>
#include <weft/value.h>

WEFT_BEGIN

typedef struct weft_chunk weft_chunk;

/* A piece of UTF-8, not ended by a zero. */
struct weft_text {
    const char *ptr;
    int64_t     len;
};

WEFT_API weft_chunk *weft_chunk_retain(weft_chunk *c);
WEFT_API void        weft_chunk_release(weft_chunk *c); /* NULL is fine */

WEFT_API int64_t     weft_chunk_n_rows(const weft_chunk *c);
WEFT_API int         weft_chunk_n_columns(const weft_chunk *c);
WEFT_API const char *weft_chunk_name(const weft_chunk *c, int column);
WEFT_API weft_dtype  weft_chunk_dtype(const weft_chunk *c, int column);
WEFT_API int         weft_chunk_find(const weft_chunk *c, const char *name); /* -1: none */
WEFT_API int64_t     weft_chunk_n_nulls(const weft_chunk *c, int column);

/* One element, for printing and tests; numbers are converted as C does, dates are
 * days since 1970-01-01. A null gives NaN, 0 or an empty text. */
WEFT_API bool             weft_chunk_is_null(const weft_chunk *c, int column, int64_t row);
WEFT_API double           weft_chunk_f64_at(const weft_chunk *c, int column, int64_t row);
WEFT_API int64_t          weft_chunk_i64_at(const weft_chunk *c, int column, int64_t row);
WEFT_API struct weft_text weft_chunk_text_at(const weft_chunk *c, int column, int64_t row);

/* The values of a column of fixed-width numbers or dates, n_rows long; NULL for
 * bool and string, which text_at and i64_at read. */
WEFT_API const void *weft_chunk_values(const weft_chunk *c, int column);

/* The first `n_rows` rows as an aligned table, nulls shown as "null". */
WEFT_API void weft_chunk_print(const weft_chunk *c, int64_t n_rows, FILE *to);

/* The type of values that hold a chunk. */
extern WEFT_API const struct weft_type weft_type_chunk;

static inline weft_chunk *weft_value_chunk(struct weft_value v) /* lent; NULL: another type */
{
    return (weft_chunk *)weft_value_ptr(v, &weft_type_chunk);
}

WEFT_END
#endif
