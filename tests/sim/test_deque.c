/* test_deque.c - the deque under every schedule: each task to exactly one, and what it stands for visible.
 *
 * A task is the number of a cell that the owner wrote before it pushed: whoever gets
 * the task reads the cell, which must not race, and nobody gets it twice.
 */
#include <criterion/criterion.h>

#include "lib/base/mem.h"
#include "scheduler/deque.h"
#include "tests/sim/sims.h"

enum { MOST_TASKS = 16 };

struct scene {
    struct wf_deque d;
    int             n_thieves, n_looks; /* each thief looks so often */
    wf_ready        n_pushed;
    int             cell[MOST_TASKS];   /* written before the push, plainly */
    int             taken[MOST_TASKS];  /* written by who took it, plainly: twice is a race */
};

/* A ring of so few slots that a handful of tasks fills it. */
static void small_ring(struct wf_deque *d, int64_t room)
{
    struct wf_ring *r = wf_alloc_aligned(sizeof *r + (size_t)room * sizeof r->slot[0]);

    wf_sim_check(wf_deque_init(d), "memory");
    wf_free(wf_load_relaxed(&d->ring));
    r->mask = room - 1;
    r->outgrown = NULL;
    wf_init(&d->ring, r);
    wf_sim_name(&d->top, "top");
    wf_sim_name(&d->bottom, "bottom");
    wf_sim_name(&d->ring, "ring");
}

static void got(struct scene *s, wf_ready task)
{
    wf_sim_check(task < MOST_TASKS, "what was taken is no task");
    wf_sim_check(s->cell[task] == 100 + (int)task, "task %d is not what was pushed", (int)task);
    wf_sim_check(!s->taken[task], "task %d is taken twice", (int)task);
    wf_sim_write(&s->taken[task], sizeof s->taken[task]);
    s->taken[task] = 1;
}

static void *thief(void *arg)
{
    struct scene *s = arg;
    wf_ready task;

    for (int i = 0; i < s->n_looks; i++)
        if (wf_deque_steal(&s->d, &task) == WF_STEAL_GOT)
            got(s, task);
    return NULL;
}

static void push(struct scene *s)
{
    wf_sim_write(&s->cell[s->n_pushed], sizeof s->cell[0]);
    s->cell[s->n_pushed] = 100 + (int)s->n_pushed;
    wf_sim_check(wf_deque_push(&s->d, s->n_pushed), "a push fails");
    s->n_pushed++;
}

static bool take(struct scene *s)
{
    wf_ready task;

    if (!wf_deque_take(&s->d, &task))
        return false;
    got(s, task);
    return true;
}

/* Plays the owner: '+' pushes, '-' takes. Then takes what is left, and all must have been taken. */
static void heist(const char *owner, int n_thieves, int n_looks, int64_t room, int64_t first)
{
    struct scene *s = wf_alloc_zero(1, sizeof *s);
    wf_thread threads[3];

    s->n_looks = n_looks;
    small_ring(&s->d, room);
    s->d.seen_top = first;
    wf_init(&s->d.top, first);
    wf_init(&s->d.bottom, first);
    for (int i = 0; i < n_thieves; i++)
        wf_thread_start(&threads[i], thief, s);
    for (; *owner; owner++)
        if (*owner == '+')
            push(s);
        else
            take(s);
    while (take(s))
        ;
    for (int i = 0; i < n_thieves; i++)
        wf_thread_join(threads[i]);
    for (wf_ready i = 0; i < s->n_pushed; i++)
        wf_sim_check(s->taken[i], "task %d is lost", (int)i);
    wf_deque_check(&s->d);
    wf_deque_fini(&s->d);
    wf_free(s);
}

static void last_task(void *arg)
{
    (void)arg;
    heist("+-", 2, 1, 4, 0);
}

static void last_of_two(void *arg)
{
    (void)arg;
    heist("++--", 1, 2, 4, 0);
}

static void across_a_grow(void *arg)
{
    (void)arg;
    heist("+++-", 2, 1, 2, 0);
}

static void across_a_grow_when_turned(void *arg)
{
    (void)arg;
    heist("+++--", 1, 3, 2, 3);
}

/* Slots are written again as soon as they are free, by what the owner remembers of top. */
static void full_ring(void *arg)
{
    (void)arg;
    heist("++-+-+", 1, 2, 2, 1);
}

static void take_then_push_again(void *arg)
{
    (void)arg;
    heist("+-+-+", 2, 1, 2, 0);
}

Test(deque, the_last_task_goes_to_one)
{
    sim_all("the last task", last_task, NULL, 3, 2);
    sim_all("the last of two", last_of_two, NULL, 3, 2);
}

Test(deque, a_grow_loses_nothing)
{
    sim_all("across a grow", across_a_grow, NULL, 3, 1);
    sim_all("across a grow, turned", across_a_grow_when_turned, NULL, 3, 2);
}

Test(deque, a_slot_is_not_written_before_it_was_read)
{
    sim_all("full ring", full_ring, NULL, 3, 2);
    sim_all("take then push again", take_then_push_again, NULL, 3, 1);
}

/* Long random plays: the owner does what the schedule's own choices say. */
static void at_random(void *arg)
{
    char owner[MOST_TASKS + 1];
    const int n = 6 + wf_sim_pick(10);

    (void)arg;
    for (int i = 0; i < n; i++)
        owner[i] = wf_sim_pick(3) ? '+' : '-';
    owner[n] = '\0';
    heist(owner, 2 + wf_sim_pick(2), 1 + wf_sim_pick(4), 2 << wf_sim_pick(2), wf_sim_pick(3));
}

Test(deque, each_task_goes_to_exactly_one)
{
    sim_some("deque at random", at_random, NULL, 30000);
}
