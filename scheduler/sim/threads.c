/* threads.c - virtual threads: who goes next, who waits for what. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/assert.h"
#include "lib/base/clock.h"
#include "scheduler/sim/inside.h"
#include "scheduler/sync.h"

/* What virtual time an operation takes, a wake, and a look at the clock. The last is
 * long, so that who looks for a while is soon done looking; by time it is short. */
enum { STEP_NS = 20, WAKE_NS = 25000, LOOK_NS = 60000 };
enum { MOST_NAMES = 64 };

struct wf_sim wf_sim;

static struct {
    const volatile void *at;
    const char          *name;
} names[MOST_NAMES];
static int n_names;

static bool by_time(void)
{
    return wf_sim.search->how == WF_SIM_BY_TIME;
}

/* ---- Telling ------------------------------------------------------------------ */

void wf_sim_name(const volatile void *p, const char *name)
{
    if (n_names < MOST_NAMES) {
        names[n_names].at = p;
        names[n_names++].name = name;
    }
}

const char *wf_sim_name_of(const volatile void *p)
{
    static char text[4][32];
    static int  next;
    size_t at;

    for (int i = n_names; i-- > 0;)
        if (names[i].at == p)
            return names[i].name;
    next = (next + 1) % 4;
    if (wf_heap_place(p, &at))
        snprintf(text[next], sizeof text[next], "heap+0x%zx", at);
    else
        snprintf(text[next], sizeof text[next], "%p", (const void *)(uintptr_t)p);
    return text[next];
}

void wf_sim_tell(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "%6lld  t%d  ", (long long)wf_sim.n_steps, wf_sim.me->id);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

void wf_sim_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(wf_sim.why, sizeof wf_sim.why, format, args);
    va_end(args);
    if (!wf_sim.me) {
        fprintf(stderr, "outside of a schedule: %s\n", wf_sim.why);
        abort();
    }
    wf_sim.failed = true;
    wf_switch(NULL, wf_sim.home, NULL);
    abort();
}

void wf_assert_failed(const char *what, const char *file, int line)
{
    wf_sim_fail("%s:%d: %s does not hold", file, line, what);
}

/* Everybody waits: for what? */
static _Noreturn void deadlock(void)
{
    char text[480];
    size_t n = 0;

    for (int i = 0; i < wf_sim.n_threads && n < sizeof text; i++) {
        const struct wf_vthread *t = &wf_sim.threads[i];

        if (t->state == WF_VWAITING)
            n += (size_t)snprintf(text + n, sizeof text - n, "; thread %d waits for %s %s", i, t->doing,
                                  t->on ? wf_sim_name_of(t->on) : "");
    }
    wf_sim_fail("deadlock%s", text);
}

/* ---- Who goes next -------------------------------------------------------------- */

/* A deadline that has passed ends a wait. */
static void end_waits(int64_t now_ns)
{
    for (int i = 0; i < wf_sim.n_threads; i++) {
        struct wf_vthread *t = &wf_sim.threads[i];

        if (t->state == WF_VWAITING && t->until_ns >= 0 && t->until_ns <= now_ns) {
            t->state = WF_VREADY;
            t->now_ns = t->until_ns > t->now_ns ? t->until_ns : t->now_ns;
        }
    }
}

/* The earliest deadline, -1: nobody has one. */
static int64_t first_deadline(void)
{
    int64_t first = -1;

    for (int i = 0; i < wf_sim.n_threads; i++) {
        const struct wf_vthread *t = &wf_sim.threads[i];

        if (t->state == WF_VWAITING && t->until_ns >= 0 && (first < 0 || t->until_ns < first))
            first = t->until_ns;
    }
    return first;
}

static struct wf_vthread *earliest(void)
{
    const int64_t deadline = first_deadline();
    struct wf_vthread *first = NULL;

    for (int i = 0; i < wf_sim.n_threads; i++) {
        struct wf_vthread *t = &wf_sim.threads[i];

        if (t->state == WF_VREADY && (!first || t->now_ns < first->now_ns))
            first = t;
    }
    if (deadline >= 0 && (!first || deadline < first->now_ns)) {
        end_waits(deadline);
        return earliest();
    }
    return first;
}

