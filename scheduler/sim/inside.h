/* inside.h - what the files of the simulator share: one schedule, its threads and views. */
#ifndef WF_SIM_INSIDE_H
#define WF_SIM_INSIDE_H

#include <stdatomic.h>
#include <stdio.h>

#include "scheduler/sim/ops.h"
#include "scheduler/sim/sim.h"

enum { MOST_LOCATIONS = 2048 };

/* What a thread knows: how far it has heard of each thread (for races), and per
 * location the oldest store it may still see. Entries from n on are 0. */
struct wf_view {
    uint32_t clock[WF_SIM_THREADS];
    uint32_t n, *seen;
};
struct wf_full_view {
    struct wf_view view; /* whose `seen` is: */
    uint32_t       room[MOST_LOCATIONS];
};

enum wf_vstate { WF_VABSENT, WF_VREADY, WF_VWAITING, WF_VDONE };

struct wf_vthread {
    int                  id;
    enum wf_vstate       state;
    void                *sp, *stack;
    void              *(*fn)(void *arg);
    void                *arg;
    const char          *doing;    /* while it waits: for what */
    const volatile void *on;
    int64_t              until_ns; /* -1: for ever */
    int64_t              now_ns;   /* by time: its own clock */
    int64_t              n_steps;
    bool                 paused;   /* has given way since its last operation */
    struct wf_full_view  now;      /* its view */
    struct wf_full_view  heard;    /* what relaxed loads read; an acquire fence makes it known */
    struct wf_view      *told;     /* the view at its last release fence; NULL: none */
};

/* One schedule. */
struct wf_sim {
    const struct wf_sim_search *search;
    struct wf_vthread   threads[WF_SIM_THREADS];
    int                 n_threads;
    struct wf_vthread  *me;        /* who runs; NULL: no schedule is played */
    void               *home;      /* the stack of who searches */
    int64_t             n_steps, most_steps, now_ns;
    bool                failed, tells;
    char                why[512];
};
extern struct wf_sim wf_sim; /* one thread, one simulation */

/* ---- threads.c --------------------------------------------------------------- */

void wf_sim_play(void);        /* one schedule, from the first thread to the last */
void wf_sim_step(void);        /* a scheduling point: others may go first */
void wf_sim_tell(const char *format, ...) __attribute__((format(printf, 1, 2)));
const char *wf_sim_name_of(const volatile void *p);

/* ---- switch.c ---------------------------------------------------------------- */

/* A stack for `fn`, which never returns; what to switch to. */
void *wf_switch_prepare(struct wf_vthread *t, void (*fn)(void));
/* `from` NULL: never to come back; `whose` NULL: home. */
void  wf_switch(void **from, void *to, const struct wf_vthread *whose);
void  wf_switch_arrived(void); /* the first thing on a new stack */

/* ---- memory.c ---------------------------------------------------------------- */

void wf_memory_reset(void);
void wf_view_join(struct wf_view *into, const struct wf_view *from);
/* A copy of what the thread knows, for others to join; what it does from now on is not in it. */
struct wf_view *wf_view_publish(struct wf_vthread *t);
uint64_t wf_memory_newest(const volatile void *p, size_t bytes);
const char *wf_memory_order_name(memory_order order);

/* ---- races.c ----------------------------------------------------------------- */

enum wf_access { WF_PLAIN_READ, WF_PLAIN_WRITE, WF_ATOMIC_READ, WF_ATOMIC_WRITE, WF_FREE };
void wf_races_reset(void);
void wf_races_note(const volatile void *p, size_t bytes, enum wf_access how);

/* ---- heap.c ------------------------------------------------------------------ */

void   wf_heap_reset(void);
long   wf_heap_n_live(void);
/* Where p lies in the heap of the schedule; false: elsewhere. */
bool   wf_heap_place(const volatile void *p, size_t *at);
bool   wf_heap_is_freed(size_t at);
enum { WF_HEAP_BYTES = 16 << 20, WF_HEAP_LINE = 128 };

/* ---- choices.c --------------------------------------------------------------- */

enum wf_choice { WF_CHOOSE_THREAD, WF_CHOOSE_STORE, WF_CHOOSE_WOKEN, WF_CHOOSE_EARLY, WF_CHOOSE_TEST };

/* 0 <= x < n. 0 is the dull one: go on, see the newest. `threads`: whom x stands for. */
int  wf_choose(enum wf_choice what, int n, const int *threads);
void wf_choices_gave_way(int thread); /* for priorities: it only waits */

#endif
