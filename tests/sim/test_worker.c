/* test_worker.c - the join counter under every schedule: its node runs once a run, after all before it.
 *
 * The file is included for what it keeps to itself.
 *
 *     p0 -+
 *     p1 -+-> node        each predecessor is a thread; whoever counts last runs the node
 *     p2 -+
 */
#include "scheduler/worker.c"

#include <criterion/criterion.h>

#include "lib/base/mem.h"
#include "tests/sim/sims.h"

enum { MOST_PREDS = 3 };

struct scene {
    struct wf_node   node;
    int              n_preds, n_runs;
    uint32_t         counts[MOST_PREDS]; /* how many each counts at once: held ones */
    _Atomic uint32_t run;                /* the present one; the node's end begins the next */
    int              result[MOST_PREDS]; /* plain: of which run it is */
    int              n_ran;              /* plain */
};

struct pred {
    struct scene *s;
    int           number;
};

static void run_node(struct scene *s, int run)
{
    for (int p = 0; p < s->n_preds; p++)
        wf_sim_check(s->result[p] == run, "run %d sees the result of run %d", run, s->result[p]);
    wf_sim_write(&s->n_ran, sizeof s->n_ran);
    s->n_ran++;
    wf_sim_check(s->n_ran == run, "in run %d the node has run %d times", run, s->n_ran);
    wf_store_release(&s->run, (uint32_t)run + 1);
    wf_wake(&s->run, MOST_PREDS);
}

static void *predecessor(void *arg)
{
    const struct pred *p = arg;
    struct scene *s = p->s;

    for (int run = 1; run <= s->n_runs; run++) {
        uint32_t now;

        while ((now = wf_load_acquire(&s->run)) < (uint32_t)run)
            wf_wait(&s->run, now, -1);
        wf_sim_write(&s->result[p->number], sizeof s->result[0]);
        s->result[p->number] = run;
        if (count_down(&s->node, s->counts[p->number], false))
            run_node(s, run);
    }
    return NULL;
}

static void play(void *how)
{
    struct scene *s = wf_alloc_aligned(sizeof *s);
    struct pred preds[MOST_PREDS];
    wf_thread threads[MOST_PREDS];
    uint32_t n_join = 0;

    *s = *(const struct scene *)how;
    for (int p = 0; p < s->n_preds; p++)
        n_join += s->counts[p];
    s->node.n_join = n_join & INT32_MAX;
    wf_init(&s->node.join, n_join);
    wf_init(&s->run, 1);
    wf_sim_name(&s->node.join, "join");
    wf_sim_name(&s->run, "run");
    for (int p = 0; p < s->n_preds; p++) {
        preds[p] = (struct pred){s, p};
        wf_thread_start(&threads[p], predecessor, &preds[p]);
    }
    for (int p = 0; p < s->n_preds; p++)
        wf_thread_join(threads[p]);
    wf_sim_check(s->n_ran == s->n_runs, "%d runs, and the node ran %d times", s->n_runs, s->n_ran);
    wf_sim_check(wf_load_relaxed(&s->node.join) == n_join, "the counter is not as before");
    wf_free(s);
}

Test(worker, the_last_to_count_runs_the_node)
{
    sim_all("join of two", play, &(struct scene){.n_preds = 2, .n_runs = 1, .counts = {1, 1}}, 4, 3);
    sim_all("join of three", play, &(struct scene){.n_preds = 3, .n_runs = 1, .counts = {1, 1, 1}}, 3, 2);
    sim_all("join of held ones", play, &(struct scene){.n_preds = 3, .n_runs = 1, .counts = {2, 1, 3}}, 3, 2);
}

Test(worker, the_counter_is_ready_for_the_next_run)
{
    sim_all("two runs", play, &(struct scene){.n_preds = 2, .n_runs = 2, .counts = {1, 1}}, 3, 2);
    sim_some("three runs", play, &(struct scene){.n_preds = 3, .n_runs = 3, .counts = {1, 2, 1}}, 20000);
}
