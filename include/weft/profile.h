/* weft/profile.h - where time goes inside tasks: stacks of calls, and how often each was seen.
 *
 *     WEFT_PROFILE=flame.svg ./program              a flame graph of any program
 *
 *     st = weft_profile_begin(&going, pool, NULL, &err);         // of a part of it
 *     ...
 *     st = weft_profile_end(going, &profile, &err);
 *     st = st ? st : weft_profile_write(profile, "part.svg", &err);
 *     weft_profile_free(profile);
 *
 * While it goes on each thread that runs bodies is interrupted by SIGPROF `rate_hz` times in a second
 * of processor time; what sleeps or waits is not seen. Each look costs a walk over the
 * open calls, each body a little; nothing is paid when none goes on. Each sample is a stack:
 * first the group of the task (its layer, or its name if it has no layer), then the functions from its
 * body to what was interrupted. How often a stack was seen, divided by rate_hz, is the processor time it
 * took, in seconds. Clocks of processor time go by the ticks of the kernel (often 250 in a second): a
 * faster rate looks no more often than that, and counts each look several times.
 *
 * Needed of programs: nothing; optimised ones without frame pointers do. Functions are named that are
 * in the symbols of a program or library, static ones with libdw; of a stripped one "[library]".
 * Inlined functions belong to those they are in; compile with -fno-inline to see them. Calls deeper
 * than 128, or of code that does not tell of its frames, hang below "[...]".
 *
 * Signals. System calls of bodies that are interrupted are restarted, where signal(7) says that this
 * can be; a sleep that began just then may be shorter. The program must not use SIGPROF itself.
 * Threads and processes that bodies make are not seen.
 *
 * Ownership: profiles are given, weft_profile_free(); texts of one are lent until it changes.
 * Errors:    WEFT_NOMEM, and as each says.
 * Threads:   one at a time per profile. Begin and end from any thread.
 */
#ifndef WEFT_PROFILE_H
#define WEFT_PROFILE_H

#include <weft/pool.h>

WEFT_BEGIN

/* ---- Looking -------------------------------------------------------------------- */

typedef struct weft_profiling weft_profiling; /* one that goes on */
typedef struct weft_profile   weft_profile;   /* what was seen */

struct weft_profile_spec {
    int rate_hz; /* looks in a second of processor time, up to 10000; 0: 997, which beats with nothing */
};

/* `spec` may be NULL. One at a time per pool: WEFT_INVALID for a second. WEFT_UNSUPPORTED: the program
 * handles SIGPROF itself; a pool of processes, in whose workers nobody looks; a build under the thread
 * sanitizer, which delivers signals late. Bodies that run already are not seen, and of serial
 * pools no run that began before. */
WEFT_API weft_status weft_profile_begin(weft_profiling **out, weft_pool *pool, const struct weft_profile_spec *spec,
                                        struct weft_error *err);

/* Before the pool is freed. `going` is taken. `out` may be NULL: then what was seen is dropped. */
WEFT_API weft_status weft_profile_end(weft_profiling *going, weft_profile **out, struct weft_error *err);

/* ---- What was seen ---------------------------------------------------------------- */

struct weft_profile_stack {
    const char *text;  /* "group;body;function;function" */
    uint64_t    count;
};

struct weft_profile_about {
    int      rate_hz;   /* 0: not known */
    uint64_t n_samples; /* counts of all stacks */
    uint64_t n_outside; /* seen while its threads ran no body */
    uint64_t n_lost;    /* there was no room for their stacks */
    uint64_t n_looks;   /* how often it was really looked, for stacks: a share of k looks is known to +- 1 / sqrt(k) */
};

WEFT_API void                             weft_profile_free(weft_profile *p); /* NULL is fine */
WEFT_API size_t                           weft_profile_n_stacks(const weft_profile *p);
WEFT_API const struct weft_profile_stack *weft_profile_stacks(const weft_profile *p); /* lent; no two are equal */
WEFT_API struct weft_profile_about        weft_profile_about(const weft_profile *p);

/* Functions and groups by what they took. */
struct weft_profile_frame {
    const char *name;
    uint64_t    self;  /* seen as the last of a stack */
    uint64_t    total; /* seen anywhere in one; once, however often it calls itself */
};

/* By self, then total, the largest first; of equals by name. Given: weft_profile_frames_free(). */
WEFT_API weft_status weft_profile_frames(const weft_profile *p, struct weft_profile_frame **out, size_t *n,
                                         struct weft_error *err);
WEFT_API void        weft_profile_frames_free(struct weft_profile_frame *frames); /* NULL is fine */

/* ---- Made, written, read ------------------------------------------------------------ */

WEFT_API weft_status weft_profile_new(weft_profile **out, struct weft_error *err);
/* Adds `count` to a stack. WEFT_INVALID: a frame of it is empty, or has control characters; WEFT_RANGE:
 * all counts are more than 2^53. */
WEFT_API weft_status weft_profile_add(weft_profile *p, const char *stack, uint64_t count, struct weft_error *err);

/* What adding cannot know: rate_hz, n_outside, n_lost and n_looks of `about`. */
WEFT_API void weft_profile_tell(weft_profile *p, const struct weft_profile_about *about);

/* The suffix says what is written; the file appears when it is complete.
 *
 *     .folded, .txt  a line per stack, "group;body;function count", by stack: as other tools for flame graphs read
 *     .svg           a flame graph, for a browser: a click on a box shows it as wide as the picture, Ctrl-F finds
 *     .json          for speedscope (www.speedscope.app)
 *
 * WEFT_INVALID for another suffix; WEFT_IO. */
WEFT_API weft_status weft_profile_write(const weft_profile *p, const char *path, struct weft_error *err);

/* Of the first of these forms, whoever wrote it. WEFT_IO; WEFT_PARSE with the line. */
WEFT_API weft_status weft_profile_read(weft_profile **out, const char *path, struct weft_error *err);

WEFT_END
#endif
