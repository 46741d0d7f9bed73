/* test_park.c - parking under every schedule: no call is missed, and nobody is counted wrongly.
 *
 * Workers take the steps of worker.c over pieces of work that strangers push. A piece
 * waits until others run, so work that lies while somebody sleeps is a deadlock.
 *
 *     pushed[p] (only p stores)  ---->  claimed[p] (exchanged by who takes)
 */
#include <criterion/criterion.h>

#include "lib/base/mem.h"
#include "scheduler/park.h"
#include "tests/sim/sims.h"

enum { MOST_PRODUCERS = 4, MOST_WORKERS = 4 };

struct shop {
    struct wf_park   park;
    int              n_workers, n_producers, n_pieces; /* pieces: of each producer */
    uint32_t         limit;                            /* searchers */
    uint32_t         together;                         /* so many pieces wait for each other */
    bool             batch;                            /* one call for all pieces of a producer */
    _Atomic uint32_t pushed[MOST_PRODUCERS], claimed[MOST_PRODUCERS];
    _Atomic uint32_t began, done;
    _Atomic bool     closed;
    int              data[MOST_PRODUCERS];             /* written by the producer, read by who claims */
};

static bool look(struct shop *s)
{
    for (int p = 0; p < s->n_producers; p++) {
        uint32_t claimed = wf_load_acquire(&s->claimed[p]);

        while (claimed < wf_load_acquire(&s->pushed[p]))
            if (wf_cas_seq(&s->claimed[p], &claimed, claimed + 1)) {
                wf_sim_check(s->data[p] == 1, "the work is not there");
                return true;
            }
    }
    return false;
}

static bool is_work_left(struct shop *s)
{
    for (int p = 0; p < s->n_producers; p++)
        if (wf_load_fenced(&s->claimed[p]) < wf_load_fenced(&s->pushed[p]))
            return true;
    return false;
}

static void run_piece(struct shop *s)
{
    uint32_t n = wf_add(&s->began, 1) + 1;

    if (n % s->together == 0)
        wf_wake(&s->began, MOST_WORKERS);
    else
        for (const uint32_t all = (n / s->together + 1) * s->together; (n = wf_load_acquire(&s->began)) < all;)
            wf_wait(&s->began, n, -1);
    wf_add(&s->done, 1);
    wf_wake(&s->done, 1);
}

/* As run_found() of worker.c. */
static bool find_one(struct shop *s)
{
    bool searching = wf_park_search(&s->park, s->limit);

    for (;;) {
        if (searching && look(s)) {
            if (wf_park_found(&s->park) && is_work_left(s))
                wf_park_wake(&s->park);
            break;
        }
        wf_park_sleep(&s->park, searching);
        if (wf_load_acquire(&s->closed) || look(s)) {
            wf_park_cancel(&s->park);
            if (wf_load_acquire(&s->closed))
                return false;
            if (is_work_left(s))
                wf_park_wake(&s->park);
            break;
        }
        wf_park_commit(&s->park);
        searching = true;
    }
    run_piece(s);
    return true;
}

static void *worker(void *arg)
{
    struct shop *s = arg;

    do
        while (look(s))
            run_piece(s);
    while (find_one(s));
    return NULL;
}

static void produce(struct shop *s, int p)
{
    s->data[p] = 1;
    for (int i = 1; i <= s->n_pieces; i++) {
        wf_store_release(&s->pushed[p], (uint32_t)i);
        if (!s->batch || i == s->n_pieces)
            wf_park_wake(&s->park);
    }
}

struct producer {
    struct shop *shop;
    int          number;
};

static void *producer(void *arg)
{
    const struct producer *p = arg;

    produce(p->shop, p->number);
    return NULL;
}

