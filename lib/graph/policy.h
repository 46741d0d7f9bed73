/* policy.h - by which numbers work is handed out: the scheduler runs by them, a prediction replays them.
 *
 * So the two cannot drift apart: scheduler/worker.c, roots.h and pool.c decide by what is
 * written here, and so does lib/analyse/predict_replay.c, which may not include them.
 */
#ifndef WF_POLICY_H
#define WF_POLICY_H

#include <stdint.h>

enum {
    /* Roots that leave the cursor of a run at once: enough that the cursor is off the path,
     * few enough that all workers stay near one front. */
    WF_MOST_ROOTS = 64,
    WF_MOST_ROOTS_ALONE = 1024,
    /* A node with so many predecessors has them counted by each worker first. */
    WF_MANY_JOIN = 64,
    /* A wake by the system costs 20 to 40 us, so a worker looks about that long before it
     * sleeps. With more workers than cores, looking robs those who work. */
    WF_SPIN_NS = 50000,
    WF_SPIN_CROWDED_NS = 5000,
};

/* Of `left` roots in a cursor one claim takes so many: the next `1/parts`, at least one, at
 * most `most`. */
static inline uint32_t wf_policy_block(uint32_t left, uint32_t parts, uint32_t most)
{
    const uint32_t n = left / parts;

    return n > most ? most : n ? n : 1;
}

static inline uint32_t wf_policy_parts(int n_workers)
{
    return 2 * (uint32_t)n_workers;
}

/* Where a thief cuts a range: it takes what is from there on, the half rounded up. */
static inline uint32_t wf_policy_middle(uint32_t begin, uint32_t end)
{
    return begin + (end - begin) / 2;
}

/* More than so many do not search at a time. */
static inline uint32_t wf_policy_max_searching(int n_workers)
{
    return n_workers > 1 ? (uint32_t)n_workers / 2 : 1;
}

#endif
