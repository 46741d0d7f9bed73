/* test_engine.c - the simulator itself: litmus tests, whose outcomes C11 tells, and failures it must find.
 *
 * Each litmus test runs two to four threads and collects what they saw; then the
 * outcomes that C11 allows must have come, and those it forbids must not.
 */
#include <criterion/criterion.h>

#include <string.h>

#include "lib/base/mem.h"
#include "tests/sim/sims.h"

static struct {
    _Atomic int x, y, z;
    int         plain;
    int         r[4];
    wf_mutex    lock;
    _Atomic uint32_t word;
} *m;
static int outcomes[256];

typedef void *part(void *arg);
struct litmus {
    part *parts[4];
};

/* Runs the parts, then counts the outcome r[0] r[1] r[2] r[3], two bits each. */
static void play(void *arg)
{
    const struct litmus *l = arg;
    wf_thread t[4];
    int n = 0;

    m = wf_alloc_zero(1, sizeof *m);
    wf_init(&m->x, 0);
    wf_init(&m->y, 0);
    wf_init(&m->z, 0);
    wf_init(&m->word, 0);
    wf_mutex_init(&m->lock);
    wf_sim_name(&m->x, "x");
    wf_sim_name(&m->y, "y");
    for (; n < 4 && l->parts[n]; n++)
        wf_thread_start(&t[n], l->parts[n], NULL);
    for (int i = 0; i < n; i++)
        wf_thread_join(t[i]);
    outcomes[m->r[0] | m->r[1] << 2 | m->r[2] << 4 | m->r[3] << 6]++;
    wf_free(m);
}

static void all(const char *name, struct litmus l)
{
    memset(outcomes, 0, sizeof outcomes);
    sim_all(name, play, &l, l.parts[3] ? 2 : 4, 2);
}

#define OUT(a, b, c, d) outcomes[(a) | (b) << 2 | (c) << 4 | (d) << 6]

#define PART(name, ...)               \
    static void *name(void *arg)      \
    {                                 \
        (void)arg;                    \
        __VA_ARGS__                   \
        return NULL;                  \
    }

/* ---- Store buffering: x = 1; r0 = y || y = 1; r1 = x ------------------------------- */

PART(sb_a, wf_store_relaxed(&m->x, 1); m->r[0] = wf_load_relaxed(&m->y);)
PART(sb_b, wf_store_relaxed(&m->y, 1); m->r[1] = wf_load_relaxed(&m->x);)
PART(sb_fence_a, wf_store_relaxed(&m->x, 1); wf_fence_seq(); m->r[0] = wf_load_relaxed(&m->y);)
PART(sb_fence_b, wf_store_relaxed(&m->y, 1); wf_fence_seq(); m->r[1] = wf_load_relaxed(&m->x);)
PART(sb_seq_a, wf_store_seq(&m->x, 1); m->r[0] = wf_load_seq(&m->y);)
PART(sb_seq_b, wf_store_seq(&m->y, 1); m->r[1] = wf_load_seq(&m->x);)
PART(sb_rmw_a, wf_store_relaxed(&m->x, 1); wf_add_seq(&m->z, 1); m->r[0] = wf_load_relaxed(&m->y);)

Test(engine, two_stores_may_both_be_late)
{
    all("sb", (struct litmus){{sb_a, sb_b}});
    cr_assert(OUT(0, 0, 0, 0) && OUT(0, 1, 0, 0) && OUT(1, 0, 0, 0) && OUT(1, 1, 0, 0));
}

Test(engine, two_fences_forbid_that)
{
    all("sb+fences", (struct litmus){{sb_fence_a, sb_fence_b}});
    cr_assert(!OUT(0, 0, 0, 0) && OUT(0, 1, 0, 0) && OUT(1, 0, 0, 0) && OUT(1, 1, 0, 0));
}

Test(engine, one_fence_does_not)
{
    all("sb+fence", (struct litmus){{sb_fence_a, sb_b}});
    cr_assert(OUT(0, 0, 0, 0));
}

