/* park.c - putting workers to sleep so that no call is missed. */
#include "scheduler/park.h"

#include "lib/base/assert.h"

void wf_park_init(struct wf_park *p)
{
    wf_init(&p->state, 0);
    wf_init(&p->tokens, 0);
}

void wf_park_check(struct wf_park *p, uint32_t n_workers)
{
    const uint64_t state = wf_load_seq(&p->state);

    WF_ASSERT((state >> 32) + (uint32_t)state <= n_workers); /* 1 */
    (void)state, (void)n_workers;
}

/* Moves one worker from sleeping to searching, if `only` says so. */
static bool call_one(struct wf_park *p, bool only_if_none_searches)
{
    uint64_t state = wf_load_seq(&p->state);

    do {
        if (!(uint32_t)state || (only_if_none_searches && state >= WF_PARK_SEARCHING))
            return false;
    } while (!wf_cas_seq(&p->state, &state, state - WF_PARK_SLEEPING + WF_PARK_SEARCHING));
    wf_add(&p->tokens, 1);
    wf_wake(&p->tokens, 1);
    return true;
}

void wf_park_wake_slowly(struct wf_park *p)
{
    call_one(p, true);
}

void wf_park_wake_all(struct wf_park *p)
{
    while (call_one(p, false))
        ;
}

bool wf_park_search(struct wf_park *p, uint32_t limit)
{
    uint64_t state = wf_load_relaxed(&p->state);

    do {
        if (state >> 32 >= limit)
            return false;
    } while (!wf_cas_seq(&p->state, &state, state + WF_PARK_SEARCHING));
    return true;
}

bool wf_park_found(struct wf_park *p)
{
    const bool last = wf_add_seq(&p->state, -WF_PARK_SEARCHING) >> 32 == 1;

    /* Full fence: we are not counted any more before the caller scans. Partner: the
     * fence in wf_park_wake() of a producer that saw us searching. */
    wf_fence_seq();
    return last;
}

void wf_park_sleep(struct wf_park *p, bool searching)
{
    wf_add_seq(&p->state, searching ? WF_PARK_SLEEPING - WF_PARK_SEARCHING : (uint64_t)WF_PARK_SLEEPING);
    /* Full fence: we are counted before we scan. Partner: the fence in wf_park_wake(). */
    wf_fence_seq();
}

void wf_park_commit(struct wf_park *p)
{
    uint32_t tokens = wf_load_acquire(&p->tokens);

    for (;;) {
        if (!tokens) {
            wf_wait(&p->tokens, 0, -1);
            tokens = wf_load_acquire(&p->tokens);
        } else if (wf_cas(&p->tokens, &tokens, tokens - 1)) {
            return;
        }
    }
}

/* One sleeper less is counted. */
static bool uncount_sleeper(struct wf_park *p)
{
    uint64_t state = wf_load_seq(&p->state);

    while ((uint32_t)state)
        if (wf_cas_seq(&p->state, &state, state - WF_PARK_SLEEPING))
            return true;
    return false;
}

static bool take_token(struct wf_park *p)
{
    uint32_t tokens = wf_load_acquire(&p->tokens);

    while (tokens)
        if (wf_cas(&p->tokens, &tokens, tokens - 1))
            return true;
    return false;
}

void wf_park_cancel(struct wf_park *p)
{
    /* For each worker between wf_park_sleep() and here one sleeper is counted, or a
     * token lies there, or is about to: either will do. To wait for a token would be to
     * sleep with work in hand: one that goes to sleep now may take the token that was
     * left for us, and leave us its count. */
    while (!uncount_sleeper(p)) {
        if (take_token(p)) {
            wf_park_found(p); /* with a token comes a search */
            return;
        }
        wf_yield(); /* who calls has counted and not yet left the token */
    }
}
