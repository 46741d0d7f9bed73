/* process.h - the body of a task in a process of its own: what crashes there fails one task.
 *
 * Each worker thread of such a pool has one child, forked when the worker meets
 * a run for the first time: so the child has the graph, its arguments and all
 * code in its memory, and nothing of that travels. Inputs and results do, through
 * memory that parent and child share, written and read by their types.
 *
 *     parent                        shared memory                child
 *     write inputs  ------------>   [ head | values ]   ----->   read inputs
 *                        one byte through a socket               run the body
 *     read results  <------------   [ head | values ]   <-----   write results
 *
 * A child that dies closes its socket; the parent then asks how it died, fails the
 * task, and forks a new child for the next one. While it waits, the parent passes on
 * that the run wants to stop, some 10 ms after.
 *
 * Threads: one worker owns a wf_process. `lock` is held while forking, so that no
 *          child inherits the other end of another's socket.
 */
#ifndef WF_PROCESS_H
#define WF_PROCESS_H

#include <sys/types.h>

#include "scheduler/run.h"

struct wf_process {
    wf_mutex        *lock;
    pid_t            parent;  /* a process forked by something else has only a copy of this */
    pid_t            pid;     /* 0: none */
    int              socket;
    uint64_t         serial;  /* the run it was forked for */
    char            *shared;
    size_t           n_shared;
};

struct wf_process *wf_process_new(wf_mutex *lock); /* NULL: no memory */
void               wf_process_free(struct wf_process *p); /* ends the child; NULL is fine */

#endif
