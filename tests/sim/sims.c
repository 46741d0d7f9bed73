/* sims.c - searches for tests. */
#include "tests/sim/sims.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/scale.h"

static void tell(const struct wf_sim_search *s, const struct wf_sim_result *r)
{
    printf("sim: %s: %lld schedules, %lld steps", s->name, (long long)r->n_schedules, (long long)r->n_steps);
    if (r->all)
        printf(", all with at most %d preemptions and %d stale loads", s->n_preemptions, s->n_stale);
    printf(s->how == WF_SIM_SOME ? ", from seeds\n" : "\n");
    fflush(stdout);
}

void sim_all(const char *name, sim_body *body, void *arg, int n_preemptions, int n_stale)
{
    const struct wf_sim_search s = {.name = name, .body = body, .arg = arg, .how = WF_SIM_ALL,
                                    .n_preemptions = n_preemptions, .n_stale = n_stale,
                                    .n_schedules = test_scale() > 1 ? test_scaled(100000) : 0};
    struct wf_sim_result r;
    const bool well = wf_sim_run(&s, &r);

    tell(&s, &r);
    cr_assert(well, "%s: %s", name, r.why);
}

void sim_some(const char *name, sim_body *body, void *arg, int64_t n)
{
    struct wf_sim_search s = {.name = name, .body = body, .arg = arg, .how = WF_SIM_SOME, .n_schedules = test_scaled(n),
                              .most_steps = 200000};
    struct wf_sim_result r;
    bool well;

    for (const char *c = name; *c; c++)
        s.seed = s.seed * 1000003 + (unsigned char)*c;
    well = wf_sim_run(&s, &r);
    tell(&s, &r);
    cr_assert(well, "%s: %s", name, r.why);
}

struct wf_sim_result sim_fails(const char *name, sim_body *body, void *arg, int n_preemptions, int n_stale)
{
    struct wf_sim_search s = {.name = name, .body = body, .arg = arg, .how = WF_SIM_ALL, .n_preemptions = n_preemptions,
                              .n_stale = n_stale, .quiet = true};
    struct wf_sim_result found, replayed;

    cr_assert(!wf_sim_run(&s, &found), "%s does not fail in %lld schedules", name, (long long)found.n_schedules);
    s.again = found.schedule;
    cr_assert(!wf_sim_run(&s, &replayed));
    cr_assert_str_eq(replayed.why, found.why);
    cr_assert_eq(replayed.n_schedules, 1);
    return found;
}

int64_t sim_by_time(const char *name, sim_body *body, void *arg)
{
    const struct wf_sim_search s = {.name = name, .body = body, .arg = arg, .how = WF_SIM_BY_TIME, .most_steps = 1000000};
    struct wf_sim_result r;

    cr_assert(wf_sim_run(&s, &r), "%s: %s", name, r.why);
    return r.now_ns;
}
