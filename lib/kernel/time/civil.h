/* civil.h - days since 1970-01-01 and the Gregorian calendar, each from the other.
 *
 * H. Hinnant, chrono-compatible low-level date algorithms (2013). The year is taken to
 * begin in March, so that the leap day is its last; eras of 400 years have 146097 days.
 */
#ifndef WF_CIVIL_H
#define WF_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

struct wf_civil {
    int64_t year, month, day;
};

static inline struct wf_civil wf_civil_of(int32_t days)
{
    /* Counted from an era so early that nothing is negative; within an era 32 bits do. */
    const uint64_t z = (uint64_t)((int64_t)days + 719468 + 14700 * (int64_t)146097);
    const uint64_t era = z / 146097;
    const uint32_t doe = (uint32_t)(z - era * 146097);                          /* 0 to 146096 */
    const uint32_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365; /* 0 to 399 */
    const uint32_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);               /* 0 to 365, from March 1 */
    const uint32_t mp = (5 * doy + 2) / 153;                                    /* 0 March to 11 February */
    const uint32_t month = mp < 10 ? mp + 3 : mp - 9;
    const int64_t year = (int64_t)(era * 400 + yoe + (month <= 2)) - 14700 * 400;

    return (struct wf_civil){year, month, doy - (153 * mp + 2) / 5 + 1};
}

/* False if there is no such day, or an int32 does not reach it. */
static inline bool wf_civil_days(int64_t year, int64_t month, int64_t day, int32_t *days)
{
    const int64_t y = year - (month <= 2);
    const int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    const int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    const int64_t z = era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
    struct wf_civil back;

    if (year < -5000000 || year > 5000000 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    *days = (int32_t)z;
    back = wf_civil_of(*days);
    return back.year == year && back.month == month && back.day == day;
}

#endif
