#include <criterion/criterion.h>
#include <string.h>

#include "lib/base/duration.h"

Test(duration, has_three_digits_and_the_unit_that_fits)
{
    static const struct {
        int64_t     ns;
        const char *text;
    } cases[] = {
        {0, "0 ns"},           {417, "417 ns"},         {999, "999 ns"},      {1000, "1.00 us"},
        {1284, "1.28 us"},     {9999, "10.0 us"},       {93540, "93.5 us"},   {999499, "999 us"},
        {999500, "1.00 ms"},   {93500000, "93.5 ms"},   {999900000, "1.00 s"},{12040000000, "12.0 s"},
        {3600000000000, "3600 s"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[WF_DURATION_TEXT];

        cr_assert_str_eq(wf_duration_text(cases[i].ns, text), cases[i].text);
    }
}

Test(duration, of_the_longest_time_fits_its_room)
{
    char text[WF_DURATION_TEXT];

    cr_assert_str_eq(wf_duration_text(INT64_MAX, text), "9223372037 s");
}
