/* dtype.c - names and sizes of element types. */
#include <weft/dtype.h>

static const struct {
    const char *name;
    size_t      size;
} dtypes[] = {
    [WEFT_BOOL]    = {"bool",    1},
    [WEFT_INT64]   = {"int64",   8},
    [WEFT_FLOAT32] = {"float32", 4},
    [WEFT_FLOAT64] = {"float64", 8},
    [WEFT_DATE]    = {"date",    4},
    [WEFT_STRING]  = {"string", 16},
};
_Static_assert(sizeof dtypes / sizeof *dtypes == WEFT_DTYPE_COUNT, "one row a type");

const char *weft_dtype_name(weft_dtype dtype)
{
    return dtypes[dtype].name;
}

size_t weft_dtype_size(weft_dtype dtype)
{
    return dtypes[dtype].size;
}
