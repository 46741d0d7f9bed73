/* date.c - the kernels of dates, which are days since 1970-01-01: their parts. */
#include "lib/kernel/tables.h"
#include "lib/kernel/time/civil.h"

#define KERNEL static void

KERNEL year(void *out, const struct wf_arg *in, int64_t n)
{
    const int32_t *x = in[0].values;

    for (int64_t i = 0; i < n; i++)
        ((int64_t *)out)[i] = wf_civil_of(x[i * in[0].step]).year;
}

KERNEL month(void *out, const struct wf_arg *in, int64_t n)
{
    const int32_t *x = in[0].values;

    for (int64_t i = 0; i < n; i++)
        ((int64_t *)out)[i] = wf_civil_of(x[i * in[0].step]).month;
}

KERNEL day(void *out, const struct wf_arg *in, int64_t n)
{
    const int32_t *x = in[0].values;

    for (int64_t i = 0; i < n; i++)
        ((int64_t *)out)[i] = wf_civil_of(x[i * in[0].step]).day;
}

KERNEL weekday(void *out, const struct wf_arg *in, int64_t n)
{
    const int32_t *x = in[0].values;

    for (int64_t i = 0; i < n; i++) {
        const int64_t w = ((int64_t)x[i * in[0].step] + 3) % 7; /* 1970-01-01 was a Thursday */
        ((int64_t *)out)[i] = w < 0 ? w + 7 : w;
    }
}

wf_kernel *const wf_date_kernels[WEFT_OP_COUNT] = {
    [WEFT_OP_YEAR]    = year,
    [WEFT_OP_MONTH]   = month,
    [WEFT_OP_DAY]     = day,
    [WEFT_OP_WEEKDAY] = weekday,
};
