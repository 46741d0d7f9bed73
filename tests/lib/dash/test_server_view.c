/* What follows from several looks, at a pool that does what the test says. */
#include "lib/dash/server_view.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/lib/dash/fake_live.h"

static struct wf_view v;

static void begin(void)
{
    cr_assert_eq(wf_view_init(&v, NULL, NULL), WEFT_OK);
}

static void end(void)
{
    wf_view_fini(&v);
    cr_assert_eq(fake_opened(), 0);
}

TestSuite(view, .init = begin, .fini = end);

static void second_run(struct fake *f, void *arg)
{
    const uint64_t n_tasks = *(const uint64_t *)arg;

    f->now.n_runs_begun = 2;
    f->now.n_runs_ended = 1;
    f->groups[0].n_tasks += n_tasks;
    f->groups[0].n_open = n_tasks;
    f->groups[0].n_open_done = 2;
    f->groups[0].n_done += 2;
}

static void end_run(struct fake *f, void *arg)
{
    (void)arg;
    f->now.n_runs_ended = f->now.n_runs_begun;
    f->groups[0].n_done += f->groups[0].n_open - f->groups[0].n_open_done;
    f->groups[0].n_open = f->groups[0].n_open_done = 0;
}

Test(view, progress_is_of_the_runs_that_go_on_and_stays_when_they_end)
{
    uint64_t n_tasks = 30;

    fake_fill(1, 2, 10, 4);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    cr_expect_eq(wf_view_total(&v).n_tasks, 10);
    cr_expect_eq(wf_view_total(&v).n_done, 4);
    fake_change(end_run, NULL);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    cr_expect_eq(wf_view_total(&v).n_tasks, 10);
    cr_expect_eq(wf_view_total(&v).n_done, 10);
    fake_change(second_run, &n_tasks);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    cr_expect_eq(wf_view_total(&v).n_tasks, 30);
    cr_expect_eq(wf_view_total(&v).n_done, 2);
    cr_expect_eq(v.now.groups[0].n_done, 12);
}

Test(view, a_run_that_follows_unseen_begins_anew_too)
{
    uint64_t n_tasks = 30;

    fake_fill(1, 2, 10, 4);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    fake_change(end_run, NULL);
    fake_change(second_run, &n_tasks); // no look between
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    cr_expect_eq(wf_view_total(&v).n_tasks, 30);
    cr_expect_eq(wf_view_total(&v).n_done, 2);
}

static void overlap(struct fake *f, void *arg)
{
    (void)arg;
    f->now.n_runs_begun = 2; // the first goes on
    f->groups[0].n_tasks += 5;
    f->groups[0].n_open += 5;
}

Test(view, runs_that_overlap_are_told_together)
{
    fake_fill(1, 2, 10, 4);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    fake_change(overlap, NULL);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    cr_expect_eq(wf_view_total(&v).n_tasks, 15);
}

static void work(struct fake *f, void *arg)
{
    f->groups[*(int *)arg].n_done++;
}

Test(view, only_groups_that_moved_have_changed)
{
    int which = 2;

    fake_fill(4, 1, 10, 0);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    for (int g = 0; g < 4; g++)
        cr_expect(v.changed[g]);
    fake_change(work, &which);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    for (int g = 0; g < 4; g++)
        cr_expect_eq(v.changed[g], g == which);
    cr_expect(v.moved);
}

static void refuse(struct fake *f, void *arg)
{
    f->refuses = *(bool *)arg;
}

Test(view, what_was_known_outlives_a_look_without_memory)
{
    bool yes = true, no = false;

    fake_fill(3, 2, 10, 4);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    fake_change(refuse, &yes);
    cr_expect_eq(wf_view_look(&v), WEFT_NOMEM);
    cr_expect_eq(v.n_looks, 1);
    cr_expect_eq(wf_view_total(&v).n_done, 12);
    fake_change(refuse, &no);
    fake_fill(5, 2, 10, 6);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    cr_expect_eq(wf_view_total(&v).n_done, 30);
}

/* 6 tasks of 1 ms left in each of two groups, two workers: 6 ms. */
Test(view, time_left_is_that_of_the_tasks_left_at_their_mean)
{
    fake_fill(2, 2, 10, 4);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    cr_expect_float_eq(wf_view_left_s(&v), 0.006, 1e-9);
    fake_change(end_run, NULL);
    cr_assert_eq(wf_view_look(&v), WEFT_OK);
    cr_expect_lt(wf_view_left_s(&v), 0);
}
