/* races.c - plain accesses to the heap of a schedule must be ordered: vector clocks.
 *
 * Code compiled with -fsanitize=thread calls the functions at the end for each of its
 * plain accesses and atomics; they stand in for that sanitizer's own library.
 */
#include <string.h>

#include "scheduler/sim/inside.h"

/* The last accesses to 4 bytes, and which of these bytes they touched: neighbours that
 * are smaller do not race. */
struct cell {
    uint32_t generation;
    uint8_t  writer, bytes_written;
    uint8_t  bytes_read[WF_SIM_THREADS];
    uint32_t written;               /* by the clock of the writer; 0: not yet */
    uint32_t read[WF_SIM_THREADS];  /* by the clock of each */
};

enum { CELL = 4 };
static struct cell cells[WF_HEAP_BYTES / CELL]; /* only what is touched is ever in memory */
static uint32_t    generation;

void wf_races_reset(void)
{
    generation++;
}

static _Noreturn void race(const volatile char *p, const char *mine, const char *other, int thread)
{
    wf_sim_fail("race: %s of %s by thread %d, not ordered with the %s by thread %d", mine, wf_sim_name_of(p),
                wf_sim.me->id, other, thread);
}

void wf_races_note(const volatile void *p, size_t bytes, enum wf_access how)
{
    struct wf_vthread *me = wf_sim.me;
    const uint32_t *clock = me->now.view.clock;
    const char *mine = how == WF_PLAIN_READ || how == WF_ATOMIC_READ ? "read" : how == WF_FREE ? "free" : "write";
    size_t at;

    if (!bytes || !wf_heap_place(p, &at))
        return;
    if (how != WF_FREE)
        wf_sim_check(!wf_heap_is_freed(at), "freed memory is touched: %s by thread %d", wf_sim_name_of(p), me->id);
    for (size_t i = at / CELL; i <= (at + bytes - 1) / CELL && i < WF_HEAP_BYTES / CELL; i++) {
        struct cell *c = &cells[i];
        const size_t from = i * CELL > at ? 0 : at - i * CELL, to = at + bytes - i * CELL;
        const uint8_t touched = (uint8_t)((to >= CELL ? 15 : (1 << to) - 1) & ~((1 << from) - 1));

        if (c->generation != generation) {
            if (how == WF_FREE || how == WF_ATOMIC_READ || how == WF_ATOMIC_WRITE)
                continue;
            memset(c, 0, sizeof *c);
            c->generation = generation;
        }
        if (c->written && c->bytes_written & touched && c->writer != me->id && c->written > clock[c->writer])
            race((const volatile char *)p + (i * CELL - at / CELL * CELL), mine, "write", c->writer);
        if (how == WF_PLAIN_READ) {
            c->bytes_read[me->id] = (uint8_t)(touched | (c->read[me->id] == clock[me->id] ? c->bytes_read[me->id] : 0));
            c->read[me->id] = clock[me->id];
            continue;
        }
        if (how == WF_ATOMIC_READ)
            continue;
        for (int t = 0; t < wf_sim.n_threads; t++)
            if (c->bytes_read[t] & touched && c->read[t] > clock[t] && t != me->id)
                race((const volatile char *)p + (i * CELL - at / CELL * CELL), mine, "read", t);
        if (how == WF_PLAIN_WRITE) {
            c->bytes_written = (uint8_t)(touched | (c->writer == me->id && c->written == clock[me->id] ? c->bytes_written : 0));
            c->writer = (uint8_t)me->id;
            c->written = clock[me->id];
        }
    }
}

void wf_sim_read(const volatile void *p, size_t bytes)
{
    if (wf_sim.me)
        wf_races_note(p, bytes, WF_PLAIN_READ);
}

void wf_sim_write(volatile void *p, size_t bytes)
{
    if (wf_sim.me)
        wf_races_note(p, bytes, WF_PLAIN_WRITE);
}

/* ---- What instrumented code calls ---------------------------------------------- */

#define PLAIN(bytes)                                                                      \
    void __tsan_read##bytes(void *p);                                                     \
    void __tsan_write##bytes(void *p);                                                    \
    void __tsan_unaligned_read##bytes(void *p);                                           \
    void __tsan_unaligned_write##bytes(void *p);                                          \
    void __tsan_read##bytes(void *p)            { wf_sim_read(p, bytes); }                \
    void __tsan_write##bytes(void *p)           { wf_sim_write(p, bytes); }               \
    void __tsan_unaligned_read##bytes(void *p)  { wf_sim_read(p, bytes); }                \
    void __tsan_unaligned_write##bytes(void *p) { wf_sim_write(p, bytes); }