Test(engine, sequentially_consistent_accesses_forbid_that)
{
    all("sb+seq", (struct litmus){{sb_seq_a, sb_seq_b}});
    cr_assert(!OUT(0, 0, 0, 0) && OUT(1, 1, 0, 0));
}

/* oneTBB#2136: an exchange that is sequentially consistent is no fence for others. */
Test(engine, an_exchange_is_no_fence)
{
    all("sb+rmw", (struct litmus){{sb_rmw_a, sb_fence_b}});
    cr_assert(OUT(0, 0, 0, 0));
}

/* tokio#1788: a load that is sequentially consistent is no fence for the store before. */
PART(sb_load_a, wf_store_relaxed(&m->x, 1); m->r[0] = wf_load_seq(&m->y);)
Test(engine, a_load_is_no_fence)
{
    all("sb+load", (struct litmus){{sb_load_a, sb_fence_b}});
    cr_assert(OUT(0, 0, 0, 0));
}

/* ---- Message passing: x = 1; y = 1 || r0 = y; r1 = x -------------------------------- */

PART(mp_a, wf_store_relaxed(&m->x, 1); wf_store_relaxed(&m->y, 1);)
PART(mp_release_a, wf_store_relaxed(&m->x, 1); wf_store_release(&m->y, 1);)
PART(mp_fence_a, wf_store_relaxed(&m->x, 1); wf_atomic_fence(memory_order_release); wf_store_relaxed(&m->y, 1);)
PART(mp_b, m->r[0] = wf_load_relaxed(&m->y); m->r[1] = wf_load_relaxed(&m->x);)
PART(mp_acquire_b, m->r[0] = wf_load_acquire(&m->y); m->r[1] = wf_load_relaxed(&m->x);)
PART(mp_fence_b, m->r[0] = wf_load_relaxed(&m->y); wf_atomic_fence(memory_order_acquire); m->r[1] = wf_load_relaxed(&m->x);)
PART(mp_rmw, wf_atomic_add(&m->y, 1, memory_order_relaxed);)
PART(mp_rmw_b, m->r[0] = wf_load_acquire(&m->y) == 2; m->r[1] = wf_load_relaxed(&m->x);)

Test(engine, relaxed_messages_pass_nothing)
{
    all("mp", (struct litmus){{mp_a, mp_b}});
    cr_assert(OUT(1, 0, 0, 0) && OUT(1, 1, 0, 0) && OUT(0, 0, 0, 0) && OUT(0, 1, 0, 0));
    all("mp+release", (struct litmus){{mp_release_a, mp_b}});
    cr_assert(OUT(1, 0, 0, 0));
    all("mp+acquire", (struct litmus){{mp_a, mp_acquire_b}});
    cr_assert(OUT(1, 0, 0, 0));
}

Test(engine, release_and_acquire_pass_what_was_before)
{
    all("mp+both", (struct litmus){{mp_release_a, mp_acquire_b}});
    cr_assert(!OUT(1, 0, 0, 0) && OUT(1, 1, 0, 0) && OUT(0, 0, 0, 0) && OUT(0, 1, 0, 0));
    all("mp+fences", (struct litmus){{mp_fence_a, mp_fence_b}});
    cr_assert(!OUT(1, 0, 0, 0) && OUT(1, 1, 0, 0));
    all("mp+fence+acquire", (struct litmus){{mp_fence_a, mp_acquire_b}});
    cr_assert(!OUT(1, 0, 0, 0) && OUT(1, 1, 0, 0));
}

Test(engine, an_exchange_between_passes_it_on)
{
    all("mp+rmw", (struct litmus){{mp_release_a, mp_rmw, mp_rmw_b}});
    cr_assert(!OUT(1, 0, 0, 0) && OUT(1, 1, 0, 0));
}

/* ---- Coherence and more threads ------------------------------------------------------ */

