/* memory.c - what a load may see: histories of stores, and views of threads. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "scheduler/sim/inside.h"

struct store {
    uint64_t        value;
    struct wf_view *view; /* what an acquire load of it learns; NULL: nothing */
    int             thread; /* who made all of `view`; -1: it passes on another's */
};

/* Stores are numbered from 0 in modification order, which here is the order in which
 * they are made. */
struct location {
    const volatile char *at;
    size_t               bytes;
    uint32_t             n;      /* stores so far */
    uint32_t             first;  /* the oldest one anybody may see */
    struct store         last[WF_SIM_HISTORY];
};

enum { SLOTS = 2 * MOST_LOCATIONS };
static const size_t LOG_BYTES = (size_t)256 << 20;

static struct location     locations[MOST_LOCATIONS];
static uint32_t            n_locations;
static struct {
    uint32_t generation, location;
} slots[SLOTS];
static uint32_t            generation;
static char               *view_log; /* views that stores carry; dropped with the schedule */
static size_t              log_used;

/* What the order S of sequentially consistent operations imposes, per location: the
 * newest store that such a fence has passed on (seen by its thread before it), and
 * the newest that such an access has read or made. */
static struct wf_full_view fenced, accessed;

static void clear(struct wf_full_view *v)
{
    memset(v->room, 0, v->view.n * sizeof v->room[0]);
    v->view = (struct wf_view){.seen = v->room};
}

