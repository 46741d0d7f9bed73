/* predict_replay.h - a graph of known costs run by Weft's policy on virtual workers.
 *
 * A simulation by events that goes the way of scheduler/worker.c step by step:
 *
 *   - roots leave the cursor of their run in blocks, and a block becomes the range of a worker;
 *   - of what becomes ready by a node the first in rank runs next; the others are pushed
 *     so that the next in rank is taken first;
 *   - a worker takes its newest, then its next root, then a block, then counts what it holds
 *     back of a join with many predecessors, then looks elsewhere;
 *   - a thief asks its last victim, then the others behind its own number; it takes the oldest
 *     of a queue or the later half of a range;
 *   - at most half of the workers search; who has searched for a while sleeps; who makes work
 *     wakes one if none searches, and who finds work as the last searcher wakes the next.
 *
 * Numbers shared with the scheduler are in lib/graph/policy.h. tests/sim/test_predict.c holds
 * this against the scheduler itself in virtual time, task by task.
 *
 * Several runs at once share the workers, which take the roots of the run they are at first;
 * the turns that workers take among runs are not replayed.
 */
#ifndef WF_PREDICT_REPLAY_H
#define WF_PREDICT_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

struct wf_replay_node {
    int64_t  cost_ns;
    uint32_t first_succ; /* in succ; its last is before the next node's first */
    uint32_t n_join;     /* predecessors */
};

/* What is submitted at one moment. */
struct wf_replay_run {
    uint32_t first_root, n_roots; /* in roots */
    int64_t  at_ns;
    int64_t  start_ns;            /* from then until a worker looks */
};

struct wf_replay_graph {
    uint32_t                     n_nodes;
    const struct wf_replay_node *nodes; /* n_nodes + 1, in topological order */
    const uint32_t              *succ;  /* in order of rank */
    const uint32_t              *roots;
    const struct wf_replay_run  *runs;  /* by at_ns */
    uint32_t                     n_runs;
    int64_t                      idle_ns; /* since the workers had work before; < 0: they never had */
};

struct wf_replay_costs {
    int64_t task_ns;  /* of each task, before its body */
    int64_t edge_ns;  /* of each successor, after it */
    int64_t steal_ns; /* of a steal that succeeds */
    int64_t look_ns;  /* of each other worker that was looked at for it */
    int64_t wake_ns;  /* until one that is woken looks */
    int64_t call_ns;  /* of waking, for who wakes */
    int64_t spin_ns;  /* how long a worker searches before it sleeps */
};

struct wf_replay_how {
    int                    n_workers;
    struct wf_replay_costs costs;
    uint64_t               seed;    /* of who searches first and how long a steal and a wake take; 0: no chance */
    const int             *victims; /* n_workers - 1 of each worker; NULL: behind its own number */
    bool                   wakes_lowest; /* of the sleepers the lowest number is woken, not the first to sleep */

    /* What is to be told of each node; NULL: nothing. */
    int     *worker;
    int64_t *begin_ns;
};

struct wf_replay_result {
    int64_t  end_ns;  /* of the last node */
    int64_t  busy_ns; /* bodies, of all workers */
    uint64_t n_steals, n_wakes;
};

/* False: no memory. */
bool wf_replay(const struct wf_replay_graph *g, const struct wf_replay_how *how, struct wf_replay_result *out);

#endif
