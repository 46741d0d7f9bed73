/* metg.c - how short tasks may be before more than half of the time is overhead.
 *
 * METG(50%) by Task Bench's rules (Slaughter et al., SC20): bodies are made shorter
 * until the work in them is only half of what the workers could have done,
 *
 *     efficiency  = tasks x body / (wall x workers)
 *     granularity = wall x workers / tasks
 *
 * and the least granularity at which efficiency is still 50 % is the figure.
 */
#include "bench/support/measure.h"
#include "bench/support/spin.h"
#include "bench/support/stats.h"

#include <stdlib.h>

/* Each length is run until N_RUNS or ENOUGH_NS are reached; N_STEPS lengths between too
 * short and long enough, so that the figure is the last of 2^6 steps within a factor 2. */
enum { N_RUNS = 9, ENOUGH_NS = 50000000, N_STEPS = 6 };

/* Some 20 us a task. Who wastes more than that is measured there: the figure is then the
 * least that it can be. So it ends soon where another program has one of the cores. */
static const int64_t MOST_TURNS = INT64_C(1) << 14;

struct search {
    const struct bench_job *job;
    struct bench_grain      grain;
    void                   *graph;
    double                  spin_ns;
};

/* Wall x workers / tasks with bodies of n_turns: the median. 0: the engine failed. */
static double granularity(struct search *s, int64_t n_turns)
{
    const struct bench_job *job = s->job;
    const int64_t           begin_all = bench_now_ns();
    double                  wall[N_RUNS];
    int                     n = 0;

    s->grain.n_turns = n_turns;
    while (n < N_RUNS && (n == 0 || bench_now_ns() - begin_all < ENOUGH_NS)) {
        const int64_t begin = bench_now_ns();

        if (!job->dag->run(job->engine, s->graph))
            return 0;
        wall[n++] = (double)(bench_now_ns() - begin);
    }
    return bench_stats_of(wall, n).median * job->request->workers / job->shape->n;
}

/* Of granularity(n_turns): so it is true as well, and the search ends, where that is 0. */
static bool is_half_work(const struct search *s, double granularity_ns, int64_t n_turns)
{
    return (double)n_turns * s->spin_ns >= granularity_ns / 2;
}

/* 0 if the engine failed. */
static double search(struct search *s)
{
    /* Half of what a task costs that does nothing: too few turns, as a rule. */
    int64_t low = (int64_t)(granularity(s, 1) / s->spin_ns / 2) + 1;
    int64_t high = 0;
    double  found = 0;

    while (low > 1 && is_half_work(s, granularity(s, low), low))
        low /= 2;
    for (high = 2 * low;; low = high, high *= 2) {
        found = granularity(s, high);
        if (is_half_work(s, found, high))
            break;
        if (high >= MOST_TURNS)
            return found;
    }
    for (int i = 0; i < N_STEPS && found > 0; i++) {
        const int64_t middle = low + (high - low) / 2;
        const double  at_middle = granularity(s, middle);

        if (at_middle <= 0)
            return 0;
        if (is_half_work(s, at_middle, middle)) {
            high = middle;
            found = at_middle;
        } else
            low = middle;
    }
    return found;
}

bool bench_measure_metg(const struct bench_job *job)
{
    struct search s = { .job = job, .spin_ns = job->request->spin_ns };
    bool          right = false;

    if (s.spin_ns <= 0)
        s.spin_ns = bench_spin_calibrate();
    s.graph = bench_build_warm(job, bench_spin_body(&s.grain));
    right = s.graph != NULL;
    for (int i = 0; i < job->request->runs && right; i++) {
        const double found = search(&s);

        right = found > 0;
        if (right)
            bench_print_sample(found);
    }
    job->dag->drop(job->engine, s.graph);
    return right;
}