/* The threads that can go on, the dull choice first: who runs, then by number behind
 * it. One that gives way comes in only if it is alone. */
static int ready(int *threads, bool gives_way)
{
    const int me = wf_sim.me->id;
    int n = 0;

    if (wf_sim.me->state == WF_VREADY && !gives_way)
        threads[n++] = me;
    for (int k = 1; k < wf_sim.n_threads; k++) {
        const int i = (me + k) % wf_sim.n_threads;

        if (wf_sim.threads[i].state == WF_VREADY)
            threads[n++] = i;
    }
    if (!n && wf_sim.me->state == WF_VREADY)
        threads[n++] = me;
    return n;
}

/* Hands the turn on; comes back when it is this thread's again. A thread that is done
 * does not come back. */
static void turn(bool gives_way)
{
    struct wf_vthread *me = wf_sim.me, *next;
    int threads[WF_SIM_THREADS], n;

    if (by_time()) {
        next = earliest();
    } else {
        end_waits(wf_sim.now_ns);
        n = ready(threads, gives_way);
        if (!n && first_deadline() >= 0) {
            wf_sim.now_ns = first_deadline();
            end_waits(wf_sim.now_ns);
            n = ready(threads, gives_way);
        }
        next = n ? &wf_sim.threads[threads[wf_choose(WF_CHOOSE_THREAD, n, threads)]] : NULL;
    }
    if (!next) {
        for (int i = 0; i < wf_sim.n_threads; i++)
            if (wf_sim.threads[i].state == WF_VWAITING)
                deadlock();
        wf_switch(NULL, wf_sim.home, NULL); /* all are done */
    } else if (next != me) {
        wf_sim.me = next;
        wf_switch(me->state == WF_VDONE ? NULL : &me->sp, next->sp, next);
    }
}

static void pass(int64_t ns)
{
    wf_sim.n_steps++;
    wf_sim.me->n_steps++;
    wf_sim.now_ns += ns;
    wf_sim.me->now_ns += ns;
    wf_sim_check(wf_sim.n_steps < wf_sim.most_steps, "livelock: no end after %lld steps", (long long)wf_sim.n_steps);
}

void wf_sim_step(void)
{
    pass(STEP_NS);
    wf_sim.me->paused = false;
    turn(false);
}

/* Waits until woken, or until a moment. */
static void wait_for(const char *what, const volatile void *on, int64_t until_ns)
{
    struct wf_vthread *me = wf_sim.me;

    if (wf_sim.tells)
        wf_sim_tell("waits for %s %s", what, on ? wf_sim_name_of(on) : "");
    me->state = WF_VWAITING;
    me->doing = what;
    me->on = on;
    me->until_ns = until_ns;
    turn(false);
    if (wf_sim.tells)
        wf_sim_tell("goes on");
}

static void wake(struct wf_vthread *t)
{
    t->state = WF_VREADY;
    if (t->now_ns < wf_sim.me->now_ns + WAKE_NS)
        t->now_ns = wf_sim.me->now_ns + WAKE_NS;
}

/* Wakes up to `most` of those that wait for `what` on `on`. */
static void wake_some(const char *what, const volatile void *on, int most)
{
    while (most-- > 0) {
        int waiting[WF_SIM_THREADS], n = 0;

        for (int i = 0; i < wf_sim.n_threads; i++) {
            const struct wf_vthread *t = &wf_sim.threads[i];

            if (t->state == WF_VWAITING && t->on == on && t->doing == what)
                waiting[n++] = i;
        }
        if (!n)
            return;
        wake(&wf_sim.threads[waiting[n <= most + 1 ? 0 : wf_choose(WF_CHOOSE_WOKEN, n, NULL)]]);
    }
}

/* ---- Threads -------------------------------------------------------------------- */