/* Opens, lets all produce, waits until all is done, closes. */
static void open_shop(const struct shop *how)
{
    struct shop *s = wf_alloc_aligned(sizeof *s);
    wf_thread workers[MOST_WORKERS], producers[MOST_PRODUCERS];
    struct producer which[MOST_PRODUCERS];
    const uint32_t all = (uint32_t)(how->n_producers * how->n_pieces);
    uint32_t done;

    *s = *how;
    wf_park_init(&s->park);
    wf_init(&s->began, 0);
    wf_init(&s->done, 0);
    wf_init(&s->closed, false);
    wf_sim_name(&s->park.state, "state");
    wf_sim_name(&s->park.tokens, "tokens");
    wf_sim_name(&s->pushed[0], "pushed");
    wf_sim_name(&s->claimed[0], "claimed");
    wf_sim_name(&s->done, "done");
    wf_sim_name(&s->began, "began");
    for (int i = 0; i < s->n_workers; i++)
        wf_thread_start(&workers[i], worker, s);
    for (int p = 1; p < s->n_producers; p++) {
        which[p] = (struct producer){s, p};
        wf_thread_start(&producers[p], producer, &which[p]);
    }
    produce(s, 0);
    while ((done = wf_load_acquire(&s->done)) < all)
        wf_wait(&s->done, done, -1);
    wf_store_seq(&s->closed, true);
    wf_fence_seq();
    wf_park_wake_all(&s->park);
    for (int i = 0; i < s->n_workers; i++)
        wf_thread_join(workers[i]);
    for (int p = 1; p < s->n_producers; p++)
        wf_thread_join(producers[p]);
    wf_sim_check(wf_load_relaxed(&s->park.state) == 0, "at the end %u search and %u sleep",
                 (unsigned)(wf_load_relaxed(&s->park.state) >> 32), (unsigned)wf_load_relaxed(&s->park.state));
    wf_sim_check(wf_load_relaxed(&s->park.tokens) == 0, "%u tokens are left", wf_load_relaxed(&s->park.tokens));
    wf_free(s);
}

static void play(void *how)
{
    open_shop(how);
}

Test(park, no_call_is_missed)
{
    sim_all("one call", play, &(struct shop){.n_workers = 1, .n_producers = 1, .n_pieces = 2, .limit = 1, .together = 1}, 3, 2);
    sim_all("two calls", play, &(struct shop){.n_workers = 1, .n_producers = 2, .n_pieces = 1, .limit = 1, .together = 1}, 2, 1);
}

/* Two pieces that wait for each other need both workers. */
Test(park, no_work_is_left_while_a_worker_sleeps)
{
    sim_all("two together", play, &(struct shop){.n_workers = 2, .n_producers = 1, .n_pieces = 2, .limit = 1, .together = 2}, 2, 1);
    sim_all("two by two", play, &(struct shop){.n_workers = 2, .n_producers = 2, .n_pieces = 1, .limit = 1, .together = 2}, 2, 0);
    sim_all("a batch", play, &(struct shop){.n_workers = 2, .n_producers = 1, .n_pieces = 2, .limit = 1, .together = 2, .batch = true}, 2, 0);
}

/* A worker that has announced its sleep finds work and stays awake, while it is called,
 * and while another takes that call: it must not wait for one more. */
Test(park, who_found_work_does_not_sleep)
{
    sim_some("a call too late", play, &(struct shop){.n_workers = 2, .n_producers = 1, .n_pieces = 4, .limit = 1, .together = 1}, 20000);
    sim_some("a call too late, of three", play, &(struct shop){.n_workers = 3, .n_producers = 1, .n_pieces = 4, .limit = 1, .together = 2}, 20000);
}

static void at_random(void *arg)
{
    struct shop how = {.n_workers = 2 + wf_sim_pick(2), .n_producers = 1 + wf_sim_pick(3), .batch = wf_sim_pick(2)};

    (void)arg;
    how.limit = 1 + (uint32_t)wf_sim_pick(how.n_workers - 1);
    how.together = (uint32_t)how.n_workers - (uint32_t)wf_sim_pick(2);
    how.n_pieces = (int)how.together * (1 + wf_sim_pick(2));
    open_shop(&how);
}

Test(park, all_workers_are_there_when_needed)
{
    sim_some("park at random", at_random, NULL, 40000);
}