void wf_memory_reset(void)
{
    if (!view_log) {
        view_log = mmap(NULL, LOG_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (view_log == MAP_FAILED) {
            perror("simulator: memory for views");
            abort();
        }
    }
    generation++;
    n_locations = 0;
    log_used = 0;
    clear(&fenced);
    clear(&accessed);
    for (int i = 0; i < WF_SIM_THREADS; i++) {
        clear(&wf_sim.threads[i].now);
        clear(&wf_sim.threads[i].heard);
        wf_sim.threads[i].told = NULL;
    }
}

/* ---- Views ------------------------------------------------------------------- */

static inline uint32_t seen(const struct wf_full_view *v, uint32_t location)
{
    return location < v->view.n ? v->view.seen[location] : 0;
}

static inline void see(struct wf_full_view *v, uint32_t location, uint32_t store)
{
    if (location >= v->view.n)
        v->view.n = location + 1;
    if (v->view.seen[location] < store)
        v->view.seen[location] = store;
}

static void join_seen(struct wf_view *into, const struct wf_view *from)
{
    const uint32_t n = from->n;

    if (into->n < n)
        into->n = n;
    for (uint32_t i = 0; i < n; i++)
        into->seen[i] = into->seen[i] > from->seen[i] ? into->seen[i] : from->seen[i];
}

void wf_view_join(struct wf_view *into, const struct wf_view *from)
{
    for (int i = 0; i < WF_SIM_THREADS; i++)
        into->clock[i] = into->clock[i] > from->clock[i] ? into->clock[i] : from->clock[i];
    join_seen(into, from);
}

/* A view with room for n locations, all 0. */
static struct wf_view *new_view(uint32_t n)
{
    const size_t bytes = (sizeof(struct wf_view) + n * sizeof(uint32_t) + 63) / 64 * 64;
    struct wf_view *v = (struct wf_view *)(view_log + log_used);

    if (bytes > LOG_BYTES - log_used)
        wf_sim_fail("the schedule is too long for the memory of its views");
    log_used += bytes;
    memset(v, 0, bytes);
    v->n = n;
    v->seen = (uint32_t *)(v + 1);
    return v;
}

static struct wf_view *copy_of(const struct wf_view *from)
{
    struct wf_view *v = new_view(from->n);

    memcpy(v->clock, from->clock, sizeof v->clock);
    memcpy(v->seen, from->seen, from->n * sizeof v->seen[0]);
    return v;
}

struct wf_view *wf_view_publish(struct wf_vthread *t)
{
    struct wf_view *v = copy_of(&t->now.view);

    t->now.view.clock[t->id]++;
    return v;
}

/* ---- Locations --------------------------------------------------------------- */

static uint64_t value_in(const volatile void *p, size_t bytes)
{
    uint64_t v = 0;

    memcpy(&v, (const void *)(uintptr_t)p, bytes);
    return v;
}

static inline struct store *store_at(struct location *l, uint32_t i)
{
    return &l->last[i % WF_SIM_HISTORY];
}

static void add_store(struct location *l, uint64_t value, struct wf_view *view)
{
    l->last[l->n % WF_SIM_HISTORY] = (struct store){.value = value, .view = view, .thread = wf_sim.me->id};
    l->n++;
    if (l->n - l->first > WF_SIM_HISTORY)
        l->first = l->n - WF_SIM_HISTORY;
    memcpy((void *)(uintptr_t)l->at, &value, l->bytes);
}

static uint32_t hash_of(const volatile void *p)
{
    return (uint32_t)(((uintptr_t)p >> 2) * 0x9e3779b97f4a7c15u >> 40) % SLOTS;
}

/* The number of the location at p; one that is new holds what memory holds there. */
static uint32_t locate(const volatile void *p, size_t bytes)
{
    uint32_t h = hash_of(p);
    struct location *l;

    while (slots[h].generation == generation) {
        l = &locations[slots[h].location];
        if (l->at == p) {
            wf_sim_check(l->bytes == bytes, "the atomic %s is accessed with %zu and with %zu bytes", wf_sim_name_of(p),
                         l->bytes, bytes);
            /* Plain code has written it since, which whoever comes now knows. */
            if (store_at(l, l->n - 1)->value != value_in(p, bytes)) {
                add_store(l, value_in(p, bytes), NULL);
                l->first = l->n - 1;
            }
            return slots[h].location;
        }
        h = (h + 1) % SLOTS;
    }
    wf_sim_check(n_locations < MOST_LOCATIONS, "more than %d atomics", MOST_LOCATIONS);
    slots[h].generation = generation;
    slots[h].location = n_locations;
    l = &locations[n_locations];
    l->at = p;
    l->bytes = bytes;
    l->n = l->first = 0;
    add_store(l, value_in(p, bytes), NULL);
    return n_locations++;
}

uint64_t wf_memory_newest(const volatile void *p, size_t bytes)
{
    return value_in(p, bytes);
}

/* ---- Orders ------------------------------------------------------------------ */

static inline bool acquires(memory_order o)
{
    return o != memory_order_relaxed && o != memory_order_release;
}

static inline bool releases(memory_order o)
{
    return o == memory_order_release || o == memory_order_acq_rel || o == memory_order_seq_cst;
}

const char *wf_memory_order_name(memory_order o)
{
    static const char *const names[] = {"relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};

    return names[o];
}

static void tell(const char *what, struct location *l, uint32_t store, memory_order order)
{
    if (!wf_sim.tells)
        return;
    if (store + 1 == l->n)
        wf_sim_tell("%-5s %-7s %s = %lld", what, wf_memory_order_name(order), wf_sim_name_of(l->at),
                    (long long)store_at(l, store)->value);
    else
        wf_sim_tell("%-5s %-7s %s = %lld, stale: %u newer", what, wf_memory_order_name(order), wf_sim_name_of(l->at),
                    (long long)store_at(l, store)->value, l->n - 1 - store);
}

/* The oldest store of l that `me` may see. */
static uint32_t oldest(const struct wf_vthread *me, uint32_t i, memory_order order)
{
    const struct location *l = &locations[i];
    uint32_t from = seen(&me->now, i);

    from = from > l->first ? from : l->first;
    if (order == memory_order_seq_cst) {
        from = from > seen(&fenced, i) ? from : seen(&fenced, i);
        from = from > seen(&accessed, i) ? from : seen(&accessed, i);
    }
    return from;
}

/* What reading a store does to the reader's view. */
static void learn(struct wf_vthread *me, uint32_t i, uint32_t store, memory_order order)
{
    const struct store *s = store_at(&locations[i], store);

    see(&me->now, i, store);
    if (order == memory_order_seq_cst)
        see(&accessed, i, store);
    if (!s->view || s->thread == me->id)
        return;
    if (acquires(order))
        wf_view_join(&me->now.view, s->view);
    else
        wf_view_join(&me->heard.view, s->view);
}

/* The view that a new store carries; `after`: of the store that an exchange read. */
static struct wf_view *view_to_carry(struct wf_vthread *me, memory_order order, const struct wf_view *after)
{
    struct wf_view *v = releases(order) ? wf_view_publish(me) : me->told, *both;

    if (!after)
        return v;
    both = new_view(v && v->n > after->n ? v->n : after->n);
    wf_view_join(both, after);
    if (v)
        wf_view_join(both, v);
    return both;
}

static void write(struct wf_vthread *me, uint32_t i, uint64_t value, memory_order order, const struct wf_view *after)
{
    struct location *l = &locations[i];
    struct wf_view *v;

    see(&me->now, i, l->n);
    if (order == memory_order_seq_cst)
        see(&accessed, i, l->n);
    v = view_to_carry(me, order, after);
    add_store(l, value, v);
    if (after)
        store_at(l, l->n - 1)->thread = -1;
}

/* ---- Operations -------------------------------------------------------------- */

void wf_sim_init(volatile void *p, size_t bytes, const void *box)
{
    if (wf_sim.me) {
        const uint32_t i = locate(p, bytes);

        wf_races_note(p, bytes, WF_PLAIN_WRITE);
        add_store(&locations[i], value_in(box, bytes), NULL);
        locations[i].first = locations[i].n - 1;
    } else {
        memcpy((void *)(uintptr_t)p, box, bytes);
    }
}

void *wf_sim_load(const volatile void *p, size_t bytes, memory_order order, void *box)
{
    struct wf_vthread *me = wf_sim.me;
    uint32_t i, newest, store;

    if (!me)
        return memcpy(box, (const void *)(uintptr_t)p, bytes);
    wf_sim_step();
    wf_races_note(p, bytes, WF_ATOMIC_READ);
    i = locate(p, bytes);
    newest = locations[i].n - 1;
    store = newest - (uint32_t)wf_choose(WF_CHOOSE_STORE, (int)(newest - oldest(me, i, order) + 1), NULL);
    tell("load", &locations[i], store, order);
    learn(me, i, store, order);
    return memcpy(box, &store_at(&locations[i], store)->value, bytes);
}

void wf_sim_store(volatile void *p, size_t bytes, memory_order order, const void *box)
{
    struct wf_vthread *me = wf_sim.me;
    uint32_t i;

    if (!me) {
        memcpy((void *)(uintptr_t)p, box, bytes);
        return;
    }
    wf_sim_step();
    wf_races_note(p, bytes, WF_ATOMIC_WRITE);
    i = locate(p, bytes);
    write(me, i, value_in(box, bytes), order, NULL);
    tell("store", &locations[i], locations[i].n - 1, order);
}

static uint64_t changed(uint64_t old, enum wf_sim_change how, uint64_t by)
{
    switch (how) {
    case WF_SIM_ADD:
        return old + by;
    case WF_SIM_SUB:
        return old - by;
    case WF_SIM_OR:
        return old | by;
    case WF_SIM_AND:
        return old & by;
    default:
        return by;
    }
}

void *wf_sim_change(volatile void *p, size_t bytes, enum wf_sim_change how, memory_order order, void *box)
{
    struct wf_vthread *me = wf_sim.me;
    const uint64_t by = value_in(box, bytes), mask = bytes == 8 ? UINT64_MAX : ((uint64_t)1 << 8 * bytes) - 1;
    const struct wf_view *after;
    uint64_t old;
    uint32_t i;

    if (!me) {
        old = value_in(p, bytes);
        memcpy((void *)(uintptr_t)p, &(uint64_t){changed(old, how, by)}, bytes);
        return memcpy(box, &old, bytes);
    }
    wf_sim_step();
    wf_races_note(p, bytes, WF_ATOMIC_WRITE);
    i = locate(p, bytes);
    old = store_at(&locations[i], locations[i].n - 1)->value;
    after = store_at(&locations[i], locations[i].n - 1)->view;
    learn(me, i, locations[i].n - 1, order);
    write(me, i, changed(old, how, by) & mask, order, after);
    tell("rmw", &locations[i], locations[i].n - 1, order);
    return memcpy(box, &old, bytes);
}

/* An exchange that fails is a load: it may have seen any store that is not what was
 * expected; one that succeeds has seen the newest. */
bool wf_sim_cas(volatile void *p, size_t bytes, void *expected, const void *box, memory_order order,
                memory_order failed)
{
    struct wf_vthread *me = wf_sim.me;
    const uint64_t want = value_in(expected, bytes);
    uint32_t can_see[WF_SIM_HISTORY], n = 0, i, newest, from, store;
    struct location *l;

    if (!me) {
        const bool same = value_in(p, bytes) == want;

        if (same)
            memcpy((void *)(uintptr_t)p, box, bytes);
        else
            memcpy(expected, (const void *)(uintptr_t)p, bytes);
        return same;
    }
    wf_sim_step();
    wf_races_note(p, bytes, WF_ATOMIC_WRITE);
    i = locate(p, bytes);
    l = &locations[i];
    newest = l->n - 1;
    from = oldest(me, i, failed);
    can_see[n++] = newest;
    for (store = newest; store-- > from;)
        if (store_at(l, store)->value != want)
            can_see[n++] = store;
    store = can_see[wf_choose(WF_CHOOSE_STORE, (int)n, NULL)];
    if (store == newest && store_at(l, store)->value == want) {
        const struct wf_view *after = store_at(l, store)->view;

        learn(me, i, store, order);
        write(me, i, value_in(box, bytes), order, after);
        tell("cas", l, l->n - 1, order);
        return true;
    }
    tell("cas?", l, store, failed);
    learn(me, i, store, failed);
    memcpy(expected, &store_at(l, store)->value, bytes);
    return false;
}

void wf_sim_fence(memory_order order)
{
    struct wf_vthread *me = wf_sim.me;

    if (!me)
        return;
    wf_sim_step();
    if (wf_sim.tells)
        wf_sim_tell("fence %s", wf_memory_order_name(order));
    if (acquires(order))
        wf_view_join(&me->now.view, &me->heard.view);
    if (order == memory_order_seq_cst) {
        /* Between two such fences everything seen before the first is known after the
         * second. They are no synchronisation: clocks stay. */
        join_seen(&me->now.view, &fenced.view);
        join_seen(&me->now.view, &accessed.view);
        join_seen(&fenced.view, &me->now.view);
    }
    if (releases(order))
        me->told = wf_view_publish(me);
}
