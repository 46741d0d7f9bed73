/* test_gather.c - counts going up a tree, under every schedule: each is told once, with all it stands for. */
#include <criterion/criterion.h>

#include "lib/base/mem.h"
#include "scheduler/gather.h"
#include "tests/sim/sims.h"

enum { WORKERS = 3, MOST_TELLS = 2 };

/* Workers 0 and 1 share a group, 2 is alone in the other; both are in a third. */
struct scene {
    int                n_tells;
    struct wf_gather   tree;
    int                group_of[WORKERS], up[3];
    struct wf_gathered counts[3];
    _Atomic uint32_t   left;
    int                done[WORKERS]; /* plain: parts finished */
    bool               ended;
};

struct worker {
    struct scene *s;
    int           number;
};

static void *worker(void *arg)
{
    const struct worker *w = arg;
    struct scene *s = w->s;

    for (int i = 0; i < s->n_tells; i++) {
        uint32_t n;

        wf_sim_write(&s->done[w->number], sizeof s->done[0]);
        s->done[w->number]++;
        n = wf_gather_add(&s->tree, 0, w->number, 1);
        /* As in worker.c. */
        if (n && wf_sub(&s->left, n) == n) {
            for (int k = 0; k < WORKERS; k++) {
                wf_sim_read(&s->done[k], sizeof s->done[k]);
                wf_sim_check(s->done[k] == s->n_tells, "at the end worker %d has told %d times", k, s->done[k]);
            }
            s->ended = true;
        }
    }
    return NULL;
}

static void play(void *n_tells)
{
    struct scene *s = wf_alloc_aligned(sizeof *s);
    struct worker workers[WORKERS];
    wf_thread threads[WORKERS];

    *s = (struct scene){.n_tells = *(const int *)n_tells, .group_of = {0, 0, 1}, .up = {2, 2, -1}};
    s->tree = (struct wf_gather){.n_groups = 3, .group_of = s->group_of, .up = s->up, .counts = s->counts};
    for (int g = 0; g < 3; g++)
        wf_init(&s->counts[g].n, 0);
    wf_init(&s->left, (uint32_t)(WORKERS * s->n_tells));
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){s, i};
        wf_thread_start(&threads[i], worker, &workers[i]);
    }
    for (int i = 0; i < WORKERS; i++)
        wf_thread_join(threads[i]);
    wf_sim_check(s->ended, "nobody told the last: %u are left", wf_load_relaxed(&s->left));
    wf_free(s);
}

Test(gather, the_last_count_is_told_once_with_all_before_it)
{
    sim_all("gather once", play, &(int){1}, 3, 2);
    sim_all("gather twice", play, &(int){2}, 2, 1);
    sim_some("gather at random", play, &(int){2}, 20000);
}
