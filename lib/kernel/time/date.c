/* date.c - the parts of dates, which are days since 1970-01-01.
 *
 * Years and months from days: H. Hinnant, chrono-compatible low-level date
 * algorithms (2013). The year is taken to begin in March, so that the leap day is
 * its last, and eras of 400 years have 146097 days each.
 */
#include "lib/kernel/tables.h"

struct civil {
    int64_t year, month, day;
};

static inline struct civil civil_of(int32_t days)
{
    const int64_t z = (int64_t)days + 719468;
    const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    const int64_t doe = z - era * 146097;                                      /* 0 to 146096 */
    const int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365; /* 0 to 399 */
    const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);               /* 0 to 365, from March 1 */
    const int64_t mp = (5 * doy + 2) / 153;                                    /* 0 March to 11 February */
    const int64_t month = mp < 10 ? mp + 3 : mp - 9;

    return (struct civil){yoe + era * 400 + (month <= 2), month, doy - (153 * mp + 2) / 5 + 1};
}

#define KERNEL static void

KERNEL year(void *out, const struct wf_arg *in, int64_t n)
{
    const int32_t *x = in[0].values;

    for (int64_t i = 0; i < n; i++)
        ((int64_t *)out)[i] = civil_of(x[i * in[0].step]).year;
}

KERNEL month(void *out, const struct wf_arg *in, int64_t n)
{
    const int32_t *x = in[0].values;

    for (int64_t i = 0; i < n; i++)
        ((int64_t *)out)[i] = civil_of(x[i * in[0].step]).month;
}

KERNEL day(void *out, const struct wf_arg *in, int64_t n)
{
    const int32_t *x = in[0].values;

    for (int64_t i = 0; i < n; i++)
        ((int64_t *)out)[i] = civil_of(x[i * in[0].step]).day;
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
