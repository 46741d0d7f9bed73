/* trace.h - what each worker did, without slowing it.
 *
 * A worker writes records of 24 bytes into blocks of its own: no atomics but one plain
 * store, no clock of the system, only the counter of the core (one reading costs some 10 ns,
 * and a task takes two). Counter values become nanoseconds when records are read, from
 * two points where both clocks were known: the beginning and the end of what is read.
 *
 *     first -> [ 8192 records ] -> [ 8192 ] -> [ 213 ...... ] <- block: the worker writes here
 *
 * Anybody may read while it writes, and it never waits for one who does.
 *
 * What always holds:
 *   1. Only the worker writes: `block`, next and n of that block, and records at n and after.
 *   2. Blocks from `first` on, and records before n in them, do not change while `lock` is
 *      held: a reader holds it, and the worker to take the first block away. If somebody reads
 *      just then it takes memory instead.
 *   3. Records are in the order in which they were noted, which is that of their ends.
 */
#ifndef WF_SCHED_TRACE_H
#define WF_SCHED_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include <weft/trace.h>

#include "lib/base/clock.h"
#include "scheduler/sync.h"

struct wf_record {
    uint64_t begin, end; /* ticks */
    uint32_t node;
    uint16_t place;      /* of the run in the pool */
    uint8_t  kind;       /* of enum weft_event_kind */
    uint8_t  flags;      /* of enum weft_event_flag */
};

struct wf_trace_block {
    struct wf_trace_block *_Atomic next;
    uint64_t               first; /* the number of its first record, of all that were noted */
    _Atomic uint32_t       n;
    struct wf_record       records[];
};

struct wf_tracer {
    struct wf_trace_block *block;     /* NULL: this pool does not trace */
    uint32_t               per_block;
    _Atomic uint64_t       now;       /* the task it runs: place << 32 | node; or as below */
    _Atomic uint64_t       since;     /* ticks, when that began */
    wf_mutex               lock;
    struct wf_trace_block *first;     /* guarded by it */
    size_t                 n_blocks, most_blocks; /* the worker's */
};

/* It runs no task; or it sleeps, and this kind of event will say why. */
#define WF_NOTHING_NOW UINT64_MAX
#define WF_SLEEPS_NOW(kind) (WF_NOTHING_NOW - 1 - (kind))

static inline bool wf_is_task_now(uint64_t now)
{
    return now < WF_SLEEPS_NOW(WEFT_N_EVENT_KINDS);
}

static inline uint64_t wf_ticks(void)
{
#if defined(WF_SIM)
    return (uint64_t)wf_now_ns();
#elif defined(__x86_64__)
    return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
    uint64_t t;

    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(t));
    return t;
#else
    return (uint64_t)wf_now_ns();
#endif
}

/* The latest n_events are kept, at least, and no memory is taken before it is needed. False: no memory. */
bool wf_tracer_init(struct wf_tracer *t, size_t n_events);
void wf_tracer_fini(struct wf_tracer *t);

/* Another block for what comes; at the limit, or without memory, the oldest, whose records are lost. */
void wf_tracer_turn(struct wf_tracer *t);

static inline void wf_tracer_note(struct wf_tracer *t, uint64_t begin, uint64_t end, uint32_t node, uint32_t place,
                                  unsigned kind, unsigned flags)
{
    uint32_t n = wf_load_relaxed(&t->block->n);

    if (__builtin_expect(n == t->per_block, 0)) {
        wf_tracer_turn(t);
        n = 0;
    }
    t->block->records[n] = (struct wf_record){.begin = begin, .end = end, .node = node, .place = (uint16_t)place,
                                              .kind = (uint8_t)kind, .flags = (uint8_t)flags};
    /* Release: who sees n sees the record. */
    wf_store_release(&t->block->n, n + 1);
}

/* It sleeps, having had nothing to do since `began`. Release: whoever is told of the end of a run by others
 * sees why its last sleepers slept. */
static inline void wf_tracer_sleep(struct wf_tracer *t, enum weft_event_kind why, uint64_t began)
{
    wf_store_relaxed(&t->since, began);
    wf_store_release(&t->now, WF_SLEEPS_NOW(why));
}

/* A body that is being noted, and what the worker did before, and does after, it. */
struct wf_noting {
    uint64_t begin, before, since;
};

/* Relaxed: who looks may be a task behind. */
static inline struct wf_noting wf_tracer_begin(struct wf_tracer *t, uint32_t node, uint32_t place)
{
    const struct wf_noting n = {wf_ticks(), wf_load_relaxed(&t->now), wf_load_relaxed(&t->since)};

    wf_store_relaxed(&t->now, (uint64_t)place << 32 | node);
    wf_store_relaxed(&t->since, n.begin);
    return n;
}

static inline void wf_tracer_end(struct wf_tracer *t, struct wf_noting n, uint32_t node, uint32_t place,
                                 unsigned kind, weft_status st)
{
    wf_tracer_note(t, n.begin, wf_ticks(), node, place, kind, st ? WEFT_EVENT_FAILED : 0);
    wf_store_relaxed(&t->now, n.before);
    wf_store_relaxed(&t->since, n.since);
}

/* Both clocks at one moment. */
struct wf_moment {
    uint64_t ticks;
    int64_t  ns;
};
struct wf_moment wf_moment_now(void);

/* Nanoseconds from `begin` to `ticks`, by the straight line through both moments. */
int64_t wf_moment_ns(uint64_t ticks, struct wf_moment begin, struct wf_moment end);

/* A run that sat in `place` from begin to end; its node 0 is task first_task of the trace. */
struct wf_span {
    struct wf_moment begin, end;
    uint32_t         place, first_task;
};

/* The records of one worker between two moments as events, at most `room`, by begin: those of
 * the spans, which are in the order of their ends, and what it did between them. What it did not note
 * there, before its first and after its last, it was idle. Returns how many; *n_lost grows by
 * those overwritten. */
size_t wf_tracer_read(struct wf_tracer *t, int worker, const struct wf_span *spans, size_t n_spans,
                      struct wf_moment begin, struct wf_moment end, struct weft_event *out, size_t room, size_t *n_lost);

/* How many records are kept; how many were noted. */
size_t   wf_tracer_n(struct wf_tracer *t);
uint64_t wf_tracer_end_of(struct wf_tracer *t);

/* The next records after the first *seen, at most `room`; *seen grows by them, and by those
 * that were lost before they were seen, which *n_missed counts. */
size_t wf_tracer_since(struct wf_tracer *t, uint64_t *seen, struct wf_record *out, size_t room, uint64_t *n_missed);

#endif