static const char A_WORD[] = "word", A_LOCK[] = "lock", A_CONDITION[] = "condition", A_THREAD[] = "thread";

static void live(void)
{
    struct wf_vthread *me = wf_sim.me;

    wf_switch_arrived();
    me->fn(me->arg);
    me->state = WF_VDONE;
    wake_some(A_THREAD, me, WF_SIM_THREADS);
    turn(false);
    abort();
}

static struct wf_vthread *new_thread(void *(*fn)(void *arg), void *arg)
{
    struct wf_vthread *t = &wf_sim.threads[wf_sim.n_threads];

    t->id = wf_sim.n_threads++;
    t->fn = fn;
    t->arg = arg;
    t->state = WF_VREADY;
    t->paused = false;
    t->n_steps = 0;
    t->now_ns = wf_sim.me ? wf_sim.me->now_ns : 0;
    t->sp = wf_switch_prepare(t, live);
    return t;
}

bool wf_thread_start(wf_thread *thread, void *(*fn)(void *arg), void *arg)
{
    struct wf_vthread *me = wf_sim.me, *t;

    wf_sim_step();
    if (wf_sim.n_threads == WF_SIM_THREADS)
        return false; /* the system gives no more */
    t = new_thread(fn, arg);
    wf_view_join(&t->now.view, wf_view_publish(me));
    t->now.view.clock[t->id] = 1;
    *thread = t->id;
    if (wf_sim.tells)
        wf_sim_tell("starts thread %d", t->id);
    return true;
}

void wf_thread_join(wf_thread thread)
{
    struct wf_vthread *t = &wf_sim.threads[thread];

    wf_sim_step();
    if (t->state != WF_VDONE)
        wait_for(A_THREAD, t, -1);
    wf_view_join(&wf_sim.me->now.view, &t->now.view);
}

static void *first_thread(void *search)
{
    const struct wf_sim_search *s = search;

    s->body(s->arg);
    return NULL;
}

void wf_sim_play(void)
{
    struct wf_vthread *first;

    wf_heap_reset();
    wf_races_reset();
    wf_memory_reset();
    n_names = 0;
    wf_sim.n_threads = 0;
    wf_sim.n_steps = wf_sim.now_ns = 0;
    wf_sim.most_steps = wf_sim.search->most_steps ? wf_sim.search->most_steps : 20000;
    wf_sim.failed = false;
    for (int i = 0; i < WF_SIM_THREADS; i++)
        wf_sim.threads[i].state = WF_VABSENT;
    first = new_thread(first_thread, (void *)(uintptr_t)wf_sim.search);
    first->now.view.clock[0] = 1;
    wf_sim.me = first;
    wf_switch(&wf_sim.home, first->sp, first);
    if (by_time())
        for (int i = 0; i < wf_sim.n_threads; i++)
            if (wf_sim.now_ns < wf_sim.threads[i].now_ns || !i)
                wf_sim.now_ns = wf_sim.threads[i].now_ns;
    if (!wf_sim.failed && wf_heap_n_live()) {
        snprintf(wf_sim.why, sizeof wf_sim.why, "%ld blocks of memory are not freed", wf_heap_n_live());
        wf_sim.failed = true;
    }
    wf_sim.me = NULL;
}

int wf_sim_self(void)
{
    return wf_sim.me ? wf_sim.me->id : -1;
}

bool wf_sim_is_running(void)
{
    return wf_sim.me != NULL;
}

int wf_sim_pick(int n)
{
    return wf_choose(WF_CHOOSE_TEST, n, NULL);
}

/* ---- Giving way and time ---------------------------------------------------------- */

void wf_yield(void)
{
    struct wf_vthread *me = wf_sim.me;

    /* Nothing has happened since it gave way last. */
    if (!me || me->paused)
        return;
    pass(STEP_NS);
    me->paused = true;
    wf_choices_gave_way(me->id);
    turn(true);
}

void wf_pause(void)
{
    wf_yield();
}

int64_t wf_now_ns(void)
{
    if (!wf_sim.me)
        return 0;
    pass(by_time() ? STEP_NS : LOOK_NS);
    return by_time() ? wf_sim.me->now_ns : wf_sim.now_ns;
}

