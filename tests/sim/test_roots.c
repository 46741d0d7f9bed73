/* test_roots.c - ranges of roots under every schedule: each root runs once, of the run it belongs to.
 *
 * Workers claim blocks from a cursor, take roots one by one and split each other's
 * ranges. When all roots ran, the next run sits in the same place with the same
 * numbers: a word read before means the new run when its exchange succeeds.
 */
#include <criterion/criterion.h>

#include "lib/base/mem.h"
#include "scheduler/roots.h"
#include "tests/sim/sims.h"

enum { MOST_ROOTS = 6, MOST_WORKERS = 3 };

struct scene {
    int              n_workers, n_runs;
    uint32_t         n_roots, parts, most;
    _Atomic uint64_t cursor;
    _Atomic wf_range ranges[MOST_WORKERS];
    int              plan;                /* plain, written before a run is placed */
    int              n_ran[MOST_ROOTS];   /* plain */
    _Atomic uint32_t left, ended;
};

struct worker {
    struct scene *s;
    int           number;
};

static void place(struct scene *s, int run)
{
    wf_sim_write(&s->plan, sizeof s->plan);
    s->plan = run;
    for (uint32_t i = 0; i < s->n_roots; i++)
        s->n_ran[i] = 0;
    wf_store_relaxed(&s->left, s->n_roots);
    /* As in place.c. */
    wf_store_release(&s->cursor, (uint64_t)s->n_roots);
}

static void run_root(struct scene *s, wf_range root)
{
    const uint32_t i = wf_range_begin(root);
    int run;

    wf_sim_check(i < s->n_roots, "root %u of %u", i, s->n_roots);
    wf_sim_read(&s->plan, sizeof s->plan);
    run = s->plan;
    wf_sim_write(&s->n_ran[i], sizeof s->n_ran[i]);
    wf_sim_check(!s->n_ran[i]++, "root %u runs twice in run %d", i, run);
    if (wf_sub(&s->left, 1) == 1) {
        if (run < s->n_runs)
            place(s, run + 1);
        else
            wf_store_release(&s->ended, 1);
    }
}

static bool take_one(struct scene *s, int me)
{
    wf_range root;

    if (!wf_roots_take(&s->ranges[me], &root))
        return false;
    run_root(s, root);
    return true;
}

/* What is mine, else a block, else half of another's, as in worker.c. */
static void *worker(void *arg)
{
    const struct worker *w = arg;
    struct scene *s = w->s;
    wf_range got;

    while (!wf_load_acquire(&s->ended)) {
        if (take_one(s, w->number))
            continue;
        if (wf_roots_claim(&s->cursor, 0, s->parts, s->most, &got)) {
            wf_roots_fill(&s->ranges[w->number], got);
            continue;
        }
        for (int k = 1; k < s->n_workers; k++)
            if (wf_roots_split(&s->ranges[(w->number + k) % s->n_workers], &got)) {
                wf_roots_fill(&s->ranges[w->number], wf_range_rest(got));
                run_root(s, got);
                break;
            }
        wf_yield();
    }
    return NULL;
}

static void play(void *how)
{
    struct scene *s = wf_alloc_aligned(sizeof *s);
    struct worker workers[MOST_WORKERS];
    wf_thread threads[MOST_WORKERS];

    *s = *(const struct scene *)how;
    wf_init(&s->cursor, 0);
    wf_init(&s->left, 0);
    wf_init(&s->ended, 0);
    wf_sim_name(&s->cursor, "cursor");
    wf_sim_name(&s->left, "left");
    wf_sim_name(&s->ranges[0], "range 0");
    wf_sim_name(&s->ranges[1], "range 1");
    for (int i = 0; i < s->n_workers; i++)
        wf_init(&s->ranges[i], 0);
    place(s, 1);
    for (int i = 1; i < s->n_workers; i++) {
        workers[i] = (struct worker){s, i};
        wf_thread_start(&threads[i], worker, &workers[i]);
    }
    workers[0] = (struct worker){s, 0};
    worker(&workers[0]);
    for (int i = 1; i < s->n_workers; i++)
        wf_thread_join(threads[i]);
    for (uint32_t i = 0; i < s->n_roots; i++)
        wf_sim_check(s->n_ran[i] == 1, "root %u ran %d times in the last run", i, s->n_ran[i]);
    wf_free(s);
}

Test(roots, each_goes_to_one_worker)
{
    sim_all("one block, one thief", play, &(struct scene){.n_workers = 2, .n_runs = 1, .n_roots = 3, .parts = 1, .most = 8}, 3, 2);
    sim_all("blocks", play, &(struct scene){.n_workers = 2, .n_runs = 1, .n_roots = 4, .parts = 2, .most = 2}, 3, 1);
    sim_all("two thieves", play, &(struct scene){.n_workers = 3, .n_runs = 1, .n_roots = 3, .parts = 1, .most = 8}, 2, 1);
}

Test(roots, the_next_run_in_their_place_is_not_the_one_before)
{
    sim_all("two runs in a place", play, &(struct scene){.n_workers = 2, .n_runs = 2, .n_roots = 2, .parts = 1, .most = 8}, 3, 1);
    sim_some("three runs in a place", play, &(struct scene){.n_workers = 3, .n_runs = 3, .n_roots = 5, .parts = 2, .most = 3}, 20000);
}
