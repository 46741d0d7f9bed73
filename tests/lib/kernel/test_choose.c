/* test_choose.c - one of two values by a truth, for every type. */
#include <criterion/criterion.h>
#include <string.h>

#include "lib/data/column.h"
#include "lib/kernel/kernel.h"
#include "tests/support/values.h"

enum { ROOM = 2500 };

static _Alignas(64) char x_values[ROOM * 16], y_values[ROOM * 16], out_values[ROOM * 16];
static uint8_t truth[ROOM];

static void check(weft_dtype dtype, int64_t n, int steps, int over)
{
    const size_t bytes = weft_dtype_size(dtype);
    const int64_t st = steps & 1, sx = steps >> 1 & 1, sy = steps >> 2 & 1;
    struct wf_arg in[3] = {{truth, st, NULL}, {x_values, sx, NULL}, {y_values, sy, NULL}};

    if (over) {
        memcpy(out_values, over == 1 ? x_values : y_values, (size_t)(n ? n : 1) * bytes);
        in[over].values = out_values;
    }
    wf_kernel_find(WEFT_OP_IF, dtype)(out_values, in, n);
    for (int64_t i = 0; i < n; i++) {
        const char *want = truth[i * st] ? x_values + (size_t)(i * sx) * bytes : y_values + (size_t)(i * sy) * bytes;

        cr_assert(!memcmp(out_values + (size_t)i * bytes, want, bytes), "%s on %s: n %d, steps %d, over %d, element %d",
                  weft_dtype_name(dtype), wf_isa_name(wf_isa()), (int)n, steps, over, (int)i);
    }
}

static void check_all(void)
{
    for (int t = 0; t < WEFT_DTYPE_COUNT; t++)
        for (int l = 0; length_at(l) >= 0; l++)
            for (int steps = 0; steps < 8; steps++)
                for (int over = 0; over < 3; over++) {
                    const weft_dtype dtype = (weft_dtype)t;

                    any_fill(dtype == WEFT_STRING ? WEFT_INT64 : dtype, x_values, ROOM, 1);
                    any_fill(dtype == WEFT_STRING ? WEFT_INT64 : dtype, y_values, ROOM, 2);
                    any_fill(WEFT_BOOL, truth, ROOM, (uint64_t)l);
                    check(dtype, length_at(l), steps, over);
                }
}

Test(choose, each_type_with_many_and_single_operands)
{
    on_each_isa(check_all);
}
