/* nest.h - whose a moment of a worker is.
 *
 * Events of one worker lie beside or within each other. A moment belongs to the event
 * that began last of those that go on; of two that began at once, to the later in the
 * list. So the time of a worker is cut into pieces, each of one event or of none:
 *
 *     A |-------------------|             A A B B C B A A . . D D
 *     B     |-------|                     pieces are found from the
 *     C         |-|                       last to the first
 *     D                           |---|
 *
 * Events that merely overlap, as a trace from elsewhere may have, are cut the same way.
 */
#ifndef WF_NEST_H
#define WF_NEST_H

#include "lib/graph/trace.h"

enum { WF_NO_EVENT = UINT32_MAX };

/* What always holds:
 *   1. Events first[w] .. first[w + 1] - 1 are of worker w.
 *   2. parent[k] is the event whose moment the one before begin of k is, if it still goes
 *      on then: of the same worker and below k; or WF_NO_EVENT. */
struct wf_nest {
    const struct weft_event *events;
    size_t                  *first;
    uint32_t                *parent;
    int                      n_workers;
};

weft_status wf_nest_init(struct wf_nest *n, const weft_trace *t, struct weft_error *err);
void        wf_nest_fini(struct wf_nest *n); /* a zeroed one is fine */

/* Time of one worker, from the end backwards. */
struct wf_pieces {
    const struct wf_nest *nest;
    size_t                first;   /* event of the worker */
    size_t                n_below; /* events before this one began before `at` */
    int64_t               from, at;
};

struct wf_piece {
    int64_t  begin_ns, end_ns; /* begin < end */
    uint32_t event;            /* WF_NO_EVENT: of none */
};

void wf_pieces_init(struct wf_pieces *p, const struct wf_nest *n, int worker, int64_t from, int64_t to);
bool wf_pieces_next(struct wf_pieces *p, struct wf_piece *out); /* false: that was all */

/* Whether such events are the work of their task, and of no other's. */
static inline bool wf_is_work(unsigned kind)
{
    return wf_event_is_body(kind) || kind == WEFT_EVENT_SEND || kind == WEFT_EVENT_RECEIVE;
}

/* All pieces of all workers, the one that ends last first. */
struct wf_all_pieces {
    struct wf_pieces *workers;
    struct wf_piece  *heads;  /* the next of each */
    int              *heap;   /* of workers that have one, by when it ends */
    int               n;
};

weft_status wf_all_pieces_init(struct wf_all_pieces *p, const struct wf_nest *n, struct weft_error *err);
void        wf_all_pieces_fini(struct wf_all_pieces *p); /* a zeroed one is fine */
bool        wf_all_pieces_next(struct wf_all_pieces *p, struct wf_piece *out); /* false: that was all */

#endif
