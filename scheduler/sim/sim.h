/* sim.h - many workers on one thread, every choice from a seed.
 *
 * Under WF_SIM the sources of the scheduler are compiled a second time, and each
 * operation of sync.h comes here instead of to the machine. Virtual threads take
 * turns on one real thread. Before each operation one choice says who goes on; at
 * each load another says which of the stores that the thread may still see it sees;
 * more say who is woken and who wakes for no reason. A schedule is the list of
 * these choices: it is searched for a failure, made shorter, printed, and played
 * again from the environment:
 *
 *     WEFT_SIM_REPLAY='name: 0*35 1 0*12 2' build/tests/test_sim_deque
 *
 * tells step by step what happened in that schedule of that search. (One that is too
 * long to print is told by the seed it came from.)
 *
 * Memory is that of C11 as far as this operational model goes (memory.c):
 *   - a location is the history of its stores; a thread has a view: the oldest
 *     store of each location it may still see. A release store carries the view of
 *     its thread, an acquire load that reads it joins it, an exchange reads the
 *     newest store and passes on what that one carried (release sequences);
 *   - fences: release, acquire, and sequentially consistent; a sequentially
 *     consistent access orders only itself among other such accesses and fences,
 *     as in C++20: it is no fence;
 *   - plain accesses of code compiled with -fsanitize=thread (whose calls come to
 *     races.c, not to that sanitizer) and those told by wf_sim_read() and
 *     wf_sim_write() must not race: vector clocks. Memory that was freed may not be
 *     touched, and what a schedule allocates it must free.
 *
 * Not modelled: loads that take their value from a later store (load buffering,
 * values out of thin air); two threads' stores to one location that settle in
 * another order than they were made (2+2W); consume; atomics accessed in parts of
 * several sizes; what a compiler does to plain accesses. Loads look at most
 * WF_SIM_HISTORY stores back. A correct program on this model may still be wrong
 * for those; a failure found here is a failure of C11.
 *
 * Failures: an assertion (WF_ASSERT, wf_sim_check), a race, freed memory, a leak, a
 * deadlock (everybody waits for ever), a livelock (`most_steps`).
 *
 * Threads: one search at a time in a process.
 */
#ifndef WF_SIM_H
#define WF_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WF_SIM_THREADS = 8, WF_SIM_HISTORY = 8 };

enum wf_sim_how {
    WF_SIM_ALL,     /* every schedule within the bounds below */
    WF_SIM_SOME,    /* n_schedules of them, from `seed`: half by uniform choices, half by
                     * priorities that change at few points (PCT, Burckhardt et al. 2010),
                     * which are as often steps of one thread as of all */
    WF_SIM_BY_TIME, /* one: whoever is earliest in virtual time goes on, as real cores would */
};

struct wf_sim_search {
    const char     *name;
    void          (*body)(void *arg); /* the first virtual thread; it starts the others */
    void           *arg;
    enum wf_sim_how how;
    int             n_preemptions; /* ALL: how often a thread that could go on is stopped */
    int             n_stale;       /* ALL: how often a load sees an older store, or a sleep ends for no reason */
    uint64_t        seed;
    int64_t         n_schedules;   /* SOME: how many; ALL: no more than these (0: no limit) */
    int64_t         most_steps;    /* of one schedule; 0: 20000 */
    const char     *again;         /* only this schedule */
    bool            quiet;         /* a failure is expected: nothing is printed */
};

struct wf_sim_result {
    bool     failed;
    bool     all;                  /* ALL: the bounds are exhausted */
    int64_t  n_schedules, n_steps; /* of all */
    int64_t  now_ns;               /* virtual time at the end of the last schedule */
    char     why[512];
    char     schedule[8192];       /* of a failure, as WEFT_SIM_REPLAY takes it */
};

/* False: a schedule failed; told on stderr as well. */
bool wf_sim_run(const struct wf_sim_search *search, struct wf_sim_result *out);

/* ---- From inside a schedule -------------------------------------------------- */

/* A claim of the test; if it is false the schedule has failed and ends here. */
#define wf_sim_check(truth, ...) ((truth) ? (void)0 : wf_sim_fail(__VA_ARGS__))
_Noreturn void wf_sim_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Plain accesses that another thread's must be ordered with. */
void wf_sim_read(const volatile void *p, size_t bytes);
void wf_sim_write(volatile void *p, size_t bytes);

/* Lets virtual time of this thread pass, as a body that computes would. */
void wf_sim_spend(int64_t ns);

/* Names a location for what is printed. `name` is lent for the schedule. */
void wf_sim_name(const volatile void *p, const char *name);

int  wf_sim_self(void);       /* number of the virtual thread: 0 is the body */
bool wf_sim_is_running(void); /* whether a schedule is being played at all */
int  wf_sim_pick(int n);      /* a choice of the test's own: 0 <= x < n */

#endif
