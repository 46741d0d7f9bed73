/* test_date.c - the parts of dates against the calendar of the C library. */
#include <criterion/criterion.h>
#include <time.h>

#include "lib/kernel/kernel.h"
#include "lib/kernel/time/civil.h"

static int64_t part(weft_op op, int32_t days)
{
    const struct wf_arg in = {&days, 1, NULL};
    int64_t out;

    wf_kernel_find(op, WEFT_DATE)(&out, &in, 1);
    return out;
}

Test(date, parts_are_those_of_the_calendar)
{
    for (int32_t days = -800000; days < 800000; days += 37) {
        const time_t t = (time_t)days * 86400;
        struct tm tm;
        int32_t back;

        cr_assert(gmtime_r(&t, &tm));
        cr_assert_eq(part(WEFT_OP_YEAR, days), tm.tm_year + 1900);
        cr_assert_eq(part(WEFT_OP_MONTH, days), tm.tm_mon + 1);
        cr_assert_eq(part(WEFT_OP_DAY, days), tm.tm_mday);
        cr_assert_eq(part(WEFT_OP_WEEKDAY, days), (tm.tm_wday + 6) % 7);
        cr_assert(wf_civil_days(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, &back) && back == days);
    }
}

Test(date, the_ends_of_int32_have_parts)
{
    cr_assert_eq(part(WEFT_OP_YEAR, INT32_MAX), 5881580);
    cr_assert_eq(part(WEFT_OP_YEAR, INT32_MIN), -5877641);
}

Test(date, days_that_are_not_are_refused)
{
    int32_t days;

    cr_assert(!wf_civil_days(2021, 2, 29, &days));
    cr_assert(!wf_civil_days(1900, 2, 29, &days));
    cr_assert(wf_civil_days(2000, 2, 29, &days));
    cr_assert(!wf_civil_days(2000, 13, 1, &days));
    cr_assert(!wf_civil_days(2000, 0, 1, &days));
    cr_assert(!wf_civil_days(2000, 4, 31, &days));
    cr_assert(!wf_civil_days(2000, 4, 0, &days));
}