void wf_sim_spend(int64_t ns)
{
    pass(ns);
    turn(false);
}

/* ---- Locks and waits -------------------------------------------------------------- */

void wf_mutex_init(wf_mutex *m)
{
    *m = (wf_mutex){0};
}

void wf_mutex_fini(wf_mutex *m)
{
    wf_sim_check(!m->holder, "a lock is given up while thread %d holds it", m->holder - 1);
}

static void lock(wf_mutex *m)
{
    size_t at;

    wf_sim_check(!wf_heap_place(m, &at) || !wf_heap_is_freed(at), "a lock is used after it was freed");
    wf_sim_check(m->holder != wf_sim.me->id + 1, "thread %d locks what it holds", wf_sim.me->id);
    while (m->holder)
        wait_for(A_LOCK, m, -1);
    m->holder = wf_sim.me->id + 1;
    if (m->left)
        wf_view_join(&wf_sim.me->now.view, m->left);
}

static void unlock(wf_mutex *m)
{
    size_t at;

    wf_sim_check(!wf_heap_place(m, &at) || !wf_heap_is_freed(at), "a lock is used after it was freed");
    wf_sim_check(m->holder == wf_sim.me->id + 1, "thread %d unlocks what it does not hold", wf_sim.me->id);
    m->holder = 0;
    m->left = wf_view_publish(wf_sim.me);
    wake_some(A_LOCK, m, WF_SIM_THREADS);
}

void wf_mutex_lock(wf_mutex *m)
{
    wf_sim_step();
    lock(m);
    if (wf_sim.tells)
        wf_sim_tell("locks %s", wf_sim_name_of(m));
}

bool wf_mutex_try_lock(wf_mutex *m)
{
    bool got;

    wf_sim_step();
    got = !m->holder;
    if (got)
        lock(m);
    if (wf_sim.tells)
        wf_sim_tell(got ? "locks %s" : "does not get %s", wf_sim_name_of(m));
    return got;
}

void wf_mutex_unlock(wf_mutex *m)
{
    wf_sim_step();
    unlock(m);
    if (wf_sim.tells)
        wf_sim_tell("unlocks %s", wf_sim_name_of(m));
}

void wf_cond_init(wf_cond *c)
{
    *c = (wf_cond){0};
}

void wf_cond_fini(wf_cond *c)
{
    (void)c;
}

/* Whether a wait ends for no reason, as the system may have it. */
static bool ends_early(void)
{
    return !by_time() && wf_choose(WF_CHOOSE_EARLY, 2, NULL);
}

void wf_cond_wait(wf_cond *c, wf_mutex *m)
{
    const bool early = ends_early();

    wf_sim_step();
    unlock(m);
    if (!early)
        wait_for(A_CONDITION, c, -1);
    else
        wf_sim_step();
    lock(m);
}

void wf_cond_wake_all(wf_cond *c)
{
    wf_sim_step();
    wake_some(A_CONDITION, c, WF_SIM_THREADS);
}

void wf_wait(_Atomic uint32_t *word, uint32_t value, int64_t timeout_ns)
{
    size_t at;

    wf_sim_step();
    wf_sim_check(!wf_heap_place(word, &at) || !wf_heap_is_freed(at), "a wait on a word that was freed");
    /* The system looks at the word under a lock that wakes take, too. */
    if (wf_memory_newest(word, sizeof *word) != value || ends_early())
        return;
    wait_for(A_WORD, word, timeout_ns < 0 ? -1 : (by_time() ? wf_sim.me->now_ns : wf_sim.now_ns) + timeout_ns);
}

void wf_wake(_Atomic uint32_t *word, int n)
{
    wf_sim_step();
    if (wf_sim.tells)
        wf_sim_tell("wakes %d of %s", n, wf_sim_name_of(word));
    wake_some(A_WORD, word, n < WF_SIM_THREADS ? n : WF_SIM_THREADS);
}
