/* test_dtype.c - names and sizes as the header lists them. */
#include <weft/dtype.h>

#include <criterion/criterion.h>
#include <stdint.h>

Test(dtype, names_and_sizes_are_as_documented)
{
    const struct { weft_dtype dtype; const char *name; size_t size; } all[] = {
        {WEFT_BOOL, "bool", 1},           {WEFT_INT64, "int64", sizeof(int64_t)},
        {WEFT_FLOAT32, "float32", sizeof(float)}, {WEFT_FLOAT64, "float64", sizeof(double)},
        {WEFT_DATE, "date", sizeof(int32_t)},     {WEFT_STRING, "string", 16},
    };

    cr_assert_eq(sizeof all / sizeof *all, (size_t)WEFT_DTYPE_COUNT);
    for (int i = 0; i < WEFT_DTYPE_COUNT; i++) {
        cr_expect_str_eq(weft_dtype_name(all[i].dtype), all[i].name);
        cr_expect_eq(weft_dtype_size(all[i].dtype), all[i].size);
    }
}
