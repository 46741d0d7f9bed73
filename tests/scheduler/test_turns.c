/* test_turns.c - a thread is blamed for the time it got, not for the time that passed. */
#include "scheduler/turns.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/tempdir.h"

/* What /proc says of a thread of a made-up process. */
static void thread_is(const char *root, int thread, const char *name, char state, int user, int system)
{
    char path[64], text[128];

    snprintf(path, sizeof path, "proc/self/task/%d/stat", thread);
    snprintf(text, sizeof text, "%d (%s) %c 1 2 3 0 -1 4194304 117 0 0 0 %d %d 0 0 20 0 1 0 99\n", thread, name, state,
             user, system);
    tempdir_write(root, path, text);
}

Test(turns, who_runs_has_had_its_turn_after_three_ticks)
{
    static struct wf_turns t;
    char *root = tempdir_new();

    thread_is(root, 901, "worker", 'R', 50, 7);
    wf_turns_begin(&t, root);
    cr_expect(!wf_turns_all_had(&t, root));
    thread_is(root, 901, "worker", 'R', 51, 8);
    cr_expect(!wf_turns_all_had(&t, root));
    thread_is(root, 901, "worker", 'R', 52, 8);
    cr_expect(wf_turns_all_had(&t, root));
    tempdir_remove(root);
}

Test(turns, who_sleeps_waits_for_something_else)
{
    static struct wf_turns t;
    char *root = tempdir_new();

    thread_is(root, 901, "worker", 'R', 50, 7);
    wf_turns_begin(&t, root);
    thread_is(root, 901, "worker", 'S', 50, 7);
    cr_expect(wf_turns_all_had(&t, root));
    tempdir_remove(root);
}

Test(turns, one_that_waits_for_a_page_or_was_stopped_has_not)
{
    static struct wf_turns t;
    char *root = tempdir_new();

    thread_is(root, 901, "worker", 'S', 0, 0);
    wf_turns_begin(&t, root);
    thread_is(root, 901, "worker", 'D', 0, 0);
    cr_expect(!wf_turns_all_had(&t, root));
    thread_is(root, 901, "worker", 'T', 0, 0);
    cr_expect(!wf_turns_all_had(&t, root));
    tempdir_remove(root);
}

Test(turns, every_thread_counts)
{
    static struct wf_turns t;
    char *root = tempdir_new();

    thread_is(root, 901, "a", 'R', 0, 0);
    thread_is(root, 902, "b", 'R', 0, 0);
    wf_turns_begin(&t, root);
    thread_is(root, 901, "a", 'R', 90, 0);
    cr_expect(!wf_turns_all_had(&t, root));
    thread_is(root, 902, "b", 'R', 90, 0);
    cr_expect(wf_turns_all_had(&t, root));
    thread_is(root, 903, "new", 'R', 90, 0);
    cr_expect(!wf_turns_all_had(&t, root));
    tempdir_remove(root);
}

Test(turns, a_name_may_hold_anything)
{
    static struct wf_turns t;
    char *root = tempdir_new();

    thread_is(root, 901, "x) S 1 (", 'R', 0, 0);
    wf_turns_begin(&t, root);
    cr_expect(!wf_turns_all_had(&t, root));
    thread_is(root, 901, "x) R 1 (", 'S', 0, 0);
    cr_expect(wf_turns_all_had(&t, root));
    tempdir_remove(root);
}

Test(turns, what_cannot_be_read_is_not_known)
{
    static struct wf_turns t;

    wf_turns_begin(&t, "/nowhere");
    cr_expect(!wf_turns_all_had(&t, "/nowhere"));
}

static _Atomic bool stop;

static void *spin(void *arg)
{
    (void)arg;
    while (!atomic_load(&stop))
        ;
    return NULL;
}

Test(turns, on_this_machine_a_busy_thread_has_its_turn_in_time)
{
    static struct wf_turns t;
    pthread_t thread;

    cr_assert_eq(pthread_create(&thread, NULL, spin, NULL), 0);
    wf_turns_begin(&t, "");
    while (!wf_turns_all_had(&t, ""))
        usleep(1000);
    atomic_store(&stop, true);
    pthread_join(thread, NULL);
    cr_expect(wf_turns_all_had(&t, "")); /* nobody is left */
}