PART(co_a, wf_store_relaxed(&m->x, 1); wf_store_relaxed(&m->x, 2);)
PART(co_b, m->r[0] = wf_load_relaxed(&m->x); m->r[1] = wf_load_relaxed(&m->x);)
Test(engine, nobody_sees_a_location_go_back)
{
    all("corr", (struct litmus){{co_a, co_b}});
    cr_assert(!OUT(2, 1, 0, 0) && !OUT(1, 0, 0, 0) && !OUT(2, 0, 0, 0));
    cr_assert(OUT(0, 0, 0, 0) && OUT(0, 2, 0, 0) && OUT(1, 2, 0, 0) && OUT(2, 2, 0, 0));
}

PART(lb_a, m->r[0] = wf_load_relaxed(&m->y); wf_store_relaxed(&m->x, 1);)
PART(lb_b, m->r[1] = wf_load_relaxed(&m->x); wf_store_relaxed(&m->y, 1);)
Test(engine, load_buffering_is_not_modelled)
{
    all("lb", (struct litmus){{lb_a, lb_b}});
    cr_assert(!OUT(1, 1, 0, 0)); /* C11 allows it; sim.h says that we do not look for it */
}

PART(iriw_a, wf_store_release(&m->x, 1);)
PART(iriw_b, wf_store_release(&m->y, 1);)
PART(iriw_c, m->r[0] = wf_load_acquire(&m->x); m->r[1] = wf_load_acquire(&m->y);)
PART(iriw_d, m->r[2] = wf_load_acquire(&m->y); m->r[3] = wf_load_acquire(&m->x);)
PART(iriw_seq_a, wf_store_seq(&m->x, 1);)
PART(iriw_seq_b, wf_store_seq(&m->y, 1);)
PART(iriw_seq_c, m->r[0] = wf_load_seq(&m->x); m->r[1] = wf_load_seq(&m->y);)
PART(iriw_seq_d, m->r[2] = wf_load_seq(&m->y); m->r[3] = wf_load_seq(&m->x);)
PART(iriw_fence_c, m->r[0] = wf_load_relaxed(&m->x); wf_fence_seq(); m->r[1] = wf_load_relaxed(&m->y);)
PART(iriw_fence_d, m->r[2] = wf_load_relaxed(&m->y); wf_fence_seq(); m->r[3] = wf_load_relaxed(&m->x);)
Test(engine, two_readers_may_disagree_on_the_order_of_stores_unless_it_is_one_order)
{
    all("iriw", (struct litmus){{iriw_a, iriw_b, iriw_c, iriw_d}});
    cr_assert(OUT(1, 0, 1, 0));
    all("iriw+seq", (struct litmus){{iriw_seq_a, iriw_seq_b, iriw_seq_c, iriw_seq_d}});
    cr_assert(!OUT(1, 0, 1, 0));
    all("iriw+fences", (struct litmus){{iriw_a, iriw_b, iriw_fence_c, iriw_fence_d}});
    cr_assert(!OUT(1, 0, 1, 0));
}

PART(add, m->r[3] = 0; wf_atomic_add(&m->x, 1, memory_order_relaxed);)
PART(add_in_two, wf_store_relaxed(&m->x, wf_load_relaxed(&m->x) + 1);)
static void sum(void *arg)
{
    const struct litmus *l = arg;
    wf_thread t[2];

    m = wf_alloc_zero(1, sizeof *m);
    wf_init(&m->x, 0);
    for (int i = 0; i < 2; i++)
        wf_thread_start(&t[i], l->parts[i], NULL);
    for (int i = 0; i < 2; i++)
        wf_thread_join(t[i]);
    wf_sim_check(wf_load_relaxed(&m->x) == 2, "x is %d", wf_load_relaxed(&m->x));
    wf_free(m);
}

Test(engine, an_exchange_loses_nothing_two_accesses_do)
{
    struct wf_sim_result r;

    m = NULL;
    r = sim_fails("add in two", sum, &(struct litmus){{add_in_two, add_in_two}}, 1, 0);
    cr_assert_str_eq(r.why, "x is 1");
}

/* ---- What else can go wrong ------------------------------------------------------------- */

