/* stream.h - what each worker did when, for a picture of so many columns.
 *
 * Bodies wider than a column are bars of their own; of narrower ones each column knows how
 * much of it they fill, and the function that fills most (majority vote; Boyer and Moore
 * 1991): so ten million events are no more to draw than there are columns.
 */
#ifndef WF_DRAW_STREAM_H
#define WF_DRAW_STREAM_H

#include "lib/graph/trace_names.h"

/* What bodies of one name took, without what ran within them. */
struct wf_function {
    int64_t  self_ns;
    size_t   n;
    uint32_t rank; /* 0: it took the most */
};

enum wf_mark { WF_MARK_STEAL = 1, WF_MARK_FAILED = 2, WF_MARK_DISK = 4, WF_MARK_WIRE = 8 };

struct wf_bin {
    float    busy;     /* part of the column, by bodies that are no bars; more than 1 when they nest */
    float    lead;     /* of the function that leads */
    uint32_t function;
    uint8_t  marks;    /* of enum wf_mark, of what is narrower than a column */
};

struct wf_bar {
    size_t  event;
    uint8_t depth; /* how many bars it lies in */
};

struct wf_stream {
    const weft_trace   *trace;
    int                 n_rows;
    size_t              n_columns;
    int64_t             begin_ns, end_ns; /* of the picture; end > begin */
    struct wf_names     names;       /* of tasks: their functions */
    struct wf_function *functions;   /* by name */
    struct wf_bin      *bins;        /* n_rows times n_columns */
    struct wf_bar      *bars;        /* by worker, then time */
    size_t              n_bars, room_bars;
    double             *parallel;    /* per column: how many workers ran bodies, on average */
    int64_t             busy_ns, idle_ns, steal_ns, wait_ns, disk_ns, wire_ns; /* of all workers; wait: for memory or a need */
};

/* Call wf_stream_fini() in any case. */
weft_status wf_stream_init(struct wf_stream *s, const weft_trace *t, size_t n_columns, struct weft_error *err);
void wf_stream_fini(struct wf_stream *s); /* a zeroed one is fine */

#endif
