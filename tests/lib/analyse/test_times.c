#include <criterion/criterion.h>
#include <stdlib.h>

#include "lib/analyse/times.h"
#include "tests/support/hand_trace.h"

enum { MOST = 300 };

Test(times, are_sorted_and_those_of_one_time_keep_their_order)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        const size_t n = hand_number(seed, 0, MOST);
        const int shift = (int)hand_number(seed, 1, 55);
        struct wf_moment_of m[MOST], spare[MOST];

        for (size_t i = 0; i < n; i++)
            m[i] = (struct wf_moment_of){(int64_t)hand_number(seed, 2 + i, 200) << shift, (int64_t)i};
        wf_times_sort(m, spare, n);
        for (size_t i = 1; i < n; i++)
            cr_assert(m[i - 1].at_ns < m[i].at_ns || (m[i - 1].at_ns == m[i].at_ns && m[i - 1].change < m[i].change));
        for (size_t i = 0; i < n; i++)
            cr_assert_eq(m[i].at_ns, (int64_t)hand_number(seed, 2 + (uint64_t)m[i].change, 200) << shift);
    }
}

Test(times, that_touch_or_overlap_are_one_stretch)
{
    static const int64_t begin[] = {30, 0, 10, 50, 25, 70}, end[] = {40, 10, 20, 45, 35, 70};
    struct wf_times t;

    cr_assert(!wf_times_init(&t, begin, end, 6, NULL));
    cr_assert_eq(t.n, 2); /* 0 to 20, 25 to 40; what ends before it begins is none */
    cr_assert_eq(wf_times_within(&t, 0, 100), 35);
    cr_assert_eq(wf_times_within(&t, 15, 30), 10);
    cr_assert_eq(wf_times_within(&t, 20, 25), 0);
    cr_assert_eq(wf_times_within(&t, 30, 30), 0);
    cr_assert_eq(wf_times_within(&t, 40, 30), 0);
    wf_times_fini(&t);
    wf_times_fini(&t);
}

Test(times, within_any_stretch_are_what_each_nanosecond_says)
{
    for (uint64_t seed = 0; seed < 200; seed++) {
        const size_t n = hand_number(seed, 0, 12);
        int64_t begin[12], end[12];
        bool covered[200] = {false};
        struct wf_times t;

        for (size_t i = 0; i < n; i++) {
            begin[i] = hand_number(seed, 1 + 2 * i, 150);
            end[i] = begin[i] - 5 + hand_number(seed, 2 + 2 * i, 40);
            for (int64_t at = begin[i]; at < end[i]; at++)
                covered[at] = true;
        }
        cr_assert(!wf_times_init(&t, begin, end, n, NULL));
        for (int64_t from = 0; from < 200; from += 7) {
            int64_t expected = 0;

            for (int64_t to = from; to < 200; expected += covered[to++])
                cr_assert_eq(wf_times_within(&t, from, to), expected, "seed %zu", (size_t)seed);
        }
        wf_times_fini(&t);
    }
}
