#include <criterion/criterion.h>

#include "lib/analyse/samples.h"

Test(samples, are_every_nth_of_what_was_seen)
{
    struct wf_samples s;

    cr_assert(wf_samples_init(&s));
    for (int64_t i = 0; i < 5 * (int64_t)WF_MOST_SAMPLES; i++) {
        wf_samples_add(&s, i);
        cr_assert_leq(s.n, WF_MOST_SAMPLES);
        cr_assert_eq(s.n, (s.n_seen + s.every - 1) / s.every);
    }
    cr_assert_eq(s.n_seen, 5 * (size_t)WF_MOST_SAMPLES);
    cr_assert_eq(s.every, 8);
    for (size_t k = 0; k < s.n; k++)
        cr_assert_eq(s.values[k], (int64_t)(k * s.every));
    wf_samples_fini(&s);
}

Test(samples, have_quartiles_the_lower_of_two)
{
    struct wf_samples s;

    cr_assert(wf_samples_init(&s));
    cr_assert_eq(wf_samples_quartile(&s, 2), 0);
    wf_samples_add(&s, 7);
    cr_assert_eq(wf_samples_quartile(&s, 1), 7);
    wf_samples_add(&s, -3);
    wf_samples_add(&s, 9);
    wf_samples_add(&s, 8);
    cr_assert_eq(wf_samples_quartile(&s, 2), 7);
    wf_samples_add(&s, 10);
    cr_assert_eq(wf_samples_quartile(&s, 1), 7);
    cr_assert_eq(wf_samples_quartile(&s, 2), 8);
    cr_assert_eq(wf_samples_quartile(&s, 4), 10);
    cr_assert_eq(s.values[0], 0);
    wf_samples_fini(&s);
}
