/* weft/dtype.h - the types of elements in columns and blocks. */
#ifndef WEFT_DTYPE_H
#define WEFT_DTYPE_H

#include <stddef.h>
#include <weft/api.h>

WEFT_BEGIN

typedef enum weft_dtype {
    WEFT_BOOL = 0, /* one bit in a column (as Arrow), one byte in a block (as NumPy) */
    WEFT_INT64,
    WEFT_FLOAT32,
    WEFT_FLOAT64,
    WEFT_DATE,     /* int32 days since 1970-01-01, proleptic Gregorian (Arrow date32) */
    WEFT_STRING,   /* UTF-8; 16-byte views in columns (Arrow utf8_view), not in blocks */
} weft_dtype;
enum { WEFT_DTYPE_COUNT = 6 };

/* "bool", "int64", "float32", "float64", "date", "string". */
WEFT_API const char *weft_dtype_name(weft_dtype dtype);

/* Bytes of one element in a block: 1, 8, 4, 8, 4, 16. */
WEFT_API size_t weft_dtype_size(weft_dtype dtype);

WEFT_END
#endif
