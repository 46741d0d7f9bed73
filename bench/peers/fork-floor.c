/* fork-floor.c - the bare loop: what spawn and join cost when nothing but a deque is there.
 *
 * No API, no errors, no growth, no sleep. A spawned task is a slot in its worker's
 * stack of tasks: argument and result lie in it. The stack is split: what the owner
 * has not shared is plain memory, and he runs it by a call; when a thief has asked,
 * he moves half of it to the part under a lock. A worker whose task was stolen steals
 * until it is done.
 */
#include "bench/support/fork.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

/* No deeper than fib is: as many slots as calls may be open at once, stolen ones and
 * what they spawn included. */
enum { LINE = 128, N_SLOTS = 1 << 16 };

struct worker;

struct slot {
    int64_t   (*fn)(struct worker *w, int64_t arg);
    int64_t     value;  /* the argument, then the result */
    atomic_bool is_done;
};

/* What always holds:
 *   1. Slots begin .. shared_end-1 may be stolen, shared_end .. end-1 are the owner's.
 *   2. Slots below begin are stolen, and their joins still wait for them. */
struct worker {
    _Alignas(LINE) struct slot *slots;
    uint32_t       end;
    struct engine *engine;
    int            index;

    /* Thieves' too; begin and shared_end are written under the lock. */
    _Alignas(LINE) atomic_flag lock;
    atomic_uint begin;
    atomic_uint shared_end;
    atomic_bool is_wanted;  /* a thief has come and found nothing */
};

struct engine {
    struct worker *workers;
    pthread_t     *threads;
    int            n_workers;
    _Alignas(LINE) atomic_bool is_over;
};

static void lock(struct worker *w)
{
    /* Acquire: pairs with the release in unlock(). */
    while (atomic_flag_test_and_set_explicit(&w->lock, memory_order_acquire))
        sched_yield();
}

static void unlock(struct worker *w)
{
    atomic_flag_clear_explicit(&w->lock, memory_order_release);
}

static uint32_t get(atomic_uint *value)
{
    return atomic_load_explicit(value, memory_order_relaxed);
}

static void set(atomic_uint *value, uint32_t to)
{
    atomic_store_explicit(value, to, memory_order_relaxed);
}

/* Moves the older half of the owner's tasks to the thieves' part. */
static void share_half(struct worker *w)
{
    const uint32_t shared_end = get(&w->shared_end);
    const uint32_t n_own = w->end - shared_end;

    lock(w);
    set(&w->shared_end, shared_end + (n_own + 1) / 2);
    atomic_store_explicit(&w->is_wanted, false, memory_order_relaxed);
    unlock(w);
}

static bool steal_and_run(struct worker *thief, struct worker *victim)
{
    struct slot *slot = NULL;

    if (get(&victim->begin) == get(&victim->shared_end)) {
        if (!atomic_load_explicit(&victim->is_wanted, memory_order_relaxed))
            atomic_store_explicit(&victim->is_wanted, true, memory_order_relaxed);
        return false;
    }
    lock(victim);
    if (get(&victim->begin) != get(&victim->shared_end)) {
        slot = &victim->slots[get(&victim->begin)];
        set(&victim->begin, get(&victim->begin) + 1);
    }
    unlock(victim);
    if (!slot)
        return false;
    slot->value = slot->fn(thief, slot->value);
    /* Release: the result is there. Pairs with the acquire in join_shared(). */
    atomic_store_explicit(&slot->is_done, true, memory_order_release);
    return true;
}

static bool steal(struct worker *w)
{
    struct engine *e = w->engine;

    for (int k = 1; k < e->n_workers; k++)
        if (steal_and_run(w, &e->workers[(w->index + k) % e->n_workers]))
            return true;
    return false;
}

/* The newest task lies in the shared part: taken back, or waited for. */
static int64_t join_shared(struct worker *w)
{
    const uint32_t last = w->end - 1;
    struct slot   *slot = &w->slots[last];
    bool           is_stolen = false;

    lock(w);
    is_stolen = get(&w->begin) > last;
    if (!is_stolen)
        set(&w->shared_end, last);
    unlock(w);
    if (!is_stolen) {
        w->end = last;
        return slot->fn(w, slot->value);
    }
    /* The slot stays the newest while others are stolen and run above it. */
    for (unsigned n_idle = 0; !atomic_load_explicit(&slot->is_done, memory_order_acquire);)
        if (!steal(w) && ++n_idle % 64 == 0)
            sched_yield();
    lock(w);
    set(&w->begin, last);
    set(&w->shared_end, last);
    unlock(w);
    w->end = last;
    return slot->value;
}

static void spawn(struct worker *w, int64_t (*fn)(struct worker *, int64_t), int64_t arg)
{
    struct slot *slot = &w->slots[w->end++];

    slot->fn = fn;
    slot->value = arg;
    atomic_store_explicit(&slot->is_done, false, memory_order_relaxed);
    if (atomic_load_explicit(&w->is_wanted, memory_order_relaxed))
        share_half(w);
}

static int64_t join(struct worker *w)
{
    struct slot *slot = &w->slots[w->end - 1];

    if (w->end == get(&w->shared_end))
        return join_shared(w);
    w->end--;
    return slot->fn(w, slot->value);
}

static int64_t fib_task(struct worker *w, int64_t n)
{
    int64_t b = 0;

    if (n < 2)
        return n;
    spawn(w, fib_task, n - 1);
    b = fib_task(w, n - 2);
    return join(w) + b;
}

static void *thread_main(void *arg)
{
    struct worker *w = arg;
    unsigned       n_idle = 0;

    while (!atomic_load_explicit(&w->engine->is_over, memory_order_relaxed))
        if (!steal(w) && ++n_idle % 64 == 0)
            sched_yield();
    return NULL;
}

static void *start(int n_workers)
{
    struct engine *e = aligned_alloc(LINE, sizeof *e);

    if (!e)
        return NULL;
    *e = (struct engine){ .n_workers = n_workers };
    e->threads = bench_alloc((size_t)n_workers, sizeof *e->threads);
    e->workers = aligned_alloc(LINE, (size_t)n_workers * sizeof *e->workers);
    for (int i = 0; i < n_workers; i++) {
        e->workers[i] = (struct worker){ .engine = e, .index = i };
        e->workers[i].slots = bench_alloc(N_SLOTS, sizeof *e->workers[i].slots);
        atomic_flag_clear(&e->workers[i].lock);
    }
    for (int i = 1; i < n_workers; i++)
        if (pthread_create(&e->threads[i], NULL, thread_main, &e->workers[i]))
            exit(BENCH_USAGE);
    return e;
}

static void stop(void *engine)
{
    struct engine *e = engine;

    if (!e)
        return;
    atomic_store_explicit(&e->is_over, true, memory_order_relaxed);
    for (int i = 1; i < e->n_workers; i++)
        pthread_join(e->threads[i], NULL);
    for (int i = 0; i < e->n_workers; i++)
        free(e->workers[i].slots);
    free(e->workers);
    free(e->threads);
    free(e);
}

static int64_t fib(void *engine, int n)
{
    struct engine *e = engine;

    return fib_task(&e->workers[0], n);
}

int main(int argc, char **argv)
{
    const struct bench_fork fork = { .start = start, .stop = stop, .fib = fib };

    return bench_fork_main(&fork, argc, argv);
}
