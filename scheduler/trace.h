/* trace.h - what each worker did, without slowing it.
 *
 * A worker writes records of 24 bytes to a ring of its own: no atomics, no clock
 * of the system, only the counter of the core (one reading costs some 10 ns, and
 * a task takes two). Counter values become nanoseconds when the ring is read, from
 * two points where both clocks were known: the beginning and the end of the run.
 */
#ifndef WF_SCHED_TRACE_H
#define WF_SCHED_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include <weft/trace.h>

#include "lib/base/clock.h"

struct wf_record {
    uint64_t begin, end; /* ticks */
    uint32_t node;
    uint16_t kind;       /* of enum weft_event_kind */
    uint16_t place;      /* of the run in the pool */
};

struct wf_tracer {
    struct wf_record *ring; /* NULL: this pool does not trace */
    size_t            mask;
    uint64_t          n;    /* records written in this run; the last mask + 1 are kept */
};

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

bool wf_tracer_init(struct wf_tracer *t, size_t n_events); /* rounded up to a power of two; false: no memory */
void wf_tracer_fini(struct wf_tracer *t);

static inline void wf_tracer_note(struct wf_tracer *t, uint64_t begin, uint64_t end, uint32_t node, uint32_t place,
                                  enum weft_event_kind kind)
{
    t->ring[t->n++ & t->mask] = (struct wf_record){.begin = begin, .end = end, .node = node,
                                                   .kind = (uint16_t)kind, .place = (uint16_t)place};
}

/* Both clocks at one moment. */
struct wf_moment {
    uint64_t ticks;
    int64_t  ns;
};
struct wf_moment wf_moment_now(void);

/* The records of one worker for the run that sat in `place` between two moments, as
 * events, at most `room`; what it did not note there, before its first and after its
 * last, it was idle. Returns how many; *n_lost grows by those overwritten. The worker
 * must not be writing: the run has ended and no other goes on. */
size_t wf_tracer_read(const struct wf_tracer *t, int worker, uint32_t place, struct wf_moment begin,
                      struct wf_moment end, struct weft_event *out, size_t room, size_t *n_lost);

#endif
