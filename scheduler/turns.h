/* turns.h - whether every thread of this process has had its turn on a core since.
 *
 * Who judges threads by a clock blames them for what the machine withheld: on a crowded
 * one a thread may stand for a second between two lines. So time is counted as each
 * thread got it. A thread has had its turn when it sleeps, and so waits for something
 * else than a core, or when it has used 30 ms of one since wf_turns_begin().
 */
#ifndef WF_TURNS_H
#define WF_TURNS_H

#include <stdbool.h>
#include <stdint.h>

enum { WF_TURNS_MOST = 1024 };

struct wf_turns {
    int n;
    struct {
        long     thread;
        uint64_t ticks; /* used until wf_turns_begin() */
    } of[WF_TURNS_MOST];
};

/* `root` is put before /proc, for tests: "" is this machine. */
void wf_turns_begin(struct wf_turns *t, const char *root);

/* All but the calling thread. False as well when that cannot be known: /proc cannot be
 * read, a thread is new and runs, or there are too many. */
bool wf_turns_all_had(const struct wf_turns *t, const char *root);

#endif
