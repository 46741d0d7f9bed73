/* weft/block.h - an n-dimensional block of numbers: one chunk of an array.
 *
 * Row-major and contiguous, no nulls, bool as one byte (0 or 1), at most
 * WEFT_MAX_DIMS axes; zero axes hold one element. Data starts at a multiple of
 * 64 bytes unless it wraps memory of the caller.
 *
 * Ownership: counted. A block that others hold is not written.
 */
#ifndef WEFT_BLOCK_H
#define WEFT_BLOCK_H

#include <weft/dtype.h>
#include <weft/value.h>

WEFT_BEGIN

enum { WEFT_MAX_DIMS = 8 };

typedef struct weft_block weft_block;

/* A new block, elements not set. NULL: no memory. */
WEFT_API weft_block *weft_block_new(weft_dtype dtype, int n_dims, const int64_t *shape);

/* A block over memory of the caller, which `free_data(data)` gives back after the
 * last holder (NULL: the caller keeps it and it outlives the block). Taken. */
WEFT_API weft_block *weft_block_wrap(weft_dtype dtype, int n_dims, const int64_t *shape,
                                     void *data, void (*free_data)(void *data));

WEFT_API weft_block *weft_block_retain(weft_block *b);
WEFT_API void        weft_block_release(weft_block *b); /* NULL is fine */

WEFT_API weft_dtype     weft_block_dtype(const weft_block *b);
WEFT_API int            weft_block_n_dims(const weft_block *b);
WEFT_API const int64_t *weft_block_shape(const weft_block *b);  /* lent, n_dims long */
WEFT_API int64_t        weft_block_n_elems(const weft_block *b);
WEFT_API const void    *weft_block_data(const weft_block *b);   /* lent */

/* To fill a block just made, or one that nobody else holds. */
WEFT_API void *weft_block_data_mut(weft_block *b);

/* Element i in row-major order, converted as C does; 0 <= i < n_elems. */
WEFT_API double  weft_block_f64_at(const weft_block *b, int64_t i);
WEFT_API int64_t weft_block_i64_at(const weft_block *b, int64_t i);

/* The type of values that hold a block. */
extern WEFT_API const struct weft_type weft_type_block;

static inline weft_block *weft_value_block(struct weft_value v) /* lent; NULL: another type */
{
    return (weft_block *)weft_value_ptr(v, &weft_type_block);
}

WEFT_END
#endif
