/* sims.h - searches for tests: they say how many schedules were played, and one that fails fails the test. */
#ifndef TESTS_SIMS_H
#define TESTS_SIMS_H

#include "scheduler/sim/sim.h"
#include "scheduler/sync.h"

typedef void sim_body(void *arg);

/* Every schedule with at most so many preemptions and stale loads. */
void sim_all(const char *name, sim_body *body, void *arg, int n_preemptions, int n_stale);

/* n schedules from a seed that the name decides; fewer where each is slow (WEFT_TEST_SCALE). */
void sim_some(const char *name, sim_body *body, void *arg, int64_t n);

/* Looks for a schedule that fails, which there must be, and plays it again: it must fail alike. */
struct wf_sim_result sim_fails(const char *name, sim_body *body, void *arg, int n_preemptions, int n_stale);

/* Virtual time at the end of the one schedule by time. */
int64_t sim_by_time(const char *name, sim_body *body, void *arg);

#endif
