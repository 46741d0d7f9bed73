/* state.h - what a dashboard tells of its pool, read. */
#ifndef TOP_STATE_H
#define TOP_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <weft/status.h>

struct group {
    char  *name;
    double n_total, n_done, n_failed, n_skipped, n_running; /* of the runs that go on, or the last */
    double n_all, busy_s;                        /* of all */
};

struct worker {
    double n_tasks, busy_s, load;
    int    group;   /* -1: none */
    int    idle;    /* of one that sleeps why, of enum weft_event_kind; else -1 */
    double since_s; /* that it has been running it, or asleep */
};

struct state {
    char  *program, *version, *host;
    int    pid;
    double now_s;
    bool   ended;
    double n_runs, n_runs_open;
    struct group sum; /* without a name */
    double per_s, left_s;
    double limit, managed, unmanaged, resident, spilled;
    double cores;
    struct group  *groups;
    size_t         n_groups;
    struct worker *workers;
    size_t         n_workers;
};

weft_status state_read(struct state *out, const char *json, struct weft_error *err);
void        state_fini(struct state *s); /* a zeroed one is fine */

#endif
