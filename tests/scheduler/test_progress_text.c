#include <criterion/criterion.h>
#include <string.h>

#include "lib/base/random.h"
#include "scheduler/progress.h"

static const struct weft_progress halfway = {
    .n_tasks = 1000, .n_done = 500, .n_runs = 1, .n_workers = 8, .n_busy = 7, .elapsed_ns = 2000000000,
    .tasks_per_s = 250, .left_ns = 2000000000, .resident_bytes = (size_t)64 << 20,
};

Test(progress_text, a_line_has_all_numbers)
{
    struct weft_progress end = halfway;
    char text[WF_PROGRESS_TEXT];

    cr_assert_str_eq(wf_progress_line(&halfway, text),
                     "weft: 500 of 1000 tasks (50%), 250 a second, 2.00 s left, 64.0 MiB, 7 of 8 workers busy");
    end.n_done = 1000;
    end.n_runs = 0;
    end.left_ns = 0;
    cr_assert_str_eq(wf_progress_line(&end, text),
                     "weft: 1000 of 1000 tasks (100%), 250 a second, ended after 2.00 s, 64.0 MiB");
}

Test(progress_text, a_bar_fills_as_much_as_is_done)
{
    struct weft_progress end = halfway;
    char text[WF_PROGRESS_TEXT];

    cr_assert_str_eq(wf_progress_bar(&halfway, 100, text),
                     "[==================>                 ]  50%  500/1000 tasks  250/s  2.00 s left  64.0 MiB  7/8 busy");
    end.n_done = 1000;
    end.n_runs = 0;
    cr_assert_str_eq(wf_progress_bar(&end, 60, text), "[==========] 100%  1000/1000 tasks  250/s  2.00 s  64.0 MiB");
}

Test(progress_text, a_narrow_terminal_has_no_bar_and_no_line_too_long)
{
    char text[WF_PROGRESS_TEXT];

    cr_assert_str_eq(wf_progress_bar(&halfway, 67, text), " 50%  500/1000 tasks  250/s  2.00 s left  64.0 MiB  7/8 busy");
    cr_assert_str_eq(wf_progress_bar(&halfway, 10, text), " 50%  500");
    cr_assert_str_eq(wf_progress_bar(&halfway, 1, text), "");
}

Test(progress_text, what_is_not_known_is_not_told)
{
    struct weft_progress begin = halfway;
    char text[WF_PROGRESS_TEXT];

    begin.n_done = 0;
    begin.tasks_per_s = 0;
    begin.left_ns = -1;
    cr_assert_str_eq(wf_progress_line(&begin, text), "weft: 0 of 1000 tasks (0%), 0.00 a second, 64.0 MiB, 7 of 8 workers busy");
    cr_assert_str_eq(wf_progress_bar(&(struct weft_progress){.n_runs = 1}, 60, text), 
                     "[=======] 100%  0/0 tasks  0.00/s  0 ns left  0 B  0/0 busy");
}

Test(progress_text, whatever_the_numbers_the_width_holds)
{
    for (uint64_t i = 0; i < 20000; i++) {
        char text[WF_PROGRESS_TEXT];
        uint32_t r[4], s[4];
        struct weft_progress p;
        int width;

        wf_random_block(3, 0, i, r);
        wf_random_block(3, 1, i, s);
        p = (struct weft_progress){
            .n_tasks = ((uint64_t)r[0] << 32 | r[1]) >> r[2] % 64, .n_runs = r[3] % 3, .n_workers = (int)(s[0] >> 1),
            .n_busy = (int)(s[1] >> 1), .elapsed_ns = INT64_MAX >> s[2] % 63, .tasks_per_s = s[3] * 1e9,
            .left_ns = (INT64_MAX >> r[3] % 63) - 2, .resident_bytes = SIZE_MAX >> r[2] % 64,
        };
        p.n_done = s[0] % 3 ? p.n_tasks / (1 + s[1] % 9) : p.n_tasks;
        width = (int)(s[2] % 300);
        wf_progress_bar(&p, width, text);
        cr_assert(strlen(text) == 0 || (int)strlen(text) < width, "%d: '%s'", width, text);
        cr_assert_lt(strlen(wf_progress_line(&p, text)), WF_PROGRESS_TEXT);
    }
}