PART(plain_a, m->plain = 1; wf_store_release(&m->x, 1);)
PART(plain_relaxed_a, m->plain = 1; wf_store_relaxed(&m->x, 1);)
PART(plain_b, if (wf_load_acquire(&m->x)) m->r[0] = m->plain;)
PART(told_a, wf_sim_write(&m->plain, 4); wf_store_relaxed(&m->x, 1);)
PART(told_b, if (wf_load_acquire(&m->x)) wf_sim_read(&m->plain, 4);)

Test(engine, plain_data_must_be_published)
{
    all("published", (struct litmus){{plain_a, plain_b}});
    cr_assert(OUT(1, 0, 0, 0) && OUT(0, 0, 0, 0));
    cr_assert(strstr(sim_fails("told race", play, &(struct litmus){{told_a, told_b}}, 1, 0).why, "race: "));
#ifdef __SANITIZE_THREAD__ /* instrumented: the simulator sees plain accesses by itself */
    cr_assert(strstr(sim_fails("race", play, &(struct litmus){{plain_relaxed_a, plain_b}}, 1, 0).why, "race: read"));
#else
    (void)plain_relaxed_a;
#endif
}

PART(locked, wf_mutex_lock(&m->lock); wf_sim_write(&m->plain, 4); m->r[0]++; wf_mutex_unlock(&m->lock);)
Test(engine, a_lock_orders)
{
    all("locked", (struct litmus){{locked, locked, locked}});
    cr_assert(OUT(3, 0, 0, 0) && outcomes[3] > 6);
}

PART(freed, wf_mutex_lock(&m->lock); wf_mutex_unlock(&m->lock);)
static void free_early(void *arg)
{
    wf_thread t;

    (void)arg;
    m = wf_alloc_zero(1, sizeof *m);
    wf_mutex_init(&m->lock);
    wf_thread_start(&t, freed, NULL);
    wf_free(m);
    wf_thread_join(t);
}

static void leak(void *arg)
{
    (void)arg;
    (void)!wf_alloc(10);
}

Test(engine, memory_is_freed_once_at_the_end)
{
    cr_assert(strstr(sim_fails("freed", free_early, NULL, 1, 0).why, "freed"));
    cr_assert_str_eq(sim_fails("leak", leak, NULL, 0, 0).why, "1 blocks of memory are not freed");
}

/* The classic lost wake: looks, then sleeps, and the call comes between. */
PART(sleeper, if (!wf_load_acquire(&m->x)) wf_wait(&m->word, 0, -1);)
PART(waker, wf_store_release(&m->x, 1); wf_wake(&m->word, 1);)
PART(sleeper_well, while (!wf_load_acquire(&m->word)) wf_wait(&m->word, 0, -1);)
PART(waker_well, wf_store_release(&m->word, 1); wf_wake(&m->word, 1);)
PART(spinner, while (!wf_load_acquire(&m->x)) wf_yield();)
PART(waiter, wf_wait(&m->word, 0, 1000); m->r[0] = 1;)

Test(engine, who_waits_for_ever_is_found)
{
    cr_assert(strstr(sim_fails("lost wake", play, &(struct litmus){{sleeper, waker}}, 1, 0).why, "deadlock; thread 0 waits for thread"));
    all("wake", (struct litmus){{sleeper_well, waker_well}});
    cr_assert(strstr(sim_fails("livelock", play, &(struct litmus){{spinner}}, 1, 0).why, "livelock"));
    all("spin", (struct litmus){{spinner, sb_a}});
    all("timeout", (struct litmus){{waiter}});
    cr_assert(OUT(1, 0, 0, 0));
}

PART(works, wf_sim_spend(1000000);)
Test(engine, by_time_threads_run_side_by_side)
{
    int64_t one, four;

    one = sim_by_time("one", play, &(struct litmus){{works}});
    four = sim_by_time("four", play, &(struct litmus){{works, works, works, works}});
    cr_assert(one >= 1000000 && one < 1100000 && four - one < 10000, "%lld %lld", (long long)one, (long long)four);
    (void)add;
}