PLAIN(1)
PLAIN(2)
PLAIN(4)
PLAIN(8)
PLAIN(16)

void __tsan_init(void);
void __tsan_func_entry(void *caller);
void __tsan_func_exit(void);
void __tsan_read_range(void *p, unsigned long bytes);
void __tsan_write_range(void *p, unsigned long bytes);

void __tsan_init(void)                                  {}
void __tsan_func_entry(void *caller)                    { (void)caller; }
void __tsan_func_exit(void)                             {}
void __tsan_read_range(void *p, unsigned long bytes)    { wf_sim_read(p, bytes); }
void __tsan_write_range(void *p, unsigned long bytes)   { wf_sim_write(p, bytes); }

/* Atomics that do not go through sync.h: the counts of lib/data, and others of lib/. In
 * the heap they are simulated, too; those of the whole process, such as what counts
 * allocations, are no part of a schedule. */
static bool is_ours(const volatile void *p)
{
    size_t at;

    return wf_sim.me && wf_heap_place(p, &at);
}

#define ATOMIC(bits, type)                                                                           \
    type __tsan_atomic##bits##_load(const volatile type *p, int o);                                  \
    void __tsan_atomic##bits##_store(volatile type *p, type v, int o);                               \
    type __tsan_atomic##bits##_load(const volatile type *p, int o)                                   \
    {                                                                                                \
        type v = 0;                                                                                  \
                                                                                                     \
        if (!is_ours(p))                                                                             \
            return *p;                                                                               \
        wf_sim_load(p, sizeof v, (memory_order)o, &v);                                               \
        return v;                                                                                    \
    }                                                                                                \
    void __tsan_atomic##bits##_store(volatile type *p, type v, int o)                                \
    {                                                                                                \
        if (is_ours(p))                                                                              \
            wf_sim_store(p, sizeof v, (memory_order)o, &v);                                          \
        else                                                                                         \
            *p = v;                                                                                  \
    }                                                                                                \
    CHANGE(bits, type, exchange, WF_SIM_SWAP, v)                                                     \
    CHANGE(bits, type, fetch_add, WF_SIM_ADD, (type)(old + v))                                       \
    CHANGE(bits, type, fetch_sub, WF_SIM_SUB, (type)(old - v))                                       \
    CHANGE(bits, type, fetch_or, WF_SIM_OR, (type)(old | v))                                         \
    CHANGE(bits, type, fetch_and, WF_SIM_AND, (type)(old & v))                                       \
    CAS(bits, type, strong)                                                                          \
    CAS(bits, type, weak)

#define CHANGE(bits, type, name, how, new)                                                           \
    type __tsan_atomic##bits##_##name(volatile type *p, type v, int o);                              \
    type __tsan_atomic##bits##_##name(volatile type *p, type v, int o)                               \
    {                                                                                                \
        const type old = *p;                                                                         \
                                                                                                     \
        if (!is_ours(p)) {                                                                           \
            *p = new;                                                                                \
            return old;                                                                              \
        }                                                                                            \
        wf_sim_change(p, sizeof v, how, (memory_order)o, &v);                                        \
        return v;                                                                                    \
    }

#define CAS(bits, type, name)                                                                        \
    int __tsan_atomic##bits##_compare_exchange_##name(volatile type *p, type *expected, type v, int o, int failed); \
    int __tsan_atomic##bits##_compare_exchange_##name(volatile type *p, type *expected, type v, int o, int failed)  \
    {                                                                                                \
        const type old = *p;                                                                         \
        const bool same = old == *expected;                                                          \
                                                                                                     \
        if (is_ours(p))                                                                              \
            return wf_sim_cas(p, sizeof v, expected, &v, (memory_order)o, (memory_order)failed);     \
        if (same)                                                                                    \
            *p = v;                                                                                  \
        else                                                                                         \
            *expected = old;                                                                         \
        return same;                                                                                 \
    }

ATOMIC(8, uint8_t)
ATOMIC(16, uint16_t)
ATOMIC(32, uint32_t)
ATOMIC(64, uint64_t)

void __tsan_atomic_thread_fence(int o);
void __tsan_atomic_signal_fence(int o);
void __tsan_atomic_thread_fence(int o) { wf_sim_fence((memory_order)o); }
void __tsan_atomic_signal_fence(int o) { (void)o; }
